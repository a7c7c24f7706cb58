// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store.h"

#include <math.h>
#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "tests/store_folder.h"

static const int64_t t0 = 1711929600; // 2024-04-01T00:00Z

// Every number of a forecast follows from its issue time and `salt`; the third interval has none.
static struct forecast make_forecast(int64_t issue, size_t n, size_t n_levels, double salt)
{
    double levels[FORECAST_LEVELS_MAX];
    struct forecast forecast;
    for (size_t k = 0; k < n_levels; k++)
        levels[k] = (double)(k + 1) / (double)(n_levels + 1);
    assert_true(forecast_init(&forecast, issue + 1800, 900, n, n_levels, levels));
    forecast.issue = issue;
    strcpy(forecast.model, "vanilla-ấ");
    for (size_t i = 0; i < n; i++) {
        if (i == 2)
            continue;
        forecast.mean[i] = salt + (double)i / 7;
        for (size_t k = 0; k < n_levels; k++)
            forecast.quantile[i * n_levels + k] = forecast.mean[i] + (double)k / 3;
    }
    return forecast;
}

static void assert_numbers(size_t n, const double a[], const double b[])
{
    if (n)
        assert_memory_equal(a, b, n * sizeof *a);
}

static void assert_same(const struct forecast *a, const struct forecast *b)
{
    assert_int_equal(a->issue, b->issue);
    assert_int_equal(a->start, b->start);
    assert_int_equal(a->step_s, b->step_s);
    assert_int_equal(a->n, b->n);
    assert_int_equal(a->n_levels, b->n_levels);
    assert_string_equal(a->model, b->model);
    assert_numbers(a->n_levels, a->level, b->level);
    assert_numbers(a->n, a->mean, b->mean);
    assert_numbers(a->n * a->n_levels, a->quantile, b->quantile);
}

static void put(struct store *store, const char *zone, struct forecast forecast)
{
    assert_true(store_put_forecast(store, zone, &forecast));
    forecast_done(&forecast);
}

static void assert_newest(struct store *store, const char *zone, int64_t issue_max,
                          struct forecast expected)
{
    struct forecast found;
    bool is_found = false;
    assert_true(store_get_forecast(store, zone, issue_max, &found, &is_found));
    assert_true(is_found);
    assert_same(&found, &expected);
    forecast_done(&found);
    forecast_done(&expected);
}

static void test_newest_before(void **state)
{
    (void)state;
    struct store *store = store_folder_open(STORE_WRITE);
    assert_true(store_begin(store));
    put(store, "a", make_forecast(t0, 336, 99, 2.385));
    put(store, "a", make_forecast(t0 + 1800, 5, 0, 17.1));
    put(store, "a", make_forecast(t0 + 3600, 0, 3, 1));
    put(store, "b", make_forecast(t0 + 7200, 7, 3, -4.25));
    assert_true(store_commit(store));
    store_close(store);
    store = store_folder_open(STORE_READ);
    assert_newest(store, "a", t0, make_forecast(t0, 336, 99, 2.385));
    assert_newest(store, "a", t0 + 3599, make_forecast(t0 + 1800, 5, 0, 17.1));
    assert_newest(store, "a", INT64_MAX, make_forecast(t0 + 3600, 0, 3, 1));
    assert_newest(store, "b", INT64_MAX, make_forecast(t0 + 7200, 7, 3, -4.25));
    struct forecast untouched = {.n = 2385};
    bool found = true;
    assert_true(store_get_forecast(store, "a", t0 - 1, &untouched, &found));
    assert_false(found);
    assert_true(store_get_forecast(store, "none", INT64_MAX, &untouched, &found));
    assert_int_equal(untouched.n, 2385);
    store_close(store);
}

static void test_same_issue_is_replaced(void **state)
{
    (void)state;
    struct store *store = store_folder_open(STORE_WRITE);
    assert_true(store_begin(store));
    put(store, "a", make_forecast(t0, 17, 9, 2.385));
    put(store, "a", make_forecast(t0, 5, 3, 17.1));
    assert_true(store_commit(store));
    assert_newest(store, "a", INT64_MAX, make_forecast(t0, 5, 3, 17.1));
    store_close(store);
}

static bool print_issue(void *context, const char *zone, const struct forecast *forecast)
{
    FILE *out = context;
    fprintf(out, "%s%+lld ", zone, (long long)(forecast->issue - t0) / 3600);
    return forecast->issue != t0 + 2385 * 3600LL;
}

static void assert_issues(struct store *store, const char *zone, int64_t from, int64_t to,
                          const char *expected)
{
    char text[512] = "";
    FILE *out = fmemopen(text, sizeof text, "w");
    assert_true(store_each_forecast(store, zone, from, to, print_issue, out));
    fclose(out);
    assert_string_equal(text, expected);
}

static void test_walk_of_vintages(void **state)
{
    (void)state;
    struct store *store = store_folder_open(STORE_WRITE);
    assert_true(store_begin(store));
    put(store, "b", make_forecast(t0 + 2 * 3600, 3, 1, 1.5));
    put(store, "b", make_forecast(t0 - 3600, 3, 1, 1.5));
    put(store, "a", make_forecast(t0 + 3600, 3, 1, 1.5));
    put(store, "a", make_forecast(t0 + 2385 * 3600LL, 3, 1, 1.5));
    assert_true(store_commit(store));
    assert_issues(store, NULL, INT64_MIN, t0 + 2385 * 3600LL, "a+1 b-1 b+2 ");
    assert_issues(store, NULL, INT64_MIN, INT64_MAX, "a+1 a+2385 ");
    assert_issues(store, "b", INT64_MIN, INT64_MAX, "b-1 b+2 ");
    assert_issues(store, "b", t0 - 3600, t0 + 7200, "b-1 ");
    store_close(store);
}

static void test_thinning_keeps_one_a_day(void **state)
{
    (void)state;
    static const int hours[] = {-8, -7, 0, 16, 17, 18, 40, 41};
    struct store *store = store_folder_open(STORE_WRITE);
    assert_true(store_begin(store));
    for (size_t i = 0; i < sizeof hours / sizeof *hours; i++) {
        put(store, "a", make_forecast(t0 + hours[i] * 3600, 2, 1, 1.5));
        put(store, i % 2 ? "b" : "c", make_forecast(t0 + hours[i] * 3600, 2, 1, 1.5));
    }
    // Days begin at 17:00Z in UTC+7.
    assert_true(store_thin_forecasts(store, t0 + 40 * 3600, 7 * 3600));
    assert_issues(store, NULL, INT64_MIN, INT64_MAX,
                  "a-8 a+16 a+18 a+40 a+41 b+16 b+18 b+41 c-8 c+0 c+17 c+40 ");
    assert_true(store_thin_forecasts(store, t0 + 42 * 3600, 7 * 3600));
    assert_issues(store, "a", INT64_MIN, INT64_MAX, "a-8 a+16 a+40 a+41 ");
    assert_true(store_commit(store));
    store_close(store);
}

static void test_thinning_before_1970(void **state)
{
    (void)state;
    struct store *store = store_folder_open(STORE_WRITE);
    assert_true(store_begin(store));
    put(store, "a", make_forecast(-3600, 2, 1, 1.5));
    put(store, "a", make_forecast(3600, 2, 1, 1.5));
    assert_true(store_thin_forecasts(store, t0, 0));
    char expected[64];
    snprintf(expected, sizeof expected, "a-%lld a-%lld ", t0 / 3600LL + 1, t0 / 3600LL - 1);
    assert_issues(store, "a", INT64_MIN, INT64_MAX, expected);
    assert_true(store_commit(store));
    store_close(store);
}

static void test_damaged_blob(void **state)
{
    (void)state;
    struct store *store = store_folder_open(STORE_WRITE);
    assert_true(store_begin(store));
    put(store, "a", make_forecast(t0, 17, 9, 2.385));
    assert_true(store_commit(store));
    static const char *const damages[] = {
        "UPDATE forecast SET quantile = substr(quantile, 1, 1192)",
        "UPDATE forecast SET mean = x'00'",
        "UPDATE forecast SET levels = zeroblob(800)",
        "UPDATE forecast SET levels = x'0102030405'",
        "UPDATE forecast SET n = -1",
        "UPDATE forecast SET step_s = 0",
    };
    for (size_t i = 0; i < sizeof damages / sizeof *damages; i++) {
        sqlite3 *db;
        assert_int_equal(sqlite3_open("store.db", &db), SQLITE_OK);
        assert_int_equal(sqlite3_exec(db, damages[i], NULL, NULL, NULL), SQLITE_OK);
        sqlite3_close(db);
        struct forecast forecast;
        bool found;
        assert_false(store_get_forecast(store, "a", INT64_MAX, &forecast, &found));
        assert_non_null(strstr(store_error(store), "damaged"));
        assert_false(store_each_forecast(store, NULL, 0, INT64_MAX, print_issue, NULL));
        assert_true(store_begin(store));
        put(store, "a", make_forecast(t0, 17, 9, 2.385));
        assert_true(store_commit(store));
    }
    assert_newest(store, "a", INT64_MAX, make_forecast(t0, 17, 9, 2.385));
    store_close(store);
}

static void test_models(void **state)
{
    (void)state;
    struct store *store = store_folder_open(STORE_WRITE);
    int64_t issue = 17;
    assert_null(store_get_model(store, "a", &issue));
    assert_int_equal(issue, 17);
    assert_true(store_begin(store));
    assert_true(store_put_model(store, "a", t0, "phutai model 1\ncolumns 285\n"));
    assert_true(store_put_model(store, "a", t0 + 1800, "phutai model 1\ncolumns 12\n"));
    assert_true(store_put_model(store, "b", t0, ""));
    assert_true(store_commit(store));
    char *text = store_get_model(store, "a", &issue);
    assert_string_equal(text, "phutai model 1\ncolumns 12\n");
    assert_int_equal(issue, t0 + 1800);
    free(text);
    text = store_get_model(store, "b", &issue);
    assert_string_equal(text, "");
    free(text);
    store_close(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_newest_before, store_folder_enter, store_folder_leave),
        cmocka_unit_test_setup_teardown(test_same_issue_is_replaced, store_folder_enter,
                                        store_folder_leave),
        cmocka_unit_test_setup_teardown(test_walk_of_vintages, store_folder_enter,
                                        store_folder_leave),
        cmocka_unit_test_setup_teardown(test_thinning_keeps_one_a_day, store_folder_enter,
                                        store_folder_leave),
        cmocka_unit_test_setup_teardown(test_thinning_before_1970, store_folder_enter,
                                        store_folder_leave),
        cmocka_unit_test_setup_teardown(test_damaged_blob, store_folder_enter, store_folder_leave),
        cmocka_unit_test_setup_teardown(test_models, store_folder_enter, store_folder_leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
