// SPDX-License-Identifier: GPL-3.0-or-later
#include "hindsight.h"

#include <math.h>
#include <stdlib.h>

#include "gram.h"
#include "guises.h"
#include "regression.h"

struct hindsight {
    struct model_data data;
    struct recipe recipe;
    bool logarithm;
    bool known_class[DAY_CLASSES];
    struct guises guises;
    struct design *design;
    struct gram *gram;
    struct regression_solver solver;
    double *coefficients;
};

// Recipe and scale.
static enum model_status choose(struct hindsight *h, hindsight_recipe *recipe)
{
    const struct series *load = h->data.load;
    size_t usable = regression_usable(load, load->n, NULL);
    int days = (int)(usable / (size_t)(CIVIL_DAY_S / load->step_s));
    bool fine;
    if (!recipe(days, h->data.temp && h->data.temp->n, calendar_has(h->data.calendar, CALENDAR_TET),
                &h->recipe))
        return MODEL_TOO_FEW;
    h->logarithm = regression_logarithm(load, load->n, &fine);
    return fine ? MODEL_OK : MODEL_NOMEM;
}

double hindsight_response(const struct hindsight *h, double load)
{
    return regression_response(h->logarithm, load);
}

double hindsight_load(const struct hindsight *h, double value)
{
    return regression_load(h->logarithm, value);
}

static enum model_status prepare(struct hindsight *h)
{
    struct design_knots knots[DESIGN_INPUTS_MAX];
    const struct series *temp = h->data.temp;
    int64_t end = temp ? series_end(temp) : 0;
    if (!guises_init(&h->guises, temp, end, h->recipe.n_inputs, h->recipe.inputs) ||
        !guises_knots(&h->guises, end, h->recipe.knot_levels, knots))
        return MODEL_NOMEM;
    h->design =
        design_new(CIVIL_DAY_S / h->data.load->step_s, h->recipe.n_terms, h->recipe.terms, knots);
    if (!h->design)
        return MODEL_NOMEM;
    size_t p = design_columns(h->design);
    h->gram = gram_new(h->design);
    h->coefficients = calloc(p, sizeof *h->coefficients);
    bool fine = h->gram && h->coefficients && regression_solver_init(&h->solver, p);
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
        int64_t instant = series_instant(h->data.load, i);
        regression_locate(&h->data, h->known_class, instant, &place);
        guises_at(&h->guises, instant, input);
        (void)!gram_add(h->gram, place.month, &place.point,
                        hindsight_response(h, h->data.load->value[i]), 1);
    }
}

enum model_status hindsight_new(const struct model_data *data, hindsight_recipe *recipe,
                                struct hindsight **ret)
{
    struct hindsight *h = calloc(1, sizeof *h);
    if (!h)
        return MODEL_NOMEM;
    h->data = *data;
    enum model_status status = choose(h, recipe);
    if (status == MODEL_OK) {
        regression_classes(&h->data, data->load->n, h->known_class);
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
    regression_solver_done(&h->solver);
    free(h->coefficients);
    design_free(h->design);
    free(h);
}

void hindsight_settle(struct hindsight *h)
{
    gram_free(h->gram);
    regression_solver_done(&h->solver);
    h->gram = NULL;
}

bool hindsight_turn(struct hindsight *h, const struct model_data *data)
{
    int64_t end = data->temp ? series_end(data->temp) : 0;
    h->data = *data;
    guises_done(&h->guises);
    return guises_init(&h->guises, data->temp, end, h->recipe.n_inputs, h->recipe.inputs);
}

static double month_weight(int64_t months)
{
    double apart = fabs((double)months), season = sin(M_PI * apart / 12);
    return exp2(-apart / HINDSIGHT_HALF_LIFE_MONTHS - HINDSIGHT_SEASON * season * season);
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
    bool fine = gram_sum(h->gram, weights, &h->solver.normal);
    free(weights);
    return fine ? regression_solve(&h->solver, h->coefficients) : MODEL_NOMEM;
}

void hindsight_fitted(const struct hindsight *h, size_t from, size_t to, double ret[])
{
    struct model_place place = {0};
    double input[DESIGN_INPUTS_MAX];
    place.point.input = input;
    for (size_t i = from; i < to; i++) {
        int64_t instant = series_instant(h->data.load, i);
        regression_locate(&h->data, h->known_class, instant, &place);
        guises_at(&h->guises, instant, input);
        ret[i - from] = regression_predict(h->design, h->coefficients, &place.point);
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
