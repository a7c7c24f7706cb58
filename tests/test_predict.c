// SPDX-License-Identifier: GPL-3.0-or-later
// Models of a made-up town and their forecasts: skill, honesty about the future, poor data.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <gsl/gsl_errno.h>

#include "models/baseline.h"
#include "models/predict.h"
#include "models/score.h"
#include "models/snapshot.h"
#include "tests/town.h"

enum { HOUR = 3600, DAY = 86400, SEED = 271828, LEVELS = 19 };
static const double noise_mw = 4.3;

static double levels[LEVELS];

static int set_up(void **state)
{
    (void)state;
    gsl_set_error_handler_off();
    for (int k = 0; k < LEVELS; k++)
        levels[k] = (k + 1) / 20.0;
    return 0;
}

static struct forecast forecast_days(struct model *model, const struct model_data *data, int days)
{
    struct forecast forecast;
    assert_true(predict(model, data, data->issue, data->issue + (int64_t)days * DAY, LEVELS, levels,
                        &forecast));
    return forecast;
}

static struct score judge(const struct town *town, const struct forecast *forecast)
{
    struct score score = {0};
    for (size_t i = 0; i < forecast->n; i++)
        score_add(&score, series_at(&town->load, forecast_instant(forecast, i)), forecast->mean[i],
                  LEVELS, forecast->level, forecast_quantiles(forecast, i));
    return score;
}

static void assert_sound(const struct forecast *forecast)
{
    for (size_t i = 0; i < forecast->n; i++) {
        const double *q = forecast_quantiles(forecast, i);
        assert_true(isfinite(forecast->mean[i]));
        for (int k = 0; k < LEVELS; k++)
            assert_true(isfinite(q[k]) && (k == 0 || q[k] >= q[k - 1]));
    }
}

static void test_given_weather_leaves_the_noise(void **state)
{
    (void)state;
    struct town town;
    town_init(&town, HOUR, 1160, noise_mw, SEED);
    struct model_data data = town_data(&town, 1100);
    struct model *model = model_new(HOUR);
    assert_int_equal(model_fit(model, &data), MODEL_OK);
    assert_string_equal(model_recipe(model)->name, "recency");
    data.weather_until = data.issue + 60 * DAY;
    struct forecast forecast = forecast_days(model, &data, 60);
    struct score score = judge(&town, &forecast);
    assert_sound(&forecast);
    print_message("# given weather: RMSE %.2f MW of noise %.2f\n", score_rmse(&score), noise_mw);
    assert_true(score_rmse(&score) < 1.6 * noise_mw); // a trend of 20 MW a year is held still
    double coverage = (double)score.covered90 / (double)score.n_cover90;
    print_message("# given weather: 90 %% intervals cover %.3f\n", coverage);
    assert_true(coverage > 0.85 && coverage < 0.96);
    forecast_done(&forecast);
    model_free(model);
    town_done(&town);
}

// Coolers beside idle machines are a greater factor.
static void test_heat_weighs_otherwise_on_days_off(void **state)
{
    (void)state;
    struct town town;
    double squares = 0;
    int n = 0;
    town_init(&town, HOUR, 1000, noise_mw, SEED + 8);
    town_heat_weekends(&town, 3);
    struct model_data data = town_data(&town, 880); // at the end of May
    struct model *model = model_new(HOUR);
    assert_int_equal(model_fit(model, &data), MODEL_OK);
    data.weather_until = data.issue + 60 * DAY;
    struct forecast forecast = forecast_days(model, &data, 60);
    for (size_t i = 0; i < forecast.n; i++) {
        int64_t t = forecast_instant(&forecast, i);
        if (civil_weekday(civil_day(t + town.clock.offset_s)) < 5)
            continue;
        squares += pow(forecast.mean[i] - series_at(&town.load, t), 2);
        n++;
    }
    double error = sqrt(squares / n);
    print_message("# heat on days off: RMSE %.2f MW of noise %.2f\n", error, noise_mw);
    assert_true(error < 2.6 * noise_mw); // 3.3 where all days feel it alike
    forecast_done(&forecast);
    model_free(model);
    town_done(&town);
}

static void test_unknown_weather_widens_and_beats_last_week(void **state)
{
    (void)state;
    struct town town;
    town_init(&town, HOUR, 1160, noise_mw, SEED + 1);
    struct model_data data = town_data(&town, 1100);
    struct model *model = model_new(HOUR);
    assert_int_equal(model_fit(model, &data), MODEL_OK);
    struct forecast ours = forecast_days(model, &data, 28), naive = forecast_days(NULL, &data, 28);
    struct score a = judge(&town, &ours), b = judge(&town, &naive);
    print_message("# 28 days: pinball %.2f, last week %.2f MW\n", score_mean_pinball(&a),
                  score_mean_pinball(&b));
    assert_sound(&ours);
    assert_sound(&naive);
    assert_string_equal(naive.model, "last-week");
    assert_true(score_mean_pinball(&a) < 0.9 * score_mean_pinball(&b));
    forecast_done(&ours);
    forecast_done(&naive);
    model_free(model);
    town_done(&town);
}

// A future made of impossible values must leave no trace.
static void test_the_future_is_not_read(void **state)
{
    (void)state;
    struct town town;
    town_init(&town, HOUR, 800, noise_mw, SEED + 2);
    struct model_data data = town_data(&town, 760);
    struct model *model = model_new(HOUR);
    assert_int_equal(model_fit(model, &data), MODEL_OK);
    struct forecast before = forecast_days(model, &data, 30);
    model_free(model);
    for (int64_t t = data.issue; t < series_end(&town.load); t += HOUR) {
        assert_int_equal(series_put(&town.load, t, 1e7), SERIES_CHANGED);
        assert_int_equal(series_put(&town.temp, t, -1e7), SERIES_CHANGED);
    }
    model = model_new(HOUR);
    assert_int_equal(model_fit(model, &data), MODEL_OK);
    struct forecast after = forecast_days(model, &data, 30);
    assert_memory_equal(before.mean, after.mean, before.n * sizeof(double));
    assert_memory_equal(before.quantile, after.quantile, before.n * LEVELS * sizeof(double));
    forecast_done(&before);
    forecast_done(&after);
    model_free(model);
    town_done(&town);
}

// A model that has been fitted before knows what a new one does: late readings leave nothing
// behind.
static void test_a_second_fit_equals_a_first(void **state)
{
    (void)state;
    struct town town;
    town_init(&town, HOUR, 800, noise_mw, SEED + 3);
    struct model_data data = town_data(&town, 790);
    struct model *old = model_new(HOUR), *fresh = model_new(HOUR);
    assert_int_equal(model_fit(old, &data), MODEL_OK);
    int64_t t = town.start + 333 * DAY;
    for (int h = 0; h < 50; h++)
        assert_int_equal(series_put(&town.load, t + h * HOUR, 17.9 + h), SERIES_CHANGED);
    series_mask(&town.load, t + 60 * HOUR, t + 80 * HOUR, true);
    data.issue += 5 * DAY; // and the clock went on meanwhile
    data.weather_until = data.issue;
    assert_int_equal(model_fit(old, &data), MODEL_OK);
    assert_int_equal(model_fit(fresh, &data), MODEL_OK);
    assert_memory_equal(model_coefficients(old), model_coefficients(fresh),
                        design_columns(model_design(old)) * sizeof(double));
    model_free(old);
    model_free(fresh);
    town_done(&town);
}

static void test_too_little_history(void **state)
{
    (void)state;
    struct town town;
    town_init(&town, 1800, 60, noise_mw, SEED + 4);
    struct model *model = model_new(1800);
    struct model_data data = town_data(&town, 20);
    assert_int_equal(model_fit(model, &data), MODEL_TOO_FEW);
    struct forecast forecast = forecast_days(model, &data, 2);
    assert_string_equal(forecast.model, "last-week");
    assert_sound(&forecast);
    forecast_done(&forecast);
    data = town_data(&town, 50);
    assert_int_equal(model_fit(model, &data), MODEL_OK);
    assert_string_equal(model_recipe(model)->name, "short");
    forecast = forecast_days(model, &data, 2);
    assert_sound(&forecast);
    forecast_done(&forecast);
    data.temp = NULL;
    assert_int_equal(model_fit(model, &data), MODEL_OK);
    assert_string_equal(model_recipe(model)->name, "short-calendar");
    forecast = forecast_days(model, &data, 2);
    assert_sound(&forecast);
    forecast_done(&forecast);
    model_free(model);
    town_done(&town);
}

static void test_weather_that_fell_silent(void **state)
{
    (void)state;
    struct town town;
    town_init(&town, HOUR, 900, noise_mw, SEED + 5);
    for (int d = 850; d < 900; d++)
        for (int h = 0; h < 24; h++)
            assert_int_equal(series_put(&town.temp, town.start + d * DAY + h * HOUR, NAN),
                             SERIES_CHANGED);
    struct model_data data = town_data(&town, 890);
    struct model *model = model_new(HOUR);
    assert_int_equal(model_fit(model, &data), MODEL_OK);
    struct forecast forecast = forecast_days(model, &data, 7);
    struct score score = judge(&town, &forecast);
    assert_sound(&forecast);
    assert_true(score_mape(&score) < 10);
    forecast_done(&forecast);
    model_free(model);
    town_done(&town);
}

// Factories close around the lunar new year, whose date moves by weeks from year to year.
static void close_for_tet(struct town *town, const int64_t tet[], size_t n)
{
    for (size_t i = 0; i < town->load.n; i++) {
        int64_t day = civil_day(civil_local(&town->clock, series_instant(&town->load, i)));
        for (size_t k = 0; k < n; k++) {
            int64_t r = day - tet[k];
            if (r >= -7 && r <= 10)
                town->load.value[i] *= 1 - 0.6 * (r < 0 ? 1 + (double)r / 8 : 1 - (double)r / 11);
        }
    }
}

static double tet_mape(const struct town *town, const struct calendar *calendar, int days)
{
    struct model_data data = town_data(town, days);
    struct model *model = model_new(HOUR);
    data.calendar = calendar;
    assert_int_equal(model_fit(model, &data), MODEL_OK);
    struct forecast forecast = forecast_days(model, &data, 20);
    struct score score = judge(town, &forecast);
    forecast_done(&forecast);
    model_free(model);
    return score_mape(&score);
}

static void test_tet_is_known_by_its_date(void **state)
{
    (void)state;
    const int64_t tet[] = {
        civil_day_from_date((struct civil_date){2021, 2, 12}),
        civil_day_from_date((struct civil_date){2022, 2, 1}),
        civil_day_from_date((struct civil_date){2023, 1, 22}),
    };
    struct town town;
    struct calendar *calendar = calendar_new();
    town_init(&town, HOUR, 800, noise_mw, SEED + 9);
    close_for_tet(&town, tet, 3);
    for (int k = 0; k < 3; k++)
        assert_true(calendar_add(calendar, tet[k], CALENDAR_TET));
    int issue = (int)(tet[2] - 10 - civil_day_from_date((struct civil_date){2021, 1, 1}));
    double with = tet_mape(&town, calendar, issue), without = tet_mape(&town, NULL, issue);
    print_message("# around Tết: MAPE %.1f %%, without its date %.1f %%\n", with, without);
    assert_true(with < 0.5 * without);
    calendar_free(calendar);
    town_done(&town);
}

static void test_no_readings_at_all(void **state)
{
    (void)state;
    struct town town;
    town_init(&town, HOUR, 0, noise_mw, SEED);
    struct model_data data = town_data(&town, 1);
    struct model *model = model_new(HOUR);
    assert_int_equal(model_fit(model, &data), MODEL_TOO_FEW);
    struct forecast forecast = forecast_days(model, &data, 1);
    assert_int_equal(forecast.n, 24);
    assert_true(isnan(forecast.mean[0]));
    forecast_done(&forecast);
    model_free(model);
    town_done(&town);
}

static void test_snapshot_brings_the_same_bits_back(void **state)
{
    (void)state;
    struct town town;
    struct snapshot snapshot;
    size_t line = 0;
    town_init(&town, HOUR, 800, noise_mw, SEED + 6);
    struct model_data data = town_data(&town, 790);
    struct model *model = model_new(HOUR);
    assert_int_equal(model_fit(model, &data), MODEL_OK);
    char *text = snapshot_write(model, data.issue), name[DESIGN_NAME_LEN];
    assert_true(snapshot_read(text, &snapshot, &line));
    assert_string_equal(snapshot.recipe, "recency");
    assert_int_equal(snapshot.issue, data.issue);
    assert_int_equal(snapshot.step_s, HOUR);
    assert_int_equal(snapshot.n_inputs, model_recipe(model)->n_inputs);
    assert_int_equal(snapshot.n_columns, design_columns(model_design(model)));
    assert_memory_equal(snapshot.coefficients, model_coefficients(model),
                        snapshot.n_columns * sizeof(double));
    assert_true(snapshot.trend_end == model_trend_end(model));
    design_column_name(model_design(model), 300, name);
    assert_string_equal(snapshot.names[300], name);
    snapshot_done(&snapshot);
    size_t length = strlen(text);
    for (size_t cut = 0; cut < length; cut += 97) { // cut anywhere, it is no snapshot
        char *part = strndup(text, cut);
        assert_false(snapshot_read(part, &snapshot, &line));
        assert_true(line > 0);
        free(part);
    }
    memcpy(text, "phutai-model 2", 14);
    assert_false(snapshot_read(text, &snapshot, &line));
    assert_int_equal(line, 1);
    free(text);
    model_free(model);
    town_done(&town);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_given_weather_leaves_the_noise),
        cmocka_unit_test(test_heat_weighs_otherwise_on_days_off),
        cmocka_unit_test(test_unknown_weather_widens_and_beats_last_week),
        cmocka_unit_test(test_the_future_is_not_read),
        cmocka_unit_test(test_a_second_fit_equals_a_first),
        cmocka_unit_test(test_too_little_history),
        cmocka_unit_test(test_weather_that_fell_silent),
        cmocka_unit_test(test_tet_is_known_by_its_date),
        cmocka_unit_test(test_no_readings_at_all),
        cmocka_unit_test(test_snapshot_brings_the_same_bits_back),
    };
    print_message("# seed %d\n", SEED);
    return cmocka_run_group_tests(tests, set_up, NULL);
}
