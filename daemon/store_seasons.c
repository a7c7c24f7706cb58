// SPDX-License-Identifier: GPL-3.0-or-later
#include <string.h>

#include "daemon/store_internal.h"

bool store_put_season(struct store *store, const struct store_season *season)
{
    if (!store_may_write(store))
        return false;
    sqlite3_stmt *put = store_statement(
        store, STORE_SLOT_SEASON_PUT,
        "INSERT OR REPLACE INTO season_peak (issue, season, scenario, zone, peak, limit_mw, p_over,"
        " hour) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)");
    if (!put)
        return false;
    sqlite3_bind_int64(put, 1, season->issue);
    store_bind_text(put, 2, season->season);
    store_bind_text(put, 3, season->scenario);
    store_bind_text(put, 4, season->zone);
    sqlite3_bind_blob(put, 5, season->peak_mw, sizeof season->peak_mw, SQLITE_TRANSIENT);
    sqlite3_bind_double(put, 6, season->limit_mw); // NaN becomes NULL
    sqlite3_bind_double(put, 7, season->p_over);
    sqlite3_bind_int(put, 8, season->peak_hour);
    return store_run(store, put);
}

static bool read_row(sqlite3_stmt *row, struct store_season *ret)
{
    *ret = (struct store_season){
        .issue = sqlite3_column_int64(row, 0),
        .season = (const char *)sqlite3_column_text(row, 1),
        .scenario = (const char *)sqlite3_column_text(row, 2),
        .zone = (const char *)sqlite3_column_text(row, 3),
        .limit_mw = store_column_real(row, 5),
        .p_over = store_column_real(row, 6),
        .peak_hour = sqlite3_column_int(row, 7),
    };
    if (sqlite3_column_bytes(row, 4) != sizeof ret->peak_mw)
        return false;
    memcpy(ret->peak_mw, sqlite3_column_blob(row, 4), sizeof ret->peak_mw);
    return true;
}

static bool walk(struct store *store, sqlite3_stmt *each, store_season_fn *fn, void *context)
{
    struct store_season season;
    int code;
    if (!each)
        return false;
    while ((code = store_step(store, each)) == SQLITE_ROW)
        if (read_row(each, &season) && !fn(context, &season))
            break;
    sqlite3_reset(each);
    return code != SQLITE_ERROR;
}

bool store_each_season(struct store *store, store_season_fn *fn, void *context)
{
    bool have;
    const bool fine = store_has_table(store, "season_peak", &have);
    if (!have)
        return fine;
    return walk(store,
                store_statement(store, STORE_SLOT_SEASON_EACH,
                                "SELECT issue, season, scenario, zone, peak, limit_mw, p_over, hour"
                                " FROM season_peak ORDER BY issue, season, scenario, zone"),
                fn, context);
}

bool store_newest_seasons(struct store *store, int64_t issue_max, store_season_fn *fn,
                          void *context)
{
    bool have;
    const bool fine = store_has_table(store, "season_peak", &have);
    if (!have)
        return fine;
    sqlite3_stmt *newest = store_statement(
        store, STORE_SLOT_SEASON_NEWEST,
        "SELECT issue, season, scenario, zone, peak, limit_mw, p_over, hour FROM season_peak"
        " WHERE issue = (SELECT max(issue) FROM season_peak WHERE issue <= ?1)"
        " ORDER BY season, scenario, zone");
    if (newest)
        sqlite3_bind_int64(newest, 1, issue_max);
    return walk(store, newest, fn, context);
}
