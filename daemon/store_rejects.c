// SPDX-License-Identifier: GPL-3.0-or-later
// Lines that a server refused for good.
#include "daemon/store_internal.h"
#include "daemon/store_outbox.h"

static bool add(struct store *store, const char *sink, int64_t created, int64_t now,
                const struct store_reject *reject)
{
    sqlite3_stmt *add =
        store_statement(store, STORE_SLOT_REJECT_ADD,
                        "INSERT INTO reject (sink, created, rejected, reason, bytes, lines, body)"
                        " VALUES (?, ?, ?, ?, ?, ?, ?)");
    if (!add)
        return false;
    store_bind_text(add, 1, sink);
    sqlite3_bind_int64(add, 2, created);
    sqlite3_bind_int64(add, 3, now);
    store_bind_text(add, 4, reject->reason);
    sqlite3_bind_int64(add, 5, (int64_t)reject->length);
    sqlite3_bind_int64(add, 6, reject->lines);
    sqlite3_bind_blob64(add, 7, reject->length ? reject->body : "", reject->length, SQLITE_STATIC);
    return store_run(store, add);
}

static bool count_up(struct store *store, const char *sink, size_t n)
{
    sqlite3_stmt *count = store_statement(store, STORE_SLOT_SINK_REJECTED,
                                          "INSERT INTO sink (name, rejected) VALUES (?1, ?2)"
                                          " ON CONFLICT (name) DO UPDATE SET"
                                          " rejected = rejected + ?2");
    if (!count)
        return false;
    store_bind_text(count, 1, sink);
    sqlite3_bind_int64(count, 2, (int64_t)n);
    return store_run(store, count);
}

// A server that refuses everything must not fill the disk: of each sink's rejects, only the newest
// STORE_REJECT_BODIES keep what was sent.
static bool trim(struct store *store, const char *sink)
{
    sqlite3_stmt *trim =
        store_statement(store, STORE_SLOT_REJECT_TRIM,
                        "UPDATE reject SET body = NULL WHERE sink = ?1 AND body IS NOT NULL AND"
                        " id <= (SELECT id FROM reject WHERE sink = ?1"
                        "  ORDER BY id DESC LIMIT 1 OFFSET ?2)");
    if (!trim)
        return false;
    store_bind_text(trim, 1, sink);
    sqlite3_bind_int64(trim, 2, STORE_REJECT_BODIES);
    return store_run(store, trim);
}

bool store_rejects_add(struct store *store, const char *sink, int64_t created,
                       const struct store_outbox_end *end)
{
    for (size_t i = 0; i < end->n_rejects; i++)
        if (!add(store, sink, created, end->now, &end->rejects[i]))
            return false;
    return !end->n_rejects || (count_up(store, sink, end->n_rejects) && trim(store, sink));
}

static void read_reject(sqlite3_stmt *row, const char *sink, struct store_rejected *ret)
{
    *ret = (struct store_rejected){
        .id = sqlite3_column_int64(row, 0),
        .created = sqlite3_column_int64(row, 1),
        .rejected = sqlite3_column_int64(row, 2),
        .reason = (const char *)sqlite3_column_text(row, 3),
        .bytes = sqlite3_column_int64(row, 4),
        .lines = sqlite3_column_int64(row, 5),
        .sink = sink,
    };
    // As text a blob gets a NUL behind it; its bytes are the same.
    if (sqlite3_column_type(row, 6) != SQLITE_NULL)
        ret->body = (const char *)sqlite3_column_text(row, 6);
}

bool store_each_reject(struct store *store, const char *sink, store_reject_fn *fn, void *context)
{
    struct store_rejected reject;
    int code;
    sqlite3_stmt *each =
        store_statement(store, STORE_SLOT_REJECT_EACH,
                        "SELECT id, created, rejected, reason, bytes, lines, body FROM reject"
                        " WHERE sink = ?1 ORDER BY id");
    if (!each)
        return false;
    store_bind_text(each, 1, sink);
    while ((code = store_step(store, each)) == SQLITE_ROW) {
        read_reject(each, sink, &reject);
        if (!fn(context, &reject))
            break;
    }
    sqlite3_reset(each);
    return code != SQLITE_ERROR;
}

static bool run_on_rejects(struct store *store, sqlite3_stmt *statement, const char *sink,
                           int64_t id, int64_t now, int64_t *ret_n)
{
    if (!statement)
        return false;
    store_bind_text(statement, 1, sink);
    sqlite3_bind_int64(statement, 2, id);
    sqlite3_bind_int64(statement, 3, now);
    if (!store_run(store, statement))
        return false;
    *ret_n = sqlite3_changes64(store->db);
    return true;
}

// Those with a body only, unless `all`.
static bool delete_rejects(struct store *store, const char *sink, int64_t id, bool all,
                           int64_t *ret_n)
{
    sqlite3_stmt *delete =
        store_statement(store, STORE_SLOT_REJECT_DELETE,
                        "DELETE FROM reject WHERE sink = ?1 AND (?2 = 0 OR id = ?2)"
                        " AND (?3 = 1 OR body IS NOT NULL)");
    return run_on_rejects(store, delete, sink, id, all, ret_n);
}

static bool retry(struct store *store, const char *sink, int64_t id, int64_t now, int64_t *ret_n)
{
    sqlite3_stmt *back = store_statement(
        store, STORE_SLOT_REJECT_RETRY,
        "INSERT INTO outbox (sink, created, attempts, bytes, lines, body)"
        " SELECT sink, ?3, 0, bytes, lines, body FROM reject"
        " WHERE sink = ?1 AND (?2 = 0 OR id = ?2) AND body IS NOT NULL ORDER BY id");
    int64_t deleted, poked;
    // Writes though nothing may change: a process that watches the file sees it and tries at once.
    sqlite3_stmt *poke =
        store_statement(store, STORE_SLOT_OUTBOX_POKE,
                        "UPDATE outbox SET attempts = 0 WHERE ?2 = ?2 AND ?3 = ?3 AND id ="
                        " (SELECT min(id) FROM outbox WHERE sink = ?1 AND acked IS NULL)");
    return run_on_rejects(store, back, sink, id, now, ret_n) &&
           delete_rejects(store, sink, id, false, &deleted) &&
           run_on_rejects(store, poke, sink, id, now, &poked) && store_commit(store);
}

bool store_rejects_retry(struct store *store, const char *sink, int64_t id, int64_t now,
                         int64_t *ret_n)
{
    if (!store_begin(store))
        return false;
    if (retry(store, sink, id, now, ret_n))
        return true;
    store_rollback(store);
    return false;
}

bool store_rejects_drop(struct store *store, const char *sink, int64_t id, int64_t *ret_n)
{
    return delete_rejects(store, sink, id, true, ret_n);
}
