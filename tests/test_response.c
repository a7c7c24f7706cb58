// SPDX-License-Identifier: GPL-3.0-or-later
// A tabulated response says what the regression says.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_rng.h>

#include "models/regression.h"
#include "models/response.h"
#include "tests/near.h"
#include "tests/town.h"

enum { HOUR = 3600, DAYS = 800, FITTED = 780, N = 15 * 24, SEED = 271828 };

struct scene {
    struct town town;
    struct calendar *calendar;
    struct model_data data;
    struct model *model;
};

static int set_up(void **state)
{
    static struct scene s;
    gsl_set_error_handler_off();
    town_init(&s.town, HOUR, DAYS, 3.1, SEED);
    s.data = town_data(&s.town, FITTED);
    s.calendar = calendar_new();
    s.data.calendar = s.calendar;
    // Holidays to learn from, and one in the span that is looked at.
    for (int64_t day = 40; day < DAYS; day += 61)
        assert_true(
            calendar_add(s.calendar, civil_day(s.town.start + 7 * HOUR) + day, CALENDAR_HOLIDAY));
    assert_true(calendar_add(s.calendar, civil_day(s.town.start + 7 * HOUR) + FITTED + 2,
                             CALENDAR_HOLIDAY));
    s.model = model_new(HOUR);
    *state = &s;
    return 0;
}

static int tear_down(void **state)
{
    struct scene *s = *state;
    model_free(s->model);
    calendar_free(s->calendar);
    town_done(&s->town);
    return 0;
}

static void fit(struct scene *s, const struct recipe *recipe)
{
    model_set_recipe(s->model, recipe);
    assert_int_equal(model_fit(s->model, &s->data), MODEL_OK);
}

static int64_t instant_at(const struct scene *s, size_t i)
{
    return s->data.issue + (int64_t)i * HOUR;
}

static double predicted(const struct scene *s, size_t i, const double inputs[])
{
    struct model_place place = {0};
    model_locate(s->model, &s->data, instant_at(s, i), &place);
    place.point.trend = model_trend_end(s->model);
    place.point.input = inputs;
    return regression_predict(model_design(s->model), model_coefficients(s->model), &place.point);
}

// How much straight lines an eighth of a degree apart may be off about these inputs: 1/512 of the
// second derivative of each, taken here by differences.
static double promised(const struct scene *s, size_t i, const double inputs[], size_t n)
{
    double sum = 1e-9 * (1 + fabs(predicted(s, i, inputs)));
    for (size_t k = 0; k < n; k++) {
        double moved[DESIGN_INPUTS_MAX] = {0}, most = 0;
        for (double at = -0.25; at <= 0.25; at += 0.125) {
            double about[3];
            for (int side = 0; side < 3; side++) {
                for (size_t j = 0; j < n; j++)
                    moved[j] = inputs[j] + (j == k ? at + 0.1 * (side - 1) : 0);
                about[side] = predicted(s, i, moved);
            }
            most = fmax(most, fabs(about[0] - 2 * about[1] + about[2]) / 0.01);
        }
        sum += most / 512 * 1.05;
    }
    return sum;
}

static void compare_all(const struct scene *s, gsl_rng *rng)
{
    size_t n = model_recipe(s->model)->n_inputs;
    struct response *response = response_new(s->model, &s->data, s->data.issue, N);
    assert_non_null(response);
    double moves = 0;
    for (size_t i = 0; i < N; i++)
        for (int draw = 0; draw < 4; draw++) {
            double inputs[DESIGN_INPUTS_MAX] = {0};
            for (size_t k = 0; k < n; k++)
                inputs[k] = -15 + 70 * gsl_rng_uniform(rng);
            double got = response_at(response, i, inputs), wanted = predicted(s, i, inputs);
            near_assert(got, wanted, promised(s, i, inputs, n));
            inputs[0] += 5;
            moves = fmax(moves, fabs(response_at(response, i, inputs) - got));
        }
    assert_true(n == 0 || moves > 0.01);
    response_free(response);
}

static void as_the_regression(void **state)
{
    struct scene *s = *state;
    struct recipe recipe;
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_taus2);
    gsl_rng_set(rng, SEED);
    fit(s, NULL);
    compare_all(s, rng);
    assert_true(recipe_season(700, true, false, &recipe)); // other slopes on days off
    fit(s, &recipe);
    compare_all(s, rng);
    recipe_vanilla(&recipe); // by month as well
    fit(s, &recipe);
    compare_all(s, rng);
    assert_true(recipe_season(700, false, false, &recipe)); // no input at all
    fit(s, &recipe);
    compare_all(s, rng);
    gsl_rng_free(rng);
}

// At the temperatures that the record has, the tables stand for the fit itself.
static void close_where_the_record_is(void **state)
{
    struct scene *s = *state;
    struct recipe recipe;
    assert_true(recipe_season(700, true, false, &recipe));
    fit(s, &recipe);
    struct response *response = response_new(s->model, &s->data, s->data.issue, N);
    for (size_t i = 0; i < N; i++) {
        double inputs[3], warmer[3];
        for (int k = 0; k < 3; k++) {
            inputs[k] = series_at(&s->town.temp, instant_at(s, i));
            warmer[k] = inputs[k] + 1;
        }
        double slope = fabs(predicted(s, i, warmer) - predicted(s, i, inputs));
        near_assert(response_at(response, i, inputs), predicted(s, i, inputs), 0.02 * slope + 2e-4);
    }
    response_free(response);
}

static void beyond_its_ends_it_goes_on_straight(void **state)
{
    struct scene *s = *state;
    struct recipe recipe;
    assert_true(recipe_season(700, true, false, &recipe));
    fit(s, &recipe);
    struct response *response = response_new(s->model, &s->data, s->data.issue, N);
    const double far[][3] = {{-70, 20, 20}, {20, 95, 20}, {70, 70, 70}, {-40, -40, -40}};
    for (size_t i = 0; i < N; i += 11)
        for (size_t k = 0; k < sizeof far / sizeof *far; k++) // splines are straight there
            near_assert(response_at(response, i, far[k]), predicted(s, i, far[k]), 1e-3);
    response_free(response);
}

static void not_known_stays_so(void **state)
{
    struct scene *s = *state;
    struct recipe recipe;
    assert_true(recipe_season(700, true, false, &recipe));
    fit(s, &recipe);
    struct response *response = response_new(s->model, &s->data, s->data.issue, 1);
    for (size_t k = 0; k < 3; k++) {
        double inputs[3] = {21, 22, 23};
        assert_true(isfinite(response_at(response, 0, inputs)));
        inputs[k] = NAN;
        assert_true(isnan(response_at(response, 0, inputs)));
    }
    response_free(response);
    response_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(as_the_regression, set_up, tear_down),
        cmocka_unit_test_setup_teardown(close_where_the_record_is, set_up, tear_down),
        cmocka_unit_test_setup_teardown(beyond_its_ends_it_goes_on_straight, set_up, tear_down),
        cmocka_unit_test_setup_teardown(not_known_stays_so, set_up, tear_down),
    };
    print_message("# seed %d\n", SEED);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
