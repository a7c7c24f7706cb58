// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/score.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "tests/near.h"

static void test_pinball_by_hand(void **state)
{
    (void)state;
    near_assert(score_pinball(0.9, 10, 12.5), 2.25, 1e-15);
    near_assert(score_pinball(0.9, 10, 7.5), 0.25, 1e-15);
    near_assert(score_pinball(0.05, 2.385, 1.385), 0.95, 1e-15);
    assert_true(score_pinball(0.3, 2.385, 2.385) == 0);
}

static void test_nothing_added_is_unknown(void **state)
{
    (void)state;
    struct score score = {0};
    score_add(&score, NAN, 3, 0, NULL, NULL);
    assert_int_equal(score.n, 0);
    assert_true(isnan(score_mae(&score)) && isnan(score_rmse(&score)));
    assert_true(isnan(score_mape(&score)) && isnan(score_nmae(&score)));
    assert_true(isnan(score_mean_pinball(&score)));
}

static void test_errors_by_hand(void **state)
{
    (void)state;
    struct score score = {0};
    score_add(&score, 8, 10, 0, NULL, NULL);
    score_add(&score, 5, 4, 0, NULL, NULL);
    score_add(&score, 2.5, 2.5, 0, NULL, NULL);
    assert_int_equal(score.n, 3);
    near_assert(score_mae(&score), 1, 1e-15);
    near_assert(score_rmse(&score), sqrt(5.0 / 3), 1e-15);
    near_assert(score_mape(&score), (25.0 + 20 + 0) / 3, 1e-12);
    near_assert(score_nmae(&score), 300 / 15.5, 1e-12);
    assert_int_equal(score.n_pinball, 0);
}

// A percentage of nothing does not exist; the other scores have use of the pair.
static void test_zeros_do_not_count_for_mape(void **state)
{
    (void)state;
    struct score score = {0};
    score_add(&score, 0, 3, 0, NULL, NULL);
    assert_true(isnan(score_mape(&score)));
    assert_true(isnan(score_nmae(&score)));
    score_add(&score, -2, -1, 0, NULL, NULL);
    score_add(&score, 4, 5, 0, NULL, NULL);
    assert_int_equal(score.n_percent, 1);
    near_assert(score_mape(&score), 25, 1e-12);
    near_assert(score_mae(&score), 5.0 / 3, 1e-15);
    near_assert(score_nmae(&score), 250, 1e-12);
    score_add(&score, 0.5, 0.25, 0, NULL, NULL);
    near_assert(score_mape(&score), 37.5, 1e-12);
}

static void test_mean_pinball_by_hand(void **state)
{
    (void)state;
    static const double levels[] = {0.1, 0.5, 0.9};
    struct score score = {0};
    score_add(&score, 6, 5, 3, levels, (const double[]){4, 5, 7});
    near_assert(score_mean_pinball(&score), (0.2 + 0.5 + 0.1) / 3, 1e-15);
    score_add(&score, 1, NAN, 3, levels, (const double[]){4, 5, 7});
    near_assert(score_mean_pinball(&score), ((0.8 + 2.7 + 2 + 0.6) / 3) / 2, 1e-15);
    assert_int_equal(score.n, 1);
    score_add(&score, 1, 2, 3, levels, (const double[]){4, NAN, 7});
    assert_int_equal(score.n_pinball, 2);
    assert_int_equal(score.n, 2);
}

static void test_coverage(void **state)
{
    (void)state;
    static const double levels[] = {0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99};
    static const double q[] = {1, 2, 4, 5, 6, 8, 9};
    static const double actual[] = {0.5, 1.5, 2, 3, 4, 5.5, 6, 6.5, 8.5, 9, 9.5};
    struct score score = {0};
    for (size_t i = 0; i < sizeof actual / sizeof *actual; i++)
        score_add(&score, actual[i], 5, 7, levels, q);
    assert_int_equal(score.n_cover50, 11);
    assert_int_equal(score.covered50, 3);
    assert_int_equal(score.n_cover90, 11);
    assert_int_equal(score.covered90, 6);
    assert_int_equal(score.n_cover98, 11);
    assert_int_equal(score.covered98, 9);
}

static void test_coverage_needs_its_levels(void **state)
{
    (void)state;
    static const double levels[] = {0.05, 0.26, 0.75, 0.95};
    struct score score = {0};
    score_add(&score, 3, 3, 4, levels, (const double[]){1, 2, 4, 5});
    assert_int_equal(score.n_cover50, 0);
    assert_int_equal(score.n_cover90, 1);
    assert_int_equal(score.covered90, 1);
    assert_int_equal(score.n_cover98, 0);
    // Levels that were summed up are not exactly what they say.
    double hundredths[99], q[99], sum = 0;
    for (size_t k = 0; k < 99; k++) {
        hundredths[k] = sum += 0.01;
        q[k] = (double)k;
    }
    score_add(&score, 90.5, 50, 99, hundredths, q);
    assert_int_equal(score.n_cover50, 1);
    assert_int_equal(score.covered50, 0);
    assert_int_equal(score.n_cover98, 1);
    assert_int_equal(score.covered98, 1);
}

static void test_peaks(void **state)
{
    (void)state;
    struct peak_score score = {0};
    // 7.5 at index 2 against 9 at index 4: two half hours late, 20 % too high.
    peak_score_add(&score, 6, 1800, (const double[]){1, 2, 7.5, 3, 4, 5},
                   (const double[]){1, 2, 3, 4, 9, 5});
    assert_int_equal(score.days, 1);
    near_assert(score.abs_percent, 20, 1e-12);
    assert_int_equal(score.hour_hit, 1);
    peak_score_add(&score, 6, 3600, (const double[]){1, 2, 7.5, 3, 4, 5},
                   (const double[]){1, 2, 3, 4, 6, 5});
    assert_int_equal(score.days, 2);
    near_assert(score.abs_percent, 40, 1e-12);
    assert_int_equal(score.hour_hit, 1);
    // Of equal peaks the earliest counts.
    peak_score_add(&score, 3, 3600, (const double[]){0.5, 0.5, 0.1}, (const double[]){1, 1, 0});
    assert_int_equal(score.hour_hit, 2);
    near_assert(score.abs_percent, 140, 1e-12);
    peak_score_add(&score, 4, 1800, (const double[]){1, 5, 1, 5}, (const double[]){1, 2, 3, 5});
    assert_int_equal(score.hour_hit, 3);
    peak_score_add(&score, 4, 1800, (const double[]){5, 1, 1, 5}, (const double[]){1, 2, 3, 5});
    assert_int_equal(score.hour_hit, 3);
    // Too early by an hour, and by more.
    peak_score_add(&score, 4, 3600, (const double[]){1, 2, 5, 1}, (const double[]){1, 5, 2, 1});
    assert_int_equal(score.hour_hit, 4);
    peak_score_add(&score, 4, 3600, (const double[]){1, 2, 1, 5}, (const double[]){1, 5, 2, 1});
    assert_int_equal(score.hour_hit, 4);
    assert_int_equal(score.days, 7);
}

static void test_peaks_of_days_that_do_not_count(void **state)
{
    (void)state;
    struct peak_score score = {0};
    peak_score_add(&score, 2, 3600, (const double[]){1, NAN}, (const double[]){1, 2});
    peak_score_add(&score, 2, 3600, (const double[]){1, 2}, (const double[]){NAN, 2});
    peak_score_add(&score, 2, 3600, (const double[]){0, -1}, (const double[]){1, 2});
    peak_score_add(&score, 0, 3600, NULL, NULL);
    assert_int_equal(score.days, 0);
    assert_int_equal(score.hour_hit, 0);
    assert_true(score.abs_percent == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pinball_by_hand),
        cmocka_unit_test(test_nothing_added_is_unknown),
        cmocka_unit_test(test_errors_by_hand),
        cmocka_unit_test(test_zeros_do_not_count_for_mape),
        cmocka_unit_test(test_mean_pinball_by_hand),
        cmocka_unit_test(test_coverage),
        cmocka_unit_test(test_coverage_needs_its_levels),
        cmocka_unit_test(test_peaks),
        cmocka_unit_test(test_peaks_of_days_that_do_not_count),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
