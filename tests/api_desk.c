// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/api_desk.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/entry_list.h"
#include "daemon/points.h"
#include "daemon/store_alerts.h"
#include "daemon/store_outbox.h"
#include "daemon/store_peaks.h"
#include "daemon/store_scores.h"
#include "tests/site_folder.h"
#include "tests/store_folder.h"

enum { HOUR = 3600, STEP = 1800, DAY = 86400, DAYS = 3 };
static const int64_t t0 = API_DESK_DAY, now = API_DESK_DAY + 12 * HOUR;
static const int64_t day0 = 19878; // t0 as a civil day
static const struct civil_clock clock_7 = {.offset_s = 7 * HOUR};

static void write_file(const char *name, const char *text)
{
    FILE *file = fopen(name, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0 && !fclose(file));
}

static struct config *read_config(void)
{
    write_file("zones.csv", "id,name,parent,district,area_ha\n"
                            "yen-lu,Yên Lư,,Yên Dũng,377\nyen-lu-mr,Yên Lư mở rộng,yen-lu,,\n"
                            "phuc-son,Phúc Sơn,,,\n");
    write_file("capacity.csv", "zone,from,mva,units,power_factor,substation\n"
                               "yen-lu,2020-01-01,30,,1,Trạm 1\n"
                               "yen-lu,2024-06-05,60,,1,Trạm 1\n"
                               "phuc-son,2020-01-01,20,,1,Trạm 2\n");
    return site_folder_config(NULL, "[influxdb main]\nurl = http://127.0.0.1:1\ndatabase = d\n"
                                    "[webhook officer]\nurl = http://127.0.0.1:1/\n"
                                    "[site]\ncapacity = capacity.csv\nname = Bắc Giang\n");
}

static void put_readings(struct store *store)
{
    for (int64_t t = t0 - 30 * DAY; t < now; t += STEP) {
        const double mw = 20 + (double)((t / STEP) % 48) / 8;
        assert_int_equal(store_put_reading(store, "yen-lu", "", t, mw), STORE_NEW);
        assert_int_equal(store_put_reading(store, "phuc-son", "m1", t, 6), STORE_NEW);
        if (t + STEP < now)
            assert_int_equal(store_put_reading(store, "phuc-son", "m2", t, 4), STORE_NEW);
    }
}

// From `issue` to the end of the third day, the median at `mw`.
static void put_forecast(struct store *store, const char *node, int64_t issue, double mw,
                         uint64_t entry)
{
    struct forecast forecast;
    const size_t n = (size_t)(t0 + DAYS * DAY - issue) / STEP;
    assert_true(forecast_init(&forecast, issue, STEP, n, POINTS_LEVELS, points_levels));
    snprintf(forecast.model, sizeof forecast.model, "%s",
             strcmp(node, "total") ? "recency" : "sum");
    for (size_t i = 0; i < n; i++) {
        forecast.mean[i] = mw + 1.0 / 3;
        for (size_t k = 0; k < POINTS_LEVELS; k++)
            forecast.quantile[i * POINTS_LEVELS + k] = mw + (double)k - 9;
    }
    if (entry) {
        assert_true(forecast_make_effects(&forecast, 1));
        forecast.effect_id[0] = entry;
        for (size_t i = 0; i < n; i++)
            forecast.effect[i] = i < 10 ? 0 : 2.5;
    }
    assert_true(store_put_forecast(store, node, &forecast));
    forecast_done(&forecast);
}

static void put_peaks(struct store *store, const char *node, int64_t issue, double mw)
{
    struct day_peak days[DAYS];
    struct day_peaks peaks = {.issue = issue, .growth = 0.125, .n = DAYS, .days = days};
    for (int d = 0; d < DAYS; d++) {
        days[d] = (struct day_peak){.day = day0 + d,
                                    .whole = d || issue <= t0,
                                    .hour_from = 13,
                                    .hour_to = 16,
                                    .hour = 14,
                                    .cause = {33.5, NAN, 1.5, 0}};
        for (int q = 0; q < DAY_PEAKS_LEVELS; q++)
            days[d].peak[q] = days[d].top[q] = (float)(mw + (q - 49) * 0.1);
    }
    assert_true(store_put_peaks(store, node, &peaks));
}

static void put_season(struct store *store, const char *scenario, const char *node, double mw,
                       double limit_mw)
{
    struct store_season season = {.issue = t0,
                                  .season = "2024-summer",
                                  .scenario = scenario,
                                  .zone = node,
                                  .limit_mw = limit_mw,
                                  .p_over = isnan(limit_mw) ? limit_mw : 0.25,
                                  .peak_hour = 14};
    for (int k = 0; k < STORE_SEASON_LEVELS; k++)
        season.peak_mw[k] = mw + k;
    assert_true(store_put_season(store, &season));
}

static void put_scores(struct store *store)
{
    for (int lead = 1; lead <= 2; lead++) {
        const struct store_score score = {.zone = "yen-lu",
                                          .day = day0 - 1,
                                          .lead = lead,
                                          .model = "recency",
                                          .mape = 2.5,
                                          .nmae = 2,
                                          .coverage90 = NAN,
                                          .pinball = 0.25,
                                          .mae = 0.5 * lead,
                                          .week_mae = 2};
        assert_true(store_put_score(store, &score));
    }
}

static int64_t put_entry(struct store *store)
{
    int64_t id;
    const struct store_entry entry = {.zone = "yen-lu",
                                      .kind = "line",
                                      .mw = 25,
                                      .factor = NAN,
                                      .probability = 0.9,
                                      .from = t0 + DAY,
                                      .to = INT64_MAX,
                                      .hours = "08:00-17:30",
                                      .into = "",
                                      .author = "Lê Lan",
                                      .note = "dây chuyền mới, \"A\"",
                                      .expires = INT64_MAX,
                                      .entered_at = t0};
    assert_int_equal(store_put_entry(store, &entry, &id), STORE_NEW);
    assert_int_equal(id, 1);
    return id;
}

static void put_alerts(struct store *store)
{
    int64_t mute_id;
    struct store_alert alert = {.rule = "week",
                                .subject = "yen-lu",
                                .alert = {.level = ALERT_EMERGENCY,
                                          .seen = ALERT_EMERGENCY,
                                          .since = t0,
                                          .changed = t0,
                                          .looked = now,
                                          .told = ALERT_WATCH,
                                          .acked = ALERT_EMERGENCY,
                                          .acked_until = now + HOUR},
                                .value = 0.75,
                                .limit = 30,
                                .group = "",
                                .title_vi = "Yên Lư có thể quá tải",
                                .text_vi = "...",
                                .title_en = "Yên Lư may be overloaded",
                                .text_en = "...",
                                .ack_by = "Lan",
                                .ack_note = ""};
    assert_true(store_put_alert(store, &alert));
    alert.subject = "main";
    alert.rule = "sink";
    alert.alert.acked = ALERT_NONE;
    assert_true(store_put_alert(store, &alert));
    alert.subject = "phuc-son";
    alert.alert = (struct alert){.seen = ALERT_WATCH, .rising = {[ALERT_WATCH] = 1}, .looked = now};
    assert_true(store_put_alert(store, &alert));
    alert.subject = "total";
    alert.alert = (struct alert){.looked = now};
    assert_true(store_put_alert(store, &alert));
    const struct store_alert_event event = {.time = t0,
                                            .rule = "week",
                                            .subject = "yen-lu",
                                            .what = "fired",
                                            .level = ALERT_EMERGENCY,
                                            .value = 0.75,
                                            .limit = NAN,
                                            .text_vi = "a",
                                            .text_en = "b",
                                            .by = "",
                                            .note = ""};
    assert_true(store_put_alert_event(store, &event));
    const struct store_mute mute = {
        .rule = "week", .from = t0, .until = now + DAY, .by = "Lan", .note = ""};
    assert_true(store_put_mute(store, &mute, &mute_id));
}

// The key by which effects know the entry.
static uint64_t key_of_entry(struct store *store, struct config *config)
{
    struct entry_list list;
    assert_true(entry_list_read(config, &clock_7, store, &list));
    const uint64_t key = list.items[0].entry.id;
    entry_list_done(&list);
    return key;
}

static void fill(struct store *store, struct config *config)
{
    assert_true(store_begin(store));
    put_readings(store);
    put_entry(store);
    const uint64_t key = key_of_entry(store, config);
    for (int64_t issue = t0 - DAY; issue <= now; issue += 12 * HOUR) {
        const double mw = 25 + (double)(issue - t0) / HOUR / 12;
        put_forecast(store, "yen-lu", issue, mw, key);
        put_peaks(store, "yen-lu", issue, mw + 4);
        put_peaks(store, "total", issue, mw + 14);
    }
    put_forecast(store, "total", now, 36, 0);
    put_peaks(store, "phuc-son", now, 23);
    put_season(store, "base", "yen-lu", 10, 30);
    put_season(store, "high", "yen-lu", 20, 30);
    put_season(store, "base", "total", 30, NAN);
    put_scores(store);
    put_alerts(store);
    assert_true(store_outbox_push(store, "main", t0, "a b=1 1\n", 8));
    assert_true(store_commit(store));
    assert_true(store_outbox_trouble(store, "main", t0, "connection refused"));
    const struct store_source good = {.name = "mqtt grid", .good = now, .trouble = ""};
    const struct store_source bad = {
        .name = "weather town", .trouble = "no answer, again in 60 s", .trouble_since = t0};
    assert_true(store_put_source(store, &good) && store_put_source(store, &bad));
}

int api_desk_enter(void **state)
{
    struct api_desk *desk = calloc(1, sizeof *desk);
    *state = desk;
    if (!desk || site_folder_enter(&desk->folder))
        return 1;
    desk->config = read_config();
    desk->store = store_folder_open(STORE_WRITE);
    fill(desk->store, desk->config);
    desk->zones[0] = (struct alerts_zone){.newest = now, .load_end = now, .load_mw = 22.875};
    desk->zones[2] = (struct alerts_zone){.newest = now, .load_end = now, .load_mw = 10};
    desk->site = (struct api_site){.config = desk->config,
                                   .store = desk->store,
                                   .clock = &clock_7,
                                   .now = now + 90,
                                   .zones = desk->zones};
    return 0;
}

int api_desk_leave(void **state)
{
    struct api_desk *desk = *state;
    buffer_done(&desk->reply.body);
    store_close(desk->store);
    config_free(desk->config);
    int status = site_folder_leave(&desk->folder);
    free(desk);
    return status;
}

const char *api_desk_ask(struct api_desk *desk, const struct api_query *query, int status)
{
    buffer_done(&desk->reply.body);
    desk->reply = (struct http_reply){0};
    buffer_init(&desk->reply.body, HTTP_REPLY_MAX);
    api_answer(&desk->site, query, &desk->reply);
    if (desk->reply.status != status)
        fail_msg("%s: %d, not %d: %.300s", query->path, desk->reply.status, status,
                 desk->reply.body.data);
    return desk->reply.body.data;
}
