// SPDX-License-Identifier: GPL-3.0-or-later
// How a reply goes out: a part of the HTTP server.
#ifndef PHUTAI_DAEMON_HTTP_REPLY_H
#define PHUTAI_DAEMON_HTTP_REPLY_H

#include "daemon/http_server.h"

struct MHD_Response;

// The last word on a reply: one that does not fit into memory is an error, one that the client has
// already is 304 without a body. Returns its status.
int http_reply_settle(struct http_reply *reply, const struct http_request *request);

// Takes the body. `allow`: the method to name, or NULL. NULL without memory.
struct MHD_Response *http_reply_response(struct http_reply *reply, const char *allow);

// Whether a list of entity tags, as of If-None-Match, has this one or is "*"; by the weak
// comparison (RFC 9110, 13.1.2). `tag` with its quotes.
bool http_reply_has_tag(const char *list, const char *tag);

#endif
