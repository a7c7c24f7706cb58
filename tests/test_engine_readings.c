// SPDX-License-Identifier: GPL-3.0-or-later
// What the engine makes of late, corrected, missing and stuck readings.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/engine_site.h"

enum { HOUR = 3600, DAY = 86400, SEED = 16180 };

static double first_mean(struct engine_site *site)
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
    struct engine_site *site = engine_site_new(HOUR, DAY);
    int64_t start = 1704042000; // 2024-01-01T00:00+07:00, a Monday
    assert_true(store_begin(site->store));
    for (int h = 0; h < 20 * 24; h++) {
        engine_site_give(site, "a", start + h * HOUR, 30.5);
        if (h % 24 != 7)
            engine_site_give(site, "b", start + h * HOUR, 11.25);
        if (h < 5 * 24)
            engine_site_give(site, "c", start + h * HOUR, 100);
    }
    assert_true(store_commit(site->store));
    assert_true(engine_site_run_due(site, start + 20 * (int64_t)DAY));
    assert_true(fabs(first_mean(site) - 41.75) < 1e-9);
    // A reading of the zone itself is the zone, whatever its meters say.
    assert_true(store_begin(site->store));
    engine_site_give(site, "", start + 14 * (int64_t)DAY, 55.5);
    assert_true(store_commit(site->store));
    assert_true(engine_site_run_due(site, start + 21 * (int64_t)DAY));
    assert_true(fabs(first_mean(site) - 55.5) < 1e-9);
    engine_site_free(site);
}

static void test_a_correction_changes_the_next_forecast(void **state)
{
    (void)state;
    struct engine_site *site = engine_site_new(HOUR, DAY);
    int64_t start = 1704042000;
    assert_true(store_begin(site->store));
    for (int h = 0; h < 20 * 24; h++)
        engine_site_give(site, "", start + h * HOUR, 30.5);
    assert_true(store_commit(site->store));
    assert_true(engine_site_run_due(site, start + 20 * (int64_t)DAY));
    assert_true(fabs(first_mean(site) - 30.5) < 1e-9);
    assert_true(store_begin(site->store));
    engine_site_give(site, "", start + 14 * DAY, 77.25); // last week's same hour of the next issue
    assert_true(store_commit(site->store));
    assert_true(engine_site_run_due(site, start + 21 * (int64_t)DAY));
    assert_true(fabs(first_mean(site) - 77.25) < 1e-9);
    engine_site_free(site);
}

// A day of the town whose readings are off by a tenth, as a meter with a wrong factor gives them.
static void give_wrong_day(struct engine_site *site, const struct town *town, int day)
{
    assert_true(store_begin(site->store));
    for (int64_t t = town->start + (int64_t)day * DAY; t < town->start + (day + 1) * (int64_t)DAY;
         t += town->load.step_s)
        engine_site_give(site, "", t, 1.1 * series_at(&town->load, t));
    assert_true(store_commit(site->store));
}

enum history { RIGHT, CORRECTED, WRONG };
enum { WRONG_FROM = 10, WRONG_TO = 31, ISSUE_DAY = 119 };

// The forecast after the day ISSUE_DAY, a round after the one that wrong readings of three months
// before were part of, or not, or still are.
static struct forecast forecast_with(const struct town *town, enum history history)
{
    struct engine_site *site = engine_site_new(HOUR, DAY);
    struct forecast forecast;
    bool found;
    for (int day = 0; day < ISSUE_DAY; day++)
        engine_site_give_day(site, town, day);
    for (int day = WRONG_FROM; history != RIGHT && day < WRONG_TO; day++)
        give_wrong_day(site, town, day);
    assert_true(engine_site_run_due(site, town->start + ISSUE_DAY * (int64_t)DAY));
    // Nothing new comes beside the corrections, which would have all be looked at anew anyway.
    for (int day = WRONG_FROM; history == CORRECTED && day < WRONG_TO; day++)
        engine_site_give_day(site, town, day);
    assert_true(engine_site_run_due(site, town->start + (ISSUE_DAY + 1) * (int64_t)DAY));
    assert_true(store_get_forecast(site->store, "town", INT64_MAX, &forecast, &found) && found);
    engine_site_free(site);
    return forecast;
}

// Readings that were corrected after months count as if they had been right from the start.
static void test_an_old_correction_is_refitted(void **state)
{
    (void)state;
    struct town town;
    town_init(&town, HOUR, ISSUE_DAY + 1, 4.3, SEED);
    struct forecast right = forecast_with(&town, RIGHT);
    struct forecast corrected = forecast_with(&town, CORRECTED);
    struct forecast wrong = forecast_with(&town, WRONG);
    assert_string_equal(right.model, "short");
    assert_string_equal(corrected.model, right.model);
    assert_memory_equal(corrected.mean, right.mean, right.n * sizeof *right.mean);
    assert_memory_equal(corrected.quantile, right.quantile,
                        right.n * right.n_levels * sizeof *right.quantile);
    assert_memory_not_equal(wrong.mean, right.mean, right.n * sizeof *right.mean);
    forecast_done(&right);
    forecast_done(&corrected);
    forecast_done(&wrong);
    town_done(&town);
}

// What is missing is counted where it is too much to sum without it.
static void test_incomplete_sums_are_counted(void **state)
{
    (void)state;
    struct engine_site *site = engine_site_new(HOUR, DAY);
    int64_t start = 1704042000;
    site->config.intake.missing_pct = 1;
    assert_true(store_begin(site->store));
    for (int h = 0; h < 20 * 24; h++) {
        engine_site_give(site, "a", start + h * HOUR, 99.5);
        if (h % 24 != 7)
            engine_site_give(site, "small", start + h * HOUR, 0.5);
        if (h % 24 != 9 && h < 20 * 24 - 5)
            engine_site_give(site, "b", start + h * HOUR, 20);
    }
    assert_true(store_commit(site->store));
    assert_true(engine_site_run_due(site, start + 20 * (int64_t)DAY));
    struct engine_zone_state zone = engine_zone(site->engine, 0);
    assert_int_equal(zone.incomplete, 20 + 5);
    assert_int_equal(zone.silent_meters, 1);
    // b comes late: only its daily gaps are left.
    assert_true(store_begin(site->store));
    for (int h = 20 * 24 - 5; h < 20 * 24; h++)
        engine_site_give(site, "b", start + h * HOUR, 20);
    assert_true(store_commit(site->store));
    assert_true(engine_site_run_due(site, start + 21 * (int64_t)DAY));
    zone = engine_zone(site->engine, 0);
    assert_int_equal(zone.incomplete, 20);
    assert_int_equal(zone.silent_meters, 0);
    engine_site_free(site);
}

// A meter that was stuck for most of yesterday: the forecast is as without.
static void test_a_stuck_meter_is_not_learnt_from(void **state)
{
    (void)state;
    struct town town;
    struct score score = {0};
    town_init(&town, HOUR, 72, 4.3, SEED);
    struct engine_site *site = engine_site_new(HOUR, DAY);
    for (int day = 0; day < 70; day++)
        engine_site_give_day(site, &town, day);
    assert_true(store_begin(site->store));
    for (int h = 2; h < 22; h++)
        engine_site_give(site, "", town.start + 69 * (int64_t)DAY + h * HOUR, 128.75);
    assert_true(store_commit(site->store));
    assert_true(engine_site_run_due(site, town.start + 70 * (int64_t)DAY));
    engine_site_judge(site, &town, &score);
    print_message("# after a stuck meter: MAPE %.2f %%\n", score_mape(&score));
    assert_true(score_mape(&score) < 3);
    engine_site_free(site);
    town_done(&town);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_meters_are_summed_only_when_complete),
        cmocka_unit_test(test_a_correction_changes_the_next_forecast),
        cmocka_unit_test(test_an_old_correction_is_refitted),
        cmocka_unit_test(test_incomplete_sums_are_counted),
        cmocka_unit_test(test_a_stuck_meter_is_not_learnt_from),
    };
    print_message("# seed %d\n", SEED);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
