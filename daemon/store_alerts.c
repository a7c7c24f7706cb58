// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store_alerts.h"

#include <assert.h>

#include "daemon/store_internal.h"

static void bind_texts(sqlite3_stmt *statement, int first, size_t n, const char *const texts[])
{
    for (size_t i = 0; i < n; i++)
        store_bind_text(statement, first + (int)i, texts[i]);
}

static void bind_integers(sqlite3_stmt *statement, int first, size_t n, const int64_t values[])
{
    for (size_t i = 0; i < n; i++)
        sqlite3_bind_int64(statement, first + (int)i, values[i]);
}

static const char *text_of(sqlite3_stmt *row, int column)
{
    const char *text = (const char *)sqlite3_column_text(row, column);
    return text ? text : "";
}

// False where there is no such level: the file is damaged.
static bool read_level(sqlite3_stmt *row, int column, enum alert_level *ret)
{
    const int64_t level = sqlite3_column_int64(row, column);
    *ret = (enum alert_level)level;
    return level >= ALERT_NONE && level < ALERT_LEVELS;
}

// Ends a walk: whether it went well.
static bool end_walk(struct store *store, sqlite3_stmt *each, int code, bool whole)
{
    sqlite3_reset(each);
    if (!whole)
        return store_note_reason(store, "an alert in it is damaged");
    return code != SQLITE_ERROR;
}

// The columns of the table alert, as they are bound and read.
enum {
    LEVEL = 2,
    SEEN,
    RISING, // three: of all levels but NONE
    FALLING = RISING + ALERT_LEVELS - 1,
    SINCE = FALLING + ALERT_LEVELS - 1,
    CHANGED,
    LOOKED,
    FLIPS,
    FLAPPING,
    TOLD,
    TOLD_AT,
    ACKED,
    ACKED_UNTIL,
    DAY,
    QUIET,
    ENDED,
    ENDED_AT,
    VALUE,
    LIMIT,
    GROUPED,
    TITLE_VI,
    TEXT_VI,
    TITLE_EN,
    TEXT_EN,
    ACK_BY,
    ACK_NOTE,
    ALERT_COLUMNS
};

bool store_put_alert(struct store *store, const struct store_alert *alert)
{
    const struct alert *a = &alert->alert;
    if (!store_may_write(store))
        return false;
    sqlite3_stmt *put = store_statement(
        store, STORE_SLOT_ALERT_PUT,
        "INSERT OR REPLACE INTO alert (rule, subject, level, seen, rising_watch, rising_emergency,"
        " rising_extreme, falling_watch, falling_emergency, falling_extreme, since, changed, "
        "looked, flips, flapping, told, told_at, acked, acked_until,"
        " day, quiet, ended, ended_at, value, level_limit, grouped, title_vi, text_vi, title_en,"
        " text_en, ack_by, ack_note) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,"
        " ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    if (!put)
        return false;
    const int64_t state[] = {a->level,
                             a->seen,
                             a->rising[ALERT_WATCH],
                             a->rising[ALERT_EMERGENCY],
                             a->rising[ALERT_EXTREME],
                             a->falling[ALERT_WATCH],
                             a->falling[ALERT_EMERGENCY],
                             a->falling[ALERT_EXTREME],
                             a->since,
                             a->changed,
                             a->looked,
                             a->flips,
                             a->flapping,
                             a->told,
                             a->told_at,
                             a->acked,
                             a->acked_until,
                             alert->day,
                             alert->quiet,
                             alert->ended,
                             alert->ended_at};
    static_assert(sizeof state / sizeof *state == VALUE - LEVEL);
    const char *const texts[] = {alert->group,   alert->title_vi, alert->text_vi, alert->title_en,
                                 alert->text_en, alert->ack_by,   alert->ack_note};
    static_assert(sizeof texts / sizeof *texts == ALERT_COLUMNS - GROUPED);
    store_bind_text(put, 1, alert->rule);
    store_bind_text(put, 2, alert->subject);
    bind_integers(put, LEVEL + 1, VALUE - LEVEL, state);
    sqlite3_bind_double(put, VALUE + 1, alert->value); // NULL for NaN
    sqlite3_bind_double(put, LIMIT + 1, alert->limit);
    bind_texts(put, GROUPED + 1, ALERT_COLUMNS - GROUPED, texts);
    return store_run(store, put);
}

bool store_delete_alert(struct store *store, const char *rule, const char *subject)
{
    if (!store_may_write(store))
        return false;
    sqlite3_stmt *delete = store_statement(store, STORE_SLOT_ALERT_DELETE,
                                           "DELETE FROM alert WHERE rule = ? AND subject = ?");
    if (!delete)
        return false;
    store_bind_text(delete, 1, rule);
    store_bind_text(delete, 2, subject);
    return store_run(store, delete);
}

static bool read_state(sqlite3_stmt *row, struct alert *ret)
{
    *ret = (struct alert){
        .since = sqlite3_column_int64(row, SINCE),
        .changed = sqlite3_column_int64(row, CHANGED),
        .looked = sqlite3_column_int64(row, LOOKED),
        .flips = (uint32_t)sqlite3_column_int64(row, FLIPS),
        .flapping = sqlite3_column_int64(row, FLAPPING) != 0,
        .told_at = sqlite3_column_int64(row, TOLD_AT),
        .acked_until = sqlite3_column_int64(row, ACKED_UNTIL),
    };
    for (int k = ALERT_WATCH; k < ALERT_LEVELS; k++) {
        ret->rising[k] = sqlite3_column_int64(row, RISING + k - ALERT_WATCH);
        ret->falling[k] = sqlite3_column_int64(row, FALLING + k - ALERT_WATCH);
    }
    return read_level(row, LEVEL, &ret->level) && read_level(row, SEEN, &ret->seen) &&
           read_level(row, TOLD, &ret->told) && read_level(row, ACKED, &ret->acked);
}

static bool read_alert(sqlite3_stmt *row, struct store_alert *ret)
{
    *ret = (struct store_alert){
        .rule = text_of(row, 0),
        .subject = text_of(row, 1),
        .value = store_column_real(row, VALUE),
        .limit = store_column_real(row, LIMIT),
        .group = text_of(row, GROUPED),
        .day = sqlite3_column_int64(row, DAY),
        .title_vi = text_of(row, TITLE_VI),
        .text_vi = text_of(row, TEXT_VI),
        .title_en = text_of(row, TITLE_EN),
        .text_en = text_of(row, TEXT_EN),
        .ack_by = text_of(row, ACK_BY),
        .ack_note = text_of(row, ACK_NOTE),
        .quiet = sqlite3_column_int64(row, QUIET) != 0,
        .ended_at = sqlite3_column_int64(row, ENDED_AT),
    };
    return read_state(row, &ret->alert) && read_level(row, ENDED, &ret->ended);
}

bool store_each_alert(struct store *store, const char *rule, const char *subject,
                      store_alert_fn *fn, void *context)
{
    struct store_alert alert;
    bool have, whole = true;
    int code;
    const bool fine = store_has_table(store, "alert", &have);
    if (!have)
        return fine;
    sqlite3_stmt *each = store_statement(
        store, STORE_SLOT_ALERT_EACH,
        "SELECT rule, subject, level, seen, rising_watch, rising_emergency, rising_extreme,"
        " falling_watch, falling_emergency, falling_extreme, since, changed,"
        " looked, flips, flapping, told, told_at, acked, acked_until, day, quiet, ended, ended_at,"
        " value, level_limit, grouped, title_vi, text_vi, title_en, text_en, ack_by, ack_note"
        " FROM alert WHERE (?1 IS NULL OR rule = ?1) AND (?2 IS NULL OR subject = ?2)"
        " ORDER BY rule, subject");
    if (!each)
        return false;
    store_bind_text(each, 1, rule);
    store_bind_text(each, 2, subject);
    while ((code = store_step(store, each)) == SQLITE_ROW)
        if (!(whole = read_alert(each, &alert)) || !fn(context, &alert))
            break;
    return end_walk(store, each, code, whole);
}

bool store_put_alert_event(struct store *store, const struct store_alert_event *event)
{
    if (!store_may_write(store))
        return false;
    sqlite3_stmt *put = store_statement(
        store, STORE_SLOT_ALERT_EVENT_PUT,
        "INSERT INTO alert_event (time, rule, subject, what, level, value, level_limit, text_vi,"
        " text_en, author, note) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    if (!put)
        return false;
    const char *const before[] = {event->rule, event->subject, event->what};
    const char *const after[] = {event->text_vi, event->text_en, event->by, event->note};
    sqlite3_bind_int64(put, 1, event->time);
    bind_texts(put, 2, 3, before);
    sqlite3_bind_int64(put, 5, event->level);
    sqlite3_bind_double(put, 6, event->value);
    sqlite3_bind_double(put, 7, event->limit);
    bind_texts(put, 8, 4, after);
    return store_run(store, put);
}

static bool read_event(sqlite3_stmt *row, struct store_alert_event *ret)
{
    *ret = (struct store_alert_event){
        .id = sqlite3_column_int64(row, 0),
        .time = sqlite3_column_int64(row, 1),
        .rule = text_of(row, 2),
        .subject = text_of(row, 3),
        .what = text_of(row, 4),
        .value = store_column_real(row, 6),
        .limit = store_column_real(row, 7),
        .text_vi = text_of(row, 8),
        .text_en = text_of(row, 9),
        .by = text_of(row, 10),
        .note = text_of(row, 11),
    };
    return read_level(row, 5, &ret->level);
}

bool store_each_alert_event(struct store *store, int64_t from, int64_t to, store_alert_event_fn *fn,
                            void *context)
{
    struct store_alert_event event;
    bool have, whole = true;
    int code;
    const bool fine = store_has_table(store, "alert_event", &have);
    if (!have)
        return fine;
    sqlite3_stmt *each = store_statement(
        store, STORE_SLOT_ALERT_EVENT_EACH,
        "SELECT id, time, rule, subject, what, level, value, level_limit, text_vi, text_en, author,"
        " note FROM alert_event WHERE time >= ? AND time < ? ORDER BY id");
    if (!each)
        return false;
    sqlite3_bind_int64(each, 1, from);
    sqlite3_bind_int64(each, 2, to);
    while ((code = store_step(store, each)) == SQLITE_ROW)
        if (!(whole = read_event(each, &event)) || !fn(context, &event))
            break;
    return end_walk(store, each, code, whole);
}

bool store_put_mute(struct store *store, const struct store_mute *mute, int64_t *ret_id)
{
    if (!store_may_write(store))
        return false;
    sqlite3_stmt *put =
        store_statement(store, STORE_SLOT_MUTE_PUT,
                        "INSERT INTO alert_mute (rule, subject, \"from\", until, author, note)"
                        " VALUES (ifnull(?, ''), ifnull(?, ''), ?, ?, ?, ?)");
    if (!put)
        return false;
    store_bind_text(put, 1, mute->rule);
    store_bind_text(put, 2, mute->subject);
    sqlite3_bind_int64(put, 3, mute->from);
    sqlite3_bind_int64(put, 4, mute->until);
    store_bind_text(put, 5, mute->by);
    store_bind_text(put, 6, mute->note);
    if (!store_run(store, put))
        return false;
    *ret_id = sqlite3_last_insert_rowid(store->db);
    return true;
}

bool store_end_mute(struct store *store, int64_t id, int64_t now, bool *ret_found)
{
    if (!store_may_write(store))
        return false;
    sqlite3_stmt *end =
        store_statement(store, STORE_SLOT_MUTE_END,
                        "UPDATE alert_mute SET until = ?2 WHERE id = ?1 AND until > ?2");
    if (!end)
        return false;
    sqlite3_bind_int64(end, 1, id);
    sqlite3_bind_int64(end, 2, now);
    if (!store_run(store, end))
        return false;
    *ret_found = sqlite3_changes64(store->db) > 0;
    return true;
}

bool store_each_mute(struct store *store, int64_t now, store_mute_fn *fn, void *context)
{
    bool have;
    int code;
    const bool fine = store_has_table(store, "alert_mute", &have);
    if (!have)
        return fine;
    sqlite3_stmt *each =
        store_statement(store, STORE_SLOT_MUTE_EACH,
                        "SELECT id, rule, subject, \"from\", until, author, note FROM alert_mute"
                        " WHERE until > ? ORDER BY id");
    if (!each)
        return false;
    sqlite3_bind_int64(each, 1, now);
    while ((code = store_step(store, each)) == SQLITE_ROW) {
        const struct store_mute mute = {
            .id = sqlite3_column_int64(each, 0),
            .rule = text_of(each, 1),
            .subject = text_of(each, 2),
            .from = sqlite3_column_int64(each, 3),
            .until = sqlite3_column_int64(each, 4),
            .by = text_of(each, 5),
            .note = text_of(each, 6),
        };
        if (!fn(context, &mute))
            break;
    }
    return end_walk(store, each, code, true);
}
