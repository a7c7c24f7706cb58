// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/engine_keep.h"

#include <math.h>

#include "daemon/buffer.h"
#include "daemon/points.h"
#include "daemon/scoreboard.h"
#include "daemon/site_season.h"

enum { BATCH_BYTES_MAX = 64 << 20 };

// Where things go while a round is kept.
struct keeper {
    const struct config *config;
    struct store *store;
    const struct engine_job *job;
    struct buffer body;
    bool simulated; // what was forecast from is made up
};

// Puts the body into the outbox of one sink, and empties it.
static bool push_body(struct keeper *keeper, const struct config_sink *sink)
{
    struct buffer *body = &keeper->body;
    bool fine = !body->failed &&
                (!body->length || store_outbox_push(keeper->store, sink->name, keeper->job->issue,
                                                    body->data, body->length));
    buffer_clear(body);
    return fine;
}

// The firm capacity on the day of the issue: what stands now, not what is planned.
static double limit_mw(const struct keeper *keeper, size_t zone)
{
    int64_t local = civil_local(keeper->job->clock, keeper->job->issue);
    return config_firm_mw(keeper->config, zone, civil_day(local));
}

static bool push_forecast(struct keeper *keeper, const struct config_sink *sink, size_t zone)
{
    const struct forecast *forecast = &keeper->job->zones[zone].forecast;
    size_t per_batch = sink->batch_lines > 1 ? (size_t)sink->batch_lines / 2 : 1;
    bool fine = true;
    for (size_t from = 0; fine && from < forecast->n; from += per_batch) {
        size_t to = from + per_batch < forecast->n ? from + per_batch : forecast->n;
        points_forecast(&keeper->body, keeper->config->zones[zone].id, forecast,
                        limit_mw(keeper, zone), from, to, keeper->simulated);
        fine = push_body(keeper, sink);
    }
    return fine;
}

static bool keep_zone(struct keeper *keeper, size_t zone)
{
    const struct engine_job_zone *result = &keeper->job->zones[zone];
    const char *id = keeper->config->zones[zone].id;
    if (!result->done)
        return true;
    if (!store_put_forecast(keeper->store, id, &result->forecast))
        return false;
    if (result->snapshot &&
        !store_put_model(keeper->store, id, result->forecast.issue, result->snapshot))
        return false;
    for (size_t s = 0; s < keeper->config->n_sinks; s++)
        if (!push_forecast(keeper, &keeper->config->sinks[s], zone))
            return false;
    return true;
}

// The scores of all zones on the days, one batch for each sink.
static bool keep_scores(struct keeper *keeper, struct engine_keep_days days)
{
    for (size_t s = 0; s < keeper->config->n_sinks; s++) {
        for (size_t k = 0; k < keeper->job->n_zones; k++)
            for (int64_t day = days.first; day <= days.last; day++)
                if (!scoreboard_day(keeper->store, keeper->config->zones[k].id, keeper->job->clock,
                                    &keeper->job->zones[k].load, day, &keeper->body))
                    return false;
        if (!push_body(keeper, &keeper->config->sinks[s]))
            return false;
    }
    return true;
}

static bool read_node(const struct keeper *keeper, size_t k, struct store_season *ret)
{
    const struct engine_job *job = keeper->job;
    const struct site_node *node = &job->season->nodes[k];
    const struct peaks *peaks = site_season_peaks(job->season, k);
    struct peaks_odds odds;
    double poe[STORE_SEASON_LEVELS];
    for (int i = 0; i < STORE_SEASON_LEVELS; i++)
        poe[i] = (double)(STORE_SEASON_LEVELS - i) / 100;
    *ret = (struct store_season){
        .issue = job->issue,
        .season = job->season_name,
        .scenario = site_scenarios[0].name,
        .zone = node->id,
        .limit_mw = node->limit_mw,
    };
    if (!peaks_quantiles(peaks, PEAKS_PEAK, STORE_SEASON_LEVELS, poe, ret->peak_mw) ||
        !peaks_odds(peaks, job->clock, &odds))
        return false;
    ret->p_over = isnan(node->limit_mw) ? (double)NAN : odds.p_over;
    ret->peak_hour = odds.hour;
    return true;
}

// The coming season into the store, and one batch for each sink.
static bool keep_season(struct keeper *keeper)
{
    const struct site_season *season = keeper->job->season;
    struct store_season row;
    for (size_t k = 0; season && k < season->n_nodes; k++)
        if (!read_node(keeper, k, &row) || !store_put_season(keeper->store, &row))
            return false;
    for (size_t s = 0; season && s < keeper->config->n_sinks; s++) {
        for (size_t k = 0; k < season->n_nodes; k++) {
            if (!read_node(keeper, k, &row))
                return false;
            points_season(&keeper->body, &row, keeper->simulated);
        }
        if (!push_body(keeper, &keeper->config->sinks[s]))
            return false;
    }
    return true;
}

static bool keep_all(struct keeper *keeper, struct engine_keep_days days)
{
    const struct engine_job *job = keeper->job;
    int64_t thin_before = job->issue - keeper->config->store.vintages_s;
    int32_t offset_s = civil_offset(job->clock, job->issue);
    for (size_t k = 0; k < job->n_zones; k++)
        if (!keep_zone(keeper, k))
            return false;
    return keep_season(keeper) && keep_scores(keeper, days) &&
           store_thin_forecasts(keeper->store, thin_before, offset_s) &&
           store_thin_weather_runs(keeper->store, thin_before, offset_s) &&
           store_commit(keeper->store);
}

bool engine_keep(const struct config *config, struct store *store, const struct engine_job *job,
                 struct engine_keep_days days)
{
    struct keeper keeper = {.config = config, .store = store, .job = job};
    if (!store_simulated(store, &keeper.simulated) || !store_begin(store))
        return false;
    buffer_init(&keeper.body, BATCH_BYTES_MAX);
    bool kept = keep_all(&keeper, days);
    if (!kept)
        store_rollback(store);
    buffer_done(&keeper.body);
    return kept;
}
