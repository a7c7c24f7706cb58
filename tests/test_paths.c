// SPDX-License-Identifier: GPL-3.0-or-later
// Paths: those of a made-up town beside its quantiles, and sums of them.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <gsl/gsl_errno.h>

#include "models/paths.h"
#include "models/predict.h"
#include "tests/town.h"

enum { HOUR = 3600, DAY = 86400, SEED = 577215, DAYS = 3, LEVELS = 99 };

static double levels[LEVELS];

static int set_up(void **state)
{
    (void)state;
    gsl_set_error_handler_off();
    for (int k = 0; k < LEVELS; k++)
        levels[k] = (k + 1) / 100.0;
    return 0;
}

static float at(const struct paths *paths, size_t i, size_t k)
{
    return paths->mw[i * PATHS_N + k];
}

struct made {
    struct forecast forecast;
    struct paths paths;
};

static struct made make(struct model *model, const struct model_data *data)
{
    struct made made;
    assert_true(predict_paths(model, data, data->issue, data->issue + DAYS * DAY, LEVELS, levels,
                              &made.forecast, &made.paths));
    return made;
}

static void made_done(struct made *made)
{
    forecast_done(&made->forecast);
    paths_done(&made->paths);
}

// Forecasts what is known of the town after `until` days, with or without its model.
static struct made make_of(const struct town *town, int until, bool by_model)
{
    struct model_data data = town_data(town, until);
    struct model *model = by_model ? model_new(town->load.step_s) : NULL;
    if (model)
        assert_int_equal(model_fit(model, &data), MODEL_OK);
    struct made made = make(model, &data);
    model_free(model);
    return made;
}

static void assert_known(const struct paths *paths)
{
    for (size_t i = 0; i < paths->n * PATHS_N; i++)
        assert_true(isfinite(paths->mw[i]) && paths->mw[i] >= 0);
}

static void test_the_forecast_is_that_of_predict(void **state)
{
    (void)state;
    struct town town;
    town_init(&town, HOUR, 900, 4.3, SEED);
    struct model_data data = town_data(&town, 880);
    struct model *model = model_new(HOUR);
    assert_int_equal(model_fit(model, &data), MODEL_OK);
    for (int by_model = 0; by_model <= 1; by_model++) {
        struct made made = make(by_model ? model : NULL, &data);
        struct forecast plain;
        assert_true(predict(by_model ? model : NULL, &data, data.issue, data.issue + DAYS * DAY,
                            LEVELS, levels, &plain));
        assert_string_equal(plain.model, made.forecast.model);
        assert_memory_equal(plain.mean, made.forecast.mean, plain.n * sizeof(double));
        assert_memory_equal(plain.quantile, made.forecast.quantile,
                            plain.n * LEVELS * sizeof(double));
        assert_int_equal(made.paths.start, data.issue);
        assert_int_equal(made.paths.step_s, HOUR);
        assert_int_equal(made.paths.n, DAYS * 24);
        assert_known(&made.paths);
        forecast_done(&plain);
        made_done(&made);
    }
    model_free(model);
    town_done(&town);
}

// In the first interval all errors are known, so draws and paths are the same; later on another
// day's error stands in for a few of them.
static void test_the_quantiles_are_those_of_the_paths(void **state)
{
    (void)state;
    struct town town;
    struct forecast again;
    town_init(&town, HOUR, 900, 4.3, SEED + 1);
    struct made made = make_of(&town, 890, true);
    assert_true(forecast_init(&again, made.paths.start, HOUR, made.paths.n, LEVELS, levels));
    paths_quantiles(&made.paths, &again);
    for (size_t i = 0; i < made.paths.n; i++)
        for (size_t k = 0; k < LEVELS; k++) {
            double q = forecast_quantiles(&made.forecast, i)[k];
            double width = forecast_at_level(&made.forecast, i, 0.9) -
                           forecast_at_level(&made.forecast, i, 0.1);
            double off = fabs(forecast_quantiles(&again, i)[k] - q);
            assert_true(i < 24 ? off < 1e-4 : off < 0.5 * width);
        }
    forecast_done(&again);
    made_done(&made);
    town_done(&town);
}

static double correlation(const struct paths *a, const struct paths *b, size_t i)
{
    double sa = 0, sb = 0, saa = 0, sbb = 0, sab = 0, n = PATHS_N;
    for (size_t k = 0; k < PATHS_N; k++) {
        double x = (double)at(a, i, k), y = (double)at(b, i, k);
        sa += x, sb += y, saa += x * x, sbb += y * y, sab += x * y;
    }
    return (sab - sa * sb / n) / sqrt((saa - sa * sa / n) * (sbb - sb * sb / n));
}

// The same readings, but for those of the first `days`.
static void forget(struct town *town, int days)
{
    for (int64_t t = town->start; t < town->start + (int64_t)days * DAY; t += HOUR)
        assert_int_not_equal(series_put(&town->load, t, NAN), SERIES_REFUSED);
}

// A zone that is younger, or has only the baseline, still takes up the errors of the same days.
static void test_paths_of_zones_go_together(void **state)
{
    (void)state;
    struct town town, young;
    town_init(&town, HOUR, 900, 4.3, SEED + 2);
    town_init(&young, HOUR, 900, 4.3, SEED + 2);
    forget(&young, 480);
    struct made old = make_of(&town, 890, true), new = make_of(&young, 890, true);
    struct made last_week = make_of(&town, 890, false), other = make_of(&young, 890, false);
    for (size_t i = 3; i < old.paths.n; i += 17)
        assert_true(correlation(&old.paths, &new.paths, i) > 0.6);
    for (size_t i = 3; i < old.paths.n; i += 17)
        assert_true(correlation(&last_week.paths, &other.paths, i) > 0.999);
    made_done(&old);
    made_done(&new);
    made_done(&last_week);
    made_done(&other);
    town_done(&town);
    town_done(&young);
}

// A path is a course: how far it is off in one hour tells of the next.
static void test_a_path_goes_on(void **state)
{
    (void)state;
    struct town town;
    town_init(&town, HOUR, 900, 4.3, SEED + 3);
    for (int64_t t = town.start; t < series_end(&town.load); t += HOUR) {
        double day = (double)((t - town.start) / DAY * 7919 % 101) - 50; // off all day
        assert_int_not_equal(series_put(&town.load, t, series_at(&town.load, t) + day),
                             SERIES_REFUSED);
    }
    struct made made = make_of(&town, 890, true);
    for (size_t i = 26; i < 40; i++) {
        struct paths a = made.paths, b = made.paths;
        a.mw += i * PATHS_N;
        b.mw += (i + 1) * PATHS_N;
        assert_true(correlation(&a, &b, 0) > 0.8);
    }
    made_done(&made);
    town_done(&town);
}

static void test_sums(void **state)
{
    (void)state;
    struct paths a, b;
    struct forecast forecast;
    assert_true(paths_init(&a, 1800, 1800, 3) && paths_init(&b, 1800, 1800, 3));
    assert_true(isnan(at(&a, 0, 0)) && isnan(at(&a, 2, PATHS_N - 1)));
    for (size_t k = 0; k < PATHS_N; k++) {
        a.mw[k] = (float)k;
        b.mw[k] = 2 * (float)k;
        a.mw[PATHS_N + k] = 7;
    }
    a.mw[17] = NAN;
    b.mw[2 * PATHS_N + 5] = 3;
    paths_add(&a, &b);
    assert_true(at(&a, 0, 100) == 300 && isnan(at(&a, 0, 17)));
    assert_true(isnan(at(&a, 1, 0)) && isnan(at(&a, 2, 5)));
    assert_true(forecast_init(&forecast, 1800, 1800, 3, LEVELS, levels));
    paths_quantiles(&a, &forecast);
    assert_true(fabs(forecast_quantiles(&forecast, 0)[49] - 3 * 500) < 3);
    assert_true(isnan(forecast_quantiles(&forecast, 1)[49]));
    forecast_done(&forecast);
    paths_done(&a);
    paths_done(&b);
}

static void test_without_readings_no_path_is_known(void **state)
{
    (void)state;
    struct town town;
    town_init(&town, HOUR, 0, 4.3, SEED);
    struct made made = make_of(&town, 1, false);
    for (size_t i = 0; i < made.paths.n * PATHS_N; i++)
        assert_true(isnan(made.paths.mw[i]));
    made_done(&made);
    town_done(&town);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_forecast_is_that_of_predict),
        cmocka_unit_test(test_the_quantiles_are_those_of_the_paths),
        cmocka_unit_test(test_paths_of_zones_go_together),
        cmocka_unit_test(test_a_path_goes_on),
        cmocka_unit_test(test_sums),
        cmocka_unit_test(test_without_readings_no_path_is_known),
    };
    print_message("# seed %d\n", SEED);
    return cmocka_run_group_tests(tests, set_up, NULL);
}
