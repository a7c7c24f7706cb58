// SPDX-License-Identifier: GPL-3.0-or-later
// Estimates of readings that are missing inside a history, from what stands on both sides.
#ifndef PHUTAI_MODELS_FILL_H
#define PHUTAI_MODELS_FILL_H

#include <stddef.h>
#include <stdint.h>

#include "model.h"

// Estimates the intervals among [from, to) that lie between the first and the last reading of
// data->load and have no usable one: ret[i] belongs to from + i steps, and is NaN for all others.
// All of load and temp is read, and data->issue and weather_until are not.
//
// The regression is fitted around each month that has something missing (hindsight.h); the
// weather of the gap is known to it. What it misses on the same dates of other years is expected
// again (anniversary.h); what is left of what it misses on both sides is carried into the gap
// (kriging.h). Where there is too little for a regression, or no weather, an estimate is the
// mean of the same time one week before and after, or two, and so on. NaN where nothing is known.
//
// MODEL_OK by the regression, MODEL_TOO_FEW and MODEL_SINGULAR by the weeks beside, MODEL_NOMEM
// without any. About 0.1 s a month that has something missing.
[[nodiscard]] enum model_status fill_missing(const struct model_data *data, int64_t from,
                                             int64_t to, double ret[]);

#endif
