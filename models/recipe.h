// SPDX-License-Identifier: GPL-3.0-or-later
// The vocabulary put together: which terms a model is made of, for how much history.
#ifndef PHUTAI_MODELS_RECIPE_H
#define PHUTAI_MODELS_RECIPE_H

#include <stdbool.h>
#include <stddef.h>

#include "design.h"
#include "weather.h"

struct recipe {
    const char *name;          // as forecasts are labelled
    bool long_history;         // a year or more: blocks are months
    bool linear;               // of the load itself, never of its logarithm
    bool unweighted;           // old months weigh as much as new ones
    bool uncorrected;          // what it missed of late is not carried on
    bool outright;             // one fit for all: past months are not seen from before them
    int min_days;              // days of usable readings below which it is not tried
    const double *knot_levels; // DESIGN_KNOTS quantiles of an input that its spline bends at
    size_t n_inputs;           // guises of the temperature; 0 does without weather
    struct weather_input inputs[DESIGN_INPUTS_MAX];
    size_t n_terms;
    struct term terms[DESIGN_TERMS_MAX];
};

// Tao Hong's Vanilla benchmark (GEFCom2012): 285 columns by the hour. models/README.md.
void recipe_vanilla(struct recipe *ret);

// The best recipe for so many days of readings, with or without weather, and a calendar with or
// without the lunar new year. False where there are too few for any regression: the baseline is
// left. In the long one with weather the memory of heat weighs differently on days off, as the same
// coolers run beside idle machines.
[[nodiscard]] bool recipe_choose(int days, bool weather, bool tet, struct recipe *ret);

// The same without those days off: for looking for faults and steps. Terms that few days reach bend
// to the fault that they should show.
[[nodiscard]] bool recipe_plain(int days, bool weather, bool tet, struct recipe *ret);

// The recipe for whole seasons ahead: the long one, fitted outright, with knots where seasons are
// judged. Where history is short it is as recipe_choose() has it, outright.
[[nodiscard]] bool recipe_season(int days, bool weather, bool tet, struct recipe *ret);

// The recipe for looking back: that of recipe_choose(), with the temperature of an hour before
// besides.
[[nodiscard]] bool recipe_hindsight(int days, bool weather, bool tet, struct recipe *ret);

#endif
