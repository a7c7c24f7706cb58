// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/comparison.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

static const struct civil_clock utc = {.offset_s = 0};

static int enter_folder(void **state)
{
    static char folder[32];
    strcpy(folder, "/tmp/test_comparison.XXXXXX");
    *state = folder;
    return !mkdtemp(folder) || chdir(folder);
}

static int leave_folder(void **state)
{
    unlink("forecast.csv");
    unlink("actual.csv");
    return chdir("/") || rmdir(*state);
}

static void write_text(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

static void assert_close(double value, double expected)
{
    if (!(fabs(value - expected) <= 1e-12 * fabs(expected)))
        fail_msg("%.17g, not %.17g", value, expected);
}

static struct comparison *judge(const char *forecast, const char *actual)
{
    struct tidy tidy = {.clock = &utc};
    struct comparison *comparison = comparison_new();
    assert_non_null(comparison);
    write_text("forecast.csv", forecast);
    write_text("actual.csv", actual);
    assert_true(comparison_read_forecast(comparison, &tidy, "forecast.csv"));
    assert_true(comparison_read_actual(comparison, &tidy, "actual.csv"));
    assert_true(comparison_judge(comparison));
    return comparison;
}

static void test_pairs_of_several_zones(void **state)
{
    (void)state;
    struct comparison *comparison = judge("zone,time,mean\n"
                                          "b,2024-05-01T00:30,11\n"
                                          "a,2024-05-01T00:00,2.5\n"
                                          "b,2024-05-01T00:00,9\n"
                                          "b,2024-05-01T01:00,7\n",
                                          "time,zone,load\n"
                                          "2024-05-01T00:30,b,10\n"
                                          "2024-05-01T00:00,c,1\n"
                                          "2024-05-01T00:00,b,4\n"
                                          "2024-05-01T07:00+07:00,b,12\n"
                                          "2024-05-01T00:00,a,2\n");
    assert_int_equal(comparison_zones(comparison), 2);
    const struct comparison_score a = comparison_zone(comparison, 0);
    const struct comparison_score b = comparison_zone(comparison, 1);
    const struct comparison_score all = comparison_all(comparison);
    assert_string_equal(a.zone, "a");
    assert_int_equal(a.score.n, 1);
    assert_close(score_mape(&a.score), 25);
    assert_int_equal(a.missing, 0);
    assert_string_equal(b.zone, "b");
    assert_int_equal(b.score.n, 2);
    assert_close(score_mae(&b.score), 2);
    assert_close(score_rmse(&b.score), sqrt(5));
    assert_close(score_nmae(&b.score), 200 / 11.);
    assert_int_equal(b.missing, 1);
    assert_null(all.zone);
    assert_int_equal(all.score.n, 3);
    assert_int_equal(all.missing, 1);
    assert_int_equal(all.repeated, 0);
    assert_true(isnan(score_mean_pinball(&all.score)));
    assert_int_equal(all.peaks.days, 0);
    comparison_free(comparison);
}

static void test_quantiles_by_their_names(void **state)
{
    (void)state;
    // The second row lacks a level, as a vintage does in an export of several.
    struct comparison *comparison = judge("\xef\xbb\xbftime,zone,\"q0.95\",mean,q.05 ,quality\r\n"
                                          "2024-05-01T00:00,a,12,10,8,good\r\n"
                                          "2024-05-01T00:30,a,9,8,,good\r\n",
                                          "time,zone,load\n"
                                          "2024-05-01T00:00,a,12.5\n"
                                          "2024-05-01T00:30,a,5\n");
    const struct comparison_score a = comparison_zone(comparison, 0);
    assert_int_equal(a.score.n_pinball, 2);
    const double first = (0.5 * 0.95 + 4.5 * 0.05) / 2, second = 4 * 0.05;
    assert_close(score_mean_pinball(&a.score), (first + second) / 2);
    assert_int_equal(a.score.n_cover90, 1);
    assert_int_equal(a.score.covered90, 0);
    assert_int_equal(a.score.n_cover50, 0);
    comparison_free(comparison);
}

static void test_repeated_rows(void **state)
{
    (void)state;
    struct comparison *comparison = judge("time,zone,mean,q0.5\n"
                                          "2024-05-01T00:00,a,1,1\n"
                                          "2024-05-01T00:30,a,2,2\n"
                                          "2024-05-01T00:00,a,10,11\n",
                                          "time,zone,load\n"
                                          "2024-05-01T00:00,a,3\n"
                                          "2024-05-01T00:00,a,8\n");
    const struct comparison_score a = comparison_zone(comparison, 0);
    assert_int_equal(a.repeated, 1);
    assert_int_equal(a.missing, 1);
    assert_close(score_mae(&a.score), 2);
    assert_close(score_mean_pinball(&a.score), 1.5);
    comparison_free(comparison);
}

static void test_every_vintage(void **state)
{
    (void)state;
    struct comparison *comparison = judge("issue,time,zone,mean\n"
                                          "2024-04-30T00:00,2024-05-01T00:00,a,1\n"
                                          "2024-04-30T12:00,2024-05-01T00:00,a,2\n"
                                          "2024-04-30T12:00,2024-05-01T00:30,a,2\n",
                                          "time,zone,load\n"
                                          "2024-05-01T00:00,a,4\n");
    const struct comparison_score a = comparison_zone(comparison, 0);
    assert_int_equal(a.score.n, 2);
    assert_int_equal(a.repeated, 0);
    assert_close(score_mae(&a.score), 2.5);
    comparison_free(comparison);
}

// Two days of six hours each from midnight in UTC+7; of the third, one value did not come.
static void test_peaks_of_civil_days(void **state)
{
    (void)state;
    char forecast[2048] = "time,zone,mean\n", actual[2048] = "time,zone,load\n";
    static const int means[] = {1, 2, 9, 3, /**/ 5, 4, 3, 2, /**/ 1, 1, 1, 8};
    static const int loads[] = {1, 2, 3, 12, /**/ 5, 4, 3, 2, /**/ 1, 1, 0, 9};
    for (int i = 0; i < 12; i++) {
        const size_t f = strlen(forecast), a = strlen(actual);
        snprintf(forecast + f, sizeof forecast - f, "2024-05-%02dT%02d:00+07:00,a,%d\n", 1 + i / 4,
                 i % 4 * 6, means[i]);
        if (i != 10)
            snprintf(actual + a, sizeof actual - a, "2024-05-%02dT%02d:00+07:00,a,%d\n", 1 + i / 4,
                     i % 4 * 6, loads[i]);
    }
    struct comparison *comparison = judge(forecast, actual);
    const struct comparison_score all = comparison_all(comparison);
    assert_int_equal(all.peaks.days, 2);
    assert_int_equal(all.peaks.hour_hit, 1);
    assert_close(all.peaks.abs_percent, 25);
    assert_memory_equal(&all.peaks, &(struct peak_score[]){comparison_zone(comparison, 0).peaks},
                        sizeof all.peaks);
    assert_int_equal(all.missing, 1);
    comparison_free(comparison);
}

static void see_bad(void *context, const char *text)
{
    char *seen = context;
    const size_t length = strlen(seen);
    snprintf(seen + length, 1024 - length, "%s\n", text);
}

static void test_bad_rows_are_set_aside(void **state)
{
    (void)state;
    char seen[1024] = "";
    struct tidy tidy = {.clock = &utc, .bad = see_bad, .bad_context = seen};
    struct comparison *comparison = comparison_new();
    write_text("forecast.csv", "time,zone,mean,q0.5\n"
                               "2024-05-01T00:00,a,x,1\n"
                               "2024-05-01T00:00,a,1,inf\n"
                               "2024-05-01T00:00,,1,1\n"
                               "2024-05-01T24:30,a,1,1\n"
                               "2024-05-01T00:00,a,1,1,5\n"
                               "2024-05-01T00:00,a,1,1\n");
    assert_true(comparison_read_forecast(comparison, &tidy, "forecast.csv"));
    assert_string_equal(seen, "forecast.csv:2: mean is not a number: 'x'\n"
                              "forecast.csv:3: quantile is not a number: 'inf'\n"
                              "forecast.csv:4: no zone: '2024-05-01T00:00'\n"
                              "forecast.csv:5: not a time such as 2011-01-31T23:30: "
                              "'2024-05-01T24:30'\n"
                              "forecast.csv:6: more fields than the header has: "
                              "'2024-05-01T00:00'\n");
    assert_int_equal(tidy.rows, 6);
    assert_int_equal(tidy.refused, 5);
    assert_true(comparison_judge(comparison));
    assert_int_equal(comparison_all(comparison).missing, 1);
    comparison_free(comparison);
}

static void assert_refused(const char *header, const char *words)
{
    struct tidy tidy = {.clock = &utc};
    struct comparison *comparison = comparison_new();
    write_text("forecast.csv", header);
    assert_false(comparison_read_forecast(comparison, &tidy, "forecast.csv"));
    if (!strstr(tidy.error, words) || !strstr(tidy.error, "forecast.csv"))
        fail_msg("\"%s\" has no \"%s\"", tidy.error, words);
    comparison_free(comparison);
}

static void test_bad_headers(void **state)
{
    (void)state;
    char many[4096] = "time,zone,mean";
    for (int i = 1; i <= 100; i++)
        snprintf(many + strlen(many), 16, ",q%.4f", i / 101.);
    assert_refused("time,zone,mean,q5\n", "between 0 and 1: 'q5'");
    assert_refused("time,zone,mean,q0.5,q.50\n", "two columns of one quantile: 'q.50'");
    assert_refused(many, "more than 99 quantiles");
    assert_refused("time,zone,load\n", "mean");
    char wide[9000];
    memset(wide, 'x', sizeof wide - 1);
    wide[sizeof wide - 1] = '\0';
    assert_refused(wide, "too long");
    struct tidy tidy = {.clock = &utc};
    struct comparison *comparison = comparison_new();
    assert_false(comparison_read_forecast(comparison, &tidy, "none.csv"));
    assert_non_null(strstr(tidy.error, "none.csv"));
    assert_false(comparison_read_actual(comparison, &tidy, "none.csv"));
    assert_true(comparison_judge(comparison));
    assert_int_equal(comparison_zones(comparison), 0);
    comparison_free(comparison);
    comparison_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_pairs_of_several_zones, enter_folder, leave_folder),
        cmocka_unit_test_setup_teardown(test_quantiles_by_their_names, enter_folder, leave_folder),
        cmocka_unit_test_setup_teardown(test_repeated_rows, enter_folder, leave_folder),
        cmocka_unit_test_setup_teardown(test_every_vintage, enter_folder, leave_folder),
        cmocka_unit_test_setup_teardown(test_peaks_of_civil_days, enter_folder, leave_folder),
        cmocka_unit_test_setup_teardown(test_bad_rows_are_set_aside, enter_folder, leave_folder),
        cmocka_unit_test_setup_teardown(test_bad_headers, enter_folder, leave_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
