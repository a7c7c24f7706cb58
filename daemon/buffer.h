// SPDX-License-Identifier: GPL-3.0-or-later
// A growing run of bytes with a ceiling at which growth is a fault. After a failed append the
// buffer stays failed and empty, so that a chain of appends is checked once, at its end.
#ifndef PHUTAI_DAEMON_BUFFER_H
#define PHUTAI_DAEMON_BUFFER_H

#include <stdbool.h>
#include <stddef.h>

struct buffer {
    char *data; // NUL-terminated once anything was appended, NULL before
    size_t length, capacity, ceiling;
    bool failed; // by the ceiling or for want of memory
};

// `ceiling` is the most bytes it may hold, the closing NUL not counted. Allocates nothing.
void buffer_init(struct buffer *buffer, size_t ceiling);
void buffer_done(struct buffer *buffer);
void buffer_clear(struct buffer *buffer); // keeps the memory; clears a failure

// Amortized O(length). The data must not lie inside the buffer itself.
void buffer_append(struct buffer *buffer, const void *data, size_t length);
void buffer_text(struct buffer *buffer, const char *text);
[[gnu::format(printf, 2, 3)]] void buffer_printf(struct buffer *buffer, const char *format, ...);

// Cuts back to the first `length` bytes; nothing happens where there are no more than that.
void buffer_truncate(struct buffer *buffer, size_t length);

// The bytes, NUL-terminated, become the caller's to free; the buffer is empty afterwards and may be
// used again. NULL when failed; an empty buffer gives "". `ret_length` may be NULL.
char *buffer_take(struct buffer *buffer, size_t *ret_length);

#endif
