// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/stations.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>

#include "tests/near.h"

enum { STATIONS = 5, DAYS = 800, HOUR = CIVIL_HOUR_S, SEED = 2385 };
static const int64_t start = 1609434000; // 2021-01-01T00:00+07:00

// Five stations with weather of their own each, and a load that follows the mean of some of them.
struct region {
    struct series load, station[STATIONS];
    const struct series *list[STATIONS];
    struct civil_clock clock;
    struct heldout_data data;
};

static void put(struct series *series, int64_t t, double value)
{
    assert_true(series_put(series, t, value) != SERIES_REFUSED);
}

static double usual_temperature(int64_t i)
{
    return 23.7 - 7.1 * cos(2 * M_PI * (double)i / 8766) - 3.9 * cos(2 * M_PI * (double)i / 24);
}

// `follows` says how much of the load's temperature each station makes up.
static void region_init(struct region *region, const double follows[static STATIONS])
{
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_taus2);
    double anomaly[STATIONS] = {0}, smooth = 20, keep = exp(-1 / 24.0);
    gsl_rng_set(rng, SEED);
    *region = (struct region){.clock = {.offset_s = 7 * HOUR}};
    series_init(&region->load, HOUR);
    for (int s = 0; s < STATIONS; s++) {
        series_init(&region->station[s], HOUR);
        region->list[s] = &region->station[s];
    }
    for (int64_t i = 0; i < DAYS * 24; i++) {
        int64_t t = start + i * HOUR;
        double felt = 0;
        for (int s = 0; s < STATIONS; s++) {
            anomaly[s] = 0.98 * anomaly[s] + gsl_ran_gaussian(rng, 0.5);
            double temp = usual_temperature(i) + 1.7 * s + anomaly[s];
            put(&region->station[s], t, temp);
            felt += follows[s] * temp;
        }
        smooth = keep * smooth + (1 - keep) * felt;
        double level = civil_weekday(civil_day(t + 7 * HOUR)) == 6 ? 0.7 : 1;
        put(&region->load, t,
            level * 200 + 0.31 * pow(fmax(0, smooth - 17), 2) + gsl_ran_gaussian(rng, 4.3));
    }
    gsl_rng_free(rng);
    region->data = (struct heldout_data){
        .load = &region->load, .clock = &region->clock, .issue = series_end(&region->load)};
}

static void region_done(struct region *region)
{
    series_done(&region->load);
    for (int s = 0; s < STATIONS; s++)
        series_done(&region->station[s]);
}

static void test_finds_the_one_station(void **state)
{
    (void)state;
    struct region region;
    struct stations_place ranking[STATIONS];
    size_t chosen;
    region_init(&region, (const double[]){0, 0, 1, 0, 0});
    assert_true(stations_choose(&region.data, STATIONS, region.list, ranking, &chosen));
    assert_int_equal(chosen, 1);
    assert_int_equal(ranking[0].station, 2);
    assert_true(ranking[0].error > 0.1 && ranking[0].error < 0.5);
    for (size_t k = 1; k < STATIONS; k++) {
        assert_true(ranking[k].error > ranking[0].error && ranking[k].error < 1.05);
        assert_true(ranking[k].together > ranking[0].together);
    }
    region_done(&region);
}

static void test_averages_two(void **state)
{
    (void)state;
    struct region region;
    struct stations_place ranking[STATIONS];
    size_t chosen;
    region_init(&region, (const double[]){0, 0.5, 0, 0, 0.5});
    assert_true(stations_choose(&region.data, STATIONS, region.list, ranking, &chosen));
    assert_int_equal(chosen, 2);
    assert_int_equal(ranking[0].station + ranking[1].station, 1 + 4);
    assert_true(ranking[1].together < 0.8 * ranking[0].error);
    region_done(&region);
}

// Neither a station of two weeks nor one that says nothing is ranked, and gaps in the best one do
// not hide it.
static void test_gaps(void **state)
{
    (void)state;
    struct region region;
    struct stations_place ranking[STATIONS];
    size_t chosen;
    region_init(&region, (const double[]){0, 0, 0, 1, 0});
    for (int64_t i = 0; i < DAYS * 24; i++) {
        int64_t t = start + i * HOUR;
        put(&region.station[0], t, NAN);
        if (i > 14 * 24)
            put(&region.station[1], t, NAN);
        if (i % 97 < 20)
            put(&region.station[3], t, NAN);
    }
    assert_true(stations_choose(&region.data, STATIONS, region.list, ranking, &chosen));
    assert_int_equal(chosen, 1);
    assert_int_equal(ranking[0].station, 3);
    assert_int_equal(ranking[3].station, 0);
    assert_int_equal(ranking[4].station, 1);
    assert_true(isnan(ranking[3].error) && isnan(ranking[4].error));
    assert_true(isnan(ranking[4].together));
    region_done(&region);
}

static void assert_same(size_t n, const struct stations_place a[], const struct stations_place b[])
{
    for (size_t k = 0; k < n; k++) {
        assert_int_equal(a[k].station, b[k].station);
        assert_memory_equal(&a[k].error, &b[k].error, sizeof a[k].error);
        assert_memory_equal(&a[k].together, &b[k].together, sizeof a[k].together);
    }
}

// The same bits again, from inputs whose future and whose month of the issue are nonsense.
static void test_sees_no_future(void **state)
{
    (void)state;
    struct region region;
    struct stations_place ranking[STATIONS], again[STATIONS];
    size_t chosen, chosen_again;
    struct stations_choice choice = {0};
    struct series before, after;
    region_init(&region, (const double[]){0.3, 0.7, 0, 0, 0});
    region.data.issue = start + 660 * 24 * HOUR + 5 * HOUR; // 2022-10-23
    assert_true(stations_choose(&region.data, STATIONS, region.list, ranking, &chosen));
    assert_true(stations_temperature(&choice, &region.data, STATIONS, region.list,
                                     region.data.issue, &before));
    for (int64_t t = region.data.issue; t < series_end(&region.load); t += HOUR) {
        put(&region.load, t, -7e9);
        for (int s = 0; s < STATIONS; s++)
            put(&region.station[s], t, 451 + 13 * s);
    }
    assert_true(stations_choose(&region.data, STATIONS, region.list, again, &chosen_again));
    assert_int_equal(chosen, chosen_again);
    assert_same(STATIONS, ranking, again);
    stations_choice_done(&choice);
    assert_true(stations_temperature(&choice, &region.data, STATIONS, region.list,
                                     region.data.issue, &after));
    assert_int_equal(series_end(&before), region.data.issue);
    assert_int_equal(before.n, after.n);
    assert_memory_equal(before.value, after.value, before.n * sizeof *before.value);
    series_done(&before);
    series_done(&after);
    stations_choice_done(&choice);
    // What the month of the issue brings chooses nothing.
    put(&region.load, start + 645 * 24 * HOUR, 1e9);
    assert_true(stations_choose(&region.data, STATIONS, region.list, again, &chosen_again));
    assert_same(STATIONS, ranking, again);
    region_done(&region);
}

static void test_too_little_history(void **state)
{
    (void)state;
    struct region region;
    struct stations_place ranking[STATIONS];
    size_t chosen = 99;
    region_init(&region, (const double[]){1, 0, 0, 0, 0});
    region.data.issue = start + 200 * 24 * HOUR;
    assert_true(stations_choose(&region.data, STATIONS, region.list, ranking, &chosen));
    assert_int_equal(chosen, STATIONS);
    for (size_t k = 0; k < STATIONS; k++) {
        assert_int_equal(ranking[k].station, k);
        assert_true(isnan(ranking[k].error));
    }
    assert_true(stations_choose(&region.data, 1, region.list, ranking, &chosen));
    assert_int_equal(chosen, 1);
    assert_true(stations_choose(&region.data, 0, NULL, ranking, &chosen));
    assert_int_equal(chosen, 0);
    region_done(&region);
}

static void test_temperature_of_a_zone(void **state)
{
    (void)state;
    struct region region;
    struct stations_choice choice = {0};
    struct series temp;
    region_init(&region, (const double[]){0, 0, 0, 1, 0});
    assert_true(stations_temperature(&choice, &region.data, STATIONS, region.list,
                                     region.data.issue - 7 * HOUR, &temp));
    assert_int_equal(choice.chosen, 1);
    assert_int_equal(series_end(&temp), region.data.issue - 7 * HOUR);
    for (size_t i = 0; i < temp.n; i++)
        near_assert(temp.value[i], region.station[3].value[i], 1e-9);
    series_done(&temp);
    // Kept for the month: it takes other stations, a longer load or another month to choose anew.
    choice.ranking[0].station = 1;
    assert_true(stations_temperature(&choice, &region.data, STATIONS, region.list,
                                     region.data.issue, &temp));
    near_assert(temp.value[77], region.station[1].value[77], 1e-9);
    series_done(&temp);
    assert_true(stations_temperature(&choice, &region.data, STATIONS - 1, region.list,
                                     region.data.issue, &temp));
    assert_int_equal(choice.ranking[0].station, 3);
    series_done(&temp);
    region.data.issue += 31 * CIVIL_DAY_S;
    choice.ranking[0].station = 1;
    assert_true(stations_temperature(&choice, &region.data, STATIONS - 1, region.list,
                                     region.data.issue, &temp));
    assert_int_equal(choice.ranking[0].station, 3);
    series_done(&temp);
    choice.ranking[0].station = 1;
    put(&region.load, start - CIVIL_DAY_S, 219);
    assert_true(stations_temperature(&choice, &region.data, STATIONS - 1, region.list,
                                     region.data.issue, &temp));
    assert_int_equal(choice.ranking[0].station, 3);
    series_done(&temp);
    assert_true(stations_temperature(&choice, &region.data, 0, NULL, region.data.issue, &temp));
    assert_int_equal(temp.n, 0);
    series_done(&temp);
    stations_choice_done(&choice);
    region_done(&region);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_finds_the_one_station),
        cmocka_unit_test(test_averages_two),
        cmocka_unit_test(test_gaps),
        cmocka_unit_test(test_sees_no_future),
        cmocka_unit_test(test_too_little_history),
        cmocka_unit_test(test_temperature_of_a_zone),
    };
    gsl_set_error_handler_off();
    print_message("# seed %d\n", SEED);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
