// SPDX-License-Identifier: GPL-3.0-or-later
// Certified regressions through every solver: how many digits come out, and no fewer than promised.
//
// Solving from X'X squares the condition of X, so about 16 minus twice its logarithm are left;
// steps of refinement over the rows, in plain double, bring most of the rest back. The promises
// below are a digit under what is seen, since the last one depends on the processor's BLAS kernels.
#include "models/fit.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include <gsl/gsl_errno.h>

#include "tests/strd.h"

enum { STEPS = 3 };
static const double digits_max = 15;

// A set in z = (x - centre) / half_width, and what became of it.
struct trial {
    const struct strd *set;
    double centre, half_width;
    struct normal normal;
    struct fit *fit;
    size_t p;
};

struct digits {
    double coefficients, predictions, residual_sd, deviations;
};

static double log_relative_error(double got, double certified, double size)
{
    double error = fabs(got - certified) / size;
    return error < pow(10, -digits_max) ? digits_max : -log10(error);
}

static void trial_init(struct trial *trial, const struct strd *set, bool scaled)
{
    *trial = (struct trial){.set = set, .half_width = 1, .p = strd_columns(set)};
    if (scaled) {
        double low = INFINITY, high = -INFINITY;
        for (size_t i = 0; i < set->rows; i++) {
            low = fmin(low, set->data[2 * i + 1]);
            high = fmax(high, set->data[2 * i + 1]);
        }
        trial->centre = (low + high) / 2;
        trial->half_width = (high - low) / 2;
    }
    assert_true(normal_init(&trial->normal, trial->p));
    trial->fit = fit_new(trial->p);
    assert_non_null(trial->fit);
    for (size_t i = 0; i < set->rows; i++) {
        double x[STRD_COLUMNS_MAX];
        strd_row(set, i, trial->centre, trial->half_width, x);
        normal_add(&trial->normal, x, strd_response(set, i), 1);
    }
}

static void trial_done(struct trial *trial)
{
    normal_done(&trial->normal);
    fit_free(trial->fit);
}

static double predict(const struct trial *trial, size_t i)
{
    double x[STRD_COLUMNS_MAX], y = 0;
    strd_row(trial->set, i, trial->centre, trial->half_width, x);
    for (size_t k = 0; k < trial->p; k++)
        y += fit_coefficients(trial->fit)[k] * x[k];
    return y;
}

static void refine(struct trial *trial)
{
    double gradient[STRD_COLUMNS_MAX] = {0}, rss = 0;
    for (size_t i = 0; i < trial->set->rows; i++) {
        double x[STRD_COLUMNS_MAX];
        double miss = strd_response(trial->set, i) - predict(trial, i);
        strd_row(trial->set, i, trial->centre, trial->half_width, x);
        rss += miss * miss;
        for (size_t k = 0; k < trial->p; k++)
            gradient[k] += miss * x[k];
    }
    fit_refine(trial->fit, gradient, rss);
}

// The polynomial in z as one in x, by Horner's rule on polynomials; long double, so that what is
// judged is the fit and not the way back.
static void in_x(const struct trial *trial, double ret[])
{
    long double b[STRD_COLUMNS_MAX] = {0}, h = trial->half_width, c = trial->centre;
    memcpy(ret, fit_coefficients(trial->fit), trial->p * sizeof *ret);
    if (trial->set->predictors != 1)
        return;
    for (size_t k = trial->p; k-- > 0;) {
        for (size_t j = trial->p; j-- > 0;)
            b[j] = (j > 0 ? b[j - 1] / h : 0) - b[j] * c / h;
        b[0] += (long double)fit_coefficients(trial->fit)[k];
    }
    for (size_t k = 0; k < trial->p; k++)
        ret[k] = (double)b[k];
}

// Predictions by the certified coefficients: those have 15 digits, which for Filip's, that cancel,
// leave 8 of the prediction.
static double certified_prediction(const struct strd *set, size_t i)
{
    double x[STRD_COLUMNS_MAX];
    long double y = 0;
    strd_row(set, i, 0, 1, x);
    for (size_t k = 0; k < strd_columns(set); k++)
        y += (long double)set->certified[k] * (long double)x[k];
    return (double)y;
}

// NaN where none are certified: of an exact fit, and of coefficients in z.
static double deviations_digits(const struct trial *trial)
{
    double covariance[STRD_COLUMNS_MAX * STRD_COLUMNS_MAX], worst = (double)NAN;
    assert_true(fit_covariance(trial->fit, covariance));
    for (size_t k = 0; k < trial->p; k++) {
        double certified = trial->set->deviation[k];
        double got = sqrt(covariance[k * (trial->p + 1)]);
        if (certified > 0 && trial->half_width == 1)
            worst = fmin(worst, log_relative_error(got, certified, certified));
    }
    return worst;
}

// The worst coefficient, the worst prediction against the largest, the residual deviation.
static struct digits judge(const struct trial *trial)
{
    const struct strd *set = trial->set;
    struct digits ret = {digits_max, digits_max, digits_max, deviations_digits(trial)};
    double b[STRD_COLUMNS_MAX], largest = 0;
    in_x(trial, b);
    for (size_t k = 0; k < trial->p; k++)
        ret.coefficients = fmin(
            ret.coefficients, log_relative_error(b[k], set->certified[k], fabs(set->certified[k])));
    for (size_t i = 0; i < set->rows; i++)
        largest = fmax(largest, fabs(certified_prediction(set, i)));
    for (size_t i = 0; i < set->rows; i++)
        ret.predictions =
            fmin(ret.predictions,
                 log_relative_error(predict(trial, i), certified_prediction(set, i), largest));
    // Where the fit is exact, nothing of the response may be left over.
    ret.residual_sd = log_relative_error(sqrt(fit_variance(trial->fit)), set->residual_sd,
                                         set->residual_sd > 0 ? set->residual_sd : largest);
    return ret;
}

static void report(const struct trial *trial, const struct digits *solved,
                   const struct digits *refined)
{
    print_message("# %-9s %-6s %-8s %4zu/%-2zu %6.1f %6.1f %6.1f %6.1f %6.1f %6.1f\n",
                  trial->set->name, trial->half_width == 1 ? "as is" : "[-1,1]",
                  fit_method_name(fit_method(trial->fit)), fit_rank(trial->fit), trial->p,
                  solved->coefficients, refined->coefficients, solved->predictions,
                  refined->predictions, refined->residual_sd, refined->deviations);
}

// Digits promised of the coefficients as solved and as refined, and of the predictions as solved.
struct promise {
    const char *name;
    bool scaled;
    double solved, refined, predictions;
};

static const struct promise promises[] = {
    {"Norris", false, 11, 12.5, 13},   {"Norris", true, 11, 12.5, 13},
    {"Longley", false, 5.3, 10, 8},    {"Filip", true, 8.5, 12.5, 7.5},
    {"Wampler1", false, 5.5, 9, 12},   {"Wampler1", true, 6.5, 9, 13},
    {"Wampler2", false, 8, 11.5, 12},  {"Wampler2", true, 10, 11.5, 13},
    {"Wampler3", false, 5.5, 9, 12},   {"Wampler3", true, 6.5, 9, 13},
    {"Wampler4", false, 5.5, 7, 12},   {"Wampler4", true, 6.5, 8.5, 13},
    {"Wampler5", false, 5.5, 4.5, 12}, {"Wampler5", true, 6.5, 6.5, 13},
};
enum { PROMISES = sizeof promises / sizeof *promises };

static const struct strd *set_of(const char *name)
{
    for (size_t s = 0; s < STRD_SETS; s++)
        if (strcmp(strd_sets[s].name, name) == 0)
            return strd_sets + s;
    fail_msg("no set '%s'", name);
    return NULL;
}

static void keep_promise(const struct promise *promise, enum fit_choice choice)
{
    struct trial trial;
    trial_init(&trial, set_of(promise->name), promise->scaled);
    assert_int_equal(fit_solve(trial.fit, &trial.normal, 0, choice), FIT_OK);
    assert_int_equal(fit_rank(trial.fit), trial.p);
    struct digits solved = judge(&trial);
    for (int step = 0; step < STEPS; step++)
        refine(&trial);
    struct digits refined = judge(&trial);
    report(&trial, &solved, &refined);
    assert_true(solved.coefficients >= promise->solved);
    assert_true(solved.predictions >= promise->predictions);
    assert_true(refined.coefficients >= promise->refined);
    assert_true(refined.predictions >= fmin(promise->predictions, 12));
    assert_true(refined.residual_sd >= (trial.set->residual_sd > 0 ? 11 : 13));
    assert_false(refined.deviations < fmin(promise->solved, 6) - 1);
    trial_done(&trial);
}

static void run(enum fit_choice choice)
{
    print_message("# certified digits               coefficients   predictions   resid. std.\n");
    print_message("# set       x      method   rank   solved refined solved refined  sd    dev.\n");
    for (size_t i = 0; i < PROMISES; i++)
        keep_promise(promises + i, choice);
}

static void test_cholesky(void **state)
{
    (void)state;
    run(FIT_ONLY_CHOLESKY);
}

static void test_pivoted(void **state)
{
    (void)state;
    run(FIT_ONLY_PIVOTED);
}

static void test_eigen(void **state)
{
    (void)state;
    run(FIT_ONLY_EIGEN);
}

static void test_auto_takes_cholesky_where_it_can(void **state)
{
    (void)state;
    for (size_t i = 0; i < PROMISES; i++) {
        struct trial trial;
        trial_init(&trial, set_of(promises[i].name), promises[i].scaled);
        assert_int_equal(fit_solve(trial.fit, &trial.normal, 0, FIT_AUTO), FIT_OK);
        assert_int_equal(fit_method(trial.fit), FIT_CHOLESKY);
        trial_done(&trial);
    }
}

// A polynomial of the tenth degree in x from -9 to -3 is out of the reach of sums in double. It is
// not solved wrongly without a word: Cholesky refuses, and the others say that directions are
// missing, give no digit of the coefficients and two of the predictions.
static void test_filip_as_it_is(void **state)
{
    (void)state;
    static const enum fit_choice choices[] = {FIT_ONLY_PIVOTED, FIT_ONLY_EIGEN, FIT_AUTO};
    struct trial trial;
    trial_init(&trial, set_of("Filip"), false);
    assert_int_equal(fit_solve(trial.fit, &trial.normal, 0, FIT_ONLY_CHOLESKY), FIT_SINGULAR);
    for (size_t c = 0; c < 3; c++) {
        assert_int_equal(fit_solve(trial.fit, &trial.normal, 0, choices[c]), FIT_OK);
        assert_in_range(fit_rank(trial.fit), 7, 10);
        struct digits solved = judge(&trial);
        for (int step = 0; step < STEPS; step++)
            refine(&trial);
        struct digits refined = judge(&trial);
        report(&trial, &solved, &refined);
        assert_true(solved.coefficients < 1);
        assert_true(solved.predictions > 1.7 && solved.predictions < 5);
        assert_true(refined.predictions > 1.7 && refined.predictions < 5);
    }
    assert_int_equal(fit_method(trial.fit), FIT_EIGEN);
    trial_done(&trial);
}

static int quiet(void **state)
{
    (void)state;
    gsl_set_error_handler_off();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cholesky),
        cmocka_unit_test(test_pivoted),
        cmocka_unit_test(test_eigen),
        cmocka_unit_test(test_auto_takes_cholesky_where_it_can),
        cmocka_unit_test(test_filip_as_it_is),
    };
    return cmocka_run_group_tests(tests, quiet, NULL);
}
