// SPDX-License-Identifier: GPL-3.0-or-later
// Dated changes of level in a search.
#include "clean_search.h"

#include <math.h>
#include <stdlib.h>

#include "shifts.h"

// Median of each civil day of log(load / fitted).
static void daily_medians(const struct clean_search *s, size_t days, int64_t first, double part[],
                          double ret[])
{
    for (size_t d = 0, i = 0; d < days; d++) {
        size_t n = 0;
        for (; i < s->load.n; i++) {
            int64_t local = civil_local(s->data.clock, series_instant(&s->load, i));
            if (civil_day(local) != first + (int64_t)d)
                break;
            double ratio = s->load.value[i] / s->fitted[i];
            if (series_usable(&s->load, i) && ratio > 0)
                part[n++] = log(ratio);
        }
        ret[d] = clean_search_median(n, part);
    }
}

// The greatest shift that shows; a ratio of 0 without any.
static bool greatest_shift(struct clean_search *s, struct clean_shift *ret)
{
    const struct civil_clock *clock = s->data.clock;
    int64_t first = civil_day(civil_local(clock, s->load.start));
    int64_t last = civil_day(civil_local(clock, series_end(&s->load) - 1));
    size_t days = (size_t)(last - first + 1), n = 0;
    struct shift shifts[SHIFTS_MAX];
    double *daily = malloc(days * sizeof *daily), *part = malloc(2 * s->day * sizeof *part);
    bool fine = daily && part;
    if (fine) {
        daily_medians(s, days, first, part, daily);
        fine = shifts_find(days, daily, &n, shifts);
    }
    *ret = (struct clean_shift){0};
    for (size_t k = 0; fine && k < n; k++)
        if (ret->ratio <= 0 || fabs(shifts[k].step) > fabs(log(ret->ratio)))
            *ret = (struct clean_shift){
                civil_instant(clock, (first + (int64_t)shifts[k].day) * CIVIL_DAY_S),
                exp(shifts[k].step)};
    free(daily);
    free(part);
    return fine;
}

// Forgets the shorter side of a shift, so that the fit is of one level.
static void forget_shorter_side(struct clean_search *s, int64_t instant)
{
    int64_t start = s->load.start, end = series_end(&s->load);
    if (instant - start < end - instant)
        series_mask(&s->load, start, instant, true);
    else
        series_mask(&s->load, instant, end, true);
}

// Median of log(load / fitted) over the days beside a shift, on the masked side too.
static double level_beside(const struct clean_search *s, int64_t from, int64_t to, double part[])
{
    size_t n = 0;
    for (int64_t t = from; t < to; t += s->load.step_s) {
        int64_t i = series_index(&s->load, t);
        double ratio = i >= 0 && (size_t)i < s->load.n ? s->load.value[i] / s->fitted[i] : 0;
        if (ratio > 0)
            part[n++] = log(ratio);
    }
    return clean_search_median(n, part);
}

// How great a shift is by a fit that has only one side of it: one of both bends to the step.
static bool measure_ratio(const struct clean_search *s, struct clean_shift *shift)
{
    int64_t reach = (int64_t)SHIFTS_DAYS * CIVIL_DAY_S;
    double *part = malloc((SHIFTS_DAYS * s->day + 1) * sizeof *part);
    if (!part)
        return false;
    double old = level_beside(s, shift->instant - reach, shift->instant, part);
    double new = level_beside(s, shift->instant, shift->instant + reach, part);
    if (!isnan(old) && !isnan(new))
        shift->ratio = exp(new - old);
    free(part);
    return true;
}

// One after the other, the greatest first: as long as a step is in the fit, the season and the
// trend bend to it, and other steps show that are none.
static enum model_status find_shifts(struct clean_search *s, struct clean *found)
{
    while (found->n_shifts < SHIFTS_MAX) {
        struct clean_shift shift;
        if (!greatest_shift(s, &shift))
            return MODEL_NOMEM;
        if (shift.ratio <= 0)
            return MODEL_OK;
        struct clean_shift *kept = &found->shifts[found->n_shifts++];
        *kept = shift;
        forget_shorter_side(s, shift.instant);
        struct hindsight *hindsight;
        enum model_status status = clean_search_fit(s, &hindsight);
        if (status != MODEL_OK) // too little is left to tell more
            return status == MODEL_NOMEM ? MODEL_NOMEM : MODEL_OK;
        hindsight_free(hindsight);
        if (!measure_ratio(s, kept))
            return MODEL_NOMEM;
    }
    return MODEL_OK;
}

static int by_instant(const void *a, const void *b)
{
    const struct clean_shift *x = a, *y = b;
    return (x->instant > y->instant) - (x->instant < y->instant);
}

enum model_status clean_search_shifts(struct clean_search *s, struct clean *ret)
{
    enum model_status status = find_shifts(s, ret);
    if (ret->n_shifts)
        qsort(ret->shifts, ret->n_shifts, sizeof *ret->shifts, by_instant);
    return status;
}
