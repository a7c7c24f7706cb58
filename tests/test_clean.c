// SPDX-License-Identifier: GPL-3.0-or-later
// Faults put into a made-up town, and what must not be taken for one.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <gsl/gsl_errno.h>

#include "models/clean.h"
#include "tests/town.h"

enum { HOUR = 3600, DAY = 86400, SEED = 141421, DAYS = 800 };
static const double noise_mw = 4.3;

static struct town town;
static struct clean found;

static int set_up(void **state)
{
    (void)state;
    gsl_set_error_handler_off();
    town_init(&town, HOUR, DAYS, noise_mw, SEED);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    town_done(&town);
    return 0;
}

static struct model_data data_until(int day)
{
    return (struct model_data){.load = &town.load,
                               .temp = &town.temp,
                               .clock = &town.clock,
                               .issue = town.start + (int64_t)day * DAY};
}

static void set(int day, int hour, double load)
{
    assert_int_not_equal(
        series_put(&town.load, town.start + (int64_t)day * DAY + (int64_t)hour * HOUR, load),
        SERIES_REFUSED);
}

static double get(int day, int hour)
{
    return town.load.value[day * 24 + hour];
}

static void find(const struct calendar *calendar)
{
    struct model_data data = data_until(DAYS);
    data.calendar = calendar;
    assert_int_equal(clean_find(&data, &found), MODEL_OK);
    for (size_t k = 0; k < found.n_runs; k++)
        print_message("# %s day %zu hour %zu, %zu hours\n", clean_reason_name(found.runs[k].reason),
                      found.runs[k].from / 24, found.runs[k].from % 24,
                      found.runs[k].to - found.runs[k].from);
}

static void assert_run(size_t k, int day, int hour, int hours, enum clean_reason reason)
{
    assert_true(k < found.n_runs);
    assert_int_equal(found.runs[k].from, day * 24 + hour);
    assert_int_equal(found.runs[k].to, day * 24 + hour + hours);
    assert_int_equal(found.runs[k].reason, reason);
}

static void test_each_fault_is_found_and_named(void **state)
{
    (void)state;
    set(100, 5, 0);
    set(100, 6, 0.2385);
    set(200, 13, get(200, 13) + 150);
    for (int h = 8; h < 18; h++)
        set(300, h, 187.3);
    for (int h = 9; h < 21; h++)
        set(400, h, 0.5 * get(400, h));
    find(NULL);
    assert_int_equal(found.n_runs, 4);
    assert_run(0, 100, 5, 2, CLEAN_ZERO);
    assert_run(1, 200, 13, 1, CLEAN_SPIKE);
    assert_run(2, 300, 8, 10, CLEAN_FLAT);
    assert_run(3, 400, 9, 12, CLEAN_OUTAGE);
    assert_int_equal(found.n_shifts, 0);
    double before = get(100, 5);
    clean_mask(&found, &town.load);
    assert_false(series_usable(&town.load, 100 * 24 + 5));
    assert_true(series_usable(&town.load, 100 * 24 + 7));
    assert_true(get(100, 5) == before); // masked, not replaced
}

static void test_good_data_are_left_alone(void **state)
{
    (void)state;
    find(NULL);
    assert_int_equal(found.n_runs, 0);
    assert_int_equal(found.n_shifts, 0);
}

// A hot day beyond the record, whose load comes and goes by degrees.
static void test_a_record_peak_stands(void **state)
{
    (void)state;
    for (int h = 0; h < 24; h++)
        set(560, h, get(560, h) + 90 * sin(M_PI * h / 24));
    find(NULL);
    assert_int_equal(found.n_runs, 0);
}

static void test_a_holiday_of_the_calendar_stands(void **state)
{
    (void)state;
    struct calendar *calendar = calendar_new();
    int64_t first = civil_day(civil_local(&town.clock, town.start));
    assert_true(calendar_add(calendar, first + 250, CALENDAR_HOLIDAY));
    for (int h = 0; h < 24; h++)
        set(250, h, 0.6 * get(250, h));
    find(NULL);
    assert_int_equal(found.n_runs, 1); // nobody said that it was one
    find(calendar);
    assert_int_equal(found.n_runs, 0);
    calendar_free(calendar);
}

// A factory that stands still for some hours twice a month.
static void test_a_habit_is_no_fault(void **state)
{
    (void)state;
    for (int d = 40; d < DAYS; d += 17)
        for (int h = 7; h < 12 + d % 5; h++)
            set(d, h, 0.4 * get(d, h));
    find(NULL);
    assert_int_equal(found.n_runs, 0);
}

static void test_a_shift_is_dated(void **state)
{
    (void)state;
    for (int d = 520; d < DAYS; d++)
        for (int h = 0; h < 24; h++)
            set(d, h, 1.385 * get(d, h));
    find(NULL);
    assert_int_equal(found.n_shifts, 1);
    int64_t day = (found.shifts[0].instant - town.start) / DAY;
    print_message("# shift on day %d by %.3f\n", (int)day, found.shifts[0].ratio);
    assert_true(day >= 519 && day <= 521);
    assert_true(found.shifts[0].ratio > 1.25 && found.shifts[0].ratio < 1.5);
}

static void test_nothing_at_or_after_the_issue_is_read(void **state)
{
    (void)state;
    static struct clean other;
    struct model_data data = data_until(600);
    set(400, 13, 0);
    assert_int_equal(clean_find(&data, &found), MODEL_OK);
    assert_int_equal(found.n_runs, 1);
    for (int d = 600; d < DAYS; d++)
        for (int h = 0; h < 24; h++) {
            set(d, h, 9e6 * (h % 3));
            town.temp.value[d * 24 + h] = -1e6;
        }
    assert_int_equal(clean_find(&data, &other), MODEL_OK);
    assert_memory_equal(&found, &other, sizeof found);
    data = data_until(10);
    assert_int_equal(clean_find(&data, &other), MODEL_TOO_FEW);
    data = data_until(-10);
    assert_int_equal(clean_find(&data, &other), MODEL_TOO_FEW);
    assert_int_equal(other.n_runs, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_each_fault_is_found_and_named, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_good_data_are_left_alone, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_record_peak_stands, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_holiday_of_the_calendar_stands, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_habit_is_no_fault, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_shift_is_dated, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_nothing_at_or_after_the_issue_is_read, set_up,
                                        tear_down),
    };
    print_message("# seed %d\n", SEED);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
