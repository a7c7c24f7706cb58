// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "config/stamp.h"
#include "config/text.h"

static int64_t local(const char *iso)
{
    int64_t local_s = 0;
    int32_t offset_s;
    assert_true(text_time(iso, &local_s, &offset_s));
    return local_s;
}

static void reads_what_exports_write(void **state)
{
    (void)state;
    static const struct {
        const char *text, *iso;
        bool slashed, day_end;
    } cases[] = {
        {"2024-06-08T10:30", "2024-06-08T10:30", false, false},
        {"2024-06-08 9:05", "2024-06-08T09:05", false, false},
        {"2024-06-08", "2024-06-08T00:00", false, false},
        {"2024/6/8 10:30:15", "2024-06-08T10:30:15", false, false},
        {"08/06/2024 10:30", "2024-06-08T10:30", true, false},
        {"8-6-2024 10:30", "2024-06-08T10:30", true, false},
        {"8.6.2024, 10:30:15.250", "2024-06-08T10:30:15", true, false},
        {"10:30 08/06/2024", "2024-06-08T10:30", true, false},
        {"08/06/2024 10h30", "2024-06-08T10:30", true, false},
        {"08/06/2024 10h", "2024-06-08T10:00", true, false},
        {"08/06/2024 7", "2024-06-08T07:00", true, false},
        {"08/06/2024 12:30 SA", "2024-06-08T00:30", true, false},
        {"08/06/2024 12:30:00 CH", "2024-06-08T12:30", true, false},
        {"08/06/2024 7:30 PM", "2024-06-08T19:30", true, false},
        {"31/12/2024 24:00", "2025-01-01T00:00", true, true},
        {"2024-02-28T24:00:00", "2024-02-29T00:00", false, true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct stamp stamp = {0};
        if (stamp_read(cases[i].text, &stamp) != STAMP_OK || stamp.local_s != local(cases[i].iso) ||
            stamp.slashed != cases[i].slashed || stamp.day_end != cases[i].day_end ||
            stamp.offset_s != TEXT_NO_OFFSET)
            fail_msg("'%s'", cases[i].text);
    }
}

static void refuses_the_rest(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "08/06/2024",
        "31/02/2024 10:30",
        "2024-06-08 24:30",
        "10:30",
        "2024-06-08 10:60",
        "08/06/24 10:30",
        "08/06/2024 13:30 CH",
        "08/06/2024 0:30 SA",
        "08/06-2024 10:30",
        "08/06/2024 10:30 x",
        "2024-13-13 10:30",
        "0000-01-01 10:30",
        "08/06/2024 10h3",
        "08/06/2024 10:3",
        "08/06/2024  ",
        "1/1/20241 10:30",
        "//",
        "45450.5",
    };
    struct stamp stamp;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (stamp_read(bad[i], &stamp) != STAMP_NONE)
            fail_msg("'%s'", bad[i]);
    assert_int_equal(stamp_read("06/18/2024 10:30", &stamp), STAMP_MONTH_FIRST);
    assert_int_equal(stamp_read("10:30 06/18/2024", &stamp), STAMP_MONTH_FIRST);
}

static void knows_offsets(void **state)
{
    (void)state;
    struct stamp stamp;
    assert_int_equal(stamp_read("2024-06-08T10:30+07:00", &stamp), STAMP_OK);
    assert_int_equal(stamp.offset_s, 25200);
    assert_int_equal(stamp_read("2024-06-08 9:30 -0330", &stamp), STAMP_OK);
    assert_int_equal(stamp.offset_s, -12600);
    assert_true(stamp_read_format("%s", "1717842600", &stamp));
    assert_int_equal(stamp.local_s, 1717842600);
    assert_int_equal(stamp.offset_s, 0);
}

static void reads_by_a_format(void **state)
{
    (void)state;
    static const struct {
        const char *format, *text, *iso;
    } cases[] = {
        {"%d/%m/%Y %H:%M", "8/6/2024   7:30", "2024-06-08T07:30"},
        {"%m/%d/%Y %I:%M:%S %p", "06/08/2024 12:00:01 am", "2024-06-08T00:00:01"},
        {"%Y%m%d%H%M", "202406080730", "2024-06-08T07:30"},
        {"%y-%m-%d", "24-06-08", "2024-06-08"},
        {"100%% %d.%m.%Y", "100% 08.06.2024", "2024-06-08"},
        {"%d/%m/%Y %H:%M", "08/06/2024 24:00", "2024-06-09"},
        {"%d/%m/%Y %H:%M", "08/06/2024", NULL},
        {"%d/%m/%Y %H:%M", "08/06/2024 7:30x", NULL},
        {"%d/%m/%Y %H:%M", "08/06/2024 25:00", NULL},
        {"%d/%m/%Y %H:%M", "30/02/2024 20:00", NULL},
        {"%d/%m/%Y", "", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct stamp stamp = {0};
        const bool good = stamp_read_format(cases[i].format, cases[i].text, &stamp);
        if (good != !!cases[i].iso || (good && stamp.local_s != local(cases[i].iso)))
            fail_msg("'%s' by '%s'", cases[i].text, cases[i].format);
    }
    assert_true(stamp_format_valid("%d/%m/%Y %H:%M") && stamp_format_valid("%s"));
    assert_false(stamp_format_valid("%d/%m %H:%M"));
    assert_false(stamp_format_valid("%d/%b/%Y"));
    assert_false(stamp_format_valid("%d/%m/%Y %"));
    assert_false(stamp_format_valid(""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_exports_write),
        cmocka_unit_test(refuses_the_rest),
        cmocka_unit_test(knows_offsets),
        cmocka_unit_test(reads_by_a_format),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
