// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/engine_job.h"

#include <stdlib.h>

#include "models/predict.h"
#include "models/snapshot.h"
#include "models/weather.h"

enum { WEATHER_GAP_S = 3 * CIVIL_HOUR_S }; // longer gaps of the temperature stay gaps

struct engine_job *engine_job_new(size_t n_zones, size_t n_stations)
{
    struct engine_job *job = calloc(1, sizeof *job);
    if (!job)
        return NULL;
    job->zones = calloc(n_zones + 1, sizeof *job->zones);
    job->stations = calloc(n_stations + 1, sizeof *job->stations);
    if (!job->zones || !job->stations) {
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
        if (job->zones[k].done)
            forecast_done(&job->zones[k].forecast);
        free(job->zones[k].snapshot);
    }
    for (size_t k = 0; k < job->n_stations; k++)
        series_done(&job->stations[k]);
    free(job->zones);
    free(job->stations);
    free(job);
}

// All stations as one temperature on the zones' step; empty where there is none.
static bool combine_weather(const struct engine_job *job, int32_t step_s, struct series *ret)
{
    const struct series **stations = calloc(job->n_stations + 1, sizeof *stations);
    struct series together;
    if (!stations)
        return false;
    for (size_t k = 0; k < job->n_stations; k++)
        stations[k] = &job->stations[k];
    bool fine = weather_combine(job->n_stations, stations, &together);
    free(stations);
    if (!fine)
        return false;
    fine = series_resample(&together, step_s, WEATHER_GAP_S, ret);
    series_done(&together);
    return fine;
}

static void run_zone(const struct engine_job *job, struct engine_job_zone *zone,
                     const struct series *temp)
{
    struct model_data data = {
        .load = &zone->load,
        .temp = temp->n ? temp : NULL,
        .calendar = job->calendar,
        .clock = job->clock,
        .issue = job->issue,
        .weather_until = job->issue,
    };
    if (!zone->load.n)
        return;
    zone->status = champion_fit(zone->champion, &data);
    const struct model *model = champion_model(zone->champion);
    zone->done =
        predict(model, &data, job->issue, job->until, job->n_levels, job->levels, &zone->forecast);
    zone->snapshot = model ? snapshot_write(model, job->issue) : NULL;
}

void engine_job_run(struct engine_job *job)
{
    struct series temp;
    if (!job->n_zones)
        return;
    if (!combine_weather(job, job->zones[0].load.step_s, &temp))
        return;
    for (size_t k = 0; k < job->n_zones; k++)
        run_zone(job, &job->zones[k], &temp);
    series_done(&temp);
}
