// SPDX-License-Identifier: GPL-3.0-or-later
// The source of weather against a server that answers well and badly.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "daemon/deposit.h"
#include "daemon/standing.h"
#include "daemon/weather_source.h"
#include "tests/fake_http.h"
#include "tests/loop.h"
#include "tests/site_folder.h"
#include "tests/store_folder.h"

enum { HOUR = 3600, DAY = 86400 };

struct bench {
    void *folder;
    sd_event *event;
    struct http_client *client;
    struct fake_http *fake;
    struct config *config;
    struct store *store;
    struct engine *engine;
    struct metrics metrics;
    struct deposits *deposits;
    struct standing *standing;
    struct weather_source *source;
};

static void start_source(struct bench *bench)
{
    bench->standing = standing_new(bench->store, "weather", "met");
    assert_non_null(bench->standing);
    const struct weather_source_setup setup = {.event = bench->event,
                                               .client = bench->client,
                                               .store = bench->store,
                                               .deposits = bench->deposits,
                                               .config = &bench->config->weather[0],
                                               .standing = bench->standing,
                                               .retry_first_ms = 10};
    bench->source = weather_source_new(&setup);
    assert_non_null(bench->source);
}

static void stop_source(struct bench *bench)
{
    weather_source_free(bench->source);
    standing_free(bench->standing);
}

static void begin(struct bench *bench, size_t n, const struct fake_reply script[], const char *keys)
{
    char more[512], error[256];
    *bench = (struct bench){.event = loop_new()};
    assert_int_equal(site_folder_enter(&bench->folder), 0);
    bench->fake = fake_http_start(n, script);
    const char *url = fake_http_url(bench->fake);
    snprintf(more, sizeof more,
             "[weather met]\nlatitude = 21.25\nlongitude = 106\nurl = %s/v1/forecast\n"
             "archive_url = %s/v1/archive\n%s\n",
             url, url, keys);
    bench->config = site_folder_config(NULL, more);
    bench->store = store_folder_open(STORE_WRITE);
    bench->engine = engine_new(bench->config, bench->store, error);
    assert_non_null(bench->engine);
    const struct deposits_setup setup = {
        .store = bench->store, .engine = bench->engine, .metrics = &bench->metrics};
    bench->deposits = deposits_new(&setup);
    bench->client = http_client_new(bench->event);
    start_source(bench);
}

static void end(struct bench *bench)
{
    stop_source(bench);
    http_client_free(bench->client);
    deposits_free(bench->deposits);
    engine_free(bench->engine);
    store_close(bench->store);
    config_free(bench->config);
    fake_http_stop(bench->fake);
    sd_event_unref(bench->event);
    assert_int_equal(site_folder_leave(&bench->folder), 0);
}

static int64_t hour_now(void)
{
    const int64_t now = (int64_t)time(NULL);
    return now - now % HOUR;
}

// An answer of n hours from `first` on: the temperature is `base` and the hour of the day / 10.
static char *answer(int64_t first, int n, double base)
{
    char *text;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    fputs("{\"utc_offset_seconds\":0,\"hourly_units\":{\"time\":\"unixtime\",\"temperature_2m\":"
          "\"°C\",\"relative_humidity_2m\":\"%\"},\"hourly\":{\"time\":[",
          out);
    for (int i = 0; i < n; i++)
        fprintf(out, "%s%lld", i ? "," : "", (long long)first + (int64_t)i * HOUR);
    fputs("],\"temperature_2m\":[", out);
    for (int i = 0; i < n; i++)
        fprintf(out, "%s%.1f", i ? "," : "", base + (double)((first / HOUR + i) % 24) / 10);
    fputs("],\"relative_humidity_2m\":[", out);
    for (int i = 0; i < n; i++)
        fprintf(out, "%s70", i ? "," : "");
    fputs("]}}", out);
    fclose(out);
    return text;
}

// Two days before today and three from it on, as a server gives them that is asked for these.
static char *usual_answer(double base)
{
    const int64_t today = hour_now() / DAY * DAY;
    return answer(today - 2 * (int64_t)DAY, 5 * 24, base);
}

static const char small_keys[] = "history = 0s\nforecast_days = 3";

static bool has_run(void *context)
{
    const struct bench *bench = context;
    return weather_source_run(bench->source) != 0;
}

static bool is_in_trouble(void *context)
{
    const struct bench *bench = context;
    return *standing_state(bench->standing).trouble;
}

static const char *trouble(const struct bench *bench)
{
    return standing_state(bench->standing).trouble;
}

static void assert_says(const char *text, const char *words)
{
    if (!strstr(text, words))
        fail_msg("'%s' does not say '%s'", text, words);
}

struct seen {
    int n;
    int64_t first, last;
    double temp_c;
};

static bool see_ahead(void *context, const struct store_weather_ahead *row)
{
    struct seen *seen = context;
    seen->first = seen->n++ ? seen->first : row->instant;
    seen->last = row->instant;
    seen->temp_c = row->temp_c;
    return true;
}

static bool see_observed(void *context, const struct store_weather *row)
{
    struct seen *seen = context;
    assert_string_equal(row->station, "met");
    seen->first = seen->n++ ? seen->first : row->instant;
    seen->last = row->instant;
    seen->temp_c = row->temp_c;
    return true;
}

static struct seen look_ahead(struct bench *bench)
{
    struct seen seen = {0};
    int64_t run;
    assert_true(store_newest_weather_run(bench->store, "met", INT64_MAX, see_ahead, &seen, &run));
    return seen;
}

static struct seen look_observed(struct bench *bench)
{
    struct seen seen = {0};
    assert_true(store_each_weather(bench->store, INT64_MIN, INT64_MAX, see_observed, &seen));
    return seen;
}

static void an_answer_is_a_run_and_observations(void **state)
{
    (void)state;
    struct bench bench;
    const int64_t today = hour_now() / DAY * DAY;
    char *body = usual_answer(20);
    const struct fake_reply script[] = {{FAKE_PLAIN, 200, NULL, body}};
    begin(&bench, 1, script, small_keys);
    const int64_t before = (int64_t)time(NULL);
    loop_run_until(bench.event, has_run, &bench);
    const int64_t run = weather_source_run(bench.source);
    const struct store_source found = standing_state(bench.standing);
    assert_string_equal(found.name, "weather met");
    assert_string_equal(found.trouble, "");
    assert_in_range(run, before - 1, before + 20);
    assert_in_range(found.good, before - 1, before + 20);
    struct seen ahead = look_ahead(&bench), observed = look_observed(&bench);
    assert_int_equal(ahead.n + observed.n, 5 * 24);
    assert_int_equal(observed.first, today - 2 * (int64_t)DAY);
    assert_int_equal(ahead.first, observed.last + HOUR);
    assert_true(ahead.first >= before && ahead.first <= before + HOUR + 20);
    assert_int_equal(ahead.last, today + 3 * (int64_t)DAY - HOUR);
    assert_true(fabs(ahead.temp_c - 22.3) < 1e-9);
    assert_int_equal(bench.metrics.weather, observed.n);
    assert_int_equal(bench.metrics.weather_ahead, ahead.n);
    const char *head = fake_http_request(bench.fake, 0)->head;
    assert_says(head, "GET /v1/forecast?latitude=21.25&longitude=106.0&hourly=temperature_2m,"
                      "relative_humidity_2m&timezone=GMT&timeformat=unixtime&forecast_days=3&"
                      "past_days=2 HTTP");
    // And not again for an hour, not even after a restart.
    stop_source(&bench);
    start_source(&bench);
    loop_run_for(bench.event, 200);
    assert_int_equal(fake_http_requests(bench.fake), 1);
    assert_int_equal(weather_source_run(bench.source), run);
    end(&bench);
    free(body);
}

// What goes wrong once is told, and the same is asked for again soon.
static void assert_recovers(struct fake_reply bad, const char *words)
{
    struct bench bench;
    char *body = usual_answer(20);
    const struct fake_reply script[] = {bad, bad, {FAKE_PLAIN, 200, NULL, body}};
    begin(&bench, 3, script, small_keys);
    loop_run_until(bench.event, is_in_trouble, &bench);
    assert_says(trouble(&bench), words);
    assert_says(trouble(&bench), "forecast: ");
    assert_int_equal(look_observed(&bench).n + look_ahead(&bench).n, 0);
    loop_run_until(bench.event, has_run, &bench);
    assert_string_equal(trouble(&bench), "");
    assert_int_equal(fake_http_requests(bench.fake), 3);
    assert_true(look_ahead(&bench).n > 0);
    end(&bench);
    free(body);
}

static void what_fails_is_tried_again(void **state)
{
    (void)state;
    char *half = usual_answer(20), *fahrenheit = usual_answer(20);
    half[strlen(half) / 2] = '\0';
    strstr(fahrenheit, "°C")[2] = 'F';
    assert_recovers((struct fake_reply){FAKE_PLAIN, 500, NULL, "oops"}, "HTTP 500");
    assert_recovers((struct fake_reply){FAKE_PLAIN, 200, NULL, "<html>"}, "not JSON");
    assert_recovers((struct fake_reply){FAKE_PLAIN, 200, NULL, half}, "not JSON");
    assert_recovers((struct fake_reply){FAKE_HALF, 200, NULL, half}, "");
    assert_recovers((struct fake_reply){FAKE_NO_REPLY, 200, NULL, NULL}, "");
    assert_recovers((struct fake_reply){FAKE_GARBAGE, 200, NULL, NULL}, "");
    assert_recovers((struct fake_reply){FAKE_PLAIN, 200, NULL, fahrenheit}, "not in °C");
    assert_recovers((struct fake_reply){FAKE_PLAIN, 429, "Retry-After: 1\r\n",
                                        "{\"error\":true,\"reason\":\"Minutely limit\"}"},
                    "HTTP 429: Minutely limit");
    free(half);
    free(fahrenheit);
}

static void the_server_says_how_long_to_wait(void **state)
{
    (void)state;
    struct bench bench;
    const struct fake_reply script[] = {{FAKE_PLAIN, 429, "Retry-After: 600\r\n", "{}"}};
    begin(&bench, 1, script, small_keys);
    loop_run_until(bench.event, is_in_trouble, &bench);
    loop_run_for(bench.event, 300);
    assert_int_equal(fake_http_requests(bench.fake), 1);
    end(&bench);
}

// A place that is none is not asked for every second.
static void what_is_refused_waits_for_the_next_time(void **state)
{
    (void)state;
    struct bench bench;
    const struct fake_reply script[] = {
        {FAKE_PLAIN, 400, NULL, "{\"error\":true,\"reason\":\"Latitude must be in range\"}"}};
    begin(&bench, 1, script, small_keys);
    loop_run_until(bench.event, is_in_trouble, &bench);
    assert_says(trouble(&bench),
                "forecast: HTTP 400: Latitude must be in range: asked again later");
    loop_run_for(bench.event, 300);
    assert_int_equal(fake_http_requests(bench.fake), 1);
    assert_int_equal(weather_source_run(bench.source), 0);
    end(&bench);
}

static void pauses_grow(void **state)
{
    (void)state;
    struct bench bench;
    const struct fake_reply script[] = {{FAKE_PLAIN, 503, NULL, "busy"}};
    begin(&bench, 1, script, small_keys);
    loop_run_for(bench.event, 1500);
    // 10, 20, 40 ... ms, each cut by half at most: 7 pauses are 635 to 1270 ms.
    assert_in_range(fake_http_requests(bench.fake), 6, 9);
    end(&bench);
}

// One bad hour costs that hour; an answer of the past alone is no forecast, but is observed.
static void good_hours_of_a_bad_answer_are_kept(void **state)
{
    (void)state;
    struct bench bench;
    char *past = answer(hour_now() - 50 * HOUR, 40, 20), *body = usual_answer(20);
    memcpy(strstr(past, "[2") + 1, "99.9", 4); // the first temperature
    const struct fake_reply script[] = {{FAKE_PLAIN, 200, NULL, past},
                                        {FAKE_PLAIN, 200, NULL, body}};
    begin(&bench, 2, script, small_keys);
    loop_run_until(bench.event, is_in_trouble, &bench);
    assert_says(trouble(&bench), "the answer holds no hour that is to come");
    assert_int_equal(look_observed(&bench).n, 39);
    assert_int_equal(look_ahead(&bench).n, 0);
    loop_run_until(bench.event, has_run, &bench);
    end(&bench);
    free(past);
    free(body);
}

static bool is_in_archive(void *context)
{
    struct bench *bench = context;
    return standing_state(bench->standing).position > hour_now() - 20 * (int64_t)DAY;
}

static void assert_asked(struct bench *bench, size_t request, int64_t from_day, int64_t to_day)
{
    char expected[96], first[16], last[16];
    time_t from = from_day * DAY, to = to_day * DAY;
    strftime(first, sizeof first, "%Y-%m-%d", gmtime(&from));
    strftime(last, sizeof last, "%Y-%m-%d", gmtime(&to));
    snprintf(expected, sizeof expected, "start_date=%s&end_date=%s ", first, last);
    assert_says(fake_http_request(bench->fake, request)->head, "GET /v1/archive?latitude=21.25&");
    assert_says(fake_http_request(bench->fake, request)->head, expected);
}

// An empty store: the forecast first, then the archive by years, and a piece that fails again.
static void the_archive_comes_in_pieces(void **state)
{
    (void)state;
    struct bench bench;
    const int64_t today = hour_now() / DAY, begun = today - 730;
    char *body = usual_answer(20), *year1 = answer(begun * DAY, 365 * 24, 10),
         *year2 = answer((begun + 365) * DAY, (365 - 7) * 24 + 24, 11);
    const struct fake_reply script[] = {{FAKE_PLAIN, 200, NULL, body},
                                        {FAKE_PLAIN, 200, NULL, year1},
                                        {FAKE_HALF, 200, NULL, year2},
                                        {FAKE_PLAIN, 200, NULL, year2}};
    begin(&bench, 4, script, "history = 2y");
    loop_run_until(bench.event, is_in_archive, &bench);
    assert_int_equal(fake_http_requests(bench.fake), 4);
    assert_says(fake_http_request(bench.fake, 0)->head, "past_days=92 ");
    assert_asked(&bench, 1, begun, begun + 364);
    assert_asked(&bench, 2, begun + 365, today - 7);
    assert_asked(&bench, 3, begun + 365, today - 7);
    assert_int_equal(look_observed(&bench).first, begun * DAY);
    assert_int_equal(standing_state(bench.standing).position, (today - 6) * DAY);
    assert_string_equal(trouble(&bench), "");
    // That was all.
    loop_run_for(bench.event, 1500);
    assert_int_equal(fake_http_requests(bench.fake), 4);
    end(&bench);
    free(body);
    free(year1);
    free(year2);
}

static bool has_two_requests(void *context)
{
    const struct bench *bench = context;
    return fake_http_requests(bench->fake) >= 2;
}

// Ended between two pieces: the next one is asked for, and the first is not asked for again.
static void the_archive_is_resumed(void **state)
{
    (void)state;
    struct bench bench;
    const int64_t today = hour_now() / DAY, begun = today - 730;
    char *body = usual_answer(20), *year1 = answer(begun * DAY, 365 * 24, 10);
    const struct fake_reply script[] = {{FAKE_PLAIN, 200, NULL, body},
                                        {FAKE_PLAIN, 200, NULL, year1},
                                        {FAKE_PLAIN, 400, NULL, "{}"}};
    begin(&bench, 3, script, "history = 2y");
    loop_run_until(bench.event, has_two_requests, &bench);
    loop_run_for(bench.event, 300);
    stop_source(&bench);
    start_source(&bench);
    loop_run_until(bench.event, is_in_trouble, &bench);
    assert_says(trouble(&bench), "archive: HTTP 400");
    assert_int_equal(fake_http_requests(bench.fake), 3);
    assert_asked(&bench, 2, begun + 365, today - 7);
    end(&bench);
    free(body);
    free(year1);
}

static bool has_no_trouble(void *context)
{
    return !is_in_trouble(context);
}

// A year of which nothing could be used is asked for again.
static void an_archive_without_an_hour_is_none(void **state)
{
    (void)state;
    struct bench bench;
    const int64_t begun = hour_now() / DAY - 730;
    char *body = usual_answer(20), *none = answer(begun * DAY, 0, 10),
         *year1 = answer(begun * DAY, 365 * 24, 10);
    const struct fake_reply script[] = {{FAKE_PLAIN, 200, NULL, body},
                                        {FAKE_PLAIN, 200, NULL, none},
                                        {FAKE_PLAIN, 200, NULL, year1},
                                        {FAKE_PLAIN, 400, NULL, "{}"}};
    begin(&bench, 4, script, "history = 2y");
    loop_run_until(bench.event, is_in_trouble, &bench);
    assert_says(trouble(&bench), "archive: the answer holds no hour that can be used");
    assert_int_equal(standing_state(bench.standing).position / DAY, begun);
    loop_run_until(bench.event, has_no_trouble, &bench);
    assert_asked(&bench, 1, begun, begun + 364);
    assert_asked(&bench, 2, begun, begun + 364);
    assert_int_equal(look_observed(&bench).first, begun * DAY);
    end(&bench);
    free(body);
    free(none);
    free(year1);
}

// A store that has the station already: only what was missed, by the forecast's past days.
static void an_outage_is_made_up_for(void **state)
{
    (void)state;
    struct bench bench;
    char *body = usual_answer(20);
    const struct fake_reply script[] = {{FAKE_PLAIN, 200, NULL, body}};
    begin(&bench, 1, script, "history = 4y");
    stop_source(&bench); // before it has asked
    assert_true(store_begin(bench.store));
    assert_int_equal(store_put_weather(bench.store, "met", hour_now() - 20 * (int64_t)DAY, 20, NAN),
                     STORE_NEW);
    assert_true(store_commit(bench.store));
    assert_int_equal(system("sqlite3 store.db 'DELETE FROM source'"), 0);
    start_source(&bench);
    loop_run_until(bench.event, has_run, &bench);
    loop_run_for(bench.event, 100);
    assert_int_equal(fake_http_requests(bench.fake), 1);
    assert_says(fake_http_request(bench.fake, 0)->head, "past_days=20 ");
    end(&bench);
    free(body);
}

static void the_key_is_sent_and_not_told(void **state)
{
    (void)state;
    struct bench bench;
    char *body = usual_answer(20);
    const struct fake_reply script[] = {{FAKE_PLAIN, 200, NULL, body}};
    begin(&bench, 1, script, "history = 0s\napikey_file = key");
    loop_run_until(bench.event, is_in_trouble, &bench);
    assert_says(trouble(&bench), "key");
    assert_int_equal(fake_http_requests(bench.fake), 0);
    assert_int_equal(system("echo s3cret+ >key"), 0);
    loop_run_until(bench.event, has_run, &bench);
    assert_says(fake_http_request(bench.fake, 0)->head, "&apikey=s3cret%2B ");
    end(&bench);
    free(body);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_is_a_run_and_observations),
        cmocka_unit_test(what_fails_is_tried_again),
        cmocka_unit_test(the_server_says_how_long_to_wait),
        cmocka_unit_test(what_is_refused_waits_for_the_next_time),
        cmocka_unit_test(pauses_grow),
        cmocka_unit_test(good_hours_of_a_bad_answer_are_kept),
        cmocka_unit_test(the_archive_comes_in_pieces),
        cmocka_unit_test(the_archive_is_resumed),
        cmocka_unit_test(an_archive_without_an_hour_is_none),
        cmocka_unit_test(an_outage_is_made_up_for),
        cmocka_unit_test(the_key_is_sent_and_not_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
