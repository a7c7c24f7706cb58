// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/metering.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "tests/store_folder.h"

enum { STEP = 1800, DAY = 86400 };

static const int64_t t0 = 1711929600;

static void put(struct store *store, const char *zone, const char *meter, int64_t instant,
                double mw)
{
    assert_int_equal(store_put_reading(store, zone, meter, instant, mw), STORE_NEW);
}

// Zone a: three meters over 6 intervals, some missing; b: one meter; c: read as a whole, too.
static struct store *make_store(void)
{
    struct store *store = store_folder_open(STORE_WRITE);
    assert_true(store_begin(store));
    for (int i = 0; i < 6; i++) {
        put(store, "a", "m1", t0 + i * STEP, 60);
        if (i != 2)
            put(store, "a", "m2", t0 + i * STEP, 39.5);
        if (i != 2 && i != 4)
            put(store, "a", "m3", t0 + i * STEP, 0.5);
    }
    put(store, "b", "m1", t0, 7);
    put(store, "c", "m1", t0, 7);
    put(store, "c", "m2", t0, 8);
    put(store, "c", "", t0 + STEP, 15.5);
    put(store, "c", "m1", t0 + 2 * STEP, 7);
    assert_true(store_commit(store));
    return store;
}

struct seen {
    size_t n, stop;
    char text[2048];
};

static bool see(void *context, const struct metering_interval *interval)
{
    struct seen *seen = context;
    char line[256];
    snprintf(line, sizeof line, "%s %d %s %.1f %zu/%zu %.1f%%%s%s\n", interval->zone,
             (int)((interval->instant - t0) / STEP),
             interval->state == METERING_COMPLETE ? "whole" : "INCOMPLETE", interval->mw,
             interval->present, interval->missing, interval->missing_pct,
             *interval->names ? " " : "", interval->names);
    strncat(seen->text, line, sizeof seen->text - strlen(seen->text) - 1);
    return ++seen->n != seen->stop;
}

static void test_sums_are_complete_or_marked(void **state)
{
    (void)state;
    struct store *store = make_store();
    struct metering *metering = metering_new(store, NULL, 1);
    struct seen seen = {0};
    assert_non_null(metering);
    assert_true(metering_each(metering, INT64_MIN, INT64_MAX, see, &seen));
    assert_string_equal(seen.text, "a 0 whole 100.0 3/0 0.0%\n"
                                   "a 1 whole 100.0 3/0 0.0%\n"
                                   "a 2 INCOMPLETE 60.0 1/2 40.0% m2, m3\n"
                                   "a 3 whole 100.0 3/0 0.0%\n"
                                   "a 4 whole 99.5 2/1 0.5%\n"
                                   "a 5 whole 100.0 3/0 0.0%\n"
                                   "b 0 whole 7.0 1/0 0.0%\n"
                                   "c 0 whole 15.0 2/0 0.0%\n"
                                   "c 1 whole 15.5 0/0 0.0%\n"
                                   "c 2 INCOMPLETE 7.0 1/1 53.3% m2\n");
    metering_free(metering);
    store_close(store);
}

static void test_the_newest_readings_of_zones(void **state)
{
    (void)state;
    struct store *store = make_store();
    struct metering *metering = metering_new(store, NULL, 1);
    assert_non_null(metering);
    assert_int_equal(metering_meters(metering), 6);
    const struct metering_meter a = metering_meter(metering, 0), b = metering_meter(metering, 3),
                                c = metering_meter(metering, 5);
    assert_string_equal(a.zone, "a");
    assert_true(a.newest.whole == INT64_MIN && a.newest.any == t0 + 5 * STEP);
    assert_string_equal(b.zone, "b");
    assert_true(b.newest.whole == INT64_MIN && b.newest.any == t0);
    assert_string_equal(c.name, "m2");
    assert_true(c.newest.whole == t0 + STEP && c.newest.any == t0 + 2 * STEP);
    metering_free(metering);
    store_close(store);
}

static void test_one_zone_and_some_time(void **state)
{
    (void)state;
    struct store *store = make_store();
    struct metering *metering = metering_new(store, "a", 0);
    struct seen seen = {0}, one = {.stop = 1};
    assert_non_null(metering);
    assert_true(metering_each(metering, t0 + 4 * STEP, t0 + 5 * STEP, see, &seen));
    assert_string_equal(seen.text, "a 4 INCOMPLETE 99.5 2/1 0.5% m3\n");
    assert_true(metering_each(metering, INT64_MIN, INT64_MAX, see, &one));
    assert_int_equal(one.n, 1);
    assert_int_equal(metering_meters(metering), 3);
    assert_string_equal(metering_meter(metering, 2).name, "m3");
    assert_string_equal(metering_meter(metering, 2).zone, "a");
    assert_int_equal(metering_meter(metering, 2).first, t0);
    assert_int_equal(metering_meter(metering, 2).last, t0 + 5 * STEP);
    metering_free(metering);
    metering_free(NULL);
    store_close(store);
}

// Two meters that change what they say and fall silent for days and for weeks, over two years; a
// stretch looked at by itself is as it is in the whole.
static void test_a_stretch_is_as_in_the_whole(void **state)
{
    (void)state;
    enum { HALF = DAY / 2, N = 1400, SPAN = 20 };
    struct store *store = store_folder_open(STORE_WRITE);
    uint32_t draw = 7;
    int quiet[2] = {0};
    assert_true(store_begin(store));
    for (int i = 0; i < N; i++)
        for (int m = 0; m < 2; m++) {
            draw = draw * 1664525 + 1013904223;
            if (!quiet[m] && draw >> 24 < 4)
                quiet[m] = 1 + (int)(draw >> 8) % 140;
            if (quiet[m])
                quiet[m]--;
            else
                put(store, "a", m ? "m2" : "m1", t0 + i * HALF, 1 + m + (double)(i / 50 % 3) * m);
        }
    assert_true(store_commit(store));
    struct metering *all = metering_new(store, NULL, 30);
    for (int i = -SPAN; i < N + SPAN; i += SPAN) {
        const int64_t from = t0 + i * HALF, to = from + SPAN * HALF;
        struct metering *stretch = metering_new_between(store, "a", from, to, 30);
        struct seen one = {0}, same = {0};
        assert_true(all && stretch);
        assert_true(metering_each(all, from, to, see, &one));
        assert_true(metering_each(stretch, from, to, see, &same));
        assert_string_equal(same.text, one.text);
        metering_free(stretch);
    }
    metering_free(all);
    store_close(store);
}

static void test_which_zones_have_meters(void **state)
{
    (void)state;
    struct store *store = make_store();
    bool a, c, between, nowhere;
    assert_true(store_has_meters(store, "a", t0, t0 + 1, &a) && a);
    assert_true(store_has_meters(store, "c", t0, t0 + DAY, &c) && c);
    assert_true(store_has_meters(store, "c", t0 + 1, t0 + 2 * STEP, &between) && !between);
    assert_true(store_has_meters(store, "d", 0, INT64_MAX, &nowhere) && !nowhere);
    // One that has none is walked as it is.
    struct seen seen = {0};
    struct metering *metering = metering_new_between(store, "c", t0 + 400 * DAY, t0 + 401 * DAY, 1);
    assert_non_null(metering);
    assert_true(metering_each(metering, t0 + STEP, t0 + 2 * STEP, see, &seen));
    assert_string_equal(seen.text, "c 1 whole 15.5 0/0 0.0%\n");
    metering_free(metering);
    store_close(store);
}

static void test_an_empty_store(void **state)
{
    (void)state;
    struct store *store = store_folder_open(STORE_WRITE);
    struct metering *metering = metering_new(store, NULL, 1);
    struct seen seen = {0};
    assert_non_null(metering);
    assert_true(metering_each(metering, INT64_MIN, INT64_MAX, see, &seen));
    assert_int_equal(seen.n + metering_meters(metering), 0);
    metering_free(metering);
    store_close(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_sums_are_complete_or_marked, store_folder_enter,
                                        store_folder_leave),
        cmocka_unit_test_setup_teardown(test_the_newest_readings_of_zones, store_folder_enter,
                                        store_folder_leave),
        cmocka_unit_test_setup_teardown(test_one_zone_and_some_time, store_folder_enter,
                                        store_folder_leave),
        cmocka_unit_test_setup_teardown(test_a_stretch_is_as_in_the_whole, store_folder_enter,
                                        store_folder_leave),
        cmocka_unit_test_setup_teardown(test_which_zones_have_meters, store_folder_enter,
                                        store_folder_leave),
        cmocka_unit_test_setup_teardown(test_an_empty_store, store_folder_enter,
                                        store_folder_leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
