// SPDX-License-Identifier: GPL-3.0-or-later
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "daemon/weather_ahead.h"
#include "tests/near.h"

enum { HOUR = 3600, DAY = 86400 };
static const int64_t issue = 1717200000; // 2024-06-01T00:00Z

static void put(struct series *series, int64_t t, double value)
{
    assert_int_not_equal(series_put(series, t, value), SERIES_REFUSED);
}

// Observations of 30 days before the issue and one after it: 20 C and the hour of the day.
static struct series observe(int32_t step_s)
{
    struct series series;
    series_init(&series, step_s);
    for (int64_t t = issue - 30 * (int64_t)DAY; t < issue + DAY; t += step_s)
        put(&series, t, 20 + (double)(t % DAY) / HOUR);
    return series;
}

// An hour's observation is known half an hour later, one of the issue itself is not.
static void an_observation_is_of_its_instant(void **state)
{
    (void)state;
    struct series observed = observe(HOUR);
    struct series known = weather_ahead_known(&observed, issue);
    assert_int_equal(series_end(&known), issue);
    known = weather_ahead_known(&observed, issue + HOUR / 2);
    assert_int_equal(series_end(&known), issue + HOUR);
    series_done(&observed);
}

static void run_values_stand_from_the_issue_on(void **state)
{
    (void)state;
    struct series observed = observe(HOUR), out;
    const struct weather_ahead_point run[] = {{issue - 2 * HOUR, 99},
                                              {issue - HOUR, 99},
                                              {issue, 31},
                                              {issue + HOUR, 33},
                                              {issue + 3 * HOUR, 35}};
    assert_true(weather_ahead_merge(&observed, 5, run, issue, issue + DAY, &out));
    near_assert(series_at(&out, issue - HOUR), 43, 1e-9); // observed, whatever a run had said
    near_assert(series_at(&out, issue), 31, 1e-9);
    near_assert(series_at(&out, issue + HOUR), 33, 1e-9);
    near_assert(series_at(&out, issue + 2 * HOUR), 34, 1e-9); // between two
    near_assert(series_at(&out, issue + 3 * HOUR), 35, 1e-9);
    assert_int_equal(series_end(&out), issue + 4 * HOUR);
    series_done(&out);
    // No further than is asked for.
    assert_true(weather_ahead_merge(&observed, 5, run, issue, issue + 2 * HOUR, &out));
    assert_int_equal(series_end(&out), issue + 2 * HOUR);
    series_done(&out);
    series_done(&observed);
}

static void hours_that_nobody_saw_are_the_runs(void **state)
{
    (void)state;
    struct series observed, out;
    series_init(&observed, HOUR / 2);
    put(&observed, issue - 5 * HOUR, 30);
    // The last observation and the first point are joined; a long gap is not.
    const struct weather_ahead_point run[] = {
        {issue - 3 * HOUR, 34}, {issue - 2 * HOUR, 30}, {issue + 2 * HOUR, 20}};
    assert_true(weather_ahead_merge(&observed, 3, run, issue, issue + DAY, &out));
    near_assert(series_at(&out, issue - 4 * HOUR), 32, 1e-9);
    near_assert(series_at(&out, issue - 3 * HOUR), 34, 1e-9);
    near_assert(series_at(&out, issue - 5 * HOUR / 2), 32, 1e-9);
    assert_true(isnan(series_at(&out, issue)));
    near_assert(series_at(&out, issue + 2 * HOUR), 20, 1e-9);
    series_done(&out);
    // Without any observation, and without any point.
    struct series none;
    series_init(&none, HOUR);
    assert_true(weather_ahead_merge(&none, 3, run, issue, issue + DAY, &out));
    near_assert(series_at(&out, issue - 2 * HOUR), 30, 1e-9);
    series_done(&out);
    assert_true(weather_ahead_merge(&none, 0, NULL, issue, issue + DAY, &out));
    assert_int_equal(out.n, 0);
    series_done(&out);
    series_done(&observed);
}

static void a_lender_is_moved_by_the_hour(void **state)
{
    (void)state;
    struct series observed = observe(HOUR), lender = observe(HOUR), out;
    for (int64_t t = lender.start; t < series_end(&lender); t += HOUR) // 1 to 12.5 C colder
        put(&lender, t, series_at(&lender, t) - 1 - (double)(t % DAY) / HOUR / 2);
    for (int64_t t = issue; t < issue + 3 * (int64_t)DAY; t += HOUR)
        put(&lender, t, 10);
    assert_true(weather_ahead_borrow(&observed, &lender, issue, issue + 2 * (int64_t)DAY, &out));
    near_assert(series_at(&out, issue - HOUR), 43, 1e-9);
    near_assert(series_at(&out, issue), 11, 1e-9);
    near_assert(series_at(&out, issue + 6 * HOUR), 14, 1e-9);
    near_assert(series_at(&out, issue + DAY + 6 * HOUR), 14, 1e-9);
    assert_int_equal(series_end(&out), issue + 2 * (int64_t)DAY);
    series_done(&out);
    series_done(&lender);
    series_done(&observed);
}

static void strangers_lend_nothing(void **state)
{
    (void)state;
    struct series observed = observe(HOUR), lender, out;
    series_init(&lender, HOUR);
    for (int64_t t = issue - 6 * (int64_t)DAY; t < issue + DAY; t += HOUR)
        put(&lender, t, 10);
    assert_true(weather_ahead_borrow(&observed, &lender, issue, issue + DAY, &out));
    assert_int_equal(out.n, 0);
    put(&lender, issue - 7 * (int64_t)DAY, 10); // that hour of the day was seen seven times
    assert_true(weather_ahead_borrow(&observed, &lender, issue, issue + DAY, &out));
    near_assert(series_at(&out, issue), 20, 1e-9);
    assert_int_equal(series_end(&out), issue + HOUR);
    series_done(&out);
    // A lender that ends with the observations.
    struct series same = observe(HOUR), short_lender = series_before(&same, issue);
    assert_true(weather_ahead_borrow(&observed, &short_lender, issue, issue + DAY, &out));
    assert_int_equal(out.n, 0);
    series_done(&same);
    series_done(&lender);
    series_done(&observed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_observation_is_of_its_instant),
        cmocka_unit_test(run_values_stand_from_the_issue_on),
        cmocka_unit_test(hours_that_nobody_saw_are_the_runs),
        cmocka_unit_test(a_lender_is_moved_by_the_hour),
        cmocka_unit_test(strangers_lend_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
