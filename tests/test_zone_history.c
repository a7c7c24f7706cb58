// SPDX-License-Identifier: GPL-3.0-or-later
// A made-up town in a dataset, with a declared change, a fault and a station.
#include "daemon/zone_history.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <gsl/gsl_errno.h>

#include "tests/town.h"

enum { HOUR = 3600, DAY = 86400, SEED = 47712, DAYS = 460, ISSUE_DAY = 445, STEP_DAY = 380 };

static void test_changes_faults_and_weather_come_together(void **state)
{
    (void)state;
    static char id[] = "town", station[] = "hanoi";
    struct town town;
    gsl_set_error_handler_off();
    town_init(&town, HOUR, DAYS, 4.3, SEED);
    for (size_t i = STEP_DAY * 24; i < town.load.n; i++)
        town.load.value[i] *= 1.5;
    town.load.value[430 * 24 + 5] = 0;
    struct change level = {town.start + (int64_t)STEP_DAY * DAY, INT64_MAX, CHANGE_LEVEL};
    struct dataset_series zone = {id, town.load, 1, &level},
                          weather = {station, town.temp, 0, NULL};
    struct dataset dataset = {.clock = town.clock,
                              .n_zones = 1,
                              .zones = &zone,
                              .n_stations = 1,
                              .stations = &weather,
                              .temp = town.temp};
    struct zone_history history = {0};
    struct model_data data;
    int64_t issue = town.start + (int64_t)ISSUE_DAY * DAY;
    assert_true(zone_history_at(&history, &dataset, &zone, issue, issue, &data));
    assert_int_equal(data.temp->n, ISSUE_DAY * 24); // nothing at or after the issue
    assert_int_equal(history.marks.counts[CLEAN_ZERO], 1);
    assert_false(series_usable(data.load, 430 * 24 + 5));
    assert_true(fabs(data.load->value[0] / town.load.value[0] / 1.5 - 1) < 0.06);
    assert_true(zone_history_whole(&history, &dataset, &zone, &data));
    assert_int_equal(data.temp->n, DAYS * 24);
    assert_true(series_usable(data.load, 430 * 24 + 5)); // faults are not looked for
    assert_true(fabs(data.load->value[0] / town.load.value[0] / 1.5 - 1) < 0.06);
    zone_history_done(&history);
    town_done(&town);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_changes_faults_and_weather_come_together),
    };
    print_message("# seed %d\n", SEED);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
