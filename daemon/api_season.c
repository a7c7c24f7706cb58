// SPDX-License-Identifier: GPL-3.0-or-later
// /nodes/{id}/season and scores: how high a season will go, and how good forecasts were.
#include <math.h>
#include <string.h>

#include "daemon/api_internal.h"
#include "daemon/store_scores.h"

// One level of a season in a table of its own row.
static void write_row(struct api_call *call, const struct store_season *season, int k)
{
    struct document *d = &call->document;
    document_row(d);
    document_time(d, NULL, season->issue);
    document_text(d, NULL, season->season);
    document_text(d, NULL, season->scenario);
    document_text(d, NULL, season->zone);
    document_real(d, NULL, (double)(STORE_SEASON_LEVELS - k) / 100);
    document_real(d, NULL, season->peak_mw[k]);
    document_real(d, NULL, season->limit_mw);
    document_real(d, NULL, season->p_over);
    document_integer(d, NULL, season->peak_hour);
    document_close(d);
}

static void write_scenario(struct api_call *call, const struct store_season *season)
{
    struct document *d = &call->document;
    document_row(d);
    document_time(d, "issue", season->issue);
    document_text(d, "season", season->season);
    document_text(d, "scenario", season->scenario);
    document_real(d, "limit_mw", season->limit_mw);
    document_real(d, "p_over", season->p_over);
    document_integer(d, "peak_hour", season->peak_hour);
    document_array(d, "levels");
    for (int k = 0; k < STORE_SEASON_LEVELS; k++) {
        document_object(d, NULL);
        document_real(d, "poe", (double)(STORE_SEASON_LEVELS - k) / 100);
        document_real(d, "peak_mw", season->peak_mw[k]);
        document_close(d);
    }
    document_close(d);
    document_close(d);
}

static bool write_season(void *context, const struct store_season *season)
{
    struct api_call *call = context;
    if (strcmp(season->zone, call->node->id) != 0)
        return true;
    if (!call->document.csv)
        write_scenario(call, season);
    for (int k = 0; call->document.csv && k < STORE_SEASON_LEVELS; k++)
        write_row(call, season, k);
    return true;
}

bool api_season_answer(struct api_call *call)
{
    document_rows(&call->document, "scenarios",
                  "issue,season,scenario,zone,poe,peak,limit_mw,p_over,peak_hour");
    if (!store_newest_seasons(call->site->store, INT64_MAX, write_season, call))
        return false;
    document_close(&call->document);
    return true;
}

static bool write_score(void *context, const struct store_score *score)
{
    struct document *d = &((struct api_call *)context)->document;
    document_row(d);
    document_day(d, "day", score->day);
    document_column(d, score->zone);
    document_integer(d, "lead_d", score->lead);
    document_text(d, "model", score->model);
    document_real(d, "mape", score->mape);
    document_real(d, "nmae", score->nmae);
    document_real(d, "coverage90", score->coverage90);
    document_real(d, "pinball", score->pinball);
    document_real(d, "mae", score->mae);
    document_real(d, "week_mae", score->week_mae);
    document_real(d, "skill", score->week_mae > 0 ? 1 - score->mae / score->week_mae : (double)NAN);
    document_close(d);
    return true;
}

bool api_scores_answer(struct api_call *call)
{
    enum { DAYS = 30, DAYS_MAX = 366 };
    struct document *d = &call->document;
    int64_t from, to;
    if (!api_span(call, DAYS, DAYS_MAX, &from, &to))
        return true;
    const int64_t first = civil_day(civil_local(call->site->clock, from));
    const int64_t end = civil_day(civil_local(call->site->clock, to) + CIVIL_DAY_S - 1);
    document_day(d, "from", first);
    document_day(d, "to", end);
    document_rows(d, "scores",
                  "day,zone,lead_d,model,mape,nmae,coverage90,pinball,mae,week_mae,skill");
    if (!store_each_score(call->site->store, call->node->id, first, end, write_score, call))
        return false;
    document_close(d);
    return true;
}
