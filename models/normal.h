// SPDX-License-Identifier: GPL-3.0-or-later
// Normal equations: the sums X'WX, X'Wy and y'Wy of a regression.
#ifndef PHUTAI_MODELS_NORMAL_H
#define PHUTAI_MODELS_NORMAL_H

#include <stdbool.h>
#include <stddef.h>

// Sums over rows x (p regressors), response y, weight w.
struct normal {
    size_t p;
    double *xtx; // p * p, row-major; only the lower triangle (column <= row) is read
    double *xty; // p
    double yty;
    double sum_w;
    double rows; // rows with a weight
};

// Zeroed memory for p columns. False without memory.
[[nodiscard]] bool normal_init(struct normal *ret, size_t p);
void normal_done(struct normal *normal);
void normal_clear(struct normal *normal);

// One dense row; the slow, general way in. The hot one is gram.h. A negative weight takes a row
// out.
void normal_add(struct normal *normal, const double x[], double y, double w);

// The sub-model of `k` of its columns, in ascending order: the sums that would have come of fitting
// those columns alone. `ret` was initialised for k.
void normal_select(const struct normal *normal, size_t k, const size_t columns[],
                   struct normal *ret);

#endif
