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
};

struct model;

// `step_s` divides a day. NULL without memory.
struct model *model_new(int32_t step_s);
void model_free(struct model *model);

enum model_status {
    MODEL_OK,
    MODEL_TOO_FEW, // not enough history for a regression: forecast by the baseline
    MODEL_SINGULAR,
    MODEL_NOMEM
};

// Chooses the recipe for the history there is, sums it into a Gram by months, solves, and computes
// the residuals of every month from a fit that left its eighth of the months out. Older months weigh
// less (half as much every MODEL_HALF_LIFE_MONTHS). The Gram is made anew each time: that takes a
// few milliseconds, and no state can be left behind by a late reading.
[[nodiscard]] enum model_status model_fit(struct model *model, const struct model_data *data);
enum { MODEL_HALF_LIFE_MONTHS = 24 };

// Of the last fit that said MODEL_OK.
const struct recipe *model_recipe(const struct model *model);
const struct design *model_design(const struct model *model);
const double *model_coefficients(const struct model *model); // design_columns() of them
double model_rows(const struct model *model);
double model_trend_end(const struct model *model); // the trend stands still after it

// Where an interval stands in the calendar; fills all but the inputs of the point. `day` numbers
// and months are those of the zone's clock.
struct model_place {
    int64_t day, month;
    struct design_point point;
};
void model_locate(const struct model_data *data, int64_t instant, struct model_place *place);

// Days of residuals: what came minus what was fitted, MW, NaN where unknown.
struct model_residual_day {
    int64_t day;
    struct day kind;
    const double *residual; // intervals of a day
};
size_t model_residual_days(const struct model *model);
struct model_residual_day model_residual_day(const struct model *model, size_t index);

#endif
