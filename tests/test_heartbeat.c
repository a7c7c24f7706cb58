// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "daemon/heartbeat.h"

static void writes_what_there_is(void **state)
{
    (void)state;
    struct buffer out;
    struct heartbeat heartbeat = {1711929600, 2385, 600, 1800, 7200, 3600};
    buffer_init(&out, 4096);
    heartbeat_points(&out, &heartbeat);
    assert_string_equal(
        out.data, "heartbeat,source=forecast age_s=600.0 1711929600000000000\n"
                  "heartbeat,source=phutaid age_s=600.0,uptime_s=2385.0 1711929600000000000\n"
                  "heartbeat,source=readings age_max_s=7200.0,age_s=1800.0 1711929600000000000\n"
                  "heartbeat,source=weather age_s=3600.0 1711929600000000000\n");
    buffer_done(&out);
}

static void leaves_out_what_there_is_not(void **state)
{
    (void)state;
    struct buffer out;
    struct heartbeat heartbeat = {
        1711929600, 0, HEARTBEAT_NEVER, HEARTBEAT_NEVER, HEARTBEAT_NEVER, HEARTBEAT_NEVER};
    buffer_init(&out, 4096);
    heartbeat_points(&out, &heartbeat);
    assert_string_equal(out.data, "heartbeat,source=phutaid uptime_s=0.0 1711929600000000000\n");
    buffer_done(&out);
}

static void beats_on_the_minute(void **state)
{
    (void)state;
    assert_int_equal(heartbeat_next(1711929600, 60), 1711929660);
    assert_int_equal(heartbeat_next(1711929659, 60), 1711929660);
    assert_int_equal(heartbeat_next(1711929661, 1), 1711929662);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_what_there_is),
        cmocka_unit_test(leaves_out_what_there_is_not),
        cmocka_unit_test(beats_on_the_minute),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
