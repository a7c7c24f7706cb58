// SPDX-License-Identifier: GPL-3.0-or-later
// Fits of data that cannot carry one: collinear, empty, too few, not numbers.
#include "models/fit.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include <gsl/gsl_errno.h>

#include "tests/near.h"

enum { P = 5, ROWS = 60 };

struct poor {
    struct normal normal;
    struct fit *fit;
};

static int setup(void **state)
{
    gsl_set_error_handler_off();
    struct poor *poor = calloc(1, sizeof *poor);
    assert_non_null(poor);
    assert_true(normal_init(&poor->normal, P));
    poor->fit = fit_new(P);
    assert_non_null(poor->fit);
    *state = poor;
    return 0;
}

static int teardown(void **state)
{
    struct poor *poor = *state;
    normal_done(&poor->normal);
    fit_free(poor->fit);
    free(poor);
    return 0;
}

// Four numbers of row i that no line goes through, and a fifth column made of two of them.
static void row(size_t i, double ret[P])
{
    double t = (double)i;
    ret[0] = 1;
    ret[1] = sin(1.7 * t);
    ret[2] = cos(0.9 * t) * 2.385;
    ret[3] = fmod(t * t, 7);
    ret[4] = ret[1] - 3 * ret[3];
}

static double response(const double x[P])
{
    return 12.5 - 0.7 * x[1] + 2.385 * x[2] + 0.25 * x[3];
}

static void add_rows(struct poor *poor, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        double x[P];
        row(i, x);
        normal_add(&poor->normal, x, response(x), 1);
    }
}

static void assert_predicts(const struct poor *poor)
{
    for (size_t i = 0; i < ROWS; i++) {
        double x[P], y = 0;
        row(i, x);
        for (size_t k = 0; k < P; k++)
            y += fit_coefficients(poor->fit)[k] * x[k];
        near_assert(y, response(x), 1e-9);
    }
}

static void test_collinear_columns(void **state)
{
    struct poor *poor = *state;
    add_rows(poor, ROWS);
    assert_int_equal(fit_solve(poor->fit, &poor->normal, 0, FIT_ONLY_CHOLESKY), FIT_SINGULAR);
    assert_int_equal(fit_solve(poor->fit, &poor->normal, 0, FIT_AUTO), FIT_OK);
    assert_int_equal(fit_method(poor->fit), FIT_EIGEN);
    assert_int_equal(fit_rank(poor->fit), 4);
    assert_predicts(poor);
    // Of least norm in scaled coefficients: at a right angle to what is left out.
    const double *b = fit_coefficients(poor->fit), *g = poor->normal.xtx;
    double dot = b[1] * g[6] - 3 * b[3] * g[18] - b[4] * g[24];
    near_assert(dot, 0, 1e-6);
    assert_int_equal(fit_solve(poor->fit, &poor->normal, 0, FIT_ONLY_PIVOTED), FIT_OK);
    assert_int_equal(fit_rank(poor->fit), 4);
    assert_predicts(poor);
    size_t zeros = 0;
    for (size_t k = 0; k < P; k++)
        zeros += fit_coefficients(poor->fit)[k] == 0;
    assert_int_equal(zeros, 1);
}

static void test_ridge_mends_collinear_columns(void **state)
{
    struct poor *poor = *state;
    add_rows(poor, ROWS);
    assert_int_equal(fit_solve(poor->fit, &poor->normal, 1e-10, FIT_AUTO), FIT_OK);
    assert_int_equal(fit_method(poor->fit), FIT_CHOLESKY);
    double x[P], y = 0;
    row(17, x);
    for (size_t k = 0; k < P; k++)
        y += fit_coefficients(poor->fit)[k] * x[k];
    near_assert(y, response(x), 1e-5);
}

// A covariance that the deficient rank leaves finite, and that predictions agree on.
static void test_covariance_of_deficient_rank(void **state)
{
    struct poor *poor = *state;
    add_rows(poor, ROWS);
    // Off the plane by a known amount, so that there is a variance.
    for (size_t i = 0; i < ROWS; i++) {
        double x[P];
        row(i, x);
        normal_add(&poor->normal, x, response(x) + (i % 2 ? 0.5 : -0.5), 1);
    }
    static const enum fit_choice choices[] = {FIT_ONLY_PIVOTED, FIT_ONLY_EIGEN};
    double variance[2];
    for (size_t c = 0; c < 2; c++) {
        double covariance[P * P], x[P];
        assert_int_equal(fit_solve(poor->fit, &poor->normal, 0, choices[c]), FIT_OK);
        assert_true(fit_covariance(poor->fit, covariance));
        row(23, x);
        variance[c] = 0;
        for (size_t i = 0; i < P; i++)
            for (size_t j = 0; j < P; j++) {
                assert_true(covariance[i * P + j] == covariance[j * P + i]);
                variance[c] += x[i] * covariance[i * P + j] * x[j];
            }
    }
    assert_true(variance[0] > 1e-4);
    near_assert(variance[0], variance[1], 1e-9 * variance[0]);
}

static void test_a_column_of_zeros(void **state)
{
    struct poor *poor = *state;
    for (size_t i = 0; i < ROWS; i++) {
        double x[P];
        row(i, x);
        double y = response(x);
        x[4] = 0;
        normal_add(&poor->normal, x, y, 1);
    }
    static const enum fit_choice choices[] = {FIT_AUTO, FIT_ONLY_PIVOTED, FIT_ONLY_EIGEN};
    for (size_t c = 0; c < 3; c++) {
        assert_int_equal(fit_solve(poor->fit, &poor->normal, 0, choices[c]), FIT_OK);
        assert_int_equal(fit_rank(poor->fit), 4);
        assert_true(fit_coefficients(poor->fit)[4] == 0);
        near_assert(fit_coefficients(poor->fit)[2], 2.385, 1e-10);
    }
    assert_int_equal(fit_solve(poor->fit, &poor->normal, 1e-8, FIT_AUTO), FIT_OK);
    assert_int_equal(fit_method(poor->fit), FIT_CHOLESKY);
    assert_true(fit_coefficients(poor->fit)[4] == 0);
}

static void test_nothing_but_zeros(void **state)
{
    struct poor *poor = *state;
    for (size_t i = 0; i < ROWS; i++)
        normal_add(&poor->normal, (const double[P]){0}, 2.385, 1);
    assert_int_equal(fit_solve(poor->fit, &poor->normal, 0, FIT_AUTO), FIT_SINGULAR);
    assert_int_equal(fit_solve(poor->fit, &poor->normal, 0, FIT_ONLY_PIVOTED), FIT_SINGULAR);
}

static void test_too_few_rows(void **state)
{
    struct poor *poor = *state;
    assert_int_equal(fit_solve(poor->fit, &poor->normal, 0, FIT_AUTO), FIT_TOO_FEW);
    add_rows(poor, 3);
    assert_int_equal(fit_solve(poor->fit, &poor->normal, 0, FIT_AUTO), FIT_TOO_FEW);
    assert_int_equal(fit_solve(poor->fit, &poor->normal, 0, FIT_ONLY_EIGEN), FIT_TOO_FEW);
    assert_int_equal(fit_solve(poor->fit, &poor->normal, 0, FIT_ONLY_PIVOTED), FIT_TOO_FEW);
    assert_int_equal(fit_solve(poor->fit, &poor->normal, 1e-6, FIT_AUTO), FIT_TOO_FEW);
    assert_int_equal(fit_columns(poor->fit), 0);
}

// As many rows as columns go through every point and leave nothing to judge by.
static void test_just_enough_rows(void **state)
{
    struct poor *poor = *state;
    struct normal two;
    assert_true(normal_init(&two, 2));
    normal_add(&two, (const double[]){1, 0.5}, 2.5, 1);
    normal_add(&two, (const double[]){1, 2}, 7, 1);
    double covariance[4];
    assert_int_equal(fit_solve(poor->fit, &two, 0, FIT_AUTO), FIT_OK);
    near_assert(fit_coefficients(poor->fit)[0], 1, 1e-12);
    near_assert(fit_coefficients(poor->fit)[1], 3, 1e-12);
    assert_true(isnan(fit_variance(poor->fit)));
    assert_true(fit_covariance(poor->fit, covariance));
    assert_true(isnan(covariance[0]));
    normal_done(&two);
}

static void test_what_is_not_finite(void **state)
{
    struct poor *poor = *state;
    add_rows(poor, ROWS);
    double *const places[] = {&poor->normal.xtx[0], &poor->normal.xtx[3 * P + 1],
                              &poor->normal.xtx[24], &poor->normal.xty[2], &poor->normal.yty};
    static const double bad[] = {NAN, INFINITY, -INFINITY};
    for (size_t place = 0; place < 5; place++)
        for (size_t b = 0; b < 3; b++) {
            double kept = *places[place];
            *places[place] = bad[b];
            for (int c = FIT_AUTO; c <= FIT_ONLY_EIGEN; c++)
                assert_int_equal(fit_solve(poor->fit, &poor->normal, 1e-6, (enum fit_choice)c),
                                 FIT_SINGULAR);
            *places[place] = kept;
        }
    assert_int_equal(fit_solve(poor->fit, &poor->normal, 0, FIT_AUTO), FIT_OK);
}

static void test_failure_keeps_what_was_there(void **state)
{
    struct poor *poor = *state;
    add_rows(poor, ROWS);
    double covariance[P * P] = {77};
    assert_int_equal(fit_solve(poor->fit, &poor->normal, 1e-6, FIT_AUTO), FIT_OK);
    double before = fit_coefficients(poor->fit)[2], rss = fit_rss(poor->fit);
    poor->normal.xty[2] = NAN;
    assert_int_equal(fit_solve(poor->fit, &poor->normal, 0, FIT_AUTO), FIT_SINGULAR);
    assert_true(fit_coefficients(poor->fit)[2] == before);
    assert_true(fit_rss(poor->fit) == rss);
    assert_int_equal(fit_rank(poor->fit), P);
    assert_int_equal(fit_method(poor->fit), FIT_CHOLESKY);
    assert_false(fit_covariance(poor->fit, covariance));
    assert_true(covariance[0] == 77);
}

// Sums that no rows can give, as a state that was damaged on disk might hold.
static void test_sums_that_are_not_of_rows(void **state)
{
    struct poor *poor = *state;
    add_rows(poor, ROWS);
    poor->normal.xtx[2 * P + 1] = 1e9;
    enum fit_status status = fit_solve(poor->fit, &poor->normal, 0, FIT_ONLY_CHOLESKY);
    assert_int_equal(status, FIT_SINGULAR);
    status = fit_solve(poor->fit, &poor->normal, 0, FIT_AUTO);
    assert_true(status == FIT_OK || status == FIT_SINGULAR);
    for (size_t k = 0; k < P; k++)
        assert_true(isfinite(fit_coefficients(poor->fit)[k]));
    poor->normal.xtx[2 * P + 2] = -4;
    assert_int_equal(fit_solve(poor->fit, &poor->normal, 0, FIT_ONLY_CHOLESKY), FIT_SINGULAR);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_collinear_columns, setup, teardown),
        cmocka_unit_test_setup_teardown(test_ridge_mends_collinear_columns, setup, teardown),
        cmocka_unit_test_setup_teardown(test_covariance_of_deficient_rank, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_column_of_zeros, setup, teardown),
        cmocka_unit_test_setup_teardown(test_nothing_but_zeros, setup, teardown),
        cmocka_unit_test_setup_teardown(test_too_few_rows, setup, teardown),
        cmocka_unit_test_setup_teardown(test_just_enough_rows, setup, teardown),
        cmocka_unit_test_setup_teardown(test_what_is_not_finite, setup, teardown),
        cmocka_unit_test_setup_teardown(test_failure_keeps_what_was_there, setup, teardown),
        cmocka_unit_test_setup_teardown(test_sums_that_are_not_of_rows, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
