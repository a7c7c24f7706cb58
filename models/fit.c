// SPDX-License-Identifier: GPL-3.0-or-later
#include "fit.h"

#include <assert.h>
#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_blas.h>
#include <gsl/gsl_eigen.h>
#include <gsl/gsl_linalg.h>

// Pivots of the scaled matrix are what a column keeps once those before it are taken out of it: 1
// minus a squared multiple correlation. Rounding of the sums and of the factor leaves a few units
// of p * DBL_EPSILON in them, so less than this says nothing. Without pivoting the later pivots
// inherit the errors of the small ones before them, hence the wider margin.
static const double cholesky_margin = 100, pivoted_margin = 10, eigen_margin = 1;

// What the matrix has been turned into.
struct factor {
    enum fit_method method;
    size_t p, rank;
};

struct fit {
    size_t p_max;
    bool solved; // the last solve succeeded: `matrix` and `factor` belong to the coefficients
    struct factor factor;
    double ridge, rows, rss;
    double *matrix;  // p * p: L, or L and D, or what is left of the scaled G
    double *vectors; // p * p: eigenvectors by column; NULL until the first are asked for
    double *scale, *values, *rhs, *work, *coefficients; // p each
    size_t *order;                                      // p: the columns as pivoted
};

// n * n doubles, zeroed; NULL without memory.
static double *alloc_square(size_t n)
{
    if (n > 0 && n > SIZE_MAX / sizeof(double) / n)
        return NULL;
    return calloc(n * n, sizeof(double));
}

struct fit *fit_new(size_t p_max)
{
    assert(p_max > 0);
    struct fit *fit = calloc(1, sizeof *fit);
    if (!fit)
        return NULL;
    fit->p_max = p_max;
    fit->matrix = alloc_square(p_max);
    fit->scale = calloc(p_max, sizeof(double));
    fit->values = calloc(p_max, sizeof(double));
    fit->rhs = calloc(p_max, sizeof(double));
    fit->work = calloc(p_max, sizeof(double));
    fit->coefficients = calloc(p_max, sizeof(double));
    fit->order = calloc(p_max, sizeof(size_t));
    if (!fit->matrix || !fit->scale || !fit->values || !fit->rhs || !fit->work ||
        !fit->coefficients || !fit->order) {
        fit_free(fit);
        return NULL;
    }
    return fit;
}

void fit_free(struct fit *fit)
{
    if (!fit)
        return;
    free(fit->matrix);
    free(fit->vectors);
    free(fit->scale);
    free(fit->values);
    free(fit->rhs);
    free(fit->work);
    free(fit->coefficients);
    free(fit->order);
    free(fit);
}

// Puts G, scaled to a unit diagonal with the ridge on it, into the lower triangle of the matrix.
// False where it is not finite: GSL's eigenvalue iteration may then never end.
static bool load(struct fit *fit, const struct normal *normal, double ridge)
{
    size_t p = normal->p;
    double sum = 0;
    for (size_t i = 0; i < p; i++) {
        const double *from = normal->xtx + i * p;
        double *to = fit->matrix + i * p;
        // An empty column has nothing to be scaled by.
        fit->scale[i] = from[i] > 0 ? 1 / sqrt(from[i]) : 1;
        for (size_t j = 0; j <= i; j++) {
            to[j] = from[j] * fit->scale[i] * fit->scale[j];
            sum += fabs(to[j]);
        }
        to[i] += ridge;
        fit->rhs[i] = normal->xty[i] * fit->scale[i];
        sum += fabs(fit->rhs[i]);
    }
    return isfinite(sum) && isfinite(normal->yty);
}

static double noise(size_t p, double margin)
{
    return margin * (double)p * DBL_EPSILON;
}

static enum fit_status factor_cholesky(struct fit *fit, struct factor *factor)
{
    size_t p = factor->p;
    gsl_matrix_view matrix = gsl_matrix_view_array(fit->matrix, p, p);
    if (gsl_linalg_cholesky_decomp1(&matrix.matrix))
        return FIT_SINGULAR;
    for (size_t i = 0; i < p; i++) {
        double pivot = fit->matrix[i * p + i];
        if (!(pivot * pivot > noise(p, cholesky_margin)))
            return FIT_SINGULAR;
    }
    factor->rank = p;
    return FIT_OK;
}

static enum fit_status factor_pivoted(struct fit *fit, struct factor *factor)
{
    size_t p = factor->p;
    gsl_matrix_view matrix = gsl_matrix_view_array(fit->matrix, p, p);
    gsl_permutation order = {.size = p, .data = fit->order};
    if (gsl_linalg_pcholesky_decomp(&matrix.matrix, &order))
        return FIT_SINGULAR;
    // Pivots fall; GSL goes on beyond the rank and divides by what is left, which may be zero.
    while (factor->rank < p &&
           fit->matrix[factor->rank * (p + 1)] > noise(p, pivoted_margin) * fit->matrix[0])
        factor->rank++;
    return factor->rank > 0 ? FIT_OK : FIT_SINGULAR;
}

static enum fit_status factor_eigen(struct fit *fit, struct factor *factor)
{
    size_t p = factor->p;
    if (!fit->vectors)
        fit->vectors = alloc_square(fit->p_max);
    gsl_eigen_symmv_workspace *workspace = fit->vectors ? gsl_eigen_symmv_alloc(p) : NULL;
    if (!workspace)
        return FIT_NOMEM;
    gsl_matrix_view matrix = gsl_matrix_view_array(fit->matrix, p, p);
    gsl_matrix_view vectors = gsl_matrix_view_array(fit->vectors, p, p);
    gsl_vector_view values = gsl_vector_view_array(fit->values, p);
    int failed = gsl_eigen_symmv(&matrix.matrix, &values.vector, &vectors.matrix, workspace);
    gsl_eigen_symmv_free(workspace);
    if (failed || gsl_eigen_symmv_sort(&values.vector, &vectors.matrix, GSL_EIGEN_SORT_VAL_DESC))
        return FIT_SINGULAR;
    while (factor->rank < p && fit->values[factor->rank] > 0 &&
           fit->values[factor->rank] > noise(p, eigen_margin) * fit->values[0])
        factor->rank++;
    return factor->rank > 0 ? FIT_OK : FIT_SINGULAR;
}

static enum fit_status factorise(struct fit *fit, struct factor *factor)
{
    switch (factor->method) {
    case FIT_CHOLESKY:
        return factor_cholesky(fit, factor);
    case FIT_PIVOTED:
        return factor_pivoted(fit, factor);
    case FIT_EIGEN:
        return factor_eigen(fit, factor);
    }
    return FIT_SINGULAR;
}

// P' L D L' P x = b over the leading `rank` columns, the others zero.
static void solve_pivoted(const struct fit *fit, struct factor factor, double x[], double work[])
{
    size_t r = factor.rank;
    gsl_matrix_const_view matrix =
        gsl_matrix_const_view_array_with_tda(fit->matrix, r, r, factor.p);
    gsl_vector_view lead = gsl_vector_view_array(work, r);
    for (size_t i = 0; i < r; i++)
        work[i] = x[fit->order[i]];
    gsl_blas_dtrsv(CblasLower, CblasNoTrans, CblasUnit, &matrix.matrix, &lead.vector);
    for (size_t i = 0; i < r; i++)
        work[i] /= fit->matrix[i * (factor.p + 1)];
    gsl_blas_dtrsv(CblasLower, CblasTrans, CblasUnit, &matrix.matrix, &lead.vector);
    memset(x, 0, factor.p * sizeof *x);
    for (size_t i = 0; i < r; i++)
        x[fit->order[i]] = work[i];
}

// x = V (1/lambda) V' b over the leading `rank` directions.
static void solve_eigen(const struct fit *fit, struct factor factor, double x[], double work[])
{
    size_t r = factor.rank;
    gsl_matrix_const_view vectors =
        gsl_matrix_const_view_array_with_tda(fit->vectors, factor.p, r, factor.p);
    gsl_vector_view whole = gsl_vector_view_array(x, factor.p);
    gsl_vector_view lead = gsl_vector_view_array(work, r);
    gsl_blas_dgemv(CblasTrans, 1, &vectors.matrix, &whole.vector, 0, &lead.vector);
    for (size_t i = 0; i < r; i++)
        work[i] /= fit->values[i];
    gsl_blas_dgemv(CblasNoTrans, 1, &vectors.matrix, &lead.vector, 0, &whole.vector);
}

// Turns the scaled right side x into scaled coefficients.
static void solve_scaled(const struct fit *fit, struct factor factor, double x[], double work[])
{
    gsl_matrix_const_view matrix = gsl_matrix_const_view_array(fit->matrix, factor.p, factor.p);
    gsl_vector_view whole = gsl_vector_view_array(x, factor.p);
    switch (factor.method) {
    case FIT_CHOLESKY:
        gsl_linalg_cholesky_svx(&matrix.matrix, &whole.vector);
        return;
    case FIT_PIVOTED:
        solve_pivoted(fit, factor, x, work);
        return;
    case FIT_EIGEN:
        solve_eigen(fit, factor, x, work);
        return;
    }
}

static bool all_finite(size_t n, const double x[])
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += fabs(x[i]);
    return isfinite(sum);
}

// Scaled coefficients into `rhs`, by one method. `whole` asks for full rank.
static enum fit_status attempt(struct fit *fit, const struct normal *normal, double ridge,
                               bool whole, struct factor *factor)
{
    if (!load(fit, normal, ridge))
        return FIT_SINGULAR;
    enum fit_status status = factorise(fit, factor);
    if (status != FIT_OK || (whole && factor->rank < factor->p))
        return status != FIT_OK ? status : FIT_SINGULAR;
    // Rows that a rank uses up leave nothing to tell what the other columns do.
    if (normal->rows < (double)factor->p && (double)factor->rank >= normal->rows)
        return FIT_TOO_FEW;
    solve_scaled(fit, *factor, fit->rhs, fit->work);
    return all_finite(factor->p, fit->rhs) ? FIT_OK : FIT_SINGULAR;
}

// The share of the ridge in the penalised sum of squares and in its gradient.
static double ridge_weight(const struct fit *fit, size_t i)
{
    return fit->ridge / (fit->scale[i] * fit->scale[i]);
}

static void keep(struct fit *fit, const struct normal *normal, double ridge, struct factor factor)
{
    fit->solved = true;
    fit->factor = factor;
    fit->ridge = ridge;
    fit->rows = normal->rows;
    fit->rss = normal->yty;
    for (size_t i = 0; i < factor.p; i++) {
        double b = fit->rhs[i] * fit->scale[i];
        fit->coefficients[i] = b;
        fit->rss -= b * normal->xty[i] + ridge_weight(fit, i) * b * b;
    }
    fit->rss = fit->rss > 0 ? fit->rss : 0;
}

enum fit_status fit_solve(struct fit *fit, const struct normal *normal, double ridge,
                          enum fit_choice choice)
{
    assert(normal->p > 0 && normal->p <= fit->p_max && ridge >= 0);
    fit->solved = false;
    if (!(normal->rows >= 1))
        return FIT_TOO_FEW;
    int first = choice == FIT_AUTO ? FIT_CHOLESKY : (int)choice - FIT_ONLY_CHOLESKY;
    int last = choice == FIT_AUTO ? FIT_EIGEN : first;
    enum fit_status status = FIT_SINGULAR;
    for (int method = first; method <= last && status == FIT_SINGULAR; method++) {
        struct factor factor = {.method = (enum fit_method)method, .p = normal->p};
        status = attempt(fit, normal, ridge, method < last, &factor);
        if (status == FIT_OK)
            keep(fit, normal, ridge, factor);
    }
    return status;
}

size_t fit_columns(const struct fit *fit)
{
    return fit->factor.p;
}

const double *fit_coefficients(const struct fit *fit)
{
    return fit->coefficients;
}

size_t fit_rank(const struct fit *fit)
{
    return fit->factor.rank;
}

enum fit_method fit_method(const struct fit *fit)
{
    return fit->factor.method;
}

const char *fit_method_name(enum fit_method method)
{
    static const char *const names[] = {"cholesky", "pivoted", "eigen"};
    return names[method];
}

double fit_rss(const struct fit *fit)
{
    return fit->rss;
}

double fit_variance(const struct fit *fit)
{
    double left_over = fit->rows - (double)fit->factor.rank;
    return fit->rss / (left_over > 0 ? left_over : (double)NAN);
}

bool fit_covariance(const struct fit *fit, double ret[])
{
    size_t p = fit->factor.p;
    double *work = fit->solved ? calloc(p, sizeof *work) : NULL;
    if (!work)
        return false;
    double variance = fit_variance(fit);
    memset(ret, 0, p * p * sizeof *ret);
    for (size_t i = 0; i < p; i++) {
        double *row = ret + i * p;
        row[i] = 1;
        solve_scaled(fit, fit->factor, row, work);
        for (size_t j = 0; j < p; j++)
            row[j] *= variance * fit->scale[i] * fit->scale[j];
        // The inverse is symmetric but for rounding: the lower triangle speaks for both.
        for (size_t j = 0; j < i; j++)
            ret[j * p + i] = row[j];
    }
    free(work);
    return true;
}

void fit_refine(struct fit *fit, const double gradient[], double rss)
{
    assert(fit->solved);
    size_t p = fit->factor.p;
    for (size_t i = 0; i < p; i++)
        fit->rhs[i] = fit->scale[i] * (gradient[i] - ridge_weight(fit, i) * fit->coefficients[i]);
    solve_scaled(fit, fit->factor, fit->rhs, fit->work);
    if (!all_finite(p, fit->rhs))
        return;
    for (size_t i = 0; i < p; i++)
        fit->coefficients[i] += fit->scale[i] * fit->rhs[i];
    fit->rss = rss;
}
