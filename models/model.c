// SPDX-License-Identifier: GPL-3.0-or-later
#include "model.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gram.h"

enum {
    FOLDS = 8,
    // Below this a fold takes a whole calendar month's only example out, and what is then missed
    // says more of the fold than of the model.
    FOLD_MONTHS_MIN = 24,
};

// Added to the scaled diagonal: keeps classes with a handful of rows near the others and the
// Cholesky factor sound; with a year of rows it moves a prediction by less than 1e-4 of its size.
static const double ridge = 1e-6;

struct model {
    int32_t step_s;
    int periods;
    struct recipe recipe;
    struct design *design;
    struct gram *gram; // of the fit in hand; it lives no longer
    struct fit *fit;
    double *coefficients; // of the last good fit
    double rows, trend_end;
    size_t n_days, capacity_days;
    struct model_residual_day *days; // ascending
    double *residuals;               // n_days * periods
};

// Inputs of the regression on the grid of the temperature: row i, input k at [k * n + i].
struct guises {
    const struct series *temp;
    size_t n, n_inputs;
    double *value;
};

struct model *model_new(int32_t step_s)
{
    struct model *model = calloc(1, sizeof *model);
    if (!model)
        return NULL;
    model->step_s = step_s;
    model->periods = CIVIL_DAY_S / step_s;
    return model;
}

static void forget_recipe(struct model *model)
{
    fit_free(model->fit);
    design_free(model->design);
    free(model->coefficients);
    model->fit = NULL;
    model->design = NULL;
    model->coefficients = NULL;
}

void model_free(struct model *model)
{
    if (!model)
        return;
    forget_recipe(model);
    free(model->days);
    free(model->residuals);
    free(model);
}

static double trend_years(int64_t instant)
{
    const double year_s = 365.25 * CIVIL_DAY_S;
    const int64_t epoch = 946684800; // 2000-01-01
    return (double)(instant - epoch) / year_s;
}

// Describes the day only when it changes: a day has many intervals.
void model_locate(const struct model_data *data, int64_t instant, struct model_place *place)
{
    int64_t local = civil_local(data->clock, instant);
    int64_t day = civil_day(local);
    if (day != place->day || place->month == 0) {
        struct civil_date date = civil_date_from_day(day);
        place->day = day;
        place->month = gram_month(date.year, date.month);
        place->point.day = calendar_day(data->calendar, day);
    }
    place->point.period = civil_second_of_day(local) / data->load->step_s;
    place->point.trend = trend_years(instant);
}

static bool guises_init(const struct model *model, const struct model_data *data,
                        struct guises *ret)
{
    *ret = (struct guises){.temp = data->temp, .n_inputs = model->recipe.n_inputs};
    if (!data->temp || !ret->n_inputs)
        return true;
    int64_t known = (data->weather_until - data->temp->start) / data->temp->step_s;
    ret->n = known < 0 ? 0 : (size_t)known < data->temp->n ? (size_t)known : data->temp->n;
    ret->value = malloc((ret->n * ret->n_inputs + 1) * sizeof *ret->value);
    if (!ret->value)
        return false;
    for (size_t k = 0; k < ret->n_inputs; k++)
        weather_transform(&model->recipe.inputs[k], data->temp->step_s, ret->n, data->temp->value,
                          ret->value + k * ret->n);
    return true;
}

static void guises_at(const struct guises *guises, int64_t instant,
                      double ret[static DESIGN_INPUTS_MAX])
{
    int64_t i = guises->n ? series_index(guises->temp, instant) : -1;
    bool inside = i >= 0 && (size_t)i < guises->n;
    for (size_t k = 0; k < guises->n_inputs; k++)
        ret[k] = inside ? guises->value[k * guises->n + (size_t)i] : (double)NAN;
}

// Index after the last interval of the load that lies wholly before the issue.
static size_t known_intervals(const struct model_data *data)
{
    int64_t n = (data->issue - data->load->start) / data->load->step_s;
    return n < 0 ? 0 : (size_t)n < data->load->n ? (size_t)n : data->load->n;
}

static int usable_days(const struct model *model, const struct model_data *data, size_t n)
{
    size_t usable = 0;
    for (size_t i = 0; i < n; i++)
        usable += series_usable(data->load, i) ? 1 : 0;
    return (int)(usable / (size_t)model->periods);
}

// Makes design, Gram and workspace for a recipe, unless they are there already.
static bool adopt_recipe(struct model *model, const struct recipe *recipe)
{
    if (model->fit && !strcmp(model->recipe.name, recipe->name))
        return true;
    forget_recipe(model);
    model->recipe = *recipe;
    model->design = design_new(model->periods, recipe->n_terms, recipe->terms);
    if (!model->design)
        return false;
    model->fit = fit_new(design_columns(model->design));
    model->coefficients = calloc(design_columns(model->design), sizeof(double));
    return model->fit && model->coefficients;
}

// Sums the history by months. Rows without a temperature are left out.
static bool sum_months(struct model *model, const struct model_data *data,
                       const struct guises *guises, size_t n)
{
    struct model_place place = {0};
    double input[DESIGN_INPUTS_MAX];
    place.point.input = input;
    model->gram = gram_new(model->design);
    for (size_t i = 0; model->gram && i < n; i++) {
        if (!series_usable(data->load, i))
            continue;
        int64_t instant = series_instant(data->load, i);
        model_locate(data, instant, &place);
        guises_at(guises, instant, input);
        (void)!gram_add(model->gram, place.month, &place.point, data->load->value[i], 1);
    }
    return model->gram;
}

// Columns that some row reaches; the others keep the coefficient 0.
static size_t reached_columns(const struct normal *normal, size_t ret[])
{
    size_t k = 0;
    for (size_t c = 0; c < normal->p; c++)
        if (normal->xtx[c * normal->p + c] > 0)
            ret[k++] = c;
    return k;
}

static enum model_status solve(struct model *model, const struct normal *normal, double ret[])
{
    size_t *columns = malloc((normal->p + 1) * sizeof *columns);
    struct normal reached = {0};
    enum model_status status = MODEL_NOMEM;
    size_t k = columns ? reached_columns(normal, columns) : 0;
    if (!columns || !normal_init(&reached, k))
        goto out;
    normal_select(normal, k, columns, &reached);
    switch (fit_solve(model->fit, &reached, ridge, FIT_AUTO)) {
    case FIT_OK:
        status = MODEL_OK;
        break;
    case FIT_TOO_FEW:
        status = MODEL_TOO_FEW;
        break;
    case FIT_SINGULAR:
        status = MODEL_SINGULAR;
        break;
    case FIT_NOMEM:
        break;
    }
    if (status == MODEL_OK) {
        memset(ret, 0, normal->p * sizeof *ret);
        for (size_t c = 0; c < k; c++)
            ret[columns[c]] = fit_coefficients(model->fit)[c];
    }
out:
    normal_done(&reached);
    free(columns);
    return status;
}

// Weights by age, with the months of one fold left out (fold < 0: none).
static void month_weights(const struct model *model, int64_t newest, int fold, double ret[])
{
    for (size_t i = 0; i < gram_months(model->gram); i++) {
        double age = (double)(newest - gram_month_at(model->gram, i));
        bool out = fold >= 0 && i % FOLDS == (size_t)fold;
        ret[i] = out ? 0 : exp2(-age / MODEL_HALF_LIFE_MONTHS);
    }
}

static enum model_status fit_fold(struct model *model, int fold, double ret[])
{
    size_t months = gram_months(model->gram);
    if (!months)
        return MODEL_TOO_FEW;
    double *weights = malloc(months * sizeof *weights);
    struct normal normal = {0};
    enum model_status status = MODEL_NOMEM;
    if (weights && normal_init(&normal, design_columns(model->design))) {
        month_weights(model, gram_month_at(model->gram, months - 1), fold, weights);
        if (gram_sum(model->gram, weights, &normal))
            status = solve(model, &normal, ret);
        if (fold < 0)
            model->rows = normal.rows;
    }
    normal_done(&normal);
    free(weights);
    return status;
}

static double predict(const struct model *model, const struct model_place *place,
                      const double coefficients[])
{
    double by_basis[DESIGN_BASES_MAX], basis[DESIGN_BASES_MAX], sum = 0;
    design_collapse(model->design, coefficients, place->point.day.month,
                    design_day_type(&place->point.day), place->point.period, by_basis);
    design_basis(model->design, &place->point, basis);
    for (size_t b = 0; b < design_bases(model->design); b++)
        sum += by_basis[b] * basis[b];
    return sum;
}

// The row of residuals of a day, new ones NaN. NULL without memory.
static double *residual_row(struct model *model, const struct model_place *place)
{
    size_t periods = (size_t)model->periods;
    if (model->n_days && model->days[model->n_days - 1].day == place->day)
        return model->residuals + (model->n_days - 1) * periods;
    if (model->n_days == model->capacity_days) {
        size_t capacity = model->capacity_days ? 2 * model->capacity_days : 512;
        void *days = realloc(model->days, capacity * sizeof *model->days);
        model->days = days ? days : model->days;
        void *rows = days ? realloc(model->residuals, capacity * periods * sizeof(double)) : NULL;
        if (!rows)
            return NULL;
        model->residuals = rows;
        model->capacity_days = capacity;
    }
    double *row = model->residuals + model->n_days * periods;
    for (size_t p = 0; p < periods; p++)
        row[p] = NAN;
    model->days[model->n_days++] =
        (struct model_residual_day){.day = place->day, .kind = place->point.day};
    return row;
}

// Index of the fold that a month belongs to.
static int fold_of(const struct model *model, int64_t month)
{
    for (size_t i = 0; i < gram_months(model->gram); i++)
        if (gram_month_at(model->gram, i) == month)
            return (int)(i % FOLDS);
    return 0;
}

static bool find_residuals(struct model *model, const struct model_data *data,
                           const struct guises *guises, size_t n, const double *by_fold)
{
    struct model_place place = {0};
    double input[DESIGN_INPUTS_MAX];
    int64_t month = 0;
    const double *coefficients = NULL;
    place.point.input = input;
    model->n_days = 0;
    for (size_t i = 0; i < n; i++) {
        if (!series_usable(data->load, i))
            continue;
        int64_t instant = series_instant(data->load, i);
        model_locate(data, instant, &place);
        if (place.month != month) {
            month = place.month;
            coefficients = by_fold + (size_t)fold_of(model, month) * design_columns(model->design);
        }
        double *row = residual_row(model, &place);
        if (!row)
            return false;
        guises_at(guises, instant, input);
        row[place.point.period] = data->load->value[i] - predict(model, &place, coefficients);
    }
    return true;
}

// Coefficients of each fold's fit without its months; with too little history for that, those of
// the whole fit for every fold. Returns what the residuals must be multiplied by: in-sample ones
// are too small by the degrees of freedom.
static enum model_status fit_folds(struct model *model, double by_fold[], double *ret_widen)
{
    size_t p = design_columns(model->design);
    bool folds = gram_months(model->gram) >= FOLD_MONTHS_MIN;
    double rank = (double)fit_rank(model->fit);
    *ret_widen = folds || model->rows <= rank ? 1 : sqrt(model->rows / (model->rows - rank));
    for (int fold = 0; fold < FOLDS; fold++) {
        if (!folds)
            memcpy(by_fold + (size_t)fold * p, model->coefficients, p * sizeof *by_fold);
        else {
            enum model_status status = fit_fold(model, fold, by_fold + (size_t)fold * p);
            if (status != MODEL_OK)
                return status;
        }
    }
    return MODEL_OK;
}

static void finish_residuals(struct model *model, double widen)
{
    size_t periods = (size_t)model->periods;
    for (size_t k = 0; k < model->n_days * periods; k++)
        model->residuals[k] *= widen;
    for (size_t d = 0; d < model->n_days; d++)
        model->days[d].residual = model->residuals + d * periods;
}

enum model_status model_fit(struct model *model, const struct model_data *data)
{
    size_t n = known_intervals(data);
    struct recipe recipe;
    if (!recipe_choose(usable_days(model, data, n), data->temp && data->temp->n, &recipe))
        return MODEL_TOO_FEW;
    if (!adopt_recipe(model, &recipe))
        return MODEL_NOMEM;
    struct guises guises;
    double *by_fold = malloc(FOLDS * design_columns(model->design) * sizeof *by_fold);
    double widen = 1;
    enum model_status status = MODEL_NOMEM;
    if (!guises_init(model, data, &guises) || !by_fold || !sum_months(model, data, &guises, n))
        goto out;
    status = fit_fold(model, -1, model->coefficients);
    if (status == MODEL_OK)
        status = fit_folds(model, by_fold, &widen);
    if (status == MODEL_OK && !find_residuals(model, data, &guises, n, by_fold))
        status = MODEL_NOMEM;
    finish_residuals(model, widen);
    model->trend_end = trend_years(data->issue);
out:
    gram_free(model->gram);
    model->gram = NULL;
    free(guises.value);
    free(by_fold);
    return status;
}

const struct recipe *model_recipe(const struct model *model)
{
    return &model->recipe;
}

const struct design *model_design(const struct model *model)
{
    return model->design;
}

const double *model_coefficients(const struct model *model)
{
    return model->coefficients;
}

double model_rows(const struct model *model)
{
    return model->rows;
}

double model_trend_end(const struct model *model)
{
    return model->trend_end;
}

size_t model_residual_days(const struct model *model)
{
    return model->n_days;
}

struct model_residual_day model_residual_day(const struct model *model, size_t index)
{
    return model->days[index];
}
