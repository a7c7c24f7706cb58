// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "daemon/gzip.h"
#include "daemon/http_client.h"
#include "tests/fake_http.h"
#include "tests/loop.h"

struct seen { // what came back, copied
    int calls, status;
    enum http_failure failure;
    int64_t retry_after_s;
    size_t length;
    bool cut;
    char error[256], body[256];
};

static void remember(void *context, const struct http_answer *answer)
{
    struct seen *seen = context;
    seen->calls++;
    seen->status = answer->status;
    seen->failure = answer->failure;
    seen->retry_after_s = answer->retry_after_s;
    seen->length = strlen(answer->body);
    seen->cut = answer->cut;
    snprintf(seen->error, sizeof seen->error, "%s", answer->error);
    snprintf(seen->body, sizeof seen->body, "%s", answer->body);
}

// One POST to a server that answers so.
static struct seen post_once(const struct fake_reply *reply, int64_t timeout_s)
{
    sd_event *event = loop_new();
    struct http_client *client = http_client_new(event);
    struct fake_http *fake = fake_http_start(1, reply);
    struct seen seen = {0};
    struct http_call call = {
        .url = fake_http_url(fake), .timeout_s = timeout_s, .answer = remember, .context = &seen};
    struct buffer body;
    buffer_init(&body, 1000);
    buffer_text(&body, "load,zone=a mw=2.385 1");
    assert_non_null(http_client_post(client, &call, &body));
    assert_int_equal(body.length, 0);
    loop_run_until_count(event, &seen.calls, 1);
    http_client_free(client);
    fake_http_stop(fake);
    sd_event_unref(event);
    return seen;
}

static void gives_status_body_and_retry_after(void **state)
{
    (void)state;
    struct seen seen = post_once(
        &(struct fake_reply){.status = 429, .headers = "Retry-After: 17\r\n", .body = "slow down"},
        5);
    assert_int_equal(seen.failure, HTTP_ANSWERED);
    assert_int_equal(seen.status, 429);
    assert_int_equal(seen.retry_after_s, 17);
    assert_string_equal(seen.body, "slow down");
    assert_string_equal(seen.error, "");
    seen = post_once(&(struct fake_reply){.status = 204}, 5);
    assert_int_equal(seen.status, 204);
    assert_int_equal(seen.retry_after_s, 0);
    assert_string_equal(seen.body, "");
}

static void gets_as_much_as_was_asked_for(void **state)
{
    (void)state;
    const struct fake_reply reply = {.status = 200, .body = "0123456789"};
    const int64_t limits[] = {10, 4};
    const char *const kept[] = {"0123456789", "0123"};
    for (int i = 0; i < 2; i++) {
        sd_event *event = loop_new();
        struct http_client *client = http_client_new(event);
        struct fake_http *fake = fake_http_start(1, &reply);
        struct seen seen = {0};
        const struct http_call call = {.url = fake_http_url(fake),
                                       .timeout_s = 5,
                                       .answer_max = limits[i],
                                       .answer = remember,
                                       .context = &seen};
        assert_non_null(http_client_get(client, &call));
        loop_run_until_count(event, &seen.calls, 1);
        assert_int_equal(strncmp(fake_http_request(fake, 0)->head, "GET ", 4), 0);
        assert_string_equal(seen.body, kept[i]);
        assert_int_equal(seen.cut, i == 1);
        http_client_free(client);
        fake_http_stop(fake);
        sd_event_unref(event);
    }
}

static void tells_broken_from_unreachable_from_slow(void **state)
{
    (void)state;
    struct seen seen = post_once(&(struct fake_reply){.manner = FAKE_NO_REPLY}, 5);
    assert_int_equal(seen.failure, HTTP_BROKEN);
    assert_int_equal(seen.status, 0);
    assert_true(*seen.error);
    seen = post_once(&(struct fake_reply){FAKE_HALF, 200, NULL, "half of it"}, 5);
    assert_int_equal(seen.failure, HTTP_BROKEN);
    assert_int_equal(seen.status, 0);
    seen = post_once(&(struct fake_reply){.manner = FAKE_GARBAGE}, 5);
    assert_int_equal(seen.failure, HTTP_BROKEN);
    seen = post_once(&(struct fake_reply){.manner = FAKE_SLOW, .status = 204}, 1);
    assert_int_equal(seen.failure, HTTP_TIMEOUT);
}

static void says_when_nobody_listens(void **state)
{
    (void)state;
    sd_event *event = loop_new();
    struct http_client *client = http_client_new(event);
    struct fake_reply good = {.status = 204};
    struct fake_http *fake = fake_http_start(1, &good);
    struct seen seen = {0};
    struct http_call call = {
        .url = fake_http_url(fake), .timeout_s = 5, .answer = remember, .context = &seen};
    struct buffer body;
    buffer_init(&body, 10);
    fake_http_refuse(fake);
    assert_non_null(http_client_post(client, &call, &body));
    assert_int_equal(seen.calls, 0);
    loop_run_until_count(event, &seen.calls, 1);
    assert_int_equal(seen.failure, HTTP_UNREACHABLE);
    fake_http_listen(fake);
    assert_non_null(http_client_post(client, &call, &body));
    loop_run_until_count(event, &seen.calls, 2);
    assert_int_equal(seen.status, 204);
    http_client_free(client);
    fake_http_stop(fake);
    sd_event_unref(event);
}

static void sends_headers_credentials_and_gzip(void **state)
{
    (void)state;
    sd_event *event = loop_new();
    struct http_client *client = http_client_new(event);
    struct fake_reply good = {.status = 204};
    struct fake_http *fake = fake_http_start(1, &good);
    struct seen seen = {0};
    struct buffer url, body;
    buffer_init(&url, 200);
    buffer_init(&body, 4000000);
    buffer_text(&url, fake_http_url(fake));
    buffer_text(&url, "/write?db=");
    http_escape(&url, "Yên Lư&x=~1");
    // Over a megabyte and hard to pack, so that the 100-continue is walked through as well.
    struct buffer plain;
    buffer_init(&plain, 4000000);
    uint32_t random = 2385;
    for (int i = 0; i < 700000; i++) {
        random = random * 1664525 + 1013904223;
        buffer_append(&plain, (char[2]){(char)(random >> 24), (char)(random >> 16)}, 2);
    }
    assert_true(gzip_deflate(&body, plain.data, plain.length));
    struct http_call call = {.url = url.data,
                             .headers = {"Content-Encoding: gzip", "X-A: 7"},
                             .user = "an",
                             .password = "b:c",
                             .timeout_s = 10,
                             .answer = remember,
                             .context = &seen};
    assert_non_null(http_client_post(client, &call, &body));
    buffer_done(&url);
    loop_run_until_count(event, &seen.calls, 1);
    assert_int_equal(seen.status, 204);
    const struct fake_request *request = fake_http_request(fake, 0);
    assert_non_null(
        strstr(request->head, "POST /write?db=Y%C3%AAn%20L%C6%B0%26x%3D~1 HTTP/1.1\r\n"));
    assert_non_null(strstr(request->head, "\r\nX-A: 7"));
    assert_non_null(strstr(request->head, "\r\nAuthorization: Basic YW46Yjpj"));
    assert_int_equal(request->length, plain.length);
    assert_memory_equal(request->body, plain.data, plain.length);
    buffer_done(&plain);
    http_client_free(client);
    fake_http_stop(fake);
    sd_event_unref(event);
}

static void keeps_a_bounded_piece_of_a_long_answer(void **state)
{
    (void)state;
    static char words[3 * HTTP_ANSWER_MAX];
    memset(words, 'w', sizeof words - 1);
    struct seen seen = post_once(&(struct fake_reply){.status = 400, .body = words}, 5);
    assert_int_equal(seen.status, 400);
    assert_int_equal(seen.length, HTTP_ANSWER_MAX);
}

static void cancels_without_calling_back(void **state)
{
    (void)state;
    sd_event *event = loop_new();
    struct http_client *client = http_client_new(event);
    struct fake_reply slow[] = {{.manner = FAKE_SLOW, .status = 204}};
    struct fake_http *fake = fake_http_start(1, slow);
    struct seen seen = {0};
    struct http_call call = {
        .url = fake_http_url(fake), .timeout_s = 60, .answer = remember, .context = &seen};
    struct buffer body;
    buffer_init(&body, 10);
    struct http_exchange *first = http_client_post(client, &call, &body);
    assert_non_null(first);
    assert_non_null(http_client_post(client, &call, &body));
    loop_run_for(event, 100);
    http_client_cancel(first);
    http_client_free(client); // with the second still under way
    assert_int_equal(seen.calls, 0);
    fake_http_stop(fake);
    sd_event_unref(event);
}

static void deletes_without_a_body(void **state)
{
    (void)state;
    sd_event *event = loop_new();
    struct http_client *client = http_client_new(event);
    struct fake_http *fake = fake_http_start(1, &(struct fake_reply){.status = 200, .body = "{}"});
    struct seen seen = {0};
    const struct http_call call = {
        .url = fake_http_url(fake), .timeout_s = 5, .answer = remember, .context = &seen};
    assert_non_null(http_client_delete(client, &call));
    loop_run_until_count(event, &seen.calls, 1);
    assert_int_equal(seen.status, 200);
    assert_string_equal(seen.body, "{}");
    const struct fake_request *request = fake_http_request(fake, 0);
    assert_memory_equal(request->head, "DELETE / HTTP/1.1\r\n", 19);
    assert_int_equal(request->length, 0);
    http_client_free(client);
    fake_http_stop(fake);
    sd_event_unref(event);
}

static void refuses_other_protocols(void **state)
{
    (void)state;
    sd_event *event = loop_new();
    struct http_client *client = http_client_new(event);
    struct seen seen = {0};
    struct http_call call = {
        .url = "file:///etc/hostname", .timeout_s = 5, .answer = remember, .context = &seen};
    struct buffer body;
    buffer_init(&body, 10);
    if (http_client_post(client, &call, &body)) {
        loop_run_until_count(event, &seen.calls, 1);
        assert_int_not_equal(seen.failure, HTTP_ANSWERED);
    }
    http_client_free(client);
    http_client_free(NULL);
    sd_event_unref(event);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_status_body_and_retry_after),
        cmocka_unit_test(gets_as_much_as_was_asked_for),
        cmocka_unit_test(tells_broken_from_unreachable_from_slow),
        cmocka_unit_test(says_when_nobody_listens),
        cmocka_unit_test(sends_headers_credentials_and_gzip),
        cmocka_unit_test(keeps_a_bounded_piece_of_a_long_answer),
        cmocka_unit_test(cancels_without_calling_back),
        cmocka_unit_test(deletes_without_a_body),
        cmocka_unit_test(refuses_other_protocols),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
