// SPDX-License-Identifier: GPL-3.0-or-later
#include <math.h>
#include <stdlib.h>

#include "daemon/store_internal.h"

enum { FORMAT_WITH_REGISTER = 2 };

static void bind_real(sqlite3_stmt *statement, int index, double value)
{
    if (!isnan(value))
        sqlite3_bind_double(statement, index, value);
}

static void bind_instant(sqlite3_stmt *statement, int index, int64_t instant)
{
    if (instant != INT64_MAX)
        sqlite3_bind_int64(statement, index, instant);
}

// Binds ?1 to ?13: what an entry says.
static void bind_entry(sqlite3_stmt *statement, const struct store_entry *entry)
{
    store_bind_text(statement, 1, entry->zone);
    store_bind_text(statement, 2, entry->kind);
    bind_real(statement, 3, entry->mw);
    bind_real(statement, 4, entry->factor);
    sqlite3_bind_int64(statement, 5, entry->from);
    bind_instant(statement, 6, entry->to);
    sqlite3_bind_int64(statement, 7, entry->ramp_s);
    sqlite3_bind_double(statement, 8, entry->probability);
    store_bind_text(statement, 9, entry->hours);
    store_bind_text(statement, 10, entry->into);
    store_bind_text(statement, 11, entry->author);
    store_bind_text(statement, 12, entry->note);
    bind_instant(statement, 13, entry->expires);
}

// STORE_SAME with the id of an open entry that says the same; STORE_NEW where there is none.
static enum store_put find(struct store *store, const struct store_entry *entry, int64_t *ret_id)
{
    sqlite3_stmt *find = store_statement(
        store, STORE_SLOT_ENTRY_FIND,
        "SELECT id FROM register WHERE zone = ?1 AND kind = ?2 AND mw IS ?3 AND factor IS ?4"
        " AND \"from\" = ?5 AND \"to\" IS ?6 AND ramp = ?7 AND probability = ?8 AND hours = ?9"
        " AND \"into\" = ?10 AND author = ?11 AND note = ?12 AND expires IS ?13"
        " AND ended_at IS NULL ORDER BY id LIMIT 1");
    if (!find)
        return STORE_FAILED;
    bind_entry(find, entry);
    const int code = store_step(store, find);
    if (code == SQLITE_ROW)
        *ret_id = sqlite3_column_int64(find, 0);
    sqlite3_reset(find);
    return code == SQLITE_ROW ? STORE_SAME : code == SQLITE_DONE ? STORE_NEW : STORE_FAILED;
}

enum store_put store_put_entry(struct store *store, const struct store_entry *entry,
                               int64_t *ret_id)
{
    if (!store_may_write(store))
        return STORE_FAILED;
    const enum store_put found = find(store, entry, ret_id);
    if (found != STORE_NEW)
        return found;
    sqlite3_stmt *put = store_statement(
        store, STORE_SLOT_ENTRY_PUT,
        "INSERT INTO register (zone, kind, mw, factor, \"from\", \"to\", ramp, probability, hours,"
        " \"into\", author, note, expires, entered_at)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)");
    if (!put)
        return STORE_FAILED;
    bind_entry(put, entry);
    sqlite3_bind_int64(put, 14, entry->entered_at);
    if (!store_run(store, put))
        return STORE_FAILED;
    *ret_id = sqlite3_last_insert_rowid(store->db);
    return STORE_NEW;
}

// STORE_ENDED where it may be.
static enum store_end look_at_end(struct store *store, int64_t id)
{
    sqlite3_stmt *get = store_statement(store, STORE_SLOT_ENTRY_GET_END,
                                        "SELECT ended_at IS NULL FROM register WHERE id = ?");
    if (!get)
        return STORE_END_FAILED;
    sqlite3_bind_int64(get, 1, id);
    const int code = store_step(store, get);
    const bool open = code == SQLITE_ROW && sqlite3_column_int(get, 0);
    sqlite3_reset(get);
    if (code == SQLITE_ROW)
        return open ? STORE_ENDED : STORE_END_ALREADY;
    return code == SQLITE_DONE ? STORE_END_UNKNOWN : STORE_END_FAILED;
}

enum store_end store_end_entry(struct store *store, int64_t id, int64_t ended_at, const char *by,
                               int64_t now)
{
    if (!store_may_write(store))
        return STORE_END_FAILED;
    const enum store_end possible = look_at_end(store, id);
    if (possible != STORE_ENDED)
        return possible;
    sqlite3_stmt *end = store_statement(
        store, STORE_SLOT_ENTRY_END,
        "UPDATE register SET ended_at = ?2, ended_by = ?3, end_entered_at = ?4 WHERE id = ?1");
    if (!end)
        return STORE_END_FAILED;
    sqlite3_bind_int64(end, 1, id);
    sqlite3_bind_int64(end, 2, ended_at);
    store_bind_text(end, 3, by);
    sqlite3_bind_int64(end, 4, now);
    return store_run(store, end) ? STORE_ENDED : STORE_END_FAILED;
}

static double column_real(sqlite3_stmt *row, int column)
{
    return sqlite3_column_type(row, column) == SQLITE_NULL ? (double)NAN
                                                           : sqlite3_column_double(row, column);
}

static int64_t column_instant(sqlite3_stmt *row, int column)
{
    return sqlite3_column_type(row, column) == SQLITE_NULL ? INT64_MAX
                                                           : sqlite3_column_int64(row, column);
}

static const char *column_text(sqlite3_stmt *row, int column)
{
    const char *text = (const char *)sqlite3_column_text(row, column);
    return text ? text : "";
}

static struct store_entry row_entry(sqlite3_stmt *row)
{
    return (struct store_entry){
        .id = sqlite3_column_int64(row, 0),
        .zone = column_text(row, 1),
        .kind = column_text(row, 2),
        .mw = column_real(row, 3),
        .factor = column_real(row, 4),
        .from = sqlite3_column_int64(row, 5),
        .to = column_instant(row, 6),
        .ramp_s = sqlite3_column_int64(row, 7),
        .probability = sqlite3_column_double(row, 8),
        .hours = column_text(row, 9),
        .into = column_text(row, 10),
        .author = column_text(row, 11),
        .note = column_text(row, 12),
        .expires = column_instant(row, 13),
        .entered_at = sqlite3_column_int64(row, 14),
        .ended_at = column_instant(row, 15),
        .ended_by = column_text(row, 16),
        .end_entered_at = column_instant(row, 17),
    };
}

bool store_each_entry(struct store *store, store_entry_fn *fn, void *context)
{
    if (store->format < FORMAT_WITH_REGISTER)
        return true;
    sqlite3_stmt *row = store_statement(
        store, STORE_SLOT_ENTRY_EACH,
        "SELECT id, zone, kind, mw, factor, \"from\", \"to\", ramp, probability, hours, \"into\","
        " author, note, expires, entered_at, ended_at, ended_by, end_entered_at FROM register"
        " ORDER BY id");
    int code = SQLITE_ERROR;
    while (row && (code = store_step(store, row)) == SQLITE_ROW) {
        const struct store_entry entry = row_entry(row);
        if (!fn(context, &entry))
            break;
    }
    sqlite3_reset(row);
    return code != SQLITE_ERROR;
}

static bool changes_anything(size_t n, const double mw[])
{
    for (size_t i = 0; i < n; i++)
        if (mw[i] != 0)
            return true;
    return false;
}

static bool put_effect(struct store *store, int64_t zone_id, const struct forecast *forecast,
                       size_t effect)
{
    sqlite3_stmt *put =
        store_statement(store, STORE_SLOT_EFFECT_PUT,
                        "INSERT INTO effect (zone, issue, entry, mw) VALUES (?, ?, ?, ?)");
    if (!put)
        return false;
    sqlite3_bind_int64(put, 1, zone_id);
    sqlite3_bind_int64(put, 2, forecast->issue);
    // The keys' highest bit is the sign here.
    sqlite3_bind_int64(put, 3, (int64_t)forecast->effect_id[effect]);
    if (!store_bind_numbers(put, 4, forecast->n, forecast->effect + effect * forecast->n))
        return store_note_reason(store, "out of memory");
    const bool done = store_run(store, put);
    sqlite3_clear_bindings(put);
    return done;
}

bool store_put_effects(struct store *store, int64_t zone_id, const struct forecast *forecast)
{
    sqlite3_stmt *delete = store_statement(store, STORE_SLOT_EFFECT_DELETE,
                                           "DELETE FROM effect WHERE zone = ? AND issue = ?");
    if (!delete)
        return false;
    sqlite3_bind_int64(delete, 1, zone_id);
    sqlite3_bind_int64(delete, 2, forecast->issue);
    bool done = store_run(store, delete);
    for (size_t e = 0; done && e < forecast->n_effects; e++)
        if (changes_anything(forecast->n, forecast->effect + e * forecast->n))
            done = put_effect(store, zone_id, forecast, e);
    return done;
}

bool store_thin_effects(struct store *store, int64_t before)
{
    sqlite3_stmt *thin =
        store_statement(store, STORE_SLOT_EFFECT_THIN,
                        "DELETE FROM effect WHERE issue < ? AND NOT EXISTS (SELECT 1 FROM forecast"
                        " f WHERE f.zone = effect.zone AND f.issue = effect.issue)");
    if (!thin)
        return false;
    sqlite3_bind_int64(thin, 1, before);
    return store_run(store, thin);
}

// Takes one effect more into the forecast.
static bool add_effect(struct store *store, sqlite3_stmt *row, struct forecast *forecast)
{
    const size_t n = forecast->n_effects;
    uint64_t *ids = reallocarray(forecast->effect_id, n + 1, sizeof *ids);
    forecast->effect_id = ids ? ids : forecast->effect_id;
    double *mw = reallocarray(forecast->effect, (n + 1) * forecast->n + 1, sizeof *mw);
    forecast->effect = mw ? mw : forecast->effect;
    if (!ids || !mw)
        return store_note_reason(store, "out of memory");
    if (!store_column_numbers(row, 1, forecast->n, mw + n * forecast->n))
        return store_note_reason(store, "an effect in it is damaged");
    ids[n] = (uint64_t)sqlite3_column_int64(row, 0);
    forecast->n_effects++;
    return true;
}

bool store_get_effects(struct store *store, const char *zone, struct forecast *forecast)
{
    if (!forecast_make_effects(forecast, 0))
        return store_note_reason(store, "out of memory");
    if (store->format < FORMAT_WITH_REGISTER)
        return true;
    sqlite3_stmt *row = store_statement(
        store, STORE_SLOT_EFFECT_OF_FORECAST,
        "SELECT entry, mw FROM effect WHERE zone = (SELECT id FROM name WHERE text = ?1)"
        " AND issue = ?2 ORDER BY entry");
    if (!row)
        return false;
    store_bind_text(row, 1, zone);
    sqlite3_bind_int64(row, 2, forecast->issue);
    int code;
    bool good = true;
    while (good && (code = store_step(store, row)) != SQLITE_DONE)
        good = code == SQLITE_ROW && add_effect(store, row, forecast);
    sqlite3_reset(row);
    return good;
}

// Gives one row's numbers to the caller. False where the walk is over; *ret_good says why.
static bool give_effect(struct store *store, sqlite3_stmt *row, store_effect_fn *fn, void *context,
                        bool *ret_good)
{
    const size_t n = (size_t)sqlite3_column_bytes(row, 1) / sizeof(double);
    double *mw = malloc((n + 1) * sizeof *mw);
    *ret_good = mw && store_column_numbers(row, 1, n, mw);
    if (!*ret_good)
        store_note_reason(store, mw ? "an effect in it is damaged" : "out of memory");
    const bool more = *ret_good && fn(context, sqlite3_column_int64(row, 0), n, mw);
    free(mw);
    return more;
}

bool store_each_effect(struct store *store, const char *zone, uint64_t entry, store_effect_fn *fn,
                       void *context)
{
    if (store->format < FORMAT_WITH_REGISTER)
        return true;
    sqlite3_stmt *row = store_statement(
        store, STORE_SLOT_EFFECT_OF_ENTRY,
        "SELECT issue, mw FROM effect WHERE zone = (SELECT id FROM name WHERE text = ?1)"
        " AND entry = ?2 ORDER BY issue");
    if (!row)
        return false;
    store_bind_text(row, 1, zone);
    sqlite3_bind_int64(row, 2, (int64_t)entry);
    int code;
    bool good = true, more = true;
    while (more && good && (code = store_step(store, row)) != SQLITE_DONE) {
        good = code == SQLITE_ROW;
        if (good)
            more = give_effect(store, row, fn, context, &good);
    }
    sqlite3_reset(row);
    return good;
}
