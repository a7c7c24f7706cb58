// SPDX-License-Identifier: GPL-3.0-or-later
// What a fitted regression says of given intervals, as functions of the temperature: tabulated
// once, then read for any weather. For thousands of weathers over the same season.
//
// A table holds the sum of the terms of one input over RESPONSE_LOW_C to RESPONSE_HIGH_C, 1/8 C
// apart, read by straight lines: off by at most 1/512 of the second derivative by the temperature.
// Beyond its ends it goes on straight, as splines do, and powers do not.
#ifndef PHUTAI_MODELS_RESPONSE_H
#define PHUTAI_MODELS_RESPONSE_H

#include <stddef.h>
#include <stdint.h>

#include "model.h"

enum { RESPONSE_LOW_C = -40, RESPONSE_HIGH_C = 70 };

struct response;

// Of `n` intervals from `start`, by a model that was fitted on this data; the trend stands still.
// NULL without memory. About 20 ms for a season of half hours.
struct response *response_new(const struct model *model, const struct model_data *data,
                              int64_t start, size_t n);
void response_free(struct response *response);

// On the scale of the regression, of interval i with as many inputs as the recipe has; NaN where
// one of them is. 10 ns.
double response_at(const struct response *response, size_t i, const double inputs[]);

#endif
