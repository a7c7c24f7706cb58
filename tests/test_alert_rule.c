// SPDX-License-Identifier: GPL-3.0-or-later
// What rules say of seasons, loads, ages, skill and the register; test_alert_rule_peak.c has the
// peaks.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "daemon/alert_rule.h"
#include "tests/near.h"

// Quantiles are floats.
static const double tiny = 1e-4;

enum { DAY = 86400 };

static struct config_alert rule_of(enum config_alert_on on)
{
    return (struct config_alert){.on = on,
                                 .per_cent = {90, 100, 110},
                                 .limit_mw = NAN,
                                 .probability = 0.5,
                                 .clear_probability = 0.3,
                                 .clear_per_cent = 97,
                                 .within_s = 7 * DAY,
                                 .age_s = 1000,
                                 .days = 7};
}

// What is the caller's stays as it is.
static struct alert_facts facts_before(void)
{
    return (struct alert_facts){.subject = "quang-chau",
                                .day = 7,
                                .growth = 7,
                                .since = 7,
                                .entry_mw = 7,
                                .next = 7,
                                .limit_day = 7,
                                .n_days = 7,
                                .value = 7,
                                .known = true,
                                .call = ALERT_EXTREME,
                                .keep = ALERT_EXTREME};
}

static void assert_nothing_is_known(const struct alert_facts *facts)
{
    assert_false(facts->known);
    assert_int_equal(facts->call, ALERT_NONE);
    assert_int_equal(facts->keep, ALERT_NONE);
    assert_true(isnan(facts->value) && isnan(facts->limit) && isnan(facts->limit_mw));
    assert_true(isnan(facts->peak_mw) && isnan(facts->over_mw) && isnan(facts->poe10_mw));
    assert_true(isnan(facts->cause.temp_c));
    assert_int_equal(facts->n_days, 0);
    assert_int_equal(facts->hour_from, -1);
    assert_int_equal(facts->hour_to, -1);
}

static void says_the_same_of_a_season(void **state)
{
    (void)state;
    struct config_alert rule = rule_of(CONFIG_ALERT_SEASON);
    struct store_season season = {.season = "2024-summer", .peak_hour = 14, .limit_mw = 1};
    struct alert_facts facts = facts_before();
    for (int k = 0; k < STORE_SEASON_LEVELS; k++)
        season.peak_mw[k] = 80 + 40 * (k + 1) / 100.0;
    rule.probability = 0.45;
    alert_rule_season(&rule, &season, 100, &facts);
    assert_true(facts.known);
    assert_int_equal(facts.call, ALERT_EMERGENCY);
    near_assert(facts.value, 0.5, tiny);
    near_assert(facts.limit, 100, 0);
    near_assert(facts.limit_mw, 100, 0);
    near_assert(facts.peak_mw, 100, tiny);
    near_assert(facts.poe10_mw, 116, tiny);
    near_assert(facts.over_mw, 16, tiny);
    assert_string_equal(facts.season, "2024-summer");
    assert_int_equal(facts.hour_from, 14);
    assert_int_equal(facts.hour_to, 15);
    assert_int_equal(facts.n_days, 0);
    assert_int_equal(facts.day, 7); // the caller's
    near_assert(facts.growth, 7, 0);
    alert_rule_season(&rule, &season, NAN, &facts);
    assert_nothing_is_known(&facts);
    season.peak_mw[0] = NAN;
    alert_rule_season(&rule, &season, 100, &facts);
    assert_nothing_is_known(&facts);
}

static struct alert_facts load(double mw)
{
    const struct config_alert rule = rule_of(CONFIG_ALERT_LOAD);
    struct alert_facts facts = facts_before();
    alert_rule_load(&rule, mw, 200, &facts);
    return facts;
}

static void holds_a_load_against_its_limit(void **state)
{
    (void)state;
    struct alert_facts facts = load(201);
    assert_true(facts.known);
    assert_int_equal(facts.call, ALERT_EMERGENCY);
    assert_int_equal(facts.keep, ALERT_EMERGENCY);
    near_assert(facts.value, 201, 0);
    near_assert(facts.limit, 200, 0);
    near_assert(facts.limit_mw, 200, 0);
    near_assert(facts.per_cent, 100, 0);
    assert_int_equal(load(200).call, ALERT_WATCH); // not over it
    assert_int_equal(load(200).keep, ALERT_EMERGENCY);
    assert_int_equal(load(194.1).keep, ALERT_EMERGENCY); // 97 % of it
    assert_int_equal(load(193.9).keep, ALERT_WATCH);
    assert_int_equal(load(214).keep, ALERT_EXTREME);
    facts = load(175); // 97 % of 180 are 174.6
    assert_int_equal(facts.call, ALERT_NONE);
    assert_int_equal(facts.keep, ALERT_WATCH);
    near_assert(facts.limit, 180, tiny);
    assert_int_equal(load(174).keep, ALERT_NONE);
    facts = load(NAN);
    assert_nothing_is_known(&facts);
    const struct config_alert rule = rule_of(CONFIG_ALERT_LOAD);
    alert_rule_load(&rule, 100, NAN, &facts);
    assert_nothing_is_known(&facts);
}

static void calls_the_lowest_level_at_an_age(void **state)
{
    (void)state;
    struct config_alert rule = rule_of(CONFIG_ALERT_SINK);
    struct alert_facts facts = facts_before();
    alert_rule_age(&rule, 999, &facts);
    assert_true(facts.known);
    assert_int_equal(facts.call, ALERT_NONE);
    near_assert(facts.value, 999, 0);
    near_assert(facts.limit, 1000, 0);
    alert_rule_age(&rule, 1000, &facts);
    assert_int_equal(facts.call, ALERT_WATCH);
    assert_int_equal(facts.keep, ALERT_WATCH);
    alert_rule_age(&rule, 1e9, &facts);
    assert_int_equal(facts.call, ALERT_WATCH);
    assert_true(isnan(facts.limit_mw));
    alert_rule_age(&rule, -5, &facts); // a clock set back
    assert_int_equal(facts.keep, ALERT_NONE);
    assert_int_equal(facts.since, 7);
    memset(rule.per_cent, 0, sizeof rule.per_cent);
    alert_rule_age(&rule, 1000, &facts);
    assert_nothing_is_known(&facts);
}

static void asks_whether_forecasts_have_skill(void **state)
{
    (void)state;
    struct config_alert rule = rule_of(CONFIG_ALERT_SKILL);
    struct alert_facts facts = facts_before();
    alert_rule_skill(&rule, -0.01, &facts);
    assert_true(facts.known);
    assert_int_equal(facts.call, ALERT_WATCH);
    assert_int_equal(facts.keep, ALERT_WATCH);
    near_assert(facts.value, -0.01, 0);
    near_assert(facts.limit, 0, 0);
    alert_rule_skill(&rule, 0, &facts);
    assert_true(facts.known);
    assert_int_equal(facts.keep, ALERT_NONE);
    alert_rule_skill(&rule, NAN, &facts);
    assert_nothing_is_known(&facts);
    rule.per_cent[0] = 0;
    alert_rule_skill(&rule, -1, &facts);
    assert_int_equal(facts.call, ALERT_EMERGENCY);
    rule.per_cent[1] = rule.per_cent[2] = 0;
    alert_rule_skill(&rule, -1, &facts);
    assert_nothing_is_known(&facts);
}

static void tells_of_entries_that_begin(void **state)
{
    (void)state;
    const struct config_alert rule = rule_of(CONFIG_ALERT_REGISTER);
    struct alert_facts facts = facts_before();
    alert_rule_register(&rule, 3, &facts);
    assert_true(facts.known);
    assert_int_equal(facts.call, ALERT_WATCH);
    near_assert(facts.value, 3, 0);
    near_assert(facts.limit, 0, 0);
    near_assert(facts.entry_mw, 7, 0);
    assert_int_equal(facts.day, 7);
    alert_rule_register(&rule, 1, &facts);
    assert_int_equal(facts.call, ALERT_WATCH);
    alert_rule_register(&rule, 0, &facts);
    assert_true(facts.known);
    assert_int_equal(facts.keep, ALERT_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_the_same_of_a_season),
        cmocka_unit_test(holds_a_load_against_its_limit),
        cmocka_unit_test(calls_the_lowest_level_at_an_age),
        cmocka_unit_test(asks_whether_forecasts_have_skill),
        cmocka_unit_test(tells_of_entries_that_begin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
