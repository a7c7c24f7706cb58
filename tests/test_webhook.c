// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/outage.h"
#include "daemon/webhook.h"
#include "tests/loop.h"
#include "tests/sink_bench.h"

// A sink of a webhook whose outbox is the bench's.
static int enter(void **state)
{
    if (sink_bench_enter(state))
        return -1;
    struct sink_bench *bench = *state;
    FILE *file = fopen("token", "w");
    fputs("t0ken\n", file);
    fclose(file);
    char name[] = "duty", token[] = "token", *path = NULL;
    assert_true(asprintf(&path, "%s/hook?to=a%%20b", bench->config.url) > 0);
    const struct config_webhook webhook = {.name = name,
                                           .url = path,
                                           .token_file = token,
                                           .timeout_s = 1,
                                           .retry_max_s = 1,
                                           .outbox_bytes = 2385,
                                           .outbox_age_s = 7};
    struct config_sink sink;
    assert_true(webhook_sink_init(&sink, &webhook));
    assert_string_equal(sink.name, "webhook:duty");
    assert_int_equal(sink.batch_lines, 1);
    assert_int_equal(sink.outbox_bytes, 2385);
    assert_int_equal(sink.outbox_age_s, 7);
    webhook_sink_done(&sink);
    sink.name = bench->config.name;
    sink.token_file = strdup(token);
    sink.database = bench->config.database;
    sink.org = bench->config.org;
    sink.bucket = bench->config.bucket;
    free(bench->config.url);
    bench->config = sink;
    return 0;
}

static int leave(void **state)
{
    struct sink_bench *bench = *state;
    free(bench->config.token_file);
    return sink_bench_leave(state);
}

static const char notice[] = "{\"site\":\"B\u1eafc Giang a b\",\"alerts\":[{\"rule\":\"peak\"}]}";

static void posts_a_notice_as_it_is(void **state)
{
    struct sink_bench *bench = *state;
    sink_bench_push(bench, notice);
    sink_bench_push(bench, "{\"n\":2}");
    sink_bench_start(bench, 1, sink_bench_good);
    sink_bench_drain(bench);
    assert_int_equal(fake_http_requests(bench->fake), 2);
    sink_bench_expect(bench, 0, "POST /hook?to=a%20b HTTP/1.1\r\n", notice);
    sink_bench_expect(bench, 0, "\r\nContent-Type: application/json\r\n", notice);
    sink_bench_expect(bench, 0, "\r\nAuthorization: Bearer t0ken\r\n", notice);
    sink_bench_expect(bench, 1, "POST /hook", "{\"n\":2}");
    assert_null(strcasestr(fake_http_request(bench->fake, 0)->head, "Content-Encoding"));
    assert_int_equal(sink_bench_outbox(bench).acked, 0);
}

static void sends_again_until_it_is_taken(void **state)
{
    struct sink_bench *bench = *state;
    static const struct fake_reply bad[] = {
        {.status = 500}, {.status = 503},           {.status = 408},          {.status = 425},
        {.status = 429}, {.manner = FAKE_NO_REPLY}, {.manner = FAKE_GARBAGE}, {.status = 200}};
    sink_bench_push(bench, notice);
    sink_bench_start(bench, sizeof bad / sizeof *bad, bad);
    sink_bench_drain(bench);
    assert_int_equal(fake_http_requests(bench->fake), sizeof bad / sizeof *bad);
    sink_bench_expect(bench, 7, "POST /hook", notice);
    assert_int_equal(sink_bench_outbox(bench).rejected, 0);
}

static void obeys_retry_after(void **state)
{
    struct sink_bench *bench = *state;
    static const struct fake_reply later[] = {{.status = 429, .headers = "Retry-After: 1\r\n"},
                                              {.status = 200}};
    sink_bench_push(bench, notice);
    sink_bench_start(bench, 2, later);
    loop_run_for(bench->event, 800);
    assert_int_equal(fake_http_requests(bench->fake), 1);
    sink_bench_drain(bench);
    assert_int_equal(fake_http_requests(bench->fake), 2);
}

static void keeps_what_an_operator_must_mend(void **state)
{
    struct sink_bench *bench = *state;
    static const int statuses[] = {401, 403, 404, 405};
    char trouble[STORE_TROUBLE_LEN];
    struct store_outbox_state outbox;
    struct fake_reply refusal = {.body = "{\"message\":\"who are you?\"}"};
    sink_bench_push(bench, notice);
    refusal.status = statuses[0];
    sink_bench_start(bench, 1, &refusal);
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
        const size_t before = fake_http_requests(bench->fake);
        struct fake_reply next = refusal;
        char words[64];
        next.status = statuses[i];
        fake_http_script(bench->fake, 1, &next);
        sink_wake(bench->sink);
        while (fake_http_requests(bench->fake) == before)
            loop_run_for(bench->event, 20);
        loop_run_for(bench->event, 50);
        assert_true(store_outbox_state(bench->store, "main", &outbox, trouble));
        snprintf(words, sizeof words, "HTTP %d: who are you?", statuses[i]);
        assert_string_equal(trouble, words);
        fake_http_script(bench->fake, 1, &refusal);
    }
    assert_int_equal(outbox.batches, 1);
    assert_int_equal(outbox.rejected, 0);
    fake_http_script(bench->fake, 1, sink_bench_good);
    sink_wake(bench->sink);
    sink_bench_drain(bench);
}

static void sets_aside_what_is_refused(void **state)
{
    struct sink_bench *bench = *state;
    static const struct fake_reply refusal[] = {
        {.status = 400, .body = "{\"error\":\"no zone\"}"}, {.status = 413}, {.status = 200}};
    sink_bench_push(bench, notice);
    sink_bench_push(bench, "{\"n\":2}");
    sink_bench_push(bench, "{\"n\":3}");
    sink_bench_start(bench, 3, refusal);
    sink_bench_drain(bench);
    assert_int_equal(fake_http_requests(bench->fake), 3);
    char words[256];
    snprintf(words, sizeof words, "[HTTP 400: no zone|%s][HTTP 413|{\"n\":2}]", notice);
    sink_bench_expect_rejects(bench, words);
}

static void is_called_by_its_name(void **state)
{
    struct sink_bench *bench = *state;
    struct outage outage;
    outage_init(&outage, bench->store, "webhook:duty");
    assert_string_equal(outage.title, "webhook 'duty'");
    outage_init(&outage, bench->store, "main");
    assert_string_equal(outage.title, "influxdb 'main'");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(posts_a_notice_as_it_is, enter, leave),
        cmocka_unit_test_setup_teardown(sends_again_until_it_is_taken, enter, leave),
        cmocka_unit_test_setup_teardown(obeys_retry_after, enter, leave),
        cmocka_unit_test_setup_teardown(keeps_what_an_operator_must_mend, enter, leave),
        cmocka_unit_test_setup_teardown(sets_aside_what_is_refused, enter, leave),
        cmocka_unit_test_setup_teardown(is_called_by_its_name, enter, leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
