// SPDX-License-Identifier: GPL-3.0-or-later
// Readings and weather into their tables, many at once. They are brought into the order of the
// table, so that what is there already is found by one walk beside them; then what is new is
// written in that order, many rows a statement.
#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "daemon/store_internal.h"

enum {
    KEYS_MAX = 3,
    VALUES_MAX = 2,
    COLUMNS = 4, // of either table
    BLOCK = 64,  // rows of one statement
    // A row further ahead in the table than this is sought, not walked to.
    NEAR = 8,
};

enum writing { WRITE_NOTHING, WRITE_NEW, WRITE_OVER };

struct row {
    int64_t key[KEYS_MAX];
    double value[VALUES_MAX]; // NaN is kept as NULL
    size_t index;             // in the caller's list
    enum writing writing;
};

struct table {
    int n_keys, n_values;
    enum store_slot scan_slot, add_slot, add_block_slot, set_slot;
    const char *scan;      // by key: the rows of that first key, from there on: other keys, values
    const char *add, *set; // by row
    const char *add_block; // by BLOCK rows
};

#define TIMES4(text) text "," text "," text "," text
#define BLOCK_VALUES TIMES4(TIMES4(TIMES4("(?, ?, ?, ?)")))

// Whatever fails, the caller rolls back; OR FAIL spares SQLite from being able to undo a statement.
static const struct table reading_table = {
    .n_keys = 3,
    .n_values = 1,
    .scan_slot = STORE_SLOT_READING_SCAN,
    .add_slot = STORE_SLOT_READING_ADD,
    .add_block_slot = STORE_SLOT_READING_ADD_BLOCK,
    .set_slot = STORE_SLOT_READING_SET,
    .scan = "SELECT time, meter, mw FROM reading WHERE zone = ?1 AND (time, meter) >= (?2, ?3)"
            " ORDER BY time, meter",
    .add = "INSERT OR FAIL INTO reading (zone, time, meter, mw) VALUES (?1, ?2, ?3, ?4)",
    .add_block = "INSERT OR FAIL INTO reading (zone, time, meter, mw) VALUES " BLOCK_VALUES,
    .set = "UPDATE reading SET mw = ?4 WHERE zone = ?1 AND time = ?2 AND meter = ?3",
};
static const struct table weather_table = {
    .n_keys = 2,
    .n_values = 2,
    .scan_slot = STORE_SLOT_WEATHER_SCAN,
    .add_slot = STORE_SLOT_WEATHER_ADD,
    .add_block_slot = STORE_SLOT_WEATHER_ADD_BLOCK,
    .set_slot = STORE_SLOT_WEATHER_SET,
    .scan = "SELECT time, temp_c, humidity_pct FROM weather WHERE station = ?1 AND time >= ?2"
            " ORDER BY time",
    .add = "INSERT OR FAIL INTO weather (station, time, temp_c, humidity_pct)"
           " VALUES (?1, ?2, ?3, ?4)",
    .add_block =
        "INSERT OR FAIL INTO weather (station, time, temp_c, humidity_pct) VALUES " BLOCK_VALUES,
    .set = "UPDATE weather SET temp_c = ?3, humidity_pct = ?4 WHERE station = ?1 AND time = ?2",
};

// A walk through the table, beside the rows to put.
struct scan {
    struct store *store;
    const struct table *table;
    sqlite3_stmt *statement;
    bool begun, at_end;    // of the rows with this first key
    int64_t key[KEYS_MAX]; // where it stands; the first counts at the end too
};

static int compare_keys(const int64_t a[static KEYS_MAX], const int64_t b[static KEYS_MAX])
{
    for (int i = 0; i < KEYS_MAX; i++)
        if (a[i] != b[i])
            return a[i] < b[i] ? -1 : 1;
    return 0;
}

// Those of one key stay in the order in which they came.
static int compare_rows(const void *a, const void *b)
{
    const struct row *x = a, *y = b;
    const int order = compare_keys(x->key, y->key);
    return order ? order : (x->index > y->index) - (x->index < y->index);
}

static void sort_rows(size_t n, struct row rows[])
{
    for (size_t i = 1; i < n; i++)
        if (compare_rows(&rows[i - 1], &rows[i]) > 0) {
            qsort(rows, n, sizeof *rows, compare_rows);
            return;
        }
}

static void bind_keys(sqlite3_stmt *statement, const struct table *table, int first,
                      const struct row *row)
{
    for (int i = 0; i < table->n_keys; i++)
        sqlite3_bind_int64(statement, first + i, row->key[i]);
}

static void bind_row(sqlite3_stmt *statement, const struct table *table, int first,
                     const struct row *row)
{
    bind_keys(statement, table, first, row);
    for (int i = 0; i < table->n_values; i++)
        sqlite3_bind_double(statement, first + table->n_keys + i, row->value[i]);
}

static bool step_scan(struct scan *scan)
{
    const int code = store_step(scan->store, scan->statement);
    scan->at_end = code != SQLITE_ROW;
    for (int i = 1; i < scan->table->n_keys && !scan->at_end; i++)
        scan->key[i] = sqlite3_column_int64(scan->statement, i - 1);
    return code != SQLITE_ERROR;
}

static bool seek_scan(struct scan *scan, const struct row *row)
{
    sqlite3_reset(scan->statement);
    bind_keys(scan->statement, scan->table, 1, row);
    scan->begun = true;
    scan->key[0] = row->key[0];
    return step_scan(scan);
}

// To the row of the table that has this key, or to the one after its place.
static bool bring_scan(struct scan *scan, const struct row *row)
{
    if ((!scan->begun || scan->key[0] != row->key[0]) && !seek_scan(scan, row))
        return false;
    for (int i = 0; !scan->at_end && compare_keys(scan->key, row->key) < 0; i++)
        if (!(i < NEAR ? step_scan(scan) : seek_scan(scan, row)))
            return false;
    return true;
}

static void read_values(const struct scan *scan, double ret[static VALUES_MAX])
{
    for (int i = 0; i < scan->table->n_values; i++) {
        const int column = scan->table->n_keys - 1 + i;
        ret[i] = sqlite3_column_type(scan->statement, column) == SQLITE_NULL
                     ? (double)NAN
                     : sqlite3_column_double(scan->statement, column);
    }
}

static bool equal_values(const double a[static VALUES_MAX], const double b[static VALUES_MAX])
{
    for (int i = 0; i < VALUES_MAX; i++)
        if (a[i] != b[i] && !(isnan(a[i]) && isnan(b[i])))
            return false;
    return true;
}

// What the rows from the first on with the same key are, one after the other; only the last is
// written. Returns how many they are, 0 on failure.
static size_t judge_key(struct scan *scan, size_t n, struct row rows[], enum store_put ret_put[])
{
    double there[VALUES_MAX] = {0};
    if (!bring_scan(scan, rows))
        return 0;
    const bool stored = !scan->at_end && !compare_keys(scan->key, rows->key);
    bool changed = false, any = stored;
    if (stored)
        read_values(scan, there);
    size_t i = 0;
    for (; i < n && !compare_keys(rows[i].key, rows->key); i++) {
        const bool same = any && equal_values(rows[i].value, i ? rows[i - 1].value : there);
        ret_put[rows[i].index] = !any ? STORE_NEW : same ? STORE_SAME : STORE_CHANGED;
        changed = changed || !same;
        any = true;
    }
    rows[i - 1].writing = !stored ? WRITE_NEW : changed ? WRITE_OVER : WRITE_NOTHING;
    return i;
}

static bool judge_rows(struct store *store, const struct table *table, size_t n, struct row rows[],
                       enum store_put ret_put[])
{
    struct scan scan = {.store = store,
                        .table = table,
                        .statement = store_statement(store, table->scan_slot, table->scan)};
    size_t done = 0, step = 1;
    for (; scan.statement && done < n && step; done += step)
        step = judge_key(&scan, n - done, rows + done, ret_put);
    // Nothing may be written to a table while it is walked through.
    if (scan.statement)
        sqlite3_reset(scan.statement);
    return done == n;
}

static bool run_row(struct store *store, const struct table *table, enum store_slot slot,
                    const char *sql, const struct row *row)
{
    sqlite3_stmt *statement = store_statement(store, slot, sql);
    if (!statement)
        return false;
    bind_row(statement, table, 1, row);
    return store_run(store, statement);
}

static bool add_block(struct store *store, const struct table *table, const struct row *block[])
{
    sqlite3_stmt *statement = store_statement(store, table->add_block_slot, table->add_block);
    if (!statement)
        return false;
    for (int i = 0; i < BLOCK; i++)
        bind_row(statement, table, COLUMNS * i + 1, block[i]);
    return store_run(store, statement);
}

static bool write_rows(struct store *store, const struct table *table, size_t n,
                       const struct row rows[])
{
    const struct row *block[BLOCK];
    size_t waiting = 0;
    bool fine = true;
    for (size_t i = 0; fine && i < n; i++) {
        if (rows[i].writing == WRITE_OVER)
            fine = run_row(store, table, table->set_slot, table->set, &rows[i]);
        else if (rows[i].writing == WRITE_NEW)
            block[waiting++] = &rows[i];
        if (waiting == BLOCK) {
            fine = fine && add_block(store, table, block);
            waiting = 0;
        }
    }
    for (size_t i = 0; fine && i < waiting; i++)
        fine = run_row(store, table, table->add_slot, table->add, block[i]);
    return fine;
}

static bool put_rows(struct store *store, const struct table *table, size_t n, struct row rows[],
                     enum store_put ret_put[])
{
    sort_rows(n, rows);
    return judge_rows(store, table, n, rows, ret_put) && write_rows(store, table, n, rows);
}

static struct row *new_rows(struct store *store, size_t n)
{
    struct row *rows = calloc(n, sizeof *rows);
    if (!rows)
        store_note_reason(store, "out of memory");
    return rows;
}

bool store_put_readings(struct store *store, size_t n, const struct store_reading readings[],
                        enum store_put ret_put[])
{
    if (!n)
        return true;
    struct row *rows = store_may_write(store) ? new_rows(store, n) : NULL;
    bool fine = rows;
    for (size_t i = 0; fine && i < n; i++) {
        const struct store_reading *reading = &readings[i];
        assert(isfinite(reading->mw));
        rows[i] = (struct row){.key = {store_name_id(store, reading->zone), reading->instant,
                                       store_name_id(store, reading->meter)},
                               .value = {reading->mw},
                               .index = i};
        fine = rows[i].key[0] >= 0 && rows[i].key[2] >= 0;
    }
    fine = fine && put_rows(store, &reading_table, n, rows, ret_put);
    free(rows);
    return fine;
}

bool store_put_weathers(struct store *store, size_t n, const struct store_weather weathers[],
                        enum store_put ret_put[])
{
    if (!n)
        return true;
    struct row *rows = store_may_write(store) ? new_rows(store, n) : NULL;
    bool fine = rows;
    for (size_t i = 0; fine && i < n; i++) {
        const struct store_weather *weather = &weathers[i];
        assert(isfinite(weather->temp_c) && !isinf(weather->humidity_pct));
        rows[i] = (struct row){.key = {store_name_id(store, weather->station), weather->instant},
                               .value = {weather->temp_c, weather->humidity_pct},
                               .index = i};
        fine = rows[i].key[0] >= 0;
    }
    fine = fine && put_rows(store, &weather_table, n, rows, ret_put);
    free(rows);
    return fine;
}

enum store_put store_put_reading(struct store *store, const char *zone, const char *meter,
                                 int64_t instant, double mw)
{
    const struct store_reading reading = {
        .zone = zone, .meter = meter, .instant = instant, .mw = mw};
    enum store_put put;
    return store_put_readings(store, 1, &reading, &put) ? put : STORE_FAILED;
}

enum store_put store_put_weather(struct store *store, const char *station, int64_t instant,
                                 double temp_c, double humidity_pct)
{
    const struct store_weather weather = {station, instant, temp_c, humidity_pct};
    enum store_put put;
    return store_put_weathers(store, 1, &weather, &put) ? put : STORE_FAILED;
}
