// SPDX-License-Identifier: GPL-3.0-or-later
// A regression as a list of terms, and what one interval contributes to it.
//
// A term is a basis function of the interval times the indicator of a class that the interval
// belongs to. With basis values u_b(t) and the level l_f(t) of factor f,
//
//     y_t = sum over terms (b, f) of  u_b(t) * beta[first column of the term + l_f(t)]
//
// so a row of the design matrix has one non-zero a term, whatever the number of columns; and all
// intervals of one cell (month, kind of day, time of day) have theirs at the same places.
#ifndef PHUTAI_MODELS_DESIGN_H
#define PHUTAI_MODELS_DESIGN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "calendar.h"

enum {
    DESIGN_BASES_MAX = 48,
    DESIGN_TERMS_MAX = 160,
    DESIGN_INPUTS_MAX = 8,    // temperatures in different guises, see weather.h
    DESIGN_KNOTS = 7,         // of a spline of an input
    DESIGN_TET = 8,           // functions of the profile of Tết
    DESIGN_PERIODS_MAX = 288, // five minutes
    DESIGN_NAME_LEN = 48,
};

enum basis_kind {
    BASIS_ONE,
    BASIS_TREND,  // years since 2000, as the row says
    BASIS_POWER,  // x^order of an input, x = (temperature - 20 C) / 10
    BASIS_SPLINE, // order-th function, 0 to DESIGN_KNOTS - 2, of an input's natural cubic spline:
                  // straight beyond its outer knots, with the last slope
    BASIS_SIN,    // order-th harmonic of the year
    BASIS_COS,
    BASIS_TET, // order-th function, 0 to DESIGN_TET - 1, of the days from the lunar new year: a
               // profile of straight lines from two weeks before it to three weeks after
};

struct basis {
    enum basis_kind kind;
    int input, order;
};

// Classes of an interval, and how many levels each has.
enum factor {
    FACTOR_ALL,         // 1
    FACTOR_MONTH,       // 12
    FACTOR_PERIOD,      // intervals a day
    FACTOR_HOUR,        // 24, or intervals a day where those are fewer
    FACTOR_WEEK_PERIOD, // 7 x intervals a day, whatever day of the week it is worked like
    FACTOR_KIND_PERIOD, // DESIGN_KINDS x intervals a day: the seven ordinary weekdays and each
                        // other class of day
    FACTOR_OFF_HOUR,    // level 0 on a working day, the hour + 1 on a day off: for a contrast
    FACTOR_COUNT
};
enum { DESIGN_KINDS = 7 + DAY_CLASSES - 1 };

struct term {
    struct basis basis;
    enum factor by;
    bool contrast; // level 0 has no column: it is what the others differ from
};

struct design;

// Ascending knots of the splines of one input, C.
struct design_knots {
    double at[DESIGN_KNOTS];
};

// Copies the terms, and the knots of each input that has a spline (`knots` may be NULL where none
// has). Terms may share bases; each distinct basis is evaluated once a row. NULL without memory, or
// where a limit above is passed. `periods` is the number of intervals a day.
struct design *design_new(int periods, size_t n_terms, const struct term terms[],
                          const struct design_knots knots[]);
void design_free(struct design *design);

size_t design_columns(const struct design *design);
size_t design_bases(const struct design *design); // distinct bases; basis 0 is always BASIS_ONE
struct basis design_basis_at(const struct design *design, size_t index);
size_t design_terms(const struct design *design);
int design_periods(const struct design *design);
bool design_by_month(const struct design *design); // true where a term is by FACTOR_MONTH

// "temp^2[0] x month=7": what a column is, for people.
void design_column_name(const struct design *design, size_t column,
                        char ret[static DESIGN_NAME_LEN]);

// The kinds of day that intervals of one month can differ by.
enum { DESIGN_DAY_TYPES = 7 * DAY_CLASSES };
int design_day_type(const struct day *day);

// One interval, as a design sees it.
struct design_point {
    struct day day;
    int period;          // interval of the day, from 0
    double trend;        // years since 2000-01-01
    const double *input; // temperatures, C; as many as the bases refer to
};

// Basis values of the interval: design_bases() of them.
void design_basis(const struct design *design, const struct design_point *point, double ret[]);

// The non-zeros of a cell's rows: for entry k, column[k] (ascending) holds basis value basis[k].
// Returns how many, at most design_terms(). O(terms).
struct design_entry {
    unsigned column, basis;
};
size_t design_cell(const struct design *design, int month, int day_type, int period,
                   struct design_entry ret[]);

// Gathers coefficients by basis: afterwards the prediction of any interval of the cell is the sum
// of ret[b] * u_b. O(terms).
void design_collapse(const struct design *design, const double coefficients[], int month,
                     int day_type, int period, double ret[]);

#endif
