// SPDX-License-Identifier: GPL-3.0-or-later
#include "ramp_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_errno.h>
#include <gsl/gsl_linalg.h>
#include <gsl/gsl_multifit_nlinear.h>

enum { ITERATIONS_MAX = 200 };

static const double days_per_year = 365.25;
static const int64_t days_most = 10000000;                 // some 27,000 years from 1970
static const double share_least = 0.02, share_most = 0.98; // beyond them a share is a bound
static const double lease_sd = 0.6; // of a logit: how far building strays from leasing

// The residuals in one piece: GSL asks for them as a column of the Jacobian too.
struct solver {
    const struct ramp_problem *problem;
    double *scratch;
};

static int residuals(const gsl_vector *x, void *context, gsl_vector *f)
{
    const struct solver *solver = context;
    solver->problem->residuals(solver->problem->context, x->data, solver->scratch);
    for (size_t i = 0; i < f->size; i++) {
        if (!isfinite(solver->scratch[i]))
            return GSL_EBADFUNC;
        gsl_vector_set(f, i, solver->scratch[i]);
    }
    return GSL_SUCCESS;
}

static bool solve(gsl_multifit_nlinear_workspace *work, struct solver *solver, double x[],
                  double ret_cov[])
{
    const size_t p = solver->problem->p;
    gsl_multifit_nlinear_fdf fdf = {
        .f = residuals, .n = solver->problem->n, .p = p, .params = solver};
    gsl_vector_view start = gsl_vector_view_array(x, p);
    gsl_matrix_view cov = gsl_matrix_view_array(ret_cov, p, p);
    int info;
    if (gsl_multifit_nlinear_init(&start.vector, &fdf, work))
        return false;
    // A step that no longer gains is an end as good as a small gradient.
    const int status =
        gsl_multifit_nlinear_driver(ITERATIONS_MAX, 1e-8, 1e-8, 0, NULL, NULL, &info, work);
    if ((status && status != GSL_ENOPROG && status != GSL_EMAXITER) ||
        gsl_multifit_nlinear_covar(gsl_multifit_nlinear_jac(work), 0, &cov.matrix))
        return false;
    gsl_vector_memcpy(&start.vector, gsl_multifit_nlinear_position(work));
    for (size_t i = 0; i < p; i++)
        if (!isfinite(x[i]) || !isfinite(ret_cov[i * p + i]))
            return false;
    return true;
}

bool ramp_solve(const struct ramp_problem *problem, double x[], double ret_cov[])
{
    gsl_multifit_nlinear_parameters how = gsl_multifit_nlinear_default_parameters();
    // The bounds that leases are bend the residuals: forward differences would lean to one side.
    how.fdtype = GSL_MULTIFIT_NLINEAR_CTRDIFF;
    gsl_multifit_nlinear_workspace *work =
        gsl_multifit_nlinear_alloc(gsl_multifit_nlinear_trust, &how, problem->n, problem->p);
    struct solver solver = {.problem = problem,
                            .scratch = malloc(problem->n * sizeof *solver.scratch)};
    const bool good = work && solver.scratch && solve(work, &solver, x, ret_cov);
    free(solver.scratch);
    if (work)
        gsl_multifit_nlinear_free(work);
    return good;
}

bool ramp_factor(size_t n, const double cov[], double ret[])
{
    memcpy(ret, cov, n * n * sizeof *ret);
    gsl_matrix_view factor = gsl_matrix_view_array(ret, n, n);
    return gsl_linalg_cholesky_decomp1(&factor.matrix) == GSL_SUCCESS;
}

double ramp_years(int64_t from, int64_t to)
{
    return ((double)to - (double)from) / days_per_year;
}

double ramp_scale(double log_years)
{
    return exp(fmin(fmax(log_years, -4), 4));
}

double ramp_log_share(double x)
{
    return x < -40 ? fmax(x, -400) : -log1p(exp(-x));
}

bool ramp_day_counts(int64_t day)
{
    return day > -days_most && day < days_most;
}

bool ramp_area_counts(double area_ha)
{
    return area_ha >= 1e-3 && area_ha <= 5.1e10;
}

bool ramp_reading_counts(const struct ramp_reading *reading)
{
    return isfinite(reading->mw) && reading->mw > 0 && ramp_day_counts(reading->day);
}

double ramp_inflation(size_t n, double noise_r)
{
    return fmin((double)n, (1 + noise_r) / (1 - noise_r));
}

bool ramp_lease_is_known(const struct ramp_zone *zone)
{
    return isfinite(zone->leased) && ramp_day_counts(zone->leased_day);
}

double ramp_lease_residual(const struct ramp_zone *zone, double x)
{
    if (!ramp_lease_is_known(zone))
        return 0;
    const double share = fmin(fmax(zone->leased, share_least), share_most);
    const double off = log(share / (1 - share)) - x;
    if ((zone->leased >= share_most && off < 0) || (zone->leased <= share_least && off > 0))
        return 0;
    return off / lease_sd;
}
