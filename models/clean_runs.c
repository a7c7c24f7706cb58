// SPDX-License-Identifier: GPL-3.0-or-later
// What is found in a search: runs of intervals, each for one reason.
#include "clean_search.h"

#include <math.h>
#include <stdlib.h>

enum {
    SPIKE_HOURS = 3,     // longer is no spike
    FLAT_HOURS = 6,      // shorter is chance
    OUTAGE_HOURS = 96,   // longer is a shutdown or a new level, which somebody knows of
    HABIT_DAYS = 120,    // what comes more often is a habit
    FLAT_RARE_DAYS = 60, // runs of equal values as long as come once in so many days are chance
};

static const double far_off = 8;      // scales: of 40,000 normal hours not one is so far off
static const double sudden = 5;       // scales, from one interval to the next
static const double zero_share = .01; // of what was due
static const double outage_share = .75;

// Runs of one reason.
struct candidates {
    const struct clean_search *s;
    enum clean_reason reason;
    size_t n;
    struct clean_run *runs;
};

static void add_run(struct candidates *c, size_t from, size_t to)
{
    if (to > c->s->first && c->n < CLEAN_RUNS_MAX)
        c->runs[c->n++] = (struct clean_run){from, to, c->reason};
}

static bool usable(const struct clean_search *s, size_t i)
{
    return i < s->load.n && series_usable(&s->load, i);
}

static void find_zeros(struct candidates *c)
{
    const struct clean_search *s = c->s;
    for (size_t i = 0, end; i < s->load.n; i = end + 1) {
        for (end = i; usable(s, end) && s->load.value[end] <= zero_share * s->due[end];)
            end++;
        if (end > i)
            add_run(c, i, end);
    }
}

static size_t equal_until(const struct clean_search *s, size_t i)
{
    size_t end = i + 1;
    while (usable(s, i) && usable(s, end) && s->load.value[end] == s->load.value[i])
        end++;
    return end;
}

// How long a run of equal values must be: longer than those that this zone has now and then, for
// meters that round.
static size_t flat_limit(const struct clean_search *s)
{
    size_t least = FLAT_HOURS * s->hour > 4 ? FLAT_HOURS * s->hour : 4;
    size_t rare = s->load.n / (FLAT_RARE_DAYS * s->day);
    for (size_t limit = least;; limit++) {
        size_t count = 0;
        for (size_t i = 0, end; i < s->load.n; i = end) {
            end = equal_until(s, i);
            count += end - i >= limit;
        }
        if (count <= rare)
            return limit;
    }
}

static void find_flats(struct candidates *c)
{
    const struct clean_search *s = c->s;
    size_t limit = s->flat_limit;
    for (size_t i = 0, end; i < s->load.n; i = end) {
        end = equal_until(s, i);
        if (end - i >= limit)
            add_run(c, i, end);
    }
}

// True where the value comes by a step that the fit knows nothing of.
static bool steps(const struct clean_search *s, size_t i)
{
    return i > 0 && i < s->load.n && fabs(s->off[i] - s->off[i - 1]) > sudden;
}

static void find_spikes(struct candidates *c)
{
    const struct clean_search *s = c->s;
    for (size_t i = 0, end; i < s->load.n; i = end + 1) {
        for (end = i; end < s->load.n && fabs(s->off[end]) > far_off;)
            end++;
        if (end > i && end - i <= SPIKE_HOURS * s->hour && steps(s, i) && steps(s, end))
            add_run(c, i, end);
    }
}

static bool on_holiday(const struct clean_search *s, size_t i)
{
    int64_t day = civil_day(civil_local(s->data.clock, series_instant(&s->load, i)));
    return calendar_day(s->data.calendar, day).class != DAY_ORDINARY;
}

static bool too_low(const struct clean_search *s, size_t i)
{
    return i < s->load.n && s->off[i] < -far_off && s->load.value[i] < outage_share * s->due[i] &&
           !on_holiday(s, i);
}

static void find_outages(struct candidates *c)
{
    const struct clean_search *s = c->s;
    for (size_t i = 0, end; i < s->load.n; i = end + 1) {
        for (end = i; too_low(s, end);)
            end++;
        if (end - i >= s->hour && end > i && end - i <= OUTAGE_HOURS * s->hour)
            add_run(c, i, end);
    }
}

static bool free_of_runs(const struct clean *found, const struct clean_run *run)
{
    for (size_t k = 0; k < found->n_runs; k++)
        if (run->from < found->runs[k].to && found->runs[k].from < run->to)
            return false;
    return true;
}

// Takes the runs of one reason over, unless they are a habit. What has been found before keeps its
// reason.
static void take_over(struct clean_search *s, const struct candidates *c, struct clean *ret)
{
    s->candidates[c->reason] += c->n;
    if (s->candidates[c->reason] > 1 + s->days / HABIT_DAYS)
        return;
    for (size_t k = 0; k < c->n; k++)
        if (ret->n_runs < CLEAN_RUNS_MAX && free_of_runs(ret, &c->runs[k]))
            ret->runs[ret->n_runs++] = c->runs[k];
}

static int by_beginning(const void *a, const void *b)
{
    const struct clean_run *x = a, *y = b;
    return (x->from > y->from) - (x->from < y->from);
}

bool clean_search_runs(struct clean_search *s, struct clean *ret)
{
    static void (*const find[])(struct candidates *) = {find_zeros, find_flats, find_spikes,
                                                        find_outages};
    struct candidates c = {.s = s, .runs = malloc(CLEAN_RUNS_MAX * sizeof *c.runs)};
    if (!c.runs)
        return false;
    if (!s->flat_limit)
        s->flat_limit = flat_limit(s);
    for (int k = 0; k < CLEAN_REASONS; k++) {
        c.reason = (enum clean_reason)k;
        c.n = 0;
        find[k](&c);
        take_over(s, &c, ret);
    }
    free(c.runs);
    if (ret->n_runs)
        qsort(ret->runs, ret->n_runs, sizeof *ret->runs, by_beginning);
    return true;
}
