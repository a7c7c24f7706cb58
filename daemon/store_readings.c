// SPDX-License-Identifier: GPL-3.0-or-later
#include <math.h>

#include "daemon/store_internal.h"

double store_column_real(sqlite3_stmt *statement, int column)
{
    if (sqlite3_column_type(statement, column) == SQLITE_NULL)
        return NAN;
    return sqlite3_column_double(statement, column);
}

static bool walk_readings(struct store *store, sqlite3_stmt *statement, store_reading_fn *fn,
                          void *context)
{
    int code;
    while ((code = store_step(store, statement)) == SQLITE_ROW) {
        const struct store_reading reading = {
            .zone = (const char *)sqlite3_column_text(statement, 0),
            .instant = sqlite3_column_int64(statement, 1),
            .meter = (const char *)sqlite3_column_text(statement, 2),
            .mw = sqlite3_column_double(statement, 3),
        };
        if (!fn(context, &reading))
            break;
    }
    sqlite3_reset(statement);
    return code != SQLITE_ERROR;
}

bool store_each_reading(struct store *store, const char *zone, int64_t from, int64_t to,
                        store_reading_fn *fn, void *context)
{
    // CROSS JOIN holds SQLite to this order of the loops, which needs no sorting. Nor are the
    // meters of one interval sorted: that alone would take three times as long as all the rest.
    sqlite3_stmt *statement =
        zone ? store_statement(store, STORE_SLOT_READING_EACH_OF_ZONE,
                               "SELECT z.text, r.time, m.text, r.mw FROM name z"
                               " CROSS JOIN reading r CROSS JOIN name m WHERE r.zone = z.id"
                               " AND m.id = r.meter AND r.time >= ?1 AND r.time < ?2"
                               " AND z.text = ?3 ORDER BY r.time")
             : store_statement(store, STORE_SLOT_READING_EACH,
                               "SELECT z.text, r.time, m.text, r.mw FROM name z"
                               " CROSS JOIN reading r CROSS JOIN name m WHERE r.zone = z.id"
                               " AND m.id = r.meter AND r.time >= ?1 AND r.time < ?2"
                               " ORDER BY z.text, r.time");
    if (!statement)
        return false;
    sqlite3_bind_int64(statement, 1, from);
    sqlite3_bind_int64(statement, 2, to);
    if (zone)
        store_bind_text(statement, 3, zone);
    return walk_readings(store, statement, fn, context);
}

bool store_has_meters(struct store *store, const char *zone, int64_t from, int64_t to,
                      bool *ret_has)
{
    sqlite3_stmt *statement = store_statement(
        store, STORE_SLOT_READING_HAS_METERS,
        "SELECT 1 FROM reading WHERE zone = (SELECT id FROM name WHERE text = ?1) AND time >= ?2"
        " AND time < ?3 AND meter IS NOT (SELECT id FROM name WHERE text = '') LIMIT 1");
    if (!statement)
        return false;
    store_bind_text(statement, 1, zone);
    sqlite3_bind_int64(statement, 2, from);
    sqlite3_bind_int64(statement, 3, to);
    return store_finds(store, statement, ret_has);
}

bool store_each_weather(struct store *store, int64_t from, int64_t to, store_weather_fn *fn,
                        void *context)
{
    sqlite3_stmt *statement = store_statement(
        store, STORE_SLOT_WEATHER_EACH,
        "SELECT s.text, w.time, w.temp_c, w.humidity_pct FROM name s CROSS JOIN weather w"
        " WHERE w.station = s.id AND w.time >= ?1 AND w.time < ?2 ORDER BY s.text, w.time");
    if (!statement)
        return false;
    sqlite3_bind_int64(statement, 1, from);
    sqlite3_bind_int64(statement, 2, to);
    int code;
    while ((code = store_step(store, statement)) == SQLITE_ROW) {
        const struct store_weather weather = {
            .station = (const char *)sqlite3_column_text(statement, 0),
            .instant = sqlite3_column_int64(statement, 1),
            .temp_c = sqlite3_column_double(statement, 2),
            .humidity_pct = store_column_real(statement, 3),
        };
        if (!fn(context, &weather))
            break;
    }
    sqlite3_reset(statement);
    return code != SQLITE_ERROR;
}

bool store_count(struct store *store, int64_t *ret_readings, int64_t *ret_weather)
{
    sqlite3_stmt *statement =
        store_statement(store, STORE_SLOT_COUNT,
                        "SELECT (SELECT count(*) FROM reading), (SELECT count(*) FROM weather)");
    if (!statement)
        return false;
    const bool done = store_step(store, statement) == SQLITE_ROW;
    if (done) {
        *ret_readings = sqlite3_column_int64(statement, 0);
        *ret_weather = sqlite3_column_int64(statement, 1);
    }
    sqlite3_reset(statement);
    return done;
}

bool store_mark_simulated(struct store *store)
{
    sqlite3_stmt *statement =
        store_may_write(store)
            ? store_statement(store, STORE_SLOT_SITE_SET,
                              "INSERT OR IGNORE INTO site (key, value) VALUES ('simulated', 'yes')")
            : NULL;
    return statement && store_run(store, statement);
}

bool store_simulated(struct store *store, bool *ret_simulated)
{
    // A reader may meet a store that no writer of this version has opened.
    const bool fine = store_has_table(store, "site", ret_simulated);
    if (!*ret_simulated)
        return fine;
    return store_finds(
        store,
        store_statement(store, STORE_SLOT_SITE_GET, "SELECT 1 FROM site WHERE key = 'simulated'"),
        ret_simulated);
}
