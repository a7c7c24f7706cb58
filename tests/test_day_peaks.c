// SPDX-License-Identifier: GPL-3.0-or-later
// Peaks of days: over paths whose peaks are known, and over drawn ones beside counts.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "models/day_peaks.h"
#include "models/draw.h"
#include "tests/near.h"

enum { HALF_HOUR = 1800, HOUR = 3600, DAY = 86400, SEED = 141421 };

static const struct civil_clock east = {.offset_s = 7 * HOUR};

// Local midnight of day 20000, and paths of 50 MW from it on.
static const int64_t midnight = 20000LL * DAY - 7 * HOUR;

static struct paths flat(int64_t start, int32_t step_s, size_t n)
{
    struct paths paths;
    assert_true(paths_init(&paths, start, step_s, n));
    for (size_t i = 0; i < n * PATHS_N; i++)
        paths.mw[i] = 50;
    return paths;
}

static struct day_peaks find(const struct paths *paths, const struct civil_clock *clock)
{
    struct day_peaks peaks;
    assert_true(day_peaks_find(paths, clock, paths->start, &peaks));
    return peaks;
}

static void put(struct paths *paths, size_t i, size_t k, double mw)
{
    paths->mw[i * PATHS_N + k] = (float)mw;
}

// Path k peaks at 60 + k / 100 MW on the first day, and at 70 - k / 100 on the second.
static void test_quantiles_of_a_day_and_of_the_days_so_far(void **state)
{
    (void)state;
    struct paths paths = flat(midnight, HALF_HOUR, 96);
    for (size_t k = 0; k < PATHS_N; k++) {
        put(&paths, 30, k, 60 + (double)k / 100);
        put(&paths, 48 + 20, k, 70 - (double)k / 100);
    }
    struct day_peaks peaks = find(&paths, &east);
    assert_int_equal(peaks.n, 2);
    assert_int_equal(peaks.issue, midnight);
    assert_true(isnan(peaks.growth) && isnan(peaks.days[1].cause.temp_c));
    assert_int_equal(peaks.days[0].day, 20000);
    assert_int_equal(peaks.days[1].day, 20001);
    assert_true(peaks.days[0].whole && peaks.days[1].whole);
    assert_int_equal(peaks.days[0].hour, 15);
    assert_int_equal(peaks.days[0].hour_from, 15);
    assert_int_equal(peaks.days[0].hour_to, 16);
    assert_int_equal(peaks.days[1].hour, 10);
    for (int q = 0; q < DAY_PEAKS_LEVELS; q++) {
        double at = 999 * (q + 1) / 100.0; // type 7
        near_assert((double)peaks.days[0].peak[q], 60 + at / 100, 1e-5);
        near_assert((double)peaks.days[1].peak[q], 60.01 + at / 100, 1e-5);
        near_assert((double)peaks.days[0].top[q], (double)peaks.days[0].peak[q], 0);
    }
    // The higher of both is 65 to 70, evenly.
    near_assert((double)peaks.days[1].top[0], 65.05, 0.02);
    near_assert((double)peaks.days[1].top[98], 69.95, 0.02);
    day_peaks_done(&peaks);
    paths_done(&paths);
}

static void test_days_that_are_not_whole(void **state)
{
    (void)state;
    struct paths paths = flat(midnight + 20 * HOUR, HOUR, 4 + 24 + 1);
    struct day_peaks peaks = find(&paths, &east);
    assert_int_equal(peaks.n, 3);
    assert_false(peaks.days[0].whole);
    assert_true(peaks.days[1].whole);
    assert_false(peaks.days[2].whole);
    assert_int_equal(peaks.days[0].hour, 20); // of equal loads the first
    assert_int_equal(peaks.days[1].hour, 0);
    day_peaks_done(&peaks);
    paths_done(&paths);
    paths = flat(midnight, HOUR, 0);
    peaks = find(&paths, &east);
    assert_int_equal(peaks.n, 0);
    day_peaks_done(&peaks);
    paths_done(&paths);
}

// On the day of the spring change clocks go from 2 to 3: 23 hours, and a peak named by the clock.
static void test_a_day_of_23_hours(void **state)
{
    (void)state;
    struct civil_clock clock;
    assert_true(civil_clock_parse("CET-1CEST,M3.5.0,M10.5.0/3", &clock));
    int64_t day = civil_day_from_date((struct civil_date){2024, 3, 31});
    struct paths paths = flat(civil_instant(&clock, day * DAY), HOUR, 24);
    for (size_t k = 0; k < PATHS_N; k++)
        put(&paths, 17, k, 80);
    struct day_peaks peaks = find(&paths, &clock);
    assert_int_equal(peaks.n, 2);
    assert_true(peaks.days[0].whole);
    assert_false(peaks.days[1].whole);
    assert_int_equal(peaks.days[0].hour, 18);
    day_peaks_done(&peaks);
    paths_done(&paths);
}

// 700 paths peak at 11, 100 each at 9, 10, and 19.
static void test_the_hours_of_most_peaks(void **state)
{
    (void)state;
    struct paths paths = flat(midnight, HOUR, 24);
    for (size_t k = 0; k < PATHS_N; k++)
        put(&paths, k < 700 ? 11 : k < 800 ? 9 : k < 900 ? 10 : 19, k, 90);
    struct day_peaks peaks = find(&paths, &east);
    assert_int_equal(peaks.days[0].hour, 11);
    assert_int_equal(peaks.days[0].hour_from, 10);
    assert_int_equal(peaks.days[0].hour_to, 12);
    day_peaks_done(&peaks);
    put(&paths, 10, 899, 50); // one less: 799 of a thousand are too few
    put(&paths, 19, 899, 90);
    peaks = find(&paths, &east);
    assert_int_equal(peaks.days[0].hour_from, 9);
    assert_int_equal(peaks.days[0].hour_to, 12);
    day_peaks_done(&peaks);
    paths_done(&paths);
}

// Path 0 knows 21 of 24 hours of the first day, path 1 22 of them, path 2 nothing on the second.
static void test_what_is_not_known(void **state)
{
    (void)state;
    struct paths paths = flat(midnight, HOUR, 48);
    for (size_t k = 3; k < PATHS_N; k++)
        for (size_t i = 0; i < 48; i++)
            put(&paths, i, k, NAN);
    for (size_t i = 0; i < 3; i++)
        put(&paths, i, 0, NAN);
    for (size_t i = 0; i < 2; i++)
        put(&paths, i, 1, NAN);
    for (size_t i = 24; i < 48; i++)
        put(&paths, i, 2, NAN);
    put(&paths, 12, 0, 99);
    put(&paths, 12, 1, 70);
    put(&paths, 30, 0, 98);
    struct day_peaks peaks = find(&paths, &east);
    near_assert((double)peaks.days[0].peak[98], 50 + 20 * 0.99, 1e-5); // of paths 1 and 2
    near_assert((double)peaks.days[1].peak[98], 50 + 48 * 0.99, 1e-5); // of paths 0 and 1
    near_assert((double)peaks.days[1].top[0], 70, 1e-5);               // of path 1 alone
    near_assert((double)peaks.days[1].top[98], 70, 1e-5);
    day_peaks_done(&peaks);
    for (size_t i = 0; i < 24 * PATHS_N; i++)
        paths.mw[i] = NAN;
    peaks = find(&paths, &east);
    assert_true(isnan(peaks.days[0].peak[49]) && isnan(peaks.days[1].top[49]));
    assert_int_equal(peaks.days[0].hour, -1);
    assert_int_equal(peaks.days[0].hour_from, -1);
    assert_int_equal(peaks.days[0].hour_to, -1);
    day_peaks_done(&peaks);
    paths_done(&paths);
}

static void test_the_line_between_quantiles(void **state)
{
    (void)state;
    float q[DAY_PEAKS_LEVELS];
    for (int k = 0; k < DAY_PEAKS_LEVELS; k++)
        q[k] = (float)(101 + k); // level p at 100 + 100 p
    near_assert(day_peaks_over(q, 150), 0.5, 1e-12);
    near_assert(day_peaks_over(q, 150.25), 0.4975, 1e-12);
    near_assert(day_peaks_over(q, 199), 0.01, 1e-12);
    near_assert(day_peaks_over(q, 101), 0.99, 1e-12);
    near_assert(day_peaks_over(q, 199.5), 0.005, 0);
    near_assert(day_peaks_over(q, 100.5), 0.995, 0);
    assert_true(isnan(day_peaks_over(q, NAN)));
    near_assert(day_peaks_at(q, 0.5), 150, 1e-9);
    near_assert(day_peaks_at(q, 0.905), 190.5, 1e-9);
    near_assert(day_peaks_at(q, 0.001), 101, 0);
    near_assert(day_peaks_at(q, 0.999), 199, 0);
    for (int k = 0; k < DAY_PEAKS_LEVELS; k++)
        q[k] = 40;
    near_assert(day_peaks_over(q, 40), 0.01, 1e-12); // that never passes its own height
    near_assert(day_peaks_over(q, 39.9), 0.995, 0);
    q[0] = NAN;
    assert_true(isnan(day_peaks_over(q, 40)));
}

// Of drawn paths: the chance is the share of paths that pass the limit, more than that of any
// interval.
static void test_odds_are_those_of_the_paths(void **state)
{
    (void)state;
    struct paths paths = flat(midnight, HALF_HOUR, 48);
    for (size_t i = 0; i < 48; i++)
        for (size_t k = 0; k < PATHS_N; k++)
            put(&paths, i, k, 50 + 5 * draw_normal(SEED, k, i, 0));
    struct day_peaks peaks = find(&paths, &east);
    for (double limit = 56; limit < 70; limit += 1.37) {
        double over = 0, over_first = 0;
        for (size_t k = 0; k < PATHS_N; k++) {
            bool passes = false;
            for (size_t i = 0; i < 48; i++)
                passes = passes || (double)paths.mw[i * PATHS_N + k] > limit;
            over += passes;
            over_first += (double)paths.mw[k] > limit;
        }
        near_assert(day_peaks_over(peaks.days[0].peak, limit), over / PATHS_N, 0.006);
        assert_true(day_peaks_over(peaks.days[0].peak, limit) > over_first / PATHS_N);
    }
    day_peaks_done(&peaks);
    paths_done(&paths);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_quantiles_of_a_day_and_of_the_days_so_far),
        cmocka_unit_test(test_days_that_are_not_whole),
        cmocka_unit_test(test_a_day_of_23_hours),
        cmocka_unit_test(test_the_hours_of_most_peaks),
        cmocka_unit_test(test_what_is_not_known),
        cmocka_unit_test(test_the_line_between_quantiles),
        cmocka_unit_test(test_odds_are_those_of_the_paths),
    };
    print_message("# seed %d\n", SEED);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
