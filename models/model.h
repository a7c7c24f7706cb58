// SPDX-License-Identifier: GPL-3.0-or-later
// The model of one zone: its history turned into a regression, and what the regression missed.
#ifndef PHUTAI_MODELS_MODEL_H
#define PHUTAI_MODELS_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "calendar.h"
#include "civil.h"
#include "design.h"
#include "entries.h"
#include "fit.h"
#include "recipe.h"
#include "series.h"

// What is known when a forecast is made. Nothing of `load` at or after `issue` is read, and nothing
// of `temp` at or after `weather_until`, which is `issue` unless a weather forecast is at hand.
struct model_data {
    const struct series *load;
    const struct series *temp;       // C, on the step of `load`; NULL without weather
    const struct calendar *calendar; // may be NULL
    const struct civil_clock *clock;
    int64_t issue, weather_until;
    bool weather_is_forecast; // of at and after the issue: off by more the further ahead
    int64_t weather_age_s;    // how long before the issue that forecast was made
    // What people know of this zone: counts in predict(), in this order. Fits read the load as it
    // is: it has been through entries_prepare() where there are any.
    size_t n_entries;
    const struct entry *entries;
};

struct model;

// `step_s` divides a day. NULL without memory.
struct model *model_new(int32_t step_s);
void model_free(struct model *model);

// Fits this recipe from now on, which is copied, whatever the history is like; NULL: the best for
// the history, as of a new model.
void model_set_recipe(struct model *model, const struct recipe *recipe);

enum model_status {
    MODEL_OK,
    MODEL_TOO_FEW, // not enough history for a regression: forecast by the baseline
    MODEL_SINGULAR,
    MODEL_NOMEM
};

// Chooses the recipe for the history there is and sums it into a Gram by blocks: civil months, or
// weeks while the history is short. Solves once with all blocks that were whole at the issue, older
// ones weighing less (half as much every MODEL_HALF_LIFE_MONTHS), and once for each recent block
// with those before it only: that gives the residuals that a forecast made then would have had. The
// block that the issue lies in is left to these residuals. The load is taken in logarithms, unless
// it comes too near zero for that.
//
// About 0.3 s for five years of half hours, nearly all of it in the solves. A later issue in the
// same block finds the fits of before where all that they were made of is the same to the bit, and
// takes some milliseconds; a late reading makes all anew. The result is the same either way.
[[nodiscard]] enum model_status model_fit(struct model *model, const struct model_data *data);
enum { MODEL_HALF_LIFE_MONTHS = 24 };

// Of the last fit that said MODEL_OK.
const struct recipe *model_recipe(const struct model *model);
const struct design *model_design(const struct model *model); // NULL where the last fit failed
const double *model_coefficients(const struct model *model);  // design_columns() of them
double model_rows(const struct model *model);
double model_trend_end(const struct model *model); // the trend stands still after it

// From the scale of the regression to MW, and back; NaN where a logarithm has no such load.
double model_load(const struct model *model, double value);
double model_response(const struct model *model, double load);

// Residuals on the scale of the regression, interval by interval, the last one ending at the issue;
// NaN where none is known. *ret_n of them.
const double *model_residuals(const struct model *model, size_t *ret_n);

// Where an interval stands in the calendar; fills all but the inputs of the point. `day` numbers
// and months are those of the zone's clock. Kinds of day that the history lacks are taken for
// others: a holiday for a Sunday, a worked Saturday for a Tuesday, any other for its day of the
// week.
struct model_place {
    int64_t day, month;
    struct design_point point;
};
void model_locate(const struct model *model, const struct model_data *data, int64_t instant,
                  struct model_place *place);

#endif
