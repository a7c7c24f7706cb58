// SPDX-License-Identifier: GPL-3.0-or-later
// What the files of the service share; nobody else includes it.
#ifndef PHUTAI_DAEMON_SERVICE_INTERNAL_H
#define PHUTAI_DAEMON_SERVICE_INTERNAL_H

#include "daemon/deposit.h"
#include "daemon/engine.h"
#include "daemon/http_client.h"
#include "daemon/http_server.h"
#include "daemon/metrics.h"
#include "daemon/receiver.h"
#include "daemon/service.h"
#include "daemon/sink.h"
#include "daemon/sources.h"
#include "daemon/store.h"
#include "daemon/worker.h"

// What is made from a configuration and exchanged with it.
struct service_parts {
    struct config *config;
    struct engine *engine;
    struct deposits *deposits;
    struct receiver *receiver;
    struct sources *sources;
    size_t n_sinks;
    struct sink *sinks[CONFIG_NAMED_MAX];
};

struct service {
    sd_event *event;
    sd_event_source *due;     // the engine's next round
    sd_event_source *rearm;   // after whatever happened: when that is now
    sd_event_source *tick;    // each second
    sd_event_source *give_up; // while stopping
    sd_event_source *beat;    // the next signs of life
    struct store *store;
    struct http_client *client;
    struct http_server *server;
    struct worker *worker;
    struct service_parts parts;
    struct config *fresh; // waits for the round that is out
    struct metrics metrics;
    int64_t version, seen_version; // of the store: loaded, and seen last
    int64_t version_since;         // when it was first seen to differ
    uint64_t round_us;             // when the round that is out began
    char trouble[256];             // of the last round, "" where it was kept
    bool stopping;
};

int64_t service_now(const struct service *service); // system time, instant

// The engine's newest issue, 0 where none.
int64_t service_newest_issue(const struct service *service);

// The state of each sink's outbox.
void service_outbox(const struct service *service, struct metrics_sink ret[CONFIG_NAMED_MAX]);

// Signs of life, by the timer `beat`; armed anew when the configuration has changed.
[[nodiscard]] bool service_add_heartbeat(struct service *service);
void service_arm_heartbeat(struct service *service);

// The HTTP side. Handlers have the service for a context.
extern const struct http_route service_routes[];
extern const size_t service_n_routes;

#endif
