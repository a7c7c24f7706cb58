// SPDX-License-Identifier: GPL-3.0-or-later
#include "forecast.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>

static double *alloc_nan(size_t n, size_t width)
{
    double *values = reallocarray(NULL, n ? n : 1, (width ? width : 1) * sizeof *values);
    for (size_t i = 0; values && i < n * width; i++)
        values[i] = NAN;
    return values;
}

bool forecast_init(struct forecast *ret, int64_t start, int32_t step_s, size_t n, size_t n_levels,
                   const double levels[])
{
    assert(n_levels <= FORECAST_LEVELS_MAX);
    double *mean = alloc_nan(n, 1);
    double *quantile = alloc_nan(n, n_levels);
    if (!mean || !quantile) {
        free(mean);
        free(quantile);
        return false;
    }
    *ret = (struct forecast){
        .issue = start,
        .start = start,
        .step_s = step_s,
        .n = n,
        .n_levels = n_levels,
        .mean = mean,
        .quantile = quantile,
    };
    if (n_levels > 0)
        memcpy(ret->level, levels, n_levels * sizeof *levels);
    return true;
}

bool forecast_make_effects(struct forecast *forecast, size_t n_effects)
{
    free(forecast->effect_id);
    free(forecast->effect);
    forecast->effect_id = calloc(n_effects + 1, sizeof *forecast->effect_id);
    forecast->effect = calloc(n_effects * forecast->n + 1, sizeof *forecast->effect);
    bool fine = forecast->effect_id && forecast->effect;
    forecast->n_effects = fine ? n_effects : 0;
    return fine;
}

void forecast_done(struct forecast *forecast)
{
    if (!forecast)
        return;
    free(forecast->effect_id);
    free(forecast->effect);
    free(forecast->mean);
    free(forecast->quantile);
    *forecast = (struct forecast){0};
}

int64_t forecast_instant(const struct forecast *forecast, size_t i)
{
    return forecast->start + (int64_t)i * forecast->step_s;
}

const double *forecast_quantiles(const struct forecast *forecast, size_t i)
{
    return forecast->quantile + i * forecast->n_levels;
}

// The line from (x0, y0) to (x1, y1) at x, for x0 < x1.
static double line(double x0, double y0, double x1, double y1, double x)
{
    return y0 + (y1 - y0) * ((x - x0) / (x1 - x0));
}

// How many of `n` ascending values are at most x.
static size_t count_up_to(size_t n, const double values[], double x)
{
    size_t count = 0;
    while (count < n && values[count] <= x)
        count++;
    return count;
}

double forecast_at_level(const struct forecast *forecast, size_t i, double level)
{
    const double *q = forecast_quantiles(forecast, i), *p = forecast->level;
    size_t n = forecast->n_levels, k = count_up_to(n, p, level);
    if (n == 0 || isnan(level))
        return NAN;
    if (k == 0 || k == n)
        return q[k == 0 ? 0 : n - 1];
    return line(p[k - 1], q[k - 1], p[k], q[k], level);
}

double forecast_exceedance(const struct forecast *forecast, size_t i, double limit)
{
    const double *q = forecast_quantiles(forecast, i), *p = forecast->level;
    size_t n = forecast->n_levels, k = count_up_to(n, q, limit);
    if (n == 0 || isnan(q[0]) || isnan(limit))
        return NAN;
    if (k == 0)
        return 1;
    if (k == n)
        return limit > q[n - 1] ? 0 : 1 - p[n - 1];
    return 1 - line(q[k - 1], p[k - 1], q[k], p[k], limit);
}

// Moves the draws that are numbers to the front.
static size_t without_nan(size_t n, double draws[])
{
    size_t kept = 0;
    for (size_t i = 0; i < n; i++)
        if (!isnan(draws[i]))
            draws[kept++] = draws[i];
    return kept;
}

void forecast_set_draws(struct forecast *forecast, size_t i, size_t n, double draws[])
{
    n = without_nan(n, draws);
    if (n == 0)
        return;
    gsl_sort(draws, 1, n);
    double *q = forecast->quantile + i * forecast->n_levels;
    for (size_t k = 0; k < forecast->n_levels; k++) {
        q[k] = gsl_stats_quantile_from_sorted_data(draws, 1, n, forecast->level[k]);
        // Between equal draws the interpolation may round to either side of them.
        if (k > 0 && q[k] < q[k - 1])
            q[k] = q[k - 1];
    }
}
