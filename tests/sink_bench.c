// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/sink_bench.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "tests/loop.h"
#include "tests/store_folder.h"

const struct fake_reply sink_bench_good[1] = {{.status = 204}};

int sink_bench_enter(void **state)
{
    struct sink_bench *bench = calloc(1, sizeof *bench);
    if (store_folder_enter(&bench->folder))
        return -1;
    bench->event = loop_new();
    bench->client = http_client_new(bench->event);
    bench->store = store_folder_open(STORE_WRITE);
    bench->fake = fake_http_start(1, sink_bench_good);
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

int sink_bench_leave(void **state)
{
    struct sink_bench *bench = *state;
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

void sink_bench_push(struct sink_bench *bench, const char *body)
{
    assert_true(store_begin(bench->store));
    assert_true(store_outbox_push(bench->store, "main", 2385, body, strlen(body)));
    assert_true(store_commit(bench->store));
}

void sink_bench_start(struct sink_bench *bench, size_t n, const struct fake_reply script[])
{
    fake_http_script(bench->fake, n, script);
    const struct sink_setup setup = {.event = bench->event,
                                     .client = bench->client,
                                     .store = bench->store,
                                     .config = &bench->config,
                                     .retry_first_ms = 2,
                                     .kept_s = bench->kept_s,
                                     .look_ms = bench->look_ms};
    bench->sink = sink_new(&setup);
    assert_non_null(bench->sink);
}

struct store_outbox_state sink_bench_outbox(struct sink_bench *bench)
{
    struct store_outbox_state outbox_state = {0};
    assert_true(store_outbox_state(bench->store, "main", &outbox_state, NULL));
    return outbox_state;
}

static bool is_empty(void *context)
{
    return sink_bench_outbox(context).batches == 0;
}

void sink_bench_drain(struct sink_bench *bench)
{
    loop_run_until(bench->event, is_empty, bench);
}

void sink_bench_expect(struct sink_bench *bench, size_t i, const char *in_head, const char *body)
{
    const struct fake_request *request = fake_http_request(bench->fake, i);
    if (!strstr(request->head, in_head))
        fail_msg("%s", request->head);
    assert_string_equal(request->body, body);
}

static bool note_reject(void *context, const struct store_rejected *reject)
{
    struct buffer *out = context;
    assert_int_equal(reject->bytes, strlen(reject->body));
    buffer_printf(out, "[%s|%s]", reject->reason, reject->body);
    return true;
}

// All rejects, as [reason|body].
void sink_bench_expect_rejects(struct sink_bench *bench, const char *words)
{
    struct buffer out;
    buffer_init(&out, 1 << 20);
    buffer_text(&out, "");
    assert_true(store_each_reject(bench->store, "main", note_reject, &out));
    assert_string_equal(out.data ? out.data : "", words);
    buffer_done(&out);
}
