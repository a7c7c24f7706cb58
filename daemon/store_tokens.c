// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store_tokens.h"

#include <string.h>

#include "daemon/store_internal.h"

// Whether one that is not revoked has the name, and how many there are.
static bool look(struct store *store, const char *name, bool *ret_named, int64_t *ret_living)
{
    sqlite3_stmt *living = store_statement(
        store, STORE_SLOT_TOKEN_LIVING,
        "SELECT count(*), ifnull(sum(name = ?), 0) FROM token WHERE revoked IS NULL");
    if (!living)
        return false;
    store_bind_text(living, 1, name);
    const bool done = store_step(store, living) == SQLITE_ROW;
    if (done) {
        *ret_living = sqlite3_column_int64(living, 0);
        *ret_named = sqlite3_column_int64(living, 1) > 0;
    }
    sqlite3_reset(living);
    return done;
}

static bool add(struct store *store, const struct store_token *token)
{
    sqlite3_stmt *put =
        store_statement(store, STORE_SLOT_TOKEN_PUT,
                        "INSERT INTO token (name, role, hash, created) VALUES (?, ?, ?, ?)");
    if (!put)
        return false;
    store_bind_text(put, 1, token->name);
    store_bind_text(put, 2, token->role);
    sqlite3_bind_blob(put, 3, token->seal, sizeof token->seal, SQLITE_STATIC);
    sqlite3_bind_int64(put, 4, token->created);
    const bool done = store_run(store, put);
    sqlite3_clear_bindings(put);
    return done;
}

enum store_token_put store_put_token(struct store *store, const struct store_token *token,
                                     int64_t *ret_id)
{
    bool named;
    int64_t living;
    if (!store_may_write(store) || !look(store, token->name, &named, &living))
        return STORE_TOKEN_FAILED;
    if (named)
        return STORE_TOKEN_NAMED;
    if (living >= STORE_TOKENS_MAX)
        return STORE_TOKEN_FULL;
    if (!add(store, token))
        return STORE_TOKEN_FAILED;
    *ret_id = sqlite3_last_insert_rowid(store->db);
    return STORE_TOKEN_NEW;
}

bool store_end_token(struct store *store, int64_t id, int64_t now, bool *ret_found)
{
    if (!store_may_write(store))
        return false;
    sqlite3_stmt *end =
        store_statement(store, STORE_SLOT_TOKEN_END,
                        "UPDATE token SET revoked = ? WHERE id = ? AND revoked IS NULL");
    if (!end)
        return false;
    sqlite3_bind_int64(end, 1, now);
    sqlite3_bind_int64(end, 2, id);
    if (!store_run(store, end))
        return false;
    *ret_found = sqlite3_changes64(store->db) > 0;
    return true;
}

void store_touch_token(struct store *store, int64_t id, int64_t now)
{
    if (store->in_transaction || sqlite3_db_readonly(store->db, "main"))
        return;
    sqlite3_stmt *touch = store_statement(store, STORE_SLOT_TOKEN_TOUCH,
                                          "UPDATE token SET last_used = ? WHERE id = ?");
    if (!touch)
        return;
    sqlite3_bind_int64(touch, 1, now);
    sqlite3_bind_int64(touch, 2, id);
    sqlite3_busy_timeout(store->db, 0);
    (void)!store_run(store, touch);
    sqlite3_busy_timeout(store->db, STORE_BUSY_MS);
}

static const char *text_of(sqlite3_stmt *row, int column)
{
    const char *text = (const char *)sqlite3_column_text(row, column);
    return text ? text : "";
}

// Columns: id, name, role, hash, created, last_used, revoked.
static bool read_token(sqlite3_stmt *row, struct store_token *ret)
{
    const void *seal = sqlite3_column_blob(row, 3);
    *ret = (struct store_token){
        .id = sqlite3_column_int64(row, 0),
        .name = text_of(row, 1),
        .role = text_of(row, 2),
        .created = sqlite3_column_int64(row, 4),
        .last_used = sqlite3_column_int64(row, 5),
        .revoked = sqlite3_column_int64(row, 6),
    };
    if (!seal || sqlite3_column_bytes(row, 3) != (int)sizeof ret->seal)
        return false;
    memcpy(ret->seal, seal, sizeof ret->seal);
    return true;
}

bool store_each_token(struct store *store, bool all, store_token_fn *fn, void *context)
{
    struct store_token token;
    bool have, whole = true;
    int code;
    const bool fine = store_has_table(store, "token", &have);
    if (!have)
        return fine;
    sqlite3_stmt *each =
        store_statement(store, STORE_SLOT_TOKEN_EACH,
                        "SELECT id, name, role, hash, created, last_used, revoked FROM token"
                        " WHERE ? OR revoked IS NULL ORDER BY id");
    if (!each)
        return false;
    sqlite3_bind_int(each, 1, all);
    while ((code = store_step(store, each)) == SQLITE_ROW)
        if (!(whole = read_token(each, &token)) || !fn(context, &token))
            break;
    sqlite3_reset(each);
    if (!whole)
        return store_note_reason(store, "a token in it is damaged");
    return code != SQLITE_ERROR;
}
