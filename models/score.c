// SPDX-License-Identifier: GPL-3.0-or-later
#include "score.h"

#include <math.h>
#include <stdbool.h>

double score_pinball(double level, double quantile, double actual)
{
    return (actual - quantile) * (level - (actual < quantile ? 1 : 0));
}

static void add_mean(struct score *score, double actual, double mean)
{
    double error = fabs(mean - actual);
    score->n++;
    score->abs_error += error;
    score->squared_error += error * error;
    score->actual += actual;
    if (actual > 0) {
        score->n_percent++;
        score->abs_percent += 100 * error / actual;
    }
}

// The quantile at a level that is 1/100 of a whole number; NaN where it is not among the levels.
static double quantile_at(double level, size_t n, const double levels[], const double quantiles[])
{
    for (size_t k = 0; k < n; k++)
        if (fabs(levels[k] - level) < 1e-9)
            return quantiles[k];
    return (double)NAN;
}

static void add_cover(double actual, double low, double high, size_t *n, size_t *covered)
{
    if (isnan(low) || isnan(high))
        return;
    (*n)++;
    *covered += low <= actual && actual <= high;
}

static bool any_nan(size_t n, const double values[])
{
    for (size_t i = 0; i < n; i++)
        if (isnan(values[i]))
            return true;
    return false;
}

void score_add(struct score *score, double actual, double mean, size_t n_levels,
               const double *levels, const double *quantiles)
{
    if (isnan(actual))
        return;
    if (!isnan(mean))
        add_mean(score, actual, mean);
    if (n_levels == 0 || any_nan(n_levels, quantiles))
        return;
    double sum = 0;
    for (size_t k = 0; k < n_levels; k++)
        sum += score_pinball(levels[k], quantiles[k], actual);
    score->pinball += sum / (double)n_levels;
    score->n_pinball++;
    add_cover(actual, quantile_at(0.25, n_levels, levels, quantiles),
              quantile_at(0.75, n_levels, levels, quantiles), &score->n_cover50, &score->covered50);
    add_cover(actual, quantile_at(0.05, n_levels, levels, quantiles),
              quantile_at(0.95, n_levels, levels, quantiles), &score->n_cover90, &score->covered90);
    add_cover(actual, quantile_at(0.01, n_levels, levels, quantiles),
              quantile_at(0.99, n_levels, levels, quantiles), &score->n_cover98, &score->covered98);
}

static double per(double sum, double count)
{
    return sum / (count > 0 ? count : (double)NAN);
}

double score_mae(const struct score *score)
{
    return per(score->abs_error, (double)score->n);
}

double score_rmse(const struct score *score)
{
    return sqrt(per(score->squared_error, (double)score->n));
}

double score_mape(const struct score *score)
{
    return per(score->abs_percent, (double)score->n_percent);
}

double score_nmae(const struct score *score)
{
    return 100 * per(score->abs_error, score->actual);
}

double score_mean_pinball(const struct score *score)
{
    return per(score->pinball, (double)score->n_pinball);
}

static size_t index_of_peak(size_t n, const double values[])
{
    size_t peak = 0;
    for (size_t i = 1; i < n; i++)
        if (values[i] > values[peak])
            peak = i;
    return peak;
}

void peak_score_add(struct peak_score *score, size_t n, int32_t step_s, const double *actual,
                    const double *mean)
{
    if (n == 0 || any_nan(n, actual) || any_nan(n, mean))
        return;
    size_t a = index_of_peak(n, actual), m = index_of_peak(n, mean);
    if (actual[a] <= 0)
        return;
    score->days++;
    score->abs_percent += 100 * fabs(mean[m] - actual[a]) / actual[a];
    int64_t apart_s = (int64_t)(a > m ? a - m : m - a) * step_s;
    score->hour_hit += apart_s <= 3600;
}
