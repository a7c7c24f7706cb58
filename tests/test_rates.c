// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>

#include "daemon/rates.h"

enum { S = 1000000 };

static void lets_everybody_send_without_a_limit(void **state)
{
    (void)state;
    struct rates *rates = rates_new(0);
    rates_count(rates, "token 1", 5 * S, UINT64_MAX);
    assert_int_equal(rates_wait_s(rates, "token 1", 5 * S), 0);
    rates_free(rates);
    rates_free(NULL);
}

static void makes_wait_for_what_was_sent_too_much(void **state)
{
    (void)state;
    struct rates *rates = rates_new(100);
    int64_t now = 1000 * (int64_t)S;
    assert_int_equal(rates_wait_s(rates, "a", now), 0);
    rates_count(rates, "a", now, 1000); // ten seconds' worth: as far ahead as one may be
    assert_int_equal(rates_wait_s(rates, "a", now), 0);
    rates_count(rates, "a", now, 151);
    assert_int_equal(rates_wait_s(rates, "a", now), 2);
    assert_int_equal(rates_wait_s(rates, "b", now), 0);
    assert_int_equal(rates_wait_s(rates, "a", now + S), 1);
    assert_int_equal(rates_wait_s(rates, "a", now + 2 * (int64_t)S), 0);
    rates_count(rates, "a", now, UINT64_MAX / 2); // whatever is counted, it must not wrap
    assert_int_equal(rates_wait_s(rates, "a", now), 86400 - 10);
    rates_free(rates);
}

// A steady sender at its rate never waits, whatever it has not sent before.
static void keeps_no_credit_and_no_debt(void **state)
{
    (void)state;
    struct rates *rates = rates_new(100);
    for (int64_t now = S; now < 1000 * (int64_t)S; now += 10 * S) {
        assert_int_equal(rates_wait_s(rates, "steady", now), 0);
        rates_count(rates, "steady", now, 1000);
    }
    assert_int_equal(rates_wait_s(rates, "idle", 5000 * (int64_t)S), 0);
    rates_count(rates, "idle", 5000 * (int64_t)S, 2000);
    assert_int_equal(rates_wait_s(rates, "idle", 5000 * (int64_t)S), 10);
    rates_free(rates);
}

static void forgets_who_was_quiet_for_longest(void **state)
{
    (void)state;
    struct rates *rates = rates_new(1);
    char name[RATES_NAME_MAX];
    for (int i = 0; i <= RATES_SENDERS; i++) {
        snprintf(name, sizeof name, "192.0.2.%d", i);
        rates_count(rates, name, S, i == 7 ? 11 : 1000 + (uint64_t)i);
    }
    assert_int_equal(rates_wait_s(rates, "192.0.2.7", S), 0);
    assert_int_equal(rates_wait_s(rates, "192.0.2.0", S), 990);
    assert_int_equal(rates_wait_s(rates, "192.0.2.256", S), 1246);
    rates_free(rates);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lets_everybody_send_without_a_limit),
        cmocka_unit_test(makes_wait_for_what_was_sent_too_much),
        cmocka_unit_test(keeps_no_credit_and_no_debt),
        cmocka_unit_test(forgets_who_was_quiet_for_longest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
