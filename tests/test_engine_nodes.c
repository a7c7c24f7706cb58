// SPDX-License-Identifier: GPL-3.0-or-later
// Rounds of a site of several zones: sums of their forecasts, and the odds of peaks, from readings
// to the store and the outbox.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "daemon/store_peaks.h"
#include "tests/engine_site.h"
#include "tests/near.h"

enum { HOUR = 3600, DAY = 86400, SEED = 30103, DAYS = 400 };

// The town, what expands it, and a zone that has no readings yet.
static char twin_id[] = "twin", empty_id[] = "empty", name[] = "Site", town_id[] = "town";

struct town_site {
    struct engine_site *site;
    struct town town;
    struct config_zone zones[3];
    struct config_capacity capacities[3];
    int64_t issue;
};

static int set_up(void **state)
{
    struct town_site *t = calloc(1, sizeof *t);
    t->site = engine_site_new(HOUR, DAY);
    engine_site_close(t->site);
    for (int z = 0; z < 3; z++)
        t->zones[z] = t->site->zone;
    t->zones[1].id = twin_id;
    t->zones[1].parent = town_id;
    t->zones[2].id = empty_id;
    for (size_t c = 0; c < 3; c++)
        t->capacities[c] = (struct config_capacity){.zone = c, .feed = c, .firm_mw = 262};
    t->site->config.site.name = name;
    t->site->config.n_zones = 3;
    t->site->config.zones = t->zones;
    t->site->config.n_capacities = 2; // of the empty zone nothing is known
    t->site->config.capacities = t->capacities;
    t->site->config.sinks[0].batch_lines = 5000;
    engine_site_open(t->site);
    town_init(&t->town, HOUR, DAYS, 4.3, SEED);
    t->issue = t->town.start + (int64_t)DAYS * DAY;
    *state = t;
    return 0;
}

static int tear_down(void **state)
{
    struct town_site *t = *state;
    town_done(&t->town);
    engine_site_free(t->site);
    free(t);
    return 0;
}

// Gives the town its days, and the twin the same readings or others.
static void give(struct town_site *t, const struct series *twin)
{
    for (int day = 0; day < DAYS; day++)
        engine_site_give_day(t->site, &t->town, day);
    assert_true(store_begin(t->site->store));
    for (int64_t at = t->town.start; at < t->issue; at += HOUR) {
        struct store_reading reading = {
            .zone = twin_id, .meter = "", .instant = at, .mw = series_at(twin, at)};
        assert_true(store_put_reading(t->site->store, twin_id, "", at, reading.mw) != STORE_FAILED);
        engine_take_reading(t->site->engine, &reading);
    }
    assert_true(store_commit(t->site->store));
}

static struct forecast newest(const struct town_site *t, const char *node)
{
    struct forecast forecast;
    bool found;
    assert_true(store_get_forecast(t->site->store, node, INT64_MAX, &forecast, &found));
    assert_true(found);
    assert_int_equal(forecast.issue, t->issue);
    return forecast;
}

static struct day_peaks newest_peaks(const struct town_site *t, const char *node)
{
    struct day_peaks peaks;
    bool found;
    assert_true(store_get_peaks(t->site->store, node, INT64_MAX, &peaks, &found));
    assert_true(found);
    assert_int_equal(peaks.issue, t->issue);
    return peaks;
}

// All that waits for the sink, as text that the caller frees.
static char *outbox(const struct town_site *t)
{
    sqlite3 *db;
    sqlite3_stmt *row;
    char *text = calloc(1, 1);
    assert_int_equal(sqlite3_open(t->site->path, &db), SQLITE_OK);
    assert_int_equal(
        sqlite3_prepare_v2(db, "SELECT CAST(body AS TEXT) FROM outbox", -1, &row, NULL), SQLITE_OK);
    while (sqlite3_step(row) == SQLITE_ROW) {
        const char *body = (const char *)sqlite3_column_text(row, 0);
        char *longer = realloc(text, strlen(text) + strlen(body) + 1);
        assert_non_null(longer);
        text = longer;
        strcat(text, body);
    }
    sqlite3_finalize(row);
    sqlite3_close(db);
    return text;
}

// Two zones of the same readings go up and down together: every number of the sum is twice theirs.
static void a_sum_of_equals_is_twice_each(void **state)
{
    struct town_site *t = *state;
    give(t, &t->town.load);
    assert_true(engine_site_run_due(t->site, t->issue));
    struct forecast zone = newest(t, "town"), twin = newest(t, "twin"), sum = newest(t, "town-all");
    assert_string_equal(sum.model, "sum");
    assert_int_equal(sum.n, 48);
    assert_int_equal(sum.n_levels, zone.n_levels);
    for (size_t i = 0; i < sum.n; i++) {
        near_assert(sum.mean[i], zone.mean[i] + twin.mean[i], 1e-9);
        for (size_t k = 0; k < sum.n_levels; k++)
            near_assert(forecast_quantiles(&sum, i)[k], 2 * forecast_quantiles(&zone, i)[k],
                        6); // drawn anew, as these zones have not all past days (error_paths.h)
    }
    struct day_peaks one = newest_peaks(t, "town"), both = newest_peaks(t, "town-all");
    assert_int_equal(both.n, 2);
    for (size_t d = 0; d < both.n; d++) {
        for (int q = 0; q < DAY_PEAKS_LEVELS; q++)
            near_assert((double)both.days[d].peak[q], 2 * (double)one.days[d].peak[q], 1e-3);
        assert_true(both.days[d].whole);
        assert_int_equal(both.days[d].hour, one.days[d].hour);
        near_assert(both.days[d].cause.heat_mw, 2 * one.days[d].cause.heat_mw, 1e-3);
        near_assert(both.days[d].cause.usual_c, one.days[d].cause.usual_c, 1e-3);
    }
    near_assert(both.growth, one.growth, 1e-12);
    assert_true(both.growth > 0.02 && both.growth < 0.2); // 20 MW a year of some 230
    forecast_done(&zone);
    forecast_done(&twin);
    forecast_done(&sum);
    day_peaks_done(&one);
    day_peaks_done(&both);
}

// Noise of each zone's own evens out in the sum; weather that all share does not.
static void a_sum_of_others_is_narrower(void **state)
{
    struct town_site *t = *state;
    struct town other;
    town_init(&other, HOUR, DAYS, 4.3, SEED + 1);
    give(t, &other.load);
    assert_true(engine_site_run_due(t->site, t->issue));
    struct forecast zone = newest(t, "town"), twin = newest(t, "twin"), sum = newest(t, "total");
    double apart = 0, together = 0;
    for (size_t i = 0; i < 24; i++) {
        near_assert(sum.mean[i], zone.mean[i] + twin.mean[i], 1e-9);
        for (int high = 0; high <= 1; high++) {
            double level = high ? 0.95 : 0.05, sign = high ? 1 : -1;
            together += sign * forecast_at_level(&sum, i, level);
            apart +=
                sign * (forecast_at_level(&zone, i, level) + forecast_at_level(&twin, i, level));
        }
    }
    print_message("# sum of quantiles %.0f MW wide, quantiles of the sum %.0f\n", apart, together);
    assert_true(together < 0.9 * apart && together > 0.4 * apart);
    forecast_done(&zone);
    forecast_done(&twin);
    forecast_done(&sum);
    town_done(&other);
}

// The zone without readings is no part of the whole, nor of its capacity.
static void points_of_sums_and_peaks(void **state)
{
    struct town_site *t = *state;
    char wanted[200];
    give(t, &t->town.load);
    assert_true(engine_site_run_due(t->site, t->issue));
    char *text = outbox(t);
    assert_null(strstr(text, "zone=empty"));
    for (int node = 0; node < 4; node++) {
        const char *id = (const char *[]){"town", "twin", "town-all", "total"}[node];
        struct day_peaks peaks = newest_peaks(t, id);
        snprintf(wanted, sizeof wanted, "load_forecast,zone=%s mean=", id);
        assert_non_null(strstr(text, wanted));
        snprintf(wanted, sizeof wanted, "load_forecast_issued,lead_h=047,zone=%s mean=", id);
        assert_non_null(strstr(text, wanted));
        for (size_t d = 0; d < 2; d++) {
            snprintf(wanted, sizeof wanted, "peak_risk,lead_d=%zu,zone=%s mw_over=", d, id);
            const char *line = strstr(text, wanted);
            assert_non_null(line);
            double mw_over, p_over, mw;
            int hour;
            assert_int_equal(sscanf(line + strlen(wanted),
                                    "%lf,p_over=%lf,peak_hour=%di,peak_mw=%lf ", &mw_over, &p_over,
                                    &hour, &mw),
                             4);
            double limit = node < 2 ? 262 : 524;
            near_assert(p_over, day_peaks_over(peaks.days[d].peak, limit), 1e-6);
            near_assert(mw_over, fmax(0, day_peaks_at(peaks.days[d].peak, 0.9) - limit), 1e-6);
            near_assert(mw, day_peaks_at(peaks.days[d].peak, 0.5), 1e-6);
            assert_int_equal(hour, peaks.days[d].hour);
        }
        day_peaks_done(&peaks);
    }
    free(text);
}

// Without the capacity of one member with load, that of the sum is unknown.
static void no_capacity_no_chance_of_passing_it(void **state)
{
    struct town_site *t = *state;
    t->site->config.n_capacities = 1;
    give(t, &t->town.load);
    assert_true(engine_site_run_due(t->site, t->issue));
    char *text = outbox(t);
    assert_non_null(strstr(text, "peak_risk,lead_d=1,zone=town mw_over="));
    assert_non_null(strstr(text, "peak_risk,lead_d=1,zone=twin peak_hour="));
    assert_non_null(strstr(text, "peak_risk,lead_d=1,zone=total peak_hour="));
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_sum_of_equals_is_twice_each, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_sum_of_others_is_narrower, set_up, tear_down),
        cmocka_unit_test_setup_teardown(points_of_sums_and_peaks, set_up, tear_down),
        cmocka_unit_test_setup_teardown(no_capacity_no_chance_of_passing_it, set_up, tear_down),
    };
    print_message("# seed %d\n", SEED);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
