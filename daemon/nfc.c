// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/nfc.h"

#include <stdint.h>

#include <uninorm.h>

bool nfc_is_ascii(const char *text, size_t length)
{
    unsigned char bits = 0;
    for (size_t i = 0; i < length; i++)
        bits |= (unsigned char)text[i];
    return bits < 0x80;
}

char *nfc_compose(const char *text, size_t length, size_t *ret_length)
{
    return (char *)u8_normalize(UNINORM_NFC, (const uint8_t *)text, length, NULL, ret_length);
}
