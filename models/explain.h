// SPDX-License-Identifier: GPL-3.0-or-later
// What a forecast is made of: each value split into parts that add up to it.
//
// On the scale of the regression a value is a sum of effects, and the parts are those of
//
//     level        the mean over all months, days of the week and times of day of an ordinary day
//                  whose temperature, now and remembered, is the median of the record
//     calendar     this time of day, day of the week and time of year: its difference to the level
//     holiday      what the calendar's other kinds of day and Tết add to an ordinary such weekday
//     temp_now     this temperature against the median, by the terms of the temperature itself
//     temp_memory  the same of the remembered temperatures
//     correction   what the errors of the last hours and days add
//     register     what entries of the register add, in MW, to what all of these make
//
// A regression of the load has them in MW. One of its logarithm has factors: y = exp(level) times
// the exp of each other effect. Its level is exp(level), and each other effect x gets the share
// w x, with the logarithmic mean w = (y - exp(level)) / log(y / exp(level)): of all splits that add
// up exactly the one that treats all effects alike, whatever their order (the LMDI of Ang 2004,
// Energy Policy 32). An effect of nothing has a part of nothing.
#ifndef PHUTAI_MODELS_EXPLAIN_H
#define PHUTAI_MODELS_EXPLAIN_H

#include "model.h"

enum explain_part {
    EXPLAIN_LEVEL,
    EXPLAIN_CALENDAR,
    EXPLAIN_HOLIDAY,
    EXPLAIN_TEMP_NOW,
    EXPLAIN_TEMP_MEMORY,
    EXPLAIN_CORRECTION,
    EXPLAIN_REGISTER,
    EXPLAIN_PARTS
};

const char *explain_name(enum explain_part part); // "level", ...

struct explain;

// Of a model that was fitted on this data, both of which must outlive it. NULL without memory.
struct explain *explain_new(const struct model *model, const struct model_data *data);
void explain_free(struct explain *explain);

// The effects of an interval on the scale of the regression; they sum to its prediction. The place
// is as model_locate tells it, with inputs and the trend that counts. The correction and the
// register are left at 0. O(terms).
void explain_effects(const struct explain *explain, const struct model_place *place,
                     double ret[static EXPLAIN_PARTS]);

// Effects as MW that sum to what all effects make together; the register's are MW already, on top.
void explain_split(const struct explain *explain, const double effects[static EXPLAIN_PARTS],
                   double ret[static EXPLAIN_PARTS]);

#endif
