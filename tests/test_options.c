// SPDX-License-Identifier: GPL-3.0-or-later
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "models/options.h"
#include "tests/near.h"

enum { DAYS = 10, STEPS = 48, N = DAYS * STEPS, PATHS = 20 };

struct scene {
    struct civil_clock clock;
    struct peaks_calendar calendar;
    struct peaks peaks;
};

// Path k passes 100 MW by k MW on days 3 to 5, from 14:00 for k half hours; path 0 never.
static int set_up(void **state)
{
    struct scene *s = calloc(1, sizeof *s);
    double limit[DAYS];
    float mw[N];
    assert_true(civil_clock_parse("+07:00", &s->clock));
    int64_t start = civil_instant(&s->clock, 19844 * (int64_t)CIVIL_DAY_S); // 2024-05-01
    assert_true(peaks_calendar_init(&s->calendar, &s->clock, start, 1800, N));
    assert_true(peaks_init(&s->peaks, &s->calendar, PATHS, 1));
    for (int d = 0; d < DAYS; d++)
        limit[d] = 100;
    for (int k = 0; k < PATHS; k++) {
        for (int i = 0; i < N; i++) {
            int day = i / STEPS, at = i % STEPS;
            bool over = day >= 3 && day <= 5 && at >= 28 && at < 28 + k;
            mw[i] = over ? 100 + (float)k : 60;
        }
        peaks_scan(&s->peaks, (size_t)k, 0, mw, limit);
    }
    peaks_finish(&s->peaks);
    *state = s;
    return 0;
}

static int tear_down(void **state)
{
    struct scene *s = *state;
    peaks_done(&s->peaks);
    peaks_calendar_done(&s->calendar);
    free(s);
    return 0;
}

static void what_suffices_in_nine_of_ten_seasons(void **state)
{
    const struct scene *s = *state;
    struct options o;
    assert_true(options_find(&s->peaks, &s->clock, &o));
    assert_true(o.needed);
    // The quantile of 0 ... 19 at 0.9.
    near_assert(o.mw, 17.1, 1e-4);
    near_assert(o.hours, 17.1 / 2, 1e-4);
    near_assert(o.days, 3, 1e-9);
    // Path k: three days of k half hours at k MW.
    near_assert(o.mwh, 3 * 0.5 * (17 * 17 + 0.1 * (18 * 18 - 17 * 17)), 1e-2);
    assert_int_equal(o.hour_from, 14);
    assert_int_equal(o.hour_to, 15);
    assert_int_equal(o.first_day, 19847);
}

static void nothing_is_needed_where_nothing_passes(void **state)
{
    struct scene *s = *state;
    struct options o;
    for (int k = 0; k < PATHS; k++)
        s->peaks.paths[k] = (struct peaks_path){.peak_mw = 60};
    assert_true(options_find(&s->peaks, &s->clock, &o));
    assert_false(o.needed);
    near_assert(o.mw, 0, 0);
    near_assert(o.mwh, 0, 0);
}

static void a_chance_within_what_is_sure_needs_nothing(void **state)
{
    struct scene *s = *state;
    struct options o;
    for (int k = 0; k < PATHS; k++)
        if (k != 7)
            s->peaks.paths[k] = (struct peaks_path){.peak_mw = 60};
    assert_true(options_find(&s->peaks, &s->clock, &o));
    assert_false(o.needed);
}

static void customers_and_transformers(void **state)
{
    (void)state;
    assert_int_equal(options_customers(39.2, 0.15), 262);
    assert_int_equal(options_customers(30, 0.15), 200);
    assert_int_equal(options_customers(0, 0.15), 0);
    near_assert(options_mva(18, 0.9), 20, 1e-9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_suffices_in_nine_of_ten_seasons, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nothing_is_needed_where_nothing_passes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_chance_within_what_is_sure_needs_nothing, set_up,
                                        tear_down),
        cmocka_unit_test(customers_and_transformers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
