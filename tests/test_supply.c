// SPDX-License-Identifier: GPL-3.0-or-later
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "models/civil.h"
#include "models/supply.h"

static int64_t day(int year, int month, int day_of_month)
{
    return civil_day_from_date((struct civil_date){year, month, day_of_month});
}

// Zone 0: a substation in two stages and a line; zone 2: one stage that may slip.
enum { ROWS = 4 };
static void make(struct supply ret[static ROWS])
{
    const struct supply rows[ROWS] = {
        {.id = 11, .zone = 0, .source = 0, .from_day = day(2019, 1, 1), .firm_mw = 113.4},
        {.id = 12, .zone = 0, .source = 0, .from_day = day(2021, 6, 30), .firm_mw = 170.1},
        {.id = 13, .zone = 0, .source = 1, .from_day = day(2020, 3, 1), .firm_mw = 20},
        {.id = 14,
         .zone = 2,
         .source = 2,
         .from_day = day(2024, 6, 30),
         .firm_mw = 56.7,
         .slip_per_month = 0.25},
    };
    memcpy(ret, rows, sizeof rows);
}

static void sources_add_and_stages_replace(void **state)
{
    (void)state;
    struct supply rows[ROWS];
    make(rows);
    assert_true(isnan(supply_firm_mw(ROWS, rows, 0, day(2018, 12, 31))));
    assert_true(supply_firm_mw(ROWS, rows, 0, day(2019, 1, 1)) == 113.4);
    assert_true(supply_firm_mw(ROWS, rows, 0, day(2020, 3, 1)) == 113.4 + 20);
    assert_true(supply_firm_mw(ROWS, rows, 0, day(2021, 6, 30)) == 170.1 + 20);
    assert_true(isnan(supply_firm_mw(ROWS, rows, 1, day(2024, 6, 30))));
    assert_true(isnan(supply_firm_mw(ROWS, rows, 2, day(2024, 6, 29))));
    assert_true(supply_firm_mw(ROWS, rows, 2, day(2024, 6, 30)) == 56.7);
    assert_true(isnan(supply_firm_mw(0, NULL, 0, 0)));
}

static void a_source_taken_away_leaves_nothing(void **state)
{
    (void)state;
    const struct supply rows[] = {{.from_day = 10, .firm_mw = 5}, {.from_day = 20, .firm_mw = 0}};
    assert_true(supply_firm_mw(2, rows, 0, 19) == 5);
    assert_true(supply_firm_mw(2, rows, 0, 20) == 0); // known to be nothing
}

static void the_order_is_by_zone_source_and_date(void **state)
{
    (void)state;
    struct supply rows[ROWS], mixed[ROWS];
    make(rows);
    const int order[ROWS] = {3, 1, 2, 0};
    for (int i = 0; i < ROWS; i++)
        mixed[i] = rows[order[i]];
    qsort(mixed, ROWS, sizeof *mixed, supply_compare);
    for (int i = 0; i < ROWS; i++)
        assert_int_equal(mixed[i].id, rows[i].id);
}

// The share of paths on which a date slips by k months is (1 - p) p^k.
static void slips_are_geometric_in_months(void **state)
{
    (void)state;
    enum { PATHS = 20000 };
    struct supply rows[ROWS];
    int64_t from[ROWS];
    make(rows);
    const int64_t ends[] = {day(2024, 6, 30), day(2024, 7, 31), day(2024, 8, 31), day(2024, 9, 30)};
    int counts[4] = {0};
    for (uint64_t path = 0; path < PATHS; path++) {
        supply_draw(ROWS, rows, 1, path, day(2024, 3, 15), from);
        assert_true(from[3] >= ends[0]);
        for (int k = 0; k < 4; k++)
            counts[k] += from[3] == ends[k];
    }
    for (int k = 0; k < 4; k++) {
        const double expected = 0.75 * pow(0.25, k);
        assert_true(fabs((double)counts[k] / PATHS - expected) <
                    3.5 * sqrt(expected * (1 - expected) / PATHS));
    }
}

static void what_is_past_or_certain_does_not_slip(void **state)
{
    (void)state;
    struct supply rows[ROWS];
    int64_t from[ROWS];
    make(rows);
    for (uint64_t path = 0; path < 1000; path++) {
        supply_draw(ROWS, rows, 1, path, day(2018, 1, 1), from);
        for (int i = 0; i < 3; i++)
            assert_true(from[i] == rows[i].from_day);
        supply_draw(ROWS, rows, 1, path, day(2024, 7, 1), from);
        assert_true(from[3] == rows[3].from_day);
    }
}

static void a_row_more_leaves_the_draws_of_others(void **state)
{
    (void)state;
    struct supply rows[ROWS];
    int64_t from[ROWS], alone, twin[2];
    make(rows);
    const struct supply twins[] = {
        rows[3],
        {.id = 14, .zone = 3, .from_day = rows[3].from_day, .firm_mw = 5, .slip_per_month = 0.25}};
    bool differs_by_seed = false, differs_by_path = false;
    int64_t last = 0;
    for (uint64_t path = 0; path < 100; path++) {
        supply_draw(ROWS, rows, 5, path, 0, from);
        supply_draw(1, &rows[3], 5, path, 0, &alone);
        assert_true(alone == from[3]);
        supply_draw(2, twins, 5, path, 0, twin);
        assert_true(twin[0] == twin[1]); // one transformer, two zones
        differs_by_path |= path > 0 && alone != last;
        last = alone;
        supply_draw(1, &rows[3], 6, path, 0, &alone);
        differs_by_seed |= alone != from[3];
    }
    assert_true(differs_by_seed && differs_by_path);
}

// The second stage comes on time, the first is late: on its day it must not undo the second.
static void a_late_stage_does_not_undo_a_later_one(void **state)
{
    (void)state;
    const struct supply rows[] = {{.from_day = 10, .firm_mw = 5}, {.from_day = 20, .firm_mw = 9}};
    const int64_t from[] = {30, 20};
    assert_true(isnan(supply_firm_mw_drawn(2, rows, from, 0, 19)));
    assert_true(supply_firm_mw_drawn(2, rows, from, 0, 20) == 9);
    assert_true(supply_firm_mw_drawn(2, rows, from, 0, 30) == 9);
    const int64_t never[] = {SUPPLY_NEVER, SUPPLY_NEVER};
    assert_true(isnan(supply_firm_mw_drawn(2, rows, never, 0, 1000000)));
}

static void days_agree_with_single_days(void **state)
{
    (void)state;
    enum { DAYS = 3000 };
    struct supply rows[ROWS];
    int64_t from[ROWS];
    double mw[DAYS];
    make(rows);
    const int64_t first = day(2018, 6, 1);
    supply_draw(ROWS, rows, 1, 4, first, from);
    for (size_t zone = 0; zone < 3; zone++) {
        supply_firm_days(ROWS, rows, from, zone, first, DAYS, mw);
        for (int k = 0; k < DAYS; k++) {
            const double one = supply_firm_mw_drawn(ROWS, rows, from, zone, first + k);
            assert_true(mw[k] == one || (isnan(mw[k]) && isnan(one)));
        }
    }
    supply_firm_days(ROWS, rows, from, 0, first, 0, NULL);
}

static void absurd_rows_do_no_harm(void **state)
{
    (void)state;
    const struct supply rows[] = {
        {.id = 1, .from_day = 100, .firm_mw = 1, .slip_per_month = 2},
        {.id = 2, .from_day = 100, .firm_mw = 1, .slip_per_month = (double)NAN},
        {.id = 3, .from_day = 100, .firm_mw = 1, .slip_per_month = -1},
        {.id = 4, .from_day = INT64_MAX, .firm_mw = 1, .slip_per_month = 0.5},
        {.id = 5, .from_day = 2499999, .firm_mw = 1, .slip_per_month = 0.999999},
        {.id = 6, .from_day = 100, .firm_mw = 1, .slip_per_month = 1e-300},
    };
    int64_t from[6];
    for (uint64_t path = 0; path < 100; path++) {
        supply_draw(6, rows, UINT64_MAX, path, 50, from);
        assert_true(from[0] == SUPPLY_NEVER && from[1] == 100 && from[2] == 100);
        assert_true(from[3] == SUPPLY_NEVER && from[4] >= 2499999 && from[5] == 100);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sources_add_and_stages_replace),
        cmocka_unit_test(a_source_taken_away_leaves_nothing),
        cmocka_unit_test(the_order_is_by_zone_source_and_date),
        cmocka_unit_test(slips_are_geometric_in_months),
        cmocka_unit_test(what_is_past_or_certain_does_not_slip),
        cmocka_unit_test(a_row_more_leaves_the_draws_of_others),
        cmocka_unit_test(a_late_stage_does_not_undo_a_later_one),
        cmocka_unit_test(days_agree_with_single_days),
        cmocka_unit_test(absurd_rows_do_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
