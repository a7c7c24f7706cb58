// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/gzip.h"
#include "daemon/http_reply.h"
#include "daemon/http_server.h"
#include "tests/loop.h"

struct seen {
    int calls, waiting;
    struct http_request *request[4]; // of those suspended
    struct http_reply *reply[4];
    char path[64], query[64];
    struct buffer body;
};

static void handle_write(void *context, struct http_request *request, struct http_reply *reply)
{
    struct seen *seen = context;
    const char *precision = http_request_query(request, "precision");
    seen->calls++;
    snprintf(seen->path, sizeof seen->path, "%s", request->path);
    snprintf(seen->query, sizeof seen->query, "%s", precision ? precision : "none");
    assert_int_equal(request->body[request->length], '\0');
    buffer_clear(&seen->body);
    buffer_append(&seen->body, request->body, request->length);
    reply->status = 204;
}

static void admit_write(void *context, struct http_request *request, struct http_reply *reply)
{
    (void)context;
    const char *token = http_request_header(request, "Authorization");
    if (token && !strcmp(token, "Token bad")) {
        reply->challenge = "Token";
        http_reply_error(reply, 401, "the token \"%s\" is not known", "bad");
    }
}

static void handle_ping(void *context, struct http_request *request, struct http_reply *reply)
{
    (void)context, (void)request;
    reply->status = 200;
    buffer_text(&reply->body, "pong\n");
}

static void handle_later(void *context, struct http_request *request, struct http_reply *reply)
{
    struct seen *seen = context;
    http_request_suspend(request);
    seen->request[seen->waiting] = request;
    seen->reply[seen->waiting++] = reply;
}

static void handle_below(void *context, struct http_request *request, struct http_reply *reply)
{
    struct seen *seen = context;
    snprintf(seen->path, sizeof seen->path, "%s", request->path);
    reply->status = strstr(request->path, "gone") ? 404 : 200;
    reply->revalidated = true;
    reply->varies = "Accept";
    reply->origin = "simulated";
    snprintf(reply->file, sizeof reply->file, "%s", strstr(request->path, "csv") ? "a.csv" : "");
    buffer_printf(&reply->body, "below %s\n", request->path);
}

static const struct http_route routes[] = {
    {"/write", "POST", handle_write, admit_write}, {"/ping", "GET", handle_ping, NULL},
    {"/later", "POST", handle_later, NULL},        {"/api/", "GET", handle_below, NULL},
    {"/api/write", "POST", handle_write, NULL},
};

struct bench {
    sd_event *event;
    struct http_server *server;
    struct seen seen;
};

static int set_up(void **state)
{
    struct bench *bench = calloc(1, sizeof *bench);
    char error[256];
    bench->event = loop_new();
    buffer_init(&bench->seen.body, 1000000);
    const struct http_server_config config = {.listen = "127.0.0.1:0",
                                              .body_bytes = 5000,
                                              .idle_s = 1,
                                              .request_s = 2,
                                              .n_routes = sizeof routes / sizeof *routes,
                                              .routes = routes,
                                              .context = &bench->seen};
    bench->server = http_server_new(bench->event, &config, error);
    *state = bench;
    return bench->server ? 0 : -1;
}

static int tear_down(void **state)
{
    struct bench *bench = *state;
    http_server_free(bench->server);
    sd_event_unref(bench->event);
    buffer_done(&bench->seen.body);
    free(bench);
    return 0;
}

// Sends, compares the status, and leaves the whole reply in a static text.
static const char *ask(struct bench *bench, const char *method, const char *target,
                       const char *headers, const void *body, size_t length, int status)
{
    static char text[4096];
    struct loop_reply reply = loop_request(bench->event, http_server_port(bench->server), method,
                                           target, headers, body, length);
    snprintf(text, sizeof text, "%s", reply.text);
    assert_int_equal(reply.status, status);
    loop_reply_done(&reply);
    return text;
}

static void gives_the_request_to_its_handler(void **state)
{
    struct bench *bench = *state;
    ask(bench, "POST", "/write?db=x&precision=%6ds", "", "a b=1", 5, 204);
    assert_int_equal(bench->seen.calls, 1);
    assert_string_equal(bench->seen.path, "/write");
    assert_string_equal(bench->seen.query, "ms");
    assert_string_equal(bench->seen.body.data, "a b=1");
    ask(bench, "POST", "/write", "", "", 0, 204);
    assert_int_equal(bench->seen.body.length, 0);
    assert_non_null(strstr(ask(bench, "GET", "/ping", "", "", 0, 200), "\r\n\r\npong\n"));
    assert_null(strstr(ask(bench, "HEAD", "/ping", "", "", 0, 200), "pong"));
    assert_int_equal(http_server_replies(bench->server, 204), 2);
    assert_int_equal(http_server_replies(bench->server, 200), 2);
}

static void refuses_in_words(void **state)
{
    struct bench *bench = *state;
    const char *text = ask(bench, "GET", "/nope", "", "", 0, 404);
    assert_non_null(strstr(text, "{\"error\":\"there is nothing at /nope\"}"));
    text = ask(bench, "GET", "/write", "", "", 0, 405);
    assert_non_null(strstr(text, "\r\nAllow: POST\r\n"));
    assert_non_null(strstr(text, "use POST"));
    text = ask(bench, "POST", "/write", "Authorization: Token bad\r\n", "a b=1", 5, 401);
    assert_non_null(strstr(text, "WWW-Authenticate: Token\r\n"));
    assert_non_null(strstr(text, "the token \\\"bad\\\" is not known"));
    text = ask(bench, "POST", "/write", "Content-Encoding: zstd\r\n", "a b=1", 5, 415);
    assert_non_null(strstr(text, "zstd"));
    assert_int_equal(bench->seen.calls, 0);
    assert_int_equal(http_server_replies(bench->server, 404), 1);
    text = ask(bench, "GET", "/\xff\xfe", "", "", 0, 404);
    assert_non_null(strstr(text, "there is nothing at /??"));
}

static void gives_what_is_below_a_path_to_its_handler(void **state)
{
    struct bench *bench = *state;
    ask(bench, "GET", "/api/v1/nodes/y%C3%AAn?x=1", "", "", 0, 200);
    assert_string_equal(bench->seen.path, "/api/v1/nodes/yên");
    ask(bench, "GET", "/api/", "", "", 0, 200);
    ask(bench, "GET", "/api", "", "", 0, 404);
    ask(bench, "GET", "/apiary/x", "", "", 0, 404);
    ask(bench, "POST", "/api/write", "", "a b=1", 5, 204);
    // An exact path wins, also where only its method is another.
    assert_non_null(strstr(ask(bench, "GET", "/api/write", "", "", 0, 405), "Allow: POST\r\n"));
    assert_non_null(strstr(ask(bench, "POST", "/api/x", "", "", 0, 405), "Allow: GET\r\n"));
}

// The tag of a reply, in a static text.
static const char *tag_of(const char *reply)
{
    static char tag[32];
    const char *at = strstr(reply, "\r\nETag: ");
    *tag = '\0';
    if (at)
        sscanf(at + strlen("\r\nETag: "), "%31[^\r]", tag);
    return tag;
}

static void says_that_nothing_has_changed(void **state)
{
    struct bench *bench = *state;
    char headers[128], tag[32];
    const char *text = ask(bench, "GET", "/api/a", "", "", 0, 200);
    snprintf(tag, sizeof tag, "%s", tag_of(text));
    assert_int_equal(strlen(tag), 18);
    assert_non_null(strstr(text, "\r\nCache-Control: no-cache\r\n"));
    assert_non_null(strstr(text, "\r\nVary: Accept\r\n"));
    assert_non_null(strstr(text, "\r\nX-Phutai-Origin: simulated\r\n"));
    assert_non_null(strstr(text, "\r\nX-Content-Type-Options: nosniff\r\n"));
    assert_null(strstr(text, "Content-Disposition"));
    snprintf(headers, sizeof headers, "If-None-Match: \"x\", W/%s\r\n", tag);
    text = ask(bench, "GET", "/api/a", headers, "", 0, 304);
    assert_string_equal(tag_of(text), tag);
    assert_null(strstr(text, "below"));
    ask(bench, "HEAD", "/api/a", headers, "", 0, 304);
    text = ask(bench, "GET", "/api/csv", headers, "", 0, 200);
    assert_string_not_equal(tag_of(text), tag);
    assert_non_null(strstr(text, "\r\nContent-Disposition: attachment; filename=\"a.csv\"\r\n"));
    assert_string_equal(tag_of(ask(bench, "GET", "/api/gone", "If-None-Match: *\r\n", "", 0, 404)),
                        "");
    text = ask(bench, "GET", "/ping", "If-None-Match: *\r\n", "", 0, 200);
    assert_string_equal(tag_of(text), "");
    assert_null(strstr(text, "Cache-Control"));
}

static void holds_tags_against_a_list(void **state)
{
    (void)state;
    assert_true(http_reply_has_tag("\"a\"", "\"a\""));
    assert_true(http_reply_has_tag(" \"b\" ,\"a,b\",W/\"a\"", "\"a\""));
    assert_true(http_reply_has_tag(" *", "\"a\""));
    static const char *const others[] = {"",    "a",  "\"A\"",   "\"ab\"",
                                         "\"a", "W/", "w/\"a\"", "x, \"a\""};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_false(http_reply_has_tag(others[i], "\"a\""));
}

static void inflates_gzip_and_refuses_half_of_it(void **state)
{
    struct bench *bench = *state;
    struct buffer packed;
    buffer_init(&packed, 4096);
    assert_true(gzip_deflate(&packed, "load mw=2.385 7", 15));
    ask(bench, "POST", "/write", "Content-Encoding: gzip\r\n", packed.data, packed.length, 204);
    assert_string_equal(bench->seen.body.data, "load mw=2.385 7");
    const char *text = ask(bench, "POST", "/write", "Content-Encoding: gzip\r\n", packed.data,
                           packed.length - 3, 400);
    assert_non_null(strstr(text, "cut off"));
    text = ask(bench, "POST", "/write", "Content-Encoding: gzip\r\n", "a b=1", 5, 400);
    assert_non_null(strstr(text, "not gzip"));
    assert_int_equal(bench->seen.calls, 1);
    buffer_done(&packed);
}

static void keeps_to_the_limit_of_a_body(void **state)
{
    struct bench *bench = *state;
    char *big = calloc(1, 3000000);
    memset(big, '#', 2999999);
    for (int i = 0; i < 6; i++) // more than may be in memory at once: each is let go of
        ask(bench, "POST", "/write", "", big, 5000, 204);
    assert_non_null(strstr(ask(bench, "POST", "/write", "", big, 5001, 413), "5000 bytes"));
    ask(bench, "POST", "/write", "", big, 2999999, 413);
    ask(bench, "POST", "/write", "Expect: 100-continue\r\nContent-Length: 5001\r\n", "", 0, 413);
    char *request = NULL;
    int length = asprintf(&request,
                          "POST /write HTTP/1.1\r\nHost: p\r\nConnection: close\r\n"
                          "Transfer-Encoding: chunked\r\n\r\n1389\r\n%.5001s\r\n0\r\n\r\n",
                          big);
    struct loop_reply reply =
        loop_send(bench->event, http_server_port(bench->server), request, (size_t)length);
    assert_int_equal(reply.status, 413);
    loop_reply_done(&reply);
    free(request);
    struct buffer bomb;
    buffer_init(&bomb, 1000000);
    assert_true(gzip_deflate(&bomb, big, 2999999));
    if (bomb.length <= 5000)
        fail();
    buffer_clear(&bomb);
    assert_true(gzip_deflate(&bomb, big, 600000));
    assert_in_range(bomb.length, 1, 5000);
    ask(bench, "POST", "/write", "Content-Encoding: gzip\r\n", bomb.data, bomb.length, 413);
    assert_int_equal(bench->seen.calls, 6);
    http_server_set_body_bytes(bench->server, 600000);
    ask(bench, "POST", "/write", "Content-Encoding: gzip\r\n", bomb.data, bomb.length, 204);
    assert_int_equal(bench->seen.body.length, 600000);
    buffer_done(&bomb);
    free(big);
}

static void outlives_nonsense(void **state)
{
    struct bench *bench = *state;
    static const char *const nonsense[] = {"\r\n\r\n", "GET\r\n\r\n", "\x16\x03\x01 tls\r\n\r\n",
                                           "POST /write HTTP/1.1\r\nContent-Length: -3\r\n\r\nabc",
                                           "GET / HTTP/9.9\r\n\r\n"};
    for (size_t i = 0; i < sizeof nonsense / sizeof *nonsense; i++) {
        struct loop_reply reply = loop_send(bench->event, http_server_port(bench->server),
                                            nonsense[i], strlen(nonsense[i]));
        assert_int_not_equal(reply.status, 200);
        assert_int_not_equal(reply.status, 204);
        loop_reply_done(&reply);
    }
    ask(bench, "GET", "/ping", "", "", 0, 200);
}

static void cuts_off_the_silent_and_the_dripping(void **state)
{
    struct bench *bench = *state;
    static const char head[] = "POST /write HTTP/1.1\r\nHost: p\r\nContent-Length: 10\r\n\r\nabc";
    struct loop_reply reply =
        loop_send(bench->event, http_server_port(bench->server), head, sizeof head - 1);
    assert_int_equal(reply.status, 0); // came back because the server closed, after idle_s
    loop_reply_done(&reply);
    // A byte each half second is never silent for idle_s, and yet no whole request in request_s.
    reply = loop_drip(bench->event, http_server_port(bench->server), head, sizeof head - 1, 500);
    assert_int_equal(reply.status, 0);
    loop_reply_done(&reply);
    assert_int_equal(bench->seen.calls, 0);
    ask(bench, "GET", "/ping", "", "", 0, 200);
}

static void resume(struct bench *bench, int i, const char *words)
{
    buffer_text(&bench->seen.reply[i]->body, words);
    bench->seen.reply[i]->status = 200;
    http_request_resume(bench->seen.request[i]);
}

static const char later[] = "POST /later HTTP/1.1\r\nHost: p\r\nConnection: close\r\n"
                            "Content-Length: 4\r\n\r\na b=";

static void lets_a_handler_answer_later(void **state)
{
    struct bench *bench = *state;
    const unsigned port = http_server_port(bench->server);
    struct loop_talk *talk[2];
    for (int i = 0; i < 2; i++) {
        talk[i] = loop_talk_new(port, later, sizeof later - 1);
        loop_run_until(bench->event, loop_talk_sent, talk[i]);
        loop_run_until_count(bench->event, &bench->seen.waiting, i + 1);
    }
    // Longer than a silent client is waited for, and longer than a request may take to come.
    loop_run_for(bench->event, 3500);
    ask(bench, "GET", "/ping", "", "", 0, 200);
    assert_string_equal(bench->seen.request[0]->body, "a b=");
    resume(bench, 1, "the second");
    resume(bench, 0, "the first");
    for (int i = 0; i < 2; i++) {
        loop_run_until(bench->event, loop_talk_step, talk[i]);
        struct loop_reply reply = loop_talk_end(talk[i]);
        assert_int_equal(reply.status, 200);
        assert_string_equal(reply.body, i ? "the second" : "the first");
        loop_reply_done(&reply);
    }
}

static void keeps_what_waits_when_the_client_has_gone(void **state)
{
    struct bench *bench = *state;
    struct loop_talk *talk =
        loop_talk_new(http_server_port(bench->server), later, sizeof later - 1);
    loop_run_until(bench->event, loop_talk_sent, talk);
    loop_run_until_count(bench->event, &bench->seen.waiting, 1);
    struct loop_reply reply = loop_talk_end(talk);
    loop_reply_done(&reply);
    loop_run_for(bench->event, 100);
    assert_string_equal(bench->seen.request[0]->body, "a b=");
    resume(bench, 0, "to nobody");
    loop_run_for(bench->event, 100);
    ask(bench, "GET", "/ping", "", "", 0, 200);
}

static void sends_the_last_replies_before_it_ends(void **state)
{
    struct bench *bench = *state;
    struct loop_talk *talk =
        loop_talk_new(http_server_port(bench->server), later, sizeof later - 1);
    loop_run_until(bench->event, loop_talk_sent, talk);
    loop_run_until_count(bench->event, &bench->seen.waiting, 1);
    resume(bench, 0, "the last");
    http_server_free(bench->server);
    bench->server = NULL;
    loop_run_until(bench->event, loop_talk_step, talk);
    struct loop_reply reply = loop_talk_end(talk);
    assert_string_equal(reply.body, "the last");
    loop_reply_done(&reply);
}

static void says_why_it_cannot_start(void **state)
{
    struct bench *bench = *state;
    char error[256], address[64];
    snprintf(address, sizeof address, "127.0.0.1:%u", http_server_port(bench->server));
    const struct http_server_config config = {.listen = address, .body_bytes = 1};
    assert_null(http_server_new(bench->event, &config, error));
    assert_non_null(strstr(error, address));
    http_server_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(gives_the_request_to_its_handler, set_up, tear_down),
        cmocka_unit_test_setup_teardown(refuses_in_words, set_up, tear_down),
        cmocka_unit_test_setup_teardown(gives_what_is_below_a_path_to_its_handler, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(says_that_nothing_has_changed, set_up, tear_down),
        cmocka_unit_test(holds_tags_against_a_list),
        cmocka_unit_test_setup_teardown(inflates_gzip_and_refuses_half_of_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(keeps_to_the_limit_of_a_body, set_up, tear_down),
        cmocka_unit_test_setup_teardown(outlives_nonsense, set_up, tear_down),
        cmocka_unit_test_setup_teardown(cuts_off_the_silent_and_the_dripping, set_up, tear_down),
        cmocka_unit_test_setup_teardown(lets_a_handler_answer_later, set_up, tear_down),
        cmocka_unit_test_setup_teardown(keeps_what_waits_when_the_client_has_gone, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(sends_the_last_replies_before_it_ends, set_up, tear_down),
        cmocka_unit_test_setup_teardown(says_why_it_cannot_start, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
