// SPDX-License-Identifier: GPL-3.0-or-later
#include "explain.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>

enum { MONTHS = 12, WEEKDAYS = 7 };

struct explain {
    const struct model *model;
    bool logarithm;
    double reference[DESIGN_INPUTS_MAX]; // the median temperature, for every input
    double level, trend;                 // the level, less the trend's share; the share per year
};

// The median of the temperatures before the issue; 0 without any, which then nothing refers to.
static bool find_reference(const struct model_data *data, double *ret)
{
    const struct series *temp = data->temp;
    *ret = 0;
    if (!temp || !temp->n)
        return true;
    double *sorted = malloc(temp->n * sizeof *sorted);
    if (!sorted)
        return false;
    size_t n = 0;
    for (size_t i = 0; i < temp->n && series_instant(temp, i) < data->issue; i++)
        if (!isnan(temp->value[i]))
            sorted[n++] = temp->value[i];
    gsl_sort(sorted, 1, n);
    if (n)
        *ret = gsl_stats_median_from_sorted_data(sorted, 1, n);
    free(sorted);
    return true;
}

// The part that a basis is a matter of; the level stands for it and the calendar.
static enum explain_part part_of(const struct explain *explain, const struct basis *basis)
{
    const struct recipe *recipe = model_recipe(explain->model);
    switch (basis->kind) {
    case BASIS_POWER:
    case BASIS_SPLINE:
        return recipe->inputs[basis->input].guise == WEATHER_NOW ? EXPLAIN_TEMP_NOW
                                                                 : EXPLAIN_TEMP_MEMORY;
    case BASIS_TET:
        return EXPLAIN_HOLIDAY;
    case BASIS_ONE:
    case BASIS_TREND:
        return EXPLAIN_LEVEL;
    case BASIS_SIN:
    case BASIS_COS:
        break;
    }
    return EXPLAIN_CALENDAR;
}

// Adds the share of one cell of ordinary days to the level: of the constant, the trend, and the
// temperature's terms at the median. Harmonics are none over a year.
static void add_to_level(struct explain *explain, const struct day *day, int period)
{
    const struct design *design = model_design(explain->model);
    struct design_point point = {.day = *day, .period = period, .input = explain->reference};
    double by_basis[DESIGN_BASES_MAX], basis[DESIGN_BASES_MAX];
    double share = 1.0 / (MONTHS * WEEKDAYS * design_periods(design));
    design_collapse(design, model_coefficients(explain->model), day->month, design_day_type(day),
                    period, by_basis);
    design_basis(design, &point, basis);
    for (size_t b = 0; b < design_bases(design); b++) {
        struct basis what = design_basis_at(design, b);
        enum explain_part part = part_of(explain, &what);
        if (what.kind == BASIS_TREND)
            explain->trend += share * by_basis[b];
        else if (part != EXPLAIN_CALENDAR && part != EXPLAIN_HOLIDAY)
            explain->level += share * by_basis[b] * basis[b];
    }
}

static void find_level(struct explain *explain)
{
    for (int month = 1; month <= MONTHS; month++)
        for (int weekday = 0; weekday < WEEKDAYS; weekday++)
            for (int period = 0; period < design_periods(model_design(explain->model)); period++)
                add_to_level(explain,
                             &(struct day){.month = month,
                                           .weekday = weekday,
                                           .day_of_year = 1,
                                           .tet = CALENDAR_NO_TET},
                             period);
}

struct explain *explain_new(const struct model *model, const struct model_data *data)
{
    struct explain *explain = calloc(1, sizeof *explain);
    double reference;
    if (!explain || !find_reference(data, &reference)) {
        free(explain);
        return NULL;
    }
    explain->model = model;
    // A logarithm has no load of none.
    explain->logarithm = isnan(model_response(model, 0));
    for (int k = 0; k < DESIGN_INPUTS_MAX; k++)
        explain->reference[k] = reference;
    find_level(explain);
    return explain;
}

void explain_free(struct explain *explain)
{
    free(explain);
}

void explain_effects(const struct explain *explain, const struct model_place *place,
                     double ret[static EXPLAIN_PARTS])
{
    const struct design *design = model_design(explain->model);
    const double *coefficients = model_coefficients(explain->model);
    double here[DESIGN_BASES_MAX], plain[DESIGN_BASES_MAX];
    double actual[DESIGN_BASES_MAX], median[DESIGN_BASES_MAX];
    struct design_point point = place->point;
    struct day ordinary = place->point.day;
    ordinary.class = DAY_ORDINARY;
    // The place may be told as another day of the week where a kind of day is too rare.
    ordinary.weekday = civil_weekday(place->day);
    design_collapse(design, coefficients, point.day.month, design_day_type(&point.day),
                    point.period, here);
    design_collapse(design, coefficients, point.day.month, design_day_type(&ordinary), point.period,
                    plain);
    design_basis(design, &point, actual);
    point.input = explain->reference;
    design_basis(design, &point, median);
    memset(ret, 0, EXPLAIN_PARTS * sizeof *ret);
    ret[EXPLAIN_LEVEL] = explain->level + explain->trend * point.trend;
    ret[EXPLAIN_CALENDAR] = -ret[EXPLAIN_LEVEL];
    for (size_t b = 0; b < design_bases(design); b++) {
        struct basis what = design_basis_at(design, b);
        enum explain_part part = part_of(explain, &what);
        if (part == EXPLAIN_HOLIDAY) {
            ret[EXPLAIN_HOLIDAY] += here[b] * actual[b];
            continue;
        }
        ret[EXPLAIN_CALENDAR] += plain[b] * median[b];
        ret[EXPLAIN_HOLIDAY] += (here[b] - plain[b]) * median[b];
        if (part == EXPLAIN_TEMP_NOW || part == EXPLAIN_TEMP_MEMORY)
            ret[part] += here[b] * (actual[b] - median[b]);
    }
}

// (exp(x) - 1) / x, whose limit at 0 is 1.
static double mean_factor(double x)
{
    return x == 0 ? 1 : expm1(x) / x;
}

void explain_split(const struct explain *explain, const double effects[static EXPLAIN_PARTS],
                   double ret[static EXPLAIN_PARTS])
{
    double beyond = 0, weight = 1;
    for (int k = EXPLAIN_LEVEL + 1; k < EXPLAIN_REGISTER; k++)
        beyond += effects[k];
    ret[EXPLAIN_LEVEL] = model_load(explain->model, effects[EXPLAIN_LEVEL]);
    if (explain->logarithm)
        weight = ret[EXPLAIN_LEVEL] * mean_factor(beyond);
    for (int k = EXPLAIN_LEVEL + 1; k < EXPLAIN_REGISTER; k++)
        ret[k] = weight * effects[k];
    ret[EXPLAIN_REGISTER] = effects[EXPLAIN_REGISTER];
}

const char *explain_name(enum explain_part part)
{
    static const char *const names[EXPLAIN_PARTS] = {
        "level", "calendar", "holiday", "temp_now", "temp_memory", "correction", "register",
    };
    return names[part];
}
