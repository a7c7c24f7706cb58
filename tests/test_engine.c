// SPDX-License-Identifier: GPL-3.0-or-later
// The engine on a fake clock with the real store: a simulated year, restarts.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "daemon/store_outbox.h"
#include "tests/engine_site.h"

enum { HOUR = 3600, DAY = 86400, SEED = 16180 };

static void test_a_simulated_year(void **state)
{
    (void)state;
    struct town town;
    struct score score = {0};
    town_init(&town, 1800, 366, 4.3, SEED);
    struct engine_site *site = engine_site_new(1800, DAY);
    int jobs = 0;
    for (int day = 0; day < 364; day++) {
        engine_site_give_day(site, &town, day);
        int64_t now = town.start + (int64_t)(day + 1) * DAY + 61; // a minute after midnight
        assert_true(engine_next_due(site->engine, now) <= now);
        jobs += engine_site_run_due(site, now) ? 1 : 0;
        assert_false(engine_site_run_due(site, now + 5)); // and not twice
        int64_t next = engine_next_due(site->engine, now + 5);
        assert_in_range(next - now, DAY - 120, DAY);
        if (day >= 60)
            engine_site_judge(site, &town, &score);
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
    engine_site_free(site);
    town_done(&town);
}

enum with_entry { WITHOUT, WITH, CALLED_OFF };

// The forecast after sixty days, with a line of 25 MW from a day ahead on in the store's register.
static struct forecast forecast_registered(const struct town *town, enum with_entry with)
{
    struct engine_site *site = engine_site_new(1800, DAY);
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
        engine_site_give_day(site, town, day);
    assert_true(store_begin(site->store));
    if (with != WITHOUT)
        assert_int_equal(store_put_entry(site->store, &line, &id), STORE_NEW);
    if (with == CALLED_OFF)
        assert_int_equal(store_end_entry(site->store, id, issue, "B", issue), STORE_ENDED);
    assert_true(store_commit(site->store));
    assert_true(engine_site_run_due(site, issue));
    assert_true(store_get_forecast(site->store, "town", INT64_MAX, &forecast, &found) && found);
    assert_true(store_get_effects(site->store, "town", &forecast));
    engine_site_free(site);
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

static int count_forecasts(struct engine_site *site)
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
    struct engine_site *site = engine_site_new(HOUR, 6 * HOUR);
    site->config.store.vintages_s = 2 * DAY;
    for (int day = 0; day < 12; day++) {
        engine_site_give_day(site, &town, day);
        for (int k = 0; k < 4; k++)
            engine_site_run_due(site, town.start + (int64_t)(day + 1) * DAY + k * 6 * HOUR);
    }
    // Two days with all four, and one for each day before.
    assert_in_range(count_forecasts(site), 2 * 4 + 9, 2 * 4 + 11);
    engine_site_free(site);
    town_done(&town);
}

static void test_restart_goes_on_where_it_was(void **state)
{
    (void)state;
    struct town town;
    town_init(&town, HOUR, 50, 4.3, SEED);
    struct engine_site *site = engine_site_new(HOUR, DAY);
    for (int day = 0; day < 40; day++)
        engine_site_give_day(site, &town, day);
    int64_t now = town.start + 40 * (int64_t)DAY;
    assert_true(engine_site_run_due(site, now));
    struct engine_zone_state before = engine_zone(site->engine, 0);
    int64_t newest = before.newest_reading, issue = before.issue;
    engine_site_close(site);
    engine_site_open(site);
    struct engine_zone_state after = engine_zone(site->engine, 0);
    assert_int_equal(after.newest_reading, newest);
    assert_int_equal(after.issue, issue);
    assert_string_equal(after.model, "short");
    assert_false(engine_site_run_due(site, now + 60)); // today's is done
    assert_true(engine_site_run_due(site, now + DAY));
    engine_site_free(site);
    town_done(&town);
}

static void test_the_clock_of_the_readings(void **state)
{
    (void)state;
    struct engine_site *site = engine_site_new(HOUR, DAY);
    site->config.forecast.clock = CONFIG_CLOCK_READINGS;
    int64_t start = 1704042000, wall = 1790000000;
    assert_int_equal(engine_next_due(site->engine, wall), INT64_MAX); // nothing to go by
    assert_true(store_begin(site->store));
    for (int h = 0; h < 30; h++)
        engine_site_give(site, "", start + h * HOUR, 30.5);
    assert_true(store_commit(site->store));
    assert_int_equal(engine_now(site->engine, wall), start + 30 * HOUR);
    assert_true(engine_site_run_due(site, wall));
    assert_int_equal(engine_zone(site->engine, 0).issue, start + 30 * HOUR);
    assert_int_equal(engine_next_due(site->engine, wall), INT64_MAX);
    // At midnight, whenever the last one was.
    assert_int_equal(engine_round_after(site->engine, start + 30 * HOUR), start + 48 * HOUR);
    assert_int_equal(engine_round_after(site->engine, start + 48 * HOUR), start + 72 * HOUR);
    engine_site_free(site);
}

static void test_a_store_that_fails_is_tried_again(void **state)
{
    (void)state;
    struct engine_site *site = engine_site_new(HOUR, DAY);
    int64_t start = 1704042000, now = start + 10 * (int64_t)DAY;
    assert_true(store_begin(site->store));
    for (int h = 0; h < 240; h++)
        engine_site_give(site, "", start + h * HOUR, 30.5);
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
    assert_false(engine_site_run_due(site, now + 1));
    assert_true(engine_site_run_due(site, engine_next_due(site->engine, now + 1)));
    assert_int_equal(count_forecasts(site), 1);
    engine_site_free(site);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_simulated_year),
        cmocka_unit_test(test_the_register_counts),
        cmocka_unit_test(test_vintages_thin_out),
        cmocka_unit_test(test_restart_goes_on_where_it_was),
        cmocka_unit_test(test_the_clock_of_the_readings),
        cmocka_unit_test(test_a_store_that_fails_is_tried_again),
    };
    print_message("# seed %d\n", SEED);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
