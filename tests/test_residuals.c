// SPDX-License-Identifier: GPL-3.0-or-later
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>

#include "models/residuals.h"

enum { HOUR = 3600, DAYS = 400, N = DAYS * 24, SEED = 5772 };

// Residuals that forget: r(t) = keep * r(t-1) + noise.
static double *forgetful(double keep, unsigned seed)
{
    double *value = malloc(N * sizeof *value), r = 0;
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_taus2);
    gsl_rng_set(rng, seed);
    for (int i = 0; i < N; i++) {
        r = keep * r + gsl_ran_gaussian(rng, 2.385);
        value[i] = r;
    }
    gsl_rng_free(rng);
    return value;
}

static double mean_square(const struct residuals *residuals, const double value[], size_t lead,
                          bool corrected)
{
    double sum = 0;
    size_t n = 0;
    for (size_t day = 3; day <= 300; day++, n++) {
        double e = corrected ? residuals_error(residuals, day, lead) : value[N - day * 24 + lead];
        sum += e * e;
    }
    return sum / (double)n;
}

static void test_what_lasts_is_carried_on_and_fades(void **state)
{
    (void)state;
    double *value = forgetful(0.97, SEED);
    struct residuals *r = residuals_new(HOUR, N, value, 48);
    double now = mean_square(r, value, 0, true) / mean_square(r, value, 0, false);
    double later = mean_square(r, value, 47, true) / mean_square(r, value, 47, false);
    print_message("# error left at once %.3f, after two days %.3f\n", now, later);
    assert_true(now < 0.25);                 // 1 - 0.97^2 = 0.06 is the best there is
    assert_true(later > 0.8 && later < 1.1); // nothing is left to carry on
    assert_true(fabs(residuals_correction(r, 47)) < 0.5 * fabs(residuals_correction(r, 0)) + 0.5);
    residuals_free(r);
    free(value);
}

static void test_noise_is_left_alone(void **state)
{
    (void)state;
    double *value = forgetful(0, SEED + 1);
    struct residuals *r = residuals_new(HOUR, N, value, 48);
    for (size_t lead = 0; lead < 48; lead++)
        assert_true(fabs(residuals_correction(r, lead)) < 1.2); // half a standard deviation
    residuals_free(r);
    free(value);
}

// A level that has been off for weeks is off tomorrow, and next week.
static void test_a_step_is_learnt(void **state)
{
    (void)state;
    double *value = forgetful(0.5, SEED + 2);
    for (int i = N - 60 * 24; i < N; i++)
        value[i] += 31.4;
    struct residuals *r = residuals_new(HOUR, N, value, 14 * 24);
    assert_true(fabs(residuals_correction(r, 20) - 31.4) < 6);
    assert_true(fabs(residuals_correction(r, 13 * 24) - 31.4) < 14);
    residuals_free(r);
    free(value);
}

static void test_gaps_and_short_records(void **state)
{
    (void)state;
    double *value = forgetful(0.97, SEED + 3);
    for (int i = 0; i < N; i++)
        if (i % 11 == 0 || (i > N - 30 && i % 2))
            value[i] = NAN;
    struct residuals *r = residuals_new(HOUR, N, value, 48);
    for (size_t lead = 0; lead < 60; lead++)
        assert_true(isfinite(residuals_correction(r, lead)));
    residuals_free(r);
    const size_t lengths[] = {0, 1, 23, 24, 25, 48, 24 * 20};
    for (size_t k = 0; k < sizeof lengths / sizeof *lengths; k++) {
        r = residuals_new(HOUR, lengths[k], value, 48);
        assert_non_null(r);
        assert_true(residuals_correction(r, 5) == 0); // too little is known to correct
        residuals_free(r);
    }
    for (int i = 0; i < N; i++)
        value[i] = NAN;
    r = residuals_new(HOUR, N, value, 48);
    assert_true(residuals_correction(r, 5) == 0);
    assert_true(isnan(residuals_error(r, 9, 5)));
    residuals_free(r);
    free(value);
}

static void test_errors_end_at_the_issue(void **state)
{
    (void)state;
    double *value = forgetful(0.9, SEED + 4);
    struct residuals *r = residuals_new(HOUR, N, value, 48);
    assert_int_equal(residuals_paths(r), DAYS - 1);
    assert_true(isfinite(residuals_error(r, 2, 47)));
    assert_true(isnan(residuals_error(r, 2, 48)));
    assert_true(isnan(residuals_error(r, 1, 24)));
    residuals_free(r);
    residuals_free(NULL);
    free(value);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_lasts_is_carried_on_and_fades),
        cmocka_unit_test(test_noise_is_left_alone),
        cmocka_unit_test(test_a_step_is_learnt),
        cmocka_unit_test(test_gaps_and_short_records),
        cmocka_unit_test(test_errors_end_at_the_issue),
    };
    gsl_set_error_handler_off();
    print_message("# seed %d\n", SEED);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
