// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/engine_keep.h"

#include <math.h>

#include "daemon/buffer.h"
#include "daemon/engine_nodes.h"
#include "daemon/engine_points.h"
#include "daemon/pieces.h"
#include "daemon/points.h"
#include "daemon/scoreboard.h"
#include "daemon/site_season.h"
#include "daemon/store_outbox.h"
#include "daemon/store_peaks.h"

enum { BATCH_BYTES_MAX = 64 << 20, BODY_ENOUGH = 16 << 20 };

// Where things go while a round is kept.
struct keeper {
    const struct config *config;
    struct store *store;
    const struct engine_job *job;
    struct buffer body;
};

// Puts the body into the outbox of one sink, in batches of as many lines as it takes, and empties
// it.
static bool push_body(struct keeper *keeper, const struct config_sink *sink)
{
    struct buffer *body = &keeper->body;
    struct pieces pieces;
    bool fine = !body->failed;
    pieces_init(&pieces, body->data, body->length);
    while (fine) {
        pieces_cut(&pieces, (size_t)sink->batch_lines);
        if (!pieces.lines)
            break;
        fine = store_outbox_push(keeper->store, sink->name, keeper->job->started,
                                 pieces.body + pieces.at, pieces.end - pieces.at);
        pieces_skip(&pieces);
    }
    buffer_clear(body);
    return fine;
}

// The forecasts of all zones and sums, and the odds of their peaks.
static bool push_forecasts(struct keeper *keeper, const struct config_sink *sink)
{
    const struct engine_job *job = keeper->job;
    for (size_t k = 0; k < job->names->n; k++) {
        if (!job->nodes[k].done)
            continue;
        const struct engine_job_points *points = engine_points_for(&job->nodes[k], sink);
        if (!points)
            return false;
        buffer_append(&keeper->body, points->text, points->length);
        if (keeper->body.length > BODY_ENOUGH && !push_body(keeper, sink))
            return false;
    }
    return push_body(keeper, sink);
}

static bool keep_node(struct keeper *keeper, size_t k)
{
    const struct engine_job *job = keeper->job;
    const struct engine_job_node *node = &job->nodes[k];
    const char *id = job->names->nodes[k].id;
    const char *snapshot = k < job->n_zones ? job->zones[k].snapshot : NULL;
    if (!node->done)
        return true;
    return store_put_forecast(keeper->store, id, engine_nodes_result(job, k)) &&
           (!node->has_peaks || store_put_peaks(keeper->store, id, &node->peaks)) &&
           (!snapshot || store_put_model(keeper->store, id, job->issue, snapshot));
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
            points_season(&keeper->body, &row, keeper->job->simulated);
        }
        if (!push_body(keeper, &keeper->config->sinks[s]))
            return false;
    }
    return true;
}

static bool bound_outboxes(const struct keeper *keeper)
{
    for (size_t s = 0; s < keeper->config->n_sinks; s++) {
        const struct config_sink *sink = &keeper->config->sinks[s];
        if (!store_outbox_bound(keeper->store, sink->name, keeper->job->started, sink->outbox_bytes,
                                sink->outbox_age_s))
            return false;
    }
    return true;
}

static bool keep_all(struct keeper *keeper, struct engine_keep_days days)
{
    const struct engine_job *job = keeper->job;
    int64_t thin_before = job->issue - keeper->config->store.vintages_s;
    int32_t offset_s = civil_offset(job->clock, job->issue);
    if (!job->nodes)
        return false; // there was no memory for them
    for (size_t k = 0; k < job->names->n; k++)
        if (!keep_node(keeper, k))
            return false;
    for (size_t s = 0; s < keeper->config->n_sinks; s++)
        if (!push_forecasts(keeper, &keeper->config->sinks[s]))
            return false;
    return keep_season(keeper) && keep_scores(keeper, days) && bound_outboxes(keeper) &&
           store_thin_forecasts(keeper->store, thin_before, offset_s) &&
           store_thin_peaks(keeper->store, thin_before, offset_s) &&
           store_thin_weather_runs(keeper->store, thin_before, offset_s) &&
           store_commit(keeper->store);
}

bool engine_keep(const struct config *config, struct store *store, const struct engine_job *job,
                 struct engine_keep_days days)
{
    struct keeper keeper = {.config = config, .store = store, .job = job};
    if (!store_begin(store))
        return false;
    buffer_init(&keeper.body, BATCH_BYTES_MAX);
    bool kept = keep_all(&keeper, days);
    if (!kept)
        store_rollback(store);
    buffer_done(&keeper.body);
    return kept;
}
