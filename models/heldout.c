// SPDX-License-Identifier: GPL-3.0-or-later
#include "heldout.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_blas.h>
#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>

#include "design.h"
#include "fit.h"
#include "gram.h"

enum {
    HARMONICS = 2,
    CALENDAR_COLUMNS = DESIGN_KINDS + 1 + 2 * HARMONICS,
    SPLINE_COLUMNS = DESIGN_KNOTS - 1,
    COLUMNS_MAX = CALENDAR_COLUMNS + HELDOUT_INPUTS_MAX * SPLINE_COLUMNS,
    SAMPLE_MAX = 2000, // temperatures that knots are placed by: their sorting is not the work here
};

static const double ridge = 1e-5, half_life_months = 24;

struct row {
    int64_t instant;
    double y, weight; // weight: the root of it
    double calendar[CALENDAR_COLUMNS];
};

struct heldout {
    int64_t issue;
    int32_t step_s;
    int every, hours; // hours of the day that are looked at
    size_t n;
    struct row *rows; // by cell, that is hour and fold
    size_t *first;    // of each cell, and the end
    size_t used;      // rows that had a temperature
    size_t n_inputs;
    struct normal *cells;
    struct fit *fit;
    double calendar_error;
};

static size_t n_cells(const struct heldout *heldout)
{
    return (size_t)heldout->hours * HELDOUT_FOLDS;
}

// Where an interval stands: its cell, SIZE_MAX where its hour is not looked at, and its month.
struct place {
    size_t cell;
    int64_t day, month;
};

static struct place locate(const struct heldout *heldout, const struct civil_clock *clock,
                           int64_t instant)
{
    int64_t local = civil_local(clock, instant), day = civil_day(local);
    struct civil_date date = civil_date_from_day(day);
    int hour = civil_second_of_day(local) / heldout->step_s;
    struct place place = {.day = day, .month = gram_month(date.year, date.month)};
    // The first hour looked at is one past midnight, so that with three neither peak is missed.
    int from = heldout->every > 1 ? 1 : 0;
    if (hour % heldout->every != from % heldout->every)
        place.cell = SIZE_MAX;
    else
        place.cell =
            (size_t)(hour / heldout->every) * HELDOUT_FOLDS + (size_t)(place.month % HELDOUT_FOLDS);
    return place;
}

static struct design *calendar_design(void)
{
    struct term terms[2 + 2 * HARMONICS] = {
        {.basis = {.kind = BASIS_ONE}, .by = FACTOR_KIND_PERIOD},
        {.basis = {.kind = BASIS_TREND}, .by = FACTOR_ALL},
    };
    for (int k = 0; k < HARMONICS; k++) {
        terms[2 + 2 * k].basis = (struct basis){.kind = BASIS_SIN, .order = k + 1};
        terms[3 + 2 * k].basis = (struct basis){.kind = BASIS_COS, .order = k + 1};
    }
    return design_new(1, 2 + 2 * HARMONICS, terms, NULL);
}

static void fill_calendar(const struct design *design, const struct design_point *point,
                          double ret[static CALENDAR_COLUMNS])
{
    struct design_entry entries[2 + 2 * HARMONICS];
    double basis[DESIGN_BASES_MAX];
    design_basis(design, point, basis);
    memset(ret, 0, CALENDAR_COLUMNS * sizeof *ret);
    size_t n = design_cell(design, point->day.month, design_day_type(&point->day), 0, entries);
    for (size_t k = 0; k < n; k++)
        ret[entries[k].column] = basis[entries[k].basis];
}

static bool place_rows(struct heldout *h, const struct heldout_data *data,
                       const struct series *load, const struct design *design)
{
    size_t cells = n_cells(h), *next = calloc(cells + 1, sizeof *next);
    const double year_s = 365.25 * CIVIL_DAY_S;
    int64_t now = locate(h, data->clock, data->issue).month;
    if (!next)
        return false;
    memcpy(next, h->first, cells * sizeof *next);
    for (size_t i = 0; i < load->n; i++) {
        int64_t instant = series_instant(load, i);
        struct place place = locate(h, data->clock, instant);
        if (!series_usable(load, i) || place.cell == SIZE_MAX)
            continue;
        struct row *row = &h->rows[next[place.cell]++];
        struct design_point point = {
            .day = calendar_day(data->calendar, place.day),
            .trend = (double)(instant - load->start) / year_s,
        };
        row->instant = instant;
        row->y = load->value[i];
        row->weight = exp2(-(double)(now - place.month) / (2 * half_life_months));
        fill_calendar(design, &point, row->calendar);
    }
    free(next);
    return true;
}

static bool count_rows(struct heldout *h, const struct civil_clock *clock,
                       const struct series *load)
{
    size_t cells = n_cells(h);
    h->first = calloc(cells + 1, sizeof *h->first);
    if (!h->first)
        return false;
    for (size_t i = 0; i < load->n; i++) {
        size_t cell = locate(h, clock, series_instant(load, i)).cell;
        if (series_usable(load, i) && cell != SIZE_MAX)
            h->first[cell + 1]++;
    }
    for (size_t c = 0; c < cells; c++)
        h->first[c + 1] += h->first[c];
    h->n = h->first[cells];
    h->rows = malloc((h->n + 1) * sizeof *h->rows);
    return h->rows;
}

// Takes the mean of its hour from each load: a kind of day that a fit has not seen is then taken
// for an average one.
static void centre(struct heldout *h)
{
    for (int hour = 0; hour < h->hours; hour++) {
        size_t from = h->first[hour * HELDOUT_FOLDS], to = h->first[(hour + 1) * HELDOUT_FOLDS];
        double sum = 0;
        for (size_t i = from; i < to; i++)
            sum += h->rows[i].y;
        for (size_t i = from; i < to; i++)
            h->rows[i].y -= sum / (double)(to - from);
    }
}

static bool read_load(struct heldout *h, const struct heldout_data *data)
{
    struct series load;
    struct series known = series_before(data->load, data->issue);
    struct design *design = calendar_design();
    bool fine = design && series_resample(&known, h->step_s, 0, &load);
    if (fine) {
        fine = count_rows(h, data->clock, &load) && place_rows(h, data, &load, design);
        series_done(&load);
    }
    design_free(design);
    if (fine)
        centre(h);
    return fine;
}

struct heldout *heldout_new(const struct heldout_data *data, int every)
{
    struct heldout *h = calloc(1, sizeof *h);
    if (!h)
        return NULL;
    h->issue = data->issue;
    h->step_s = data->load->step_s > CIVIL_HOUR_S ? data->load->step_s : CIVIL_HOUR_S;
    int hours = CIVIL_DAY_S / h->step_s;
    h->every = every < hours ? every : 1;
    h->hours = (hours + h->every - 1) / h->every;
    h->cells = calloc(n_cells(h), sizeof *h->cells);
    h->fit = fit_new(COLUMNS_MAX);
    if (h->cells && h->fit && read_load(h, data))
        return h;
    heldout_free(h);
    return NULL;
}

static void forget_cells(struct heldout *h)
{
    for (size_t c = 0; h->cells && c < n_cells(h); c++)
        normal_done(&h->cells[c]);
}

void heldout_free(struct heldout *h)
{
    if (!h)
        return;
    forget_cells(h);
    free(h->cells);
    fit_free(h->fit);
    free(h->rows);
    free(h->first);
    free(h);
}

int heldout_days(const struct heldout *heldout)
{
    return (int)(heldout->n / (size_t)heldout->hours);
}

int32_t heldout_step(const struct heldout *heldout)
{
    return heldout->step_s;
}

// One guise of the temperature: its values, and the spline of them.
struct guise {
    double *value;
    struct design *spline;
};

static void place_knots(size_t n, const double value[], double room[static SAMPLE_MAX],
                        struct design_knots *ret)
{
    // An odd stride, so that all hours of the day are in the sample.
    size_t stride = n / SAMPLE_MAX + 1, count = 0;
    stride += stride % 2 == 0 || stride % 3 == 0 ? 1 : 0;
    for (size_t i = 0; i < n; i += stride)
        if (!isnan(value[i]))
            room[count++] = value[i];
    gsl_sort(room, 1, count);
    for (int j = 0; j < DESIGN_KNOTS; j++) {
        double level = 0.02 + 0.96 * j / (DESIGN_KNOTS - 1);
        double knot = count ? gsl_stats_quantile_from_sorted_data(room, 1, count, level) : j;
        bool apart = j == 0 || knot > ret->at[j - 1] + 1e-3;
        ret->at[j] = apart ? knot : ret->at[j - 1] + 1e-3;
    }
}

static bool guise_init(struct guise *guise, const struct series *temp,
                       const struct weather_input *input)
{
    struct design_knots knots[DESIGN_INPUTS_MAX] = {0};
    struct term terms[SPLINE_COLUMNS] = {0};
    double *room = malloc(SAMPLE_MAX * sizeof *room);
    guise->value = malloc((temp->n + 1) * sizeof *guise->value);
    if (room && guise->value) {
        weather_transform(input, temp->step_s, temp->n, temp->value, guise->value);
        place_knots(temp->n, guise->value, room, &knots[0]);
        for (int k = 0; k < SPLINE_COLUMNS; k++)
            terms[k].basis = (struct basis){.kind = BASIS_SPLINE, .order = k};
        guise->spline = design_new(1, SPLINE_COLUMNS, terms, knots);
    }
    free(room);
    return guise->spline;
}

static void guises_done(size_t n, struct guise guises[])
{
    for (size_t k = 0; k < n; k++) {
        free(guises[k].value);
        design_free(guises[k].spline);
    }
}

// One row as a fit sees it, the load last, all times the root of the weight. False where a guise
// is not known.
static bool fill_row(const struct row *row, const struct series *temp, size_t n,
                     const struct guise guises[], double ret[])
{
    int64_t at = series_index(temp, row->instant);
    if (at < 0 || at >= (int64_t)temp->n)
        return false;
    double *to = ret, basis[1 + SPLINE_COLUMNS];
    memcpy(to, row->calendar, sizeof row->calendar);
    to += CALENDAR_COLUMNS;
    for (size_t k = 0; k < n; k++) {
        struct design_point point = {.input = &guises[k].value[at]};
        if (isnan(*point.input))
            return false;
        design_basis(guises[k].spline, &point, basis);
        memcpy(to, basis + 1, SPLINE_COLUMNS * sizeof *to);
        to += SPLINE_COLUMNS;
    }
    *to = row->y;
    for (double *x = ret; x <= to; x++)
        *x *= row->weight;
    return true;
}

// The sums of one cell, from its rows as a matrix.
static bool sum_cell(size_t rows, size_t width, const double room[], struct normal *ret)
{
    size_t p = width - 1;
    double *sums = malloc(width * width * sizeof *sums);
    if (!sums || !normal_init(ret, p)) {
        free(sums);
        return false;
    }
    if (rows) {
        gsl_matrix_const_view x = gsl_matrix_const_view_array(room, rows, width);
        gsl_matrix_view into = gsl_matrix_view_array(sums, width, width);
        gsl_blas_dsyrk(CblasLower, CblasTrans, 1, &x.matrix, 0, &into.matrix);
        for (size_t i = 0; i < p; i++)
            memcpy(ret->xtx + i * p, sums + i * width, (i + 1) * sizeof *sums);
        memcpy(ret->xty, sums + p * width, p * sizeof *sums);
        ret->yty = sums[p * width + p];
        ret->rows = (double)rows;
    }
    free(sums);
    return true;
}

static bool sum_cells(struct heldout *h, const struct series *temp, size_t n,
                      const struct guise guises[])
{
    size_t width = CALENDAR_COLUMNS + n * SPLINE_COLUMNS + 1, most = 0;
    for (size_t c = 0; c < n_cells(h); c++)
        if (h->first[c + 1] - h->first[c] > most)
            most = h->first[c + 1] - h->first[c];
    double *room = malloc((most + 1) * width * sizeof *room);
    bool fine = room;
    for (size_t c = 0; fine && c < n_cells(h); c++) {
        size_t rows = 0;
        double weight = 0;
        for (size_t i = h->first[c]; i < h->first[c + 1]; i++)
            if (fill_row(&h->rows[i], temp, n, guises, room + rows * width)) {
                weight += h->rows[i].weight * h->rows[i].weight;
                rows++;
            }
        fine = sum_cell(rows, width, room, &h->cells[c]);
        h->cells[c].sum_w = weight;
        h->used += rows;
    }
    free(room);
    return fine;
}

bool heldout_sum(struct heldout *h, const struct series *temp, size_t n,
                 const struct weather_input inputs[])
{
    assert(n <= HELDOUT_INPUTS_MAX && (!temp->n || temp->step_s == h->step_s));
    struct guise guises[HELDOUT_INPUTS_MAX] = {0};
    struct series known = series_before(temp, h->issue);
    bool fine = true;
    forget_cells(h);
    h->used = 0;
    h->n_inputs = n;
    for (size_t k = 0; fine && k < n; k++)
        fine = guise_init(&guises[k], &known, &inputs[k]);
    fine = fine && sum_cells(h, &known, n, guises);
    guises_done(n, guises);
    if (!fine)
        forget_cells(h);
    else {
        h->calendar_error = 1;
        h->calendar_error = heldout_error(h, 0, NULL);
    }
    return fine;
}

double heldout_overlap(const struct heldout *heldout)
{
    return heldout->n ? (double)heldout->used / (double)heldout->n : 0;
}

static void add_normal(const struct normal *from, struct normal *into)
{
    for (size_t i = 0; i < from->p; i++)
        for (size_t j = 0; j <= i; j++)
            into->xtx[i * from->p + j] += from->xtx[i * from->p + j];
    for (size_t i = 0; i < from->p; i++)
        into->xty[i] += from->xty[i];
    into->yty += from->yty;
    into->sum_w += from->sum_w;
    into->rows += from->rows;
}

// Sum of squares that coefficients leave of the rows that a normal was summed from.
static double left_over(const struct normal *normal, const double b[])
{
    double sum = normal->yty;
    for (size_t i = 0; i < normal->p; i++) {
        const double *row = normal->xtx + i * normal->p;
        double product = row[i] * b[i] / 2;
        for (size_t j = 0; j < i; j++)
            product += row[j] * b[j];
        sum += 2 * b[i] * (product - normal->xty[i]);
    }
    return sum > 0 ? sum : 0;
}

struct squares {
    double sum, weight;
};

// Adds what the sub-model leaves of each fold of one hour. `folds` and `others` have room.
static bool judge_hour(struct heldout *h, int hour, const size_t columns[],
                       struct normal folds[static HELDOUT_FOLDS], struct normal *others,
                       struct squares *ret)
{
    const struct normal *cells = h->cells + hour * HELDOUT_FOLDS;
    for (int f = 0; f < HELDOUT_FOLDS; f++)
        normal_select(&cells[f], others->p, columns, &folds[f]);
    for (int f = 0; f < HELDOUT_FOLDS; f++) {
        if (folds[f].rows < 1)
            continue;
        // Adding up the others leaves an empty column empty; taking out the fold would not.
        normal_clear(others);
        for (int g = 0; g < HELDOUT_FOLDS; g++)
            if (g != f)
                add_normal(&folds[g], others);
        if (others->rows <= (double)others->p ||
            fit_solve(h->fit, others, ridge, FIT_AUTO) != FIT_OK)
            return false;
        ret->sum += left_over(&folds[f], fit_coefficients(h->fit));
        ret->weight += folds[f].sum_w;
    }
    return true;
}

static double judge(struct heldout *h, size_t p, const size_t columns[])
{
    struct normal folds[HELDOUT_FOLDS] = {0}, others = {0};
    struct squares squares = {0};
    bool fine = normal_init(&others, p);
    for (int f = 0; fine && f < HELDOUT_FOLDS; f++)
        fine = normal_init(&folds[f], p);
    for (int hour = 0; fine && hour < h->hours; hour++)
        fine = judge_hour(h, hour, columns, folds, &others, &squares);
    for (int f = 0; f < HELDOUT_FOLDS; f++)
        normal_done(&folds[f]);
    normal_done(&others);
    return fine && squares.weight > 0 ? sqrt(squares.sum / squares.weight) : (double)NAN;
}

double heldout_error(struct heldout *h, size_t n, const size_t guises[])
{
    size_t columns[COLUMNS_MAX], p = 0;
    if (!h->cells[0].p)
        return NAN;
    while (p < CALENDAR_COLUMNS) {
        columns[p] = p;
        p++;
    }
    for (size_t k = 0; k < n; k++) {
        assert(guises[k] < h->n_inputs && (k == 0 || guises[k - 1] < guises[k]));
        for (int j = 0; j < SPLINE_COLUMNS; j++)
            columns[p++] = CALENDAR_COLUMNS + guises[k] * SPLINE_COLUMNS + (size_t)j;
    }
    return judge(h, p, columns) / h->calendar_error;
}
