// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/tidy.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <zlib.h>
#include <cmocka.h>

#include "config/text.h"

// What a read gave and what it set aside, as text.
struct seen {
    char rows[2048], bad[2048];
    size_t stop_after, n;
};

static struct civil_clock clock_of(const char *text)
{
    struct civil_clock clock;
    assert_true(civil_clock_parse(text, &clock));
    return clock;
}

[[gnu::format(printf, 2, 3)]] static bool see(struct seen *seen, const char *format, ...)
{
    va_list args;
    const size_t length = strlen(seen->rows);
    va_start(args, format);
    vsnprintf(seen->rows + length, sizeof seen->rows - length, format, args);
    va_end(args);
    return ++seen->n != seen->stop_after;
}

static bool see_reading(void *context, const char *zone, int64_t instant, double load)
{
    return see(context, "%s %lld %.17g\n", zone, (long long)instant, load);
}

static bool see_meter(void *context, const char *zone, const char *meter, int64_t instant,
                      double load)
{
    return see(context, "%s/%s %lld %.17g\n", zone, meter, (long long)instant, load);
}

static bool see_weather(void *context, const char *station, int64_t instant, double temp_c,
                        double humidity_pct)
{
    return see(context, "%s %lld %g %g\n", station, (long long)instant, temp_c, humidity_pct);
}

static void see_bad(void *context, const char *text)
{
    struct seen *seen = context;
    const size_t length = strlen(seen->bad);
    snprintf(seen->bad + length, sizeof seen->bad - length, "%s\n", text);
}

static void write_text(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

static int home; // the folder that the program was started in

static int enter_folder(void **state)
{
    static char folder[32];
    home = open(".", O_PATH | O_DIRECTORY);
    strcpy(folder, "/tmp/test_tidy.XXXXXX");
    *state = folder;
    return !mkdtemp(folder) || chdir(folder);
}

static int leave_folder(void **state)
{
    unlink("f.csv");
    return fchdir(home) || close(home) || rmdir(*state);
}

static void test_readings(void **state)
{
    (void)state;
    const struct civil_clock hanoi = clock_of("+07:00");
    struct seen seen = {.n = 0};
    struct tidy tidy = {.clock = &hanoi, .bad = see_bad, .bad_context = &seen};
    write_text("f.csv", "zone,note,load,time\n"
                        "yên-lư,x,2.385,1970-01-01T07:30\n"
                        "b,,-4e-3,1970-01-01T00:30+01:00\n"
                        "b,,17,1970-01-02\n");
    assert_true(tidy_read_readings(&tidy, "f.csv", see_reading, &seen));
    assert_string_equal(seen.rows, "yên-lư 1800 2.3849999999999998\n"
                                   "b -1800 -0.0040000000000000001\n"
                                   "b 61200 17\n");
    assert_string_equal(seen.bad, "");
    assert_int_equal(tidy.rows, 3);
    assert_int_equal(tidy.refused, 0);
    assert_int_equal(tidy.offset_s, 3600);
    write_text("f.csv", "time,zone,load\n");
    assert_true(tidy_read_readings(&tidy, "f.csv", see_reading, &seen));
    assert_int_equal(tidy.rows, 0);
    assert_int_equal(tidy.offset_s, TEXT_NO_OFFSET);
}

static void test_what_is_made_up_says_so(void **state)
{
    (void)state;
    const struct civil_clock utc = clock_of("Z");
    struct seen seen = {.n = 0};
    struct tidy tidy = {.clock = &utc};
    write_text("f.csv", "time,zone,load,origin\n1970-01-01T00:00,a,1,\n"
                        "1970-01-01T00:30,a,2,simulated\n1970-01-01T01:00,a,3,\n");
    assert_true(tidy_read_readings(&tidy, "f.csv", see_reading, &seen));
    assert_true(tidy.simulated);
    assert_int_equal(tidy.rows, 3);
    assert_int_equal(tidy.refused, 0);
    // Any other word is one of the file's own, and nothing stays from the file before.
    write_text("f.csv", "origin,time,zone,load\nmeter,1970-01-01T00:00,a,1\n");
    assert_true(tidy_read_readings(&tidy, "f.csv", see_reading, &seen));
    assert_false(tidy.simulated);
    write_text("f.csv", "time,station,temp_c,origin\n1970-01-01T00:00,a,21,simulated\n");
    assert_true(tidy_read_weather(&tidy, "f.csv", see_weather, &seen));
    assert_true(tidy.simulated);
}

static void test_daylight_saving(void **state)
{
    (void)state;
    const struct civil_clock melbourne = clock_of("AEST-10AEDT,M10.1.0,M4.1.0/3");
    struct seen seen = {.n = 0};
    struct tidy tidy = {.clock = &melbourne};
    write_text("f.csv", "time,zone,load\n2012-01-01T11:00,v,1.5\n2012-07-01T10:00,v,1.5\n");
    assert_true(tidy_read_readings(&tidy, "f.csv", see_reading, &seen));
    assert_string_equal(seen.rows, "v 1325376000 1.5\nv 1341100800 1.5\n");
}

static void test_bad_rows_are_set_aside(void **state)
{
    (void)state;
    const struct civil_clock utc = clock_of("Z");
    struct seen seen = {.n = 0};
    struct tidy tidy = {.clock = &utc, .bad = see_bad, .bad_context = &seen};
    write_text("f.csv", "time,zone,load\n"
                        "1970-01-01T00:30,a,1.5\n"
                        "1970-02-30T00:30,a,1.5\n"
                        "1970-01-01T01:00,a,nan\n"
                        "1970-01-01T01:00,a,1e999\n"
                        "1970-01-01T01:00,a,\n"
                        "1970-01-01T01:00,,1.5\n"
                        "1970-01-01T01:00,a,12,5\n"
                        "1970-01-01T01:00\n"
                        ",,\n"
                        "\n"
                        "1970-01-01T01:00,a,2.385\n");
    assert_true(tidy_read_readings(&tidy, "f.csv", see_reading, &seen));
    assert_string_equal(seen.rows, "a 1800 1.5\na 3600 2.3849999999999998\n");
    assert_string_equal(seen.bad,
                        "f.csv:3: not a time such as 2011-01-31T23:30: '1970-02-30T00:30'\n"
                        "f.csv:4: load is not a number: 'nan'\n"
                        "f.csv:5: load is not a number: '1e999'\n"
                        "f.csv:6: load is empty: ''\n"
                        "f.csv:7: no name of a zone or station after time: '1970-01-01T01:00'\n"
                        "f.csv:8: more fields than the header has (a decimal comma?) after time: "
                        "'1970-01-01T01:00'\n"
                        "f.csv:9: no name of a zone or station after time: '1970-01-01T01:00'\n"
                        "f.csv:10: no name of a zone or station after time: ''\n");
    assert_int_equal(tidy.rows, 10);
    assert_int_equal(tidy.refused, 8);
    tidy.bad = NULL;
    assert_true(tidy_read_readings(&tidy, "f.csv", see_reading, &seen));
    assert_int_equal(tidy.refused, 8);
}

// Beyond them a time could not be written again on every clock, nor in nanoseconds.
static void test_times_of_other_centuries(void **state)
{
    (void)state;
    const struct civil_clock clock = clock_of("+07:00");
    struct seen seen = {.n = 0};
    struct tidy tidy = {.clock = &clock, .bad = see_bad, .bad_context = &seen};
    write_text("f.csv", "time,zone,load\n"
                        "0001-01-01T00:00,a,1\n"
                        "1700-01-01T06:59,a,1\n"
                        "1700-01-01T07:00,b,1\n"
                        "2199-12-31T23:59Z,c,1\n"
                        "2200-01-01T00:00Z,d,1\n");
    assert_true(tidy_read_readings(&tidy, "f.csv", see_reading, &seen));
    assert_string_equal(seen.rows, "b -8520336000 1\nc 7258118340 1\n");
    assert_string_equal(seen.bad,
                        "f.csv:2: not a time of the years 1700 to 2199: '0001-01-01T00:00'\n"
                        "f.csv:3: not a time of the years 1700 to 2199: '1700-01-01T06:59'\n"
                        "f.csv:6: not a time of the years 1700 to 2199: '2200-01-01T00:00Z'\n");
}

static void test_reasons_are_clean_text(void **state)
{
    (void)state;
    const struct civil_clock utc = clock_of("Z");
    struct seen seen = {.n = 0};
    struct tidy tidy = {.clock = &utc, .bad = see_bad, .bad_context = &seen};
    write_text("f.csv", "time,zone,load\n1970-01-01T00:30,a,\"\x1b[2J\n\xff\"\n");
    assert_true(tidy_read_readings(&tidy, "f.csv", see_reading, &seen));
    assert_string_equal(seen.bad, "f.csv:2: load is not a number: '?[2J?"
                                  "?'\n");
}

static void test_meters(void **state)
{
    (void)state;
    const struct civil_clock utc = clock_of("Z");
    struct seen seen = {.n = 0};
    struct tidy tidy = {.clock = &utc, .bad = see_bad, .bad_context = &seen};
    write_text("f.csv", "time,zone,meter,load\n"
                        "1970-01-01T00:30,a,m1,2.25\n"
                        "1970-01-01T00:30,a,,1.5\n");
    assert_true(tidy_read_meters(&tidy, "f.csv", see_meter, &seen));
    assert_string_equal(seen.rows, "a/m1 1800 2.25\na/ 1800 1.5\n");
    *seen.rows = '\0';
    assert_true(tidy_read_readings(&tidy, "f.csv", see_reading, &seen));
    assert_string_equal(seen.rows, "a 1800 1.5\n");
    assert_string_equal(seen.bad, "f.csv:2: load of one meter, not of its zone: 'm1'\n");
    assert_int_equal(tidy.refused, 1);
}

static void test_weather(void **state)
{
    (void)state;
    const struct civil_clock utc = clock_of("Z");
    struct seen seen = {.n = 0};
    struct tidy tidy = {.clock = &utc, .bad = see_bad, .bad_context = &seen};
    write_text("f.csv", "time,station,temp_c,rh_pct\n"
                        "1970-01-01T00:30,w1,-2.75,78.5\n"
                        "1970-01-01T01:00,w1,31.25,\n"
                        "1970-01-01T01:30,w1,31.5,n/a\n"
                        "1970-01-01T02:00,w1,warm,60\n");
    assert_true(tidy_read_weather(&tidy, "f.csv", see_weather, &seen));
    assert_string_equal(seen.rows, "w1 1800 -2.75 78.5\nw1 3600 31.25 nan\nw1 5400 31.5 nan\n");
    assert_string_equal(seen.bad, "f.csv:4: rh_pct is not a number, row taken without it: 'n/a'\n"
                                  "f.csv:5: temp_c is not a number: 'warm'\n");
    assert_int_equal(tidy.refused, 1);
    *seen.rows = '\0';
    write_text("f.csv", "time,station,temp_c\n1970-01-01T00:30,w1,-2.75\n");
    assert_true(tidy_read_weather(&tidy, "f.csv", see_weather, &seen));
    assert_string_equal(seen.rows, "w1 1800 -2.75 nan\n");
}

static void test_holidays(void **state)
{
    (void)state;
    struct seen seen = {.n = 0};
    struct tidy tidy = {.bad = see_bad, .bad_context = &seen};
    struct calendar *calendar = calendar_new();
    write_text("f.csv", "date,name\n2024-02-10,\"Tết, mùng 1\"\n10/2/2024,x\n2024-04-30,\n");
    assert_true(tidy_read_holidays(&tidy, "f.csv", calendar));
    assert_string_equal(seen.bad, "f.csv:3: not a date such as 2011-01-31: '10/2/2024'\n");
    assert_int_equal(calendar_count(calendar), 2);
    assert_true(calendar_day_off(calendar, 19843));
    calendar_free(calendar);
}

static void test_unreadable_files(void **state)
{
    (void)state;
    const struct civil_clock utc = clock_of("Z");
    struct seen seen = {.n = 0};
    struct tidy tidy = {.clock = &utc};
    assert_false(tidy_read_readings(&tidy, "none.csv", see_reading, &seen));
    assert_non_null(strstr(tidy.error, "none.csv"));
    assert_non_null(strstr(tidy.error, strerror(ENOENT)));
    write_text("f.csv", "time,station,temp_c\n");
    assert_false(tidy_read_readings(&tidy, "f.csv", see_reading, &seen));
    assert_non_null(strstr(tidy.error, "zone"));
    assert_true(tidy_read_weather(&tidy, "f.csv", see_weather, &seen));
    assert_string_equal(tidy.error, "");
}

static void test_callback_may_stop(void **state)
{
    (void)state;
    const struct civil_clock utc = clock_of("Z");
    struct seen seen = {.stop_after = 2};
    struct tidy tidy = {.clock = &utc};
    write_text("f.csv", "time,zone,load\n1970-01-01T00:30,a,1\n1970-01-01T01:00,a,2\nx,y,z\n");
    assert_true(tidy_read_readings(&tidy, "f.csv", see_reading, &seen));
    assert_int_equal(seen.n, 2);
    assert_int_equal(tidy.refused, 0);
}

static void test_cut_gzip_gives_the_rows_before(void **state)
{
    (void)state;
    const struct civil_clock utc = clock_of("Z");
    struct seen seen = {.n = 0};
    struct tidy tidy = {.clock = &utc};
    gzFile gz = gzopen("f.csv", "w");
    gzputs(gz, "time,zone,load\n");
    for (int i = 0; i < 100000; i++)
        gzprintf(gz, "19%02d-01-01T00:30,a,%d.%d\n", i % 100, i * 37 % 1000, i * 7919 % 997);
    assert_int_equal(gzclose(gz), Z_OK);
    assert_true(tidy_read_readings(&tidy, "f.csv", see_reading, &seen));
    assert_int_equal(seen.n, 100000);
    FILE *file = fopen("f.csv", "r+");
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    assert_int_equal(ftruncate(fileno(file), ftell(file) / 2), 0);
    fclose(file);
    seen.n = 0;
    assert_false(tidy_read_readings(&tidy, "f.csv", see_reading, &seen));
    assert_in_range(seen.n, 10000, 90000);
    assert_non_null(strstr(tidy.error, "f.csv"));
}

static bool add_up(void *context, const char *station, int64_t instant, double temp_c,
                   double humidity_pct)
{
    (void)station, (void)instant, (void)humidity_pct;
    *(double *)context += temp_c;
    return true;
}

static void test_real_weather(void **state)
{
    (void)state;
    const char *shared = getenv("PHUTAI_SHARED");
    char path[512];
    snprintf(path, sizeof path, "%s/data/gefcom2014l/weather.csv.gz",
             shared ? shared : "../shared");
    if (access(path, R_OK)) {
        print_message("%s is not here\n", path);
        skip();
    }
    const struct civil_clock utc = clock_of("Z");
    struct tidy tidy = {.clock = &utc};
    double sum = 0;
    const clock_t before = clock();
    assert_true(tidy_read_weather(&tidy, path, add_up, &sum));
    fprintf(stderr, "# 2.3 million rows in %.2f s\n", (double)(clock() - before) / CLOCKS_PER_SEC);
    assert_int_equal(tidy.rows, 2318400);
    assert_int_equal(tidy.refused, 0);
    assert_true(isfinite(sum));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_readings, enter_folder, leave_folder),
        cmocka_unit_test_setup_teardown(test_what_is_made_up_says_so, enter_folder, leave_folder),
        cmocka_unit_test_setup_teardown(test_daylight_saving, enter_folder, leave_folder),
        cmocka_unit_test_setup_teardown(test_bad_rows_are_set_aside, enter_folder, leave_folder),
        cmocka_unit_test_setup_teardown(test_times_of_other_centuries, enter_folder, leave_folder),
        cmocka_unit_test_setup_teardown(test_reasons_are_clean_text, enter_folder, leave_folder),
        cmocka_unit_test_setup_teardown(test_meters, enter_folder, leave_folder),
        cmocka_unit_test_setup_teardown(test_weather, enter_folder, leave_folder),
        cmocka_unit_test_setup_teardown(test_holidays, enter_folder, leave_folder),
        cmocka_unit_test_setup_teardown(test_unreadable_files, enter_folder, leave_folder),
        cmocka_unit_test_setup_teardown(test_callback_may_stop, enter_folder, leave_folder),
        cmocka_unit_test_setup_teardown(test_cut_gzip_gives_the_rows_before, enter_folder,
                                        leave_folder),
        cmocka_unit_test(test_real_weather),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
