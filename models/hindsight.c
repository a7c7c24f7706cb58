// SPDX-License-Identifier: GPL-3.0-or-later
#include "hindsight.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>

#include "gram.h"
#include "guises.h"

enum { CLASS_DAYS_MIN = 3 };

// As for forecasts (model.c).
static const double ridge = 1e-5;
static const double log_floor = 0.25;

struct hindsight {
    struct model_data data;
    struct recipe recipe;
    bool logarithm;
    bool known_class[DAY_CLASSES];
    struct guises guises;
    struct design *design;
    struct gram *gram;
    struct fit *fit;
    struct normal normal, reached;
    size_t *columns;
    double *coefficients;
};

// A kind of day with hardly an example is taken for another, as for forecasts.
static void settle_class(const struct hindsight *h, struct day *day)
{
    if (h->known_class[day->class])
        return;
    if (day->class == DAY_HOLIDAY)
        day->weekday = 6;
    else if (day->class == DAY_SWAPPED)
        day->weekday = 1;
    day->class = DAY_ORDINARY;
}

// Describes the day only when it changes: a day has many intervals.
static void locate(const struct hindsight *h, size_t i, struct model_place *place)
{
    const double year_s = 365.25 * CIVIL_DAY_S;
    const int64_t epoch = 946684800; // 2000-01-01
    int64_t instant = series_instant(h->data.load, i);
    int64_t local = civil_local(h->data.clock, instant), day = civil_day(local);
    if (day != place->day || place->month == 0) {
        struct civil_date date = civil_date_from_day(day);
        place->day = day;
        place->month = gram_month(date.year, date.month);
        place->point.day = calendar_day(h->data.calendar, day);
        settle_class(h, &place->point.day);
    }
    place->point.period = civil_second_of_day(local) / h->data.load->step_s;
    place->point.trend = (double)(instant - epoch) / year_s;
}

// Counts the days of each class that have readings.
static void count_classes(struct hindsight *h)
{
    struct model_place place = {0};
    int days[DAY_CLASSES] = {0};
    int64_t last = INT64_MIN;
    for (int c = 0; c < DAY_CLASSES; c++)
        h->known_class[c] = true; // so that places are told as they are
    for (size_t i = 0; i < h->data.load->n; i++) {
        if (!series_usable(h->data.load, i))
            continue;
        locate(h, i, &place);
        days[place.point.day.class] += place.day != last;
        last = place.day;
    }
    for (int c = 0; c < DAY_CLASSES; c++)
        h->known_class[c] = c == DAY_ORDINARY || days[c] >= CLASS_DAYS_MIN;
}

static bool wants_logarithm(size_t n, double values[])
{
    gsl_sort(values, 1, n);
    double low = gsl_stats_quantile_from_sorted_data(values, 1, n, 0.01);
    double middle = gsl_stats_quantile_from_sorted_data(values, 1, n, 0.5);
    return low > 0 && low >= log_floor * middle;
}

// Recipe and scale.
static enum model_status choose(struct hindsight *h)
{
    const struct series *load = h->data.load;
    double *values = malloc((load->n + 1) * sizeof *values);
    size_t usable = 0;
    if (!values)
        return MODEL_NOMEM;
    for (size_t i = 0; i < load->n; i++)
        if (series_usable(load, i))
            values[usable++] = load->value[i];
    int days = (int)(usable / (size_t)(CIVIL_DAY_S / load->step_s));
    bool chosen = recipe_choose(days, h->data.temp && h->data.temp->n,
                                calendar_has(h->data.calendar, CALENDAR_TET), &h->recipe);
    h->logarithm = chosen && wants_logarithm(usable, values);
    free(values);
    return chosen ? MODEL_OK : MODEL_TOO_FEW;
}

double hindsight_response(const struct hindsight *h, double load)
{
    return !h->logarithm ? load : load > 0 ? log(load) : (double)NAN;
}

double hindsight_load(const struct hindsight *h, double value)
{
    return h->logarithm ? exp(value) : value;
}

static enum model_status prepare(struct hindsight *h)
{
    struct design_knots knots[DESIGN_INPUTS_MAX];
    const struct series *temp = h->data.temp;
    int64_t end = temp ? series_end(temp) : 0;
    if (!guises_init(&h->guises, temp, end, h->recipe.n_inputs, h->recipe.inputs) ||
        !guises_knots(&h->guises, end, knots))
        return MODEL_NOMEM;
    h->design =
        design_new(CIVIL_DAY_S / h->data.load->step_s, h->recipe.n_terms, h->recipe.terms, knots);
    if (!h->design)
        return MODEL_NOMEM;
    size_t p = design_columns(h->design);
    h->gram = gram_new(h->design);
    h->fit = fit_new(p);
    h->columns = malloc(p * sizeof *h->columns);
    h->coefficients = calloc(p, sizeof *h->coefficients);
    bool fine = h->gram && h->fit && h->columns && h->coefficients && normal_init(&h->normal, p) &&
                normal_init(&h->reached, p);
    return fine ? MODEL_OK : MODEL_NOMEM;
}

// Rows without a temperature are left out.
static void sum_up(struct hindsight *h)
{
    struct model_place place = {0};
    double input[DESIGN_INPUTS_MAX];
    place.point.input = input;
    for (size_t i = 0; i < h->data.load->n; i++) {
        if (!series_usable(h->data.load, i))
            continue;
        locate(h, i, &place);
        guises_at(&h->guises, series_instant(h->data.load, i), input);
        (void)!gram_add(h->gram, place.month, &place.point,
                        hindsight_response(h, h->data.load->value[i]), 1);
    }
}

enum model_status hindsight_new(const struct model_data *data, struct hindsight **ret)
{
    struct hindsight *h = calloc(1, sizeof *h);
    if (!h)
        return MODEL_NOMEM;
    h->data = *data;
    enum model_status status = choose(h);
    if (status == MODEL_OK) {
        count_classes(h);
        status = prepare(h);
    }
    if (status == MODEL_OK) {
        sum_up(h);
        status = gram_months(h->gram) ? MODEL_OK : MODEL_TOO_FEW;
    }
    if (status == MODEL_OK)
        *ret = h;
    else
        hindsight_free(h);
    return status;
}

void hindsight_free(struct hindsight *h)
{
    if (!h)
        return;
    guises_done(&h->guises);
    gram_free(h->gram);
    fit_free(h->fit);
    normal_done(&h->normal);
    normal_done(&h->reached);
    free(h->columns);
    free(h->coefficients);
    design_free(h->design);
    free(h);
}

static double month_weight(int64_t months)
{
    double apart = fabs((double)months), season = sin(M_PI * apart / 12);
    return exp2(-apart / HINDSIGHT_HALF_LIFE_MONTHS - HINDSIGHT_SEASON * season * season);
}

static enum model_status solve(struct hindsight *h)
{
    size_t p = h->normal.p, k = 0;
    // Columns that no row reaches keep the coefficient 0.
    for (size_t c = 0; c < p; c++)
        if (h->normal.xtx[c * p + c] > 0)
            h->columns[k++] = c;
    h->reached.p = k;
    normal_select(&h->normal, k, h->columns, &h->reached);
    switch (fit_solve(h->fit, &h->reached, ridge, FIT_AUTO)) {
    case FIT_OK:
        break;
    case FIT_TOO_FEW:
        return MODEL_TOO_FEW;
    case FIT_SINGULAR:
        return MODEL_SINGULAR;
    case FIT_NOMEM:
        return MODEL_NOMEM;
    }
    memset(h->coefficients, 0, p * sizeof *h->coefficients);
    for (size_t c = 0; c < k; c++)
        h->coefficients[h->columns[c]] = fit_coefficients(h->fit)[c];
    return MODEL_OK;
}

static struct civil_date month_date(const struct hindsight *h, int64_t around)
{
    if (around == HINDSIGHT_EVENLY)
        return (struct civil_date){0};
    return civil_date_from_day(civil_day(civil_local(h->data.clock, around)));
}

enum model_status hindsight_fit(struct hindsight *h, int64_t around)
{
    size_t months = gram_months(h->gram);
    double *weights = malloc(months * sizeof *weights);
    struct civil_date date = month_date(h, around);
    if (!weights)
        return MODEL_NOMEM;
    for (size_t k = 0; k < months; k++)
        weights[k] =
            around == HINDSIGHT_EVENLY
                ? 1
                : month_weight(gram_month_at(h->gram, k) - gram_month(date.year, date.month));
    bool fine = gram_sum(h->gram, weights, &h->normal);
    free(weights);
    return fine ? solve(h) : MODEL_NOMEM;
}

void hindsight_fitted(const struct hindsight *h, size_t from, size_t to, double ret[])
{
    struct model_place place = {0};
    double input[DESIGN_INPUTS_MAX], by_basis[DESIGN_BASES_MAX], basis[DESIGN_BASES_MAX];
    place.point.input = input;
    for (size_t i = from; i < to; i++) {
        double sum = 0;
        locate(h, i, &place);
        guises_at(&h->guises, series_instant(h->data.load, i), input);
        design_collapse(h->design, h->coefficients, place.point.day.month,
                        design_day_type(&place.point.day), place.point.period, by_basis);
        design_basis(h->design, &place.point, basis);
        for (size_t b = 0; b < design_bases(h->design); b++)
            sum += by_basis[b] * basis[b];
        ret[i - from] = sum;
    }
}

void hindsight_residuals(const struct hindsight *h, size_t from, size_t to, double ret[])
{
    hindsight_fitted(h, from, to, ret);
    for (size_t i = from; i < to; i++)
        ret[i - from] = series_usable(h->data.load, i)
                            ? hindsight_response(h, h->data.load->value[i]) - ret[i - from]
                            : (double)NAN;
}
