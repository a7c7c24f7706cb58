// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/alert_trial_files.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>

#include "daemon/cores.h"
#include "daemon/progress.h"
#include "daemon/zone_history.h"
#include "models/champion.h"
#include "models/past_peaks.h"
#include "models/paths.h"
#include "models/predict.h"
#include "models/weather_error.h"

// Days of one season and month, which share their fits: what one thread does at a time.
struct chunk {
    size_t first, n; // indices of days
};

struct work {
    const struct alert_trial_request *request;
    struct alert_trial *trial;
    size_t n_chunks, wanted;
    struct chunk *chunks;
    struct day_peak *peaks; // one a day
    pthread_mutex_t lock;
    struct progress progress;
    size_t finished;
    bool failed;
};

static int64_t day_in(int year, struct alert_trial_date date)
{
    struct civil_date whole = {year, date.month, date.day};
    if (!civil_date_valid(whole))
        whole.day = 28;
    return civil_day_from_date(whole);
}

void alert_trial_season_days(const struct alert_trial_seasons *seasons, int year,
                             int64_t *ret_first, int64_t *ret_last)
{
    *ret_first = day_in(year, seasons->from);
    *ret_last = day_in(year, seasons->to);
    if (*ret_last < *ret_first)
        *ret_last = day_in(year + 1, seasons->to);
}

double alert_trial_limit(const struct alert_trial_request *request, int year, int *ret_seasons)
{
    enum { DAYS_MAX = 367 };
    size_t n = 0;
    double *peaks = malloc((size_t)request->limit_years * DAYS_MAX * sizeof *peaks);
    *ret_seasons = 0;
    for (int k = 1; peaks && k <= request->limit_years; k++) {
        int64_t first, last;
        bool any = false;
        alert_trial_season_days(&request->seasons, year - k, &first, &last);
        for (int64_t day = first; day <= last; day++, n++) {
            peaks[n] = past_peaks_at(&request->zone->series, &request->dataset->clock, day);
            any |= !isnan(peaks[n]);
        }
        *ret_seasons += any ? 1 : 0;
    }
    double limit = past_peaks_percentile(n, peaks, request->limit_percentile);
    free(peaks);
    return limit;
}

static void set_limits(const struct alert_trial_request *request, struct alert_trial *trial)
{
    const struct alert_trial_seasons *seasons = &request->seasons;
    for (int year = seasons->first_year; year <= seasons->last_year; year++) {
        int64_t first, last;
        int before;
        double limit = isnan(request->limit_mw) ? alert_trial_limit(request, year, &before)
                                                : request->limit_mw;
        alert_trial_season_days(seasons, year, &first, &last);
        for (int64_t day = first; day <= last; day++)
            alert_trial_set(trial, (size_t)(day - trial->days[0].day), year, limit);
    }
}

// A day can be forecast where there are readings before its issue, and judged where there are some
// of it.
static bool wanted(const struct work *work, size_t k)
{
    const struct series *load = &work->request->zone->series;
    const struct alert_trial_day *day = &work->trial->days[k];
    return !isnan(day->limit_mw) &&
           !isnan(past_peaks_at(load, &work->request->dataset->clock, day->day));
}

static bool cut_chunks(struct work *work)
{
    const struct alert_trial_day *days = work->trial->days;
    int month = 0;
    work->chunks = calloc(work->trial->n + 1, sizeof *work->chunks);
    if (!work->chunks)
        return false;
    for (size_t k = 0; k < work->trial->n; k++) {
        if (!wanted(work, k))
            continue;
        int of = civil_date_from_day(days[k].day).month;
        if (!work->n_chunks || of != month || days[k].season != days[k - 1].season)
            work->chunks[work->n_chunks++] = (struct chunk){.first = k};
        struct chunk *chunk = &work->chunks[work->n_chunks - 1];
        chunk->n = k + 1 - chunk->first;
        month = of;
        work->wanted++;
    }
    return true;
}

// The issue of a forecast of a day.
static int64_t issue_of(const struct work *work, int64_t day)
{
    return civil_instant(&work->request->dataset->clock,
                         (day - 1) * CIVIL_DAY_S + work->request->issue_hour * CIVIL_HOUR_S);
}

struct forecasters {
    struct champion *champion;
    struct zone_history history;
};

static bool forecast_day(const struct work *work, size_t k, struct forecasters *use)
{
    const struct alert_trial_request *request = work->request;
    const struct civil_clock *clock = &request->dataset->clock;
    int64_t day = work->trial->days[k].day, issue = issue_of(work, day);
    int64_t begin = civil_instant(clock, day * CIVIL_DAY_S);
    int64_t end = civil_instant(clock, (day + 1) * CIVIL_DAY_S);
    struct model_data data;
    const double level = 0.5;
    struct forecast forecast;
    struct paths paths;
    struct day_peaks peaks;
    if (!zone_history_at(&use->history, request->dataset, request->zone, issue, end, &data))
        return false;
    weather_error_add(&use->history.temp, issue, request->weather_error_c, request->seed);
    data.weather_is_forecast = true;
    if (champion_fit(use->champion, &data) == MODEL_NOMEM ||
        !predict_paths(champion_model(use->champion), &data, begin, end, 1, &level, &forecast,
                       &paths))
        return false;
    forecast_done(&forecast);
    bool fine = day_peaks_find(&paths, clock, issue, &peaks);
    if (fine && peaks.n)
        work->peaks[k] = peaks.days[0];
    if (fine)
        day_peaks_done(&peaks);
    paths_done(&paths);
    return fine;
}

static void tell_finished(struct work *work, bool fine)
{
    pthread_mutex_lock(&work->lock);
    work->failed |= !fine;
    progress_at(&work->progress, ++work->finished, work->wanted);
    pthread_mutex_unlock(&work->lock);
}

static void run_chunk(void *context, size_t index)
{
    struct work *work = context;
    const struct chunk *chunk = &work->chunks[index];
    struct forecasters use = {.champion = champion_new(work->request->zone->series.step_s)};
    bool fine = use.champion;
    for (size_t k = chunk->first; fine && k < chunk->first + chunk->n; k++) {
        if (!wanted(work, k))
            continue;
        fine = forecast_day(work, k, &use);
        tell_finished(work, fine);
    }
    if (!fine)
        tell_finished(work, false);
    champion_free(use.champion);
    zone_history_done(&use.history);
}

static bool forecast_all(struct work *work)
{
    if (!cut_chunks(work))
        return false;
    pthread_mutex_init(&work->lock, NULL);
    progress_start(&work->progress, "alerts replay");
    cores_each(work->n_chunks, run_chunk, work);
    progress_end(&work->progress);
    pthread_mutex_destroy(&work->lock);
    return !work->failed;
}

// The looks, one a day, in their order.
static bool look_at_all(const struct work *work)
{
    struct alert_trial *trial = work->trial;
    for (size_t k = 0; k < trial->n; k++) {
        const struct day_peaks peaks = {
            .issue = issue_of(work, trial->days[k].day),
            .growth = NAN,
            .n = 1,
            .days = &work->peaks[k],
        };
        if (k && trial->days[k].season != trial->days[k - 1].season)
            alert_trial_begin_anew(trial);
        if (wanted(work, k) && !alert_trial_look(trial, &peaks))
            return false;
    }
    return true;
}

bool alert_trial_run_files(const struct alert_trial_request *request, struct alert_trial *ret)
{
    int64_t first, last, unused;
    struct alert_trial trial;
    alert_trial_season_days(&request->seasons, request->seasons.first_year, &first, &unused);
    alert_trial_season_days(&request->seasons, request->seasons.last_year, &unused, &last);
    size_t n = (size_t)(last - first + 1);
    if (!alert_trial_init(&trial, &request->dataset->clock, &request->rule, first, n))
        return false;
    trial.all_looks = true;
    struct work work = {.request = request, .trial = &trial};
    work.peaks = calloc(n + 1, sizeof *work.peaks);
    set_limits(request, &trial);
    bool fine = work.peaks && forecast_all(&work) && look_at_all(&work) &&
                alert_trial_judge(&trial, &request->zone->series);
    free(work.peaks);
    free(work.chunks);
    if (fine)
        *ret = trial;
    else
        alert_trial_done(&trial);
    return fine;
}
