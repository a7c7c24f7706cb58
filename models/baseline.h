// SPDX-License-Identifier: GPL-3.0-or-later
// Seasonal naive: the value of the same interval a whole number of weeks before. The bar that every
// model must pass, and what a zone is forecast by while its history is too short for a regression.
#ifndef PHUTAI_MODELS_BASELINE_H
#define PHUTAI_MODELS_BASELINE_H

#include <stddef.h>
#include <stdint.h>

#include "series.h"

enum { BASELINE_WEEK_S = 7 * 86400, BASELINE_DAYS_MAX = 366 };

// The value at `target` - k weeks for the smallest k >= 1 whose interval ends by `issue` and that
// has a usable value there, trying 8 of them; then the same hour of an earlier day, trying 14; then
// the mean of the last 28 days' worth of values before `issue`. NaN where there is no usable value
// at all. Reads nothing at or after `issue`. O(1), but for the mean.
double baseline_mean(const struct series *load, int64_t issue, int64_t target);

// Errors that this baseline made: for every usable value of the last `days` days before `issue`,
// the value minus what the baseline said of it with the same lead (rounded up to weeks). Writes at
// most `max` errors, the latest first, and returns how many. With fewer than two the width is
// unknown.
size_t baseline_errors(const struct series *load, int64_t issue, int64_t target, int days,
                       size_t max, double errors[]);

// The errors of n paths in one interval, each that of the interval so many days before it: path k
// of the interval day[k] days before, 1..`days`, and where its error is not known that of the next
// day before it, after the last the first; all NaN where fewer than two are known. Along the
// intervals a path so goes on with what was missed from one past day on. `days` <=
// BASELINE_DAYS_MAX.
void baseline_errors_since(const struct series *load, int64_t issue, int64_t target, size_t days,
                           size_t n, const size_t day[], double errors[]);

#endif
