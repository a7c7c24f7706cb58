// SPDX-License-Identifier: GPL-3.0-or-later
// Causes of peaks: of forecasts whose every number is known.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "models/day_causes.h"
#include "tests/near.h"

enum { HOUR = 3600, DAY = 86400, N = 48 };

static struct civil_clock east = {.offset_s = 7 * HOUR};
static const int64_t midnight = 20000LL * DAY - 7 * HOUR;

// Two days of hours from midnight on, whose mean is highest at `at` of both, and its parts.
struct made {
    struct forecast forecast;
    double parts[N][EXPLAIN_PARTS];
    struct day_peaks peaks;
    struct day_peak days[2];
};

static void make(struct made *made, double mw, size_t at)
{
    *made = (struct made){0};
    assert_true(forecast_init(&made->forecast, midnight, HOUR, N, 0, NULL));
    assert_true(forecast_make_effects(&made->forecast, 2));
    for (size_t i = 0; i < N; i++) {
        made->forecast.mean[i] = mw + (i % 24 == at ? 10 : 0) + (double)(i / 24);
        made->forecast.effect[i] = (double)i;
        made->forecast.effect[N + i] = -0.25;
        made->parts[i][EXPLAIN_LEVEL] = 500;
        made->parts[i][EXPLAIN_TEMP_NOW] = 3 * (double)i;
        made->parts[i][EXPLAIN_TEMP_MEMORY] = 0.5;
    }
    made->days[0].day = 20000;
    made->days[1].day = 20001;
    made->peaks = (struct day_peaks){.issue = midnight, .growth = NAN, .n = 2, .days = made->days};
    for (int d = 0; d < 2; d++)
        made->days[d].cause = (struct day_cause){NAN, NAN, NAN, NAN};
}

static void made_done(struct made *made)
{
    forecast_done(&made->forecast);
}

// 30 days of 25 C and 31 C at noon; then a forecast of `ahead` hours, 40 C at noon.
static struct series make_temp(int64_t ahead)
{
    struct series temp;
    series_init(&temp, HOUR);
    for (int64_t t = midnight - 30 * DAY; t < midnight + ahead * HOUR; t += HOUR) {
        bool noon = civil_second_of_day(civil_local(&east, t)) == 12 * HOUR;
        double c = !noon ? 25 : t < midnight ? 31 : 40;
        assert_int_not_equal(series_put(&temp, t, c), SERIES_REFUSED);
    }
    return temp;
}

static void test_causes_of_a_zone(void **state)
{
    (void)state;
    struct made made;
    struct series temp = make_temp(30);
    struct model_data data = {.temp = &temp,
                              .clock = &east,
                              .issue = midnight,
                              .weather_until = midnight + 30 * HOUR,
                              .weather_is_forecast = true};
    make(&made, 100, 15);
    day_causes_find(&data, &made.forecast, made.parts, &made.peaks);
    const struct day_cause *first = &made.days[0].cause, *second = &made.days[1].cause;
    near_assert(first->heat_mw, 3 * 15 + 0.5, 0);
    near_assert(second->heat_mw, 3 * 39 + 0.5, 0);
    near_assert(first->register_mw, 15 - 0.25, 0);
    near_assert(second->register_mw, 39 - 0.25, 0);
    near_assert(first->temp_c, 40, 0);
    assert_true(isnan(second->temp_c)); // foreseen for six hours of it
    near_assert(first->usual_c, 31, 0.01);
    near_assert(second->usual_c, 31, 0.01);
    series_done(&temp);
    made_done(&made);
}

static void test_without_weather_or_parts(void **state)
{
    (void)state;
    struct made made;
    struct series temp = make_temp(0);
    struct model_data data = {.clock = &east, .issue = midnight, .weather_until = midnight};
    make(&made, 100, 15);
    day_causes_find(&data, &made.forecast, made.parts, &made.peaks);
    assert_true(isnan(made.days[0].cause.heat_mw) && isnan(made.days[0].cause.temp_c) &&
                isnan(made.days[0].cause.usual_c));
    near_assert(made.days[0].cause.register_mw, 15 - 0.25, 0);
    data.temp = &temp;
    day_causes_find(&data, &made.forecast, NULL, &made.peaks);
    assert_true(isnan(made.days[0].cause.heat_mw) && isnan(made.days[0].cause.temp_c));
    near_assert(made.days[0].cause.usual_c, 31, 0.01);
    for (size_t i = 0; i < N; i++)
        made.forecast.mean[i] = NAN;
    made.days[0].cause.register_mw = NAN;
    day_causes_find(&data, &made.forecast, made.parts, &made.peaks);
    assert_true(isnan(made.days[0].cause.register_mw));
    series_done(&temp);
    made_done(&made);
}

// The larger member tells the temperature; one that knows nothing of heat adds nothing.
static void test_causes_of_a_sum(void **state)
{
    (void)state;
    struct made a, b, c, sum;
    make(&a, 100, 3);
    make(&b, 70, 15);
    make(&c, 50, 15);
    make(&sum, 0, 0);
    a.days[0].cause = (struct day_cause){36, 33, 4, 0};
    b.days[0].cause = (struct day_cause){39, 32, 2.5, -1};
    a.days[1].cause = (struct day_cause){35, 34, 7, 2};
    b.days[1].cause = (struct day_cause){30, 31, NAN, NAN};
    for (size_t i = 0; i < 24; i++)
        a.forecast.mean[i] = 60; // on the first day b is the larger
    const struct day_peaks *const peaks[] = {&a.peaks, &b.peaks, &c.peaks};
    const struct forecast *const forecasts[] = {&a.forecast, &b.forecast, &c.forecast};
    day_causes_sum(3, peaks, forecasts, &east, &sum.peaks);
    near_assert(sum.days[0].cause.heat_mw, 6.5, 0);
    near_assert(sum.days[0].cause.register_mw, -1, 0);
    near_assert(sum.days[0].cause.temp_c, 39, 0);
    near_assert(sum.days[0].cause.usual_c, 32, 0);
    near_assert(sum.days[1].cause.heat_mw, 7, 0);
    near_assert(sum.days[1].cause.register_mw, 2, 0);
    near_assert(sum.days[1].cause.temp_c, 35, 0);
    day_causes_sum(1, &peaks[2], &forecasts[2], &east, &sum.peaks);
    assert_true(isnan(sum.days[0].cause.heat_mw));
    made_done(&a);
    made_done(&b);
    made_done(&c);
    made_done(&sum);
}

static void test_growth_over_a_year(void **state)
{
    (void)state;
    struct series load;
    series_init(&load, HOUR);
    for (int64_t t = midnight - 392 * DAY; t < midnight; t += HOUR) {
        double mw = t < midnight - 364 * DAY ? 80 : t < midnight - 28 * DAY ? 1000 : 92;
        assert_int_not_equal(series_put(&load, t, mw), SERIES_REFUSED);
    }
    struct day_causes_growth growth = day_causes_growth(&load, midnight);
    near_assert(growth.now_mw, 92, 1e-9);
    near_assert(growth.then_mw, 80, 1e-9);
    for (int64_t t = midnight - 392 * DAY; t < midnight - 378 * DAY; t += HOUR)
        assert_int_not_equal(series_put(&load, t, NAN), SERIES_REFUSED);
    near_assert(day_causes_growth(&load, midnight).then_mw, 80, 1e-9); // half of it is enough
    assert_int_not_equal(series_put(&load, midnight - 370 * DAY, NAN), SERIES_REFUSED);
    growth = day_causes_growth(&load, midnight);
    assert_true(isnan(growth.then_mw));
    near_assert(growth.now_mw, 92, 1e-9);
    series_done(&load);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_causes_of_a_zone),
        cmocka_unit_test(test_without_weather_or_parts),
        cmocka_unit_test(test_causes_of_a_sum),
        cmocka_unit_test(test_growth_over_a_year),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
