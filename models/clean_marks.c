// SPDX-License-Identifier: GPL-3.0-or-later
#include "clean_marks.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clean_search.h"

enum {
    LEVEL_DAYS = 28,  // before the month, that its first days are measured beside
    PRESENT_DAYS = 4, // what has gone on for longer, at the issue, is no fault any more
};

static const double low = -2; // scales: a median of a day that far down is no chance

static void forget(struct clean_marks *marks)
{
    hindsight_free(marks->hindsight);
    free(marks->found);
    marks->hindsight = NULL;
    marks->found = NULL;
    marks->searched = false;
}

void clean_marks_done(struct clean_marks *marks)
{
    forget(marks);
    free(marks->load.masked);
    *marks = (struct clean_marks){0};
}

// The first instant of the month that an instant lies in.
static int64_t month_begin(const struct civil_clock *clock, int64_t instant)
{
    int64_t day = civil_day(civil_local(clock, instant));
    return civil_instant(clock, (day - civil_date_from_day(day).day + 1) * CIVIL_DAY_S);
}

// Searches all that lies before the month, and keeps what later days are measured by.
static bool search_past(struct clean_marks *marks, const struct model_data *data)
{
    struct clean_search search;
    struct model_data past = *data;
    past.issue = marks->month;
    bool fine = clean_search_init(&search, &past, INT64_MIN / 2);
    if (fine) {
        enum model_status status = clean_search_fit(&search, &marks->hindsight);
        fine = status != MODEL_NOMEM;
        if (status == MODEL_OK) {
            fine = clean_search_runs(&search, marks->found);
            hindsight_settle(marks->hindsight);
        }
        memcpy(marks->scale, search.scale, sizeof marks->scale);
        memcpy(marks->candidates, search.candidates, sizeof marks->candidates);
        marks->flat_limit = search.flat_limit;
        marks->days = search.days;
    }
    clean_search_done(&search);
    return fine;
}

static bool look_back(struct clean_marks *marks, const struct model_data *data)
{
    int64_t month = month_begin(data->clock, data->issue);
    if (marks->searched && marks->month == month && marks->load_start <= data->load->start)
        return true;
    forget(marks);
    marks->month = month;
    marks->load_start = data->load->start;
    marks->found = calloc(1, sizeof *marks->found);
    marks->searched = marks->found && search_past(marks, data);
    if (!marks->searched)
        forget(marks);
    return marks->searched;
}

static void mark(struct clean_marks *marks, int64_t from, int64_t to, enum clean_reason reason)
{
    const struct series *load = &marks->load;
    for (int64_t t = from; t < to; t += load->step_s) {
        int64_t i = series_index(load, t);
        if (i < 0 || (size_t)i >= load->n || load->masked[i])
            continue;
        load->masked[i] = true;
        marks->counts[reason]++;
    }
}

// True where a run has come up to the issue and is one that may well go on.
static bool goes_on(const struct clean_marks *marks, int64_t from, int64_t to, int64_t issue,
                    enum clean_reason reason)
{
    int64_t end = series_end(&marks->load);
    bool open = to >= (issue < end ? issue : end);
    return open && (reason == CLEAN_OUTAGE || to - from > PRESENT_DAYS * CIVIL_DAY_S);
}

// Marks runs, of a history that begins at `start`, as far as they lie in [from, issue).
static void mark_runs(struct clean_marks *marks, const struct clean *found, int64_t start,
                      int64_t from, int64_t issue)
{
    int64_t step_s = marks->load.step_s;
    for (size_t k = 0; k < found->n_runs; k++) {
        const struct clean_run *run = &found->runs[k];
        int64_t begin = start + (int64_t)run->from * step_s,
                end = start + (int64_t)run->to * step_s;
        if (!goes_on(marks, begin, end, issue, run->reason))
            mark(marks, begin < from ? from : begin, end, run->reason);
    }
}

// True where the day after a low run is low too, as far as it is known: a zone that stands still,
// not a meter.
static bool stays_low(const struct clean_search *s, const struct clean_run *run, double part[])
{
    size_t n = 0;
    if (run->reason != CLEAN_ZERO && run->reason != CLEAN_OUTAGE)
        return false;
    for (size_t i = run->to; i < s->load.n && i < run->to + s->day; i++)
        if (!isnan(s->off[i]))
            part[n++] = s->off[i];
    return clean_search_median(n, part) < low;
}

static bool forget_present(const struct clean_search *s, struct clean *found)
{
    double *part = malloc(s->day * sizeof *part);
    size_t kept = 0;
    for (size_t k = 0; part && k < found->n_runs; k++)
        if (!stays_low(s, &found->runs[k], part))
            found->runs[kept++] = found->runs[k];
    found->n_runs = kept;
    free(part);
    return part;
}

// The days since the month began, by the fit of before.
static bool look_at_month(struct clean_marks *marks, const struct model_data *data)
{
    struct clean *found = calloc(1, sizeof *found);
    struct clean_search search;
    int64_t from = marks->month - LEVEL_DAYS * CIVIL_DAY_S;
    bool fine = clean_search_init(&search, data, from) && found;
    memcpy(search.scale, marks->scale, sizeof search.scale);
    memcpy(search.candidates, marks->candidates, sizeof search.candidates);
    search.flat_limit = marks->flat_limit;
    search.days = marks->days;
    if (marks->month > search.load.start)
        search.first = (size_t)((marks->month - search.load.start) / search.load.step_s);
    fine = fine && hindsight_turn(marks->hindsight, &search.data) &&
           clean_search_measure(&search, marks->hindsight, false) &&
           clean_search_runs(&search, found) && forget_present(&search, found);
    if (fine)
        mark_runs(marks, found, search.load.start, marks->month, data->issue);
    clean_search_done(&search);
    free(found);
    return fine;
}

// The load with marks of its own, none of them set by us yet.
static bool view_load(struct clean_marks *marks, const struct series *load)
{
    bool *masked = malloc(load->n + 1);
    if (!masked)
        return false;
    if (load->n)
        memcpy(masked, load->masked, load->n * sizeof *masked);
    free(marks->load.masked);
    marks->load = *load;
    marks->load.masked = masked;
    memset(marks->counts, 0, sizeof marks->counts);
    return true;
}

bool clean_marks_find(struct clean_marks *marks, const struct model_data *data)
{
    if (!view_load(marks, data->load) || !look_back(marks, data))
        return false;
    if (!marks->hindsight)
        return true;
    mark_runs(marks, marks->found, marks->load_start, data->load->start, data->issue);
    return data->issue <= marks->month || look_at_month(marks, data);
}

bool clean_marks_text(const struct clean_marks *marks, char ret[static CLEAN_MARKS_TEXT_LEN])
{
    const size_t size = CLEAN_MARKS_TEXT_LEN;
    size_t length = 0;
    *ret = '\0';
    for (int k = 0; k < CLEAN_REASONS; k++)
        if (marks->counts[k] && length < size)
            length += (size_t)snprintf(ret + length, size - length, "%s%zu %s", length ? ", " : "",
                                       marks->counts[k], clean_reason_name((enum clean_reason)k));
    return length;
}
