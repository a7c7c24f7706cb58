// SPDX-License-Identifier: GPL-3.0-or-later
#include "past_peaks.h"

#include <math.h>

#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>

double past_peaks_at(const struct series *load, const struct civil_clock *clock, int64_t day)
{
    int64_t from = civil_instant(clock, day * CIVIL_DAY_S);
    int64_t to = civil_instant(clock, (day + 1) * CIVIL_DAY_S);
    size_t n = 0, known = 0;
    double peak = -INFINITY;
    for (int64_t t = from; t < to; t += load->step_s, n++) {
        double value = series_at(load, t);
        if (isnan(value))
            continue;
        known++;
        peak = value > peak ? value : peak;
    }
    return known && 10 * known >= 9 * n ? peak : (double)NAN;
}

int64_t past_peaks_over(const struct series *load, const struct civil_clock *clock, int64_t day,
                        double limit_mw)
{
    int64_t from = civil_instant(clock, day * CIVIL_DAY_S);
    int64_t to = civil_instant(clock, (day + 1) * CIVIL_DAY_S);
    for (int64_t t = from; t < to; t += load->step_s)
        if (series_at(load, t) > limit_mw)
            return t;
    return INT64_MAX;
}

void past_peaks_fill(const struct series *load, const struct civil_clock *clock, int64_t first,
                     size_t n, double ret[])
{
    for (size_t k = 0; k < n; k++)
        ret[k] = past_peaks_at(load, clock, first + (int64_t)k);
}

double past_peaks_percentile(size_t n, double peaks[], double per_cent)
{
    size_t known = 0;
    for (size_t k = 0; k < n; k++)
        if (!isnan(peaks[k]))
            peaks[known++] = peaks[k];
    gsl_sort(peaks, 1, known);
    return known ? gsl_stats_quantile_from_sorted_data(peaks, 1, known, per_cent / 100)
                 : (double)NAN;
}

double past_peaks_usual(int64_t first, size_t n, const double peaks[], int64_t day, int years,
                        double limit_mw)
{
    size_t known = 0, over = 0;
    struct civil_date of = civil_date_from_day(day);
    for (int year = of.year - years; year < of.year; year++) {
        struct civil_date date = {year, of.month, 1};
        for (; civil_date_valid(date); date.day++) {
            int64_t k = civil_day_from_date(date) - first;
            if (k < 0 || k >= (int64_t)n || isnan(peaks[k]))
                continue;
            known++;
            over += peaks[k] > limit_mw ? 1 : 0;
        }
    }
    return known ? (double)over / (double)known : (double)NAN;
}
