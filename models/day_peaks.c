// SPDX-License-Identifier: GPL-3.0-or-later
#include "day_peaks.h"

#include <math.h>
#include <stdlib.h>

#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>

enum { HOURS = 24, MOST_PCT = 80, KNOWN_TENTHS = 9 };

// The intervals [from, to) of a civil day, and what each path comes to in them.
struct scan {
    const struct paths *paths;
    const struct civil_clock *clock;
    size_t from, to;
    float peak[PATHS_N]; // NaN where the path does not count
    size_t peak_at[PATHS_N];
    float top[PATHS_N]; // of all days up to this one; NaN where one of them does not count
};

static int64_t local_at(const struct scan *scan, size_t i)
{
    return civil_local(scan->clock, scan->paths->start + (int64_t)i * scan->paths->step_s);
}

// Of equal loads the first is the peak.
static void find_peaks(struct scan *scan)
{
    size_t known[PATHS_N] = {0}, n = scan->to - scan->from;
    for (size_t k = 0; k < PATHS_N; k++)
        scan->peak[k] = -INFINITY;
    for (size_t i = scan->from; i < scan->to; i++) {
        const float *mw = scan->paths->mw + i * PATHS_N;
        for (size_t k = 0; k < PATHS_N; k++) {
            known[k] += isnan(mw[k]) ? 0 : 1;
            if (mw[k] > scan->peak[k]) {
                scan->peak[k] = mw[k];
                scan->peak_at[k] = i;
            }
        }
    }
    for (size_t k = 0; k < PATHS_N; k++) {
        if (10 * known[k] < KNOWN_TENTHS * n || !known[k])
            scan->peak[k] = NAN;
        // What is unknown of one day stays unknown of the highest.
        if (scan->peak[k] > scan->top[k] || isnan(scan->peak[k]))
            scan->top[k] = scan->peak[k];
    }
}

static void quantiles(const float values[static PATHS_N], float ret[static DAY_PEAKS_LEVELS])
{
    double sorted[PATHS_N];
    size_t n = 0;
    for (size_t k = 0; k < PATHS_N; k++)
        if (!isnan(values[k]))
            sorted[n++] = (double)values[k];
    gsl_sort(sorted, 1, n);
    for (int q = 0; q < DAY_PEAKS_LEVELS; q++)
        ret[q] =
            n ? (float)gsl_stats_quantile_from_sorted_data(sorted, 1, n, (q + 1) / 100.0) : NAN;
}

// How many paths peak in each hour of the day; how many count at all.
static int count_hours(const struct scan *scan, int ret[static HOURS])
{
    int counted = 0;
    for (size_t k = 0; k < PATHS_N; k++)
        if (!isnan(scan->peak[k])) {
            ret[civil_second_of_day(local_at(scan, scan->peak_at[k])) / CIVIL_HOUR_S]++;
            counted++;
        }
    return counted;
}

// The shortest range that holds most of the paths; of equally short ones that which holds the most,
// then the earliest.
static void find_hours(const struct scan *scan, struct day_peak *ret)
{
    int count[HOURS] = {0}, best = 0, counted = count_hours(scan, count);
    ret->hour_from = ret->hour_to = ret->hour = -1;
    for (int from = 0; counted && from < HOURS; from++) {
        int held = 0;
        ret->hour = ret->hour < 0 || count[from] > count[ret->hour] ? from : ret->hour;
        for (int to = from + 1; to <= HOURS; to++) {
            held += count[to - 1];
            int shorter = ret->hour_to - ret->hour_from - (to - from);
            if (100 * held < MOST_PCT * counted ||
                (best && (shorter < 0 || (shorter == 0 && held <= best))))
                continue;
            ret->hour_from = from;
            ret->hour_to = to;
            best = held;
        }
    }
}

// Whether the paths have all of the day that an interval of theirs is in.
static bool is_whole(const struct scan *scan, int64_t day)
{
    const struct paths *paths = scan->paths;
    return paths->start <= civil_instant(scan->clock, day * CIVIL_DAY_S) &&
           paths->start + (int64_t)paths->n * paths->step_s >=
               civil_instant(scan->clock, (day + 1) * CIVIL_DAY_S);
}

static void describe_day(struct scan *scan, struct day_peak *ret)
{
    int64_t day = civil_day(local_at(scan, scan->from));
    *ret = (struct day_peak){
        .day = day,
        .whole = is_whole(scan, day),
        .cause = {.temp_c = NAN, .usual_c = NAN, .heat_mw = NAN, .register_mw = NAN}};
    find_peaks(scan);
    find_hours(scan, ret);
    quantiles(scan->peak, ret->peak);
    quantiles(scan->top, ret->top);
}

// Moves on to the intervals of the next civil day; false where there is none.
static bool next_day(struct scan *scan)
{
    scan->from = scan->to;
    if (scan->from == scan->paths->n)
        return false;
    int64_t day = civil_day(local_at(scan, scan->from));
    while (scan->to < scan->paths->n && civil_day(local_at(scan, scan->to)) == day)
        scan->to++;
    return true;
}

bool day_peaks_find(const struct paths *paths, const struct civil_clock *clock, int64_t issue,
                    struct day_peaks *ret)
{
    struct scan scan = {.paths = paths, .clock = clock};
    size_t n = 0;
    while (next_day(&scan))
        n++;
    struct day_peak *days = calloc(n + 1, sizeof *days);
    if (!days)
        return false;
    for (size_t k = 0; k < PATHS_N; k++)
        scan.top[k] = -INFINITY;
    scan.to = 0;
    for (size_t d = 0; next_day(&scan); d++)
        describe_day(&scan, &days[d]);
    *ret = (struct day_peaks){.issue = issue, .growth = NAN, .n = n, .days = days};
    return true;
}

void day_peaks_done(struct day_peaks *peaks)
{
    free(peaks->days);
    *peaks = (struct day_peaks){0};
}

bool day_peaks_ends(const struct day_peaks *peaks, size_t d)
{
    return peaks->days[d].whole || d + 1 < peaks->n;
}

double day_peaks_over(const float quantiles[static DAY_PEAKS_LEVELS], double limit_mw)
{
    int n = 0;
    if (isnan(quantiles[0]) || isnan(limit_mw))
        return NAN;
    while (n < DAY_PEAKS_LEVELS && (double)quantiles[n] <= limit_mw)
        n++;
    if (n == 0)
        return 0.995;
    double below = (double)quantiles[n - 1];
    if (n == DAY_PEAKS_LEVELS)
        return limit_mw > below ? 0.005 : 0.01;
    double share = (limit_mw - below) / ((double)quantiles[n] - below);
    return 1 - (n + share) / 100;
}

double day_peaks_at(const float quantiles[static DAY_PEAKS_LEVELS], double level)
{
    double at = level * 100 - 1; // counted in quantiles
    if (at <= 0)
        return (double)quantiles[0];
    if (at >= DAY_PEAKS_LEVELS - 1)
        return (double)quantiles[DAY_PEAKS_LEVELS - 1];
    int k = (int)at;
    return (double)quantiles[k] + (at - k) * ((double)quantiles[k + 1] - (double)quantiles[k]);
}
