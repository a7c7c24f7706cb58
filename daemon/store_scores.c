// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store_scores.h"

#include "daemon/store_internal.h"

bool store_put_score(struct store *store, const struct store_score *score)
{
    if (!store_may_write(store))
        return false;
    sqlite3_stmt *put =
        store_statement(store, STORE_SLOT_SCORE_PUT,
                        "INSERT OR REPLACE INTO score (zone, day, lead, model, mape, nmae, "
                        "coverage90, pinball, mae,"
                        " week_mae) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)");
    if (!put)
        return false;
    store_bind_text(put, 1, score->zone);
    sqlite3_bind_int64(put, 2, score->day);
    sqlite3_bind_int(put, 3, score->lead);
    store_bind_text(put, 4, score->model);
    const double values[] = {score->mape,    score->nmae, score->coverage90,
                             score->pinball, score->mae,  score->week_mae};
    for (int k = 0; k < 6; k++)
        sqlite3_bind_double(put, 5 + k, values[k]); // NaN becomes NULL
    return store_run(store, put);
}

static struct store_score read_row(sqlite3_stmt *row)
{
    return (struct store_score){
        .zone = (const char *)sqlite3_column_text(row, 0),
        .day = sqlite3_column_int64(row, 1),
        .lead = sqlite3_column_int(row, 2),
        .model = (const char *)sqlite3_column_text(row, 3),
        .mape = store_column_real(row, 4),
        .nmae = store_column_real(row, 5),
        .coverage90 = store_column_real(row, 6),
        .pinball = store_column_real(row, 7),
        .mae = store_column_real(row, 8),
        .week_mae = store_column_real(row, 9),
    };
}

bool store_each_score(struct store *store, const char *zone, int64_t from, int64_t to,
                      store_score_fn *fn, void *context)
{
    int code;
    bool have;
    const bool fine = store_has_table(store, "score", &have);
    if (!have)
        return fine;
#define SCORES                                                                                     \
    "SELECT zone, day, lead, model, mape, nmae, coverage90, pinball, mae, week_mae FROM score"     \
    " WHERE day >= ?2 AND day < ?3"
    // Those of a zone are found by the key; "any or this one" would go through all of them.
    sqlite3_stmt *each =
        zone ? store_statement(store, STORE_SLOT_SCORE_OF_ZONE,
                               SCORES " AND zone = ?1 ORDER BY zone, day, lead")
             : store_statement(store, STORE_SLOT_SCORE_EACH, SCORES " ORDER BY zone, day, lead");
#undef SCORES
    if (!each)
        return false;
    if (zone)
        store_bind_text(each, 1, zone);
    sqlite3_bind_int64(each, 2, from);
    sqlite3_bind_int64(each, 3, to);
    while ((code = store_step(store, each)) == SQLITE_ROW) {
        const struct store_score score = read_row(each);
        if (!fn(context, &score))
            break;
    }
    sqlite3_reset(each);
    return code != SQLITE_ERROR;
}
