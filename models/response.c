// SPDX-License-Identifier: GPL-3.0-or-later
#include "response.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { PER_C = 8, POINTS = (RESPONSE_HIGH_C - RESPONSE_LOW_C) * PER_C + 1 };

struct table {
    int period; // intervals of the same time of day and of like days share one
    size_t input;
    double by_basis[DESIGN_BASES_MAX]; // what it was made of
    double value[POINTS];
};

struct response {
    size_t n, n_inputs, n_tables, capacity;
    double *fixed;    // n: all that no temperature moves
    unsigned *chosen; // n * n_inputs: tables
    struct table *tables;
    double (*grid)[DESIGN_BASES_MAX]; // POINTS: the bases with every input at that temperature
};

static bool of_input(const struct design *design, size_t basis, size_t input)
{
    struct basis b = design_basis_at(design, basis);
    return (b.kind == BASIS_POWER || b.kind == BASIS_SPLINE) && (size_t)b.input == input;
}

static bool of_any_input(const struct design *design, size_t basis)
{
    struct basis b = design_basis_at(design, basis);
    return b.kind == BASIS_POWER || b.kind == BASIS_SPLINE;
}

static void fill_grid(struct response *r, const struct design *design)
{
    double input[DESIGN_INPUTS_MAX];
    struct design_point point = {.day = {.month = 1, .day_of_year = 1}, .input = input};
    for (int p = 0; p < POINTS; p++) {
        for (size_t k = 0; k < DESIGN_INPUTS_MAX; k++)
            input[k] = RESPONSE_LOW_C + (double)p / PER_C;
        design_basis(design, &point, r->grid[p]);
    }
}

static bool like(const struct table *table, const struct design *design, size_t input,
                 const double by_basis[])
{
    for (size_t b = 0; b < design_bases(design); b++)
        if (of_input(design, b, input) && table->by_basis[b] != by_basis[b])
            return false;
    return true;
}

static bool reserve(struct response *r)
{
    if (r->n_tables < r->capacity)
        return true;
    size_t capacity = r->capacity ? 2 * r->capacity : 64;
    struct table *grown = realloc(r->tables, capacity * sizeof *grown);
    if (!grown)
        return false;
    r->tables = grown;
    r->capacity = capacity;
    return true;
}

// The table of an input with these coefficients, made where there is none yet. False without
// memory.
static bool choose_table(struct response *r, const struct design *design, int period, size_t input,
                         const double by_basis[], unsigned *ret)
{
    for (size_t t = 0; t < r->n_tables; t++)
        if (r->tables[t].period == period && r->tables[t].input == input &&
            like(&r->tables[t], design, input, by_basis)) {
            *ret = (unsigned)t;
            return true;
        }
    if (!reserve(r))
        return false;
    struct table *table = &r->tables[r->n_tables];
    *table = (struct table){.period = period, .input = input};
    memcpy(table->by_basis, by_basis, design_bases(design) * sizeof *by_basis);
    for (size_t b = 0; b < design_bases(design); b++)
        if (of_input(design, b, input))
            for (int p = 0; p < POINTS; p++)
                table->value[p] += by_basis[b] * r->grid[p][b];
    *ret = (unsigned)r->n_tables++;
    return true;
}

static bool add_interval(struct response *r, const struct model *model, size_t i,
                         struct model_place *place)
{
    const struct design *design = model_design(model);
    double by_basis[DESIGN_BASES_MAX], basis[DESIGN_BASES_MAX];
    const double none[DESIGN_INPUTS_MAX] = {0};
    place->point.trend = model_trend_end(model);
    place->point.input = none;
    design_collapse(design, model_coefficients(model), place->point.day.month,
                    design_day_type(&place->point.day), place->point.period, by_basis);
    design_basis(design, &place->point, basis);
    for (size_t b = 0; b < design_bases(design); b++)
        if (!of_any_input(design, b))
            r->fixed[i] += by_basis[b] * basis[b];
    bool fine = true;
    for (size_t k = 0; fine && k < r->n_inputs; k++)
        fine = choose_table(r, design, place->point.period, k, by_basis,
                            &r->chosen[i * r->n_inputs + k]);
    return fine;
}

struct response *response_new(const struct model *model, const struct model_data *data,
                              int64_t start, size_t n)
{
    struct response *r = calloc(1, sizeof *r);
    if (!r)
        return NULL;
    r->n = n;
    r->n_inputs = model_recipe(model)->n_inputs;
    r->fixed = calloc(n + 1, sizeof *r->fixed);
    r->chosen = calloc(n * r->n_inputs + 1, sizeof *r->chosen);
    r->grid = malloc(POINTS * sizeof *r->grid);
    bool fine = r->fixed && r->chosen && r->grid;
    if (fine && r->n_inputs)
        fill_grid(r, model_design(model));
    struct model_place place = {0};
    for (size_t i = 0; fine && i < n; i++) {
        model_locate(model, data, start + (int64_t)i * data->load->step_s, &place);
        fine = add_interval(r, model, i, &place);
    }
    free(r->grid);
    r->grid = NULL;
    if (fine)
        return r;
    response_free(r);
    return NULL;
}

void response_free(struct response *response)
{
    if (!response)
        return;
    free(response->fixed);
    free(response->chosen);
    free(response->tables);
    free(response->grid);
    free(response);
}

static double read_table(const double value[static POINTS], double temp)
{
    double at = (temp - RESPONSE_LOW_C) * PER_C;
    if (isnan(at))
        return NAN;
    double cell = fmin(fmax(floor(at), 0), POINTS - 2);
    size_t p = (size_t)cell;
    return value[p] + (at - cell) * (value[p + 1] - value[p]);
}

double response_at(const struct response *response, size_t i, const double inputs[])
{
    const struct response *r = response;
    double sum = r->fixed[i];
    for (size_t k = 0; k < r->n_inputs; k++)
        sum += read_table(r->tables[r->chosen[i * r->n_inputs + k]].value, inputs[k]);
    return sum;
}
