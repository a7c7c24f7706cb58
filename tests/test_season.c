// SPDX-License-Identifier: GPL-3.0-or-later
// Seasons made of outlooks whose every number is known.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <gsl/gsl_rng.h>

#include "models/season.h"
#include "tests/near.h"

enum {
    HALF_HOUR = 1800,
    STEPS = 48,
    DAYS = 60,
    N = DAYS * STEPS,
    PAST = 10 * STEPS,
    RUNS = 6,
    WINDOWS = 2,
    WINDOW_DAYS = DAYS + 2 * OUTLOOK_MARGIN_DAYS,
    ZONES = 4,
    PATHS = 200,
    SEED = 577,
};

// Zone 0 in logarithms, 1 and 2 in MW, 3 without history, of the kin 0.
struct scene {
    struct civil_clock clock;
    struct outlook outlook[3];
    struct ramp ramp;
    double past[PAST];
    struct season_zone zones[ZONES];
    size_t all[ZONES], some[2];
    struct season_sum sums[2]; // zones 1 and 3, all
    struct season_request request;
};

static void make_outlook(struct outlook *o, bool logarithm, double mw, gsl_rng *rng)
{
    *o = (struct outlook){
        .model = "made up",
        .logarithm = logarithm,
        .runs = {.n_runs = RUNS, .n = N, .day_steps = STEPS, .n_days = DAYS},
        .n_windows = WINDOWS,
        .window_days = WINDOW_DAYS,
        .level = {.mean = logarithm ? 0.05 : 0.05 * mw,
                  .scale = logarithm ? 0.03 : 0.03 * mw,
                  .freedom = 7},
        .mean_mw = mw,
    };
    o->runs.value = malloc(sizeof(float) * RUNS * N);
    o->runs.real = malloc(RUNS * DAYS);
    o->error = malloc(sizeof(float) * WINDOWS * WINDOW_DAYS * STEPS);
    o->known = malloc(WINDOWS * WINDOW_DAYS);
    for (size_t i = 0; i < RUNS * N; i++)
        o->runs.value[i] = (float)(mw * (1 + 0.3 * sin(2 * M_PI * (double)(i % STEPS) / STEPS) +
                                         0.1 * gsl_rng_uniform(rng)));
    memset(o->runs.real, 1, RUNS * DAYS);
    for (size_t i = 0; i < WINDOWS * WINDOW_DAYS * STEPS; i++) {
        double error = 0.04 * (gsl_rng_uniform(rng) - 0.5);
        o->error[i] = (float)(logarithm ? exp(error) : mw * error);
    }
    memset(o->known, 1, WINDOWS * WINDOW_DAYS);
}

static int set_up(void **state)
{
    static struct scene s;
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_taus2);
    gsl_rng_set(rng, SEED);
    s = (struct scene){.clock = {.offset_s = 7 * CIVIL_HOUR_S}};
    make_outlook(&s.outlook[0], true, 100, rng);
    make_outlook(&s.outlook[1], false, 40, rng);
    make_outlook(&s.outlook[2], false, 25, rng);
    gsl_rng_free(rng);
    int64_t begin =
        (civil_day_from_date((struct civil_date){2024, 5, 1})) * CIVIL_DAY_S - s.clock.offset_s;
    s.ramp = (struct ramp){.is_anchored = true,
                           .origin = civil_day_from_date((struct civil_date){2022, 1, 1}),
                           .anchor_day = civil_day_from_date((struct civil_date){2024, 1, 1}),
                           .mean = {0, 0.3, 0, 3},
                           .area_ha = 100,
                           .energised_day = RAMP_UNKNOWN};
    for (size_t k = 0; k < 4; k++)
        s.ramp.chol[k][k] = 0.1;
    for (size_t i = 0; i < PAST; i++)
        s.past[i] = i == 77 ? (double)NAN : i == 78 ? -3 : 90 + (double)(i % 48);
    for (size_t z = 0; z < ZONES; z++) {
        s.zones[z] = (struct season_zone){.outlook = z < 3 ? &s.outlook[z] : NULL,
                                          .key = 1000 + 17 * z,
                                          .past = z == 0 ? s.past : NULL};
        s.all[z] = z;
    }
    s.zones[3].ramp = &s.ramp;
    s.zones[3].kin_mw = 100;
    s.some[0] = 1;
    s.some[1] = 3;
    s.sums[0] = (struct season_sum){2, s.some};
    s.sums[1] = (struct season_sum){ZONES, s.all};
    s.request = (struct season_request){
        .clock = &s.clock,
        .issue = begin + (int64_t)PAST * HALF_HOUR,
        .begin = begin,
        .start = begin + (int64_t)PAST * HALF_HOUR,
        .until = begin + (int64_t)(PAST + N) * HALF_HOUR,
        .step_s = HALF_HOUR,
        .n_zones = ZONES,
        .n_sums = 2,
        .zones = s.zones,
        .sums = s.sums,
        .n_paths = PATHS,
        .seed = SEED,
    };
    *state = &s;
    return 0;
}

static int tear_down(void **state)
{
    struct scene *s = *state;
    for (size_t z = 0; z < 3; z++)
        outlook_done(&s->outlook[z]);
    return 0;
}

static struct season *simulate(const struct season_request *request)
{
    struct season *season = season_new(request);
    assert_non_null(season);
    for (size_t block = 0; block < SEASON_BLOCKS; block++)
        assert_true(season_run(season, block));
    season_finish(season);
    return season;
}

static const struct peaks_path *path_of(const struct season *season, size_t node, size_t path)
{
    return &season_peaks(season, node)->paths[path];
}

static bool same_node(const struct season *a, size_t node_a, const struct season *b, size_t node_b)
{
    const struct peaks *x = season_peaks(a, node_a), *y = season_peaks(b, node_b);
    const struct peaks_calendar *c = season_calendar(a);
    return !memcmp(x->paths, y->paths, x->n_paths * sizeof *x->paths) &&
           !memcmp(x->months, y->months, x->n_paths * c->n_months * sizeof *x->months) &&
           !memcmp(x->mean, y->mean, c->n * sizeof *x->mean);
}

// A season of one path: its mean is the path itself.
static void sums_are_the_sums_of_their_zones(void **state)
{
    struct scene *s = *state;
    s->request.n_paths = 1;
    for (uint64_t seed = 1; seed < 20; seed++) {
        s->request.seed = seed;
        struct season *season = simulate(&s->request);
        const double *zone[ZONES], *some = season_peaks(season, ZONES)->mean,
                                   *whole = season_peaks(season, ZONES + 1)->mean;
        double most = 0;
        for (size_t z = 0; z < ZONES; z++)
            zone[z] = season_peaks(season, z)->mean;
        for (size_t i = 0; i < PAST + N; i++) {
            near_assert(some[i], zone[1][i] + zone[3][i], 1e-4);
            near_assert(whole[i], zone[0][i] + zone[1][i] + zone[2][i] + zone[3][i], 1e-4);
            most = fmax(most, whole[i]);
        }
        const struct peaks_path *peak = path_of(season, ZONES + 1, 0);
        assert_true((double)peak->peak_mw == most);
        for (size_t z = 0; z < ZONES; z++)
            assert_true((double)season_at_peak(season, z)[0] == zone[z][peak->peak_at]);
        season_free(season);
    }
}

// Means over all paths add up as well, and energies on every path.
static void sums_hold_on_every_path(void **state)
{
    const struct scene *s = *state;
    struct season *season = simulate(&s->request);
    for (size_t k = 0; k < PATHS; k++) {
        double energy = 0, at_peak = 0;
        for (size_t z = 0; z < ZONES; z++) {
            energy += (double)path_of(season, z, k)->energy_mwh;
            at_peak += (double)season_at_peak(season, z)[k];
        }
        near_assert((double)path_of(season, ZONES + 1, k)->energy_mwh, energy, 1e-6 * energy);
        near_assert((double)path_of(season, ZONES + 1, k)->peak_mw, at_peak, 1e-5 * at_peak);
    }
    season_free(season);
}

static void the_same_seed_gives_the_same_bits(void **state)
{
    struct scene *s = *state;
    struct season *first = simulate(&s->request), *again = season_new(&s->request);
    for (size_t k = 0; k < SEASON_BLOCKS; k++) // in another order
        assert_true(season_run(again, (5 * k + 3) % SEASON_BLOCKS));
    season_finish(again);
    s->request.seed++;
    struct season *other = simulate(&s->request);
    for (size_t node = 0; node < ZONES + 2; node++) {
        assert_true(same_node(first, node, again, node));
        assert_false(same_node(first, node, other, node));
    }
    season_free(first);
    season_free(again);
    season_free(other);
}

static struct entry entry_of(const struct scene *s, enum entry_kind kind, int day, double mw)
{
    return (struct entry){.id = 99,
                          .kind = kind,
                          .zone = 1,
                          .from = s->request.start + day * (int64_t)CIVIL_DAY_S,
                          .to = INT64_MAX,
                          .mw = mw,
                          .factor = NAN,
                          .probability = 1,
                          .hours_to_s = CIVIL_DAY_S};
}

static void a_line_changes_what_it_should(void **state)
{
    struct scene *s = *state;
    enum { FROM = 22 }; // the season begins on 1 May, its future on the 11th: 2 June
    struct season *without = simulate(&s->request);
    struct entry line = entry_of(s, ENTRY_LINE, FROM, 25);
    line.probability = 0.7;
    s->request.entries = &line;
    s->request.n_entries = 1;
    struct season *with = simulate(&s->request);
    s->request.n_entries = 0;
    struct season *again = simulate(&s->request);
    for (size_t node = 0; node < ZONES + 2; node++) {
        assert_true(same_node(without, node, again, node));
        bool touched = node == 1 || node >= ZONES; // the zone and both of its sums
        assert_int_equal(same_node(without, node, with, node), !touched);
    }
    size_t changed = 0;
    for (size_t k = 0; k < PATHS; k++) {
        const struct peaks_path *a = path_of(without, 1, k), *b = path_of(with, 1, k);
        double more = (double)b->energy_mwh - (double)a->energy_mwh;
        changed += more != 0;
        if (more != 0)
            near_assert(more, 25.0 * 24 * (DAYS - FROM), 0.05);
        assert_int_equal(more != 0, entry_happens(&line, SEED, k));
    }
    near_assert((double)changed / PATHS, 0.7, 0.1); // 3 standard deviations
    const double *before = season_peaks(without, 1)->mean, *after = season_peaks(with, 1)->mean;
    for (size_t i = 0; i < PAST + FROM * STEPS; i++)
        assert_true(before[i] == after[i]);
    for (size_t i = PAST + FROM * STEPS; i < PAST + N; i++)
        near_assert(after[i] - before[i], 25.0 * (double)changed / PATHS, 1e-3);
    season_free(without);
    season_free(with);
    season_free(again);
}

static void a_fixed_contract_stays_fixed(void **state)
{
    struct scene *s = *state;
    struct entry entries[] = {entry_of(s, ENTRY_LINE, 0, 25), entry_of(s, ENTRY_OVERRIDE, 0, 33)};
    s->request.entries = entries;
    s->request.n_entries = 2;
    struct season *season = simulate(&s->request);
    for (size_t k = 0; k < PATHS; k++)
        near_assert((double)path_of(season, 1, k)->peak_mw, 33, 1e-4);
    for (size_t i = PAST; i < PAST + N; i++)
        near_assert(season_peaks(season, 1)->mean[i], 33, 1e-4);
    season_free(season);
}

static void a_zone_more_leaves_the_others(void **state)
{
    struct scene *s = *state;
    struct season *four = simulate(&s->request);
    struct season_zone zones[ZONES + 1] = {s->zones[0], s->zones[1], s->zones[2], s->zones[3],
                                           s->zones[2]};
    zones[4].key = 4711;
    s->request.zones = zones;
    s->request.n_zones = ZONES + 1;
    struct season *five = simulate(&s->request);
    for (size_t z = 0; z < ZONES; z++)
        assert_true(same_node(four, z, five, z));
    assert_true(same_node(four, ZONES, five, ZONES + 1)); // a sum that it is not in
    assert_false(same_node(five, 2, five, 4));            // a level of its own
    season_free(four);
    season_free(five);
}

static void past_days_are_what_happened(void **state)
{
    const struct scene *s = *state;
    struct season *season = simulate(&s->request);
    const double *mean = season_peaks(season, 0)->mean;
    for (size_t i = 0; i < PAST; i++)
        near_assert(mean[i], i == 77 || i == 78 ? 0 : s->past[i], 1e-4);
    for (size_t i = 0; i < PAST; i++)
        assert_true(season_peaks(season, 2)->mean[i] == 0); // nothing is known
    assert_int_equal(season_calendar(season)->n, PAST + N);
    season_free(season);
}

// Without error and level, a path is made of the runs, and of one run a day.
static void paths_are_made_of_the_runs(void **state)
{
    struct scene *s = *state;
    for (size_t z = 0; z < 2; z++) {
        struct outlook *o = &s->outlook[z];
        memset(o->known, 0, WINDOWS * WINDOW_DAYS);
        o->level = (struct outlook_level){0, 0, 5};
        // Run 4 is never real.
        memset(o->runs.real + 4 * DAYS, 0, DAYS);
    }
    s->request.n_paths = 1;
    size_t seen[RUNS] = {0}, changes = 0;
    for (uint64_t seed = 1; seed < 30; seed++) {
        s->request.seed = seed;
        struct season *season = simulate(&s->request);
        for (size_t day = 0, last = RUNS; day < DAYS; day++) {
            size_t run = 0, at = day * STEPS;
            while (run < RUNS && fabs(season_peaks(season, 0)->mean[PAST + at] -
                                      (double)s->outlook[0].runs.value[run * N + at]) > 1e-6)
                run++;
            assert_true(run < RUNS);
            for (size_t i = at; i < at + STEPS; i++) { // of both zones: they share their weather
                near_assert(season_peaks(season, 0)->mean[PAST + i],
                            (double)s->outlook[0].runs.value[run * N + i], 1e-4);
                near_assert(season_peaks(season, 1)->mean[PAST + i],
                            (double)s->outlook[1].runs.value[run * N + i], 1e-4);
            }
            seen[run]++;
            changes += run != last;
            last = run;
        }
        season_free(season);
    }
    assert_int_equal(seen[4], 0);
    for (size_t run = 0; run < RUNS; run++)
        assert_true(run == 4 || seen[run] > 29 * DAYS / 20);
    assert_true(changes > 29 * 2 && changes <= 29 * 4); // blocks of 15 to 25 days
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

// With runs and errors that are all 1, a path's load is its level: Student's t of 7 degrees, whose
// quartile is at 0.711 and whose 95 % at 1.895; moved by the growth. Zones have a part in common.
static void levels_are_students(void **state)
{
    struct scene *s = *state;
    enum { MANY = 4000 };
    for (size_t z = 0; z < 2; z++) {
        memset(s->outlook[z].known, 0, WINDOWS * WINDOW_DAYS);
        for (size_t i = 0; i < RUNS * N; i++)
            s->outlook[z].runs.value[i] = z ? 40 : 100;
    }
    s->request.n_paths = MANY;
    s->request.n_zones = 2;
    s->request.n_sums = 0;
    s->zones[0].past = NULL;
    s->zones[0].growth = s->zones[1].growth = 0.1;
    struct season *season = simulate(&s->request);
    double *level = malloc(MANY * sizeof *level), product = 0;
    for (size_t z = 0; z < 2; z++) {
        for (size_t k = 0; k < MANY; k++) {
            double mw = (double)path_of(season, z, k)->peak_mw;
            level[k] = z ? ((mw - 40) / 40 - 0.05 - (exp(0.1) - 1)) / 0.03
                         : (log(mw / 100) - 0.05 - 0.1) / 0.03;
        }
        qsort(level, MANY, sizeof *level, ascending);
        near_assert(level[MANY / 2], 0, 0.07);
        near_assert(level[MANY / 4], -0.711, 0.08);
        near_assert(level[MANY * 3 / 4], 0.711, 0.08);
        near_assert(level[MANY * 95 / 100], 1.895, 0.2);
    }
    for (size_t k = 0; k < MANY; k++) // signs agree as normals of correlation 0.3 do
        product += (log((double)path_of(season, 0, k)->peak_mw / 100) > 0.15) ==
                   ((double)path_of(season, 1, k)->peak_mw > 40 * (0.05 + exp(0.1)));
    near_assert(product / MANY, 0.5 + asin(SEASON_SHARED) / M_PI, 0.03);
    free(level);
    season_free(season);
}

static void a_new_zone_has_the_shape_of_its_kin(void **state)
{
    struct scene *s = *state;
    memset(s->ramp.chol, 0, sizeof s->ramp.chol);
    s->ramp.is_anchored = false; // what comes plant by plant is drawn too
    s->outlook[0].level = (struct outlook_level){0, 0, 5};
    s->zones[3].growth = 0.2;
    s->request.n_paths = 1;
    struct season *season = simulate(&s->request);
    struct ramp_path ramp = ramp_median(&s->ramp);
    int64_t day = civil_day(civil_local(&s->clock, s->request.start));
    const double *kin = season_peaks(season, 0)->mean, *zone = season_peaks(season, 3)->mean;
    for (size_t i = PAST; i < PAST + N; i++)
        near_assert(
            zone[i],
            kin[i] / 100 * exp(0.2) * ramp_level(&ramp, day + (int64_t)((i - PAST) / STEPS)), 1e-4);
    assert_true(zone[PAST] > 5);
    s->zones[3].ramp = NULL; // and without a ramp it stays at nothing
    struct season *none = simulate(&s->request);
    assert_true(path_of(none, 3, 0)->peak_mw == 0);
    season_free(season);
    season_free(none);
}

// What slips comes later: less capacity on every path, and on some the same.
static void late_supply_lowers_capacity_alone(void **state)
{
    struct scene *s = *state;
    int64_t day = civil_day(civil_local(&s->clock, s->request.begin));
    struct supply supplies[] = {
        {.id = 1, .zone = 1, .source = 0, .from_day = day - 400, .firm_mw = 54},
        {.id = 2, .zone = 1, .source = 1, .from_day = day + 20, .firm_mw = 90},
    };
    s->request.supplies = supplies;
    s->request.n_supplies = 2;
    struct season *certain = simulate(&s->request);
    supplies[1].slip_per_month = 0.5;
    struct season *late = simulate(&s->request);
    size_t worse = 0;
    for (size_t k = 0; k < PATHS; k++) {
        const struct peaks_path *a = path_of(certain, 1, k), *b = path_of(late, 1, k);
        assert_true(a->peak_mw == b->peak_mw && a->energy_mwh == b->energy_mwh);
        assert_true(b->over_mwh >= a->over_mwh && b->over_days >= a->over_days);
        worse += b->over_mwh > a->over_mwh;
    }
    assert_true(worse > PATHS / 4 && worse < PATHS * 3 / 5);
    assert_true(season_peaks(certain, 1)->over[30] == 0 && season_peaks(late, 1)->over[30] > 0);
    // Of zone 3 nothing is known, so of no sum with it.
    assert_true(path_of(late, ZONES, 0)->over_h == 0);
    season_free(certain);
    season_free(late);
}

static void too_long_a_season_is_none(void **state)
{
    struct scene *s = *state;
    s->request.until = s->request.begin + 600 * (int64_t)CIVIL_DAY_S;
    assert_null(season_new(&s->request));
    season_free(NULL);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(sums_are_the_sums_of_their_zones),
        TEST(sums_hold_on_every_path),
        TEST(the_same_seed_gives_the_same_bits),
        TEST(a_line_changes_what_it_should),
        TEST(a_fixed_contract_stays_fixed),
        TEST(a_zone_more_leaves_the_others),
        TEST(past_days_are_what_happened),
        TEST(paths_are_made_of_the_runs),
        TEST(levels_are_students),
        TEST(a_new_zone_has_the_shape_of_its_kin),
        TEST(late_supply_lowers_capacity_alone),
        TEST(too_long_a_season_is_none),
    };
    print_message("# seed %d\n", SEED);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
