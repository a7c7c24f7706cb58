// SPDX-License-Identifier: GPL-3.0-or-later
// A made-up town whose level changes on a known day.
#include "models/changes.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <gsl/gsl_errno.h>

#include "tests/town.h"

enum { HOUR = 3600, DAY = 86400, SEED = 60206, DAYS = 700, STEP_DAY = 520 };
static const double ratio = 1.834;

static struct town town;

static int set_up(void **state)
{
    (void)state;
    gsl_set_error_handler_off();
    town_init(&town, HOUR, DAYS, 4.3, SEED);
    for (size_t i = STEP_DAY * 24; i < town.load.n; i++)
        town.load.value[i] *= ratio;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    town_done(&town);
    return 0;
}

static int64_t day(int n)
{
    return town.start + (int64_t)n * DAY;
}

static void test_what_was_before_is_brought_to_the_new_level(void **state)
{
    (void)state;
    struct changes changes = {0};
    struct change level = {day(STEP_DAY), INT64_MAX, CHANGE_LEVEL};
    static const int known[] = {-30, 0, 1, 10, 60, 150}; // days after it
    static const double wrong[] = {1, 1, 0.1, 0.05, 0.04, 0.04};
    for (int k = 0; k < 6; k++) {
        struct model_data data = town_data(&town, STEP_DAY + known[k]);
        assert_true(changes_apply(&changes, &data, 1, &level));
        double found = changes.load.value[300 * 24 + 5] / town.load.value[300 * 24 + 5];
        print_message("# %d days after: %.4f\n", known[k], found);
        if (known[k] < 1)
            assert_float_equal(found, 1, 0);
        else
            assert_true(fabs(found / ratio - 1) < wrong[k]);
        assert_float_equal(changes_factor(&changes, day(STEP_DAY) - 1), found, 1e-12);
        assert_float_equal(changes_factor(&changes, day(STEP_DAY)), 1, 0);
        assert_float_equal(changes.load.value[STEP_DAY * 24], town.load.value[STEP_DAY * 24], 0);
        assert_true(series_usable(&changes.load, 0));
    }
    changes_done(&changes);
}

static void test_levels_one_after_the_other(void **state)
{
    (void)state;
    struct changes changes = {0};
    for (size_t i = 620 * 24; i < town.load.n; i++)
        town.load.value[i] *= 0.7;
    struct change levels[] = {{day(620), INT64_MAX, CHANGE_LEVEL},
                              {day(STEP_DAY), INT64_MAX, CHANGE_LEVEL}};
    struct model_data data = town_data(&town, DAYS);
    assert_true(changes_apply(&changes, &data, 2, levels));
    print_message("# %.4f and %.4f\n", changes_factor(&changes, day(1)),
                  changes_factor(&changes, day(600)));
    assert_true(fabs(changes_factor(&changes, day(600)) / 0.7 - 1) < 0.06);
    assert_true(fabs(changes_factor(&changes, day(1)) / (0.7 * ratio) - 1) < 0.08);
    changes_done(&changes);
}

static void test_masks(void **state)
{
    (void)state;
    struct changes changes = {0};
    struct change list[] = {{day(100), day(103), CHANGE_MASK}, {day(690), INT64_MAX, CHANGE_MASK}};
    struct model_data data = town_data(&town, DAYS);
    size_t masked = 0;
    assert_true(changes_apply(&changes, &data, 2, list));
    for (size_t i = 0; i < town.load.n; i++)
        masked += changes.load.masked[i];
    assert_int_equal(masked, 13 * 24);
    assert_true(changes.load.masked[102 * 24 + 23]);
    assert_false(changes.load.masked[103 * 24]);
    assert_false(town.load.masked[102 * 24]); // the load itself stays as it is
    changes_done(&changes);
}

// Twenty days before it make no regression: they are left out.
static void test_too_little_before_it_is_masked(void **state)
{
    (void)state;
    struct changes changes = {0};
    struct change level = {day(20), INT64_MAX, CHANGE_LEVEL};
    struct model_data data = town_data(&town, DAYS);
    assert_true(changes_apply(&changes, &data, 1, &level));
    assert_false(series_usable(&changes.load, 20 * 24 - 1));
    assert_true(series_usable(&changes.load, 20 * 24));
    assert_float_equal(changes_factor(&changes, day(1)), 1, 0);
    changes_done(&changes);
}

static void test_nothing_at_or_after_the_issue_is_read(void **state)
{
    (void)state;
    struct changes kept = {0}, anew = {0};
    struct change level = {day(STEP_DAY), INT64_MAX, CHANGE_LEVEL};
    struct model_data data = town_data(&town, STEP_DAY + 3);
    assert_true(changes_apply(&kept, &data, 1, &level));
    data = town_data(&town, STEP_DAY + 9);
    assert_true(changes_apply(&kept, &data, 1, &level));
    for (size_t i = (STEP_DAY + 9) * 24; i < town.load.n; i++) {
        town.load.value[i] = 1e6;
        town.temp.value[i] = -1e6;
    }
    assert_true(changes_apply(&anew, &data, 1, &level));
    assert_true(changes_factor(&anew, day(1)) > 1.5);
    assert_float_equal(changes_factor(&anew, day(1)), changes_factor(&kept, day(1)), 0);
    changes_done(&kept);
    changes_done(&anew);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_what_was_before_is_brought_to_the_new_level, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_levels_one_after_the_other, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_masks, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_too_little_before_it_is_masked, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_nothing_at_or_after_the_issue_is_read, set_up,
                                        tear_down),
    };
    print_message("# seed %d\n", SEED);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
