// SPDX-License-Identifier: GPL-3.0-or-later
// Looks at the rules of a site, over a real store: what they raise, who is told, and when nobody
// is.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/alert_list.h"
#include "daemon/alerts.h"
#include "daemon/store_alerts.h"
#include "daemon/store_outbox.h"
#include "daemon/store_peaks.h"
#include "daemon/store_scores.h"
#include "tests/site_folder.h"
#include "tests/store_folder.h"

enum { HOUR = 3600, DAY = 86400, ZONES = 3, DAYS = 3 };
static const int64_t t0 = 1717434000; // 2024-06-04T00:00+07:00
static const int64_t day0 = 19878;    // the same as a civil day
static const struct civil_clock clock_7 = {.offset_s = 7 * HOUR};

struct desk {
    void *folder;
    struct config *config;
    struct store *store;
    struct alerts_zone zones[ZONES];
    int64_t now;
};

static void write_file(const char *name, const char *text)
{
    FILE *file = fopen(name, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0 && !fclose(file));
}

// Zones "a" with its expansion "a-mr", and "b"; 30 MW each, "a" and "b" of one substation.
static struct config *read_config(const char *rules, bool capacities)
{
    write_file("zones.csv", "id,name,parent\na,A,\na-mr,A mở rộng,a\nb,B,\n");
    write_file("capacity.csv", !capacities
                                   ? "zone,from,mva\n"
                                   : "zone,from,mva,units,power_factor,substation\n"
                                     "a,2020-01-01,30,,1,Trạm 1\na-mr,2020-01-01,30,,1,Trạm 2\n"
                                     "b,2020-01-01,30,,1,Trạm 1\n");
    char more[2048];
    snprintf(more, sizeof more,
             "[alerts]\nlink = https://g.example/\n"
             "[influxdb main]\nurl = http://127.0.0.1:1\ndatabase = d\n"
             "[webhook officer]\nurl = http://127.0.0.1:1/\n%s\n[site]\ncapacity = capacity.csv\n",
             rules);
    return site_folder_config(NULL, more);
}

static int set_up(void **state)
{
    struct desk *desk = calloc(1, sizeof *desk);
    *state = desk;
    if (!desk || site_folder_enter(&desk->folder))
        return 1;
    desk->now = t0;
    for (int z = 0; z < ZONES; z++)
        desk->zones[z] = (struct alerts_zone){.newest = t0, .load_mw = NAN};
    desk->store = store_folder_open(STORE_WRITE);
    return 0;
}

static int tear_down(void **state)
{
    struct desk *desk = *state;
    store_close(desk->store);
    config_free(desk->config);
    int status = site_folder_leave(&desk->folder);
    free(desk);
    return status;
}

static void configure(struct desk *desk, const char *rules)
{
    config_free(desk->config);
    desk->config = read_config(rules, true);
}

static const char *const peak_rule =
    "[alert week]\non = peak\nhold = 2\nhold_clear = 2\nchange = 0s\n";

// Every day of the node peaks at `mw`, give or take nothing.
static void forecast(struct desk *desk, const char *node, double mw)
{
    struct day_peak days[DAYS];
    struct day_peaks peaks = {.issue = desk->now, .growth = 0.25, .n = DAYS, .days = days};
    for (int d = 0; d < DAYS; d++) {
        days[d] = (struct day_peak){.day = day0 + d,
                                    .whole = true,
                                    .hour_from = 13,
                                    .hour_to = 16,
                                    .hour = 14,
                                    .cause = {NAN, NAN, NAN, NAN}};
        for (int q = 0; q < DAY_PEAKS_LEVELS; q++)
            days[d].peak[q] = days[d].top[q] = (float)mw;
    }
    assert_true(store_begin(desk->store) && store_put_peaks(desk->store, node, &peaks) &&
                store_commit(desk->store));
}

// Three seasons of five peak at `mw`, the others far below.
static void put_season(struct desk *desk, const char *node, double mw, double limit_mw)
{
    struct store_season season = {.issue = desk->now,
                                  .season = "2024",
                                  .scenario = "base",
                                  .zone = node,
                                  .limit_mw = limit_mw,
                                  .p_over = 0.6,
                                  .peak_hour = 14};
    for (int k = 0; k < STORE_SEASON_LEVELS; k++)
        season.peak_mw[k] = k < 39 ? mw / 2 : mw;
    assert_true(store_begin(desk->store) && store_put_season(desk->store, &season) &&
                store_commit(desk->store));
}

static struct alerts_site site_of(const struct desk *desk)
{
    return (struct alerts_site){.config = desk->config, .store = desk->store, .clock = &clock_7};
}

// How many notices a look makes.
static size_t look(struct desk *desk)
{
    const struct alerts_site site = site_of(desk);
    const struct alerts_present present = {.now = desk->now,
                                           .started = desk->now,
                                           .forecast_due = desk->now + HOUR,
                                           .zones = desk->zones,
                                           .newest_weather = 0};
    size_t told = 99;
    assert_true(alerts_look(&site, &present, &told));
    return told;
}

// An hour later, the next forecast of a node and a look.
static size_t next(struct desk *desk, const char *node, double mw)
{
    desk->now += HOUR;
    forecast(desk, node, mw);
    return look(desk);
}

static enum alert_level level_of(struct desk *desk, const char *rule, const char *subject)
{
    struct alert_list list;
    assert_true(alert_list_read(desk->store, rule, subject, &list));
    const enum alert_level level = list.n ? list.items[0].alert.level : ALERT_NONE;
    alert_list_done(&list);
    return level;
}

// The newest batch that waits for a sink, in a static text; "" for none. Takes it out.
static const char *take(struct desk *desk, const char *sink)
{
    static char text[8192];
    struct store_batch batch;
    bool found;
    *text = '\0';
    for (;;) {
        assert_true(store_outbox_peek(desk->store, sink, 0, &batch, &found));
        if (!found)
            return text;
        snprintf(text, sizeof text, "%.*s", (int)batch.length, batch.body);
        const struct store_outbox_end end = {.now = desk->now};
        assert_true(store_outbox_end(desk->store, &batch, sink, &end));
        free(batch.body);
    }
}

static int64_t waiting(struct desk *desk, const char *sink)
{
    struct store_outbox_state state;
    assert_true(store_outbox_state(desk->store, sink, &state, NULL));
    return state.batches;
}

static void a_forecast_is_looked_at_once(void **state)
{
    struct desk *desk = *state;
    configure(desk, peak_rule);
    forecast(desk, "a", 31);
    assert_int_equal(look(desk), 0);
    desk->now += HOUR; // and no new one
    assert_int_equal(look(desk), 0);
    assert_int_equal(look(desk), 0);
    assert_int_equal(level_of(desk, "week", "a"), ALERT_NONE);
    assert_int_equal(next(desk, "a", 31), 1);
    assert_int_equal(level_of(desk, "week", "a"), ALERT_EMERGENCY);
    const char *notice = take(desk, "webhook:officer");
    assert_non_null(strstr(notice, "\"notice\":\"fired\""));
    assert_non_null(strstr(notice, "\"substation\":\"Trạm 1\",\"day\":\"2024-06-04\""));
    assert_non_null(strstr(notice, "A có thể quá tải"));
    assert_non_null(strstr(notice, "\"link\":\"https://g.example/\""));
    const char *point = take(desk, "main");
    assert_true(!strncmp(point, "alert,level=emergency,rule=week,zone=a limit=30.0,", 50));
    assert_non_null(strstr(point, "state=\"firing\""));
    assert_non_null(strstr(point, " 1717441200000000000\n"));
    assert_int_equal(next(desk, "a", 31), 0); // it goes on
    assert_int_equal(waiting(desk, "main") + waiting(desk, "webhook:officer"), 0);
}

static void it_is_over_and_told_once(void **state)
{
    struct desk *desk = *state;
    configure(desk, peak_rule);
    assert_int_equal(next(desk, "a", 31) + next(desk, "a", 31), 1);
    assert_int_equal(next(desk, "a", 20), 0);
    assert_int_equal(next(desk, "a", 20), 1);
    assert_non_null(strstr(take(desk, "webhook:officer"), "\"notice\":\"resolved\""));
    assert_non_null(strstr(take(desk, "main"), "state=\"resolved\""));
    assert_int_equal(next(desk, "a", 20) + next(desk, "a", 20), 0);
}

static void one_notice_tells_of_a_substation_and_a_day(void **state)
{
    struct desk *desk = *state;
    configure(desk, "[alert week]\non = peak\nhold = 1\n");
    forecast(desk, "a", 31);
    forecast(desk, "b", 34);
    forecast(desk, "a-mr", 31); // fed from elsewhere
    assert_int_equal(look(desk), 3);
    assert_int_equal(waiting(desk, "webhook:officer"), 2);
    assert_int_equal(waiting(desk, "main"), 3);
    (void)take(desk, "main");
    assert_non_null(strstr(take(desk, "webhook:officer"), "Trạm 2"));
}

static void what_fires_for_the_whole_says_it_for_its_zones(void **state)
{
    struct desk *desk = *state;
    configure(desk, "[alert zones]\non = peak\nhold = 1\nhold_clear = 1\nchange = 0s\n"
                    "[alert province]\non = peak\nzones = total a-all\nhold = 1\nhold_clear = 1\n"
                    "change = 0s\n");
    forecast(desk, "a", 31);
    forecast(desk, "total", 91);
    assert_int_equal(look(desk), 1);
    assert_non_null(strstr(take(desk, "webhook:officer"), "\"zone\":\"total\""));
    assert_int_equal(level_of(desk, "zones", "a"), ALERT_EMERGENCY); // it fires all the same
    desk->now += HOUR;
    forecast(desk, "a", 34); // what is worse than the whole is told
    forecast(desk, "total", 91);
    assert_int_equal(look(desk), 1);
    assert_non_null(strstr(take(desk, "webhook:officer"), "\"level\":\"extreme\""));
    desk->now += HOUR;
    forecast(desk, "b", 31);
    forecast(desk, "a-all", 67);
    assert_int_equal(look(desk), 1); // the group: extreme; b is part of the whole alone
    assert_non_null(strstr(take(desk, "webhook:officer"), "\"zone\":\"a-all\""));
    assert_int_equal(next(desk, "total", 50), 2); // its end, and b
}

static void nothing_is_told_while_it_is_muted(void **state)
{
    struct desk *desk = *state;
    configure(desk, "[alert week]\non = peak\nhold = 1\nhold_clear = 1\nchange = 0s\n");
    int64_t id;
    const struct store_mute mute = {
        .rule = "week", .subject = "", .from = t0, .until = t0 + 5 * HOUR, .by = "Lan", .note = ""};
    assert_true(store_begin(desk->store) && store_put_mute(desk->store, &mute, &id) &&
                store_commit(desk->store));
    assert_int_equal(next(desk, "a", 31), 0);
    assert_int_equal(waiting(desk, "main"), 1); // the record goes on
    assert_int_equal(next(desk, "a", 34), 0);
    desk->now = t0 + 5 * HOUR;
    assert_int_equal(look(desk), 1);
    const char *notice = take(desk, "webhook:officer");
    assert_non_null(strstr(notice, "\"notice\":\"fired\""));
    assert_non_null(strstr(notice, "\"level\":\"extreme\""));
    assert_int_equal(look(desk), 0);
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
    configure(desk, "[alert week]\non = peak\nzones = total a a-mr b\nhold = 1\nchange = 0s\n");
    put_mute(desk, "total", t0 + 3 * HOUR);
    forecast(desk, "a", 31);
    forecast(desk, "total", 91);
    assert_int_equal(look(desk), 1);
    assert_non_null(strstr(take(desk, "webhook:officer"), "\"zone\":\"a\""));
    assert_int_equal(next(desk, "b", 31), 1);
    desk->now = t0 + 3 * HOUR;
    assert_int_equal(look(desk), 1); // it is told now, and speaks for them from now on
    assert_non_null(strstr(take(desk, "webhook:officer"), "\"zone\":\"total\""));
    put_mute(desk, "total", t0 + 9 * HOUR);
    assert_int_equal(next(desk, "a-mr", 31), 0);
}

static void a_rule_has_hours_without_notices(void **state)
{
    struct desk *desk = *state;
    configure(desk, "[alert week]\non = peak\nhold = 1\nmute = 22:00-06:00\n");
    forecast(desk, "a", 31); // at midnight
    assert_int_equal(look(desk), 0);
    desk->now = t0 + 6 * HOUR - 1;
    assert_int_equal(look(desk), 0);
    desk->now = t0 + 6 * HOUR;
    assert_int_equal(look(desk), 1);
}

static void a_rule_that_is_gone_ends_its_alerts(void **state)
{
    struct desk *desk = *state;
    configure(desk, "[alert week]\non = peak\nhold = 1\n");
    forecast(desk, "a", 31);
    assert_int_equal(look(desk), 1);
    configure(desk, "");
    desk->now += HOUR;
    assert_int_equal(look(desk), 1);
    assert_non_null(strstr(take(desk, "webhook:officer"), "\"notice\":\"resolved\""));
    assert_int_equal(look(desk), 0);
    desk->now += 2 * HOUR;
    assert_int_equal(look(desk), 0);
    struct alert_list list;
    assert_true(alert_list_read(desk->store, NULL, NULL, &list));
    assert_int_equal(list.n, 0);
    alert_list_done(&list);
}

// What it was held against is taken out of the registry.
static void an_alert_without_a_limit_is_over(void **state)
{
    struct desk *desk = *state;
    static const char rules[] = "[alert week]\non = peak\nhold = 1\n[alert load]\non = load\n"
                                "hold = 1\n[alert summer]\non = season\nhold = 1\n";
    configure(desk, rules);
    desk->zones[0].load_end = t0;
    desk->zones[0].load_mw = 31;
    forecast(desk, "a", 31);
    put_season(desk, "a", 31, 30);
    assert_int_equal(look(desk), 3);
    config_free(desk->config);
    desk->config = read_config(rules, false);
    desk->now += 60;
    put_season(desk, "a", 31, NAN);
    assert_int_equal(look(desk), 3);
    assert_non_null(strstr(take(desk, "webhook:officer"), "\"notice\":\"resolved\""));
    assert_int_equal(level_of(desk, "week", "a") + level_of(desk, "load", "a"), ALERT_NONE);
    assert_int_equal(level_of(desk, "summer", "a"), ALERT_NONE);
    assert_int_equal(look(desk), 0);
    configure(desk, rules);
    assert_int_equal(next(desk, "a", 31), 1);
}

// A computer may begin in a wrong year, and be set right later.
static void a_clock_that_was_ahead_is_made_good(void **state)
{
    struct desk *desk = *state;
    configure(desk, "[alert readings]\non = readings\nage = 2h\nhold = 1\nhold_clear = 1\n"
                    "zones = a\n");
    desk->now = t0 + 4000 * (int64_t)DAY;
    assert_int_equal(look(desk), 1);
    desk->now = t0 + HOUR; // the readings are new, and it has lasted for an hour
    assert_int_equal(look(desk), 0);
    desk->now = desk->zones[0].newest = t0 + 3 * HOUR;
    assert_int_equal(look(desk), 1);
    assert_int_equal(level_of(desk, "readings", "a"), ALERT_NONE);
    desk->now += 4 * HOUR;
    assert_int_equal(look(desk), 1);
    desk->now += DAY; // reminders come in time too
    assert_int_equal(look(desk), 1);
}

static void a_person_takes_it_in_hand(void **state)
{
    struct desk *desk = *state;
    configure(desk, "[alert week]\non = peak\nhold = 1\nreminder = 2h\n");
    forecast(desk, "a", 31);
    assert_int_equal(look(desk), 1);
    const struct alerts_site site = site_of(desk);
    const struct alerts_person person = {.by = "Lan",
                                         .note = "đã gọi",
                                         .now = desk->now,
                                         .started = desk->now,
                                         .until = desk->now + 5 * HOUR};
    (void)take(desk, "main");
    assert_int_equal(alerts_acknowledge(&site, "week", "b", &person), ALERTS_NONE_SUCH);
    assert_int_equal(alerts_acknowledge(&site, "week", "a", &person), ALERTS_DONE);
    assert_non_null(strstr(take(desk, "main"), "state=\"acknowledged\""));
    assert_int_equal(next(desk, "a", 31) + next(desk, "a", 31) + next(desk, "a", 31), 0);
    desk->now = t0 + 5 * HOUR; // it has run out
    assert_int_equal(look(desk), 1);
    assert_non_null(strstr(take(desk, "webhook:officer"), "\"notice\":\"reminder\""));
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
    configure(desk, "[alert week]\non = peak\nhold = 1\nhold_clear = 1\nchange = 0s\n");
    forecast(desk, "a", 31);
    assert_int_equal(look(desk), 1);
    desk->now += HOUR;
    forecast(desk, "a", 20);
    const struct alerts_site site = site_of(desk);
    const struct alerts_person person = {.by = "Lan",
                                         .note = "",
                                         .now = desk->now + 10,
                                         .started = desk->now + 10,
                                         .until = desk->now + 20};
    assert_int_equal(alerts_acknowledge(&site, "week", "a", &person), ALERTS_DONE);
    desk->now += 30; // it has run out, too
    assert_int_equal(look(desk), 1);
    assert_true(store_each_alert_event(desk->store, 0, INT64_MAX, take_time, &last));
    assert_int_equal(last, desk->now);
    const char *point = take(desk, "main");
    assert_non_null(strstr(point, "state=\"resolved\""));
    assert_non_null(strstr(point, " 1717437630000000000\n"));
}

static void loads_are_held_against_the_capacity(void **state)
{
    struct desk *desk = *state;
    configure(desk, "[alert load]\non = load\nhold = 1\nzones = a\ttotal\n");
    for (int z = 0; z < ZONES; z++)
        desk->zones[z] = (struct alerts_zone){.newest = t0, .load_end = t0, .load_mw = 31};
    assert_int_equal(look(desk), 1); // that of the whole, which has the zone's
    assert_non_null(strstr(take(desk, "webhook:officer"), "Next update: 0:30 on 4 June"));
    desk->now += DAY; // no readings since: the reminder says what was so
    assert_int_equal(look(desk), 1);
    assert_non_null(strstr(take(desk, "webhook:officer"), "93 MW"));
    desk->now -= DAY;
    assert_int_equal(level_of(desk, "load", "total"), ALERT_EMERGENCY);
    assert_int_equal(level_of(desk, "load", "a"), ALERT_EMERGENCY);
    desk->zones[1].load_end = t0 - HOUR; // not of one time: no sum
    desk->zones[0].load_end = t0 - DAY;  // too old to be an alarm
    desk->now += HOUR;
    assert_int_equal(look(desk), 0);
}

// All that a store knows of a season is told: the hour of the peak and what drives it too.
static void a_season_is_told_with_its_hour_and_growth(void **state)
{
    struct desk *desk = *state;
    configure(desk, "[alert summer]\non = season\nprobability = 0.1\nclear_probability = 0.05\n"
                    "hold = 1\n");
    forecast(desk, "a", 20);
    put_season(desk, "a", 31, 30);
    assert_int_equal(look(desk), 1);
    const char *notice = take(desk, "webhook:officer");
    assert_non_null(strstr(notice, "The likeliest time is 14:00–15:00."));
    assert_non_null(strstr(notice, "dễ xảy ra nhất: 14–15 giờ."));
    assert_non_null(strstr(notice, "was 25 % above that of a year before"));
}

static void what_forecasts_rest_on_is_watched(void **state)
{
    struct desk *desk = *state;
    configure(desk, "[alert readings]\non = readings\nage = 2h\nhold = 1\nzones = a b\n"
                    "[alert weather]\non = weather\nage = 2h\nhold = 1\n"
                    "[alert sink]\non = sink\nage = 10min\nhold = 1\n");
    desk->zones[2].newest = 0; // b never said anything
    assert_int_equal(look(desk), 0);
    assert_true(store_begin(desk->store) &&
                store_outbox_push(desk->store, "main", desk->now, "x y=1 1\n", 8) &&
                store_commit(desk->store));
    desk->now += 2 * HOUR;
    assert_int_equal(look(desk), 2);
    assert_int_equal(level_of(desk, "readings", "a"), ALERT_WATCH);
    assert_int_equal(level_of(desk, "readings", "b"), ALERT_NONE);
    assert_int_equal(level_of(desk, "weather", "weather"), ALERT_NONE);
    assert_int_equal(level_of(desk, "sink", "main"), ALERT_WATCH);
    assert_int_equal(level_of(desk, "sink", "webhook:officer"), ALERT_NONE);
}

// A station of which nothing has ever come is told of too, as its source says what is wrong.
static void weather_that_never_came_is_told(void **state)
{
    struct desk *desk = *state;
    configure(desk, "[weather tram]\nlatitude = 21\nlongitude = 106\n"
                    "[alert weather]\non = weather\nage = 2h\nhold = 1\n"
                    "[alertmanager m]\nurl = http://127.0.0.1:1\n"
                    "[alert sink]\non = sink\nage = 3h\nhold = 1\n");
    assert_int_equal(look(desk), 0);
    const struct store_source tram = {
        .name = "weather tram", .trouble = "no such host", .trouble_since = t0};
    const struct store_source m = {
        .name = "alertmanager m", .trouble = "it is away", .trouble_since = t0};
    assert_true(store_put_source(desk->store, &tram) && store_put_source(desk->store, &m));
    desk->now = t0 + 2 * HOUR - 1;
    assert_int_equal(look(desk), 0);
    desk->now = t0 + 2 * HOUR;
    assert_int_equal(look(desk), 1);
    assert_int_equal(level_of(desk, "weather", "tram"), ALERT_WATCH);
    assert_non_null(strstr(take(desk, "webhook:officer"), "no such host"));
    desk->now = t0 + 3 * HOUR;
    assert_int_equal(look(desk), 1);
    assert_int_equal(level_of(desk, "sink", "alertmanager m"), ALERT_WATCH);
}

static void forecasts_that_lose_are_told(void **state)
{
    struct desk *desk = *state;
    configure(desk, "[alert skill]\non = skill\ndays = 4\nhold = 1\n");
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
    assert_int_equal(look(desk), 1);
    assert_int_equal(level_of(desk, "skill", "a"), ALERT_WATCH);
    assert_int_equal(level_of(desk, "skill", "b"), ALERT_NONE);
}

static void entries_that_begin_are_told(void **state)
{
    struct desk *desk = *state;
    configure(desk, "[alert register]\non = register\nwithin = 7d\nhold = 1\nhold_clear = 1\n"
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
    assert_int_equal(look(desk), 0);
    desk->now = t0;
    assert_int_equal(look(desk), 1);
    assert_non_null(strstr(take(desk, "webhook:officer"), "Sunwoda"));
    desk->now = t0 + 6 * DAY;
    assert_int_equal(look(desk), 1); // it has begun
}

static void a_store_that_fails_changes_nothing(void **state)
{
    struct desk *desk = *state;
    configure(desk, "[alert week]\non = peak\nhold = 1\n");
    forecast(desk, "a", 31);
    struct alerts_site site = site_of(desk);
    const struct alerts_present present = {.now = t0, .started = t0, .zones = desk->zones};
    size_t told = 99;
    site.store = store_folder_open(STORE_READ); // takes nothing
    assert_false(alerts_look(&site, &present, &told));
    assert_int_equal(told, 0);
    store_close(site.store);
    assert_int_equal(waiting(desk, "main"), 0);
    assert_int_equal(look(desk), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_forecast_is_looked_at_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(it_is_over_and_told_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(one_notice_tells_of_a_substation_and_a_day, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(what_fires_for_the_whole_says_it_for_its_zones, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(nothing_is_told_while_it_is_muted, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_whole_that_is_muted_does_not_speak_for_its_zones, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_rule_has_hours_without_notices, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_rule_that_is_gone_ends_its_alerts, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_alert_without_a_limit_is_over, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_clock_that_was_ahead_is_made_good, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_person_takes_it_in_hand, set_up, tear_down),
        cmocka_unit_test_setup_teardown(changes_are_stamped_in_their_order, set_up, tear_down),
        cmocka_unit_test_setup_teardown(loads_are_held_against_the_capacity, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_season_is_told_with_its_hour_and_growth, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(what_forecasts_rest_on_is_watched, set_up, tear_down),
        cmocka_unit_test_setup_teardown(weather_that_never_came_is_told, set_up, tear_down),
        cmocka_unit_test_setup_teardown(forecasts_that_lose_are_told, set_up, tear_down),
        cmocka_unit_test_setup_teardown(entries_that_begin_are_told, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_store_that_fails_changes_nothing, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
