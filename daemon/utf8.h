// SPDX-License-Identifier: GPL-3.0-or-later
// UTF-8 as RFC 3629 defines it: no surrogates, nothing over U+10FFFF, every character in its
// shortest form.
#ifndef PHUTAI_DAEMON_UTF8_H
#define PHUTAI_DAEMON_UTF8_H

#include <stdbool.h>
#include <stddef.h>

// True for the empty text, too. NUL is a character as any other. O(length).
bool utf8_valid(const char *data, size_t length);

#endif
