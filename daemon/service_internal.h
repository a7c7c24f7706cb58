// SPDX-License-Identifier: GPL-3.0-or-later
// What the files of the service share; nobody else includes it.
#ifndef PHUTAI_DAEMON_SERVICE_INTERNAL_H
#define PHUTAI_DAEMON_SERVICE_INTERNAL_H

#include "daemon/access.h"
#include "daemon/alertmanager.h"
#include "daemon/alerts.h"
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
    size_t n_webhooks;
    struct config_sink webhooks[CONFIG_NAMED_MAX]; // as sinks
    size_t n_sinks;
    struct sink *sinks[METRICS_SINKS_MAX]; // databases, then webhooks
    size_t n_alertmanagers;
    struct alertmanager *alertmanagers[CONFIG_NAMED_MAX];
};

struct service {
    sd_event *event;
    sd_event_source *due;     // the engine's next round
    sd_event_source *rearm;   // after whatever happened: when that is now
    sd_event_source *tick;    // each second
    sd_event_source *give_up; // while stopping
    sd_event_source *beat;    // the next signs of life
    sd_event_source *look;    // at the rules of alerts
    struct store *store;
    struct http_client *client;
    struct http_server *server;
    struct worker *worker;
    struct access *access;
    struct service_parts parts;
    struct config *fresh; // waits for the round that is out
    struct metrics metrics;
    int64_t version, seen_version; // of the store: loaded, and seen last
    int64_t version_since;         // when it was first seen to differ
    uint64_t round_us;             // when the round that is out began
    char trouble[256];             // of the last round, "" where it was kept
    int64_t looked_newest;         // sum of the zones' newest readings at the last look for them
    bool alerts_troubled;          // so of the last look at the rules
    bool stopping;
};

int64_t service_now(const struct service *service); // system time, instant

// The engine's newest issue, 0 where none.
int64_t service_newest_issue(const struct service *service);

// What works on the loop by itself: it ends before the rest of the parts, and begins after it.
// False without memory; what was begun is freed with the rest.
[[nodiscard]] bool service_make_links(struct service *service, struct service_parts *parts);
void service_free_links(struct service_parts *parts);

// The state of each sink's outbox.
void service_outbox(const struct service *service, struct metrics_sink ret[METRICS_SINKS_MAX]);

// Signs of life, by the timer `beat`; armed anew when the configuration has changed.
[[nodiscard]] bool service_add_heartbeat(struct service *service);
void service_arm_heartbeat(struct service *service);

// The time that alerts and people go by: the system's, or that of the readings that are played.
int64_t service_present(const struct service *service);
// What the engine knows of each zone.
void service_describe_zones(const struct service *service, struct alerts_zone ret[]);

// Looks at the rules of alerts, now and each minute from service_add_alerts() on.
[[nodiscard]] bool service_add_alerts(struct service *service);
void service_look_at_alerts(struct service *service);
// The same where readings have come since the last call.
void service_look_at_readings(struct service *service);

// The HTTP side. Handlers have the service for a context.
extern const struct http_route service_routes[];
extern const size_t service_n_routes;

#endif
