// SPDX-License-Identifier: GPL-3.0-or-later
// A growing run of bytes with a ceiling at which growth is a fault. After a failed append the buffer
// stays failed and empty, so that a chain of appends is checked once, at its end.
#ifndef PHUTAI_DAEMON_BUFFER_H
#define PHUTAI_DAEMON_BUFFER_H

#include <stdbool.h>
#include <stddef.h>

struct buffer {
    char *data; // NUL-terminated once anything was appended, NULL before
    size_t length, capacity, ceiling;
    bool failed;
};

void buffer_init(struct buffer *buffer, size_t ceiling);
void buffer_done(struct buffer *buffer);
void buffer_clear(struct buffer *buffer); // keeps the memory; clears a failure
void buffer_append(struct buffer *buffer, const void *data, size_t length);
void buffer_text(struct buffer *buffer, const char *text);
[[gnu::format(printf, 2, 3)]] void buffer_printf(struct buffer *buffer, const char *format, ...);

// The bytes become the caller's to free; the buffer is empty afterwards. NULL when failed.
char *buffer_take(struct buffer *buffer, size_t *ret_length);

#endif
