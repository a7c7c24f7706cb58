// SPDX-License-Identifier: GPL-3.0-or-later
// What the two halves of ramp share: the solver and the rows that both fits have.
#ifndef PHUTAI_MODELS_RAMP_INTERNAL_H
#define PHUTAI_MODELS_RAMP_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>

#include "ramp.h"

// n residuals of p parameters, each of variance 1.
struct ramp_problem {
    size_t n, p;
    void (*residuals)(const void *context, const double x[], double ret[]);
    const void *context;
};

// Levenberg-Marquardt from x on; x becomes the solution and ret_cov[p * p], row-major, the inverse
// of J'J there. False where nothing finite came of it or without memory.
[[nodiscard]] bool ramp_solve(const struct ramp_problem *problem, double x[], double ret_cov[]);

// Lower factor L of a covariance S = LL', n * n row-major. False where S is not positive definite.
[[nodiscard]] bool ramp_factor(size_t n, const double cov[], double ret[]);

// Years from one day to another, of any size.
double ramp_years(int64_t from, int64_t to);

// exp, of a year's scale: beyond e^4 = 55 years, or a week, no parameter means anything.
double ramp_scale(double log_years);

// log F(x).
double ramp_log_share(double x);

// False of RAMP_UNKNOWN and of what can be no date; of areas that are none or beyond the Earth's;
// and of readings that tell nothing.
bool ramp_day_counts(int64_t day);
bool ramp_area_counts(double area_ha);
bool ramp_reading_counts(const struct ramp_reading *reading);

// The factor by which a log level's variance grows when n months that go together tell of it: n
// over the number of independent readings that they are worth, at least one.
double ramp_inflation(size_t n, double noise_r);

// What leased land tells of x, the argument of F RAMP_BUILD_YEARS after its day, as a residual; 0
// where it tells nothing. Land all but leased out, or not at all, is a bound on one side.
double ramp_lease_residual(const struct ramp_zone *zone, double x);
bool ramp_lease_is_known(const struct ramp_zone *zone);

#endif
