// SPDX-License-Identifier: GPL-3.0-or-later
// Bodies in gzip form (RFC 1952), over zlib.
#ifndef PHUTAI_DAEMON_GZIP_H
#define PHUTAI_DAEMON_GZIP_H

#include <stdbool.h>
#include <stddef.h>

#include "daemon/buffer.h"

enum gzip_status {
    GZIP_OK,
    GZIP_CUT,     // the data end before the gzip stream does
    GZIP_BAD,     // not gzip, or damaged
    GZIP_TOO_BIG, // more comes out than `out` has room for below its ceiling
    GZIP_NOMEM
};

// Appends what `data` holds; several streams in a row count as one. `out` is left failed and empty
// on any status other than OK, so that half a body is never taken for a whole one.
enum gzip_status gzip_inflate(struct buffer *out, const void *data, size_t length);

// The same for data that come in pieces.
struct gzip_reader;
struct gzip_reader *gzip_reader_new(void); // NULL without memory
void gzip_reader_free(struct gzip_reader *reader);

// Appends what the next piece inflates to, and never says CUT. After any status other than OK
// nothing more may be fed.
enum gzip_status gzip_reader_feed(struct gzip_reader *reader, struct buffer *out, const void *data,
                                  size_t length);
// What was fed so far is whole: nothing is missing at its end.
bool gzip_reader_whole(const struct gzip_reader *reader);

// Appends `data` as one gzip stream, packed fast rather than small. False, and `out` failed,
// without memory or above its ceiling.
[[nodiscard]] bool gzip_deflate(struct buffer *out, const void *data, size_t length);

#endif
