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

#include "daemon/buffer.h"
#include "tests/loop.h"
#include "tests/sink_bench.h"

static void delivers_oldest_first(void **state)
{
    struct sink_bench *bench = *state;
    sink_bench_push(bench, "load_forecast,zone=a mean=2.385 1\n");
    sink_bench_push(bench, "load_forecast,zone=b mean=7.1 2\n");
    sink_bench_start(bench, 1, sink_bench_good);
    sink_bench_drain(bench);
    assert_int_equal(fake_http_requests(bench->fake), 2);
    sink_bench_expect(bench, 0, "POST /write?precision=ns&db=d%20%22b HTTP/1.1\r\n",
                      "load_forecast,zone=a mean=2.385 1\n");
    sink_bench_expect(bench, 1, "Content-Encoding: gzip\r\n", "load_forecast,zone=b mean=7.1 2\n");
    assert_int_equal(sink_bench_outbox(bench).rejected, 0);
    struct sink_counts counts = sink_counts(bench->sink);
    assert_int_equal(counts.batches, 2);
    assert_int_equal(counts.bytes, 34 + 32);
    assert_int_equal(counts.retries, 0);
    sink_bench_push(bench, "load_forecast,zone=c mean=9.3 2\n");
    sink_kick(bench->sink);
    sink_bench_drain(bench);
    assert_int_equal(fake_http_requests(bench->fake), 3);
}

static void speaks_the_dialect_of_2(void **state)
{
    struct sink_bench *bench = *state;
    FILE *file = fopen("token", "w");
    fputs("t0ken==\n", file);
    fclose(file);
    char token[] = "token";
    bench->config.dialect = CONFIG_INFLUXDB2;
    bench->config.token_file = token;
    sink_bench_push(bench, "a b=1 1\n");
    sink_bench_start(bench, 1, sink_bench_good);
    sink_bench_drain(bench);
    sink_bench_expect(bench, 0,
                      "POST /api/v2/write?precision=ns&org=s%E1%BB%9F&bucket=b%2F1 HTTP/1.1\r\n",
                      "a b=1 1\n");
    sink_bench_expect(bench, 0, "\r\nAuthorization: Token t0ken==\r\n", "a b=1 1\n");
    bench->config.token_file = NULL;
}

static void speaks_the_dialect_of_3(void **state)
{
    struct sink_bench *bench = *state;
    FILE *file = fopen("token", "w");
    fputs("apiv3_x\n", file);
    fclose(file);
    char token[] = "token";
    bench->config.dialect = CONFIG_INFLUXDB3;
    bench->config.token_file = token;
    sink_bench_push(bench, "a b=1 1\n");
    sink_bench_start(bench, 1, sink_bench_good);
    sink_bench_drain(bench);
    sink_bench_expect(bench, 0,
                      "POST /api/v3/write_lp?precision=nanosecond&db=d%20%22b HTTP/1.1\r\n",
                      "a b=1 1\n");
    sink_bench_expect(bench, 0, "\r\nAuthorization: Bearer apiv3_x\r\n", "a b=1 1\n");
    bench->config.token_file = NULL;
}

static void waits_for_a_server_that_is_away(void **state)
{
    struct sink_bench *bench = *state;
    static const struct fake_reply busy[] = {
        {.status = 503, .body = "request throttled, queue full"},
        {.status = 429},
        {.status = 502},
        {.status = 204}};
    fake_http_refuse(bench->fake);
    sink_bench_push(bench, "a b=1 1\n");
    sink_bench_start(bench, 4, busy);
    loop_run_for(bench->event, 100);
    assert_true(sink_counts(bench->sink).troubled);
    assert_true(sink_counts(bench->sink).retries >= 3);
    assert_int_equal(sink_bench_outbox(bench).batches, 1);
    fake_http_listen(bench->fake);
    sink_bench_drain(bench);
    assert_int_equal(fake_http_requests(bench->fake), 4);
    assert_false(sink_counts(bench->sink).troubled);
    assert_int_equal(sink_bench_outbox(bench).rejected, 0);
}

static void honours_retry_after(void **state)
{
    struct sink_bench *bench = *state;
    static const struct fake_reply later[] = {{.status = 429, .headers = "Retry-After: 2\r\n"},
                                              {.status = 204}};
    sink_bench_push(bench, "a b=1 1\n");
    sink_bench_start(bench, 2, later);
    loop_run_for(bench->event, 1800); // its own pause would be milliseconds
    assert_int_equal(fake_http_requests(bench->fake), 1);
    sink_bench_drain(bench);
    assert_int_equal(fake_http_requests(bench->fake), 2);
}

static void sends_smaller_pieces_when_too_large(void **state)
{
    struct sink_bench *bench = *state;
    static const struct fake_reply large[] = {{.status = 413}, {.status = 413}, {.status = 204}};
    sink_bench_push(bench, "a b=1 1\na b=2 2\na b=3 3\na b=4 4\na b=5 5\n");
    sink_bench_start(bench, 3, large);
    sink_bench_drain(bench);
    assert_int_equal(fake_http_requests(bench->fake), 5); // 5 lines, 3, then 2, 2, 1
    sink_bench_expect(bench, 1, "", "a b=1 1\na b=2 2\na b=3 3\n");
    sink_bench_expect(bench, 2, "", "a b=1 1\na b=2 2\n");
    sink_bench_expect(bench, 4, "", "a b=5 5\n");
    assert_int_equal(sink_bench_outbox(bench).rejected, 0);
    sink_bench_push(bench, "a b=1 1\na b=2 2\na b=3 3\n"); // and remembers what fits
    sink_kick(bench->sink);
    sink_bench_drain(bench);
    sink_bench_expect(bench, 5, "", "a b=1 1\na b=2 2\n");
}

// Not for ever, as that is slow: what is sent at once grows again.
static void sends_larger_pieces_again(void **state)
{
    struct sink_bench *bench = *state;
    static const struct fake_reply large[] = {{.status = 413}, {.status = 204}};
    struct buffer body;
    buffer_init(&body, 1 << 20);
    for (int i = 0; i < 4096; i++)
        buffer_printf(&body, "a b=%d %d\n", i, i);
    bench->config.batch_lines = 64;
    sink_bench_push(bench, body.data);
    sink_bench_start(bench, 2, large);
    sink_bench_drain(bench);
    assert_int_equal(fake_http_requests(bench->fake), 1 + 8 + (4096 - 8 * 32) / 64);
    assert_int_equal(sink_counts(bench->sink).lost_lines, 0);
    buffer_done(&body);
}

// A batch that the server cannot take in time is sent in smaller pieces; nothing is lost of it.
static void sends_smaller_pieces_when_out_of_time(void **state)
{
    struct sink_bench *bench = *state;
    static const struct fake_reply slow = {FAKE_SLOW, 204, NULL, NULL};
    fake_http_when(bench->fake, "a b=1 1\na b=2 2\na b=3 3\n", &slow);
    sink_bench_push(bench, "a b=1 1\na b=2 2\na b=3 3\n");
    sink_bench_start(bench, 1, sink_bench_good);
    sink_bench_drain(bench);
    assert_int_equal(fake_http_requests(bench->fake), 3 + 2);
    sink_bench_expect(bench, 3, "", "a b=1 1\na b=2 2\n");
    sink_bench_expect_rejects(bench, "");
}

static void gives_up_one_line_that_is_too_large(void **state)
{
    struct sink_bench *bench = *state;
    static const struct fake_reply large = {.status = 413};
    fake_http_when(bench->fake, "long", &large);
    sink_bench_push(bench, "long b=1 1\na b=2 2\n");
    sink_bench_start(bench, 1, sink_bench_good);
    sink_bench_drain(bench);
    // Both, the one, what is behind it for proof, the one again, and what is behind it.
    assert_int_equal(fake_http_requests(bench->fake), 5);
    sink_bench_expect(bench, 4, "", "a b=2 2\n");
    sink_bench_expect_rejects(bench, "[HTTP 413|long b=1 1\n]");
    assert_int_equal(sink_counts(bench->sink).lost_lines, 1);
}

static void leaves_the_operator_his_faults(void **state)
{
    struct sink_bench *bench = *state;
    static const struct fake_reply denied[] = {
        {.status = 401, .body = "{\"error\":\"authorization failed\"}"}, {.status = 204}};
    sink_bench_push(bench, "a b=1 1\n");
    sink_bench_start(bench, 2, denied);
    loop_run_for(bench->event, 300); // the slow pause: at least half of retry_max_s
    assert_int_equal(fake_http_requests(bench->fake), 1);
    assert_int_equal(sink_bench_outbox(bench).batches, 1);
    assert_true(sink_counts(bench->sink).troubled);
    sink_kick(bench->sink); // does not cut it short
    loop_run_for(bench->event, 50);
    assert_int_equal(fake_http_requests(bench->fake), 1);
    sink_bench_drain(bench);
    assert_int_equal(fake_http_requests(bench->fake), 2);
}

static void waits_for_a_secret_that_is_missing(void **state)
{
    struct sink_bench *bench = *state;
    char path[] = "password";
    bench->config.username = strdup("an");
    bench->config.password_file = path;
    sink_bench_push(bench, "a b=1 1\n");
    sink_bench_start(bench, 1, sink_bench_good);
    loop_run_for(bench->event, 100);
    assert_int_equal(fake_http_requests(bench->fake), 0);
    assert_true(sink_counts(bench->sink).troubled);
    FILE *file = fopen(path, "w");
    fputs("b:c", file);
    fclose(file);
    sink_bench_drain(bench);
    sink_bench_expect(bench, 0, "\r\nAuthorization: Basic YW46Yjpj\r\n", "a b=1 1\n");
    bench->config.password_file = NULL;
}

static void makes_a_missing_database_once(void **state)
{
    struct sink_bench *bench = *state;
    static const struct fake_reply missing[] = {
        {.status = 404, .body = "{\"error\":\"database not found: \\\"d\\\"\"}"},
        {.status = 200, .body = "{\"results\":[{\"statement_id\":0}]}"},
        {.status = 204}};
    sink_bench_push(bench, "a b=1 1\n");
    sink_bench_start(bench, 3, missing);
    sink_bench_drain(bench);
    assert_int_equal(fake_http_requests(bench->fake), 3);
    sink_bench_expect(bench, 1, "POST /query HTTP/1.1\r\n",
                      "q=CREATE%20DATABASE%20%22d%20%5C%22b%22");
    assert_int_equal(sink_bench_outbox(bench).rejected, 0);
}

static void does_not_make_a_database_again_and_again(void **state)
{
    struct sink_bench *bench = *state;
    static const struct fake_reply missing[] = {
        {.status = 404, .body = "{\"error\":\"database not found: \\\"d\\\"\"}"},
        {.status = 200, .body = "{\"results\":[{\"statement_id\":0,\"error\":\"no right\"}]}"},
        {.status = 404, .body = "{\"error\":\"database not found: \\\"d\\\"\"}"}};
    sink_bench_push(bench, "a b=1 1\n");
    sink_bench_start(bench, 3, missing);
    loop_run_for(bench->event, 300);
    assert_int_equal(fake_http_requests(bench->fake), 3);
    assert_int_equal(sink_bench_outbox(bench).batches, 1);
    assert_true(sink_counts(bench->sink).troubled);
}

// The server was not ready to make it: it is tried again after the pause.
static void makes_a_database_when_it_can_be_made(void **state)
{
    struct sink_bench *bench = *state;
    static const char missing[] = "{\"error\":\"database not found: \\\"d\\\"\"}";
    static const struct fake_reply replies[] = {
        {.status = 404, .body = missing}, {.status = 503}, {.status = 404, .body = missing},
        {.status = 404, .body = missing}, {.status = 200}, {.status = 204}};
    sink_bench_push(bench, "a b=1 1\n");
    sink_bench_start(bench, 6, replies);
    sink_bench_drain(bench);
    assert_int_equal(fake_http_requests(bench->fake), 6);
    sink_bench_expect(bench, 4, "POST /query HTTP/1.1\r\n",
                      "q=CREATE%20DATABASE%20%22d%20%5C%22b%22");
}

static void survives_every_kind_of_nonsense(void **state)
{
    struct sink_bench *bench = *state;
    static const struct fake_reply nonsense[] = {{.manner = FAKE_GARBAGE},
                                                 {FAKE_HALF, 200, NULL, "half"},
                                                 {FAKE_SLOW, 204, NULL, NULL},
                                                 {.status = 204}};
    sink_bench_push(bench, "a b=1 1\n");
    sink_bench_start(bench, 4, nonsense);
    sink_bench_drain(bench);
    assert_int_equal(fake_http_requests(bench->fake), 4);
    assert_int_equal(sink_bench_outbox(bench).rejected, 0);
    assert_int_equal(sink_counts(bench->sink).batches, 1);
}

static void sends_again_what_was_under_way(void **state)
{
    struct sink_bench *bench = *state;
    static const struct fake_reply slow[] = {{FAKE_SLOW, 204, NULL, NULL}};
    sink_bench_push(bench, "a b=1 1\n");
    sink_bench_start(bench, 1, slow);
    loop_run_for(bench->event, 50);
    sink_free(bench->sink);
    assert_int_equal(sink_bench_outbox(bench).batches, 1);
    fake_http_refuse(bench->fake);
    fake_http_listen(bench->fake);
    sink_bench_start(bench, 1, sink_bench_good);
    sink_bench_drain(bench);
    assert_int_equal(fake_http_requests(bench->fake), 2);
}

static bool is_troubled(void *context)
{
    const struct sink_bench *bench = context;
    return sink_counts(bench->sink).troubled;
}

// A delivery that cannot be noted is repeated: the server takes it twice for the same.
static void repeats_what_the_store_could_not_note(void **state)
{
    struct sink_bench *bench = *state;
    struct rlimit limit;
    signal(SIGXFSZ, SIG_IGN);
    sink_bench_push(bench, "a b=1 1\n");
    sink_bench_start(bench, 1, sink_bench_good);
    getrlimit(RLIMIT_FSIZE, &limit);
    const rlim_t before = limit.rlim_cur;
    limit.rlim_cur = 512;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
    loop_run_until(bench->event, is_troubled, bench);
    limit.rlim_cur = before;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
    assert_int_equal(sink_bench_outbox(bench).batches, 1);
    sink_bench_drain(bench);
    loop_run_for(bench->event, 20);
    assert_false(sink_counts(bench->sink).troubled);
    assert_int_equal(sink_counts(bench->sink).batches, 1);
    assert_int_equal(sink_bench_outbox(bench).rejected, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(delivers_oldest_first, sink_bench_enter, sink_bench_leave),
        cmocka_unit_test_setup_teardown(speaks_the_dialect_of_2, sink_bench_enter,
                                        sink_bench_leave),
        cmocka_unit_test_setup_teardown(speaks_the_dialect_of_3, sink_bench_enter,
                                        sink_bench_leave),
        cmocka_unit_test_setup_teardown(waits_for_a_server_that_is_away, sink_bench_enter,
                                        sink_bench_leave),
        cmocka_unit_test_setup_teardown(honours_retry_after, sink_bench_enter, sink_bench_leave),
        cmocka_unit_test_setup_teardown(sends_smaller_pieces_when_too_large, sink_bench_enter,
                                        sink_bench_leave),
        cmocka_unit_test_setup_teardown(sends_larger_pieces_again, sink_bench_enter,
                                        sink_bench_leave),
        cmocka_unit_test_setup_teardown(sends_smaller_pieces_when_out_of_time, sink_bench_enter,
                                        sink_bench_leave),
        cmocka_unit_test_setup_teardown(gives_up_one_line_that_is_too_large, sink_bench_enter,
                                        sink_bench_leave),
        cmocka_unit_test_setup_teardown(leaves_the_operator_his_faults, sink_bench_enter,
                                        sink_bench_leave),
        cmocka_unit_test_setup_teardown(waits_for_a_secret_that_is_missing, sink_bench_enter,
                                        sink_bench_leave),
        cmocka_unit_test_setup_teardown(makes_a_missing_database_once, sink_bench_enter,
                                        sink_bench_leave),
        cmocka_unit_test_setup_teardown(does_not_make_a_database_again_and_again, sink_bench_enter,
                                        sink_bench_leave),
        cmocka_unit_test_setup_teardown(makes_a_database_when_it_can_be_made, sink_bench_enter,
                                        sink_bench_leave),
        cmocka_unit_test_setup_teardown(survives_every_kind_of_nonsense, sink_bench_enter,
                                        sink_bench_leave),
        cmocka_unit_test_setup_teardown(repeats_what_the_store_could_not_note, sink_bench_enter,
                                        sink_bench_leave),
        cmocka_unit_test_setup_teardown(sends_again_what_was_under_way, sink_bench_enter,
                                        sink_bench_leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
