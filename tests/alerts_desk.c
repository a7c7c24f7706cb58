// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/alerts_desk.h"

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
#include "daemon/store_outbox.h"
#include "daemon/store_peaks.h"
#include "tests/site_folder.h"
#include "tests/store_folder.h"

enum { DAYS = 3 };
static const struct civil_clock clock_7 = {.offset_s = 7 * HOUR};

static void write_file(const char *name, const char *text)
{
    FILE *file = fopen(name, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0 && !fclose(file));
}

struct config *desk_config(const char *rules, bool capacities)
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

int desk_set_up(void **state)
{
    struct desk *desk = calloc(1, sizeof *desk);
    *state = desk;
    if (!desk || site_folder_enter(&desk->folder))
        return 1;
    desk->now = t0;
    for (int z = 0; z < DESK_ZONES; z++)
        desk->zones[z] = (struct alerts_zone){.newest = t0, .load_mw = NAN};
    desk->store = store_folder_open(STORE_WRITE);
    return 0;
}

int desk_tear_down(void **state)
{
    struct desk *desk = *state;
    store_close(desk->store);
    config_free(desk->config);
    int status = site_folder_leave(&desk->folder);
    free(desk);
    return status;
}

void desk_configure(struct desk *desk, const char *rules)
{
    config_free(desk->config);
    desk->config = desk_config(rules, true);
}

void desk_forecast(struct desk *desk, const char *node, double mw)
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

void desk_season(struct desk *desk, const char *node, double mw, double limit_mw)
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

struct alerts_site desk_site(const struct desk *desk)
{
    return (struct alerts_site){.config = desk->config, .store = desk->store, .clock = &clock_7};
}

size_t desk_look(struct desk *desk)
{
    const struct alerts_site site = desk_site(desk);
    const struct alerts_present present = {.now = desk->now,
                                           .started = desk->now,
                                           .forecast_due = desk->now + HOUR,
                                           .zones = desk->zones,
                                           .newest_weather = 0};
    size_t told = 99;
    assert_true(alerts_look(&site, &present, &told));
    return told;
}

size_t desk_next(struct desk *desk, const char *node, double mw)
{
    desk->now += HOUR;
    desk_forecast(desk, node, mw);
    return desk_look(desk);
}

enum alert_level desk_level(struct desk *desk, const char *rule, const char *subject)
{
    struct alert_list list;
    assert_true(alert_list_read(desk->store, rule, subject, &list));
    const enum alert_level level = list.n ? list.items[0].alert.level : ALERT_NONE;
    alert_list_done(&list);
    return level;
}

const char *desk_take(struct desk *desk, const char *sink)
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

int64_t desk_waiting(struct desk *desk, const char *sink)
{
    struct store_outbox_state state;
    assert_true(store_outbox_state(desk->store, sink, &state, NULL));
    return state.batches;
}
