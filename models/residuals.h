// SPDX-License-Identifier: GPL-3.0-or-later
// What a regression missed, and how much of it goes on missing: the short term.
//
// A residual of the last hours and days says something of the next ones. For a lead p after the
// issue, the residual to come is predicted from four numbers known at the issue,
//
//     same  that of the same time of day, in the 24 hours before the issue
//     last  the mean of the hour before it
//     day   the mean of the 24 hours before it
//     slow  the exponentially weighted mean (10 days) of the same time of day
//
// by a ridge regression over the days of the last year, each taken as an issue at the same time of
// day, pooled over leads within two hours. The coefficients fade with the lead by themselves: that
// is the rule by which the short term blends into the long run. What even this misses, along the
// leads of one past issue, is an error path: it holds the growth of the error with the lead, and
// that a bad afternoon stays bad.
#ifndef PHUTAI_MODELS_RESIDUALS_H
#define PHUTAI_MODELS_RESIDUALS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { RESIDUALS_LEAD_DAYS = 14 }; // beyond it nothing is corrected

struct residuals;

// Of n residuals, `step_s` apart (NaN where unknown), the last one ending at the issue. Learns the
// correction of the leads that lie less than `leads` steps and RESIDUALS_LEAD_DAYS ahead. Keeps
// `value`. O(365 * leads). NULL without memory.
struct residuals *residuals_new(int32_t step_s, size_t n, const double value[], size_t leads);
void residuals_free(struct residuals *residuals);

// The residual to expect `lead` steps after the issue (0: the interval that begins with it). 0
// where nothing is known.
double residuals_correction(const struct residuals *residuals, size_t lead);

// Past issues that error paths can be taken from, the newest first: `day` days before the issue, 1
// and up. How many there are.
size_t residuals_paths(const struct residuals *residuals);

// What the correction missed `lead` steps after the issue `day` days ago; NaN where that is unknown
// or not yet past.
double residuals_error(const struct residuals *residuals, size_t day, size_t lead);

#endif
