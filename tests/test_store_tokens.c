// SPDX-License-Identifier: GPL-3.0-or-later
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include <sqlite3.h>

#include "daemon/store.h"
#include "daemon/store_tokens.h"
#include "tests/store_folder.h"

enum { NOW = 1717218000 };

static enum store_token_put put(struct store *store, const char *name, const char *role, int seed,
                                int64_t *ret_id)
{
    struct store_token token = {.name = name, .role = role, .created = NOW + seed};
    for (size_t i = 0; i < sizeof token.seal; i++)
        token.seal[i] = (uint8_t)(seed + (int)i);
    return store_put_token(store, &token, ret_id);
}

static int64_t add(struct store *store, const char *name, const char *role, int seed)
{
    int64_t id = 0;
    assert_true(store_begin(store));
    assert_int_equal(put(store, name, role, seed, &id), STORE_TOKEN_NEW);
    assert_true(store_commit(store));
    return id;
}

static bool end(struct store *store, int64_t id, int64_t now)
{
    bool found;
    assert_true(store_begin(store));
    assert_true(store_end_token(store, id, now, &found));
    assert_true(store_commit(store));
    return found;
}

// Each as "id name role created last_used revoked, ", times after NOW; the seal must fit.
static bool write_one(void *context, const struct store_token *token)
{
    char *text = context;
    const size_t length = strlen(text);
    const int64_t seed = token->created - NOW;
    for (size_t i = 0; i < sizeof token->seal; i++)
        assert_int_equal(token->seal[i], (uint8_t)(seed + (int64_t)i));
    snprintf(text + length, 256 - length, "%d %s %s %d %d %d, ", (int)token->id, token->name,
             token->role, (int)seed, token->last_used ? (int)(token->last_used - NOW) : -1,
             token->revoked ? (int)(token->revoked - NOW) : -1);
    return true;
}

static void assert_tokens(struct store *store, bool all, const char *wanted)
{
    char text[256] = "";
    assert_true(store_each_token(store, all, write_one, text));
    assert_string_equal(text, wanted);
}

static void kept_revoked_and_named_again(void **state)
{
    (void)state;
    struct store *store = store_folder_open(STORE_WRITE);
    assert_tokens(store, true, "");
    assert_int_equal(add(store, "Lan", "planner", 1), 1);
    assert_int_equal(add(store, "Bảng, \"1\"", "reader", 2), 2);
    assert_tokens(store, false, "1 Lan planner 1 -1 -1, 2 Bảng, \"1\" reader 2 -1 -1, ");
    assert_true(end(store, 1, NOW + 9));
    assert_false(end(store, 1, NOW + 10));
    assert_false(end(store, 7, NOW + 10));
    assert_tokens(store, false, "2 Bảng, \"1\" reader 2 -1 -1, ");
    assert_int_equal(add(store, "Lan", "reader", 3), 3);
    assert_tokens(store, true,
                  "1 Lan planner 1 -1 9, 2 Bảng, \"1\" reader 2 -1 -1, 3 Lan reader 3 -1 -1, ");
    store_close(store);
    store = store_folder_open(STORE_READ);
    assert_tokens(store, false, "2 Bảng, \"1\" reader 2 -1 -1, 3 Lan reader 3 -1 -1, ");
    store_close(store);
}

static void two_that_live_share_no_name(void **state)
{
    (void)state;
    struct store *store = store_folder_open(STORE_WRITE);
    int64_t id = -5;
    add(store, "Lan", "planner", 1);
    assert_true(store_begin(store));
    assert_int_equal(put(store, "Lan", "reader", 2, &id), STORE_TOKEN_NAMED);
    assert_int_equal(put(store, "lan", "reader", 2, &id), STORE_TOKEN_NEW);
    store_rollback(store);
    assert_tokens(store, true, "1 Lan planner 1 -1 -1, ");
    store_close(store);
}

static void there_is_a_ceiling(void **state)
{
    (void)state;
    struct store *store = store_folder_open(STORE_WRITE);
    char name[16];
    int64_t id;
    assert_true(store_begin(store));
    for (int k = 0; k < STORE_TOKENS_MAX; k++) {
        snprintf(name, sizeof name, "n%d", k);
        assert_int_equal(put(store, name, "reader", k, &id), STORE_TOKEN_NEW);
    }
    assert_int_equal(put(store, "more", "reader", 0, &id), STORE_TOKEN_FULL);
    assert_true(store_commit(store));
    assert_true(end(store, id, NOW));
    assert_true(add(store, "more", "reader", 0) > id);
    store_close(store);
}

static void run_sql(const char *sql)
{
    sqlite3 *db;
    assert_int_equal(sqlite3_open("store.db", &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

static void use_is_noted_where_nobody_waits_for_it(void **state)
{
    (void)state;
    struct store *store = store_folder_open(STORE_WRITE), *other = store_folder_open(STORE_WRITE);
    add(store, "Lan", "planner", 1);
    store_touch_token(store, 1, NOW + 50);
    assert_tokens(store, false, "1 Lan planner 1 50 -1, ");
    assert_true(store_begin(other)); // holds the lock, which a writer waits ten seconds for
    const time_t before = time(NULL);
    store_touch_token(store, 1, NOW + 60);
    assert_true(time(NULL) - before < 5);
    store_rollback(other);
    assert_tokens(store, false, "1 Lan planner 1 50 -1, ");
    assert_true(store_begin(store));
    store_touch_token(store, 1, NOW + 70);
    assert_true(store_commit(store));
    assert_tokens(store, false, "1 Lan planner 1 50 -1, ");
    store_close(other);
    other = store_folder_open(STORE_READ);
    store_touch_token(other, 1, NOW + 80);
    assert_tokens(other, false, "1 Lan planner 1 50 -1, ");
    store_close(other);
    store_touch_token(store, 1, NOW + 90);
    assert_tokens(store, false, "1 Lan planner 1 90 -1, ");
    store_close(store);
}

static void *let_go(void *context)
{
    usleep(300000);
    store_rollback(context);
    return NULL;
}

static void writers_wait_as_before(void **state)
{
    (void)state;
    struct store *store = store_folder_open(STORE_WRITE), *other = store_folder_open(STORE_WRITE);
    pthread_t thread;
    add(store, "Lan", "planner", 1);
    store_touch_token(store, 1, NOW + 50);
    assert_true(store_begin(other));
    assert_int_equal(pthread_create(&thread, NULL, let_go, other), 0);
    assert_true(store_begin(store));
    store_rollback(store);
    pthread_join(thread, NULL);
    store_close(other);
    store_close(store);
}

static void a_store_of_before_has_none(void **state)
{
    (void)state;
    store_close(store_folder_open(STORE_WRITE));
    run_sql("DROP TABLE token");
    struct store *store = store_folder_open(STORE_READ);
    assert_tokens(store, true, "");
    store_close(store);
    store = store_folder_open(STORE_WRITE); // who may write makes it
    add(store, "Lan", "planner", 1);
    store_close(store);
}

static void a_damaged_one_is_told(void **state)
{
    (void)state;
    static const char *const damages[] = {"UPDATE token SET hash = x''",
                                          "UPDATE token SET hash = zeroblob(47)",
                                          "UPDATE token SET hash = zeroblob(49)"};
    struct store *store = store_folder_open(STORE_WRITE);
    add(store, "Lan", "planner", 1);
    for (size_t k = 0; k < sizeof damages / sizeof *damages; k++) {
        run_sql(damages[k]);
        assert_false(store_each_token(store, false, write_one, (char[256]){""}));
        assert_non_null(strstr(store_error(store), "damaged"));
    }
    store_close(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(kept_revoked_and_named_again, store_folder_enter,
                                        store_folder_leave),
        cmocka_unit_test_setup_teardown(two_that_live_share_no_name, store_folder_enter,
                                        store_folder_leave),
        cmocka_unit_test_setup_teardown(there_is_a_ceiling, store_folder_enter, store_folder_leave),
        cmocka_unit_test_setup_teardown(use_is_noted_where_nobody_waits_for_it, store_folder_enter,
                                        store_folder_leave),
        cmocka_unit_test_setup_teardown(writers_wait_as_before, store_folder_enter,
                                        store_folder_leave),
        cmocka_unit_test_setup_teardown(a_store_of_before_has_none, store_folder_enter,
                                        store_folder_leave),
        cmocka_unit_test_setup_teardown(a_damaged_one_is_told, store_folder_enter,
                                        store_folder_leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
