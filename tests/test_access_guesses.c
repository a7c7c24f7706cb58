// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/access_guesses.h"

enum { MOST = 3, NOW = 1000000 };

static const uint8_t *network(uint32_t number)
{
    static uint8_t bytes[ACCESS_PEER_BYTES];
    memcpy(bytes, &number, sizeof number);
    return bytes;
}

static void count(struct access_guesses *guesses, uint32_t number, int times, int64_t now)
{
    for (int k = 0; k < times; k++)
        access_guesses_count(guesses, network(number), now);
}

static int wait_s(const struct access_guesses *guesses, uint32_t number, int64_t now)
{
    return access_guesses_wait_s(guesses, network(number), MOST, now);
}

static void who_failed_too_often_waits_for_the_minute_to_end(void **state)
{
    (void)state;
    struct access_guesses *guesses = calloc(1, sizeof *guesses);
    count(guesses, 1, 1, NOW);
    count(guesses, 1, MOST - 2, NOW + 20);
    assert_int_equal(wait_s(guesses, 1, NOW + 20), 0);
    count(guesses, 1, 1, NOW + 20);
    assert_int_equal(wait_s(guesses, 1, NOW + 20), 40);
    assert_int_equal(wait_s(guesses, 1, NOW + 59), 1);
    assert_int_equal(wait_s(guesses, 1, NOW + 60), 0);
    assert_int_equal(wait_s(guesses, 2, NOW + 20), 0);
    assert_int_equal(wait_s(guesses, 1, NOW - 1), 0); // the clock was set back
    count(guesses, 1, 1, NOW + 60);                   // a minute of its own
    assert_int_equal(wait_s(guesses, 1, NOW + 61), 0);
    free(guesses);
}

static void of_too_many_the_oldest_is_forgotten(void **state)
{
    (void)state;
    struct access_guesses *guesses = calloc(1, sizeof *guesses);
    count(guesses, 5, MOST, NOW);
    for (uint32_t k = 0; k < ACCESS_GUESSES_ROWS; k++)
        count(guesses, k, k == 5 ? 0 : MOST, NOW + 1);
    for (uint32_t k = 0; k < ACCESS_GUESSES_ROWS; k++)
        assert_true(wait_s(guesses, k, NOW + 1) > 0);
    count(guesses, 9999, MOST, NOW + 2);
    assert_true(wait_s(guesses, 9999, NOW + 2) > 0);
    for (uint32_t k = 0; k < ACCESS_GUESSES_ROWS; k++)
        assert_int_equal(wait_s(guesses, k, NOW + 2) > 0, k != 5);
    // What is over goes first.
    count(guesses, 77777, MOST, NOW + 61);
    assert_true(wait_s(guesses, 9999, NOW + 61) > 0);
    free(guesses);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_failed_too_often_waits_for_the_minute_to_end),
        cmocka_unit_test(of_too_many_the_oldest_is_forgotten),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
