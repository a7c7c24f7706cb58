// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/fit.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <gsl/gsl_errno.h>
#include <gsl/gsl_multifit.h>
#include <gsl/gsl_rng.h>

#include "tests/near.h"

enum { ROWS = 97, P = 7 };
static const unsigned long seed = 20240312;

static const enum fit_choice each[] = {FIT_AUTO, FIT_ONLY_CHOLESKY, FIT_ONLY_PIVOTED,
                                       FIT_ONLY_EIGEN};
enum { CHOICES = sizeof each / sizeof *each };

// A regression of seven columns with noise and weights.
struct sample {
    double x[ROWS][P], y[ROWS], w[ROWS];
};

static void draw(struct sample *sample, unsigned long s)
{
    static const double truth[P] = {2.385, -1.25, 0.5, 30.5, -0.03, 7.1, 0.9};
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    assert_non_null(rng);
    gsl_rng_set(rng, s);
    for (size_t i = 0; i < ROWS; i++) {
        sample->w[i] = 0.3 + gsl_rng_uniform(rng);
        sample->y[i] = gsl_rng_uniform(rng) - 0.5;
        for (size_t k = 0; k < P; k++) {
            sample->x[i][k] = k ? (double)(k * k) * (gsl_rng_uniform(rng) - 0.3) : 1;
            sample->y[i] += truth[k] * sample->x[i][k];
        }
    }
    gsl_rng_free(rng);
}

static void sum(const struct sample *sample, size_t from, size_t to, double sign,
                struct normal *normal)
{
    for (size_t i = from; i < to; i++)
        normal_add(normal, sample->x[i], sample->y[i], sign * sample->w[i]);
}

static double predict(const struct fit *fit, const double x[])
{
    double y = 0;
    for (size_t k = 0; k < fit_columns(fit); k++)
        y += fit_coefficients(fit)[k] * x[k];
    return y;
}

struct bench {
    struct sample sample;
    struct normal normal;
    struct fit *fit;
};

static int setup(void **state)
{
    gsl_set_error_handler_off();
    struct bench *bench = calloc(1, sizeof *bench);
    assert_non_null(bench);
    draw(&bench->sample, seed);
    assert_true(normal_init(&bench->normal, P));
    sum(&bench->sample, 0, ROWS, 1, &bench->normal);
    bench->fit = fit_new(P);
    assert_non_null(bench->fit);
    *state = bench;
    return 0;
}

static int teardown(void **state)
{
    struct bench *bench = *state;
    normal_done(&bench->normal);
    fit_free(bench->fit);
    free(bench);
    return 0;
}

static void solve(struct bench *bench, double ridge, enum fit_choice choice)
{
    assert_int_equal(fit_solve(bench->fit, &bench->normal, ridge, choice), FIT_OK);
}

// Beside gsl_multifit_wlinear, which decomposes the rows themselves.
static void test_agrees_with_the_rows(void **state)
{
    struct bench *bench = *state;
    gsl_matrix_view x = gsl_matrix_view_array(bench->sample.x[0], ROWS, P);
    gsl_vector_view y = gsl_vector_view_array(bench->sample.y, ROWS);
    gsl_vector_view w = gsl_vector_view_array(bench->sample.w, ROWS);
    double b[P], v[P * P], rss, covariance[P * P];
    gsl_vector_view c = gsl_vector_view_array(b, P);
    gsl_matrix_view cov = gsl_matrix_view_array(v, P, P);
    gsl_multifit_linear_workspace *workspace = gsl_multifit_linear_alloc(ROWS, P);
    assert_int_equal(gsl_multifit_wlinear(&x.matrix, &w.vector, &y.vector, &c.vector, &cov.matrix,
                                          &rss, workspace),
                     0);
    gsl_multifit_linear_free(workspace);
    for (size_t s = 0; s < CHOICES; s++) {
        solve(bench, 0, each[s]);
        assert_int_equal(fit_columns(bench->fit), P);
        assert_int_equal(fit_rank(bench->fit), P);
        near_assert(fit_rss(bench->fit), rss, 1e-7 * rss);
        near_assert(fit_variance(bench->fit), rss / (ROWS - P), 1e-7 * rss);
        for (size_t k = 0; k < P; k++)
            near_assert(fit_coefficients(bench->fit)[k], b[k], 1e-11);
        // wlinear takes the weights for known precisions, so its covariance has no variance in it.
        assert_true(fit_covariance(bench->fit, covariance));
        for (size_t k = 0; k < P * P; k++)
            near_assert(covariance[k] / fit_variance(bench->fit), v[k], 1e-11);
    }
}

static void test_methods_are_as_asked(void **state)
{
    struct bench *bench = *state;
    static const enum fit_method method[] = {FIT_CHOLESKY, FIT_CHOLESKY, FIT_PIVOTED, FIT_EIGEN};
    static const char *const name[] = {"cholesky", "cholesky", "pivoted", "eigen"};
    for (size_t s = 0; s < CHOICES; s++) {
        solve(bench, 0, each[s]);
        assert_int_equal(fit_method(bench->fit), method[s]);
        assert_string_equal(fit_method_name(method[s]), name[s]);
    }
}

static void test_rows_taken_out_leave_no_trace(void **state)
{
    struct bench *bench = *state;
    struct sample other;
    draw(&other, seed + 1);
    solve(bench, 0, FIT_AUTO);
    double before[P], rss = fit_rss(bench->fit);
    memcpy(before, fit_coefficients(bench->fit), sizeof before);
    sum(&other, 0, ROWS, 1, &bench->normal);
    solve(bench, 0, FIT_AUTO);
    assert_true(fabs(fit_coefficients(bench->fit)[0] - before[0]) > 1e-4);
    sum(&other, 0, ROWS, -1, &bench->normal);
    assert_true(bench->normal.rows == ROWS);
    solve(bench, 0, FIT_AUTO);
    for (size_t k = 0; k < P; k++)
        near_assert(fit_coefficients(bench->fit)[k], before[k], 1e-10);
    near_assert(fit_rss(bench->fit), rss, 1e-8 * bench->normal.yty);
}

static void test_weight_zero_is_no_row(void **state)
{
    struct bench *bench = *state;
    double x[P] = {NAN, INFINITY};
    normal_add(&bench->normal, x, NAN, 0);
    assert_true(bench->normal.rows == ROWS);
    solve(bench, 0, FIT_AUTO);
    normal_clear(&bench->normal);
    assert_true(bench->normal.rows == 0 && bench->normal.yty == 0 && bench->normal.sum_w == 0);
    for (size_t k = 0; k < P * P; k++)
        assert_true(bench->normal.xtx[k] == 0 && bench->normal.xty[k % P] == 0);
    assert_int_equal(fit_solve(bench->fit, &bench->normal, 0, FIT_AUTO), FIT_TOO_FEW);
}

// Only the lower triangle is read.
static void test_upper_triangle_is_never_read(void **state)
{
    struct bench *bench = *state;
    for (size_t i = 0; i < P; i++)
        for (size_t j = i + 1; j < P; j++)
            bench->normal.xtx[i * P + j] = NAN;
    for (size_t s = 0; s < CHOICES; s++) {
        solve(bench, 1e-8, each[s]);
        near_assert(fit_coefficients(bench->fit)[3], 30.5, 0.1);
    }
}

static void test_scale_of_columns_does_not_matter(void **state)
{
    struct bench *bench = *state;
    static const double by[P] = {1, 2.385e6, 1e-7, 3.3, 1e5, 0.017, 4e-4};
    for (size_t s = 0; s < CHOICES; s++) {
        struct sample scaled = bench->sample;
        double expected[ROWS];
        solve(bench, 0.01, each[s]);
        for (size_t i = 0; i < ROWS; i++)
            expected[i] = predict(bench->fit, bench->sample.x[i]);
        struct normal normal;
        assert_true(normal_init(&normal, P));
        for (size_t i = 0; i < ROWS; i++)
            for (size_t k = 0; k < P; k++)
                scaled.x[i][k] *= by[k];
        sum(&scaled, 0, ROWS, 1, &normal);
        assert_int_equal(fit_solve(bench->fit, &normal, 0.01, each[s]), FIT_OK);
        for (size_t i = 0; i < ROWS; i++)
            near_assert(predict(bench->fit, scaled.x[i]), expected[i], 1e-10);
        normal_done(&normal);
    }
}

// The penalty is the sum of squares of the scaled coefficients: more of it leaves them shorter.
static void test_ridge_shrinks(void **state)
{
    struct bench *bench = *state;
    double last = INFINITY, last_rss = 0;
    for (double ridge = 1e-8; ridge < 2000; ridge *= 10) {
        solve(bench, ridge, FIT_AUTO);
        double length = 0;
        for (size_t k = 0; k < P; k++)
            length += bench->normal.xtx[k * (P + 1)] * fit_coefficients(bench->fit)[k] *
                      fit_coefficients(bench->fit)[k];
        assert_true(length < last);
        assert_true(fit_rss(bench->fit) >= last_rss * (1 - 1e-9));
        last = length;
        last_rss = fit_rss(bench->fit);
    }
    assert_true(last < 1e-3 * bench->normal.yty);
    near_assert(last_rss, bench->normal.yty, 0.01 * bench->normal.yty);
}

// One column, by hand: b = c / (G + ridge G).
static void test_ridge_by_hand(void **state)
{
    struct bench *bench = *state;
    struct normal one;
    assert_true(normal_init(&one, 1));
    normal_add(&one, (const double[]){3}, 7.5, 1);
    normal_add(&one, (const double[]){4}, 8.5, 2);
    assert_int_equal(fit_solve(bench->fit, &one, 0.25, FIT_AUTO), FIT_OK);
    double b = (3 * 7.5 + 2 * 4 * 8.5) / (1.25 * 41), c = 7.5 - 3 * b, d = 8.5 - 4 * b;
    near_assert(fit_coefficients(bench->fit)[0], b, 1e-15);
    near_assert(fit_rss(bench->fit), c * c + 2 * d * d, 1e-12);
    near_assert(fit_variance(bench->fit), c * c + 2 * d * d, 1e-12);
    normal_done(&one);
}

static void test_methods_agree_under_a_ridge(void **state)
{
    struct bench *bench = *state;
    double first[P];
    for (size_t s = 0; s < CHOICES; s++) {
        solve(bench, 0.7, each[s]);
        if (s == 0)
            memcpy(first, fit_coefficients(bench->fit), sizeof first);
        for (size_t k = 0; k < P; k++)
            near_assert(fit_coefficients(bench->fit)[k], first[k], 1e-12);
    }
}

// One column through one row, exactly; through two, missing both by a little.
static void test_one_column(void **state)
{
    struct bench *bench = *state;
    for (size_t s = 0; s < CHOICES; s++) {
        struct normal one;
        assert_true(normal_init(&one, 1));
        normal_add(&one, (const double[]){2}, 4.77, 1);
        assert_int_equal(fit_solve(bench->fit, &one, 0, each[s]), FIT_OK);
        near_assert(fit_coefficients(bench->fit)[0], 2.385, 1e-14);
        assert_true(fit_rss(bench->fit) >= 0);
        normal_add(&one, (const double[]){2}, 4.97, 1);
        assert_int_equal(fit_solve(bench->fit, &one, 0, each[s]), FIT_OK);
        assert_int_equal(fit_rank(bench->fit), 1);
        near_assert(fit_coefficients(bench->fit)[0], 2.435, 1e-14);
        near_assert(fit_variance(bench->fit), 0.02, 1e-12);
        normal_done(&one);
    }
}

static void test_submodel_is_the_model_fitted_alone(void **state)
{
    struct bench *bench = *state;
    static const size_t columns[] = {0, 2, 3, 6};
    struct normal cut, alone;
    struct fit *fit = fit_new(4);
    assert_non_null(fit);
    assert_true(normal_init(&cut, 4));
    assert_true(normal_init(&alone, 4));
    normal_select(&bench->normal, 4, columns, &cut);
    for (size_t i = 0; i < ROWS; i++) {
        double x[4];
        for (size_t k = 0; k < 4; k++)
            x[k] = bench->sample.x[i][columns[k]];
        normal_add(&alone, x, bench->sample.y[i], bench->sample.w[i]);
    }
    assert_memory_equal(cut.xtx, alone.xtx, 16 * sizeof(double));
    assert_memory_equal(cut.xty, alone.xty, 4 * sizeof(double));
    assert_int_equal(fit_solve(fit, &cut, 0, FIT_AUTO), FIT_OK);
    assert_int_equal(fit_solve(bench->fit, &alone, 0, FIT_AUTO), FIT_OK);
    assert_memory_equal(fit_coefficients(fit), fit_coefficients(bench->fit), 4 * sizeof(double));
    assert_true(fit_variance(fit) == fit_variance(bench->fit));
    normal_done(&cut);
    normal_done(&alone);
    fit_free(fit);
}

// From rough coefficients, steps over the rows come to the solution; with a ridge to the ridged
// one.
static void test_refinement_keeps_to_the_ridge(void **state)
{
    struct bench *bench = *state;
    for (double ridge = 0; ridge < 1; ridge += 0.37) {
        solve(bench, ridge, FIT_AUTO);
        double solved[P], gradient[P] = {0}, rss = 0;
        memcpy(solved, fit_coefficients(bench->fit), sizeof solved);
        for (size_t i = 0; i < ROWS; i++) {
            double miss = bench->sample.y[i] - predict(bench->fit, bench->sample.x[i]);
            rss += bench->sample.w[i] * miss * miss;
            for (size_t k = 0; k < P; k++)
                gradient[k] += bench->sample.w[i] * miss * bench->sample.x[i][k];
        }
        near_assert(fit_rss(bench->fit), rss, 1e-9 * bench->normal.yty);
        fit_refine(bench->fit, gradient, rss);
        assert_true(fit_rss(bench->fit) == rss);
        for (size_t k = 0; k < P; k++)
            near_assert(fit_coefficients(bench->fit)[k], solved[k], 1e-11);
    }
}

static void test_memory_that_cannot_be(void **state)
{
    (void)state;
    struct normal normal = {.p = 77};
    assert_false(normal_init(&normal, SIZE_MAX / 16));
    assert_int_equal(normal.p, 77);
    assert_null(fit_new(SIZE_MAX / 32));
    fit_free(NULL);
    normal_done(NULL);
}

int main(void)
{
    print_message("# seed %lu\n", seed);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_agrees_with_the_rows, setup, teardown),
        cmocka_unit_test_setup_teardown(test_methods_are_as_asked, setup, teardown),
        cmocka_unit_test_setup_teardown(test_rows_taken_out_leave_no_trace, setup, teardown),
        cmocka_unit_test_setup_teardown(test_weight_zero_is_no_row, setup, teardown),
        cmocka_unit_test_setup_teardown(test_upper_triangle_is_never_read, setup, teardown),
        cmocka_unit_test_setup_teardown(test_scale_of_columns_does_not_matter, setup, teardown),
        cmocka_unit_test_setup_teardown(test_ridge_shrinks, setup, teardown),
        cmocka_unit_test_setup_teardown(test_ridge_by_hand, setup, teardown),
        cmocka_unit_test_setup_teardown(test_methods_agree_under_a_ridge, setup, teardown),
        cmocka_unit_test_setup_teardown(test_one_column, setup, teardown),
        cmocka_unit_test_setup_teardown(test_submodel_is_the_model_fitted_alone, setup, teardown),
        cmocka_unit_test_setup_teardown(test_refinement_keeps_to_the_ridge, setup, teardown),
        cmocka_unit_test(test_memory_that_cannot_be),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
