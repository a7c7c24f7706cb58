// SPDX-License-Identifier: GPL-3.0-or-later
// Fits one after the other: what a model keeps of the one before never shows in the next.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>
#include <gsl/gsl_errno.h>

#include "models/predict.h"
#include "tests/town.h"

enum { HOUR = 3600, DAY = 86400, SEED = 314159, DAYS = 820 };

struct scene {
    struct town town;
    struct model *model;
    struct model_data data;
};

static int set_up(void **state)
{
    static struct scene scene;
    gsl_set_error_handler_off();
    town_init(&scene.town, HOUR, DAYS, 4.3, SEED);
    scene.model = model_new(HOUR);
    scene.data = (struct model_data){
        .load = &scene.town.load, .temp = &scene.town.temp, .clock = &scene.town.clock};
    *state = &scene;
    return 0;
}

static int tear_down(void **state)
{
    struct scene *scene = *state;
    model_free(scene->model);
    town_done(&scene->town);
    return 0;
}

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

// Fits the scene's model for an issue so many days on; returns the time it took.
static double fit_at(struct scene *scene, int days)
{
    scene->data.issue = scene->town.start + (int64_t)days * DAY;
    scene->data.weather_until = scene->data.issue;
    double begun = seconds();
    assert_int_equal(model_fit(scene->model, &scene->data), MODEL_OK);
    return seconds() - begun;
}

// Unknown residuals are all the same.
static void assert_same_residuals(const struct model *a, const struct model *b)
{
    size_t n, m;
    const double *x = model_residuals(a, &n), *y = model_residuals(b, &m);
    assert_int_equal(n, m);
    for (size_t i = 0; i < n; i++)
        assert_true(x[i] == y[i] || (isnan(x[i]) && isnan(y[i])));
}

static void assert_like_fresh(const struct scene *scene)
{
    struct model *fresh = model_new(HOUR);
    assert_int_equal(model_fit(fresh, &scene->data), MODEL_OK);
    assert_int_equal(design_columns(model_design(scene->model)),
                     design_columns(model_design(fresh)));
    assert_memory_equal(model_coefficients(scene->model), model_coefficients(fresh),
                        design_columns(model_design(fresh)) * sizeof(double));
    assert_true(model_trend_end(scene->model) == model_trend_end(fresh));
    assert_true(model_rows(scene->model) == model_rows(fresh));
    assert_same_residuals(scene->model, fresh);
    model_free(fresh);
}

// Day 770 is 2023-02-10. Within the month the fit is kept, and found the same.
static void test_later_issues_of_a_month_are_cheap(void **state)
{
    struct scene *scene = *state;
    double first = fit_at(scene, 765), later = 0;
    for (int day = 766; day < 776; day++) {
        later += fit_at(scene, day);
        assert_like_fresh(scene);
    }
    print_message("# first fit of a month %.0f ms, each later one %.1f ms\n", 1e3 * first,
                  1e2 * later);
    assert_true(later < first);
    fit_at(scene, 763); // and back again
    assert_like_fresh(scene);
}

static void test_the_next_month_is_fitted_anew(void **state)
{
    struct scene *scene = *state;
    fit_at(scene, 780);
    fit_at(scene, 800);
    assert_like_fresh(scene);
}

static void test_late_readings_are_seen(void **state)
{
    struct scene *scene = *state;
    int64_t t = scene->town.start + 500 * DAY;
    fit_at(scene, 770);
    assert_int_equal(series_put(&scene->town.load, t, 238.5), SERIES_CHANGED);
    fit_at(scene, 771);
    assert_like_fresh(scene);
    series_mask(&scene->town.load, t, t + 30 * HOUR, true);
    fit_at(scene, 771);
    assert_like_fresh(scene);
    assert_int_equal(series_put(&scene->town.temp, t, 17.3), SERIES_CHANGED);
    fit_at(scene, 771);
    assert_like_fresh(scene);
    // One of the current month changes what is known of it, and no fit.
    t = scene->data.issue - 5 * HOUR;
    assert_int_equal(series_put(&scene->town.load, t, NAN), SERIES_CHANGED);
    fit_at(scene, 771);
    assert_like_fresh(scene);
}

static void test_new_holidays_are_seen(void **state)
{
    struct scene *scene = *state;
    struct calendar *calendar = calendar_new();
    scene->data.calendar = calendar;
    fit_at(scene, 770);
    int64_t day = civil_day(scene->town.start + scene->town.clock.offset_s);
    for (int k = 0; k < 5; k++)
        assert_true(calendar_add(calendar, day + 101 + 111 * k, CALENDAR_HOLIDAY));
    fit_at(scene, 770);
    assert_like_fresh(scene);
    calendar_free(calendar);
}

static void test_a_given_recipe(void **state)
{
    struct scene *scene = *state;
    struct recipe vanilla;
    struct forecast forecast;
    recipe_vanilla(&vanilla);
    model_set_recipe(scene->model, &vanilla);
    fit_at(scene, 770);
    assert_string_equal(model_recipe(scene->model)->name, "vanilla");
    assert_int_equal(design_columns(model_design(scene->model)), 285);
    assert_true(model_load(scene->model, 2.385) == 2.385); // no logarithm
    assert_true(predict(scene->model, &scene->data, scene->data.issue, scene->data.issue + DAY, 0,
                        NULL, &forecast));
    assert_string_equal(forecast.model, "vanilla");
    for (size_t i = 0; i < forecast.n; i++)
        assert_true(forecast.mean[i] > 100 && forecast.mean[i] < 400);
    forecast_done(&forecast);
    scene->data.temp = NULL; // it cannot do without
    assert_int_equal(model_fit(scene->model, &scene->data), MODEL_TOO_FEW);
    assert_null(model_design(scene->model));
    scene->data.temp = &scene->town.temp;
    model_set_recipe(scene->model, NULL);
    fit_at(scene, 770);
    assert_like_fresh(scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_later_issues_of_a_month_are_cheap, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_the_next_month_is_fitted_anew, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_late_readings_are_seen, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_new_holidays_are_seen, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_given_recipe, set_up, tear_down),
    };
    print_message("# seed %d\n", SEED);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
