// SPDX-License-Identifier: GPL-3.0-or-later
// An HTTP server on 127.0.0.1 that answers by a script, well or badly, and keeps what it was sent.
// It has a thread of its own, one connection at a time, closed after each answer.
#ifndef PHUTAI_TESTS_FAKE_HTTP_H
#define PHUTAI_TESTS_FAKE_HTTP_H

#include <stddef.h>

struct fake_http;

enum fake_manner {
    FAKE_PLAIN,    // the answer as it stands
    FAKE_LATE,     // the answer after 0.2 s
    FAKE_SLOW,     // half the headers, then nothing more for 30 s
    FAKE_HALF,     // announces twice the body that it sends, then closes
    FAKE_NO_REPLY, // reads the request and closes
    FAKE_GARBAGE   // something that is not HTTP
};

struct fake_reply {
    enum fake_manner manner;
    int status;
    const char *headers; // "Name: value\r\n..." or NULL
    const char *body;    // or NULL
};

// Answers by the script, one entry a request; after its end the last entry again and again. The
// script must outlive the server. Ends the test where it cannot start.
struct fake_http *fake_http_start(size_t n, const struct fake_reply script[]);
void fake_http_stop(struct fake_http *fake);

unsigned fake_http_port(const struct fake_http *fake);
const char *fake_http_url(const struct fake_http *fake); // "http://127.0.0.1:PORT"

// Another script from the next request on.
void fake_http_script(struct fake_http *fake, size_t n, const struct fake_reply script[]);
// Answers every request that has `needle` in its head or body so, whatever the script says; the
// first such rule counts. NULL forgets them all. Both must outlive the server.
enum { FAKE_RULES_MAX = 4 };
void fake_http_when(struct fake_http *fake, const char *needle, const struct fake_reply *reply);
// Closes the port, so that connections are refused; and opens the same one again.
void fake_http_refuse(struct fake_http *fake);
void fake_http_listen(struct fake_http *fake);

// What was sent so far.
enum { FAKE_REQUESTS_MAX = 2048 };
struct fake_request {
    char *head; // request line and headers as they came
    char *body; // inflated where it was gzip
    size_t length;
};
size_t fake_http_requests(struct fake_http *fake);
const struct fake_request *fake_http_request(struct fake_http *fake, size_t i);

#endif
