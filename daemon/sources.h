// SPDX-License-Identifier: GPL-3.0-or-later
// Everything beside the HTTP intake that readings and weather come from, as it is configured.
#ifndef PHUTAI_DAEMON_SOURCES_H
#define PHUTAI_DAEMON_SOURCES_H

#include <systemd/sd-event.h>

#include "config/config.h"
#include "daemon/deposit.h"
#include "daemon/http_client.h"
#include "daemon/metrics.h"
#include "daemon/store.h"

struct sources;

struct sources_setup { // all must outlive them
    const struct config *config;
    sd_event *event;
    struct http_client *client;
    struct store *store;
    struct deposits *deposits;
    struct metrics *metrics;
};

// They begin to work at the next turn of the loop. NULL without memory. A source that cannot work
// says so in its standing, and tries again.
struct sources *sources_new(const struct sources_setup *setup);

// Lets go of what is under way; what was not deposited comes again.
void sources_free(struct sources *sources);

// How each is doing. NULL has none.
size_t sources_count(const struct sources *sources);
struct store_source sources_state(const struct sources *sources, size_t source);

// When the newest weather forecast of a place of the configuration was made, instant; 0 where there
// is none.
int64_t sources_weather_run(const struct sources *sources, size_t weather);

#endif
