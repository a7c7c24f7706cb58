// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/metering.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

#include "tests/store_folder.h"

static const int64_t t0 = 1711929600;

static void put(struct store *store, const char *zone, const char *meter, int64_t instant)
{
    assert_int_equal(store_put_reading(store, zone, meter, instant, 2.385), STORE_NEW);
}

static struct store *make_store(void)
{
    struct store *store = store_folder_open(STORE_WRITE);
    assert_true(store_begin(store));
    put(store, "a", "m1", t0);
    put(store, "a", "m2", t0 + 1800);
    put(store, "a", "", t0);
    put(store, "a", "m1", t0 + 86400);
    put(store, "b", "m1", t0 + 3600);
    put(store, "c", "", t0);
    for (int i = 0; i < 40; i++) {
        char meter[16];
        snprintf(meter, sizeof meter, "meter %d", i);
        put(store, "d", meter, t0);
        put(store, "d", meter, t0 + 1800);
    }
    assert_true(store_commit(store));
    return store;
}

static void test_from_the_first_to_a_week_after_the_last(void **state)
{
    (void)state;
    struct store *store = make_store();
    struct metering *metering = metering_new(store, NULL);
    assert_non_null(metering);
    assert_int_equal(metering_expected(metering, "a", t0 - 1800), 0);
    assert_int_equal(metering_expected(metering, "a", t0), 1);
    assert_int_equal(metering_expected(metering, "a", t0 + 1800), 2);
    assert_int_equal(metering_expected(metering, "a", t0 + 1800 + METERING_SILENT_S), 2);
    assert_int_equal(metering_expected(metering, "a", t0 + 3600 + METERING_SILENT_S), 1);
    assert_int_equal(metering_expected(metering, "a", t0 + 88200 + METERING_SILENT_S), 0);
    assert_int_equal(metering_expected(metering, "b", t0), 0);
    assert_int_equal(metering_expected(metering, "b", t0 + 3600), 1);
    assert_int_equal(metering_expected(metering, "c", t0), 0);
    assert_int_equal(metering_expected(metering, "d", t0), 40);
    metering_free(metering);
    store_close(store);
}

static void test_one_zone(void **state)
{
    (void)state;
    struct store *store = make_store();
    struct metering *metering = metering_new(store, "b");
    assert_non_null(metering);
    assert_int_equal(metering_expected(metering, "a", t0), 0);
    assert_int_equal(metering_expected(metering, "b", t0 + 3600), 1);
    metering_free(metering);
    metering_free(NULL);
    store_close(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_from_the_first_to_a_week_after_the_last,
                                        store_folder_enter, store_folder_leave),
        cmocka_unit_test_setup_teardown(test_one_zone, store_folder_enter, store_folder_leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
