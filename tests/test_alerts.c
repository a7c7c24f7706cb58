// SPDX-License-Identifier: GPL-3.0-or-later
// Looks at the rules of a site: what they raise, who is told, and when nobody is.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/alert_list.h"
#include "tests/alerts_desk.h"
#include "tests/store_folder.h"

static const char *const peak_rule =
    "[alert week]\non = peak\nhold = 2\nhold_clear = 2\nchange = 0s\n";

static void a_forecast_is_looked_at_once(void **state)
{
    struct desk *desk = *state;
    desk_configure(desk, peak_rule);
    desk_forecast(desk, "a", 31);
    assert_int_equal(desk_look(desk), 0);
    desk->now += HOUR; // and no new one
    assert_int_equal(desk_look(desk), 0);
    assert_int_equal(desk_look(desk), 0);
    assert_int_equal(desk_level(desk, "week", "a"), ALERT_NONE);
    assert_int_equal(desk_next(desk, "a", 31), 1);
    assert_int_equal(desk_level(desk, "week", "a"), ALERT_EMERGENCY);
    const char *notice = desk_take(desk, "webhook:officer");
    assert_non_null(strstr(notice, "\"notice\":\"fired\""));
    assert_non_null(strstr(notice, "\"substation\":\"Trạm 1\",\"day\":\"2024-06-04\""));
    assert_non_null(strstr(notice, "A có thể quá tải"));
    assert_non_null(strstr(notice, "\"link\":\"https://g.example/\""));
    const char *point = desk_take(desk, "main");
    assert_true(!strncmp(point, "alert,level=emergency,rule=week,zone=a limit=30.0,", 50));
    assert_non_null(strstr(point, "state=\"firing\""));
    assert_non_null(strstr(point, " 1717441200000000000\n"));
    assert_int_equal(desk_next(desk, "a", 31), 0); // it goes on
    assert_int_equal(desk_waiting(desk, "main") + desk_waiting(desk, "webhook:officer"), 0);
}

static void it_is_over_and_told_once(void **state)
{
    struct desk *desk = *state;
    desk_configure(desk, peak_rule);
    assert_int_equal(desk_next(desk, "a", 31) + desk_next(desk, "a", 31), 1);
    assert_int_equal(desk_next(desk, "a", 20), 0);
    assert_int_equal(desk_next(desk, "a", 20), 1);
    assert_non_null(strstr(desk_take(desk, "webhook:officer"), "\"notice\":\"resolved\""));
    assert_non_null(strstr(desk_take(desk, "main"), "state=\"resolved\""));
    assert_int_equal(desk_next(desk, "a", 20) + desk_next(desk, "a", 20), 0);
}

static void one_notice_tells_of_a_substation_and_a_day(void **state)
{
    struct desk *desk = *state;
    desk_configure(desk, "[alert week]\non = peak\nhold = 1\n");
    desk_forecast(desk, "a", 31);
    desk_forecast(desk, "b", 34);
    desk_forecast(desk, "a-mr", 31); // fed from elsewhere
    assert_int_equal(desk_look(desk), 3);
    assert_int_equal(desk_waiting(desk, "webhook:officer"), 2);
    assert_int_equal(desk_waiting(desk, "main"), 1); // all points in one batch
    (void)desk_take(desk, "main");
    assert_non_null(strstr(desk_take(desk, "webhook:officer"), "Trạm 2"));
}

static void what_fires_for_the_whole_says_it_for_its_zones(void **state)
{
    struct desk *desk = *state;
    desk_configure(desk,
                   "[alert zones]\non = peak\nhold = 1\nhold_clear = 1\nchange = 0s\n"
                   "[alert province]\non = peak\nzones = total a-all\nhold = 1\nhold_clear = 1\n"
                   "change = 0s\n");
    desk_forecast(desk, "a", 31);
    desk_forecast(desk, "total", 91);
    assert_int_equal(desk_look(desk), 1);
    assert_non_null(strstr(desk_take(desk, "webhook:officer"), "\"zone\":\"total\""));
    assert_int_equal(desk_level(desk, "zones", "a"), ALERT_EMERGENCY); // it fires all the same
    desk->now += HOUR;
    desk_forecast(desk, "a", 34); // what is worse than the whole is told
    desk_forecast(desk, "total", 91);
    assert_int_equal(desk_look(desk), 1);
    assert_non_null(strstr(desk_take(desk, "webhook:officer"), "\"level\":\"extreme\""));
    desk->now += HOUR;
    desk_forecast(desk, "b", 31);
    desk_forecast(desk, "a-all", 67);
    assert_int_equal(desk_look(desk), 1); // the group: extreme; b is part of the whole alone
    assert_non_null(strstr(desk_take(desk, "webhook:officer"), "\"zone\":\"a-all\""));
    assert_int_equal(desk_next(desk, "total", 50), 2); // its end, and b
}

static void nothing_is_told_while_it_is_muted(void **state)
{
    struct desk *desk = *state;
    desk_configure(desk, "[alert week]\non = peak\nhold = 1\nhold_clear = 1\nchange = 0s\n");
    int64_t id;
    const struct store_mute mute = {
        .rule = "week", .subject = "", .from = t0, .until = t0 + 5 * HOUR, .by = "Lan", .note = ""};
    assert_true(store_begin(desk->store) && store_put_mute(desk->store, &mute, &id) &&
                store_commit(desk->store));
    assert_int_equal(desk_next(desk, "a", 31), 0);
    assert_int_equal(desk_waiting(desk, "main"), 1); // the record goes on
    assert_int_equal(desk_next(desk, "a", 34), 0);
    desk->now = t0 + 5 * HOUR;
    assert_int_equal(desk_look(desk), 1);
    const char *notice = desk_take(desk, "webhook:officer");
    assert_non_null(strstr(notice, "\"notice\":\"fired\""));
    assert_non_null(strstr(notice, "\"level\":\"extreme\""));
    assert_int_equal(desk_look(desk), 0);
}

static void put_mute(struct desk *desk, const char *subject, int64_t until)
{
    int64_t id;
    const struct store_mute mute = {
        .rule = "", .subject = subject, .from = t0, .until = until, .by = "Lan", .note = ""};
    assert_true(store_begin(desk->store) && store_put_mute(desk->store, &mute, &id) &&
                store_commit(desk->store));
}

// Else nobody would hear of either.
static void a_whole_that_is_muted_does_not_speak_for_its_zones(void **state)
{
    struct desk *desk = *state;
    desk_configure(desk,
                   "[alert week]\non = peak\nzones = total a a-mr b\nhold = 1\nchange = 0s\n");
    put_mute(desk, "total", t0 + 3 * HOUR);
    desk_forecast(desk, "a", 31);
    desk_forecast(desk, "total", 91);
    assert_int_equal(desk_look(desk), 1);
    assert_non_null(strstr(desk_take(desk, "webhook:officer"), "\"zone\":\"a\""));
    assert_int_equal(desk_next(desk, "b", 31), 1);
    desk->now = t0 + 3 * HOUR;
    assert_int_equal(desk_look(desk), 1); // it is told now, and speaks for them from now on
    assert_non_null(strstr(desk_take(desk, "webhook:officer"), "\"zone\":\"total\""));
    put_mute(desk, "total", t0 + 9 * HOUR);
    assert_int_equal(desk_next(desk, "a-mr", 31), 0);
}

static void a_rule_has_hours_without_notices(void **state)
{
    struct desk *desk = *state;
    desk_configure(desk, "[alert week]\non = peak\nhold = 1\nmute = 22:00-06:00\n");
    desk_forecast(desk, "a", 31); // at midnight
    assert_int_equal(desk_look(desk), 0);
    desk->now = t0 + 6 * HOUR - 1;
    assert_int_equal(desk_look(desk), 0);
    desk->now = t0 + 6 * HOUR;
    assert_int_equal(desk_look(desk), 1);
}

static void a_rule_that_is_gone_ends_its_alerts(void **state)
{
    struct desk *desk = *state;
    desk_configure(desk, "[alert week]\non = peak\nhold = 1\n");
    desk_forecast(desk, "a", 31);
    assert_int_equal(desk_look(desk), 1);
    desk_configure(desk, "");
    desk->now += HOUR;
    assert_int_equal(desk_look(desk), 1);
    assert_non_null(strstr(desk_take(desk, "webhook:officer"), "\"notice\":\"resolved\""));
    assert_int_equal(desk_look(desk), 0);
    desk->now += 2 * HOUR;
    assert_int_equal(desk_look(desk), 0);
    struct alert_list list;
    assert_true(alert_list_read(desk->store, NULL, NULL, &list));
    assert_int_equal(list.n, 0);
    alert_list_done(&list);
}

// A computer may begin in a wrong year, and be set right later.
static void a_clock_that_was_ahead_is_made_good(void **state)
{
    struct desk *desk = *state;
    desk_configure(desk, "[alert readings]\non = readings\nage = 2h\nhold = 1\nhold_clear = 1\n"
                         "zones = a\n");
    desk->now = t0 + 4000 * (int64_t)DAY;
    assert_int_equal(desk_look(desk), 1);
    desk->now = t0 + HOUR; // the readings are new, and it has lasted for an hour
    assert_int_equal(desk_look(desk), 0);
    desk->now = desk->zones[0].newest = t0 + 3 * HOUR;
    assert_int_equal(desk_look(desk), 1);
    assert_int_equal(desk_level(desk, "readings", "a"), ALERT_NONE);
    desk->now += 4 * HOUR;
    assert_int_equal(desk_look(desk), 1);
    desk->now += DAY; // reminders come in time too
    assert_int_equal(desk_look(desk), 1);
}

static void a_person_takes_it_in_hand(void **state)
{
    struct desk *desk = *state;
    desk_configure(desk, "[alert week]\non = peak\nhold = 1\nreminder = 2h\n");
    desk_forecast(desk, "a", 31);
    assert_int_equal(desk_look(desk), 1);
    const struct alerts_site site = desk_site(desk);
    const struct alerts_person person = {.by = "Lan",
                                         .note = "đã gọi",
                                         .now = desk->now,
                                         .started = desk->now,
                                         .until = desk->now + 5 * HOUR};
    (void)desk_take(desk, "main");
    assert_int_equal(alerts_acknowledge(&site, "week", "b", &person), ALERTS_NONE_SUCH);
    assert_int_equal(alerts_acknowledge(&site, "week", "a", &person), ALERTS_DONE);
    assert_non_null(strstr(desk_take(desk, "main"), "state=\"acknowledged\""));
    assert_int_equal(desk_next(desk, "a", 31) + desk_next(desk, "a", 31) + desk_next(desk, "a", 31),
                     0);
    desk->now = t0 + 5 * HOUR; // it has run out
    assert_int_equal(desk_look(desk), 1);
    assert_non_null(strstr(desk_take(desk, "webhook:officer"), "\"notice\":\"reminder\""));
    assert_int_equal(alerts_unacknowledge(&site, "week", "a", &person), ALERTS_NONE_SUCH);
}

static bool take_time(void *context, const struct store_alert_event *event)
{
    int64_t *last = context;
    assert_true(event->time >= *last);
    *last = event->time;
    return true;
}

// A forecast counts when it is there, some time after its issue. Who takes the alert in hand in
// between has done so before: the newest point of a series says how it stands.
static void changes_are_stamped_in_their_order(void **state)
{
    struct desk *desk = *state;
    int64_t last = 0;
    desk_configure(desk, "[alert week]\non = peak\nhold = 1\nhold_clear = 1\nchange = 0s\n");
    desk_forecast(desk, "a", 31);
    assert_int_equal(desk_look(desk), 1);
    desk->now += HOUR;
    desk_forecast(desk, "a", 20);
    const struct alerts_site site = desk_site(desk);
    const struct alerts_person person = {.by = "Lan",
                                         .note = "",
                                         .now = desk->now + 10,
                                         .started = desk->now + 10,
                                         .until = desk->now + 20};
    assert_int_equal(alerts_acknowledge(&site, "week", "a", &person), ALERTS_DONE);
    desk->now += 30; // it has run out, too
    assert_int_equal(desk_look(desk), 1);
    assert_true(store_each_alert_event(desk->store, 0, INT64_MAX, take_time, &last));
    assert_int_equal(last, desk->now);
    const char *point = desk_take(desk, "main");
    assert_non_null(strstr(point, "state=\"resolved\""));
    assert_non_null(strstr(point, " 1717437630000000000\n"));
}

static void a_store_that_fails_changes_nothing(void **state)
{
    struct desk *desk = *state;
    desk_configure(desk, "[alert week]\non = peak\nhold = 1\n");
    desk_forecast(desk, "a", 31);
    struct alerts_site site = desk_site(desk);
    const struct alerts_present present = {.now = t0, .started = t0, .zones = desk->zones};
    size_t told = 99;
    site.store = store_folder_open(STORE_READ); // takes nothing
    assert_false(alerts_look(&site, &present, &told));
    assert_int_equal(told, 0);
    store_close(site.store);
    assert_int_equal(desk_waiting(desk, "main"), 0);
    assert_int_equal(desk_look(desk), 1);
}

static void its_text_is_of_the_last_look(void **state)
{
    struct desk *desk = *state;
    struct alert_list list;
    desk_configure(desk, "[alert week]\non = peak\nhold = 1\n");
    assert_int_equal(desk_next(desk, "a", 31), 1);
    assert_int_equal(desk_next(desk, "a", 32), 0);
    assert_true(alert_list_read(desk->store, "week", "a", &list));
    assert_non_null(strstr(list.items[0].text_vi, "công suất cực đại dự kiến 32 MW"));
    alert_list_done(&list);
}

// No newer forecast comes: nothing is said of days that are over. What stopped is told elsewhere.
static void it_ends_with_the_days_that_were_forecast(void **state)
{
    struct desk *desk = *state;
    desk_configure(desk, "[alert week]\non = peak\nhold = 1\n");
    desk_forecast(desk, "a", 31);
    assert_int_equal(desk_look(desk), 1);
    desk->now += 3 * DAY - HOUR;
    assert_int_equal(desk_level(desk, "week", "a"), ALERT_EMERGENCY);
    assert_int_equal(desk_look(desk), 1); // the daily reminder
    desk->now += HOUR;
    assert_int_equal(desk_look(desk), 1);
    assert_int_equal(desk_level(desk, "week", "a"), ALERT_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_forecast_is_looked_at_once, desk_set_up, desk_tear_down),
        cmocka_unit_test_setup_teardown(it_is_over_and_told_once, desk_set_up, desk_tear_down),
        cmocka_unit_test_setup_teardown(one_notice_tells_of_a_substation_and_a_day, desk_set_up,
                                        desk_tear_down),
        cmocka_unit_test_setup_teardown(what_fires_for_the_whole_says_it_for_its_zones, desk_set_up,
                                        desk_tear_down),
        cmocka_unit_test_setup_teardown(nothing_is_told_while_it_is_muted, desk_set_up,
                                        desk_tear_down),
        cmocka_unit_test_setup_teardown(a_whole_that_is_muted_does_not_speak_for_its_zones,
                                        desk_set_up, desk_tear_down),
        cmocka_unit_test_setup_teardown(a_rule_has_hours_without_notices, desk_set_up,
                                        desk_tear_down),
        cmocka_unit_test_setup_teardown(a_rule_that_is_gone_ends_its_alerts, desk_set_up,
                                        desk_tear_down),
        cmocka_unit_test_setup_teardown(a_clock_that_was_ahead_is_made_good, desk_set_up,
                                        desk_tear_down),
        cmocka_unit_test_setup_teardown(a_person_takes_it_in_hand, desk_set_up, desk_tear_down),
        cmocka_unit_test_setup_teardown(changes_are_stamped_in_their_order, desk_set_up,
                                        desk_tear_down),
        cmocka_unit_test_setup_teardown(a_store_that_fails_changes_nothing, desk_set_up,
                                        desk_tear_down),
        cmocka_unit_test_setup_teardown(it_ends_with_the_days_that_were_forecast, desk_set_up,
                                        desk_tear_down),
        cmocka_unit_test_setup_teardown(its_text_is_of_the_last_look, desk_set_up, desk_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
