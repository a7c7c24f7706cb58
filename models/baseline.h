// SPDX-License-Identifier: GPL-3.0-or-later
// Seasonal naive: the value of the same interval a whole number of weeks before. The bar that every
// model must pass, and what a zone is forecast by while its history is too short for a regression.
#ifndef PHUTAI_MODELS_BASELINE_H
#define PHUTAI_MODELS_BASELINE_H

#include <stdint.h>

#include "series.h"

enum { BASELINE_WEEK_S = 7 * 86400 };

// The value at `target` - k weeks for the smallest k that ends before `issue` and has a value there,
// at most 8 weeks back; then the same hour of an earlier day, at most 14 days back; then the mean of
// all before `issue`. NaN where there is no value at all. Reads nothing at or after `issue`.
double baseline_mean(const struct series *load, int64_t issue, int64_t target);

// Errors that this baseline made: for every usable value of the last `days` days before `issue`, the
// value minus what the baseline said of it with the same lead (rounded up to weeks). Writes at most
// `max` errors and returns how many. With fewer than two the width is unknown.
size_t baseline_errors(const struct series *load, int64_t issue, int64_t target, int days,
                       size_t max, double errors[]);

#endif
