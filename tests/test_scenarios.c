// SPDX-License-Identifier: GPL-3.0-or-later
// A regression that is the temperature itself, so that its runs show what weather was played.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <gsl/gsl_errno.h>

#include "models/scenarios.h"
#include "tests/near.h"
#include "tests/town.h"

enum { HOUR = 3600, DAY = 86400, DAYS = 1500, ISSUE = 1280, SPAN = 60, SEED = 161803 };

struct scene {
    struct town town;
    struct model_data data;
    struct model *model;
    int64_t until;
    size_t n_sources;
    struct weather_scenario sources[SCENARIOS_MAX];
};

static const struct weather_shifts shifts = {8, 4};

// One knot level more than it takes: only powers are used.
static const double levels[DESIGN_KNOTS] = {0.02, 0.18, 0.34, 0.5, 0.66, 0.82, 0.98};

// load = a + b T, and T = (load - a) / b: what a run says is told in degrees by in_celsius().
static void fit_straight(struct scene *s)
{
    struct recipe recipe = {
        .name = "straight",
        .long_history = true,
        .linear = true,
        .unweighted = true,
        .outright = true,
        .min_days = 330,
        .knot_levels = levels,
        .n_inputs = 1,
        .inputs = {{WEATHER_NOW, 0}},
        .n_terms = 2,
        .terms = {{.basis = {.kind = BASIS_ONE}},
                  {.basis = {.kind = BASIS_POWER, .input = 0, .order = 1}}},
    };
    model_set_recipe(s->model, &recipe);
    assert_int_equal(model_fit(s->model, &s->data), MODEL_OK);
}

static void find_sources(struct scene *s)
{
    const struct series *temp = &s->town.temp;
    s->n_sources =
        scenarios_sources(1, &temp, &s->town.clock, s->data.issue, s->until, shifts, s->sources);
}

static int set_up(void **state)
{
    static struct scene s;
    gsl_set_error_handler_off();
    town_init(&s.town, HOUR, DAYS, 0.5, SEED);
    for (size_t i = 0; i < s.town.load.n; i++)
        s.town.load.value[i] = 50 + 3 * s.town.temp.value[i];
    s.data = town_data(&s.town, ISSUE);
    s.until = s.data.issue + SPAN * (int64_t)DAY;
    s.model = model_new(HOUR);
    fit_straight(&s);
    find_sources(&s);
    *state = &s;
    return 0;
}

static int tear_down(void **state)
{
    struct scene *s = *state;
    model_free(s->model);
    town_done(&s->town);
    return 0;
}

static struct scenarios run(const struct scene *s, double warmer_c)
{
    struct scenarios ret;
    assert_true(scenarios_run(s->model, &s->data, s->data.issue, s->until, s->n_sources, s->sources,
                              warmer_c, &ret));
    return ret;
}

static double celsius(const struct scenarios *s, size_t r, size_t i)
{
    return ((double)s->value[r * s->n + i] - 50) / 3;
}

static int64_t instant_at(const struct scene *s, size_t i)
{
    return s->data.issue + (int64_t)i * HOUR;
}

// 1280 days from 2021 on is 4 July 2024: three earlier years, five shifts each.
static void sources_are_earlier_years(void **state)
{
    const struct scene *s = *state;
    assert_int_equal(s->n_sources, 15);
    for (size_t k = 0; k < 15; k++) {
        int64_t same = weather_same_date(&s->town.clock, s->data.issue, 1 + (int)(k / 5));
        assert_int_equal(s->sources[k].source, same + ((int)(k % 5) * 4 - 8) * DAY);
    }
    struct series short_temp = {0};
    series_init(&short_temp, HOUR);
    assert_int_equal(series_put(&short_temp, s->data.issue - 300 * (int64_t)DAY, 20), SERIES_NEW);
    const struct series *both[] = {&short_temp, &s->town.temp};
    struct weather_scenario found[SCENARIOS_MAX];
    assert_int_equal(
        scenarios_sources(1, both, &s->town.clock, s->data.issue, s->until, shifts, found), 0);
    assert_int_equal(
        scenarios_sources(2, both, &s->town.clock, s->data.issue, s->until, shifts, found),
        15); // known to any of them
    assert_true(scenarios_sources(2, both, &s->town.clock, s->data.issue, s->until,
                                  (struct weather_shifts){60, 1}, found) <= SCENARIOS_MAX);
    series_done(&short_temp);
}

// A run is an earlier year's weather carried to this year's climate, which hardly differs on the
// same date: far from the issue, on days that are not extreme, it is that year's own.
static void runs_are_the_weather_of_their_source(void **state)
{
    const struct scene *s = *state;
    struct scenarios runs = run(s, 0);
    assert_int_equal(runs.n_runs, 15);
    assert_int_equal(runs.n, SPAN * 24);
    assert_int_equal(runs.n_days, SPAN);
    for (size_t r = 2; r < 15; r += 5) // not shifted
        for (size_t i = 20 * 24; i < runs.n; i++) {
            double then = series_at(&s->town.temp, s->sources[r].source + (int64_t)i * HOUR);
            if (then > 15 && then < 30)
                near_assert(celsius(&runs, r, i), then, 0.5);
        }
    // They start at the weather of the issue and part from each other.
    double now = series_at(&s->town.temp, s->data.issue - HOUR), apart = 0;
    for (size_t r = 0; r < 15; r++) {
        near_assert(celsius(&runs, r, 0), now, 2);
        apart = fmax(apart, fabs(celsius(&runs, r, 500) - celsius(&runs, 0, 500)));
    }
    assert_true(apart > 2);
    for (size_t k = 0; k < runs.n_runs * runs.n_days; k++)
        assert_true(runs.real[k]);
    scenarios_done(&runs);
}

static void what_comes_later_is_not_seen(void **state)
{
    struct scene *s = *state;
    struct scenarios before = run(s, 0);
    for (int64_t t = s->data.issue; t < series_end(&s->town.temp); t += HOUR) {
        assert_int_equal(series_put(&s->town.temp, t, 99), SERIES_CHANGED);
        assert_int_equal(series_put(&s->town.load, t, 1e4), SERIES_CHANGED);
    }
    fit_straight(s);
    find_sources(s);
    struct scenarios after = run(s, 0);
    assert_int_equal(after.n_runs, before.n_runs);
    assert_memory_equal(after.value, before.value, before.n_runs * before.n * sizeof(float));
    assert_memory_equal(after.real, before.real, before.n_runs * before.n_days);
    // But what came just before is.
    assert_int_equal(series_put(&s->town.temp, s->data.issue - HOUR, 12), SERIES_CHANGED);
    struct scenarios other = run(s, 0);
    assert_true(celsius(&other, 3, 0) < celsius(&before, 3, 0) - 1);
    scenarios_done(&before);
    scenarios_done(&after);
    scenarios_done(&other);
}

static void given_weather_stands_in_all_runs(void **state)
{
    struct scene *s = *state;
    s->data.weather_until = s->data.issue + 10 * (int64_t)DAY;
    struct scenarios runs = run(s, 1.5); // given weather is not warmed
    double apart = 0;
    for (size_t r = 0; r < runs.n_runs; r++) {
        for (size_t i = 0; i < 240; i++)
            near_assert(celsius(&runs, r, i), series_at(&s->town.temp, instant_at(s, i)), 1e-3);
        apart = fmax(apart, fabs(celsius(&runs, r, 600) - celsius(&runs, 0, 600)));
    }
    assert_true(apart > 1);
    // A forecast: near at first, off by all of the anomaly later.
    s->data.weather_is_forecast = true;
    struct scenarios foreseen = run(s, 0);
    double early = 0, late = 0;
    for (size_t r = 0; r < runs.n_runs; r++)
        for (size_t i = 0; i < 24; i++) {
            early += fabs(celsius(&foreseen, r, i) - series_at(&s->town.temp, instant_at(s, i)));
            late += fabs(celsius(&foreseen, r, 216 + i) -
                         series_at(&s->town.temp, instant_at(s, 216 + i)));
        }
    assert_true(early > 0 && early < 0.5 * late);
    // An older forecast is off by more.
    s->data.weather_age_s = DAY;
    struct scenarios old = run(s, 0);
    double aged = 0;
    for (size_t r = 0; r < runs.n_runs; r++)
        for (size_t i = 0; i < 24; i++)
            aged += fabs(celsius(&old, r, i) - series_at(&s->town.temp, instant_at(s, i)));
    assert_true(aged > 1.3 * early && aged < late);
    scenarios_done(&old);
    scenarios_done(&runs);
    scenarios_done(&foreseen);
}

// Where the forecast ends a run goes on as it was, and comes to the weather of its year later.
static void a_run_goes_on_at_the_end_of_a_forecast(void **state)
{
    struct scene *s = *state;
    struct scenarios without = run(s, 0);
    for (int64_t t = s->data.issue; t < s->data.issue + 2 * (int64_t)DAY; t += HOUR)
        assert_int_equal(series_put(&s->town.temp, t, 38), SERIES_CHANGED);
    s->data.weather_until = s->data.issue + 2 * (int64_t)DAY;
    s->data.weather_is_forecast = true;
    struct scenarios hot = run(s, 0);
    double warmer[3] = {0};
    for (size_t r = 0; r < hot.n_runs; r++)
        for (size_t i = 0; i < 24; i++)
            for (size_t k = 0; k < 3; k++) {
                size_t at = (k ? 48 + (k - 1) * 240 : 24) + i;
                warmer[k] +=
                    (celsius(&hot, r, at) - celsius(&without, r, at)) / (24 * (double)hot.n_runs);
            }
    print_message("# warmer by %.1f C on the forecast's last day, %.1f after, %.1f later\n",
                  warmer[0], warmer[1], warmer[2]);
    assert_true(warmer[0] > 5);
    assert_true(warmer[1] > 0.6 * warmer[0] && warmer[1] < warmer[0]);
    assert_true(fabs(warmer[2]) < 0.2 * warmer[0]);
    scenarios_done(&without);
    scenarios_done(&hot);
}

static void extremes_stay_by_the_record(void **state)
{
    struct scene *s = *state;
    double most = -99, least = 99, hottest = -99, all_hot = -99;
    for (size_t i = 0; i < ISSUE * 24; i++) {
        most = fmax(most, s->town.temp.value[i]);
        least = fmin(least, s->town.temp.value[i]);
    }
    // One scorching summer, to be stretched.
    for (int64_t t = s->sources[2].source + 30 * (int64_t)DAY;
         t < s->sources[2].source + 33 * (int64_t)DAY; t += HOUR)
        assert_int_equal(series_put(&s->town.temp, t, most + 3), SERIES_CHANGED);
    struct scenarios runs = run(s, 0), warm = run(s, 2.5);
    for (size_t r = 0; r < runs.n_runs; r++)
        for (size_t i = 0; i < runs.n; i++) {
            assert_true(celsius(&runs, r, i) <= most + 3 + 2 + 1e-3);
            assert_true(celsius(&runs, r, i) >= least - 2 - 1e-3);
            near_assert(celsius(&warm, r, i) - celsius(&runs, r, i), 2.5, 1e-3);
            hottest = fmax(hottest, celsius(&runs, r, i));
            if (r == 2)
                all_hot = fmax(all_hot, celsius(&runs, r, i));
        }
    assert_true(hottest > most + 3.01); // heat that nobody has seen
    assert_true(fabs(all_hot - (most + 3)) > 1e-3);
    scenarios_done(&runs);
    scenarios_done(&warm);
}

static void days_not_seen_are_marked(void **state)
{
    struct scene *s = *state;
    // Three whole days of last year, and three hours of another day: those are mended.
    int64_t from = s->sources[2].source + 20 * (int64_t)DAY;
    for (int64_t t = from; t < from + 72 * HOUR; t += HOUR)
        assert_int_equal(series_put(&s->town.temp, t, NAN), SERIES_CHANGED);
    for (int64_t t = from + 10 * DAY + 11 * HOUR; t < from + 10 * DAY + 14 * HOUR; t += HOUR)
        assert_int_equal(series_put(&s->town.temp, t, NAN), SERIES_CHANGED);
    struct scenarios runs = run(s, 0);
    for (size_t day = 0; day < SPAN; day++) { // and the day after, which remembers them
        assert_int_equal(runs.real[2 * runs.n_days + day], day < 20 || day > 23);
        // Shifted by four days: met four days earlier.
        assert_int_equal(runs.real[3 * runs.n_days + day], day < 16 || day > 19);
        assert_true(runs.real[7 * runs.n_days + day]);
    }
    for (size_t i = 0; i < runs.n_runs * runs.n; i++)
        assert_true(isfinite(runs.value[i]));
    scenarios_done(&runs);
}

// A season that begins later is a part of one that begins now; its last day may be cut.
static void a_later_start_is_a_part(void **state)
{
    const struct scene *s = *state;
    struct scenarios whole = run(s, 0), part;
    int64_t start = s->data.issue + 25 * (int64_t)DAY;
    assert_true(scenarios_run(s->model, &s->data, start, s->until - 5 * HOUR, s->n_sources,
                              s->sources, 0, &part));
    assert_int_equal(part.n, (SPAN - 25) * 24 - 5);
    assert_int_equal(part.n_days, SPAN - 25);
    for (size_t r = 0; r < part.n_runs; r++)
        for (size_t i = 0; i < part.n; i++)
            assert_true(part.value[r * part.n + i] == whole.value[r * whole.n + i + 25 * 24]);
    scenarios_done(&whole);
    scenarios_done(&part);
}

static void without_sources_the_climate(void **state)
{
    struct scene *s = *state;
    struct climate climate;
    s->n_sources = 0;
    struct scenarios runs = run(s, 0);
    assert_int_equal(runs.n_runs, 1);
    assert_true(climate_fit(&s->town.temp, s->data.issue, &climate));
    for (size_t i = 0; i < runs.n; i++)
        near_assert(celsius(&runs, 0, i), climate_at(&climate, instant_at(s, i)), 1e-3);
    for (size_t day = 0; day < runs.n_days; day++)
        assert_true(runs.real[day]);
    scenarios_done(&runs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(sources_are_earlier_years, set_up, tear_down),
        cmocka_unit_test_setup_teardown(runs_are_the_weather_of_their_source, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_comes_later_is_not_seen, set_up, tear_down),
        cmocka_unit_test_setup_teardown(given_weather_stands_in_all_runs, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_run_goes_on_at_the_end_of_a_forecast, set_up, tear_down),
        cmocka_unit_test_setup_teardown(extremes_stay_by_the_record, set_up, tear_down),
        cmocka_unit_test_setup_teardown(days_not_seen_are_marked, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_later_start_is_a_part, set_up, tear_down),
        cmocka_unit_test_setup_teardown(without_sources_the_climate, set_up, tear_down),
    };
    print_message("# seed %d\n", SEED);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
