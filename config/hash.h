// SPDX-License-Identifier: GPL-3.0-or-later
// FNV-1a in 64 bits (Fowler, Noll and Vo): numbers that stand for names. They are kept in stores,
// so they never change.
#ifndef PHUTAI_CONFIG_HASH_H
#define PHUTAI_CONFIG_HASH_H

#include <stddef.h>
#include <stdint.h>

static const uint64_t HASH_START = 0xcbf29ce484222325;

uint64_t hash_bytes(uint64_t hash, const void *data, size_t length);
uint64_t hash_text(uint64_t hash, const char *text); // its closing NUL too; NULL is ""

#endif
