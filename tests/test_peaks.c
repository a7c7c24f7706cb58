// SPDX-License-Identifier: GPL-3.0-or-later
// What a season comes to, against a plain count of every interval by its own clock.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <gsl/gsl_rng.h>

#include "models/peaks.h"
#include "tests/near.h"

enum { HALF_HOUR = 1800, DAYS = 75, STEPS = DAYS * 48, PATHS = 41, BLOCKS = 4, SEED = 20240601 };

struct scene {
    struct civil_clock clock;
    struct peaks_calendar calendar;
    struct peaks peaks;
    float *mw;     // [path * STEPS + interval]
    double *limit; // by civil day
};

// Adelaide: clocks go back on 7 April 2013, so that this season has a day of 25 hours, and a month
// that it begins in the middle of.
static void make_scene(struct scene *s, const char *clock, struct civil_date first, unsigned seed)
{
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_taus2);
    gsl_rng_set(rng, seed);
    assert_true(civil_clock_parse(clock, &s->clock));
    int64_t start = civil_instant(&s->clock, civil_day_from_date(first) * CIVIL_DAY_S);
    assert_true(peaks_calendar_init(&s->calendar, &s->clock, start, HALF_HOUR, STEPS));
    assert_true(peaks_init(&s->peaks, &s->calendar, PATHS, BLOCKS));
    s->mw = malloc(sizeof *s->mw * PATHS * STEPS);
    s->limit = malloc(sizeof *s->limit * s->calendar.n_days);
    for (size_t i = 0; i < (size_t)PATHS * STEPS; i++)
        s->mw[i] = (float)(100 + 60 * sin(2 * M_PI * (double)(i % 48) / 48.0 - 1.3) +
                           55 * gsl_rng_uniform(rng));
    for (size_t d = 0; d < s->calendar.n_days; d++)
        s->limit[d] = d % 9 == 4 ? (double)NAN : d < 20 ? 1e9 : 190 + 23 * gsl_rng_uniform(rng);
    gsl_rng_free(rng);
    for (size_t k = 0; k < PATHS; k++)
        peaks_scan(&s->peaks, k, k * BLOCKS / PATHS, s->mw + k * STEPS, s->limit);
    peaks_finish(&s->peaks);
}

static int set_up(void **state)
{
    static struct scene scene;
    make_scene(&scene, "ACST-9:30ACDT,M10.1.0,M4.1.0/3", (struct civil_date){2013, 2, 14}, SEED);
    *state = &scene;
    return 0;
}

static int tear_down(void **state)
{
    struct scene *s = *state;
    peaks_done(&s->peaks);
    peaks_calendar_done(&s->calendar);
    free(s->mw);
    free(s->limit);
    return 0;
}

static int64_t local_at(const struct scene *s, size_t i)
{
    return civil_local(&s->clock, s->calendar.start + (int64_t)i * HALF_HOUR);
}

static size_t day_at(const struct scene *s, size_t i)
{
    return (size_t)(civil_day(local_at(s, i)) - civil_day(local_at(s, 0)));
}

static bool in_hours(const struct scene *s, size_t i, int from, int to)
{
    int hour = civil_second_of_day(local_at(s, i)) / CIVIL_HOUR_S;
    return hour >= from && hour < to;
}

static void days_are_those_of_the_clock(void **state)
{
    const struct scene *s = *state;
    const struct peaks_calendar *c = &s->calendar;
    assert_int_equal(c->n_days, 75); // 75 * 24 hours, one of them the hour that came twice
    assert_int_equal(c->n_months, 3);
    assert_int_equal(c->months[0], 2);
    assert_int_equal(c->months[2], 4);
    size_t next = 0, long_days = 0;
    for (size_t d = 0; d < c->n_days; d++) {
        assert_int_equal(c->days[d].from, next);
        next = c->days[d].to;
        assert_int_equal(c->days[d].day, c->days[0].day + (int64_t)d);
        assert_int_equal(c->months[c->days[d].month], civil_date_from_day(c->days[d].day).month);
        long_days += c->days[d].to - c->days[d].from == 50;
        for (size_t i = c->days[d].from; i < c->days[d].to; i++) {
            assert_int_equal(day_at(s, i), d);
            bool noon = i >= c->days[d].part_from[PEAKS_NOON] && i < c->days[d].part_to[PEAKS_NOON];
            bool evening =
                i >= c->days[d].part_from[PEAKS_EVENING] && i < c->days[d].part_to[PEAKS_EVENING];
            assert_int_equal(noon, in_hours(s, i, 9, 16));
            assert_int_equal(evening, in_hours(s, i, 17, 23));
        }
    }
    assert_int_equal(next, STEPS);
    assert_int_equal(long_days, 1);
}

// Plain counts of one path.
struct count {
    double peak, part[2], energy, over_h, over_mwh, worst;
    size_t at, longest, over_days;
    bool over[DAYS + 1];
};

static struct count count_path(const struct scene *s, size_t path)
{
    struct count c = {0};
    const float *mw = s->mw + path * STEPS;
    for (size_t i = 0, run = 0; i < STEPS; i++) {
        double load = (double)mw[i], over = load - s->limit[day_at(s, i)];
        if (load > c.peak) {
            c.peak = load;
            c.at = i;
        }
        if (in_hours(s, i, 9, 16))
            c.part[0] = fmax(c.part[0], load);
        if (in_hours(s, i, 17, 23))
            c.part[1] = fmax(c.part[1], load);
        c.energy += load / 2;
        run = over > 0 ? run + 1 : 0;
        c.longest = run > c.longest ? run : c.longest;
        if (over > 0) {
            c.over_h += 0.5;
            c.over_mwh += over / 2;
            c.worst = fmax(c.worst, over);
            c.over[day_at(s, i)] = true;
        }
    }
    for (size_t d = 0; d <= DAYS; d++)
        c.over_days += c.over[d];
    return c;
}

static void each_path_is_counted(void **state)
{
    const struct scene *s = *state;
    size_t most = 0;
    for (size_t k = 0; k < PATHS; k++) {
        struct count c = count_path(s, k);
        const struct peaks_path *p = &s->peaks.paths[k];
        assert_true((double)p->peak_mw == c.peak);
        assert_int_equal(p->peak_at, c.at);
        assert_true((double)p->part_mw[PEAKS_NOON] == c.part[0]);
        assert_true((double)p->part_mw[PEAKS_EVENING] == c.part[1]);
        near_assert((double)p->energy_mwh, c.energy, 1e-6 * c.energy);
        near_assert((double)p->over_h, c.over_h, 1e-9);
        near_assert((double)p->over_mwh, c.over_mwh, 1e-4 * c.over_mwh + 1e-4);
        near_assert((double)p->worst_over_mw, c.worst, 1e-4);
        near_assert((double)p->over_days, (double)c.over_days, 0);
        assert_int_equal(p->longest_over, c.longest);
        most = c.longest > most ? c.longest : most;
    }
    assert_true(most > 2); // runs of several intervals have been looked at
}

static void months_and_days_are_counted(void **state)
{
    const struct scene *s = *state;
    for (size_t k = 0; k < PATHS; k++) {
        double most[2][12] = {{0}};
        for (size_t i = 0; i < STEPS; i++) {
            int month = civil_date_from_day(civil_day(local_at(s, i))).month - 1;
            double load = (double)s->mw[k * STEPS + i];
            if (in_hours(s, i, 9, 16))
                most[0][month] = fmax(most[0][month], load);
            if (in_hours(s, i, 17, 23))
                most[1][month] = fmax(most[1][month], load);
        }
        for (size_t m = 0; m < 3; m++)
            for (int part = 0; part < 2; part++)
                assert_true((double)s->peaks.months[k * 3 + m].part_mw[part] == most[part][m + 1]);
    }
    double over[DAYS + 1] = {0};
    for (size_t k = 0; k < PATHS; k++) {
        struct count c = count_path(s, k);
        for (size_t d = 0; d < DAYS; d++)
            over[d] += c.over[d] ? 1.0 / PATHS : 0;
    }
    double sum = 0;
    for (size_t d = 0; d < DAYS; d++) {
        near_assert(s->peaks.over[d], over[d], 1e-12);
        sum += over[d];
    }
    assert_true(sum > 1 && sum < 50);
    for (size_t i = 0; i < STEPS; i += 7) {
        double mean = 0;
        for (size_t k = 0; k < PATHS; k++)
            mean += (double)s->mw[k * STEPS + i] / PATHS;
        near_assert(s->peaks.mean[i], mean, 1e-9 * mean);
    }
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

// Type 7: between the order statistics around (n - 1) p.
static double type_seven(double values[], double p)
{
    qsort(values, PATHS, sizeof *values, ascending);
    double at = (PATHS - 1) * p, below = floor(at);
    size_t k = (size_t)below;
    return values[k] + (k + 1 < PATHS ? (at - below) * (values[k + 1] - values[k]) : 0);
}

static void quantiles_are_type_seven(void **state)
{
    const struct scene *s = *state;
    const double poe[] = {0.99, 0.9, 0.5, 0.137, 0.01};
    double got[5], values[4][PATHS], month[PATHS];
    for (size_t k = 0; k < PATHS; k++) {
        struct count c = count_path(s, k);
        values[PEAKS_PEAK][k] = c.peak;
        values[PEAKS_PEAK_NOON][k] = c.part[0];
        values[PEAKS_PEAK_EVENING][k] = c.part[1];
        values[PEAKS_ENERGY][k] = c.energy;
        month[k] = (double)s->peaks.months[k * 3 + 1].part_mw[PEAKS_EVENING];
    }
    for (int value = 0; value < 4; value++) {
        assert_true(peaks_quantiles(&s->peaks, (enum peaks_value)value, 5, poe, got));
        for (int k = 0; k < 5; k++)
            near_assert(got[k], type_seven(values[value], 1 - poe[k]), 1e-6 * got[k]);
        assert_true(got[0] < got[4]);
    }
    assert_true(peaks_month_quantiles(&s->peaks, 1, PEAKS_EVENING, 5, poe, got));
    for (int k = 0; k < 5; k++)
        near_assert(got[k], type_seven(month, 1 - poe[k]), 1e-9);
}

static void odds_are_shares_of_the_paths(void **state)
{
    const struct scene *s = *state;
    struct peaks_odds odds;
    double over = 0, hours = 0, mwh = 0, days = 0, dates[PATHS];
    int hour[24] = {0};
    for (size_t k = 0; k < PATHS; k++) {
        struct count c = count_path(s, k);
        over += c.over_days > 0;
        hours += c.over_h / PATHS;
        mwh += c.over_mwh / PATHS;
        days += (double)c.over_days / PATHS;
        dates[k] = (double)civil_day(local_at(s, c.at));
        hour[civil_second_of_day(local_at(s, c.at)) / CIVIL_HOUR_S]++;
    }
    qsort(dates, PATHS, sizeof *dates, ascending);
    assert_true(peaks_odds(&s->peaks, &s->clock, &odds));
    near_assert(odds.p_over, over / PATHS, 1e-12);
    near_assert(odds.over_h, hours, 1e-9);
    near_assert(odds.over_mwh, mwh, 1e-4 * mwh);
    near_assert(odds.over_days, days, 1e-9);
    assert_int_equal(odds.day_middle, (int64_t)dates[PATHS / 2]);
    size_t between = 0;
    for (size_t k = 0; k < PATHS; k++) {
        between += dates[k] >= (double)odds.day_early && dates[k] <= (double)odds.day_late;
        assert_true(hour[civil_second_of_day(local_at(s, s->peaks.paths[k].peak_at)) / 3600] <=
                    hour[odds.hour]);
    }
    assert_true(10 * between >= 8 * PATHS && 10 * between <= 9 * PATHS);
}

static void a_load_at_the_capacity_does_not_pass_it(void **state)
{
    const struct scene *s = *state;
    struct peaks peaks;
    struct peaks_odds odds;
    float mw[STEPS];
    double limit[DAYS + 1];
    assert_true(peaks_init(&peaks, &s->calendar, 3, 1));
    for (size_t i = 0; i < STEPS; i++)
        mw[i] = 113.4F; // above 113.4, as it is rounded
    for (size_t d = 0; d <= DAYS; d++)
        limit[d] = 113.4;
    peaks_scan(&peaks, 0, 0, mw, limit);
    peaks_scan(&peaks, 1, 0, mw, NULL);
    mw[1000] = 113.5F;
    peaks_scan(&peaks, 2, 0, mw, limit);
    assert_int_equal(peaks.paths[0].peak_at, 0);
    assert_true(peaks.paths[0].over_days == 0 && peaks.paths[0].over_h == 0);
    assert_true(peaks.paths[1].over_days == 0 && peaks.paths[1].longest_over == 0);
    assert_true(peaks.paths[2].over_days == 1 && peaks.paths[2].longest_over == 1);
    assert_true(peaks_odds(&peaks, &s->clock, &odds));
    near_assert(odds.p_over, 1.0 / 3, 1e-12);
    peaks_done(&peaks);
}

static void clocks_that_go_forward_and_long_seasons(void **state)
{
    struct scene s;
    struct peaks_calendar calendar;
    (void)state;
    make_scene(&s, "CET-1CEST,M3.5.0,M10.5.0/3", (struct civil_date){2024, 3, 1}, 7);
    size_t short_days = 0;
    for (size_t d = 0; d < s.calendar.n_days; d++)
        short_days += s.calendar.days[d].to - s.calendar.days[d].from == 46;
    assert_int_equal(short_days, 1);
    assert_int_equal(s.calendar.n_days, 76); // one of an hour
    assert_true((double)s.peaks.paths[5].peak_mw == count_path(&s, 5).peak);
    assert_int_equal(s.peaks.paths[5].longest_over, count_path(&s, 5).longest);
    int64_t start = s.calendar.start;
    assert_true(peaks_calendar_init(&calendar, &s.clock, start, HALF_HOUR, 48 * 548));
    assert_int_equal(calendar.n_months, 18);
    peaks_calendar_done(&calendar);
    assert_false(peaks_calendar_init(&calendar, &s.clock, start, HALF_HOUR, 48 * 551));
    void *end = &s;
    tear_down(&end);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(days_are_those_of_the_clock),
        cmocka_unit_test(each_path_is_counted),
        cmocka_unit_test(months_and_days_are_counted),
        cmocka_unit_test(quantiles_are_type_seven),
        cmocka_unit_test(odds_are_shares_of_the_paths),
        cmocka_unit_test(a_load_at_the_capacity_does_not_pass_it),
        cmocka_unit_test(clocks_that_go_forward_and_long_seasons),
    };
    print_message("# seed %d\n", SEED);
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
