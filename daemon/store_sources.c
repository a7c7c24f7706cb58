// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store_internal.h"

bool store_put_source(struct store *store, const struct store_source *source)
{
    if (!store_begin(store))
        return false;
    sqlite3_stmt *put = store_statement(
        store, STORE_SLOT_SOURCE_PUT,
        "INSERT OR REPLACE INTO source (name, good, trouble, trouble_since, position)"
        " VALUES (?1, ?2, ?3, ?4, ?5)");
    if (put) {
        store_bind_text(put, 1, source->name);
        sqlite3_bind_int64(put, 2, source->good);
        store_bind_text(put, 3, source->trouble);
        sqlite3_bind_int64(put, 4, source->trouble_since);
        sqlite3_bind_int64(put, 5, source->position);
    }
    if (put && store_run(store, put) && store_commit(store))
        return true;
    store_rollback(store);
    return false;
}

bool store_each_source(struct store *store, store_source_fn *fn, void *context)
{
    int code;
    bool have;
    const bool fine = store_has_table(store, "source", &have);
    if (!have)
        return fine;
    sqlite3_stmt *each = store_statement(
        store, STORE_SLOT_SOURCE_EACH,
        "SELECT name, good, trouble, trouble_since, position FROM source ORDER BY name");
    if (!each)
        return false;
    while ((code = store_step(store, each)) == SQLITE_ROW) {
        const struct store_source source = {
            .name = (const char *)sqlite3_column_text(each, 0),
            .good = sqlite3_column_int64(each, 1),
            .trouble = (const char *)sqlite3_column_text(each, 2),
            .trouble_since = sqlite3_column_int64(each, 3),
            .position = sqlite3_column_int64(each, 4),
        };
        if (!fn(context, &source))
            break;
    }
    sqlite3_reset(each);
    return code != SQLITE_ERROR;
}
