// SPDX-License-Identifier: GPL-3.0-or-later
#include "peaks.h"

#include <math.h>
#include <stdlib.h>

#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>

static const int part_hours[PEAKS_PARTS][2] = {
    [PEAKS_NOON] = {PEAKS_NOON_FROM, PEAKS_NOON_TO},
    [PEAKS_EVENING] = {PEAKS_EVENING_FROM, PEAKS_EVENING_TO},
};

// Enters an interval into its day. Those of a part stand together but where the clock changes.
static void enter_interval(struct peaks_day *day, size_t i, int64_t local_s)
{
    int hour = civil_second_of_day(local_s) / CIVIL_HOUR_S;
    day->to = i + 1;
    for (int part = 0; part < PEAKS_PARTS; part++) {
        if (hour < part_hours[part][0] || hour >= part_hours[part][1])
            continue;
        if (day->part_to[part] == 0)
            day->part_from[part] = i;
        day->part_to[part] = i + 1;
    }
}

bool peaks_calendar_init(struct peaks_calendar *ret, const struct civil_clock *clock, int64_t start,
                         int32_t step_s, size_t n)
{
    struct peaks_calendar c = {.start = start, .step_s = step_s, .n = n};
    size_t most = n * (size_t)step_s / CIVIL_DAY_S + 3;
    c.days = calloc(most, sizeof *c.days);
    if (!c.days)
        return false;
    for (size_t i = 0; i < n; i++) {
        int64_t local = civil_local(clock, start + (int64_t)i * step_s), day = civil_day(local);
        if (!c.n_days || c.days[c.n_days - 1].day != day) {
            int month = civil_date_from_day(day).month;
            if (!c.n_months || c.months[c.n_months - 1] != month) {
                if (c.n_months == PEAKS_MONTHS_MAX) {
                    free(c.days);
                    return false;
                }
                c.months[c.n_months++] = month;
            }
            c.days[c.n_days++] = (struct peaks_day){.day = day, .month = c.n_months - 1, .from = i};
        }
        enter_interval(&c.days[c.n_days - 1], i, local);
    }
    *ret = c;
    return true;
}

void peaks_calendar_done(struct peaks_calendar *calendar)
{
    free(calendar->days);
    *calendar = (struct peaks_calendar){0};
}

bool peaks_init(struct peaks *ret, const struct peaks_calendar *calendar, size_t n_paths,
                size_t n_blocks)
{
    struct peaks p = {.calendar = calendar, .n_paths = n_paths, .n_blocks = n_blocks};
    p.paths = calloc(n_paths + 1, sizeof *p.paths);
    p.months = calloc(n_paths * calendar->n_months + 1, sizeof *p.months);
    p.mean = calloc(n_blocks * calendar->n + 1, sizeof *p.mean);
    p.over = calloc(n_blocks * calendar->n_days + 1, sizeof *p.over);
    bool fine = p.paths && p.months && p.mean && p.over;
    if (fine)
        *ret = p;
    else
        peaks_done(&p);
    return fine;
}

void peaks_done(struct peaks *peaks)
{
    free(peaks->paths);
    free(peaks->months);
    free(peaks->mean);
    free(peaks->over);
    *peaks = (struct peaks){0};
}

static float highest(size_t from, size_t to, const float mw[])
{
    float most = 0;
    for (size_t i = from; i < to; i++)
        most = mw[i] > most ? mw[i] : most;
    return most;
}

static void keep_part(const struct peaks_day *day, const float mw[], struct peaks_path *path,
                      struct peaks_month *month)
{
    for (int part = 0; part < PEAKS_PARTS; part++) {
        float most = highest(day->part_from[part], day->part_to[part], mw);
        if (most > path->part_mw[part])
            path->part_mw[part] = most;
        if (most > month->part_mw[part])
            month->part_mw[part] = most;
    }
}

// What passes the capacity of one day; `run` intervals on end had passed it when the day began.
static uint32_t keep_over(const struct peaks_day *day, const float mw[], float limit, double step_h,
                          uint32_t run, struct peaks_path *path)
{
    for (size_t i = day->from; i < day->to; i++) {
        float over = mw[i] - limit;
        run = over > 0 ? run + 1 : 0;
        if (!(over > 0))
            continue;
        path->over_h += (float)step_h;
        path->over_mwh += (float)step_h * over;
        path->worst_over_mw = over > path->worst_over_mw ? over : path->worst_over_mw;
        path->longest_over = run > path->longest_over ? run : path->longest_over;
    }
    return run;
}

// The first interval that reaches `most` among those of the day.
static size_t first_at(const struct peaks_day *day, const float mw[], float most)
{
    size_t i = day->from;
    while (i + 1 < day->to && mw[i] < most)
        i++;
    return i;
}

void peaks_scan(struct peaks *peaks, size_t path, size_t block, const float mw[],
                const double limit_mw[])
{
    const struct peaks_calendar *c = peaks->calendar;
    struct peaks_path *p = &peaks->paths[path];
    double *mean = peaks->mean + block * c->n, *over = peaks->over + block * c->n_days;
    double step_h = (double)c->step_s / CIVIL_HOUR_S, energy = 0;
    uint32_t run = 0;
    *p = (struct peaks_path){0};
    for (size_t d = 0; d < c->n_days; d++) {
        const struct peaks_day *day = &c->days[d];
        float most = highest(day->from, day->to, mw);
        double sum = 0;
        for (size_t i = day->from; i < day->to; i++) {
            mean[i] += (double)mw[i];
            sum += (double)mw[i];
        }
        energy += sum * step_h;
        if (most > p->peak_mw || d == 0) {
            p->peak_mw = most;
            p->peak_at = (uint32_t)first_at(day, mw, most);
        }
        keep_part(day, mw, p, &peaks->months[path * c->n_months + day->month]);
        // As a float, like the load: a contract of exactly the capacity does not pass it.
        float limit = limit_mw ? (float)limit_mw[d] : NAN;
        bool passes = most > limit;
        run = passes ? keep_over(day, mw, limit, step_h, run, p) : 0;
        p->over_days += passes ? 1 : 0;
        over[d] += passes ? 1 : 0;
    }
    p->energy_mwh = (float)energy;
}

static void add_blocks(size_t n_blocks, size_t n, double values[], double share)
{
    for (size_t b = 1; b < n_blocks; b++)
        for (size_t i = 0; i < n; i++)
            values[i] += values[b * n + i];
    for (size_t i = 0; i < n; i++)
        values[i] *= share;
}

void peaks_finish(struct peaks *peaks)
{
    double share = peaks->n_paths ? 1 / (double)peaks->n_paths : 0;
    add_blocks(peaks->n_blocks, peaks->calendar->n, peaks->mean, share);
    add_blocks(peaks->n_blocks, peaks->calendar->n_days, peaks->over, share);
}

static double value_of(const struct peaks_path *path, enum peaks_value value)
{
    switch (value) {
    case PEAKS_PEAK:
        return (double)path->peak_mw;
    case PEAKS_PEAK_NOON:
        return (double)path->part_mw[PEAKS_NOON];
    case PEAKS_PEAK_EVENING:
        return (double)path->part_mw[PEAKS_EVENING];
    case PEAKS_ENERGY:
        return (double)path->energy_mwh;
    }
    return NAN;
}

static void read_quantiles(size_t n_values, double values[], size_t n, const double poe[],
                           double ret[])
{
    gsl_sort(values, 1, n_values);
    for (size_t k = 0; k < n; k++)
        ret[k] = gsl_stats_quantile_from_sorted_data(values, 1, n_values, 1 - poe[k]);
}

bool peaks_quantiles(const struct peaks *peaks, enum peaks_value value, size_t n,
                     const double poe[], double ret[])
{
    double *values = malloc((peaks->n_paths + 1) * sizeof *values);
    if (!values)
        return false;
    for (size_t k = 0; k < peaks->n_paths; k++)
        values[k] = value_of(&peaks->paths[k], value);
    read_quantiles(peaks->n_paths, values, n, poe, ret);
    free(values);
    return true;
}

bool peaks_month_quantiles(const struct peaks *peaks, size_t month, enum peaks_part part, size_t n,
                           const double poe[], double ret[])
{
    double *values = malloc((peaks->n_paths + 1) * sizeof *values);
    if (!values)
        return false;
    for (size_t k = 0; k < peaks->n_paths; k++)
        values[k] = (double)peaks->months[k * peaks->calendar->n_months + month].part_mw[part];
    read_quantiles(peaks->n_paths, values, n, poe, ret);
    free(values);
    return true;
}

bool peaks_odds(const struct peaks *peaks, const struct civil_clock *clock, struct peaks_odds *ret)
{
    const struct peaks_calendar *c = peaks->calendar;
    double *days = malloc((peaks->n_paths + 1) * sizeof *days);
    size_t hours[24] = {0}, n = peaks->n_paths;
    struct peaks_odds odds = {0};
    if (!days || !n) {
        free(days);
        return false;
    }
    for (size_t k = 0; k < n; k++) {
        const struct peaks_path *path = &peaks->paths[k];
        int64_t local = civil_local(clock, c->start + (int64_t)path->peak_at * c->step_s);
        days[k] = (double)civil_day(local);
        hours[civil_second_of_day(local) / CIVIL_HOUR_S]++;
        odds.p_over += path->over_days > 0 ? 1 : 0;
        odds.over_h += (double)path->over_h;
        odds.over_mwh += (double)path->over_mwh;
        odds.over_days += (double)path->over_days;
    }
    odds.p_over /= (double)n;
    odds.over_h /= (double)n;
    odds.over_mwh /= (double)n;
    odds.over_days /= (double)n;
    for (int hour = 1; hour < 24; hour++)
        odds.hour = hours[hour] > hours[odds.hour] ? hour : odds.hour;
    gsl_sort(days, 1, n);
    odds.day_early = (int64_t)days[n / 10];
    odds.day_middle = (int64_t)days[n / 2];
    odds.day_late = (int64_t)days[n - 1 - n / 10];
    free(days);
    *ret = odds;
    return true;
}
