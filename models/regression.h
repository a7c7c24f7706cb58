// SPDX-License-Identifier: GPL-3.0-or-later
// What the fits of a history have in common, whether they see it from the issue (model.h) or from
// afterwards (hindsight.h): where an interval stands, on which scale its load is taken, and how
// sums become coefficients.
#ifndef PHUTAI_MODELS_REGRESSION_H
#define PHUTAI_MODELS_REGRESSION_H

#include "model.h"
#include "normal.h"

// Usable loads of the first `n` intervals, in their order, in `ret` where it is not NULL. How many.
size_t regression_usable(const struct series *load, size_t n, double ret[]);

// True where the first `n` intervals of the load are to be taken in logarithms: none of them comes
// near zero. False in *ret_fine without memory.
bool regression_logarithm(const struct series *load, size_t n, bool *ret_fine);
double regression_response(bool logarithm, double load); // NaN for what has no logarithm
double regression_load(bool logarithm, double value);

// Which kinds of day have examples enough among the first `n` intervals to be ones of their own.
void regression_classes(const struct model_data *data, size_t n, bool ret[static DAY_CLASSES]);

// Where an interval stands, as model_locate().
void regression_locate(const struct model_data *data, const bool known_class[static DAY_CLASSES],
                       int64_t instant, struct model_place *place);
double regression_trend(int64_t instant); // years since 2000

// Sums to be solved, and memory to do it in. Start from zero.
struct regression_solver {
    struct normal normal, reached;
    struct fit *fit;
    size_t *columns;
};
[[nodiscard]] bool regression_solver_init(struct regression_solver *solver, size_t columns);
void regression_solver_done(struct regression_solver *solver);

// Coefficients of solver->normal; those of columns that no row reaches are 0.
[[nodiscard]] enum model_status regression_solve(struct regression_solver *solver, double ret[]);

// What the coefficients say of one interval.
double regression_predict(const struct design *design, const double coefficients[],
                          const struct design_point *point);

#endif
