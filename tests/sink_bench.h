// SPDX-License-Identifier: GPL-3.0-or-later
// A sink at work on a store of its own and a fake server, for the tests of sinks.
#ifndef PHUTAI_TESTS_SINK_BENCH_H
#define PHUTAI_TESTS_SINK_BENCH_H

#include "daemon/sink.h"
#include "daemon/store_outbox.h"
#include "tests/fake_http.h"

struct sink_bench {
    void *folder;
    sd_event *event;
    struct http_client *client;
    struct store *store;
    struct fake_http *fake;
    struct config_sink config; // named "main", at the fake server
    int64_t kept_s, look_ms;   // as in sink_setup
    struct sink *sink;
};

extern const struct fake_reply sink_bench_good[1]; // 204

int sink_bench_enter(void **state);
int sink_bench_leave(void **state);

// Puts a batch into the outbox.
void sink_bench_push(struct sink_bench *bench, const char *body);

// Starts the sink, the server answering by the script.
void sink_bench_start(struct sink_bench *bench, size_t n, const struct fake_reply script[]);

struct store_outbox_state sink_bench_outbox(struct sink_bench *bench);

// Runs the loop until nothing waits.
void sink_bench_drain(struct sink_bench *bench);

// Request number `i` has `in_head` in its head, and this body.
void sink_bench_expect(struct sink_bench *bench, size_t i, const char *in_head, const char *body);

// All rejects are these, as [reason|body].
void sink_bench_expect_rejects(struct sink_bench *bench, const char *words);

#endif
