// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/regression.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/town.h"

enum { HOUR = 3600, DAY = 86400, SEED = 57721, DAYS = 60 };

static struct town town;

static int set_up(void **state)
{
    (void)state;
    town_init(&town, HOUR, DAYS, 3.1, SEED);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    town_done(&town);
    return 0;
}

static void test_loads_near_zero_are_not_taken_in_logarithms(void **state)
{
    (void)state;
    bool fine;
    assert_true(regression_logarithm(&town.load, town.load.n, &fine));
    assert_true(fine);
    for (size_t i = 0; i < town.load.n / 50; i++)
        town.load.value[i * 50] = 7.3;
    assert_false(regression_logarithm(&town.load, town.load.n, &fine));
    assert_true(fine);
    for (size_t i = 0; i < town.load.n / 50; i++) // masked ones do not count
        town.load.masked[i * 50] = true;
    assert_true(regression_logarithm(&town.load, town.load.n, &fine));
    assert_false(regression_logarithm(&town.load, 0, &fine));
    assert_int_equal(regression_usable(&town.load, 101, NULL), 98);
}

static void test_scales_are_inverse(void **state)
{
    (void)state;
    assert_float_equal(regression_load(true, regression_response(true, 37.4)), 37.4, 1e-12);
    assert_float_equal(regression_load(false, regression_response(false, -2.5)), -2.5, 0);
    assert_true(isnan(regression_response(true, 0)));
}

// Two holidays are too few to be a class: they are taken for Sundays; three are one.
static void test_a_rare_kind_of_day_is_taken_for_another(void **state)
{
    (void)state;
    struct calendar *calendar = calendar_new();
    struct model_data data = town_data(&town, DAYS);
    struct model_place place = {0};
    bool known[DAY_CLASSES];
    int64_t first = civil_day(civil_local(&town.clock, town.start));
    data.calendar = calendar;
    assert_true(calendar_add(calendar, first + 12, CALENDAR_HOLIDAY));
    assert_true(calendar_add(calendar, first + 26, CALENDAR_HOLIDAY));
    regression_classes(&data, town.load.n, known);
    assert_false(known[DAY_HOLIDAY]);
    regression_locate(&data, known, town.start + 12 * DAY + 5 * HOUR, &place);
    assert_int_equal(place.point.day.class, DAY_ORDINARY);
    assert_int_equal(place.point.day.weekday, 6);
    assert_int_equal(place.point.period, 5);
    assert_float_equal(place.point.trend, 21.03, 0.01);
    assert_true(calendar_add(calendar, first + 40, CALENDAR_HOLIDAY));
    regression_classes(&data, town.load.n, known);
    assert_true(known[DAY_HOLIDAY]);
    place = (struct model_place){0};
    regression_locate(&data, known, town.start + 12 * DAY + 5 * HOUR, &place);
    assert_int_equal(place.point.day.class, DAY_HOLIDAY);
    calendar_free(calendar);
}

// y = 3 + 2 x with a third column that no row reaches.
static void test_a_column_without_rows_has_the_coefficient_zero(void **state)
{
    (void)state;
    struct regression_solver solver = {0};
    double coefficients[3] = {9, 9, 9};
    assert_true(regression_solver_init(&solver, 3));
    for (int i = 0; i < 40; i++)
        normal_add(&solver.normal, (double[]){1, i / 8., 0}, 3 + 2 * i / 8., 1);
    assert_int_equal(regression_solve(&solver, coefficients), MODEL_OK);
    assert_float_equal(coefficients[0], 3, 1e-3);
    assert_float_equal(coefficients[1], 2, 1e-3);
    assert_float_equal(coefficients[2], 0, 0);
    normal_clear(&solver.normal);
    assert_int_equal(regression_solve(&solver, coefficients), MODEL_TOO_FEW);
    regression_solver_done(&solver);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_loads_near_zero_are_not_taken_in_logarithms, set_up,
                                        tear_down),
        cmocka_unit_test(test_scales_are_inverse),
        cmocka_unit_test_setup_teardown(test_a_rare_kind_of_day_is_taken_for_another, set_up,
                                        tear_down),
        cmocka_unit_test(test_a_column_without_rows_has_the_coefficient_zero),
    };
    print_message("# seed %d\n", SEED);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
