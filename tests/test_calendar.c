// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/calendar.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "models/civil.h"

static int64_t day_of(int year, int month, int day)
{
    return civil_day_from_date((struct civil_date){year, month, day});
}

static void add(struct calendar *calendar, int64_t day, enum calendar_kind kind)
{
    assert_true(calendar_add(calendar, day, kind));
}

static enum day_class class_of(const struct calendar *calendar, int64_t day)
{
    return calendar_day(calendar, day).class;
}

static void test_without_a_table(void **state)
{
    (void)state;
    struct day day = calendar_day(NULL, day_of(2024, 2, 29));
    assert_int_equal(day.month, 2);
    assert_int_equal(day.weekday, 3);
    assert_int_equal(day.day_of_year, 60);
    assert_int_equal(day.class, DAY_ORDINARY);
    assert_int_equal(day.tet, CALENDAR_NO_TET);
    assert_int_equal(calendar_day(NULL, day_of(2024, 12, 31)).day_of_year, 366);
    assert_int_equal(calendar_day(NULL, day_of(2023, 12, 31)).day_of_year, 365);
    assert_int_equal(calendar_day(NULL, day_of(2023, 1, 1)).day_of_year, 1);
    assert_false(calendar_day_off(NULL, day_of(2024, 3, 1)));
    assert_true(calendar_day_off(NULL, day_of(2024, 3, 2)));
    assert_true(calendar_day_off(NULL, day_of(2024, 3, 3)));
    calendar_free(NULL);
}

// Wednesday 10 April 2024, with nothing else around it.
static void test_days_around_a_holiday(void **state)
{
    (void)state;
    struct calendar *calendar = calendar_new();
    int64_t wednesday = day_of(2024, 4, 10);
    add(calendar, wednesday, CALENDAR_HOLIDAY);
    assert_int_equal(class_of(calendar, wednesday - 2), DAY_ORDINARY);
    assert_int_equal(class_of(calendar, wednesday - 1), DAY_BEFORE_HOLIDAY);
    assert_int_equal(class_of(calendar, wednesday), DAY_HOLIDAY);
    assert_int_equal(class_of(calendar, wednesday + 1), DAY_AFTER_HOLIDAY);
    assert_int_equal(class_of(calendar, wednesday + 2), DAY_ORDINARY);
    assert_true(calendar_day_off(calendar, wednesday));
    calendar_free(calendar);
}

static void test_bridges(void **state)
{
    (void)state;
    struct calendar *calendar = calendar_new();
    int64_t thursday = day_of(2024, 5, 9), tuesday = day_of(2024, 6, 4);
    add(calendar, thursday, CALENDAR_HOLIDAY);
    add(calendar, tuesday, CALENDAR_HOLIDAY);
    assert_int_equal(class_of(calendar, thursday + 1), DAY_BRIDGE);
    assert_int_equal(class_of(calendar, thursday - 1), DAY_BEFORE_HOLIDAY);
    assert_int_equal(class_of(calendar, tuesday - 1), DAY_BRIDGE);
    // The Monday after that weekend is a working day like any other.
    assert_int_equal(class_of(calendar, thursday + 4), DAY_ORDINARY);
    // A Friday that is a bridge no longer, once its Saturday is worked.
    add(calendar, thursday + 2, CALENDAR_WORKING);
    assert_int_equal(class_of(calendar, thursday + 1), DAY_AFTER_HOLIDAY);
    calendar_free(calendar);
}

static void test_weekends(void **state)
{
    (void)state;
    struct calendar *calendar = calendar_new();
    int64_t saturday = day_of(2024, 9, 14), monday = saturday + 2;
    add(calendar, monday, CALENDAR_HOLIDAY);
    add(calendar, saturday + 7, CALENDAR_HOLIDAY);
    // The Sunday before a holiday is a Sunday: before and after are one of Monday to Friday.
    assert_int_equal(class_of(calendar, saturday + 1), DAY_ORDINARY);
    assert_int_equal(class_of(calendar, monday + 1), DAY_AFTER_HOLIDAY);
    // A holiday that falls on a Saturday is a holiday, and its Friday is before it.
    assert_int_equal(class_of(calendar, saturday + 7), DAY_HOLIDAY);
    assert_int_equal(class_of(calendar, saturday + 6), DAY_BEFORE_HOLIDAY);
    assert_int_equal(class_of(calendar, saturday + 8), DAY_ORDINARY);
    calendar_free(calendar);
}

// Vietnam 2024: Monday 29 April off, Saturday 4 May worked for it; 30 April and 1 May are holidays.
static void test_swapped_days(void **state)
{
    (void)state;
    struct calendar *calendar = calendar_new();
    int64_t may4 = day_of(2024, 5, 4);
    add(calendar, may4, CALENDAR_WORKING);
    for (int64_t day = day_of(2024, 4, 29); day <= day_of(2024, 5, 1); day++)
        add(calendar, day, CALENDAR_HOLIDAY);
    assert_int_equal(calendar_count(calendar), 4);
    assert_int_equal(class_of(calendar, may4), DAY_SWAPPED);
    assert_false(calendar_day_off(calendar, may4));
    assert_int_equal(class_of(calendar, may4 + 1), DAY_ORDINARY);
    assert_int_equal(class_of(calendar, may4 - 2), DAY_AFTER_HOLIDAY);
    assert_int_equal(class_of(calendar, day_of(2024, 4, 26)), DAY_ORDINARY);
    // A working day that the table calls so is what it would be without.
    add(calendar, may4 + 3, CALENDAR_WORKING);
    assert_int_equal(class_of(calendar, may4 + 3), DAY_ORDINARY);
    calendar_free(calendar);
}

static void test_later_entry_wins(void **state)
{
    (void)state;
    struct calendar *calendar = calendar_new();
    int64_t day = day_of(2025, 1, 29);
    add(calendar, day, CALENDAR_TET);
    assert_int_equal(calendar_day(calendar, day).tet, 0);
    assert_int_equal(calendar_day(calendar, day + 5).tet, 5);
    add(calendar, day, CALENDAR_HOLIDAY);
    assert_int_equal(calendar_count(calendar), 1);
    assert_int_equal(calendar_day(calendar, day).tet, CALENDAR_NO_TET);
    assert_int_equal(class_of(calendar, day), DAY_HOLIDAY);
    add(calendar, day, CALENDAR_WORKING);
    assert_int_equal(class_of(calendar, day), DAY_ORDINARY);
    calendar_free(calendar);
}

static void test_days_from_tet(void **state)
{
    (void)state;
    struct calendar *calendar = calendar_new();
    int64_t tet2024 = day_of(2024, 2, 10), tet2025 = day_of(2025, 1, 29);
    add(calendar, tet2025, CALENDAR_TET);
    add(calendar, tet2024, CALENDAR_TET);
    add(calendar, tet2024 + 1, CALENDAR_HOLIDAY);
    add(calendar, tet2024 - 1, CALENDAR_HOLIDAY);
    assert_int_equal(class_of(calendar, tet2024), DAY_HOLIDAY);
    assert_int_equal(calendar_day(calendar, tet2024).tet, 0);
    assert_int_equal(calendar_day(calendar, tet2024 - 17).tet, -17);
    assert_int_equal(calendar_day(calendar, tet2024 + 23).tet, 23);
    // 354 days lie between them: in the middle the coming one counts.
    assert_int_equal(calendar_day(calendar, tet2024 + 176).tet, 176);
    assert_int_equal(calendar_day(calendar, tet2024 + 177).tet, -177);
    assert_int_equal(calendar_day(calendar, tet2024 - 180).tet, -180);
    assert_int_equal(calendar_day(calendar, tet2024 - 181).tet, CALENDAR_NO_TET);
    assert_int_equal(calendar_day(calendar, tet2025 + 180).tet, 180);
    assert_int_equal(calendar_day(calendar, tet2025 + 181).tet, CALENDAR_NO_TET);
    calendar_free(calendar);
}

// Entries in any order: 1000 Mondays, entered by a walk of stride 389.
static void test_many_in_any_order(void **state)
{
    (void)state;
    struct calendar *calendar = calendar_new();
    for (int i = 0; i < 1000; i++)
        add(calendar, day_of(1995, 1, 2) + (i * 389 % 1000) * 7, CALENDAR_HOLIDAY);
    assert_int_equal(calendar_count(calendar), 1000);
    for (int64_t day = 0; day < 7000; day++) {
        struct day described = calendar_day(calendar, day_of(1995, 1, 2) + day);
        assert_int_equal(described.weekday, day % 7);
        assert_int_equal(described.class == DAY_HOLIDAY, day % 7 == 0);
    }
    calendar_free(calendar);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_without_a_table), cmocka_unit_test(test_days_around_a_holiday),
        cmocka_unit_test(test_bridges),         cmocka_unit_test(test_weekends),
        cmocka_unit_test(test_swapped_days),    cmocka_unit_test(test_later_entry_wins),
        cmocka_unit_test(test_days_from_tet),   cmocka_unit_test(test_many_in_any_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
