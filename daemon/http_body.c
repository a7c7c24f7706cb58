// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/http_body.h"

void http_body_init(struct http_body *body, size_t ceiling)
{
    *body = (struct http_body){0};
    buffer_init(&body->plain, ceiling);
}

void http_body_done(struct http_body *body)
{
    gzip_reader_free(body->unpacking);
    body->unpacking = NULL;
    buffer_done(&body->plain);
}

bool http_body_unpack(struct http_body *body)
{
    body->unpacking = gzip_reader_new();
    return body->unpacking;
}

enum gzip_status http_body_take(struct http_body *body, const char *data, size_t length)
{
    body->received += length;
    if (body->received > body->plain.ceiling)
        return GZIP_TOO_BIG;
    if (body->unpacking)
        return gzip_reader_feed(body->unpacking, &body->plain, data, length);
    buffer_append(&body->plain, data, length);
    return body->plain.failed ? GZIP_NOMEM : GZIP_OK;
}

bool http_body_whole(const struct http_body *body)
{
    return !body->unpacking || gzip_reader_whole(body->unpacking);
}
