// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "daemon/pull_copies.h"

// What came last of up to four values, ended by a negative one; -1 where nobody knows.
static double look(struct pull_copies *copies, int64_t time_ms, const double values[4])
{
    double last = 0;
    size_t n = 0;
    while (n < 4 && values[n] >= 0)
        n++;
    return pull_copies_last(copies, "zone=a", 0, time_ms, n, values, &last) ? last : -1;
}

#define LOOK(time, ...) look(copies, time, (const double[4]){__VA_ARGS__, -1})

static void what_is_added_is_the_last(void **state)
{
    (void)state;
    struct pull_copies *copies = pull_copies_new();
    assert_true(LOOK(1, 5) == 5);
    pull_copies_end_round(copies);
    assert_true(LOOK(1, 5) == 5);
    assert_true(LOOK(1, 7, 5) == 7); // in whatever order they come
    pull_copies_end_round(copies);
    assert_true(LOOK(1, 5, 7) == 7);
    assert_true(LOOK(1, 5, 7, 5) == 5); // corrected back
    pull_copies_free(copies);
}

// With its deduplication the server shows any one of them.
static void what_was_seen_before_is_no_correction(void **state)
{
    (void)state;
    struct pull_copies *copies = pull_copies_new();
    assert_true(LOOK(1, 5) == 5);
    assert_true(LOOK(1, 7) == 7);
    assert_true(LOOK(1, 5) == 7);
    pull_copies_free(copies);
}

static void what_nobody_saw_being_added_is_unknown(void **state)
{
    (void)state;
    struct pull_copies *copies = pull_copies_new();
    assert_true(LOOK(1, 5, 7) == -1);
    assert_true(LOOK(1, 5, 7) == -1);
    assert_true(LOOK(1, 5, 7, 6) == 6);
    assert_true(LOOK(2, 5) == 5);
    assert_true(LOOK(2, 5, 6, 7) == -1);
    // Two rounds without a look: forgotten.
    assert_true(LOOK(3, 5) == 5);
    pull_copies_end_round(copies);
    pull_copies_end_round(copies);
    assert_true(LOOK(3, 5, 7) == -1);
    pull_copies_free(copies);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_added_is_the_last),
        cmocka_unit_test(what_was_seen_before_is_no_correction),
        cmocka_unit_test(what_nobody_saw_being_added_is_unknown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
