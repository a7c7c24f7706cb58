// SPDX-License-Identifier: GPL-3.0-or-later
// Least squares from normal equations: G b = c with G = X'WX, c = X'Wy.
//
// G is first scaled to a unit diagonal. Then, until one succeeds: Cholesky, where every pivot
// stands clear of rounding; Cholesky with complete pivoting, where the rank is full; the symmetric
// eigenvalue form (which for this matrix is its SVD) with the directions of no weight left out,
// giving the solution of least norm in scaled coefficients. Solving from G loses twice the digits
// of the condition of X; that is the price of a state that can be added to and taken from, and
// fit_refine() buys most of it back where the rows are at hand.
//
// All of GSL's error handling stands here: its handler must be off (gsl_set_error_handler_off).
#ifndef PHUTAI_MODELS_FIT_H
#define PHUTAI_MODELS_FIT_H

#include <stdbool.h>
#include <stddef.h>

#include "normal.h"

enum fit_status {
    FIT_OK,
    FIT_TOO_FEW,  // no rows, or fewer than columns with nothing left over for their rank
    FIT_SINGULAR, // nothing finite came of it
    FIT_NOMEM
};

enum fit_method { FIT_CHOLESKY, FIT_PIVOTED, FIT_EIGEN };

// Which methods may be tried: FIT_AUTO goes through them in the order above. FIT_ONLY_PIVOTED
// takes a deficient rank too: the columns that the others make up get a coefficient of zero.
enum fit_choice { FIT_AUTO, FIT_ONLY_CHOLESKY, FIT_ONLY_PIVOTED, FIT_ONLY_EIGEN };

struct fit; // workspace and result, for at most p_max columns

// NULL without memory. `fit_free` takes NULL.
struct fit *fit_new(size_t p_max);
void fit_free(struct fit *fit);

// Solves with `ridge` added to the scaled diagonal (0 for none; 1e-8 is a light hand). Allocates
// nothing but in FIT_EIGEN. O(p^3 / 3) for Cholesky: 0.6 ms at p = 285, where pivoting takes 1.2 ms
// and the eigenvalue form 35 ms. After a status other than FIT_OK what the functions below say is
// that of before. A column of zeros gets a coefficient of zero.
[[nodiscard]] enum fit_status fit_solve(struct fit *fit, const struct normal *normal, double ridge,
                                        enum fit_choice choice);

size_t fit_columns(const struct fit *fit);
const double *fit_coefficients(const struct fit *fit);
size_t fit_rank(const struct fit *fit);
enum fit_method fit_method(const struct fit *fit);
const char *fit_method_name(enum fit_method method);

// Residual sum of squares, and variance: that over (rows - rank), NaN where none are left over.
// From the sums, so only as exact as y'y - b'X'y allows.
double fit_rss(const struct fit *fit);
double fit_variance(const struct fit *fit);

// Covariance of the coefficients, p * p row-major and symmetric: variance * (G + ridge)^-1, a
// generalised inverse where the rank is deficient. O(p^3). False where the last solve failed or
// without memory.
[[nodiscard]] bool fit_covariance(const struct fit *fit, double ret[]);

// One step of iterative refinement after a solve that said FIT_OK: with g = X'W(y - Xb), summed by
// the caller over the rows, adds the solution of (G + ridge) d = g - ridge b to the coefficients
// and stores `rss` of before the step. Each step adds about the digits that solving from G kept, up
// to those that g has. O(p^2).
void fit_refine(struct fit *fit, const double gradient[], double rss);

#endif
