// SPDX-License-Identifier: GPL-3.0-or-later
// Unicode's composed form (NFC), over libunistring. Vietnamese comes in two spellings that look
// alike and are different bytes, "ê" and "e" with a circumflex behind it; databases take them for
// different series.
#ifndef PHUTAI_DAEMON_NFC_H
#define PHUTAI_DAEMON_NFC_H

#include <stdbool.h>
#include <stddef.h>

// True for text of ASCII alone, which is the same in every form. O(length).
bool nfc_is_ascii(const char *text, size_t length);

// The text in NFC, *ret_length bytes of it, for the caller to free. It must be valid UTF-8 and not
// empty. NULL without memory. Some 0.1 us a character.
char *nfc_compose(const char *text, size_t length, size_t *ret_length);

#endif
