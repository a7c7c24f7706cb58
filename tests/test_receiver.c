// SPDX-License-Identifier: GPL-3.0-or-later
// Intake over HTTP with many requests at once, by the whole service.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "daemon/buffer.h"
#include "daemon/service.h"
#include "tests/loop.h"
#include "tests/site_folder.h"
#include "tests/store_folder.h"

enum {
    START = 1710176400, // 2024-03-12T00:00+07:00
    SENDERS = 60,
    LARGE = 60000, // lines: some ten slices
};

struct bench {
    void *folder;
    sd_event *event;
    struct service *service;
    struct buffer large; // a whole request
};

// A request of `n` observations, one a minute from minute `first` on.
static void write_request(struct buffer *out, const char *station, int first, int n, double temp_c)
{
    struct buffer body;
    buffer_init(&body, 100 << 20);
    for (int i = first; i < first + n; i++)
        buffer_printf(&body, "weather,station=%s temp_c=%.1f,rh_pct=70 %d\n", station, temp_c,
                      START + 60 * i);
    buffer_printf(out,
                  "POST /write?precision=s HTTP/1.1\r\nHost: p\r\nConnection: close\r\n"
                  "Content-Length: %zu\r\n\r\n",
                  body.length);
    buffer_append(out, body.data, body.length);
    buffer_done(&body);
}

static int set_up(void **state)
{
    struct bench *bench = calloc(1, sizeof *bench);
    *state = bench;
    bench->event = loop_new();
    buffer_init(&bench->large, 100 << 20);
    write_request(&bench->large, "large", 0, LARGE, 25);
    return site_folder_enter(&bench->folder);
}

static void begin(struct bench *bench, const char *intake)
{
    char error[256] = "";
    bench->service = service_new(bench->event, site_folder_config(intake, NULL), error);
    if (!bench->service)
        fail_msg("%s", error);
}

static void end(struct bench *bench)
{
    service_stop(bench->service);
    assert_true(sd_event_loop(bench->event) >= 0);
    assert_true(service_free(bench->service));
    bench->service = NULL;
}

static int tear_down(void **state)
{
    struct bench *bench = *state;
    if (bench->service)
        end(bench);
    sd_event_unref(bench->event);
    buffer_done(&bench->large);
    int status = site_folder_leave(&bench->folder);
    free(bench);
    return status;
}

static struct loop_talk *send_later(struct bench *bench, const struct buffer *request)
{
    return loop_talk_new(service_port(bench->service), request->data, request->length);
}

static void expect_status(struct loop_talk *talk, int status)
{
    struct loop_reply reply = loop_talk_end(talk);
    if (reply.status != status)
        fail_msg("%d instead of %d: %s", reply.status, status, reply.text);
    loop_reply_done(&reply);
}

// Sends one observation and gives back the reply's text, which the caller frees.
static char *post_one(struct bench *bench, int minute, double temp_c, const char *headers,
                      int status)
{
    char line[100];
    snprintf(line, sizeof line, "weather,station=one temp_c=%.1f %d", temp_c, START + 60 * minute);
    struct loop_reply reply = loop_request(bench->event, service_port(bench->service), "POST",
                                           "/write?precision=s", headers, line, strlen(line));
    if (reply.status != status)
        fail_msg("%d instead of %d: %s", reply.status, status, reply.text);
    return reply.text;
}

struct found {
    int64_t rows;
    double last; // temperature of station "one"
};

static bool look(void *context, const struct store_weather *weather)
{
    struct found *found = context;
    found->rows++;
    if (!strcmp(weather->station, "one"))
        found->last = weather->temp_c;
    return true;
}

static struct found look_into_store(void)
{
    struct found found = {0};
    struct store *store = store_folder_open(STORE_READ);
    assert_true(store_each_weather(store, INT64_MIN, INT64_MAX, look, &found));
    store_close(store);
    return found;
}

struct crowd {
    struct loop_talk *talk[SENDERS];
    bool done[SENDERS];
};

static bool all_done(void *context)
{
    struct crowd *crowd = context;
    int done = 0;
    for (int i = 0; i < SENDERS; i++) {
        crowd->done[i] = crowd->done[i] || loop_talk_step(crowd->talk[i]);
        done += crowd->done[i];
    }
    return done == SENDERS;
}

static void takes_a_crowd_at_once(void **state)
{
    struct bench *bench = *state;
    begin(bench, NULL);
    struct crowd crowd = {0};
    struct buffer request[SENDERS];
    char station[16];
    for (int i = 0; i < SENDERS; i++) {
        snprintf(station, sizeof station, "s%d", i);
        buffer_init(&request[i], 1 << 20);
        write_request(&request[i], station, 0, 50, i);
        crowd.talk[i] = send_later(bench, &request[i]);
    }
    loop_run_until(bench->event, all_done, &crowd);
    for (int i = 0; i < SENDERS; i++) {
        expect_status(crowd.talk[i], 204);
        buffer_done(&request[i]);
    }
    assert_int_equal(look_into_store().rows, 50 * SENDERS);
}

static bool waits(void *context)
{
    (void)context;
    const int64_t rows = look_into_store().rows;
    return rows > 0 && rows < LARGE;
}

static struct loop_talk *begin_large(struct bench *bench)
{
    struct loop_talk *large = send_later(bench, &bench->large);
    loop_run_until(bench->event, loop_talk_sent, large);
    loop_run_until(bench->event, waits, NULL);
    return large;
}

// While a large request is taken, the loop turns: looks and small requests are answered.
static void makes_nobody_wait_for_a_large_one(void **state)
{
    struct bench *bench = *state;
    begin(bench, NULL);
    struct loop_talk *large = begin_large(bench);
    int answered = 0;
    for (; !loop_talk_step(large); answered++)
        free(post_one(bench, answered, 20, "", 204));
    assert_true(answered >= 4);
    expect_status(large, 204);
    assert_int_equal(look_into_store().rows, LARGE + answered);
}

static void lets_the_later_request_win(void **state)
{
    struct bench *bench = *state;
    begin(bench, NULL);
    struct loop_talk *large = send_later(bench, &bench->large);
    loop_run_until(bench->event, loop_talk_sent, large);
    for (int i = 0; i < 5; i++) {
        free(post_one(bench, 0, i + 0.5, "", 204));
        assert_true(look_into_store().last == i + 0.5);
    }
    loop_run_until(bench->event, loop_talk_step, large);
    expect_status(large, 204);
}

static bool all_there(void *context)
{
    (void)context;
    return look_into_store().rows == LARGE;
}

static void outlives_a_client_that_goes_away(void **state)
{
    struct bench *bench = *state;
    begin(bench, NULL);
    struct loop_talk *half =
        loop_talk_new(service_port(bench->service), bench->large.data, bench->large.length / 2);
    loop_run_until(bench->event, loop_talk_sent, half);
    struct loop_reply none = loop_talk_end(half);
    loop_reply_done(&none);
    loop_run_for(bench->event, 100);
    assert_int_equal(look_into_store().rows, 0); // no half of a body is taken
    struct loop_talk *large = send_later(bench, &bench->large);
    loop_run_until(bench->event, loop_talk_sent, large);
    none = loop_talk_end(large);
    loop_reply_done(&none);
    loop_run_until(bench->event, all_there, NULL);
    free(post_one(bench, LARGE, 20, "", 204));
}

static void answers_what_waits_when_it_ends(void **state)
{
    struct bench *bench = *state;
    begin(bench, NULL);
    struct loop_talk *large = begin_large(bench);
    end(bench);
    assert_int_equal(look_into_store().rows, LARGE);
    sd_event_unref(bench->event); // it has ended
    bench->event = loop_new();
    loop_run_until(bench->event, loop_talk_step, large);
    expect_status(large, 204);
}

static void finishes_by_the_old_rules_before_a_reload(void **state)
{
    struct bench *bench = *state;
    begin(bench, NULL);
    struct loop_talk *large = begin_large(bench);
    service_reload(bench->service,
                   site_folder_config("weather_measurement = something_else", NULL));
    loop_run_until(bench->event, loop_talk_step, large);
    expect_status(large, 204);
    assert_int_equal(look_into_store().rows, LARGE);
    free(post_one(bench, 0, 20, "", 400));
}

static void limit_files(rlim_t bytes)
{
    struct rlimit limit;
    getrlimit(RLIMIT_FSIZE, &limit);
    limit.rlim_cur = bytes < limit.rlim_max ? bytes : limit.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void says_that_a_part_was_taken(void **state)
{
    struct bench *bench = *state;
    signal(SIGXFSZ, SIG_IGN);
    begin(bench, NULL);
    struct loop_talk *large = begin_large(bench);
    limit_files(4096);
    loop_run_until(bench->event, loop_talk_step, large);
    limit_files(RLIM_INFINITY);
    struct loop_reply reply = loop_talk_end(large);
    assert_int_equal(reply.status, 503);
    assert_non_null(strstr(reply.text, "\r\nRetry-After: "));
    assert_non_null(strstr(reply.body, "a part was taken, send all of it again"));
    loop_reply_done(&reply);
    large = send_later(bench, &bench->large);
    loop_run_until(bench->event, loop_talk_step, large);
    expect_status(large, 204);
    assert_int_equal(look_into_store().rows, LARGE);
}

static void makes_each_token_keep_to_its_rate(void **state)
{
    struct bench *bench = *state;
    FILE *file = fopen("tokens", "w");
    // Of "abc" (FIPS 180-2, appendix B.1) and of "a".
    fputs("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\n"
          "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb\n",
          file);
    fclose(file);
    begin(bench, "token_file = tokens\nrate_lines = 1000\n");
    static const char first[] = "Authorization: Token abc\r\n",
                      second[] = "Authorization: Token a\r\n";
    struct buffer request;
    buffer_init(&request, 100 << 20);
    write_request(&request, "many", 0, 15000, 20);
    char *head = strstr(request.data, "Content-Length"), *whole = NULL;
    assert_true(
        asprintf(&whole, "%.*s%s%s", (int)(head - request.data), request.data, first, head) > 0);
    struct loop_reply reply =
        loop_send(bench->event, service_port(bench->service), whole, strlen(whole));
    assert_int_equal(reply.status, 204);
    loop_reply_done(&reply);
    char *text = post_one(bench, 0, 20, first, 429);
    assert_non_null(strstr(text, "\r\nRetry-After: 5\r\n"));
    assert_non_null(strstr(text, "more than 1000 lines a second come from token 1"));
    free(text);
    free(post_one(bench, 0, 20, second, 204));
    free(post_one(bench, 0, 20, "Authorization: Token b\r\n", 401));
    free(whole);
    buffer_done(&request);
}

static void makes_each_address_keep_to_its_rate(void **state)
{
    struct bench *bench = *state;
    begin(bench, "rate_lines = 1\n");
    struct loop_talk *large = send_later(bench, &bench->large);
    loop_run_until(bench->event, loop_talk_step, large);
    expect_status(large, 204);
    // Who asks before sending is told before it sends.
    char *text = post_one(bench, 0, 20, "Expect: 100-continue\r\n", 429);
    assert_non_null(strstr(text, "come from 127.0.0.1"));
    assert_null(strstr(text, "100 Continue"));
    free(text);
    assert_int_equal(look_into_store().rows, LARGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(takes_a_crowd_at_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(makes_nobody_wait_for_a_large_one, set_up, tear_down),
        cmocka_unit_test_setup_teardown(lets_the_later_request_win, set_up, tear_down),
        cmocka_unit_test_setup_teardown(outlives_a_client_that_goes_away, set_up, tear_down),
        cmocka_unit_test_setup_teardown(answers_what_waits_when_it_ends, set_up, tear_down),
        cmocka_unit_test_setup_teardown(finishes_by_the_old_rules_before_a_reload, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(says_that_a_part_was_taken, set_up, tear_down),
        cmocka_unit_test_setup_teardown(makes_each_token_keep_to_its_rate, set_up, tear_down),
        cmocka_unit_test_setup_teardown(makes_each_address_keep_to_its_rate, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
