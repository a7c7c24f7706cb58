// SPDX-License-Identifier: GPL-3.0-or-later
// Takes POSTs of line protocol: asks for the token, judges the lines, and has the good ones durably
// in the store before it says so. Then the engine is told.
//
// Requests wait in a line and are taken in slices of some thousand lines, one each time the loop
// turns. The requests that wait take turns in a slice, so that many small ones become durable with
// one commit, and none waits for the end of a large one. A request is answered after the slice that
// holds its last line; where a slice fails, every request that waits is told to come again, and
// what is sent again changes nothing.
#ifndef PHUTAI_DAEMON_RECEIVER_H
#define PHUTAI_DAEMON_RECEIVER_H

#include <systemd/sd-event.h>

#include "config/config.h"
#include "daemon/deposit.h"
#include "daemon/http_server.h"
#include "daemon/metrics.h"

struct receiver;

struct receiver_setup { // all must outlive the receiver
    sd_event *event;
    const struct config *config;
    struct deposits *deposits;
    struct metrics *metrics;
};

// NULL, with the reason, where the tokens cannot be read or memory is short.
struct receiver *receiver_new(const struct receiver_setup *setup, char ret_error[static 256]);
// No request may wait: receiver_finish() comes before. Takes NULL.
void receiver_free(struct receiver *receiver);

// Refuses with 401 who may not write, and with 429 who has sent more than its rate allows.
void receiver_admit(struct receiver *receiver, struct http_request *request,
                    struct http_reply *reply);

// Puts the request into the line; the reply comes later. 204: all is in the store. 400: the lines
// named in the reply are not, all others are. 503: not all is, and sending it again is right. `now`
// is the system's time.
void receiver_write(struct receiver *receiver, int64_t now, struct http_request *request,
                    struct http_reply *reply);

// Takes what waits without letting the loop turn: some seconds where large requests wait.
void receiver_finish(struct receiver *receiver);

#endif
