// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/alert_trial.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/near.h"

static const struct civil_clock clock = {.offset_s = 7 * CIVIL_HOUR_S};
static const int64_t day0 = 19800; // 2024-03-18

static struct config_alert make_rule(void)
{
    return (struct config_alert){
        .name = (char[]){"capacity"},
        .on = CONFIG_ALERT_PEAK,
        .per_cent = {0, 100, 0},
        .limit_mw = NAN,
        .probability = 0.5,
        .clear_probability = 0.3,
        .within_s = (int64_t)3 * CIVIL_DAY_S,
        .hold = 1,
        .hold_clear = 1,
    };
}

static struct alert_trial make_trial(size_t n)
{
    struct alert_trial trial;
    const struct config_alert rule = make_rule();
    assert_true(alert_trial_init(&trial, &clock, &rule, day0, n));
    for (size_t k = 0; k < n; k++)
        alert_trial_set(&trial, k, k < n / 2 ? 2023 : 2024, 100);
    return trial;
}

// A day whose peak passes 100 MW with this chance: its quantiles are a straight line about that.
static struct day_peak make_peak(int64_t day, double chance)
{
    struct day_peak peak = {.day = day, .whole = true};
    for (int k = 0; k < DAY_PEAKS_LEVELS; k++)
        peak.peak[k] = peak.top[k] = (float)(100 + (k + 1) - 100 * (1 - chance));
    return peak;
}

// A forecast at an hour of day0 + `day` of that day and the next ones, with those chances.
static void look(struct alert_trial *trial, int day, int hour, size_t n, const double chance[])
{
    struct day_peak days[8];
    for (size_t k = 0; k < n; k++)
        days[k] = make_peak(day0 + day + (int64_t)k, chance[k]);
    const struct day_peaks peaks = {
        .issue = civil_instant(&clock, (day0 + day) * CIVIL_DAY_S + hour * CIVIL_HOUR_S),
        .growth = NAN,
        .n = n,
        .days = days,
    };
    assert_true(alert_trial_look(trial, &peaks));
}

static int64_t hour_of(int64_t instant)
{
    return (civil_local(&clock, instant) - day0 * CIVIL_DAY_S) / CIVIL_HOUR_S;
}

static void test_nothing_is_known_at_first(void **state)
{
    (void)state;
    struct alert_trial trial;
    const struct config_alert rule = make_rule();
    assert_true(alert_trial_init(&trial, &clock, &rule, day0, 2));
    assert_int_equal(trial.days[1].day, day0 + 1);
    assert_int_equal(trial.days[1].season, 2024);
    for (size_t k = 0; k < 2; k++)
        assert_false(alert_trial_counts(&trial.days[k]));
    alert_trial_done(&trial);
}

static void test_a_limit_is_that_of_the_lowest_level(void **state)
{
    (void)state;
    struct alert_trial trial;
    struct config_alert rule = make_rule();
    rule.per_cent[0] = 90;
    assert_true(alert_trial_init(&trial, &clock, &rule, day0, 1));
    alert_trial_set(&trial, 0, 1999, 200);
    near_assert(trial.days[0].limit_mw, 180, 1e-12);
    near_assert(trial.days[0].whole_mw, 200, 0);
    assert_int_equal(trial.days[0].season, 1999);
    alert_trial_done(&trial);
}

// Forecasts at noon of today, tomorrow and the day after.
static void test_an_alert_stands_for_the_day_it_is_about(void **state)
{
    (void)state;
    struct alert_trial trial = make_trial(4);
    look(&trial, 0, 12, 3, (double[]){0.1, 0.2, 0.7});
    assert_true(trial.alert.level == ALERT_EMERGENCY);
    assert_false(trial.days[1].warned);
    assert_true(trial.days[2].warned);
    near_assert(trial.days[2].chance, 0.7, 1e-6);
    near_assert(trial.days[1].chance, 0.2, 1e-6);
    assert_int_equal(hour_of(trial.days[2].raised), 12);
    // It still stands a day later, by the lower threshold, since then.
    look(&trial, 1, 12, 3, (double[]){0.1, 0.35, 0.1});
    assert_true(trial.days[2].warned && !trial.days[3].warned);
    assert_int_equal(hour_of(trial.days[2].raised), 12);
    near_assert(trial.days[2].raised_chance, 0.7, 1e-6);
    near_assert(trial.days[2].chance, 0.35, 1e-6);
    alert_trial_done(&trial);
}

static void test_days_that_have_begun_stay(void **state)
{
    (void)state;
    struct alert_trial trial = make_trial(3);
    look(&trial, 0, 12, 2, (double[]){0.1, 0.6});
    look(&trial, 1, 1, 2, (double[]){0.05, 0.05});
    assert_true(trial.days[1].warned);
    near_assert(trial.days[1].chance, 0.6, 1e-6);
    // At midnight a day has not.
    look(&trial, 2, 0, 1, (double[]){0.9});
    assert_true(trial.days[2].warned);
    near_assert(trial.days[2].chance, 0.9, 1e-6);
    alert_trial_done(&trial);
}

static void test_what_broke_off_is_raised_anew(void **state)
{
    (void)state;
    struct alert_trial trial = make_trial(3);
    look(&trial, 0, 6, 3, (double[]){0, 0, 0.6});
    look(&trial, 0, 12, 3, (double[]){0, 0, 0.1});
    assert_false(trial.days[2].warned);
    look(&trial, 0, 18, 3, (double[]){0, 0, 0.8});
    assert_true(trial.days[2].warned);
    assert_int_equal(hour_of(trial.days[2].raised), 18);
    near_assert(trial.days[2].raised_chance, 0.8, 1e-6);
    alert_trial_done(&trial);
}

static void test_days_beyond_the_lead_have_no_alert(void **state)
{
    (void)state;
    struct alert_trial trial = make_trial(6);
    look(&trial, 0, 12, 6, (double[]){0.1, 0.6, 0.2, 0.4, 0.9, 0.9});
    assert_true(trial.days[1].warned && trial.days[3].warned);
    assert_false(trial.days[2].warned || trial.days[4].warned || trial.days[5].warned);
    near_assert(trial.days[5].chance, 0.9, 1e-6);
    alert_trial_done(&trial);
}

// A look a day, on and off for weeks: no day without a cause has an alert.
static void test_a_look_a_day_does_not_flap(void **state)
{
    (void)state;
    struct alert_trial trial = make_trial(40);
    for (int day = 0; day < 39; day++) {
        look(&trial, day, 12, 2, (double[]){0, day % 2 ? 0.9 : 0.01});
        assert_int_equal(trial.days[day + 1].warned, day % 2);
    }
    alert_trial_done(&trial);
}

// Three looks an hour apart before it is raised; one that stands alone for its day has been held.
static void test_holds(void **state)
{
    (void)state;
    struct alert_trial trial = make_trial(4);
    trial.rule.hold = 3;
    look(&trial, 0, 10, 2, (double[]){0, 0.1});
    look(&trial, 0, 11, 2, (double[]){0, 0.9});
    look(&trial, 0, 12, 2, (double[]){0, 0.9});
    assert_false(trial.days[1].warned);
    look(&trial, 0, 13, 2, (double[]){0, 0.9});
    assert_true(trial.days[1].warned);
    assert_int_equal(hour_of(trial.days[1].raised), 13);
    alert_trial_begin_anew(&trial);
    look(&trial, 1, 12, 2, (double[]){0, 0.9});
    assert_true(trial.days[2].warned);
    alert_trial_begin_anew(&trial);
    trial.all_looks = true;
    look(&trial, 2, 12, 2, (double[]){0, 0.9});
    assert_false(trial.days[3].warned);
    alert_trial_done(&trial);
}

static void test_begun_anew_nothing_fires(void **state)
{
    (void)state;
    struct alert_trial trial = make_trial(4);
    look(&trial, 0, 12, 2, (double[]){0, 0.9});
    alert_trial_begin_anew(&trial);
    look(&trial, 1, 12, 2, (double[]){0, 0.4}); // would have gone on
    assert_false(trial.days[2].warned);
    alert_trial_done(&trial);
}

// Loads of 50 MW by the hour; days 1 and 3 pass the limit at 15:00.
static struct series make_load(void)
{
    struct series load;
    series_init(&load, CIVIL_HOUR_S);
    for (int k = 0; k < 4 * 24; k++) {
        bool high = k / 24 % 2 && k % 24 >= 15;
        int64_t local = day0 * CIVIL_DAY_S + (int64_t)k * CIVIL_HOUR_S;
        assert_int_equal(series_put(&load, civil_instant(&clock, local), high ? 120 : 50),
                         SERIES_NEW);
    }
    return load;
}

static void test_judged_by_hand(void **state)
{
    (void)state;
    struct alert_trial trial = make_trial(4);
    struct series load = make_load();
    struct alert_trial_sum sum;
    for (int day = -1; day < 3; day++)
        look(&trial, day, 12, 2, (double[]){0, day == 1 ? 0.6 : day == 2 ? 0.2 : 0.8});
    assert_true(alert_trial_judge(&trial, &load));
    const enum verdict verdicts[] = {VERDICT_FALSE, VERDICT_RIGHT, VERDICT_FALSE, VERDICT_MISSED};
    for (size_t k = 0; k < 4; k++)
        assert_int_equal(alert_trial_verdict(&trial.days[k]), verdicts[k]);
    assert_true(trial.days[0].persistent == 0 && trial.days[2].persistent == 1);
    assert_true(isnan(trial.days[0].usual));                    // no year before
    near_assert(alert_trial_lead_h(&trial.days[1]), 27, 1e-12); // noon to 15:00
    assert_true(isnan(alert_trial_lead_h(&trial.days[0])));
    assert_true(alert_trial_sum(&trial, ALERT_TRIAL_ALL, &sum));
    assert_int_equal(sum.days, 4);
    assert_int_equal(sum.over, 2);
    assert_int_equal(sum.alerts, 3);
    near_assert(verdicts_precision(&sum.verdicts), 1.0 / 3, 1e-15);
    near_assert(verdicts_recall(&sum.verdicts), 0.5, 1e-15);
    near_assert(verdicts_brier(&sum.brier), (0.64 + 0.04 + 0.36 + 0.64) / 4, 1e-6);
    near_assert(verdicts_brier(&sum.persistent.theirs), 0.75, 1e-15);
    assert_int_equal(sum.usual.theirs.n, 0);
    assert_true(alert_trial_sum(&trial, 2024, &sum));
    assert_int_equal(sum.days, 2);
    assert_true(isnan(sum.mean_lead_h));
    series_done(&load);
    alert_trial_done(&trial);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing_is_known_at_first),
        cmocka_unit_test(test_a_limit_is_that_of_the_lowest_level),
        cmocka_unit_test(test_an_alert_stands_for_the_day_it_is_about),
        cmocka_unit_test(test_days_that_have_begun_stay),
        cmocka_unit_test(test_what_broke_off_is_raised_anew),
        cmocka_unit_test(test_days_beyond_the_lead_have_no_alert),
        cmocka_unit_test(test_a_look_a_day_does_not_flap),
        cmocka_unit_test(test_holds),
        cmocka_unit_test(test_begun_anew_nothing_fires),
        cmocka_unit_test(test_judged_by_hand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
