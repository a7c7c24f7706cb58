// SPDX-License-Identifier: GPL-3.0-or-later
// The service whole, over HTTP, with its real store and engine.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "daemon/service.h"
#include "daemon/store.h"
#include "tests/fake_http.h"
#include "tests/loop.h"
#include "tests/site_folder.h"
#include "tests/store_folder.h"

// 2024-03-12T00:00+07:00.
static const int64_t start = 1710176400;
enum { STEP_S = 1800 };

struct bench {
    void *folder;
    sd_event *event;
    struct service *service;
};

static int set_up(void **state)
{
    struct bench *bench = calloc(1, sizeof *bench);
    *state = bench;
    bench->event = loop_new();
    return site_folder_enter(&bench->folder);
}

static int code_of_loop(struct bench *bench)
{
    assert_true(sd_event_loop(bench->event) >= 0);
    int code = -1;
    sd_event_get_exit_code(bench->event, &code);
    return code;
}

static int tear_down(void **state)
{
    struct bench *bench = *state;
    // A forecast may be under way.
    service_stop(bench->service);
    assert_int_equal(code_of_loop(bench), 0);
    bool tidy = service_free(bench->service);
    sd_event_unref(bench->event);
    int status = site_folder_leave(&bench->folder);
    free(bench);
    return status || !tidy;
}

static void begin(struct bench *bench, const char *intake, const char *more)
{
    char error[256] = "";
    bench->service = service_new(bench->event, site_folder_config(intake, more), error);
    if (!bench->service)
        fail_msg("%s", error);
}

// Sends a request, compares the status, and gives the body back in a static text.
static const char *ask(struct bench *bench, const char *method, const char *target,
                       const char *headers, const char *body, int status)
{
    static char text[65536];
    struct loop_reply reply = loop_request(bench->event, service_port(bench->service), method,
                                           target, headers, body, strlen(body));
    int got = reply.status;
    snprintf(text, sizeof text, "%s", reply.body);
    loop_reply_done(&reply);
    if (got != status)
        fail_msg("%d instead of %d: %s", got, status, text);
    return text;
}

static void expect_metric(struct bench *bench, const char *line)
{
    const char *page = ask(bench, "GET", "/metrics", "", "", 200);
    char whole[200];
    snprintf(whole, sizeof whole, "\nphutai_%s\n", line);
    if (!strstr(page, whole))
        fail_msg("no line '%s' in\n%s", line, page);
}

static void takes_good_lines_and_names_the_others(void **state)
{
    struct bench *bench = *state;
    begin(bench, NULL, NULL);
    ask(bench, "POST", "/write", "",
        "load,zone=yen-lu mw=23.85 1710176400000000000\n"
        "weather,station=bac-giang temp_c=18.5,rh_pct=71 1710176400000000000\n",
        204);
    const char *text = ask(bench, "POST", "/api/v2/write?precision=s", "",
                           "load,zone=yen-lu mw=24.85 1710178200\n"
                           "load,zone=nowhere mw=1 1710178200\n"
                           "nonsense\n"
                           "load,zone=yen-lu mw=99999 1710178200\n"
                           "load,zone=phuc-son mw=7.1 1710178200\n"
                           "load,zone=phuc-son mw=7.1 4710178200\n",
                           400);
    assert_non_null(strstr(text, "unknown zone \\\"nowhere\\\""));
    assert_non_null(strstr(text, "\"taken\":2"));
    assert_non_null(strstr(text, "\"dropped\":4"));
    expect_metric(bench, "readings_taken_total 3");
    expect_metric(bench, "weather_taken_total 1");
    expect_metric(bench, "store_readings 3");
    expect_metric(bench, "lines_refused_total{cause=\"zone\"} 1");
    expect_metric(bench, "lines_refused_total{cause=\"malformed\"} 1");
    expect_metric(bench, "lines_refused_total{cause=\"range\"} 1");
    expect_metric(bench, "lines_refused_total{cause=\"future\"} 1");
    expect_metric(bench, "http_requests_total{code=\"204\"} 1");
    text = ask(bench, "GET", "/healthz", "", "", 200);
    assert_non_null(strstr(text, "\"status\":\"ok\""));
    assert_non_null(strstr(text, "\"newest_reading\":\"2024-03-11T18:00Z\""));
}

static void counts_what_came_twice(void **state)
{
    struct bench *bench = *state;
    begin(bench, NULL, NULL);
    static const char *const lines[] = {"load,zone=yen-lu mw=23.85 1710176400",
                                        "load,zone=yen-lu mw=23.85 1710176400",
                                        "load,zone=yen-lu mw=24.5 1710176400"};
    for (size_t i = 0; i < 3; i++)
        ask(bench, "POST", "/write?precision=s", "", lines[i], 204);
    expect_metric(bench, "readings_taken_total 3");
    expect_metric(bench, "readings_repeated_total 1");
    expect_metric(bench, "readings_changed_total 1");
    expect_metric(bench, "store_readings 1");
}

static void keeps_clients_of_influxdb_content(void **state)
{
    struct bench *bench = *state;
    begin(bench, NULL, NULL);
    ask(bench, "GET", "/ping", "", "", 204);
    ask(bench, "HEAD", "/ping", "", "", 204);
    assert_non_null(strstr(ask(bench, "GET", "/health", "", "", 200), "\"status\":\"pass\""));
    ask(bench, "POST", "/query?q=CREATE%20DATABASE%20x", "", "", 200);
    ask(bench, "POST", "/query", "Content-Type: application/x-www-form-urlencoded\r\n",
        "q=CREATE+DATABASE+%22telegraf%22", 200);
    ask(bench, "POST", "/query", "", "q=SELECT+1", 400);
    const char *text = ask(bench, "POST", "/write?precision=fortnight", "", "load mw=1", 400);
    assert_non_null(strstr(text, "'fortnight'"));
    ask(bench, "GET", "/write", "", "", 405);
    ask(bench, "POST", "/nope", "", "", 404);
}

static void asks_for_the_token(void **state)
{
    struct bench *bench = *state;
    FILE *file = fopen("tokens", "w");
    // Of "abc" (FIPS 180-2, appendix B.1).
    fputs("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad telegraf\n", file);
    fclose(file);
    begin(bench, "token_file = tokens\n", NULL);
    static const char line[] = "load,zone=yen-lu mw=23.85 1710176400000000000";
    const char *text = ask(bench, "POST", "/write", "", line, 401);
    assert_non_null(strstr(text, "unauthorized"));
    ask(bench, "POST", "/write", "Authorization: Token abd\r\n", line, 401);
    ask(bench, "POST", "/write?u=a&p=ab", "", line, 401);
    ask(bench, "POST", "/write", "Authorization: Basic dTphYmQ=\r\n", line, 401); // u:abd
    expect_metric(bench, "readings_taken_total 0");
    ask(bench, "POST", "/write", "Authorization: Token abc\r\n", line, 204);
    ask(bench, "POST", "/api/v2/write", "Authorization: Bearer abc\r\n", line, 204);
    ask(bench, "POST", "/write", "Authorization: Basic dTphYmM=\r\n", line, 204); // u:abc
    ask(bench, "POST", "/write?u=a&p=abc", "", line, 204);
    ask(bench, "GET", "/healthz", "", "", 200); // looking is free
    expect_metric(bench, "unauthorized_total 4");
}

// A file that may not grow is as full a disk as any.
static void limit_files(rlim_t bytes)
{
    struct rlimit limit;
    getrlimit(RLIMIT_FSIZE, &limit);
    limit.rlim_cur = bytes < limit.rlim_max ? bytes : limit.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void outlives_a_full_disk(void **state)
{
    struct bench *bench = *state;
    static const char line[] = "load,zone=yen-lu mw=23.85 1710176400000000000";
    signal(SIGXFSZ, SIG_IGN);
    begin(bench, NULL, NULL);
    limit_files(4096);
    const char *text = ask(bench, "POST", "/write", "", line, 503);
    limit_files(RLIM_INFINITY); // for the time of the looks: some of them write files too
    assert_non_null(strstr(text, "nothing was taken, send it again"));
    text = ask(bench, "GET", "/healthz", "", "", 503);
    assert_non_null(strstr(text, "\"status\":\"unwell\""));
    expect_metric(bench, "store_failures_total 1");
    expect_metric(bench, "readings_taken_total 0");
    expect_metric(bench, "store_readings 0");
    ask(bench, "POST", "/write", "", line, 204);
    ask(bench, "GET", "/healthz", "", "", 200);
    expect_metric(bench, "readings_taken_total 1");
}

static bool was_reloaded(void *context)
{
    struct bench *bench = context;
    return strstr(ask(bench, "GET", "/metrics", "", "", 200), "\nphutai_store_reloads_total 1\n");
}

static void sees_what_another_process_writes(void **state)
{
    struct bench *bench = *state;
    begin(bench, NULL, NULL);
    struct store *other = store_folder_open(STORE_WRITE);
    assert_true(store_begin(other));
    assert_int_equal(store_put_reading(other, "yen-lu", "", start, 23.85), STORE_NEW);
    assert_true(store_commit(other));
    store_close(other);
    loop_run_until(bench->event, was_reloaded, bench);
    expect_metric(bench, "store_readings 1");
    assert_non_null(strstr(ask(bench, "GET", "/healthz", "", "", 200), "2024-03-11T17:30Z"));
}

// Too large for the new configuration, which is in use once no forecast is under way.
static bool refuses_large(void *context)
{
    struct bench *bench = context;
    char big[1500] = "#";
    memset(big + 1, 'x', sizeof big - 2);
    big[sizeof big - 1] = '\0';
    struct loop_reply reply = loop_request(bench->event, service_port(bench->service), "POST",
                                           "/write", "", big, strlen(big));
    int status = reply.status;
    loop_reply_done(&reply);
    return status == 413;
}

static bool refuses_700_mw(void *context)
{
    struct bench *bench = context;
    static const char line[] = "load,zone=yen-lu mw=700 1710176400000000000";
    struct loop_reply reply = loop_request(bench->event, service_port(bench->service), "POST",
                                           "/write", "", line, strlen(line));
    int status = reply.status;
    loop_reply_done(&reply);
    return status == 400;
}

static void reloads_or_keeps_the_old(void **state)
{
    struct bench *bench = *state;
    begin(bench, NULL, NULL);
    ask(bench, "POST", "/write", "", "load,zone=yen-lu mw=700 1710176400000000000", 204);
    service_reload(bench->service, site_folder_config("load_max_mw = 500", NULL));
    loop_run_until(bench->event, refuses_700_mw, bench); // the reading has set off a forecast
    // Read without a fault, and yet of no use: the token file is missing.
    service_reload(bench->service, site_folder_config("token_file = missing", NULL));
    ask(bench, "POST", "/write", "", "load,zone=yen-lu mw=700 1710176400000000000", 400);
    ask(bench, "POST", "/write", "", "load,zone=yen-lu mw=499 1710176400000000000", 204);
    service_reload(bench->service, site_folder_config("body_bytes = 1kB", NULL));
    loop_run_until(bench->event, refuses_large, bench);
}

static void says_why_it_cannot_start(void **state)
{
    struct bench *bench = *state;
    char error[256] = "", listen[64];
    begin(bench, NULL, NULL);
    snprintf(listen, sizeof listen, "listen = 127.0.0.1:%u\n", service_port(bench->service));
    assert_null(
        service_new(bench->event, site_folder_config("token_file = missing\n", NULL), error));
    assert_non_null(strstr(error, "missing"));
    struct config *config = site_folder_config(NULL, NULL);
    free(config->intake.listen);
    config->intake.listen = strdup(strchr(listen, '1'));
    config->intake.listen[strcspn(config->intake.listen, "\n")] = '\0';
    assert_null(service_new(bench->event, config, error));
    assert_non_null(strstr(error, "Address already in use"));
    config = site_folder_config(NULL, NULL);
    free(config->store.path);
    config->store.path = strdup("/nonexistent/2385/store.db");
    assert_null(service_new(bench->event, config, error));
    assert_non_null(strstr(error, "/nonexistent/2385"));
}

// Four weeks of half hours with a working day's shape.
static void post_weeks(struct bench *bench)
{
    enum { N = 28 * 48 };
    char *text = malloc(N * 80), *at = text;
    for (int i = 0; i < N; i++) {
        double hour = i % 48 / 2.0;
        double mw = 23.85 + 7.1 * sin(hour / 24 * 2 * 3.14159265358979) + 0.3 * (i * 37 % 11);
        at += sprintf(at, "load,zone=yen-lu mw=%.3f %lld\n", mw, (long long)(start + i * STEP_S));
    }
    ask(bench, "POST", "/write?precision=s", "", text, 204);
    free(text);
}

struct delivery {
    struct bench *bench;
    struct fake_http *fake;
};

static bool has_forecast(void *context)
{
    struct bench *bench = context;
    return strstr(ask(bench, "GET", "/metrics", "", "", 200), "\nphutai_forecast_runs_total 1\n");
}

static bool is_delivered(void *context)
{
    const struct delivery *delivery = context;
    return fake_http_requests(delivery->fake) > 0 &&
           strstr(ask(delivery->bench, "GET", "/metrics", "", "", 200),
                  "\nphutai_outbox_batches{sink=\"main\"} 0\n");
}

static void forecasts_and_delivers(void **state)
{
    struct bench *bench = *state;
    static const struct fake_reply good = {.status = 204};
    struct fake_http *fake = fake_http_start(1, &good);
    char more[256];
    snprintf(
        more, sizeof more,
        "[forecast]\nclock = readings\nevery = 30min\nhorizon = 2d\n[influxdb main]\nurl = %s\n",
        fake_http_url(fake));
    begin(bench, NULL, more);
    post_weeks(bench);
    struct delivery delivery = {bench, fake};
    loop_run_until(bench->event, is_delivered, &delivery);
    const struct fake_request *request = fake_http_request(fake, 0);
    assert_non_null(strstr(request->body, "load_forecast,zone=yen-lu "));
    // The first interval after the last reading: 2024-04-09T00:00+07:00.
    assert_non_null(strstr(request->body, " 1712595600000000000\n"));
    const char *text = ask(bench, "GET", "/healthz", "", "", 200);
    assert_non_null(strstr(text, "\"forecast_issue\":\"2024-04-08T17:00Z\""));
    char status[SERVICE_STATUS_LEN];
    service_status(bench->service, status);
    assert_non_null(
        strstr(status, "2 zones, 1344 readings, last forecast 0 min ago, 0 batches wait"));
    assert_true(service_makes_progress(bench->service));
    fake_http_stop(fake);
}

// Puts four weeks there before the service starts.
static void store_weeks(void)
{
    struct store *store = store_folder_open(STORE_WRITE);
    assert_true(store_begin(store));
    for (int i = 0; i < 28 * 48; i++)
        assert_int_equal(store_put_reading(store, "yen-lu", "", start + i * STEP_S,
                                           23.85 + 0.3 * (i % 48) + 0.1 * (i * 37 % 11)),
                         STORE_NEW);
    assert_true(store_commit(store));
    store_close(store);
}

static bool has_failed(void *context)
{
    struct bench *bench = context;
    return strstr(ask(bench, "GET", "/metrics", "", "", 200),
                  "\nphutai_forecast_failures_total 1\n");
}

static void says_that_forecasts_cannot_be_kept(void **state)
{
    struct bench *bench = *state;
    signal(SIGXFSZ, SIG_IGN);
    store_weeks();
    begin(bench, NULL, "[forecast]\nclock = readings\nhorizon = 2d\n");
    limit_files(4096); // before the loop turns for the first time
    loop_run_until(bench->event, has_failed, bench);
    limit_files(RLIM_INFINITY);
    const char *text = ask(bench, "GET", "/healthz", "", "", 503);
    assert_non_null(strstr(text, "\"forecast_issue\":null"));
    expect_metric(bench, "forecast_runs_total 0");
    expect_metric(bench, "store_failures_total 1");
    char status[SERVICE_STATUS_LEN];
    service_status(bench->service, status);
    assert_non_null(strstr(status, "no forecast yet"));
    assert_non_null(strstr(status, "unwell: "));
    // Readings are taken all the same.
    ask(bench, "POST", "/write", "", "load,zone=yen-lu mw=23.85 1710176400000000000", 204);
}

static void reloads_once_the_forecast_is_made(void **state)
{
    struct bench *bench = *state;
    static const char more[] = "[forecast]\nclock = readings\nhorizon = 2d\n";
    store_weeks();
    begin(bench, NULL, more);
    assert_true(sd_event_run(bench->event, 0) >= 0); // begins the round that is due
    service_reload(bench->service, site_folder_config("load_max_mw = 500", more));
    service_reload(bench->service, site_folder_config("load_max_mw = 400", more));
    loop_run_until(bench->event, has_forecast, bench);
    ask(bench, "POST", "/write", "", "load,zone=yen-lu mw=450 1710176400000000000", 400);
    ask(bench, "POST", "/write", "", "load,zone=yen-lu mw=399 1710176400000000000", 204);
}

// Every sample belongs to a family that was announced once, right before it.
static void shows_metrics_in_the_format(void **state)
{
    struct bench *bench = *state;
    begin(bench, NULL,
          "[influxdb a]\nurl = http://127.0.0.1:1\n[influxdb b]\nurl = http://127.0.0.1:1\n");
    char *page = strdup(ask(bench, "GET", "/metrics", "", "", 200)), *rest = page;
    char family[100] = "";
    int samples = 0, families = 0;
    for (char *line; (line = strsep(&rest, "\n")) && *line;) {
        double value;
        char name[100], type[16];
        if (sscanf(line, "# TYPE %99s %15s", name, type) == 2) {
            assert_string_equal(name, family);
            assert_true(!strcmp(type, "counter") ==
                        (strlen(name) > 6 && !strcmp(name + strlen(name) - 6, "_total")));
            families++;
        } else if (sscanf(line, "# HELP %99s", name) == 1) {
            snprintf(family, sizeof family, "%s", name);
        } else {
            assert_int_equal(strncmp(line, family, strlen(family)), 0);
            assert_int_equal(sscanf(strrchr(line, ' '), "%lf", &value), 1);
            samples++;
        }
    }
    assert_true(families > 25);
    assert_true(samples > families);
    free(page);
}

static void stops_in_order_and_remembers(void **state)
{
    struct bench *bench = *state;
    static const char more[] = "[forecast]\nclock = readings\nevery = 30min\nhorizon = 2d\n";
    store_weeks();
    begin(bench, NULL, more);
    assert_true(sd_event_run(bench->event, 0) >= 0); // begins the round that is due
    uint64_t begun_us, ended_us;
    sd_event_now(bench->event, CLOCK_MONOTONIC, &begun_us);
    service_stop(bench->service);
    service_stop(bench->service);
    assert_int_equal(code_of_loop(bench), 0);
    sd_event_now(bench->event, CLOCK_MONOTONIC, &ended_us);
    assert_true(ended_us - begun_us < 20000000); // by the round's end, not by giving it up
    assert_true(service_free(bench->service));
    sd_event_unref(bench->event);
    bench->event = loop_new();
    begin(bench, NULL, more);
    expect_metric(bench, "store_readings 1344");
    const char *text = ask(bench, "GET", "/healthz", "", "", 200);
    assert_non_null(strstr(text, "\"forecast_issue\":\"2024-04-08T17:00Z\""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(takes_good_lines_and_names_the_others, set_up, tear_down),
        cmocka_unit_test_setup_teardown(counts_what_came_twice, set_up, tear_down),
        cmocka_unit_test_setup_teardown(keeps_clients_of_influxdb_content, set_up, tear_down),
        cmocka_unit_test_setup_teardown(asks_for_the_token, set_up, tear_down),
        cmocka_unit_test_setup_teardown(outlives_a_full_disk, set_up, tear_down),
        cmocka_unit_test_setup_teardown(sees_what_another_process_writes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(reloads_or_keeps_the_old, set_up, tear_down),
        cmocka_unit_test_setup_teardown(says_why_it_cannot_start, set_up, tear_down),
        cmocka_unit_test_setup_teardown(forecasts_and_delivers, set_up, tear_down),
        cmocka_unit_test_setup_teardown(says_that_forecasts_cannot_be_kept, set_up, tear_down),
        cmocka_unit_test_setup_teardown(reloads_once_the_forecast_is_made, set_up, tear_down),
        cmocka_unit_test_setup_teardown(shows_metrics_in_the_format, set_up, tear_down),
        cmocka_unit_test_setup_teardown(stops_in_order_and_remembers, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
