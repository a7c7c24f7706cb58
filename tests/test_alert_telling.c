// SPDX-License-Identifier: GPL-3.0-or-later
// What is told of an alert, and who has it in hand.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/watched.h"

static void tells_each_change_once(void **state)
{
    (void)state;
    struct watched w = watched(1, 1, 0);
    assert_int_equal(watched_tell(&w), NOTICE_NONE);
    watched_look(&w, W, W);
    assert_int_equal(watched_tell(&w), NOTICE_FIRED);
    assert_int_equal(w.alert.told, ALERT_WATCH);
    assert_int_equal(w.alert.told_at, w.now);
    assert_int_equal(watched_tell(&w), NOTICE_NONE);
    watched_look(&w, X, X);
    assert_int_equal(watched_tell(&w), NOTICE_WORSE);
    assert_int_equal(watched_tell(&w), NOTICE_NONE);
    watched_look(&w, E, E);
    assert_int_equal(watched_tell(&w), NOTICE_EASED);
    assert_int_equal(watched_tell(&w), NOTICE_NONE);
    watched_look(&w, N, N);
    assert_int_equal(watched_tell(&w), NOTICE_RESOLVED);
    assert_int_equal(w.alert.told, ALERT_NONE);
    assert_int_equal(watched_tell(&w), NOTICE_NONE);
}

static void tells_after_quiet_what_is_new_in_one(void **state)
{
    (void)state;
    struct watched w = watched(1, 1, 0);
    watched_look(&w, W, W);
    assert_int_equal(watched_tell_quiet(&w), NOTICE_NONE);
    watched_look(&w, X, X);
    watched_look(&w, E, E);
    assert_int_equal(watched_tell_quiet(&w), NOTICE_NONE);
    assert_int_equal(watched_tell(&w), NOTICE_FIRED);
    assert_int_equal(w.alert.told, ALERT_EMERGENCY);
    assert_int_equal(watched_tell(&w), NOTICE_NONE);
    watched_look(&w, N, N); // over and back
    assert_int_equal(watched_tell_quiet(&w), NOTICE_NONE);
    watched_look(&w, E, E);
    assert_int_equal(watched_tell(&w), NOTICE_NONE);
    watched_look(&w, N, N); // over and back, but another
    watched_look(&w, W, W);
    assert_int_equal(watched_tell(&w), NOTICE_EASED);
    watched_look(&w, N, N);
    watched_look(&w, X, X);
    assert_int_equal(watched_tell(&w), NOTICE_WORSE);
    watched_looks(&w, ALERT_LOOKS, X, X); // so that it does not flap
    watched_look(&w, N, N);
    assert_int_equal(watched_tell_quiet(&w), NOTICE_NONE);
    assert_int_equal(watched_tell(&w), NOTICE_RESOLVED);
}

static void never_tells_of_what_was_all_quiet(void **state)
{
    (void)state;
    struct watched w = watched(1, 1, 0);
    watched_look(&w, X, X);
    assert_int_equal(watched_tell_quiet(&w), NOTICE_NONE);
    watched_look(&w, N, N);
    assert_int_equal(watched_tell(&w), NOTICE_NONE);
    assert_int_equal(w.alert.told_at, 0);
}

static void reminds_while_it_fires(void **state)
{
    (void)state;
    struct watched w = watched(1, 1, 0);
    w.damping.reminder_s = 3 * MINUTE;
    watched_look(&w, W, W);
    assert_int_equal(watched_tell(&w), NOTICE_FIRED);
    watched_looks(&w, 2, W, W);
    assert_int_equal(watched_tell(&w), NOTICE_NONE);
    watched_look(&w, W, W);
    assert_int_equal(watched_tell_quiet(&w), NOTICE_NONE);
    assert_int_equal(watched_tell(&w), NOTICE_REMINDER);
    assert_int_equal(watched_tell(&w), NOTICE_NONE);
    watched_look(&w, W, W);
    watched_look(&w, E, E);
    assert_int_equal(watched_tell(&w), NOTICE_WORSE); // any notice reminds
    watched_looks(&w, 2, E, E);
    assert_int_equal(watched_tell(&w), NOTICE_NONE);
    watched_look(&w, E, E);
    assert_int_equal(watched_tell(&w), NOTICE_REMINDER);
    w.damping.reminder_s = 0;
    watched_looks(&w, 10, E, E);
    assert_int_equal(watched_tell(&w), NOTICE_NONE);
    w.damping.reminder_s = 3 * MINUTE;
    watched_look(&w, N, N);
    assert_int_equal(watched_tell(&w), NOTICE_RESOLVED);
    watched_looks(&w, 10, N, N);
    assert_int_equal(watched_tell(&w), NOTICE_NONE);
}

static void acknowledges_what_fires_until_later(void **state)
{
    (void)state;
    struct watched w = watched(2, 1, 0);
    assert_false(alert_acknowledge(&w.alert, w.now, INT64_MAX));
    watched_look(&w, W, W);
    assert_false(alert_acknowledge(&w.alert, w.now, INT64_MAX)); // pending
    watched_look(&w, W, W);
    assert_false(alert_acknowledge(&w.alert, w.now, w.now));
    assert_int_equal(w.alert.acked, ALERT_NONE);
    assert_true(alert_acknowledge(&w.alert, w.now, w.now + 1));
    assert_int_equal(alert_state(&w.alert), ALERT_ACKNOWLEDGED);
    assert_true(alert_acknowledge(&w.alert, w.now, w.now + 2)); // by somebody else
    assert_int_equal(w.alert.acked, ALERT_WATCH);
    assert_int_equal(w.alert.acked_until, w.now + 2);
}

static void leaves_who_has_it_in_hand_in_peace(void **state)
{
    (void)state;
    struct watched w = watched(1, 1, 0);
    w.damping.reminder_s = MINUTE;
    watched_look(&w, E, E);
    watched_tell(&w);
    assert_true(alert_acknowledge(&w.alert, w.now, INT64_MAX));
    watched_looks(&w, 10, E, E);
    assert_int_equal(watched_tell(&w), NOTICE_NONE);
    assert_int_equal(watched_look(&w, W, W), ALERT_EASED);
    assert_int_equal(watched_tell(&w), NOTICE_NONE);
    assert_int_equal(watched_look(&w, E, E), ALERT_WORSE); // as bad as it was in hand
    assert_int_equal(watched_tell(&w), NOTICE_NONE);
    assert_int_equal(alert_state(&w.alert), ALERT_ACKNOWLEDGED);
    assert_false(alert_expire(&w.alert, INT64_MAX - 1));
    watched_look(&w, N, N);
    assert_int_equal(w.alert.acked, ALERT_NONE);
    assert_int_equal(watched_tell(&w), NOTICE_RESOLVED); // it is over for everybody
    watched_look(&w, W, W);
    assert_int_equal(alert_state(&w.alert), ALERT_FIRING); // of its own
}

// There is nothing to say of it but that it has nearly gone.
static void begins_with_nothing_that_is_on_its_way_out(void **state)
{
    (void)state;
    struct watched w = watched(1, 3, 0);
    watched_look(&w, E, E);
    assert_int_equal(watched_tell_quiet(&w), NOTICE_NONE);
    watched_look(&w, N, N);
    assert_int_equal(w.alert.level, E);
    assert_int_equal(watched_tell(&w), NOTICE_NONE);
    watched_look(&w, N, E); // no longer
    assert_int_equal(watched_tell(&w), NOTICE_FIRED);
    watched_looks(&w, 2, N, N);
    assert_int_equal(watched_tell(&w), NOTICE_NONE);
    watched_look(&w, N, N);
    assert_int_equal(watched_tell(&w), NOTICE_RESOLVED);
}

static void breaks_an_acknowledgement_by_a_worse_level(void **state)
{
    (void)state;
    struct watched w = watched(1, 1, 0);
    watched_look(&w, W, W);
    assert_true(alert_acknowledge(&w.alert, w.now, INT64_MAX));
    assert_int_equal(watched_tell(&w), NOTICE_FIRED); // in hand or not, others did not know
    watched_look(&w, E, E);
    assert_int_equal(alert_state(&w.alert), ALERT_FIRING);
    assert_int_equal(w.alert.acked_until, 0);
    assert_int_equal(watched_tell(&w), NOTICE_WORSE);
}

static void lets_an_acknowledgement_run_out(void **state)
{
    (void)state;
    struct watched w = watched(1, 1, 0);
    assert_false(alert_expire(&w.alert, INT64_MAX));
    watched_look(&w, E, E);
    watched_tell(&w);
    assert_true(alert_acknowledge(&w.alert, w.now, w.now + 2 * MINUTE));
    watched_look(&w, W, W);
    assert_false(alert_expire(&w.alert, w.now));
    assert_int_equal(watched_tell(&w), NOTICE_NONE);
    watched_look(&w, W, W);
    assert_true(alert_expire(&w.alert, w.now));
    assert_false(alert_expire(&w.alert, w.now));
    assert_int_equal(alert_state(&w.alert), ALERT_FIRING);
    assert_int_equal(watched_tell(&w), NOTICE_EASED); // put off, not forgotten
    assert_true(alert_acknowledge(&w.alert, w.now, INT64_MAX));
    assert_true(alert_expire(&w.alert, INT64_MAX)); // given back
}

static void resolves_what_is_gone(void **state)
{
    (void)state;
    struct watched w = watched(2, 9, 1000 * MINUTE);
    watched_looks(&w, 3, E, E);
    watched_tell(&w);
    assert_true(alert_acknowledge(&w.alert, w.now, INT64_MAX));
    assert_int_equal(alert_end(&w.alert, w.now + 5), ALERT_RESOLVED);
    assert_int_equal(alert_state(&w.alert), ALERT_QUIET);
    assert_int_equal(w.alert.changed, w.now + 5);
    assert_int_equal(w.alert.looked, w.now + 5);
    assert_int_equal(w.alert.seen, ALERT_NONE);
    assert_int_equal(w.alert.flips, 0);
    assert_int_equal(w.alert.since, 0);
    assert_int_equal(w.alert.acked, ALERT_NONE);
    assert_int_equal(watched_tell_quiet(&w), NOTICE_NONE);
    assert_int_equal(watched_tell(&w), NOTICE_RESOLVED);
    assert_int_equal(alert_end(&w.alert, w.now), ALERT_SAME);
    assert_int_equal(watched_tell(&w), NOTICE_NONE);
    watched_look(&w, E, E); // it is back: it begins anew
    assert_int_equal(alert_state(&w.alert), ALERT_PENDING);
    assert_int_equal(alert_end(&w.alert, w.now), ALERT_SAME);
    assert_int_equal(alert_state(&w.alert), ALERT_QUIET);
    assert_int_equal(watched_look(&w, E, E), ALERT_SAME);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_each_change_once),
        cmocka_unit_test(tells_after_quiet_what_is_new_in_one),
        cmocka_unit_test(never_tells_of_what_was_all_quiet),
        cmocka_unit_test(reminds_while_it_fires),
        cmocka_unit_test(acknowledges_what_fires_until_later),
        cmocka_unit_test(leaves_who_has_it_in_hand_in_peace),
        cmocka_unit_test(begins_with_nothing_that_is_on_its_way_out),
        cmocka_unit_test(breaks_an_acknowledgement_by_a_worse_level),
        cmocka_unit_test(lets_an_acknowledgement_run_out),
        cmocka_unit_test(resolves_what_is_gone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
