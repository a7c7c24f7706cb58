// SPDX-License-Identifier: GPL-3.0-or-later
// One regression over a whole history, as it looks from afterwards: what readings should have been,
// at any interval, from those before and those after.
//
// The recipe says which terms: fewer than forecasts have (recipe_plain), or more
// (recipe_hindsight). Where forecasts see only
// what was before, here months weigh by their distance from the month that is asked about, on both
// sides, and those of another season weigh less: halved each HINDSIGHT_HALF_LIFE_MONTHS, and in the
// opposite season to 2^-HINDSIGHT_SEASON.
#ifndef PHUTAI_MODELS_HINDSIGHT_H
#define PHUTAI_MODELS_HINDSIGHT_H

#include <stdint.h>

#include "model.h"

enum { HINDSIGHT_HALF_LIFE_MONTHS = 12, HINDSIGHT_SEASON = 8 };

struct hindsight;
typedef bool hindsight_recipe(int days, bool weather, bool tet, struct recipe *ret);

// Sums up all of data->load, and data->temp whole, for the terms that `recipe` has for so much
// history, recipe_plain() or recipe_hindsight(); the issue is not looked at. What is masked is
// left out. Keeps what `data` points at. MODEL_OK with *ret to be freed, or nothing. About 0.1 s
// for four years of hours.
[[nodiscard]] enum model_status hindsight_new(const struct model_data *data,
                                              hindsight_recipe *recipe, struct hindsight **ret);
void hindsight_free(struct hindsight *hindsight);

// Fits around the month of an instant; or, around HINDSIGHT_EVENLY, with all months alike. About
// 0.05 s.
[[nodiscard]] enum model_status hindsight_fit(struct hindsight *hindsight, int64_t around);
static const int64_t HINDSIGHT_EVENLY = INT64_MIN;

// Forgets the sums and keeps the last fit: no other can be made then.
void hindsight_settle(struct hindsight *hindsight);

// Goes over to another stretch of the same zone's history, whose load and weather the fit did not
// see: what it says from now on is of that. False without memory.
[[nodiscard]] bool hindsight_turn(struct hindsight *hindsight, const struct model_data *data);

// Of the last fit, on the scale of the regression, for the intervals [from, to) of the load: what
// it says of them, NaN where the weather is unknown; and the usable load less that, NaN elsewhere.
void hindsight_fitted(const struct hindsight *hindsight, size_t from, size_t to, double ret[]);
void hindsight_residuals(const struct hindsight *hindsight, size_t from, size_t to, double ret[]);

// Between MW and the scale of the regression: logarithms, unless loads come near zero. NaN for what
// has none.
double hindsight_response(const struct hindsight *hindsight, double load);
double hindsight_load(const struct hindsight *hindsight, double value);

#endif
