// SPDX-License-Identifier: GPL-3.0-or-later
// What the temperature usually is: by the hour of the day, a mean and two harmonics of the year.
// What it is beyond that, its anomaly, can be carried to other dates without carrying the season.
#ifndef PHUTAI_MODELS_CLIMATE_H
#define PHUTAI_MODELS_CLIMATE_H

#include <stdbool.h>
#include <stdint.h>

#include "series.h"

enum { CLIMATE_HOURS = 24, CLIMATE_TERMS = 5 };

struct climate {
    double coefficient[CLIMATE_HOURS][CLIMATE_TERMS]; // by the hour of UTC
};

// By least squares on the values before `until`. With less than a year of them the season is
// unknown: then the means by the hour of the last four weeks stand for it. False where no value is
// there, or without memory.
[[nodiscard]] bool climate_fit(const struct series *temp, int64_t until, struct climate *ret);

double climate_at(const struct climate *climate, int64_t instant);

#endif
