// SPDX-License-Identifier: GPL-3.0-or-later
// Batches: in, out, acknowledged, and within their bounds.
#include "daemon/store_outbox.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/pieces.h"
#include "daemon/store_internal.h"

static int64_t count_lines(const char *body, size_t length)
{
    struct pieces pieces;
    pieces_init(&pieces, body, length);
    return (int64_t)pieces_left(&pieces);
}

bool store_outbox_push(struct store *store, const char *sink, int64_t now, const char *body,
                       size_t length)
{
    if (!store_may_write(store))
        return false;
    sqlite3_stmt *push =
        store_statement(store, STORE_SLOT_OUTBOX_PUSH,
                        "INSERT INTO outbox (sink, created, attempts, bytes, lines, body)"
                        " VALUES (?, ?, 0, ?, ?, ?)");
    if (!push)
        return false;
    store_bind_text(push, 1, sink);
    sqlite3_bind_int64(push, 2, now);
    sqlite3_bind_int64(push, 3, (int64_t)length);
    sqlite3_bind_int64(push, 4, count_lines(body, length));
    sqlite3_bind_blob64(push, 5, length ? body : "", length, SQLITE_STATIC);
    return store_run(store, push);
}

static bool take_batch(sqlite3_stmt *row, struct store_batch *ret)
{
    const size_t length = (size_t)sqlite3_column_bytes(row, 2);
    char *body = malloc(length + 1);
    if (!body)
        return false;
    if (length)
        memcpy(body, sqlite3_column_blob(row, 2), length);
    body[length] = '\0';
    *ret = (struct store_batch){
        .id = sqlite3_column_int64(row, 0),
        .created = sqlite3_column_int64(row, 1),
        .body = body,
        .length = length,
    };
    return true;
}

bool store_outbox_peek(struct store *store, const char *sink, int64_t after,
                       struct store_batch *ret, bool *ret_found)
{
    sqlite3_stmt *peek = store_statement(store, STORE_SLOT_OUTBOX_PEEK,
                                         "SELECT id, created, body FROM outbox"
                                         " WHERE sink = ? AND acked IS NULL AND id > ?"
                                         " ORDER BY id LIMIT 1");
    if (!peek)
        return false;
    store_bind_text(peek, 1, sink);
    sqlite3_bind_int64(peek, 2, after);
    const int code = store_step(store, peek);
    const bool done = code == SQLITE_DONE || (code == SQLITE_ROW && take_batch(peek, ret)) ||
                      (code == SQLITE_ROW && store_note_reason(store, "out of memory"));
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

bool store_outbox_failed(struct store *store, int64_t id)
{
    assert(!store->in_transaction);
    return run_on_batch(store, STORE_SLOT_OUTBOX_FAILED,
                        "UPDATE outbox SET attempts = attempts + 1 WHERE id = ?", id);
}

static bool delete_batch(struct store *store, int64_t id)
{
    return run_on_batch(store, STORE_SLOT_OUTBOX_DELETE, "DELETE FROM outbox WHERE id = ?", id);
}

static bool acknowledge(struct store *store, int64_t id, int64_t now, const char *server)
{
    sqlite3_stmt *end = store_statement(store, STORE_SLOT_OUTBOX_END,
                                        "UPDATE outbox SET acked = ?2, server = ?3 WHERE id = ?1");
    if (!end)
        return false;
    sqlite3_bind_int64(end, 1, id);
    sqlite3_bind_int64(end, 2, now);
    store_bind_text(end, 3, server);
    return store_run(store, end);
}

bool store_outbox_end(struct store *store, const struct store_batch *batch, const char *sink,
                      const struct store_outbox_end *end)
{
    if (!store_begin(store))
        return false;
    const bool done = store_rejects_add(store, sink, batch->created, end) &&
                      (end->server ? acknowledge(store, batch->id, end->now, end->server)
                                   : delete_batch(store, batch->id)) &&
                      store_commit(store);
    if (!done)
        store_rollback(store);
    return done;
}

static bool run_settling(struct store *store, sqlite3_stmt *statement, const char *sink,
                         const char *server, int64_t before, int64_t *ret_n)
{
    if (!statement)
        return false;
    store_bind_text(statement, 1, sink);
    store_bind_text(statement, 2, server);
    sqlite3_bind_int64(statement, 3, before);
    if (!store_run(store, statement))
        return false;
    *ret_n = sqlite3_changes64(store->db);
    return true;
}

static bool settle(struct store *store, const char *sink, const char *server, int64_t before,
                   struct store_settled *ret)
{
    sqlite3_stmt *again = store_statement(store, STORE_SLOT_OUTBOX_AGAIN,
                                          "UPDATE outbox SET acked = NULL, server = NULL"
                                          " WHERE sink = ?1 AND acked IS NOT NULL AND"
                                          // Acknowledged tomorrow: by a clock that was wrong.
                                          " (server <> ?2 OR acked > ?3 + 86400)");
    if (!run_settling(store, again, sink, server, before, &ret->again))
        return false;
    // Instants are whole seconds, so an acknowledgement of the second `before` may be younger.
    sqlite3_stmt *gone =
        store_statement(store, STORE_SLOT_OUTBOX_GONE,
                        "DELETE FROM outbox WHERE sink = ?1 AND acked < ?3 AND server = ?2");
    return run_settling(store, gone, sink, server, before, &ret->gone);
}

bool store_outbox_settle(struct store *store, const char *sink, const char *server, int64_t now,
                         int64_t kept_s, struct store_settled *ret)
{
    *ret = (struct store_settled){0};
    if (!store_begin(store))
        return false;
    const bool done = settle(store, sink, server, now - kept_s, ret) && store_commit(store);
    if (!done)
        store_rollback(store);
    return done;
}

// What has to go: batches up to an id, and those made before an instant. And what it costs, of
// batches that were not acknowledged.
struct surplus {
    int64_t last_id, oldest;
    int64_t batches, lines, bytes, from, to;
};

// Whether anything has to go: the usual answer is no, and is to be had without sorting.
static bool is_over(struct store *store, const char *sink, int64_t bytes_max, int64_t oldest,
                    bool *ret)
{
    sqlite3_stmt *held = store_statement(store, STORE_SLOT_OUTBOX_HELD,
                                         "SELECT ifnull(sum(bytes), 0), ifnull(min(created), ?2)"
                                         " FROM outbox WHERE sink = ?1");
    if (!held)
        return false;
    store_bind_text(held, 1, sink);
    sqlite3_bind_int64(held, 2, oldest);
    const bool done = store_step(store, held) == SQLITE_ROW;
    if (done)
        *ret = sqlite3_column_int64(held, 0) > bytes_max || sqlite3_column_int64(held, 1) < oldest;
    sqlite3_reset(held);
    return done;
}

// The newest batch with which those from it on hold too much; 0 where there is none.
static bool find_last(struct store *store, const char *sink, int64_t bytes_max, int64_t *ret_id)
{
    sqlite3_stmt *find = store_statement(
        store, STORE_SLOT_OUTBOX_SURPLUS,
        "SELECT ifnull(max(id), 0) FROM (SELECT id, sum(bytes) OVER (ORDER BY id DESC) AS held"
        "  FROM outbox WHERE sink = ?1) WHERE held > ?2");
    if (!find)
        return false;
    store_bind_text(find, 1, sink);
    sqlite3_bind_int64(find, 2, bytes_max);
    const bool done = store_step(store, find) == SQLITE_ROW;
    if (done)
        *ret_id = sqlite3_column_int64(find, 0);
    sqlite3_reset(find);
    return done;
}

static bool sum_surplus(struct store *store, const char *sink, struct surplus *ret)
{
    sqlite3_stmt *sum = store_statement(
        store, STORE_SLOT_OUTBOX_SUM,
        "SELECT count(*), ifnull(sum(lines), 0), ifnull(sum(bytes), 0), ifnull(min(created), 0),"
        " ifnull(max(created), 0) FROM outbox WHERE sink = ?1 AND acked IS NULL"
        " AND (id <= ?2 OR created < ?3)");
    if (!sum)
        return false;
    store_bind_text(sum, 1, sink);
    sqlite3_bind_int64(sum, 2, ret->last_id);
    sqlite3_bind_int64(sum, 3, ret->oldest);
    const bool done = store_step(store, sum) == SQLITE_ROW;
    if (done) {
        ret->batches = sqlite3_column_int64(sum, 0);
        ret->lines = sqlite3_column_int64(sum, 1);
        ret->bytes = sqlite3_column_int64(sum, 2);
        ret->from = sqlite3_column_int64(sum, 3);
        ret->to = sqlite3_column_int64(sum, 4);
    }
    sqlite3_reset(sum);
    return done;
}

static bool note_dropped(struct store *store, const char *sink, int64_t now,
                         const struct surplus *surplus)
{
    sqlite3_stmt *note = store_statement(
        store, STORE_SLOT_SINK_DROPPED,
        "INSERT INTO sink (name, dropped, dropped_lines, dropped_bytes, dropped_from, dropped_to,"
        "  dropped_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (name) DO UPDATE SET"
        "  dropped = dropped + ?2, dropped_lines = dropped_lines + ?3,"
        "  dropped_bytes = dropped_bytes + ?4,"
        "  dropped_from = iif(?7 - dropped_at > 86400, ?5, dropped_from),"
        "  dropped_to = ?6, dropped_at = ?7");
    if (!note)
        return false;
    const int64_t values[] = {surplus->batches, surplus->lines, surplus->bytes,
                              surplus->from,    surplus->to,    now};
    store_bind_text(note, 1, sink);
    for (int i = 0; i < 6; i++)
        sqlite3_bind_int64(note, 2 + i, values[i]);
    return store_run(store, note);
}

static bool trim(struct store *store, const char *sink, const struct surplus *surplus)
{
    sqlite3_stmt *trim =
        store_statement(store, STORE_SLOT_OUTBOX_TRIM,
                        "DELETE FROM outbox WHERE sink = ?1 AND (id <= ?2 OR created < ?3)");
    if (!trim)
        return false;
    store_bind_text(trim, 1, sink);
    sqlite3_bind_int64(trim, 2, surplus->last_id);
    sqlite3_bind_int64(trim, 3, surplus->oldest);
    return store_run(store, trim);
}

bool store_outbox_bound(struct store *store, const char *sink, int64_t now, int64_t bytes_max,
                        int64_t age_max_s)
{
    struct surplus surplus = {.oldest = age_max_s ? now - age_max_s : INT64_MIN};
    bool over = false;
    bytes_max = bytes_max ? bytes_max : INT64_MAX;
    if (!store_may_write(store) || !is_over(store, sink, bytes_max, surplus.oldest, &over))
        return false;
    if (!over)
        return true;
    return find_last(store, sink, bytes_max, &surplus.last_id) &&
           sum_surplus(store, sink, &surplus) &&
           (!surplus.batches || note_dropped(store, sink, now, &surplus)) &&
           trim(store, sink, &surplus);
}

bool store_outbox_drop(struct store *store, const char *sink, int64_t id, bool acked,
                       int64_t *ret_n)
{
    sqlite3_stmt *drop =
        store_statement(store, STORE_SLOT_OUTBOX_DROP,
                        "DELETE FROM outbox WHERE sink = ?1 AND (?2 = 0 OR id = ?2)"
                        " AND (?3 = 1 OR acked IS NULL)");
    if (!drop)
        return false;
    store_bind_text(drop, 1, sink);
    sqlite3_bind_int64(drop, 2, id);
    sqlite3_bind_int64(drop, 3, acked);
    if (!store_run(store, drop))
        return false;
    *ret_n = sqlite3_changes64(store->db);
    return true;
}
