// SPDX-License-Identifier: GPL-3.0-or-later
// What the peaks of the coming days are made of: heat, the register, growth.
#ifndef PHUTAI_MODELS_DAY_CAUSES_H
#define PHUTAI_MODELS_DAY_CAUSES_H

#include <stddef.h>

#include "day_peaks.h"
#include "explain.h"
#include "forecast.h"
#include "model.h"

// Fills in the causes of the days of a forecast (day_peaks.h), which was made of `data` and has
// `parts` (explain.h), n of them; NULL: none, and the heat stays unknown. About as much as a
// climate_fit().
void day_causes_find(const struct model_data *data, const struct forecast *forecast,
                     const double (*parts)[EXPLAIN_PARTS], struct day_peaks *ret);

// Fills in those of a sum from its members, whose forecasts are of the same intervals: heat and
// register are summed over the members that know theirs, the temperatures are those of the member
// with the highest mean that day.
void day_causes_sum(size_t n, const struct day_peaks *const members[],
                    const struct forecast *const forecasts[], const struct civil_clock *clock,
                    struct day_peaks *ret);

// Mean loads of the last 28 days before the issue and of the 28 days 364 days before them, MW; NaN
// where fewer than half of the intervals are known.
struct day_causes_growth {
    double now_mw, then_mw;
};
struct day_causes_growth day_causes_growth(const struct series *load, int64_t issue);

#endif
