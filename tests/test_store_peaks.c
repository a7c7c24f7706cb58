// SPDX-License-Identifier: GPL-3.0-or-later
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "daemon/store.h"
#include "daemon/store_peaks.h"
#include "tests/near.h"
#include "tests/store_folder.h"

enum { HOUR = 3600, DAYS = 3 };
static const int64_t t0 = 19800LL * 86400;

// Every number is one of its own.
static struct day_peaks made(int64_t issue, double mw, struct day_peak days[static DAYS])
{
    for (int d = 0; d < DAYS; d++) {
        days[d] = (struct day_peak){
            .day = 19800 + d,
            .whole = d > 0,
            .hour_from = 13 + d,
            .hour_to = 22 + d,
            .hour = 17 + d,
            .cause = {.temp_c = 37.25, .usual_c = 33.5 + d, .heat_mw = -2.125, .register_mw = NAN},
        };
        for (int q = 0; q < DAY_PEAKS_LEVELS; q++) {
            days[d].peak[q] = (float)(mw + d + 0.01 * q);
            days[d].top[q] = (float)(mw + 1000 + d + 0.01 * q);
        }
    }
    return (struct day_peaks){.issue = issue, .growth = 0.0725, .n = DAYS, .days = days};
}

static void put(struct store *store, const char *node, int64_t issue, double mw)
{
    struct day_peak days[DAYS];
    struct day_peaks peaks = made(issue, mw, days);
    assert_true(store_put_peaks(store, node, &peaks));
}

static void assert_same(const struct day_peaks *got, int64_t issue, double mw)
{
    struct day_peak days[DAYS];
    struct day_peaks wanted = made(issue, mw, days);
    assert_int_equal(got->issue, issue);
    near_assert(got->growth, wanted.growth, 0);
    assert_int_equal(got->n, DAYS);
    for (int d = 0; d < DAYS; d++) {
        const struct day_peak *a = &got->days[d], *b = &days[d];
        assert_int_equal(a->day, b->day);
        assert_int_equal(a->whole, b->whole);
        assert_int_equal(a->hour_from, b->hour_from);
        assert_int_equal(a->hour_to, b->hour_to);
        assert_int_equal(a->hour, b->hour);
        assert_memory_equal(a->peak, b->peak, sizeof a->peak);
        assert_memory_equal(a->top, b->top, sizeof a->top);
        near_assert(a->cause.temp_c, b->cause.temp_c, 0);
        near_assert(a->cause.usual_c, b->cause.usual_c, 0);
        near_assert(a->cause.heat_mw, b->cause.heat_mw, 0);
        assert_true(isnan(a->cause.register_mw));
    }
}

static void assert_newest(struct store *store, const char *node, int64_t issue_max, int64_t issue,
                          double mw)
{
    struct day_peaks peaks;
    bool found;
    assert_true(store_get_peaks(store, node, issue_max, &peaks, &found));
    assert_int_equal(found, issue != 0);
    if (!found)
        return;
    assert_same(&peaks, issue, mw);
    day_peaks_done(&peaks);
}

static void kept_replaced_and_found_as_of(void **state)
{
    (void)state;
    struct store *store = store_folder_open(STORE_WRITE);
    assert_newest(store, "total", INT64_MAX, 0, 0);
    assert_true(store_begin(store));
    put(store, "total", t0, 1);
    put(store, "total", t0 + HOUR, 2);
    put(store, "yen-lu", t0 + 2 * HOUR, 3);
    put(store, "total", t0 + HOUR, 4);
    assert_true(store_commit(store));
    assert_newest(store, "total", INT64_MAX, t0 + HOUR, 4);
    assert_newest(store, "total", t0 + HOUR, t0 + HOUR, 4);
    assert_newest(store, "total", t0 + HOUR - 1, t0, 1);
    assert_newest(store, "total", t0 - 1, 0, 0);
    assert_newest(store, "yen-lu", INT64_MAX, t0 + 2 * HOUR, 3);
    assert_newest(store, "yen", INT64_MAX, 0, 0);
    store_close(store);
}

// Each as node and hours after t0.
static bool list(void *context, const char *node, const struct day_peaks *peaks)
{
    char *text = context;
    size_t length = strlen(text);
    snprintf(text + length, 256 - length, "%s%+lld ", node, (long long)(peaks->issue - t0) / HOUR);
    return strlen(text) < 40;
}

static void assert_list(struct store *store, const char *node, int64_t from, int64_t to,
                        const char *wanted)
{
    char text[256] = "";
    assert_true(store_each_peaks(store, node, from, to, list, text));
    assert_string_equal(text, wanted);
}

static void walked_in_order(void **state)
{
    (void)state;
    struct store *store = store_folder_open(STORE_WRITE);
    assert_true(store_begin(store));
    put(store, "b", t0 + 3 * HOUR, 1);
    put(store, "b", t0, 1);
    put(store, "a", t0 + 5 * HOUR, 1);
    put(store, "a", t0 - HOUR, 1);
    assert_true(store_commit(store));
    assert_list(store, NULL, INT64_MIN, INT64_MAX, "a-1 a+5 b+0 b+3 ");
    assert_list(store, "b", INT64_MIN, INT64_MAX, "b+0 b+3 ");
    assert_list(store, NULL, t0, t0 + 5 * HOUR, "b+0 b+3 ");
    assert_list(store, "c", INT64_MIN, INT64_MAX, "");
    assert_true(store_begin(store));
    for (int k = 10; k < 30; k++)
        put(store, "c", t0 + k * HOUR, 1);
    assert_true(store_commit(store));
    assert_list(store, "c", INT64_MIN, INT64_MAX, "c+10 c+11 c+12 c+13 c+14 c+15 c+16 c+17 ");
    store_close(store);
}

// On a clock 7 hours ahead, whose days begin at t0 - 7 h and t0 + 17 h.
static void thinned_to_the_last_of_each_day(void **state)
{
    (void)state;
    static const int hours[] = {-8, -7, 0, 16, 17, 18, 40, 41};
    struct store *store = store_folder_open(STORE_WRITE);
    assert_true(store_begin(store));
    for (size_t k = 0; k < sizeof hours / sizeof *hours; k++)
        put(store, "a", t0 + hours[k] * HOUR, 1);
    put(store, "b", t0, 1);
    assert_true(store_thin_peaks(store, t0 + 18 * HOUR, 7 * HOUR));
    assert_list(store, "a", INT64_MIN, INT64_MAX, "a-8 a+16 a+17 a+18 a+40 a+41 ");
    assert_list(store, "b", INT64_MIN, INT64_MAX, "b+0 ");
    assert_true(store_thin_peaks(store, t0 + 100 * HOUR, 7 * HOUR));
    assert_list(store, "a", INT64_MIN, INT64_MAX, "a-8 a+16 a+40 a+41 ");
    store_rollback(store);
    assert_list(store, NULL, INT64_MIN, INT64_MAX, "");
    store_close(store);
}

static void run_sql(const char *sql)
{
    sqlite3 *db;
    assert_int_equal(sqlite3_open("store.db", &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

static void a_store_of_before_has_none(void **state)
{
    (void)state;
    store_close(store_folder_open(STORE_WRITE));
    run_sql("DROP TABLE peak");
    struct store *store = store_folder_open(STORE_READ);
    assert_newest(store, "total", INT64_MAX, 0, 0);
    assert_list(store, NULL, INT64_MIN, INT64_MAX, "");
    store_close(store);
    store = store_folder_open(STORE_WRITE); // who may write makes it
    assert_true(store_begin(store));
    put(store, "total", t0, 1);
    assert_true(store_commit(store));
    store_close(store);
}

static void damaged_days_are_refused(void **state)
{
    (void)state;
    static const char *const damages[] = {
        "UPDATE peak SET days = substr(days, 1, 828)", "UPDATE peak SET days = x'00'",
        "UPDATE peak SET days = CAST(x'0000c07f' || substr(days, 5) AS BLOB)"};
    for (size_t k = 0; k < sizeof damages / sizeof *damages; k++) {
        struct store *store = store_folder_open(STORE_WRITE);
        assert_true(store_begin(store));
        put(store, "total", t0, 1);
        assert_true(store_commit(store));
        run_sql(damages[k]);
        struct day_peaks peaks;
        bool found = true;
        bool good = store_get_peaks(store, "total", INT64_MAX, &peaks, &found);
        if (k == 0) { // a day less is no damage that can be seen
            assert_true(good && found && peaks.n == 1);
            day_peaks_done(&peaks);
        } else {
            assert_false(good || found);
            assert_non_null(strstr(store_error(store), "damaged"));
            assert_false(store_each_peaks(store, NULL, 0, INT64_MAX, list, (char[256]){""}));
        }
        store_close(store);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(kept_replaced_and_found_as_of, store_folder_enter,
                                        store_folder_leave),
        cmocka_unit_test_setup_teardown(walked_in_order, store_folder_enter, store_folder_leave),
        cmocka_unit_test_setup_teardown(thinned_to_the_last_of_each_day, store_folder_enter,
                                        store_folder_leave),
        cmocka_unit_test_setup_teardown(a_store_of_before_has_none, store_folder_enter,
                                        store_folder_leave),
        cmocka_unit_test_setup_teardown(damaged_days_are_refused, store_folder_enter,
                                        store_folder_leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
