// SPDX-License-Identifier: GPL-3.0-or-later
// Monthly levels of a load with the season taken out: what a filling zone's growth is read from.
//
// The classical decomposition: a month's index is the mean, over the years, of its load over the
// mean of the twelve months around it; a level is the month's mean load over its index (Hyndman,
// Athanasopoulos 2021, Forecasting: Principles and Practice, 3.4).
#ifndef PHUTAI_MODELS_LEVELS_H
#define PHUTAI_MODELS_LEVELS_H

#include <stddef.h>
#include <stdint.h>

#include "civil.h"
#include "ramp.h"
#include "series.h"

enum { LEVELS_MONTHS_MAX = 480 };

// Index of each civil month, January first; their mean is 1. All 1 with less than two years.
void levels_index(const struct series *load, const struct civil_clock *clock, int64_t issue,
                  double ret[static 12]);

// The levels of the months before `issue` of which half is known, the oldest first, divided by
// `index`, which may be another zone's: its kin's. How many were written.
size_t levels_read(const struct series *load, const struct civil_clock *clock, int64_t issue,
                   const double index[static 12],
                   struct ramp_reading ret[static LEVELS_MONTHS_MAX]);

#endif
