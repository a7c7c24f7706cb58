// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/gzip.h"

#include <limits.h>
#include <stdlib.h>

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

struct gzip_reader {
    z_stream stream;
    bool whole; // at the end of a stream, where another one may begin
};

struct gzip_reader *gzip_reader_new(void)
{
    struct gzip_reader *reader = calloc(1, sizeof *reader);
    if (reader && inflateInit2(&reader->stream, GZIP_WINDOW) == Z_OK)
        return reader;
    free(reader);
    return NULL;
}

void gzip_reader_free(struct gzip_reader *reader)
{
    if (!reader)
        return;
    inflateEnd(&reader->stream);
    free(reader);
}

bool gzip_reader_whole(const struct gzip_reader *reader)
{
    return reader->whole;
}

// One call of zlib's. OK too where it wants more data.
static enum gzip_status inflate_some(struct gzip_reader *reader, struct buffer *out)
{
    unsigned char chunk[CHUNK];
    if (reader->whole && inflateReset(&reader->stream) != Z_OK)
        return GZIP_BAD;
    reader->stream.next_out = chunk;
    reader->stream.avail_out = CHUNK;
    const int code = inflate(&reader->stream, Z_NO_FLUSH);
    reader->whole = code == Z_STREAM_END;
    if (code == Z_MEM_ERROR)
        return GZIP_NOMEM;
    if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR)
        return GZIP_BAD;
    return append(out, chunk, CHUNK - reader->stream.avail_out);
}

enum gzip_status gzip_reader_feed(struct gzip_reader *reader, struct buffer *out, const void *data,
                                  size_t length)
{
    enum gzip_status status = GZIP_OK;
    if (length > UINT_MAX)
        return fail(out, GZIP_TOO_BIG);
    reader->stream.next_in = data;
    reader->stream.avail_in = (uInt)length;
    // What fills the chunk may have more behind it that needs no further data.
    bool full = false;
    while (status == GZIP_OK && (reader->stream.avail_in || full)) {
        status = inflate_some(reader, out);
        full = !reader->whole && !reader->stream.avail_out;
    }
    return status == GZIP_OK ? GZIP_OK : fail(out, status);
}

enum gzip_status gzip_inflate(struct buffer *out, const void *data, size_t length)
{
    struct gzip_reader *reader = gzip_reader_new();
    if (!reader)
        return fail(out, GZIP_NOMEM);
    enum gzip_status status = gzip_reader_feed(reader, out, data, length);
    if (status == GZIP_OK && !gzip_reader_whole(reader))
        status = fail(out, GZIP_CUT);
    gzip_reader_free(reader);
    return status;
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
