// SPDX-License-Identifier: GPL-3.0-or-later
#include <assert.h>
#include <math.h>

#include "daemon/store_internal.h"

// A row of weather_ahead, by the statements of STORE_SLOT_WEATHER_AHEAD_*: run and time, then the
// values; NaN is kept as NULL.
struct hour {
    int64_t run, instant;
    double value[2];
};

static void bind_hour(sqlite3_stmt *statement, const struct hour *hour)
{
    sqlite3_bind_int64(statement, 1, hour->run);
    sqlite3_bind_int64(statement, 2, hour->instant);
    for (int i = 0; i < 2; i++)
        sqlite3_bind_double(statement, 3 + i, hour->value[i]);
}

// Compares with the hour that is there already.
static enum store_put compare_hour(struct store *store, const struct hour *hour)
{
    sqlite3_stmt *get = store_statement(store, STORE_SLOT_WEATHER_AHEAD_GET,
                                        "SELECT temp_c, humidity_pct FROM weather_ahead"
                                        " WHERE run = ?1 AND time = ?2");
    if (!get)
        return STORE_FAILED;
    sqlite3_bind_int64(get, 1, hour->run);
    sqlite3_bind_int64(get, 2, hour->instant);
    enum store_put result = store_step(store, get) == SQLITE_ROW ? STORE_SAME : STORE_FAILED;
    for (int i = 0; result == STORE_SAME && i < 2; i++) {
        const double there = store_column_real(get, i), given = hour->value[i];
        if (there != given && !(isnan(there) && isnan(given)))
            result = STORE_CHANGED;
    }
    sqlite3_reset(get);
    return result;
}

// A new hour costs one statement; only one that is there already costs two or three.
static enum store_put put_hour(struct store *store, const struct hour *hour)
{
    sqlite3_stmt *add = store_statement(store, STORE_SLOT_WEATHER_AHEAD_ADD,
                                        "INSERT INTO weather_ahead (run, time, temp_c,"
                                        " humidity_pct) VALUES (?1, ?2, ?3, ?4)"
                                        " ON CONFLICT DO NOTHING");
    sqlite3_stmt *set = store_statement(store, STORE_SLOT_WEATHER_AHEAD_SET,
                                        "UPDATE weather_ahead SET temp_c = ?3, humidity_pct = ?4"
                                        " WHERE run = ?1 AND time = ?2");
    if (!add || !set)
        return STORE_FAILED;
    bind_hour(add, hour);
    if (!store_run(store, add))
        return STORE_FAILED;
    if (sqlite3_changes(store->db))
        return STORE_NEW;
    const enum store_put result = compare_hour(store, hour);
    if (result != STORE_CHANGED)
        return result;
    bind_hour(set, hour);
    return store_run(store, set) ? STORE_CHANGED : STORE_FAILED;
}

// A query of one number; *ret 0 where it gives none.
static bool read_number(struct store *store, sqlite3_stmt *statement, int64_t *ret)
{
    const int code = store_step(store, statement);
    *ret = code == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : 0;
    sqlite3_reset(statement);
    return code != SQLITE_ERROR;
}

bool store_newest_weather(struct store *store, const char *station, int64_t *ret_instant)
{
    sqlite3_stmt *newest = store_statement(
        store, STORE_SLOT_WEATHER_NEWEST,
        "SELECT max(time) FROM weather WHERE station = (SELECT id FROM name WHERE text = ?1)");
    if (!newest)
        return false;
    store_bind_text(newest, 1, station);
    return read_number(store, newest, ret_instant);
}

// The id of a run, made where it is new; -1 on failure.
static int64_t run_id(struct store *store, int64_t station_id, int64_t issue)
{
    sqlite3_stmt *add = store_statement(store, STORE_SLOT_WEATHER_RUN_ADD,
                                        "INSERT INTO weather_run (station, issue) VALUES (?1, ?2)"
                                        " ON CONFLICT DO NOTHING");
    sqlite3_stmt *find =
        store_statement(store, STORE_SLOT_WEATHER_RUN_FIND,
                        "SELECT id FROM weather_run WHERE station = ?1 AND issue = ?2");
    if (station_id < 0 || !add || !find)
        return -1;
    int64_t id = 0;
    sqlite3_bind_int64(find, 1, station_id);
    sqlite3_bind_int64(find, 2, issue);
    if (!read_number(store, find, &id))
        return -1;
    if (id)
        return id;
    sqlite3_bind_int64(add, 1, station_id);
    sqlite3_bind_int64(add, 2, issue);
    return store_run(store, add) ? sqlite3_last_insert_rowid(store->db) : -1;
}

enum store_put store_put_weather_ahead(struct store *store, const struct store_weather_ahead *row)
{
    assert(isfinite(row->temp_c) && !isinf(row->humidity_pct));
    if (!store_may_write(store))
        return STORE_FAILED;
    const int64_t run = run_id(store, store_name_id(store, row->station), row->issue);
    if (run < 0)
        return STORE_FAILED;
    const struct hour hour = {run, row->instant, {row->temp_c, row->humidity_pct}};
    return put_hour(store, &hour);
}

// Rows of station, issue, time, temperature, humidity.
static bool walk_ahead(struct store *store, sqlite3_stmt *statement, store_weather_ahead_fn *fn,
                       void *context)
{
    int code;
    while ((code = store_step(store, statement)) == SQLITE_ROW) {
        const struct store_weather_ahead row = {
            .station = (const char *)sqlite3_column_text(statement, 0),
            .issue = sqlite3_column_int64(statement, 1),
            .instant = sqlite3_column_int64(statement, 2),
            .temp_c = sqlite3_column_double(statement, 3),
            .humidity_pct = store_column_real(statement, 4),
        };
        if (!fn(context, &row))
            break;
    }
    sqlite3_reset(statement);
    return code != SQLITE_ERROR;
}

bool store_newest_weather_run(struct store *store, const char *station, int64_t issue_max,
                              store_weather_ahead_fn *fn, void *context, int64_t *ret_issue)
{
    bool have;
    *ret_issue = 0;
    const bool fine = store_has_table(store, "weather_run", &have);
    if (!have)
        return fine;
    sqlite3_stmt *newest =
        store_statement(store, STORE_SLOT_WEATHER_RUN_NEWEST,
                        "SELECT max(issue) FROM weather_run"
                        " WHERE station = (SELECT id FROM name WHERE text = ?1) AND issue <= ?2");
    sqlite3_stmt *rows =
        store_statement(store, STORE_SLOT_WEATHER_AHEAD_OF_RUN,
                        "SELECT s.text, r.issue, a.time, a.temp_c, a.humidity_pct FROM name s"
                        " CROSS JOIN weather_run r CROSS JOIN weather_ahead a WHERE s.text = ?1"
                        " AND r.station = s.id AND r.issue = ?2 AND a.run = r.id ORDER BY a.time");
    if (!newest || !rows)
        return false;
    store_bind_text(newest, 1, station);
    sqlite3_bind_int64(newest, 2, issue_max);
    if (!read_number(store, newest, ret_issue))
        return false;
    if (!*ret_issue || !fn)
        return true;
    store_bind_text(rows, 1, station);
    sqlite3_bind_int64(rows, 2, *ret_issue);
    return walk_ahead(store, rows, fn, context);
}

bool store_each_weather_ahead(struct store *store, int64_t from, int64_t to,
                              store_weather_ahead_fn *fn, void *context)
{
    bool have;
    const bool fine = store_has_table(store, "weather_run", &have);
    if (!have)
        return fine;
    sqlite3_stmt *each = store_statement(
        store, STORE_SLOT_WEATHER_AHEAD_EACH,
        "SELECT s.text, r.issue, a.time, a.temp_c, a.humidity_pct FROM name s"
        " CROSS JOIN weather_run r CROSS JOIN weather_ahead a WHERE r.station = s.id"
        " AND a.run = r.id AND r.issue >= ?1 AND r.issue < ?2 ORDER BY s.text, r.issue, a.time");
    if (!each)
        return false;
    sqlite3_bind_int64(each, 1, from);
    sqlite3_bind_int64(each, 2, to);
    return walk_ahead(store, each, fn, context);
}

bool store_thin_weather_runs(struct store *store, int64_t before, int32_t offset_s)
{
    if (!store_may_write(store))
        return false;
    // As vintages are thinned, store_forecasts.c; a trigger takes the hours of a run with it.
    sqlite3_stmt *thin = store_statement(
        store, STORE_SLOT_WEATHER_RUN_THIN,
        "DELETE FROM weather_run WHERE issue < ?1 AND EXISTS (SELECT 1 FROM weather_run later"
        " WHERE later.station = weather_run.station AND later.issue > weather_run.issue"
        " AND later.issue < min(?1, ((weather_run.issue + ?2) / 86400 + 1) * 86400 - ?2))");
    if (!thin)
        return false;
    static const int64_t shift = 86400LL * 1000000;
    sqlite3_bind_int64(thin, 1, before);
    sqlite3_bind_int64(thin, 2, offset_s + shift);
    return store_run(store, thin);
}
