// SPDX-License-Identifier: GPL-3.0-or-later
// What the API says of a site whose store is known.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "tests/api_desk.h"

// The answer as JSON; the caller lets go of it.
static json_t *ask(struct api_desk *desk, struct api_query query)
{
    json_t *answer = json_loads(api_desk_ask(desk, &query, 200), JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(answer);
    return answer;
}

static const char *ask_csv(struct api_desk *desk, struct api_query query)
{
    query.format = "csv";
    return api_desk_ask(desk, &query, 200);
}

// What stands at a path such as "nodes 0 id".
static const json_t *at(const json_t *value, const char *path)
{
    char copy[128], *rest = NULL;
    snprintf(copy, sizeof copy, "%s", path);
    for (char *key = strtok_r(copy, " ", &rest); key; key = strtok_r(NULL, " ", &rest))
        value = json_is_array(value) ? json_array_get(value, (size_t)atol(key))
                                     : json_object_get(value, key);
    if (!value)
        fail_msg("there is no '%s'", path);
    return value;
}

static void is_text(const json_t *answer, const char *path, const char *text)
{
    const json_t *value = at(answer, path);
    if (!json_is_string(value) || strcmp(json_string_value(value), text) != 0)
        fail_msg("%s: '%s', not '%s'", path, json_string_value(value), text);
}

static void is_number(const json_t *answer, const char *path, double number)
{
    const double value = json_number_value(at(answer, path));
    if (!json_is_number(at(answer, path)) || value < number - 1e-6 || value > number + 1e-6)
        fail_msg("%s: %.9g, not %.9g", path, value, number);
}

static void is_null(const json_t *answer, const char *path)
{
    assert_true(json_is_null(at(answer, path)));
}

static void is_long(const json_t *answer, const char *path, size_t n)
{
    if (json_array_size(at(answer, path)) != n)
        fail_msg("%s: %zu items, not %zu", path, json_array_size(at(answer, path)), n);
}

static void tells_what_the_site_is(void **state)
{
    json_t *site = ask(*state, (struct api_query){.path = "site"});
    is_text(site, "name", "Bắc Giang");
    is_text(site, "clock", "+07:00");
    is_number(site, "step_s", 1800);
    is_text(site, "seasons 0 name", "summer");
    is_long(site, "nodes", 5);
    is_text(site, "nodes 0 district", "Yên Dũng");
    is_number(site, "nodes 0 area_ha", 377);
    is_number(site, "nodes 0 firm_mw", 30);
    is_long(site, "nodes 0 capacity", 2);
    is_text(site, "nodes 0 capacity 1 from", "2024-06-05");
    is_text(site, "nodes 0 capacity 1 substation", "Trạm 1");
    is_number(site, "nodes 0 capacity 1 firm_mw", 60);
    is_text(site, "nodes 1 parent", "yen-lu");
    is_null(site, "nodes 1 firm_mw");
    is_text(site, "nodes 3 id", "yen-lu-all");
    is_text(site, "nodes 3 kind", "group");
    is_long(site, "nodes 3 members", 2);
    is_text(site, "nodes 4 kind", "total");
    is_number(site, "nodes 4 firm_mw", 50); // the expansion has neither load nor capacity
    json_decref(site);
}

static void ranks_nodes_by_risk(void **state)
{
    json_t *all = ask(*state, (struct api_query){.path = "overview"});
    is_text(all, "today", "2024-06-04");
    // What fires comes first; then the likeliest day: 23 MW for 20, 40 MW for 50, none at all.
    is_text(all, "nodes 0 id", "yen-lu");
    is_text(all, "nodes 1 id", "phuc-son");
    is_text(all, "nodes 2 id", "total");
    is_text(all, "nodes 3 id", "yen-lu-mr");
    is_text(all, "nodes 4 id", "yen-lu-all");
    is_text(all, "nodes 0 newest time", "2024-06-04T11:30+07:00");
    is_number(all, "nodes 0 newest mw", 22.875);
    is_number(all, "nodes 2 newest mw", 32.875);
    is_null(all, "nodes 3 newest");
    is_long(all, "nodes 0 days", 3);
    is_text(all, "nodes 0 days 0 day", "2024-06-04");
    is_number(all, "nodes 0 days 0 median_mw", 30);
    is_number(all, "nodes 0 days 0 q90_mw", 34);
    is_number(all, "nodes 0 days 0 p_over", 0.5);
    is_number(all, "nodes 0 days 1 limit_mw", 60); // of that day
    is_number(all, "nodes 0 days 1 p_over", 0.005);
    is_number(all, "nodes 0 days 0 hour_from", 13);
    is_text(all, "nodes 0 season season", "2024-summer");
    is_number(all, "nodes 0 season poe50_mw", 59);
    is_number(all, "nodes 0 season poe10_mw", 99);
    is_number(all, "nodes 0 season poe01_mw", 108);
    is_number(all, "nodes 0 season p_over", 0.25);
    is_null(all, "nodes 1 season");
    is_long(all, "nodes 0 alerts", 1);
    is_text(all, "nodes 0 alerts 0 state", "acknowledged");
    is_text(all, "nodes 0 alerts 0 level", "emergency");
    is_long(all, "nodes 1 alerts", 0); // pending
    is_long(all, "other_alerts", 1);
    is_text(all, "other_alerts 0 zone", "main");
    is_text(all, "nodes 0 health readings_until", "2024-06-04T12:00+07:00");
    is_number(all, "nodes 0 health age_s", 60); // in whole minutes
    is_text(all, "nodes 0 health model", "recency");
    is_null(all, "nodes 3 health age_s");
    is_long(all, "sources", 2);
    is_text(all, "sources 1 trouble", "no answer, again in 60 s");
    is_text(all, "outbox 0 trouble", "connection refused");
    is_number(all, "outbox 0 batches", 1);
    is_text(all, "outbox 1 sink", "webhook:officer");
    json_decref(all);
}

static void days_that_are_over_are_not_ahead(void **state)
{
    struct api_desk *desk = *state;
    desk->site.now += 86400;
    json_t *all = ask(desk, (struct api_query){.path = "overview"});
    is_long(all, "nodes 0 days", 2);
    is_text(all, "nodes 0 days 0 day", "2024-06-05");
    is_text(all, "nodes 0 alerts 0 state", "firing"); // its acknowledgement has run out
    json_decref(all);
}

static void gives_readings_of_a_time(void **state)
{
    struct api_desk *desk = *state;
    struct api_query query = {
        .path = "nodes/yen-lu/readings", .from = "2024-06-04T10:00", .to = "2024-06-04T04:00Z"};
    json_t *readings = ask(desk, query);
    is_text(readings, "from", "2024-06-04T10:00+07:00");
    is_long(readings, "readings", 2);
    is_text(readings, "readings 1 time", "2024-06-04T10:30+07:00");
    is_number(readings, "readings 1 mw", 20.875);
    json_decref(readings);
    assert_string_equal(ask_csv(desk, query),
                        "time,zone,load\n2024-06-04T10:00+07:00,yen-lu,20.75\n"
                        "2024-06-04T10:30+07:00,yen-lu,20.875\n");
    assert_string_equal(desk->reply.file, "phutai-nodes-yen-lu-readings.csv");
    // An incomplete sum is no load, of the zone or of the whole.
    query = (struct api_query){.path = "nodes/phuc-son/readings", .from = "2024-06-04T11:00"};
    readings = ask(desk, query);
    is_long(readings, "readings", 1);
    is_number(readings, "readings 0 mw", 10);
    is_number(readings, "incomplete", 1);
    json_decref(readings);
    query.path = "nodes/total/readings";
    readings = ask(desk, query);
    is_long(readings, "readings", 1);
    is_number(readings, "readings 0 mw", 31);
    json_decref(readings);
    query = (struct api_query){
        .path = "nodes/yen-lu/readings", .from = "2023-06-04", .to = "2024-06-04"};
    readings = ask(desk, query);
    is_long(readings, "readings", 30 * 48);
    json_decref(readings);
    readings = ask(desk, (struct api_query){.path = "nodes/yen-lu/readings"});
    is_long(readings, "readings", 14 * 48 - 2); // the fortnight up to the interval under way
    json_decref(readings);
}

static void gives_the_forecast_of_an_issue(void **state)
{
    struct api_desk *desk = *state;
    struct api_query query = {.path = "nodes/yen-lu/forecast"};
    json_t *forecast = ask(desk, query);
    is_text(forecast, "issue", "2024-06-04T12:00+07:00");
    is_text(forecast, "model", "recency");
    is_long(forecast, "levels", 19);
    is_long(forecast, "points", 120);
    is_text(forecast, "points 0 time", "2024-06-04T12:00+07:00");
    is_number(forecast, "points 0 mean", 26.333333);
    is_number(forecast, "points 0 quantiles 9", 26);
    is_number(forecast, "points 0 limit_mw", 30);
    is_number(forecast, "points 0 p_over", 0.3);
    is_number(forecast, "points 24 limit_mw", 60);
    is_long(forecast, "effects", 1);
    is_text(forecast, "effects 0 entry", "1");
    is_number(forecast, "effects 0 mw 10", 2.5);
    json_decref(forecast);
    query.issue = "2024-06-04T11:59";
    forecast = ask(desk, query);
    is_text(forecast, "issue", "2024-06-04T00:00+07:00");
    json_decref(forecast);
    query.issue = "2024-06-04T12:00 07:00"; // as "+07:00" comes that was not written %2B
    forecast = ask(desk, query);
    is_text(forecast, "issue", "2024-06-04T12:00+07:00");
    json_decref(forecast);
    query.issue = "2024-06-01";
    assert_non_null(strstr(api_desk_ask(desk, &query, 404), "2024-06-01"));
    const char *csv = ask_csv(desk, (struct api_query){.path = "nodes/yen-lu/forecast"});
    assert_non_null(strstr(csv, "\n2024-06-04T12:00+07:00,2024-06-04T12:00+07:00,yen-lu,"
                                "26.333333333333332,17.0,18.0,"));
}

static void gives_peaks_and_their_vintages(void **state)
{
    struct api_desk *desk = *state;
    json_t *peaks =
        ask(desk, (struct api_query){.path = "nodes/yen-lu/peaks", .issue = "2024-06-04"});
    is_text(peaks, "issue", "2024-06-04T00:00+07:00");
    is_number(peaks, "growth", 0.125);
    is_long(peaks, "days", 3);
    is_number(peaks, "days 0 q50", 29);
    is_number(peaks, "days 0 temp_c", 33.5);
    is_null(peaks, "days 0 usual_c");
    json_decref(peaks);
    struct api_query query = {.path = "nodes/yen-lu/vintages", .day = "2024-06-04"};
    json_t *vintages = ask(desk, query);
    is_long(vintages, "vintages", 4);
    is_text(vintages, "vintages 0 issue", "2024-06-03T00:00+07:00");
    is_number(vintages, "vintages 0 q50", 27);
    is_number(vintages, "vintages 3 q50", 30);
    is_number(vintages, "measured peak_mw", 25.875);
    is_text(vintages, "measured peak_time", "2024-06-04T06:30+07:00");
    assert_true(json_is_false(at(vintages, "measured whole")));
    assert_true(json_is_false(at(vintages, "vintages 3 whole")));
    json_decref(vintages);
    query.day = "2024-06-03";
    vintages = ask(desk, query);
    is_long(vintages, "vintages", 0);
    assert_true(json_is_true(at(vintages, "measured whole")));
    is_number(vintages, "measured mean_mw", 22.9375);
    json_decref(vintages);
    query.day = "2030-01-01";
    vintages = ask(desk, query);
    is_null(vintages, "measured peak_mw");
    is_null(vintages, "measured peak_time");
    json_decref(vintages);
}

static void gives_seasons_and_scores(void **state)
{
    struct api_desk *desk = *state;
    json_t *season = ask(desk, (struct api_query){.path = "nodes/yen-lu/season"});
    is_long(season, "scenarios", 2);
    is_text(season, "scenarios 1 scenario", "high");
    is_long(season, "scenarios 0 levels", 99);
    is_number(season, "scenarios 0 levels 0 poe", 0.99);
    is_number(season, "scenarios 0 levels 98 peak_mw", 108);
    json_decref(season);
    const char *csv = ask_csv(desk, (struct api_query){.path = "nodes/total/season"});
    assert_non_null(
        strstr(csv, "\n2024-06-04T00:00+07:00,2024-summer,base,total,0.99,30.0,,,14\n"));
    struct api_query query = {
        .path = "nodes/yen-lu/scores", .from = "2024-06-03", .to = "2024-06-04"};
    json_t *scores = ask(desk, query);
    is_long(scores, "scores", 2);
    is_text(scores, "scores 0 day", "2024-06-03");
    is_number(scores, "scores 1 skill", 0.5);
    is_null(scores, "scores 0 coverage90");
    json_decref(scores);
    query.from = "2024-06-04";
    query.to = "2024-06-05";
    scores = ask(desk, query);
    is_long(scores, "scores", 0);
    json_decref(scores);
}

static void gives_the_register_and_alerts(void **state)
{
    struct api_desk *desk = *state;
    json_t *entries = ask(desk, (struct api_query){.path = "register"});
    is_text(entries, "entries 0 id", "1");
    is_text(entries, "entries 0 state", "planned");
    is_text(entries, "entries 0 kind", "line");
    is_text(entries, "entries 0 hours", "08:00-17:30");
    is_text(entries, "entries 0 note", "dây chuyền mới, \"A\"");
    is_null(entries, "entries 0 to");
    is_null(entries, "entries 0 ended_at");
    json_decref(entries);
    json_t *alerts = ask(desk, (struct api_query){.path = "alerts"});
    is_long(alerts, "alerts", 3);
    is_text(alerts, "alerts 0 state", "firing");
    is_text(alerts, "alerts 1 state", "pending");
    is_text(alerts, "alerts 1 level", "watch");
    is_text(alerts, "alerts 2 acknowledged_by", "Lan");
    is_text(alerts, "alerts 2 until", "2024-06-04T13:00+07:00");
    is_text(alerts, "mutes 0 rule", "week");
    is_null(alerts, "mutes 0 zone");
    json_decref(alerts);
    struct api_query query = {.path = "alerts/history", .to = "2024-06-04"};
    json_t *history = ask(desk, query);
    is_long(history, "events", 0);
    json_decref(history);
    query.to = NULL;
    history = ask(desk, query);
    is_long(history, "events", 1);
    is_text(history, "events 0 what", "fired");
    is_null(history, "events 0 limit");
    json_decref(history);
}

static void refuses_in_words(void **state)
{
    static const struct {
        struct api_query query;
        int status;
        const char *words;
    } cases[] = {
        {{.path = "nowhere"}, 404, "nothing at /api/v1/nowhere"},
        {{.path = ""}, 404, "openapi.json"},
        {{.path = "nodes/"}, 404, "nothing at"},
        {{.path = "nodes/yen-lu"}, 404, "nothing at"},
        {{.path = "nodes/yen-lu/"}, 404, "nothing at"},
        {{.path = "nodes//peaks"}, 404, "nothing at"},
        {{.path = "nodes/yen-lu/site"}, 404, "nothing at"},
        {{.path = "nodes/yen-lu/peaks/x"}, 404, "nothing at"},
        {{.path = "nodes/Yên Lư/peaks"}, 404, "no node 'Yên Lư'"},
        {{.path = "nodes/phuc-son/forecast"}, 404, "no forecast of 'phuc-son' yet"},
        {{.path = "site", .format = "csv"}, 400, "no table"},
        {{.path = "alerts", .format = "xml"}, 400, "format 'xml'"},
        {{.path = "nodes/yen-lu/peaks", .issue = "now"}, 400, "issue 'now'"},
        {{.path = "nodes/yen-lu/peaks", .issue = ""}, 400, "issue ''"},
        {{.path = "nodes/yen-lu/vintages", .day = "2024-6-4"}, 400, "day '2024-6-4'"},
        {{.path = "nodes/yen-lu/readings", .to = "2024-06-04T25:00"}, 400, "to '2024-06-04T25"},
        {{.path = "nodes/yen-lu/readings", .from = "2024-06-05", .to = "2024-06-04"},
         400,
         "from '2024-06-05' is later"},
        {{.path = "nodes/yen-lu/readings", .from = "2023-01-01", .to = "2024-01-03"},
         400,
         "more than 366 days"},
        {{.path = "nodes/phuc-son/readings", .from = "2024-03-03", .to = "2024-06-04"},
         400,
         "more than 92 days of a zone that is the sum of meters"},
        {{.path = "nodes/total/readings", .from = "2024-05-01", .to = "2024-06-02"},
         400,
         "more than 31 days"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *text = api_desk_ask(*state, &cases[i].query, cases[i].status);
        if (!strstr(text, cases[i].words) || strncmp(text, "{\"error\":", 9) != 0)
            fail_msg("%s: %s", cases[i].query.path, text);
    }
}

// A long value and the ends of time harm nobody.
static void takes_whatever_comes(void **state)
{
    static char longer[4000];
    memset(longer, '9', sizeof longer - 1);
    struct api_query query = {.path = "nodes/yen-lu/readings", .from = longer};
    api_desk_ask(*state, &query, 400);
    query = (struct api_query){.path = longer};
    api_desk_ask(*state, &query, 404);
    static char path[4100];
    snprintf(path, sizeof path, "nodes/%s/peaks", longer);
    query.path = path;
    api_desk_ask(*state, &query, 404);
    static const char *const ends[] = {"0001-01-01", "9999-12-31T23:59:59-23:59",
                                       "0001-01-01T00:00+23:59"};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        query = (struct api_query){.path = "nodes/yen-lu/readings", .from = ends[i]};
        json_decref(ask(*state, query));
        query = (struct api_query){.path = "nodes/yen-lu/scores", .to = ends[i]};
        json_decref(ask(*state, query));
        query = (struct api_query){.path = "nodes/yen-lu/peaks", .issue = ends[i]};
        json_decref(ask(*state, query));
    }
    static const char *const days[] = {"0001-01-01", "9999-12-31"};
    for (size_t i = 0; i < sizeof days / sizeof *days; i++) {
        query = (struct api_query){.path = "nodes/total/vintages", .day = days[i]};
        json_decref(ask(*state, query));
    }
}

static void gives_csv_to_who_accepts_that_alone(void **state)
{
    struct api_desk *desk = *state;
    struct api_query query = {.path = "alerts", .accept = "text/csv"};
    api_desk_ask(desk, &query, 200);
    assert_string_equal(desk->reply.type, "text/csv; charset=utf-8");
    assert_string_equal(desk->reply.varies, "Accept");
    query.accept = "application/json, text/csv;q=0.5";
    api_desk_ask(desk, &query, 200);
    assert_string_equal(desk->reply.type, "application/json");
    assert_string_equal(desk->reply.file, "");
    query = (struct api_query){.path = "alerts", .accept = "text/csv", .format = "json"};
    api_desk_ask(desk, &query, 200);
    assert_string_equal(desk->reply.type, "application/json");
    query = (struct api_query){.path = "site", .accept = "text/csv"}; // there is none
    api_desk_ask(desk, &query, 200);
}

static void says_what_is_made_up(void **state)
{
    struct api_desk *desk = *state;
    json_t *site = ask(desk, (struct api_query){.path = "site"});
    assert_true(json_is_false(at(site, "simulated")));
    assert_null(desk->reply.origin);
    json_decref(site);
    assert_true(store_begin(desk->store) && store_mark_simulated(desk->store) &&
                store_commit(desk->store));
    site = ask(desk, (struct api_query){.path = "site"});
    assert_true(json_is_true(at(site, "simulated")));
    json_decref(site);
    const char *csv = ask_csv(
        desk, (struct api_query){.path = "nodes/yen-lu/readings", .from = "2024-06-04T11:30"});
    assert_string_equal(csv,
                        "time,zone,load,origin\n2024-06-04T11:30+07:00,yen-lu,21.125,simulated\n");
    assert_string_equal(desk->reply.origin, "simulated");
    const struct api_query nowhere = {.path = "nowhere"};
    api_desk_ask(desk, &nowhere, 404);
    assert_string_equal(desk->reply.origin, "simulated");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define OF_DESK(test) cmocka_unit_test_setup_teardown(test, api_desk_enter, api_desk_leave)
        OF_DESK(tells_what_the_site_is),
        OF_DESK(ranks_nodes_by_risk),
        OF_DESK(days_that_are_over_are_not_ahead),
        OF_DESK(gives_readings_of_a_time),
        OF_DESK(gives_the_forecast_of_an_issue),
        OF_DESK(gives_peaks_and_their_vintages),
        OF_DESK(gives_seasons_and_scores),
        OF_DESK(gives_the_register_and_alerts),
        OF_DESK(refuses_in_words),
        OF_DESK(takes_whatever_comes),
        OF_DESK(gives_csv_to_who_accepts_that_alone),
        OF_DESK(says_what_is_made_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
