// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/series.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "tests/near.h"

enum { HALF_HOUR = 1800, HOUR = 3600 };
static const int64_t noon = 1710331200; // 2024-03-13T12:00Z

static void put(struct series *series, int64_t instant, double value)
{
    assert_int_equal(series_put(series, instant, value), SERIES_NEW);
}

static void test_empty(void **state)
{
    (void)state;
    struct series series;
    series_init(&series, HALF_HOUR);
    assert_int_equal(series.n, 0);
    assert_true(isnan(series_at(&series, noon)));
    assert_int_equal(series_put(&series, noon, NAN), SERIES_SAME);
    assert_int_equal(series.n, 0);
    series_mask(&series, 0, INT64_MAX, true);
    series_done(&series);
    series_done(NULL);
}

static void test_gaps_are_not_zero(void **state)
{
    (void)state;
    struct series series;
    series_init(&series, HALF_HOUR);
    put(&series, noon, 2.385);
    put(&series, noon + 4 * HALF_HOUR, 7.25);
    put(&series, noon - 3 * HALF_HOUR, -1.5);
    assert_int_equal(series.n, 8);
    assert_int_equal(series.start, noon - 3 * HALF_HOUR);
    assert_int_equal(series_end(&series), noon + 5 * HALF_HOUR);
    assert_true(series_at(&series, noon) == 2.385);
    assert_true(series_at(&series, noon + 1799) == 2.385);
    assert_true(isnan(series_at(&series, noon + HALF_HOUR)));
    assert_true(series_at(&series, noon - 3 * HALF_HOUR) == -1.5);
    assert_true(isnan(series_at(&series, noon - 3 * HALF_HOUR - 1)));
    assert_true(isnan(series_at(&series, noon + 5 * HALF_HOUR)));
    assert_false(series_usable(&series, 1));
    assert_true(series_usable(&series, 3));
    series_done(&series);
}

static void test_what_a_put_says(void **state)
{
    (void)state;
    struct series series;
    series_init(&series, HOUR);
    assert_int_equal(series_put(&series, noon, 2.385), SERIES_NEW);
    assert_int_equal(series_put(&series, noon, 2.385), SERIES_SAME);
    assert_int_equal(series_put(&series, noon, 2.386), SERIES_CHANGED);
    assert_int_equal(series_put(&series, noon, NAN), SERIES_CHANGED);
    assert_int_equal(series_put(&series, noon, NAN), SERIES_SAME);
    assert_int_equal(series_put(&series, noon, 3.5), SERIES_NEW);
    assert_int_equal(series_put(&series, noon + 1, 3.5), SERIES_REFUSED);
    assert_int_equal(series_put(&series, noon, INFINITY), SERIES_REFUSED);
    assert_int_equal(series_put(&series, noon, -INFINITY), SERIES_REFUSED);
    assert_true(series_at(&series, noon) == 3.5);
    // Outside the grid there is a gap already.
    assert_int_equal(series_put(&series, noon + 9 * HOUR, NAN), SERIES_SAME);
    assert_int_equal(series_put(&series, noon - 9 * HOUR, NAN), SERIES_SAME);
    assert_int_equal(series.n, 1);
    series_done(&series);
}

static void test_the_grid_has_an_end(void **state)
{
    (void)state;
    struct series series;
    series_init(&series, HOUR);
    put(&series, noon, 2.385);
    int64_t last = noon + (int64_t)(SERIES_MAX - 1) * HOUR;
    assert_int_equal(series_put(&series, last + HOUR, 1.5), SERIES_REFUSED);
    assert_int_equal(series_put(&series, noon - (int64_t)SERIES_MAX * HOUR, 1.5), SERIES_REFUSED);
    assert_int_equal(series_put(&series, INT64_MAX - INT64_MAX % HOUR, 1.5), SERIES_REFUSED);
    assert_int_equal(series_put(&series, INT64_MIN - INT64_MIN % HOUR, 1.5), SERIES_REFUSED);
    assert_int_equal(series.n, 1);
    assert_int_equal(series_put(&series, last, 1.5), SERIES_NEW);
    assert_int_equal(series.n, SERIES_MAX);
    assert_int_equal(series_put(&series, noon - HOUR, 1.5), SERIES_REFUSED);
    assert_true(series_at(&series, noon) == 2.385);
    series_done(&series);
}

static void test_index_before_the_grid(void **state)
{
    (void)state;
    struct series series;
    series_init(&series, HOUR);
    put(&series, -7 * HOUR, 2.385);
    put(&series, -5 * HOUR, 3.5);
    assert_int_equal(series_index(&series, -7 * HOUR), 0);
    assert_int_equal(series_index(&series, -7 * HOUR - 1), -1);
    assert_int_equal(series_index(&series, -6 * HOUR - 1), 0);
    assert_int_equal(series_index(&series, 0), 7);
    assert_int_equal(series_instant(&series, 2), -5 * HOUR);
    assert_true(series_at(&series, -4 * HOUR - 1) == 3.5);
    series_done(&series);
}

// Growth alternates between both ends by a random walk of leaps; every value is found again.
static void test_growth_at_both_ends(void **state)
{
    (void)state;
    unsigned seed = 20240312;
    print_message("# seed %u\n", seed);
    struct series series;
    series_init(&series, HALF_HOUR);
    int64_t low = noon, high = noon;
    for (int i = 0; i < 3000; i++) {
        int64_t leap = 1 + rand_r(&seed) % 5;
        int64_t t = rand_r(&seed) % 3 ? (low -= leap * HALF_HOUR) : (high += leap * HALF_HOUR);
        put(&series, t, (double)t * 2.385e-3);
    }
    assert_int_equal(series.start, low);
    assert_int_equal(series_end(&series), high + HALF_HOUR);
    size_t values = 0;
    for (size_t i = 0; i < series.n; i++) {
        assert_false(series.masked[i]);
        if (isnan(series.value[i]))
            continue;
        values++;
        assert_true(series.value[i] == (double)series_instant(&series, i) * 2.385e-3);
    }
    assert_int_equal(values, 3000);
    series_done(&series);
}

// A million values put backwards: were each to move the rest, this would take hours.
static void test_backwards_is_amortised(void **state)
{
    (void)state;
    struct series series;
    series_init(&series, HOUR);
    for (int64_t i = 0; i < 1000000; i++)
        put(&series, noon - i * HOUR, (double)i);
    assert_int_equal(series.n, 1000000);
    assert_true(series.value[0] == 999999);
    series_done(&series);
}

static void test_masks(void **state)
{
    (void)state;
    struct series series;
    series_init(&series, HOUR);
    for (int i = 0; i < 10; i++)
        put(&series, noon + i * HOUR, 2.385 * i);
    series_mask(&series, noon + 2 * HOUR, noon + 5 * HOUR, true);
    for (size_t i = 0; i < 10; i++)
        assert_int_equal(series_usable(&series, i), i < 2 || i >= 5);
    series_mask(&series, noon + 3 * HOUR, noon + 4 * HOUR, false);
    assert_true(series_usable(&series, 3));
    assert_false(series_usable(&series, 4));
    // A mask stays with its interval when the grid grows, and outlives the value.
    put(&series, noon - 5 * HOUR, 1.5);
    assert_false(series_usable(&series, 7));
    assert_int_equal(series_put(&series, noon + 2 * HOUR, 9.5), SERIES_CHANGED);
    assert_false(series_usable(&series, 7));
    assert_true(series_at(&series, noon + 2 * HOUR) == 9.5);
    series_mask(&series, INT64_MIN, INT64_MAX, true);
    for (size_t i = 0; i < series.n; i++)
        assert_false(series_usable(&series, i));
    series_done(&series);
}

static void test_copy_is_its_own(void **state)
{
    (void)state;
    struct series series, copy, empty;
    series_init(&series, HOUR);
    series_init(&empty, HALF_HOUR);
    assert_true(series_copy(&empty, &copy));
    assert_int_equal(copy.n, 0);
    assert_int_equal(copy.step_s, HALF_HOUR);
    put(&series, noon, 2.385);
    series_mask(&series, noon, noon + HOUR, true);
    assert_true(series_copy(&series, &copy));
    assert_int_equal(copy.n, 1);
    assert_true(copy.masked[0]);
    series_done(&copy);
    put(&series, noon + 3 * HOUR, 3.5);
    series_mask(&series, noon + 2 * HOUR, noon + 4 * HOUR, true);
    assert_true(series_copy(&series, &copy));
    assert_true(copy.value[3] == 3.5);
    assert_false(copy.masked[1]);
    assert_true(copy.masked[2] && copy.masked[3]);
    assert_int_equal(series_put(&series, noon, 1.5), SERIES_CHANGED);
    assert_int_equal(copy.n, 4);
    assert_true(series_at(&copy, noon) == 2.385);
    assert_true(copy.masked[0]);
    assert_true(isnan(copy.value[1]));
    put(&copy, noon + HOUR, 7.5);
    assert_true(isnan(series.value[1]));
    series_done(&series);
    series_done(&copy);
}

static void test_coarser_is_the_mean(void **state)
{
    (void)state;
    struct series fine, coarse;
    series_init(&fine, 900);
    // 12:15 to 14:00: one of four missing at the first hour's head, three of four at the second's.
    put(&fine, noon + 900, 1.25);
    put(&fine, noon + 1800, 2.5);
    put(&fine, noon + 2700, 5.25);
    put(&fine, noon + 4 * 900, 3.5);
    put(&fine, noon + 8 * 900, 4.5);
    put(&fine, noon + 10 * 900, 6.5);
    series_mask(&fine, noon + 8 * 900, noon + 9 * 900, true);
    assert_true(series_resample(&fine, HOUR, 0, &coarse));
    assert_int_equal(coarse.n, 3);
    assert_int_equal(coarse.start, noon);
    assert_true(coarse.value[0] == 3.0);
    assert_true(isnan(coarse.value[1]));
    assert_true(coarse.value[2] == 5.5);
    assert_true(series_usable(&coarse, 0));
    assert_true(coarse.masked[2]);
    series_done(&coarse);
    // What lies beside an interval leaves no mask on it.
    series_mask(&fine, noon + HOUR, noon + 5 * 900, true);
    assert_true(series_resample(&fine, HOUR, 0, &coarse));
    assert_true(series_usable(&coarse, 0));
    series_done(&fine);
    series_done(&coarse);
}

// 20 minutes into 30: each value counts for the time it covers.
static void test_coarser_by_a_fraction(void **state)
{
    (void)state;
    struct series fine, coarse;
    series_init(&fine, 1200);
    put(&fine, noon, 3);
    put(&fine, noon + 1200, 6);
    put(&fine, noon + 2400, 12);
    assert_true(series_resample(&fine, HALF_HOUR, 0, &coarse));
    assert_int_equal(coarse.n, 2);
    near_assert(coarse.value[0], 4, 1e-12);
    near_assert(coarse.value[1], 10, 1e-12);
    series_done(&fine);
    series_done(&coarse);
}

static void test_finer_is_the_straight_line(void **state)
{
    (void)state;
    struct series hours, halves;
    series_init(&hours, HOUR);
    put(&hours, noon, 20.5);
    put(&hours, noon + HOUR, 22);
    put(&hours, noon + 3 * HOUR, 28);
    put(&hours, noon + 7 * HOUR, 8);
    series_mask(&hours, noon + 7 * HOUR, noon + 8 * HOUR, true);
    assert_true(series_resample(&hours, HALF_HOUR, 2 * HOUR, &halves));
    assert_int_equal(halves.n, 16);
    static const double expected[] = {20.5, 21.25, 22, 23.5, 25, 26.5, 28};
    for (size_t i = 0; i < 7; i++)
        near_assert(halves.value[i], expected[i], 1e-12);
    for (size_t i = 7; i < 14; i++)
        assert_true(isnan(halves.value[i]));
    assert_true(halves.value[14] == 8);
    assert_true(halves.masked[14]);
    assert_true(isnan(halves.value[15]));
    series_done(&halves);
    assert_true(series_resample(&hours, HALF_HOUR, 4 * HOUR, &halves));
    near_assert(halves.value[7], 25.5, 1e-12);
    assert_true(halves.masked[7]);
    assert_true(series_usable(&halves, 5));
    series_done(&halves);
    series_done(&hours);
}

static void test_resample_to_the_same_step_and_of_nothing(void **state)
{
    (void)state;
    struct series hours, same;
    series_init(&hours, HOUR);
    assert_true(series_resample(&hours, HALF_HOUR, HOUR, &same));
    assert_int_equal(same.n, 0);
    assert_int_equal(same.step_s, HALF_HOUR);
    put(&hours, -HOUR, 2.385);
    assert_true(series_resample(&hours, HALF_HOUR, HOUR, &same));
    assert_int_equal(same.n, 2);
    assert_int_equal(same.start, -HOUR);
    assert_true(same.value[0] == 2.385);
    assert_true(isnan(same.value[1]));
    series_done(&same);
    put(&hours, HOUR, 1.5);
    assert_true(series_resample(&hours, HOUR, 9 * HOUR, &same));
    assert_int_equal(same.n, 3);
    assert_true(same.value[0] == 2.385);
    assert_true(isnan(same.value[1]));
    assert_true(same.value[2] == 1.5);
    series_done(&hours);
    series_done(&same);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_empty),
        cmocka_unit_test(test_gaps_are_not_zero),
        cmocka_unit_test(test_what_a_put_says),
        cmocka_unit_test(test_the_grid_has_an_end),
        cmocka_unit_test(test_index_before_the_grid),
        cmocka_unit_test(test_growth_at_both_ends),
        cmocka_unit_test(test_backwards_is_amortised),
        cmocka_unit_test(test_masks),
        cmocka_unit_test(test_copy_is_its_own),
        cmocka_unit_test(test_coarser_is_the_mean),
        cmocka_unit_test(test_coarser_by_a_fraction),
        cmocka_unit_test(test_finer_is_the_straight_line),
        cmocka_unit_test(test_resample_to_the_same_step_and_of_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
