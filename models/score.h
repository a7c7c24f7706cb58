// SPDX-License-Identifier: GPL-3.0-or-later
// How a forecast is judged. Sources: models/README.md, section "Scores".
#ifndef PHUTAI_MODELS_SCORE_H
#define PHUTAI_MODELS_SCORE_H

#include <stddef.h>
#include <stdint.h>

// Pinball loss of one quantile: (y - q) * (level - [y < q]). Same unit as y.
double score_pinball(double level, double quantile, double actual);

// Running sums; start from zero (`= {0}`). Add pairs, then read.
struct score {
    size_t n;         // pairs added
    size_t n_percent; // pairs with an actual above zero, which alone count for MAPE
    double abs_error, squared_error, abs_percent, actual;
    double pinball; // sum over pairs of the mean over levels
    size_t n_pinball;
    size_t covered50, covered90, covered98, n_cover50, n_cover90, n_cover98;
};

// Adds one interval: `levels` ascending in (0,1), `quantiles` beside them, either may be NULL with
// n_levels 0. An actual that is NaN is left out, and so are of the rest a mean that is NaN and
// quantiles of which one is. Coverage needs the levels .25/.75, .05/.95, .01/.99.
void score_add(struct score *score, double actual, double mean, size_t n_levels,
               const double *levels, const double *quantiles);

// NaN where nothing was added.
double score_mae(const struct score *score);
double score_rmse(const struct score *score);
double score_mape(const struct score *score); // per cent
double score_nmae(const struct score *score); // MAE over the mean actual, per cent
double score_mean_pinball(const struct score *score);

// Daily peaks: the largest actual and forecast of each civil day, and how far apart.
struct peak_score {
    size_t days;
    double abs_percent; // sum of |max forecast - max actual| / max actual
    size_t hour_hit;    // days with the peak within one hour of the right time
};

// One day's values, n of them `step_s` apart; days with a gap (NaN) in either are left out, as are
// those without an actual above zero. The earliest of equal peaks counts.
void peak_score_add(struct peak_score *score, size_t n, int32_t step_s, const double *actual,
                    const double *mean);

#endif
