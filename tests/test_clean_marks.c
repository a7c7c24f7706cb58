// SPDX-License-Identifier: GPL-3.0-or-later
// What forecasts leave out of a made-up town's history, and what that is worth.
#include "models/clean_marks.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <gsl/gsl_errno.h>

#include "models/champion.h"
#include "models/predict.h"
#include "tests/town.h"

enum { HOUR = 3600, DAY = 86400, SEED = 30103, DAYS = 760, ISSUE_DAY = 745, AHEAD = 48 };
static const double noise_mw = 4.3;

static struct town town, clean_town;

static int set_up(void **state)
{
    (void)state;
    gsl_set_error_handler_off();
    town_init(&town, HOUR, DAYS, noise_mw, SEED);
    town_init(&clean_town, HOUR, DAYS, noise_mw, SEED);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    town_done(&town);
    town_done(&clean_town);
    return 0;
}

static void set(int day, int hour, double load)
{
    town.load.value[day * 24 + hour] = load;
}

static double get(int day, int hour)
{
    return town.load.value[day * 24 + hour];
}

static size_t marked(const struct clean_marks *marks)
{
    size_t n = 0;
    for (size_t i = 0; i < marks->load.n; i++)
        n += marks->load.masked[i];
    return n;
}

// Means of the two days from the issue on.
static void forecast(struct model_data data, double ret[static AHEAD])
{
    struct forecast said;
    struct champion *champion = champion_new(HOUR);
    data.weather_until = data.issue + AHEAD * HOUR;
    assert_int_equal(champion_fit(champion, &data), MODEL_OK);
    assert_true(predict(champion_model(champion), &data, data.issue, data.issue + AHEAD * HOUR, 0,
                        NULL, &said));
    memcpy(ret, said.mean, AHEAD * sizeof *ret);
    forecast_done(&said);
    champion_free(champion);
}

static double distance(const double a[], const double b[])
{
    double sum = 0;
    for (int i = 0; i < AHEAD; i++)
        sum += fabs(a[i] - b[i]) / AHEAD;
    return sum;
}

// How far the forecast of the town is from that of the town without faults, MW: unmasked, masked.
static void compare(double *ret_harmed, double *ret_masked)
{
    double truth[AHEAD], harmed[AHEAD], masked[AHEAD];
    struct clean_marks marks = {0};
    struct model_data data = town_data(&clean_town, ISSUE_DAY);
    forecast(data, truth);
    data.load = &town.load;
    data.temp = &town.temp;
    forecast(data, harmed);
    assert_true(clean_marks_find(&marks, &data));
    data.load = &marks.load;
    forecast(data, masked);
    *ret_harmed = distance(harmed, truth);
    *ret_masked = distance(masked, truth);
    print_message("# %.2f MW off without marks, %.2f with those of %zu intervals\n", *ret_harmed,
                  *ret_masked, marked(&marks));
    clean_marks_done(&marks);
}

static void test_faults_harm_a_forecast_only_unmasked(void **state)
{
    (void)state;
    double harmed, masked;
    for (int h = 9; h < 17; h++) // a dead meter, days before the issue
        set(ISSUE_DAY - 3, h, 0);
    for (int h = 2; h < 19; h++) // a stuck one
        set(ISSUE_DAY - 1, h, 141.2);
    set(ISSUE_DAY - 2, 11, 11 * get(ISSUE_DAY - 2, 11)); // a lost decimal point
    set(ISSUE_DAY - 400, 11, 10 * get(ISSUE_DAY - 400, 11));
    for (int h = 5; h < 30; h++)
        set(200, h, 0.3 * get(200, h));
    compare(&harmed, &masked);
    assert_true(masked < 0.6);
    assert_true(harmed > 5 * masked);
}

// Loads that come near zero are not taken in logarithms, where one wild value outweighs all.
static void test_so_it_does_on_the_linear_scale(void **state)
{
    (void)state;
    double harmed, masked;
    for (int d = 0; d < DAYS; d++)
        for (int h = 0; h < 5; h++) {
            set(d, h, 0.1 * get(d, h));
            clean_town.load.value[d * 24 + h] *= 0.1;
        }
    set(ISSUE_DAY - 120, 14, 1000 * get(ISSUE_DAY - 120, 14));
    set(ISSUE_DAY - 70, 15, 100 * get(ISSUE_DAY - 70, 15));
    for (int h = 7; h < 19; h++)
        set(ISSUE_DAY - 2, h, 0);
    compare(&harmed, &masked);
    assert_true(masked < 0.6);
    assert_true(harmed > 5 * masked);
}

// By the first issue of a month and a later one, or by the later one alone.
static void test_marks_kept_are_those_made_anew(void **state)
{
    (void)state;
    struct clean_marks kept = {0}, anew = {0};
    set(ISSUE_DAY - 12, 5, 0);
    set(ISSUE_DAY - 1, 6, 0);
    set(300, 5, 0);
    struct model_data data = town_data(&town, ISSUE_DAY - 11);
    assert_true(clean_marks_find(&kept, &data));
    assert_int_equal(kept.counts[CLEAN_ZERO], 2);
    data = town_data(&town, ISSUE_DAY);
    assert_true(clean_marks_find(&kept, &data));
    assert_true(clean_marks_find(&anew, &data));
    assert_int_equal(kept.counts[CLEAN_ZERO], 3);
    assert_int_equal(marked(&kept), 3);
    assert_memory_equal(kept.load.masked, anew.load.masked, town.load.n);
    char text[CLEAN_MARKS_TEXT_LEN];
    assert_true(clean_marks_text(&kept, text));
    assert_string_equal(text, "3 zero");
    assert_false(town.load.masked[300 * 24 + 5]); // the load itself stays as it is
    clean_marks_done(&anew);

    // A history that has lost its first days since then: the same intervals are marked.
    struct series later = town.load;
    later.start += (int64_t)100 * DAY;
    later.value += 100 * 24;
    later.masked += 100 * 24;
    later.n -= 100 * 24;
    data.load = &later;
    assert_true(clean_marks_find(&kept, &data));
    assert_int_equal(marked(&kept), 3);
    assert_true(kept.load.masked[200 * 24 + 5]);
    clean_marks_done(&kept);
}

static void test_nothing_at_or_after_the_issue_is_read(void **state)
{
    (void)state;
    struct clean_marks marks = {0}, other = {0};
    struct model_data data = town_data(&town, ISSUE_DAY);
    set(ISSUE_DAY - 1, 9, 0);
    assert_true(clean_marks_find(&marks, &data));
    for (int d = ISSUE_DAY; d < DAYS; d++)
        for (int h = 0; h < 24; h++) {
            set(d, h, h % 3 ? 0 : 1e6);
            town.temp.value[d * 24 + h] = -1e6;
        }
    assert_true(clean_marks_find(&other, &data));
    assert_memory_equal(marks.load.masked, other.load.masked, town.load.n);
    assert_int_equal(marked(&marks), 1);
    clean_marks_done(&marks);
    clean_marks_done(&other);
}

// An outage at the issue is what there is; once it is over it was none of the zone's ways.
static void test_what_goes_on_stands_until_it_is_over(void **state)
{
    (void)state;
    struct clean_marks marks = {0};
    for (int h = 6; h < 21; h++)
        set(ISSUE_DAY - 1, h, 0.4 * get(ISSUE_DAY - 1, h));
    struct model_data data = town_data(&town, ISSUE_DAY);
    data.issue -= 5 * HOUR;
    assert_true(clean_marks_find(&marks, &data));
    assert_int_equal(marks.counts[CLEAN_OUTAGE], 0);
    data.issue += 5 * HOUR;
    assert_true(clean_marks_find(&marks, &data));
    assert_int_equal(marks.counts[CLEAN_OUTAGE], 15);
    // A week of zeros up to the issue is a zone that stands still; two days of them a meter.
    for (int h = 0; h < 7 * 24; h++)
        set(ISSUE_DAY - 7, h, 0);
    assert_true(clean_marks_find(&marks, &data));
    assert_int_equal(marks.counts[CLEAN_ZERO], 0);
    data.issue -= 5 * DAY;
    assert_true(clean_marks_find(&marks, &data));
    assert_int_equal(marks.counts[CLEAN_ZERO], 48);
    clean_marks_done(&marks);
}

// Zeros after which the load is back are those of a meter; after which it is not, those of a zone
// in trouble, which forecasts must see.
static void test_zeros_of_a_zone_in_trouble_stand(void **state)
{
    (void)state;
    struct clean_marks marks = {0};
    struct model_data data = town_data(&town, ISSUE_DAY);
    for (int h = 5; h < 12; h++)
        set(ISSUE_DAY - 2, h, 0);
    assert_true(clean_marks_find(&marks, &data));
    assert_int_equal(marks.counts[CLEAN_ZERO], 7);
    for (int h = 12; h < 48; h++)
        set(ISSUE_DAY - 2, h, 0.9 * get(ISSUE_DAY - 2, h));
    assert_true(clean_marks_find(&marks, &data));
    assert_int_equal(marks.counts[CLEAN_ZERO], 0);
    clean_marks_done(&marks);
}

static void test_a_short_history_is_taken_as_it_is(void **state)
{
    (void)state;
    struct clean_marks marks = {0};
    set(3, 9, 0);
    for (int day = -2; day <= 30; day += 4) {
        struct model_data data = town_data(&town, day);
        assert_true(clean_marks_find(&marks, &data));
        assert_int_equal(marked(&marks), 0);
    }
    clean_marks_done(&marks);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_faults_harm_a_forecast_only_unmasked, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_so_it_does_on_the_linear_scale, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_marks_kept_are_those_made_anew, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_nothing_at_or_after_the_issue_is_read, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_what_goes_on_stands_until_it_is_over, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_zeros_of_a_zone_in_trouble_stand, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_short_history_is_taken_as_it_is, set_up, tear_down),
    };
    print_message("# seed %d\n", SEED);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
