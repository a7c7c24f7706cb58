// SPDX-License-Identifier: GPL-3.0-or-later
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "models/weather.h"

enum { HOUR = 3600, DAY = 86400 };

static void assert_close(double a, double b, double tolerance)
{
    if (!(fabs(a - b) <= tolerance))
        fail_msg("%.17g is not %.17g", a, b);
}

static void transform(enum weather_guise guise, double hours, size_t n, const double temp[],
                      double ret[])
{
    struct weather_input input = {.guise = guise, .hours = hours};
    weather_transform(&input, HOUR, n, temp, ret);
}

static void test_lag_and_mean(void **state)
{
    (void)state;
    double temp[] = {21.3, 22.7, NAN, 25.1, 26.9, 24.2}, ret[6];
    transform(WEATHER_LAG, 2, 6, temp, ret);
    assert_true(isnan(ret[0]) && isnan(ret[1]) && isnan(ret[4]));
    assert_close(ret[3], 22.7, 0);
    transform(WEATHER_MEAN, 3, 6, temp, ret);
    assert_true(isnan(ret[0])); // one of three hours is too little
    assert_close(ret[1], 22.0, 1e-12);
    assert_close(ret[3], (22.7 + 25.1) / 2, 1e-12);
    assert_close(ret[5], (25.1 + 26.9 + 24.2) / 3, 1e-12);
    transform(WEATHER_NOW, 0, 6, temp, ret);
    assert_memory_equal(ret, temp, sizeof temp);
}

static void test_smooth_is_unbiased_and_forgets(void **state)
{
    (void)state;
    enum { N = 400 };
    double temp[N], ret[N];
    for (int i = 0; i < N; i++)
        temp[i] = i < 200 ? 17.3 : 31.9;
    for (int i = 40; i < 60; i++)
        temp[i] = NAN;
    transform(WEATHER_SMOOTH, 24, N, temp, ret);
    assert_true(isnan(ret[5])); // weight 1 - exp(-6/24) is under a half
    assert_close(ret[17], 17.3, 1e-9);
    assert_close(ret[199], 17.3, 1e-9);
    assert_close(ret[223], 31.9 - 14.6 * exp(-1), 1e-2);
    assert_close(ret[N - 1], 31.9, 0.01);
}

static void put(struct series *series, int64_t t, double value)
{
    assert_true(series_put(series, t, value) != SERIES_REFUSED);
}

static void test_stations_at_one_level(void **state)
{
    (void)state;
    struct series a, b, both;
    series_init(&a, HOUR);
    series_init(&b, HOUR);
    for (int i = 0; i < 48; i++) {
        put(&a, i * HOUR, 20 + i % 24);
        if (i < 24)
            put(&b, i * HOUR, 26 + i % 24); // always 6 degrees warmer, silent on the second day
    }
    assert_true(weather_combine(2, (const struct series *[]){&a, &b}, &both));
    assert_int_equal(both.n, 48);
    for (int i = 0; i < 48; i++)
        assert_close(series_at(&both, i * HOUR), 23 + i % 24, 1e-9);
    series_done(&a);
    series_done(&b);
    series_done(&both);
    assert_true(weather_combine(0, NULL, &both));
    assert_int_equal(both.n, 0);
    series_done(&both);
}

// Three years of days whose temperature names the day: 2019-01-01 is 0.
static void make_years(struct series *temp)
{
    series_init(temp, HOUR);
    for (int64_t h = 0; h < 3 * 365 * 24; h++)
        put(temp, 1546300800 + h * HOUR, (double)(h / 24));
}

static struct weather_shifts by_day(int days)
{
    return (struct weather_shifts){days, 1};
}

static void test_scenarios_are_shifted_years_of_the_past(void **state)
{
    (void)state;
    struct series temp;
    struct civil_clock clock = {.offset_s = 0};
    struct weather_scenario scenarios[WEATHER_SCENARIOS_MAX];
    int64_t issue = 1622505600; // 2021-06-01
    make_years(&temp);
    size_t n = weather_scenarios(&temp, &clock, issue, 30 * 24, by_day(3), scenarios);
    assert_int_equal(n, 2 * 7);
    for (size_t k = 0; k < n; k++) {
        assert_true(scenarios[k].source + 30 * DAY <= issue);
        int64_t same = k < 7 ? 1590969600 : 1559347200; // 2020-06-01, 2019-06-01
        assert_int_equal(scenarios[k].source, same + ((int64_t)(k % 7) - 3) * DAY);
    }
    // Nothing known of earlier years: the days just before stand in.
    struct series young;
    series_init(&young, HOUR);
    for (int64_t h = 1; h <= 5 * 24; h++)
        put(&young, issue - h * HOUR, 24.1);
    assert_int_equal(weather_scenarios(&young, &clock, issue, 30 * 24, by_day(3), scenarios), 5);
    series_done(&young);
    series_init(&young, HOUR);
    assert_int_equal(weather_scenarios(&young, &clock, issue, 24, by_day(3), scenarios), 0);
    series_done(&temp);
}

static void test_play_starts_at_the_present(void **state)
{
    (void)state;
    enum { N = 10 * 24, PAST = 24 };
    struct series temp;
    struct climate none = {0}; // of 0 C: anomalies are temperatures
    double ret[PAST + N];
    int64_t issue = 1622505600;
    make_years(&temp);
    struct weather_scenario scenario = {.source = 1590969600};
    double source_day = (1590969600 - 1546300800) / DAY;
    double difference = (1622505600 - 1590969600) / DAY; // days name themselves
    put(&temp, 1590969600 + 5 * HOUR, NAN);
    weather_play(&temp, &none, &scenario, issue, PAST, N, ret);
    assert_close(ret[0], source_day - 1, 1e-9);
    assert_close(ret[PAST], source_day, 1e-9);
    assert_close(ret[PAST + 5], (ret[PAST + 4] + ret[PAST + 6]) / 2, 1e-9);
    const struct weather_start start = {.temp = &temp, .climate = &none, .issue = issue};
    weather_start_at_present(&start, PAST, N, ret);
    assert_close(ret[PAST], source_day + difference, 1e-9);
    assert_close(ret[PAST + 48], source_day + 2 + difference * exp(-1), 1e-9);
    // A day too near the issue to hold ten is played over and over.
    scenario.source = issue - DAY;
    weather_play(&temp, &none, &scenario, issue, 0, N, ret);
    for (int i = 24; i < N; i++)
        assert_close(ret[i], ret[i - 24], 0);
    series_done(&temp);
}

// Beyond the end of a forecast a run goes on from what the forecast says and is off by.
static void test_play_starts_at_the_end_of_a_forecast(void **state)
{
    (void)state;
    enum { N = 10 * 24, PAST = 24, GIVEN = 48 };
    struct series temp;
    struct climate none = {0};
    double ret[PAST + N];
    int64_t issue = 1622505600;
    series_init(&temp, HOUR);
    for (int64_t h = -5 * 24; h < GIVEN; h++)
        put(&temp, issue + h * HOUR, 30);
    for (int i = 0; i < PAST + N; i++)
        ret[i] = 4;
    const struct weather_start start = {
        .temp = &temp, .climate = &none, .issue = issue, .given = GIVEN, .age_s = DAY};
    weather_start_at_present(&start, PAST, N, ret);
    for (int i = 0; i < PAST + GIVEN; i++)
        assert_close(ret[i], 4, 0); // what the forecast is off by
    // Of the last two hours at first, and of the last day for longer.
    double now = 30 + weather_forecast_error(2.96) * 4, day = 30 + weather_forecast_error(2.5) * 4;
    assert_close(ret[PAST + GIVEN], now, 0.01);
    assert_close(ret[PAST + GIVEN + 48], 4 + (day - 4) * exp(-1), 0.02);
    assert_close(ret[PAST + N - 1], 4, 2);
    series_done(&temp);
}

static void test_climate_knows_hour_and_season(void **state)
{
    (void)state;
    struct series temp;
    struct climate climate;
    series_init(&temp, HOUR);
    assert_false(climate_fit(&temp, INT64_MAX, &climate));
    int64_t start = 1546300800;
    for (int64_t h = 0; h < 3 * 366 * 24; h++) {
        double year = 2 * M_PI * (double)(start + h * HOUR) / (365.25 * DAY);
        put(&temp, start + h * HOUR,
            23.7 - 7.1 * cos(year) + 1.3 * sin(2 * year) -
                3.9 * cos(2 * M_PI * (double)(h % 24) / 24));
    }
    int64_t until = start + 800 * DAY;
    for (int64_t t = until; t < series_end(&temp); t += HOUR)
        put(&temp, t, 1e6); // not to be looked at
    assert_true(climate_fit(&temp, until, &climate));
    for (int64_t h = 0; h < 500 * 24; h += 31)
        assert_close(climate_at(&climate, start + h * HOUR), series_at(&temp, start + h * HOUR),
                     1e-6);
    // With half a year the season is not made up: the last weeks' hours stand.
    assert_true(climate_fit(&temp, start + 180 * DAY, &climate));
    assert_close(climate_at(&climate, start + 183 * DAY), series_at(&temp, start + 166 * DAY), 1.5);
    series_done(&temp);
}

static void test_weather_forecasts_get_worse(void **state)
{
    (void)state;
    assert_true(weather_forecast_error(0) < 0.2);
    assert_true(weather_forecast_error(14) > 0.9 && weather_forecast_error(14) < 1);
}

static void test_nothing_at_or_after_the_issue_is_played(void **state)
{
    (void)state;
    struct series temp;
    struct civil_clock clock = {.offset_s = 7 * HOUR};
    struct weather_scenario *scenarios = calloc(WEATHER_SCENARIOS_MAX, sizeof *scenarios);
    struct climate none = {0};
    double ret[60 * 24];
    int64_t issue = 1622505600;
    make_years(&temp);
    for (int64_t t = issue; t < series_end(&temp); t += HOUR)
        put(&temp, t, 1e9);
    size_t n = weather_scenarios(&temp, &clock, issue, 60 * 24, by_day(30), scenarios);
    assert_true(n > 30);
    for (size_t k = 0; k < n; k++) {
        weather_play(&temp, &none, &scenarios[k], issue, 0, 60 * 24, ret);
        for (int i = 0; i < 60 * 24; i++)
            assert_true(ret[i] < 1e6);
    }
    free(scenarios);
    series_done(&temp);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lag_and_mean),
        cmocka_unit_test(test_smooth_is_unbiased_and_forgets),
        cmocka_unit_test(test_stations_at_one_level),
        cmocka_unit_test(test_scenarios_are_shifted_years_of_the_past),
        cmocka_unit_test(test_play_starts_at_the_present),
        cmocka_unit_test(test_play_starts_at_the_end_of_a_forecast),
        cmocka_unit_test(test_climate_knows_hour_and_season),
        cmocka_unit_test(test_weather_forecasts_get_worse),
        cmocka_unit_test(test_nothing_at_or_after_the_issue_is_played),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
