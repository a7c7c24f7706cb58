// SPDX-License-Identifier: GPL-3.0-or-later
// What a regression misses on the same dates year after year: the days between Christmas and the
// new year, a school's holidays, a fair. Terms by kind of day and season know nothing of them.
#ifndef PHUTAI_MODELS_ANNIVERSARY_H
#define PHUTAI_MODELS_ANNIVERSARY_H

#include <stdbool.h>
#include <stddef.h>

#include "civil.h"
#include "series.h"

// Expects the residuals of the intervals [from, to) of a load's grid from those at the same civil
// time of its other years, earlier and later ones; residual[0..grid->n-1] are on any scale, NaN
// where unknown, and the values of `grid` are not read. ret[i - from] is
//
//     m * c rho / (1 + (c - 1) rho)
//
// with m the mean of the c years that are known and rho the correlation between years, pooled over
// the ANNIVERSARY_DAYS either side and less ANNIVERSARY_CHANCE, which is what chance would show
// (the mean of an exchangeable normal sample shrunk to 0: empirical Bayes, Efron and Morris 1973).
// So it is 0 where years are unlike each other, and where fewer than three are known. False
// without memory. O((to - from) * years).
[[nodiscard]] bool anniversary_expect(const struct civil_clock *clock, const struct series *grid,
                                      const double residual[], size_t from, size_t to,
                                      double ret[]);
enum { ANNIVERSARY_DAYS = 4 };
static const double ANNIVERSARY_CHANCE = 0.1;

#endif
