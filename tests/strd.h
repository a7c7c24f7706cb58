// SPDX-License-Identifier: GPL-3.0-or-later
// Linear regressions of the NIST Statistical Reference Datasets (www.itl.nist.gov/div898/strd),
// with the values that NIST certifies to 15 digits. Works of the United States government, free to
// copy.
#ifndef PHUTAI_TESTS_STRD_H
#define PHUTAI_TESTS_STRD_H

#include <stddef.h>

struct strd {
    const char *name;
    size_t rows;
    int predictors, degree;  // of the polynomial in each predictor
    const double *data;      // rows * (1 + predictors): y, then the predictors
    const double *certified; // coefficients, the constant first
    const double *deviation; // their standard deviations
    double residual_sd;
};

enum { STRD_SETS = 8, STRD_COLUMNS_MAX = 11 };
extern const struct strd strd_sets[STRD_SETS];

size_t strd_columns(const struct strd *set);
double strd_response(const struct strd *set, size_t i);

// Row i of the design in z = (x - centre) / half_width: 0 and 1 for the design as it is certified.
void strd_row(const struct strd *set, size_t i, double centre, double half_width, double ret[]);

#endif
