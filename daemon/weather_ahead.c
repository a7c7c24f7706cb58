// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/weather_ahead.h"

#include <math.h>

#include "models/civil.h"

enum { GAP_S = 3 * CIVIL_HOUR_S, COMPARED_DAYS = 28, DAYS_MIN = 7, HOURS = 24 };

// The first instant of the grid at or after `instant`.
static int64_t on_grid(const struct series *series, int64_t instant)
{
    int64_t floor = instant - ((instant % series->step_s) + series->step_s) % series->step_s;
    return floor < instant ? floor + series->step_s : floor;
}

struct series weather_ahead_known(const struct series *observed, int64_t issue)
{
    return series_before(observed, on_grid(observed, issue));
}

// The end of what is observed.
static int64_t observed_end(const struct series *series)
{
    size_t n = series->n;
    while (n && isnan(series->value[n - 1]))
        n--;
    return series->start + (int64_t)n * series->step_s;
}

// The straight line from one point to the next, where there is nothing yet.
static bool put_line(struct series *series, struct weather_ahead_point left,
                     struct weather_ahead_point right, int64_t until)
{
    bool fine = true;
    if (right.instant - left.instant > GAP_S)
        left = right;
    for (int64_t t = on_grid(series, left.instant); fine && t <= right.instant && t < until;
         t += series->step_s) {
        double share = right.instant > left.instant
                           ? (double)(t - left.instant) / (double)(right.instant - left.instant)
                           : 1;
        if (isnan(series_at(series, t)))
            fine = series_put(series, t, left.temp_c + share * (right.temp_c - left.temp_c)) !=
                   SERIES_REFUSED;
    }
    return fine;
}

bool weather_ahead_merge(const struct series *observed, size_t n,
                         const struct weather_ahead_point run[], int64_t issue, int64_t until,
                         struct series *ret)
{
    struct series known = weather_ahead_known(observed, issue), out;
    if (!series_copy(&known, &out))
        return false;
    bool fine = true;
    struct weather_ahead_point left = n ? run[0] : (struct weather_ahead_point){0};
    int64_t last = observed_end(&known) - known.step_s;
    if (n && known.n && !isnan(series_at(&known, last)) && last < left.instant)
        left = (struct weather_ahead_point){last, series_at(&known, last)};
    for (size_t i = 0; fine && i < n && left.instant < until; i++) {
        fine = put_line(&out, left, run[i], until);
        left = run[i];
    }
    if (fine)
        *ret = out;
    else
        series_done(&out);
    return fine;
}

// What a station differs from its lender by hour of the day (GMT); NaN where that is not known.
static void find_differences(const struct series *own, const struct series *lender, int64_t issue,
                             double ret[static HOURS])
{
    double sum[HOURS] = {0};
    int seen[HOURS] = {0};
    const int64_t first = on_grid(own, issue - COMPARED_DAYS * (int64_t)CIVIL_DAY_S);
    const int per_hour = CIVIL_HOUR_S / own->step_s;
    for (int64_t t = first; t < issue; t += own->step_s) {
        double difference = series_at(own, t) - series_at(lender, t);
        int hour = civil_second_of_day(t) / CIVIL_HOUR_S;
        if (isnan(difference))
            continue;
        sum[hour] += difference;
        seen[hour]++;
    }
    for (int h = 0; h < HOURS; h++)
        ret[h] = seen[h] >= DAYS_MIN * per_hour ? sum[h] / seen[h] : (double)NAN;
}

static bool put_moved(struct series *out, const struct series *lender,
                      const double difference[static HOURS], int64_t until)
{
    for (int64_t t = series_end(out); t < until; t += out->step_s) {
        double moved = series_at(lender, t) + difference[civil_second_of_day(t) / CIVIL_HOUR_S];
        if (!isnan(moved) && series_put(out, t, moved) == SERIES_REFUSED)
            return false;
    }
    return true;
}

bool weather_ahead_borrow(const struct series *observed, const struct series *lender, int64_t issue,
                          int64_t until, struct series *ret)
{
    struct series known = weather_ahead_known(observed, issue), out, fine_lender;
    double difference[HOURS];
    if (!series_resample(lender, observed->step_s, GAP_S, &fine_lender))
        return false;
    find_differences(&known, &fine_lender, issue, difference);
    bool any = false;
    for (int h = 0; h < HOURS; h++)
        any |= !isnan(difference[h]);
    series_init(&out, observed->step_s);
    bool fine =
        !any || (series_copy(&known, &out) && put_moved(&out, &fine_lender, difference, until));
    series_done(&fine_lender);
    if (fine && series_end(&out) == series_end(&known)) { // nothing came of it
        series_done(&out);
        series_init(&out, observed->step_s);
    }
    if (fine)
        *ret = out;
    else
        series_done(&out);
    return fine;
}
