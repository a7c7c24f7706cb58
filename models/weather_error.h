// SPDX-License-Identifier: GPL-3.0-or-later
// A weather forecast imitated: the temperature that came, with an error.
//
// The error e is an autoregressive process of the first order, as of a front that comes some hours
// early or an air mass that is some degrees warmer than foreseen, all the day long:
//
//     e(t + step) = r e(t) + sqrt(1 - r^2) sd z(t),   r = exp(-step / (24 h)),
//
// with z standard normal, begun at sd z: so its standard deviation is `sd_c` at every interval,
// from the first one on, and a day apart its correlation is exp(-1). A day's mean is off by 0.86 of
// that, where errors that are drawn apart for each half hour would leave 0.14 of it.
#ifndef PHUTAI_MODELS_WEATHER_ERROR_H
#define PHUTAI_MODELS_WEATHER_ERROR_H

#include <stdint.h>

#include "series.h"

enum { WEATHER_ERROR_HOURS = 24 };

// Adds the error to what is known of `temp` from the instant `issue` on. What it is depends on the
// seed and the issue alone. O(n).
void weather_error_add(struct series *temp, int64_t issue, double sd_c, uint64_t seed);

#endif
