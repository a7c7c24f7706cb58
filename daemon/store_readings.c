// SPDX-License-Identifier: GPL-3.0-or-later
#include <assert.h>
#include <math.h>

#include "daemon/store_internal.h"

// One row to put. The statements of its table take the key first, then the values; `get` takes the
// key alone and gives the values.
struct put {
    sqlite3_stmt *add, *get, *set;
    int n_keys, n_values;
    int64_t key[3];
    double value[2]; // NaN is kept as NULL
};

static void bind_key(sqlite3_stmt *statement, const struct put *put)
{
    for (int i = 0; i < put->n_keys; i++)
        sqlite3_bind_int64(statement, i + 1, put->key[i]);
}

static void bind_row(sqlite3_stmt *statement, const struct put *put)
{
    bind_key(statement, put);
    for (int i = 0; i < put->n_values; i++)
        sqlite3_bind_double(statement, put->n_keys + i + 1, put->value[i]);
}

static double column_value(sqlite3_stmt *statement, int column)
{
    if (sqlite3_column_type(statement, column) == SQLITE_NULL)
        return NAN;
    return sqlite3_column_double(statement, column);
}

// Compares with the row that is there already.
static enum store_put compare_row(struct store *store, const struct put *put)
{
    bind_key(put->get, put);
    enum store_put result = store_step(store, put->get) == SQLITE_ROW ? STORE_SAME : STORE_FAILED;
    for (int i = 0; result == STORE_SAME && i < put->n_values; i++) {
        const double there = column_value(put->get, i), given = put->value[i];
        if (there != given && !(isnan(there) && isnan(given)))
            result = STORE_CHANGED;
    }
    sqlite3_reset(put->get);
    return result;
}

// A new row costs one statement; only a key that is there already costs two or three.
static enum store_put put_row(struct store *store, const struct put *put)
{
    if (!put->add || !put->get || !put->set)
        return STORE_FAILED;
    bind_row(put->add, put);
    if (!store_run(store, put->add))
        return STORE_FAILED;
    if (sqlite3_changes(store->db))
        return STORE_NEW;
    const enum store_put result = compare_row(store, put);
    if (result != STORE_CHANGED)
        return result;
    bind_row(put->set, put);
    return store_run(store, put->set) ? STORE_CHANGED : STORE_FAILED;
}

enum store_put store_put_reading(struct store *store, const char *zone, const char *meter,
                                 int64_t instant, double mw)
{
    assert(isfinite(mw));
    if (!store_may_write(store))
        return STORE_FAILED;
    const int64_t zone_id = store_name_id(store, zone), meter_id = store_name_id(store, meter);
    if (zone_id < 0 || meter_id < 0)
        return STORE_FAILED;
    const struct put put = {
        .add = store_statement(store, STORE_SLOT_READING_ADD,
                               "INSERT INTO reading (zone, time, meter, mw)"
                               " VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING"),
        .get = store_statement(store, STORE_SLOT_READING_GET,
                               "SELECT mw FROM reading"
                               " WHERE zone = ?1 AND time = ?2 AND meter = ?3"),
        .set = store_statement(store, STORE_SLOT_READING_SET,
                               "UPDATE reading SET mw = ?4"
                               " WHERE zone = ?1 AND time = ?2 AND meter = ?3"),
        .n_keys = 3,
        .n_values = 1,
        .key = {zone_id, instant, meter_id},
        .value = {mw},
    };
    return put_row(store, &put);
}

enum store_put store_put_weather(struct store *store, const char *station, int64_t instant,
                                 double temp_c, double humidity_pct)
{
    assert(isfinite(temp_c) && !isinf(humidity_pct));
    if (!store_may_write(store))
        return STORE_FAILED;
    const int64_t station_id = store_name_id(store, station);
    if (station_id < 0)
        return STORE_FAILED;
    const struct put put = {
        .add = store_statement(store, STORE_SLOT_WEATHER_ADD,
                               "INSERT INTO weather (station, time, temp_c, humidity_pct)"
                               " VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING"),
        .get = store_statement(store, STORE_SLOT_WEATHER_GET,
                               "SELECT temp_c, humidity_pct FROM weather"
                               " WHERE station = ?1 AND time = ?2"),
        .set = store_statement(store, STORE_SLOT_WEATHER_SET,
                               "UPDATE weather SET temp_c = ?3, humidity_pct = ?4"
                               " WHERE station = ?1 AND time = ?2"),
        .n_keys = 2,
        .n_values = 2,
        .key = {station_id, instant},
        .value = {temp_c, humidity_pct},
    };
    return put_row(store, &put);
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
            .humidity_pct = column_value(statement, 3),
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

// Whether a query finds a row.
static bool finds(struct store *store, sqlite3_stmt *statement, bool *ret)
{
    const int code = statement ? store_step(store, statement) : SQLITE_ERROR;
    *ret = code == SQLITE_ROW;
    if (statement)
        sqlite3_reset(statement);
    return code != SQLITE_ERROR;
}

bool store_simulated(struct store *store, bool *ret_simulated)
{
    // A reader may meet a store that no writer of this version has opened.
    if (!finds(store,
               store_statement(store, STORE_SLOT_SITE_TABLE,
                               "SELECT 1 FROM sqlite_schema WHERE name = 'site'"),
               ret_simulated))
        return false;
    return !*ret_simulated || finds(store,
                                    store_statement(store, STORE_SLOT_SITE_GET,
                                                    "SELECT 1 FROM site WHERE key = 'simulated'"),
                                    ret_simulated);
}
