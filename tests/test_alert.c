// SPDX-License-Identifier: GPL-3.0-or-later
// When an alert is raised, falls and is over, each rule by example; test_alert_telling.c has what
// is told of it, test_alert_sequences.c all of it at once.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/watched.h"

static void calls_everything_by_its_name(void **state)
{
    (void)state;
    static const char *const levels[] = {"none", "watch", "emergency", "extreme"};
    for (enum alert_level level = ALERT_NONE; level < ALERT_LEVELS; level++) {
        enum alert_level found = ALERT_LEVELS;
        assert_string_equal(alert_level_name(level), levels[level]);
        assert_true(alert_level_find(levels[level], &found));
        assert_int_equal(found, level);
    }
    enum alert_level untouched = ALERT_EXTREME;
    assert_false(alert_level_find("Watch", &untouched));
    assert_false(alert_level_find("", &untouched));
    assert_int_equal(untouched, ALERT_EXTREME);
    assert_string_equal(alert_state_name(ALERT_QUIET), "resolved");
    assert_string_equal(alert_state_name(ALERT_PENDING), "pending");
    assert_string_equal(alert_state_name(ALERT_FIRING), "firing");
    assert_string_equal(alert_state_name(ALERT_ACKNOWLEDGED), "acknowledged");
    assert_string_equal(alert_change_name(ALERT_SAME), "same");
    assert_string_equal(alert_change_name(ALERT_FIRED), "fired");
    assert_string_equal(alert_change_name(ALERT_WORSE), "worse");
    assert_string_equal(alert_change_name(ALERT_EASED), "eased");
    assert_string_equal(alert_change_name(ALERT_RESOLVED), "resolved");
    assert_string_equal(alert_notice_name(NOTICE_NONE), "none");
    assert_string_equal(alert_notice_name(NOTICE_FIRED), "fired");
    assert_string_equal(alert_notice_name(NOTICE_WORSE), "worse");
    assert_string_equal(alert_notice_name(NOTICE_EASED), "eased");
    assert_string_equal(alert_notice_name(NOTICE_REMINDER), "reminder");
    assert_string_equal(alert_notice_name(NOTICE_RESOLVED), "resolved");
}

static void fires_after_looks_in_a_row(void **state)
{
    (void)state;
    struct watched w = watched(3, 1, 0);
    assert_int_equal(alert_state(&w.alert), ALERT_QUIET);
    assert_int_equal(watched_look(&w, W, W), ALERT_SAME);
    assert_int_equal(alert_state(&w.alert), ALERT_PENDING);
    assert_int_equal(watched_look(&w, W, W), ALERT_SAME);
    assert_int_equal(watched_look(&w, N, W), ALERT_SAME); // broken: it begins anew
    assert_int_equal(alert_state(&w.alert), ALERT_QUIET);
    assert_int_equal(watched_looks(&w, 2, W, W), ALERT_SAME);
    assert_int_equal(w.alert.since, 0);
    assert_int_equal(watched_look(&w, W, W), ALERT_FIRED);
    assert_int_equal(alert_state(&w.alert), ALERT_FIRING);
    assert_int_equal(w.alert.level, ALERT_WATCH);
    assert_int_equal(w.alert.since, w.now);
    assert_int_equal(w.alert.changed, w.now);
    assert_int_equal(watched_look(&w, W, W), ALERT_SAME);
    assert_int_equal(w.alert.since, w.now - MINUTE);
}

static void fires_at_once_where_one_look_does(void **state)
{
    (void)state;
    struct watched w = watched(1, 1, 0);
    assert_int_equal(watched_look(&w, X, X), ALERT_FIRED);
    assert_int_equal(w.alert.level, ALERT_EXTREME);
    assert_int_equal(watched_look(&w, N, N), ALERT_RESOLVED);
    assert_int_equal(alert_state(&w.alert), ALERT_QUIET);
    assert_int_equal(w.alert.since, 0);
}

// The highest that all of the last looks called for; what came before them does not delay it.
static void rises_to_what_all_looks_called_for(void **state)
{
    (void)state;
    struct watched w = watched(3, 1, 0);
    watched_look(&w, W, W);
    watched_look(&w, X, X);
    assert_int_equal(watched_look(&w, E, E), ALERT_FIRED);
    assert_int_equal(w.alert.level, ALERT_WATCH);
    const int64_t since = w.alert.since;
    assert_int_equal(alert_state(&w.alert), ALERT_FIRING);
    assert_int_equal(watched_look(&w, X, X), ALERT_WORSE); // X E X
    assert_int_equal(w.alert.level, ALERT_EMERGENCY);
    assert_int_equal(watched_look(&w, X, X), ALERT_SAME);  // E X X
    assert_int_equal(watched_look(&w, X, X), ALERT_WORSE); // X X X
    assert_int_equal(w.alert.level, ALERT_EXTREME);
    assert_int_equal(w.alert.since, since);
}

static void is_over_below_the_lower_condition_only(void **state)
{
    (void)state;
    struct watched w = watched(1, 3, 0);
    watched_look(&w, E, E);
    assert_int_equal(watched_looks(&w, 5, N, E), ALERT_SAME); // between the two
    assert_int_equal(watched_looks(&w, 2, N, N), ALERT_SAME);
    assert_int_equal(watched_look(&w, N, E), ALERT_SAME); // begins anew
    assert_int_equal(watched_looks(&w, 2, N, N), ALERT_SAME);
    assert_int_equal(w.alert.level, ALERT_EMERGENCY);
    assert_int_equal(watched_look(&w, N, N), ALERT_RESOLVED);
}

static void keeps_at_least_what_it_calls_for(void **state)
{
    (void)state;
    struct watched w = watched(1, 1, 0);
    watched_look(&w, E, E);
    assert_int_equal(watched_look(&w, E, N), ALERT_SAME);
    assert_int_equal(watched_look(&w, W, N), ALERT_EASED);
}

// In one step where no look kept anything between, else to what one of the last looks kept.
static void falls_to_what_was_kept(void **state)
{
    (void)state;
    struct watched w = watched(1, 3, 0);
    watched_look(&w, X, X);
    watched_looks(&w, 2, N, N);
    assert_int_equal(watched_look(&w, N, N), ALERT_RESOLVED);

    watched_look(&w, X, X);
    watched_look(&w, N, W);
    watched_look(&w, N, E);
    assert_int_equal(watched_look(&w, N, N), ALERT_EASED); // W E N
    assert_int_equal(w.alert.level, ALERT_EMERGENCY);
    assert_int_equal(watched_look(&w, N, N), ALERT_SAME);     // E N N
    assert_int_equal(watched_look(&w, N, N), ALERT_RESOLVED); // N N N
}

static void falls_no_sooner_than_some_time_after_a_change(void **state)
{
    (void)state;
    struct watched w = watched(1, 1, 10 * MINUTE);
    assert_int_equal(watched_look(&w, E, E), ALERT_FIRED);
    assert_int_equal(watched_look(&w, N, W), ALERT_SAME); // long gone by when it may fall
    assert_int_equal(watched_looks(&w, 8, N, N), ALERT_SAME);
    assert_int_equal(watched_look(&w, N, N), ALERT_RESOLVED); // ten minutes
    assert_int_equal(watched_look(&w, W, W), ALERT_FIRED);    // a worse level need not wait
    assert_int_equal(watched_look(&w, X, X), ALERT_WORSE);
    assert_int_equal(watched_looks(&w, 9, W, W), ALERT_SAME); // counted from the rise
    assert_int_equal(watched_look(&w, W, W), ALERT_EASED);
    assert_int_equal(watched_looks(&w, 9, N, N), ALERT_SAME); // and from the fall
    assert_int_equal(watched_look(&w, N, N), ALERT_RESOLVED);
}

static void learns_nothing_from_a_look_that_knows_nothing(void **state)
{
    (void)state;
    struct watched w = watched(2, 2, 0);
    const struct alert_look blind = {.now = INT64_MAX, .call = ALERT_EXTREME};
    watched_look(&w, W, W);
    const struct alert before = w.alert;
    assert_int_equal(alert_look(&w.alert, &w.damping, &blind), ALERT_SAME);
    assert_memory_equal(&w.alert, &before, sizeof before);
    assert_int_equal(watched_look(&w, W, W), ALERT_FIRED); // two in a row all the same
    watched_look(&w, N, N);
    alert_look(&w.alert, &w.damping, &blind);
    assert_int_equal(w.alert.level, ALERT_WATCH);
    assert_int_equal(watched_look(&w, N, N), ALERT_RESOLVED);
}

static void takes_a_clock_set_back_for_one_that_stands(void **state)
{
    (void)state;
    struct watched w = watched(1, 1, 10 * MINUTE);
    watched_look(&w, W, W);
    const int64_t fired = w.now;
    w.now -= 1000 * MINUTE;
    assert_int_equal(watched_look(&w, E, E), ALERT_WORSE);
    assert_int_equal(w.alert.changed, fired);
    assert_int_equal(w.alert.looked, fired);
    watched_tell(&w);
    assert_int_equal(w.alert.told_at, fired);
    w.now = fired + 8 * MINUTE;
    assert_int_equal(watched_look(&w, N, N), ALERT_SAME);
    assert_int_equal(watched_look(&w, N, N), ALERT_RESOLVED);
    w.now = 0;
    assert_int_equal(alert_end(&w.alert, 0), ALERT_SAME);
    assert_int_equal(w.alert.looked, fired + 10 * MINUTE);
}

// To and fro: nine flips of the newest looks, 1.20 + ... + 1.04 = 10.08 of 21, are less than half,
// ten, 11.10, are more.
static void flaps_from_half_the_looks_on(void **state)
{
    (void)state;
    struct watched w = watched(1, 1, 0);
    for (int i = 1; i <= 9; i++) {
        watched_look(&w, i % 2 ? W : N, i % 2 ? W : N);
        assert_false(w.alert.flapping);
        assert_int_equal(w.alert.level, i % 2 ? W : N);
    }
    assert_int_equal(watched_look(&w, N, N), ALERT_SAME); // it does not fall
    assert_true(w.alert.flapping);
    assert_int_equal(watched_look(&w, E, E), ALERT_WORSE); // but it rises
    assert_int_equal(w.alert.level, ALERT_EMERGENCY);
}

// Looks that call for another level than the one before, by how many looks that was ago.
static bool flaps_with(uint32_t ages)
{
    struct watched w = watched(1, 1, 0);
    bool on = false;
    for (int age = ALERT_LOOKS - 1; age >= 0; age--) {
        on ^= ages >> age & 1;
        watched_look(&w, on ? W : N, on ? W : N);
    }
    assert_int_equal(w.alert.flips, ages);
    return w.alert.flapping;
}

// Ten of 1.2 - 0.02 for each look of age are 12 - 0.02 times the sum of the ages: 10.5, and 10.48.
static void flaps_at_half_and_not_just_below(void **state)
{
    (void)state;
    const uint32_t nine =
        1 << 0 | 1 << 1 | 1 << 2 | 1 << 3 | 1 << 4 | 1 << 10 | 1 << 12 | 1 << 13 | 1 << 14;
    assert_true(flaps_with(nine | 1 << 16));
    assert_false(flaps_with(nine | 1 << 17));
    assert_false(flaps_with(nine));
}

// The other bound: after q more looks the ten flips are q ... q + 9 looks old, those over 20 are
// forgotten. Six of the oldest weigh 0.80 + ... + 0.90 = 5.10, less than a quarter of 21; seven,
// 6.02, more.
static void flaps_until_less_than_a_quarter(void **state)
{
    (void)state;
    struct watched w = watched(1, 1, 0);
    for (int i = 1; i <= 10; i++)
        watched_look(&w, i % 2 ? W : N, i % 2 ? W : N);
    assert_true(w.alert.flapping);
    int quiet = 0;
    while (w.alert.flapping) {
        assert_int_equal(w.alert.level, ALERT_WATCH);
        watched_look(&w, N, N);
        quiet++;
        assert_true(quiet < 30);
    }
    assert_int_equal(quiet, 15);
    assert_int_equal(w.alert.level, ALERT_NONE); // in the same look
    assert_int_equal(alert_state(&w.alert), ALERT_QUIET);
}

static void falls_while_it_is_near_flapping_only(void **state)
{
    (void)state;
    struct watched w = watched(1, 1, 0);
    int changes = 0;
    for (int i = 0; i < 1000; i++)
        changes += watched_look(&w, i % 2 ? W : N, i % 2 ? W : N) != ALERT_SAME;
    assert_in_range(changes, 5, 11);
    assert_int_equal(w.alert.flips, (1 << ALERT_LOOKS) - 1);
    assert_int_equal(w.alert.level, ALERT_WATCH);
}

static void bounds_its_changes(void **state)
{
    (void)state;
    const struct alert_damping quick = {.hold = 1, .hold_clear = 1};
    assert_int_equal(alert_changes_max(&quick, -1, 60), 0);
    assert_int_equal(alert_changes_max(&quick, 0, 60), 1);
    assert_int_equal(alert_changes_max(&quick, 599, 60), 10);
    assert_int_equal(alert_changes_max(&quick, 600, 60), 11);
    assert_int_equal(alert_changes_max(&quick, 0, 0), INT64_MAX);
    // A day of looks a minute apart: a quarter of an hour for a rise, an hour and more for a fall.
    const struct alert_damping slow = {.hold = 15, .hold_clear = 5, .change_s = 3600};
    const int64_t runs = 1 + 86400 / (900 + 3600), falls = 1 + 86400 / 3600;
    assert_int_equal(alert_changes_max(&slow, 86400, 60), 3 * runs + falls);
    const struct alert_damping held = {.hold = 15, .hold_clear = 15};
    assert_int_equal(alert_changes_max(&held, 86400, 60), 6 * (1 + 86400 / 1800));
    // Even where time stands, no more than three rises and a fall.
    assert_int_equal(alert_changes_max(&slow, 0, 0), 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(calls_everything_by_its_name),
        cmocka_unit_test(fires_after_looks_in_a_row),
        cmocka_unit_test(fires_at_once_where_one_look_does),
        cmocka_unit_test(rises_to_what_all_looks_called_for),
        cmocka_unit_test(is_over_below_the_lower_condition_only),
        cmocka_unit_test(keeps_at_least_what_it_calls_for),
        cmocka_unit_test(falls_to_what_was_kept),
        cmocka_unit_test(falls_no_sooner_than_some_time_after_a_change),
        cmocka_unit_test(learns_nothing_from_a_look_that_knows_nothing),
        cmocka_unit_test(takes_a_clock_set_back_for_one_that_stands),
        cmocka_unit_test(flaps_from_half_the_looks_on),
        cmocka_unit_test(flaps_at_half_and_not_just_below),
        cmocka_unit_test(flaps_until_less_than_a_quarter),
        cmocka_unit_test(falls_while_it_is_near_flapping_only),
        cmocka_unit_test(bounds_its_changes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
