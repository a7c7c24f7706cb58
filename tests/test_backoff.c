// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "daemon/backoff.h"

static void assert_between(int64_t ms, int64_t least, int64_t most)
{
    if (ms < least || ms > most)
        fail_msg("%lld is not from %lld to %lld", (long long)ms, (long long)least, (long long)most);
}

static void pauses_double_up_to_a_limit(void **state)
{
    (void)state;
    for (int k = 0; k < 1000; k++) {
        assert_between(backoff_ms(1000, 60000, 0), 500, 1000);
        assert_between(backoff_ms(1000, 60000, 3), 4000, 8000);
        assert_between(backoff_ms(1000, 60000, 6), 30000, 60000);
        assert_between(backoff_ms(1000, 60000, INT32_MAX), 30000, 60000);
        assert_between(backoff_ms(5000, 1000, 0), 500, 1000);
        assert_between(backoff_ms(1, INT64_MAX / 4, 61), INT64_MAX / 8, INT64_MAX / 4);
    }
}

static void half_of_a_pause_is_left_to_chance(void **state)
{
    (void)state;
    int64_t least = INT64_MAX, most = 0;
    for (int k = 0; k < 1000; k++) {
        const int64_t ms = backoff_chance(1000);
        least = ms < least ? ms : least;
        most = ms > most ? ms : most;
    }
    assert_between(least, 500, 520);
    assert_between(most, 980, 1000);
    assert_int_equal(backoff_chance(0), 0);
}

static void a_server_is_listened_to(void **state)
{
    (void)state;
    assert_int_equal(backoff_asked_ms(1000, 2000, 9, 7), 7000);
    assert_int_equal(backoff_asked_ms(1000, 2000, 9, 86400), 3600000);
    assert_between(backoff_asked_ms(1000, 2000, 0, 0), 500, 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pauses_double_up_to_a_limit),
        cmocka_unit_test(half_of_a_pause_is_left_to_chance),
        cmocka_unit_test(a_server_is_listened_to),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
