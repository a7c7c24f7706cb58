// SPDX-License-Identifier: GPL-3.0-or-later
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "daemon/deposit.h"
#include "tests/site_folder.h"

enum { NOON = 1717842600 }; // 2024-06-08T10:30Z

struct bench {
    struct config *config;
    struct store *store;
    struct engine *engine;
    struct metrics metrics;
    struct deposits *deposits;
};

static void begin(struct bench *bench)
{
    char error[256];
    *bench = (struct bench){.config = site_folder_config(NULL, NULL)};
    bench->store = store_open(bench->config->store.path, STORE_WRITE, error);
    assert_non_null(bench->store);
    bench->engine = engine_new(bench->config, bench->store, error);
    assert_non_null(bench->engine);
    const struct deposits_setup setup = {
        .store = bench->store, .engine = bench->engine, .metrics = &bench->metrics};
    bench->deposits = deposits_new(&setup);
    assert_non_null(bench->deposits);
}

static void end(struct bench *bench)
{
    deposits_free(bench->deposits);
    engine_free(bench->engine);
    store_close(bench->store);
    config_free(bench->config);
}

static struct store_reading reading(int64_t instant, double mw)
{
    return (struct store_reading){.zone = "yen-lu", .meter = "", .instant = instant, .mw = mw};
}

static int64_t readings(struct bench *bench)
{
    int64_t readings = -1, weather = -1;
    assert_true(store_count(bench->store, &readings, &weather));
    return readings;
}

static void tells_the_engine_what_is_durable(void **state)
{
    (void)state;
    struct bench bench;
    begin(&bench);
    const struct store_reading one = reading(NOON - 1800, 20), same = one,
                               changed = reading(NOON - 1800, 21);
    const struct store_weather weather = {"met", NOON, 35.5, (double)NAN};
    struct deposit *deposit = deposit_begin(bench.deposits);
    assert_true(deposit_reading(deposit, &one));
    assert_true(deposit_reading(deposit, &same));
    assert_true(deposit_weather(deposit, &weather));
    assert_int_equal(engine_zone(bench.engine, 0).newest_reading, 0); // not yet
    assert_true(deposit_end(deposit));
    assert_int_equal(engine_zone(bench.engine, 0).newest_reading, NOON);
    deposit = deposit_begin(bench.deposits);
    assert_true(deposit_reading(deposit, &changed));
    assert_true(deposit_end(deposit));
    assert_int_equal(bench.metrics.readings, 3);
    assert_int_equal(bench.metrics.readings_same, 1);
    assert_int_equal(bench.metrics.readings_changed, 1);
    assert_int_equal(bench.metrics.stored_readings, 1);
    assert_int_equal(bench.metrics.weather, 1);
    assert_string_equal(deposits_trouble(bench.deposits), "");
    end(&bench);
}

static void keeps_nothing_of_what_is_discarded_or_empty(void **state)
{
    (void)state;
    struct bench bench;
    begin(&bench);
    const struct store_reading one = reading(NOON, 20);
    struct deposit *deposit = deposit_begin(bench.deposits);
    assert_true(deposit_reading(deposit, &one));
    deposit_discard(deposit);
    assert_int_equal(readings(&bench), 0);
    assert_true(deposit_end(deposit_begin(bench.deposits)));
    assert_int_equal(bench.metrics.readings, 0);
    end(&bench);
}

// A reader's store cannot be written to, as one on a full or failing disk.
static void says_why_the_store_took_nothing(void **state)
{
    (void)state;
    struct bench bench;
    char error[256];
    begin(&bench);
    struct store *reader = store_open(bench.config->store.path, STORE_READ, error);
    const struct deposits_setup setup = {
        .store = reader, .engine = bench.engine, .metrics = &bench.metrics};
    struct deposits *deposits = deposits_new(&setup);
    const struct store_reading one = reading(NOON, 20);
    struct deposit *deposit = deposit_begin(deposits);
    assert_true(deposit_reading(deposit, &one));
    assert_false(deposit_end(deposit));
    assert_string_not_equal(deposits_trouble(deposits), "");
    assert_int_equal(bench.metrics.store_failures, 1);
    assert_int_equal(engine_zone(bench.engine, 0).newest_reading, 0);
    deposits_free(deposits);
    store_close(reader);
    end(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(tells_the_engine_what_is_durable, site_folder_enter,
                                        site_folder_leave),
        cmocka_unit_test_setup_teardown(keeps_nothing_of_what_is_discarded_or_empty,
                                        site_folder_enter, site_folder_leave),
        cmocka_unit_test_setup_teardown(says_why_the_store_took_nothing, site_folder_enter,
                                        site_folder_leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
