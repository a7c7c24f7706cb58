// SPDX-License-Identifier: GPL-3.0-or-later
// The engine on a fake clock with the real store: a simulated year, corrections, meters, restarts.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <gsl/gsl_errno.h>

#include "daemon/engine.h"
#include "daemon/store_outbox.h"
#include "models/civil.h"
#include "models/score.h"
#include "tests/town.h"

enum { HOUR = 3600, DAY = 86400, SEED = 16180 };

struct site {
    char folder[64], path[96];
    char id[8], name[8], clock[8], sink_name[8];
    struct config_zone zone;
    struct config config;
    struct store *store;
    struct engine *engine;
};

static void open_engine(struct site *site)
{
    char error[256];
    site->store = store_open(site->path, STORE_WRITE, error);
    if (!site->store)
        fail_msg("%s", error);
    site->engine = engine_new(&site->config, site->store, error);
    if (!site->engine)
        fail_msg("%s", error);
}

static void close_engine(struct site *site)
{
    engine_free(site->engine);
    store_close(site->store);
}

static struct site *site_new(int64_t step_s, int64_t every_s)
{
    struct site *site = calloc(1, sizeof *site);
    gsl_set_error_handler_off();
    // In memory where there is such a file system: a year makes hundreds of commits.
    bool shm = !access("/dev/shm", W_OK);
    snprintf(site->folder, sizeof site->folder, "%s/phutai-test-XXXXXX", shm ? "/dev/shm" : "/tmp");
    assert_non_null(mkdtemp(site->folder));
    snprintf(site->path, sizeof site->path, "%s/phutai.db", site->folder);
    strcpy(site->id, "town");
    strcpy(site->name, "Town");
    strcpy(site->clock, "+07:00");
    strcpy(site->sink_name, "main");
    site->zone =
        (struct config_zone){.id = site->id, .name = site->name, .area_ha = NAN, .fill_pct = NAN};
    site->config.site.clock = site->clock;
    site->config.site.step_s = step_s;
    site->config.site.power_factor = 0.9;
    site->config.store.vintages_s = 30 * DAY;
    site->config.forecast.every_s = every_s;
    site->config.forecast.horizon_s = 2 * DAY;
    site->config.forecast.history_s = 5 * 365 * (int64_t)DAY;
    site->config.n_zones = 1;
    site->config.zones = &site->zone;
    site->config.n_sinks = 1;
    site->config.sinks[0].name = site->sink_name;
    site->config.sinks[0].batch_lines = 50;
    open_engine(site);
    return site;
}

static void site_free(struct site *site)
{
    char command[128];
    close_engine(site);
    snprintf(command, sizeof command, "rm -r '%s'", site->folder);
    assert_int_equal(system(command), 0);
    free(site);
}

static void give(struct site *site, const char *meter, int64_t instant, double mw)
{
    struct store_reading reading = {.zone = "town", .meter = meter, .instant = instant, .mw = mw};
    assert_true(store_put_reading(site->store, "town", meter, instant, mw) != STORE_FAILED);
    engine_take_reading(site->engine, &reading);
}

static void give_weather(struct site *site, int64_t instant, double temp_c)
{
    struct store_weather weather = {
        .station = "hanoi", .instant = instant, .temp_c = temp_c, .humidity_pct = NAN};
    assert_true(store_put_weather(site->store, "hanoi", instant, temp_c, NAN) != STORE_FAILED);
    engine_take_weather(site->engine, &weather);
}

// One day of the town arrives in one transaction.
static void give_day(struct site *site, const struct town *town, int day)
{
    int32_t step = town->load.step_s;
    assert_true(store_begin(site->store));
    for (int32_t s = 0; s < DAY; s += step) {
        int64_t t = town->start + (int64_t)day * DAY + s;
        give_weather(site, t, series_at(&town->temp, t));
        give(site, "", t, series_at(&town->load, t));
    }
    assert_true(store_commit(site->store));
}

static bool run_due(struct site *site, int64_t now)
{
    struct engine_job *job = engine_start_job(site->engine, now);
    if (!job)
        return false;
    assert_int_equal(engine_next_due(site->engine, now), INT64_MAX); // one at a time
    engine_job_run(job);
    assert_true(engine_finish_job(site->engine, job));
    return true;
}

static void judge(struct site *site, const struct town *town, struct score *score)
{
    struct forecast forecast;
    bool found;
    assert_true(store_get_forecast(site->store, "town", INT64_MAX, &forecast, &found));
    assert_true(found);
    for (size_t i = 0; i < forecast.n; i++)
        score_add(score, series_at(&town->load, forecast_instant(&forecast, i)), forecast.mean[i],
                  forecast.n_levels, forecast.level, forecast_quantiles(&forecast, i));
    forecast_done(&forecast);
}

static void test_a_simulated_year(void **state)
{
    (void)state;
    struct town town;
    struct score score = {0};
    town_init(&town, 1800, 366, 4.3, SEED);
    struct site *site = site_new(1800, DAY);
    int jobs = 0;
    for (int day = 0; day < 364; day++) {
        give_day(site, &town, day);
        int64_t now = town.start + (int64_t)(day + 1) * DAY + 61; // a minute after midnight
        assert_true(engine_next_due(site->engine, now) <= now);
        jobs += run_due(site, now) ? 1 : 0;
        assert_false(run_due(site, now + 5)); // and not twice
        int64_t next = engine_next_due(site->engine, now + 5);
        assert_in_range(next - now, DAY - 120, DAY);
        if (day >= 60)
            judge(site, &town, &score);
    }
    assert_int_equal(jobs, 364);
    struct engine_zone_state zone = engine_zone(site->engine, 0);
    assert_string_equal(zone.model, "recency");
    assert_int_equal(zone.newest_reading, town.start + 364 * (int64_t)DAY);
    print_message("# a year of two days ahead: MAPE %.2f %%\n", score_mape(&score));
    assert_true(score_mape(&score) < 6);
    struct store_outbox_state outbox;
    assert_true(store_outbox_state(site->store, "main", &outbox, NULL));
    // 96 intervals, 2 lines each, 50 lines a batch; and a batch of scores for every day that is
    // over and was forecast.
    assert_int_equal(outbox.batches, 364 * 4 + 362);
    site_free(site);
    town_done(&town);
}

enum with_entry { WITHOUT, WITH, CALLED_OFF };

// The forecast after sixty days, with a line of 25 MW from a day ahead on in the store's register.
static struct forecast forecast_registered(const struct town *town, enum with_entry with)
{
    struct site *site = site_new(1800, DAY);
    struct forecast forecast;
    bool found;
    int64_t id, issue = town->start + 60 * (int64_t)DAY;
    struct store_entry line = {.zone = "town",
                               .kind = "line",
                               .mw = 25,
                               .factor = NAN,
                               .probability = 1,
                               .from = issue + DAY,
                               .to = INT64_MAX,
                               .hours = "",
                               .into = "",
                               .author = "A",
                               .note = "",
                               .expires = INT64_MAX};
    for (int day = 0; day < 60; day++)
        give_day(site, town, day);
    assert_true(store_begin(site->store));
    if (with != WITHOUT)
        assert_int_equal(store_put_entry(site->store, &line, &id), STORE_NEW);
    if (with == CALLED_OFF)
        assert_int_equal(store_end_entry(site->store, id, issue, "B", issue), STORE_ENDED);
    assert_true(store_commit(site->store));
    assert_true(run_due(site, issue));
    assert_true(store_get_forecast(site->store, "town", INT64_MAX, &forecast, &found) && found);
    assert_true(store_get_effects(site->store, "town", &forecast));
    site_free(site);
    return forecast;
}

static void test_the_register_counts(void **state)
{
    (void)state;
    struct town town;
    town_init(&town, 1800, 60, 4.3, SEED);
    struct forecast without = forecast_registered(&town, WITHOUT);
    struct forecast with = forecast_registered(&town, WITH);
    struct forecast called_off = forecast_registered(&town, CALLED_OFF);
    assert_int_equal(with.n, 96);
    for (size_t i = 0; i < with.n; i++) {
        double added = i < 48 ? 0 : 25;
        assert_true(fabs(with.mean[i] - without.mean[i] - added) < 1e-9);
        assert_true(fabs(with.effect[i] - added) < 1e-9);
    }
    assert_int_equal(with.n_effects, 1);
    assert_int_equal(without.n_effects + called_off.n_effects, 0);
    assert_memory_equal(called_off.mean, without.mean, 96 * sizeof(double));
    assert_memory_equal(called_off.quantile, without.quantile,
                        96 * without.n_levels * sizeof(double));
    forecast_done(&without);
    forecast_done(&with);
    forecast_done(&called_off);
    town_done(&town);
}

static bool count_one(void *context, const char *zone, const struct forecast *forecast)
{
    (void)zone;
    (void)forecast;
    ++*(int *)context;
    return true;
}

static int count_forecasts(struct site *site)
{
    int n = 0;
    assert_true(store_each_forecast(site->store, NULL, INT64_MIN, INT64_MAX, count_one, &n));
    return n;
}

static void test_vintages_thin_out(void **state)
{
    (void)state;
    struct town town;
    town_init(&town, HOUR, 12, 4.3, SEED);
    struct site *site = site_new(HOUR, 6 * HOUR);
    site->config.store.vintages_s = 2 * DAY;
    for (int day = 0; day < 12; day++) {
        give_day(site, &town, day);
        for (int k = 0; k < 4; k++)
            run_due(site, town.start + (int64_t)(day + 1) * DAY + k * 6 * HOUR);
    }
    // Two days with all four, and one for each day before.
    assert_in_range(count_forecasts(site), 2 * 4 + 9, 2 * 4 + 11);
    site_free(site);
    town_done(&town);
}

static void test_restart_goes_on_where_it_was(void **state)
{
    (void)state;
    struct town town;
    town_init(&town, HOUR, 50, 4.3, SEED);
    struct site *site = site_new(HOUR, DAY);
    for (int day = 0; day < 40; day++)
        give_day(site, &town, day);
    int64_t now = town.start + 40 * (int64_t)DAY;
    assert_true(run_due(site, now));
    struct engine_zone_state before = engine_zone(site->engine, 0);
    int64_t newest = before.newest_reading, issue = before.issue;
    close_engine(site);
    open_engine(site);
    struct engine_zone_state after = engine_zone(site->engine, 0);
    assert_int_equal(after.newest_reading, newest);
    assert_int_equal(after.issue, issue);
    assert_string_equal(after.model, "short");
    assert_false(run_due(site, now + 60)); // today's is done
    assert_true(run_due(site, now + DAY));
    site_free(site);
    town_done(&town);
}

static double first_mean(struct site *site)
{
    struct forecast forecast;
    bool found;
    assert_true(store_get_forecast(site->store, "town", INT64_MAX, &forecast, &found));
    double mean = forecast.mean[0];
    forecast_done(&forecast);
    return mean;
}

// Meters of one zone are added; where one of them is missing the zone has a gap, not a dip; one
// that fell silent for a week no longer counts.
static void test_meters_are_summed_only_when_complete(void **state)
{
    (void)state;
    struct site *site = site_new(HOUR, DAY);
    int64_t start = 1704042000; // 2024-01-01T00:00+07:00, a Monday
    assert_true(store_begin(site->store));
    for (int h = 0; h < 20 * 24; h++) {
        give(site, "a", start + h * HOUR, 30.5);
        if (h % 24 != 7)
            give(site, "b", start + h * HOUR, 11.25);
        if (h < 5 * 24)
            give(site, "c", start + h * HOUR, 100);
    }
    assert_true(store_commit(site->store));
    assert_true(run_due(site, start + 20 * (int64_t)DAY));
    assert_true(fabs(first_mean(site) - 41.75) < 1e-9);
    // A reading of the zone itself is the zone, whatever its meters say.
    assert_true(store_begin(site->store));
    give(site, "", start + 14 * (int64_t)DAY, 55.5);
    assert_true(store_commit(site->store));
    assert_true(run_due(site, start + 21 * (int64_t)DAY));
    assert_true(fabs(first_mean(site) - 55.5) < 1e-9);
    site_free(site);
}

static void test_a_correction_changes_the_next_forecast(void **state)
{
    (void)state;
    struct site *site = site_new(HOUR, DAY);
    int64_t start = 1704042000;
    assert_true(store_begin(site->store));
    for (int h = 0; h < 20 * 24; h++)
        give(site, "", start + h * HOUR, 30.5);
    assert_true(store_commit(site->store));
    assert_true(run_due(site, start + 20 * (int64_t)DAY));
    assert_true(fabs(first_mean(site) - 30.5) < 1e-9);
    assert_true(store_begin(site->store));
    give(site, "", start + 14 * DAY, 77.25); // last week's same hour of the next issue
    assert_true(store_commit(site->store));
    assert_true(run_due(site, start + 21 * (int64_t)DAY));
    assert_true(fabs(first_mean(site) - 77.25) < 1e-9);
    site_free(site);
}

// A meter that was stuck for most of yesterday: the forecast is as without.
static void test_a_stuck_meter_is_not_learnt_from(void **state)
{
    (void)state;
    struct town town;
    struct score score = {0};
    town_init(&town, HOUR, 72, 4.3, SEED);
    struct site *site = site_new(HOUR, DAY);
    for (int day = 0; day < 70; day++)
        give_day(site, &town, day);
    assert_true(store_begin(site->store));
    for (int h = 2; h < 22; h++)
        give(site, "", town.start + 69 * (int64_t)DAY + h * HOUR, 128.75);
    assert_true(store_commit(site->store));
    assert_true(run_due(site, town.start + 70 * (int64_t)DAY));
    judge(site, &town, &score);
    print_message("# after a stuck meter: MAPE %.2f %%\n", score_mape(&score));
    assert_true(score_mape(&score) < 3);
    site_free(site);
    town_done(&town);
}

static void test_the_clock_of_the_readings(void **state)
{
    (void)state;
    struct site *site = site_new(HOUR, DAY);
    site->config.forecast.clock = CONFIG_CLOCK_READINGS;
    int64_t start = 1704042000, wall = 1790000000;
    assert_int_equal(engine_next_due(site->engine, wall), INT64_MAX); // nothing to go by
    assert_true(store_begin(site->store));
    for (int h = 0; h < 30; h++)
        give(site, "", start + h * HOUR, 30.5);
    assert_true(store_commit(site->store));
    assert_int_equal(engine_now(site->engine, wall), start + 30 * HOUR);
    assert_true(run_due(site, wall));
    assert_int_equal(engine_zone(site->engine, 0).issue, start + 30 * HOUR);
    assert_int_equal(engine_next_due(site->engine, wall), INT64_MAX);
    site_free(site);
}

static void test_a_store_that_fails_is_tried_again(void **state)
{
    (void)state;
    struct site *site = site_new(HOUR, DAY);
    int64_t start = 1704042000, now = start + 10 * (int64_t)DAY;
    assert_true(store_begin(site->store));
    for (int h = 0; h < 240; h++)
        give(site, "", start + h * HOUR, 30.5);
    assert_true(store_commit(site->store));
    struct engine_job *job = engine_start_job(site->engine, now);
    assert_non_null(job);
    engine_job_run(job);
    char error[256]; // another process is in the middle of a long transaction
    struct store *other = store_open(site->path, STORE_WRITE, error);
    assert_non_null(other);
    assert_true(store_begin(other));
    assert_false(engine_finish_job(site->engine, job));
    store_close(other);
    assert_int_equal(count_forecasts(site), 0);
    assert_false(run_due(site, now + 1));
    assert_true(run_due(site, engine_next_due(site->engine, now + 1)));
    assert_int_equal(count_forecasts(site), 1);
    site_free(site);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_simulated_year),
        cmocka_unit_test(test_the_register_counts),
        cmocka_unit_test(test_vintages_thin_out),
        cmocka_unit_test(test_restart_goes_on_where_it_was),
        cmocka_unit_test(test_meters_are_summed_only_when_complete),
        cmocka_unit_test(test_a_correction_changes_the_next_forecast),
        cmocka_unit_test(test_a_stuck_meter_is_not_learnt_from),
        cmocka_unit_test(test_the_clock_of_the_readings),
        cmocka_unit_test(test_a_store_that_fails_is_tried_again),
    };
    print_message("# seed %d\n", SEED);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
