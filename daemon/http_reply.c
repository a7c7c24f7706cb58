// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/http_reply.h"

#include <inttypes.h>
#include <jansson.h>
#include <microhttpd.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/hash.h"
#include "config/text.h"

void http_reply_error(struct http_reply *reply, int status, const char *format, ...)
{
    char words[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(words, sizeof words, format, args);
    va_end(args);
    // A text cut within a character, or a value that is no UTF-8, must not cost the whole reply.
    json_t *text = json_string(words);
    if (!text) {
        text_make_clean(words);
        text = json_string(words);
    }
    json_t *object = json_pack("{s:o}", "error", text);
    char *json = json_dumps(object, JSON_COMPACT);
    buffer_clear(&reply->body);
    buffer_text(&reply->body, json ? json : "");
    buffer_text(&reply->body, "\n");
    free(json);
    json_decref(object);
    reply->status = status;
    reply->type = "application/json";
}

bool http_reply_has_tag(const char *list, const char *tag)
{
    const size_t length = strlen(tag);
    const char *at = list + strspn(list, " \t,");
    if (!strcmp(at, "*"))
        return true;
    while (*at) {
        at += strncmp(at, "W/", 2) ? 0 : 2;
        if (*at != '"')
            return false;
        const char *end = strchr(at + 1, '"');
        if (!end)
            return false;
        if ((size_t)(end + 1 - at) == length && !strncmp(at, tag, length))
            return true;
        at = end + 1 + strspn(end + 1, " \t,");
    }
    return false;
}

// Of the body as it is, so that the same answer has the same tag after a restart, too.
static void write_tag(struct http_reply *reply)
{
    const uint64_t hash = hash_bytes(HASH_START, reply->body.data, reply->body.length);
    snprintf(reply->tag, sizeof reply->tag, "\"%016" PRIx64 "\"", hash);
}

int http_reply_settle(struct http_reply *reply, const struct http_request *request)
{
    if (reply->body.failed)
        http_reply_error(reply, 500, "the reply does not fit into memory");
    if (!reply->revalidated || reply->status != 200)
        return reply->status;
    const char *known = http_request_header(request, "If-None-Match");
    write_tag(reply);
    if (known && http_reply_has_tag(known, reply->tag)) {
        buffer_clear(&reply->body);
        reply->status = 304;
    }
    return reply->status;
}

static void add_header(struct MHD_Response *response, const char *name, const char *value)
{
    if (value && *value)
        // Fails only without memory or for a name that is none: the reply is worth more than it.
        (void)MHD_add_response_header(response, name, value);
}

static void add_headers(struct MHD_Response *response, const struct http_reply *reply)
{
    char retry[16] = "", file[HTTP_FILE_LEN + 32] = "";
    if (reply->retry_after_s)
        snprintf(retry, sizeof retry, "%d", reply->retry_after_s);
    if (*reply->file)
        snprintf(file, sizeof file, "attachment; filename=\"%s\"", reply->file);
    add_header(response, "Retry-After", retry);
    add_header(response, "WWW-Authenticate", reply->challenge);
    add_header(response, "Content-Disposition", file);
    add_header(response, "ETag", reply->tag);
    add_header(response, "Cache-Control", reply->revalidated ? "no-cache" : NULL);
    add_header(response, "Vary", reply->varies);
    add_header(response, "X-Phutai-Origin", reply->origin);
    // A text that somebody entered is never to be taken for a page.
    add_header(response, "X-Content-Type-Options", "nosniff");
}

struct MHD_Response *http_reply_response(struct http_reply *reply, const char *allow)
{
    size_t length;
    char *body = buffer_take(&reply->body, &length);
    if (!body)
        return NULL;
    struct MHD_Response *response =
        MHD_create_response_from_buffer(length, body, MHD_RESPMEM_MUST_FREE);
    if (!response) {
        free(body);
        return NULL;
    }
    add_header(response, "Content-Type", length ? reply->type : NULL);
    add_header(response, "Allow", allow);
    add_headers(response, reply);
    return response;
}
