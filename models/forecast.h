// SPDX-License-Identifier: GPL-3.0-or-later
// A forecast of one zone: for each interval from the issue time on, a mean and quantiles.
#ifndef PHUTAI_MODELS_FORECAST_H
#define PHUTAI_MODELS_FORECAST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { FORECAST_LEVELS_MAX = 99, FORECAST_MODEL_LEN = 24 };

struct forecast {
    int64_t issue; // instant: only what was known before it was used
    int64_t start; // instant of the first interval, >= issue
    int32_t step_s;
    size_t n;                          // intervals
    size_t n_levels;                   // quantiles an interval, <= FORECAST_LEVELS_MAX
    double level[FORECAST_LEVELS_MAX]; // ascending, in (0,1)
    char model[FORECAST_MODEL_LEN];    // which model made it: "vanilla", "last-week", ...
    double *mean;                      // n, MW
    double *quantile;                  // n * n_levels, MW, interval by interval, never crossing
    // What entries of the register add to the mean, entry by entry: the mean less their sum is the
    // forecast without them. None where there were none.
    size_t n_effects;
    uint64_t *effect_id; // n_effects: of the entry (entries.h)
    double *effect;      // n_effects * n, MW
};

// Memory for `n` intervals; values are NaN, the issue is `start`, the model has no name. False
// without memory, *ret untouched.
[[nodiscard]] bool forecast_init(struct forecast *ret, int64_t start, int32_t step_s, size_t n,
                                 size_t n_levels, const double levels[]);
void forecast_done(struct forecast *forecast);

// Makes room for the effects of so many entries, in place of those there were; all 0, ids too.
// False without memory: then there are none.
[[nodiscard]] bool forecast_make_effects(struct forecast *forecast, size_t n_effects);

int64_t forecast_instant(const struct forecast *forecast, size_t i);
const double *forecast_quantiles(const struct forecast *forecast, size_t i);

// The value at `level` of interval i, by the straight line between the quantiles beside it and flat
// beyond the outermost; NaN without quantiles.
double forecast_at_level(const struct forecast *forecast, size_t i, double level);

// P(load > limit) in interval i by the same line; 0 or 1 beyond the outermost quantiles; NaN
// without quantiles.
double forecast_exceedance(const struct forecast *forecast, size_t i, double limit);

// Fills the quantiles of interval i from `n` draws, which it sorts: type 7 of Hyndman and Fan 1996.
// Draws that are NaN are left out; without any other the quantiles stay as they are.
void forecast_set_draws(struct forecast *forecast, size_t i, size_t n, double draws[]);

#endif
