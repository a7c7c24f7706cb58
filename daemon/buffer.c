// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/buffer.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

void buffer_init(struct buffer *buffer, size_t ceiling)
{
    assert(ceiling < SIZE_MAX);
    *buffer = (struct buffer){.ceiling = ceiling};
}

void buffer_done(struct buffer *buffer)
{
    free(buffer->data);
    *buffer = (struct buffer){.ceiling = buffer->ceiling};
}

void buffer_clear(struct buffer *buffer)
{
    buffer->failed = false;
    buffer->length = 0;
    if (buffer->data)
        buffer->data[0] = '\0';
}

static void fail(struct buffer *buffer)
{
    buffer_done(buffer);
    buffer->failed = true;
}

// Makes room for `length` more bytes and the NUL.
static bool reserve(struct buffer *buffer, size_t length)
{
    if (buffer->failed)
        return false;
    if (buffer->data && length < buffer->capacity - buffer->length)
        return true;
    if (length > buffer->ceiling - buffer->length) {
        fail(buffer);
        return false;
    }
    size_t needed = buffer->length + length + 1;
    size_t capacity = buffer->capacity > SIZE_MAX / 2 ? SIZE_MAX : 2 * buffer->capacity;
    if (capacity < needed)
        capacity = needed < 64 ? 64 : needed;
    if (capacity > buffer->ceiling + 1)
        capacity = buffer->ceiling + 1;
    char *data = realloc(buffer->data, capacity);
    if (!data) {
        fail(buffer);
        return false;
    }
    buffer->data = data;
    buffer->capacity = capacity;
    return true;
}

void buffer_append(struct buffer *buffer, const void *data, size_t length)
{
    if (!reserve(buffer, length))
        return;
    if (length)
        memcpy(buffer->data + buffer->length, data, length);
    buffer->length += length;
    buffer->data[buffer->length] = '\0';
}

void buffer_text(struct buffer *buffer, const char *text)
{
    buffer_append(buffer, text, strlen(text));
}

void buffer_printf(struct buffer *buffer, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, args);
    if (length < 0)
        fail(buffer);
    else if (reserve(buffer, (size_t)length)) {
        vsnprintf(buffer->data + buffer->length, (size_t)length + 1, format, again);
        buffer->length += (size_t)length;
    }
    va_end(again);
    va_end(args);
}

void buffer_truncate(struct buffer *buffer, size_t length)
{
    if (length >= buffer->length)
        return;
    buffer->length = length;
    buffer->data[length] = '\0';
}

char *buffer_take(struct buffer *buffer, size_t *ret_length)
{
    // The NUL of a buffer that nothing was appended to.
    buffer_append(buffer, "", 0);
    if (buffer->failed)
        return NULL;
    char *data = buffer->data;
    if (ret_length)
        *ret_length = buffer->length;
    *buffer = (struct buffer){.ceiling = buffer->ceiling};
    return data;
}
