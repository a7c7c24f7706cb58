// SPDX-License-Identifier: GPL-3.0-or-later
// What is known of each sink: what waits, what was lost, what is wrong.
#include <stdio.h>

#include "daemon/store_internal.h"
#include "daemon/store_outbox.h"

enum { FORMAT_WITH_SINKS = 3 };

bool store_outbox_trouble(struct store *store, const char *sink, int64_t now, const char *words)
{
    // One that was never in trouble needs no row to say so.
    sqlite3_stmt *note =
        store_statement(store, STORE_SLOT_SINK_TROUBLE,
                        "INSERT INTO sink (name, trouble, since) SELECT ?1, ?2, iif(?2 = '', 0, ?3)"
                        "  WHERE ?2 <> '' OR EXISTS (SELECT 1 FROM sink WHERE name = ?1)"
                        "  ON CONFLICT (name) DO UPDATE SET trouble = ?2,"
                        "  since = iif(?2 = '', 0, iif(since > 0, since, ?3)) WHERE trouble <> ?2");
    if (!note)
        return false;
    store_bind_text(note, 1, sink);
    store_bind_text(note, 2, words);
    sqlite3_bind_int64(note, 3, now);
    return store_run(store, note);
}

// The statement on one sink, stepped to its only row; NULL on failure. The caller resets it.
static sqlite3_stmt *row_of_sink(struct store *store, enum store_slot slot, const char *sql,
                                 const char *sink)
{
    sqlite3_stmt *statement = store_statement(store, slot, sql);
    if (!statement)
        return NULL;
    store_bind_text(statement, 1, sink);
    if (store_step(store, statement) == SQLITE_ROW)
        return statement;
    sqlite3_reset(statement);
    return NULL;
}

static bool read_waiting(struct store *store, const char *sink, struct store_outbox_state *state)
{
    sqlite3_stmt *row = row_of_sink(store, STORE_SLOT_OUTBOX_STATE,
                                    "SELECT count(*), ifnull(sum(lines), 0), ifnull(sum(bytes), 0),"
                                    " ifnull(min(created), 0), ifnull(min(id), 0) FROM outbox"
                                    " WHERE sink = ? AND acked IS NULL",
                                    sink);
    if (!row)
        return false;
    state->batches = sqlite3_column_int64(row, 0);
    state->lines = sqlite3_column_int64(row, 1);
    state->bytes = sqlite3_column_int64(row, 2);
    state->oldest = sqlite3_column_int64(row, 3);
    const int64_t id = sqlite3_column_int64(row, 4);
    sqlite3_reset(row);
    sqlite3_stmt *attempts =
        store_statement(store, STORE_SLOT_OUTBOX_ATTEMPTS,
                        "SELECT ifnull(max(attempts), 0) FROM outbox WHERE id = ?");
    if (!attempts)
        return false;
    sqlite3_bind_int64(attempts, 1, id);
    const bool done = store_step(store, attempts) == SQLITE_ROW;
    if (done)
        state->attempts = sqlite3_column_int64(attempts, 0);
    sqlite3_reset(attempts);
    return done;
}

static bool read_acked(struct store *store, const char *sink, struct store_outbox_state *state)
{
    sqlite3_stmt *row = row_of_sink(store, STORE_SLOT_OUTBOX_ACKED,
                                    "SELECT count(*), ifnull(sum(bytes), 0), ifnull(min(acked), 0)"
                                    " FROM outbox WHERE sink = ? AND acked IS NOT NULL",
                                    sink);
    if (!row)
        return false;
    state->acked = sqlite3_column_int64(row, 0);
    state->acked_bytes = sqlite3_column_int64(row, 1);
    state->acked_since = sqlite3_column_int64(row, 2);
    sqlite3_reset(row);
    return true;
}

static bool read_rejects(struct store *store, const char *sink, struct store_outbox_state *state)
{
    sqlite3_stmt *row = row_of_sink(store, STORE_SLOT_REJECT_COUNT,
                                    "SELECT count(*) FROM reject WHERE sink = ?", sink);
    if (!row)
        return false;
    state->rejects = sqlite3_column_int64(row, 0);
    sqlite3_reset(row);
    return true;
}

static bool read_totals(struct store *store, const char *sink, struct store_outbox_state *state,
                        char *ret_trouble)
{
    sqlite3_stmt *get =
        store_statement(store, STORE_SLOT_SINK_GET,
                        "SELECT trouble, since, rejected, dropped, dropped_lines, dropped_bytes,"
                        " dropped_from, dropped_to FROM sink WHERE name = ?");
    if (!get)
        return false;
    store_bind_text(get, 1, sink);
    const int code = store_step(store, get);
    if (ret_trouble)
        snprintf(ret_trouble, STORE_TROUBLE_LEN, "%s",
                 code == SQLITE_ROW ? (const char *)sqlite3_column_text(get, 0) : "");
    if (code == SQLITE_ROW) {
        int64_t *const to[] = {&state->trouble_since, &state->rejected,      &state->dropped,
                               &state->dropped_lines, &state->dropped_bytes, &state->dropped_from,
                               &state->dropped_to};
        for (int i = 0; i < (int)(sizeof to / sizeof *to); i++)
            *to[i] = sqlite3_column_int64(get, i + 1);
    }
    sqlite3_reset(get);
    return code != SQLITE_ERROR;
}

bool store_outbox_state(struct store *store, const char *sink, struct store_outbox_state *ret,
                        char *ret_trouble)
{
    struct store_outbox_state found = {0};
    if (!read_waiting(store, sink, &found) || !read_acked(store, sink, &found) ||
        !read_rejects(store, sink, &found) || !read_totals(store, sink, &found, ret_trouble))
        return false;
    *ret = found;
    return true;
}

bool store_each_sink(struct store *store, store_sink_fn *fn, void *context)
{
    int code;
    if (store->format < FORMAT_WITH_SINKS)
        return store_note_reason(store, "written by an earlier version of phutai: start phutaid "
                                        "once, which brings it up to date");
    sqlite3_stmt *each = store_statement(store, STORE_SLOT_SINK_EACH,
                                         "SELECT sink FROM outbox UNION SELECT sink FROM reject"
                                         " UNION SELECT name FROM sink ORDER BY 1");
    if (!each)
        return false;
    while ((code = store_step(store, each)) == SQLITE_ROW)
        if (!fn(context, (const char *)sqlite3_column_text(each, 0)))
            break;
    sqlite3_reset(each);
    return code != SQLITE_ERROR;
}

bool store_sink_forget(struct store *store, const char *sink)
{
    sqlite3_stmt *forget =
        store_statement(store, STORE_SLOT_SINK_FORGET,
                        "DELETE FROM sink WHERE name = ?1 AND NOT EXISTS (SELECT 1 FROM outbox"
                        " WHERE sink = ?1) AND NOT EXISTS (SELECT 1 FROM reject WHERE sink = ?1)");
    if (!forget)
        return false;
    store_bind_text(forget, 1, sink);
    return store_run(store, forget);
}
