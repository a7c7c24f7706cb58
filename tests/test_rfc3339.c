// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "daemon/rfc3339.h"

static void expect(int64_t instant, int32_t offset_s, const char *wanted)
{
    char text[RFC3339_LEN];
    rfc3339_write(instant, offset_s, text);
    assert_string_equal(text, wanted);
}

static void has_seconds_and_offset_always(void **state)
{
    (void)state;
    expect(1717480800, 25200, "2024-06-04T13:00:00+07:00");
    expect(1717480801, 25200, "2024-06-04T13:00:01+07:00");
    expect(1717480800, -12600, "2024-06-04T02:30:00-03:30");
    expect(1717480800, 0, "2024-06-04T06:00:00Z");
    expect(1717480859, 0, "2024-06-04T06:00:59Z");
}

static void stays_within_the_years_that_can_be_written(void **state)
{
    (void)state;
    expect(INT64_MAX, 0, "9999-12-31T23:59:59Z");
    expect(INT64_MAX, -3600, "9999-12-31T23:59:59-01:00");
    expect(INT64_MIN, 25200, "0001-01-01T00:00:00+07:00");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(has_seconds_and_offset_always),
        cmocka_unit_test(stays_within_the_years_that_can_be_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
