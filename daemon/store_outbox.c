// SPDX-License-Identifier: GPL-3.0-or-later
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/store_internal.h"

bool store_outbox_push(struct store *store, const char *sink, int64_t now, const char *body,
                       size_t length)
{
    if (!store_may_write(store))
        return false;
    sqlite3_stmt *push = store_statement(store, STORE_SLOT_OUTBOX_PUSH,
                                         "INSERT INTO outbox (sink, created, attempts, bytes, body)"
                                         " VALUES (?, ?, 0, ?, ?)");
    if (!push)
        return false;
    store_bind_text(push, 1, sink);
    sqlite3_bind_int64(push, 2, now);
    sqlite3_bind_int64(push, 3, (int64_t)length);
    sqlite3_bind_blob64(push, 4, length ? body : "", length, SQLITE_STATIC);
    return store_run(store, push);
}

static bool take_batch(sqlite3_stmt *row, struct store_batch *ret)
{
    const size_t length = (size_t)sqlite3_column_bytes(row, 3);
    char *body = malloc(length + 1);
    if (!body)
        return false;
    if (length)
        memcpy(body, sqlite3_column_blob(row, 3), length);
    body[length] = '\0';
    *ret = (struct store_batch){
        .id = sqlite3_column_int64(row, 0),
        .created = sqlite3_column_int64(row, 1),
        .attempts = sqlite3_column_int(row, 2),
        .body = body,
        .length = length,
    };
    return true;
}

bool store_outbox_peek(struct store *store, const char *sink, struct store_batch *ret,
                       bool *ret_found)
{
    sqlite3_stmt *peek = store_statement(store, STORE_SLOT_OUTBOX_PEEK,
                                         "SELECT id, created, attempts, body FROM outbox"
                                         " WHERE sink = ? ORDER BY id LIMIT 1");
    if (!peek)
        return false;
    store_bind_text(peek, 1, sink);
    const int code = store_step(store, peek);
    const bool done = code == SQLITE_DONE || (code == SQLITE_ROW && take_batch(peek, ret));
    if (done)
        *ret_found = code == SQLITE_ROW;
    sqlite3_reset(peek);
    return done;
}

static bool run_on_batch(struct store *store, enum store_slot slot, const char *sql, int64_t id)
{
    sqlite3_stmt *statement = store_statement(store, slot, sql);
    if (!statement)
        return false;
    sqlite3_bind_int64(statement, 1, id);
    return store_run(store, statement);
}

bool store_outbox_delivered(struct store *store, int64_t id)
{
    assert(!store->in_transaction);
    return run_on_batch(store, STORE_SLOT_OUTBOX_DELETE, "DELETE FROM outbox WHERE id = ?", id);
}

bool store_outbox_failed(struct store *store, int64_t id)
{
    assert(!store->in_transaction);
    return run_on_batch(store, STORE_SLOT_OUTBOX_FAILED,
                        "UPDATE outbox SET attempts = attempts + 1 WHERE id = ?", id);
}

static bool add_reject(struct store *store, int64_t id, int64_t now, const char *reason)
{
    sqlite3_stmt *add =
        store_statement(store, STORE_SLOT_REJECT_ADD,
                        "INSERT INTO reject (sink, created, rejected, reason, bytes, body)"
                        " SELECT sink, created, ?2, ?3, bytes, body FROM outbox WHERE id = ?1");
    if (!add)
        return false;
    sqlite3_bind_int64(add, 1, id);
    sqlite3_bind_int64(add, 2, now);
    store_bind_text(add, 3, reason);
    return store_run(store, add);
}

// A server that refuses everything must not fill the disk: of each sink's rejects, only the newest
// STORE_REJECT_BODIES keep what was sent.
static bool trim_rejects(struct store *store, int64_t id)
{
    sqlite3_stmt *trim =
        store_statement(store, STORE_SLOT_REJECT_TRIM,
                        "UPDATE reject SET body = NULL WHERE id = (SELECT id FROM reject"
                        " WHERE sink = (SELECT sink FROM outbox WHERE id = ?1)"
                        " ORDER BY id DESC LIMIT 1 OFFSET ?2)");
    if (!trim)
        return false;
    sqlite3_bind_int64(trim, 1, id);
    sqlite3_bind_int64(trim, 2, STORE_REJECT_BODIES);
    return store_run(store, trim);
}

bool store_outbox_reject(struct store *store, int64_t id, int64_t now, const char *reason)
{
    if (!store_begin(store))
        return false;
    const bool done =
        add_reject(store, id, now, reason) && trim_rejects(store, id) &&
        run_on_batch(store, STORE_SLOT_OUTBOX_DELETE, "DELETE FROM outbox WHERE id = ?", id) &&
        store_commit(store);
    if (!done)
        store_rollback(store);
    return done;
}

static bool count_rejects(struct store *store, const char *sink, int64_t *ret)
{
    sqlite3_stmt *count = store_statement(store, STORE_SLOT_REJECT_COUNT,
                                          "SELECT count(*) FROM reject WHERE sink = ?");
    if (!count)
        return false;
    store_bind_text(count, 1, sink);
    const bool done = store_step(store, count) == SQLITE_ROW;
    if (done)
        *ret = sqlite3_column_int64(count, 0);
    sqlite3_reset(count);
    return done;
}

bool store_outbox_state(struct store *store, const char *sink, struct store_outbox_state *ret)
{
    struct store_outbox_state found = {0};
    if (!count_rejects(store, sink, &found.rejected))
        return false;
    sqlite3_stmt *state = store_statement(store, STORE_SLOT_OUTBOX_STATE,
                                          "SELECT count(*), ifnull(sum(bytes), 0),"
                                          " ifnull(min(created), 0) FROM outbox WHERE sink = ?");
    if (!state)
        return false;
    store_bind_text(state, 1, sink);
    const bool done = store_step(store, state) == SQLITE_ROW;
    if (done) {
        found.batches = sqlite3_column_int64(state, 0);
        found.bytes = sqlite3_column_int64(state, 1);
        found.oldest = sqlite3_column_int64(state, 2);
        *ret = found;
    }
    sqlite3_reset(state);
    return done;
}
