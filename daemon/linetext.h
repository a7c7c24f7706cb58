// SPDX-License-Identifier: GPL-3.0-or-later
// How line protocol spells names and strings: read and unescaped in place, and written. Pure.
#ifndef PHUTAI_DAEMON_LINETEXT_H
#define PHUTAI_DAEMON_LINETEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "daemon/buffer.h"

// A key's rules are also those of a tag's value.
enum linetext_kind { LINETEXT_MEASUREMENT = 1, LINETEXT_KEY = 2 };

// Reads the name at `*next`, which may be empty, and moves `*next` to the first byte behind it. The
// name stands, unescaped, where it stood, in *ret_length bytes. False where it is not UTF-8.
bool linetext_read_name(char **next, char *end, enum linetext_kind kind, size_t *ret_length);

enum linetext_string { LINETEXT_STRING, LINETEXT_OPEN, LINETEXT_NOT_UTF8 };

// The same for a string, `*next` being the byte behind its opening quote; it ends up behind the
// closing one. *ret_newlines says how many lines it goes over. OPEN: there is no closing quote;
// nothing was changed.
enum linetext_string linetext_read_string(char **next, char *end, size_t *ret_length,
                                          size_t *ret_newlines);

// True where the bytes can be written as a name and read back: not empty, UTF-8, no ASCII control
// character, and no backslash at the end.
bool linetext_is_name(const char *text, size_t length);

void linetext_write_name(struct buffer *out, const char *text, size_t length,
                         enum linetext_kind kind);
void linetext_write_string(struct buffer *out, const char *text, size_t length); // with quotes

// True for the bytes 0 to 31 and 127.
bool linetext_is_control(char c);

#endif
