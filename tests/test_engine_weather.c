// SPDX-License-Identifier: GPL-3.0-or-later
// Forecasts of the load that go by runs of weather forecasts: as of their issue, while they are
// new.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <gsl/gsl_errno.h>

#include "daemon/engine_job.h"
#include "daemon/points.h"
#include "tests/near.h"
#include "tests/site_folder.h"
#include "tests/store_folder.h"
#include "tests/town.h"

enum { HOUR = 3600, DAY = 86400, DAYS = 580, SEED = 16180, PER_DAY = 48 };

struct bench {
    struct town town;
    struct config *config;
    struct store *store;
    struct engine *engine;
    int64_t issue; // a midnight in July
};

static void *folder;

// All that the town has shown before the issue; observations of station "met", by the hour.
static int set_up(void **state)
{
    struct bench *bench = calloc(1, sizeof *bench);
    char error[256];
    gsl_set_error_handler_off();
    assert_int_equal(site_folder_enter(&folder), 0);
    town_init(&bench->town, 1800, DAYS, 1, SEED);
    bench->issue = bench->town.start + 560 * (int64_t)DAY;
    bench->config = site_folder_config(NULL, "[forecast]\nhorizon = 12d\n[weather met]\n"
                                             "latitude = 21\nlongitude = 106\nstale = 6h\n");
    bench->store = store_folder_open(STORE_WRITE);
    assert_true(store_begin(bench->store));
    for (int64_t t = bench->town.start; t < bench->issue; t += 1800) {
        assert_int_equal(
            store_put_reading(bench->store, "yen-lu", "", t, series_at(&bench->town.load, t)),
            STORE_NEW);
        if (t % HOUR == 0)
            assert_int_equal(
                store_put_weather(bench->store, "met", t, series_at(&bench->town.temp, t), NAN),
                STORE_NEW);
    }
    assert_true(store_commit(bench->store));
    bench->engine = engine_new(bench->config, bench->store, error);
    assert_non_null(bench->engine);
    *state = bench;
    return 0;
}

static int tear_down(void **state)
{
    struct bench *bench = *state;
    engine_free(bench->engine);
    store_close(bench->store);
    config_free(bench->config);
    town_done(&bench->town);
    free(bench);
    return site_folder_leave(&folder);
}

// A run made at `made` of the hours [from, to): the town's own temperature and so much more.
static void put_run(struct bench *bench, const char *station, int64_t made, int64_t from,
                    int64_t to, double warmer_c)
{
    assert_true(store_begin(bench->store));
    for (int64_t t = from; t < to; t += HOUR) {
        const struct store_weather_ahead row = {.station = station,
                                                .issue = made,
                                                .instant = t,
                                                .temp_c =
                                                    series_at(&bench->town.temp, t) + warmer_c,
                                                .humidity_pct = NAN};
        assert_int_not_equal(store_put_weather_ahead(bench->store, &row), STORE_FAILED);
    }
    assert_true(store_commit(bench->store));
}

// What is forecast at the issue; nothing of it is kept.
static struct forecast forecast(struct bench *bench)
{
    struct engine_job *job = engine_gather(bench->engine, bench->issue);
    assert_non_null(job);
    job->levels = points_levels;
    job->n_levels = POINTS_LEVELS;
    engine_job_run(job);
    assert_true(job->zones[0].done);
    struct forecast ret = job->zones[0].forecast;
    job->zones[0].done = false;
    engine_job_free(job);
    return ret;
}

static void assert_same(const struct forecast *a, const struct forecast *b)
{
    assert_string_equal(a->model, b->model);
    assert_int_equal(a->n, b->n);
    assert_memory_equal(a->mean, b->mean, a->n * sizeof *a->mean);
    assert_memory_equal(a->quantile, b->quantile, a->n * a->n_levels * sizeof *a->quantile);
}

// Mean over a day of the means, and of the widths of the 90 % intervals.
static double day_mean(const struct forecast *f, size_t day)
{
    double sum = 0;
    for (size_t i = day * PER_DAY; i < (day + 1) * PER_DAY; i++)
        sum += f->mean[i] / PER_DAY;
    return sum;
}

static size_t level_of(const struct forecast *f, double level)
{
    size_t k = 0;
    while (k < f->n_levels && fabs(f->level[k] - level) > 1e-9)
        k++;
    assert_true(k < f->n_levels);
    return k;
}

static double day_width(const struct forecast *f, size_t day)
{
    double sum = 0;
    size_t low = level_of(f, 0.05), high = level_of(f, 0.95);
    for (size_t i = day * PER_DAY; i < (day + 1) * PER_DAY; i++) {
        const double *q = forecast_quantiles(f, i);
        sum += (q[high] - q[low]) / PER_DAY;
    }
    return sum;
}

static void forecasts_follow_a_hot_run_and_widen(void **state)
{
    struct bench *bench = *state;
    const int64_t issue = bench->issue;
    struct forecast blind = forecast(bench);
    put_run(bench, "met", issue - HOUR, issue - HOUR, issue + 8 * (int64_t)DAY, 0);
    struct forecast mild = forecast(bench);
    put_run(bench, "met", issue - HOUR / 2, issue, issue + 8 * (int64_t)DAY, 6);
    struct forecast hot = forecast(bench);
    print_message("# tomorrow: %.1f MW without, %.1f by a mild run, %.1f by a hot one\n",
                  day_mean(&blind, 1), day_mean(&mild, 1), day_mean(&hot, 1));
    // 0.11 MW a square degree above 21 C, of some 30 C: 6 C more are 16 MW.
    assert_true(day_mean(&hot, 2) > day_mean(&mild, 2) + 8);
    assert_true(day_mean(&hot, 6) > day_mean(&mild, 6) + 3);
    print_message("# 90 %% widths by a run: %.1f MW tomorrow, %.1f on day 7, %.1f on day 10; "
                  "without: %.1f, %.1f, %.1f\n",
                  day_width(&mild, 1), day_width(&mild, 6), day_width(&mild, 9),
                  day_width(&blind, 1), day_width(&blind, 6), day_width(&blind, 9));
    assert_true(day_width(&mild, 1) < day_width(&mild, 3));
    assert_true(day_width(&mild, 3) < day_width(&mild, 6));
    assert_true(day_width(&mild, 1) < day_width(&blind, 1));
    // Beyond the run both come to the climate.
    print_message("# hotter by %.1f MW on day 7, %.1f on day 12\n",
                  day_mean(&hot, 6) - day_mean(&mild, 6), day_mean(&hot, 11) - day_mean(&mild, 11));
    assert_true(day_mean(&hot, 11) - day_mean(&mild, 11) <
                0.4 * (day_mean(&hot, 6) - day_mean(&mild, 6)));
    forecast_done(&blind);
    forecast_done(&mild);
    forecast_done(&hot);
}

static void a_stale_run_is_as_none(void **state)
{
    struct bench *bench = *state;
    const int64_t issue = bench->issue;
    struct forecast blind = forecast(bench);
    put_run(bench, "met", issue - 6 * HOUR - 1, issue, issue + 8 * (int64_t)DAY, 6);
    struct forecast stale = forecast(bench);
    assert_same(&stale, &blind);
    // Nor is one used that was made after the issue, or one that ends before it.
    put_run(bench, "met", issue + 1, issue + HOUR, issue + 8 * (int64_t)DAY, 6);
    struct forecast later = forecast(bench);
    assert_same(&later, &blind);
    put_run(bench, "met", issue - HOUR, issue - 3 * HOUR, issue, 6);
    struct forecast ended = forecast(bench);
    assert_same(&ended, &blind);
    put_run(bench, "met", issue - HOUR / 2, issue, issue + 8 * (int64_t)DAY, 6);
    struct forecast used = forecast(bench);
    assert_true(day_mean(&used, 1) > day_mean(&blind, 1) + 5);
    forecast_done(&blind);
    forecast_done(&stale);
    forecast_done(&later);
    forecast_done(&ended);
    forecast_done(&used);
}

// What a run said of hours that were observed since leaves no trace.
static void observations_replace_what_was_forecast(void **state)
{
    struct bench *bench = *state;
    const int64_t issue = bench->issue;
    put_run(bench, "met", issue - 5 * HOUR, issue, issue + 8 * (int64_t)DAY, 0);
    struct forecast without = forecast(bench);
    put_run(bench, "met", issue - 5 * HOUR, issue - 5 * HOUR, issue, 15);
    struct forecast with = forecast(bench);
    assert_same(&with, &without);
    forecast_done(&with);
    forecast_done(&without);
}

// The outlooks of the stations as a round at the issue finds them.
static void look(struct bench *bench, struct engine_job **ret)
{
    *ret = engine_gather(bench->engine, bench->issue);
    assert_non_null(*ret);
}

static void a_measured_station_borrows(void **state)
{
    struct bench *bench = *state;
    const int64_t issue = bench->issue, made = issue - HOUR;
    struct engine_job *job;
    for (int64_t t = issue - 20 * (int64_t)DAY; t < issue; t += HOUR) {
        const struct store_weather own = {"shed", t, series_at(&bench->town.temp, t) + 3, NAN};
        engine_take_weather(bench->engine, &own);
    }
    put_run(bench, "met", made, issue, issue + 8 * (int64_t)DAY, 1);
    look(bench, &job);
    assert_int_equal(job->n_stations, 2);
    const struct engine_outlook *met = &job->outlooks[0], *shed = &job->outlooks[1];
    assert_int_equal(met->run, made);
    assert_int_equal(shed->run, made);
    assert_true(shed->borrowed && !met->borrowed);
    for (int64_t t = issue; t < issue + 8 * (int64_t)DAY; t += HOUR) {
        near_assert(series_at(&met->series, t), series_at(&bench->town.temp, t) + 1, 1e-9);
        near_assert(series_at(&shed->series, t), series_at(&bench->town.temp, t) + 4, 1e-9);
    }
    // What was observed stands in both.
    near_assert(series_at(&shed->series, issue - HOUR),
                series_at(&bench->town.temp, issue - HOUR) + 3, 1e-9);
    engine_job_free(job);
}

// The hour's observation counts half an hour later, and is no forecast of the rest of its hour.
static void the_last_observation_is_known(void **state)
{
    struct bench *bench = *state;
    const int64_t hour = bench->issue;
    bench->issue += HOUR / 2;
    struct forecast without = forecast(bench);
    const struct store_weather seen = {"met", hour, series_at(&bench->town.temp, hour) + 8, NAN};
    engine_take_weather(bench->engine, &seen);
    struct forecast with = forecast(bench);
    assert_memory_not_equal(with.mean, without.mean, with.n * sizeof *with.mean);
    print_message("# 90 %% widths tomorrow: %.2f MW, %.2f\n", day_width(&without, 1),
                  day_width(&with, 1));
    near_assert(day_width(&with, 1), day_width(&without, 1), 0.1 * day_width(&without, 1));
    forecast_done(&without);
    forecast_done(&with);
}

// A run that is too old by its station's section, where another station has none of its own.
static void each_station_has_its_own_patience(void **state)
{
    struct bench *bench = *state;
    const int64_t issue = bench->issue;
    struct engine_job *job;
    const struct store_weather other = {"shed", issue - HOUR, 30, NAN};
    engine_take_weather(bench->engine, &other);
    put_run(bench, "met", issue - 7 * HOUR, issue, issue + DAY, 0);
    put_run(bench, "shed", issue - 7 * HOUR, issue, issue + DAY, 0);
    look(bench, &job);
    assert_true(job->outlooks[0].stale && !job->outlooks[1].stale);
    assert_int_equal(job->outlooks[1].run, issue - 7 * HOUR);
    engine_job_free(job);
}

static void without_a_run_there_is_no_outlook(void **state)
{
    struct bench *bench = *state;
    const int64_t issue = bench->issue;
    struct engine_job *job;
    look(bench, &job);
    assert_int_equal(job->outlooks[0].series.n, 0);
    engine_job_free(job);
    put_run(bench, "met", issue - HOUR, issue - 3 * HOUR, issue, 0); // it ends before the issue
    look(bench, &job);
    assert_int_equal(job->outlooks[0].run, 0);
    assert_int_equal(job->outlooks[0].series.n, 0);
    engine_job_free(job);
}

#define WITH_BENCH(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_BENCH(forecasts_follow_a_hot_run_and_widen),
        WITH_BENCH(a_stale_run_is_as_none),
        WITH_BENCH(observations_replace_what_was_forecast),
        WITH_BENCH(a_measured_station_borrows),
        WITH_BENCH(the_last_observation_is_known),
        WITH_BENCH(without_a_run_there_is_no_outlook),
        WITH_BENCH(each_station_has_its_own_patience),
    };
    print_message("# seed %d\n", SEED);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
