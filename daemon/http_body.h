// SPDX-License-Identifier: GPL-3.0-or-later
// The body of a request while it comes in: bounded as sent and inflated, and inflated piece by
// piece, so that no turn of the loop is long.
#ifndef PHUTAI_DAEMON_HTTP_BODY_H
#define PHUTAI_DAEMON_HTTP_BODY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/buffer.h"
#include "daemon/gzip.h"

struct http_body {
    struct buffer plain;           // what has come so far, inflated
    struct gzip_reader *unpacking; // NULL where it comes as it is
    uint64_t received;             // bytes, as sent
};

// `ceiling`: most bytes, both as sent and inflated.
void http_body_init(struct http_body *body, size_t ceiling);
void http_body_done(struct http_body *body); // of what was received the number stays

// What comes is gzip. False without memory.
[[nodiscard]] bool http_body_unpack(struct http_body *body);

// Appends a piece as sent. Any status but OK: the body is of no more use.
enum gzip_status http_body_take(struct http_body *body, const char *data, size_t length);

// False where a gzip body has ended too early.
bool http_body_whole(const struct http_body *body);

#endif
