// SPDX-License-Identifier: GPL-3.0-or-later
// Lines that a server refuses, fails at or dies of: they alone are lost, with its words.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "daemon/buffer.h"
#include "tests/loop.h"
#include "tests/sink_bench.h"

static void keeps_what_a_partial_write_lost(void **state)
{
    struct sink_bench *bench = *state;
    static const struct fake_reply partial[] = {
        {.status = 400,
         .body = "{\"error\":\"partial write: points beyond retention policy dropped=2\"}"},
        {.status = 204}};
    sink_bench_push(bench, "a b=1 1\na b=2 2\na b=3 3\n");
    sink_bench_push(bench, "a b=4 4\n");
    sink_bench_start(bench, 2, partial);
    sink_bench_drain(bench);
    assert_int_equal(fake_http_requests(bench->fake), 2);
    assert_int_equal(sink_bench_outbox(bench).rejected, 1);
    struct sink_counts counts = sink_counts(bench->sink);
    assert_int_equal(counts.lost_lines, 2);
    assert_int_equal(counts.set_aside, 1);
    assert_int_equal(counts.batches, 1);
    assert_false(counts.troubled);
}

static const struct fake_reply refused = {
    .status = 400, .body = "{\"error\":\"unable to parse 'bad': missing fields\"}"};

static void never_repeats_a_refused_line(void **state)
{
    struct sink_bench *bench = *state;
    fake_http_when(bench->fake, "bad", &refused);
    sink_bench_push(bench, "bad\n");
    sink_bench_push(bench, "a b=4 4\n");
    sink_bench_start(bench, 1, sink_bench_good);
    sink_bench_drain(bench);
    assert_int_equal(fake_http_requests(bench->fake), 2);
    sink_bench_expect_rejects(bench, "[HTTP 400: unable to parse 'bad': missing fields|bad\n]");
    assert_int_equal(sink_counts(bench->sink).lost_lines, 1);
}

// Of 1000 lines one is refused, and the whole batch with it: it alone is lost, and found in some 10
// steps.
static void finds_the_line_that_is_refused(void **state)
{
    struct sink_bench *bench = *state;
    struct buffer body, got;
    buffer_init(&body, 1 << 20);
    buffer_init(&got, 1 << 20);
    for (int i = 0; i < 1000; i++)
        buffer_printf(&body, "%s b=%d %d\n", i == 385 ? "bad" : "a", i, i);
    sink_bench_push(bench, body.data);
    fake_http_when(bench->fake, "bad", &refused);
    sink_bench_start(bench, 1, sink_bench_good);
    sink_bench_drain(bench);
    sink_bench_expect_rejects(bench,
                              "[HTTP 400: unable to parse 'bad': missing fields|bad b=385 385\n]");
    assert_in_range(fake_http_requests(bench->fake), 12, 24);
    for (size_t i = 0; i < fake_http_requests(bench->fake); i++)
        if (!strstr(fake_http_request(bench->fake, i)->body, "bad"))
            buffer_text(&got, fake_http_request(bench->fake, i)->body);
    char *bad = strstr(body.data, "bad b=385 385\n");
    memmove(bad, bad + 14, strlen(bad + 14) + 1);
    assert_string_equal(got.data, body.data); // each once, in order
    buffer_done(&body);
    buffer_done(&got);
}

// InfluxDB 1 stores the good lines of a batch and counts the others.
static void finds_the_lines_of_a_partial_write(void **state)
{
    struct sink_bench *bench = *state;
    static const struct fake_reply
        one = {.status = 400,
               .body = "{\"error\":\"partial write: field type conflict: dropped=1\"}"},
        two = {.status = 400,
               .body = "{\"error\":\"partial write: field type conflict: dropped=2\"}"};
    fake_http_when(bench->fake, "bad b=2 2\nbad b=3 3\n", &two);
    fake_http_when(bench->fake, "bad", &one);
    sink_bench_push(bench, "a b=1 1\nbad b=2 2\nbad b=3 3\na b=4 4\na b=5 5\n");
    sink_bench_start(bench, 1, sink_bench_good);
    sink_bench_drain(bench);
    sink_bench_expect_rejects(
        bench, "[HTTP 400: partial write: field type conflict: dropped=1|bad b=2 2\n]"
               "[HTTP 400: partial write: field type conflict: dropped=1|bad b=3 3\n]");
    assert_int_equal(sink_counts(bench->sink).lost_lines, 2);
    assert_int_equal(sink_counts(bench->sink).set_aside, 1);
    assert_false(sink_counts(bench->sink).troubled);
}

// A batch of nothing else stands in nobody's way.
static void sets_aside_what_the_server_fails_at(void **state)
{
    struct sink_bench *bench = *state;
    static const struct fake_reply fault = {.status = 500,
                                            .body = "{\"error\":\"contains invalid UTF-8\"}"};
    fake_http_when(bench->fake, "bad", &fault);
    sink_bench_push(bench, "bad b=1 1\n");
    sink_bench_push(bench, "a b=2 2\n");
    sink_bench_start(bench, 1, sink_bench_good);
    sink_bench_drain(bench);
    // The line ten times, the next batch for proof, the line again, and then the next batch.
    assert_int_equal(fake_http_requests(bench->fake), 10 + 1 + 2 + 1);
    sink_bench_expect_rejects(bench, "[HTTP 500: contains invalid UTF-8|bad b=1 1\n]");
    assert_int_equal(sink_counts(bench->sink).lost_lines, 1);
}

// A line that the server fails at, beside good ones.
static void finds_the_line_that_the_server_fails_at(void **state)
{
    struct sink_bench *bench = *state;
    static const struct fake_reply fault = {.status = 500, .body = "{\"error\":\"panic\"}"};
    fake_http_when(bench->fake, "bad", &fault);
    sink_bench_push(bench, "a b=1 1\na b=2 2\nbad b=3 3\na b=4 4\na b=5 5\n");
    sink_bench_start(bench, 1, sink_bench_good);
    sink_bench_drain(bench);
    sink_bench_expect_rejects(bench, "[HTTP 500: panic|bad b=3 3\n]");
    sink_bench_expect(bench, fake_http_requests(bench->fake) - 1, "", "a b=4 4\na b=5 5\n");
    assert_false(sink_counts(bench->sink).troubled);
}

static void push_batches(struct sink_bench *bench, int n)
{
    char body[256];
    for (int i = 0; i < n; i++) {
        snprintf(body, sizeof body, "a b=%d 1\na b=%d 2\na b=%d 3\n", i, i, i);
        sink_bench_push(bench, body);
    }
}

// While it lasts everything stays in the outbox, and once it is over all of it is delivered.
static void outlast(struct sink_bench *bench, const struct fake_reply *outage)
{
    push_batches(bench, 5);
    sink_bench_start(bench, 1, outage);
    loop_run_for(bench->event, 6000);
    assert_int_equal(sink_bench_outbox(bench).batches, 5);
    assert_in_range(fake_http_requests(bench->fake), 10, 40); // at growing pauses
    fake_http_script(bench->fake, 1, sink_bench_good);
    sink_bench_drain(bench);
    sink_bench_expect_rejects(bench, "");
    assert_int_equal(sink_counts(bench->sink).batches, 5);
    assert_false(sink_counts(bench->sink).troubled);
}

// A balancer whose server is away takes connections and closes them.
static void outlasts_deaths_of_everything(void **state)
{
    static const struct fake_reply dies[] = {{.manner = FAKE_NO_REPLY}};
    outlast(*state, dies);
}

static void outlasts_faults_at_everything(void **state)
{
    static const struct fake_reply fault[] = {{.status = 500, .body = "{\"error\":\"panic\"}"}};
    outlast(*state, fault);
}

static void outlasts_too_large_for_everything(void **state)
{
    static const struct fake_reply large[] = {{.status = 413}};
    outlast(*state, large);
}

// A line that ends the server, found by halves; the lines beside it are delivered.
static void finds_the_line_that_kills(void **state)
{
    struct sink_bench *bench = *state;
    static const struct fake_reply dies = {.manner = FAKE_NO_REPLY};
    fake_http_when(bench->fake, "bad", &dies);
    sink_bench_push(bench, "bad b=1 1\na b=2 2\na b=3 3\n");
    sink_bench_start(bench, 1, sink_bench_good);
    sink_bench_drain(bench);
    // 3 lines thrice, 2 once, the one five times, what is behind it for proof, the one again, and
    // what is behind it.
    assert_int_equal(fake_http_requests(bench->fake), 3 + 1 + 5 + 1 + 1 + 1);
    sink_bench_expect(bench, 11, "", "a b=2 2\na b=3 3\n");
    sink_bench_expect_rejects(bench, "[Empty reply from server|bad b=1 1\n]");
    assert_int_equal(sink_counts(bench->sink).lost_lines, 1);
    assert_int_equal(sink_bench_outbox(bench).rejected, 1);
}

// Writes of others to the store, as of readings that are imported, do not make it begin anew.
static void finds_the_line_though_it_is_woken(void **state)
{
    struct sink_bench *bench = *state;
    static const struct fake_reply dies = {.manner = FAKE_NO_REPLY};
    fake_http_when(bench->fake, "bad", &dies);
    sink_bench_push(bench, "a b=1 1\na b=2 2\nbad b=3 3\na b=4 4\n");
    sink_bench_start(bench, 1, sink_bench_good);
    for (int i = 0; i < 100 && sink_bench_outbox(bench).batches; i++) {
        size_t sent = fake_http_requests(bench->fake);
        while (fake_http_requests(bench->fake) == sent && sink_bench_outbox(bench).batches)
            loop_run_for(bench->event, 1);
        loop_run_for(bench->event, 1);
        sink_wake(bench->sink);
    }
    assert_int_equal(sink_bench_outbox(bench).batches, 0);
    sink_bench_expect_rejects(bench, "[Empty reply from server|bad b=3 3\n]");
}

// Deaths that are not the lines' fault cost none of them.
static void survives_accidental_deaths(void **state)
{
    struct sink_bench *bench = *state;
    static const struct fake_reply dies[] = {
        {.manner = FAKE_NO_REPLY}, {.manner = FAKE_NO_REPLY}, {.manner = FAKE_NO_REPLY},
        {.manner = FAKE_NO_REPLY}, {.manner = FAKE_NO_REPLY}, {.manner = FAKE_NO_REPLY},
        {.manner = FAKE_NO_REPLY}, {.manner = FAKE_NO_REPLY}, {.status = 204}};
    sink_bench_push(bench, "a b=1 1\na b=2 2\na b=3 3\n");
    sink_bench_start(bench, 9, dies);
    sink_bench_drain(bench);
    sink_bench_expect_rejects(bench, "");
    assert_int_equal(sink_counts(bench->sink).batches, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(keeps_what_a_partial_write_lost, sink_bench_enter,
                                        sink_bench_leave),
        cmocka_unit_test_setup_teardown(never_repeats_a_refused_line, sink_bench_enter,
                                        sink_bench_leave),
        cmocka_unit_test_setup_teardown(finds_the_line_that_is_refused, sink_bench_enter,
                                        sink_bench_leave),
        cmocka_unit_test_setup_teardown(finds_the_lines_of_a_partial_write, sink_bench_enter,
                                        sink_bench_leave),
        cmocka_unit_test_setup_teardown(sets_aside_what_the_server_fails_at, sink_bench_enter,
                                        sink_bench_leave),
        cmocka_unit_test_setup_teardown(finds_the_line_that_the_server_fails_at, sink_bench_enter,
                                        sink_bench_leave),
        cmocka_unit_test_setup_teardown(outlasts_deaths_of_everything, sink_bench_enter,
                                        sink_bench_leave),
        cmocka_unit_test_setup_teardown(outlasts_faults_at_everything, sink_bench_enter,
                                        sink_bench_leave),
        cmocka_unit_test_setup_teardown(outlasts_too_large_for_everything, sink_bench_enter,
                                        sink_bench_leave),
        cmocka_unit_test_setup_teardown(finds_the_line_that_kills, sink_bench_enter,
                                        sink_bench_leave),
        cmocka_unit_test_setup_teardown(finds_the_line_though_it_is_woken, sink_bench_enter,
                                        sink_bench_leave),
        cmocka_unit_test_setup_teardown(survives_accidental_deaths, sink_bench_enter,
                                        sink_bench_leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
