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

// The newest reject of a sink of which `n` are newer; 0 where there are no more. By the index.
static bool find_surplus(struct store *store, const char *sink, int64_t n, int64_t *ret_id)
{
    sqlite3_stmt *find = store_statement(store, STORE_SLOT_REJECT_SURPLUS,
                                         "SELECT ifnull((SELECT id FROM reject WHERE sink = ?1"
                                         " ORDER BY id DESC LIMIT 1 OFFSET ?2), 0)");
    if (!find)
        return false;
    store_bind_text(find, 1, sink);
    sqlite3_bind_int64(find, 2, n);
    const bool done = store_step(store, find) == SQLITE_ROW;
    if (done)
        *ret_id = sqlite3_column_int64(find, 0);
    sqlite3_reset(find);
    return done;
}

static bool run_trim(struct store *store, sqlite3_stmt *trim, const char *sink, int64_t from,
                     int64_t to)
{
    if (!trim)
        return false;
    store_bind_text(trim, 1, sink);
    sqlite3_bind_int64(trim, 2, from);
    sqlite3_bind_int64(trim, 3, to);
    return store_run(store, trim);
}

// A server that refuses everything must not fill the disk: of each sink's rejects only the newest
// are kept, and what was sent only of some of these. `added` of them are new, so no more than that
// many can have a body too much.
static bool trim(struct store *store, const char *sink, int64_t added)
{
    int64_t last, bare_to, bare_from;
    if (!find_surplus(store, sink, STORE_REJECTS, &last) ||
        !find_surplus(store, sink, STORE_REJECT_BODIES, &bare_to) ||
        !find_surplus(store, sink, STORE_REJECT_BODIES + added, &bare_from))
        return false;
    sqlite3_stmt *bare = store_statement(store, STORE_SLOT_REJECT_BARE,
                                         "UPDATE reject SET body = NULL WHERE sink = ?1"
                                         " AND id > ?2 AND id <= ?3");
    sqlite3_stmt *trim = store_statement(store, STORE_SLOT_REJECT_TRIM,
                                         "DELETE FROM reject WHERE sink = ?1"
                                         " AND id > ?2 AND id <= ?3");
    return (!bare_to || run_trim(store, bare, sink, bare_from, bare_to)) &&
           (!last || run_trim(store, trim, sink, 0, last));
}

bool store_rejects_add(struct store *store, const char *sink, int64_t created,
                       const struct store_outbox_end *end)
{
    for (size_t i = 0; i < end->n_rejects; i++)
        if (!add(store, sink, created, end->now, &end->rejects[i]))
            return false;
    return !end->n_rejects ||
           (count_up(store, sink, end->n_rejects) && trim(store, sink, (int64_t)end->n_rejects));
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

// Writes though nothing may change: a process that watches the file sees it and tries at once.
static bool poke(struct store *store, const char *sink)
{
    sqlite3_stmt *poke =
        store_statement(store, STORE_SLOT_OUTBOX_POKE,
                        "UPDATE outbox SET attempts = 0 WHERE id ="
                        " (SELECT min(id) FROM outbox WHERE sink = ?1 AND acked IS NULL)");
    if (!poke)
        return false;
    store_bind_text(poke, 1, sink);
    return store_run(store, poke);
}

static bool retry(struct store *store, const char *sink, int64_t id, int64_t now, int64_t *ret_n)
{
    sqlite3_stmt *back = store_statement(
        store, STORE_SLOT_REJECT_RETRY,
        "INSERT INTO outbox (sink, created, attempts, bytes, lines, body)"
        " SELECT sink, ?3, 0, bytes, lines, body FROM reject"
        " WHERE sink = ?1 AND (?2 = 0 OR id = ?2) AND body IS NOT NULL ORDER BY id");
    int64_t deleted;
    return run_on_rejects(store, back, sink, id, now, ret_n) &&
           delete_rejects(store, sink, id, false, &deleted) && poke(store, sink) &&
           store_commit(store);
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
