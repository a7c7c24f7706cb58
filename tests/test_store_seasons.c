// SPDX-License-Identifier: GPL-3.0-or-later
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/points.h"
#include "daemon/store.h"
#include "tests/store_folder.h"

static struct store_season made_season(int64_t issue, const char *zone, double limit_mw)
{
    struct store_season season = {
        .issue = issue,
        .season = "2024-summer",
        .scenario = "base",
        .zone = zone,
        .limit_mw = limit_mw,
        .p_over = isnan(limit_mw) ? (double)NAN : 0.375,
        .peak_hour = 15,
    };
    for (int k = 0; k < STORE_SEASON_LEVELS; k++)
        season.peak_mw[k] = 100 + 0.5 * k;
    return season;
}

struct seen {
    size_t n;
    struct store_season rows[4];
    char zones[4][32];
};

static bool see(void *context, const struct store_season *season)
{
    struct seen *seen = context;
    assert_true(seen->n < 4);
    seen->rows[seen->n] = *season;
    strcpy(seen->zones[seen->n++], season->zone);
    return true;
}

static void seasons_are_kept_and_replaced(void **state)
{
    (void)state;
    struct store *store = store_folder_open(STORE_WRITE);
    struct store_season first = made_season(2000, "yen-lu", 22.5);
    struct store_season second = made_season(1000, "total", (double)NAN);
    assert_true(store_begin(store));
    assert_true(store_put_season(store, &first));
    assert_true(store_put_season(store, &second));
    first.peak_mw[98] = 170;
    assert_true(store_put_season(store, &first));
    assert_true(store_commit(store));
    struct seen seen = {0};
    assert_true(store_each_season(store, see, &seen));
    assert_int_equal(seen.n, 2);
    assert_int_equal(seen.rows[0].issue, 1000);
    assert_string_equal(seen.zones[0], "total");
    assert_true(isnan(seen.rows[0].limit_mw) && isnan(seen.rows[0].p_over));
    assert_string_equal(seen.zones[1], "yen-lu");
    assert_true(seen.rows[1].peak_mw[98] == 170 && seen.rows[1].peak_mw[0] == 100);
    assert_true(seen.rows[1].limit_mw == 22.5 && seen.rows[1].p_over == 0.375);
    assert_int_equal(seen.rows[1].peak_hour, 15);
    store_close(store);
}

static void the_newest_as_of_a_time_are_those_of_one_issue(void **state)
{
    (void)state;
    struct store *store = store_folder_open(STORE_WRITE);
    const struct store_season seasons[] = {made_season(1000, "total", 60),
                                           made_season(1000, "yen-lu", 22.5),
                                           made_season(2000, "yen-lu", 22.5)};
    struct seen seen = {0};
    assert_true(store_begin(store));
    for (int k = 0; k < 3; k++)
        assert_true(store_put_season(store, &seasons[k]));
    assert_true(store_commit(store));
    assert_true(store_newest_seasons(store, 999, see, &seen));
    assert_int_equal(seen.n, 0);
    assert_true(store_newest_seasons(store, 1999, see, &seen));
    assert_int_equal(seen.n, 2);
    assert_string_equal(seen.zones[1], "yen-lu");
    assert_true(store_newest_seasons(store, INT64_MAX, see, &seen));
    assert_int_equal(seen.n, 3);
    assert_int_equal(seen.rows[2].issue, 2000);
    store_close(store);
}

static void a_season_that_is_rolled_back_is_gone(void **state)
{
    (void)state;
    struct store *store = store_folder_open(STORE_WRITE);
    struct store_season season = made_season(2000, "yen-lu", 22.5);
    struct seen seen = {0};
    assert_true(store_begin(store));
    assert_true(store_put_season(store, &season));
    store_rollback(store);
    assert_true(store_each_season(store, see, &seen));
    assert_int_equal(seen.n, 0);
    store_close(store);
}

static void points_say_the_levels_by_their_probability(void **state)
{
    (void)state;
    struct buffer out;
    buffer_init(&out, 4096);
    struct store_season season = made_season(1710435600, "yen-lu", 22.5);
    points_season(&out, &season, true);
    season = made_season(1710435600, "total", (double)NAN);
    points_season(&out, &season, false);
    assert_string_equal(
        out.data,
        "season_peak,origin=simulated,scenario=base,season=2024-summer,zone=yen-lu "
        "limit_mw=22.5,p_over=0.375,peak_hour=15i,poe01=149.0,poe10=144.5,poe50=124.5,poe90=104.5 "
        "1710435600000000000\n"
        "season_peak,scenario=base,season=2024-summer,zone=total "
        "peak_hour=15i,poe01=149.0,poe10=144.5,poe50=124.5,poe90=104.5 1710435600000000000\n");
    buffer_done(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(seasons_are_kept_and_replaced, store_folder_enter,
                                        store_folder_leave),
        cmocka_unit_test_setup_teardown(the_newest_as_of_a_time_are_those_of_one_issue,
                                        store_folder_enter, store_folder_leave),
        cmocka_unit_test_setup_teardown(a_season_that_is_rolled_back_is_gone, store_folder_enter,
                                        store_folder_leave),
        cmocka_unit_test(points_say_the_levels_by_their_probability),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
