// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/pull_refusals.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static struct check_fault fault(enum check_cause cause)
{
    struct check_fault fault;
    check_refuse(&fault, cause, "for a test");
    return fault;
}

static void test_each_is_counted_once(void **state)
{
    (void)state;
    struct metrics metrics = {0};
    struct pull_refusals *refusals = pull_refusals_new("a", &metrics);
    const struct check_fault range = fault(CHECK_RANGE), grid = fault(CHECK_GRID);
    for (int round = 0; round < 3; round++) {
        pull_refusals_note(refusals, "yen-lu", "m1", 1000, &range);
        pull_refusals_note(refusals, "yen-lu", "m1", 2000, &range);
        pull_refusals_note(refusals, "yen-lum", "1", 1000, &range);
        pull_refusals_note(refusals, "yen-lu", "m1", 1000, &grid);
        pull_refusals_note(refusals, NULL, NULL, 1000, &grid);
        pull_refusals_end_round(refusals);
        pull_refusals_tell(refusals, 100 * round);
    }
    assert_int_equal(metrics.refused[CHECK_RANGE], 3);
    assert_int_equal(metrics.refused[CHECK_GRID], 2);
    // One that went away and is back is new.
    pull_refusals_end_round(refusals);
    pull_refusals_note(refusals, "yen-lu", "m1", 2000, &range);
    assert_int_equal(metrics.refused[CHECK_RANGE], 4);
    pull_refusals_free(refusals);
    pull_refusals_free(NULL);
}

// Of a long first round its end is known, which is what the next one sees again.
static void test_the_last_of_many_are_known(void **state)
{
    (void)state;
    struct metrics metrics = {0};
    struct pull_refusals *refusals = pull_refusals_new("a", &metrics);
    const struct check_fault range = fault(CHECK_RANGE);
    for (int64_t t = 0; t < 50000; t++)
        pull_refusals_note(refusals, "yen-lu", "", t, &range);
    pull_refusals_end_round(refusals);
    for (int64_t t = 30000; t < 50010; t++)
        pull_refusals_note(refusals, "yen-lu", "", t, &range);
    assert_int_equal(metrics.refused[CHECK_RANGE], 50010);
    pull_refusals_free(refusals);
}

// The series that cannot be read are in every window of every round.
static void test_the_unread_are_counted_once(void **state)
{
    (void)state;
    struct metrics metrics = {0};
    struct pull_refusals *refusals = pull_refusals_new("a", &metrics);
    const struct check_fault malformed = fault(CHECK_MALFORMED);
    for (int round = 0; round < 3; round++) {
        for (size_t window = 0; window < 4; window++)
            pull_refusals_note_unread(refusals, window == 0 ? 0 : 2, &malformed);
        pull_refusals_end_round(refusals);
        assert_int_equal(metrics.refused[CHECK_MALFORMED], 2);
    }
    pull_refusals_note_unread(refusals, 3, &malformed);
    assert_int_equal(metrics.refused[CHECK_MALFORMED], 3);
    // A round without, then they are new.
    pull_refusals_end_round(refusals);
    pull_refusals_end_round(refusals);
    pull_refusals_note_unread(refusals, 1, &malformed);
    assert_int_equal(metrics.refused[CHECK_MALFORMED], 4);
    pull_refusals_free(refusals);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_is_counted_once),
        cmocka_unit_test(test_the_unread_are_counted_once),
        cmocka_unit_test(test_the_last_of_many_are_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
