// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/gzip.h"

#include <limits.h>

#define ZLIB_CONST // zlib then takes its input as const
#include <zlib.h>

enum { CHUNK = 32768, GZIP_WINDOW = 15 + 16 };

static enum gzip_status fail(struct buffer *out, enum gzip_status status)
{
    buffer_clear(out);
    out->failed = true;
    return status;
}

static enum gzip_status append(struct buffer *out, const unsigned char *data, size_t length)
{
    if (length > out->ceiling - out->length)
        return GZIP_TOO_BIG;
    buffer_append(out, data, length);
    return out->failed ? GZIP_NOMEM : GZIP_OK;
}

static enum gzip_status inflate_all(z_stream *stream, struct buffer *out)
{
    unsigned char chunk[CHUNK];
    for (;;) {
        stream->next_out = chunk;
        stream->avail_out = CHUNK;
        int code = inflate(stream, Z_NO_FLUSH);
        if (code == Z_BUF_ERROR)
            return GZIP_CUT;
        if (code == Z_MEM_ERROR)
            return GZIP_NOMEM;
        if (code != Z_OK && code != Z_STREAM_END)
            return GZIP_BAD;
        enum gzip_status status = append(out, chunk, CHUNK - stream->avail_out);
        if (status != GZIP_OK)
            return status;
        if (code == Z_STREAM_END && !stream->avail_in)
            return GZIP_OK;
        if (code == Z_STREAM_END && inflateReset(stream) != Z_OK)
            return GZIP_BAD;
    }
}

enum gzip_status gzip_inflate(struct buffer *out, const void *data, size_t length)
{
    if (length > UINT_MAX)
        return fail(out, GZIP_TOO_BIG);
    z_stream stream = {.next_in = data, .avail_in = (uInt)length};
    if (inflateInit2(&stream, GZIP_WINDOW) != Z_OK)
        return fail(out, GZIP_NOMEM);
    enum gzip_status status = inflate_all(&stream, out);
    inflateEnd(&stream);
    return status == GZIP_OK ? GZIP_OK : fail(out, status);
}

bool gzip_deflate(struct buffer *out, const void *data, size_t length)
{
    enum { MEMORY_LEVEL = 8 };
    z_stream stream = {.next_in = data, .avail_in = (uInt)length};
    if (length > UINT_MAX || deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, GZIP_WINDOW,
                                          MEMORY_LEVEL, Z_DEFAULT_STRATEGY) != Z_OK)
        return fail(out, GZIP_NOMEM) == GZIP_OK;
    unsigned char chunk[CHUNK];
    int code = Z_OK;
    while (code == Z_OK && !out->failed) {
        stream.next_out = chunk;
        stream.avail_out = CHUNK;
        code = deflate(&stream, Z_FINISH);
        buffer_append(out, chunk, CHUNK - stream.avail_out);
    }
    deflateEnd(&stream);
    if (code != Z_STREAM_END)
        fail(out, GZIP_NOMEM);
    return !out->failed;
}
