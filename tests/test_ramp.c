// SPDX-License-Identifier: GPL-3.0-or-later
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <gsl/gsl_errno.h>

#include "models/civil.h"
#include "models/draw.h"
#include "models/ramp.h"

enum { MONTHS = 72, KIN = 12 };

static int64_t day(int year, int month, int day_of_month)
{
    return civil_day_from_date((struct civil_date){year, month, day_of_month});
}

// Made-up zones whose truth is known: log m and log rho around a mean, months with noise that goes
// on from one to the next.
struct truth {
    double years, width, density;
    double years_sd, density_sd, noise_sd, noise_r;
    uint64_t seed;
};
static const struct truth truth = {.years = 3.5,
                                   .width = 0.8,
                                   .density = 0.35,
                                   .years_sd = 0.15,
                                   .density_sd = 0.2,
                                   .noise_sd = 0.06,
                                   .noise_r = 0.6,
                                   .seed = 1};

static double true_level(const struct truth *t, const struct ramp_zone *zone, uint64_t k,
                         int64_t at)
{
    const double m = t->years * exp(t->years_sd * draw_normal(t->seed, 0, k, 0));
    const double density = t->density * exp(t->density_sd * draw_normal(t->seed, 0, k, 1));
    const double x = ((double)(at - zone->opens_day) / 365.25 - m) / t->width;
    return zone->area_ha * density / (1 + exp(-x));
}

static void make_readings(const struct truth *t, const struct ramp_zone *zone, uint64_t k,
                          int64_t first, size_t n, struct ramp_reading ret[])
{
    double noise = draw_normal(t->seed, 1, k, 1000);
    for (size_t i = 0; i < n; i++) {
        const int64_t at = first + (int64_t)(i * 30);
        noise =
            t->noise_r * noise + sqrt(1 - t->noise_r * t->noise_r) * draw_normal(t->seed, 1, k, i);
        ret[i] = (struct ramp_reading){at, true_level(t, zone, k, at) * exp(t->noise_sd * noise)};
    }
}

static void make_kin(const struct truth *t, struct ramp_zone kin[static KIN],
                     struct ramp_reading readings[static KIN][MONTHS])
{
    for (size_t k = 0; k < KIN; k++) {
        kin[k] = (struct ramp_zone){.area_ha = 80 + 30 * (double)k,
                                    .leased = (double)NAN,
                                    .leased_day = RAMP_UNKNOWN,
                                    .opens_day = day(2012, 1, 1) + 100 * (int64_t)k,
                                    .energised_day = RAMP_UNKNOWN,
                                    .n = MONTHS,
                                    .readings = readings[k]};
        make_readings(t, &kin[k], k, kin[k].opens_day + 300, MONTHS, readings[k]);
    }
}

static double width_of(const struct ramp *ramp, int64_t at)
{
    struct ramp_reason reason;
    assert_true(ramp_explain(ramp, at, 1, 9, &reason));
    return log(reason.mw_high / reason.mw_low);
}

static struct ramp_zone new_zone(void)
{
    return (struct ramp_zone){.area_ha = 100,
                              .leased = (double)NAN,
                              .leased_day = RAMP_UNKNOWN,
                              .opens_day = day(2021, 1, 1),
                              .opens_sd_days = 60,
                              .energised_day = RAMP_UNKNOWN};
}

static void parameters_of_kin_are_recovered(void **state)
{
    (void)state;
    static struct ramp_reading readings[KIN][MONTHS];
    struct ramp_zone kin[KIN];
    struct ramp_fit fit, prior;
    make_kin(&truth, kin, readings);
    ramp_prior(&prior);
    assert_true(ramp_pool(KIN, kin, &fit));
    assert_int_equal(fit.n_kin, KIN);
    const double true_mean[] = {log(truth.years), log(truth.width), log(truth.density)};
    for (size_t i = 0; i < RAMP_SHAPE; i++) {
        print_message("parameter %zu: %.3f +- %.3f, true %.3f, prior %.3f\n", i, fit.mean[i],
                      sqrt(fit.cov[i][i]), true_mean[i], prior.mean[i]);
        assert_true(fabs(fit.mean[i] - true_mean[i]) < 3 * sqrt(fit.cov[i][i]));
        assert_true(fabs(fit.mean[i] - true_mean[i]) < 0.12);
        assert_true(fit.cov[i][i] < 0.5 * prior.cov[i][i]);
    }
    print_message("spreads %.3f %.3f, noise %.3f r %.2f\n", fit.years_sd, fit.density_sd,
                  fit.noise_sd, fit.noise_r);
    assert_true(fit.years_sd > 0.1 && fit.years_sd < 0.25);
    assert_true(fit.density_sd > 0.13 && fit.density_sd < 0.33);
    assert_true(fit.noise_sd > 0.04 && fit.noise_sd < 0.1);
    assert_true(fit.noise_r > 0.4 && fit.noise_r < 0.8);
}

// Of many worlds drawn from the prior, the truth of a new zone lies within 10 % and 90 % in four of
// five, before its first reading and after a year of them.
static void widths_are_honest(void **state)
{
    (void)state;
    enum { WORLDS = 200, YEAR = 12 };
    struct ramp_fit fit;
    ramp_prior(&fit);
    int inside[2] = {0};
    const int64_t at = day(2024, 6, 15);
    for (uint64_t world = 0; world < WORLDS; world++) {
        const struct truth t = {
            .years = exp(fit.mean[0] + sqrt(fit.cov[0][0]) * draw_normal(3, world, 0, 0)),
            .width = exp(fit.mean[1] + sqrt(fit.cov[1][1]) * draw_normal(3, world, 0, 1)),
            .density = exp(fit.mean[2] + sqrt(fit.cov[2][2]) * draw_normal(3, world, 0, 2)),
            .years_sd = fit.years_sd,
            .density_sd = fit.density_sd,
            .noise_sd = fit.noise_sd,
            .noise_r = fit.noise_r,
            .seed = world + 100};
        struct ramp_reading readings[YEAR];
        struct ramp_zone zone = new_zone();
        zone.opens_sd_days = 0;
        make_readings(&t, &zone, 0, at - 30 * (YEAR + 3), YEAR, readings);
        zone.readings = readings;
        for (int k = 0; k < 2; k++) {
            struct ramp ramp;
            struct ramp_reason reason;
            zone.n = k == 0 ? 0 : YEAR;
            assert_true(ramp_update(&fit, &zone, &ramp));
            assert_true(ramp_explain(&ramp, at, 1, 9, &reason));
            const double level = true_level(&t, &zone, 0, at);
            inside[k] += level > reason.mw_low && level < reason.mw_high;
        }
    }
    print_message("of %d worlds inside: %d before, %d after readings\n", WORLDS, inside[0],
                  inside[1]);
    // These worlds are smooth. Zones that grow plant by plant need more room after their readings.
    assert_true(inside[0] > 0.71 * WORLDS && inside[0] < 0.9 * WORLDS);
    assert_true(inside[1] > 0.85 * WORLDS && inside[1] < 0.98 * WORLDS);
}

static void without_kin_it_is_the_prior(void **state)
{
    (void)state;
    struct ramp_fit fit, prior;
    ramp_prior(&prior);
    assert_true(ramp_pool(0, NULL, &fit));
    assert_memory_equal(&fit, &prior, sizeof fit);
    // Kin that tell nothing are none.
    struct ramp_zone kin[2] = {new_zone(), new_zone()};
    kin[1].area_ha = (double)NAN;
    assert_true(ramp_pool(2, kin, &fit));
    assert_memory_equal(&fit, &prior, sizeof fit);
    struct ramp ramp;
    struct ramp_zone zone = new_zone();
    assert_true(ramp_update(&fit, &zone, &ramp));
    const struct ramp_path path = ramp_median(&ramp);
    assert_true(fabs(path.full_mw - 100 * exp(prior.mean[RAMP_LOG_DENSITY])) < 1e-6);
    assert_true(fabs(ramp_built(&path, zone.opens_day + 1826) - 0.5) < 0.01);
    // Where five years and 0.23 MW a hectare are wrong, this would be too.
    assert_true(fabs(path.full_mw - 22) < 1);
}

// Kin of which only density is known move density alone.
static void full_kin_tell_density_alone(void **state)
{
    (void)state;
    struct ramp_reading readings[48];
    struct ramp_zone kin[4];
    struct ramp_fit fit, prior;
    ramp_prior(&prior);
    // Growing: what counts is the last year's 40 MW on 100 ha.
    for (size_t i = 0; i < 48; i++)
        readings[i] = (struct ramp_reading){day(2020, 1, 15) + 30 * (int64_t)i, i < 36 ? 10 : 40};
    for (size_t k = 0; k < 4; k++) {
        kin[k] = new_zone();
        kin[k].n = 48;
        kin[k].readings = readings;
        kin[k].opens_day = k < 2 ? RAMP_UNKNOWN : day(2005, 1, 1);
        kin[k].leased = 1;
        kin[k].leased_day = day(2018, 1, 1);
    }
    assert_true(ramp_pool(4, kin, &fit));
    assert_int_equal(fit.n_kin, 4);
    assert_true(fabs(fit.mean[RAMP_LOG_YEARS] - prior.mean[RAMP_LOG_YEARS]) < 1e-4);
    assert_true(fabs(fit.mean[RAMP_LOG_WIDTH] - prior.mean[RAMP_LOG_WIDTH]) < 1e-4);
    assert_true(fit.years_sd == prior.years_sd);
    assert_true(exp(fit.mean[RAMP_LOG_DENSITY]) > 0.27);
    assert_true(exp(fit.mean[RAMP_LOG_DENSITY]) < 0.4);
    assert_true(fit.cov[2][2] < prior.cov[2][2]);
}

static void width_shrinks_as_readings_come(void **state)
{
    (void)state;
    enum { MOST = 36 };
    struct ramp_fit fit;
    struct ramp_reading readings[MOST];
    struct ramp_zone zone = new_zone();
    ramp_prior(&fit);
    make_readings(&truth, &zone, 3, day(2022, 1, 15), MOST, readings);
    zone.readings = readings;
    double before = INFINITY;
    static const size_t counts[] = {0, 1, 6, 12, 24, 36};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        struct ramp ramp;
        zone.n = counts[i];
        assert_true(ramp_update(&fit, &zone, &ramp));
        assert_int_equal(ramp.n_readings, counts[i]);
        const double width = width_of(&ramp, day(2025, 6, 15));
        const struct ramp_path path = ramp_median(&ramp);
        print_message("%zu readings: %.2f MW, high/low %.2f\n", counts[i],
                      ramp_level(&path, day(2025, 6, 15)), exp(width));
        // One reading tells the level, and nothing of the plants that are still to come.
        assert_true(width < before + (counts[i] == 1 ? 0.1 : 0));
        before = width;
    }
    assert_true(before < 0.6);
}

static void its_own_readings_replace_the_prior(void **state)
{
    (void)state;
    struct ramp_fit fit;
    struct ramp_reading readings[24];
    struct ramp_zone zone = new_zone();
    struct ramp ramp;
    ramp_prior(&fit);
    // Three times denser than any prior would have it, and full.
    for (size_t i = 0; i < 24; i++)
        readings[i] = (struct ramp_reading){day(2029, 1, 15) + 30 * (int64_t)i, 70};
    zone.readings = readings;
    zone.n = 24;
    assert_true(ramp_update(&fit, &zone, &ramp));
    struct ramp_reason reason;
    assert_true(ramp_explain(&ramp, day(2031, 1, 15), 1, 9, &reason));
    assert_true(reason.mw > 63 && reason.mw < 80);
    assert_true(reason.mw_low > 56 && reason.mw_high < 88);
    assert_int_equal(reason.n_readings, 24);
}

static void land_leased_moves_the_share_built(void **state)
{
    (void)state;
    struct ramp_fit fit;
    struct ramp_zone zone = new_zone();
    struct ramp ramp;
    ramp_prior(&fit);
    double before = 0, unknown;
    assert_true(ramp_update(&fit, &zone, &ramp));
    struct ramp_path path = ramp_median(&ramp);
    unknown = ramp_built(&path, day(2024, 6, 15));
    zone.leased_day = day(2022, 11, 30);
    for (int percent = 0; percent <= 100; percent += 10) {
        zone.leased = percent / 100.0;
        assert_true(ramp_update(&fit, &zone, &ramp));
        path = ramp_median(&ramp);
        assert_true(ramp_built(&path, day(2024, 6, 15)) > before);
        before = ramp_built(&path, day(2024, 6, 15));
    }
    assert_true(before > 2 * unknown);
}

static void never_falls_and_waits_for_its_substation(void **state)
{
    (void)state;
    struct ramp_fit fit;
    struct ramp_zone zone = new_zone();
    struct ramp ramp;
    ramp_prior(&fit);
    zone.energised_day = day(2024, 12, 31);
    assert_true(ramp_update(&fit, &zone, &ramp));
    for (uint64_t i = 0; i < 300; i++) {
        const struct ramp_path path = ramp_draw(&ramp, 1, i, 2);
        double before = 0;
        assert_true(ramp_level(&path, zone.energised_day - 1) == 0);
        for (int64_t at = day(2024, 12, 31); at < day(2060, 1, 1); at += 30) {
            assert_true(ramp_level(&path, at) > 0 && ramp_level(&path, at) >= before);
            before = ramp_level(&path, at);
        }
        assert_true(before <= path.full_mw && before > 0.5 * path.full_mw);
    }
}

static void levels_go_with_hectares(void **state)
{
    (void)state;
    struct ramp_fit fit;
    struct ramp_zone small = new_zone(), large = new_zone();
    struct ramp a, b;
    ramp_prior(&fit);
    large.area_ha = 3 * small.area_ha;
    assert_true(ramp_update(&fit, &small, &a) && ramp_update(&fit, &large, &b));
    const struct ramp_path x = ramp_draw(&a, 1, 5, 2), y = ramp_draw(&b, 1, 5, 2);
    const int64_t at = day(2024, 6, 15);
    assert_true(fabs(ramp_level(&y, at) / ramp_level(&x, at) - 3) < 1e-6);
}

static void the_same_seed_gives_the_same_bits(void **state)
{
    (void)state;
    static struct ramp_reading readings[KIN][MONTHS];
    struct ramp_zone kin[KIN];
    struct ramp_fit fits[2];
    struct ramp ramps[2];
    make_kin(&truth, kin, readings);
    const struct ramp_zone zone = new_zone();
    for (int k = 0; k < 2; k++) {
        assert_true(ramp_pool(KIN, kin, &fits[k]));
        assert_true(ramp_update(&fits[k], &zone, &ramps[k]));
    }
    assert_memory_equal(&fits[0], &fits[1], sizeof *fits);
    for (uint64_t i = 0; i < 100; i++) {
        const struct ramp_path a = ramp_draw(&ramps[0], 1, i, 2), b = ramp_draw(&ramps[1], 1, i, 2);
        const struct ramp_path other = ramp_draw(&ramps[0], 2, i, 2);
        assert_memory_equal(&a, &b, sizeof a);
        assert_true(a.full_mw != other.full_mw);
    }
}

static const double absurd[] = {0, -1, 1e-300, 1e300, DBL_MAX, (double)NAN, (double)INFINITY, 1};
static const int64_t absurd_days[] = {INT64_MIN, INT64_MAX, 0, -1000000, 19000, INT64_MIN + 1};

static void pick(uint64_t k, struct ramp_zone *zone, size_t n, struct ramp_reading readings[])
{
    enum { VALUES = sizeof absurd / sizeof *absurd, DAYS = sizeof absurd_days / sizeof(int64_t) };
    *zone = (struct ramp_zone){.area_ha = k % 2 ? 250 : absurd[draw_bits(1, k, 0, 0) % VALUES],
                               .leased = absurd[draw_bits(1, k, 1, 0) % VALUES],
                               .leased_day = absurd_days[draw_bits(1, k, 2, 0) % DAYS],
                               .opens_day = absurd_days[draw_bits(1, k, 3, 0) % DAYS],
                               .opens_sd_days = absurd[draw_bits(1, k, 4, 0) % VALUES],
                               .energised_day = absurd_days[draw_bits(1, k, 5, 0) % DAYS],
                               .n = draw_bits(1, k, 6, 0) % (n + 1),
                               .readings = readings};
    for (size_t i = 0; i < n; i++)
        readings[i] = (struct ramp_reading){absurd_days[draw_bits(1, k, 7, i) % DAYS],
                                            absurd[draw_bits(1, k, 8, i) % VALUES]};
}

static void absurd_input_gives_no_nan(void **state)
{
    (void)state;
    enum { TRIES = 2000, MOST = 5 };
    int good = 0;
    for (uint64_t k = 0; k < TRIES; k++) {
        struct ramp_reading readings[3][MOST];
        struct ramp_zone zones[3];
        struct ramp_fit fit;
        struct ramp ramp;
        struct ramp_reason reason;
        for (uint64_t i = 0; i < 3; i++)
            pick(3 * k + i, &zones[i], MOST, readings[i]);
        if (!ramp_pool(2, zones, &fit))
            assert_int_equal(fit.n_kin, 0);
        for (size_t i = 0; i < RAMP_SHAPE; i++)
            assert_true(isfinite(fit.mean[i]) && fit.cov[i][i] > 0);
        if (!ramp_update(&fit, &zones[2], &ramp))
            continue;
        good++;
        for (size_t i = 0; i < 5; i++) {
            const struct ramp_path path = ramp_draw(&ramp, 1, i, k);
            assert_true(isfinite(ramp_level(&path, 19500)) && ramp_level(&path, 19500) >= 0);
            assert_true(isfinite(ramp_level(&path, INT64_MAX)));
        }
        assert_true(ramp_explain(&ramp, 19500, 1, k, &reason));
        assert_true(isfinite(reason.mw) && isfinite(reason.built) && isfinite(reason.mw_per_ha));
    }
    print_message("%d of %d had an answer\n", good, TRIES);
    assert_true(good > TRIES / 4);
}

static void a_zone_of_which_nothing_is_known_has_no_answer(void **state)
{
    (void)state;
    struct ramp_fit fit;
    struct ramp ramp;
    struct ramp_zone zone = new_zone();
    ramp_prior(&fit);
    zone.opens_day = RAMP_UNKNOWN;
    assert_false(ramp_update(&fit, &zone, &ramp));
    zone.energised_day = day(2024, 12, 31); // tells when, if roughly
    assert_true(ramp_update(&fit, &zone, &ramp));
    zone.area_ha = (double)NAN;
    assert_false(ramp_update(&fit, &zone, &ramp));
}

int main(void)
{
    gsl_set_error_handler_off();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parameters_of_kin_are_recovered),
        cmocka_unit_test(widths_are_honest),
        cmocka_unit_test(without_kin_it_is_the_prior),
        cmocka_unit_test(full_kin_tell_density_alone),
        cmocka_unit_test(width_shrinks_as_readings_come),
        cmocka_unit_test(its_own_readings_replace_the_prior),
        cmocka_unit_test(land_leased_moves_the_share_built),
        cmocka_unit_test(never_falls_and_waits_for_its_substation),
        cmocka_unit_test(levels_go_with_hectares),
        cmocka_unit_test(the_same_seed_gives_the_same_bits),
        cmocka_unit_test(absurd_input_gives_no_nan),
        cmocka_unit_test(a_zone_of_which_nothing_is_known_has_no_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
