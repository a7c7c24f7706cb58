// SPDX-License-Identifier: GPL-3.0-or-later
// Residuals that come back every year, and those that do not.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>

#include "models/anniversary.h"

enum { HOUR = 3600, DAY = 86400, SEED = 577215, WEEK_H = 168, YEARS = 4 };
static const double noise = 0.02, feast = 0.1;
static const struct civil_clock clock_utc = {0};

struct history {
    struct series grid;
    double *residual;
};

static int64_t date(int year, int month, int day)
{
    return civil_day_from_date((struct civil_date){year, month, day}) * DAY;
}

// Four years of hours; the last ten days of each are off by `feast` times the sign of their year.
static void make(struct history *h, const int sign[static YEARS])
{
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_taus2);
    gsl_rng_set(rng, SEED);
    series_init(&h->grid, HOUR);
    size_t n = (size_t)((date(2004 + YEARS, 1, 1) - date(2004, 1, 1)) / HOUR);
    h->residual = malloc(n * sizeof *h->residual);
    for (size_t i = 0; i < n; i++) {
        int64_t instant = date(2004, 1, 1) + (int64_t)i * HOUR;
        struct civil_date on = civil_date_from_day(civil_day(instant));
        bool high = on.month == 12 && on.day > 21;
        h->residual[i] = gsl_ran_gaussian(rng, noise) + (high ? feast * sign[on.year - 2004] : 0);
        assert_int_not_equal(series_put(&h->grid, instant, 1), SERIES_REFUSED);
    }
    gsl_rng_free(rng);
}

// The expectation for the week from a date, which is unknown itself.
static double mean_week(struct history *h, int64_t instant, double *ret_rms)
{
    double expected[WEEK_H], sum = 0, squares = 0;
    size_t from = (size_t)series_index(&h->grid, instant);
    for (size_t i = from; i < from + WEEK_H; i++)
        h->residual[i] = NAN;
    assert_true(
        anniversary_expect(&clock_utc, &h->grid, h->residual, from, from + WEEK_H, expected));
    for (int k = 0; k < WEEK_H; k++) {
        sum += expected[k] / WEEK_H;
        squares += expected[k] * expected[k] / WEEK_H;
    }
    *ret_rms = sqrt(squares);
    return sum;
}

static void done(struct history *h)
{
    series_done(&h->grid);
    free(h->residual);
}

static void test_what_comes_back_every_year_is_expected(void **state)
{
    (void)state;
    struct history h;
    double rms;
    make(&h, (const int[]){1, 1, 1, 1});
    assert_true(fabs(mean_week(&h, date(2006, 12, 23), &rms) - feast) < 0.1 * feast);
    // Noise that does not come back is not taken for a habit.
    mean_week(&h, date(2005, 5, 4), &rms);
    assert_true(rms < 0.2 * noise);
    done(&h);
}

static void test_years_unlike_each_other_tell_nothing(void **state)
{
    (void)state;
    struct history h;
    double rms;
    make(&h, (const int[]){1, -1, 0, 0});
    mean_week(&h, date(2006, 12, 23), &rms);
    assert_true(rms == 0);
    done(&h);
}

static void test_two_other_years_are_no_habit(void **state)
{
    (void)state;
    struct history h;
    double rms;
    make(&h, (const int[]){1, 1, 1, 1});
    for (size_t i = 0; i < h.grid.n; i++)
        if (series_instant(&h.grid, i) < date(2005, 1, 1))
            h.residual[i] = NAN;
    mean_week(&h, date(2007, 12, 23), &rms);
    assert_true(rms == 0);
    done(&h);
}

// Where the dates of other years lie beyond the readings, nothing is read there.
static void test_both_ends_of_the_history(void **state)
{
    (void)state;
    struct history h;
    double rms;
    make(&h, (const int[]){1, 1, 1, 1});
    mean_week(&h, date(2004, 1, 1), &rms);
    assert_true(rms < noise);
    assert_true(fabs(mean_week(&h, date(2007, 12, 25), &rms) - feast) < 0.1 * feast);
    done(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_comes_back_every_year_is_expected),
        cmocka_unit_test(test_years_unlike_each_other_tell_nothing),
        cmocka_unit_test(test_two_other_years_are_no_habit),
        cmocka_unit_test(test_both_ends_of_the_history),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
