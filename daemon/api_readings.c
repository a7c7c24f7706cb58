// SPDX-License-Identifier: GPL-3.0-or-later
// /nodes/{id}/readings: what was measured.
#include <math.h>
#include <stdlib.h>

#include "daemon/api_internal.h"
#include "daemon/metering.h"
#include "daemon/origin.h"

// A sum takes longer than what is read as it is: the more, the more there is to add.
enum { DAYS = 14, DAYS_MAX = 366, METERS_DAYS_MAX = 92, SUM_DAYS_MAX = 31 };

// Walks what a zone came to.
static bool each_interval(struct api_call *call, size_t zone, int64_t from, int64_t to,
                          metering_interval_fn *fn, void *context)
{
    struct metering *metering =
        metering_new_between(call->site->store, call->site->config->zones[zone].id, from, to,
                             call->site->config->intake.missing_pct);
    const bool fine = metering && metering_each(metering, from, to, fn, context);
    metering_free(metering);
    return fine;
}

struct grid {
    int64_t first, step_s;
    size_t n;
    double *sum, *one; // of the zones so far, and of the zone at hand
};

static bool place(void *context, const struct metering_interval *interval)
{
    struct grid *grid = context;
    const int64_t i = (interval->instant - grid->first) / grid->step_s;
    if (interval->state == METERING_COMPLETE && i >= 0 && (size_t)i < grid->n &&
        grid->first + i * grid->step_s == interval->instant)
        grid->one[i] = interval->mw;
    return true;
}

static bool add_zone(struct api_call *call, size_t zone, struct grid *grid)
{
    for (size_t i = 0; i < grid->n; i++)
        grid->one[i] = (double)NAN;
    if (!each_interval(call, zone, grid->first, grid->first + (int64_t)grid->n * grid->step_s,
                       place, grid))
        return false;
    for (size_t i = 0; i < grid->n; i++)
        grid->sum[i] += grid->one[i];
    return true;
}

static int64_t round_up(int64_t instant, int64_t step_s)
{
    const int64_t over = ((instant % step_s) + step_s) % step_s;
    return over ? instant + step_s - over : instant;
}

bool api_loads(struct api_call *call, const struct node *node, int64_t from, int64_t to,
               int64_t *ret_first, size_t *ret_n, double **ret_mw)
{
    const int64_t step_s = call->site->config->site.step_s;
    struct grid grid = {.first = round_up(from, step_s), .step_s = step_s};
    const int64_t end = round_up(to, step_s);
    size_t zones = 0;
    grid.n = end > grid.first ? (size_t)((end - grid.first) / step_s) : 0;
    grid.sum = calloc(grid.n + 1, sizeof *grid.sum);
    grid.one = calloc(grid.n + 1, sizeof *grid.one);
    bool fine = grid.sum && grid.one;
    for (size_t m = 0; fine && m < node->n_members; m++) {
        if (!call->loaded[node->members[m]])
            continue;
        zones++;
        fine = add_zone(call, node->members[m], &grid);
    }
    for (size_t i = 0; fine && !zones && i < grid.n; i++)
        grid.sum[i] = (double)NAN;
    free(grid.one);
    if (!fine) {
        free(grid.sum);
        return false;
    }
    *ret_first = grid.first;
    *ret_n = grid.n;
    *ret_mw = grid.sum;
    return true;
}

static void put(struct api_call *call, int64_t instant, double mw)
{
    struct document *d = &call->document;
    document_row(d);
    document_time(d, "time", instant);
    document_column(d, call->node->id);
    document_real(d, "mw", mw);
    if (call->simulated)
        document_column(d, ORIGIN_SIMULATED);
    document_close(d);
}

struct listing {
    struct api_call *call;
    int64_t incomplete;
};

static bool list(void *context, const struct metering_interval *interval)
{
    struct listing *listing = context;
    if (interval->state == METERING_COMPLETE)
        put(listing->call, interval->instant, interval->mw);
    else
        listing->incomplete++;
    return true;
}

static bool list_zone(struct api_call *call, int64_t from, int64_t to, int64_t *ret_incomplete)
{
    struct listing listing = {.call = call};
    const bool fine = each_interval(call, call->node->zone, from, to, list, &listing);
    *ret_incomplete = listing.incomplete;
    return fine;
}

static bool list_sum(struct api_call *call, int64_t from, int64_t to)
{
    int64_t first;
    size_t n;
    double *mw;
    if (!api_loads(call, call->node, from, to, &first, &n, &mw))
        return false;
    for (size_t i = 0; i < n; i++)
        if (!isnan(mw[i]))
            put(call, first + (int64_t)i * call->site->config->site.step_s, mw[i]);
    free(mw);
    return true;
}

// The span that is asked for; refused where it is too long for what has to be added up. False where
// the store fails.
static bool find_span(struct api_call *call, int64_t *ret_from, int64_t *ret_to)
{
    const bool is_zone = call->node->kind == NODES_ZONE;
    bool has_meters = false;
    if (!api_span(call, DAYS, is_zone ? DAYS_MAX : SUM_DAYS_MAX, ret_from, ret_to) ||
        *ret_to - *ret_from <= METERS_DAYS_MAX * CIVIL_DAY_S)
        return true;
    if (!store_has_meters(call->site->store, call->node->id, *ret_from, *ret_to, &has_meters))
        return false;
    if (has_meters)
        http_reply_error(call->reply, 400,
                         "from '%s' to '%s' is more than %d days of a zone that is the sum of "
                         "meters: ask for less at once",
                         call->query->from, call->query->to, METERS_DAYS_MAX);
    return true;
}

bool api_readings_answer(struct api_call *call)
{
    const bool is_zone = call->node->kind == NODES_ZONE;
    int64_t from, to, incomplete = 0;
    if (!find_span(call, &from, &to))
        return false;
    if (call->reply->status)
        return true;
    struct document *d = &call->document;
    document_time(d, "from", from);
    document_time(d, "to", to);
    document_integer(d, "step_s", call->site->config->site.step_s);
    document_rows(d, "readings",
                  call->simulated ? "time,zone,load," ORIGIN_COLUMN : "time,zone,load");
    if (!(is_zone ? list_zone(call, from, to, &incomplete) : list_sum(call, from, to)))
        return false;
    document_close(d);
    document_integer(d, "incomplete", incomplete);
    return true;
}
