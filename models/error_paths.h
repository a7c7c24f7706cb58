// SPDX-License-Identifier: GPL-3.0-or-later
// What a regression missed along the leads of past issues, one course of errors an issue, for the
// paths of a forecast to take up.
#ifndef PHUTAI_MODELS_ERROR_PATHS_H
#define PHUTAI_MODELS_ERROR_PATHS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <gsl/gsl_rng.h>

#include "residuals.h"

struct error_paths {
    size_t n;       // courses, the newest first
    size_t n_steps; // intervals of each
    size_t *day;    // n: of the issue that each was made at, so many days ago, ascending
    double *mw;     // [course * n_steps + interval]; NaN where it is not known
};

// Those of the past issues that count for a forecast of now, near in time or of the same season;
// of all past issues where those are too few to speak. Their leads are [ahead, ahead + n_steps).
// False without memory, *ret untouched.
[[nodiscard]] bool error_paths_collect(struct error_paths *ret, const struct residuals *residuals,
                                       size_t ahead, size_t n_steps);
void error_paths_done(struct error_paths *errors);

// The past days whose errors the n paths of a forecast take up, as days ago. With `rng`
// seeded alike they are the same whatever the zone and however long its history, and for a zone
// that has all of the days they are those of gsl_rng_uniform_int(rng, errors.n) in turn.
void error_paths_days(gsl_rng *rng, size_t n, size_t ret_day[]);

// The same of an issue, as far as `days` back; a path of an older day has another one of these, any
// as likely. False without memory.
[[nodiscard]] bool error_paths_recent_days(int64_t issue, size_t days, size_t n, size_t ret_day[]);

// The courses of the n paths on these days; where the zone has none of a day, another one. There is
// at least one course.
void error_paths_choose(const struct error_paths *errors, int64_t issue, size_t n,
                        const size_t day[], size_t ret[]);

// The error of a course at an interval; where it is not known, that of the next one that is, after
// the last the first. NaN where none is.
double error_paths_at(const struct error_paths *errors, size_t course, size_t step);

#endif
