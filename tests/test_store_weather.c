// SPDX-License-Identifier: GPL-3.0-or-later
// Forecasts of the weather in the store: every run kept, read as of an issue, thinned.
#include <math.h>
#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/store_folder.h"

enum { HOUR = 3600, DAY = 86400 };
static const int64_t t0 = 1711929600; // 2024-04-01T00:00Z

static enum store_put put(struct store *store, const char *station, int64_t issue, int lead_h,
                          double temp_c, double humidity_pct)
{
    const struct store_weather_ahead row = {.station = station,
                                            .issue = issue,
                                            .instant = issue + lead_h * HOUR,
                                            .temp_c = temp_c,
                                            .humidity_pct = humidity_pct};
    return store_put_weather_ahead(store, &row);
}

struct seen {
    char text[1024];
    bool issues_only; // one word a run
    char last[64];
};

// "a+1@2=31.5/70 ": station, issue and lead in hours after t0, values.
static bool see(void *context, const struct store_weather_ahead *row)
{
    struct seen *seen = context;
    char word[96], values[48] = "";
    if (!seen->issues_only)
        snprintf(values, sizeof values, "@%d=%g/%g", (int)((row->instant - row->issue) / HOUR),
                 row->temp_c, row->humidity_pct);
    snprintf(word, sizeof word, "%s%+d%s ", row->station, (int)((row->issue - t0) / HOUR), values);
    if (!seen->issues_only || strcmp(word, seen->last) != 0)
        strncat(seen->text, word, sizeof seen->text - strlen(seen->text) - 1);
    snprintf(seen->last, sizeof seen->last, "%.60s", word);
    return true;
}

static void assert_runs(struct store *store, int64_t from, int64_t to, const char *expected)
{
    struct seen seen = {.issues_only = true};
    assert_true(store_each_weather_ahead(store, from, to, see, &seen));
    assert_string_equal(seen.text, expected);
}

static void assert_newest(struct store *store, const char *station, int64_t issue_max,
                          int64_t issue, const char *expected)
{
    struct seen seen = {0};
    int64_t found;
    assert_true(store_newest_weather_run(store, station, issue_max, see, &seen, &found));
    assert_int_equal(found, issue);
    assert_string_equal(seen.text, expected);
    assert_true(store_newest_weather_run(store, station, issue_max, NULL, NULL, &found));
    assert_int_equal(found, issue);
}

static void every_run_is_kept_and_read_as_of_an_issue(void **state)
{
    (void)state;
    struct store *store = store_folder_open(STORE_WRITE);
    assert_newest(store, "a", INT64_MAX, 0, "");
    assert_true(store_begin(store));
    assert_int_equal(put(store, "a", t0, 2, 31.5, 70), STORE_NEW);
    assert_int_equal(put(store, "a", t0, 1, 30.25, NAN), STORE_NEW);
    assert_int_equal(put(store, "a", t0 + HOUR, 1, 33, 65), STORE_NEW);
    assert_int_equal(put(store, "b", t0 + HOUR, 1, 20, 50), STORE_NEW);
    assert_true(store_commit(store));
    assert_newest(store, "a", t0 - 1, 0, "");
    assert_newest(store, "a", t0, t0, "a+0@1=30.25/nan a+0@2=31.5/70 ");
    assert_newest(store, "a", t0 + HOUR - 1, t0, "a+0@1=30.25/nan a+0@2=31.5/70 ");
    assert_newest(store, "a", INT64_MAX, t0 + HOUR, "a+1@1=33/65 ");
    assert_newest(store, "c", INT64_MAX, 0, "");
    assert_runs(store, INT64_MIN, INT64_MAX, "a+0 a+1 b+1 ");
    assert_runs(store, t0 + 1, t0 + HOUR, "");
    assert_runs(store, t0 + 1, t0 + HOUR + 1, "a+1 b+1 ");
    store_close(store);
}

static void the_later_value_of_an_hour_wins(void **state)
{
    (void)state;
    struct store *store = store_folder_open(STORE_WRITE);
    assert_true(store_begin(store));
    assert_int_equal(put(store, "a", t0, 1, 30, NAN), STORE_NEW);
    assert_int_equal(put(store, "a", t0, 1, 30, NAN), STORE_SAME);
    assert_int_equal(put(store, "a", t0, 1, 30, 55), STORE_CHANGED);
    assert_true(store_commit(store));
    assert_newest(store, "a", t0, t0, "a+0@1=30/55 ");
    assert_true(store_begin(store));
    assert_int_equal(put(store, "a", t0, 1, 12, 55), STORE_CHANGED);
    assert_int_equal(put(store, "a", t0 + 1, 1, 12, 55), STORE_NEW);
    store_rollback(store);
    assert_newest(store, "a", INT64_MAX, t0, "a+0@1=30/55 ");
    store_close(store);
}

static int count_hours(void)
{
    sqlite3 *db;
    sqlite3_stmt *count;
    assert_int_equal(sqlite3_open("store.db", &db), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, "SELECT count(*) FROM weather_ahead", -1, &count, NULL),
                     SQLITE_OK);
    assert_int_equal(sqlite3_step(count), SQLITE_ROW);
    const int n = sqlite3_column_int(count, 0);
    sqlite3_finalize(count);
    sqlite3_close(db);
    return n;
}

static void thinning_keeps_one_run_a_day(void **state)
{
    (void)state;
    static const int hours[] = {-8, -7, 0, 16, 17, 18, 40, 41};
    struct store *store = store_folder_open(STORE_WRITE);
    assert_true(store_begin(store));
    for (size_t i = 0; i < sizeof hours / sizeof *hours; i++)
        for (int lead = 1; lead <= 3; lead++) {
            put(store, "a", t0 + hours[i] * HOUR, lead, 30, NAN);
            put(store, i % 2 ? "b" : "c", t0 + hours[i] * HOUR, lead, 30, NAN);
        }
    // Days begin at 17:00Z in UTC+7.
    assert_true(store_thin_weather_runs(store, t0 + 40 * HOUR, 7 * HOUR));
    assert_true(store_commit(store));
    assert_runs(store, INT64_MIN, INT64_MAX,
                "a-8 a+16 a+18 a+40 a+41 b+16 b+18 b+41 c-8 c+0 c+17 c+40 ");
    assert_int_equal(count_hours(), 12 * 3); // hours go with their runs
    store_close(store);
}

static void the_newest_observation(void **state)
{
    (void)state;
    struct store *store = store_folder_open(STORE_WRITE);
    int64_t newest = 1;
    assert_true(store_newest_weather(store, "a", &newest));
    assert_int_equal(newest, 0);
    assert_true(store_begin(store));
    put(store, "a", t0, 500, 30, NAN); // a forecast is no observation
    assert_int_equal(store_put_weather(store, "a", t0 + HOUR, 30, NAN), STORE_NEW);
    assert_int_equal(store_put_weather(store, "a", t0, 30, NAN), STORE_NEW);
    assert_int_equal(store_put_weather(store, "b", t0 + DAY, 30, NAN), STORE_NEW);
    assert_true(store_commit(store));
    assert_true(store_newest_weather(store, "a", &newest));
    assert_int_equal(newest, t0 + HOUR);
    store_close(store);
}

// A store that an older version has written, opened for reading only.
static void a_store_without_runs_is_read(void **state)
{
    (void)state;
    sqlite3 *db;
    int64_t issue = 1;
    store_close(store_folder_open(STORE_WRITE));
    assert_int_equal(sqlite3_open("store.db", &db), SQLITE_OK);
    assert_int_equal(
        sqlite3_exec(db, "DROP TABLE weather_ahead; DROP TABLE weather_run", NULL, NULL, NULL),
        SQLITE_OK);
    sqlite3_close(db);
    struct store *store = store_folder_open(STORE_READ);
    assert_runs(store, INT64_MIN, INT64_MAX, "");
    assert_true(store_newest_weather_run(store, "a", INT64_MAX, NULL, NULL, &issue));
    assert_int_equal(issue, 0);
    store_close(store);
}

#define IN_FOLDER(test)                                                                            \
    cmocka_unit_test_setup_teardown(test, store_folder_enter, store_folder_leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(every_run_is_kept_and_read_as_of_an_issue),
        IN_FOLDER(the_later_value_of_an_hour_wins),
        IN_FOLDER(thinning_keeps_one_run_a_day),
        IN_FOLDER(the_newest_observation),
        IN_FOLDER(a_store_without_runs_is_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
