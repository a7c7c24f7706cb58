// SPDX-License-Identifier: GPL-3.0-or-later
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "config/text.h"

static void reads_integers(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t value;
    } good[] = {{"0", 0},
                {"-0", 0},
                {"007", 7},
                {"+41", 41},
                {"-2385", -2385},
                {"9223372036854775807", INT64_MAX},
                {"-9223372036854775808", INT64_MIN}};
    static const char *const bad[] = {"",
                                      "-",
                                      "+",
                                      " 1",
                                      "1 ",
                                      "1.",
                                      "0x1",
                                      "--1",
                                      "1e3",
                                      "9223372036854775808",
                                      "٣",
                                      "1,0",
                                      "-9223372036854775809"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        int64_t value = 12345;
        assert_true(text_integer(good[i].text, &value));
        assert_int_equal(value, good[i].value);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        int64_t value = 12345;
        if (text_integer(bad[i], &value))
            fail_msg("'%s' was read as an integer", bad[i]);
        assert_int_equal(value, 12345);
    }
}

static void reads_reals(void **state)
{
    (void)state;
    static const char *const good[] = {"1",
                                       "-2.5",
                                       ".5",
                                       "1.",
                                       "1e6",
                                       "-1E-6",
                                       "+3.25",
                                       "2.385",
                                       "0",
                                       "-0.0",
                                       "1e22",
                                       "1e23",
                                       "1e-22",
                                       "0.000000000000001",
                                       "123456789012345678",
                                       "9007199254740993",
                                       "1.7976931348623157e308",
                                       "4.9e-324",
                                       "1e-400",
                                       "0.1234567890123456789012345",
                                       "100000000000000000000000000000",
                                       "8.5e-23",
                                       "000000000000000000000000.25",
                                       "0.3e1",
                                       "179769313486231570000000000000.0000000000001e10"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        double value = (double)NAN;
        assert_true(text_real(good[i], &value));
        const double expected = strtod(good[i], NULL);
        if (memcmp(&value, &expected, sizeof value) != 0)
            fail_msg("'%s' was read as %.17g, not %.17g", good[i], value, expected);
    }
    static const char *const bad[] = {"",
                                      ".",
                                      "-",
                                      "e5",
                                      "1e",
                                      "1e+",
                                      "1.2.3",
                                      "1,5",
                                      " 1",
                                      "1 ",
                                      "nan",
                                      "inf",
                                      "0x1p3",
                                      "1f",
                                      "1e309",
                                      "-1e400",
                                      "1e99999999999999999999",
                                      "--1",
                                      "1_0",
                                      "-.e1"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        double value = 2.385;
        if (text_real(bad[i], &value))
            fail_msg("'%s' was read as %g", bad[i], value);
        assert_true(value == 2.385);
    }
}

static void reads_durations(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t seconds;
    } good[] = {{"90s", 90},    {"30min", 1800},     {"24h", 86400},
                {"7d", 604800}, {"5y", 157680000},   {"1d12h", 129600},
                {"0s", 0},      {"1h30min7s", 5407}, {"12h1d", 129600}};
    static const char *const bad[] = {"",
                                      "5",
                                      "h",
                                      "-5s",
                                      "1.5h",
                                      "5 s",
                                      "5m",
                                      "5S",
                                      "1d12",
                                      "min",
                                      "1dd",
                                      "s5",
                                      " 5s",
                                      "5s ",
                                      "292471208678y",
                                      "9223372036854775808s",
                                      "106751991167300d1y"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        int64_t seconds = -1;
        assert_true(text_duration(good[i].text, &seconds));
        assert_int_equal(seconds, good[i].seconds);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        int64_t seconds = -1;
        if (text_duration(bad[i], &seconds))
            fail_msg("'%s' was read as a duration", bad[i]);
        assert_int_equal(seconds, -1);
    }
}

static void reads_sizes(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t bytes;
    } good[] = {{"25MB", 25000000},  {"0B", 0},        {"17B", 17},       {"3kB", 3000},
                {"2GB", 2000000000}, {"64KiB", 65536}, {"5MiB", 5242880}, {"1GiB", 1073741824}};
    static const char *const bad[] = {"",      "25",  "25XB",  "MB",
                                      "25 MB", "-1B", "2.5MB", "25mb",
                                      "25M",   "1TB", "25MB ", "9223372036854775807kB"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        int64_t bytes = -1;
        assert_true(text_bytes(good[i].text, &bytes));
        assert_int_equal(bytes, good[i].bytes);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        int64_t bytes = -1;
        if (text_bytes(bad[i], &bytes))
            fail_msg("'%s' was read as a size", bad[i]);
    }
}

static void reads_dates(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t day;
    } good[] = {{"1970-01-01", 0},     {"2011-01-31", 15005},   {"2024-02-29", 19782},
                {"1969-12-31", -1},    {"0001-01-01", -719162}, {"9999-12-31", 2932896},
                {"2000-02-29", 11016}, {"1900-03-01", -25508}};
    static const char *const bad[] = {
        "2011-02-29", "1900-02-29", "2011-13-01",  "2011-00-10",      "2011-04-31",  "2011-1-1",
        "11-01-01",   "2011/01/01", "2011-01-00",  "0000-01-01",      "2011-01-01x", "",
        "2011-01-1",  "31-01-2011", "+2011-01-01", "2011-01-01T00:00"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        int64_t day = -99;
        assert_true(text_date(good[i].text, &day));
        assert_int_equal(day, good[i].day);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        int64_t day = -99;
        if (text_date(bad[i], &day))
            fail_msg("'%s' was read as a date", bad[i]);
        assert_int_equal(day, -99);
    }
}

static void reads_times(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t local_s;
        int32_t offset_s;
    } good[] = {
        {"2011-01-01T00:00", 1293840000, TEXT_NO_OFFSET},
        {"2011-01-01", 1293840000, TEXT_NO_OFFSET},
        {"2011-01-01 13:45", 1293889500, TEXT_NO_OFFSET},
        {"2011-01-01T13:45:17", 1293889517, TEXT_NO_OFFSET},
        {"2011-01-01T13:45:17.999", 1293889517, TEXT_NO_OFFSET},
        {"2011-01-01T13:45Z", 1293889500, 0},
        {"2011-01-01T13:45:17.5+07:00", 1293889517, 25200},
        {"2011-01-01T13:45-0330", 1293889500, -12600},
        {"2011-01-01T13:45+07", 1293889500, 25200},
        {"1969-12-31T23:59:59Z", -1, 0},
    };
    static const char *const bad[] = {"",
                                      "2011-01-01T",
                                      "2011-01-01T24:00",
                                      "2011-01-01T00:60",
                                      "2011-01-01T00:00:60",
                                      "2011-01-01T1:00",
                                      "2011-01-01T00:00:",
                                      "2011-01-01T00:00:1",
                                      "2011-01-01T00:00:00.",
                                      "2011-01-01T00:00+7",
                                      "2011-01-01T00:00+07:",
                                      "2011-01-01T00:00+07:60",
                                      "2011-01-01T00:00+24:00",
                                      "2011-01-01T00:00ZZ",
                                      "2011-01-01T00:00 +07:00",
                                      "2011-01-01Z",
                                      "2011-01-01t00:00",
                                      "2011-02-29T00:00",
                                      " 2011-01-01T00:00",
                                      "2011-01-01T00:00:00,5",
                                      "2011-01-01T00:00+07:000",
                                      "2011-01-01T00",
                                      "2011-01-01  00:00",
                                      "1293840000"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        int64_t local_s = -99;
        int32_t offset_s = -99;
        assert_true(text_time(good[i].text, &local_s, &offset_s));
        assert_int_equal(local_s, good[i].local_s);
        assert_int_equal(offset_s, good[i].offset_s);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        int64_t local_s = -99;
        int32_t offset_s = -99;
        if (text_time(bad[i], &local_s, &offset_s))
            fail_msg("'%s' was read as a time", bad[i]);
        assert_int_equal(local_s, -99);
        assert_int_equal(offset_s, -99);
    }
}

// A text that ends anywhere must be refused without a look beyond its end (ASan watches).
static void reads_no_further_than_the_end(void **state)
{
    (void)state;
    static const char whole[] = "2011-01-01T13:45:17.5+07:00";
    for (size_t length = 0; length < sizeof whole; length++) {
        char *cut = malloc(length + 1);
        assert_non_null(cut);
        memcpy(cut, whole, length);
        cut[length] = '\0';
        int64_t number;
        int32_t offset_s;
        double real;
        (void)!text_time(cut, &number, &offset_s);
        (void)!text_date(cut, &number);
        (void)!text_duration(cut, &number);
        (void)!text_bytes(cut, &number);
        (void)!text_real(cut, &real);
        free(cut);
    }
}

static void writes_times(void **state)
{
    (void)state;
    static const struct {
        int64_t local_s;
        int32_t offset_s;
        const char *text;
    } cases[] = {
        {1293840000, TEXT_NO_OFFSET, "2011-01-01T00:00"},
        {1293889517, 25200, "2011-01-01T13:45:17+07:00"},
        {1293889500, 0, "2011-01-01T13:45Z"},
        {1293889500, -12600, "2011-01-01T13:45-03:30"},
        {-1, TEXT_NO_OFFSET, "1969-12-31T23:59:59"},
        {951782400, TEXT_NO_OFFSET, "2000-02-29T00:00"},
        {TEXT_TIME_MIN, 0, "0001-01-01T00:00Z"},
        {TEXT_TIME_MAX, 50400, "9999-12-31T23:59:59+14:00"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[TEXT_TIME_LEN];
        text_write_time(cases[i].local_s, cases[i].offset_s, text);
        assert_string_equal(text, cases[i].text);
    }
}

// Against the C library, over 9999 years in odd steps, and back again.
static void agrees_with_the_c_library(void **state)
{
    (void)state;
    for (int64_t local_s = TEXT_TIME_MIN; local_s <= TEXT_TIME_MAX; local_s += 23456789) {
        char text[TEXT_TIME_LEN], expected[TEXT_TIME_LEN + 16];
        struct tm tm;
        const time_t time = local_s;
        assert_non_null(gmtime_r(&time, &tm));
        snprintf(expected, sizeof expected, "%04d-%02d-%02dT%02d:%02d", tm.tm_year + 1900,
                 tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min);
        text_write_time(local_s, TEXT_NO_OFFSET, text);
        assert_int_equal(strncmp(text, expected, 16), 0);
        int64_t back = 0;
        int32_t offset_s = 0;
        assert_true(text_time(text, &back, &offset_s));
        assert_int_equal(back, local_s);
    }
}

static void knows_clean_text(void **state)
{
    (void)state;
    static const char *const good[] = {"",           "a\tb",       "Bắc Giang",    "\u00e9\u20ac",
                                       "\U0010FFFF", "\U00010000", "\xED\x9F\xBF", "\xEE\x80\x80"};
    static const char *const bad[] = {"a\nb",
                                      "\x7F",
                                      "\x1B[31m",
                                      "\x80",
                                      "\xC3",
                                      "\xC3(",
                                      "\xC0\xAF",
                                      "\xC1\xBF",
                                      "\xE0\x9F\xBF",
                                      "\xE2\x82",
                                      "\xED\xA0\x80",
                                      "\xF0\x8F\xBF\xBF",
                                      "\xF4\x90\x80\x80",
                                      "\xF5\x80\x80\x80",
                                      "\xFF",
                                      "\xE2\x82(",
                                      "\xF0\x90\x80",
                                      "B\xE1g"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        if (!text_is_clean(good[i]))
            fail_msg("good text %zu was refused", i);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (text_is_clean(bad[i]))
            fail_msg("bad text %zu was taken", i);
}

static void makes_text_clean(void **state)
{
    (void)state;
    static const struct {
        const char *text, *clean;
    } cases[] = {{"", ""},
                 {"Bắc\tGiang", "Bắc\tGiang"},
                 {"a\n\x1B[31m\x7F", "a??[31m?"},
                 {"B\xE1g \xFF", "B?g ?"},
                 {"Bắc Gian\xE1\xBA", "Bắc Gian??"},
                 {"\xC3(\xC3\xA9", "?(\u00e9"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[32];
        strcpy(text, cases[i].text);
        text_make_clean(text);
        assert_string_equal(text, cases[i].clean);
        assert_true(text_is_clean(text));
    }
}

static void test_is_url(void **state)
{
    (void)state;
    static const char *const good[] = {"http://h", "https://h:8086/a"};
    static const char *const bad[] = {"",           "http://",    "https://",     "ftp://h",
                                      "h",          "http:/h",    "http://u@h",   "http://h?q",
                                      "http://h#f", "http://h a", "http://h\tb/c"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_true(text_is_url(good[i]));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(text_is_url(bad[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_integers),
        cmocka_unit_test(reads_reals),
        cmocka_unit_test(reads_durations),
        cmocka_unit_test(reads_sizes),
        cmocka_unit_test(reads_dates),
        cmocka_unit_test(reads_times),
        cmocka_unit_test(reads_no_further_than_the_end),
        cmocka_unit_test(writes_times),
        cmocka_unit_test(agrees_with_the_c_library),
        cmocka_unit_test(knows_clean_text),
        cmocka_unit_test(makes_text_clean),
        cmocka_unit_test(test_is_url),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
