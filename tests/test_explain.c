// SPDX-License-Identifier: GPL-3.0-or-later
// The parts of a forecast: that they add up, and that each answers to its own cause alone.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <gsl/gsl_errno.h>

#include "models/predict.h"
#include "tests/near.h"
#include "tests/town.h"

enum { HOUR = 3600, DAY = 86400, DAYS = 800, ISSUE = 761, SEED = 2385, HOLIDAY_EVERY = 37 };

struct fixture {
    struct town town;
    struct calendar *calendar;
    struct model_data data;
    struct model *model;
    struct forecast forecast;
    double (*parts)[EXPLAIN_PARTS];
};

static int64_t local_day(const struct town *town, int64_t instant)
{
    return civil_day(instant + town->clock.offset_s);
}

// A town that makes 30 % less on holidays, a day in HOLIDAY_EVERY; 2 of 7 of them are weekends.
static void set_up(struct fixture *f)
{
    gsl_set_error_handler_off();
    *f = (struct fixture){.calendar = calendar_new()};
    town_init(&f->town, HOUR, DAYS, 2.385, SEED);
    int64_t first = local_day(&f->town, f->town.start);
    for (int d = HOLIDAY_EVERY; d < DAYS; d += HOLIDAY_EVERY) {
        assert_true(calendar_add(f->calendar, first + d, CALENDAR_HOLIDAY));
        for (size_t h = 0; h < 24; h++)
            f->town.load.value[(size_t)d * 24 + h] *= 0.7;
    }
    int64_t issue = f->town.start + (int64_t)ISSUE * DAY;
    f->data = (struct model_data){.load = &f->town.load,
                                  .temp = &f->town.temp,
                                  .calendar = f->calendar,
                                  .clock = &f->town.clock,
                                  .issue = issue,
                                  .weather_until = issue};
    f->model = model_new(HOUR);
}

static void tear_down(struct fixture *f)
{
    model_free(f->model);
    calendar_free(f->calendar);
    forecast_done(&f->forecast);
    free(f->parts);
    town_done(&f->town);
}

static void explain(struct fixture *f, int days)
{
    int64_t until = f->data.issue + (int64_t)days * DAY;
    forecast_done(&f->forecast);
    free(f->parts);
    f->parts = malloc((size_t)days * 24 * sizeof *f->parts);
    assert_true(
        predict_explained(f->model, &f->data, f->data.issue, until, &f->forecast, f->parts));
    assert_int_equal(f->forecast.n, days * 24);
}

static double sum(const double parts[static EXPLAIN_PARTS])
{
    double total = 0;
    for (int k = 0; k < EXPLAIN_PARTS; k++)
        total += parts[k];
    return total;
}

// The parts sum to the means, which are those of a forecast without an explanation.
static void assert_adds_up(const struct fixture *f)
{
    struct forecast plain;
    int64_t until = forecast_instant(&f->forecast, f->forecast.n);
    assert_true(predict(f->model, &f->data, f->data.issue, until, 0, NULL, &plain));
    assert_string_equal(plain.model, f->forecast.model);
    for (size_t i = 0; i < f->forecast.n; i++) {
        assert_true(plain.mean[i] == f->forecast.mean[i]);
        near_assert(sum(f->parts[i]), f->forecast.mean[i], 1e-9 * fabs(f->forecast.mean[i]) + 1e-9);
    }
    forecast_done(&plain);
}

static double largest(const struct fixture *f, enum explain_part part)
{
    double ret = 0;
    for (size_t i = 0; i < f->forecast.n; i++)
        ret = fmax(ret, fabs(f->parts[i][part]));
    return ret;
}

static void test_parts_add_up_on_a_log_scale(void **state)
{
    (void)state;
    struct fixture f;
    set_up(&f);
    assert_int_equal(model_fit(f.model, &f.data), MODEL_OK);
    assert_true(isnan(model_response(f.model, 0)));
    explain(&f, 21); // scenarios of other years, or days
    assert_adds_up(&f);
    assert_true(largest(&f, EXPLAIN_CORRECTION) > 0);
    f.data.weather_until = f.data.issue + 30 * (int64_t)DAY;
    explain(&f, 21); // the weather is given
    assert_adds_up(&f);
    f.data.weather_is_forecast = true;
    explain(&f, 21);
    assert_adds_up(&f);
    tear_down(&f);
}

static void test_parts_add_up_on_a_linear_scale(void **state)
{
    (void)state;
    struct fixture f;
    set_up(&f);
    for (size_t i = 0; i < f.town.load.n; i += 41)
        f.town.load.value[i] = 0;
    assert_int_equal(model_fit(f.model, &f.data), MODEL_OK);
    assert_true(model_response(f.model, 0) == 0);
    explain(&f, 9);
    assert_adds_up(&f);
    tear_down(&f);
}

static void test_parts_add_up_without_weather(void **state)
{
    (void)state;
    struct fixture f;
    set_up(&f);
    f.data.temp = NULL;
    assert_int_equal(model_fit(f.model, &f.data), MODEL_OK);
    explain(&f, 9);
    assert_adds_up(&f);
    assert_true(largest(&f, EXPLAIN_TEMP_NOW) == 0);
    assert_true(largest(&f, EXPLAIN_TEMP_MEMORY) == 0);
    tear_down(&f);
}

static void test_parts_add_up_by_other_recipes(void **state)
{
    (void)state;
    struct fixture f;
    struct recipe vanilla;
    set_up(&f);
    recipe_vanilla(&vanilla);
    model_set_recipe(f.model, &vanilla);
    assert_int_equal(model_fit(f.model, &f.data), MODEL_OK);
    explain(&f, 9);
    assert_adds_up(&f);
    assert_true(largest(&f, EXPLAIN_TEMP_MEMORY) == 0);
    assert_true(largest(&f, EXPLAIN_TEMP_NOW) > 1);
    assert_true(largest(&f, EXPLAIN_HOLIDAY) == 0); // it knows none
    assert_true(largest(&f, EXPLAIN_CORRECTION) == 0);
    tear_down(&f);
}

static void test_baseline_is_all_level(void **state)
{
    (void)state;
    struct fixture f;
    set_up(&f);
    f.data.issue = f.data.weather_until = f.town.start + 11 * (int64_t)DAY;
    assert_int_equal(model_fit(f.model, &f.data), MODEL_TOO_FEW);
    explain(&f, 2);
    assert_string_equal(f.forecast.model, "last-week");
    for (size_t i = 0; i < f.forecast.n; i++) {
        assert_true(f.parts[i][EXPLAIN_LEVEL] == f.forecast.mean[i]);
        assert_true(sum(f.parts[i]) == f.forecast.mean[i]);
    }
    tear_down(&f);
}

// Day 777 = 21 * 37 is a holiday. The days beside it are kinds of their own.
static void test_holiday_is_a_matter_of_holidays(void **state)
{
    (void)state;
    struct fixture f;
    set_up(&f);
    assert_int_equal(model_fit(f.model, &f.data), MODEL_OK);
    explain(&f, 31);
    bool seen = false;
    for (size_t i = 0; i < f.forecast.n; i++) {
        int64_t instant = forecast_instant(&f.forecast, i);
        struct day day = calendar_day(f.calendar, local_day(&f.town, instant));
        double part = f.parts[i][EXPLAIN_HOLIDAY];
        if (day.class == DAY_ORDINARY)
            assert_true(part == 0);
        else if (day.class == DAY_HOLIDAY) {
            // 30 % of 200 MW and more; a Sunday would be that already.
            assert_true(part < -30 && part > -120);
            seen = true;
        }
    }
    assert_true(seen);
    tear_down(&f);
}

// Two degrees more in one given hour: that hour's temp_now, and from it on the memory; nothing
// else, and nothing before.
static void test_temperature_moves_its_parts(void **state)
{
    (void)state;
    enum { HOT = 15, AHEAD = 2 };
    struct fixture f;
    double before[24 * AHEAD][EXPLAIN_PARTS];
    set_up(&f);
    // On the linear scale parts do not share a factor.
    for (size_t i = 0; i < f.town.load.n; i += 41)
        f.town.load.value[i] = 0;
    assert_int_equal(model_fit(f.model, &f.data), MODEL_OK);
    f.data.weather_until = f.data.issue + (int64_t)AHEAD * DAY;
    explain(&f, AHEAD);
    memcpy(before, f.parts, sizeof before);
    f.town.temp.value[series_index(&f.town.temp, f.data.issue) + HOT] += 12;
    explain(&f, AHEAD);
    for (size_t i = 0; i < f.forecast.n; i++) {
        for (int k = 0; k < EXPLAIN_PARTS; k++) {
            bool moved = fabs(f.parts[i][k] - before[i][k]) > 1e-9;
            bool may =
                (k == EXPLAIN_TEMP_NOW && i == HOT) || (k == EXPLAIN_TEMP_MEMORY && i >= HOT);
            assert_true(may ? moved : !moved);
        }
    }
    tear_down(&f);
}

static void test_level_is_the_mean_of_the_town(void **state)
{
    (void)state;
    struct fixture f;
    set_up(&f);
    assert_int_equal(model_fit(f.model, &f.data), MODEL_OK);
    explain(&f, 3);
    // Two years in, 240 MW on six days and 168 on Sundays, a little cooling at 23.7 C.
    for (size_t i = 0; i < f.forecast.n; i++)
        assert_true(f.parts[i][EXPLAIN_LEVEL] > 205 && f.parts[i][EXPLAIN_LEVEL] < 255);
    assert_true(f.parts[0][EXPLAIN_LEVEL] == f.parts[71][EXPLAIN_LEVEL]);
    tear_down(&f);
}

static void test_parts_have_names(void **state)
{
    (void)state;
    assert_string_equal(explain_name(EXPLAIN_LEVEL), "level");
    assert_string_equal(explain_name(EXPLAIN_CORRECTION), "correction");
    assert_string_equal(explain_name(EXPLAIN_REGISTER), "register");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parts_add_up_on_a_log_scale),
        cmocka_unit_test(test_parts_add_up_on_a_linear_scale),
        cmocka_unit_test(test_parts_add_up_without_weather),
        cmocka_unit_test(test_parts_add_up_by_other_recipes),
        cmocka_unit_test(test_baseline_is_all_level),
        cmocka_unit_test(test_holiday_is_a_matter_of_holidays),
        cmocka_unit_test(test_temperature_moves_its_parts),
        cmocka_unit_test(test_level_is_the_mean_of_the_town),
        cmocka_unit_test(test_parts_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
