// SPDX-License-Identifier: GPL-3.0-or-later
// What would bring a node under its capacity: how many MW, for how long, on how many days; read off
// the simulated seasons, never assumed.
//
// Each number is the one that suffices in OPTIONS_SURE of the seasons: of the worst MW over the
// capacity, of the longest time on end above it, of the energy above it, of the days that pass it.
#ifndef PHUTAI_MODELS_OPTIONS_H
#define PHUTAI_MODELS_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "peaks.h"

static const double OPTIONS_SURE = 0.9;

struct options {
    bool needed; // the capacity is passed in more than 1 - OPTIONS_SURE of the seasons
    double mw;   // to be shifted, shed, transferred or generated at the worst time
    double hours, mwh, days;
    int hour_from, hour_to; // of the day: four of five passing seasons peak between them
    int64_t first_day; // civil day from which a day passes with a tenth or more, or on which it
                       // is likeliest
};

// False without memory; nothing is needed where no path passes. O(paths log paths).
[[nodiscard]] bool options_find(const struct peaks *peaks, const struct civil_clock *clock,
                                struct options *ret);

// Customers of `customer_mw` each that a demand response of so many MW takes.
int64_t options_customers(double mw, double customer_mw);

// Transformer capacity that carries so many MW.
double options_mva(double mw, double power_factor);

#endif
