// SPDX-License-Identifier: GPL-3.0-or-later
#include "climate.h"

#include <math.h>
#include <string.h>

#include "civil.h"
#include "fit.h"

enum { SEASON_DAYS_MIN = 365, RECENT_DAYS = 28 };

static const double year_s = 365.25 * CIVIL_DAY_S;

static int hour_of(int64_t instant)
{
    return civil_second_of_day(instant) / CIVIL_HOUR_S;
}

static void season(int64_t instant, double ret[static CLIMATE_TERMS])
{
    double angle = 2 * M_PI * (double)instant / year_s;
    ret[0] = 1;
    ret[1] = sin(angle);
    ret[2] = cos(angle);
    ret[3] = sin(2 * angle);
    ret[4] = cos(2 * angle);
}

// How many intervals on an hour of the day begins, of an instant outside it; at least one. A step
// that leaps over the hour finds it on a later day.
static size_t before_hour(int64_t instant, int hour, int32_t step_s)
{
    int32_t wait_s = hour * CIVIL_HOUR_S - civil_second_of_day(instant);
    wait_s += wait_s < 0 ? CIVIL_DAY_S : 0;
    return (size_t)((wait_s + step_s - 1) / step_s);
}

// Sums the values of one hour from `from` to before `until`; `terms` of the season are used.
static void sum_hour(const struct series *temp, int hour, int64_t from, int64_t until,
                     struct normal *ret)
{
    double x[CLIMATE_TERMS];
    int64_t first = series_index(temp, from);
    normal_clear(ret);
    for (size_t i = first < 0 ? 0 : (size_t)first; i < temp->n; i++) {
        int64_t instant = series_instant(temp, i);
        if (instant >= until)
            break;
        if (hour_of(instant) != hour) {
            i += before_hour(instant, hour, temp->step_s) - 1;
            continue;
        }
        if (isnan(temp->value[i]))
            continue;
        season(instant, x);
        normal_add(ret, x, temp->value[i], 1);
    }
}

static bool fit_hours(const struct series *temp, int64_t from, int64_t until, size_t terms,
                      struct climate *ret)
{
    struct normal normal = {0};
    struct fit *fit = fit_new(terms);
    bool fine = fit && normal_init(&normal, terms), any = false;
    for (int hour = 0; fine && hour < CLIMATE_HOURS; hour++) {
        sum_hour(temp, hour, from, until, &normal);
        bool solved =
            normal.rows > (double)terms && fit_solve(fit, &normal, 1e-9, FIT_AUTO) == FIT_OK;
        any = any || solved;
        // An hour that no value fell into (three-hourly weather) is that of the hour before.
        if (solved)
            memcpy(ret->coefficient[hour], fit_coefficients(fit), terms * sizeof(double));
        else if (hour > 0)
            memcpy(ret->coefficient[hour], ret->coefficient[hour - 1],
                   sizeof ret->coefficient[hour]);
    }
    normal_done(&normal);
    fit_free(fit);
    return any;
}

bool climate_fit(const struct series *temp, int64_t until, struct climate *ret)
{
    struct climate climate = {0};
    int64_t end = temp->n ? series_end(temp) : 0;
    end = end < until ? end : until;
    bool fine = false;
    if (temp->n && end - temp->start >= (int64_t)SEASON_DAYS_MIN * CIVIL_DAY_S)
        fine = fit_hours(temp, temp->start, end, CLIMATE_TERMS, &climate);
    else if (temp->n)
        fine = fit_hours(temp, end - (int64_t)RECENT_DAYS * CIVIL_DAY_S, end, 1, &climate);
    if (fine)
        *ret = climate;
    return fine;
}

double climate_at(const struct climate *climate, int64_t instant)
{
    double x[CLIMATE_TERMS], sum = 0;
    season(instant, x);
    for (int k = 0; k < CLIMATE_TERMS; k++)
        sum += climate->coefficient[hour_of(instant)][k] * x[k];
    return sum;
}
