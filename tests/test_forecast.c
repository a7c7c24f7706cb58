// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/forecast.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "tests/near.h"

static const double levels[] = {0.05, 0.25, 0.5, 0.75, 0.95};
static const int64_t noon = 1710331200;

static void init(struct forecast *forecast, size_t n, size_t n_levels, const double *level)
{
    assert_true(forecast_init(forecast, noon, 1800, n, n_levels, level));
}

static void test_starts_unknown(void **state)
{
    (void)state;
    struct forecast forecast;
    init(&forecast, 3, 5, levels);
    assert_int_equal(forecast.issue, noon);
    assert_int_equal(forecast_instant(&forecast, 2), noon + 3600);
    assert_string_equal(forecast.model, "");
    for (size_t i = 0; i < 3; i++) {
        assert_true(isnan(forecast.mean[i]));
        for (size_t k = 0; k < 5; k++)
            assert_true(isnan(forecast_quantiles(&forecast, i)[k]));
        assert_true(isnan(forecast_at_level(&forecast, i, 0.5)));
        assert_true(isnan(forecast_exceedance(&forecast, i, 2.385)));
    }
    forecast_done(&forecast);
    assert_null(forecast.mean);
    forecast_done(&forecast);
    forecast_done(NULL);
}

static void test_without_quantiles(void **state)
{
    (void)state;
    struct forecast forecast;
    init(&forecast, 2, 0, NULL);
    double draws[] = {2.385};
    forecast_set_draws(&forecast, 1, 1, draws);
    assert_true(isnan(forecast_at_level(&forecast, 1, 0.5)));
    assert_true(isnan(forecast_exceedance(&forecast, 1, 1)));
    forecast_done(&forecast);
    init(&forecast, 0, 5, levels);
    forecast_done(&forecast);
}

static void test_absurd_size_is_refused(void **state)
{
    (void)state;
    struct forecast forecast = {.n = 77};
    assert_false(forecast_init(&forecast, noon, 1800, SIZE_MAX / 64, 5, levels));
    assert_int_equal(forecast.n, 77);
}

// R: quantile(c(3.1, 1.7, 2.385, 9.4), c(.05, .25, .5, .75, .95), type = 7)
static void test_draws_give_type_7(void **state)
{
    (void)state;
    struct forecast forecast;
    init(&forecast, 2, 5, levels);
    double draws[] = {3.1, 1.7, 2.385, 9.4};
    forecast_set_draws(&forecast, 1, 4, draws);
    static const double expected[] = {1.80275, 2.21375, 2.7425, 4.675, 8.455};
    for (size_t k = 0; k < 5; k++)
        near_assert(forecast_quantiles(&forecast, 1)[k], expected[k], 1e-12);
    assert_true(isnan(forecast_quantiles(&forecast, 0)[0]));
    assert_true(draws[0] == 1.7 && draws[3] == 9.4);
    forecast_done(&forecast);
}

static void test_few_draws(void **state)
{
    (void)state;
    struct forecast forecast;
    init(&forecast, 2, 5, levels);
    double one[] = {NAN, 2.385, NAN};
    forecast_set_draws(&forecast, 0, 3, one);
    for (size_t k = 0; k < 5; k++)
        assert_true(forecast_quantiles(&forecast, 0)[k] == 2.385);
    double none[] = {NAN, NAN};
    forecast_set_draws(&forecast, 0, 2, none);
    forecast_set_draws(&forecast, 1, 0, none);
    assert_true(forecast_quantiles(&forecast, 0)[0] == 2.385);
    assert_true(isnan(forecast_quantiles(&forecast, 1)[0]));
    forecast_done(&forecast);
}

static void test_quantiles_never_cross(void **state)
{
    (void)state;
    unsigned seed = 2385;
    print_message("# seed %u\n", seed);
    double level[99], draws[37];
    for (size_t k = 0; k < 99; k++)
        level[k] = (double)(k + 1) / 100;
    struct forecast forecast;
    init(&forecast, 500, 99, level);
    for (size_t i = 0; i < 500; i++) {
        // Few different values, so that most neighbours are equal.
        for (size_t d = 0; d < 37; d++)
            draws[d] = 0.1 * (rand_r(&seed) % 5) + 0.7;
        forecast_set_draws(&forecast, i, 37, draws);
        const double *q = forecast_quantiles(&forecast, i);
        for (size_t k = 1; k < 99; k++)
            assert_true(q[k] >= q[k - 1]);
    }
    forecast_done(&forecast);
}

static void set(struct forecast *forecast, const double q[5])
{
    for (size_t k = 0; k < 5; k++)
        forecast->quantile[k] = q[k];
}

static void test_at_level(void **state)
{
    (void)state;
    struct forecast forecast;
    init(&forecast, 1, 5, levels);
    set(&forecast, (const double[]){10, 14, 15, 17, 27});
    near_assert(forecast_at_level(&forecast, 0, 0.15), 12, 1e-12);
    near_assert(forecast_at_level(&forecast, 0, 0.5), 15, 1e-12);
    near_assert(forecast_at_level(&forecast, 0, 0.9), 24.5, 1e-12);
    assert_true(forecast_at_level(&forecast, 0, 0.001) == 10);
    assert_true(forecast_at_level(&forecast, 0, 0.95) == 27);
    assert_true(forecast_at_level(&forecast, 0, 0.999) == 27);
    assert_true(isnan(forecast_at_level(&forecast, 0, NAN)));
    forecast_done(&forecast);
}

static void test_exceedance(void **state)
{
    (void)state;
    struct forecast forecast;
    init(&forecast, 1, 5, levels);
    set(&forecast, (const double[]){10, 14, 15, 15, 27});
    near_assert(forecast_exceedance(&forecast, 0, 12), 0.85, 1e-12);
    near_assert(forecast_exceedance(&forecast, 0, 21), 0.15, 1e-12);
    assert_true(forecast_exceedance(&forecast, 0, 9.999) == 1);
    near_assert(forecast_exceedance(&forecast, 0, 10), 0.95, 1e-12);
    near_assert(forecast_exceedance(&forecast, 0, 27), 0.05, 1e-12);
    assert_true(forecast_exceedance(&forecast, 0, 27.001) == 0);
    // At 15 a quarter of the probability lies in one point, which does not pass itself.
    near_assert(forecast_exceedance(&forecast, 0, 15), 0.25, 1e-12);
    near_assert(forecast_exceedance(&forecast, 0, 15 - 1e-9), 0.5, 1e-6);
    assert_true(isnan(forecast_exceedance(&forecast, 0, NAN)));
    forecast_done(&forecast);
}

static void test_one_level(void **state)
{
    (void)state;
    struct forecast forecast;
    init(&forecast, 1, 1, (const double[]){0.9});
    forecast.quantile[0] = 2.385;
    assert_true(forecast_at_level(&forecast, 0, 0.1) == 2.385);
    assert_true(forecast_at_level(&forecast, 0, 0.99) == 2.385);
    assert_true(forecast_exceedance(&forecast, 0, 2) == 1);
    assert_true(forecast_exceedance(&forecast, 0, 3) == 0);
    near_assert(forecast_exceedance(&forecast, 0, 2.385), 0.1, 1e-15);
    forecast_done(&forecast);
}

// Where the quantiles rise, the level of a value and the value of a level undo each other.
static void test_exceedance_undoes_at_level(void **state)
{
    (void)state;
    struct forecast forecast;
    init(&forecast, 1, 5, levels);
    set(&forecast, (const double[]){10.3, 14.1, 15.7, 17.9, 27.2});
    for (double level = 0.05; level <= 0.95; level += 0.0137) {
        double value = forecast_at_level(&forecast, 0, level);
        near_assert(forecast_exceedance(&forecast, 0, value), 1 - level, 1e-12);
    }
    forecast_done(&forecast);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_starts_unknown),
        cmocka_unit_test(test_without_quantiles),
        cmocka_unit_test(test_absurd_size_is_refused),
        cmocka_unit_test(test_draws_give_type_7),
        cmocka_unit_test(test_few_draws),
        cmocka_unit_test(test_quantiles_never_cross),
        cmocka_unit_test(test_at_level),
        cmocka_unit_test(test_exceedance),
        cmocka_unit_test(test_one_level),
        cmocka_unit_test(test_exceedance_undoes_at_level),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
