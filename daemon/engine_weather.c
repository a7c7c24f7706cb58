// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/engine_weather.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/log.h"
#include "daemon/weather_ahead.h"
#include "models/civil.h"
#include "models/weather.h"

static void empty(struct series *series)
{
    const int32_t step_s = series->step_s;
    series_done(series);
    series_init(series, step_s);
}

void engine_weather_forget(struct engine_weather *weather)
{
    for (size_t k = 0; k < weather->n; k++)
        empty(&weather->stations[k].observed);
}

void engine_weather_done(struct engine_weather *weather)
{
    for (size_t k = 0; k < weather->n; k++) {
        free(weather->stations[k].id);
        series_done(&weather->stations[k].observed);
    }
    free(weather->stations);
    *weather = (struct engine_weather){0};
}

static int32_t step(const struct engine_weather *weather)
{
    return (int32_t)weather->config->site.step_s;
}

// Weather is kept by the hour where it comes by the hour; the job brings it to the zones' step.
static int32_t first_step(const struct engine_weather *weather, int64_t instant)
{
    return instant % CIVIL_HOUR_S == 0 && step(weather) < CIVIL_HOUR_S ? CIVIL_HOUR_S
                                                                       : step(weather);
}

// The series of that station, made when it is new. NULL without memory.
static struct series *observed(struct engine_weather *weather, const char *id, int32_t step_s)
{
    // Observations of one station mostly follow each other.
    for (size_t i = 0; i < weather->n; i++) {
        const size_t k = (weather->last + i) % weather->n;
        if (!strcmp(weather->stations[k].id, id)) {
            weather->last = k;
            return &weather->stations[k].observed;
        }
    }
    struct engine_station *grown =
        realloc(weather->stations, (weather->n + 1) * sizeof *weather->stations);
    char *name = grown ? strdup(id) : NULL;
    weather->stations = grown ? grown : weather->stations;
    if (!name)
        return NULL;
    grown[weather->n] = (struct engine_station){.id = name};
    series_init(&grown[weather->n].observed, step_s);
    return &grown[weather->n++].observed;
}

// Observations between the hours: the station's series goes over to the zones' finer step.
static bool refine(const struct engine_weather *weather, struct series *series)
{
    struct series fine;
    series_init(&fine, step(weather));
    for (size_t i = 0; i < series->n; i++)
        if (!isnan(series->value[i]) &&
            series_put(&fine, series_instant(series, i), series->value[i]) == SERIES_REFUSED) {
            series_done(&fine);
            return false;
        }
    series_done(series);
    *series = fine;
    return true;
}

void engine_weather_take(struct engine_weather *weather, const struct store_weather *observation)
{
    struct series *series =
        observed(weather, observation->station, first_step(weather, observation->instant));
    bool fine = series;
    if (fine && observation->instant % series->step_s && series->step_s > step(weather))
        fine = refine(weather, series);
    int64_t instant = observation->instant - (fine ? observation->instant % series->step_s : 0);
    if (!fine || series_put(series, instant, observation->temp_c) == SERIES_REFUSED)
        log_warning("station '%s': an observation could not be kept in memory, it is in the store",
                    observation->station);
}

// The points of a run being read.
struct points {
    size_t n, size;
    struct weather_ahead_point *list;
    bool failed;
};

static bool add_point(void *context, const struct store_weather_ahead *row)
{
    struct points *points = context;
    if (points->n == points->size) {
        size_t size = points->size ? 2 * points->size : 512;
        struct weather_ahead_point *grown = realloc(points->list, size * sizeof *grown);
        points->failed = !grown;
        if (!grown)
            return false;
        points->list = grown;
        points->size = size;
    }
    points->list[points->n++] = (struct weather_ahead_point){row->instant, row->temp_c};
    return true;
}

static bool look_at_run(const struct engine_weather *weather, struct store *store, size_t k,
                        int64_t issue, int64_t until, struct engine_outlook *ret)
{
    const struct engine_station *station = &weather->stations[k];
    struct points points = {0};
    int64_t run;
    bool fine = store_newest_weather_run(store, station->id, issue, add_point, &points, &run) &&
                !points.failed;
    ret->stale = fine && run && issue - run > config_weather_stale_s(weather->config, station->id);
    if (fine && run && !ret->stale) {
        fine = weather_ahead_merge(&station->observed, points.n, points.list, issue, until,
                                   &ret->series);
        ret->run = fine && points.n && points.list[points.n - 1].instant >= issue ? run : 0;
        if (!ret->run) // it ends before the issue
            empty(&ret->series);
    }
    free(points.list);
    return fine;
}

// The mean of all stations that have a run of their own, and the age of the oldest of these.
static bool find_lender(size_t n, const struct engine_outlook outlooks[], struct series *ret,
                        int64_t *ret_run)
{
    const struct series **lenders = calloc(n + 1, sizeof *lenders);
    size_t found = 0;
    *ret_run = INT64_MAX;
    for (size_t k = 0; lenders && k < n; k++) {
        // Only those on the same grid can be put together.
        if (!outlooks[k].run || (found && outlooks[k].series.step_s != lenders[0]->step_s))
            continue;
        lenders[found++] = &outlooks[k].series;
        *ret_run = outlooks[k].run < *ret_run ? outlooks[k].run : *ret_run;
    }
    bool fine = lenders && weather_combine(found, lenders, ret);
    free(lenders);
    return fine;
}

static bool borrow_all(const struct engine_weather *weather, int64_t issue, int64_t until,
                       struct engine_outlook ret[])
{
    struct series lender;
    int64_t run;
    bool any = false, all = true;
    for (size_t k = 0; k < weather->n; k++) {
        any |= ret[k].run != 0;
        all &= ret[k].run != 0;
    }
    if (!any || all)
        return true;
    if (!find_lender(weather->n, ret, &lender, &run))
        return false;
    bool fine = true;
    for (size_t k = 0; fine && k < weather->n; k++) {
        if (ret[k].run)
            continue;
        series_done(&ret[k].series);
        fine = weather_ahead_borrow(&weather->stations[k].observed, &lender, issue, until,
                                    &ret[k].series);
        ret[k].borrowed = fine && ret[k].series.n;
        ret[k].run = ret[k].borrowed ? run : 0;
    }
    series_done(&lender);
    return fine;
}

bool engine_weather_look_ahead(const struct engine_weather *weather, struct store *store,
                               int64_t issue, int64_t until, struct engine_outlook ret[])
{
    const int64_t end = until + ENGINE_WEATHER_BEYOND_S;
    bool fine = true;
    for (size_t k = 0; k < weather->n; k++) {
        ret[k] = (struct engine_outlook){0};
        series_init(&ret[k].series, weather->stations[k].observed.step_s);
    }
    for (size_t k = 0; fine && k < weather->n; k++)
        fine = look_at_run(weather, store, k, issue, end, &ret[k]);
    return fine && borrow_all(weather, issue, end, ret);
}

void engine_outlook_done(struct engine_outlook *outlook)
{
    series_done(&outlook->series);
}

void engine_weather_tell(struct engine_weather *weather, const struct engine_outlook outlooks[])
{
    for (size_t k = 0; k < weather->n; k++) {
        struct engine_station *station = &weather->stations[k];
        if (outlooks[k].stale == station->told_stale)
            continue;
        station->told_stale = outlooks[k].stale;
        if (outlooks[k].stale)
            log_warning(
                "station '%s': its weather forecast is older than %" PRId64
                " h: the load is forecast by %s until there is a newer one",
                station->id, config_weather_stale_s(weather->config, station->id) / CIVIL_HOUR_S,
                outlooks[k].borrowed ? "that of other stations" : "the weather of earlier years");
        else
            log_notice("station '%s': its weather forecast is new enough again", station->id);
    }
}
