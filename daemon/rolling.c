// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/rolling.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "config/text.h"
#include "daemon/progress.h"
#include "daemon/zone_history.h"
#include "models/baseline.h"
#include "models/champion.h"
#include "models/predict.h"

// One zone and issue: what was said of it.
struct vintage {
    bool done;
    struct forecast forecast;
    double *week, *vanilla; // means, NaN where there is none
};

// Issues of one zone and month, which share their fits: what one thread does at a time.
struct chunk {
    size_t zone, first, n; // issues
    bool done;
    struct vintage *vintages;
    char faults[CLEAN_MARKS_TEXT_LEN]; // left out of the history at its last issue
};

struct rolling {
    struct rolling_request request;
    size_t n_issues, leads, n_chunks;
    int64_t *issues;
    struct chunk *chunks;
    struct rolling_score *scores; // (zones + 1) * (leads + 1)
    size_t *fallbacks;            // by zone
    struct recipe vanilla;
    // Shared by the threads.
    pthread_mutex_t lock;
    pthread_cond_t changed;
    size_t next, finished; // chunk to be taken; issues that are done
    bool failed;
};

// The k-th issue. Whole days go by the clock on the wall.
static int64_t issue_at(const struct rolling_request *request, int64_t k)
{
    const struct civil_clock *clock = &request->dataset->clock;
    if (request->every_s % CIVIL_DAY_S)
        return request->from + k * request->every_s;
    return civil_instant(clock, civil_local(clock, request->from) + k * request->every_s);
}

static int64_t month_of(const struct rolling *rolling, size_t issue)
{
    int64_t local = civil_local(&rolling->request.dataset->clock, rolling->issues[issue]);
    struct civil_date date = civil_date_from_day(civil_day(local));
    return date.year * 12 + date.month;
}

static bool list_issues(struct rolling *rolling)
{
    const struct rolling_request *request = &rolling->request;
    while (issue_at(request, (int64_t)rolling->n_issues) <= request->to)
        rolling->n_issues++;
    rolling->issues = calloc(rolling->n_issues + 1, sizeof *rolling->issues);
    for (size_t k = 0; rolling->issues && k < rolling->n_issues; k++)
        rolling->issues[k] = issue_at(request, (int64_t)k);
    return rolling->issues;
}

static bool cut_chunks(struct rolling *rolling)
{
    size_t zones = rolling->request.n_zones;
    rolling->chunks = calloc(zones * rolling->n_issues + 1, sizeof *rolling->chunks);
    if (!rolling->chunks)
        return false;
    for (size_t zone = 0; zone < zones; zone++)
        for (size_t k = 0; k < rolling->n_issues; k++) {
            if (k == 0 || month_of(rolling, k) != month_of(rolling, k - 1))
                rolling->chunks[rolling->n_chunks++] = (struct chunk){.zone = zone, .first = k};
            rolling->chunks[rolling->n_chunks - 1].n++;
        }
    return true;
}

struct rolling *rolling_new(const struct rolling_request *request)
{
    struct rolling *rolling = calloc(1, sizeof *rolling);
    if (!rolling)
        return NULL;
    pthread_mutex_init(&rolling->lock, NULL);
    pthread_cond_init(&rolling->changed, NULL);
    rolling->request = *request;
    rolling->leads = (size_t)((request->horizon_s + CIVIL_DAY_S - 1) / CIVIL_DAY_S);
    recipe_vanilla(&rolling->vanilla);
    rolling->scores =
        calloc((request->n_zones + 1) * (rolling->leads + 1), sizeof *rolling->scores);
    rolling->fallbacks = calloc(request->n_zones + 1, sizeof *rolling->fallbacks);
    if (rolling->scores && rolling->fallbacks && list_issues(rolling) && cut_chunks(rolling))
        return rolling;
    rolling_free(rolling);
    return NULL;
}

static void chunk_done(struct chunk *chunk)
{
    for (size_t k = 0; chunk->vintages && k < chunk->n; k++) {
        if (chunk->vintages[k].done)
            forecast_done(&chunk->vintages[k].forecast);
        free(chunk->vintages[k].week);
    }
    free(chunk->vintages);
    chunk->vintages = NULL;
}

void rolling_free(struct rolling *rolling)
{
    if (!rolling)
        return;
    for (size_t k = 0; k < rolling->n_chunks; k++)
        chunk_done(&rolling->chunks[k]);
    free(rolling->chunks);
    free(rolling->issues);
    free(rolling->scores);
    free(rolling->fallbacks);
    pthread_cond_destroy(&rolling->changed);
    pthread_mutex_destroy(&rolling->lock);
    free(rolling);
}

size_t rolling_issues(const struct rolling *rolling)
{
    return rolling->n_issues;
}

size_t rolling_leads(const struct rolling *rolling)
{
    return rolling->leads;
}

static const struct dataset_series *zone_of(const struct rolling *rolling, size_t zone)
{
    return rolling->request.zones[zone];
}

// What makes the forecasts of one thread.
struct forecasters {
    struct champion *champion;
    struct zone_history history;
    struct model *vanilla;
};

// Vanilla's mean, where it can be had.
static bool run_vanilla(struct model *model, const struct model_data *data,
                        const struct forecast *like, double ret[])
{
    struct forecast vanilla;
    int64_t until = like->start + (int64_t)like->n * like->step_s;
    enum model_status status = model_fit(model, data);
    for (size_t i = 0; i < like->n; i++)
        ret[i] = NAN;
    if (status != MODEL_OK)
        return status != MODEL_NOMEM;
    if (!predict(model, data, like->start, until, 0, NULL, &vanilla))
        return false;
    // A regression that had no weather to run on is not Vanilla.
    if (!strcmp(vanilla.model, model_recipe(model)->name))
        memcpy(ret, vanilla.mean, like->n * sizeof *ret);
    forecast_done(&vanilla);
    return true;
}

// What phutai forecasts.
static bool run_champion(const struct rolling_request *request, const struct dataset_series *zone,
                         int64_t issue, struct forecasters *use, struct forecast *ret)
{
    struct model_data data;
    int64_t until = issue + request->horizon_s;
    return zone_history_at(&use->history, request->dataset, zone, issue,
                           request->weather_actual ? until : issue, &data) &&
           champion_fit(use->champion, &data) != MODEL_NOMEM &&
           predict(champion_model(use->champion), &data, issue, until, request->n_levels,
                   request->levels, ret);
}

// Everything of one issue, from what was known at it.
static bool run_issue(const struct rolling *rolling, size_t zone, int64_t issue,
                      struct forecasters *use, struct vintage *ret)
{
    const struct rolling_request *request = &rolling->request;
    const struct dataset *dataset = request->dataset;
    int64_t until = issue + request->horizon_s;
    const struct model_data data = {
        .load = &zone_of(rolling, zone)->series,
        .temp = dataset->temp.n ? &dataset->temp : NULL,
        .calendar = dataset->calendar,
        .clock = &dataset->clock,
        .issue = issue,
        .weather_until = request->weather_actual ? until : issue,
    };
    if (!run_champion(request, zone_of(rolling, zone), issue, use, &ret->forecast))
        return false;
    ret->done = true;
    size_t n = ret->forecast.n;
    ret->week = malloc((2 * n + 1) * sizeof *ret->week);
    if (!ret->week)
        return false;
    ret->vanilla = ret->week + n;
    for (size_t i = 0; i < n; i++)
        ret->week[i] = baseline_mean(data.load, issue, forecast_instant(&ret->forecast, i));
    return run_vanilla(use->vanilla, &data, &ret->forecast, ret->vanilla);
}

static void tell_finished(struct rolling *rolling, size_t issues, bool fine)
{
    pthread_mutex_lock(&rolling->lock);
    rolling->finished += issues;
    rolling->failed |= !fine;
    pthread_cond_signal(&rolling->changed);
    pthread_mutex_unlock(&rolling->lock);
}

static void run_chunk(struct rolling *rolling, struct chunk *chunk)
{
    int32_t step_s = zone_of(rolling, chunk->zone)->series.step_s;
    struct forecasters use = {.champion = champion_new(step_s), .vanilla = model_new(step_s)};
    chunk->vintages = calloc(chunk->n, sizeof *chunk->vintages);
    bool fine = use.champion && use.vanilla && chunk->vintages;
    if (fine)
        model_set_recipe(use.vanilla, &rolling->vanilla);
    for (size_t k = 0; fine && k < chunk->n; k++) {
        fine = run_issue(rolling, chunk->zone, rolling->issues[chunk->first + k], &use,
                         &chunk->vintages[k]);
        tell_finished(rolling, 1, fine);
    }
    (void)clean_marks_text(&use.history.marks, chunk->faults);
    champion_free(use.champion);
    zone_history_done(&use.history);
    model_free(use.vanilla);
    pthread_mutex_lock(&rolling->lock);
    chunk->done = true;
    rolling->failed |= !fine;
    pthread_cond_signal(&rolling->changed);
    pthread_mutex_unlock(&rolling->lock);
}

static void *work(void *context)
{
    struct rolling *rolling = context;
    for (;;) {
        pthread_mutex_lock(&rolling->lock);
        size_t mine = rolling->failed ? rolling->n_chunks : rolling->next;
        rolling->next = mine + 1;
        pthread_mutex_unlock(&rolling->lock);
        if (mine >= rolling->n_chunks)
            return NULL;
        run_chunk(rolling, &rolling->chunks[mine]);
    }
}

static struct rolling_score *score_at(const struct rolling *rolling, size_t zone, size_t lead)
{
    return &rolling->scores[zone * (rolling->leads + 1) + lead];
}

static void add_duel(struct rolling_duel *duel, double actual, double ours, double theirs)
{
    if (isnan(actual) || isnan(ours) || isnan(theirs))
        return;
    duel->n++;
    duel->ours += fabs(ours - actual);
    duel->theirs += fabs(theirs - actual);
}

static void judge_interval(struct rolling_score *score, const struct vintage *vintage, size_t i,
                           double actual)
{
    const struct forecast *forecast = &vintage->forecast;
    score_add(&score->score, actual, forecast->mean[i], forecast->n_levels, forecast->level,
              forecast_quantiles(forecast, i));
    add_duel(&score->week, actual, forecast->mean[i], vintage->week[i]);
    add_duel(&score->vanilla, actual, forecast->mean[i], vintage->vanilla[i]);
}

// The four places that an interval or day counts for: its zone and all, its lead and all.
static void places(const struct rolling *rolling, size_t zone, int64_t lead_s,
                   struct rolling_score *ret[static 4])
{
    size_t lead = 1 + (size_t)(lead_s / CIVIL_DAY_S), all = rolling->request.n_zones;
    ret[0] = score_at(rolling, zone, lead);
    ret[1] = score_at(rolling, zone, 0);
    ret[2] = score_at(rolling, all, lead);
    ret[3] = score_at(rolling, all, 0);
}

// The peaks of the civil days that lie wholly in the forecast. A day may have 23 or 25 hours.
static void judge_peaks(const struct rolling *rolling, size_t zone, const struct forecast *forecast,
                        const double actual[])
{
    const struct civil_clock *clock = &rolling->request.dataset->clock;
    struct rolling_score *score[4];
    int64_t end = forecast->start + (int64_t)forecast->n * forecast->step_s;
    int64_t day = civil_day(civil_local(clock, forecast->start) - 1) + 1;
    for (;; day++) {
        int64_t from = civil_instant(clock, day * CIVIL_DAY_S);
        int64_t to = civil_instant(clock, (day + 1) * CIVIL_DAY_S);
        if (to > end)
            return;
        size_t i = (size_t)((from - forecast->start) / forecast->step_s);
        size_t n = (size_t)((to - from) / forecast->step_s);
        places(rolling, zone, from - forecast->start, score);
        for (int k = 0; k < 4; k++)
            peak_score_add(&score[k]->peaks, n, forecast->step_s, actual + i, forecast->mean + i);
    }
}

static bool judge(struct rolling *rolling, size_t zone, const struct vintage *vintage)
{
    const struct forecast *forecast = &vintage->forecast;
    struct rolling_score *score[4];
    double *actual = malloc((forecast->n + 1) * sizeof *actual);
    if (!actual)
        return false;
    for (size_t i = 0; i < forecast->n; i++) {
        actual[i] = series_at(&zone_of(rolling, zone)->series, forecast_instant(forecast, i));
        places(rolling, zone, (int64_t)i * forecast->step_s, score);
        for (int k = 0; k < 4; k++)
            judge_interval(score[k], vintage, i, actual[i]);
    }
    judge_peaks(rolling, zone, forecast, actual);
    rolling->fallbacks[zone] += !strcmp(forecast->model, "last-week");
    free(actual);
    return true;
}

// Waits for a chunk, showing how far all are. False where a thread failed.
static bool await(struct rolling *rolling, const struct chunk *chunk, struct progress *progress)
{
    enum { LOOK_NS = 100000000 };
    pthread_mutex_lock(&rolling->lock);
    while (!chunk->done && !rolling->failed) {
        struct timespec until;
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_nsec += LOOK_NS;
        until.tv_sec += until.tv_nsec / 1000000000;
        until.tv_nsec %= 1000000000;
        pthread_cond_timedwait(&rolling->changed, &rolling->lock, &until);
        progress_at(progress, rolling->finished, rolling->n_issues * rolling->request.n_zones);
    }
    bool fine = !rolling->failed;
    pthread_mutex_unlock(&rolling->lock);
    return fine;
}

static bool collect(struct rolling *rolling, rolling_fn *fn, void *context)
{
    struct progress progress;
    bool fine = true;
    progress_start(&progress, "backtest");
    for (size_t c = 0; fine && c < rolling->n_chunks; c++) {
        struct chunk *chunk = &rolling->chunks[c];
        fine = await(rolling, chunk, &progress);
        for (size_t k = 0; fine && k < chunk->n; k++) {
            fine = judge(rolling, chunk->zone, &chunk->vintages[k]);
            if (fn && fine)
                fn(context, zone_of(rolling, chunk->zone)->id, &chunk->vintages[k].forecast);
        }
        if (fine)
            chunk_done(chunk);
    }
    progress_end(&progress);
    return fine;
}

bool rolling_run(struct rolling *rolling, unsigned threads, rolling_fn *fn, void *context)
{
    size_t started = 0, wanted = threads < rolling->n_chunks ? threads : rolling->n_chunks;
    pthread_t *thread = calloc(wanted + 1, sizeof *thread);
    if (!thread)
        return false;
    while (started < wanted && pthread_create(&thread[started], NULL, work, rolling) == 0)
        started++;
    bool fine = (started || !rolling->n_chunks) && collect(rolling, fn, context);
    if (!fine)
        tell_finished(rolling, 0, false);
    for (size_t k = 0; k < started; k++)
        pthread_join(thread[k], NULL);
    free(thread);
    return fine;
}

const struct rolling_score *rolling_score(const struct rolling *rolling, size_t zone, size_t lead)
{
    return score_at(rolling, zone, lead);
}

size_t rolling_fallbacks(const struct rolling *rolling, size_t zone)
{
    return rolling->fallbacks[zone];
}

const char *rolling_faults(const struct rolling *rolling, size_t zone)
{
    const char *last = "";
    for (size_t c = 0; c < rolling->n_chunks; c++)
        if (rolling->chunks[c].zone == zone)
            last = rolling->chunks[c].faults;
    return last;
}

double rolling_skill(const struct rolling_duel *duel)
{
    return duel->n && duel->theirs > 0 ? 100 * (1 - duel->ours / duel->theirs) : (double)NAN;
}
