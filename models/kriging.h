// SPDX-License-Identifier: GPL-3.0-or-later
// What a regression missed inside a gap, from what it missed on both sides of it.
//
// Residuals are taken for a stationary process whose autocovariance is a sum, with weights of at
// least zero, of decaying exponentials exp(-l / tau), from hours to months, and of the same times
// cosines of the day's harmonics: a bad level that dies away, and a bad hour of the day that comes
// back for some days. The weights are those nearest to the autocovariance that the residuals show.
// The estimate is then the best linear one given the values around the gap (kriging; Gaussian
// process regression), whatever the shape of the gap: an hour is carried over from its neighbours,
// and the middle of a month is left to the regression.
#ifndef PHUTAI_MODELS_KRIGING_H
#define PHUTAI_MODELS_KRIGING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct kriging;

// Learns from n residuals, `step_s` apart, NaN where unknown. With too few known (under four weeks)
// nothing is learnt, and estimates are 0. NULL without memory. O(500 n), 20 ms for four years.
struct kriging *kriging_new(int32_t step_s, size_t n, const double value[]);
void kriging_free(struct kriging *kriging);

// Estimates the unknown values among [from, to) of a series of residuals, from the
// KRIGING_NEIGHBOURS known ones nearest on either side and all known between; ret[i] for from + i,
// 0 where the value is known. False without memory. About 30 ms for a gap.
[[nodiscard]] bool kriging_estimate(const struct kriging *kriging, size_t n, const double value[],
                                    size_t from, size_t to, double ret[]);
enum { KRIGING_NEIGHBOURS = 360 };

#endif
