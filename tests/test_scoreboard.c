// SPDX-License-Identifier: GPL-3.0-or-later
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/scoreboard.h"
#include "tests/store_folder.h"

enum { HOUR = 3600, DAY = 86400 };

static const int64_t day_start = 1710435600; // 2024-03-15T00:00+07:00
static const struct civil_clock clock_7 = {.offset_s = 7 * HOUR};

// A forecast of two days of one level, 20 MW either way for the 90 %.
static void keep(struct store *store, int64_t issue, double mean, const char *model)
{
    struct forecast f;
    double levels[] = {0.05, 0.95};
    assert_true(forecast_init(&f, issue, HOUR, 48, 2, levels));
    f.issue = issue;
    strcpy(f.model, model);
    for (size_t i = 0; i < f.n; i++) {
        f.mean[i] = mean;
        f.quantile[2 * i] = mean - 20;
        f.quantile[2 * i + 1] = mean + 20;
    }
    assert_true(store_begin(store));
    assert_true(store_put_forecast(store, "yen-lu", &f));
    assert_true(store_commit(store));
    forecast_done(&f);
}

static void test_each_lead_is_judged_by_its_last_forecast(void **state)
{
    (void)state;
    struct store *store = store_folder_open(STORE_WRITE);
    struct series load;
    struct buffer out;
    series_init(&load, HOUR);
    for (int h = -14 * 24; h < 24; h++) // 80 MW until now, 100 MW on the day
        assert_int_equal(series_put(&load, day_start + h * HOUR, h < 0 ? 80 : 100), SERIES_NEW);
    keep(store, day_start - DAY, 130, "calendar");
    keep(store, day_start - 5 * HOUR, 300, "recency");
    keep(store, day_start, 105, "recency");
    keep(store, day_start + HOUR, 999, "recency"); // during the day: no forecast of it
    buffer_init(&out, 1 << 16);
    int64_t day = civil_day(civil_local(&clock_7, day_start));
    assert_true(store_begin(store) && scoreboard_day(store, "yen-lu", &clock_7, &load, day, &out) &&
                store_commit(store));
    assert_string_equal(
        out.data,
        "forecast_score,lead=1d,model=recency,zone=yen-lu coverage90=1.0,mape=5.0,nmae=5.0,"
        "pinball=1.0,skill=0.75 1710522000000000000\n"
        "forecast_score,lead=2d,model=calendar,zone=yen-lu coverage90=0.0,mape=30.0,nmae=30.0,"
        "pinball=6.0,skill=-0.5 1710522000000000000\n");
    buffer_clear(&out);
    assert_true(store_begin(store) && store_mark_simulated(store) && store_commit(store));
    assert_true(store_begin(store) && scoreboard_day(store, "yen-lu", &clock_7, &load, day, &out) &&
                store_commit(store));
    assert_non_null(strstr(out.data, "lead=2d,model=calendar,origin=simulated,zone=yen-lu "));
    buffer_clear(&out);
    assert_int_equal(series_put(&load, day_start + 7 * HOUR, NAN), SERIES_CHANGED);
    assert_true(store_begin(store) && scoreboard_day(store, "yen-lu", &clock_7, &load, day, &out) &&
                store_commit(store));
    assert_int_equal(out.length, 0); // a day with a hole in it is no day yet
    buffer_done(&out);
    series_done(&load);
    store_close(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_lead_is_judged_by_its_last_forecast),
    };
    return cmocka_run_group_tests(tests, store_folder_enter, store_folder_leave);
}
