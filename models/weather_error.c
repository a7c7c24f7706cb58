// SPDX-License-Identifier: GPL-3.0-or-later
#include "weather_error.h"

#include <math.h>

#include "draw.h"

// Beside the keys of other draws.
static const uint64_t key = 0x77656174686572;

void weather_error_add(struct series *temp, int64_t issue, double sd_c, uint64_t seed)
{
    const double keep = exp(-(double)temp->step_s / (WEATHER_ERROR_HOURS * 3600.0));
    const double fresh = sqrt(1 - keep * keep);
    double error = 0;
    int64_t from = series_index(temp, issue);
    for (int64_t i = from < 0 ? 0 : from; i < (int64_t)temp->n; i++) {
        uint64_t k = (uint64_t)(i - from);
        double z = sd_c * draw_normal(seed, (uint64_t)issue, key, k);
        error = k ? keep * error + fresh * z : z;
        temp->value[i] += error;
    }
}
