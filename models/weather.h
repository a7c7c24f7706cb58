// SPDX-License-Identifier: GPL-3.0-or-later
// Temperature as a regression sees it: stations put together, memory, and the weather of other
// years in the place of weather that nobody knows yet.
#ifndef PHUTAI_MODELS_WEATHER_H
#define PHUTAI_MODELS_WEATHER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "civil.h"
#include "climate.h"
#include "series.h"

// A guise of the temperature T, all in C and all looking only back:
enum weather_guise {
    WEATHER_NOW,
    WEATHER_LAG,    // T `hours` before
    WEATHER_MEAN,   // mean of the `hours` up to and with the interval
    WEATHER_SMOOTH, // exponentially weighted mean with time constant `hours`
};

struct weather_input {
    enum weather_guise guise;
    double hours;
};

// Fills ret[0..n-1] from temp[0..n-1]. NaN where too little is known: the lagged value itself, less
// than half of a mean's hours, less than half of a smooth's weight. O(n), whatever the hours.
void weather_transform(const struct weather_input *input, int32_t step_s, size_t n,
                       const double temp[], double ret[]);

// One temperature of several stations on one grid: their mean, each station's own level first put
// at the level of all, so that a station that falls silent makes no step. False without memory.
[[nodiscard]] bool weather_combine(size_t n_stations, const struct series *const stations[],
                                   struct series *ret);

// A stretch of the past that stands for the future: the weather of an earlier year around the same
// date, or, where no earlier year is at hand, of days just before.
struct weather_scenario {
    int64_t source; // instant whose weather stands at the issue time
};

enum { WEATHER_SCENARIOS_MAX = 1024 };

// The instant of the same civil date and hour so many years before; 29 February becomes the 28th.
int64_t weather_same_date(const struct civil_clock *clock, int64_t instant, int years);

// The scenarios for `n` intervals from `issue`: every earlier year in `temp`, shifted by
// -shift_days to +shift_days in steps of step_days, that lies wholly before `issue` and is known
// for 95 % or more of its intervals. Returns how many were written, at most WEATHER_SCENARIOS_MAX.
// Without any such year: each of the last 14 days that are known, to be repeated day by day; 0
// where not even that is there.
struct weather_shifts {
    int shift_days, step_days;
};
size_t weather_scenarios(const struct series *temp, const struct civil_clock *clock, int64_t issue,
                         size_t n, struct weather_shifts shifts, struct weather_scenario ret[]);

// The anomaly of a scenario from the climate: ret[i] for the interval i - past steps after `issue`,
// past + n of them. Small gaps are filled by straight lines.
void weather_play(const struct series *temp, const struct climate *climate,
                  const struct weather_scenario *scenario, int64_t issue, size_t past, size_t n,
                  double ret[]);

// Lets such an anomaly (ret[past] being that of the issue) start at the weather of the issue time:
// what the last day, and beyond it the last two hours, differ from it is added, dying away with the
// lead. Where a forecast of the weather is given, of the first so many intervals, the anomaly is
// what that is off by and stays as it is; the next one starts at the forecast's end, at what it
// says and what it is off by.
struct weather_start {
    const struct series *temp;
    const struct climate *climate;
    int64_t issue;
    size_t given;  // intervals from the issue on; 0 without a forecast
    int64_t age_s; // how long before the issue the forecast was made
};
void weather_start_at_present(const struct weather_start *start, size_t past, size_t n,
                              double ret[]);

// What share of a climate's anomaly a weather forecast is off by, so many days ahead: little
// tomorrow, nearly all of it after two weeks.
double weather_forecast_error(double lead_days);

#endif
