// SPDX-License-Identifier: GPL-3.0-or-later
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <gsl/gsl_errno.h>

#include "models/outlook.h"
#include "tests/near.h"
#include "tests/town.h"

enum { HOUR = 3600, DAY = 86400, DAYS = 1900, ISSUE = 1720, SPAN = 90, SEED = 141421 };

struct scene {
    struct town town;
    size_t n_sources;
    struct weather_scenario sources[SCENARIOS_MAX];
    struct outlook_request request;
};

static int set_up(void **state)
{
    static struct scene s;
    gsl_set_error_handler_off();
    town_init(&s.town, HOUR, DAYS, 3, SEED);
    *state = &s;
    return 0;
}

static int tear_down(void **state)
{
    struct scene *s = *state;
    town_done(&s->town);
    return 0;
}

static enum model_status look(struct scene *s, int days, struct outlook *ret)
{
    const struct series *temp = &s->town.temp;
    s->request = (struct outlook_request){.data = town_data(&s->town, days)};
    s->request.start = s->request.data.issue;
    s->request.until = s->request.start + SPAN * (int64_t)DAY;
    s->n_sources = scenarios_sources(1, &temp, &s->town.clock, s->request.start, s->request.until,
                                     (struct weather_shifts){8, 8}, s->sources);
    s->request.n_sources = s->n_sources;
    s->request.sources = s->sources;
    return outlook_new(&s->request, ret);
}

// Errors 0.1 and 0.2 on a prior scale of 0.05, by hand: n 2, mean 0.15, S 0.005, k 1, v 3. The
// location is 0.3 / 3; scale^2 = (1 + 1/3) (3 * 0.0025 + 0.005 + 2 * 0.0225 / 3) / 5.
static void a_level_by_hand(void **state)
{
    (void)state;
    const double two[] = {0.1, 0.2};
    struct outlook_level level = outlook_level(2, two, 0.05);
    near_assert(level.mean, 0.1, 1e-15);
    near_assert(level.freedom, 5, 0);
    near_assert(level.scale, sqrt(4.0 / 3 * 0.0275 / 5), 1e-15);
    level = outlook_level(0, NULL, 0.07); // the prior
    near_assert(level.mean, 0, 0);
    near_assert(level.freedom, 3, 0);
    near_assert(level.scale, 0.07 * sqrt(2), 1e-15);
    double many[4000];
    for (int k = 0; k < 4000; k++)
        many[k] = k % 2 ? 1.3 : 0.9;
    level = outlook_level(4000, many, 0.05); // the errors' own
    near_assert(level.mean, 1.1, 1e-3);
    near_assert(level.scale, 0.2, 1e-3);
    near_assert(level.freedom, 4003, 0);
}

static double load_mean(const struct scene *s, int64_t from, int64_t until)
{
    double sum = 0, n = 0;
    for (int64_t t = from; t < until; t += HOUR, n++)
        sum += series_at(&s->town.load, t);
    return sum / n;
}

static void the_town_is_as_it_comes(void **state)
{
    struct scene *s = *state;
    struct outlook o;
    assert_int_equal(look(s, ISSUE, &o), MODEL_OK);
    assert_string_equal(o.model, "recency");
    assert_true(o.logarithm);
    assert_int_equal(o.runs.n_runs, s->n_sources);
    assert_int_equal(o.runs.n, SPAN * 24);
    assert_int_equal(o.window_days, SPAN + 2 * OUTLOOK_MARGIN_DAYS);
    assert_int_equal(o.n_windows, 3); // with a year before each
    for (size_t w = 0; w < o.n_windows; w++) {
        assert_int_equal(o.window_years[w], w + 1);
        double sum = 0;
        for (size_t d = 0; d < SPAN; d++) {
            assert_true(o.known[w * o.window_days + OUTLOOK_MARGIN_DAYS + d]);
            for (size_t i = 0; i < 24; i++)
                sum += log((double)o.error[(w * o.window_days + OUTLOOK_MARGIN_DAYS + d) * 24 + i]);
        }
        near_assert(sum / (SPAN * 24), 0, 1e-5); // its own level is taken out
    }
    // What comes: the runs, moved by the level, within three of its scales.
    double came = load_mean(s, s->request.start, s->request.until);
    near_assert(log(came / o.mean_mw), o.level.mean, 3 * o.level.scale);
    assert_true(o.level.scale > 0.005 && o.level.scale < 0.06);
    near_assert(o.level.freedom, 6, 0);
    outlook_done(&o);
}

static void nothing_after_the_issue_is_seen(void **state)
{
    struct scene *s = *state;
    struct outlook before, after;
    assert_int_equal(look(s, ISSUE, &before), MODEL_OK);
    for (int64_t t = s->request.start; t < series_end(&s->town.load); t += HOUR) {
        assert_int_equal(series_put(&s->town.load, t, 1), SERIES_CHANGED);
        assert_int_equal(series_put(&s->town.temp, t, 60), SERIES_CHANGED);
    }
    assert_int_equal(look(s, ISSUE, &after), MODEL_OK);
    assert_memory_equal(before.runs.value, after.runs.value,
                        before.runs.n_runs * before.runs.n * sizeof(float));
    assert_memory_equal(before.error, after.error,
                        before.n_windows * before.window_days * 24 * sizeof(float));
    assert_memory_equal(before.known, after.known, before.n_windows * before.window_days);
    assert_memory_equal(&before.level, &after.level, sizeof before.level);
    outlook_done(&before);
    outlook_done(&after);
}

// A trend that stands still misses what half a year of growth adds: it is learnt as the mean.
static void growth_is_learnt(void **state)
{
    struct scene *s = *state;
    struct outlook flat, growing;
    for (size_t i = 0; i < s->town.load.n; i++) // the town's own growth taken out
        s->town.load.value[i] -= 20 * (double)i / (365.25 * 24);
    assert_int_equal(look(s, ISSUE, &flat), MODEL_OK);
    for (size_t i = 0; i < s->town.load.n; i++)
        s->town.load.value[i] *= pow(1.08, (double)i / (365.25 * 24));
    assert_int_equal(look(s, ISSUE, &growing), MODEL_OK);
    // Half of the span of 90 days is 1 % of growth, and more than that since the trend stood still;
    // the prior takes a part of it.
    near_assert(flat.level.mean, 0, 0.008);
    assert_true(growing.level.mean > flat.level.mean + 0.005);
    assert_true(growing.level.mean < 0.04);
    double came = load_mean(s, s->request.start, s->request.until);
    near_assert(log(came / growing.mean_mw), growing.level.mean, 3 * growing.level.scale);
    outlook_done(&flat);
    outlook_done(&growing);
}

static void short_histories_are_labelled(void **state)
{
    struct scene *s = *state;
    struct outlook year, weeks, days;
    assert_int_equal(look(s, 400, &year), MODEL_OK); // no earlier year to look back at
    assert_string_equal(year.model, "recency");
    assert_int_equal(year.n_windows, 1);
    assert_int_equal(year.window_years[0], 0);
    near_assert(year.level.mean, 0, 0);
    near_assert(year.level.scale, 0.07 * sqrt(2), 1e-12);
    assert_int_equal(look(s, 20, &weeks), MODEL_OK);
    assert_string_equal(weeks.model, "last-week");
    assert_int_equal(weeks.runs.n_runs, 1);
    assert_false(weeks.logarithm);
    near_assert(weeks.level.scale, 0.15 * sqrt(2) * weeks.mean_mw, 1e-9 * weeks.mean_mw);
    for (size_t i = 0; i < weeks.runs.n; i++)
        near_assert((double)weeks.runs.value[i],
                    series_at(&s->town.load,
                              s->request.start + (int64_t)(i % 168) * HOUR - 7 * (int64_t)DAY),
                    1e-3);
    // Ten readings of one day: still last week's, whatever the hour.
    series_mask(&s->town.load, s->town.start, s->town.start + 20 * (int64_t)DAY - 10 * HOUR, true);
    assert_int_equal(look(s, 20, &days), MODEL_OK);
    assert_string_equal(days.model, "last-week");
    for (size_t i = 0; i < days.runs.n; i++)
        assert_true(isfinite(days.runs.value[i]));
    outlook_done(&year);
    outlook_done(&weeks);
    outlook_done(&days);
    series_mask(&s->town.load, s->town.start, s->town.start + 20 * (int64_t)DAY, true);
    assert_int_equal(look(s, 20, &days), MODEL_TOO_FEW);
}

static void without_weather_by_the_calendar(void **state)
{
    struct scene *s = *state;
    struct outlook o;
    s->town.temp.n = 0;
    assert_int_equal(look(s, 1200, &o), MODEL_OK);
    assert_string_equal(o.model, "calendar");
    assert_int_equal(o.runs.n_runs, 1);
    outlook_done(&o);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_level_by_hand),
        TEST(the_town_is_as_it_comes),
        TEST(nothing_after_the_issue_is_seen),
        TEST(growth_is_learnt),
        TEST(short_histories_are_labelled),
        TEST(without_weather_by_the_calendar),
    };
    print_message("# seed %d\n", SEED);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
