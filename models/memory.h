// SPDX-License-Identifier: GPL-3.0-or-later
// How a zone remembers the temperature: which smooths, and which hours before, tell its load best.
#ifndef PHUTAI_MODELS_MEMORY_H
#define PHUTAI_MODELS_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

#include "heldout.h"
#include "series.h"
#include "weather.h"

enum { MEMORY_INPUTS_MAX = 5 };

// A set of guises, the temperature now among them, and its heldout_error().
struct memory_set {
    size_t n;
    struct weather_input inputs[MEMORY_INPUTS_MAX];
    double error; // NaN where unknown
};

struct memory_choice {
    size_t tried;
    struct memory_set best, usual; // the usual: smooths of 3 and of 24 hours
};

// Sums the load on every candidate guise of `temp` (on heldout_step()) at once, and judges some 400
// sets as sub-models of that one Gram: one to three smooths of 2 hours to 10 days, some with the
// temperature of some hours before. False without memory. About 0.5 s for four years of hours.
[[nodiscard]] bool memory_choose(struct heldout *heldout, const struct series *temp,
                                 struct memory_choice *ret);

#endif
