// SPDX-License-Identifier: GPL-3.0-or-later
#include "kriging.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_blas.h>
#include <gsl/gsl_linalg.h>

enum {
    DAY_S = 86400,
    HOUR_S = 3600,
    LAG_DAYS = 21, // autocovariance is looked at so far
    LEARN_DAYS = 28,
    LAGS_MAX = LAG_DAYS * 24 + 1,
    HARMONICS = 4,
    SWEEPS = 400,
};

// Time constants of the exponentials, hours. Those under a day have no harmonics: they are over
// before the day is.
static const double tau_h[] = {2, 8, 24, 96, 360, 1440};
enum { TAUS = sizeof tau_h / sizeof *tau_h, FIRST_DAILY = 2 };
enum { PARTS_MAX = TAUS + (TAUS - FIRST_DAILY) * HARMONICS };

struct part {
    double tau_h;
    int harmonic; // 0 for none
};

struct kriging {
    double step_h;
    size_t n_parts;
    struct part parts[PARTS_MAX];
    double weight[PARTS_MAX];
    double nugget; // variance that no neighbour knows of
};

static void list_parts(struct kriging *k)
{
    for (int t = 0; t < TAUS; t++)
        for (int h = 0; h <= (t < FIRST_DAILY ? 0 : HARMONICS); h++)
            k->parts[k->n_parts++] = (struct part){tau_h[t], h};
}

static double part_at(const struct part *part, double lag_h)
{
    return exp(-lag_h / part->tau_h) * cos(2 * M_PI * part->harmonic * lag_h / 24);
}

// Autocovariance at a lag, of the known pairs.
static double autocovariance(size_t n, const double known[], const double is[], size_t lag)
{
    double sum = 0, pairs = 0;
    for (size_t i = lag; i < n; i++) {
        sum += known[i] * known[i - lag];
        pairs += is[i] * is[i - lag];
    }
    return pairs > 0 ? sum / pairs : 0;
}

// Weights of least squares that are not negative, one coordinate after the other.
static void solve_weights(struct kriging *k, size_t lags, const double lag_h[],
                          const double covariance[])
{
    double gram[PARTS_MAX][PARTS_MAX] = {0}, moment[PARTS_MAX] = {0}, g[PARTS_MAX];
    for (size_t l = 1; l < lags; l++) {
        for (size_t a = 0; a < k->n_parts; a++)
            g[a] = part_at(&k->parts[a], lag_h[l]);
        for (size_t a = 0; a < k->n_parts; a++) {
            moment[a] += g[a] * covariance[l];
            for (size_t b = 0; b < k->n_parts; b++)
                gram[a][b] += g[a] * g[b];
        }
    }
    for (int sweep = 0; sweep < SWEEPS; sweep++)
        for (size_t a = 0; a < k->n_parts; a++) {
            double rest = moment[a];
            for (size_t b = 0; b < k->n_parts; b++)
                rest -= b == a ? 0 : gram[a][b] * k->weight[b];
            k->weight[a] = fmax(0, rest / gram[a][a]);
        }
}

static bool learn(struct kriging *k, size_t n, const double value[])
{
    size_t hour = k->step_h < 1 ? (size_t)lround(1 / k->step_h) : 1, lags = 0;
    double *known = malloc((n + 1) * sizeof *known), *is = malloc((n + 1) * sizeof *is);
    double lag_h[LAGS_MAX], covariance[LAGS_MAX], sum = 0, total = 0;
    bool fine = known && is;
    for (size_t i = 0; fine && i < n; i++) {
        is[i] = isnan(value[i]) ? 0 : 1;
        known[i] = isnan(value[i]) ? 0 : value[i];
        total += is[i];
    }
    if (fine && total * k->step_h >= LEARN_DAYS * 24) {
        for (; lags < LAGS_MAX && (double)(lags * hour) * k->step_h <= LAG_DAYS * 24; lags++) {
            lag_h[lags] = (double)(lags * hour) * k->step_h;
            covariance[lags] = autocovariance(n, known, is, lags * hour);
        }
        solve_weights(k, lags, lag_h, covariance);
        for (size_t a = 0; a < k->n_parts; a++)
            sum += k->weight[a];
        // Never quite nothing: neighbours that say the same twice must not make a matrix singular.
        k->nugget = fmax(covariance[0] - sum, 0.02 * covariance[0]);
    }
    free(known);
    free(is);
    return fine;
}

struct kriging *kriging_new(int32_t step_s, size_t n, const double value[])
{
    struct kriging *k = calloc(1, sizeof *k);
    if (!k)
        return NULL;
    k->step_h = (double)step_s / HOUR_S;
    list_parts(k);
    if (learn(k, n, value))
        return k;
    kriging_free(k);
    return NULL;
}

void kriging_free(struct kriging *kriging)
{
    free(kriging);
}

// Indices of the values to estimate from, ascending.
static size_t neighbours(size_t n, const double value[], size_t from, size_t to, size_t ret[])
{
    size_t first = from, count = 0;
    for (size_t left = KRIGING_NEIGHBOURS; first > 0 && left > 0;)
        left -= isnan(value[--first]) ? 0 : 1;
    for (size_t i = first, after = 0; i < n && after < KRIGING_NEIGHBOURS; i++) {
        if (isnan(value[i]))
            continue;
        ret[count++] = i;
        after += i >= to;
    }
    return count;
}

// Solves K w = r for the known residuals r and their covariances K.
static bool solve_neighbours(const double covariance[], double nugget, size_t m, const size_t at[],
                             gsl_vector *r)
{
    gsl_matrix *matrix = gsl_matrix_alloc(m, m);
    if (!matrix)
        return false;
    for (size_t i = 0; i < m; i++) {
        for (size_t j = 0; j <= i; j++)
            gsl_matrix_set(matrix, i, j, covariance[at[i] - at[j]]);
        gsl_matrix_set(matrix, i, i, covariance[0] + nugget);
    }
    bool fine = !gsl_linalg_cholesky_decomp1(matrix) && !gsl_linalg_cholesky_svx(matrix, r);
    if (!fine)
        gsl_vector_set_zero(r);
    gsl_matrix_free(matrix);
    return true;
}

static double covariance_at(const struct kriging *k, double lag_h)
{
    double sum = 0;
    for (size_t a = 0; a < k->n_parts; a++)
        if (k->weight[a] > 0)
            sum += k->weight[a] * part_at(&k->parts[a], lag_h);
    return sum;
}

bool kriging_estimate(const struct kriging *k, size_t n, const double value[], size_t from,
                      size_t to, double ret[])
{
    size_t *at = malloc((2 * KRIGING_NEIGHBOURS + to - from + 1) * sizeof *at);
    size_t m = at ? neighbours(n, value, from, to, at) : 0;
    memset(ret, 0, (to - from) * sizeof *ret);
    if (!at || m == 0 || k->nugget <= 0) {
        free(at);
        return at;
    }
    size_t first = at[0] < from ? at[0] : from, last = at[m - 1] > to ? at[m - 1] : to;
    double *covariance = malloc((last - first + 1) * sizeof *covariance);
    gsl_vector *r = gsl_vector_alloc(m);
    for (size_t lag = 0; covariance && lag <= last - first; lag++)
        covariance[lag] = covariance_at(k, (double)lag * k->step_h);
    for (size_t j = 0; r && j < m; j++)
        gsl_vector_set(r, j, value[at[j]]);
    bool fine = covariance && r && solve_neighbours(covariance, k->nugget, m, at, r);
    for (size_t i = from; fine && i < to; i++)
        for (size_t j = 0; isnan(value[i]) && j < m; j++)
            ret[i - from] += covariance[at[j] > i ? at[j] - i : i - at[j]] * gsl_vector_get(r, j);
    gsl_vector_free(r);
    free(covariance);
    free(at);
    return fine;
}
