// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/metering_sum.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

enum { DAY = 86400, BLOCK = 28 * DAY };

static const int64_t t0 = 19700LL * DAY / BLOCK * BLOCK;

// A reading a day.
static struct metering_usual usual_of(int64_t from, int days, double mw)
{
    struct metering_usual usual = {0};
    for (int day = 0; day < days; day++)
        assert_true(metering_usual_add(&usual, from + (int64_t)day * DAY, mw));
    return usual;
}

static void test_what_is_usual_changes_with_time(void **state)
{
    (void)state;
    struct metering_usual usual = usual_of(t0, 28, 10);
    for (int day = 0; day < 28; day++) // a month without, then more than before, fed back
        assert_true(metering_usual_add(&usual, t0 + 2 * (int64_t)BLOCK + day * DAY, -30));
    assert_true(metering_usual_mw(&usual, t0 + BLOCK - 1) == 10);
    assert_true(metering_usual_mw(&usual, t0 + BLOCK) == 10);
    assert_true(metering_usual_mw(&usual, t0 - 10 * (int64_t)BLOCK) == 10);
    assert_true(metering_usual_mw(&usual, t0 + 2 * (int64_t)BLOCK) == 30);
    assert_true(metering_usual_mw(&usual, t0 + 9 * (int64_t)BLOCK) == 30);
    metering_usual_done(&usual);
    assert_true(metering_usual_mw(&usual, t0) == 0);
}

static void test_a_meter_counts_until_a_week_after_its_last(void **state)
{
    (void)state;
    struct metering_usual usual = usual_of(t0, 3, 10);
    assert_false(metering_usual_counts(&usual, t0 - 1800));
    assert_true(metering_usual_counts(&usual, t0));
    assert_true(metering_usual_counts(&usual, t0 + 9 * DAY));
    assert_false(metering_usual_counts(&usual, t0 + 9 * DAY + 1800));
    metering_usual_done(&usual);
    assert_false(metering_usual_counts(&usual, t0));
}

// Silent for a month and back: the weeks without it stay without it.
static void test_a_meter_that_is_back_is_not_missed_before(void **state)
{
    (void)state;
    struct metering_usual usual = usual_of(t0, 3, 10);
    const int64_t last = t0 + 2 * DAY, back = t0 + 32 * (int64_t)DAY;
    for (int day = 0; day < 3; day++)
        assert_true(metering_usual_add(&usual, back + (int64_t)day * DAY, 10));
    assert_true(metering_usual_counts(&usual, last + METERING_SILENT_S));
    assert_false(metering_usual_counts(&usual, last + METERING_SILENT_S + 1800));
    assert_false(metering_usual_counts(&usual, back - 1800));
    assert_true(metering_usual_counts(&usual, back));
    // A week without is missed; a second gap is one of its own.
    assert_true(metering_usual_add(&usual, back + 9 * DAY, 10));
    assert_true(metering_usual_add(&usual, back + 60 * (int64_t)DAY, 10));
    assert_true(metering_usual_counts(&usual, back + 8 * DAY));
    assert_true(metering_usual_counts(&usual, back + 16 * DAY));
    assert_false(metering_usual_counts(&usual, back + 16 * DAY + 1800));
    assert_false(metering_usual_counts(&usual, back - DAY));
    assert_true(metering_usual_counts(&usual, t0 + 3 * DAY));
    metering_usual_done(&usual);
}

static void test_voices(void **state)
{
    (void)state;
    enum { STEP = 1800 };
    struct metering_newest zone = {INT64_MIN, t0};
    assert_int_equal(metering_voice_of(&zone, t0, STEP), METERING_READS);
    assert_int_equal(metering_voice_of(&zone, t0 - 2 * STEP, STEP), METERING_READS);
    assert_int_equal(metering_voice_of(&zone, t0 - 3 * STEP, STEP), METERING_SILENT);
    assert_int_equal(metering_voice_of(&zone, t0 - 7 * DAY, STEP), METERING_SILENT);
    assert_int_equal(metering_voice_of(&zone, t0 - 7 * DAY - STEP, STEP), METERING_OUT);
    zone.whole = t0 - 2 * STEP;
    assert_int_equal(metering_voice_of(&zone, t0 - 3 * STEP, STEP), METERING_UNASKED);
    zone.whole = t0 - 3 * STEP;
    assert_int_equal(metering_voice_of(&zone, t0 - 3 * STEP, STEP), METERING_SILENT);
}

static void test_sums(void **state)
{
    (void)state;
    struct metering_usual large = usual_of(t0, 10, 99), small = usual_of(t0, 10, 1);
    struct metering_sum sum = METERING_SUM_EMPTY;
    double mw;
    assert_int_equal(metering_sum_judge(&sum, 1, &mw), METERING_NOTHING);
    assert_true(isnan(mw));
    metering_sum_add(&sum, &large, t0, 95.5);
    metering_sum_add(&sum, &small, t0, NAN);
    assert_int_equal(metering_sum_judge(&sum, 1, &mw), METERING_COMPLETE);
    assert_true(mw == 95.5); // and nothing is made up for the other
    assert_int_equal(metering_sum_judge(&sum, 0.99, &mw), METERING_INCOMPLETE);
    assert_true(mw == 95.5);
    assert_true(metering_sum_missing_pct(&sum) == 1);
    assert_int_equal(sum.present, 1);
    assert_int_equal(sum.missing, 1);
    sum.whole = 97;
    assert_int_equal(metering_sum_judge(&sum, 0, &mw), METERING_COMPLETE);
    assert_true(mw == 97);
    sum = METERING_SUM_EMPTY;
    metering_sum_add(&sum, &large, t0, NAN);
    metering_sum_add(&sum, &small, t0, NAN);
    assert_int_equal(metering_sum_judge(&sum, 20, &mw), METERING_NOTHING);
    // Weeks later nobody waits for either.
    sum = METERING_SUM_EMPTY;
    metering_sum_add(&sum, &large, t0 + 30 * DAY, NAN);
    assert_int_equal(sum.missing, 0);
    metering_usual_done(&large);
    metering_usual_done(&small);
}

// Meters that always say zero: how much is missing cannot be told.
static void test_zeros(void **state)
{
    (void)state;
    struct metering_usual a = usual_of(t0, 10, 0), b = usual_of(t0, 10, 0);
    struct metering_sum sum = METERING_SUM_EMPTY;
    double mw;
    metering_sum_add(&sum, &a, t0, 0);
    assert_int_equal(metering_sum_judge(&sum, 1, &mw), METERING_COMPLETE);
    metering_sum_add(&sum, &b, t0, NAN);
    assert_int_equal(metering_sum_judge(&sum, 1, &mw), METERING_INCOMPLETE);
    metering_usual_done(&a);
    metering_usual_done(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_usual_changes_with_time),
        cmocka_unit_test(test_a_meter_counts_until_a_week_after_its_last),
        cmocka_unit_test(test_a_meter_that_is_back_is_not_missed_before),
        cmocka_unit_test(test_voices),
        cmocka_unit_test(test_sums),
        cmocka_unit_test(test_zeros),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
