// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/scoreboard.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "daemon/lineproto.h"
#include "daemon/origin.h"
#include "daemon/points.h"
#include "daemon/store_scores.h"
#include "models/baseline.h"
#include "models/score.h"

// What one vintage came to on the day.
struct result {
    bool known;
    char model[FORECAST_MODEL_LEN];
    struct score score, baseline;
};

struct board {
    const struct series *load;
    int64_t from, to; // the day
    bool simulated;   // its load is made up
    struct result leads[SCOREBOARD_LEADS];
};

static bool day_is_complete(const struct board *board)
{
    for (int64_t t = board->from; t < board->to; t += board->load->step_s)
        if (isnan(series_at(board->load, t)))
            return false;
    return true;
}

static struct result judge(const struct board *board, const struct forecast *forecast)
{
    struct result result = {.known = true};
    snprintf(result.model, sizeof result.model, "%s", forecast->model);
    for (size_t i = 0; i < forecast->n; i++) {
        int64_t target = forecast_instant(forecast, i);
        if (target < board->from || target >= board->to)
            continue;
        double actual = series_at(board->load, target);
        score_add(&result.score, actual, forecast->mean[i], forecast->n_levels, forecast->level,
                  forecast_quantiles(forecast, i));
        score_add(&result.baseline, actual, baseline_mean(board->load, forecast->issue, target), 0,
                  NULL, NULL);
    }
    return result;
}

// Vintages come in the order of their issue, so the last one that is old enough for a lead stays.
static bool take_vintage(void *context, const char *zone, const struct forecast *forecast)
{
    struct board *board = context;
    int64_t end = forecast_instant(forecast, forecast->n);
    (void)zone;
    if (forecast->issue > board->from || end < board->to)
        return true;
    struct result result = judge(board, forecast);
    for (int k = 0; k < SCOREBOARD_LEADS; k++)
        if (forecast->issue <= board->from - k * (int64_t)CIVIL_DAY_S)
            board->leads[k] = result;
    return true;
}

static struct store_score score_of(const struct result *result)
{
    const struct score *score = &result->score;
    return (struct store_score){
        .model = result->model,
        .mape = score_mape(score),
        .nmae = score_nmae(score),
        .coverage90 = (double)score->covered90 / (double)score->n_cover90,
        .pinball = score_mean_pinball(score),
        .mae = score_mae(score),
        .week_mae = score_mae(&result->baseline),
    };
}

static void put(struct lineproto_writer *writer, const char *key, double value)
{
    lineproto_put_real(writer, key, points_rounded(value));
}

static void put_score(const struct board *board, const struct store_score *score,
                      struct buffer *out)
{
    struct lineproto_writer writer;
    char text[16];
    snprintf(text, sizeof text, "%dd", score->lead);
    lineproto_begin(&writer, out, "forecast_score");
    lineproto_put_tag(&writer, "lead", text);
    lineproto_put_tag(&writer, "model", score->model);
    if (board->simulated)
        lineproto_put_tag(&writer, ORIGIN_COLUMN, ORIGIN_SIMULATED);
    lineproto_put_tag(&writer, "zone", score->zone);
    put(&writer, "coverage90", score->coverage90);
    put(&writer, "mape", score->mape);
    put(&writer, "nmae", score->nmae);
    put(&writer, "pinball", score->pinball);
    put(&writer, "skill", 1 - score->mae / score->week_mae);
    (void)!lineproto_end(&writer, board->to * 1000000000);
}

bool scoreboard_day(struct store *store, const char *zone, const struct civil_clock *clock,
                    const struct series *load, int64_t day, struct buffer *out)
{
    struct board board = {.load = load};
    board.from = civil_instant(clock, day * CIVIL_DAY_S);
    board.to = civil_instant(clock, (day + 1) * CIVIL_DAY_S);
    if (!day_is_complete(&board))
        return true;
    // The oldest lead may have been issued up to a week before its beginning.
    int64_t first = board.from - 2 * SCOREBOARD_LEADS * (int64_t)CIVIL_DAY_S;
    if (!store_simulated(store, &board.simulated) ||
        !store_each_forecast(store, zone, first, board.from + 1, take_vintage, &board))
        return false;
    for (int k = 0; k < SCOREBOARD_LEADS; k++) {
        struct store_score score = score_of(&board.leads[k]);
        score.zone = zone;
        score.day = day;
        score.lead = k + 1;
        if (board.leads[k].known && !store_put_score(store, &score))
            return false;
        if (board.leads[k].known)
            put_score(&board, &score, out);
    }
    return true;
}
