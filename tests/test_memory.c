// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/memory.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>

#include "tests/near.h"

enum { DAYS = 730, HOUR = CIVIL_HOUR_S, SEED = 6173, EVERY = 3 };
static const int64_t start = 1609434000; // 2021-01-01T00:00+07:00

struct zone {
    struct series load, temp;
    struct civil_clock clock;
    struct heldout_data data;
};

static void put(struct series *series, int64_t t, double value)
{
    assert_true(series_put(series, t, value) != SERIES_REFUSED);
}

// A load that follows the temperature smoothed over so many hours.
static void zone_init(struct zone *zone, double hours, int days)
{
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_taus2);
    double anomaly = 0, smooth = 23, keep = exp(-1 / hours);
    gsl_rng_set(rng, SEED);
    *zone = (struct zone){.clock = {.offset_s = 7 * HOUR}};
    series_init(&zone->load, HOUR);
    series_init(&zone->temp, HOUR);
    for (int64_t i = 0; i < days * 24; i++) {
        int64_t t = start + i * HOUR;
        anomaly = 0.98 * anomaly + gsl_ran_gaussian(rng, 0.7);
        double temp = 23.7 - 5.1 * cos(2 * M_PI * (double)i / 8766) -
                      3.9 * cos(2 * M_PI * (double)i / 24) + anomaly;
        smooth = keep * smooth + (1 - keep) * temp;
        put(&zone->temp, t, temp);
        put(&zone->load, t, 200 + 0.31 * pow(fmax(0, smooth - 17), 2) + gsl_ran_gaussian(rng, 2.3));
    }
    gsl_rng_free(rng);
    zone->data = (struct heldout_data){
        .load = &zone->load, .clock = &zone->clock, .issue = series_end(&zone->load)};
}

static void zone_done(struct zone *zone)
{
    series_done(&zone->load);
    series_done(&zone->temp);
}

static void choose(const struct zone *zone, struct memory_choice *ret)
{
    struct heldout *heldout = heldout_new(&zone->data, EVERY);
    assert_non_null(heldout);
    assert_true(memory_choose(heldout, &zone->temp, ret));
    heldout_free(heldout);
}

static bool has_smooth(const struct memory_set *set, double from, double to)
{
    for (size_t k = 0; k < set->n; k++)
        if (set->inputs[k].guise == WEATHER_SMOOTH && set->inputs[k].hours >= from &&
            set->inputs[k].hours <= to)
            return true;
    return false;
}

static void test_finds_a_long_memory(void **state)
{
    (void)state;
    struct zone zone;
    struct memory_choice choice;
    zone_init(&zone, 120, DAYS);
    choose(&zone, &choice);
    assert_true(choice.tried >= 100);
    assert_true(has_smooth(&choice.best, 72, 240));
    assert_true(choice.best.error < 0.9 * choice.usual.error);
    zone_done(&zone);
}

static void test_keeps_the_usual_where_that_is_it(void **state)
{
    (void)state;
    struct zone zone;
    struct memory_choice choice;
    zone_init(&zone, 24, DAYS);
    choose(&zone, &choice);
    assert_true(choice.best.error > 0.98 * choice.usual.error);
    assert_true(has_smooth(&choice.best, 18, 36));
    zone_done(&zone);
}

static void test_sees_no_future(void **state)
{
    (void)state;
    struct zone zone;
    struct memory_choice before, after;
    zone_init(&zone, 48, DAYS);
    zone.data.issue -= 31 * CIVIL_DAY_S;
    choose(&zone, &before);
    for (int64_t t = zone.data.issue; t < series_end(&zone.temp); t += HOUR) {
        put(&zone.temp, t, 451);
        put(&zone.load, t, -1e9);
    }
    choose(&zone, &after);
    assert_memory_equal(&before.best.error, &after.best.error, sizeof before.best.error);
    assert_int_equal(before.best.n, after.best.n);
    zone_done(&zone);
}

static void test_too_little_to_tell(void **state)
{
    (void)state;
    struct zone zone;
    struct memory_choice choice;
    zone_init(&zone, 24, 9);
    choose(&zone, &choice);
    assert_true(isnan(choice.usual.error) && isnan(choice.best.error));
    assert_int_equal(choice.tried, 0);
    assert_int_equal(choice.best.n, 3);
    zone_done(&zone);
}

// The error is a share of that of the calendar: of a temperature that tells nothing about 1, of one
// that tells all what the noise leaves.
static void test_error_is_a_share(void **state)
{
    (void)state;
    struct zone zone;
    zone_init(&zone, 24, DAYS);
    struct heldout *heldout = heldout_new(&zone.data, 1);
    const struct weather_input smooth = {.guise = WEATHER_SMOOTH, .hours = 24};
    assert_non_null(heldout);
    assert_int_equal(heldout_days(heldout), DAYS);
    assert_true(heldout_sum(heldout, &zone.temp, 1, &smooth));
    near_assert(heldout_overlap(heldout), 1, 0.01);
    near_assert(heldout_error(heldout, 0, NULL), 1, 1e-12);
    double error = heldout_error(heldout, 1, (const size_t[]){0});
    assert_true(error > 0.02 && error < 0.5);
    struct series none;
    series_init(&none, HOUR);
    assert_true(heldout_sum(heldout, &none, 1, &smooth));
    near_assert(heldout_overlap(heldout), 0, 0);
    assert_true(isnan(heldout_error(heldout, 1, (const size_t[]){0})));
    series_done(&none);
    heldout_free(heldout);
    zone_done(&zone);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_finds_a_long_memory),
        cmocka_unit_test(test_keeps_the_usual_where_that_is_it),
        cmocka_unit_test(test_sees_no_future),
        cmocka_unit_test(test_too_little_to_tell),
        cmocka_unit_test(test_error_is_a_share),
    };
    gsl_set_error_handler_off();
    print_message("# seed %d\n", SEED);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
