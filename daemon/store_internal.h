// SPDX-License-Identifier: GPL-3.0-or-later
// What the files of the store share; nobody else includes it.
//
// Tables (integer times are instants; every blob of numbers is IEEE doubles, little endian):
//
//     name      id, text                    zones, meters and stations, each text once
//     reading   zone, time, meter -> mw     clustered in this order
//     weather   station, time -> temp_c, humidity_pct (NULL where none came)
//     weather_run    id -> station, issue   a forecast of the weather
//     weather_ahead  run, time -> temp_c, humidity_pct (NULL where none came); goes with its run
//     site      key -> value                what holds of the whole: simulated -> yes
//     forecast  zone, issue -> start, step_s, n, model, levels[k], mean[n], quantile[n][k]
//     model     zone -> issue, text
//     peak      node, issue -> growth, days: as floats, little endian (store_peaks.c)
//     source    name -> good, trouble, trouble_since, position
//     outbox    id -> sink, created, attempts, bytes, body, lines, acked, server (acked NULL:
//     waits) reject    id -> sink, created, rejected, reason, bytes, body, lines sink      name ->
//     trouble, since, rejected, dropped and its lines, bytes and times register  id -> zone, kind,
//     mw, factor, from, to, ramp, probability, hours, into, author,
//               note, expires, entered_at, ended_at, ended_by, end_entered_at (NULL: none)
//     score     zone, day, lead -> model, mape, nmae, coverage90, pinball, mae, week_mae
//     effect    zone, issue, entry -> mw[n]: what an entry added to the mean of that forecast
//     alert       rule, subject -> its state and what was told of it (store_alerts.h); value and
//     level_limit NULL where not known
//     alert_event id -> time, rule, subject, what, level, value, level_limit, texts, author, note
//     alert_mute  id -> rule, subject ('': any), from, until, author, note
//     token       id -> name, role, hash (salt, SHA-256), created, last_used, revoked (NULL: not)
#ifndef PHUTAI_DAEMON_STORE_INTERNAL_H
#define PHUTAI_DAEMON_STORE_INTERNAL_H

#include <sqlite3.h>

#include "daemon/store.h"
#include "daemon/store_outbox.h"

// One statement each, prepared when first needed and kept until the store closes.
enum store_slot {
    STORE_SLOT_BEGIN,
    STORE_SLOT_COMMIT,
    STORE_SLOT_ROLLBACK,
    STORE_SLOT_VERSION,
    STORE_SLOT_HAS_TABLE,
    STORE_SLOT_NAME_FIND,
    STORE_SLOT_NAME_ADD,
    STORE_SLOT_READING_SCAN,
    STORE_SLOT_READING_ADD,
    STORE_SLOT_READING_ADD_BLOCK,
    STORE_SLOT_READING_SET,
    STORE_SLOT_READING_EACH,
    STORE_SLOT_READING_EACH_OF_ZONE,
    STORE_SLOT_READING_HAS_METERS,
    STORE_SLOT_WEATHER_SCAN,
    STORE_SLOT_WEATHER_ADD,
    STORE_SLOT_WEATHER_ADD_BLOCK,
    STORE_SLOT_WEATHER_SET,
    STORE_SLOT_WEATHER_EACH,
    STORE_SLOT_WEATHER_NEWEST,
    STORE_SLOT_WEATHER_RUN_ADD,
    STORE_SLOT_WEATHER_RUN_FIND,
    STORE_SLOT_WEATHER_RUN_NEWEST,
    STORE_SLOT_WEATHER_RUN_THIN,
    STORE_SLOT_WEATHER_AHEAD_ADD,
    STORE_SLOT_WEATHER_AHEAD_GET,
    STORE_SLOT_WEATHER_AHEAD_SET,
    STORE_SLOT_WEATHER_AHEAD_OF_RUN,
    STORE_SLOT_WEATHER_AHEAD_EACH,
    STORE_SLOT_COUNT,
    STORE_SLOT_SITE_SET,
    STORE_SLOT_SITE_GET,
    STORE_SLOT_FORECAST_PUT,
    STORE_SLOT_FORECAST_GET,
    STORE_SLOT_FORECAST_EACH,
    STORE_SLOT_FORECAST_EACH_OF_ZONE,
    STORE_SLOT_FORECAST_THIN,
    STORE_SLOT_MODEL_PUT,
    STORE_SLOT_MODEL_GET,
    STORE_SLOT_OUTBOX_PUSH,
    STORE_SLOT_OUTBOX_PEEK,
    STORE_SLOT_OUTBOX_DELETE,
    STORE_SLOT_OUTBOX_FAILED,
    STORE_SLOT_OUTBOX_STATE,
    STORE_SLOT_OUTBOX_END,
    STORE_SLOT_OUTBOX_AGAIN,
    STORE_SLOT_OUTBOX_GONE,
    STORE_SLOT_OUTBOX_ACKED,
    STORE_SLOT_OUTBOX_HELD,
    STORE_SLOT_OUTBOX_SURPLUS,
    STORE_SLOT_OUTBOX_SUM,
    STORE_SLOT_OUTBOX_TRIM,
    STORE_SLOT_OUTBOX_DROP,
    STORE_SLOT_OUTBOX_POKE,
    STORE_SLOT_OUTBOX_ATTEMPTS,
    STORE_SLOT_REJECT_ADD,
    STORE_SLOT_REJECT_SURPLUS,
    STORE_SLOT_REJECT_BARE,
    STORE_SLOT_REJECT_TRIM,
    STORE_SLOT_REJECT_COUNT,
    STORE_SLOT_REJECT_EACH,
    STORE_SLOT_REJECT_RETRY,
    STORE_SLOT_REJECT_DELETE,
    STORE_SLOT_SINK_TROUBLE,
    STORE_SLOT_SINK_GET,
    STORE_SLOT_SINK_EACH,
    STORE_SLOT_SINK_FORGET,
    STORE_SLOT_SINK_DROPPED,
    STORE_SLOT_SINK_REJECTED,
    STORE_SLOT_ENTRY_FIND,
    STORE_SLOT_ENTRY_PUT,
    STORE_SLOT_ENTRY_GET_END,
    STORE_SLOT_ENTRY_END,
    STORE_SLOT_ENTRY_EACH,
    STORE_SLOT_EFFECT_PUT,
    STORE_SLOT_EFFECT_DELETE,
    STORE_SLOT_EFFECT_THIN,
    STORE_SLOT_EFFECT_OF_FORECAST,
    STORE_SLOT_EFFECT_OF_ENTRY,
    STORE_SLOT_SEASON_PUT,
    STORE_SLOT_SEASON_EACH,
    STORE_SLOT_SEASON_NEWEST,
    STORE_SLOT_SCORE_PUT,
    STORE_SLOT_SCORE_EACH,
    STORE_SLOT_SCORE_EACH_OF_ZONE,
    STORE_SLOT_PEAK_PUT,
    STORE_SLOT_PEAK_GET,
    STORE_SLOT_PEAK_EACH,
    STORE_SLOT_PEAK_EACH_OF_NODE,
    STORE_SLOT_PEAK_THIN,
    STORE_SLOT_SOURCE_PUT,
    STORE_SLOT_SOURCE_EACH,
    STORE_SLOT_ALERT_PUT,
    STORE_SLOT_ALERT_DELETE,
    STORE_SLOT_ALERT_EACH,
    STORE_SLOT_ALERT_EVENT_PUT,
    STORE_SLOT_ALERT_EVENT_EACH,
    STORE_SLOT_MUTE_PUT,
    STORE_SLOT_MUTE_END,
    STORE_SLOT_MUTE_EACH,
    STORE_SLOT_TOKEN_LIVING,
    STORE_SLOT_TOKEN_PUT,
    STORE_SLOT_TOKEN_END,
    STORE_SLOT_TOKEN_TOUCH,
    STORE_SLOT_TOKEN_EACH,
    STORE_SLOTS
};

// A lock that another process holds is waited for so long.
enum { STORE_BUSY_MS = 10000 };

struct store_name {
    char *text;
    int64_t id;
};

struct store {
    sqlite3 *db;
    char *path;
    bool in_transaction;
    int64_t format; // of the file: what is read of an older one may lack tables
    sqlite3_stmt *statement[STORE_SLOTS];
    // Names met so far, ordered by text; forgotten with a transaction that may have made some.
    size_t n_names, names_size, last_name;
    struct store_name *names;
    char error[512];
};

// Notes SQLite's words for what just failed. Always false.
bool store_note_failure(struct store *store);

// The statement of `sql`, which is the same text at every call with that slot, with no values
// bound. NULL on failure.
sqlite3_stmt *store_statement(struct store *store, enum store_slot slot, const char *sql);

// SQLITE_ROW, SQLITE_DONE, or SQLITE_ERROR once the failure is noted.
int store_step(struct store *store, sqlite3_stmt *statement);

// Steps a statement that gives no rows, and resets it.
[[nodiscard]] bool store_run(struct store *store, sqlite3_stmt *statement);

// Whether a statement, which may be NULL for a failure, gives a row; resets it. False on failure,
// *ret false.
[[nodiscard]] bool store_finds(struct store *store, sqlite3_stmt *statement, bool *ret);

// Whether the file has that table: one that only older versions have written may lack it. False on
// failure, *ret false.
[[nodiscard]] bool store_has_table(struct store *store, const char *name, bool *ret);

// False where the transaction that the caller began is gone: SQLite ends it by itself after some
// failures, and what came then would be committed piece by piece.
[[nodiscard]] bool store_may_write(struct store *store);

double store_column_real(sqlite3_stmt *statement, int column); // NaN for NULL

// The id of a name, making it where it is new; -1 on failure. O(log n) in the names met, O(1) for
// the same name again.
int64_t store_name_id(struct store *store, const char *text);
void store_forget_names(struct store *store);

// Adds rejects of a batch of a sink, inside a transaction, and gives up the oldest, and the bodies
// of those that are less old.
[[nodiscard]] bool store_rejects_add(struct store *store, const char *sink, int64_t created,
                                     const struct store_outbox_end *end);

// Makes the tables in an empty file and refuses what is not a store of this version.
[[nodiscard]] bool store_settle_schema(struct store *store, enum store_mode mode);

void store_bind_text(sqlite3_stmt *statement, int index, const char *text);

// Numbers as a blob. Binding is false without memory; reading where the blob does not hold exactly
// `n` numbers.
bool store_bind_numbers(sqlite3_stmt *statement, int index, size_t n, const double numbers[]);
bool store_column_numbers(sqlite3_stmt *statement, int column, size_t n, double ret[]);

// Notes a failure that is not SQLite's. Always false.
bool store_note_reason(struct store *store, const char *reason);

// The effects of a forecast: in place of those of the same zone and issue.
[[nodiscard]] bool store_put_effects(struct store *store, int64_t zone_id,
                                     const struct forecast *forecast);
// Drops the effects of forecasts that are no longer there, issued before `before`.
[[nodiscard]] bool store_thin_effects(struct store *store, int64_t before);

#endif
