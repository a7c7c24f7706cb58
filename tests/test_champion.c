// SPDX-License-Identifier: GPL-3.0-or-later
// Candidates compete on what they would have said of late.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <gsl/gsl_errno.h>

#include "models/champion.h"
#include "models/contest.h"
#include "models/predict.h"
#include "tests/town.h"

enum { HOUR = 3600, DAY = 86400, SEED = 141421 };
static const double noise_mw = 4.3;

static void test_weather_wins_where_it_matters(void **state)
{
    (void)state;
    struct town town;
    town_init(&town, HOUR, 800, noise_mw, SEED);
    struct model_data data = town_data(&town, 600); // August
    struct champion *champion = champion_new(HOUR);
    assert_int_equal(champion_fit(champion, &data), MODEL_OK);
    struct champion_losses losses = champion_losses(champion);
    print_message("# pinball with weather %.2f, without %.2f, last week %.2f MW\n", losses.weather,
                  losses.calendar, losses.baseline);
    assert_true(losses.weather < losses.calendar && losses.calendar < losses.baseline);
    assert_string_equal(model_recipe(champion_model(champion))->name, "recency");
    champion_free(champion);
    town_done(&town);
}

// Weather of somewhere else, and wild: the regression is better off without it.
static void test_weather_loses_where_it_misleads(void **state)
{
    (void)state;
    struct town town;
    town_init(&town, HOUR, 800, noise_mw, SEED + 1);
    for (size_t i = 0; i < town.load.n; i++) {
        int64_t t = series_instant(&town.load, i);
        double hour = (double)civil_second_of_day(t) / HOUR;
        town.load.value[i] =
            150 + 31.7 * sin(2 * M_PI * hour / 24) + (double)(i * 7919 % 101) / 101;
        // For a year the temperature seems to drive the load; then it does so the other way round.
        double pull = i < 700 * 24 ? 1.3 : -1.3;
        town.load.value[i] += pull * (town.temp.value[i] - 23.7);
    }
    struct model_data data = town_data(&town, 790);
    struct champion *champion = champion_new(HOUR);
    assert_int_equal(champion_fit(champion, &data), MODEL_OK);
    struct champion_losses losses = champion_losses(champion);
    print_message("# pinball with weather %.2f, without %.2f, last week %.2f MW\n", losses.weather,
                  losses.calendar, losses.baseline);
    assert_true(losses.calendar < losses.weather);
    assert_true(!champion_model(champion) ||
                !strcmp(model_recipe(champion_model(champion))->name, "calendar"));
    champion_free(champion);
    town_done(&town);
}

// A load that repeats last week to the digit: whatever a regression makes of it, a copy is better.
static void test_last_week_wins_where_weeks_repeat(void **state)
{
    (void)state;
    struct town town;
    town_init(&town, HOUR, 800, noise_mw, SEED + 8);
    uint32_t noise = 12345;
    for (int h = 0; h < 800 * 24; h++) {
        int64_t t = town.start + h * (int64_t)HOUR;
        noise = noise * 1664525 + 1013904223;
        double value = h < 7 * 24 ? 100 + noise % 977 : series_at(&town.load, t - 7 * DAY);
        assert_int_equal(series_put(&town.load, t, value), SERIES_CHANGED);
    }
    struct model_data data = town_data(&town, 780);
    struct champion *champion = champion_new(HOUR);
    struct forecast forecast;
    double levels[] = {0.05, 0.5, 0.95};
    assert_int_equal(champion_fit(champion, &data), MODEL_OK);
    assert_null(champion_model(champion));
    assert_true(predict(champion_model(champion), &data, data.issue, data.issue + 7 * DAY, 3,
                        levels, &forecast));
    assert_string_equal(forecast.model, "last-week");
    assert_true(fabs(forecast.mean[33] - series_at(&town.load, data.issue + 33 * HOUR)) < 1e-9);
    forecast_done(&forecast);
    champion_free(champion);
    town_done(&town);
}

static void test_too_little_to_judge_keeps_the_regression(void **state)
{
    (void)state;
    struct town town;
    town_init(&town, HOUR, 45, noise_mw, SEED + 3);
    struct model_data data = town_data(&town, 40);
    struct champion *champion = champion_new(HOUR);
    assert_int_equal(champion_fit(champion, &data), MODEL_OK);
    assert_non_null(champion_model(champion));
    data = town_data(&town, 10);
    assert_int_equal(champion_fit(champion, &data), MODEL_TOO_FEW);
    assert_null(champion_model(champion));
    champion_free(champion);
    champion_free(NULL);
    town_done(&town);
}

static void test_pinball_of_errors(void **state)
{
    (void)state;
    enum { LEADS = 4 };
    double *errors = malloc(CONTEST_DAYS * LEADS * sizeof *errors);
    for (int k = 0; k < CONTEST_DAYS * LEADS; k++)
        errors[k] = 2.5;
    // Always 2.5 too low, and known to be: quantiles lie where it will come.
    assert_true(fabs(contest_pinball(LEADS, errors)) < 1e-12);
    for (int k = 0; k < CONTEST_JUDGED_DAYS * LEADS; k++)
        errors[k] = 0; // no longer: each quantile is 2.5 off
    assert_true(fabs(contest_pinball(LEADS, errors) - 1.25) < 1e-12);
    for (int k = 0; k < CONTEST_DAYS * LEADS; k++)
        errors[k] = k / LEADS < CONTEST_JUDGED_DAYS ? 4.4 : (double)NAN;
    assert_true(fabs(contest_pinball(LEADS, errors) - 2.2) < 1e-12);
    for (int k = 0; k < CONTEST_DAYS * LEADS; k++)
        errors[k] = k < 10 ? 4.4 : (double)NAN;
    assert_true(isnan(contest_pinball(LEADS, errors)));
    free(errors);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_weather_wins_where_it_matters),
        cmocka_unit_test(test_weather_loses_where_it_misleads),
        cmocka_unit_test(test_last_week_wins_where_weeks_repeat),
        cmocka_unit_test(test_too_little_to_judge_keeps_the_regression),
        cmocka_unit_test(test_pinball_of_errors),
    };
    gsl_set_error_handler_off();
    print_message("# seed %d\n", SEED);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
