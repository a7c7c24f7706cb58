// SPDX-License-Identifier: GPL-3.0-or-later
// Made-up readings and weather of Bắc Giang, as there is no public load series of Vietnam: a seeded
// generator whose totals are those that were published. What it assumes of each zone stands in
// simulate_zones.c, of the climate in simulate_weather.c. Nothing in it is a measurement.
#ifndef PHUTAI_MODELS_SIMULATE_H
#define PHUTAI_MODELS_SIMULATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "calendar.h"

enum {
    SIMULATE_STEP_S = 1800,
    SIMULATE_OFFSET_S = 7 * 3600,          // the clock of Vietnam, east of UTC
    SIMULATE_ZONES = 13,                   // the industrial zones, then the rest of the province
    SIMULATE_OUTSIDE = SIMULATE_ZONES - 1, // that rest
    SIMULATE_FROM_YEAR = 2020,             // nothing before 1 January of it,
    SIMULATE_TO_YEAR = 2028,               // nothing at or after 1 January of it
};

// What was published of the province (sources: config/bac-giang/README.md), and what every
// simulation meets whatever its seed: energy, GWh, and the highest half hour of 2024 up to the end
// of September, MW.
enum {
    SIMULATE_ZONES_2023_GWH = 3120,
    SIMULATE_PROVINCE_2023_GWH = 5990,
    SIMULATE_PEAK_2024_MW = 1148,
};
extern const double simulate_zones_growth;    // of the zones' energy, 2022 to 2023: 0.1977
extern const double simulate_province_growth; // of the province's: 0.1227

// "quang-chau" and so on, in the order of config/bac-giang/zones.csv.
const char *simulate_zone_id(size_t zone);

struct simulate_land {
    double area_ha, fill_pct; // NaN where unknown; of a zone that has not opened, fill is not used
};

struct simulate_request {
    int64_t from, to; // instants on the half hour, from < to, within the years above by the clock
    unsigned long seed;
    const struct calendar *calendar; // NULL: no day off but Sundays, and no Tết
    struct simulate_land land[SIMULATE_OUTSIDE];
};

// n half hours from `start` on. Loads in MW, positive; NaN before a zone opens. A load is the mean
// over its half hour, weather the value at its start.
struct simulation {
    int64_t start;
    size_t n;
    double *temp_c, *humidity_pct;
    double *load[SIMULATE_ZONES];
};

// The same request gives the same bits, and a half hour has the same value whatever `from` and `to`
// are. False without memory, or where the published totals cannot be met on this land; *ret is then
// empty. The caller ends it with simulate_done. Some 0.3 s for five years.
[[nodiscard]] bool simulate(const struct simulate_request *request, struct simulation *ret);
void simulate_done(struct simulation *simulation);

#endif
