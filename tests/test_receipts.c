// SPDX-License-Identifier: GPL-3.0-or-later
// A server whose acknowledgement is not to be relied on: what it may have lost is sent again.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "daemon/receipts.h"
#include "tests/loop.h"
#include "tests/sink_bench.h"

#define PAGE(start)                                                                                \
    "go_gc_duration_seconds_sum 0.5\n"                                                             \
    "process_start_time_seconds_of_another 7\n"                                                    \
    "process_start_time_seconds " start "\nvm_rows 0\n"

static const struct fake_reply first = {.status = 200, .body = PAGE("1711929600")},
                               second = {.status = 200, .body = PAGE("1711929610")},
                               silent = {.status = 404, .body = "no such page"},
                               dies = {.manner = FAKE_NO_REPLY};
static const char metrics[] = "GET /metrics HTTP/1.1\r\n";

static int enter(void **state)
{
    if (sink_bench_enter(state))
        return -1;
    struct sink_bench *bench = *state;
    bench->config.dialect = CONFIG_VICTORIAMETRICS;
    bench->kept_s = 1;
    bench->look_ms = 30;
    return 0;
}

static void answer_metrics(struct sink_bench *bench, const struct fake_reply *reply)
{
    fake_http_when(bench->fake, NULL, NULL);
    fake_http_when(bench->fake, "GET /metrics", reply);
}

// Requests so far whose head begins so.
static size_t requests(struct sink_bench *bench, const char *head)
{
    size_t n = 0;
    for (size_t i = 0; i < fake_http_requests(bench->fake); i++)
        n += !strncmp(fake_http_request(bench->fake, i)->head, head, strlen(head));
    return n;
}

static bool is_acked(void *context)
{
    struct store_outbox_state state = sink_bench_outbox(context);
    return state.acked > 0 && !state.batches;
}

static bool is_gone(void *context)
{
    struct store_outbox_state state = sink_bench_outbox(context);
    return !state.acked && !state.batches;
}

static void reads_the_start(void **state)
{
    (void)state;
    static const struct {
        const char *page, *start;
    } cases[] = {
        {PAGE("1711929600"), "1711929600"},
        {"process_start_time_seconds 1.7e9", "1.7e9"},
        {"x 1\nprocess_start_time_seconds 5\r\n", "5"},
        {"", "?"},
        {"a process_start_time_seconds 5\n", "?"},
        {"process_start_time_seconds \n", "?"},
        {"process_start_time_seconds 111111111111111111111111111111111111111111\n", "?"},
    };
    char start[RECEIPTS_SERVER_LEN];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        receipts_read_start(cases[i].page, start);
        assert_string_equal(start, cases[i].start);
    }
}

static void keeps_what_is_acknowledged_for_a_while(void **state)
{
    struct sink_bench *bench = *state;
    answer_metrics(bench, &first);
    sink_bench_push(bench, "a b=1 1\n");
    sink_bench_start(bench, 1, sink_bench_good);
    loop_run_until(bench->event, is_acked, bench);
    sink_bench_expect(bench, 0, metrics, "");
    sink_bench_expect(bench, 1, "POST /write?precision=ns&db=d%20%22b HTTP/1.1\r\n", "a b=1 1\n");
    loop_run_for(bench->event, 200);
    assert_true(is_acked(bench));
    loop_run_until(bench->event, is_gone, bench);
    assert_int_equal(requests(bench, "POST"), 1);
    size_t asked = requests(bench, "GET");
    assert_true(asked > 5);
    loop_run_for(bench->event, 200); // and never without need
    assert_int_equal(requests(bench, "GET"), asked);
    assert_int_equal(sink_counts(bench->sink).batches, 1);
}

static void sends_again_what_another_start_acknowledged(void **state)
{
    struct sink_bench *bench = *state;
    answer_metrics(bench, &first);
    sink_bench_push(bench, "a b=1 1\n");
    sink_bench_push(bench, "a b=2 2\n");
    sink_bench_start(bench, 1, sink_bench_good);
    loop_run_until(bench->event, is_acked, bench);
    size_t sent = fake_http_requests(bench->fake);
    answer_metrics(bench, &second);
    loop_run_until(bench->event, is_gone, bench);
    assert_int_equal(requests(bench, "POST"), 4);
    size_t posts = 0;
    for (size_t i = sent; i < fake_http_requests(bench->fake); i++)
        if (!strncmp(fake_http_request(bench->fake, i)->head, "POST", 4))
            sink_bench_expect(bench, i, "POST", posts++ ? "a b=2 2\n" : "a b=1 1\n");
    assert_int_equal(posts, 2);
}

static bool is_asked_anew(void *context)
{
    struct sink_bench *bench = context;
    size_t n = fake_http_requests(bench->fake);
    return n > 2 && !strncmp(fake_http_request(bench->fake, n - 1)->head, "GET", 3);
}

// A newer batch is under way when the restart is noticed: all go again, in their order.
static void sends_in_order_what_was_under_way(void **state)
{
    struct sink_bench *bench = *state;
    static const struct fake_reply late = {FAKE_LATE, 200, NULL, PAGE("1711929610")};
    static const char *const bodies[] = {"a b=3 3\n", "a b=2 2\n", "a b=1 1\n"};
    bench->look_ms = 300;
    answer_metrics(bench, &first);
    sink_bench_push(bench, "a b=1 1\n");
    sink_bench_start(bench, 1, sink_bench_good);
    loop_run_until(bench->event, is_acked, bench);
    answer_metrics(bench, &late);
    loop_run_until(bench->event, is_asked_anew, bench);
    sink_bench_push(bench, "a b=2 2\n");
    sink_bench_push(bench, "a b=3 3\n");
    sink_kick(bench->sink); // the fake server takes one connection at a time
    loop_run_until(bench->event, is_gone, bench);
    size_t at = fake_http_requests(bench->fake);
    for (size_t i = 0; i < 3;)
        if (!strncmp(fake_http_request(bench->fake, --at)->head, "POST", 4))
            sink_bench_expect(bench, at, "POST", bodies[i++]);
}

// The acknowledgement and the server's start stand in the store.
static void remembers_through_a_restart(void **state)
{
    struct sink_bench *bench = *state;
    answer_metrics(bench, &first);
    sink_bench_push(bench, "a b=1 1\n");
    sink_bench_start(bench, 1, sink_bench_good);
    loop_run_until(bench->event, is_acked, bench);
    sink_free(bench->sink);
    answer_metrics(bench, &second);
    sink_bench_start(bench, 1, sink_bench_good);
    loop_run_until(bench->event, is_gone, bench);
    assert_int_equal(requests(bench, "POST"), 2);
}

static bool is_troubled(void *context)
{
    const struct sink_bench *bench = context;
    return sink_counts(bench->sink).troubled;
}

// A lost connection: nothing is sent before the server has been asked again.
static void asks_after_a_lost_connection(void **state)
{
    struct sink_bench *bench = *state;
    bench->look_ms = 60000;
    answer_metrics(bench, &first);
    sink_bench_push(bench, "a b=1 1\n");
    sink_bench_start(bench, 1, sink_bench_good);
    loop_run_until(bench->event, is_acked, bench);
    fake_http_when(bench->fake, "a b=2", &dies);
    sink_bench_push(bench, "a b=2 2\n");
    sink_kick(bench->sink);
    loop_run_until(bench->event, is_troubled, bench);
    size_t sent = fake_http_requests(bench->fake);
    answer_metrics(bench, &second);
    sink_bench_drain(bench);
    for (; strncmp(fake_http_request(bench->fake, sent)->head, "GET", 3); sent++)
        ; // those that died before the answer was changed
    assert_false(sink_counts(bench->sink).troubled);
    assert_int_equal(sink_bench_outbox(bench).acked, 2);
    size_t last = fake_http_requests(bench->fake) - 1;
    sink_bench_expect(bench, last, "POST", "a b=2 2\n");
    sink_bench_expect(bench, last - 1, "POST", "a b=1 1\n"); // first, as it is older
    sink_bench_expect(bench, last - 2, metrics, "");
}

static void waits_while_it_cannot_be_asked(void **state)
{
    struct sink_bench *bench = *state;
    answer_metrics(bench, &dies);
    sink_bench_push(bench, "a b=1 1\n");
    sink_bench_start(bench, 1, sink_bench_good);
    loop_run_until(bench->event, is_troubled, bench);
    loop_run_for(bench->event, 50);
    assert_int_equal(requests(bench, "POST"), 0);
    answer_metrics(bench, &first);
    loop_run_until(bench->event, is_gone, bench);
    assert_int_equal(requests(bench, "POST"), 1);
    assert_false(sink_counts(bench->sink).troubled);
}

// A server that keeps its figures to itself gets its batches once.
static void is_content_with_a_server_that_does_not_tell(void **state)
{
    struct sink_bench *bench = *state;
    answer_metrics(bench, &silent);
    sink_bench_push(bench, "a b=1 1\n");
    sink_bench_start(bench, 1, sink_bench_good);
    loop_run_until(bench->event, is_gone, bench);
    assert_int_equal(requests(bench, "POST"), 1);
}

// Two starts within one second look the same: a server is given a moment after its start.
static void waits_while_the_server_is_young(void **state)
{
    struct sink_bench *bench = *state;
    char page[64];
    snprintf(page, sizeof page, "process_start_time_seconds %lld\n", (long long)time(NULL));
    const struct fake_reply young = {.status = 200, .body = page};
    answer_metrics(bench, &young);
    sink_bench_push(bench, "a b=1 1\n");
    sink_bench_start(bench, 1, sink_bench_good);
    loop_run_for(bench->event, 800);
    assert_int_equal(requests(bench, "GET"), 1);
    assert_int_equal(requests(bench, "POST"), 0);
    loop_run_until(bench->event, is_acked, bench);
    assert_int_equal(requests(bench, "POST"), 1);
    fake_http_script(bench->fake, 1, sink_bench_good);
    answer_metrics(bench, &first);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_the_start),
        cmocka_unit_test_setup_teardown(keeps_what_is_acknowledged_for_a_while, enter,
                                        sink_bench_leave),
        cmocka_unit_test_setup_teardown(sends_again_what_another_start_acknowledged, enter,
                                        sink_bench_leave),
        cmocka_unit_test_setup_teardown(sends_in_order_what_was_under_way, enter, sink_bench_leave),
        cmocka_unit_test_setup_teardown(remembers_through_a_restart, enter, sink_bench_leave),
        cmocka_unit_test_setup_teardown(asks_after_a_lost_connection, enter, sink_bench_leave),
        cmocka_unit_test_setup_teardown(waits_while_it_cannot_be_asked, enter, sink_bench_leave),
        cmocka_unit_test_setup_teardown(waits_while_the_server_is_young, enter, sink_bench_leave),
        cmocka_unit_test_setup_teardown(is_content_with_a_server_that_does_not_tell, enter,
                                        sink_bench_leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
