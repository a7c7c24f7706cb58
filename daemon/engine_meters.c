// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/engine_meters.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "config/text.h"
#include "daemon/log.h"

void engine_meters_forget(struct engine_meters *meters)
{
    for (size_t k = 0; k < meters->n; k++) {
        free(meters->list[k].id);
        series_done(&meters->list[k].series);
    }
    free(meters->list);
    *meters = (struct engine_meters){0};
}

struct series *engine_meters_named(struct engine_meters *meters, const char *id, int32_t step_s)
{
    // They come in the same order again and again.
    for (size_t i = 0, k = meters->last; i < meters->n; i++, k = k + 1 < meters->n ? k + 1 : 0)
        if (!strcmp(meters->list[k].id, id)) {
            meters->last = k;
            return &meters->list[k].series;
        }
    struct engine_meter *grown = reallocarray(meters->list, meters->n + 1, sizeof *grown);
    char *name = grown ? strdup(id) : NULL;
    meters->list = grown ? grown : meters->list;
    if (!name)
        return NULL;
    struct engine_meter *meter = &grown[meters->n++];
    *meter = (struct engine_meter){.id = name};
    series_init(&meter->series, step_s);
    return &meter->series;
}

static bool learn_usual(const struct series *series, struct metering_usual *usual)
{
    for (size_t i = 0; i < series->n; i++)
        if (!isnan(series->value[i]) &&
            !metering_usual_add(usual, series_instant(series, i), series->value[i]))
            return false;
    return true;
}

// Of each meter beside its place in the list. NULL without memory.
static struct metering_usual *learn_all(const struct engine_meters *meters)
{
    struct metering_usual *usual = calloc(meters->n + 1, sizeof *usual);
    bool good = usual;
    for (size_t m = 0; good && m < meters->n; m++)
        good = learn_usual(&meters->list[m].series, &usual[m]);
    if (good)
        return usual;
    for (size_t m = 0; usual && m < meters->n; m++)
        metering_usual_done(&usual[m]);
    free(usual);
    return NULL;
}

// The sum where no meter is missing, which is nearly always: what is usual need not be looked up.
static bool sum_all(const struct engine_meters *meters, const struct metering_usual usual[],
                    int64_t instant, struct metering_sum *ret)
{
    *ret = METERING_SUM_EMPTY;
    for (size_t m = 0; m < meters->n; m++) {
        const double mw = series_at(&meters->list[m].series, instant);
        if (!*meters->list[m].id) {
            ret->whole = mw;
        } else if (!isnan(mw)) {
            ret->mw += mw;
            ret->present++;
        } else if (metering_usual_counts(&usual[m], instant)) {
            return false;
        }
    }
    return true;
}

static struct metering_sum sum_at(const struct engine_meters *meters,
                                  const struct metering_usual usual[], int64_t instant)
{
    struct metering_sum sum;
    if (sum_all(meters, usual, instant, &sum))
        return sum;
    sum = METERING_SUM_EMPTY;
    for (size_t m = 0; m < meters->n; m++) {
        const double mw = series_at(&meters->list[m].series, instant);
        if (*meters->list[m].id)
            metering_sum_add(&sum, &usual[m], instant, mw);
        else
            sum.whole = mw;
    }
    return sum;
}

static int64_t first_of(const struct engine_meters *meters)
{
    int64_t first = INT64_MAX;
    for (size_t m = 0; m < meters->n; m++)
        if (meters->list[m].series.n && meters->list[m].series.start < first)
            first = meters->list[m].series.start;
    return first;
}

bool engine_meters_sum(const struct engine_meters *meters, struct engine_meters_span span,
                       struct series *ret, size_t *ret_incomplete)
{
    struct metering_usual *usual = learn_all(meters);
    const int64_t first = first_of(meters);
    bool good = usual;
    series_init(ret, span.step_s);
    *ret_incomplete = 0;
    for (int64_t t = first > span.from ? first : span.from; good && t < span.to; t += span.step_s) {
        const struct metering_sum sum = sum_at(meters, usual, t);
        double mw;
        const enum metering_state state = metering_sum_judge(&sum, span.missing_pct, &mw);
        *ret_incomplete += state == METERING_INCOMPLETE;
        good = state != METERING_COMPLETE || series_put(ret, t, mw) != SERIES_REFUSED;
    }
    for (size_t m = 0; usual && m < meters->n; m++)
        metering_usual_done(&usual[m]);
    free(usual);
    return good;
}

static void tell_meter(const struct engine_meter *meter, enum metering_voice now, const char *zone,
                       const struct civil_clock *clock)
{
    char since[TEXT_TIME_LEN];
    const int64_t end = series_end(&meter->series);
    text_write_time(civil_local(clock, end), civil_offset(clock, end), since);
    if (now == METERING_SILENT)
        log_warning("zone '%s': meter '%s' has said nothing since %s: sums that lack too much "
                    "without it are marked incomplete and not learned from",
                    zone, meter->id, since);
    else if (now == METERING_OUT && meter->told != METERING_UNASKED)
        log_warning("zone '%s': meter '%s' has been silent since %s: the zone is summed without it "
                    "from a week after that on",
                    zone, meter->id, since);
    else if (now == METERING_READS && meter->told > METERING_READS)
        log_notice("zone '%s': meter '%s' reads again", zone, meter->id);
}

static int64_t last_of(const struct engine_meter *meter)
{
    return meter->series.n ? series_end(&meter->series) - meter->series.step_s : INT64_MIN;
}

static struct metering_newest newest_of(const struct engine_meters *meters)
{
    struct metering_newest newest = {INT64_MIN, INT64_MIN};
    for (size_t m = 0; m < meters->n; m++) {
        const int64_t last = last_of(&meters->list[m]);
        newest.any = last > newest.any ? last : newest.any;
        newest.whole = *meters->list[m].id ? newest.whole : last;
    }
    return newest;
}

size_t engine_meters_tell(struct engine_meters *meters, const char *zone,
                          const struct civil_clock *clock, int32_t step_s)
{
    const struct metering_newest newest = newest_of(meters);
    size_t silent = 0;
    for (size_t m = 0; m < meters->n; m++) {
        struct engine_meter *meter = &meters->list[m];
        if (!*meter->id || !meter->series.n)
            continue;
        const enum metering_voice now = metering_voice_of(&newest, last_of(meter), step_s);
        if (now == METERING_UNASKED)
            break;
        if (now != meter->told)
            tell_meter(meter, now, zone, clock);
        meter->told = now;
        silent += now == METERING_SILENT;
    }
    return silent;
}
