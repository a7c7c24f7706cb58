// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/alert_trial_store.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "daemon/commands.h"
#include "daemon/store.h"
#include "daemon/store_peaks.h"
#include "tests/near.h"
#include "tests/site_folder.h"
#include "tests/store_folder.h"

static const struct civil_clock clock = {.offset_s = 7 * CIVIL_HOUR_S};
static const int64_t day0 = 19800; // 2024-03-18
enum { DAYS = 6 };

static const char rules[] =
    "[alert capacity]\non = peak\nzones = yen-lu phuc-son total\nwatch = 0\n"
    "emergency = 100\nextreme = 0\nlimit_mw = 100\nwithin = 2d\n"
    "[alert stale]\non = readings\nage = 2h\n";

// Half hours of 40 MW; on the days 2 and 4 `high` from 14:00 on.
static void put_load(struct store *store, const char *zone, double high)
{
    for (int k = 0; k < DAYS * 48; k++) {
        bool is_high = (k / 48 == 2 || k / 48 == 4) && k % 48 >= 28;
        int64_t local = day0 * CIVIL_DAY_S + (int64_t)k * 1800;
        assert_int_equal(
            store_put_reading(store, zone, "", civil_instant(&clock, local), is_high ? high : 40),
            STORE_NEW);
    }
}

static void put_peaks(struct store *store, const char *node, int day, double chance)
{
    struct day_peak days[2] = {{.day = day0 + day, .whole = false},
                               {.day = day0 + day + 1, .whole = true}};
    for (int k = 0; k < DAY_PEAKS_LEVELS; k++) {
        days[0].peak[k] = days[0].top[k] = 40;
        days[1].peak[k] = days[1].top[k] = (float)(100 + (k + 1) - 100 * (1 - chance));
    }
    const struct day_peaks peaks = {
        .issue = civil_instant(&clock, (day0 + day) * CIVIL_DAY_S + 18 * CIVIL_HOUR_S),
        .growth = NAN,
        .n = 2,
        .days = days,
    };
    assert_true(store_put_peaks(store, node, &peaks));
}

// Alerts for the days 2 (right) and 5 (in vain) of yen-lu; of the whole for 4.
static int fill_some(void **state, bool both_read)
{
    if (site_folder_enter(state))
        return 1;
    struct store *store = store_folder_open(STORE_WRITE);
    assert_true(store_begin(store));
    put_load(store, "yen-lu", 150);
    if (both_read)
        put_load(store, "phuc-son", 41);
    for (int day = 0; day < DAYS - 1; day++) {
        put_peaks(store, "yen-lu", day, day == 1 || day == 4 ? 0.75 : 0.25);
        put_peaks(store, "total", day, day == 3 ? 0.6 : 0.1);
    }
    assert_true(store_commit(store));
    store_close(store);
    return 0;
}

static int fill(void **state)
{
    return fill_some(state, true);
}

static int fill_one(void **state)
{
    return fill_some(state, false);
}

struct heard {
    size_t n;
    char zones[4][32], rules[4][32];
    enum verdict verdicts[4][DAYS];
    double lead_h[4][DAYS];
    size_t counted[4];
};

static bool hear(void *context, const struct alert_trial *trial, const char *zone)
{
    struct heard *heard = context;
    size_t at = heard->n++;
    assert_true(at < 4);
    snprintf(heard->zones[at], sizeof heard->zones[at], "%s", zone);
    snprintf(heard->rules[at], sizeof heard->rules[at], "%s", trial->rule.name);
    for (size_t k = 0; k < trial->n; k++) {
        assert_int_equal(trial->days[k].day, trial->days[0].day + (int64_t)k);
        assert_int_equal(trial->days[k].season, 2024);
        heard->verdicts[at][k] = alert_trial_verdict(&trial->days[k]);
        heard->lead_h[at][k] = alert_trial_lead_h(&trial->days[k]);
        heard->counted[at] += alert_trial_counts(&trial->days[k]) ? 1 : 0;
    }
    return true;
}

static int run(const char *rule, const char *from, const char *to, struct heard *heard)
{
    config_free(site_folder_config(NULL, rules));
    *heard = (struct heard){0};
    const struct alert_trial_store_request request = {
        .config = "phutaid.conf",
        .from = from,
        .to = to,
        .rule = rule,
        .tell = hear,
        .context = heard,
    };
    return alert_trial_run_store(&request);
}

static void test_rules_over_kept_forecasts(void **state)
{
    (void)state;
    struct heard heard;
    assert_int_equal(run(NULL, NULL, NULL, &heard), COMMAND_DONE);
    // phuc-son has no forecast; of the day 0 there is none that was made before it.
    assert_int_equal(heard.n, 2);
    assert_string_equal(heard.rules[0], "capacity");
    assert_string_equal(heard.zones[0], "yen-lu");
    assert_string_equal(heard.zones[1], "total");
    assert_int_equal(heard.counted[0], DAYS - 1);
    const enum verdict zone[DAYS] = {
        [2] = VERDICT_RIGHT, [4] = VERDICT_MISSED, [5] = VERDICT_FALSE};
    const enum verdict whole[DAYS] = {[2] = VERDICT_MISSED, [4] = VERDICT_RIGHT};
    for (int k = 0; k < DAYS; k++) {
        assert_int_equal(heard.verdicts[0][k], zone[k]);
        assert_int_equal(heard.verdicts[1][k], whole[k]);
    }
    near_assert(heard.lead_h[0][2], 20, 1e-12); // 18:00 to 14:00
}

static void test_a_zone_without_readings_adds_nothing(void **state)
{
    (void)state;
    struct heard heard;
    assert_int_equal(run(NULL, NULL, NULL, &heard), COMMAND_DONE);
    assert_int_equal(heard.n, 2);
    assert_string_equal(heard.zones[1], "total");
    assert_int_equal(heard.counted[1], DAYS - 1);
    assert_int_equal(heard.verdicts[1][4], VERDICT_RIGHT);
}

static void test_issues_of_a_time(void **state)
{
    (void)state;
    struct heard heard;
    assert_int_equal(run("capacity", "2024-03-21", "2024-03-22", &heard), COMMAND_DONE);
    assert_int_equal(heard.n, 2);
    assert_int_equal(heard.counted[0], 1);
    assert_int_equal(run("capacity", "2024-04-21", NULL, &heard), COMMAND_FAILED);
    assert_int_equal(run("capacity", "noon", NULL, &heard), COMMAND_USAGE);
    assert_int_equal(heard.n, 0);
}

static void test_no_such_rule(void **state)
{
    (void)state;
    struct heard heard;
    assert_int_equal(run("stale", NULL, NULL, &heard), COMMAND_USAGE);
    assert_int_equal(run("none", NULL, NULL, &heard), COMMAND_USAGE);
    assert_int_equal(heard.n, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_rules_over_kept_forecasts, fill, site_folder_leave),
        cmocka_unit_test_setup_teardown(test_a_zone_without_readings_adds_nothing, fill_one,
                                        site_folder_leave),
        cmocka_unit_test_setup_teardown(test_issues_of_a_time, fill, site_folder_leave),
        cmocka_unit_test_setup_teardown(test_no_such_rule, fill, site_folder_leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
