// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/utf8.h"

// Length of the well-formed sequence at `p`, 0 where there is none: RFC 3629, table in section 4.
static size_t sequence_length(const unsigned char *p, size_t left)
{
    unsigned char low = 0x80, high = 0xbf;
    size_t length = p[0] < 0x80 ? 1 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
    if (length == 1)
        return 1;
    if (p[0] < 0xc2 || p[0] > 0xf4 || left < length)
        return 0;
    if (p[0] == 0xe0)
        low = 0xa0;
    else if (p[0] == 0xed)
        high = 0x9f;
    else if (p[0] == 0xf0)
        low = 0x90;
    else if (p[0] == 0xf4)
        high = 0x8f;
    if (p[1] < low || p[1] > high)
        return 0;
    for (size_t i = 2; i < length; i++)
        if ((p[i] & 0xc0) != 0x80)
            return 0;
    return length;
}

bool utf8_valid(const char *data, size_t length)
{
    const unsigned char *p = (const unsigned char *)data;
    while (length > 0) {
        size_t n = sequence_length(p, length);
        if (n == 0)
            return false;
        p += n;
        length -= n;
    }
    return true;
}
