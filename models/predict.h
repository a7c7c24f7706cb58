// SPDX-License-Identifier: GPL-3.0-or-later
// Forecasts: the fitted regression run over the weather of other years, with what it missed on
// other days added, or the baseline where there is no regression.
#ifndef PHUTAI_MODELS_PREDICT_H
#define PHUTAI_MODELS_PREDICT_H

#include "explain.h"
#include "forecast.h"
#include "model.h"
#include "paths.h"

// Forecasts the intervals of [start, until), start >= data->issue, both on the grid, from a model
// that was fitted on this data; `model` NULL, or one whose fit failed, forecasts by the baseline.
//
// Each path is one weather scenario (the given weather where data->weather_until reaches),
// corrected by the errors just before the issue, plus the error path of one past issue
// (residuals.h). The mean is that of the scenarios, the quantiles those of the paths. The entries
// of the register change the mean by what is expected of them, told apart in the forecast's
// effects, and each path by those that happen on it. The same inputs give the same bits. False
// without memory; *ret untouched. About 0.1 s for a month of hours.
[[nodiscard]] bool predict(const struct model *model, const struct model_data *data, int64_t start,
                           int64_t until, size_t n_levels, const double levels[],
                           struct forecast *ret);

// predict(), of the same bits, and the paths besides (paths.h), for which there are quantiles to
// make: n_levels > 0. Where the errors of a path's past day are not known that far, those of
// another stand in, so a path is known wherever any is. 1000 floats an interval; *ret_paths
// untouched as well.
[[nodiscard]] bool predict_paths(const struct model *model, const struct model_data *data,
                                 int64_t start, int64_t until, size_t n_levels,
                                 const double levels[], struct forecast *ret,
                                 struct paths *ret_paths);

// predict_paths(), and the parts of predict_explained() besides where `parts` is not NULL.
[[nodiscard]] bool predict_in_full(const struct model *model, const struct model_data *data,
                                   int64_t start, int64_t until, size_t n_levels,
                                   const double levels[], struct forecast *ret,
                                   struct paths *ret_paths, double (*parts)[EXPLAIN_PARTS]);

// predict() without quantiles, and parts[i] that sum to the mean of interval i (explain.h), each
// the mean over the scenarios. There is room for (until - start) / step of them. A forecast of the
// baseline is all level, and the register.
[[nodiscard]] bool predict_explained(const struct model *model, const struct model_data *data,
                                     int64_t start, int64_t until, struct forecast *ret,
                                     double (*parts)[EXPLAIN_PARTS]);

#endif
