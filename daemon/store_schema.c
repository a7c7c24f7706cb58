// SPDX-License-Identifier: GPL-3.0-or-later
#include <stdio.h>

#include "daemon/store_internal.h"

// "phut" as a big-endian number: what file(1) and `PRAGMA application_id` show of a store.
enum { APPLICATION_ID = 0x70687574, SCHEMA_VERSION = 3 };

static const char tables[] =
    "CREATE TABLE name (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE) STRICT;"
    "CREATE TABLE reading (zone INTEGER NOT NULL, time INTEGER NOT NULL, meter INTEGER NOT NULL,"
    "  mw REAL NOT NULL, PRIMARY KEY (zone, time, meter)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE weather (station INTEGER NOT NULL, time INTEGER NOT NULL,"
    "  temp_c REAL NOT NULL, humidity_pct REAL, PRIMARY KEY (station, time))"
    "  STRICT, WITHOUT ROWID;"
    "CREATE TABLE forecast (id INTEGER PRIMARY KEY, zone INTEGER NOT NULL,"
    "  issue INTEGER NOT NULL, start INTEGER NOT NULL, step_s INTEGER NOT NULL,"
    "  n INTEGER NOT NULL, model TEXT NOT NULL, levels BLOB NOT NULL, mean BLOB NOT NULL,"
    "  quantile BLOB NOT NULL, UNIQUE (zone, issue)) STRICT;"
    "CREATE TABLE model (zone INTEGER PRIMARY KEY, issue INTEGER NOT NULL, text TEXT NOT NULL)"
    "  STRICT;"
    // An id is never given twice, so that one that was delivered cannot come to mean another batch.
    "CREATE TABLE outbox (id INTEGER PRIMARY KEY AUTOINCREMENT, sink TEXT NOT NULL,"
    "  created INTEGER NOT NULL, attempts INTEGER NOT NULL, bytes INTEGER NOT NULL,"
    "  body BLOB NOT NULL) STRICT;"
    // Holds what the state of a sink is summed from, beside the large rows.
    "CREATE INDEX outbox_of_sink ON outbox (sink, id, created, bytes);"
    "CREATE TABLE reject (id INTEGER PRIMARY KEY, sink TEXT NOT NULL, created INTEGER NOT NULL,"
    "  rejected INTEGER NOT NULL, reason TEXT NOT NULL, bytes INTEGER NOT NULL, body BLOB) STRICT;"
    "CREATE INDEX reject_of_sink ON reject (sink, id);";

// Stores of before have not got it; nothing in it is needed to read them.
static const char later_tables[] =
    "CREATE TABLE IF NOT EXISTS site (key TEXT PRIMARY KEY, value TEXT NOT NULL)"
    "  STRICT, WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS weather_run (id INTEGER PRIMARY KEY, station INTEGER NOT NULL,"
    "  issue INTEGER NOT NULL, UNIQUE (station, issue)) STRICT;"
    "CREATE TABLE IF NOT EXISTS weather_ahead (run INTEGER NOT NULL, time INTEGER NOT NULL,"
    "  temp_c REAL NOT NULL, humidity_pct REAL, PRIMARY KEY (run, time)) STRICT, WITHOUT ROWID;"
    "CREATE TRIGGER IF NOT EXISTS weather_run_gone AFTER DELETE ON weather_run"
    "  BEGIN DELETE FROM weather_ahead WHERE run = old.id; END;"
    "CREATE TABLE IF NOT EXISTS season_peak (issue INTEGER NOT NULL, season TEXT NOT NULL,"
    "  scenario TEXT NOT NULL, zone TEXT NOT NULL, peak BLOB NOT NULL, limit_mw REAL, p_over REAL,"
    "  hour INTEGER NOT NULL, PRIMARY KEY (issue, season, scenario, zone)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS score (zone TEXT NOT NULL, day INTEGER NOT NULL,"
    "  lead INTEGER NOT NULL, model TEXT NOT NULL, mape REAL, nmae REAL, coverage90 REAL,"
    "  pinball REAL, mae REAL, week_mae REAL, PRIMARY KEY (zone, day, lead))"
    "  STRICT, WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS peak (node TEXT NOT NULL, issue INTEGER NOT NULL, growth REAL,"
    "  days BLOB NOT NULL, PRIMARY KEY (node, issue)) STRICT;"
    "CREATE TABLE IF NOT EXISTS source (name TEXT PRIMARY KEY, good INTEGER NOT NULL,"
    "  trouble TEXT NOT NULL, trouble_since INTEGER NOT NULL, position INTEGER NOT NULL)"
    "  STRICT, WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS alert (rule TEXT NOT NULL, subject TEXT NOT NULL,"
    "  level INTEGER NOT NULL, seen INTEGER NOT NULL, rising_watch INTEGER NOT NULL,"
    "  rising_emergency INTEGER NOT NULL, rising_extreme INTEGER NOT NULL,"
    "  falling_watch INTEGER NOT NULL, falling_emergency INTEGER NOT NULL,"
    "  falling_extreme INTEGER NOT NULL,"
    "  since INTEGER NOT NULL, changed INTEGER NOT NULL, looked INTEGER NOT NULL,"
    "  flips INTEGER NOT NULL, flapping INTEGER NOT NULL, told INTEGER NOT NULL,"
    "  told_at INTEGER NOT NULL, acked INTEGER NOT NULL, acked_until INTEGER NOT NULL,"
    "  day INTEGER NOT NULL, quiet INTEGER NOT NULL, ended INTEGER NOT NULL,"
    "  ended_at INTEGER NOT NULL, value REAL, level_limit REAL, grouped TEXT NOT NULL,"
    "  title_vi TEXT NOT NULL, text_vi TEXT NOT NULL, title_en TEXT NOT NULL,"
    "  text_en TEXT NOT NULL, ack_by TEXT NOT NULL, ack_note TEXT NOT NULL,"
    "  PRIMARY KEY (rule, subject)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS alert_event (id INTEGER PRIMARY KEY AUTOINCREMENT,"
    "  time INTEGER NOT NULL, rule TEXT NOT NULL, subject TEXT NOT NULL, what TEXT NOT NULL,"
    "  level INTEGER NOT NULL, value REAL, level_limit REAL, text_vi TEXT NOT NULL,"
    "  text_en TEXT NOT NULL, author TEXT NOT NULL, note TEXT NOT NULL) STRICT;"
    "CREATE TABLE IF NOT EXISTS alert_mute (id INTEGER PRIMARY KEY AUTOINCREMENT,"
    "  rule TEXT NOT NULL, subject TEXT NOT NULL, \"from\" INTEGER NOT NULL,"
    "  until INTEGER NOT NULL, author TEXT NOT NULL, note TEXT NOT NULL) STRICT;"
    "CREATE TABLE IF NOT EXISTS token (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL,"
    "  role TEXT NOT NULL, hash BLOB NOT NULL, created INTEGER NOT NULL,"
    "  last_used INTEGER NOT NULL DEFAULT 0, revoked INTEGER) STRICT;";

// An acknowledged batch has the time of it and the start of the server that did so.
static const char outbox_upgrade[] =
    "ALTER TABLE outbox ADD COLUMN lines INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE outbox ADD COLUMN acked INTEGER;"
    "ALTER TABLE outbox ADD COLUMN server TEXT;"
    "DROP INDEX outbox_of_sink;"
    "CREATE INDEX outbox_of_sink ON outbox (sink, acked, id, created, bytes, lines);"
    "ALTER TABLE reject ADD COLUMN lines INTEGER NOT NULL DEFAULT 1;"
    "CREATE TABLE sink (name TEXT PRIMARY KEY, trouble TEXT NOT NULL DEFAULT '',"
    "  since INTEGER NOT NULL DEFAULT 0, rejected INTEGER NOT NULL DEFAULT 0,"
    "  dropped INTEGER NOT NULL DEFAULT 0, dropped_lines INTEGER NOT NULL DEFAULT 0,"
    "  dropped_bytes INTEGER NOT NULL DEFAULT 0, dropped_from INTEGER NOT NULL DEFAULT 0,"
    "  dropped_to INTEGER NOT NULL DEFAULT 0, dropped_at INTEGER NOT NULL DEFAULT 0)"
    "  STRICT, WITHOUT ROWID;"
    "INSERT INTO sink (name, rejected) SELECT sink, count(*) FROM reject GROUP BY sink;";

// What a file of format k + 1 lacks of the next one; the tables above are those of format 1.
static const char *const upgrades[SCHEMA_VERSION - 1] = {
    "CREATE TABLE register (id INTEGER PRIMARY KEY AUTOINCREMENT, zone TEXT NOT NULL,"
    "  kind TEXT NOT NULL, mw REAL, factor REAL, \"from\" INTEGER NOT NULL, \"to\" INTEGER,"
    "  ramp INTEGER NOT NULL, probability REAL NOT NULL, hours TEXT NOT NULL,"
    "  \"into\" TEXT NOT NULL, author TEXT NOT NULL, note TEXT NOT NULL, expires INTEGER,"
    "  entered_at INTEGER NOT NULL, ended_at INTEGER, ended_by TEXT, end_entered_at INTEGER)"
    "  STRICT;"
    "CREATE TABLE effect (zone INTEGER NOT NULL, issue INTEGER NOT NULL, entry INTEGER NOT NULL,"
    "  mw BLOB NOT NULL, PRIMARY KEY (zone, issue, entry)) STRICT, WITHOUT ROWID;",
    outbox_upgrade,
};

static bool run(struct store *store, const char *sql)
{
    return sqlite3_exec(store->db, sql, NULL, NULL, NULL) == SQLITE_OK || store_note_failure(store);
}

struct identity {
    int64_t application, version, objects;
};

// In one statement, so that all three are of one moment.
static bool read_identity(struct store *store, struct identity *ret)
{
    static const char sql[] = "SELECT application_id, user_version, (SELECT count(*) FROM"
                              " sqlite_schema) FROM pragma_application_id, pragma_user_version";
    sqlite3_stmt *statement = NULL;
    const bool done = sqlite3_prepare_v2(store->db, sql, -1, &statement, NULL) == SQLITE_OK &&
                      sqlite3_step(statement) == SQLITE_ROW;
    if (done)
        *ret = (struct identity){sqlite3_column_int64(statement, 0),
                                 sqlite3_column_int64(statement, 1),
                                 sqlite3_column_int64(statement, 2)};
    else
        store_note_failure(store);
    sqlite3_finalize(statement);
    return done;
}

static bool is_blank(const struct identity *file)
{
    return !file->application && !file->version && !file->objects;
}

static bool refuse_foreign(struct store *store, const struct identity *file)
{
    if (file->application != APPLICATION_ID)
        snprintf(store->error, sizeof store->error,
                 "store '%s': a file of another program, or not yet a store", store->path);
    else if (file->version > SCHEMA_VERSION)
        snprintf(
            store->error, sizeof store->error,
            "store '%s': written by a later version of phutai (format %lld, this one knows %d)",
            store->path, (long long)file->version, SCHEMA_VERSION);
    else
        return true;
    return false;
}

static bool run_upgrades(struct store *store, int64_t version)
{
    char numbers[96];
    snprintf(numbers, sizeof numbers, "PRAGMA application_id = %d; PRAGMA user_version = %d",
             APPLICATION_ID, SCHEMA_VERSION);
    bool done = true;
    for (int64_t k = version - 1; done && k < SCHEMA_VERSION - 1; k++)
        done = run(store, upgrades[k]);
    return done && run(store, numbers);
}

// Makes the tables, or those that a later version brought. Another process may have done so since
// the file was looked at.
static bool create_tables(struct store *store)
{
    struct identity file;
    if (!run(store, "BEGIN IMMEDIATE"))
        return false;
    bool done = read_identity(store, &file);
    if (done && is_blank(&file))
        done = run(store, tables) && run_upgrades(store, 1);
    else if (done)
        done = refuse_foreign(store, &file) && run_upgrades(store, file.version);
    if (done && run(store, "COMMIT"))
        return true;
    // Keeps the words of what failed.
    sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
    return false;
}

static int step_into_wal(struct store *store, bool *ret_wal)
{
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(store->db, "PRAGMA journal_mode = WAL", -1, &statement, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_step(statement);
    if (code == SQLITE_ROW)
        *ret_wal = !sqlite3_stricmp((const char *)sqlite3_column_text(statement, 0), "wal");
    else
        store_note_failure(store);
    sqlite3_finalize(statement);
    return code;
}

static bool enter_wal(struct store *store)
{
    enum { TRIES = 500, PAUSE_MS = 20 };
    bool wal = false;
    int code = step_into_wal(store, &wal);
    // Where two processes make the same file at once, SQLite sees a deadlock in this step and does
    // not wait as it does elsewhere.
    for (int i = 0; (code & 0xff) == SQLITE_BUSY && i < TRIES; i++) {
        sqlite3_sleep(PAUSE_MS);
        code = step_into_wal(store, &wal);
    }
    if (code == SQLITE_ROW && !wal)
        snprintf(store->error, sizeof store->error,
                 "store '%s': this file system cannot hold a write-ahead log", store->path);
    return wal;
}

bool store_settle_schema(struct store *store, enum store_mode mode)
{
    // The log is written back by 4,000 pages, tens of milliseconds, and is cut back to 16 MB after
    // a large import.
    static const char writing[] = "PRAGMA synchronous = FULL; PRAGMA foreign_keys = OFF;"
                                  "PRAGMA cache_size = -8000; PRAGMA journal_size_limit = "
                                  "16777216; PRAGMA wal_autocheckpoint = 4000";
    struct identity file;
    if (!read_identity(store, &file)) {
        if (mode == STORE_READ && (sqlite3_errcode(store->db) & 0xff) == SQLITE_READONLY)
            snprintf(store->error, sizeof store->error,
                     "store '%s': while no daemon runs, only who may write to it can read it",
                     store->path);
        return false;
    }
    store->format = mode == STORE_READ ? file.version : SCHEMA_VERSION;
    if (mode == STORE_READ)
        return refuse_foreign(store, &file) && run(store, "PRAGMA query_only = ON");
    if (!is_blank(&file) && !refuse_foreign(store, &file))
        return false;
    return enter_wal(store) && run(store, writing) &&
           ((!is_blank(&file) && file.version == SCHEMA_VERSION) || create_tables(store)) &&
           run(store, later_tables);
}
