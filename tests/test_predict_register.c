// SPDX-License-Identifier: GPL-3.0-or-later
// What entries of the register change in forecasts of a made-up town, and what they leave alone.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <gsl/gsl_errno.h>

#include "models/predict.h"
#include "tests/near.h"
#include "tests/town.h"

enum { HOUR = 3600, DAY = 86400, SEED = 161803, LEVELS = 19, DAYS = 800, AHEAD = 14, LINE_DAY = 4 };
static const double noise_mw = 4.3, line_mw = 25;

static double levels[LEVELS];

struct fixture {
    struct town town;
    struct model_data data;
    struct model *model;
    struct entry entry;
};

static void set_up(struct fixture *f)
{
    gsl_set_error_handler_off();
    for (int k = 0; k < LEVELS; k++)
        levels[k] = (k + 1) / 20.0;
    town_init(&f->town, HOUR, DAYS + AHEAD, noise_mw, SEED);
    f->data = town_data(&f->town, DAYS);
    f->model = model_new(HOUR);
    assert_int_equal(model_fit(f->model, &f->data), MODEL_OK);
    f->entry = (struct entry){.id = 11,
                              .kind = ENTRY_LINE,
                              .from = f->data.issue + LINE_DAY * DAY,
                              .to = INT64_MAX,
                              .mw = line_mw,
                              .factor = NAN,
                              .probability = 0.7,
                              .hours_to_s = DAY};
}

static void tear_down(struct fixture *f)
{
    model_free(f->model);
    town_done(&f->town);
}

static struct forecast forecast_with(const struct fixture *f, size_t n, const struct entry *entries)
{
    struct forecast forecast;
    struct model_data data = f->data;
    data.n_entries = n;
    data.entries = entries;
    assert_true(predict(f->model, &data, data.issue, data.issue + AHEAD * (int64_t)DAY, LEVELS,
                        levels, &forecast));
    return forecast;
}

static void assert_same_bits(const struct forecast *a, const struct forecast *b, size_t n)
{
    assert_memory_equal(a->mean, b->mean, n * sizeof *a->mean);
    assert_memory_equal(a->quantile, b->quantile, n * LEVELS * sizeof *a->quantile);
}

static void entry_changes_only_what_it_should(void **state)
{
    (void)state;
    struct fixture f;
    set_up(&f);
    struct forecast without = forecast_with(&f, 0, NULL);
    struct forecast with = forecast_with(&f, 1, &f.entry);
    size_t first = LINE_DAY * 24;
    assert_same_bits(&without, &with, first);
    assert_int_equal(with.n_effects, 1);
    assert_int_equal(with.effect_id[0], 11);
    for (size_t i = 0; i < with.n; i++) {
        double added = i < first ? 0 : 0.7 * line_mw;
        near_assert(with.mean[i], without.mean[i] + added, 1e-9);
        near_assert(with.effect[i], added, 1e-9);
    }
    // Three paths in ten are without it, seven with it.
    for (size_t i = first; i < with.n; i++) {
        const double *q = forecast_quantiles(&with, i);
        near_assert(q[17], forecast_at_level(&without, i, 1 - 0.1 / 0.7) + line_mw, 2);
        near_assert(q[2], forecast_at_level(&without, i, 0.15 / 0.3), 3);
    }
    struct forecast again = forecast_with(&f, 0, NULL);
    assert_same_bits(&without, &again, without.n);
    forecast_done(&again);
    forecast_done(&without);
    forecast_done(&with);
    tear_down(&f);
}

static void certain_entry_shifts_every_quantile(void **state)
{
    (void)state;
    struct fixture f;
    set_up(&f);
    f.entry.probability = 1;
    struct forecast without = forecast_with(&f, 0, NULL);
    struct forecast with = forecast_with(&f, 1, &f.entry);
    for (size_t i = LINE_DAY * 24; i < with.n; i++)
        for (int k = 0; k < LEVELS; k++)
            near_assert(forecast_quantiles(&with, i)[k],
                        forecast_quantiles(&without, i)[k] + line_mw, 1e-9);
    forecast_done(&without);
    forecast_done(&with);
    tear_down(&f);
}

static void entries_do_not_disturb_each_other(void **state)
{
    (void)state;
    struct fixture f;
    set_up(&f);
    struct entry both[2] = {f.entry, f.entry};
    both[0].id = 3;
    both[0].probability = 0;
    struct forecast one = forecast_with(&f, 1, &f.entry);
    struct forecast two = forecast_with(&f, 2, both);
    assert_same_bits(&one, &two, one.n);
    near_assert(two.effect[two.n - 1], 0, 0);
    near_assert(two.effect[2 * two.n - 1], 0.7 * line_mw, 1e-9);
    forecast_done(&one);
    forecast_done(&two);
    tear_down(&f);
}

static void override_has_the_last_word(void **state)
{
    (void)state;
    struct fixture f;
    set_up(&f);
    struct entry both[2] = {f.entry, f.entry};
    both[1].kind = ENTRY_OVERRIDE;
    both[1].mw = 90;
    both[1].probability = 1;
    struct forecast forecast = forecast_with(&f, 2, both);
    for (size_t i = LINE_DAY * 24; i < forecast.n; i++) {
        near_assert(forecast.mean[i], 90, 1e-9);
        near_assert(forecast_quantiles(&forecast, i)[0], 90, 1e-9);
        near_assert(forecast_quantiles(&forecast, i)[LEVELS - 1], 90, 1e-9);
    }
    forecast_done(&forecast);
    tear_down(&f);
}

static void register_is_a_part_of_the_explanation(void **state)
{
    (void)state;
    struct fixture f;
    set_up(&f);
    f.data.n_entries = 1;
    f.data.entries = &f.entry;
    for (int baseline = 0; baseline <= 1; baseline++) {
        struct forecast forecast;
        double(*parts)[EXPLAIN_PARTS] = malloc(AHEAD * 24 * sizeof *parts);
        assert_true(predict_explained(baseline ? NULL : f.model, &f.data, f.data.issue,
                                      f.data.issue + AHEAD * (int64_t)DAY, &forecast, parts));
        for (size_t i = 0; i < forecast.n; i++) {
            double sum = 0;
            for (int k = 0; k < EXPLAIN_PARTS; k++)
                sum += parts[i][k];
            near_assert(sum, forecast.mean[i], 1e-9);
            near_assert(parts[i][EXPLAIN_REGISTER], i < LINE_DAY * 24 ? 0 : 17.5, 1e-9);
        }
        forecast_done(&forecast);
        free(parts);
    }
    tear_down(&f);
}

static void baseline_takes_entries_too(void **state)
{
    (void)state;
    struct fixture f;
    set_up(&f);
    model_free(f.model);
    f.model = NULL;
    struct forecast without = forecast_with(&f, 0, NULL);
    struct forecast with = forecast_with(&f, 1, &f.entry);
    assert_same_bits(&without, &with, LINE_DAY * 24);
    for (size_t i = LINE_DAY * 24; i < with.n; i++) {
        near_assert(with.mean[i], without.mean[i] + 17.5, 1e-9);
        near_assert(forecast_quantiles(&with, i)[17],
                    forecast_at_level(&without, i, 1 - 0.1 / 0.7) + line_mw, 3);
    }
    forecast_done(&without);
    forecast_done(&with);
    tear_down(&f);
}

// Mean error, over the last week ahead, of a forecast issued `days` after a line really came, that
// knows of it or not.
static double bias(struct fixture *f, int days, bool known)
{
    struct series truth, load;
    struct entry line = f->entry;
    line.from = f->data.issue - days * (int64_t)DAY;
    line.probability = 1;
    assert_true(series_copy(&f->town.load, &truth));
    for (size_t i = 0; i < truth.n; i++)
        if (series_instant(&truth, i) >= line.from)
            truth.value[i] += line_mw;
    assert_true(series_copy(&truth, &load));
    struct model_data data = f->data;
    data.load = &load;
    data.n_entries = known ? 1 : 0;
    data.entries = &line;
    entries_prepare(data.n_entries, data.entries, data.clock, data.issue, &load);
    struct forecast forecast;
    assert_int_equal(model_fit(f->model, &data), MODEL_OK);
    assert_true(predict(f->model, &data, data.issue, data.issue + AHEAD * (int64_t)DAY, LEVELS,
                        levels, &forecast));
    double sum = 0;
    size_t n = 7 * 24;
    for (size_t i = forecast.n - n; i < forecast.n; i++)
        sum += forecast.mean[i] - series_at(&truth, forecast_instant(&forecast, i));
    forecast_done(&forecast);
    series_done(&truth);
    series_done(&load);
    return sum / (double)n;
}

static void line_of_late_counts_once(void **state)
{
    (void)state;
    struct fixture f;
    set_up(&f);
    f.data.weather_until = f.data.issue + AHEAD * (int64_t)DAY;
    double none = bias(&f, 0, false) + line_mw; // what is missing without any line
    for (int days = 1; days <= 29; days += 7) {
        double unknown = bias(&f, days, false) - none, known = bias(&f, days, true) - none;
        print_message("# a line %d days old: off by %.1f MW unknown, %.1f known\n", days, unknown,
                      known);
        // Never twice; and never worse than by what the readings alone say.
        assert_true(known < 0.2 * line_mw);
        assert_true(fabs(known) <= fabs(unknown) + 0.1 * line_mw);
        if (days <= 8)
            assert_true(fabs(known) < fabs(unknown) / 2);
    }
    tear_down(&f);
}

// Ten days at half load: the forecast after them is that of a town that never had them.
static void masked_days_are_forgotten(void **state)
{
    (void)state;
    struct fixture f;
    set_up(&f);
    struct series load;
    struct entry curtailed = f.entry;
    curtailed.kind = ENTRY_MASK;
    curtailed.from = f.data.issue - 14 * DAY;
    curtailed.to = f.data.issue - 4 * DAY;
    assert_true(series_copy(&f.town.load, &load));
    for (size_t i = (DAYS - 14) * 24; i < (DAYS - 4) * 24; i++)
        load.value[i] /= 2;
    struct forecast clean = forecast_with(&f, 0, NULL);
    f.data.load = &load;
    assert_int_equal(model_fit(f.model, &f.data), MODEL_OK);
    struct forecast spoilt = forecast_with(&f, 0, NULL);
    entries_prepare(1, &curtailed, f.data.clock, f.data.issue, &load);
    assert_int_equal(model_fit(f.model, &f.data), MODEL_OK);
    struct forecast masked = forecast_with(&f, 1, &curtailed);
    double off = 0, off_masked = 0;
    for (size_t i = 0; i < clean.n; i++) {
        off += fabs(spoilt.mean[i] - clean.mean[i]) / (double)clean.n;
        off_masked += fabs(masked.mean[i] - clean.mean[i]) / (double)clean.n;
    }
    print_message("# off by %.2f MW unmasked, %.2f masked\n", off, off_masked);
    assert_true(off_masked < off / 4);
    forecast_done(&clean);
    forecast_done(&spoilt);
    forecast_done(&masked);
    series_done(&load);
    tear_down(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(entry_changes_only_what_it_should),
        cmocka_unit_test(certain_entry_shifts_every_quantile),
        cmocka_unit_test(entries_do_not_disturb_each_other),
        cmocka_unit_test(override_has_the_last_word),
        cmocka_unit_test(register_is_a_part_of_the_explanation),
        cmocka_unit_test(baseline_takes_entries_too),
        cmocka_unit_test(line_of_late_counts_once),
        cmocka_unit_test(masked_days_are_forgotten),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
