// SPDX-License-Identifier: GPL-3.0-or-later
// One zone's coming season, before any path is drawn: what the regression says of it under each
// weather, what such a forecast missed in each earlier year, and how far its level was off.
//
// The same forecast is made for the same dates of each earlier year, from before them, with the
// weather that came. What it missed there is an error window: its mean is an error of the level,
// which holds the growth that nobody could know; what is left of it is drawn in blocks of days.
// Days that were off by more than five robust scales are left out: closures and rationing are for
// the register. The errors of the level are taken for draws from one normal distribution, of which
// little is known, so that the level to come has Student's t (the conjugate prior: Gelman, Carlin,
// Stern, Dunson, Vehtari, Rubin 2013, Bayesian Data Analysis, 3.3):
//
//     with n errors of mean e and sum of squares S about it, and a prior mean 0 that weighs like k
//     errors and a prior scale s like v of them, the next one is t with v + n degrees of freedom
//     about n e / (n + k), of scale^2
//         (1 + 1 / (n + k)) (v s^2 + S + k n e^2 / (n + k)) / (v + n)
#ifndef PHUTAI_MODELS_OUTLOOK_H
#define PHUTAI_MODELS_OUTLOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model.h"
#include "scenarios.h"

enum { OUTLOOK_WINDOWS_MAX = 10, OUTLOOK_MARGIN_DAYS = 21 };

struct outlook_request {
    struct model_data data;
    int64_t start, until; // start >= data.issue, both on the grid
    size_t n_sources;     // of weather, as scenarios_sources() has them
    const struct weather_scenario *sources;
    double warmer_c;
};

// Student's t of the error of the level, on the scale of the outlook.
struct outlook_level {
    double mean, scale, freedom;
};

struct outlook {
    const char *model;     // what made it: the recipe's name, or "last-week"
    bool logarithm;        // values and errors are factors of MW, not MW
    struct scenarios runs; // value: MW
    size_t n_windows;
    size_t window_days;                    // runs.n_days and a margin on either side
    int window_years[OUTLOOK_WINDOWS_MAX]; // how long ago; 0: errors of the fit to its own rows
    float *error; // [(window * window_days + day) * day_steps + interval of day]; the window's
                  // own level is taken out; what is not known is no error
    bool *known;  // [window * window_days + day]: at least half of it
    struct outlook_level level;
    double mean_mw; // of the season, over the runs: a shape's own level
};

// Fits and runs. The regression with weather gives way to that without it where the latter was
// clearly nearer in the earlier years. With too little history for a regression: last week's same
// hour under any weather, its level very uncertain. MODEL_TOO_FEW where there is no usable reading
// before the issue.
// About 0.15 s for each earlier year of half hours.
[[nodiscard]] enum model_status outlook_new(const struct outlook_request *request,
                                            struct outlook *ret);
void outlook_done(struct outlook *outlook);

// The level's distribution of the next season, from the errors of `n` earlier ones.
struct outlook_level outlook_level(size_t n, const double errors[], double prior_scale);

#endif
