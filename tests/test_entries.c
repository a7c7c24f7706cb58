// SPDX-License-Identifier: GPL-3.0-or-later
// What entries of the register make of a load, by hand, and what they hide from learning.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "models/entries.h"
#include "tests/near.h"

enum { HOUR = 3600, DAY = 86400, HALF_HOUR = 1800 };
static const struct civil_clock hanoi = {.offset_s = 7 * HOUR};
static const int64_t june = 1717174800;  // 2024-06-01T00:00+07:00
static const int64_t issue = 1714496400; // 2024-05-01T00:00+07:00

static struct entry entry_of(enum entry_kind kind)
{
    return (struct entry){
        .id = 7,
        .kind = kind,
        .from = june,
        .to = INT64_MAX,
        .mw = 25,
        .factor = NAN,
        .probability = 0.7,
        .hours_to_s = DAY,
    };
}

static double effect(const struct entry *entry, int64_t instant, double load)
{
    return entry_effect(entry, &hanoi, issue, instant, load);
}

static void line_adds_from_its_first_interval(void **state)
{
    (void)state;
    struct entry line = entry_of(ENTRY_LINE);
    near_assert(effect(&line, june - 1, 40), 0, 0);
    near_assert(effect(&line, june, 40), 25, 0);
    near_assert(effect(&line, june + 1000 * (int64_t)DAY, 40), 25, 0);
    near_assert(entry_expected(&line, &hanoi, issue, june, 40), 17.5, 1e-12);
    line.to = june + DAY;
    near_assert(effect(&line, june + DAY - 1, 40), 25, 0);
    near_assert(effect(&line, june + DAY, 40), 0, 0);
}

static void ramp_grows_by_a_straight_line(void **state)
{
    (void)state;
    struct entry line = entry_of(ENTRY_LINE);
    line.ramp_s = 30 * (int64_t)DAY;
    near_assert(effect(&line, june, 40), 0, 0);
    near_assert(effect(&line, june + 15 * (int64_t)DAY, 40), 12.5, 1e-12);
    near_assert(effect(&line, june + 30 * (int64_t)DAY, 40), 25, 0);
}

static void factor_multiplies(void **state)
{
    (void)state;
    struct entry plant = entry_of(ENTRY_SHUTDOWN);
    plant.factor = 0.5;
    near_assert(effect(&plant, june, 40), -20, 1e-12);
    plant.factor = 1.25;
    near_assert(effect(&plant, june, 40), 10, 1e-12);
}

static void load_never_falls_below_zero(void **state)
{
    (void)state;
    struct entry plant = entry_of(ENTRY_SHUTDOWN);
    plant.mw = -60;
    near_assert(effect(&plant, june, 40), -40, 0);
    near_assert(effect(&plant, june, 0), 0, 0);
    // A zone that gives power back is not pushed further.
    near_assert(effect(&plant, june, -5), 0, 0);
    assert_true(isnan(effect(&plant, june, NAN)));
}

static void override_is_the_load(void **state)
{
    (void)state;
    struct entry contract = entry_of(ENTRY_OVERRIDE);
    near_assert(effect(&contract, june, 40), -15, 0);
    near_assert(effect(&contract, june, 10), 15, 0);
    near_assert(effect(&contract, june - 1, 10), 0, 0);
}

static void mask_adds_nothing(void **state)
{
    (void)state;
    struct entry mask = entry_of(ENTRY_MASK);
    near_assert(effect(&mask, june, 40), 0, 0);
}

static void window_may_pass_midnight(void **state)
{
    (void)state;
    struct entry night = entry_of(ENTRY_DEMAND_RESPONSE);
    night.mw = -10;
    night.hours_from_s = 22 * HOUR;
    night.hours_to_s = 5 * HOUR;
    near_assert(effect(&night, june + 21 * HOUR, 40), 0, 0);
    near_assert(effect(&night, june + 22 * HOUR, 40), -10, 0);
    near_assert(effect(&night, june + 28 * HOUR, 40), -10, 0);
    near_assert(effect(&night, june + 29 * HOUR, 40), 0, 0);
}

// 10 MW out of 17:00-19:00 into 22:00-02:00, where it is 5 MW.
static struct entry shift(void)
{
    struct entry entry = entry_of(ENTRY_SHIFT);
    entry.mw = -10;
    entry.hours_from_s = 17 * HOUR;
    entry.hours_to_s = 19 * HOUR;
    entry.into_from_s = 22 * HOUR;
    entry.into_to_s = 2 * HOUR;
    return entry;
}

static double energy_of_day(const struct entry *entry, int64_t from)
{
    double sum = 0;
    for (int64_t t = from; t < from + DAY; t += HALF_HOUR)
        sum += effect(entry, t, 40) / 2;
    return sum;
}

static void shift_keeps_the_energy_of_the_day(void **state)
{
    (void)state;
    struct entry entry = shift();
    near_assert(effect(&entry, june + 18 * HOUR + HALF_HOUR, 40), -10, 0);
    near_assert(effect(&entry, june + 23 * HOUR, 40), 5, 1e-12);
    near_assert(effect(&entry, june + 25 * HOUR, 40), 5, 1e-12);
    near_assert(effect(&entry, june + 12 * HOUR, 40), 0, 0);
    near_assert(energy_of_day(&entry, june), 0, 1e-12);
    // Bit by bit, it still does so on every day.
    entry.ramp_s = 10 * (int64_t)DAY;
    near_assert(effect(&entry, june + 4 * (int64_t)DAY + 18 * HOUR, 40), -4.5, 1e-12);
    for (int day = 0; day < 12; day++)
        near_assert(energy_of_day(&entry, june + day * (int64_t)DAY), 0, 1e-12);
}

static void lasting_entry_is_not_counted_twice(void **state)
{
    (void)state;
    struct entry line = entry_of(ENTRY_LINE);
    int64_t target = june + 200 * (int64_t)DAY;
    // Issued after 0, 7, 28, and 100 days of it.
    near_assert(entry_effect(&line, &hanoi, june, target, 40), 25, 0);
    near_assert(entry_effect(&line, &hanoi, june + 7 * DAY, target, 40), 18.75, 1e-12);
    near_assert(entry_effect(&line, &hanoi, june + 28 * DAY, target, 40), 0, 1e-12);
    near_assert(entry_effect(&line, &hanoi, june + 100 * (int64_t)DAY, target, 40), 0, 1e-12);
    // Half way up its ramp: the mean share of days 22 to 50 of 100 is 0.36, the rest is to come.
    line.ramp_s = 100 * (int64_t)DAY;
    near_assert(entry_effect(&line, &hanoi, june + 50 * DAY, target, 40), 0.64 * 25, 1e-9);
    // A line that ends takes away what the readings hold of it.
    line.ramp_s = 0;
    line.to = june + 100 * (int64_t)DAY;
    near_assert(entry_effect(&line, &hanoi, june + 90 * (int64_t)DAY, target, 40), -25, 1e-12);
    near_assert(entry_effect(&line, &hanoi, june + 114 * (int64_t)DAY, target, 40), -12.5, 1e-12);
    near_assert(entry_effect(&line, &hanoi, june + 128 * (int64_t)DAY, target, 40), 0, 1e-12);
}

static void lasting_factor_counts_against_what_is_learnt(void **state)
{
    (void)state;
    struct entry growth = entry_of(ENTRY_LINE);
    growth.factor = 1.5;
    // Half learnt: readings hold 1.25 times the load, 1.5 times is to come.
    near_assert(entry_effect(&growth, &hanoi, june + 14 * DAY, june + 50 * DAY, 50), 10, 1e-9);
    growth.factor = 0;
    near_assert(entry_effect(&growth, &hanoi, june + 14 * DAY, june + 50 * DAY, 50), -50, 1e-9);
    near_assert(entry_effect(&growth, &hanoi, june + 50 * DAY, june + 60 * DAY, 0), 0, 0);
}

static void temporary_entry_counts_in_full(void **state)
{
    (void)state;
    struct entry plant = entry_of(ENTRY_SHUTDOWN);
    plant.mw = -10;
    plant.to = june + 60 * DAY;
    near_assert(entry_effect(&plant, &hanoi, june + 30 * DAY, june + 40 * DAY, 40), -10, 0);
}

static void draws_are_each_entry_s_own(void **state)
{
    (void)state;
    enum { PATHS = 100000 };
    struct entry a = entry_of(ENTRY_LINE), b = a;
    b.id = 8;
    int happened = 0, both = 0, other_seed = 0;
    for (uint64_t path = 0; path < PATHS; path++) {
        bool here = entry_happens(&a, 42, path);
        assert_int_equal(here, entry_happens(&a, 42, path));
        happened += here;
        both += here && entry_happens(&b, 42, path);
        other_seed += here && entry_happens(&a, 43, path);
    }
    // Four standard deviations of a share of 0.7 and of 0.49.
    near_assert((double)happened / PATHS, 0.7, 0.0058);
    near_assert((double)both / PATHS, 0.49, 0.0064);
    near_assert((double)other_seed / PATHS, 0.49, 0.0064);
    a.probability = 0;
    b.probability = 1;
    for (uint64_t path = 0; path < 1000; path++) {
        assert_false(entry_happens(&a, 42, path));
        assert_true(entry_happens(&b, 42, path));
    }
}

// Half hours of 40 MW on `days` days from 1 June on.
static struct series flat(int days)
{
    struct series load;
    series_init(&load, HALF_HOUR);
    for (int i = 0; i < days * 48; i++)
        assert_int_equal(series_put(&load, june + i * (int64_t)HALF_HOUR, 40), SERIES_NEW);
    return load;
}

static size_t masked(const struct series *load)
{
    size_t n = 0;
    for (size_t i = 0; i < load->n; i++)
        n += load->masked[i];
    return n;
}

static size_t masked_by(struct entry entry)
{
    struct series load = flat(10);
    entry_mask(&entry, &hanoi, &load);
    size_t n = masked(&load);
    series_done(&load);
    return n;
}

static void temporary_hours_are_not_learnt_from(void **state)
{
    (void)state;
    struct entry entry = entry_of(ENTRY_MAINTENANCE);
    entry.from = june + 2 * DAY + 1; // off the grid: the interval began before it
    entry.to = june + 3 * DAY;
    assert_int_equal(masked_by(entry), 47);
    entry.hours_from_s = 8 * HOUR;
    entry.hours_to_s = 12 * HOUR;
    assert_int_equal(masked_by(entry), 8);
    entry.probability = 0;
    assert_int_equal(masked_by(entry), 0);
    entry = shift();
    entry.to = june + 2 * DAY;
    assert_int_equal(masked_by(entry), 2 * (4 + 8));
    entry = entry_of(ENTRY_MASK);
    assert_int_equal(masked_by(entry), 480);
    entry.to = june - DAY;
    assert_int_equal(masked_by(entry), 0);
    entry.from = june + 11 * DAY;
    entry.to = june + 12 * DAY;
    assert_int_equal(masked_by(entry), 0);
}

static void lasting_entries_are_learnt_from(void **state)
{
    (void)state;
    struct entry entry = entry_of(ENTRY_LINE);
    assert_int_equal(masked_by(entry), 0);
    entry.to = june + 2 * DAY;
    assert_int_equal(masked_by(entry), 0);
    assert_int_equal(masked_by(entry_of(ENTRY_SHUTDOWN)), 0);
}

// 40 MW, and 65 MW since the line: settled, all 28 days hold the share that is learnt, and with the
// effect of the future make 65 MW.
static void settling_leaves_no_step(void **state)
{
    (void)state;
    struct entry line = entry_of(ENTRY_LINE);
    line.probability = 1;
    line.from = june + 33 * DAY;
    int64_t now = june + 40 * (int64_t)DAY;
    struct series load = flat(41);
    for (size_t i = 33 * 48; i < load.n; i++)
        load.value[i] = 65;
    entry_settle(&line, &hanoi, now, &load);
    double learnt = 25 * 7.0 / 28;
    near_assert(load.value[12 * 48 - 1], 40, 0);
    for (size_t i = 12 * 48; i < 40 * 48; i++)
        near_assert(load.value[i], 40 + learnt, 1e-9);
    near_assert(load.value[40 * 48], 65, 0);
    near_assert(40 + learnt + entry_effect(&line, &hanoi, now, now, 40 + learnt), 65, 1e-9);
    series_done(&load);
}

static void settling_is_careful(void **state)
{
    (void)state;
    struct entry line = entry_of(ENTRY_LINE);
    line.mw = 400; // that nobody ever saw
    line.from = june + 5 * DAY;
    struct series load = flat(10);
    load.value[479] = NAN;
    entry_settle(&line, &hanoi, june + 10 * DAY, &load);
    near_assert(load.value[478], 20, 1e-9);
    assert_true(isnan(load.value[479]));
    series_done(&load);
    load = flat(10);
    line.to = june + 6 * DAY;
    line.kind = ENTRY_SHUTDOWN; // with an end: masked, not settled
    entry_settle(&line, &hanoi, june + 10 * DAY, &load);
    for (size_t i = 0; i < load.n; i++)
        near_assert(load.value[i], 40, 0);
    series_done(&load);
}

static void order_puts_overrides_last(void **state)
{
    (void)state;
    struct entry line = entry_of(ENTRY_LINE), override = entry_of(ENTRY_OVERRIDE), other = line;
    override.id = 1;
    assert_true(entry_compare(&line, &override) < 0);
    assert_true(entry_compare(&override, &line) > 0);
    assert_int_equal(entry_compare(&line, &other), 0);
    other.id = 8;
    assert_true(entry_compare(&line, &other) < 0);
    line.zone = 1;
    assert_true(entry_compare(&line, &override) > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(line_adds_from_its_first_interval),
        cmocka_unit_test(ramp_grows_by_a_straight_line),
        cmocka_unit_test(factor_multiplies),
        cmocka_unit_test(load_never_falls_below_zero),
        cmocka_unit_test(override_is_the_load),
        cmocka_unit_test(mask_adds_nothing),
        cmocka_unit_test(window_may_pass_midnight),
        cmocka_unit_test(shift_keeps_the_energy_of_the_day),
        cmocka_unit_test(lasting_entry_is_not_counted_twice),
        cmocka_unit_test(lasting_factor_counts_against_what_is_learnt),
        cmocka_unit_test(temporary_entry_counts_in_full),
        cmocka_unit_test(draws_are_each_entry_s_own),
        cmocka_unit_test(temporary_hours_are_not_learnt_from),
        cmocka_unit_test(lasting_entries_are_learnt_from),
        cmocka_unit_test(settling_leaves_no_step),
        cmocka_unit_test(settling_is_careful),
        cmocka_unit_test(order_puts_overrides_last),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
