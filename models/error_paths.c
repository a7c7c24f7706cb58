// SPDX-License-Identifier: GPL-3.0-or-later
#include "error_paths.h"

#include <math.h>
#include <stdlib.h>

#include "draw.h"

enum {
    RECENT_DAYS = 180, // errors of past issues this near count,
    SEASON_DAYS = 45,  // and of those this near in the year, of the last two years
    SEASON_YEARS = 2,
    DAYS_MAX = 365 * SEASON_YEARS,
    OTHER_KEY = 0x6f746872, // draws of a course in place of one that is not there
};

// Days apart in the year, whichever way round is nearer.
static size_t season_distance(size_t days_ago)
{
    size_t d = days_ago % 365;
    return d > 182 ? 365 - d : d;
}

static bool counts(size_t days_ago)
{
    return days_ago <= RECENT_DAYS ||
           (days_ago <= DAYS_MAX && season_distance(days_ago) <= SEASON_DAYS);
}

// The errors of one past issue; how many of its intervals are known.
static size_t fill_course(const struct residuals *residuals, size_t ahead, size_t n_steps,
                          size_t day, double ret[])
{
    size_t known = 0;
    for (size_t i = 0; i < n_steps; i++) {
        ret[i] = residuals_error(residuals, day, ahead + i);
        known += isnan(ret[i]) ? 0 : 1;
    }
    return known;
}

bool error_paths_collect(struct error_paths *ret, const struct residuals *residuals, size_t ahead,
                         size_t n_steps)
{
    enum { ENOUGH = 20 };
    size_t days = residuals_paths(residuals), n = 0;
    double *mw = malloc((days * n_steps + 1) * sizeof *mw);
    size_t *from = malloc((days + 1) * sizeof *from);
    if (!mw || !from) {
        free(mw);
        free(from);
        return false;
    }
    for (int all = 0; all <= 1 && n < ENOUGH; all++) {
        n = 0;
        for (size_t day = 1; day <= days; day++) {
            from[n] = day;
            if ((all || counts(day)) &&
                fill_course(residuals, ahead, n_steps, day, mw + n * n_steps))
                n++;
        }
    }
    *ret = (struct error_paths){.n = n, .n_steps = n_steps, .day = from, .mw = mw};
    return true;
}

void error_paths_done(struct error_paths *errors)
{
    free(errors->day);
    free(errors->mw);
    *errors = (struct error_paths){0};
}

void error_paths_days(gsl_rng *rng, size_t n, size_t ret_day[])
{
    size_t day[DAYS_MAX], n_days = 0;
    for (size_t d = 1; d <= DAYS_MAX; d++)
        if (counts(d))
            day[n_days++] = d;
    for (size_t k = 0; k < n; k++)
        ret_day[k] = day[gsl_rng_uniform_int(rng, n_days)];
}

// Which of `count` things path k takes up in place of what is not there.
static size_t another(int64_t issue, size_t k, size_t count)
{
    double share = draw_uniform((uint64_t)issue, k, OTHER_KEY, 0);
    return (size_t)(share * (double)count);
}

bool error_paths_recent_days(int64_t issue, size_t days, size_t n, size_t ret_day[])
{
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_taus2);
    if (!rng)
        return false;
    gsl_rng_set(rng, (unsigned long)issue);
    error_paths_days(rng, n, ret_day);
    gsl_rng_free(rng);
    for (size_t k = 0; k < n; k++)
        if (ret_day[k] > days)
            ret_day[k] = 1 + another(issue, k, days);
    return true;
}

// The course of a past day; n where there is none.
static size_t find_day(const struct error_paths *errors, size_t day)
{
    for (size_t e = 0; e < errors->n && errors->day[e] <= day; e++)
        if (errors->day[e] == day)
            return e;
    return errors->n;
}

void error_paths_choose(const struct error_paths *errors, int64_t issue, size_t n,
                        const size_t day[], size_t ret[])
{
    for (size_t k = 0; k < n; k++) {
        ret[k] = find_day(errors, day[k]);
        if (ret[k] == errors->n)
            ret[k] = another(issue, k, errors->n);
    }
}

double error_paths_at(const struct error_paths *errors, size_t course, size_t step)
{
    for (size_t tried = 0; tried < errors->n; tried++, course++) {
        double error = errors->mw[course % errors->n * errors->n_steps + step];
        if (!isnan(error))
            return error;
    }
    return NAN;
}
