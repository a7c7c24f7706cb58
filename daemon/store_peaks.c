// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store_peaks.h"

#include <endian.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/store_internal.h"

// A day in the blob: its number (a float holds it exactly for the next 40,000 years), whether it is
// whole, the hours, the quantiles of the peak and of the highest one, the causes.
enum { HEAD = 5, CAUSES = 4, DAY_NUMBERS = HEAD + 2 * DAY_PEAKS_LEVELS + CAUSES, DAYS_MAX = 4096 };

static void put_floats(size_t n, const float numbers[], uint32_t ret[])
{
    for (size_t i = 0; i < n; i++) {
        memcpy(&ret[i], &numbers[i], sizeof ret[i]);
        ret[i] = htole32(ret[i]);
    }
}

static void get_floats(size_t n, const void *blob, float ret[])
{
    const unsigned char *at = blob;
    for (size_t i = 0; i < n; i++, at += sizeof(uint32_t)) {
        uint32_t bits;
        memcpy(&bits, at, sizeof bits);
        bits = le32toh(bits);
        memcpy(&ret[i], &bits, sizeof bits);
    }
}

static void pack_day(const struct day_peak *day, uint32_t ret[static DAY_NUMBERS])
{
    const float head[HEAD] = {(float)day->day, day->whole ? 1 : 0, (float)day->hour_from,
                              (float)day->hour_to, (float)day->hour};
    const float causes[CAUSES] = {(float)day->cause.temp_c, (float)day->cause.usual_c,
                                  (float)day->cause.heat_mw, (float)day->cause.register_mw};
    put_floats(HEAD, head, ret);
    put_floats(DAY_PEAKS_LEVELS, day->peak, ret + HEAD);
    put_floats(DAY_PEAKS_LEVELS, day->top, ret + HEAD + DAY_PEAKS_LEVELS);
    put_floats(CAUSES, causes, ret + HEAD + 2 * DAY_PEAKS_LEVELS);
}

// False where the numbers cannot be those of a day.
static bool unpack_day(const float numbers[static DAY_NUMBERS], struct day_peak *ret)
{
    for (int i = 0; i < HEAD; i++)
        if (!(fabsf(numbers[i]) < (i ? 25.0F : 0x1p24F)))
            return false;
    const float *causes = numbers + HEAD + 2 * DAY_PEAKS_LEVELS;
    *ret = (struct day_peak){.day = (int64_t)numbers[0],
                             .whole = numbers[1] > 0,
                             .hour_from = (int)numbers[2],
                             .hour_to = (int)numbers[3],
                             .hour = (int)numbers[4],
                             .cause = {.temp_c = (double)causes[0],
                                       .usual_c = (double)causes[1],
                                       .heat_mw = (double)causes[2],
                                       .register_mw = (double)causes[3]}};
    memcpy(ret->peak, numbers + HEAD, sizeof ret->peak);
    memcpy(ret->top, numbers + HEAD + DAY_PEAKS_LEVELS, sizeof ret->top);
    return true;
}

static bool bind_days(sqlite3_stmt *statement, int index, const struct day_peaks *peaks)
{
    uint32_t *packed = calloc(peaks->n * DAY_NUMBERS + 1, sizeof *packed);
    if (!packed)
        return false;
    for (size_t d = 0; d < peaks->n; d++)
        pack_day(&peaks->days[d], packed + d * DAY_NUMBERS);
    return sqlite3_bind_blob64(statement, index, packed, peaks->n * DAY_NUMBERS * sizeof *packed,
                               free) == SQLITE_OK;
}

bool store_put_peaks(struct store *store, const char *node, const struct day_peaks *peaks)
{
    if (!store_may_write(store))
        return false;
    sqlite3_stmt *put = store_statement(store, STORE_SLOT_PEAK_PUT,
                                        "INSERT OR REPLACE INTO peak (node, issue, growth, days)"
                                        " VALUES (?1, ?2, ?3, ?4)");
    if (!put)
        return false;
    store_bind_text(put, 1, node);
    sqlite3_bind_int64(put, 2, peaks->issue);
    if (!isnan(peaks->growth))
        sqlite3_bind_double(put, 3, peaks->growth);
    const bool bound = bind_days(put, 4, peaks);
    const bool done = bound ? store_run(store, put) : store_note_reason(store, "out of memory");
    sqlite3_clear_bindings(put);
    return done;
}

// Columns: node, issue, growth, days.
static bool row_peaks(struct store *store, sqlite3_stmt *row, struct day_peaks *ret)
{
    const size_t bytes = (size_t)sqlite3_column_bytes(row, 3), size = DAY_NUMBERS * sizeof(float);
    const size_t n = bytes / size;
    const char *blob = sqlite3_column_blob(row, 3);
    if (bytes % size || n > DAYS_MAX || (n && !blob))
        return store_note_reason(store, "the peaks of a forecast in it are damaged");
    struct day_peak *days = calloc(n + 1, sizeof *days);
    if (!days)
        return store_note_reason(store, "out of memory");
    bool sound = true;
    for (size_t d = 0; sound && d < n; d++) {
        float numbers[DAY_NUMBERS];
        get_floats(DAY_NUMBERS, blob + d * size, numbers);
        sound = unpack_day(numbers, &days[d]);
    }
    if (!sound) {
        free(days);
        return store_note_reason(store, "the peaks of a forecast in it are damaged");
    }
    *ret = (struct day_peaks){.issue = sqlite3_column_int64(row, 1),
                              .growth = store_column_real(row, 2),
                              .n = n,
                              .days = days};
    return true;
}

bool store_get_peaks(struct store *store, const char *node, int64_t issue_max,
                     struct day_peaks *ret, bool *ret_found)
{
    bool have;
    const bool fine = store_has_table(store, "peak", &have);
    *ret_found = false;
    if (!have)
        return fine;
    sqlite3_stmt *get = store_statement(store, STORE_SLOT_PEAK_GET,
                                        "SELECT node, issue, growth, days FROM peak WHERE"
                                        " node = ?1 AND issue <= ?2 ORDER BY issue DESC LIMIT 1");
    if (!get)
        return false;
    store_bind_text(get, 1, node);
    sqlite3_bind_int64(get, 2, issue_max);
    const int code = store_step(store, get);
    const bool done = code == SQLITE_DONE || (code == SQLITE_ROW && row_peaks(store, get, ret));
    *ret_found = done && code == SQLITE_ROW;
    sqlite3_reset(get);
    return done;
}

// Calls for each row of a statement.
static bool each_row(struct store *store, sqlite3_stmt *row, store_peaks_fn *fn, void *context)
{
    bool more = true, good = true;
    int code;
    while (more && good && (code = store_step(store, row)) != SQLITE_DONE) {
        struct day_peaks peaks;
        good = code == SQLITE_ROW && row_peaks(store, row, &peaks);
        if (!good)
            break;
        more = fn(context, (const char *)sqlite3_column_text(row, 0), &peaks);
        day_peaks_done(&peaks);
    }
    sqlite3_reset(row);
    return good;
}

bool store_each_peaks(struct store *store, const char *node, int64_t from, int64_t to,
                      store_peaks_fn *fn, void *context)
{
    bool have;
    const bool fine = store_has_table(store, "peak", &have);
    if (!have)
        return fine;
    // Of one node, by its part of the index.
    sqlite3_stmt *row =
        node ? store_statement(store, STORE_SLOT_PEAK_EACH_OF_NODE,
                               "SELECT node, issue, growth, days FROM peak WHERE issue >= ?1"
                               " AND issue < ?2 AND node = ?3 ORDER BY issue")
             : store_statement(store, STORE_SLOT_PEAK_EACH,
                               "SELECT node, issue, growth, days FROM peak WHERE issue >= ?1"
                               " AND issue < ?2 ORDER BY node, issue");
    if (!row)
        return false;
    sqlite3_bind_int64(row, 1, from);
    sqlite3_bind_int64(row, 2, to);
    if (node)
        store_bind_text(row, 3, node);
    return each_row(store, row, fn, context);
}

bool store_thin_peaks(struct store *store, int64_t before, int32_t offset_s)
{
    if (!store_may_write(store))
        return false;
    // As store_thin_forecasts() does.
    sqlite3_stmt *thin = store_statement(
        store, STORE_SLOT_PEAK_THIN,
        "DELETE FROM peak WHERE issue < ?1 AND EXISTS (SELECT 1 FROM peak later"
        " WHERE later.node = peak.node AND later.issue > peak.issue AND later.issue <"
        " min(?1, ((peak.issue + ?2) / 86400 + 1) * 86400 - ?2))");
    if (!thin)
        return false;
    static const int64_t shift = 86400LL * 1000000;
    sqlite3_bind_int64(thin, 1, before);
    sqlite3_bind_int64(thin, 2, offset_s + shift);
    return store_run(store, thin);
}
