// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/baseline.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "tests/near.h"

enum { HOUR = 3600, DAY = 24 * HOUR, WEEK = 7 * DAY };
static const int64_t issue = 1710288000; // 2024-03-13T00:00Z

// Hours from `from` to `to`, each with the number of hours since the issue as its value.
static void fill(struct series *load, int64_t from, int64_t to)
{
    for (int64_t t = from; t < to; t += HOUR)
        assert_int_not_equal(series_put(load, t, (double)((t - issue) / HOUR)), SERIES_REFUSED);
}

static double hours(int64_t seconds)
{
    return (double)(seconds / HOUR);
}

static void test_a_week_ago(void **state)
{
    (void)state;
    struct series load;
    series_init(&load, HOUR);
    fill(&load, issue - 10 * WEEK, issue);
    assert_true(baseline_mean(&load, issue, issue) == hours(-WEEK));
    assert_true(baseline_mean(&load, issue, issue + 5 * HOUR) == hours(5 * HOUR - WEEK));
    // The last hour of the week has its like just before the issue; the next is a week further.
    assert_true(baseline_mean(&load, issue, issue + WEEK - HOUR) == -1);
    assert_true(baseline_mean(&load, issue, issue + WEEK) == hours(-WEEK));
    assert_true(baseline_mean(&load, issue, issue + 3 * WEEK + HOUR) == hours(HOUR - WEEK));
    // What came before the issue is not its own forecast.
    assert_true(baseline_mean(&load, issue, issue - 3 * HOUR) == hours(-3 * HOUR - WEEK));
    series_done(&load);
}

static void test_gaps_and_masks_are_stepped_over(void **state)
{
    (void)state;
    struct series load;
    series_init(&load, HOUR);
    fill(&load, issue - 10 * WEEK, issue);
    assert_int_equal(series_put(&load, issue - WEEK, NAN), SERIES_CHANGED);
    assert_true(baseline_mean(&load, issue, issue) == hours(-2 * WEEK));
    series_mask(&load, issue - 2 * WEEK, issue - 2 * WEEK + HOUR, true);
    assert_true(baseline_mean(&load, issue, issue) == hours(-3 * WEEK));
    for (int week = 3; week < 8; week++)
        series_mask(&load, issue - week * WEEK, issue - week * WEEK + HOUR, true);
    assert_true(baseline_mean(&load, issue, issue) == hours(-8 * WEEK));
    // The ninth week is too long ago: yesterday at this hour says more.
    series_mask(&load, issue - 8 * WEEK, issue - 8 * WEEK + HOUR, true);
    assert_true(baseline_mean(&load, issue, issue) == hours(-DAY));
    series_mask(&load, issue - DAY, issue - DAY + HOUR, true);
    assert_true(baseline_mean(&load, issue, issue) == hours(-2 * DAY));
    series_done(&load);
}

static void test_short_history(void **state)
{
    (void)state;
    struct series load;
    series_init(&load, HOUR);
    assert_true(isnan(baseline_mean(&load, issue, issue)));
    fill(&load, issue - 3 * HOUR, issue);
    assert_true(baseline_mean(&load, issue, issue) == -2);
    assert_true(baseline_mean(&load, issue, issue + 22 * HOUR) == -2);
    assert_true(baseline_mean(&load, issue, issue + 9 * DAY + 22 * HOUR) == -2);
    series_mask(&load, issue - 3 * HOUR, issue - 2 * HOUR, true);
    assert_true(baseline_mean(&load, issue, issue) == -1.5);
    series_mask(&load, issue - 3 * HOUR, issue, true);
    assert_true(isnan(baseline_mean(&load, issue, issue)));
    series_done(&load);
}

// A day's history serves a day, however far ahead: 14 tries from the first that may be read.
// After a season's pause: as much as four weeks of what came last, the older rest no more.
static void test_the_mean_of_the_last_values(void **state)
{
    (void)state;
    struct series load;
    series_init(&load, HOUR);
    for (int i = 0; i < 900; i++)
        assert_int_equal(series_put(&load, issue - 200 * DAY - i * HOUR, i < 672 ? 2.385 : 1e6),
                         SERIES_NEW);
    double mean = baseline_mean(&load, issue, issue);
    assert_true(fabs(mean - 2.385) < 1e-9);
    series_mask(&load, issue - 200 * DAY, issue - 200 * DAY + HOUR, true);
    assert_true(baseline_mean(&load, issue, issue) > 1000);
    series_done(&load);
}

static void test_days_far_ahead(void **state)
{
    (void)state;
    struct series load;
    series_init(&load, HOUR);
    fill(&load, issue - DAY, issue);
    assert_true(baseline_mean(&load, issue, issue + 3 * DAY + 7 * HOUR) == hours(7 * HOUR - DAY));
    assert_true(baseline_mean(&load, issue, issue + 5 * WEEK + 7 * HOUR) == hours(7 * HOUR - DAY));
    series_done(&load);
}

// The same history with a future that would betray any look at it.
static void test_future_is_not_read(void **state)
{
    (void)state;
    struct series clean, poisoned;
    double errors[3][500];
    series_init(&clean, HOUR);
    series_init(&poisoned, HOUR);
    fill(&clean, issue - 6 * WEEK, issue);
    fill(&poisoned, issue - 6 * WEEK, issue);
    for (int64_t t = issue; t < issue + 9 * WEEK; t += HOUR)
        assert_int_equal(series_put(&poisoned, t, 1e300), SERIES_NEW);
    for (int64_t t = issue; t < issue + 12 * WEEK; t += 5 * HOUR)
        assert_true(baseline_mean(&clean, issue, t) == baseline_mean(&poisoned, issue, t));
    for (int64_t lead = 0; lead < 3 * WEEK; lead += 9 * DAY) {
        size_t n = baseline_errors(&clean, issue, issue + lead, 10, 500, errors[0]);
        assert_int_equal(n, baseline_errors(&poisoned, issue, issue + lead, 10, 500, errors[1]));
        assert_int_equal(n, 240);
        assert_memory_equal(errors[0], errors[1], n * sizeof(double));
    }
    series_done(&clean);
    series_done(&poisoned);
}

// An interval that begins before the issue and ends after it is not known at the issue.
static void test_interval_across_the_issue_is_not_read(void **state)
{
    (void)state;
    struct series load;
    double errors[9];
    series_init(&load, HOUR);
    fill(&load, issue - HOUR, issue + HOUR);
    assert_true(baseline_mean(&load, issue + HOUR / 2, issue + DAY) == -1);
    assert_int_equal(baseline_errors(&load, issue - HOUR / 2, issue, 9, 9, errors), 0);
    series_done(&load);
}

// Values rise by one an hour, so that the error with a lead of k weeks is the hours of k weeks.
static void test_errors_are_of_the_same_lead(void **state)
{
    (void)state;
    struct series load;
    double errors[200];
    series_init(&load, HOUR);
    fill(&load, issue - 10 * WEEK, issue);
    assert_int_equal(baseline_errors(&load, issue, issue + 3 * HOUR, 2, 200, errors), 48);
    for (size_t i = 0; i < 48; i++)
        near_assert(errors[i], 168, 1e-12);
    assert_int_equal(baseline_errors(&load, issue, issue + 8 * DAY, 2, 200, errors), 48);
    for (size_t i = 0; i < 48; i++)
        near_assert(errors[i], 2 * 168, 1e-12);
    series_done(&load);
}

static void test_errors_leave_out_what_is_unusable(void **state)
{
    (void)state;
    struct series load;
    double errors[200];
    series_init(&load, HOUR);
    fill(&load, issue - 10 * WEEK, issue);
    assert_int_equal(series_put(&load, issue - HOUR, 1000), SERIES_CHANGED);
    assert_int_equal(series_put(&load, issue - 7 * HOUR, NAN), SERIES_CHANGED);
    series_mask(&load, issue - 6 * HOUR, issue - 4 * HOUR, true);
    assert_int_equal(baseline_errors(&load, issue, issue, 1, 200, errors), 21);
    // The latest come first, and no more of them than there is room for.
    near_assert(errors[0], 1000 + 169, 1e-12);
    errors[3] = 2.385;
    assert_int_equal(baseline_errors(&load, issue, issue, 1, 3, errors), 3);
    near_assert(errors[1], 168, 1e-12);
    assert_true(errors[3] == 2.385);
    series_done(&load);
}

static void test_errors_without_history(void **state)
{
    (void)state;
    struct series load;
    double errors[4];
    series_init(&load, HOUR);
    assert_int_equal(baseline_errors(&load, issue, issue, 30, 4, errors), 0);
    fill(&load, issue - 2 * HOUR, issue);
    // With a lead of a week nothing was known of either hour.
    assert_int_equal(baseline_errors(&load, issue, issue, 30, 4, errors), 0);
    // A history that ended long ago has nothing in the last days.
    assert_int_equal(baseline_errors(&load, issue + 90 * DAY, issue + 90 * DAY, 30, 4, errors), 0);
    // Nor has one that begins after the issue.
    assert_int_equal(baseline_errors(&load, issue - DAY, issue, 30, 4, errors), 0);
    series_done(&load);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_week_ago),
        cmocka_unit_test(test_gaps_and_masks_are_stepped_over),
        cmocka_unit_test(test_short_history),
        cmocka_unit_test(test_the_mean_of_the_last_values),
        cmocka_unit_test(test_days_far_ahead),
        cmocka_unit_test(test_future_is_not_read),
        cmocka_unit_test(test_interval_across_the_issue_is_not_read),
        cmocka_unit_test(test_errors_are_of_the_same_lead),
        cmocka_unit_test(test_errors_leave_out_what_is_unusable),
        cmocka_unit_test(test_errors_without_history),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
