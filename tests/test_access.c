// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sqlite3.h>

#include "daemon/access.h"
#include "daemon/http_server.h"
#include "daemon/store_tokens.h"
#include "tests/loop.h"
#include "tests/store_folder.h"

enum { NOW = 1717218000 };

struct bench {
    void *folder;
    sd_event *event;
    struct http_server *server;
    struct store *store, *other; // the server's, and that of another process
    struct access *access;
    int64_t now;
    int done; // requests that were let in
    char name[ACCESS_NAME_LEN];
    char planner[ACCESS_TOKEN_LEN], reader[ACCESS_TOKEN_LEN], guess[ACCESS_TOKEN_LEN];
};

static void admit(struct bench *bench, struct http_request *request, struct http_reply *reply,
                  enum access_role least)
{
    memset(bench->name, '?', sizeof bench->name);
    const bool in = access_admit(bench->access, request, bench->now, least, reply, bench->name);
    assert_int_equal(in, reply->status == 0);
}

static void admit_reader(void *context, struct http_request *request, struct http_reply *reply)
{
    admit(context, request, reply, ACCESS_READER);
}

static void admit_planner(void *context, struct http_request *request, struct http_reply *reply)
{
    admit(context, request, reply, ACCESS_PLANNER);
}

static void admit_anyone(void *context, struct http_request *request, struct http_reply *reply)
{
    admit(context, request, reply, ACCESS_NOBODY);
}

static void handle(void *context, struct http_request *request, struct http_reply *reply)
{
    (void)request;
    struct bench *bench = context;
    bench->done++;
    reply->status = 204;
}

static const struct http_route routes[] = {{"/read", "GET", handle, admit_reader},
                                           {"/change", "POST", handle, admit_planner},
                                           {"/style", "GET", handle, admit_anyone}};

static int64_t add(struct bench *bench, const char *name, const char *role,
                   char ret[static ACCESS_TOKEN_LEN])
{
    struct store_token token = {.name = name, .role = role, .created = NOW};
    int64_t id = 0;
    assert_true(access_token_make(ret, token.seal));
    assert_true(store_begin(bench->other));
    assert_int_equal(store_put_token(bench->other, &token, &id), STORE_TOKEN_NEW);
    assert_true(store_commit(bench->other));
    return id;
}

static int set_up(void **state)
{
    struct bench *bench = calloc(1, sizeof *bench);
    uint8_t seal[ACCESS_TOKEN_SEAL];
    char error[256];
    if (store_folder_enter(state))
        return -1;
    bench->folder = *state;
    bench->event = loop_new();
    bench->store = store_folder_open(STORE_WRITE);
    bench->other = store_folder_open(STORE_WRITE);
    bench->access = access_new(bench->store);
    bench->now = NOW;
    add(bench, "Lê Lan", "planner", bench->planner);
    add(bench, "bảng điện", "reader", bench->reader);
    assert_true(access_token_make(bench->guess, seal));
    const struct http_server_config config = {.listen = "127.0.0.1:0",
                                              .body_bytes = 5000,
                                              .idle_s = 5,
                                              .request_s = 5,
                                              .n_routes = 3,
                                              .routes = routes,
                                              .context = bench};
    bench->server = http_server_new(bench->event, &config, error);
    *state = bench;
    return bench->server ? 0 : -1;
}

static int tear_down(void **state)
{
    struct bench *bench = *state;
    http_server_free(bench->server);
    access_free(bench->access);
    store_close(bench->other);
    store_close(bench->store);
    sd_event_unref(bench->event);
    *state = bench->folder;
    free(bench);
    return store_folder_leave(state);
}

// Asks with these headers; the whole reply in a static text.
static const char *ask(struct bench *bench, const char *method, const char *path,
                       const char *headers, int status)
{
    static char text[4096];
    const int done = bench->done;
    struct loop_reply reply =
        loop_request(bench->event, http_server_port(bench->server), method, path, headers, "", 0);
    snprintf(text, sizeof text, "%s", reply.text);
    assert_int_equal(reply.status, status);
    assert_int_equal(bench->done - done, status == 204);
    loop_reply_done(&reply);
    return text;
}

// The same with a token, NULL for none, from an address behind a proxy, NULL for this machine.
static const char *bring(struct bench *bench, const char *path, const char *token, const char *from,
                         int status)
{
    char headers[256] = "";
    if (token)
        snprintf(headers, sizeof headers, "Authorization: Bearer %s\r\n", token);
    if (from) {
        const size_t length = strlen(headers);
        snprintf(headers + length, sizeof headers - length, "X-Forwarded-For: %s\r\n", from);
    }
    return ask(bench, strcmp(path, "/change") ? "GET" : "POST", path, headers, status);
}

static void reading_is_open_to_this_machine_alone(void **state)
{
    struct bench *bench = *state;
    bring(bench, "/read", NULL, NULL, 204);
    assert_string_equal(bench->name, "");
    const char *text = bring(bench, "/read", NULL, "10.0.0.1", 401);
    assert_non_null(strstr(text, "\r\nWWW-Authenticate: Bearer realm=\"phutai\"\r\n"));
    assert_non_null(strstr(text, "{\"error\":\"this takes a token: send"));
    assert_string_equal(bench->name, "");
    ask(bench, "GET", "/read", "Forwarded: for=10.0.0.1\r\n", 401);
    ask(bench, "GET", "/read", "X-Forwarded-For: 127.0.0.1\r\nX-Forwarded-For: 10.0.0.1\r\n", 401);
    bring(bench, "/style", NULL, "10.0.0.1", 204);
    bring(bench, "/change", NULL, NULL, 401);
    access_set_open(bench->access, false);
    bring(bench, "/read", NULL, NULL, 401);
    bring(bench, "/read", bench->reader, NULL, 204);
    bring(bench, "/style", NULL, NULL, 204);
}

static void a_role_is_what_it_says(void **state)
{
    struct bench *bench = *state;
    bring(bench, "/read", bench->reader, "10.0.0.1", 204);
    assert_string_equal(bench->name, "bảng điện");
    bring(bench, "/read", bench->planner, "10.0.0.1", 204);
    bring(bench, "/change", bench->planner, "10.0.0.1", 204);
    assert_string_equal(bench->name, "Lê Lan");
    const char *text = bring(bench, "/change", bench->reader, NULL, 403);
    assert_non_null(strstr(text, "it takes a planner's"));
    assert_null(strstr(text, "WWW-Authenticate"));
    assert_string_equal(bench->name, "");
    char odd[ACCESS_TOKEN_LEN];
    add(bench, "odd", "owner", odd); // of a later version, perhaps
    bring(bench, "/read", odd, NULL, 403);
    bring(bench, "/change", odd, NULL, 403);
    assert_int_equal(access_role_find("reader"), ACCESS_READER);
    assert_int_equal(access_role_find("planner"), ACCESS_PLANNER);
    assert_int_equal(access_role_find("Planner"), ACCESS_NOBODY);
}

static void a_token_that_is_wrong_opens_nothing(void **state)
{
    struct bench *bench = *state;
    char near[ACCESS_TOKEN_LEN];
    memcpy(near, bench->planner, sizeof near);
    near[20] = near[20] == 'a' ? 'b' : 'a';
    const char *text = bring(bench, "/change", near, "10.0.0.1", 401);
    assert_non_null(strstr(text, "WWW-Authenticate: Bearer"));
    assert_non_null(strstr(text, "not known, or was revoked"));
    assert_null(strstr(text, near));
    bring(bench, "/read", bench->guess, NULL, 401); // not even what none would open
    bring(bench, "/style", bench->guess, NULL, 401);
    bring(bench, "/change", "", "10.0.0.2", 401);
    bring(bench, "/change", "phutai_", "10.0.0.2", 401);
    bring(bench, "/change", "\xff\xfe", "10.0.0.2", 401);
    ask(bench, "POST", "/change", "Authorization: Basic TGFuOng=\r\n", 401);
    ask(bench, "POST", "/change", "Cookie: token=x\r\n", 401);
    char headers[128], target[128]; // where a browser sends it by itself, or where logs keep it
    snprintf(headers, sizeof headers, "Cookie: token=%s\r\n", bench->planner);
    ask(bench, "POST", "/change", headers, 401);
    snprintf(target, sizeof target, "/change?token=%s", bench->planner);
    ask(bench, "POST", target, "", 401);
}

static void what_is_revoked_or_added_counts_at_once(void **state)
{
    struct bench *bench = *state;
    char more[ACCESS_TOKEN_LEN];
    bool found = false;
    bring(bench, "/change", bench->planner, NULL, 204);
    assert_true(store_begin(bench->other));
    assert_true(store_end_token(bench->other, 1, NOW + 1, &found) && found);
    bring(bench, "/change", bench->planner, NULL, 204);
    assert_true(store_commit(bench->other));
    bring(bench, "/change", bench->planner, NULL, 401);
    bring(bench, "/read", bench->reader, NULL, 204);
    add(bench, "Lê Lan", "planner", more);
    bring(bench, "/change", more, NULL, 204);
    bring(bench, "/change", bench->planner, NULL, 401);
}

static void who_guesses_waits_and_nobody_else(void **state)
{
    struct bench *bench = *state;
    for (int k = 0; k < ACCESS_TRIES; k++) {
        bench->now = NOW + k;
        bring(bench, "/change", k % 2 ? bench->guess : "short", "10.0.0.1", 401);
    }
    const char *text = bring(bench, "/change", bench->guess, "10.0.0.1", 429);
    assert_non_null(strstr(text, "\r\nRetry-After: 51\r\n"));
    bring(bench, "/change", bench->planner, "10.0.0.1", 429);
    bring(bench, "/read", bench->planner, "10.0.0.1", 429);
    bring(bench, "/style", NULL, "10.0.0.1", 204);
    bring(bench, "/read", NULL, NULL, 204);
    bring(bench, "/change", bench->planner, NULL, 204);
    bring(bench, "/change", bench->planner, "10.0.0.2", 204);
    bench->now = NOW + 59;
    bring(bench, "/change", bench->planner, "10.0.0.1", 429);
    bench->now = NOW + 60;
    bring(bench, "/change", bench->planner, "10.0.0.1", 204);
}

// One that none was brought with is no guess.
static void whoever_brings_none_is_not_counted(void **state)
{
    struct bench *bench = *state;
    for (int k = 0; k < 2 * ACCESS_TRIES; k++)
        bring(bench, "/change", NULL, "10.0.0.1", 401);
    for (int k = 0; k < 2 * ACCESS_TRIES; k++)
        bring(bench, "/change", bench->reader, "10.0.0.1", 403);
    bring(bench, "/change", bench->planner, "10.0.0.1", 204);
}

static bool take_use(void *context, const struct store_token *token)
{
    int64_t *used = context;
    used[token->id - 1] = token->last_used;
    return true;
}

static void assert_used(struct bench *bench, int64_t planner, int64_t reader)
{
    int64_t used[2] = {0};
    assert_true(store_each_token(bench->other, true, take_use, used));
    assert_int_equal(used[0], planner);
    assert_int_equal(used[1], reader);
}

static void use_is_noted_once_an_hour(void **state)
{
    struct bench *bench = *state;
    bring(bench, "/read", bench->guess, NULL, 401);
    assert_used(bench, 0, 0);
    bring(bench, "/read", bench->planner, NULL, 204);
    assert_used(bench, NOW, 0);
    bench->now = NOW + 3599;
    bring(bench, "/read", bench->planner, NULL, 204);
    bring(bench, "/change", bench->reader, NULL, 403);
    assert_used(bench, NOW, NOW + 3599);
    bench->now = NOW + 3600;
    bring(bench, "/read", bench->planner, NULL, 204);
    assert_used(bench, NOW + 3600, NOW + 3599);
    bench->now = NOW; // the clock was set back
    bring(bench, "/read", bench->planner, NULL, 204);
    assert_used(bench, NOW, NOW + 3599);
}

static void run_sql(const char *sql)
{
    sqlite3 *db;
    assert_int_equal(sqlite3_open("store.db", &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

static void where_tokens_cannot_be_read_nobody_with_one_gets_in(void **state)
{
    struct bench *bench = *state;
    bring(bench, "/change", bench->planner, NULL, 204);
    run_sql("UPDATE token SET hash = x'00' WHERE id = 2");
    const char *text = bring(bench, "/change", bench->planner, NULL, 503);
    assert_non_null(strstr(text, "\r\nRetry-After: "));
    assert_null(strstr(text, "store.db"));
    bring(bench, "/read", NULL, NULL, 204);
    bring(bench, "/change", NULL, NULL, 401);
    run_sql("DELETE FROM token WHERE id = 2");
    bring(bench, "/change", bench->planner, NULL, 204);
}

static void as_many_as_the_store_takes(void **state)
{
    struct bench *bench = *state;
    char name[16], token[ACCESS_TOKEN_LEN];
    for (int k = 2; k < STORE_TOKENS_MAX; k++) {
        snprintf(name, sizeof name, "n%d", k);
        add(bench, name, "planner", token);
    }
    bring(bench, "/change", token, NULL, 204);
    assert_string_equal(bench->name, "n255");
    bring(bench, "/change", bench->planner, NULL, 204);
    assert_string_equal(bench->name, "Lê Lan");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(reading_is_open_to_this_machine_alone),
        TEST(a_role_is_what_it_says),
        TEST(a_token_that_is_wrong_opens_nothing),
        TEST(what_is_revoked_or_added_counts_at_once),
        TEST(who_guesses_waits_and_nobody_else),
        TEST(whoever_brings_none_is_not_counted),
        TEST(use_is_noted_once_an_hour),
        TEST(where_tokens_cannot_be_read_nobody_with_one_gets_in),
        TEST(as_many_as_the_store_takes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
