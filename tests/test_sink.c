// SPDX-License-Identifier: GPL-3.0-or-later
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

#include "daemon/sink.h"
#include "tests/fake_http.h"
#include "tests/loop.h"
#include "tests/store_folder.h"

static const struct fake_reply good[] = {{.status = 204}};

struct bench {
    void *folder;
    sd_event *event;
    struct http_client *client;
    struct store *store;
    struct fake_http *fake;
    struct config_sink config;
    struct sink *sink;
};

static int set_up(void **state)
{
    struct bench *bench = calloc(1, sizeof *bench);
    if (store_folder_enter(&bench->folder))
        return -1;
    bench->event = loop_new();
    bench->client = http_client_new(bench->event);
    bench->store = store_folder_open(STORE_WRITE);
    bench->fake = fake_http_start(1, good);
    bench->config = (struct config_sink){.name = strdup("main"),
                                         .url = strdup(fake_http_url(bench->fake)),
                                         .database = strdup("d \"b"),
                                         .org = strdup("sở"),
                                         .bucket = strdup("b/1"),
                                         .batch_lines = 5000,
                                         .timeout_s = 1,
                                         .retry_max_s = 1};
    *state = bench;
    return 0;
}

static int tear_down(void **state)
{
    struct bench *bench = *state;
    sink_free(bench->sink);
    http_client_free(bench->client);
    store_close(bench->store);
    fake_http_stop(bench->fake);
    sd_event_unref(bench->event);
    char *texts[] = {bench->config.name, bench->config.url,    bench->config.database,
                     bench->config.org,  bench->config.bucket, bench->config.username};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        free(texts[i]);
    int status = store_folder_leave(&bench->folder);
    free(bench);
    return status;
}

static void push(struct bench *bench, const char *body)
{
    assert_true(store_begin(bench->store));
    assert_true(store_outbox_push(bench->store, "main", 2385, body, strlen(body)));
    assert_true(store_commit(bench->store));
}

static void start(struct bench *bench, size_t n, const struct fake_reply script[])
{
    fake_http_script(bench->fake, n, script);
    const struct sink_setup setup = {bench->event, bench->client, bench->store, &bench->config, 2};
    bench->sink = sink_new(&setup);
    assert_non_null(bench->sink);
}

static struct store_outbox_state outbox(struct bench *bench)
{
    struct store_outbox_state outbox_state = {0};
    assert_true(store_outbox_state(bench->store, "main", &outbox_state));
    return outbox_state;
}

static bool is_empty(void *context)
{
    return outbox(context).batches == 0;
}

static void drain(struct bench *bench)
{
    loop_run_until(bench->event, is_empty, bench);
}

static void expect(struct bench *bench, size_t i, const char *in_head, const char *body)
{
    const struct fake_request *request = fake_http_request(bench->fake, i);
    if (!strstr(request->head, in_head))
        fail_msg("%s", request->head);
    assert_string_equal(request->body, body);
}

static void delivers_oldest_first(void **state)
{
    struct bench *bench = *state;
    push(bench, "load_forecast,zone=a mean=2.385 1\n");
    push(bench, "load_forecast,zone=b mean=7.1 2\n");
    start(bench, 1, good);
    drain(bench);
    assert_int_equal(fake_http_requests(bench->fake), 2);
    expect(bench, 0, "POST /write?precision=ns&db=d%20%22b HTTP/1.1\r\n",
           "load_forecast,zone=a mean=2.385 1\n");
    expect(bench, 1, "Content-Encoding: gzip\r\n", "load_forecast,zone=b mean=7.1 2\n");
    assert_int_equal(outbox(bench).rejected, 0);
    struct sink_counts counts = sink_counts(bench->sink);
    assert_int_equal(counts.batches, 2);
    assert_int_equal(counts.bytes, 34 + 32);
    assert_int_equal(counts.retries, 0);
    push(bench, "load_forecast,zone=c mean=9.3 2\n");
    sink_kick(bench->sink);
    drain(bench);
    assert_int_equal(fake_http_requests(bench->fake), 3);
}

static void speaks_the_dialect_of_2(void **state)
{
    struct bench *bench = *state;
    FILE *file = fopen("token", "w");
    fputs("t0ken==\n", file);
    fclose(file);
    char token[] = "token";
    bench->config.dialect = CONFIG_INFLUXDB2;
    bench->config.token_file = token;
    push(bench, "a b=1 1\n");
    start(bench, 1, good);
    drain(bench);
    expect(bench, 0, "POST /api/v2/write?precision=ns&org=s%E1%BB%9F&bucket=b%2F1 HTTP/1.1\r\n",
           "a b=1 1\n");
    expect(bench, 0, "\r\nAuthorization: Token t0ken==\r\n", "a b=1 1\n");
    bench->config.token_file = NULL;
}

static void speaks_the_dialect_of_3(void **state)
{
    struct bench *bench = *state;
    FILE *file = fopen("token", "w");
    fputs("apiv3_x\n", file);
    fclose(file);
    char token[] = "token";
    bench->config.dialect = CONFIG_INFLUXDB3;
    bench->config.token_file = token;
    push(bench, "a b=1 1\n");
    start(bench, 1, good);
    drain(bench);
    expect(bench, 0, "POST /api/v3/write_lp?precision=nanosecond&db=d%20%22b HTTP/1.1\r\n",
           "a b=1 1\n");
    expect(bench, 0, "\r\nAuthorization: Bearer apiv3_x\r\n", "a b=1 1\n");
    bench->config.token_file = NULL;
}

static void waits_for_a_server_that_is_away(void **state)
{
    struct bench *bench = *state;
    static const struct fake_reply busy[] = {
        {.status = 503, .body = "request throttled, queue full"},
        {.status = 429},
        {.status = 502},
        {.status = 204}};
    fake_http_refuse(bench->fake);
    push(bench, "a b=1 1\n");
    start(bench, 4, busy);
    loop_run_for(bench->event, 100);
    assert_true(sink_counts(bench->sink).troubled);
    assert_true(sink_counts(bench->sink).retries >= 3);
    assert_int_equal(outbox(bench).batches, 1);
    fake_http_listen(bench->fake);
    drain(bench);
    assert_int_equal(fake_http_requests(bench->fake), 4);
    assert_false(sink_counts(bench->sink).troubled);
    assert_int_equal(outbox(bench).rejected, 0);
}

static void honours_retry_after(void **state)
{
    struct bench *bench = *state;
    static const struct fake_reply later[] = {{.status = 429, .headers = "Retry-After: 2\r\n"},
                                              {.status = 204}};
    push(bench, "a b=1 1\n");
    start(bench, 2, later);
    loop_run_for(bench->event, 1800); // its own pause would be milliseconds
    assert_int_equal(fake_http_requests(bench->fake), 1);
    drain(bench);
    assert_int_equal(fake_http_requests(bench->fake), 2);
}

static void keeps_what_a_partial_write_lost(void **state)
{
    struct bench *bench = *state;
    static const struct fake_reply partial[] = {
        {.status = 400,
         .body = "{\"error\":\"partial write: points beyond retention policy dropped=2\"}"},
        {.status = 204}};
    push(bench, "a b=1 1\na b=2 2\na b=3 3\n");
    push(bench, "a b=4 4\n");
    start(bench, 2, partial);
    drain(bench);
    assert_int_equal(fake_http_requests(bench->fake), 2);
    assert_int_equal(outbox(bench).rejected, 1);
    struct sink_counts counts = sink_counts(bench->sink);
    assert_int_equal(counts.lost_lines, 2);
    assert_int_equal(counts.set_aside, 1);
    assert_int_equal(counts.batches, 1);
    assert_false(counts.troubled);
}

static void never_repeats_a_refused_batch(void **state)
{
    struct bench *bench = *state;
    static const struct fake_reply refused[] = {
        {.status = 400, .body = "{\"error\":\"unable to parse 'bad': missing fields\"}"},
        {.status = 204}};
    push(bench, "bad\nworse\n");
    push(bench, "a b=4 4\n");
    start(bench, 2, refused);
    drain(bench);
    assert_int_equal(fake_http_requests(bench->fake), 2);
    assert_int_equal(outbox(bench).rejected, 1);
    assert_int_equal(sink_counts(bench->sink).lost_lines, 2);
}

static void sends_smaller_pieces_when_too_large(void **state)
{
    struct bench *bench = *state;
    static const struct fake_reply large[] = {{.status = 413}, {.status = 413}, {.status = 204}};
    push(bench, "a b=1 1\na b=2 2\na b=3 3\na b=4 4\na b=5 5\n");
    start(bench, 3, large);
    drain(bench);
    assert_int_equal(fake_http_requests(bench->fake), 5); // 5 lines, 3, then 2, 2, 1
    expect(bench, 1, "", "a b=1 1\na b=2 2\na b=3 3\n");
    expect(bench, 2, "", "a b=1 1\na b=2 2\n");
    expect(bench, 4, "", "a b=5 5\n");
    assert_int_equal(outbox(bench).rejected, 0);
    push(bench, "a b=1 1\na b=2 2\na b=3 3\n"); // and remembers what fits
    sink_kick(bench->sink);
    drain(bench);
    expect(bench, 5, "", "a b=1 1\na b=2 2\n");
}

static void gives_up_one_line_that_is_too_large(void **state)
{
    struct bench *bench = *state;
    static const struct fake_reply large[] = {{.status = 413}, {.status = 413}, {.status = 204}};
    push(bench, "a b=1 1\na b=2 2\n");
    start(bench, 3, large);
    drain(bench);
    assert_int_equal(fake_http_requests(bench->fake), 3);
    expect(bench, 2, "", "a b=2 2\n");
    assert_int_equal(sink_counts(bench->sink).lost_lines, 1);
    assert_int_equal(outbox(bench).rejected, 1);
}

static void leaves_the_operator_his_faults(void **state)
{
    struct bench *bench = *state;
    static const struct fake_reply denied[] = {
        {.status = 401, .body = "{\"error\":\"authorization failed\"}"}, {.status = 204}};
    push(bench, "a b=1 1\n");
    start(bench, 2, denied);
    loop_run_for(bench->event, 300); // the slow pause: at least half of retry_max_s
    assert_int_equal(fake_http_requests(bench->fake), 1);
    assert_int_equal(outbox(bench).batches, 1);
    assert_true(sink_counts(bench->sink).troubled);
    sink_kick(bench->sink); // does not cut it short
    loop_run_for(bench->event, 50);
    assert_int_equal(fake_http_requests(bench->fake), 1);
    drain(bench);
    assert_int_equal(fake_http_requests(bench->fake), 2);
}

static void waits_for_a_secret_that_is_missing(void **state)
{
    struct bench *bench = *state;
    char path[] = "password";
    bench->config.username = strdup("an");
    bench->config.password_file = path;
    push(bench, "a b=1 1\n");
    start(bench, 1, good);
    loop_run_for(bench->event, 100);
    assert_int_equal(fake_http_requests(bench->fake), 0);
    assert_true(sink_counts(bench->sink).troubled);
    FILE *file = fopen(path, "w");
    fputs("b:c", file);
    fclose(file);
    drain(bench);
    expect(bench, 0, "\r\nAuthorization: Basic YW46Yjpj\r\n", "a b=1 1\n");
    bench->config.password_file = NULL;
}

static void makes_a_missing_database_once(void **state)
{
    struct bench *bench = *state;
    static const struct fake_reply missing[] = {
        {.status = 404, .body = "{\"error\":\"database not found: \\\"d\\\"\"}"},
        {.status = 200, .body = "{\"results\":[{\"statement_id\":0}]}"},
        {.status = 204}};
    push(bench, "a b=1 1\n");
    start(bench, 3, missing);
    drain(bench);
    assert_int_equal(fake_http_requests(bench->fake), 3);
    expect(bench, 1, "POST /query HTTP/1.1\r\n", "q=CREATE%20DATABASE%20%22d%20%5C%22b%22");
    assert_int_equal(outbox(bench).rejected, 0);
}

static void does_not_make_a_database_again_and_again(void **state)
{
    struct bench *bench = *state;
    static const struct fake_reply missing[] = {
        {.status = 404, .body = "{\"error\":\"database not found: \\\"d\\\"\"}"},
        {.status = 200, .body = "{\"results\":[{\"statement_id\":0,\"error\":\"no right\"}]}"},
        {.status = 404, .body = "{\"error\":\"database not found: \\\"d\\\"\"}"}};
    push(bench, "a b=1 1\n");
    start(bench, 3, missing);
    loop_run_for(bench->event, 300);
    assert_int_equal(fake_http_requests(bench->fake), 3);
    assert_int_equal(outbox(bench).batches, 1);
    assert_true(sink_counts(bench->sink).troubled);
}

static void sets_aside_what_the_server_fails_at(void **state)
{
    struct bench *bench = *state;
    static const struct fake_reply fault[] = {
        {.status = 500, .body = "{\"error\":\"contains invalid UTF-8\"}"}};
    push(bench, "a b=1 1\n");
    start(bench, 1, fault);
    drain(bench);
    assert_int_equal(fake_http_requests(bench->fake), 10);
    assert_int_equal(outbox(bench).rejected, 1);
    assert_int_equal(sink_counts(bench->sink).lost_lines, 1);
}

// A line that ends the server, found by halves; the lines beside it are delivered.
static void finds_the_line_that_kills(void **state)
{
    struct bench *bench = *state;
    static const struct fake_reply dies[] = {{.manner = FAKE_NO_REPLY},
                                             {.manner = FAKE_NO_REPLY},
                                             {.manner = FAKE_NO_REPLY}, // 3 lines
                                             {.manner = FAKE_NO_REPLY},
                                             {.manner = FAKE_NO_REPLY},
                                             {.manner = FAKE_NO_REPLY}, // 2 lines
                                             {.manner = FAKE_NO_REPLY},
                                             {.manner = FAKE_NO_REPLY},
                                             {.manner = FAKE_NO_REPLY}, // 1 line
                                             {.status = 204}};
    push(bench, "a b=1 1\na b=2 2\na b=3 3\n");
    start(bench, 10, dies);
    drain(bench);
    assert_int_equal(fake_http_requests(bench->fake), 10);
    expect(bench, 8, "", "a b=1 1\n");
    expect(bench, 9, "", "a b=2 2\na b=3 3\n");
    assert_int_equal(sink_counts(bench->sink).lost_lines, 1);
    assert_int_equal(outbox(bench).rejected, 1);
}

static void survives_every_kind_of_nonsense(void **state)
{
    struct bench *bench = *state;
    static const struct fake_reply nonsense[] = {{.manner = FAKE_GARBAGE},
                                                 {FAKE_HALF, 200, NULL, "half"},
                                                 {FAKE_SLOW, 204, NULL, NULL},
                                                 {.status = 204}};
    push(bench, "a b=1 1\n");
    start(bench, 4, nonsense);
    drain(bench);
    assert_int_equal(fake_http_requests(bench->fake), 4);
    assert_int_equal(outbox(bench).rejected, 0);
    assert_int_equal(sink_counts(bench->sink).batches, 1);
}

static void sends_again_what_was_under_way(void **state)
{
    struct bench *bench = *state;
    static const struct fake_reply slow[] = {{FAKE_SLOW, 204, NULL, NULL}};
    push(bench, "a b=1 1\n");
    start(bench, 1, slow);
    loop_run_for(bench->event, 50);
    sink_free(bench->sink);
    assert_int_equal(outbox(bench).batches, 1);
    fake_http_refuse(bench->fake);
    fake_http_listen(bench->fake);
    start(bench, 1, good);
    drain(bench);
    assert_int_equal(fake_http_requests(bench->fake), 2);
}

static bool is_troubled(void *context)
{
    const struct bench *bench = context;
    return sink_counts(bench->sink).troubled;
}

// A delivery that cannot be noted is repeated: the server takes it twice for the same.
static void repeats_what_the_store_could_not_note(void **state)
{
    struct bench *bench = *state;
    struct rlimit limit;
    signal(SIGXFSZ, SIG_IGN);
    push(bench, "a b=1 1\n");
    start(bench, 1, good);
    getrlimit(RLIMIT_FSIZE, &limit);
    const rlim_t before = limit.rlim_cur;
    limit.rlim_cur = 512;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
    loop_run_until(bench->event, is_troubled, bench);
    limit.rlim_cur = before;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
    assert_int_equal(outbox(bench).batches, 1);
    drain(bench);
    loop_run_for(bench->event, 20);
    assert_false(sink_counts(bench->sink).troubled);
    assert_int_equal(sink_counts(bench->sink).batches, 1);
    assert_int_equal(outbox(bench).rejected, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(delivers_oldest_first, set_up, tear_down),
        cmocka_unit_test_setup_teardown(speaks_the_dialect_of_2, set_up, tear_down),
        cmocka_unit_test_setup_teardown(speaks_the_dialect_of_3, set_up, tear_down),
        cmocka_unit_test_setup_teardown(waits_for_a_server_that_is_away, set_up, tear_down),
        cmocka_unit_test_setup_teardown(honours_retry_after, set_up, tear_down),
        cmocka_unit_test_setup_teardown(keeps_what_a_partial_write_lost, set_up, tear_down),
        cmocka_unit_test_setup_teardown(never_repeats_a_refused_batch, set_up, tear_down),
        cmocka_unit_test_setup_teardown(sends_smaller_pieces_when_too_large, set_up, tear_down),
        cmocka_unit_test_setup_teardown(gives_up_one_line_that_is_too_large, set_up, tear_down),
        cmocka_unit_test_setup_teardown(leaves_the_operator_his_faults, set_up, tear_down),
        cmocka_unit_test_setup_teardown(waits_for_a_secret_that_is_missing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(makes_a_missing_database_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(does_not_make_a_database_again_and_again, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(sets_aside_what_the_server_fails_at, set_up, tear_down),
        cmocka_unit_test_setup_teardown(finds_the_line_that_kills, set_up, tear_down),
        cmocka_unit_test_setup_teardown(survives_every_kind_of_nonsense, set_up, tear_down),
        cmocka_unit_test_setup_teardown(repeats_what_the_store_could_not_note, set_up, tear_down),
        cmocka_unit_test_setup_teardown(sends_again_what_was_under_way, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
