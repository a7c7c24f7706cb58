// SPDX-License-Identifier: GPL-3.0-or-later
// HTTP requests on an sd-event loop: libcurl's multi interface, driven by its socket and timer
// callbacks. Nothing here waits. http and https only, no redirects (a secret goes where it was
// meant to go), certificates are checked.
#ifndef PHUTAI_DAEMON_HTTP_CLIENT_H
#define PHUTAI_DAEMON_HTTP_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <systemd/sd-event.h>

#include "daemon/buffer.h"

struct http_client;
struct http_exchange; // one request under way

enum { HTTP_HEADERS_MAX = 8, HTTP_ANSWER_MAX = 65536 };

// Why there is no whole answer. BROKEN: the server was reached and then the connection ended; what
// became of the request is unknown.
enum http_failure { HTTP_ANSWERED, HTTP_UNREACHABLE, HTTP_TIMEOUT, HTTP_BROKEN };

struct http_answer {
    enum http_failure failure;
    int status;            // 0 unless ANSWERED
    const char *error;     // words for the failure, "" when ANSWERED
    const char *body;      // NUL-terminated; no more is kept than was asked for
    size_t length;         // of what is kept of the body
    bool cut;              // there was more
    int64_t retry_after_s; // 0 where the server did not say
};

// Called once, from the loop, never from within a function that starts a request. The answer is
// valid during the call. May post again and cancel others; may not free the client.
typedef void http_answer_fn(void *context, const struct http_answer *answer);

struct http_call {
    const char *url;
    const char *headers[HTTP_HEADERS_MAX]; // "Name: value", ended by the first NULL
    const char *user, *password;           // for basic authentication; NULL for none
    int64_t timeout_s;                     // for the whole exchange
    int64_t answer_max;                    // bytes of the body to keep; 0: HTTP_ANSWER_MAX
    http_answer_fn *answer;
    void *context;
};

// NULL without memory. Keeps a reference to the loop.
struct http_client *http_client_new(sd_event *event);
// Ends what is under way without calling back. NULL is taken.
void http_client_free(struct http_client *client);

// Starts a POST. Takes the bytes of `body`, whatever comes out; everything in `call` is copied.
// NULL where it cannot be started: out of memory, or a URL that is none.
struct http_exchange *http_client_post(struct http_client *client, const struct http_call *call,
                                       struct buffer *body);
// The same for a GET.
struct http_exchange *http_client_get(struct http_client *client, const struct http_call *call);
// The same for a DELETE.
struct http_exchange *http_client_delete(struct http_client *client, const struct http_call *call);
// Ends an exchange without calling back.
void http_client_cancel(struct http_exchange *exchange);

// Appends `text` to a URL with everything but unreserved characters as %XX (RFC 3986).
void http_escape(struct buffer *url, const char *text);

#endif
