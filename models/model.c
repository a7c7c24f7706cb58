// SPDX-License-Identifier: GPL-3.0-or-later
#include "model.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>

#include "gram.h"

enum {
    RECENT_BLOCKS = 25, // those whose residuals are wanted: two years of months
    BLOCKS_BEFORE = 12, // fewer before a block do not make a fit for it
    CLASS_DAYS_MIN = 3, // examples that a kind of day needs to be one of its own
    WEEK_DAYS = 7,
};

// Added to the scaled diagonal: keeps classes with a handful of rows near the others and the
// Cholesky factor sound. Chosen on loads other than those that forecasts are judged on.
static const double ridge = 1e-5;

// A load whose 1 % quantile falls under this share of its median has outages or zeros in it, that
// logarithms would make the most of.
static const double log_floor = 0.25;

struct model {
    int32_t step_s;
    int periods;
    struct recipe recipe;
    bool logarithm;
    bool known_class[DAY_CLASSES];
    struct design *design;
    double *coefficients;
    double rows, trend_end;
    size_t n_residuals;
    double *residuals;
};

// Inputs of the regression on the grid of the temperature: input k of interval i at [k * n + i].
struct guises {
    const struct series *temp;
    size_t n, n_inputs;
    double *value;
};

// A fit in progress.
struct fitting {
    struct model *model;
    const struct model_data *data;
    size_t n;               // intervals before the issue
    int64_t first, current; // blocks of the first reading and of the issue
    struct guises guises;
    struct gram *gram;
    struct fit *fit;
    struct normal normal, reached;
    size_t *columns;
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

static void forget_fit(struct model *model)
{
    design_free(model->design);
    free(model->coefficients);
    free(model->residuals);
    model->design = NULL;
    model->coefficients = NULL;
    model->residuals = NULL;
    model->n_residuals = 0;
}

void model_free(struct model *model)
{
    if (model)
        forget_fit(model);
    free(model);
}

static double trend_years(int64_t instant)
{
    const double year_s = 365.25 * CIVIL_DAY_S;
    const int64_t epoch = 946684800; // 2000-01-01
    return (double)(instant - epoch) / year_s;
}

static void settle_class(const struct model *model, struct day *day)
{
    if (model->known_class[day->class])
        return;
    if (day->class == DAY_HOLIDAY)
        day->weekday = 6;
    else if (day->class == DAY_SWAPPED)
        day->weekday = 1;
    day->class = DAY_ORDINARY;
}

// Describes the day only when it changes: a day has many intervals.
void model_locate(const struct model *model, const struct model_data *data, int64_t instant,
                  struct model_place *place)
{
    int64_t local = civil_local(data->clock, instant);
    int64_t day = civil_day(local);
    if (day != place->day || place->month == 0) {
        struct civil_date date = civil_date_from_day(day);
        place->day = day;
        place->month = gram_month(date.year, date.month);
        place->point.day = calendar_day(data->calendar, day);
        settle_class(model, &place->point.day);
    }
    place->point.period = civil_second_of_day(local) / model->step_s;
    place->point.trend = trend_years(instant);
}

// Blocks are months; for a short recipe weeks.
static int64_t block_of(const struct model *model, const struct model_place *place)
{
    return model->recipe.long_history ? place->month : place->day / WEEK_DAYS;
}

static bool guises_init(struct fitting *f)
{
    struct guises *g = &f->guises;
    const struct series *temp = f->data->temp;
    *g = (struct guises){.temp = temp, .n_inputs = f->model->recipe.n_inputs};
    if (!temp || !g->n_inputs)
        return true;
    int64_t known = (f->data->weather_until - temp->start) / temp->step_s;
    g->n = known < 0 ? 0 : (size_t)known < temp->n ? (size_t)known : temp->n;
    g->value = malloc((g->n * g->n_inputs + 1) * sizeof *g->value);
    if (!g->value)
        return false;
    for (size_t k = 0; k < g->n_inputs; k++)
        weather_transform(&f->model->recipe.inputs[k], temp->step_s, g->n, temp->value,
                          g->value + k * g->n);
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

// What is there to learn from, in `ret` (room for n): usable loads, in their order. How many.
static size_t usable_values(const struct fitting *f, double ret[])
{
    size_t usable = 0;
    for (size_t i = 0; i < f->n; i++)
        if (series_usable(f->data->load, i))
            ret[usable++] = f->data->load->value[i];
    return usable;
}

static bool wants_logarithm(size_t n, double sorted[])
{
    gsl_sort(sorted, 1, n);
    double low = gsl_stats_quantile_from_sorted_data(sorted, 1, n, 0.01);
    double middle = gsl_stats_quantile_from_sorted_data(sorted, 1, n, 0.5);
    return low > 0 && low >= log_floor * middle;
}

// Chooses recipe and scale by the readings there are.
static enum model_status choose(struct fitting *f)
{
    double *values = malloc((f->n + 1) * sizeof *values);
    if (!values)
        return MODEL_NOMEM;
    size_t usable = usable_values(f, values);
    int days = (int)(usable / (size_t)f->model->periods);
    bool chosen = recipe_choose(days, f->data->temp && f->data->temp->n,
                                calendar_has(f->data->calendar, CALENDAR_TET), &f->model->recipe);
    f->model->logarithm = chosen && wants_logarithm(usable, values);
    free(values);
    return chosen ? MODEL_OK : MODEL_TOO_FEW;
}

// Counts the days of each class that have readings.
static void count_classes(struct fitting *f)
{
    struct model_place place = {0};
    int days[DAY_CLASSES] = {0};
    int64_t last = INT64_MIN;
    for (int c = 0; c < DAY_CLASSES; c++)
        f->model->known_class[c] = true; // so that places are told as they are
    for (size_t i = 0; i < f->n; i++) {
        if (!series_usable(f->data->load, i))
            continue;
        model_locate(f->model, f->data, series_instant(f->data->load, i), &place);
        days[place.point.day.class] += place.day != last;
        last = place.day;
    }
    for (int c = 0; c < DAY_CLASSES; c++)
        f->model->known_class[c] = c == DAY_ORDINARY || days[c] >= CLASS_DAYS_MIN;
}

// Knots of each input at its quantiles from 2 % to 98 %: beyond them the record is thin.
static bool place_knots(const struct fitting *f, struct design_knots ret[static DESIGN_INPUTS_MAX])
{
    const struct guises *g = &f->guises;
    double *sorted = malloc((g->n + 1) * sizeof *sorted);
    if (!sorted)
        return false;
    for (size_t k = 0; k < g->n_inputs; k++) {
        size_t n = 0;
        for (size_t i = 0; i < g->n; i++)
            if (!isnan(g->value[k * g->n + i]))
                sorted[n++] = g->value[k * g->n + i];
        gsl_sort(sorted, 1, n);
        for (int j = 0; j < DESIGN_KNOTS; j++) {
            double level = 0.02 + 0.96 * j / (DESIGN_KNOTS - 1);
            double knot = n ? gsl_stats_quantile_from_sorted_data(sorted, 1, n, level) : j;
            // Equal quantiles (a temperature that hardly moves) must not become equal knots.
            bool apart = j == 0 || knot > ret[k].at[j - 1] + 1e-3;
            ret[k].at[j] = apart ? knot : ret[k].at[j - 1] + 1e-3;
        }
    }
    free(sorted);
    return true;
}

double model_response(const struct model *model, double load)
{
    return !model->logarithm ? load : load > 0 ? log(load) : (double)NAN;
}

double model_load(const struct model *model, double value)
{
    return model->logarithm ? exp(value) : value;
}

// Weight of a block by age. Blocks are months or weeks; for the short recipes all weigh the same.
static double age_weight(const struct fitting *f, int64_t block)
{
    double age = (double)(f->current - block);
    return f->model->recipe.long_history ? exp2(-age / MODEL_HALF_LIFE_MONTHS) : 1;
}

// Sums the history by blocks. Those too old to be left out one by one are put into one. Rows
// without a temperature are left out.
static bool sum_blocks(struct fitting *f)
{
    struct model_place place = {0};
    double input[DESIGN_INPUTS_MAX];
    place.point.input = input;
    for (size_t i = 0; i < f->n; i++) {
        if (!series_usable(f->data->load, i))
            continue;
        int64_t instant = series_instant(f->data->load, i);
        model_locate(f->model, f->data, instant, &place);
        int64_t block = block_of(f->model, &place), old = f->current - RECENT_BLOCKS;
        guises_at(&f->guises, instant, input);
        (void)!gram_add(f->gram, block < old ? old : block, &place.point,
                        model_response(f->model, f->data->load->value[i]), age_weight(f, block));
    }
    return gram_months(f->gram) > 0;
}

static enum model_status solve(struct fitting *f, double ret[])
{
    size_t p = f->normal.p, k = 0;
    // Columns that no row reaches keep the coefficient 0.
    for (size_t c = 0; c < p; c++)
        if (f->normal.xtx[c * p + c] > 0)
            f->columns[k++] = c;
    f->reached.p = k;
    normal_select(&f->normal, k, f->columns, &f->reached);
    switch (fit_solve(f->fit, &f->reached, ridge, FIT_AUTO)) {
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
        ret[f->columns[c]] = fit_coefficients(f->fit)[c];
    return MODEL_OK;
}

// True where a block has enough before it for a fit of its own.
static bool enough_before(const struct fitting *f, int64_t block)
{
    return block - f->first >= BLOCKS_BEFORE;
}

// Fits with the blocks before `block`; where those are too few, with all blocks but that one.
static enum model_status fit_for(struct fitting *f, int64_t block, double ret[])
{
    double weights[RECENT_BLOCKS + 2];
    for (size_t i = 0; i < gram_months(f->gram); i++) {
        int64_t other = gram_month_at(f->gram, i);
        bool used = enough_before(f, block) ? other < block : other != block;
        weights[i] = used ? 1 : 0;
    }
    if (!gram_sum(f->gram, weights, &f->normal))
        return MODEL_NOMEM;
    return solve(f, ret);
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

// The residuals of the recent blocks, each from the fit without it and what came after it. Leaves
// the coefficients of the last one, that of the issue, in the model.
static enum model_status find_residuals(struct fitting *f)
{
    struct model *model = f->model;
    const struct series *load = f->data->load;
    struct model_place place = {0};
    double input[DESIGN_INPUTS_MAX];
    int64_t fitted = INT64_MIN;
    place.point.input = input;
    for (size_t i = 0; i < f->n; i++) {
        int64_t instant = series_instant(load, i);
        model_locate(model, f->data, instant, &place);
        int64_t block = block_of(model, &place);
        if (block <= f->current - RECENT_BLOCKS || !series_usable(load, i))
            continue;
        if (block != fitted) {
            enum model_status status = fit_for(f, block, model->coefficients);
            if (status != MODEL_OK)
                return status;
            fitted = block;
            model->trend_end = place.point.trend;
        }
        // Seen from before the block, the trend stands still.
        if (enough_before(f, block))
            place.point.trend = model->trend_end;
        guises_at(&f->guises, instant, input);
        size_t from_issue = (size_t)((f->data->issue - instant) / model->step_s);
        model->residuals[model->n_residuals - from_issue] =
            model_response(model, load->value[i]) - predict(model, &place, model->coefficients);
    }
    if (fitted == f->current)
        return MODEL_OK;
    model->trend_end = trend_years(f->data->issue);
    return fit_for(f, f->current, model->coefficients);
}

static enum model_status prepare(struct fitting *f)
{
    struct design_knots knots[DESIGN_INPUTS_MAX];
    struct model *model = f->model;
    struct model_place place = {0};
    if (!guises_init(f) || !place_knots(f, knots))
        return MODEL_NOMEM;
    model->design = design_new(model->periods, model->recipe.n_terms, model->recipe.terms, knots);
    if (!model->design)
        return MODEL_NOMEM;
    size_t p = design_columns(model->design);
    model_locate(model, f->data, f->data->issue, &place);
    f->current = block_of(model, &place);
    model_locate(model, f->data, f->data->load->start, &place);
    f->first = block_of(model, &place);
    f->gram = gram_new(model->design);
    f->fit = fit_new(p);
    f->columns = malloc(p * sizeof *f->columns);
    model->coefficients = calloc(p, sizeof *model->coefficients);
    model->n_residuals = (size_t)((f->data->issue - f->data->load->start) / model->step_s);
    model->residuals = malloc((model->n_residuals + 1) * sizeof *model->residuals);
    if (!f->gram || !f->fit || !f->columns || !model->coefficients || !model->residuals ||
        !normal_init(&f->normal, p) || !normal_init(&f->reached, p))
        return MODEL_NOMEM;
    for (size_t i = 0; i < model->n_residuals; i++)
        model->residuals[i] = NAN;
    return MODEL_OK;
}

static void fitting_done(struct fitting *f)
{
    free(f->guises.value);
    gram_free(f->gram);
    fit_free(f->fit);
    normal_done(&f->normal);
    normal_done(&f->reached);
    free(f->columns);
}

enum model_status model_fit(struct model *model, const struct model_data *data)
{
    struct fitting f = {.model = model, .data = data, .n = known_intervals(data)};
    forget_fit(model);
    enum model_status status = choose(&f);
    if (status != MODEL_OK)
        return status;
    count_classes(&f);
    status = prepare(&f);
    if (status == MODEL_OK)
        status = sum_blocks(&f) ? find_residuals(&f) : MODEL_TOO_FEW;
    model->rows = f.normal.rows;
    fitting_done(&f);
    if (status != MODEL_OK)
        forget_fit(model);
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

const double *model_residuals(const struct model *model, size_t *ret_n)
{
    *ret_n = model->n_residuals;
    return model->residuals;
}
