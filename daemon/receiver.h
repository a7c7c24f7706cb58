// SPDX-License-Identifier: GPL-3.0-or-later
// Takes POSTs of line protocol: asks for the token, judges the lines, and has the good ones durably
// in the store before it says so. Then the engine is told.
#ifndef PHUTAI_DAEMON_RECEIVER_H
#define PHUTAI_DAEMON_RECEIVER_H

#include "config/config.h"
#include "daemon/deposit.h"
#include "daemon/http_server.h"
#include "daemon/metrics.h"

struct receiver;

struct receiver_setup { // all must outlive the receiver
    const struct config *config;
    struct deposits *deposits;
    struct metrics *metrics;
};

// NULL, with the reason, where the tokens cannot be read or memory is short.
struct receiver *receiver_new(const struct receiver_setup *setup, char ret_error[static 256]);
void receiver_free(struct receiver *receiver);

// Refuses with 401 who may not write.
void receiver_admit(struct receiver *receiver, struct http_request *request,
                    struct http_reply *reply);

// 204: all is in the store. 400: the lines named in the reply are not, all others are. 503: nothing
// is, and sending it again is right. `now` is the system's time.
void receiver_write(struct receiver *receiver, int64_t now, struct http_request *request,
                    struct http_reply *reply);

#endif
