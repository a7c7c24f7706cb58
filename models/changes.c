// SPDX-License-Identifier: GPL-3.0-or-later
#include "changes.h"

#include <math.h>
#include <stdlib.h>

#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>

#include "hindsight.h"

struct changes_step {
    int64_t from;
    int64_t days;  // after it, that it was measured by; 0 before it was
    int64_t since; // where the level before it begins
    int64_t load_start;
    double ratio; // 1 before it is known
    bool blind;   // too little before it to measure it: that is masked
};

void changes_done(struct changes *changes)
{
    series_done(&changes->load);
    free(changes->steps);
    *changes = (struct changes){0};
}

static int by_from(const void *a, const void *b)
{
    const struct changes_step *x = a, *y = b;
    return (x->from > y->from) - (x->from < y->from);
}

// The changes of level of a list, in their order; what was measured of those known before is kept.
static bool list_steps(struct changes *changes, size_t n, const struct change list[])
{
    struct changes_step *steps = calloc(n + 1, sizeof *steps);
    size_t count = 0;
    if (!steps)
        return false;
    for (size_t k = 0; k < n; k++) {
        if (list[k].kind != CHANGE_LEVEL)
            continue;
        steps[count] = (struct changes_step){.from = list[k].from, .ratio = 1};
        for (size_t old = 0; old < changes->n; old++)
            if (changes->steps[old].from == list[k].from)
                steps[count] = changes->steps[old];
        count++;
    }
    qsort(steps, count, sizeof *steps, by_from);
    free(changes->steps);
    changes->steps = steps;
    changes->n = count;
    return true;
}

static size_t clip(const struct series *load, int64_t instant)
{
    int64_t i = series_index(load, instant);
    return i < 0 ? 0 : (size_t)i < load->n ? (size_t)i : load->n;
}

// Median of log(load / fitted) over [from, to); NaN of none.
static double level_of(const struct hindsight *hindsight, const struct series *load, int64_t from,
                       int64_t to, double part[])
{
    size_t first = clip(load, from), end = clip(load, to), n = 0;
    hindsight_fitted(hindsight, first, end, part);
    for (size_t i = first; i < end; i++) {
        double ratio = series_usable(load, i)
                           ? load->value[i] / hindsight_load(hindsight, part[i - first])
                           : 0;
        if (ratio > 0)
            part[n++] = log(ratio);
    }
    gsl_sort(part, 1, n);
    return n ? gsl_stats_median_from_sorted_data(part, 1, n) : (double)NAN;
}

// The levels beside a step, by a fit of what lies before it alone.
static enum model_status compare_sides(const struct model_data *data, const struct series *load,
                                       struct changes_step *step)
{
    int64_t reach = CHANGES_DAYS * CIVIL_DAY_S, after = step->days * CIVIL_DAY_S;
    int64_t before = step->since > step->from - reach ? step->since : step->from - reach;
    double *part = malloc((size_t)(reach / load->step_s + 1) * sizeof *part);
    struct hindsight *hindsight = NULL;
    enum model_status status = part ? hindsight_new(data, recipe_plain, &hindsight) : MODEL_NOMEM;
    if (status == MODEL_OK)
        status = hindsight_fit(hindsight, step->from);
    if (status == MODEL_OK) {
        double old = level_of(hindsight, load, before, step->from, part);
        double new = level_of(hindsight, load, step->from, step->from + after, part);
        step->ratio = isnan(old) || isnan(new) ? 1 : exp(new - old);
    }
    hindsight_free(hindsight);
    free(part);
    return status;
}

// Measures a step from the load as it came, with what is declared as masked left out.
static bool measure(const struct model_data *data, const struct series *load,
                    struct changes_step *step)
{
    struct series one_side, temp;
    struct model_data past = *data;
    if (!series_copy(load, &one_side))
        return false;
    series_mask(&one_side, load->start, step->since, true);
    series_mask(&one_side, step->from, series_end(load), true);
    past.load = &one_side;
    if (data->temp) {
        temp = series_before(data->temp, step->from + step->days * CIVIL_DAY_S);
        past.temp = &temp;
    }
    enum model_status status = compare_sides(&past, load, step);
    series_done(&one_side);
    step->blind = status != MODEL_OK;
    return status != MODEL_NOMEM;
}

// Days after a step that it is measured by: 1, 2, 4 ... 56.
static int64_t days_after(const struct changes *changes, size_t k, int64_t issue)
{
    int64_t end = k + 1 < changes->n && changes->steps[k + 1].from < issue
                      ? changes->steps[k + 1].from
                      : issue;
    int64_t known = (end - changes->steps[k].from) / CIVIL_DAY_S, days = 1;
    if (known >= CHANGES_DAYS)
        return CHANGES_DAYS;
    while (2 * days <= known)
        days *= 2;
    return known < 1 ? 0 : days;
}

static bool measure_steps(struct changes *changes, const struct model_data *data)
{
    for (size_t k = 0; k < changes->n; k++) {
        struct changes_step *step = &changes->steps[k];
        int64_t days = days_after(changes, k, data->issue), start = changes->load.start;
        int64_t since = k ? changes->steps[k - 1].from : INT64_MIN / 2;
        if (days == step->days && since == step->since && start == step->load_start)
            continue;
        *step = (struct changes_step){
            .from = step->from, .days = days, .since = since, .load_start = start, .ratio = 1};
        if (days && !measure(data, &changes->load, step)) {
            step->days = 0;
            return false;
        }
    }
    return true;
}

double changes_factor(const struct changes *changes, int64_t instant)
{
    double factor = 1;
    for (size_t k = 0; k < changes->n; k++)
        if (instant < changes->steps[k].from)
            factor *= changes->steps[k].ratio;
    return factor;
}

bool changes_apply(struct changes *changes, const struct model_data *data, size_t n,
                   const struct change list[])
{
    struct series copy, *load = &changes->load;
    if (!list_steps(changes, n, list) || !series_copy(data->load, &copy))
        return false;
    series_done(load);
    *load = copy;
    for (size_t k = 0; k < n; k++)
        if (list[k].kind == CHANGE_MASK)
            series_mask(load, list[k].from, list[k].to, true);
    if (!measure_steps(changes, data))
        return false;
    for (size_t i = 0; i < load->n; i++)
        load->value[i] *= changes_factor(changes, series_instant(load, i));
    for (size_t k = 0; k < changes->n; k++)
        if (changes->steps[k].blind)
            series_mask(load, load->start, changes->steps[k].from, true);
    return true;
}
