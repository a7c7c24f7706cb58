// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/store.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

#include "tests/store_folder.h"

static const int64_t t0 = 1711929600; // 2024-04-01T00:00Z

static void put(struct store *store, const char *zone, const char *meter, int64_t instant,
                double mw, enum store_put expected)
{
    assert_int_equal(store_put_reading(store, zone, meter, instant, mw), expected);
}

static bool print_reading(void *context, const struct store_reading *reading)
{
    FILE *out = context;
    fprintf(out, "%s|%s|%+d|%.17g\n", reading->zone, reading->meter, (int)(reading->instant - t0),
            reading->mw);
    return true;
}

static bool print_weather(void *context, const struct store_weather *weather)
{
    FILE *out = context;
    fprintf(out, "%s|%+d|%.17g|%.17g\n", weather->station, (int)(weather->instant - t0),
            weather->temp_c, weather->humidity_pct);
    return true;
}

static void assert_readings(struct store *store, const char *zone, int64_t from, int64_t to,
                            const char *expected)
{
    char text[1024] = "";
    FILE *out = fmemopen(text, sizeof text, "w");
    assert_true(store_each_reading(store, zone, from, to, print_reading, out));
    fclose(out);
    assert_string_equal(text, expected);
}

static void test_readings_in_order(void **state)
{
    (void)state;
    struct store *store = store_folder_open(STORE_WRITE);
    assert_true(store_begin(store));
    put(store, "yên-lư", "m1", t0 + 1800, 4.5e-3, STORE_NEW);
    put(store, "yên-lư", "m2", t0 + 1800, 2.385, STORE_NEW);
    put(store, "yên-lư", "", t0, 17.1, STORE_NEW);
    put(store, "quang-chau", "", t0 - 1711929600 - 1800, -3.25, STORE_NEW);
    put(store, "quang-chau", "", t0 + 3600, 1e300, STORE_NEW);
    assert_true(store_commit(store));
    assert_readings(store, NULL, INT64_MIN, INT64_MAX,
                    "quang-chau||-1711931400|-3.25\n"
                    "quang-chau||+3600|1.0000000000000001e+300\n"
                    "yên-lư||+0|17.100000000000001\n"
                    "yên-lư|m1|+1800|0.0044999999999999997\n"
                    "yên-lư|m2|+1800|2.3849999999999998\n");
    assert_readings(store, "yên-lư", t0 + 1, t0 + 1801,
                    "yên-lư|m1|+1800|0.0044999999999999997\n"
                    "yên-lư|m2|+1800|2.3849999999999998\n");
    assert_readings(store, "yên-lư", t0, t0 + 1800, "yên-lư||+0|17.100000000000001\n");
    assert_readings(store, "m1", INT64_MIN, INT64_MAX, "");
    assert_readings(store, "none", INT64_MIN, INT64_MAX, "");
    store_close(store);
}

static void test_later_value_wins(void **state)
{
    (void)state;
    struct store *store = store_folder_open(STORE_WRITE);
    assert_true(store_begin(store));
    put(store, "a", "", t0, 2.385, STORE_NEW);
    put(store, "a", "", t0, 2.385, STORE_SAME);
    put(store, "a", "m", t0, 2.385, STORE_NEW);
    put(store, "a", "", t0, nextafter(2.385, 3), STORE_CHANGED);
    assert_true(store_commit(store));
    assert_true(store_begin(store));
    put(store, "a", "", t0, nextafter(2.385, 3), STORE_SAME);
    put(store, "a", "", t0, -0.125, STORE_CHANGED);
    assert_true(store_commit(store));
    assert_readings(store, "a", t0, t0 + 1, "a||+0|-0.125\na|m|+0|2.3849999999999998\n");
    store_close(store);
}

static void test_weather(void **state)
{
    (void)state;
    char text[256] = "";
    struct store *store = store_folder_open(STORE_WRITE);
    assert_true(store_begin(store));
    assert_int_equal(store_put_weather(store, "w2", t0, 31.5, 78.25), STORE_NEW);
    assert_int_equal(store_put_weather(store, "w1", t0, -2.75, (double)NAN), STORE_NEW);
    assert_int_equal(store_put_weather(store, "w1", t0, -2.75, (double)NAN), STORE_SAME);
    assert_int_equal(store_put_weather(store, "w2", t0, 31.5, 78.25), STORE_SAME);
    assert_int_equal(store_put_weather(store, "w2", t0, 31.5, (double)NAN), STORE_CHANGED);
    assert_int_equal(store_put_weather(store, "w2", t0, 31.5, 79.5), STORE_CHANGED);
    assert_int_equal(store_put_weather(store, "w2", t0 - 60, 30.5, 79.5), STORE_NEW);
    assert_int_equal(store_put_weather(store, "w2", t0 + 60, 30.5, 79.5), STORE_NEW);
    assert_true(store_commit(store));
    FILE *out = fmemopen(text, sizeof text, "w");
    assert_true(store_each_weather(store, t0 - 60, t0 + 60, print_weather, out));
    fclose(out);
    assert_string_equal(text, "w1|+0|-2.75|nan\nw2|-60|30.5|79.5\nw2|+0|31.5|79.5\n");
    store_close(store);
}

static bool stop_at_first(void *context, const struct store_reading *reading)
{
    (void)reading;
    ++*(int *)context;
    return false;
}

static void test_walk_may_stop(void **state)
{
    (void)state;
    struct store *store = store_folder_open(STORE_WRITE);
    assert_true(store_begin(store));
    for (int i = 0; i < 100; i++)
        put(store, "a", "", t0 + i, 2.385, STORE_NEW);
    assert_true(store_commit(store));
    int calls = 0;
    for (int i = 0; i < 3; i++)
        assert_true(store_each_reading(store, NULL, t0, t0 + 50, stop_at_first, &calls));
    assert_int_equal(calls, 3);
    // Nothing of the walk holds a lock.
    assert_true(store_begin(store));
    assert_true(store_commit(store));
    store_close(store);
}

static void test_rollback(void **state)
{
    (void)state;
    struct store *store = store_folder_open(STORE_WRITE);
    assert_true(store_begin(store));
    put(store, "gone", "meter", t0, 2.385, STORE_NEW);
    store_rollback(store);
    // The names were undone with it, and are made anew.
    assert_true(store_begin(store));
    put(store, "kept", "", t0, 1.5, STORE_NEW);
    put(store, "gone", "meter", t0, 4.75, STORE_NEW);
    assert_true(store_commit(store));
    store_close(store);
    store = store_folder_open(STORE_READ);
    assert_readings(store, NULL, INT64_MIN, INT64_MAX, "gone|meter|+0|4.75\nkept||+0|1.5\n");
    store_close(store);
}

static void test_close_rolls_back(void **state)
{
    (void)state;
    struct store *store = store_folder_open(STORE_WRITE);
    assert_true(store_begin(store));
    put(store, "a", "", t0, 2.385, STORE_NEW);
    store_close(store);
    store = store_folder_open(STORE_READ);
    assert_readings(store, NULL, INT64_MIN, INT64_MAX, "");
    store_close(store);
    store_close(NULL);
}

static void test_reader_cannot_write(void **state)
{
    (void)state;
    store_close(store_folder_open(STORE_WRITE));
    struct store *store = store_folder_open(STORE_READ);
    const bool began = store_begin(store);
    assert_true(!began || store_put_reading(store, "a", "", t0, 2.385) == STORE_FAILED);
    assert_non_null(strstr(store_error(store), "readonly"));
    if (began)
        store_rollback(store);
    store_close(store);
}

static bool is_simulated(struct store *store)
{
    bool simulated = false;
    assert_true(store_simulated(store, &simulated));
    return simulated;
}

static void test_simulated_is_for_good(void **state)
{
    (void)state;
    struct store *store = store_folder_open(STORE_WRITE);
    assert_false(is_simulated(store));
    assert_true(store_begin(store));
    assert_true(store_mark_simulated(store));
    store_rollback(store);
    assert_false(is_simulated(store));
    for (int k = 0; k < 2; k++) {
        assert_true(store_begin(store));
        assert_true(store_mark_simulated(store));
        assert_true(store_commit(store));
    }
    assert_true(is_simulated(store));
    store_close(store);
    store = store_folder_open(STORE_READ);
    assert_true(is_simulated(store));
    store_close(store);
}

static void test_version_shows_other_writers(void **state)
{
    (void)state;
    struct store *writer = store_folder_open(STORE_WRITE);
    struct store *reader = store_folder_open(STORE_READ);
    const int64_t before = store_version(reader);
    assert_int_equal(store_version(reader), before);
    const int64_t own = store_version(writer);
    assert_true(store_begin(writer));
    put(writer, "a", "", t0, 2.385, STORE_NEW);
    assert_int_equal(store_version(reader), before);
    assert_true(store_commit(writer));
    assert_int_not_equal(store_version(reader), before);
    assert_int_equal(store_version(writer), own);
    store_close(reader);
    store_close(writer);
}

// More names than fit in a first table, met out of order and in two connections.
static void test_many_names(void **state)
{
    (void)state;
    struct store *store = store_folder_open(STORE_WRITE);
    assert_true(store_begin(store));
    for (int i = 0; i < 500; i++) {
        char zone[16];
        snprintf(zone, sizeof zone, "z%03d", i * 37 % 500);
        put(store, zone, i % 2 ? "m" : "", t0, i, STORE_NEW);
    }
    assert_true(store_commit(store));
    store_close(store);
    store = store_folder_open(STORE_WRITE);
    assert_true(store_begin(store));
    for (int i = 499; i >= 0; i--) {
        char zone[16];
        snprintf(zone, sizeof zone, "z%03d", i * 37 % 500);
        put(store, zone, i % 2 ? "m" : "", t0, i, STORE_SAME);
    }
    assert_true(store_commit(store));
    store_close(store);
}

static double cpu_s(void)
{
    return (double)clock() / CLOCKS_PER_SEC;
}

// As much as a collector sends at once after an outage, from all zones by turns.
static void test_speed(void **state)
{
    (void)state;
    enum { READINGS = 20000, ZONES = 12 };
    struct store *store = store_folder_open(STORE_WRITE);
    for (int round = 0; round < 2; round++) {
        const double before_s = cpu_s();
        assert_true(store_begin(store));
        for (int i = 0; i < READINGS; i++) {
            char zone[16];
            snprintf(zone, sizeof zone, "zone-%d", i % ZONES);
            put(store, zone, "", t0 + i / ZONES * 1800, i * 2.385, round ? STORE_SAME : STORE_NEW);
        }
        assert_true(store_commit(store));
        const double taken_s = cpu_s() - before_s;
        fprintf(stderr, "# 20,000 readings in %.3f s\n", taken_s);
        // Ten times what it takes, and more: only a lost index or cache is that slow.
        assert_true(taken_s < 2);
    }
    store_close(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_readings_in_order, store_folder_enter,
                                        store_folder_leave),
        cmocka_unit_test_setup_teardown(test_later_value_wins, store_folder_enter,
                                        store_folder_leave),
        cmocka_unit_test_setup_teardown(test_weather, store_folder_enter, store_folder_leave),
        cmocka_unit_test_setup_teardown(test_walk_may_stop, store_folder_enter, store_folder_leave),
        cmocka_unit_test_setup_teardown(test_rollback, store_folder_enter, store_folder_leave),
        cmocka_unit_test_setup_teardown(test_close_rolls_back, store_folder_enter,
                                        store_folder_leave),
        cmocka_unit_test_setup_teardown(test_reader_cannot_write, store_folder_enter,
                                        store_folder_leave),
        cmocka_unit_test_setup_teardown(test_simulated_is_for_good, store_folder_enter,
                                        store_folder_leave),
        cmocka_unit_test_setup_teardown(test_version_shows_other_writers, store_folder_enter,
                                        store_folder_leave),
        cmocka_unit_test_setup_teardown(test_many_names, store_folder_enter, store_folder_leave),
        cmocka_unit_test_setup_teardown(test_speed, store_folder_enter, store_folder_leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
