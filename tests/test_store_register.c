// SPDX-License-Identifier: GPL-3.0-or-later
// The register in the store: kept, ended, never lost; and what entries added to forecasts.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/near.h"
#include "tests/store_folder.h"

enum { HOUR = 3600, ISSUE = 1714496400, NOW = 1714500000 };

static const struct store_entry line = {
    .zone = "yen-lu",
    .kind = "line",
    .mw = 25,
    .factor = NAN,
    .probability = 0.7,
    .from = ISSUE,
    .to = INT64_MAX,
    .ramp_s = 30 * 86400,
    .hours = "",
    .into = "",
    .author = "Lan",
    .note = "giai đoạn 1",
    .expires = INT64_MAX,
    .entered_at = NOW,
};

struct seen {
    size_t n;
    int64_t id, ended_at, to;
    double mw, factor;
    char note[64], ended_by[64];
};

static bool see(void *context, const struct store_entry *entry)
{
    struct seen *seen = context;
    seen->n++;
    seen->id = entry->id;
    seen->ended_at = entry->ended_at;
    seen->to = entry->to;
    seen->mw = entry->mw;
    seen->factor = entry->factor;
    snprintf(seen->note, sizeof seen->note, "%s", entry->note);
    snprintf(seen->ended_by, sizeof seen->ended_by, "%s", entry->ended_by);
    return true;
}

static struct seen see_all(struct store *store)
{
    struct seen seen = {0};
    assert_true(store_each_entry(store, see, &seen));
    return seen;
}

static enum store_put put(struct store *store, const struct store_entry *entry, int64_t *ret_id)
{
    assert_true(store_begin(store));
    enum store_put result = store_put_entry(store, entry, ret_id);
    assert_true(store_commit(store));
    return result;
}

static enum store_end end(struct store *store, int64_t id)
{
    assert_true(store_begin(store));
    enum store_end result = store_end_entry(store, id, ISSUE + HOUR, "Minh", NOW);
    assert_true(store_commit(store));
    return result;
}

static void entries_are_kept_as_they_were_told(void **state)
{
    (void)state;
    int64_t id = 0, other = 0;
    struct store *store = store_folder_open(STORE_WRITE);
    assert_int_equal(put(store, &line, &id), STORE_NEW);
    store_close(store);
    store = store_folder_open(STORE_READ);
    struct seen seen = see_all(store);
    assert_int_equal(seen.n, 1);
    assert_int_equal(seen.id, id);
    assert_true(seen.mw == 25 && isnan(seen.factor));
    assert_true(seen.to == INT64_MAX && seen.ended_at == INT64_MAX);
    assert_string_equal(seen.note, "giai đoạn 1");
    assert_string_equal(seen.ended_by, "");
    store_close(store);
    store = store_folder_open(STORE_WRITE);
    // Sent twice it is one; another note is another entry.
    assert_int_equal(put(store, &line, &other), STORE_SAME);
    assert_int_equal(other, id);
    struct store_entry changed = line;
    changed.note = "giai đoạn 2";
    assert_int_equal(put(store, &changed, &other), STORE_NEW);
    assert_true(other > id);
    store_close(store);
}

static void an_end_is_for_once(void **state)
{
    (void)state;
    int64_t id = 0, again = 0;
    struct store *store = store_folder_open(STORE_WRITE);
    assert_int_equal(put(store, &line, &id), STORE_NEW);
    assert_int_equal(end(store, id + 1), STORE_END_UNKNOWN);
    assert_int_equal(end(store, id), STORE_ENDED);
    assert_int_equal(end(store, id), STORE_END_ALREADY);
    struct seen seen = see_all(store);
    assert_int_equal(seen.n, 1);
    assert_true(seen.ended_at == ISSUE + HOUR);
    assert_string_equal(seen.ended_by, "Minh");
    // What has ended does not stand in the way of the same anew.
    assert_int_equal(put(store, &line, &again), STORE_NEW);
    assert_true(again > id);
    store_close(store);
}

static void a_store_of_before_is_brought_up(void **state)
{
    (void)state;
    struct store *store = store_folder_open(STORE_WRITE);
    assert_true(store_begin(store));
    assert_int_equal(store_put_reading(store, "yen-lu", "", ISSUE, 21), STORE_NEW);
    assert_true(store_commit(store));
    store_close(store);
    store_folder_age(1);
    // Who only reads finds no entries, and changes nothing.
    store = store_folder_open(STORE_READ);
    assert_int_equal(see_all(store).n, 0);
    store_close(store);
    store = store_folder_open(STORE_WRITE);
    int64_t id, readings, weather;
    assert_int_equal(put(store, &line, &id), STORE_NEW);
    assert_true(store_count(store, &readings, &weather));
    assert_int_equal(readings, 1);
    store_close(store);
    store = store_folder_open(STORE_READ);
    assert_int_equal(see_all(store).n, 1);
    store_close(store);
}

// A forecast of three hours with two effects, one of them none.
static void keep_forecast(struct store *store, int64_t issue, double mw)
{
    struct forecast forecast;
    assert_true(forecast_init(&forecast, issue, HOUR, 3, 0, NULL));
    assert_true(forecast_make_effects(&forecast, 2));
    forecast.effect_id[0] = 7;
    forecast.effect_id[1] = UINT64_MAX;
    for (int i = 0; i < 3; i++) {
        forecast.mean[i] = 40;
        forecast.effect[3 + i] = mw + i;
    }
    assert_true(store_begin(store));
    assert_true(store_put_forecast(store, "yen-lu", &forecast));
    assert_true(store_commit(store));
    forecast_done(&forecast);
}

struct effects {
    size_t n;
    int64_t issue;
    double last;
};

static bool see_effect(void *context, int64_t issue, size_t n, const double mw[])
{
    struct effects *effects = context;
    effects->n++;
    effects->issue = issue;
    effects->last = mw[n - 1];
    return true;
}

static struct effects see_effects(struct store *store)
{
    struct effects effects = {0};
    assert_true(store_each_effect(store, "yen-lu", UINT64_MAX, see_effect, &effects));
    return effects;
}

static void effects_stand_beside_their_forecast(void **state)
{
    (void)state;
    struct store *store = store_folder_open(STORE_WRITE);
    keep_forecast(store, ISSUE, 10);
    keep_forecast(store, ISSUE + HOUR, 20);
    keep_forecast(store, ISSUE + HOUR, 30); // takes the place of the one before
    struct effects effects = see_effects(store);
    assert_int_equal(effects.n, 2);
    near_assert(effects.last, 32, 0);
    struct forecast forecast;
    bool found;
    assert_true(store_get_forecast(store, "yen-lu", INT64_MAX, &forecast, &found));
    assert_true(found && store_get_effects(store, "yen-lu", &forecast));
    assert_int_equal(forecast.n_effects, 1);
    assert_true(forecast.effect_id[0] == UINT64_MAX);
    near_assert(forecast.effect[0], 30, 0);
    near_assert(forecast.effect[2], 32, 0);
    forecast_done(&forecast);
    // Thinning drops them with their forecast.
    assert_true(store_begin(store));
    assert_true(store_thin_forecasts(store, ISSUE + 86400, 0));
    assert_true(store_commit(store));
    effects = see_effects(store);
    assert_int_equal(effects.n, 1);
    assert_int_equal(effects.issue, ISSUE + HOUR);
    store_close(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(entries_are_kept_as_they_were_told, store_folder_enter,
                                        store_folder_leave),
        cmocka_unit_test_setup_teardown(an_end_is_for_once, store_folder_enter, store_folder_leave),
        cmocka_unit_test_setup_teardown(a_store_of_before_is_brought_up, store_folder_enter,
                                        store_folder_leave),
        cmocka_unit_test_setup_teardown(effects_stand_beside_their_forecast, store_folder_enter,
                                        store_folder_leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
