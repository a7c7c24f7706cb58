// SPDX-License-Identifier: GPL-3.0-or-later
// A short number that stands for a whole history: where it is the same, so is what was made of it.
#ifndef PHUTAI_MODELS_FINGERPRINT_H
#define PHUTAI_MODELS_FINGERPRINT_H

#include <stdint.h>

#include "calendar.h"
#include "civil.h"
#include "recipe.h"
#include "series.h"

// Start from zero. Each takes what was there before into itself; two histories that differ in a bit
// have the same number by a chance of 2^-64. About 1 ns a value.
void fingerprint_recipe(uint64_t *print, const struct recipe *recipe);
// The values before `until`, and which of them are masked. `series` may be NULL.
void fingerprint_series(uint64_t *print, const struct series *series, int64_t until);
// What the clock and the calendar (may be NULL) say of the days from one instant to another.
void fingerprint_days(uint64_t *print, const struct civil_clock *clock,
                      const struct calendar *calendar, int64_t from, int64_t until);

#endif
