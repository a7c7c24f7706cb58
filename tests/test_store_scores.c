// SPDX-License-Identifier: GPL-3.0-or-later
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/store_scores.h"
#include "tests/store_folder.h"

struct seen {
    size_t n;
    int64_t days[8];
    double mae[8];
};

static bool see(void *context, const struct store_score *score)
{
    struct seen *seen = context;
    assert_string_equal(score->model, "recency");
    assert_true(isnan(score->mape)); // a load of 0 has none
    assert_true(score->week_mae == 4 && score->lead == 1);
    seen->days[seen->n] = score->day;
    seen->mae[seen->n++] = score->mae;
    return true;
}

static void put(struct store *store, const char *zone, int64_t day, double mae)
{
    const struct store_score score = {.zone = zone,
                                      .day = day,
                                      .lead = 1,
                                      .model = "recency",
                                      .mape = NAN,
                                      .nmae = 2,
                                      .coverage90 = 0.9,
                                      .pinball = 1,
                                      .mae = mae,
                                      .week_mae = 4};
    assert_true(store_begin(store) && store_put_score(store, &score) && store_commit(store));
}

static void test_scores_of_a_zone_come_back_by_day(void **state)
{
    (void)state;
    struct store *store = store_folder_open(STORE_WRITE);
    struct seen seen = {0};
    put(store, "yen-lu", 12, 3);
    put(store, "yen-lu", 11, 2);
    put(store, "phuc-son", 11, 9);
    put(store, "yen-lu", 11, 2.5); // scored again
    put(store, "yen-lu", 13, 5);
    assert_true(store_each_score(store, "yen-lu", 11, 13, see, &seen));
    assert_int_equal(seen.n, 2);
    assert_true(seen.days[0] == 11 && seen.mae[0] == 2.5 && seen.days[1] == 12);
    assert_true(store_each_score(store, NULL, 0, 100, see, &seen));
    assert_int_equal(seen.n, 6);
    store_close(store);
}

static void test_older_stores_have_none(void **state)
{
    (void)state;
    struct seen seen = {0};
    store_close(store_folder_open(STORE_WRITE));
    store_folder_age(2);
    struct store *store = store_folder_open(STORE_READ);
    assert_true(store_each_score(store, NULL, 0, 100, see, &seen));
    assert_int_equal(seen.n, 0);
    store_close(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_scores_of_a_zone_come_back_by_day, store_folder_enter,
                                        store_folder_leave),
        cmocka_unit_test_setup_teardown(test_older_stores_have_none, store_folder_enter,
                                        store_folder_leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
