// SPDX-License-Identifier: GPL-3.0-or-later
#include "hash.h"

#include <string.h>

uint64_t hash_bytes(uint64_t hash, const void *data, size_t length)
{
    for (const unsigned char *byte = data; length; byte++, length--)
        hash = (hash ^ *byte) * 0x100000001b3;
    return hash;
}

uint64_t hash_text(uint64_t hash, const char *text)
{
    const char *there = text ? text : "";
    return hash_bytes(hash, there, strlen(there) + 1);
}
