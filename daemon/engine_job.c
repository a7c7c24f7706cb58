// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/engine_job.h"

#include <stdlib.h>

#include "daemon/engine_nodes.h"
#include "daemon/engine_points.h"
#include "daemon/log.h"
#include "daemon/site_season.h"
#include "daemon/weather_ahead.h"
#include "models/predict.h"
#include "models/snapshot.h"

struct engine_job *engine_job_new(size_t n_zones, size_t n_stations)
{
    struct engine_job *job = calloc(1, sizeof *job);
    if (!job)
        return NULL;
    job->zones = calloc(n_zones + 1, sizeof *job->zones);
    job->stations = calloc(n_stations + 1, sizeof *job->stations);
    job->outlooks = calloc(n_stations + 1, sizeof *job->outlooks);
    if (!job->zones || !job->stations || !job->outlooks) {
        engine_job_free(job);
        return NULL;
    }
    job->n_zones = n_zones;
    job->n_stations = n_stations;
    return job;
}

void engine_job_free(struct engine_job *job)
{
    if (!job)
        return;
    for (size_t k = 0; k < job->n_zones; k++) {
        series_done(&job->zones[k].load);
        free(job->zones[k].entries);
        if (job->zones[k].done)
            forecast_done(&job->zones[k].forecast);
        free(job->zones[k].snapshot);
    }
    for (size_t k = 0; k < job->n_stations; k++) {
        series_done(&job->stations[k]);
        engine_outlook_done(&job->outlooks[k]);
    }
    engine_nodes_done(job);
    if (job->season)
        site_season_done(job->season);
    free(job->season);
    free(job->zones);
    free(job->stations);
    free(job->outlooks);
    free(job);
}

// Fits and forecasts the zone by `data`, its load and temperature at hand.
static void forecast_zone(struct engine_job *job, size_t k, const struct model_data *data)
{
    struct engine_job_zone *zone = &job->zones[k];
    zone->status = champion_fit(zone->champion, data);
    const struct model *model = champion_model(zone->champion);
    zone->done = job->nodes ? engine_nodes_forecast(job, k, model, data)
                            : predict(model, data, job->issue, job->until, job->n_levels,
                                      job->levels, &zone->forecast);
    zone->snapshot = model ? snapshot_write(model, job->issue) : NULL;
}

// When the oldest of the weather forecasts was made that a zone goes by, 0 for none.
static int64_t oldest_run(const struct engine_job *job, const struct stations_choice *choice)
{
    int64_t oldest = 0;
    for (size_t k = 0; k < choice->chosen; k++) {
        int64_t run = job->outlooks[choice->ranking[k].station].run;
        oldest = run && (!oldest || run < oldest) ? run : oldest;
    }
    return oldest;
}

// The temperature of the zone as of the issue, and how far it is foreseen.
static bool find_temperature(const struct engine_job *job, struct engine_job_zone *zone,
                             const struct series *const stations[], struct model_data *data,
                             struct series *temp)
{
    struct heldout_data history = {data->load, job->calendar, job->clock, job->issue};
    const int64_t until = job->until + ENGINE_WEATHER_BEYOND_S;
    if (!stations_temperature(zone->choice, &history, job->n_stations, stations, until, temp))
        return false;
    data->temp = temp->n ? temp : NULL;
    // The last observation's interval may reach beyond the issue: that is no forecast.
    const int64_t run = oldest_run(job, zone->choice);
    if (!run || !temp->n || series_end(temp) <= job->issue)
        return true;
    data->weather_until = series_end(temp);
    data->weather_is_forecast = true;
    data->weather_age_s = job->issue - run;
    return true;
}

static void run_zone(struct engine_job *job, size_t k, const struct series *const stations[])
{
    struct engine_job_zone *zone = &job->zones[k];
    struct series load, temp;
    if (!zone->load.n || !series_copy(&zone->load, &load))
        return;
    entries_prepare(zone->n_entries, zone->entries, job->clock, job->issue, &load);
    struct model_data data = {
        .load = &load,
        .calendar = job->calendar,
        .clock = job->clock,
        .issue = job->issue,
        .weather_until = job->issue,
        .n_entries = zone->n_entries,
        .entries = zone->entries,
    };
    if (find_temperature(job, zone, stations, &data, &temp)) {
        if (clean_marks_find(zone->marks, &data)) {
            data.load = &zone->marks->load;
            forecast_zone(job, k, &data);
        }
        series_done(&temp);
    }
    series_done(&load);
}

static void run_season(struct engine_job *job)
{
    struct site_season_request request = {
        .config = job->config,
        .inputs = job,
        .first_day = job->season_first,
        .last_day = job->season_last,
        .scenario = &site_scenarios[0],
        .n_paths = (size_t)job->config->season.paths,
        .seed = 1,
    };
    job->season = calloc(1, sizeof *job->season);
    if (job->season && site_season_run(&request, job->season))
        return;
    log_warning("season %s: it could not be simulated; the last one stands", job->season_name);
    free(job->season);
    job->season = NULL;
}

void engine_job_run(struct engine_job *job)
{
    const struct series **stations = calloc(job->n_stations + 1, sizeof *stations);
    struct series *before = calloc(job->n_stations + 1, sizeof *before);
    const bool fine = stations && before && (!job->started || engine_nodes_begin(job));
    for (size_t k = 0; fine && k < job->n_stations; k++) {
        // Nothing observed at or after the issue is known at it.
        before[k] = weather_ahead_known(&job->stations[k], job->issue);
        stations[k] = job->outlooks[k].run ? &job->outlooks[k].series : &before[k];
    }
    for (size_t k = 0; fine && k < job->n_zones; k++)
        run_zone(job, k, stations);
    free(stations);
    free(before);
    if (fine && job->nodes)
        engine_nodes_end(job);
    if (job->season_due)
        run_season(job);
    if (fine && job->nodes)
        engine_points_write(job);
}
