// SPDX-License-Identifier: GPL-3.0-or-later
#include "design.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct placed_term {
    unsigned basis; // index into bases
    enum factor by;
    bool contrast;
    unsigned first; // column of level 0, or of level 1 with a contrast
};

struct design {
    int periods;
    size_t n_terms, n_bases, n_columns;
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
    case FACTOR_WEEK_PERIOD:
        return 7 * periods;
    case FACTOR_DAY_CLASS:
        return DAY_CLASSES;
    case FACTOR_CLASS_PERIOD:
        return DAY_CLASSES * periods;
    case FACTOR_REST_PERIOD:
        return 3 * periods;
    case FACTOR_KINDS:
        break;
    }
    assert(!"factor");
    return 0;
}

// 0 a working day, 1 a Saturday, 2 a Sunday or holiday.
static int rest_level(int weekday, enum day_class class)
{
    if (class == DAY_HOLIDAY)
        return 2;
    if (class == DAY_SWAPPED || weekday < 5)
        return 0;
    return weekday - 4;
}

static void factor_level_all(int periods, int month, int day_type, int period,
                             int ret[static FACTOR_KINDS])
{
    int weekday = day_type % 7;
    enum day_class class = (enum day_class)(day_type / 7);
    ret[FACTOR_ALL] = 0;
    ret[FACTOR_MONTH] = month - 1;
    ret[FACTOR_PERIOD] = period;
    ret[FACTOR_WEEK_PERIOD] = weekday * periods + period;
    ret[FACTOR_DAY_CLASS] = (int)class;
    ret[FACTOR_CLASS_PERIOD] = (int)class * periods + period;
    ret[FACTOR_REST_PERIOD] = rest_level(weekday, class) * periods + period;
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
        return a->input == b->input && a->order == b->order;
    case BASIS_HINGE:
        return a->input == b->input && a->knot == b->knot;
    case BASIS_SIN:
    case BASIS_COS:
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
    design->terms[design->n_terms++] = (struct placed_term){
        .basis = (unsigned)basis,
        .by = term->by,
        .contrast = term->contrast,
        .first = (unsigned)design->n_columns,
    };
    design->n_columns += (size_t)levels;
    return true;
}

struct design *design_new(int periods, size_t n_terms, const struct term terms[])
{
    if (n_terms > DESIGN_TERMS_MAX || periods < 1 || periods > DESIGN_PERIODS_MAX)
        return NULL;
    struct design *design = calloc(1, sizeof *design);
    if (!design)
        return NULL;
    design->periods = periods;
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

size_t design_terms(const struct design *design)
{
    return design->n_terms;
}

int design_periods(const struct design *design)
{
    return design->periods;
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
    case BASIS_HINGE:
        snprintf(ret, DESIGN_NAME_LEN, "temp[%d]>%g", basis->input, basis->knot);
        break;
    case BASIS_SIN:
        snprintf(ret, DESIGN_NAME_LEN, "sin%d", basis->order);
        break;
    case BASIS_COS:
        snprintf(ret, DESIGN_NAME_LEN, "cos%d", basis->order);
        break;
    }
}

void design_column_name(const struct design *design, size_t column,
                        char ret[static DESIGN_NAME_LEN])
{
    static const char *const factors[FACTOR_KINDS] = {
        "all", "month", "period", "week-period", "day-class", "class-period", "rest-period",
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

static double basis_value(const struct basis *basis, const struct design_point *point)
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
    case BASIS_HINGE: {
        double over = point->input[basis->input] - basis->knot;
        // A gap stays a gap: fmax() would make it 0.
        return over < 0 ? 0 : over / width;
    }
    case BASIS_SIN:
        return sin(2 * M_PI * basis->order * point->day.day_of_year / year_days);
    case BASIS_COS:
        return cos(2 * M_PI * basis->order * point->day.day_of_year / year_days);
    }
    return NAN;
}

void design_basis(const struct design *design, const struct design_point *point, double ret[])
{
    for (size_t b = 0; b < design->n_bases; b++)
        ret[b] = basis_value(&design->bases[b], point);
}

size_t design_cell(const struct design *design, int month, int day_type, int period,
                   struct design_entry ret[])
{
    int level[FACTOR_KINDS];
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
