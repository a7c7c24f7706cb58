// SPDX-License-Identifier: GPL-3.0-or-later
// A backtest: forecasts as they would have been made at many times of the past, each from what was
// known at its time, and judged by what came.
#ifndef PHUTAI_DAEMON_ROLLING_H
#define PHUTAI_DAEMON_ROLLING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/dataset.h"
#include "models/forecast.h"
#include "models/score.h"

struct rolling;

struct rolling_request {
    const struct dataset *dataset; // must outlive the rolling
    size_t n_zones;
    const struct dataset_series *const *zones; // of the dataset
    int64_t from, to; // instants of the first issue and of the last one at most
    int64_t every_s;  // between issues, a multiple of the step; whole days keep the time of day of
                      // the clock
    int64_t horizon_s;
    bool weather_actual; // the weather of the horizon is given, as by a perfect weather forecast
    size_t n_levels;
    const double *levels;
};

// Absolute errors of two forecasts where both were made.
struct rolling_duel {
    size_t n;
    double ours, theirs;
};

struct rolling_score {
    struct score score;
    struct peak_score peaks;           // of whole civil days, by the lead of their first interval
    struct rolling_duel week, vanilla; // against last week's same interval, and against Vanilla
};

// NULL without memory. The zones' names and the levels are copied by reference only.
struct rolling *rolling_new(const struct rolling_request *request);
void rolling_free(struct rolling *rolling);

size_t rolling_issues(const struct rolling *rolling); // a zone
size_t rolling_leads(const struct rolling *rolling);  // days of lead, counted from 1

// Each forecast, in the order of zones and issues, whatever the number of threads.
typedef void rolling_fn(void *context, const char *zone, const struct forecast *forecast);

// Forecasts and judges, on `threads` threads beside this one, which calls `fn` (may be NULL) and
// shows the progress. False without memory. The same data give the same scores to the bit.
[[nodiscard]] bool rolling_run(struct rolling *rolling, unsigned threads, rolling_fn *fn,
                               void *context);

// After rolling_run: the scores of a zone (rolling_request.n_zones: all together) at a lead of so
// many days (0: all together).
const struct rolling_score *rolling_score(const struct rolling *rolling, size_t zone, size_t lead);

// Issues of a zone that were forecast by last week's same hour, for want of a regression that is
// better.
size_t rolling_fallbacks(const struct rolling *rolling, size_t zone);

// Intervals of a zone's history that its last forecast left out as faults, by reason, as
// clean_marks_text(); "" of none.
const char *rolling_faults(const struct rolling *rolling, size_t zone);

// 1 - MAE / MAE of the other, in per cent; NaN where they never met.
double rolling_skill(const struct rolling_duel *duel);

#endif
