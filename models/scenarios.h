// SPDX-License-Identifier: GPL-3.0-or-later
// A fitted regression run over the weathers that may come: each an earlier year's anomaly from the
// climate, shifted by some days, starting at the weather of the issue time.
//
// What is beyond the usual extremes of the record is stretched by a random factor of each run's
// own, so that heat and cold that nobody has seen yet can come: by 40 % of the excess, as Hyndman
// and Fan 2010 have it, and by no more than two degrees past the record.
//
// Where a run's weather was not seen (a gap, the end of the record, a time after the issue) it is
// that of the climate, and the day is not `real`: paths are drawn from real days, as long as there
// are enough of them.
#ifndef PHUTAI_MODELS_SCENARIOS_H
#define PHUTAI_MODELS_SCENARIOS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model.h"
#include "weather.h"

enum { SCENARIOS_MAX = 360 };

// The earlier years of which any of `temp` (n_temp of them; of the zones that are to share their
// weather) was known in the span from `issue` to `until`, each shifted by -shift_days to
// +shift_days in steps of step_days; the newest years first. How many were written.
size_t scenarios_sources(size_t n_temp, const struct series *const temp[],
                         const struct civil_clock *clock, int64_t issue, int64_t until,
                         struct weather_shifts shifts,
                         struct weather_scenario ret[static SCENARIOS_MAX]);

struct scenarios {
    size_t n_runs, n, day_steps, n_days; // n_days of day_steps intervals from the start, the last
                                         // may be cut
    float *value;                        // on the scale of the regression: [run * n + interval]
    bool *real;                          // [run * n_days + day]
};

// Runs the model over the intervals [start, until) by the sources; `start` >= data->issue. Weather
// that is given (data->weather_until) stands in every run; where it is a forecast, each run's
// anomaly is added by the share that forecasts are off. `warmer_c` is added to all weather that is
// not given. Without sources, or without weather in the model, there is one run: of the climate,
// every day of it real. False without memory. About 0.1 s for a season of half hours by 100 runs.
[[nodiscard]] bool scenarios_run(const struct model *model, const struct model_data *data,
                                 int64_t start, int64_t until, size_t n_sources,
                                 const struct weather_scenario sources[], double warmer_c,
                                 struct scenarios *ret);
void scenarios_done(struct scenarios *scenarios);

#endif
