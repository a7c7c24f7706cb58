// SPDX-License-Identifier: GPL-3.0-or-later
// Vanilla's 285 columns on four years of hours: ours against gsl_multifit_linear on the same rows,
// which are also written to a CSV file for R. Prints `name seconds` lines.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <gsl/gsl_errno.h>
#include <gsl/gsl_multifit.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>

#include "models/gram.h"
#include "models/model.h"
#include "models/recipe.h"

enum { HOURS = 35064, REPEATS = 20, SEED = 2385 }; // 2020-2023

struct rows {
    struct series load, temp;
    struct civil_clock clock;
    struct model *model; // for its calendar of no holidays
};

static double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

// A town of the tropics' edge: cooling, a little heating, days of work and of rest.
static void make_rows(struct rows *rows)
{
    const int64_t start = 1577836800; // 2020-01-01
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_taus2);
    gsl_rng_set(rng, SEED);
    double weather = 0;
    series_init(&rows->load, CIVIL_HOUR_S);
    series_init(&rows->temp, CIVIL_HOUR_S);
    for (int h = 0; h < HOURS; h++) {
        int64_t t = start + (int64_t)h * CIVIL_HOUR_S;
        double hour = h % 24, year = h / 8766.0;
        weather = 0.98 * weather + gsl_ran_gaussian(rng, 0.5);
        double temp =
            23.7 - 7.1 * cos(2 * M_PI * year) - 3.9 * cos(2 * M_PI * (hour - 2) / 24) + weather;
        double rest = civil_weekday(civil_day(t)) == 6 ? -31 : 0;
        double load = 212 + 8.3 * year + rest + 41 * sin(2 * M_PI * (hour - 8) / 24) +
                      0.11 * pow(fmax(0, temp - 21), 2) + gsl_ran_gaussian(rng, 4);
        if (series_put(&rows->load, t, load) == SERIES_REFUSED ||
            series_put(&rows->temp, t, temp) == SERIES_REFUSED)
            abort();
    }
    gsl_rng_free(rng);
}

static void place(const struct rows *rows, size_t i, struct model_place *ret)
{
    struct model_data data = {.load = &rows->load, .clock = &rows->clock};
    model_locate(rows->model, &data, series_instant(&rows->load, i), ret);
    ret->point.input = &rows->temp.value[i];
}

// From the readings to the coefficients: what a refit costs.
static bool fit_ours(const struct rows *rows, const struct design *design, struct fit *fit)
{
    struct gram *gram = gram_new(design);
    struct normal normal = {0};
    struct model_place at = {0};
    bool fine = gram && normal_init(&normal, design_columns(design));
    for (size_t i = 0; fine && i < HOURS; i++) {
        place(rows, i, &at);
        fine = gram_add(gram, at.month, &at.point, rows->load.value[i], 1);
    }
    fine = fine && gram_sum(gram, NULL, &normal) && fit_solve(fit, &normal, 0, FIT_AUTO) == FIT_OK;
    normal_done(&normal);
    gram_free(gram);
    return fine;
}

static void dense_row(const struct design *design, const struct model_place *at, double ret[])
{
    struct design_entry entries[DESIGN_TERMS_MAX];
    double basis[DESIGN_BASES_MAX];
    size_t n = design_cell(design, at->point.day.month, design_day_type(&at->point.day),
                           at->point.period, entries);
    design_basis(design, &at->point, basis);
    memset(ret, 0, design_columns(design) * sizeof *ret);
    for (size_t k = 0; k < n; k++)
        ret[entries[k].column] = basis[entries[k].basis];
}

// Seconds that GSL's own least squares (SVD of the rows) takes; predictions go to ret.
static double fit_gsl(const struct rows *rows, const struct design *design, gsl_vector *ret)
{
    size_t p = design_columns(design);
    gsl_matrix *x = gsl_matrix_alloc(HOURS, p), *cov = gsl_matrix_alloc(p, p);
    gsl_vector *c = gsl_vector_alloc(p);
    gsl_vector_const_view y = gsl_vector_const_view_array(rows->load.value, HOURS);
    struct model_place at = {0};
    double chisq;
    for (size_t i = 0; i < HOURS; i++) {
        place(rows, i, &at);
        dense_row(design, &at, gsl_matrix_ptr(x, i, 0));
    }
    double from = now_s();
    gsl_multifit_linear_workspace *work = gsl_multifit_linear_alloc(HOURS, p);
    gsl_multifit_linear(x, &y.vector, c, cov, &chisq, work);
    double seconds = now_s() - from;
    for (size_t i = 0; i < HOURS; i++) {
        double sum = 0;
        for (size_t k = 0; k < p; k++)
            sum += gsl_matrix_get(x, i, k) * gsl_vector_get(c, k);
        gsl_vector_set(ret, i, sum);
    }
    gsl_multifit_linear_free(work);
    gsl_matrix_free(x);
    gsl_matrix_free(cov);
    gsl_vector_free(c);
    return seconds;
}

// Largest difference between the two predictions, relative to the largest prediction.
static double largest_difference(const struct rows *rows, const struct design *design,
                                 const struct fit *fit, const gsl_vector *theirs)
{
    double *row = malloc(design_columns(design) * sizeof *row), worst = 0, largest = 0;
    struct model_place at = {0};
    for (size_t i = 0; row && i < HOURS; i++) {
        double sum = 0;
        place(rows, i, &at);
        dense_row(design, &at, row);
        for (size_t k = 0; k < design_columns(design); k++)
            sum += row[k] * fit_coefficients(fit)[k];
        worst = fmax(worst, fabs(sum - gsl_vector_get(theirs, i)));
        largest = fmax(largest, fabs(sum));
    }
    free(row);
    return worst / largest;
}

static bool write_rows(const struct rows *rows, const char *path)
{
    FILE *out = fopen(path, "w");
    struct model_place at = {0};
    if (!out)
        return false;
    fputs("y,trend,month,weekday,hour,temp\n", out);
    for (size_t i = 0; i < HOURS; i++) {
        place(rows, i, &at);
        fprintf(out, "%.17g,%.17g,%d,%d,%d,%.17g\n", rows->load.value[i], at.point.trend,
                at.point.day.month, at.point.day.weekday, at.point.period, rows->temp.value[i]);
    }
    return !fclose(out);
}

int main(int argc, char **argv)
{
    struct rows rows = {0};
    struct recipe recipe;
    gsl_set_error_handler_off();
    make_rows(&rows);
    rows.model = model_new(CIVIL_HOUR_S);
    if (argc != 2 || !write_rows(&rows, argv[1])) {
        fputs("usage: bench_fit ROWS.csv\n", stderr);
        return 2;
    }
    recipe_vanilla(&recipe);
    struct design *design = design_new(24, recipe.n_terms, recipe.terms, NULL);
    struct fit *fit = fit_new(design_columns(design));
    double best = INFINITY;
    for (int k = 0; k < REPEATS; k++) {
        double from = now_s();
        if (!fit_ours(&rows, design, fit))
            return 1;
        best = fmin(best, now_s() - from);
    }
    gsl_vector *theirs = gsl_vector_alloc(HOURS);
    double gsl = fit_gsl(&rows, design, theirs);
    printf("columns %zu\nrows %d\nphutai %.6f\ngsl %.3f\ndifference %.3g\n", design_columns(design),
           HOURS, best, gsl, largest_difference(&rows, design, fit, theirs));
    gsl_vector_free(theirs);
    fit_free(fit);
    design_free(design);
    model_free(rows.model);
    series_done(&rows.load);
    series_done(&rows.temp);
    return 0;
}
