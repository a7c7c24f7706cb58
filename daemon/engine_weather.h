// SPDX-License-Identifier: GPL-3.0-or-later
// The engine's weather: what was observed at each station, and for a round of forecasts the runs of
// weather forecasts that are at hand.
#ifndef PHUTAI_DAEMON_ENGINE_WEATHER_H
#define PHUTAI_DAEMON_ENGINE_WEATHER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/config.h"
#include "daemon/store.h"
#include "models/civil.h"
#include "models/series.h"

// How far weather is looked at beyond the last interval of the load: where a station's series is
// coarser than the load's step, the last intervals lie between two of its values.
enum { ENGINE_WEATHER_BEYOND_S = 2 * CIVIL_HOUR_S };

struct engine_station {
    char *id;
    struct series observed;
    bool told_stale; // that its run is too old, and not yet that this is over
};

// Start from zero with the configuration, which is kept.
struct engine_weather {
    const struct config *config;
    size_t n, last; // `last`: of the last observation
    struct engine_station *stations;
};
void engine_weather_done(struct engine_weather *weather);

// An observation that the store has.
void engine_weather_take(struct engine_weather *weather, const struct store_weather *observation);
// Forgets all observations.
void engine_weather_forget(struct engine_weather *weather);

// The weather of one station as a round sees it.
struct engine_outlook {
    // As of the issue (weather_ahead.h). Empty where there is no forecast.
    struct series series;
    int64_t run;   // when that forecast was made, 0 where there is none
    bool stale;    // there is a run, but it is too old
    bool borrowed; // it is that of other stations
};

// What `n` = weather->n stations have for a round, in their order: the newest run as of the issue,
// unless it is stale. Stations without a run borrow from those that have one. False without memory
// or where the store fails; outlooks are to be ended either way. Reads some hundred rows a station.
[[nodiscard]] bool engine_weather_look_ahead(const struct engine_weather *weather,
                                             struct store *store, int64_t issue, int64_t until,
                                             struct engine_outlook ret[]);
void engine_outlook_done(struct engine_outlook *outlook);

// Tells the log of stations whose run has become stale, and is not so any more.
void engine_weather_tell(struct engine_weather *weather, const struct engine_outlook outlooks[]);

#endif
