// SPDX-License-Identifier: GPL-3.0-or-later
#include "paths.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

bool paths_init(struct paths *ret, int64_t start, int32_t step_s, size_t n)
{
    float *mw = reallocarray(NULL, n ? n : 1, PATHS_N * sizeof *mw);
    if (!mw)
        return false;
    for (size_t i = 0; i < n * PATHS_N; i++)
        mw[i] = NAN;
    *ret = (struct paths){.start = start, .step_s = step_s, .n = n, .mw = mw};
    return true;
}

void paths_done(struct paths *paths)
{
    free(paths->mw);
    *paths = (struct paths){0};
}

void paths_add(struct paths *sum, const struct paths *other)
{
    assert(sum->start == other->start && sum->step_s == other->step_s && sum->n == other->n);
    for (size_t i = 0; i < sum->n * PATHS_N; i++)
        sum->mw[i] += other->mw[i]; // NaN of either is NaN
}

void paths_quantiles(const struct paths *paths, struct forecast *ret)
{
    assert(paths->start == ret->start && paths->step_s == ret->step_s && paths->n == ret->n);
    double draws[PATHS_N];
    for (size_t i = 0; i < paths->n; i++) {
        for (size_t k = 0; k < PATHS_N; k++)
            draws[k] = (double)paths->mw[i * PATHS_N + k];
        forecast_set_draws(ret, i, PATHS_N, draws);
    }
}
