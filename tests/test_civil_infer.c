// SPDX-License-Identifier: GPL-3.0-or-later
// Clocks found again from the changes that they make.
#include "models/civil.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

enum { CHANGES_MAX = 100, HALF_HOUR = 1800 };

static const char melbourne[] = "AEST-10AEDT,M10.1.0,M4.1.0/3";

static struct civil_clock clock_of(const char *text)
{
    struct civil_clock clock;
    assert_true(civil_clock_parse(text, &clock));
    return clock;
}

static int64_t date(int year, int month, int day)
{
    return civil_day_from_date((struct civil_date){year, month, day}) * CIVIL_DAY_S;
}

// What a file of readings `step_s` apart shows of a clock.
static size_t see(const struct civil_clock *clock, int64_t from, int64_t to, int32_t step_s,
                  struct civil_transition ret[static CHANGES_MAX])
{
    size_t n = 0;
    for (int64_t t = from; t + step_s <= to; t += step_s) {
        int32_t a = civil_offset(clock, t), b = civil_offset(clock, t + step_s);
        if (a != b && n < CHANGES_MAX)
            ret[n++] = (struct civil_transition){t, t + step_s, a, b};
    }
    return n;
}

static void assert_same_clock(const struct civil_clock *a, const struct civil_clock *b,
                              const char *name)
{
    for (int64_t t = date(1990, 1, 1); t < date(2050, 1, 1); t += HALF_HOUR)
        if (civil_offset(a, t) != civil_offset(b, t))
            fail_msg("%s: %d, not %d at %lld", name, civil_offset(b, t), civil_offset(a, t),
                     (long long)t);
}

static void test_rules_of_the_world(void **state)
{
    (void)state;
    static const char *const zones[] = {melbourne,
                                        "EST5EDT,M3.2.0,M11.1.0",
                                        "CET-1CEST,M3.5.0,M10.5.0/3",
                                        "EET-2EEST,M3.5.0/3,M10.5.0/4",
                                        "GMT0BST,M3.5.0/1,M10.5.0",
                                        "NZST-12NZDT,M9.5.0,M4.1.0/3",
                                        "ACST-9:30ACDT,M10.1.0,M4.1.0/3",
                                        "IST-2IDT,M3.4.4/26,M10.5.0",
                                        "<-04>4<-03>,M9.1.6/24,M4.1.6/24"};
    for (size_t z = 0; z < sizeof zones / sizeof *zones; z++) {
        struct civil_transition seen[CHANGES_MAX];
        struct civil_clock clock = clock_of(zones[z]), found;
        size_t n = see(&clock, date(2009, 2, 1), date(2021, 2, 1), HALF_HOUR, seen);
        assert_int_equal(n, 24);
        assert_true(civil_clock_infer(n, seen, &found));
        assert_same_clock(&clock, &found, zones[z]);
    }
}

// Two years, one year, one change: the known rules are enough.
static void test_a_few_changes(void **state)
{
    (void)state;
    struct civil_transition seen[CHANGES_MAX];
    struct civil_clock clock = clock_of(melbourne), found;
    for (size_t n = see(&clock, date(2012, 1, 1), date(2014, 1, 1), HALF_HOUR, seen); n > 0; n--) {
        assert_true(civil_clock_infer(n, seen, &found));
        assert_same_clock(&clock, &found, melbourne);
    }
    clock = clock_of("CET-1CEST,M3.5.0,M10.5.0/3");
    assert_int_equal(see(&clock, date(2023, 8, 1), date(2023, 12, 1), CIVIL_HOUR_S, seen), 1);
    assert_true(civil_clock_infer(1, seen, &found));
    assert_same_clock(&clock, &found, "Berlin");
}

// Readings that are missing about a change: it lies somewhere in the gap.
static void test_changes_seen_from_far(void **state)
{
    (void)state;
    struct civil_transition seen[CHANGES_MAX];
    struct civil_clock clock = clock_of(melbourne), found;
    size_t n = see(&clock, date(2012, 1, 1), date(2014, 1, 1), HALF_HOUR, seen);
    for (size_t i = 1; i < n; i++) {
        seen[i].before -= 5 * CIVIL_DAY_S;
        seen[i].after += 6 * CIVIL_HOUR_S;
    }
    assert_true(civil_clock_infer(n, seen, &found));
    assert_same_clock(&clock, &found, melbourne);
}

static void test_no_yearly_rule(void **state)
{
    (void)state;
    struct civil_transition seen[CHANGES_MAX];
    struct civil_clock clock = clock_of(melbourne), found = {.offset_s = 2385};
    size_t n = see(&clock, date(2012, 1, 1), date(2016, 1, 1), HALF_HOUR, seen);
    assert_false(civil_clock_infer(0, seen, &found));
    struct civil_transition odd = seen[3];
    seen[3].before += 9 * CIVIL_DAY_S; // one year the change was late
    seen[3].after += 9 * CIVIL_DAY_S;
    assert_false(civil_clock_infer(n, seen, &found));
    seen[3] = odd;
    memmove(&seen[2], &seen[4], (n - 4) * sizeof *seen); // one year had none
    assert_false(civil_clock_infer(n - 2, seen, &found));
    // A country that moved its clock for good.
    struct civil_transition once = {date(2016, 9, 7), date(2016, 9, 7) + HALF_HOUR, 7200, 10800};
    assert_false(civil_clock_infer(1, &once, &found));
    assert_int_equal(found.offset_s, 2385);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rules_of_the_world),
        cmocka_unit_test(test_a_few_changes),
        cmocka_unit_test(test_changes_seen_from_far),
        cmocka_unit_test(test_no_yearly_rule),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
