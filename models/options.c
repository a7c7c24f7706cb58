// SPDX-License-Identifier: GPL-3.0-or-later
#include "options.h"

#include <math.h>
#include <stdlib.h>

#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>

static const double likely_day = 0.1;

typedef double value_fn(const struct peaks *peaks, const struct peaks_path *path);

static double value_mw(const struct peaks *peaks, const struct peaks_path *path)
{
    (void)peaks;
    return (double)path->worst_over_mw;
}

static double value_hours(const struct peaks *peaks, const struct peaks_path *path)
{
    return path->longest_over * (double)peaks->calendar->step_s / CIVIL_HOUR_S;
}

static double value_mwh(const struct peaks *peaks, const struct peaks_path *path)
{
    (void)peaks;
    return (double)path->over_mwh;
}

static double value_days(const struct peaks *peaks, const struct peaks_path *path)
{
    (void)peaks;
    return (double)path->over_days;
}

static double sure(const struct peaks *peaks, value_fn *value, double sorted[])
{
    for (size_t k = 0; k < peaks->n_paths; k++)
        sorted[k] = value(peaks, &peaks->paths[k]);
    gsl_sort(sorted, 1, peaks->n_paths);
    return gsl_stats_quantile_from_sorted_data(sorted, 1, peaks->n_paths, OPTIONS_SURE);
}

// Hours of the day at which passing seasons peak.
static void find_hours(const struct peaks *peaks, const struct civil_clock *clock, double sorted[],
                       struct options *ret)
{
    const struct peaks_calendar *c = peaks->calendar;
    size_t n = 0;
    for (size_t k = 0; k < peaks->n_paths; k++)
        if (peaks->paths[k].over_days > 0) {
            int64_t at = c->start + (int64_t)peaks->paths[k].peak_at * c->step_s;
            sorted[n++] = civil_second_of_day(civil_local(clock, at)) / CIVIL_HOUR_S;
        }
    if (!n)
        return;
    gsl_sort(sorted, 1, n);
    ret->hour_from = (int)sorted[n / 10];
    ret->hour_to = (int)sorted[n - 1 - n / 10] + 1;
}

static int64_t find_day(const struct peaks *peaks)
{
    const struct peaks_calendar *c = peaks->calendar;
    size_t best = 0;
    for (size_t d = 0; d < c->n_days; d++) {
        if (peaks->over[d] >= likely_day)
            return c->days[d].day;
        best = peaks->over[d] > peaks->over[best] ? d : best;
    }
    return c->days[best].day;
}

bool options_find(const struct peaks *peaks, const struct civil_clock *clock, struct options *ret)
{
    double *sorted = malloc((peaks->n_paths + 1) * sizeof *sorted);
    if (!sorted)
        return false;
    *ret = (struct options){
        .mw = sure(peaks, value_mw, sorted),
        .hours = sure(peaks, value_hours, sorted),
        .mwh = sure(peaks, value_mwh, sorted),
        .days = sure(peaks, value_days, sorted),
        .first_day = find_day(peaks),
    };
    ret->needed = ret->mw > 0;
    find_hours(peaks, clock, sorted, ret);
    free(sorted);
    return true;
}

int64_t options_customers(double mw, double customer_mw)
{
    return (int64_t)ceil(mw / customer_mw - 1e-9);
}

double options_mva(double mw, double power_factor)
{
    return mw / power_factor;
}
