// SPDX-License-Identifier: GPL-3.0-or-later
// An HTTP/1.1 server on an sd-event loop, over libmicrohttpd without threads of its own. Requests
// come to handlers whole and, where they were gzip, inflated; replies in words are JSON as InfluxDB
// gives them: {"error": "..."}.
//
// Bounded: connections, bytes of a body (as sent and inflated), bytes of all bodies in memory, time
// between two bytes, and time for a whole request. What passes a bound is answered in words where
// the protocol allows it, and cut off where not.
#ifndef PHUTAI_DAEMON_HTTP_SERVER_H
#define PHUTAI_DAEMON_HTTP_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <systemd/sd-event.h>

#include "daemon/buffer.h"

struct http_server;

struct http_request {
    const char *method, *path; // path with %XX taken out, without the query
    char *body;                // NUL-terminated, "" where there is none; a handler may change it
    size_t length;
    void *connection, *exchange; // of the server
};

// The value of a parameter or header; NULL where there is none.
const char *http_request_query(const struct http_request *request, const char *key);
const char *http_request_header(const struct http_request *request, const char *name);
// Of several headers of that name, the last.
const char *http_request_last_header(const struct http_request *request, const char *name);

// The password of basic authentication; NULL where there is none. The caller wipes and frees it.
char *http_request_password(const struct http_request *request);

// The client's address in digits, "" where it is none of IP.
void http_request_peer(const struct http_request *request, size_t size, char ret[]);

enum { HTTP_REPLY_MAX = 64 * 1024 * 1024, HTTP_FILE_LEN = 160, HTTP_TAG_LEN = 24 };

// What is 0, NULL or "" is not sent; texts that are pointed to are constant.
struct http_reply {
    int status;            // 0 until somebody decides
    const char *type;      // of the body
    struct buffer body;    // up to HTTP_REPLY_MAX
    int retry_after_s;     // Retry-After
    const char *challenge; // WWW-Authenticate
    // To be asked for again each time, and to be answered with 304 where it is the same: a 200
    // carries a strong ETag, the hash of its body, which If-None-Match is held against.
    bool revalidated;
    const char *varies;       // Vary: the header of the request that decides on the body
    const char *origin;       // X-Phutai-Origin (origin.h)
    char file[HTTP_FILE_LEN]; // a download of that name, of characters that need no quoting
    char tag[HTTP_TAG_LEN];   // the server's
};

// Replies {"error": "<words>"}.
[[gnu::format(printf, 3, 4)]] void http_reply_error(struct http_reply *reply, int status,
                                                    const char *format, ...);

// Must set reply->status, or have called http_request_suspend(). Runs on the loop.
typedef void http_handler_fn(void *context, struct http_request *request, struct http_reply *reply);

// A handler may put off its decision. Request and reply stay where they are, also where the client
// goes away meanwhile, until reply->status is set and http_request_resume() called, on the loop:
// they are the server's again from then on. No request may be suspended when the server is freed;
// a reply that was decided just before is still sent where the client takes it at once.
void http_request_suspend(struct http_request *request);
void http_request_resume(struct http_request *request);

// A path that ends in "/" stands for everything below it; exact paths win, then what comes first.
struct http_route {
    const char *path;
    const char *method; // "GET" takes HEAD as well
    http_handler_fn *handle;
    http_handler_fn *admit; // before the body is read: sets a status to refuse; may be NULL
};

struct http_server_config {
    const char *listen; // "127.0.0.1:8428", "[::1]:0", "localhost:80"
    int64_t body_bytes;
    int64_t idle_s;    // a connection without a byte for so long is closed
    int64_t request_s; // a request that is not whole after so long is cut off
    size_t n_routes;
    const struct http_route *routes; // must outlive the server
    void *context;                   // of the handlers
};

// Binds and listens. NULL, with words that name the address and the reason, where that fails.
struct http_server *http_server_new(sd_event *event, const struct http_server_config *config,
                                    char ret_error[static 256]);
void http_server_free(struct http_server *server);

unsigned http_server_port(const struct http_server *server);

// Another limit for the bodies of requests that begin from now on.
void http_server_set_body_bytes(struct http_server *server, int64_t body_bytes);

// Closes the port; connections that are open live on.
void http_server_stop_listening(struct http_server *server);

// Replies given with a status, 100..599; what the library refuses by itself is not counted.
uint64_t http_server_replies(const struct http_server *server, int status);

#endif
