// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/pull_rows.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "tests/site_folder.h"

enum { NOON = 1717842600, STEP = 1800 }; // 2024-06-08T10:30Z

struct bench {
    struct config *config;
    struct checks *checks;
    struct metrics metrics;
    struct pull_refusals *refusals;
    struct pull_answer answer;
    struct pull_rows rows;
};

static void begin(struct bench *bench, const char *keys)
{
    char section[512];
    snprintf(section, sizeof section, "[pull a]\ndatabase = d\n%s", keys);
    *bench = (struct bench){.config = site_folder_config(NULL, section)};
    bench->checks = checks_new(bench->config);
    bench->refusals = pull_refusals_new("a", &bench->metrics);
    assert_non_null(bench->checks);
    assert_non_null(bench->refusals);
}

static void make_nothing(struct bench *bench)
{
    pull_rows_done(&bench->rows);
    pull_answer_done(&bench->answer);
}

static void end(struct bench *bench)
{
    make_nothing(bench);
    pull_refusals_free(bench->refusals);
    checks_free(bench->checks);
    config_free(bench->config);
}

// A series with those JSON labels.
static void series(struct bench *bench, const char *labels)
{
    const struct pull_names names = {
        .name_tag = bench->config->pulls[0].kind == CONFIG_PULL_LOAD ? "zone" : "station",
        .meter_tag = "meter"};
    json_t *tags = json_loads(labels, 0, NULL);
    assert_non_null(tags);
    assert_true(pull_answer_begin_series(&bench->answer, tags, &names));
    json_decref(tags);
}

static void point(struct bench *bench, enum pull_column column, int64_t instant, double value)
{
    const struct pull_point added = {.column = column, .time_ms = 1000 * instant, .value = value};
    assert_true(pull_answer_add_point(&bench->answer, &added));
}

static void value(struct bench *bench, int64_t instant, double mw)
{
    point(bench, PULL_VALUE, instant, mw);
}

// Out of two hours from noon on.
static void make(struct bench *bench)
{
    const struct pull_rows_setup setup = {
        .request = {bench->config, &bench->config->pulls[0]},
        .checks = bench->checks,
        .refusals = bench->refusals,
        .window = {NOON, NOON + 4 * STEP},
        .now = NOON + 86400,
    };
    assert_true(pull_rows_make(&setup, &bench->answer, &bench->rows));
}

static void expect(const struct bench *bench, size_t i, const char *zone, const char *meter,
                   int64_t instant, double mw)
{
    assert_true(i < bench->rows.n_readings);
    const struct store_reading *reading = &bench->rows.readings[i];
    assert_string_equal(reading->zone, zone);
    assert_string_equal(reading->meter, meter);
    assert_int_equal(reading->instant, instant);
    if (!(reading->mw == mw))
        fail_msg("%.17g is not %.17g", reading->mw, mw);
}

static void test_values(void **state)
{
    (void)state;
    struct bench bench;
    begin(&bench, "scale = 0.001\n");
    series(&bench, "{\"zone\":\"yen-lu\",\"meter\":\"m1\"}");
    value(&bench, NOON + STEP + 20, 23850); // a clock that is 20 s fast
    value(&bench, NOON, 24000);
    value(&bench, NOON - 1, 1); // not of the window
    value(&bench, NOON + 4 * STEP, 1);
    series(&bench, "{\"zone\":\"phuc-son\",\"origin\":\"simulated\"}");
    value(&bench, NOON, 8100);
    value(&bench, NOON + STEP, 8200);
    make(&bench);
    assert_int_equal(bench.rows.n_readings, 4); // by time
    expect(&bench, 0, "phuc-son", "", NOON, 8.1);
    expect(&bench, 1, "yen-lu", "m1", NOON, 24);
    expect(&bench, 2, "phuc-son", "", NOON + STEP, 8.2);
    expect(&bench, 3, "yen-lu", "m1", NOON + STEP, 23.85);
    assert_int_equal(bench.rows.moved, 1);
    assert_true(bench.rows.simulated);
    end(&bench);
}

static void test_stamps_of_ends(void **state)
{
    (void)state;
    struct bench bench;
    begin(&bench, "stamps = end\n");
    series(&bench, "{\"zone\":\"yen-lu\"}");
    value(&bench, NOON, 1); // of the interval before
    value(&bench, NOON + STEP, 2);
    value(&bench, NOON + 4 * STEP, 3);
    make(&bench);
    assert_int_equal(bench.rows.n_readings, 2);
    expect(&bench, 0, "yen-lu", "", NOON, 2);
    expect(&bench, 1, "yen-lu", "", NOON + 3 * STEP, 3);
    end(&bench);
}

static void test_what_is_no_reading(void **state)
{
    (void)state;
    struct bench bench;
    begin(&bench, "");
    series(&bench, "{\"zone\":\"atlantis\"}");
    value(&bench, NOON, 1);
    series(&bench, "{\"meter\":\"m1\"}");
    value(&bench, NOON, 1);
    series(&bench, "{\"zone\":\"yen-lu\"}");
    value(&bench, NOON, NAN);
    value(&bench, NOON + STEP, 1e9);
    value(&bench, NOON + STEP + 700, 7);
    value(&bench, NOON + 2 * STEP, 24.5);
    bench.answer.malformed = 2;
    for (int round = 0; round < 2; round++) { // the second time nothing is new
        pull_rows_done(&bench.rows);
        make(&bench);
        pull_refusals_end_round(bench.refusals);
        assert_int_equal(bench.rows.n_readings, 1);
        expect(&bench, 0, "yen-lu", "", NOON + 2 * STEP, 24.5);
        assert_int_equal(bench.metrics.refused[CHECK_ZONE], 1);
        assert_int_equal(bench.metrics.refused[CHECK_TAG], 1);
        assert_int_equal(bench.metrics.refused[CHECK_FIELD], 1);
        assert_int_equal(bench.metrics.refused[CHECK_RANGE], 1);
        assert_int_equal(bench.metrics.refused[CHECK_GRID], 1);
        assert_int_equal(bench.metrics.refused[CHECK_MALFORMED], 2);
    }
    end(&bench);
}

// The same value twice is one; different ones of one series and time are none.
static void test_repeated_times(void **state)
{
    (void)state;
    struct bench bench;
    begin(&bench, "");
    series(&bench, "{\"zone\":\"yen-lu\"}");
    value(&bench, NOON, 7.1);
    value(&bench, NOON, 7.1);
    value(&bench, NOON + STEP, 7.1);
    value(&bench, NOON + STEP, 8.5);
    value(&bench, NOON + STEP, 7.1);
    value(&bench, NOON + 2 * STEP, NAN);
    value(&bench, NOON + 2 * STEP, NAN);
    make(&bench);
    assert_int_equal(bench.rows.n_readings, 1);
    expect(&bench, 0, "yen-lu", "", NOON, 7.1);
    assert_int_equal(bench.metrics.refused[CHECK_FIELD], 2);
    end(&bench);
}

static void test_two_series_of_one_meter(void **state)
{
    (void)state;
    struct bench bench;
    begin(&bench, "");
    series(&bench, "{\"zone\":\"yen-lu\",\"host\":\"a\"}");
    value(&bench, NOON, 7.1);
    value(&bench, NOON + STEP, 7.1);
    series(&bench, "{\"zone\":\"yen-lu\",\"host\":\"b\"}");
    value(&bench, NOON, 7.1);
    value(&bench, NOON + STEP, 7.2);
    value(&bench, NOON + 2 * STEP, 7.3);
    make(&bench);
    assert_int_equal(bench.rows.n_readings, 2);
    expect(&bench, 0, "yen-lu", "", NOON, 7.1);
    expect(&bench, 1, "yen-lu", "", NOON + 2 * STEP, 7.3);
    assert_int_equal(bench.metrics.refused[CHECK_TAG], 1);
    end(&bench);
}

static void test_means_of_samples(void **state)
{
    (void)state;
    struct bench bench;
    begin(&bench, "aggregate = mean\nsamples = 2\n");
    series(&bench, "{\"zone\":\"yen-lu\"}");
    value(&bench, NOON + 1799, 9.5);
    value(&bench, NOON, 7.5);
    value(&bench, NOON + 600, 1); // repeated with another value: not counted
    value(&bench, NOON + 600, 2);
    value(&bench, NOON + 700, NAN);
    value(&bench, NOON + STEP, 5); // alone
    value(&bench, NOON + 2 * STEP + 60, 5);
    value(&bench, NOON + 2 * STEP + 60, 5); // not two samples
    make(&bench);
    assert_int_equal(bench.rows.n_readings, 1);
    expect(&bench, 0, "yen-lu", "", NOON, 8.5);
    assert_int_equal(bench.metrics.refused[CHECK_FIELD], 4);
    end(&bench);
}

// A sample stamped with the end of the interval is its last.
static void test_means_of_samples_stamped_at_their_end(void **state)
{
    (void)state;
    struct bench bench;
    begin(&bench, "aggregate = mean\nstamps = end\n");
    series(&bench, "{\"zone\":\"yen-lu\"}");
    value(&bench, NOON, 100);
    value(&bench, NOON + 900, 7);
    value(&bench, NOON + STEP, 8);
    value(&bench, NOON + STEP + 900, 3);
    make(&bench);
    assert_int_equal(bench.rows.n_readings, 2);
    expect(&bench, 0, "yen-lu", "", NOON, 7.5);
    expect(&bench, 1, "yen-lu", "", NOON + STEP, 3);
    end(&bench);
}

static void test_means_of_the_server(void **state)
{
    (void)state;
    struct bench bench;
    begin(&bench, "aggregate = mean\nsamples = 15\n");
    series(&bench, "{\"zone\":\"yen-lu\"}");
    struct pull_point mean = {.time_ms = 1000LL * NOON, .samples = 15, .value = 7.25};
    assert_true(pull_answer_add_point(&bench.answer, &mean));
    mean.time_ms += 1000LL * STEP;
    mean.samples = 14;
    assert_true(pull_answer_add_point(&bench.answer, &mean));
    make(&bench);
    assert_int_equal(bench.rows.n_readings, 1);
    expect(&bench, 0, "yen-lu", "", NOON, 7.25);
    end(&bench);
}

static void test_weather(void **state)
{
    (void)state;
    struct bench bench;
    begin(&bench, "kind = weather\nstamps = end\n");
    series(&bench, "{\"station\":\"hanoi\",\"__name__\":\"h\"}");
    point(&bench, PULL_HUMIDITY, NOON, 70);
    point(&bench, PULL_HUMIDITY, NOON + 600, 170);
    point(&bench, PULL_HUMIDITY, NOON + 1200, 60); // without a temperature
    series(&bench, "{\"station\":\"hanoi\",\"__name__\":\"t\"}");
    value(&bench, NOON + 7, 35.5); // kept under its minute
    value(&bench, NOON + 600, 36.5);
    value(&bench, NOON + 660, 136.5);
    series(&bench, "{\"__name__\":\"t\"}");
    value(&bench, NOON, 20);
    make(&bench);
    assert_int_equal(bench.rows.n_readings, 0);
    assert_int_equal(bench.rows.n_weather, 2);
    assert_string_equal(bench.rows.weather[0].station, "hanoi");
    assert_int_equal(bench.rows.weather[0].instant, NOON);
    assert_true(bench.rows.weather[0].temp_c == 35.5);
    assert_true(bench.rows.weather[0].humidity_pct == 70);
    assert_true(isnan(bench.rows.weather[1].humidity_pct));
    assert_int_equal(bench.metrics.refused[CHECK_HUMIDITY], 1);
    assert_int_equal(bench.metrics.refused[CHECK_RANGE], 1);
    assert_int_equal(bench.metrics.refused[CHECK_TAG], 1);
    end(&bench);
}

#define TEST(NAME) cmocka_unit_test_setup_teardown(NAME, site_folder_enter, site_folder_leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_values),
        TEST(test_stamps_of_ends),
        TEST(test_what_is_no_reading),
        TEST(test_repeated_times),
        TEST(test_two_series_of_one_meter),
        TEST(test_means_of_samples),
        TEST(test_means_of_samples_stamped_at_their_end),
        TEST(test_means_of_the_server),
        TEST(test_weather),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
