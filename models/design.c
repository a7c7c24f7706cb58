// SPDX-License-Identifier: GPL-3.0-or-later
#include "design.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HOURS = 24 };

struct placed_term {
    unsigned basis; // index into bases
    enum factor by;
    bool contrast;
    unsigned first; // column of level 0, or of level 1 with a contrast
};

struct design {
    int periods;
    bool by_month;
    size_t n_terms, n_bases, n_columns;
    struct design_knots knots[DESIGN_INPUTS_MAX];
    struct placed_term terms[DESIGN_TERMS_MAX];
    struct basis bases[DESIGN_BASES_MAX];
};

static int factor_levels(enum factor factor, int periods)
{
    switch (factor) {
    case FACTOR_ALL:
        return 1;
    case FACTOR_MONTH:
        return 12;
    case FACTOR_PERIOD:
        return periods;
    case FACTOR_HOUR:
        return periods < HOURS ? periods : HOURS;
    case FACTOR_WEEK_PERIOD:
        return 7 * periods;
    case FACTOR_KIND_PERIOD:
        return DESIGN_KINDS * periods;
    case FACTOR_OFF_HOUR:
        return 1 + factor_levels(FACTOR_HOUR, periods);
    case FACTOR_COUNT:
        break;
    }
    assert(false);
    return 0;
}

// A weekend that is not worked, or a holiday.
static bool day_off(int weekday, enum day_class class)
{
    return class == DAY_HOLIDAY || (weekday >= 5 && class != DAY_SWAPPED);
}

static void factor_level_all(int periods, int month, int day_type, int period,
                             int ret[static FACTOR_COUNT])
{
    int weekday = day_type % 7;
    enum day_class class = (enum day_class)(day_type / 7);
    int kind = class == DAY_ORDINARY ? weekday : 6 + (int)class;
    ret[FACTOR_ALL] = 0;
    ret[FACTOR_MONTH] = month - 1;
    ret[FACTOR_PERIOD] = period;
    ret[FACTOR_HOUR] = periods < HOURS ? period : period * HOURS / periods;
    ret[FACTOR_WEEK_PERIOD] = weekday * periods + period;
    ret[FACTOR_KIND_PERIOD] = kind * periods + period;
    ret[FACTOR_OFF_HOUR] = day_off(weekday, class) ? 1 + ret[FACTOR_HOUR] : 0;
}

static bool basis_equal(const struct basis *a, const struct basis *b)
{
    if (a->kind != b->kind)
        return false;
    switch (a->kind) {
    case BASIS_ONE:
    case BASIS_TREND:
        return true;
    case BASIS_POWER:
    case BASIS_SPLINE:
        return a->input == b->input && a->order == b->order;
    case BASIS_SIN:
    case BASIS_COS:
    case BASIS_TET:
        return a->order == b->order;
    }
    return false;
}

// Index of a basis, adding it when it is new; DESIGN_BASES_MAX when there is no room.
static size_t place_basis(struct design *design, const struct basis *basis)
{
    for (size_t b = 0; b < design->n_bases; b++)
        if (basis_equal(&design->bases[b], basis))
            return b;
    if (design->n_bases == DESIGN_BASES_MAX)
        return DESIGN_BASES_MAX;
    design->bases[design->n_bases] = *basis;
    return design->n_bases++;
}

static bool place_term(struct design *design, const struct term *term)
{
    size_t basis = place_basis(design, &term->basis);
    int levels = factor_levels(term->by, design->periods) - term->contrast;
    if (basis == DESIGN_BASES_MAX || term->basis.input >= DESIGN_INPUTS_MAX)
        return false;
    design->by_month = design->by_month || term->by == FACTOR_MONTH;
    design->terms[design->n_terms++] = (struct placed_term){
        .basis = (unsigned)basis,
        .by = term->by,
        .contrast = term->contrast,
        .first = (unsigned)design->n_columns,
    };
    design->n_columns += (size_t)levels;
    return true;
}

struct design *design_new(int periods, size_t n_terms, const struct term terms[],
                          const struct design_knots knots[])
{
    if (n_terms > DESIGN_TERMS_MAX || periods < 1 || periods > DESIGN_PERIODS_MAX)
        return NULL;
    struct design *design = calloc(1, sizeof *design);
    if (!design)
        return NULL;
    design->periods = periods;
    if (knots)
        memcpy(design->knots, knots, sizeof design->knots);
    place_basis(design, &(struct basis){.kind = BASIS_ONE});
    for (size_t t = 0; t < n_terms; t++)
        if (!place_term(design, &terms[t])) {
            free(design);
            return NULL;
        }
    return design;
}

void design_free(struct design *design)
{
    free(design);
}

size_t design_columns(const struct design *design)
{
    return design->n_columns;
}

size_t design_bases(const struct design *design)
{
    return design->n_bases;
}

struct basis design_basis_at(const struct design *design, size_t index)
{
    assert(index < design->n_bases);
    return design->bases[index];
}

size_t design_terms(const struct design *design)
{
    return design->n_terms;
}

int design_periods(const struct design *design)
{
    return design->periods;
}

bool design_by_month(const struct design *design)
{
    return design->by_month;
}

static void basis_name(const struct basis *basis, char ret[static DESIGN_NAME_LEN])
{
    switch (basis->kind) {
    case BASIS_ONE:
        snprintf(ret, DESIGN_NAME_LEN, "1");
        break;
    case BASIS_TREND:
        snprintf(ret, DESIGN_NAME_LEN, "trend");
        break;
    case BASIS_POWER:
        snprintf(ret, DESIGN_NAME_LEN, "temp[%d]^%d", basis->input, basis->order);
        break;
    case BASIS_SPLINE:
        snprintf(ret, DESIGN_NAME_LEN, "spline%d[%d]", basis->order, basis->input);
        break;
    case BASIS_SIN:
        snprintf(ret, DESIGN_NAME_LEN, "sin%d", basis->order);
        break;
    case BASIS_COS:
        snprintf(ret, DESIGN_NAME_LEN, "cos%d", basis->order);
        break;
    case BASIS_TET:
        snprintf(ret, DESIGN_NAME_LEN, "tet%d", basis->order);
        break;
    }
}

void design_column_name(const struct design *design, size_t column,
                        char ret[static DESIGN_NAME_LEN])
{
    static const char *const factors[FACTOR_COUNT] = {
        "all", "month", "period", "hour", "week-period", "kind-period", "off-hour",
    };
    assert(column < design->n_columns);
    size_t t = design->n_terms - 1;
    while (design->terms[t].first > column)
        t--;
    const struct placed_term *term = &design->terms[t];
    char basis[DESIGN_NAME_LEN];
    basis_name(&design->bases[term->basis], basis);
    if (term->by == FACTOR_ALL)
        snprintf(ret, DESIGN_NAME_LEN, "%.23s", basis);
    else
        snprintf(ret, DESIGN_NAME_LEN, "%.23s x %s=%zu", basis, factors[term->by],
                 column - term->first + term->contrast);
}

int design_day_type(const struct day *day)
{
    return (int)day->class * 7 + day->weekday;
}

static double power(double x, int order)
{
    double result = x;
    for (int k = 1; k < order; k++)
        result *= x;
    return result;
}

static double cube_above(double x, double knot)
{
    double over = x - knot;
    return over < 0 ? 0 : over * over * over;
}

// Natural cubic spline in truncated powers (Hastie, Tibshirani, Friedman 2009, equation 5.4-5.5):
// N_0 = x - k_0, N_j = d_(j-1) - d_(K-2) with d_j = ((x-k_j)+^3 - (x-k_(K-1))+^3) / (k_(K-1) -
// k_j), divided by 10 C and by the squared span, so that all functions are of one size. A gap (NaN)
// stays one: every comparison with it is false.
static double spline_value(const double knots[static DESIGN_KNOTS], int order, double x)
{
    enum { LAST = DESIGN_KNOTS - 1 };
    const double width = 10;
    if (order == 0)
        return (x - knots[0]) / width;
    double span = knots[LAST] - knots[0], beyond = cube_above(x, knots[LAST]);
    int j = order - 1;
    double d = (cube_above(x, knots[j]) - beyond) / (knots[LAST] - knots[j]);
    double last = (cube_above(x, knots[LAST - 1]) - beyond) / (knots[LAST] - knots[LAST - 1]);
    return (d - last) / (span * span * width);
}

// Factories close by stages before the lunar new year and open by stages after it: dense knots near
// it, wide ones further off.
static double tet_value(int order, int days)
{
    static const double knots[DESIGN_TET + 2] = {-14, -9, -5, -2, 0, 2, 5, 9, 14, 20};
    const double *k = knots + order;
    if (days <= k[0] || days >= k[2])
        return 0;
    return days <= k[1] ? (days - k[0]) / (k[1] - k[0]) : (k[2] - days) / (k[2] - k[1]);
}

static double basis_value(const struct design *design, const struct basis *basis,
                          const struct design_point *point)
{
    // Degrees are centred and scaled so that powers stay of one size and the Gram well conditioned.
    const double centre = 20, width = 10;
    const double year_days = 365.25;
    switch (basis->kind) {
    case BASIS_ONE:
        return 1;
    case BASIS_TREND:
        return point->trend;
    case BASIS_POWER:
        return power((point->input[basis->input] - centre) / width, basis->order);
    case BASIS_SPLINE:
        return spline_value(design->knots[basis->input].at, basis->order,
                            point->input[basis->input]);
    case BASIS_SIN:
        return sin(2 * M_PI * basis->order * point->day.day_of_year / year_days);
    case BASIS_COS:
        return cos(2 * M_PI * basis->order * point->day.day_of_year / year_days);
    case BASIS_TET:
        return tet_value(basis->order, point->day.tet);
    }
    return NAN;
}

void design_basis(const struct design *design, const struct design_point *point, double ret[])
{
    for (size_t b = 0; b < design->n_bases; b++)
        ret[b] = basis_value(design, &design->bases[b], point);
}

size_t design_cell(const struct design *design, int month, int day_type, int period,
                   struct design_entry ret[])
{
    int level[FACTOR_COUNT];
    factor_level_all(design->periods, month, day_type, period, level);
    size_t n = 0;
    for (size_t t = 0; t < design->n_terms; t++) {
        const struct placed_term *term = &design->terms[t];
        int column = level[term->by] - term->contrast;
        if (column < 0)
            continue;
        ret[n++] = (struct design_entry){term->first + (unsigned)column, term->basis};
    }
    return n;
}

void design_collapse(const struct design *design, const double coefficients[], int month,
                     int day_type, int period, double ret[])
{
    struct design_entry entries[DESIGN_TERMS_MAX];
    size_t n = design_cell(design, month, day_type, period, entries);
    memset(ret, 0, design->n_bases * sizeof *ret);
    for (size_t k = 0; k < n; k++)
        ret[entries[k].basis] += coefficients[entries[k].column];
}
