// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/civil.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

static const char melbourne[] = "AEST-10AEDT,M10.1.0,M4.1.0/3";
static const char new_york[] = "EST5EDT,M3.2.0,M11.1.0";

static struct civil_clock clock_of(const char *text)
{
    struct civil_clock clock;
    assert_true(civil_clock_parse(text, &clock));
    return clock;
}

static int64_t local(int year, int month, int day, int hour, int minute)
{
    return civil_day_from_date((struct civil_date){year, month, day}) * CIVIL_DAY_S +
           hour * CIVIL_HOUR_S + minute * 60;
}

static void test_known_days(void **state)
{
    (void)state;
    assert_int_equal(civil_day_from_date((struct civil_date){1970, 1, 1}), 0);
    assert_int_equal(civil_day_from_date((struct civil_date){1969, 12, 31}), -1);
    assert_int_equal(civil_day_from_date((struct civil_date){2000, 2, 29}), 11016);
    assert_int_equal(civil_day_from_date((struct civil_date){2000, 3, 1}), 11017);
    assert_int_equal(civil_day_from_date((struct civil_date){2024, 2, 10}), 19763);
    assert_int_equal(civil_weekday(0), 3);
    assert_int_equal(civil_weekday(-4), 6);
    assert_int_equal(civil_weekday(19763), 5);
}

static void test_leap_years(void **state)
{
    (void)state;
    assert_true(civil_date_valid((struct civil_date){2024, 2, 29}));
    assert_true(civil_date_valid((struct civil_date){2000, 2, 29}));
    assert_false(civil_date_valid((struct civil_date){2023, 2, 29}));
    assert_false(civil_date_valid((struct civil_date){1900, 2, 29}));
    assert_false(civil_date_valid((struct civil_date){2100, 2, 29}));
    assert_false(civil_date_valid((struct civil_date){2024, 4, 31}));
    assert_true(civil_date_valid((struct civil_date){2023, 12, 31}));
    assert_true(civil_date_valid((struct civil_date){9999, 12, 31}));
    assert_true(civil_date_valid((struct civil_date){1, 1, 1}));
}

static void test_dates_that_are_none(void **state)
{
    (void)state;
    static const struct civil_date bad[] = {{0, 1, 1},     {10000, 1, 1}, {2023, 0, 1},
                                            {2023, 13, 1}, {2023, 1, 0},  {2023, 1, 32},
                                            {2023, 1, -1}, {2023, -1, 1}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(civil_date_valid(bad[i]));
}

// Every day of years 1 to 9999 beside glibc's timegm and back again.
static void test_days_agree_with_the_c_library(void **state)
{
    (void)state;
    int64_t last = civil_day_from_date((struct civil_date){9999, 12, 31});
    int64_t day = civil_day_from_date((struct civil_date){1, 1, 1});
    for (; day <= last; day += day > -40000 && day < 40000 ? 1 : 17) {
        struct civil_date date = civil_date_from_day(day);
        struct tm tm = {.tm_year = date.year - 1900, .tm_mon = date.month - 1, .tm_mday = date.day};
        assert_int_equal(timegm(&tm), day * CIVIL_DAY_S);
        assert_int_equal(tm.tm_mday, date.day);
        assert_int_equal((tm.tm_wday + 6) % 7, civil_weekday(day));
        assert_int_equal(civil_day_from_date(date), day);
    }
}

static void test_day_and_second_before_1970(void **state)
{
    (void)state;
    assert_int_equal(civil_day(-1), -1);
    assert_int_equal(civil_second_of_day(-1), 86399);
    assert_int_equal(civil_day(-86400), -1);
    assert_int_equal(civil_second_of_day(-86400), 0);
    assert_int_equal(civil_day(-86401), -2);
    assert_int_equal(civil_day(86399), 0);
    assert_int_equal(civil_second_of_day(2385), 2385);
}

static void test_fixed_offsets(void **state)
{
    (void)state;
    assert_int_equal(clock_of("+07:00").offset_s, 25200);
    assert_int_equal(clock_of("-03:30").offset_s, -12600);
    assert_int_equal(clock_of("+05:45").offset_s, 20700);
    assert_int_equal(clock_of("Z").offset_s, 0);
    assert_int_equal(clock_of("<+07>-7").offset_s, 25200);
    assert_int_equal(clock_of("ICT-7").offset_s, 25200);
    assert_int_equal(clock_of("NST3:30:01").offset_s, -12601);
    assert_false(clock_of("UTC0").daylight);
    struct civil_clock hanoi = clock_of("+07:00");
    assert_int_equal(civil_local(&hanoi, 0), 25200);
    assert_int_equal(civil_instant(&hanoi, 25200), 0);
}

static void test_posix_rules_are_read_whole(void **state)
{
    (void)state;
    struct civil_clock clock = clock_of(melbourne);
    assert_true(clock.daylight);
    assert_int_equal(clock.offset_s, 36000);
    assert_int_equal(clock.dst_offset_s, 39600);
    assert_int_equal(clock.start.month, 10);
    assert_int_equal(clock.start.week, 1);
    assert_int_equal(clock.start.weekday, 0);
    assert_int_equal(clock.start.local_s, 7200);
    assert_int_equal(clock.end.month, 4);
    assert_int_equal(clock.end.local_s, 10800);
    clock = clock_of("<+1030>-10:30<+11>-11,M10.1.0,M4.1.0");
    assert_int_equal(clock.dst_offset_s - clock.offset_s, 1800);
    clock = clock_of("<-02>2<-01>,M3.5.0/-1,M10.5.0/0:15:30");
    assert_int_equal(clock.start.local_s, -3600);
    assert_int_equal(clock.end.local_s, 930);
    assert_int_equal(clock.start.week, 5);
}

static void test_texts_that_are_no_clock(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "+7:00",
        "+07:60",
        "+24:00",
        "07:00",
        "+07:00 ",
        "+0700",
        "z",
        "+07",
        "Asia/Ho_Chi_Minh",
        "AB1",
        "ICT",
        "ICT-25",
        "ICT-7:60",
        "ICT-7x",
        "<+07-7",
        "EST5EDT",
        "EST5EDT,",
        "EST5EDT,M3.2.0",
        "EST5EDT,M3.2.0,M11.1",
        "EST5EDT,M13.2.0,M11.1.0",
        "EST5EDT,M3.0.0,M11.1.0",
        "EST5EDT,M3.6.0,M11.1.0",
        "EST5EDT,M3.2.7,M11.1.0",
        "EST5EDT,M0.2.0,M11.1.0",
        "EST5EDT,M3.2.0,M11.1.0x",
        "EST5EDT,M3.2.0/168,M11.1.0",
        "EST5EDT,J60,J300",
        "EST5EDT,M3.2.0/,M11.1.0",
        "EST5EDT,M3.02.0,M11.1.0",
        "EST5:EDT",
        "ICT--7",
        "+-7:00",
        "ICT99999999999",
        "EST5:30:EDT",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct civil_clock clock = {.offset_s = 2385};
        if (civil_clock_parse(bad[i], &clock))
            fail_msg("'%s' was taken for a clock", bad[i]);
        assert_int_equal(clock.offset_s, 2385);
    }
}

// Melbourne 2013: clocks back on 7 April at 03:00, forward on 6 October at 02:00.
static void test_melbourne(void **state)
{
    (void)state;
    struct civil_clock clock = clock_of(melbourne);
    int64_t back = 1365264000, forward = 1380988800; // 2013-04-06T16:00Z, 2013-10-05T16:00Z
    assert_int_equal(civil_offset(&clock, back - 1), 39600);
    assert_int_equal(civil_offset(&clock, back), 36000);
    assert_int_equal(civil_offset(&clock, forward - 1), 36000);
    assert_int_equal(civil_offset(&clock, forward), 39600);
    assert_int_equal(civil_local(&clock, forward), local(2013, 10, 6, 3, 0));
    assert_int_equal(civil_local(&clock, back), local(2013, 4, 7, 2, 0));
    // 02:30 on 7 April comes twice; the first is meant.
    assert_int_equal(civil_instant(&clock, local(2013, 4, 7, 2, 30)), back - 1800);
    assert_int_equal(civil_instant(&clock, local(2013, 4, 7, 3, 0)), back + 3600);
    // 02:30 on 6 October never comes; the clock before the change would have given it half an hour
    // after the change.
    assert_int_equal(civil_instant(&clock, local(2013, 10, 6, 2, 30)), forward + 1800);
    assert_int_equal(civil_instant(&clock, local(2013, 10, 6, 3, 0)), forward);
    assert_int_equal(civil_offset(&clock, local(2013, 1, 1, 0, 0)), 39600);
}

static void test_new_york(void **state)
{
    (void)state;
    struct civil_clock clock = clock_of(new_york);
    int64_t forward = 1300000000 - 400, back = 1320559200; // 2011-03-13T07:00Z, 2011-11-06T06:00Z
    assert_int_equal(civil_local(&clock, forward - 1), local(2011, 3, 13, 2, 0) - 1);
    assert_int_equal(civil_local(&clock, forward), local(2011, 3, 13, 3, 0));
    assert_int_equal(civil_instant(&clock, local(2011, 3, 13, 2, 15)), forward + 900);
    assert_int_equal(civil_offset(&clock, back - 1), -14400);
    assert_int_equal(civil_offset(&clock, back), -18000);
    assert_int_equal(civil_instant(&clock, local(2011, 11, 6, 1, 30)), back - 1800);
}

// In Ireland the rule's "daylight" clock is the winter's, and it is behind.
static void test_daylight_that_is_behind(void **state)
{
    (void)state;
    struct civil_clock clock = clock_of("IST-1GMT0,M10.5.0,M3.5.0/1");
    int64_t forward = 1711846800, back = 1729990800; // 2024-03-31T01:00Z, 2024-10-27T01:00Z
    assert_int_equal(civil_offset(&clock, forward - 1), 0);
    assert_int_equal(civil_offset(&clock, forward), 3600);
    assert_int_equal(civil_offset(&clock, back), 0);
    assert_int_equal(civil_instant(&clock, local(2024, 10, 27, 1, 30)), back - 1800);
    assert_int_equal(civil_instant(&clock, local(2024, 3, 31, 1, 30)), forward + 1800);
}

// A change in the first hours of a year belongs to the year on the wall: 1984 began on a Sunday.
static void test_change_on_new_years_day(void **state)
{
    (void)state;
    struct civil_clock clock = clock_of("<+10>-10<+11>,M12.5.0,M1.1.0/3");
    int64_t back = 441734400; // 1983-12-31T16:00Z
    assert_int_equal(civil_offset(&clock, back - 1), 39600);
    assert_int_equal(civil_offset(&clock, back), 36000);
    assert_int_equal(civil_local(&clock, back), local(1984, 1, 1, 2, 0));
}

static const char *const zones[] = {melbourne,
                                    new_york,
                                    "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0",
                                    "CET-1CEST,M3.5.0,M10.5.0/3",
                                    "<+1245>-12:45<+1345>,M9.5.0/2:45,M4.1.0/3:45",
                                    "<-02>2<-01>,M3.5.0/-1,M10.5.0/0",
                                    "IST-1GMT0,M10.5.0,M3.5.0/1",
                                    "<+10>-10<+11>,M12.5.0,M1.2.0/3",
                                    "<+07>-7"};

// 200 years of instants, some hours apart, beside localtime_r under the same rule. Before 1970 the
// C library misplaces the changes.
static void test_clocks_agree_with_the_c_library(void **state)
{
    (void)state;
    for (size_t z = 0; z < sizeof zones / sizeof *zones; z++) {
        struct civil_clock clock = clock_of(zones[z]);
        assert_int_equal(setenv("TZ", zones[z], 1), 0);
        tzset();
        for (int64_t t = 0; t < 6311433600; t += 97 * 60 * (z < 1 ? 3 : 10)) {
            time_t now = t;
            struct tm tm;
            assert_non_null(localtime_r(&now, &tm));
            if (tm.tm_gmtoff != civil_offset(&clock, t))
                fail_msg("%s at %lld: %ld, not %d", zones[z], (long long)t, tm.tm_gmtoff,
                         civil_offset(&clock, t));
        }
    }
}

// The way back from a local time: itself, except in the second hour of an overlap.
static void test_round_trips(void **state)
{
    (void)state;
    for (size_t z = 0; z < sizeof zones / sizeof *zones; z++) {
        struct civil_clock clock = clock_of(zones[z]);
        int64_t twice = 0;
        for (int64_t t = -2208988800; t < 4102444800; t += 1800 * (z < 1 ? 1 : 13)) {
            int64_t back = civil_instant(&clock, civil_local(&clock, t));
            assert_true(back <= t && t - back <= 3600);
            assert_int_equal(civil_local(&clock, back), civil_local(&clock, t));
            twice += back != t;
        }
        if (z < 1)
            assert_in_range(twice, 2 * 199, 2 * 201);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known_days),
        cmocka_unit_test(test_leap_years),
        cmocka_unit_test(test_dates_that_are_none),
        cmocka_unit_test(test_days_agree_with_the_c_library),
        cmocka_unit_test(test_day_and_second_before_1970),
        cmocka_unit_test(test_fixed_offsets),
        cmocka_unit_test(test_posix_rules_are_read_whole),
        cmocka_unit_test(test_texts_that_are_no_clock),
        cmocka_unit_test(test_melbourne),
        cmocka_unit_test(test_new_york),
        cmocka_unit_test(test_daylight_that_is_behind),
        cmocka_unit_test(test_change_on_new_years_day),
        cmocka_unit_test(test_clocks_agree_with_the_c_library),
        cmocka_unit_test(test_round_trips),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
