// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/engine.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/engine_job.h"
#include "daemon/engine_keep.h"
#include "daemon/engine_meters.h"
#include "daemon/engine_weather.h"
#include "daemon/entry_list.h"
#include "daemon/log.h"
#include "daemon/points.h"

enum { RETRY_S = 60, RETRY_MAX_S = 3600 };

struct zone {
    struct engine_meters meters;
    size_t incomplete, silent;     // intervals of the last round's history; meters
    struct champion *champion;     // lent to the job while one is out
    struct stations_choice choice; // so too
    struct clean_marks marks;      // so too
    char told_faults[CLEAN_MARKS_TEXT_LEN];
    int64_t newest_reading, issue;
    char model_name[FORECAST_MODEL_LEN];
    double fit_rows;
};

struct engine {
    const struct config *config;
    struct store *store;
    struct civil_clock clock;
    struct calendar *calendar;
    struct engine_weather weather;
    size_t n_zones;
    struct zone *zones; // beside config->zones
    int64_t last_issue, retry_at;
    int64_t last_season; // issue of the last season that was simulated, 0 for none yet
    int64_t last_scored; // civil day; 0 before the first
    int failures;
    bool job_out;
};

static bool fill_calendar(struct engine *engine)
{
    static const enum calendar_kind kinds[] = {[CONFIG_DAY_HOLIDAY] = CALENDAR_HOLIDAY,
                                               [CONFIG_DAY_WORKING] = CALENDAR_WORKING,
                                               [CONFIG_DAY_TET] = CALENDAR_TET};
    for (size_t k = 0; k < engine->config->n_days; k++)
        if (!calendar_add(engine->calendar, engine->config->days[k].day,
                          kinds[engine->config->days[k].kind]))
            return false;
    return true;
}

static int32_t step(const struct engine *engine)
{
    return (int32_t)engine->config->site.step_s;
}

void engine_take_reading(struct engine *engine, const struct store_reading *reading)
{
    size_t index = config_zone_find(engine->config, reading->zone);
    if (index == SIZE_MAX)
        return;
    struct zone *zone = &engine->zones[index];
    struct series *meter = engine_meters_named(&zone->meters, reading->meter, step(engine));
    if (!meter || series_put(meter, reading->instant, reading->mw) == SERIES_REFUSED) {
        log_warning("zone '%s': a reading could not be kept in memory, it is in the store",
                    reading->zone);
        return;
    }
    if (reading->instant + step(engine) > zone->newest_reading)
        zone->newest_reading = reading->instant + step(engine);
}

void engine_take_weather(struct engine *engine, const struct store_weather *weather)
{
    engine_weather_take(&engine->weather, weather);
}

static bool load_reading(void *context, const struct store_reading *reading)
{
    engine_take_reading(context, reading);
    return true;
}

static bool load_weather(void *context, const struct store_weather *weather)
{
    engine_take_weather(context, weather);
    return true;
}

bool engine_reload(struct engine *engine)
{
    for (size_t k = 0; k < engine->n_zones; k++) {
        struct zone *zone = &engine->zones[k];
        engine_meters_forget(&zone->meters);
        zone->newest_reading = 0;
    }
    engine_weather_forget(&engine->weather);
    return store_each_weather(engine->store, INT64_MIN, INT64_MAX, load_weather, engine) &&
           store_each_reading(engine->store, NULL, INT64_MIN, INT64_MAX, load_reading, engine);
}

static bool make_zones(struct engine *engine)
{
    engine->n_zones = engine->config->n_zones;
    engine->zones = calloc(engine->n_zones + 1, sizeof *engine->zones);
    for (size_t k = 0; engine->zones && k < engine->n_zones; k++) {
        engine->zones[k].champion = champion_new(step(engine));
        if (!engine->zones[k].champion)
            return false;
    }
    return engine->zones;
}

// The last issue that the store knows, so that a restart does not forecast again at once.
static bool recall_issues(struct engine *engine)
{
    for (size_t k = 0; k < engine->n_zones; k++) {
        struct forecast forecast;
        bool found;
        struct zone *zone = &engine->zones[k];
        if (!store_get_forecast(engine->store, engine->config->zones[k].id, INT64_MAX, &forecast,
                                &found))
            return false;
        if (!found)
            continue;
        zone->issue = forecast.issue;
        snprintf(zone->model_name, sizeof zone->model_name, "%s", forecast.model);
        if (forecast.issue > engine->last_issue)
            engine->last_issue = forecast.issue;
        forecast_done(&forecast);
    }
    return true;
}

static bool note_season(void *context, const struct store_season *season)
{
    struct engine *engine = context;
    if (season->issue > engine->last_season)
        engine->last_season = season->issue;
    return true;
}

struct engine *engine_new(const struct config *config, struct store *store,
                          char ret_error[static 256])
{
    struct engine *engine = calloc(1, sizeof *engine);
    snprintf(ret_error, 256, "out of memory");
    if (!engine)
        return NULL;
    engine->config = engine->weather.config = config;
    engine->store = store;
    engine->calendar = calendar_new();
    if (!civil_clock_parse(config->site.clock, &engine->clock))
        snprintf(ret_error, 256,
                 "[site] clock = \"%s\": neither an offset such as +07:00 nor a "
                 "POSIX TZ rule",
                 config->site.clock);
    else if (engine->calendar && fill_calendar(engine) && make_zones(engine)) {
        if (recall_issues(engine) && store_each_season(store, note_season, engine) &&
            engine_reload(engine))
            return engine;
        snprintf(ret_error, 256, "the store: %s", store_error(store));
    }
    engine_free(engine);
    return NULL;
}

void engine_free(struct engine *engine)
{
    if (!engine)
        return;
    for (size_t k = 0; engine->zones && k < engine->n_zones; k++) {
        engine_meters_forget(&engine->zones[k].meters);
        champion_free(engine->zones[k].champion);
        stations_choice_done(&engine->zones[k].choice);
        clean_marks_done(&engine->zones[k].marks);
    }
    engine_weather_done(&engine->weather);
    free(engine->zones);
    calendar_free(engine->calendar);
    free(engine);
}

const struct civil_clock *engine_clock(const struct engine *engine)
{
    return &engine->clock;
}

static int64_t newest_reading(const struct engine *engine)
{
    int64_t newest = 0;
    for (size_t k = 0; k < engine->n_zones; k++)
        if (engine->zones[k].newest_reading > newest)
            newest = engine->zones[k].newest_reading;
    return newest;
}

int64_t engine_now(const struct engine *engine, int64_t system_now)
{
    if (engine->config->forecast.clock == CONFIG_CLOCK_READINGS)
        return newest_reading(engine);
    return system_now - system_now % step(engine);
}

int64_t engine_round_after(const struct engine *engine, int64_t issue)
{
    // Rounds are counted on the site's clock: "every 24h" means at its midnight.
    int64_t every = engine->config->forecast.every_s;
    return issue - civil_local(&engine->clock, issue) % every + every;
}

int64_t engine_next_due(const struct engine *engine, int64_t system_now)
{
    if (engine->job_out || !newest_reading(engine))
        return INT64_MAX;
    int64_t now = engine_now(engine, system_now);
    int64_t next = engine_round_after(engine, engine->last_issue);
    // The clock of the readings moves only when one comes.
    bool readings = engine->config->forecast.clock == CONFIG_CLOCK_READINGS;
    int64_t due = next <= now ? system_now : readings ? INT64_MAX : next;
    return due < engine->retry_at ? engine->retry_at : due;
}

// What models learn from; what is older stays in the store only.
static struct engine_meters_span history_of(const struct engine *engine, size_t zone, int64_t issue)
{
    return (struct engine_meters_span){.from = issue - engine->config->forecast.history_s,
                                       .to = engine->zones[zone].newest_reading,
                                       .step_s = step(engine),
                                       .missing_pct = engine->config->intake.missing_pct};
}

static bool copy_inputs(const struct engine *engine, struct engine_job *job)
{
    for (size_t k = 0; k < engine->weather.n; k++)
        if (!series_copy(&engine->weather.stations[k].observed, &job->stations[k]))
            return false;
    for (size_t k = 0; k < engine->n_zones; k++) {
        job->zones[k].champion = engine->zones[k].champion;
        job->zones[k].choice = &engine->zones[k].choice;
        job->zones[k].marks = &engine->zones[k].marks;
        if (!engine_meters_sum(&engine->zones[k].meters, history_of(engine, k, job->issue),
                               &job->zones[k].load, &job->zones[k].incomplete))
            return false;
    }
    return true;
}

// The register as it stands now: few rows, so they are read anew for every job, whoever has entered
// them.
static bool copy_entries(const struct engine *engine, struct engine_job *job)
{
    struct entry_list list;
    if (!entry_list_read(engine->config, &engine->clock, engine->store, &list))
        return false;
    bool fine = true;
    for (size_t k = 0; fine && k < engine->n_zones; k++)
        fine = entry_list_of_zone(&list, k, job->issue, &job->zones[k].n_entries,
                                  &job->zones[k].entries);
    entry_list_done(&list);
    return fine;
}

static void postpone(struct engine *engine, int64_t system_now)
{
    int64_t wait = (int64_t)RETRY_S << (engine->failures < 6 ? engine->failures : 6);
    engine->retry_at = system_now + (wait < RETRY_MAX_S ? wait : RETRY_MAX_S);
    engine->failures++;
}

struct engine_job *engine_gather(const struct engine *engine, int64_t issue)
{
    struct engine_job *job = engine_job_new(engine->n_zones, engine->weather.n);
    if (!job)
        return NULL;
    job->issue = issue;
    job->until = issue + engine->config->forecast.horizon_s;
    job->clock = &engine->clock;
    job->calendar = engine->calendar;
    if (copy_inputs(engine, job) && copy_entries(engine, job) &&
        engine_weather_look_ahead(&engine->weather, engine->store, job->issue, job->until,
                                  job->outlooks))
        return job;
    engine_job_free(job);
    return NULL;
}

// The season that is on at the issue, or the next one to come.
static void plan_season(const struct engine *engine, struct engine_job *job)
{
    int64_t every = engine->config->season.every_s;
    int64_t day = civil_day(civil_local(&engine->clock, job->issue));
    int year = civil_date_from_day(day).year;
    if (!every || (engine->last_season && job->issue < engine->last_season + every))
        return;
    for (int k = -1; k <= 1 && !job->season_due; k++) {
        snprintf(job->season_name, sizeof job->season_name, "%04d-%s", year + k,
                 engine->config->season.name);
        job->season_due = config_season_days(engine->config, job->season_name, &job->season_first,
                                             &job->season_last) &&
                          job->season_last >= day;
    }
}

struct engine_job *engine_start_job(struct engine *engine, int64_t system_now)
{
    if (engine_next_due(engine, system_now) > system_now)
        return NULL;
    // Should this job fail, the next may only be tried after a while.
    postpone(engine, system_now);
    struct engine_job *job = engine_gather(engine, engine_now(engine, system_now));
    if (!job || !store_simulated(engine->store, &job->simulated)) {
        engine_job_free(job);
        log_error("no memory for a forecast, or the store cannot be read (%s): trying again in a "
                  "while",
                  store_error(engine->store));
        return NULL;
    }
    job->started = system_now;
    job->config = engine->config;
    engine_weather_tell(&engine->weather, job->outlooks);
    plan_season(engine, job);
    job->levels = points_levels;
    job->n_levels = POINTS_LEVELS;
    engine->job_out = true;
    return job;
}

// The days that are over and not yet scored: each is given some hours for its last readings to
// come.
static struct engine_keep_days days_to_score(const struct engine *engine, int64_t issue)
{
    enum { SETTLE_S = 6 * CIVIL_HOUR_S, CATCH_UP_DAYS = 3 };
    int64_t last = civil_day(civil_local(&engine->clock, issue) - SETTLE_S) - 1;
    int64_t first = engine->last_scored ? engine->last_scored + 1 : last;
    if (first < last - CATCH_UP_DAYS)
        first = last - CATCH_UP_DAYS;
    return (struct engine_keep_days){first, last};
}

static void remember_zone(struct zone *zone, const struct engine_job_zone *result)
{
    zone->incomplete = result->incomplete;
    if (!result->done)
        return;
    zone->issue = result->forecast.issue;
    const struct model *model = champion_model(result->champion);
    zone->fit_rows = model ? model_rows(model) : 0;
    snprintf(zone->model_name, sizeof zone->model_name, "%s", result->forecast.model);
}

// Says what a zone's forecasts leave out, when that has changed.
static void tell_faults(struct zone *zone, const char *id)
{
    char text[CLEAN_MARKS_TEXT_LEN];
    (void)clean_marks_text(&zone->marks, text);
    if (strcmp(text, zone->told_faults))
        log_notice("zone '%s': intervals left out of its history as faults: %s", id,
                   *text ? text : "none any more");
    strcpy(zone->told_faults, text);
}

static void tell_zone(struct engine *engine, size_t k)
{
    struct zone *zone = &engine->zones[k];
    const char *id = engine->config->zones[k].id;
    tell_faults(zone, id);
    zone->silent = engine_meters_tell(&zone->meters, id, &engine->clock, step(engine));
}

bool engine_finish_job(struct engine *engine, struct engine_job *job)
{
    struct engine_keep_days days = days_to_score(engine, job->issue);
    bool kept = engine_keep(engine->config, engine->store, job, days);
    engine->job_out = false;
    if (kept) {
        if (days.last > engine->last_scored)
            engine->last_scored = days.last;
        for (size_t k = 0; k < job->n_zones; k++)
            remember_zone(&engine->zones[k], &job->zones[k]);
        for (size_t k = 0; k < job->n_zones; k++)
            tell_zone(engine, k);
        engine->last_issue = job->issue;
        if (job->season)
            engine->last_season = job->issue;
        engine->failures = 0;
        engine->retry_at = 0;
    }
    engine_job_free(job);
    return kept;
}

int64_t engine_newest_weather(const struct engine *engine)
{
    int64_t newest = 0;
    for (size_t k = 0; k < engine->weather.n; k++) {
        const struct series *series = &engine->weather.stations[k].observed;
        if (series->n && series_end(series) > newest)
            newest = series_end(series);
    }
    return newest;
}

bool engine_newest_load(const struct engine *engine, size_t zone, int64_t *ret_end, double *ret_mw)
{
    enum { LATE = 4 }; // intervals that meters may be behind each other
    struct series load;
    size_t incomplete;
    const struct engine_meters_span span = {.from = engine->zones[zone].newest_reading -
                                                    LATE * step(engine),
                                            .to = engine->zones[zone].newest_reading,
                                            .step_s = step(engine),
                                            .missing_pct = engine->config->intake.missing_pct};
    const bool fine =
        engine_meters_sum(&engine->zones[zone].meters, span, &load, &incomplete) && load.n;
    // A series ends in a reading that is known.
    if (fine) {
        *ret_end = series_end(&load);
        *ret_mw = series_at(&load, *ret_end - load.step_s);
    }
    series_done(&load);
    return fine;
}

size_t engine_zones(const struct engine *engine)
{
    return engine->n_zones;
}

struct engine_zone_state engine_zone(const struct engine *engine, size_t zone)
{
    const struct zone *z = &engine->zones[zone];
    return (struct engine_zone_state){
        .id = engine->config->zones[zone].id,
        .newest_reading = z->newest_reading,
        .issue = z->issue,
        .model = z->model_name,
        .fit_rows = z->fit_rows,
        .incomplete = z->incomplete,
        .silent_meters = z->silent,
    };
}
