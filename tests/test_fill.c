// SPDX-License-Identifier: GPL-3.0-or-later
// Gaps of a made-up town filled from both sides, and what residuals carry into a gap.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>

#include "models/fill.h"
#include "models/kriging.h"
#include "tests/town.h"

enum { HOUR = 3600, DAY = 86400, SEED = 161803, WEEK_H = 168 };
enum { SUNDAY = 814 }; // of the town, in March of its third year
static const double noise_mw = 4.3;

static int set_up(void **state)
{
    (void)state;
    gsl_set_error_handler_off();
    return 0;
}

static struct model_data data_of(const struct town *town)
{
    return (struct model_data){.load = &town->load, .temp = &town->temp, .clock = &town->clock};
}

// Takes hours out of the load and returns what they were.
static double *cut(struct town *town, int64_t from, int hours)
{
    double *truth = malloc((size_t)hours * sizeof *truth);
    for (int h = 0; h < hours; h++) {
        truth[h] = series_at(&town->load, from + h * HOUR);
        assert_int_equal(series_put(&town->load, from + h * HOUR, NAN), SERIES_CHANGED);
    }
    return truth;
}

static double rmse(int n, const double truth[], const double estimate[])
{
    double sum = 0;
    for (int i = 0; i < n; i++)
        sum += (truth[i] - estimate[i]) * (truth[i] - estimate[i]);
    return sqrt(sum / n);
}

static void test_a_week_comes_back_to_the_noise(void **state)
{
    (void)state;
    struct town town;
    double estimate[WEEK_H];
    town_init(&town, HOUR, 900, noise_mw, SEED);
    int64_t from = town.start + 500 * DAY;
    double *truth = cut(&town, from, WEEK_H);
    struct model_data data = data_of(&town);
    assert_int_equal(fill_missing(&data, from, from + WEEK_H * HOUR, estimate), MODEL_OK);
    double error = rmse(WEEK_H, truth, estimate);
    print_message("# a week: RMSE %.2f MW of noise %.2f\n", error, noise_mw);
    assert_true(error < 1.4 * noise_mw);
    free(truth);
    town_done(&town);
}

// Root mean squared error of the fill of eight Sundays, every third week from SUNDAY on.
static double error_of_days(struct town *town)
{
    double sum = 0, estimate[24];
    struct model_data data = data_of(town);
    for (int k = 0; k < 8; k++) {
        int64_t from = town->start + (SUNDAY + 21 * k) * DAY;
        double *truth = cut(town, from, 24);
        assert_int_equal(fill_missing(&data, from, from + DAY, estimate), MODEL_OK);
        sum += pow(rmse(24, truth, estimate), 2) / 8;
        for (int h = 0; h < 24; h++)
            assert_int_not_equal(series_put(&town->load, from + h * HOUR, truth[h]),
                                 SERIES_REFUSED);
        free(truth);
    }
    return sqrt(sum);
}

static void test_heat_weighs_otherwise_on_days_off(void **state)
{
    (void)state;
    struct town town;
    town_init(&town, HOUR, 1100, noise_mw, SEED + 5);
    town_heat_weekends(&town, 3);
    double error = error_of_days(&town);
    print_message("# heat on days off: RMSE %.2f MW of noise %.2f\n", error, noise_mw);
    assert_true(error < 1.4 * noise_mw);
    town_done(&town);
}

static void test_the_hour_before_weighs(void **state)
{
    (void)state;
    struct town town;
    town_init(&town, HOUR, 1100, noise_mw, SEED + 6);
    for (int64_t t = town.start + HOUR; t < series_end(&town.load); t += HOUR) {
        double step = series_at(&town.temp, t - HOUR) - series_at(&town.temp, t);
        assert_int_equal(series_put(&town.load, t, series_at(&town.load, t) + 25 * step),
                         SERIES_CHANGED);
    }
    double error = error_of_days(&town);
    print_message("# the hour before: RMSE %.2f MW of noise %.2f\n", error, noise_mw);
    assert_true(error < 1.9 * noise_mw); // 2.5 without it
    town_done(&town);
}

// The last ten days of each year are 60 MW lower.
static void test_the_same_dates_of_other_years_weigh(void **state)
{
    (void)state;
    struct town town;
    double estimate[WEEK_H];
    town_init(&town, HOUR, 5 * 365, noise_mw, SEED + 7);
    for (int64_t t = town.start; t < series_end(&town.load); t += HOUR) {
        struct civil_date on = civil_date_from_day(civil_day(t + town.clock.offset_s));
        double lower = on.month == 12 && on.day > 21 ? 60 : 0;
        assert_int_not_equal(series_put(&town.load, t, series_at(&town.load, t) - lower),
                             SERIES_REFUSED);
    }
    int64_t from = town.start + (2 * 365 + 356) * DAY; // 2023-12-23
    double *truth = cut(&town, from, WEEK_H);
    struct model_data data = data_of(&town);
    assert_int_equal(fill_missing(&data, from, from + WEEK_H * HOUR, estimate), MODEL_OK);
    double error = rmse(WEEK_H, truth, estimate);
    print_message("# the same dates: RMSE %.2f MW of noise %.2f\n", error, noise_mw);
    assert_true(error < 3 * noise_mw);
    free(truth);
    town_done(&town);
}

// A level that wanders by 29 MW over days: a gap of some hours must follow it.
static void test_both_sides_tell_the_level(void **state)
{
    (void)state;
    enum { GAP = 6 };
    struct town town;
    double estimate[GAP], level = 0;
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_taus2);
    gsl_rng_set(rng, SEED);
    town_init(&town, HOUR, 900, noise_mw, SEED + 1);
    for (int64_t t = town.start; t < series_end(&town.load); t += HOUR) {
        level = exp(-1 / 120.0) * level + gsl_ran_gaussian(rng, 29 * sqrt(2 / 120.0));
        assert_int_equal(series_put(&town.load, t, series_at(&town.load, t) + level),
                         SERIES_CHANGED);
    }
    gsl_rng_free(rng);
    double sum = 0;
    struct model_data data = data_of(&town);
    for (int k = 0; k < 10; k++) {
        int64_t from = town.start + (400 + 20 * k) * DAY + 7 * HOUR;
        double *truth = cut(&town, from, GAP);
        assert_int_equal(fill_missing(&data, from, from + GAP * HOUR, estimate), MODEL_OK);
        sum += pow(rmse(GAP, truth, estimate), 2) / 10;
        free(truth);
    }
    print_message("# a level that wanders by 29 MW: RMSE %.2f MW\n", sqrt(sum));
    assert_true(sqrt(sum) < 12);
    town_done(&town);
}

static void test_only_what_is_missing_is_written(void **state)
{
    (void)state;
    struct town town;
    double estimate[96];
    town_init(&town, HOUR, 500, noise_mw, SEED + 2);
    int64_t from = town.start + 450 * DAY;
    free(cut(&town, from + 5 * HOUR, 3));
    series_mask(&town.load, from + 30 * HOUR, from + 32 * HOUR, true);
    double masked = series_at(&town.load, from + 30 * HOUR);
    struct model_data data = data_of(&town);
    assert_int_equal(fill_missing(&data, from, from + 96 * HOUR, estimate), MODEL_OK);
    for (int h = 0; h < 96; h++)
        assert_int_equal(isnan(estimate[h]), !((h >= 5 && h < 8) || (h >= 30 && h < 32)));
    assert_true(fabs(estimate[30] - masked) < 5 * noise_mw);
    // Beyond both ends there is nothing to fill from both sides.
    int64_t end = series_end(&town.load);
    assert_int_equal(fill_missing(&data, end - 4 * HOUR, end + 4 * HOUR, estimate), MODEL_OK);
    for (int h = 0; h < 8; h++)
        assert_true(isnan(estimate[h]));
    assert_int_equal(fill_missing(&data, town.start - 4 * HOUR, town.start + 4 * HOUR, estimate),
                     MODEL_OK);
    for (int h = 0; h < 8; h++)
        assert_true(isnan(estimate[h]));
    town_done(&town);
}

static void test_poor_data_fall_back_to_the_weeks_beside(void **state)
{
    (void)state;
    struct town town;
    double estimate[24];
    town_init(&town, HOUR, 21, 0, SEED + 3);
    int64_t from = town.start + 10 * DAY;
    free(cut(&town, from, 24));
    struct model_data data = data_of(&town);
    assert_int_equal(fill_missing(&data, from, from + DAY, estimate), MODEL_TOO_FEW);
    for (int h = 0; h < 24; h++) {
        double mean = (series_at(&town.load, from + h * HOUR - 7 * DAY) +
                       series_at(&town.load, from + h * HOUR + 7 * DAY)) /
                      2;
        assert_true(fabs(estimate[h] - mean) < 1e-9);
    }
    town_done(&town);
    town_init(&town, HOUR, 0, 0, SEED);
    data = data_of(&town);
    assert_int_equal(fill_missing(&data, from, from + DAY, estimate), MODEL_TOO_FEW);
    assert_true(isnan(estimate[0]));
    town_done(&town);
}

static void test_weather_that_is_missing_too(void **state)
{
    (void)state;
    struct town town;
    double estimate[24];
    town_init(&town, HOUR, 800, noise_mw, SEED + 4);
    int64_t from = town.start + 600 * DAY;
    free(cut(&town, from, 24));
    for (int h = -48; h < 48; h++)
        assert_int_equal(series_put(&town.temp, from + h * HOUR, NAN), SERIES_CHANGED);
    struct model_data data = data_of(&town);
    assert_int_equal(fill_missing(&data, from, from + DAY, estimate), MODEL_OK);
    for (int h = 0; h < 24; h++)
        assert_true(isfinite(estimate[h]));
    town_done(&town);
}

// An autoregression of a day's memory: in the middle of short gaps kriging halves the error.
static void test_kriging_knows_its_neighbours(void **state)
{
    (void)state;
    enum { N = 6000, GAP = 4 };
    static double value[N], holed[N];
    double keep = exp(-1 / 24.0), ours = 0, none = 0, estimate[GAP];
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_taus2);
    gsl_rng_set(rng, SEED);
    for (int i = 1; i < N; i++)
        value[i] = keep * value[i - 1] + gsl_ran_gaussian(rng, 0.0238);
    for (int i = 0; i < N; i++)
        holed[i] = i % 50 < GAP && i > 50 ? (double)NAN : value[i];
    struct kriging *kriging = kriging_new(HOUR, N, holed);
    for (size_t i = 100; i + GAP < N; i += 50) {
        assert_true(kriging_estimate(kriging, N, holed, i, i + GAP, estimate));
        for (size_t k = 0; k < GAP; k++) {
            ours += pow(estimate[k] - value[i + k], 2);
            none += pow(value[i + k], 2);
        }
        if (i >= 1000)
            i += 400;
    }
    print_message("# kriging leaves %.2f of the error\n", sqrt(ours / none));
    assert_true(ours < 0.25 * none);
    assert_true(kriging_estimate(kriging, N, holed, 20, 24, estimate)); // nothing is missing there
    for (size_t k = 0; k < GAP; k++)
        assert_true(estimate[k] == 0);
    kriging_free(kriging);
    kriging = kriging_new(HOUR, 200, holed); // too little to learn from
    assert_true(kriging_estimate(kriging, 200, holed, 100, 104, estimate));
    assert_true(estimate[0] == 0);
    kriging_free(kriging);
    kriging_free(NULL);
    gsl_rng_free(rng);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_week_comes_back_to_the_noise),
        cmocka_unit_test(test_heat_weighs_otherwise_on_days_off),
        cmocka_unit_test(test_the_hour_before_weighs),
        cmocka_unit_test(test_the_same_dates_of_other_years_weigh),
        cmocka_unit_test(test_both_sides_tell_the_level),
        cmocka_unit_test(test_only_what_is_missing_is_written),
        cmocka_unit_test(test_poor_data_fall_back_to_the_weeks_beside),
        cmocka_unit_test(test_weather_that_is_missing_too),
        cmocka_unit_test(test_kriging_knows_its_neighbours),
    };
    print_message("# seed %d\n", SEED);
    return cmocka_run_group_tests(tests, set_up, NULL);
}
