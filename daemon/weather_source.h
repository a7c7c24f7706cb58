// SPDX-License-Identifier: GPL-3.0-or-later
// A source of weather: asks Open-Meteo, or a server that answers alike, for one place.
//
// Every answer is kept as a run, issued when it came; its hours before that are observations of the
// station, which is how what was forecast is put right later. How far the observations reach
// without a gap is the source's position (standing.h). What the forecast's past days do not reach,
// after a long outage or in a new store, is asked of the archive, a year at a time.
//
// What fails is tried again, after pauses that double up to the time between two forecasts, or as
// long as the server says, an hour at most. What the server refuses (4xx other than 429) is tried
// again after half to all of the time between two forecasts. The log hears of it once.
#ifndef PHUTAI_DAEMON_WEATHER_SOURCE_H
#define PHUTAI_DAEMON_WEATHER_SOURCE_H

#include <stdint.h>
#include <systemd/sd-event.h>

#include "config/config.h"
#include "daemon/http_client.h"
#include "daemon/store.h"

struct weather_source;
struct deposits;
struct standing;

struct weather_source_setup { // all must outlive it
    sd_event *event;
    struct http_client *client;
    struct store *store;
    struct deposits *deposits;
    const struct config_weather *config;
    struct standing *standing;
    int64_t retry_first_ms; // the first pause after a failure
};

// Begins to ask from the loop: at once, or when the newest run in the store is `every` old. NULL
// without memory.
struct weather_source *weather_source_new(const struct weather_source_setup *setup);
// Ends what is under way. NULL is taken.
void weather_source_free(struct weather_source *source);

// When the newest run of the station was made, instant; 0 where there is none.
int64_t weather_source_run(const struct weather_source *source);

#endif
