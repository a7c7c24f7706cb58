// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/pull_source.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "daemon/buffer.h"
#include "tests/fake_http.h"
#include "tests/loop.h"
#include "tests/site_folder.h"

enum { STEP = 1800, DAY = 86400 };

static const struct fake_reply nothing[] = {
    {.status = 200, .body = "{\"results\":[{\"statement_id\":0}]}\n"}};

struct bench {
    sd_event *event;
    struct http_client *client;
    struct fake_http *fake;
    struct config *config;
    struct store *store;
    struct engine *engine;
    struct metrics metrics;
    struct deposits *deposits;
    struct standing *standing;
    struct pull_source *source;
    int64_t today; // 00:00Z, a day ago at least
    size_t wanted;
};

static void begin(struct bench *bench, const char *keys)
{
    char section[1024], error[256];
    *bench = (struct bench){.event = loop_new(), .fake = fake_http_start(1, nothing)};
    bench->today = time(NULL) / DAY * DAY - DAY;
    snprintf(section, sizeof section, "[pull a]\ndatabase = d\nurl = %s\n%s",
             fake_http_url(bench->fake), keys);
    bench->config = site_folder_config(NULL, section);
    bench->client = http_client_new(bench->event);
    bench->store = store_open(bench->config->store.path, STORE_WRITE, error);
    assert_non_null(bench->store);
    bench->engine = engine_new(bench->config, bench->store, error);
    assert_non_null(bench->engine);
    const struct deposits_setup setup = {
        .store = bench->store, .engine = bench->engine, .metrics = &bench->metrics};
    bench->deposits = deposits_new(&setup);
    assert_non_null(bench->deposits);
}

static void start(struct bench *bench, size_t n, const struct fake_reply script[])
{
    fake_http_script(bench->fake, n, script);
    bench->standing = standing_new(bench->store, "pull", bench->config->pulls[0].name);
    assert_non_null(bench->standing);
    const struct pull_source_setup setup = {.config = bench->config,
                                            .pull = &bench->config->pulls[0],
                                            .event = bench->event,
                                            .client = bench->client,
                                            .standing = bench->standing,
                                            .deposits = bench->deposits,
                                            .metrics = &bench->metrics,
                                            .retry_first_ms = 2};
    bench->source = pull_source_new(&setup);
    assert_non_null(bench->source);
}

static void stop(struct bench *bench)
{
    pull_source_free(bench->source);
    standing_free(bench->standing);
    bench->source = NULL;
    bench->standing = NULL;
}

static void end(struct bench *bench)
{
    stop(bench);
    http_client_free(bench->client);
    fake_http_stop(bench->fake);
    deposits_free(bench->deposits);
    engine_free(bench->engine);
    store_close(bench->store);
    config_free(bench->config);
    sd_event_unref(bench->event);
}

static bool asked_enough(void *context)
{
    const struct bench *bench = context;
    return fake_http_requests(bench->fake) >= bench->wanted;
}

static void wait_for_requests(struct bench *bench, size_t n)
{
    bench->wanted = n;
    loop_run_until(bench->event, asked_enough, bench);
}

static bool has_readings(void *context)
{
    const struct bench *bench = context;
    return bench->metrics.stored_readings >= (int64_t)bench->wanted;
}

static void wait_for_readings(struct bench *bench, size_t n)
{
    bench->wanted = n;
    loop_run_until(bench->event, has_readings, bench);
}

static bool see_standing(void *context, const struct store_source *source)
{
    struct store_source *ret = context;
    assert_string_equal(source->name, "pull a");
    *ret = *source;
    ret->trouble = *source->trouble ? "trouble" : "";
    return true;
}

static struct store_source standing_of(const struct bench *bench)
{
    struct store_source source = {.trouble = ""};
    assert_true(store_each_source(bench->store, see_standing, &source));
    return source;
}

static bool is_troubled(void *context)
{
    return *standing_of(context).trouble;
}

static bool is_well(void *context)
{
    const struct store_source source = standing_of(context);
    return source.good && !*source.trouble;
}

// The time of a request behind "time%20%3E%3D%20" (>=) or "time%20%3C%20" (<), in seconds.
static int64_t asked(struct bench *bench, size_t i, const char *sign)
{
    const char *at = strstr(fake_http_request(bench->fake, i)->head, sign);
    assert_non_null(at);
    return strtoll(at + strlen(sign), NULL, 10) / 1000;
}

static int64_t asked_from(struct bench *bench, size_t i)
{
    return asked(bench, i, "time%20%3E%3D%20");
}

static int64_t asked_to(struct bench *bench, size_t i)
{
    return asked(bench, i, "time%20%3C%20");
}

// Half hours of yen-lu from an instant on.
static char *answer_of(int64_t from, int n, double mw)
{
    struct buffer body;
    buffer_init(&body, 16 << 20);
    buffer_text(&body, "{\"results\":[{\"series\":[{\"tags\":{\"zone\":\"yen-lu\"},\"columns\":["
                       "\"time\",\"value\"],\"values\":[");
    for (int i = 0; i < n; i++)
        buffer_printf(&body, "%s[%" PRId64 ",%g]", i ? "," : "", 1000 * (from + i * STEP),
                      mw + i % 48);
    buffer_text(&body, "]}]}]}\n");
    return buffer_take(&body, NULL);
}

static void test_history_and_then_the_overlap(void **state)
{
    (void)state;
    struct bench bench;
    begin(&bench, "history = 40d\noverlap = 3d\nevery = 1s\n");
    char *old = answer_of(bench.today - 38 * DAY, 48, 7), *new = answer_of(bench.today, 20, 8);
    const struct fake_reply script[] = {
        {.status = 200, .body = old}, nothing[0], {.status = 200, .body = new}, nothing[0]};
    start(&bench, 4, script);
    wait_for_readings(&bench, 68);
    const int64_t now = time(NULL), whole = now / STEP * STEP;
    // 8 days, 16 days and the rest, one behind the other.
    assert_in_range(asked_from(&bench, 0), now - 40 * DAY - STEP, now - 40 * DAY);
    assert_int_equal(asked_to(&bench, 0), asked_from(&bench, 0) + 8 * DAY);
    assert_int_equal(asked_from(&bench, 1), asked_to(&bench, 0));
    assert_int_equal(asked_to(&bench, 1), asked_from(&bench, 1) + 16 * DAY);
    assert_int_equal(asked_from(&bench, 2), asked_to(&bench, 1));
    assert_in_range(asked_to(&bench, 2), whole, whole + 2 * STEP);
    // What is looked at again.
    wait_for_requests(&bench, 4);
    assert_in_range(asked_from(&bench, 3), whole - 3 * DAY - STEP, whole - 3 * DAY + STEP);
    assert_in_range(standing_of(&bench).position, whole - STEP, whole + STEP);
    // So too after a restart.
    stop(&bench);
    start(&bench, 1, nothing);
    wait_for_requests(&bench, 5);
    assert_in_range(asked_from(&bench, 4), whole - 3 * DAY - STEP, whole - 3 * DAY + STEP);
    free(old);
    free(new);
    end(&bench);
}

static void test_corrections_replace(void **state)
{
    (void)state;
    struct bench bench;
    begin(&bench, "history = 3d\nevery = 1s\n");
    char *first = answer_of(bench.today, 20, 7), *second = answer_of(bench.today, 20, 9);
    const struct fake_reply script[] = {{.status = 200, .body = first},
                                        {.status = 200, .body = second}};
    start(&bench, 2, script);
    wait_for_requests(&bench, 3);
    assert_int_equal(bench.metrics.stored_readings, 20);
    assert_int_equal(bench.metrics.readings_changed, 20);
    free(first);
    free(second);
    end(&bench);
}

// Whatever goes wrong, the same window is asked for again, and nothing of a bad answer is kept.
static void test_troubles(void **state)
{
    (void)state;
    struct bench bench;
    begin(&bench, "history = 3d\nevery = 1s\ntimeout = 1s\n");
    char *good = answer_of(bench.today, 20, 7), half[4096];
    snprintf(half, sizeof half, "%s{\"error\":\"timeout\"}", good);
    const struct fake_reply script[] = {
        {.status = 401, .body = "{\"error\":\"authorization failed\"}"},
        {.status = 503, .body = "busy"},
        {.manner = FAKE_NO_REPLY},
        {.manner = FAKE_GARBAGE},
        {.manner = FAKE_HALF, .status = 200, .body = good},
        {.status = 200, .body = half},
        {.status = 200, .body = "{\"results\":[{\"error\":\"database not found: d\"}]}"},
        {.status = 200, .body = ""},
        {.status = 200, .body = good},
    };
    start(&bench, 9, script);
    wait_for_requests(&bench, 1);
    loop_run_until(bench.event, is_troubled, &bench);
    assert_int_equal(standing_of(&bench).position, 0);
    wait_for_requests(&bench, 9);
    for (size_t i = 1; i < 9; i++)
        assert_int_equal(asked_from(&bench, i), asked_from(&bench, 0));
    wait_for_readings(&bench, 20);
    loop_run_until(bench.event, is_well, &bench);
    assert_int_equal(bench.metrics.stored_readings, 20);
    assert_int_equal(bench.metrics.readings_changed, 0);
    free(good);
    end(&bench);
}

static void test_retry_after_is_heeded(void **state)
{
    (void)state;
    struct bench bench;
    begin(&bench, "history = 3d\n");
    const struct fake_reply script[] = {
        {.status = 429, .headers = "Retry-After: 2\r\n", .body = "slow down"}, nothing[0]};
    start(&bench, 2, script);
    wait_for_requests(&bench, 1);
    loop_run_until(bench.event, is_troubled, &bench);
    loop_run_for(bench.event, 1500);
    assert_int_equal(fake_http_requests(bench.fake), 1);
    wait_for_requests(&bench, 2);
    end(&bench);
}

// An answer that is larger than it may be, or takes too long, is asked for in smaller pieces.
static void test_large_answers_are_halved(void **state)
{
    (void)state;
    struct bench bench;
    begin(&bench, "history = 30d\ntimeout = 1s\n");
    char *large = malloc(6 << 20);
    assert_non_null(large);
    memset(large, ' ', 6 << 20);
    large[(6 << 20) - 1] = '\0';
    const struct fake_reply script[] = {
        {.status = 200, .body = large}, {.manner = FAKE_SLOW, .status = 200}, nothing[0]};
    start(&bench, 3, script);
    wait_for_requests(&bench, 4);
    assert_int_equal(asked_to(&bench, 0) - asked_from(&bench, 0), 8 * DAY);
    assert_int_equal(asked_to(&bench, 1) - asked_from(&bench, 1), 4 * DAY);
    assert_int_equal(asked_to(&bench, 2) - asked_from(&bench, 2), 2 * DAY);
    assert_int_equal(asked_from(&bench, 2), asked_from(&bench, 0));
    assert_int_equal(asked_from(&bench, 3), asked_to(&bench, 2));
    free(large);
    end(&bench);
}

// Two days of so many meters.
static char *answer_of_meters(int64_t from, int meters)
{
    struct buffer body;
    buffer_init(&body, 16 << 20);
    buffer_text(&body, "{\"results\":[{\"series\":[");
    for (int m = 0; m < meters; m++) {
        buffer_printf(&body,
                      "%s{\"tags\":{\"zone\":\"yen-lu\",\"meter\":\"m%d\"},\"columns\":["
                      "\"time\",\"value\"],\"values\":[",
                      m ? "," : "", m);
        for (int i = 0; i < 96; i++)
            buffer_printf(&body, "%s[%" PRId64 ",%d.5]", i ? "," : "", 1000 * (from + i * STEP), i);
        buffer_text(&body, "]}");
    }
    buffer_text(&body, "]}]}\n");
    return buffer_take(&body, NULL);
}

static void test_many_rows(void **state)
{
    (void)state;
    struct bench bench;
    begin(&bench, "history = 3d\n");
    char *all = answer_of_meters(bench.today - DAY, 500);
    const struct fake_reply script[] = {{.status = 200, .body = all}};
    start(&bench, 1, script);
    wait_for_readings(&bench, 48000);
    assert_int_equal(bench.metrics.stored_readings, 48000);
    free(all);
    end(&bench);
}

static void test_means_leave_the_running_interval(void **state)
{
    (void)state;
    struct bench bench;
    begin(&bench, "history = 3d\naggregate = mean\n");
    start(&bench, 1, nothing);
    wait_for_requests(&bench, 1);
    const int64_t now = time(NULL);
    assert_in_range(asked_to(&bench, 0), now - 60 - STEP - 5, now - 60);
    assert_int_equal(asked_to(&bench, 0) % STEP, 0);
    end(&bench);
}

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static void test_credentials(void **state)
{
    (void)state;
    struct bench bench;
    begin(&bench, "history = 3d\nusername = an\npassword_file = secret\n");
    start(&bench, 1, nothing); // without the file
    loop_run_until(bench.event, is_troubled, &bench);
    assert_int_equal(fake_http_requests(bench.fake), 0);
    write_file("secret", "abc\n");
    wait_for_requests(&bench, 1);
    assert_non_null(strstr(fake_http_request(bench.fake, 0)->head, "Authorization: Basic "));
    end(&bench);
    begin(&bench, "history = 3d\ntoken_file = secret\n");
    start(&bench, 1, nothing);
    wait_for_requests(&bench, 1);
    assert_non_null(strstr(fake_http_request(bench.fake, 0)->head, "Authorization: Token abc"));
    end(&bench);
}

// The store is full: the rows are fetched again once it is not.
static void test_a_store_that_takes_nothing(void **state)
{
    (void)state;
    struct bench bench;
    char error[256];
    begin(&bench, "history = 3d\n");
    struct store *reader = store_open(bench.config->store.path, STORE_READ, error);
    const struct deposits_setup setup = {
        .store = reader, .engine = bench.engine, .metrics = &bench.metrics};
    struct deposits *working = bench.deposits;
    bench.deposits = deposits_new(&setup);
    char *good = answer_of(bench.today, 20, 7);
    const struct fake_reply script[] = {{.status = 200, .body = good}};
    start(&bench, 1, script);
    wait_for_requests(&bench, 3);
    assert_true(*standing_of(&bench).trouble);
    assert_int_equal(standing_of(&bench).position, 0);
    stop(&bench);
    deposits_free(bench.deposits);
    store_close(reader);
    bench.deposits = working;
    start(&bench, 1, script);
    wait_for_readings(&bench, 20);
    free(good);
    end(&bench);
}

#define TEST(NAME) cmocka_unit_test_setup_teardown(NAME, site_folder_enter, site_folder_leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_history_and_then_the_overlap),
        TEST(test_corrections_replace),
        TEST(test_troubles),
        TEST(test_retry_after_is_heeded),
        TEST(test_large_answers_are_halved),
        TEST(test_many_rows),
        TEST(test_means_leave_the_running_interval),
        TEST(test_credentials),
        TEST(test_a_store_that_takes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
