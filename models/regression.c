// SPDX-License-Identifier: GPL-3.0-or-later
#include "regression.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>

#include "gram.h"

enum { CLASS_DAYS_MIN = 3 }; // examples that a kind of day needs to be one of its own

// Added to the scaled diagonal: keeps classes with a handful of rows near the others and the
// Cholesky factor sound. Chosen on loads other than those that forecasts are judged on.
static const double ridge = 1e-5;

// A load whose 1 % quantile falls under this share of its median has outages or zeros in it, that
// logarithms would make the most of.
static const double log_floor = 0.25;

size_t regression_usable(const struct series *load, size_t n, double ret[])
{
    size_t usable = 0;
    for (size_t i = 0; i < n; i++)
        if (series_usable(load, i)) {
            if (ret)
                ret[usable] = load->value[i];
            usable++;
        }
    return usable;
}

// True where the lowest of the sorted loads are as good as none.
static bool near_zero(size_t n, const double sorted[])
{
    double low = gsl_stats_quantile_from_sorted_data(sorted, 1, n, 0.01);
    double middle = gsl_stats_quantile_from_sorted_data(sorted, 1, n, 0.5);
    return low <= 0 || low < log_floor * middle;
}

bool regression_logarithm(const struct series *load, size_t n, bool *ret_fine)
{
    double *values = malloc((n + 1) * sizeof *values);
    *ret_fine = values;
    if (!values)
        return false;
    size_t usable = regression_usable(load, n, values);
    gsl_sort(values, 1, usable);
    bool logarithm = usable && !near_zero(usable, values);
    free(values);
    return logarithm;
}

double regression_response(bool logarithm, double load)
{
    return !logarithm ? load : load > 0 ? log(load) : (double)NAN;
}

double regression_load(bool logarithm, double value)
{
    return logarithm ? exp(value) : value;
}

void regression_classes(const struct model_data *data, size_t n, bool ret[static DAY_CLASSES])
{
    struct model_place place = {0};
    int days[DAY_CLASSES] = {0};
    int64_t last = INT64_MIN;
    for (int c = 0; c < DAY_CLASSES; c++)
        ret[c] = true; // so that places are told as they are
    for (size_t i = 0; i < n; i++) {
        if (!series_usable(data->load, i))
            continue;
        regression_locate(data, ret, series_instant(data->load, i), &place);
        days[place.point.day.class] += place.day != last;
        last = place.day;
    }
    for (int c = 0; c < DAY_CLASSES; c++)
        ret[c] = c == DAY_ORDINARY || days[c] >= CLASS_DAYS_MIN;
}

static void settle_class(const bool known_class[], struct day *day)
{
    if (known_class[day->class])
        return;
    if (day->class == DAY_HOLIDAY)
        day->weekday = 6;
    else if (day->class == DAY_SWAPPED)
        day->weekday = 1;
    day->class = DAY_ORDINARY;
}

double regression_trend(int64_t instant)
{
    const double year_s = 365.25 * CIVIL_DAY_S;
    const int64_t epoch = 946684800; // 2000-01-01
    return (double)(instant - epoch) / year_s;
}

// Describes the day only when it changes: a day has many intervals.
void regression_locate(const struct model_data *data, const bool known_class[static DAY_CLASSES],
                       int64_t instant, struct model_place *place)
{
    int64_t local = civil_local(data->clock, instant);
    int64_t day = civil_day(local);
    if (day != place->day || place->month == 0) {
        struct civil_date date = civil_date_from_day(day);
        place->day = day;
        place->month = gram_month(date.year, date.month);
        place->point.day = calendar_day(data->calendar, day);
        settle_class(known_class, &place->point.day);
    }
    place->point.period = civil_second_of_day(local) / data->load->step_s;
    place->point.trend = regression_trend(instant);
}

bool regression_solver_init(struct regression_solver *solver, size_t columns)
{
    solver->fit = fit_new(columns);
    solver->columns = malloc(columns * sizeof *solver->columns);
    return solver->fit && solver->columns && normal_init(&solver->normal, columns) &&
           normal_init(&solver->reached, columns);
}

void regression_solver_done(struct regression_solver *solver)
{
    fit_free(solver->fit);
    free(solver->columns);
    normal_done(&solver->normal);
    normal_done(&solver->reached);
    *solver = (struct regression_solver){0};
}

enum model_status regression_solve(struct regression_solver *solver, double ret[])
{
    size_t p = solver->normal.p, k = 0;
    for (size_t c = 0; c < p; c++)
        if (solver->normal.xtx[c * p + c] > 0)
            solver->columns[k++] = c;
    if (!k)
        return MODEL_TOO_FEW;
    solver->reached.p = k;
    normal_select(&solver->normal, k, solver->columns, &solver->reached);
    switch (fit_solve(solver->fit, &solver->reached, ridge, FIT_AUTO)) {
    case FIT_OK:
        break;
    case FIT_TOO_FEW:
        return MODEL_TOO_FEW;
    case FIT_SINGULAR:
        return MODEL_SINGULAR;
    case FIT_NOMEM:
        return MODEL_NOMEM;
    }
    memset(ret, 0, p * sizeof *ret);
    for (size_t c = 0; c < k; c++)
        ret[solver->columns[c]] = fit_coefficients(solver->fit)[c];
    return MODEL_OK;
}

double regression_predict(const struct design *design, const double coefficients[],
                          const struct design_point *point)
{
    double by_basis[DESIGN_BASES_MAX], basis[DESIGN_BASES_MAX], sum = 0;
    design_collapse(design, coefficients, point->day.month, design_day_type(&point->day),
                    point->period, by_basis);
    design_basis(design, point, basis);
    for (size_t b = 0; b < design_bases(design); b++)
        sum += by_basis[b] * basis[b];
    return sum;
}
