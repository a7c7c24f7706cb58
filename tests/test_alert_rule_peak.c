// SPDX-License-Identifier: GPL-3.0-or-later
// What rules say of peaks whose quantiles are straight lines, so that chances are known by sight.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "daemon/alert_rule.h"
#include "tests/near.h"

enum { HOUR = 3600, DAY = 86400, TODAY = 20000 };

static const struct civil_clock east = {.offset_s = 7 * HOUR};

// Local noon of TODAY.
static const int64_t noon = (int64_t)TODAY * DAY + 12 * HOUR - 7 * HOUR;

// float quantiles, and lines between them.
static const double tiny = 1e-4;

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

// Evenly from `from` to `to`: that x is passed has the chance (to - x) / (to - from).
static void spread(double from, double to, float ret[static DAY_PEAKS_LEVELS])
{
    for (int k = 0; k < DAY_PEAKS_LEVELS; k++)
        ret[k] = (float)(from + (to - from) * (k + 1) / 100);
}

enum { DAYS = 20 };
struct ahead {
    struct day_peak days[DAYS];
    double mw[DAYS];
    struct day_peaks peaks;
    struct alert_limits limits;
    struct config_alert rule;
};

// Days from TODAY on of a limit of 100 MW, none of which has a chance to come near it; their
// highest peak neither.
static void look_at(struct ahead *ahead, size_t n)
{
    *ahead = (struct ahead){.rule = rule_of(CONFIG_ALERT_PEAK)};
    for (size_t i = 0; i < n; i++) {
        struct day_peak *day = &ahead->days[i];
        day->day = TODAY + (int64_t)i;
        day->hour_from = 10 + (int)i;
        day->hour_to = 12 + (int)i;
        day->cause.temp_c = 30 + (double)i;
        spread(10, 20, day->peak);
        spread(10, 20, day->top);
        ahead->mw[i] = 100;
    }
    ahead->peaks = (struct day_peaks){.issue = noon, .growth = 0.07, .n = n, .days = ahead->days};
    ahead->limits = (struct alert_limits){.first = TODAY, .n = n, .mw = ahead->mw};
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

static struct alert_facts peak(const struct ahead *ahead)
{
    struct alert_facts facts = facts_before();
    alert_rule_peak(&ahead->rule, &ahead->peaks, &ahead->limits, &east, noon, &facts);
    return facts;
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

static void calls_for_the_highest_level_that_is_likely(void **state)
{
    (void)state;
    struct ahead a;
    look_at(&a, 3);
    spread(80, 120, a.days[1].peak); // 0.75 that 90 is passed, 0.5 for 100, 0.25 for 110
    a.rule.probability = 0.51;
    struct alert_facts facts = peak(&a);
    assert_true(facts.known);
    assert_int_equal(facts.call, ALERT_WATCH);
    assert_int_equal(facts.keep, ALERT_EMERGENCY);
    near_assert(facts.value, 0.75, tiny);
    near_assert(facts.limit, 90, tiny);
    near_assert(facts.limit_mw, 100, tiny);
    near_assert(facts.per_cent, 90, 0);
    near_assert(facts.over_mw, 26, tiny); // 116 with one in ten
    a.rule.probability = 0.49;
    facts = peak(&a);
    assert_int_equal(facts.call, ALERT_EMERGENCY);
    assert_int_equal(facts.keep, ALERT_EMERGENCY);
    near_assert(facts.value, 0.5, tiny);
    near_assert(facts.limit, 100, tiny);
    a.rule.probability = 0.24;
    a.rule.clear_probability = 0.24;
    assert_int_equal(peak(&a).call, ALERT_EXTREME);
}

static void speaks_of_the_level_kept_or_else_the_lowest(void **state)
{
    (void)state;
    struct ahead a;
    look_at(&a, 3);
    spread(80, 120, a.days[1].peak);
    a.rule.probability = 0.99;
    struct alert_facts facts = peak(&a);
    assert_int_equal(facts.call, ALERT_NONE);
    assert_int_equal(facts.keep, ALERT_EMERGENCY);
    near_assert(facts.value, 0.5, tiny);
    near_assert(facts.per_cent, 100, 0);
    a.rule.clear_probability = 0.99;
    facts = peak(&a);
    assert_int_equal(facts.keep, ALERT_NONE);
    near_assert(facts.value, 0.75, tiny);
    near_assert(facts.per_cent, 90, 0);
}

static void leaves_out_levels_that_the_rule_has_not(void **state)
{
    (void)state;
    struct ahead a;
    look_at(&a, 3);
    spread(200, 300, a.days[1].peak);
    a.rule.per_cent[0] = a.rule.per_cent[2] = 0;
    struct alert_facts facts = peak(&a);
    assert_int_equal(facts.call, ALERT_EMERGENCY);
    assert_int_equal(facts.keep, ALERT_EMERGENCY);
    spread(10, 20, a.days[1].peak);
    facts = peak(&a);
    assert_true(facts.known);
    assert_int_equal(facts.keep, ALERT_NONE);
    near_assert(facts.per_cent, 100, 0);
    a.rule.per_cent[1] = 0;
    facts = peak(&a);
    assert_nothing_is_known(&facts);
}

static void takes_days_of_one_limit_together(void **state)
{
    (void)state;
    struct ahead a;
    look_at(&a, 4);
    for (size_t i = 0; i < 4; i++) {
        spread(80, 105, a.days[i].peak); // 0.2 for 100
        spread(80 + 5 * (double)i, 105 + 5 * (double)i, a.days[i].top);
    }
    a.rule.per_cent[0] = 0;
    near_assert(peak(&a).value, 0.8, tiny); // (120 - 100) / 25
    a.mw[2] = 200;                          // a wider one ends it as well
    near_assert(peak(&a).value, 0.4, tiny); // (110 - 100) / 25
    a.mw[2] = 100;
    a.mw[0] = NAN;                          // and it begins where one is known
    near_assert(peak(&a).value, 0.6, tiny); // less the 0.2 of before
    a.mw[0] = 100;
    a.mw[2] = 95; // a later limit stands for itself
    a.mw[3] = 95;
    struct alert_facts facts = peak(&a);
    near_assert(facts.value, 0.4, tiny); // both (110 - 100) / 25 and (105 - 95) / 25
    near_assert(facts.limit, 95, tiny);  // of the likeliest day
    assert_int_equal(facts.day, TODAY + 2);
    a.mw[3] = 85;
    facts = peak(&a);
    near_assert(facts.value, 0.8, tiny);
    assert_int_equal(facts.day, TODAY + 3);
    near_assert(facts.limit_mw, 85, tiny);
}

static void looks_no_further_than_the_rule(void **state)
{
    (void)state;
    struct ahead a;
    look_at(&a, 4);
    spread(200, 300, a.days[3].peak);
    spread(200, 300, a.days[3].top);
    a.rule.within_s = 2 * DAY + 12 * HOUR; // up to the midnight that day begins with
    assert_int_equal(peak(&a).call, ALERT_NONE);
    a.rule.within_s++;
    assert_int_equal(peak(&a).call, ALERT_EXTREME);
}

// And takes what they passed from the highest peak.
static void leaves_out_days_that_are_over(void **state)
{
    (void)state;
    struct ahead a;
    struct alert_facts facts = facts_before();
    look_at(&a, 3);
    spread(80, 105, a.days[0].peak); // 0.2 for 100, and is over
    for (size_t i = 0; i < 3; i++)
        spread(80 + 5 * (double)i, 105 + 5 * (double)i, a.days[i].top);
    a.rule.per_cent[0] = 0;
    near_assert(peak(&a).value, 0.6, tiny);
    const int64_t midnight = noon + 12 * HOUR;
    alert_rule_peak(&a.rule, &a.peaks, &a.limits, &east, midnight - 1, &facts);
    near_assert(facts.value, 0.6, tiny);
    assert_int_equal(facts.day, TODAY);
    alert_rule_peak(&a.rule, &a.peaks, &a.limits, &east, midnight, &facts);
    near_assert(facts.value, 0.4, tiny);
    assert_int_equal(facts.day, TODAY + 1);
    alert_rule_peak(&a.rule, &a.peaks, &a.limits, &east, midnight + 2 * DAY, &facts);
    assert_nothing_is_known(&facts);
    assert_int_equal(facts.day, CONFIG_NO_DAY);
    assert_true(isnan(facts.growth));
}

static void knows_nothing_without_a_limit_or_a_peak(void **state)
{
    (void)state;
    struct ahead a;
    look_at(&a, 3);
    spread(200, 300, a.days[1].peak);
    spread(200, 300, a.days[1].top);
    spread(200, 300, a.days[2].top);
    a.mw[1] = NAN;
    struct alert_facts facts = peak(&a);
    assert_true(facts.known);
    assert_int_equal(facts.call, ALERT_NONE);
    assert_int_equal(facts.n_days, 2);
    assert_int_equal(facts.days[1].day, TODAY + 2);
    a.mw[0] = a.mw[2] = NAN;
    facts = peak(&a);
    assert_nothing_is_known(&facts);
    a.mw[0] = a.mw[1] = a.mw[2] = 100;
    a.limits.first = TODAY + 3; // all days before it
    facts = peak(&a);
    assert_nothing_is_known(&facts);
    a.limits.first = TODAY - 3; // and after it
    facts = peak(&a);
    assert_nothing_is_known(&facts);
    a.limits.first = TODAY;
    for (size_t i = 0; i < 3; i++)
        spread(NAN, NAN, a.days[i].top);
    facts = peak(&a); // each day for itself
    assert_int_equal(facts.call, ALERT_EXTREME);
    spread(NAN, NAN, a.days[1].peak);
    assert_int_equal(peak(&a).call, ALERT_NONE);
    for (size_t i = 0; i < 3; i++)
        spread(NAN, NAN, a.days[i].peak);
    facts = peak(&a);
    assert_nothing_is_known(&facts);
    a.peaks.n = 0;
    facts = peak(&a);
    assert_nothing_is_known(&facts);
    assert_string_equal(facts.subject, "quang-chau");
    assert_int_equal(facts.next, 7);
}

static void tells_of_the_likeliest_day(void **state)
{
    (void)state;
    struct ahead a;
    look_at(&a, 5);
    spread(80, 120, a.days[1].peak); // 0.5 for 100
    spread(60, 140, a.days[2].peak); // 0.5 as well
    spread(80, 110, a.days[3].peak); // 0.33
    spread(80, 105, a.days[4].peak); // 0.2
    a.rule.per_cent[0] = 0;
    a.rule.probability = 0.45;
    struct alert_facts facts = peak(&a);
    assert_int_equal(facts.call, ALERT_EMERGENCY);
    assert_int_equal(facts.day, TODAY + 1);
    assert_int_equal(facts.hour_from, 11);
    assert_int_equal(facts.hour_to, 13);
    near_assert(facts.peak_mw, 100, tiny);
    near_assert(facts.poe10_mw, 116, tiny);
    near_assert(facts.over_mw, 16, tiny);
    near_assert(facts.cause.temp_c, 31, 0);
    near_assert(facts.growth, 0.07, 0);
    assert_int_equal(facts.n_days, 3);
    for (size_t k = 0; k < 3; k++)
        assert_int_equal(facts.days[k].day, TODAY + 1 + (int64_t)k);
    near_assert(facts.days[2].p, 1.0 / 3, tiny);
    a.rule.clear_probability = 0.19;
    assert_int_equal(peak(&a).n_days, 4);
    a.rule.clear_probability = 0.45; // 0.33 is more than half of 0.5
    assert_int_equal(peak(&a).n_days, 3);
    spread(10, 20, a.days[1].peak);
    spread(10, 20, a.days[2].peak);
    a.rule.clear_probability = 0.99;
    facts = peak(&a);
    near_assert(facts.over_mw, 7, tiny); // 107
    spread(10, 20, a.days[3].peak);
    facts = peak(&a);
    near_assert(facts.over_mw, 2.5, tiny); // 102.5
    spread(10, 20, a.days[4].peak);
    near_assert(peak(&a).over_mw, 0, 0);
}

// Many days of a small chance each: none has half of that of all together.
static void names_a_day_always_and_no_more_than_it_can(void **state)
{
    (void)state;
    struct ahead a;
    look_at(&a, DAYS);
    a.rule.within_s = DAYS * DAY;
    a.rule.per_cent[0] = 0;
    for (size_t i = 0; i < DAYS; i++)
        spread(80, 102.5, a.days[i].peak); // 0.11
    spread(90, 120, a.days[DAYS - 1].top); // 0.67
    struct alert_facts facts = peak(&a);
    near_assert(facts.value, 2.0 / 3, tiny);
    assert_int_equal(facts.n_days, 1);
    assert_int_equal(facts.days[0].day, TODAY);
    // The likeliest stay, in order of time.
    for (size_t i = 0; i < DAYS; i++)
        spread(80, i % 5 == 1 ? 110 : 120, a.days[i].peak);
    spread(80, 125, a.days[DAYS - 1].peak);
    facts = peak(&a);
    assert_int_equal(facts.n_days, ALERT_FACTS_DAYS);
    size_t k = 0;
    for (size_t i = 0; i < DAYS; i++)
        if (i % 5 != 1)
            assert_int_equal(facts.days[k++].day, TODAY + (int64_t)i);
    assert_int_equal(k, ALERT_FACTS_DAYS);
    assert_int_equal(facts.day, TODAY + DAYS - 1);
}

// The day of spring has 23 hours; the lead is one of hours.
static void goes_by_the_clock_on_the_wall(void **state)
{
    (void)state;
    struct civil_clock clock;
    struct ahead a;
    struct alert_facts facts = facts_before();
    assert_true(civil_clock_parse("CET-1CEST,M3.5.0,M10.5.0/3", &clock));
    const int64_t sunday = civil_day_from_date((struct civil_date){2024, 3, 31});
    const int64_t midnight = sunday * DAY - HOUR;
    look_at(&a, 2);
    spread(200, 300, a.days[1].peak);
    for (size_t i = 0; i < 2; i++)
        a.days[i].day = sunday + (int64_t)i;
    a.limits.first = sunday;
    a.rule.within_s = 23 * HOUR;
    alert_rule_peak(&a.rule, &a.peaks, &a.limits, &clock, midnight, &facts);
    assert_int_equal(facts.call, ALERT_NONE);
    alert_rule_peak(&a.rule, &a.peaks, &a.limits, &clock, midnight + 1, &facts);
    assert_int_equal(facts.call, ALERT_EXTREME);
    a.peaks.n = 1;
    alert_rule_peak(&a.rule, &a.peaks, &a.limits, &clock, midnight + 23 * HOUR - 1, &facts);
    assert_true(facts.known);
    alert_rule_peak(&a.rule, &a.peaks, &a.limits, &clock, midnight + 23 * HOUR, &facts);
    assert_false(facts.known);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(calls_for_the_highest_level_that_is_likely),
        cmocka_unit_test(speaks_of_the_level_kept_or_else_the_lowest),
        cmocka_unit_test(leaves_out_levels_that_the_rule_has_not),
        cmocka_unit_test(takes_days_of_one_limit_together),
        cmocka_unit_test(looks_no_further_than_the_rule),
        cmocka_unit_test(leaves_out_days_that_are_over),
        cmocka_unit_test(knows_nothing_without_a_limit_or_a_peak),
        cmocka_unit_test(tells_of_the_likeliest_day),
        cmocka_unit_test(names_a_day_always_and_no_more_than_it_can),
        cmocka_unit_test(goes_by_the_clock_on_the_wall),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
