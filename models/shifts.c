// SPDX-License-Identifier: GPL-3.0-or-later
#include "shifts.h"

#include <math.h>
#include <stdlib.h>

#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>

// Less is growth, or a season that the fit does not quite know.
static const double least_step = 0.1;
static const double least_scales = 6;

// Median of the known values of [from, to); NaN where under half of them is known.
static double median_of(const double values[], size_t from, size_t to)
{
    double part[SHIFTS_DAYS];
    size_t n = 0;
    for (size_t i = from; i < to; i++)
        if (!isnan(values[i]))
            part[n++] = values[i];
    if (2 * n < to - from)
        return NAN;
    gsl_sort(part, 1, n);
    return gsl_stats_median_from_sorted_data(part, 1, n);
}

static double step_at(size_t n, const double daily[], size_t day)
{
    if (day < SHIFTS_DAYS || day + SHIFTS_DAYS > n)
        return NAN;
    return median_of(daily, day, day + SHIFTS_DAYS) - median_of(daily, day - SHIFTS_DAYS, day);
}

// The day, within half a window, from which on the values are nearer to the new level.
static size_t best_split(const double daily[], size_t day)
{
    size_t from = day - SHIFTS_DAYS, to = day + SHIFTS_DAYS, best = day;
    double old = median_of(daily, from, day), new = median_of(daily, day, to);
    double gain = 0, greatest = -INFINITY; // of calling the days up to here old
    for (size_t d = from; d < to; d++) {
        if (d >= day - SHIFTS_DAYS / 2 && d <= day + SHIFTS_DAYS / 2 && gain > greatest) {
            greatest = gain;
            best = d;
        }
        gain += isnan(daily[d]) ? 0 : fabs(daily[d] - new) - fabs(daily[d] - old);
    }
    return best;
}

static double threshold(size_t n, const double steps[], double sorted[])
{
    size_t known = 0;
    for (size_t d = 0; d < n; d++)
        if (!isnan(steps[d]))
            sorted[known++] = fabs(steps[d]);
    gsl_sort(sorted, 1, known);
    double usual = known ? gsl_stats_median_from_sorted_data(sorted, 1, known) : 0;
    return fmax(least_step, least_scales * usual);
}

static int by_day(const void *a, const void *b)
{
    const struct shift *x = a, *y = b;
    return (x->day > y->day) - (x->day < y->day);
}

// Takes the greatest step out of `steps` again and again, with all within a window of it.
static size_t take_greatest(size_t n, const double daily[], double least, double steps[],
                            struct shift ret[])
{
    size_t count = 0;
    while (count < SHIFTS_MAX) {
        size_t best = 0;
        for (size_t d = 0; d < n; d++)
            if (!isnan(steps[d]) && (isnan(steps[best]) || fabs(steps[d]) > fabs(steps[best])))
                best = d;
        if (isnan(steps[best]) || fabs(steps[best]) < least)
            break;
        ret[count++] = (struct shift){best_split(daily, best), steps[best]};
        for (size_t d = best > SHIFTS_DAYS ? best - SHIFTS_DAYS : 0;
             d < n && d <= best + SHIFTS_DAYS; d++)
            steps[d] = NAN;
    }
    qsort(ret, count, sizeof *ret, by_day);
    return count;
}

bool shifts_find(size_t n, const double daily[], size_t *ret_n, struct shift ret[static SHIFTS_MAX])
{
    double *steps = malloc((n + 1) * sizeof *steps), *sorted = malloc((n + 1) * sizeof *sorted);
    bool fine = steps && sorted;
    for (size_t d = 0; fine && d < n; d++)
        steps[d] = step_at(n, daily, d);
    if (fine)
        *ret_n = n ? take_greatest(n, daily, threshold(n, steps, sorted), steps, ret) : 0;
    free(steps);
    free(sorted);
    return fine;
}
