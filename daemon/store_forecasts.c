// SPDX-License-Identifier: GPL-3.0-or-later
#include <assert.h>
#include <endian.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/store_internal.h"

bool store_bind_numbers(sqlite3_stmt *statement, int index, size_t n, const double numbers[])
{
    uint64_t *bits = malloc(n ? n * sizeof *bits : 1);
    if (!bits)
        return false;
    for (size_t i = 0; i < n; i++) {
        memcpy(&bits[i], &numbers[i], sizeof bits[i]);
        bits[i] = htole64(bits[i]);
    }
    return sqlite3_bind_blob64(statement, index, bits, n * sizeof *bits, free) == SQLITE_OK;
}

bool store_column_numbers(sqlite3_stmt *statement, int column, size_t n, double ret[])
{
    const void *blob = sqlite3_column_blob(statement, column);
    const size_t length = (size_t)sqlite3_column_bytes(statement, column);
    if (length != n * sizeof *ret || (n && !blob))
        return false;
    if (n)
        memcpy(ret, blob, length);
    for (size_t i = 0; i < n; i++) {
        uint64_t bits;
        memcpy(&bits, &ret[i], sizeof bits);
        bits = le64toh(bits);
        memcpy(&ret[i], &bits, sizeof bits);
    }
    return true;
}

bool store_note_reason(struct store *store, const char *reason)
{
    snprintf(store->error, sizeof store->error, "store '%s': %s", store->path, reason);
    return false;
}

bool store_put_forecast(struct store *store, const char *zone, const struct forecast *forecast)
{
    if (!store_may_write(store))
        return false;
    const int64_t id = store_name_id(store, zone);
    if (id < 0)
        return false;
    sqlite3_stmt *put = store_statement(
        store, STORE_SLOT_FORECAST_PUT,
        "INSERT INTO forecast (zone, issue, start, step_s, n, model, levels, mean, quantile)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET"
        " start = excluded.start, step_s = excluded.step_s, n = excluded.n,"
        " model = excluded.model, levels = excluded.levels, mean = excluded.mean,"
        " quantile = excluded.quantile");
    if (!put)
        return false;
    sqlite3_bind_int64(put, 1, id);
    sqlite3_bind_int64(put, 2, forecast->issue);
    sqlite3_bind_int64(put, 3, forecast->start);
    sqlite3_bind_int64(put, 4, forecast->step_s);
    sqlite3_bind_int64(put, 5, (int64_t)forecast->n);
    store_bind_text(put, 6, forecast->model);
    const bool bound =
        store_bind_numbers(put, 7, forecast->n_levels, forecast->level) &&
        store_bind_numbers(put, 8, forecast->n, forecast->mean) &&
        store_bind_numbers(put, 9, forecast->n * forecast->n_levels, forecast->quantile);
    const bool done = bound ? store_run(store, put) : store_note_reason(store, "out of memory");
    sqlite3_clear_bindings(put);
    return done && store_put_effects(store, id, forecast);
}

// Columns of a vintage, for the walks and for one: what row_forecast takes apart.
static const char each_sql[] =
    "SELECT z.text, f.issue, f.start, f.step_s, f.n, f.model, f.levels, f.mean, f.quantile"
    " FROM name z CROSS JOIN forecast f WHERE f.zone = z.id AND f.issue >= ?1 AND f.issue < ?2"
    " ORDER BY z.text, f.issue";
static const char each_of_zone_sql[] =
    "SELECT z.text, f.issue, f.start, f.step_s, f.n, f.model, f.levels, f.mean, f.quantile"
    " FROM name z CROSS JOIN forecast f WHERE f.zone = z.id AND f.issue >= ?1 AND f.issue < ?2"
    " AND z.text = ?3 ORDER BY f.issue";
static const char get_sql[] =
    "SELECT z.text, f.issue, f.start, f.step_s, f.n, f.model, f.levels, f.mean, f.quantile"
    " FROM name z CROSS JOIN forecast f WHERE f.zone = z.id AND f.issue <= ?1 AND z.text = ?2"
    " ORDER BY f.issue DESC LIMIT 1";

// Whether the sizes that a row gives can be those of a forecast; blobs are held against them later.
static bool plausible(sqlite3_stmt *row)
{
    const int64_t n = sqlite3_column_int64(row, 4), step_s = sqlite3_column_int64(row, 3);
    const size_t levels = (size_t)sqlite3_column_bytes(row, 6) / sizeof(double);
    return n >= 0 && (size_t)n == (size_t)sqlite3_column_bytes(row, 7) / sizeof(double) &&
           step_s > 0 && step_s <= INT32_MAX && levels <= FORECAST_LEVELS_MAX;
}

static bool row_forecast(struct store *store, sqlite3_stmt *row, struct forecast *ret)
{
    double levels[FORECAST_LEVELS_MAX];
    const size_t n_levels = (size_t)sqlite3_column_bytes(row, 6) / sizeof *levels;
    if (!plausible(row) || !store_column_numbers(row, 6, n_levels, levels))
        return store_note_reason(store, "a forecast in it is damaged");
    if (!forecast_init(ret, sqlite3_column_int64(row, 2), (int32_t)sqlite3_column_int64(row, 3),
                       (size_t)sqlite3_column_int64(row, 4), n_levels, levels))
        return store_note_reason(store, "out of memory");
    ret->issue = sqlite3_column_int64(row, 1);
    snprintf(ret->model, sizeof ret->model, "%s", (const char *)sqlite3_column_text(row, 5));
    if (store_column_numbers(row, 7, ret->n, ret->mean) &&
        store_column_numbers(row, 8, ret->n * n_levels, ret->quantile))
        return true;
    forecast_done(ret);
    return store_note_reason(store, "a forecast in it is damaged");
}

bool store_get_forecast(struct store *store, const char *zone, int64_t issue_max,
                        struct forecast *ret, bool *ret_found)
{
    sqlite3_stmt *get = store_statement(store, STORE_SLOT_FORECAST_GET, get_sql);
    if (!get)
        return false;
    sqlite3_bind_int64(get, 1, issue_max);
    store_bind_text(get, 2, zone);
    struct forecast found;
    const int code = store_step(store, get);
    const bool done =
        code == SQLITE_DONE || (code == SQLITE_ROW && row_forecast(store, get, &found));
    if (done)
        *ret_found = code == SQLITE_ROW;
    if (done && *ret_found)
        *ret = found;
    sqlite3_reset(get);
    return done;
}

bool store_each_forecast(struct store *store, const char *zone, int64_t from, int64_t to,
                         store_forecast_fn *fn, void *context)
{
    sqlite3_stmt *row =
        zone ? store_statement(store, STORE_SLOT_FORECAST_EACH_OF_ZONE, each_of_zone_sql)
             : store_statement(store, STORE_SLOT_FORECAST_EACH, each_sql);
    if (!row)
        return false;
    sqlite3_bind_int64(row, 1, from);
    sqlite3_bind_int64(row, 2, to);
    if (zone)
        store_bind_text(row, 3, zone);
    int code;
    bool more = true, good = true;
    while (more && good && (code = store_step(store, row)) != SQLITE_DONE) {
        struct forecast forecast;
        good = code == SQLITE_ROW && row_forecast(store, row, &forecast);
        if (!good)
            break;
        more = fn(context, (const char *)sqlite3_column_text(row, 0), &forecast);
        forecast_done(&forecast);
    }
    sqlite3_reset(row);
    return good;
}

bool store_thin_forecasts(struct store *store, int64_t before, int32_t offset_s)
{
    if (!store_may_write(store))
        return false;
    // One goes where a later one of the same zone, day and side of `before` is there. Issue times
    // are moved into the positive by whole days, because SQLite divides toward zero.
    sqlite3_stmt *thin = store_statement(
        store, STORE_SLOT_FORECAST_THIN,
        "DELETE FROM forecast WHERE issue < ?1 AND EXISTS (SELECT 1 FROM forecast later"
        " WHERE later.zone = forecast.zone AND later.issue > forecast.issue AND later.issue <"
        " min(?1, ((forecast.issue + ?2) / 86400 + 1) * 86400 - ?2))");
    if (!thin)
        return false;
    static const int64_t shift = 86400LL * 1000000;
    sqlite3_bind_int64(thin, 1, before);
    sqlite3_bind_int64(thin, 2, offset_s + shift);
    return store_run(store, thin) && store_thin_effects(store, before);
}

bool store_put_model(struct store *store, const char *zone, int64_t issue, const char *text)
{
    if (!store_may_write(store))
        return false;
    const int64_t id = store_name_id(store, zone);
    sqlite3_stmt *put =
        store_statement(store, STORE_SLOT_MODEL_PUT,
                        "INSERT INTO model (zone, issue, text) VALUES (?, ?, ?)"
                        " ON CONFLICT DO UPDATE SET issue = excluded.issue, text = excluded.text");
    if (id < 0 || !put)
        return false;
    sqlite3_bind_int64(put, 1, id);
    sqlite3_bind_int64(put, 2, issue);
    store_bind_text(put, 3, text);
    return store_run(store, put);
}

char *store_get_model(struct store *store, const char *zone, int64_t *ret_issue)
{
    sqlite3_stmt *get = store_statement(store, STORE_SLOT_MODEL_GET,
                                        "SELECT issue, text FROM model"
                                        " WHERE zone = (SELECT id FROM name WHERE text = ?)");
    if (!get)
        return NULL;
    store_bind_text(get, 1, zone);
    char *text = NULL;
    if (store_step(store, get) == SQLITE_ROW) {
        text = strdup((const char *)sqlite3_column_text(get, 1));
        *ret_issue = sqlite3_column_int64(get, 0);
    }
    sqlite3_reset(get);
    return text;
}
