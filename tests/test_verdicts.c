// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/verdicts.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/near.h"

static void test_what_a_warning_was_worth(void **state)
{
    (void)state;
    assert_int_equal(verdicts_of(true, true), VERDICT_RIGHT);
    assert_int_equal(verdicts_of(true, false), VERDICT_FALSE);
    assert_int_equal(verdicts_of(false, true), VERDICT_MISSED);
    assert_int_equal(verdicts_of(false, false), VERDICT_QUIET);
}

// Finley's tornadoes of 1884, the table that verification began with: 100 warnings, 28 right, 23
// tornadoes missed, of 2803 forecasts.
static void test_precision_and_recall_of_finley(void **state)
{
    (void)state;
    struct verdicts verdicts = {0};
    for (int k = 0; k < 28; k++)
        verdicts.count[verdicts_of(true, true)]++;
    for (int k = 0; k < 72; k++)
        verdicts.count[verdicts_of(true, false)]++;
    for (int k = 0; k < 23; k++)
        verdicts.count[verdicts_of(false, true)]++;
    for (int k = 0; k < 2680; k++)
        verdicts.count[verdicts_of(false, false)]++;
    near_assert(verdicts_precision(&verdicts), 0.28, 1e-15);
    near_assert(verdicts_recall(&verdicts), 28.0 / 51, 1e-15);
}

static void test_nothing_is_unknown(void **state)
{
    (void)state;
    const struct verdicts quiet = {.count = {[VERDICT_QUIET] = 7}};
    const struct verdicts missed = {.count = {[VERDICT_MISSED] = 1}};
    const struct verdicts_brier none = {0};
    assert_true(isnan(verdicts_precision(&quiet)) && isnan(verdicts_recall(&quiet)));
    assert_true(isnan(verdicts_precision(&missed)) && verdicts_recall(&missed) == 0);
    assert_true(isnan(verdicts_brier(&none)) && isnan(verdicts_brier_skill(&none, &none)));
    assert_true(isnan(verdicts_mean(0, NULL)) && isnan(verdicts_median(0, NULL)));
}

// (0.9 - 1)^2 + (0.3 - 0)^2 + (0.5 - 1)^2 + (0 - 0)^2 = 0.35 of four.
static void test_brier_by_hand(void **state)
{
    (void)state;
    struct verdicts_brier ours = {0}, theirs = {0};
    verdicts_add_chance(&ours, 0.9, true);
    verdicts_add_chance(&ours, 0.3, false);
    verdicts_add_chance(&ours, 0.5, true);
    verdicts_add_chance(&ours, 0, false);
    verdicts_add_chance(&ours, NAN, true);
    assert_int_equal(ours.n, 4);
    near_assert(verdicts_brier(&ours), 0.0875, 1e-15);
    for (int k = 0; k < 4; k++)
        verdicts_add_chance(&theirs, 0.5, k % 2);
    near_assert(verdicts_brier(&theirs), 0.25, 1e-15);
    near_assert(verdicts_brier_skill(&ours, &theirs), 0.65, 1e-15);
    near_assert(verdicts_brier_skill(&theirs, &ours), 1 - 0.25 / 0.0875, 1e-12);
}

// Against one that is never wrong there is no skill.
static void test_no_skill_against_the_perfect(void **state)
{
    (void)state;
    struct verdicts_brier ours = {0}, perfect = {0};
    verdicts_add_chance(&ours, 0.2, false);
    verdicts_add_chance(&perfect, 0, false);
    assert_true(isnan(verdicts_brier_skill(&ours, &perfect)));
}

static void test_tenths(void **state)
{
    (void)state;
    struct verdicts_tenth tenths[VERDICTS_TENTHS] = {0};
    verdicts_add_tenth(tenths, 0, false);
    verdicts_add_tenth(tenths, 0.0999, true);
    verdicts_add_tenth(tenths, 0.25, false);
    verdicts_add_tenth(tenths, 0.29, true);
    verdicts_add_tenth(tenths, 1, true);
    verdicts_add_tenth(tenths, NAN, true);
    assert_int_equal(tenths[0].n, 2);
    assert_int_equal(tenths[0].came, 1);
    assert_int_equal(tenths[1].n, 0);
    assert_int_equal(tenths[2].n, 2);
    assert_int_equal(tenths[2].came, 1);
    near_assert(tenths[2].chances, 0.54, 1e-15);
    assert_int_equal(tenths[9].n, 1);
    assert_int_equal(tenths[9].came, 1);
}

static void test_mean_and_median(void **state)
{
    (void)state;
    double odd[] = {28, 3, 26}, even[] = {4, 1, 2, 100};
    near_assert(verdicts_mean(3, odd), 19, 1e-12);
    near_assert(verdicts_median(3, odd), 26, 1e-15);
    near_assert(verdicts_median(4, even), 3, 1e-15);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_a_warning_was_worth),
        cmocka_unit_test(test_precision_and_recall_of_finley),
        cmocka_unit_test(test_nothing_is_unknown),
        cmocka_unit_test(test_brier_by_hand),
        cmocka_unit_test(test_no_skill_against_the_perfect),
        cmocka_unit_test(test_tenths),
        cmocka_unit_test(test_mean_and_median),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
