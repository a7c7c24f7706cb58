// SPDX-License-Identifier: GPL-3.0-or-later
// The paths behind a forecast: courses that a load may take from the issue on, each a whole one.
// Path k of every zone is drawn alike: of the same weather, with what was missed on the same past
// days, with the same entries of the register. So the paths of zones can be added up, and a peak
// of a day, or of a sum of zones, has odds of its own.
#ifndef PHUTAI_MODELS_PATHS_H
#define PHUTAI_MODELS_PATHS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "forecast.h"

enum { PATHS_N = 1000 };

struct paths {
    int64_t start;
    int32_t step_s;
    size_t n;  // intervals
    float *mw; // [interval * PATHS_N + path]; NaN where a path is not known
};

// Memory, all of it NaN. False without; *ret untouched.
[[nodiscard]] bool paths_init(struct paths *ret, int64_t start, int32_t step_s, size_t n);
void paths_done(struct paths *paths);

// Adds the loads of another zone, path by path, where both are known; what only one of the two
// knows becomes unknown. Both are of the same intervals.
void paths_add(struct paths *sum, const struct paths *other);

// Makes the quantiles of a forecast of the same intervals from the paths.
void paths_quantiles(const struct paths *paths, struct forecast *ret);

#endif
