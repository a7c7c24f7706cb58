// SPDX-License-Identifier: GPL-3.0-or-later
#include "anniversary.h"

#include <math.h>
#include <stdlib.h>

#include "weather.h"

enum {
    YEARS = 10,    // looked at on either side
    YEARS_MIN = 3, // two that are alike for some days are so by chance
};

// The years that are known of one interval.
struct years {
    double n, sum, squares;
};

static struct years look_around(const struct civil_clock *clock, const struct series *grid,
                                const double residual[], int64_t instant)
{
    struct years years = {0};
    for (int k = -YEARS; k <= YEARS; k++) {
        int64_t i = k ? series_index(grid, weather_same_date(clock, instant, k)) : -1;
        if (i < 0 || (size_t)i >= grid->n || isnan(residual[i]))
            continue;
        years.n++;
        years.sum += residual[i];
        years.squares += residual[i] * residual[i];
    }
    return years;
}

// Sums over a stretch: of pairs of different years, and of the years with themselves.
struct likeness {
    double pairs, products, n, squares;
};

static void add(struct likeness *into, const struct years *years, double sign)
{
    into->pairs += sign * years->n * (years->n - 1);
    into->products += sign * (years->sum * years->sum - years->squares);
    into->n += sign * years->n;
    into->squares += sign * years->squares;
}

static double correlation(const struct likeness *l)
{
    if (l->pairs <= 0 || !(l->squares > 0))
        return 0;
    double rho = l->products / l->pairs / (l->squares / l->n);
    return fmin(1, fmax(0, rho - ANNIVERSARY_CHANCE));
}

bool anniversary_expect(const struct civil_clock *clock, const struct series *grid,
                        const double residual[], size_t from, size_t to, double ret[])
{
    size_t wide = (size_t)(ANNIVERSARY_DAYS * CIVIL_DAY_S / grid->step_s);
    size_t n = to - from, all = n + 2 * wide;
    int64_t first = series_instant(grid, from) - (int64_t)wide * grid->step_s;
    struct years *years = malloc((all + 1) * sizeof *years);
    struct likeness around = {0};
    if (!years)
        return false;
    for (size_t k = 0; k < all; k++) {
        years[k] = look_around(clock, grid, residual, first + (int64_t)k * grid->step_s);
        add(&around, &years[k], 1);
        if (k > 2 * wide)
            add(&around, &years[k - 2 * wide - 1], -1);
        if (k < 2 * wide)
            continue;
        const struct years *at = &years[k - wide];
        double rho = correlation(&around);
        ret[k - 2 * wide] = at->n < YEARS_MIN ? 0 : at->sum * rho / (1 + (at->n - 1) * rho);
    }
    free(years);
    return true;
}
