// SPDX-License-Identifier: GPL-3.0-or-later
#include "model.h"

#include <math.h>
#include <stdlib.h>

#include "fingerprint.h"
#include "gram.h"
#include "guises.h"
#include "regression.h"

enum {
    RECENT_BLOCKS = 25, // those whose residuals are wanted: two years of months
    BLOCKS_BEFORE = 12, // fewer before a block do not make a fit for it
    WEEK_DAYS = 7,
};

struct model {
    int32_t step_s;
    int periods;
    bool given; // the recipe: nothing is chosen
    struct recipe recipe;
    uint64_t made_of; // fingerprint of all that the fit was made of
    bool logarithm;
    bool known_class[DAY_CLASSES];
    struct design *design;
    double *coefficients;
    double rows, trend_end;
    size_t n_residuals;
    double *residuals;
};

// A fit in progress.
struct fitting {
    struct model *model;
    const struct model_data *data;
    size_t n, whole;        // intervals before the issue, and before the block it lies in
    int64_t first, current; // blocks of the first usable reading and of the issue
    int64_t begin;          // instant at which the current block begins
    struct guises guises;
    struct gram *gram;
    struct regression_solver solver;
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

void model_locate(const struct model *model, const struct model_data *data, int64_t instant,
                  struct model_place *place)
{
    regression_locate(data, model->known_class, instant, place);
}

// Blocks are months; for a short recipe weeks.
static int64_t block_of(const struct model *model, const struct model_place *place)
{
    return model->recipe.long_history ? place->month : place->day / WEEK_DAYS;
}

static int64_t block_begin(const struct model *model, const struct model_data *data,
                           const struct model_place *place)
{
    int64_t day = place->day / WEEK_DAYS * WEEK_DAYS;
    if (model->recipe.long_history)
        day = place->day - civil_date_from_day(place->day).day + 1;
    return civil_instant(data->clock, day * CIVIL_DAY_S);
}

// Index after the last interval of the load that lies wholly before the issue.
static size_t known_intervals(const struct model_data *data)
{
    int64_t n = (data->issue - data->load->start) / data->load->step_s;
    return n < 0 ? 0 : (size_t)n < data->load->n ? (size_t)n : data->load->n;
}

// Chooses the recipe by the readings there are, and finds where the issue lies among its blocks.
static enum model_status choose(struct fitting *f)
{
    struct model *model = f->model;
    const struct model_data *data = f->data;
    struct model_place place = {0};
    int days = (int)(regression_usable(data->load, f->n, NULL) / (size_t)model->periods);
    bool weather = data->temp && data->temp->n;
    if (model->given ? days < model->recipe.min_days || (model->recipe.n_inputs && !weather)
                     : !recipe_choose(days, weather, calendar_has(data->calendar, CALENDAR_TET),
                                      &model->recipe))
        return MODEL_TOO_FEW;
    size_t first = 0; // what is masked at the beginning is no history
    while (first < f->n && !series_usable(data->load, first))
        first++;
    model_locate(model, data, series_instant(data->load, first), &place);
    f->first = block_of(model, &place);
    model_locate(model, data, data->issue, &place);
    f->current = block_of(model, &place);
    f->begin = block_begin(model, data, &place);
    int64_t whole = (f->begin - data->load->start) / data->load->step_s;
    f->whole = whole < 0 ? 0 : (size_t)whole < f->n ? (size_t)whole : f->n;
    return MODEL_OK;
}

// Stands for all that the coefficients and the residuals of whole blocks are made of.
static uint64_t made_of(const struct fitting *f)
{
    uint64_t print = 0;
    const struct model_data *data = f->data;
    fingerprint_recipe(&print, &f->model->recipe);
    fingerprint_series(&print, data->load, f->begin);
    fingerprint_series(&print, data->temp, f->begin);
    fingerprint_days(&print, data->clock, data->calendar, data->load->start, f->begin);
    return print;
}

// Chooses the scale.
static bool choose_scale(struct fitting *f)
{
    bool fine;
    f->model->logarithm =
        regression_logarithm(f->data->load, f->whole, &fine) && !f->model->recipe.linear;
    return fine;
}

double model_response(const struct model *model, double load)
{
    return regression_response(model->logarithm, load);
}

double model_load(const struct model *model, double value)
{
    return regression_load(model->logarithm, value);
}

// Weight of a block by age. Blocks are months or weeks; for the short recipes all weigh the same.
static double age_weight(const struct fitting *f, int64_t block)
{
    double age = (double)(f->current - block);
    return f->model->recipe.long_history && !f->model->recipe.unweighted
               ? exp2(-age / MODEL_HALF_LIFE_MONTHS)
               : 1;
}

// Sums the history by blocks. Those too old to be left out one by one are put into one. Rows
// without a temperature are left out.
static bool sum_blocks(struct fitting *f)
{
    struct model_place place = {0};
    double input[DESIGN_INPUTS_MAX];
    place.point.input = input;
    for (size_t i = 0; i < f->whole; i++) {
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
    if (!gram_sum(f->gram, weights, &f->solver.normal))
        return MODEL_NOMEM;
    return regression_solve(&f->solver, ret);
}

// What the coefficients at hand miss of one interval. Seen from before its block, the trend stands
// still.
static void find_residual(struct fitting *f, size_t i, struct model_place *place)
{
    struct model *model = f->model;
    double input[DESIGN_INPUTS_MAX];
    bool before = model->recipe.outright ? i >= f->whole : enough_before(f, block_of(model, place));
    if (before)
        place->point.trend = model->trend_end;
    guises_at(&f->guises, series_instant(f->data->load, i), input);
    place->point.input = input;
    model->residuals[i] = model_response(model, f->data->load->value[i]) -
                          regression_predict(model->design, model->coefficients, &place->point);
}

// One fit, and what it misses of all that it was made of.
static enum model_status find_outright(struct fitting *f)
{
    struct model_place place = {0};
    f->model->trend_end = regression_trend(f->begin);
    enum model_status status = fit_for(f, f->current, f->model->coefficients);
    for (size_t i = 0; status == MODEL_OK && i < f->whole; i++) {
        if (!series_usable(f->data->load, i))
            continue;
        model_locate(f->model, f->data, series_instant(f->data->load, i), &place);
        find_residual(f, i, &place);
    }
    return status;
}

// The residuals of the recent whole blocks, each from the fit for it.
static enum model_status find_past(struct fitting *f)
{
    struct model *model = f->model;
    const struct series *load = f->data->load;
    struct model_place place = {0};
    int64_t fitted = INT64_MIN;
    for (size_t i = 0; i < f->whole; i++) {
        model_locate(model, f->data, series_instant(load, i), &place);
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
        find_residual(f, i, &place);
    }
    model->trend_end = regression_trend(f->begin);
    return fit_for(f, f->current, model->coefficients);
}

// Those of the block that the issue lies in, from the fit that the forecast is made with.
static void find_current(struct fitting *f)
{
    struct model_place place = {0};
    for (size_t i = f->whole; i < f->n; i++) {
        if (!series_usable(f->data->load, i))
            continue;
        model_locate(f->model, f->data, series_instant(f->data->load, i), &place);
        find_residual(f, i, &place);
    }
}

// Room for the residuals up to the issue; those of the current block are unknown as yet.
static bool reach_issue(struct fitting *f)
{
    struct model *model = f->model;
    int64_t n = (f->data->issue - f->data->load->start) / model->step_s;
    size_t size = n < 0 ? 0 : (size_t)n;
    double *residuals = realloc(model->residuals, (size + 1) * sizeof *residuals);
    if (!residuals)
        return false;
    for (size_t i = f->whole < model->n_residuals ? f->whole : model->n_residuals; i < size; i++)
        residuals[i] = NAN;
    model->residuals = residuals;
    model->n_residuals = size;
    return true;
}

static enum model_status prepare(struct fitting *f)
{
    struct design_knots knots[DESIGN_INPUTS_MAX];
    struct model *model = f->model;
    if (!guises_knots(&f->guises, f->begin, model->recipe.knot_levels, knots))
        return MODEL_NOMEM;
    model->design = design_new(model->periods, model->recipe.n_terms, model->recipe.terms, knots);
    if (!model->design)
        return MODEL_NOMEM;
    size_t p = design_columns(model->design);
    f->gram = gram_new(model->design);
    model->coefficients = calloc(p, sizeof *model->coefficients);
    bool fine = f->gram && model->coefficients && regression_solver_init(&f->solver, p);
    return fine ? MODEL_OK : MODEL_NOMEM;
}

// All that a later issue in the same block finds the same.
static enum model_status fit_blocks(struct fitting *f)
{
    if (!choose_scale(f))
        return MODEL_NOMEM;
    regression_classes(f->data, f->whole, f->model->known_class);
    enum model_status status = prepare(f);
    if (status == MODEL_OK)
        status = !sum_blocks(f)              ? MODEL_TOO_FEW
                 : f->model->recipe.outright ? find_outright(f)
                                             : find_past(f);
    f->model->rows = f->solver.normal.rows;
    return status;
}

static void fitting_done(struct fitting *f)
{
    guises_done(&f->guises);
    gram_free(f->gram);
    regression_solver_done(&f->solver);
}

enum model_status model_fit(struct model *model, const struct model_data *data)
{
    struct fitting f = {.model = model, .data = data, .n = known_intervals(data)};
    enum model_status status = choose(&f);
    uint64_t print = status == MODEL_OK ? made_of(&f) : 0;
    bool known = status == MODEL_OK && model->design && model->made_of == print;
    if (!known)
        forget_fit(model);
    if (status == MODEL_OK && (!guises_init(&f.guises, data->temp, data->weather_until,
                                            model->recipe.n_inputs, model->recipe.inputs) ||
                               !reach_issue(&f)))
        status = MODEL_NOMEM;
    if (status == MODEL_OK && !known)
        status = fit_blocks(&f);
    if (status == MODEL_OK)
        find_current(&f);
    else
        forget_fit(model);
    model->made_of = print;
    fitting_done(&f);
    return status;
}

void model_set_recipe(struct model *model, const struct recipe *recipe)
{
    forget_fit(model);
    model->given = recipe;
    if (recipe)
        model->recipe = *recipe;
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
