// SPDX-License-Identifier: GPL-3.0-or-later
// The temperature in all the guises that a recipe asks for, on the temperature's grid.
#ifndef PHUTAI_MODELS_GUISES_H
#define PHUTAI_MODELS_GUISES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "design.h"
#include "series.h"
#include "weather.h"

struct guises {
    const struct series *temp;
    size_t n, n_inputs;
    double *value; // input k of interval i at [k * n + i]; NaN where unknown
};

// Of the temperature before `until`, which must outlive them; `temp` NULL has none. False without
// memory. O(n * inputs).
[[nodiscard]] bool guises_init(struct guises *ret, const struct series *temp, int64_t until,
                               size_t n_inputs, const struct weather_input inputs[]);
void guises_done(struct guises *guises);

// The inputs of one interval; NaN where they are unknown.
void guises_at(const struct guises *guises, int64_t instant, double ret[static DESIGN_INPUTS_MAX]);

// Knots for each input at its quantiles of these levels (ascending) over the intervals before
// `until`. False without memory. O(n log n).
[[nodiscard]] bool guises_knots(const struct guises *guises, int64_t until,
                                const double levels[static DESIGN_KNOTS],
                                struct design_knots ret[static DESIGN_INPUTS_MAX]);

#endif
