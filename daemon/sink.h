// SPDX-License-Identifier: GPL-3.0-or-later
// From the outbox to one database or webhook: the oldest batch first, one request at a time, on the
// loop. A batch leaves the outbox when the server has it; lines that it says it will never take, or
// that it fails at or dies of again and again while it takes others, are found by halves and stand
// among the rejects with the server's words. Until then it is sent again, at growing pauses, which
// is safe: a repeated write changes nothing. A server that takes nothing costs no line.
//
// Of VictoriaMetrics, whose word that it has a batch is not to be relied on, see receipts.h.
//
// Logs when trouble begins, when it changes its kind, and when it is over.
#ifndef PHUTAI_DAEMON_SINK_H
#define PHUTAI_DAEMON_SINK_H

#include <stdint.h>
#include <systemd/sd-event.h>

#include "config/config.h"
#include "daemon/http_client.h"
#include "daemon/store.h"

struct sink;

struct sink_setup { // all must outlive the sink
    sd_event *event;
    struct http_client *client;
    struct store *store;
    const struct config_sink *config;
    int64_t retry_first_ms;  // the first pause after a failure; doubles up to the configured limit
    int64_t kept_s, look_ms; // of receipts, 0: as there
};

// NULL without memory. Looks into the outbox at its first turn of the loop.
struct sink *sink_new(const struct sink_setup *setup);
// Lets go of a request under way; its batch stays in the outbox.
void sink_free(struct sink *sink);

// Something was put into the outbox. Does not cut a pause short.
void sink_kick(struct sink *sink);
// Somebody else changed the store, or wants the outbox tried: cuts a pause short. What is under way
// goes on, and so does the hunt for bad lines, unless another batch is to be sent first.
void sink_wake(struct sink *sink);

struct sink_counts {
    int64_t batches, bytes; // delivered whole; bytes of line protocol before packing
    int64_t lost_lines;     // refused by the server for good
    int64_t set_aside;      // batches with lost lines
    int64_t retries;
    bool troubled; // the last attempt failed
};
struct sink_counts sink_counts(const struct sink *sink);
const char *sink_name(const struct sink *sink);

#endif
