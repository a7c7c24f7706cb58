// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/past_peaks.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/near.h"

// A day at +07:00 by the hour: 10 MW, but 30 at 14:00 and 25 at 15:00.
static const struct civil_clock clock = {.offset_s = 7 * CIVIL_HOUR_S};

static void put(struct series *load, int64_t day, int hour, double mw)
{
    assert_int_not_equal(
        series_put(load, civil_instant(&clock, day * CIVIL_DAY_S + hour * CIVIL_HOUR_S), mw),
        SERIES_REFUSED);
}

static struct series make_day(int64_t day)
{
    struct series load;
    series_init(&load, CIVIL_HOUR_S);
    for (int hour = 0; hour < 24; hour++)
        put(&load, day, hour, hour == 14 ? 30 : hour == 15 ? 25 : 10);
    return load;
}

static void test_a_day_is_the_clocks(void **state)
{
    (void)state;
    struct series load = make_day(100);
    put(&load, 99, 23, 77);
    put(&load, 101, 0, 88);
    assert_true(past_peaks_at(&load, &clock, 100) == 30);
    assert_true(isnan(past_peaks_at(&load, &clock, 99)) &&
                isnan(past_peaks_at(&load, &clock, 101)));
    series_done(&load);
}

static void test_nine_in_ten_are_enough(void **state)
{
    (void)state;
    struct series load = make_day(100);
    put(&load, 100, 3, NAN);
    put(&load, 100, 14, NAN);
    assert_true(past_peaks_at(&load, &clock, 100) == 25);
    put(&load, 100, 4, NAN);
    assert_true(isnan(past_peaks_at(&load, &clock, 100)));
    series_done(&load);
}

static void test_the_first_interval_over(void **state)
{
    (void)state;
    struct series load = make_day(100);
    int64_t midnight = civil_instant(&clock, 100 * CIVIL_DAY_S);
    assert_int_equal(past_peaks_over(&load, &clock, 100, 24), midnight + 14 * CIVIL_HOUR_S);
    assert_int_equal(past_peaks_over(&load, &clock, 100, 9), midnight);
    assert_true(past_peaks_over(&load, &clock, 100, 30) == INT64_MAX); // at it is not over it
    assert_true(past_peaks_over(&load, &clock, 100, NAN) == INT64_MAX);
    assert_true(past_peaks_over(&load, &clock, 101, 1) == INT64_MAX);
    series_done(&load);
}

// Type 7: at 1 + (n - 1) p in the sorted order.
static void test_percentile_by_hand(void **state)
{
    (void)state;
    double peaks[] = {5, NAN, 1, 3, 2, NAN, 4}, none[] = {NAN};
    near_assert(past_peaks_percentile(7, peaks, 75), 4, 1e-12);
    double again[] = {10, 20, NAN};
    near_assert(past_peaks_percentile(3, again, 97), 19.7, 1e-12);
    assert_true(isnan(past_peaks_percentile(1, none, 97)));
    assert_true(isnan(past_peaks_percentile(0, none, 97)));
}

static void test_what_is_usual_is_of_the_month_and_before(void **state)
{
    (void)state;
    enum { N = 1200 };
    double peaks[N];
    int64_t first = civil_day_from_date((struct civil_date){2001, 1, 1});
    for (int k = 0; k < N; k++)
        peaks[k] = NAN;
    // July of three years: 2 of 10 days over, 1 of 20, and all of the year itself.
    for (int k = 0; k < 20; k++) {
        int64_t july = civil_day_from_date((struct civil_date){2002, 7, 1});
        peaks[july - first + k] = k < 1 ? 9 : 5;
        if (k < 10)
            peaks[civil_day_from_date((struct civil_date){2001, 7, 1}) - first + k] = k < 2 ? 9 : 5;
        peaks[civil_day_from_date((struct civil_date){2003, 7, 1}) - first + k] = 9;
        peaks[civil_day_from_date((struct civil_date){2002, 8, 1}) - first + k] = 9;
    }
    int64_t day = civil_day_from_date((struct civil_date){2003, 7, 15});
    near_assert(past_peaks_usual(first, N, peaks, day, 5, 8), 0.1, 1e-15);
    near_assert(past_peaks_usual(first, N, peaks, day, 1, 8), 0.05, 1e-15);
    near_assert(past_peaks_usual(first, N, peaks, day, 5, 4), 1, 1e-15);
    day = civil_day_from_date((struct civil_date){2003, 6, 15});
    assert_true(isnan(past_peaks_usual(first, N, peaks, day, 5, 8)));
}

static void test_many_days(void **state)
{
    (void)state;
    struct series load = make_day(100);
    double peaks[3];
    past_peaks_fill(&load, &clock, 99, 3, peaks);
    assert_true(isnan(peaks[0]) && peaks[1] == 30 && isnan(peaks[2]));
    series_done(&load);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_day_is_the_clocks),
        cmocka_unit_test(test_nine_in_ten_are_enough),
        cmocka_unit_test(test_the_first_interval_over),
        cmocka_unit_test(test_percentile_by_hand),
        cmocka_unit_test(test_what_is_usual_is_of_the_month_and_before),
        cmocka_unit_test(test_many_days),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
