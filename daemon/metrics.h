// SPDX-License-Identifier: GPL-3.0-or-later
// What has been counted since the start, and the page that shows it (Prometheus text format 0.0.4).
#ifndef PHUTAI_DAEMON_METRICS_H
#define PHUTAI_DAEMON_METRICS_H

#include <stddef.h>
#include <stdint.h>

#include "daemon/buffer.h"
#include "daemon/engine.h"
#include "daemon/http_server.h"
#include "daemon/intake.h"
#include "daemon/sink.h"
#include "daemon/store_outbox.h"

struct metrics {
    int64_t started; // instant
    int64_t readings, readings_changed, readings_same, readings_moved;
    int64_t weather, weather_changed, weather_same;
    int64_t weather_ahead; // hours of runs
    int64_t entries;       // of the register
    int64_t refused[CHECK_CAUSES];
    int64_t files_done, files_bad;           // of folders; bad: refused as a whole
    int64_t stored_readings, stored_weather; // rows in the store
    int64_t store_failures;
    int64_t unauthorized;
    int64_t forecast_runs, forecast_failures;
    double forecast_run_s; // the last one
    int64_t notices;       // of alerts
    int64_t reloads;       // of the store, after another process wrote to it
};

struct metrics_sink {
    const char *name;
    struct sink_counts counts;
    struct store_outbox_state outbox;
};

// Folders, pulls, brokers, weather and Alertmanagers; databases and webhooks.
enum { METRICS_SOURCES_MAX = 5 * CONFIG_NAMED_MAX, METRICS_SINKS_MAX = 2 * CONFIG_NAMED_MAX };

struct metrics_weather {
    const char *station;
    int64_t run; // when its newest weather forecast was made, instant; 0 where there is none
};

// Everything that stands on the page.
struct metrics_page {
    const struct metrics *counted;
    const struct engine *engine;
    const struct http_server *server;
    size_t n_sources;
    struct store_source sources[METRICS_SOURCES_MAX];
    size_t n_sinks;
    struct metrics_sink sinks[METRICS_SINKS_MAX];
    int64_t now; // instant
    size_t n_weather;
    struct metrics_weather weather[CONFIG_NAMED_MAX];
};

// Appends the page.
void metrics_print(struct buffer *out, const struct metrics_page *page);

#endif
