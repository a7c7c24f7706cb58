// SPDX-License-Identifier: GPL-3.0-or-later
#include "residuals.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_linalg.h>

enum {
    FEATURES = 4,
    LEARN_DAYS = 365,
    LEARN_DAYS_MIN = 30, // fewer teach nothing that would hold tomorrow
    POOL_HOURS = 2,      // leads this near share their coefficients
    SLOW_DAYS = 10,
    SLOW_REACH = 40, // days that the slow mean looks back: exp(-4) of its weight is left
    DAY_S = 86400,
};

// Of the mean diagonal of the features' Gram. Keeps the coefficients of a few hundred days sober.
static const double ridge = 0.02;

struct residuals {
    size_t n, day, hour; // values; intervals a day and an hour
    const double *value;
    size_t leads, days;   // corrected leads; past issues
    double *last, *mean;  // days + 1: the last hour's and day's means at each past issue
    double *coefficients; // leads * FEATURES; all zero where too little is known
};

struct sums {
    double gram[FEATURES * FEATURES], moment[FEATURES];
};

static double known(double value)
{
    return isnan(value) ? 0 : value;
}

// Mean of the `width` values before index `end`; unknown ones count as no error.
static double mean_before(const struct residuals *r, size_t end, size_t width)
{
    double sum = 0;
    for (size_t i = end > width ? end - width : 0; i < end; i++)
        sum += known(r->value[i]);
    return sum / (double)width;
}

// The latest index before `issue` at the same time of day as `lead` intervals after it.
static size_t same_time(const struct residuals *r, size_t issue, size_t lead)
{
    return issue - r->day + lead % r->day;
}

static double slow_mean(const struct residuals *r, size_t same)
{
    double keep = exp(-1.0 / SLOW_DAYS), weight = 1 - keep, sum = 0;
    for (size_t k = 0; k < SLOW_REACH && same >= k * r->day; k++, weight *= keep)
        sum += weight * known(r->value[same - k * r->day]);
    return sum;
}

// The issue of so many days ago, as an index; 0 is the issue itself.
static size_t issue_of(const struct residuals *r, size_t day)
{
    return r->n - day * r->day;
}

// What was known at the issue of so many days ago, of a lead.
static void features(const struct residuals *r, size_t day, size_t lead,
                     double ret[static FEATURES])
{
    size_t same = same_time(r, issue_of(r, day), lead);
    ret[0] = known(r->value[same]);
    ret[1] = r->last[day];
    ret[2] = r->mean[day];
    ret[3] = slow_mean(r, same);
}

static void learn_issue(const struct residuals *r, size_t day, struct sums sums[])
{
    double x[FEATURES];
    size_t issue = issue_of(r, day);
    for (size_t lead = 0; lead < r->leads && issue + lead < r->n; lead++) {
        double y = r->value[issue + lead];
        if (isnan(y))
            continue;
        features(r, day, lead, x);
        for (int i = 0; i < FEATURES; i++) {
            for (int j = 0; j < FEATURES; j++)
                sums[lead].gram[i * FEATURES + j] += x[i] * x[j];
            sums[lead].moment[i] += x[i] * y;
        }
    }
}

static void add_sums(const struct sums *from, struct sums *into)
{
    for (int i = 0; i < FEATURES * FEATURES; i++)
        into->gram[i] += from->gram[i];
    for (int i = 0; i < FEATURES; i++)
        into->moment[i] += from->moment[i];
}

// Ridge regression of one pool; leaves the coefficients at zero where there is no error to explain.
static void solve_pool(struct sums *pool, double ret[static FEATURES])
{
    double trace = 0;
    for (int i = 0; i < FEATURES; i++)
        trace += pool->gram[i * FEATURES + i];
    if (!(trace > 0))
        return;
    for (int i = 0; i < FEATURES; i++)
        pool->gram[i * FEATURES + i] += ridge * trace / FEATURES;
    gsl_matrix_view gram = gsl_matrix_view_array(pool->gram, FEATURES, FEATURES);
    gsl_vector_view moment = gsl_vector_view_array(pool->moment, FEATURES);
    if (!gsl_linalg_cholesky_decomp1(&gram.matrix) &&
        !gsl_linalg_cholesky_svx(&gram.matrix, &moment.vector))
        memcpy(ret, pool->moment, sizeof pool->moment);
}

static bool learn(struct residuals *r)
{
    struct sums *sums = calloc(r->leads + 1, sizeof *sums);
    size_t pool = POOL_HOURS * r->hour;
    if (!sums)
        return false;
    for (size_t d = 1; d <= r->days && d <= LEARN_DAYS; d++)
        learn_issue(r, d, sums);
    for (size_t lead = 0; lead < r->leads && r->days >= LEARN_DAYS_MIN; lead++) {
        struct sums together = {0};
        size_t from = lead > pool ? lead - pool : 0;
        for (size_t k = from; k <= lead + pool && k < r->leads; k++)
            add_sums(&sums[k], &together);
        solve_pool(&together, r->coefficients + lead * FEATURES);
    }
    free(sums);
    return true;
}

struct residuals *residuals_new(int32_t step_s, size_t n, const double value[], size_t leads)
{
    struct residuals *r = calloc(1, sizeof *r);
    if (!r)
        return NULL;
    r->n = n;
    r->value = value;
    r->day = DAY_S / (size_t)step_s;
    r->hour = r->day > 24 ? r->day / 24 : 1;
    r->leads = leads < RESIDUALS_LEAD_DAYS * r->day ? leads : RESIDUALS_LEAD_DAYS * r->day;
    // A past issue needs a day of residuals before it.
    r->days = n / r->day > 1 ? n / r->day - 1 : 0;
    r->coefficients = calloc(r->leads * FEATURES + 1, sizeof *r->coefficients);
    r->last = calloc(r->days + 1, sizeof *r->last);
    r->mean = calloc(r->days + 1, sizeof *r->mean);
    for (size_t d = 0; r->last && r->mean && d <= r->days; d++) {
        r->last[d] = mean_before(r, issue_of(r, d), r->hour);
        r->mean[d] = mean_before(r, issue_of(r, d), r->day);
    }
    if (r->coefficients && r->last && r->mean && learn(r))
        return r;
    residuals_free(r);
    return NULL;
}

void residuals_free(struct residuals *residuals)
{
    if (!residuals)
        return;
    free(residuals->coefficients);
    free(residuals->last);
    free(residuals->mean);
    free(residuals);
}

static double correct(const struct residuals *r, size_t day, size_t lead)
{
    double x[FEATURES], sum = 0;
    if (lead >= r->leads || r->n < r->day)
        return 0;
    features(r, day, lead, x);
    for (int i = 0; i < FEATURES; i++)
        sum += r->coefficients[lead * FEATURES + (size_t)i] * x[i];
    return sum;
}

double residuals_correction(const struct residuals *residuals, size_t lead)
{
    return correct(residuals, 0, lead);
}

size_t residuals_paths(const struct residuals *residuals)
{
    return residuals->days;
}

double residuals_error(const struct residuals *residuals, size_t day, size_t lead)
{
    size_t at = issue_of(residuals, day) + lead;
    return at < residuals->n ? residuals->value[at] - correct(residuals, day, lead) : (double)NAN;
}
