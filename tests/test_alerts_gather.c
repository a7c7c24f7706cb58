// SPDX-License-Identifier: GPL-3.0-or-later
// What each kind of rule looks at, and what is told of it.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/store_outbox.h"
#include "daemon/store_scores.h"
#include "tests/alerts_desk.h"
#include "tests/site_folder.h"

// What it was held against is taken out of the registry.
static void an_alert_without_a_limit_is_over(void **state)
{
    struct desk *desk = *state;
    static const char rules[] = "[alert week]\non = peak\nhold = 1\n[alert load]\non = load\n"
                                "hold = 1\n[alert summer]\non = season\nhold = 1\n";
    desk_configure(desk, rules);
    desk->zones[0].load_end = t0;
    desk->zones[0].load_mw = 31;
    desk_forecast(desk, "a", 31);
    desk_season(desk, "a", 31, 30);
    assert_int_equal(desk_look(desk), 3);
    config_free(desk->config);
    desk->config = desk_config(rules, false);
    desk->now += 60;
    desk_season(desk, "a", 31, NAN);
    assert_int_equal(desk_look(desk), 3);
    assert_non_null(strstr(desk_take(desk, "webhook:officer"), "\"notice\":\"resolved\""));
    assert_int_equal(desk_level(desk, "week", "a") + desk_level(desk, "load", "a"), ALERT_NONE);
    assert_int_equal(desk_level(desk, "summer", "a"), ALERT_NONE);
    assert_int_equal(desk_look(desk), 0);
    desk_configure(desk, rules);
    assert_int_equal(desk_next(desk, "a", 31), 1);
}

static void loads_are_held_against_the_capacity(void **state)
{
    struct desk *desk = *state;
    desk_configure(desk, "[alert load]\non = load\nhold = 1\nzones = a\ttotal\n");
    for (int z = 0; z < DESK_ZONES; z++)
        desk->zones[z] = (struct alerts_zone){.newest = t0, .load_end = t0, .load_mw = 31};
    assert_int_equal(desk_look(desk), 1); // that of the whole, which has the zone's
    assert_non_null(strstr(desk_take(desk, "webhook:officer"), "Next update: 0:30 on 4 June"));
    desk->now += DAY; // no readings since: the reminder says what was so
    assert_int_equal(desk_look(desk), 1);
    assert_non_null(strstr(desk_take(desk, "webhook:officer"), "93 MW"));
    desk->now -= DAY;
    assert_int_equal(desk_level(desk, "load", "total"), ALERT_EMERGENCY);
    assert_int_equal(desk_level(desk, "load", "a"), ALERT_EMERGENCY);
    desk->zones[1].load_end = t0 - HOUR; // not of one time: no sum
    desk->zones[0].load_end = t0 - DAY;  // too old to be an alarm
    desk->now += HOUR;
    assert_int_equal(desk_look(desk), 0);
}

// All that a store knows of a season is told: the hour of the peak and what drives it too.
static void a_season_is_told_with_its_hour_and_growth(void **state)
{
    struct desk *desk = *state;
    desk_configure(desk,
                   "[alert summer]\non = season\nprobability = 0.1\nclear_probability = 0.05\n"
                   "hold = 1\n");
    desk_forecast(desk, "a", 20);
    desk_season(desk, "a", 31, 30);
    assert_int_equal(desk_look(desk), 1);
    const char *notice = desk_take(desk, "webhook:officer");
    assert_non_null(strstr(notice, "The likeliest time is 14:00–15:00."));
    assert_non_null(strstr(notice, "dễ xảy ra nhất: 14–15 giờ."));
    assert_non_null(strstr(notice, "was 25 % above that of a year before"));
}

static void what_forecasts_rest_on_is_watched(void **state)
{
    struct desk *desk = *state;
    desk_configure(desk, "[alert readings]\non = readings\nage = 2h\nhold = 1\nzones = a b\n"
                         "[alert weather]\non = weather\nage = 2h\nhold = 1\n"
                         "[alert sink]\non = sink\nage = 10min\nhold = 1\n");
    desk->zones[2].newest = 0; // b never said anything
    assert_int_equal(desk_look(desk), 0);
    assert_true(store_begin(desk->store) &&
                store_outbox_push(desk->store, "main", desk->now, "x y=1 1\n", 8) &&
                store_commit(desk->store));
    desk->now += 2 * HOUR;
    assert_int_equal(desk_look(desk), 2);
    assert_int_equal(desk_level(desk, "readings", "a"), ALERT_WATCH);
    assert_int_equal(desk_level(desk, "readings", "b"), ALERT_NONE);
    assert_int_equal(desk_level(desk, "weather", "weather"), ALERT_NONE);
    assert_int_equal(desk_level(desk, "sink", "main"), ALERT_WATCH);
    assert_int_equal(desk_level(desk, "sink", "webhook:officer"), ALERT_NONE);
}

// A station of which nothing has ever come is told of too, as its source says what is wrong.
static void weather_that_never_came_is_told(void **state)
{
    struct desk *desk = *state;
    desk_configure(desk, "[weather tram]\nlatitude = 21\nlongitude = 106\n"
                         "[alert weather]\non = weather\nage = 2h\nhold = 1\n"
                         "[alertmanager m]\nurl = http://127.0.0.1:1\n"
                         "[alert sink]\non = sink\nage = 3h\nhold = 1\n");
    assert_int_equal(desk_look(desk), 0);
    const struct store_source tram = {
        .name = "weather tram", .trouble = "no such host", .trouble_since = t0};
    const struct store_source m = {
        .name = "alertmanager m", .trouble = "it is away", .trouble_since = t0};
    assert_true(store_put_source(desk->store, &tram) && store_put_source(desk->store, &m));
    desk->now = t0 + 2 * HOUR - 1;
    assert_int_equal(desk_look(desk), 0);
    desk->now = t0 + 2 * HOUR;
    assert_int_equal(desk_look(desk), 1);
    assert_int_equal(desk_level(desk, "weather", "tram"), ALERT_WATCH);
    assert_non_null(strstr(desk_take(desk, "webhook:officer"), "no such host"));
    desk->now = t0 + 3 * HOUR;
    assert_int_equal(desk_look(desk), 1);
    assert_int_equal(desk_level(desk, "sink", "alertmanager m"), ALERT_WATCH);
}

static void forecasts_that_lose_are_told(void **state)
{
    struct desk *desk = *state;
    desk_configure(desk, "[alert skill]\non = skill\ndays = 4\nhold = 1\n");
    assert_true(store_begin(desk->store));
    for (int d = 1; d <= 4; d++) {
        struct store_score score = {
            .zone = "a", .day = day0 - d, .lead = 1, .model = "recency", .mae = 2, .week_mae = 1.5};
        assert_true(store_put_score(desk->store, &score));
        score.zone = "b";
        score.week_mae = 3;
        assert_true(store_put_score(desk->store, &score));
    }
    assert_true(store_commit(desk->store));
    assert_int_equal(desk_look(desk), 1);
    assert_int_equal(desk_level(desk, "skill", "a"), ALERT_WATCH);
    assert_int_equal(desk_level(desk, "skill", "b"), ALERT_NONE);
}

static void entries_that_begin_are_told(void **state)
{
    struct desk *desk = *state;
    desk_configure(desk, "[alert register]\non = register\nwithin = 7d\nhold = 1\nhold_clear = 1\n"
                         "change = 0s\n");
    const struct store_entry entry = {.zone = "a",
                                      .kind = "line",
                                      .mw = 25,
                                      .factor = NAN,
                                      .probability = 1,
                                      .from = t0 + 6 * DAY,
                                      .to = INT64_MAX,
                                      .hours = "",
                                      .into = "",
                                      .author = "Lan",
                                      .note = "Sunwoda",
                                      .expires = INT64_MAX,
                                      .entered_at = t0,
                                      .ended_at = INT64_MAX,
                                      .ended_by = ""};
    int64_t id;
    assert_true(store_begin(desk->store) &&
                store_put_entry(desk->store, &entry, &id) == STORE_NEW &&
                store_commit(desk->store));
    desk->now = t0 - 2 * DAY;
    assert_int_equal(desk_look(desk), 0);
    desk->now = t0;
    assert_int_equal(desk_look(desk), 1);
    assert_non_null(strstr(desk_take(desk, "webhook:officer"), "Sunwoda"));
    desk->now = t0 + 6 * DAY;
    assert_int_equal(desk_look(desk), 1); // it has begun
}

// What all zones of a large site have in common goes out in several notices: one that is too large
// to be put away would be in the way of all alerts.
static void many_alerts_at_once_are_told_in_parts(void **state)
{
    enum { MANY = 1500 };
    struct desk *desk = *state;
    char rules[] = "[webhook officer]\nurl = http://127.0.0.1:1/\n[alert readings]\n"
                   "on = readings\nage = 2h\nhold = 1\n";
    FILE *zones = fopen("zones.csv", "w");
    assert_non_null(zones);
    fputs("id,name\n", zones);
    for (int z = 0; z < MANY; z++)
        fprintf(zones, "z%d,Khu công nghiệp số %d\n", z, z);
    assert_int_equal(fclose(zones), 0);
    desk->config = site_folder_config(NULL, rules);
    struct alerts_zone *known = calloc(MANY, sizeof *known);
    assert_non_null(known);
    for (int z = 0; z < MANY; z++)
        known[z].newest = t0 - DAY;
    const struct alerts_site site = desk_site(desk);
    const struct alerts_present present = {.now = t0, .started = t0, .zones = known};
    size_t told = 0;
    assert_true(alerts_look(&site, &present, &told));
    assert_int_equal(told, MANY);
    assert_int_equal(desk_waiting(desk, "webhook:officer"), (MANY + 199) / 200);
    free(known);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(many_alerts_at_once_are_told_in_parts, desk_set_up,
                                        desk_tear_down),
        cmocka_unit_test_setup_teardown(an_alert_without_a_limit_is_over, desk_set_up,
                                        desk_tear_down),
        cmocka_unit_test_setup_teardown(loads_are_held_against_the_capacity, desk_set_up,
                                        desk_tear_down),
        cmocka_unit_test_setup_teardown(a_season_is_told_with_its_hour_and_growth, desk_set_up,
                                        desk_tear_down),
        cmocka_unit_test_setup_teardown(what_forecasts_rest_on_is_watched, desk_set_up,
                                        desk_tear_down),
        cmocka_unit_test_setup_teardown(weather_that_never_came_is_told, desk_set_up,
                                        desk_tear_down),
        cmocka_unit_test_setup_teardown(forecasts_that_lose_are_told, desk_set_up, desk_tear_down),
        cmocka_unit_test_setup_teardown(entries_that_begin_are_told, desk_set_up, desk_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
