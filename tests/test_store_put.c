// SPDX-License-Identifier: GPL-3.0-or-later
// Many rows at once must come out as if they were put one after the other: compared with a plain
// table in memory, over random lists.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/store_folder.h"

enum { ZONES = 3, METERS = 4, TIMES = 300, KEYS = ZONES * METERS * TIMES, ROUNDS = 40, MOST = 700 };

static uint32_t seed = 2385;
static uint32_t draw(uint32_t n)
{
    seed = seed * 1664525 + 1013904223;
    return (seed >> 8) % n;
}

static const char *const names[] = {"b", "a", "", "ở"};

struct plain { // what the store must hold
    bool there[KEYS];
    double value[KEYS][2];
};

static enum store_put put_plain(struct plain *plain, size_t key, double a, double b)
{
    double *value = plain->value[key];
    const bool same = value[0] == a && (value[1] == b || (isnan(value[1]) && isnan(b)));
    const enum store_put put = !plain->there[key] ? STORE_NEW : same ? STORE_SAME : STORE_CHANGED;
    plain->there[key] = true;
    value[0] = a;
    value[1] = b;
    return put;
}

static size_t key_of(uint32_t zone, uint32_t time, uint32_t meter)
{
    return ((size_t)zone * TIMES + time) * METERS + meter;
}

// Sparse, dense, and again and again the same: by how many of the times are drawn from.
static uint32_t draw_time(int round)
{
    static const uint32_t spans[] = {TIMES, 10, 100};
    return draw(spans[round % 3]) * (round % 4 == 0 ? 1 : 3) % TIMES;
}

static void put_readings(struct store *store, struct plain *plain, int round)
{
    struct store_reading list[MOST];
    enum store_put expected[MOST], got[MOST];
    const size_t n = draw(MOST) + 1;
    for (size_t i = 0; i < n; i++) {
        const uint32_t zone = draw(ZONES), meter = draw(METERS), time = draw_time(round);
        list[i] = (struct store_reading){.zone = names[zone],
                                         .meter = names[meter],
                                         .instant = 1800 * ((int64_t)time - 50),
                                         .mw = draw(3)};
        expected[i] = put_plain(plain, key_of(zone, time, meter), list[i].mw, (double)NAN);
    }
    assert_true(store_begin(store));
    assert_true(store_put_readings(store, n, list, got));
    assert_true(store_commit(store));
    assert_memory_equal(got, expected, n * sizeof *got);
}

static void put_weathers(struct store *store, struct plain *plain, int round)
{
    struct store_weather list[MOST];
    enum store_put expected[MOST], got[MOST];
    const size_t n = draw(MOST) + 1;
    for (size_t i = 0; i < n; i++) {
        const uint32_t station = draw(ZONES), time = draw_time(round);
        list[i] = (struct store_weather){.station = names[station],
                                         .instant = 60 * ((int64_t)time - 50),
                                         .temp_c = draw(2),
                                         .humidity_pct = draw(2) ? draw(2) : (double)NAN};
        expected[i] =
            put_plain(plain, key_of(station, time, 0), list[i].temp_c, list[i].humidity_pct);
    }
    assert_true(store_begin(store));
    assert_true(store_put_weathers(store, n, list, got));
    assert_true(store_commit(store));
    assert_memory_equal(got, expected, n * sizeof *got);
}

static uint32_t number_of(const char *name)
{
    uint32_t k = 0;
    while (strcmp(names[k], name))
        k++;
    return k;
}

static void take_out(struct plain *plain, size_t key, double a, double b)
{
    assert_true(plain->there[key]);
    assert_int_equal(put_plain(plain, key, a, b), STORE_SAME);
    plain->there[key] = false;
}

static bool take_reading(void *context, const struct store_reading *reading)
{
    const uint32_t time = (uint32_t)(reading->instant / 1800 + 50);
    take_out(context, key_of(number_of(reading->zone), time, number_of(reading->meter)),
             reading->mw, (double)NAN);
    return true;
}

static bool take_weather(void *context, const struct store_weather *weather)
{
    const uint32_t time = (uint32_t)(weather->instant / 60 + 50);
    take_out(context, key_of(number_of(weather->station), time, 0), weather->temp_c,
             weather->humidity_pct);
    return true;
}

static void assert_all_taken(const struct plain *plain)
{
    for (size_t i = 0; i < KEYS; i++)
        assert_false(plain->there[i]);
}

static void test_as_if_one_after_the_other(void **state)
{
    (void)state;
    struct store *store = store_folder_open(STORE_WRITE);
    struct plain *readings = calloc(1, sizeof *readings), *weather = calloc(1, sizeof *weather);
    for (int round = 0; round < ROUNDS; round++) {
        put_readings(store, readings, round);
        put_weathers(store, weather, round);
    }
    assert_true(store_each_reading(store, NULL, INT64_MIN, INT64_MAX, take_reading, readings));
    assert_true(store_each_weather(store, INT64_MIN, INT64_MAX, take_weather, weather));
    assert_all_taken(readings);
    assert_all_taken(weather);
    free(readings);
    free(weather);
    store_close(store);
}

static void test_nothing_at_all(void **state)
{
    (void)state;
    struct store *store = store_folder_open(STORE_WRITE);
    assert_true(store_begin(store));
    assert_true(store_put_readings(store, 0, NULL, NULL));
    assert_true(store_put_weathers(store, 0, NULL, NULL));
    assert_true(store_commit(store));
    store_close(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_as_if_one_after_the_other, store_folder_enter,
                                        store_folder_leave),
        cmocka_unit_test_setup_teardown(test_nothing_at_all, store_folder_enter,
                                        store_folder_leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
