// SPDX-License-Identifier: GPL-3.0-or-later
// Forecasts as line protocol and as text: golden bytes.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/forecast_text.h"
#include "daemon/kept_text.h"
#include "daemon/points.h"

// Two intervals from 2024-03-15T07:00+07:00, issued at their start.
static struct forecast make(int32_t step_s)
{
    struct forecast f;
    double levels[] = {0.05, 0.5, 0.95};
    assert_true(forecast_init(&f, 1710460800, step_s, 2, 3, levels));
    f.issue = 1710460800;
    strcpy(f.model, "recency");
    for (size_t i = 0; i < 2; i++) {
        f.mean[i] = 21.7 + (double)i;
        f.quantile[3 * i] = 18.25;
        f.quantile[3 * i + 1] = 21.5;
        f.quantile[3 * i + 2] = 26 + 1e-9;
    }
    return f;
}

static void test_points_are_golden(void **state)
{
    (void)state;
    struct buffer out;
    struct forecast f = make(1800);
    buffer_init(&out, 1 << 16);
    points_forecast(&out, &(struct points_zone){"yen-lu", 25, false, INT64_MAX}, &f, 0, 2);
    assert_string_equal(
        out.data,
        "load_forecast,zone=yen-lu mean=21.7,p_over=0.15,q05=18.25,q50=21.5,q95=26.0 "
        "1710460800000000000\n"
        "load_forecast_issued,lead_h=000,zone=yen-lu mean=21.7,q05=18.25,q50=21.5,q95=26.0 "
        "1710460800000000000\n"
        "load_forecast,zone=yen-lu mean=22.7,p_over=0.15,q05=18.25,q50=21.5,q95=26.0 "
        "1710462600000000000\n"
        "load_forecast_issued,lead_h=000.5,zone=yen-lu mean=22.7,q05=18.25,q50=21.5,q95=26.0 "
        "1710460800000000000\n");
    buffer_done(&out);
    forecast_done(&f);
}

// What a sink would not hold is left out of what is stamped with the target, not of the vintage.
static void test_targets_have_a_bound(void **state)
{
    (void)state;
    struct buffer out;
    struct forecast f = make(1800);
    buffer_init(&out, 1 << 16);
    points_forecast(&out, &(struct points_zone){"yen-lu", NAN, false, f.start}, &f, 0, 2);
    assert_string_equal(
        out.data,
        "load_forecast,zone=yen-lu mean=21.7,q05=18.25,q50=21.5,q95=26.0 "
        "1710460800000000000\n"
        "load_forecast_issued,lead_h=000,zone=yen-lu mean=21.7,q05=18.25,q50=21.5,q95=26.0 "
        "1710460800000000000\n"
        "load_forecast_issued,lead_h=000.5,zone=yen-lu mean=22.7,q05=18.25,q50=21.5,q95=26.0 "
        "1710460800000000000\n");
    buffer_done(&out);
    forecast_done(&f);
}

static void test_made_up_load_says_so(void **state)
{
    (void)state;
    struct buffer out;
    struct forecast f = make(1800);
    buffer_init(&out, 1 << 16);
    points_forecast(&out, &(struct points_zone){"yen-lu", NAN, true, INT64_MAX}, &f, 0, 1);
    assert_string_equal(out.data, "load_forecast,origin=simulated,zone=yen-lu "
                                  "mean=21.7,q05=18.25,q50=21.5,q95=26.0 1710460800000000000\n"
                                  "load_forecast_issued,lead_h=000,origin=simulated,zone=yen-lu "
                                  "mean=21.7,q05=18.25,q50=21.5,q95=26.0 1710460800000000000\n");
    buffer_done(&out);
    forecast_done(&f);
}

static void test_no_limit_no_chance_of_passing_it(void **state)
{
    (void)state;
    struct buffer out;
    struct forecast f = make(300);
    f.mean[1] = NAN; // a value that is not known is left out, not written as a word
    buffer_init(&out, 1 << 16);
    points_forecast(&out, &(struct points_zone){"a b", NAN, false, INT64_MAX}, &f, 1, 2);
    assert_string_equal(out.data,
                        "load_forecast,zone=a\\ b q05=18.25,q50=21.5,q95=26.0 1710461100000000000\n"
                        "load_forecast_issued,lead_h=000.083,zone=a\\ b "
                        "q05=18.25,q50=21.5,q95=26.0 1710460800000000000\n");
    buffer_done(&out);
    forecast_done(&f);
}

// A day of 100 to 198 MW, and another.
static struct day_peaks make_peaks(struct day_peak days[static 3])
{
    for (int d = 0; d < 3; d++) {
        days[d] = (struct day_peak){.day = 19797 + d,
                                    .whole = d == 1,
                                    .hour_from = 9,
                                    .hour_to = 12,
                                    .hour = 10 + d,
                                    .cause = {36.5, 33, -1.25, NAN}};
        for (int q = 0; q < DAY_PEAKS_LEVELS; q++)
            days[d].peak[q] = days[d].top[q] = (float)(100 + q + 10 * d);
    }
    return (struct day_peaks){.issue = 1710460800, .growth = 0.0725, .n = 3, .days = days};
}

// The third day is cut, so nothing is said of it.
static void test_odds_of_peaks_are_golden(void **state)
{
    (void)state;
    struct buffer out;
    struct day_peak days[3];
    struct day_peaks peaks = make_peaks(days);
    const double limits[] = {180.5, NAN, 1};
    buffer_init(&out, 1 << 16);
    points_peaks(&out, &(struct points_zone){"total", 25, false, 0}, &peaks, 19797, limits);
    points_peaks(&out, &(struct points_zone){"b", NAN, true, 0}, &peaks, 19796,
                 (const double[]){300, 150, 1});
    assert_string_equal(
        out.data, "peak_risk,lead_d=0,zone=total "
                  "mw_over=8.5,p_over=0.185,peak_hour=10i,peak_mw=149.0 1710460800000000000\n"
                  "peak_risk,lead_d=1,zone=total peak_hour=11i,peak_mw=159.0 1710460800000000000\n"
                  "peak_risk,lead_d=1,origin=simulated,zone=b "
                  "mw_over=0.0,p_over=0.005,peak_hour=10i,peak_mw=149.0 1710460800000000000\n"
                  "peak_risk,lead_d=2,origin=simulated,zone=b "
                  "mw_over=49.0,p_over=0.59,peak_hour=11i,peak_mw=159.0 1710460800000000000\n");
    buffer_clear(&out);
    days[0].hour = -1; // no path is known
    points_peaks(&out, &(struct points_zone){"b", NAN, true, 0}, &peaks, 19796, limits);
    assert_memory_equal(out.data, "peak_risk,lead_d=2,", 19);
    buffer_done(&out);
}

static void test_kept_peaks_as_rows(void **state)
{
    (void)state;
    char *text = NULL;
    size_t length;
    struct day_peak days[3];
    struct day_peaks peaks = make_peaks(days);
    struct civil_clock clock = {.offset_s = 7 * 3600};
    FILE *out = open_memstream(&text, &length);
    assert_int_equal(kept_text_peaks(out, &clock, "total", &peaks), 2);
    peaks.growth = NAN;
    peaks.n = 1;
    days[0].whole = true;
    days[0].hour = -1;
    days[0].peak[49] = NAN;
    assert_int_equal(kept_text_peaks(out, &clock, "b", &peaks), 1);
    fclose(out);
    assert_string_equal(
        text, "2024-03-15T07:00+07:00,total,2024-03-15,9,12,149.0,189.0,198.0,36.5,-1.25,,0.0725\n"
              "2024-03-15T07:00+07:00,total,2024-03-16,9,12,159.0,199.0,208.0,36.5,-1.25,,0.0725\n"
              "2024-03-15T07:00+07:00,b,2024-03-15,,,,189.0,198.0,36.5,-1.25,,\n");
    free(text);
}

static void test_text_and_table(void **state)
{
    (void)state;
    char *text = NULL;
    size_t length;
    struct forecast f = make(3600);
    struct civil_clock clock = {.offset_s = 7 * 3600};
    f.mean[1] = NAN;
    FILE *out = open_memstream(&text, &length);
    forecast_text_header(out, f.n_levels, f.level);
    forecast_text_rows(out, "yen-lu", &clock, true, &f);
    forecast_text_rows(out, "yen-lu", &clock, false, &f);
    fclose(out);
    assert_string_equal(text, "time,zone,mean,q0.05,q0.5,q0.95\n"
                              "2024-03-15T07:00+07:00,yen-lu,21.700,18.250,21.500,26.000\n"
                              "2024-03-15T08:00+07:00,yen-lu,,18.250,21.500,26.000\n"
                              "2024-03-15T07:00,yen-lu,21.700,18.250,21.500,26.000\n"
                              "2024-03-15T08:00,yen-lu,,18.250,21.500,26.000\n");
    free(text);
    out = open_memstream(&text, &length);
    f.mean[1] = 22.7;
    forecast_text_table(out, "Yên Lư", &clock, 25, &f);
    fclose(out);
    assert_non_null(strstr(text, "Yên Lư: issued 2024-03-15T07:00, model 'recency', MW\n"));
    assert_non_null(
        strstr(text, "Fri 2024-03-15      22.2      21.5  07:00      18.2 - 26.0   15.0 %"));
    free(text);
    forecast_done(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_points_are_golden),
        cmocka_unit_test(test_targets_have_a_bound),
        cmocka_unit_test(test_made_up_load_says_so),
        cmocka_unit_test(test_no_limit_no_chance_of_passing_it),
        cmocka_unit_test(test_odds_of_peaks_are_golden),
        cmocka_unit_test(test_kept_peaks_as_rows),
        cmocka_unit_test(test_text_and_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
