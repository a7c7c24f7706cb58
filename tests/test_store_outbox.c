// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store.h"

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
static int64_t peek(struct store *store, const char *sink, const char *body, int attempts)
{
    struct store_batch batch = {.id = 0};
    bool found;
    assert_true(store_outbox_peek(store, sink, &batch, &found));
    assert_int_equal(found, body != NULL);
    if (!body)
        return 0;
    assert_string_equal(batch.body, body);
    assert_int_equal(batch.length, strlen(body));
    assert_int_equal(batch.attempts, attempts);
    free(batch.body);
    return batch.id;
}

static void assert_state(struct store *store, const char *sink, struct store_outbox_state expected)
{
    struct store_outbox_state state;
    assert_true(store_outbox_state(store, sink, &state));
    assert_int_equal(state.batches, expected.batches);
    assert_int_equal(state.bytes, expected.bytes);
    assert_int_equal(state.oldest, expected.oldest);
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
    assert_true(store_outbox_delivered(store, peek(store, "main", "load mw=2.385 1\n", 0)));
    assert_true(store_outbox_failed(store, peek(store, "main", "", 0)));
    assert_true(store_outbox_failed(store, peek(store, "main", "", 1)));
    assert_true(store_outbox_delivered(store, peek(store, "main", "", 2)));
    store_close(store);
    store = store_folder_open(STORE_WRITE);
    assert_true(store_outbox_delivered(store, peek(store, "main", "load mw=17 2\n", 0)));
    peek(store, "main", NULL, 0);
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
    assert_true(store_outbox_peek(store, "s", &batch, &found));
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
    const int64_t first = peek(store, "s", "first", 0);
    assert_true(store_outbox_delivered(store, first));
    push(store, "s", t0, "second");
    assert_true(store_outbox_delivered(store, first));
    assert_true(peek(store, "s", "second", 0) > first);
    store_close(store);
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
    const int64_t bad = peek(store, "s", "load mw=bad", 0);
    assert_true(store_outbox_reject(store, bad, t0 + 17, "unable to parse 'load mw=bad'"));
    peek(store, "s", "load mw=2.385", 0);
    assert_state(
        store, "s",
        (struct store_outbox_state){.batches = 1, .bytes = 13, .oldest = t0 + 1, .rejected = 1});
    assert_int_equal(count("SELECT count(*) FROM reject WHERE body = CAST('load mw=bad' AS BLOB)"
                           " AND reason LIKE 'unable%' AND sink = 's' AND bytes = 11"
                           " AND rejected - created = 17"),
                     1);
    // One that is gone is not rejected.
    assert_true(store_outbox_reject(store, bad, t0 + 18, "again"));
    assert_state(store, "other", (struct store_outbox_state){.rejected = 0});
    assert_int_equal(count("SELECT count(*) FROM reject"), 1);
    store_close(store);
}

static void test_only_newest_rejects_keep_their_body(void **state)
{
    (void)state;
    struct store *store = store_folder_open(STORE_WRITE);
    push(store, "other", t0, "kept");
    assert_true(store_outbox_reject(store, peek(store, "other", "kept", 0), t0, "no"));
    for (int i = 0; i < STORE_REJECT_BODIES + 7; i++) {
        push(store, "s", t0 + i, "body");
        assert_true(store_outbox_reject(store, peek(store, "s", "body", 0), t0 + i, "no"));
    }
    assert_int_equal(count("SELECT count(*) FROM reject WHERE sink = 's'"),
                     STORE_REJECT_BODIES + 7);
    assert_int_equal(count("SELECT count(body) FROM reject WHERE sink = 's'"), STORE_REJECT_BODIES);
    assert_int_equal(count("SELECT min(created) FROM reject WHERE sink = 's' AND body NOT NULL"),
                     t0 + 7);
    assert_int_equal(count("SELECT count(body) FROM reject WHERE sink = 'other'"), 1);
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
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
