// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store.h"
#include "daemon/store_outbox.h"

#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "tests/store_folder.h"

static const int64_t t0 = 1711929600;

static void push(struct store *store, const char *sink, int64_t now, const char *body)
{
    assert_true(store_begin(store));
    assert_true(store_outbox_push(store, sink, now, body, strlen(body)));
    assert_true(store_commit(store));
}

// The id of the oldest batch of a sink, whose body is `body`; 0 where `body` is NULL and none is.
static int64_t peek(struct store *store, const char *sink, const char *body)
{
    struct store_batch batch = {.id = 0};
    bool found;
    assert_true(store_outbox_peek(store, sink, 0, &batch, &found));
    assert_int_equal(found, body != NULL);
    if (!body)
        return 0;
    assert_string_equal(batch.body, body);
    assert_int_equal(batch.length, strlen(body));
    free(batch.body);
    return batch.id;
}

static void deliver(struct store *store, const char *sink, int64_t id)
{
    const struct store_batch batch = {.id = id};
    const struct store_outbox_end end = {.now = t0};
    assert_true(store_outbox_end(store, &batch, sink, &end));
}

static void assert_state(struct store *store, const char *sink, struct store_outbox_state expected)
{
    struct store_outbox_state state;
    assert_true(store_outbox_state(store, sink, &state, NULL));
    assert_int_equal(state.batches, expected.batches);
    assert_int_equal(state.bytes, expected.bytes);
    assert_int_equal(state.oldest, expected.oldest);
    assert_int_equal(state.attempts, expected.attempts);
    assert_int_equal(state.rejected, expected.rejected);
}

static void test_oldest_first(void **state)
{
    (void)state;
    struct store *store = store_folder_open(STORE_WRITE);
    push(store, "main", t0 + 60, "load mw=2.385 1\n");
    push(store, "other", t0, "x");
    push(store, "main", t0, "");
    push(store, "main", t0 + 120, "load mw=17 2\n");
    assert_state(store, "main",
                 (struct store_outbox_state){.batches = 3, .bytes = 29, .oldest = t0});
    deliver(store, "main", peek(store, "main", "load mw=2.385 1\n"));
    assert_true(store_outbox_failed(store, peek(store, "main", "")));
    assert_true(store_outbox_failed(store, peek(store, "main", "")));
    assert_state(
        store, "main",
        (struct store_outbox_state){.batches = 2, .bytes = 13, .oldest = t0, .attempts = 2});
    deliver(store, "main", peek(store, "main", ""));
    store_close(store);
    store = store_folder_open(STORE_WRITE);
    deliver(store, "main", peek(store, "main", "load mw=17 2\n"));
    peek(store, "main", NULL);
    assert_state(store, "main", (struct store_outbox_state){.batches = 0});
    assert_state(store, "other",
                 (struct store_outbox_state){.batches = 1, .bytes = 1, .oldest = t0});
    store_close(store);
}

static void test_body_with_zero_bytes(void **state)
{
    (void)state;
    static const char body[] = "a\0b\xff";
    struct store *store = store_folder_open(STORE_WRITE);
    assert_true(store_begin(store));
    assert_true(store_outbox_push(store, "s", t0, body, sizeof body));
    assert_true(store_commit(store));
    struct store_batch batch;
    bool found = false;
    assert_true(store_outbox_peek(store, "s", 0, &batch, &found));
    assert_true(found);
    assert_int_equal(batch.length, sizeof body);
    assert_memory_equal(batch.body, body, sizeof body);
    assert_int_equal(batch.created, t0);
    free(batch.body);
    store_close(store);
}

static void test_ids_are_not_given_twice(void **state)
{
    (void)state;
    struct store *store = store_folder_open(STORE_WRITE);
    push(store, "s", t0, "first");
    const int64_t first = peek(store, "s", "first");
    deliver(store, "s", first);
    push(store, "s", t0, "second");
    deliver(store, "s", first);
    assert_true(peek(store, "s", "second") > first);
    store_close(store);
}

// Ends the oldest batch of a sink with its whole body among the rejects.
static void reject(struct store *store, const char *sink, int64_t now, const char *reason)
{
    struct store_batch batch;
    bool found = false;
    assert_true(store_outbox_peek(store, sink, 0, &batch, &found));
    assert_true(found);
    const struct store_reject lost = {batch.body, batch.length, 1, reason};
    const struct store_outbox_end end = {.now = now, .n_rejects = 1, .rejects = &lost};
    assert_true(store_outbox_end(store, &batch, sink, &end));
    free(batch.body);
}

static int64_t count(const char *sql)
{
    sqlite3 *db;
    sqlite3_stmt *statement;
    assert_int_equal(sqlite3_open("store.db", &db), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &statement, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    const int64_t n = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    sqlite3_close(db);
    return n;
}

static void test_rejects(void **state)
{
    (void)state;
    struct store *store = store_folder_open(STORE_WRITE);
    push(store, "s", t0, "load mw=bad");
    push(store, "s", t0 + 1, "load mw=2.385");
    reject(store, "s", t0 + 17, "unable to parse 'load mw=bad'");
    peek(store, "s", "load mw=2.385");
    assert_state(
        store, "s",
        (struct store_outbox_state){.batches = 1, .bytes = 13, .oldest = t0 + 1, .rejected = 1});
    assert_int_equal(count("SELECT count(*) FROM reject WHERE body = CAST('load mw=bad' AS BLOB)"
                           " AND reason LIKE 'unable%' AND sink = 's' AND bytes = 11"
                           " AND rejected - created = 17"),
                     1);
    assert_state(store, "other", (struct store_outbox_state){.rejected = 0});
    assert_int_equal(count("SELECT count(*) FROM reject"), 1);
    store_close(store);
}

static void test_only_newest_rejects_keep_their_body(void **state)
{
    (void)state;
    struct store *store = store_folder_open(STORE_WRITE);
    push(store, "other", t0, "kept");
    reject(store, "other", t0, "no");
    for (int i = 0; i < STORE_REJECT_BODIES + 7; i++) {
        push(store, "s", t0 + i, "body");
        reject(store, "s", t0 + i, "no");
    }
    assert_int_equal(count("SELECT count(*) FROM reject WHERE sink = 's'"),
                     STORE_REJECT_BODIES + 7);
    assert_int_equal(count("SELECT count(body) FROM reject WHERE sink = 's'"), STORE_REJECT_BODIES);
    assert_int_equal(count("SELECT min(created) FROM reject WHERE sink = 's' AND body NOT NULL"),
                     t0 + 7);
    assert_int_equal(count("SELECT count(body) FROM reject WHERE sink = 'other'"), 1);
    store_close(store);
}

static void test_only_newest_rejects_are_kept(void **state)
{
    (void)state;
    enum { N = STORE_REJECTS + 17 };
    static struct store_reject rejects[N];
    struct store *store = store_folder_open(STORE_WRITE);
    push(store, "other", t0, "kept");
    reject(store, "other", t0, "no");
    for (int i = 0; i < N; i++)
        rejects[i] = (struct store_reject){.body = "b", .length = 1, .lines = 1, .reason = "no"};
    for (int i = 0; i < 2; i++) {
        struct store_batch batch;
        bool found = false;
        push(store, "s", t0 + i, "b");
        assert_true(store_outbox_peek(store, "s", 0, &batch, &found) && found);
        const struct store_outbox_end end = {
            .now = t0 + i, .n_rejects = i ? 2 : N, .rejects = rejects};
        assert_true(store_outbox_end(store, &batch, "s", &end));
        free(batch.body);
    }
    assert_int_equal(count("SELECT count(*) FROM reject WHERE sink = 's'"), STORE_REJECTS);
    assert_int_equal(count("SELECT count(*) FROM reject WHERE rejected > (SELECT min(rejected) FROM"
                           " reject WHERE sink = 's')"),
                     2);
    assert_int_equal(count("SELECT count(body) FROM reject WHERE sink = 's'"), STORE_REJECT_BODIES);
    assert_int_equal(count("SELECT count(body) FROM reject WHERE sink = 'other'"), 1);
    store_close(store);
}

static void bound(struct store *store, const char *sink, int64_t now, int64_t bytes, int64_t age_s)
{
    assert_true(store_begin(store));
    assert_true(store_outbox_bound(store, sink, now, bytes, age_s));
    assert_true(store_commit(store));
}

static struct store_outbox_state state_of(struct store *store, const char *sink)
{
    struct store_outbox_state state = {0};
    assert_true(store_outbox_state(store, sink, &state, NULL));
    return state;
}

static void test_bytes_are_bounded(void **state)
{
    (void)state;
    struct store *store = store_folder_open(STORE_WRITE);
    push(store, "other", t0, "0123456789");
    for (int i = 0; i < 10; i++)
        push(store, "s", t0 + i, "a b=1 1\na b=2 2\n");
    bound(store, "s", t0 + 10, 160, 0);
    assert_int_equal(state_of(store, "s").batches, 10);
    assert_int_equal(state_of(store, "s").lines, 20);
    bound(store, "s", t0 + 10, 159, 0);
    assert_int_equal(state_of(store, "s").batches, 9);
    bound(store, "s", t0 + 20, 40, 0);
    struct store_outbox_state now = state_of(store, "s");
    assert_int_equal(now.batches, 2);
    assert_int_equal(now.oldest, t0 + 8);
    assert_int_equal(now.dropped, 8);
    assert_int_equal(now.dropped_lines, 16);
    assert_int_equal(now.dropped_bytes, 128);
    assert_int_equal(now.dropped_from, t0);
    assert_int_equal(now.dropped_to, t0 + 7);
    // One that does not fit alone goes too: the bound holds.
    bound(store, "s", t0 + 200000, 15, 0);
    now = state_of(store, "s");
    assert_int_equal(now.batches, 0);
    assert_int_equal(now.dropped, 10);
    assert_int_equal(now.dropped_from, t0 + 8); // a day later it is another story
    assert_int_equal(state_of(store, "other").batches, 1);
    assert_int_equal(state_of(store, "other").dropped, 0);
    store_close(store);
}

static void test_age_is_bounded(void **state)
{
    (void)state;
    struct store *store = store_folder_open(STORE_WRITE);
    push(store, "s", t0, "a b=1 1\n");
    push(store, "s", t0 + 100, "a b=2 2\n");
    push(store, "s", t0 - 5000, "a b=0 0\n"); // by a clock that was wrong
    push(store, "s", t0 + 200, "a b=3 3\n");
    bound(store, "s", t0 + 200, 0, 150);
    assert_int_equal(state_of(store, "s").batches, 2);
    assert_int_equal(state_of(store, "s").oldest, t0 + 100);
    assert_int_equal(state_of(store, "s").dropped, 2);
    assert_true(store_begin(store));
    assert_true(store_outbox_bound(store, "s", t0 + 900, 0, 150));
    store_rollback(store);
    assert_int_equal(state_of(store, "s").batches, 2);
    assert_int_equal(state_of(store, "s").dropped, 2);
    store_close(store);
}

static bool note_name(void *context, const char *sink)
{
    strcat(context, sink);
    return true;
}

// A store as the version before wrote it keeps what waits and what was rejected.
static void test_older_store_is_taken_over(void **state)
{
    (void)state;
    char names[100] = "";
    struct store *store = store_folder_open(STORE_WRITE);
    push(store, "s", t0, "a b=1 1\n");
    push(store, "s", t0 + 1, "a b=2 2\n");
    reject(store, "s", t0 + 2, "no");
    store_close(store);
    store_folder_age(2);
    store = store_folder_open(STORE_READ);
    assert_false(store_each_sink(store, note_name, names));
    assert_non_null(strstr(store_error(store), "earlier version"));
    store_close(store);
    store = store_folder_open(STORE_WRITE);
    peek(store, "s", "a b=2 2\n");
    assert_true(store_each_sink(store, note_name, names));
    assert_string_equal(names, "s");
    assert_int_equal(state_of(store, "s").batches, 1);
    assert_int_equal(state_of(store, "s").rejected, 1);
    assert_int_equal(state_of(store, "s").rejects, 1);
    assert_int_equal(state_of(store, "s").acked, 0);
    store_close(store);
}

static void acknowledge(struct store *store, int64_t now, const char *server)
{
    struct store_batch batch;
    bool found = false;
    assert_true(store_outbox_peek(store, "s", 0, &batch, &found));
    assert_true(found);
    const struct store_outbox_end end = {.now = now, .server = server};
    assert_true(store_outbox_end(store, &batch, "s", &end));
    free(batch.body);
}

// Acknowledged is kept: until the same server is still there after a while, or sent again.
static void test_acknowledged_batches(void **state)
{
    (void)state;
    struct store *store = store_folder_open(STORE_WRITE);
    struct store_settled settled;
    push(store, "s", t0, "1");
    push(store, "s", t0, "2");
    push(store, "s", t0, "3");
    acknowledge(store, t0 + 10, "1711929000");
    acknowledge(store, t0 + 50, "1711929000");
    peek(store, "s", "3");
    assert_int_equal(state_of(store, "s").batches, 1);
    assert_int_equal(state_of(store, "s").acked, 2);
    assert_int_equal(state_of(store, "s").acked_since, t0 + 10);
    assert_true(store_outbox_settle(store, "s", "1711929000", t0 + 70, 60, &settled));
    assert_int_equal(settled.gone + settled.again, 0);
    store_close(store);
    store = store_folder_open(STORE_WRITE);
    assert_true(store_outbox_settle(store, "s", "1711929000", t0 + 71, 60, &settled));
    assert_int_equal(settled.gone, 1);
    assert_int_equal(settled.again, 0);
    assert_true(store_outbox_settle(store, "s", "1711929111", t0 + 71, 60, &settled));
    assert_int_equal(settled.gone, 0);
    assert_int_equal(settled.again, 1);
    peek(store, "s", "2");
    acknowledge(store, t0 + 200000, "1711929111"); // by a clock that was wrong
    assert_true(store_outbox_settle(store, "s", "1711929111", t0 + 80, 60, &settled));
    assert_int_equal(settled.again, 1);
    store_close(store);
}

static void test_drop_leaves_acknowledged_batches(void **state)
{
    (void)state;
    int64_t n = 0;
    struct store *store = store_folder_open(STORE_WRITE);
    push(store, "s", t0, "1");
    push(store, "s", t0, "2");
    push(store, "s", t0, "3");
    acknowledge(store, t0 + 10, "1711929000");
    assert_true(store_outbox_drop(store, "s", 1, false, &n));
    assert_int_equal(n, 0);
    assert_true(store_outbox_drop(store, "s", 2, false, &n));
    assert_int_equal(n, 1);
    assert_true(store_outbox_drop(store, "s", 0, false, &n));
    assert_int_equal(n, 1);
    assert_int_equal(state_of(store, "s").batches, 0);
    assert_int_equal(state_of(store, "s").acked, 1);
    assert_true(store_outbox_drop(store, "s", 0, true, &n));
    assert_int_equal(n, 1);
    assert_int_equal(state_of(store, "s").acked, 0);
    store_close(store);
}

static void test_trouble_is_seen(void **state)
{
    (void)state;
    char words[STORE_TROUBLE_LEN];
    struct store_outbox_state now;
    struct store *store = store_folder_open(STORE_WRITE);
    assert_true(store_outbox_trouble(store, "s", t0, ""));
    assert_int_equal(count("SELECT count(*) FROM sink"), 0);
    assert_true(store_outbox_trouble(store, "s", t0 + 1, "refused"));
    assert_true(store_outbox_trouble(store, "s", t0 + 2, "HTTP 503"));
    assert_true(store_outbox_state(store, "s", &now, words));
    assert_string_equal(words, "HTTP 503");
    assert_int_equal(now.trouble_since, t0 + 1);
    assert_true(store_outbox_trouble(store, "s", t0 + 3, ""));
    assert_true(store_outbox_state(store, "s", &now, words));
    assert_string_equal(words, "");
    assert_int_equal(now.trouble_since, 0);
    store_close(store);
}

static bool note_reject(void *context, const struct store_rejected *reject)
{
    snprintf(context, 200, "%s|%s|%s", reject->sink, reject->reason,
             reject->body ? reject->body : "-");
    return true;
}

static void test_rejects_are_put_back_or_dropped(void **state)
{
    (void)state;
    char names[100] = "", words[200] = "";
    int64_t n = 0;
    struct store *store = store_folder_open(STORE_WRITE);
    push(store, "b", t0, "b");
    push(store, "a", t0, "x 1\n");
    push(store, "a", t0, "x 2\n");
    reject(store, "a", t0, "no");
    reject(store, "a", t0 + 1, "never");
    assert_true(store_each_sink(store, note_name, names));
    assert_string_equal(names, "ab");
    assert_true(store_each_reject(store, "a", note_reject, words));
    assert_string_equal(words, "a|never|x 2\n");
    assert_true(store_rejects_drop(store, "a", 1, &n));
    assert_int_equal(n, 1);
    assert_true(store_rejects_retry(store, "b", 0, t0 + 9, &n));
    assert_int_equal(n, 0);
    assert_true(store_rejects_retry(store, "a", 0, t0 + 9, &n));
    assert_int_equal(n, 1);
    peek(store, "a", "x 2\n");
    assert_int_equal(state_of(store, "a").rejects, 0);
    assert_int_equal(state_of(store, "a").rejected, 2);
    assert_int_equal(state_of(store, "a").oldest, t0 + 9);
    assert_true(store_sink_forget(store, "a"));
    assert_int_equal(state_of(store, "a").rejected, 2);
    assert_true(store_outbox_drop(store, "a", 0, false, &n));
    assert_int_equal(n, 1);
    assert_true(store_sink_forget(store, "a"));
    *names = '\0';
    assert_true(store_each_sink(store, note_name, names));
    assert_string_equal(names, "b");
    store_close(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_oldest_first, store_folder_enter, store_folder_leave),
        cmocka_unit_test_setup_teardown(test_body_with_zero_bytes, store_folder_enter,
                                        store_folder_leave),
        cmocka_unit_test_setup_teardown(test_ids_are_not_given_twice, store_folder_enter,
                                        store_folder_leave),
        cmocka_unit_test_setup_teardown(test_rejects, store_folder_enter, store_folder_leave),
        cmocka_unit_test_setup_teardown(test_only_newest_rejects_keep_their_body,
                                        store_folder_enter, store_folder_leave),
        cmocka_unit_test_setup_teardown(test_only_newest_rejects_are_kept, store_folder_enter,
                                        store_folder_leave),
        cmocka_unit_test_setup_teardown(test_bytes_are_bounded, store_folder_enter,
                                        store_folder_leave),
        cmocka_unit_test_setup_teardown(test_age_is_bounded, store_folder_enter,
                                        store_folder_leave),
        cmocka_unit_test_setup_teardown(test_older_store_is_taken_over, store_folder_enter,
                                        store_folder_leave),
        cmocka_unit_test_setup_teardown(test_acknowledged_batches, store_folder_enter,
                                        store_folder_leave),
        cmocka_unit_test_setup_teardown(test_drop_leaves_acknowledged_batches, store_folder_enter,
                                        store_folder_leave),
        cmocka_unit_test_setup_teardown(test_trouble_is_seen, store_folder_enter,
                                        store_folder_leave),
        cmocka_unit_test_setup_teardown(test_rejects_are_put_back_or_dropped, store_folder_enter,
                                        store_folder_leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
