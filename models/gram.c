// SPDX-License-Identifier: GPL-3.0-or-later
#include "gram.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

// The cells of one month: for each kind of day that occurred, a table of `periods` moments. A
// moment is the lower triangle, row by row, of sum w v v'; its first number is the sum of weights.
struct block {
    int64_t month;
    double rows;
    double *day_type[DESIGN_DAY_TYPES];
};

struct gram {
    const struct design *design;
    size_t bases, moment; // numbers in v without y, and in one triangle
    size_t day_size;      // numbers in one table
    size_t n, capacity;
    struct block *blocks; // ascending by month
};

static size_t triangle(size_t order)
{
    return order * (order + 1) / 2;
}

struct gram *gram_new(const struct design *design)
{
    struct gram *gram = calloc(1, sizeof *gram);
    if (!gram)
        return NULL;
    gram->design = design;
    gram->bases = design_bases(design);
    gram->moment = triangle(gram->bases + 1);
    gram->day_size = gram->moment * (size_t)design_periods(design);
    return gram;
}

static void block_done(struct block *block)
{
    for (size_t d = 0; d < DESIGN_DAY_TYPES; d++)
        free(block->day_type[d]);
}

void gram_free(struct gram *gram)
{
    if (!gram)
        return;
    for (size_t i = 0; i < gram->n; i++)
        block_done(&gram->blocks[i]);
    free(gram->blocks);
    free(gram);
}

int64_t gram_month(int year, int month)
{
    return (int64_t)year * 12 + month - 1;
}

// Index of the first block that is not before `month`.
static size_t lower_bound(const struct gram *gram, int64_t month)
{
    // Rows mostly come in order of time, so the last block is the likely one.
    if (gram->n && gram->blocks[gram->n - 1].month <= month)
        return gram->blocks[gram->n - 1].month == month ? gram->n - 1 : gram->n;
    size_t low = 0, high = gram->n;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (gram->blocks[middle].month < month)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static struct block *block_at(struct gram *gram, int64_t month)
{
    size_t i = lower_bound(gram, month);
    if (i < gram->n && gram->blocks[i].month == month)
        return &gram->blocks[i];
    if (gram->n == gram->capacity) {
        size_t capacity = gram->capacity ? 2 * gram->capacity : 16;
        struct block *blocks = realloc(gram->blocks, capacity * sizeof *blocks);
        if (!blocks)
            return NULL;
        gram->blocks = blocks;
        gram->capacity = capacity;
    }
    memmove(&gram->blocks[i + 1], &gram->blocks[i], (gram->n - i) * sizeof *gram->blocks);
    gram->n++;
    gram->blocks[i] = (struct block){.month = month};
    return &gram->blocks[i];
}

// The table of a kind of day, made when it is the first of its kind. NULL without memory.
static double *day_table(const struct gram *gram, struct block *block, int day_type)
{
    double **table = &block->day_type[day_type];
    if (!*table)
        *table = calloc(gram->day_size, sizeof **table);
    return *table;
}

// Adds w v v' to a triangle.
static void add_outer(size_t n, const double *restrict v, double w, double *restrict sum)
{
    for (size_t i = 0; i < n; i++) {
        double wv = w * v[i];
        for (size_t j = 0; j <= i; j++)
            sum[j] += wv * v[j];
        sum += i + 1;
    }
}

bool gram_add(struct gram *gram, int64_t month, const struct design_point *point, double y,
              double w)
{
    double v[DESIGN_BASES_MAX + 1];
    design_basis(gram->design, point, v);
    v[gram->bases] = y;
    double check = w;
    for (size_t i = 0; i <= gram->bases; i++)
        check += v[i];
    if (!isfinite(check))
        return false;
    struct block *block = block_at(gram, month);
    double *table = block ? day_table(gram, block, design_day_type(&point->day)) : NULL;
    if (!table)
        return false;
    add_outer(gram->bases + 1, v, w, table + (size_t)point->period * gram->moment);
    block->rows += w < 0 ? -1 : 1;
    return true;
}

void gram_clear(struct gram *gram, int64_t month)
{
    size_t i = lower_bound(gram, month);
    if (i == gram->n || gram->blocks[i].month != month)
        return;
    block_done(&gram->blocks[i]);
    gram->n--;
    memmove(&gram->blocks[i], &gram->blocks[i + 1], (gram->n - i) * sizeof *gram->blocks);
}

static void add_scaled(size_t n, double factor, const double from[], double into[])
{
    for (size_t k = 0; k < n; k++)
        into[k] += factor * from[k];
}

static bool block_merge(const struct gram *gram, struct block *into, const struct block *from,
                        double factor)
{
    for (int d = 0; d < DESIGN_DAY_TYPES; d++) {
        if (!from->day_type[d])
            continue;
        double *table = day_table(gram, into, d);
        if (!table)
            return false;
        add_scaled(gram->day_size, factor, from->day_type[d], table);
    }
    into->rows += (factor < 0 ? -1 : 1) * from->rows;
    return true;
}

bool gram_merge(struct gram *into, const struct gram *from, double factor)
{
    assert(into->moment == from->moment && into->day_size == from->day_size);
    for (size_t i = 0; i < from->n; i++) {
        struct block *block = block_at(into, from->blocks[i].month);
        if (!block || !block_merge(into, block, &from->blocks[i], factor))
            return false;
    }
    return true;
}

size_t gram_months(const struct gram *gram)
{
    return gram->n;
}

int64_t gram_month_at(const struct gram *gram, size_t index)
{
    return gram->blocks[index].month;
}

// Spreads one cell's moments over the columns that its rows have non-zeros in.
static void spread_cell(const struct gram *gram, size_t n, const struct design_entry entries[],
                        const double *moment, struct normal *ret)
{
    const double *y_row = moment + triangle(gram->bases);
    for (size_t a = 0; a < n; a++) {
        double *row = ret->xtx + entries[a].column * ret->p;
        size_t basis = entries[a].basis;
        for (size_t b = 0; b <= a; b++) {
            size_t other = entries[b].basis;
            size_t at = basis > other ? triangle(basis) + other : triangle(other) + basis;
            row[entries[b].column] += moment[at];
        }
        ret->xty[entries[a].column] += y_row[basis];
    }
    ret->yty += y_row[gram->bases];
    ret->sum_w += moment[0];
}

static void spread_block(const struct gram *gram, const struct block *block, struct normal *ret)
{
    // What adding and taking out the same weights leaves of a cell is rounding, not a row.
    const double empty = 1e-9;
    struct design_entry entries[DESIGN_TERMS_MAX];
    int month = (int)(block->month % 12) + 1;
    int periods = design_periods(gram->design);
    for (int d = 0; d < DESIGN_DAY_TYPES; d++) {
        if (!block->day_type[d])
            continue;
        for (int period = 0; period < periods; period++) {
            const double *moment = block->day_type[d] + (size_t)period * gram->moment;
            if (fabs(moment[0]) < empty)
                continue;
            size_t n = design_cell(gram->design, month, d, period, entries);
            spread_cell(gram, n, entries, moment, ret);
        }
    }
}

// Months of the same name share their columns, so they are summed before they are spread: of four
// years of months only twelve are, and all of them at once where no term is by month.
static bool sum_by_name(const struct gram *gram, const double weights[], struct gram *ret)
{
    for (size_t i = 0; i < gram->n; i++) {
        double weight = weights ? weights[i] : 1;
        if (weight == 0)
            continue;
        int64_t name = design_by_month(gram->design) ? gram->blocks[i].month % 12 : 0;
        struct block *block = block_at(ret, name);
        if (!block || !block_merge(gram, block, &gram->blocks[i], weight))
            return false;
    }
    return true;
}

bool gram_sum(const struct gram *gram, const double weights[], struct normal *ret)
{
    assert(ret->p == design_columns(gram->design));
    struct gram *by_name = gram_new(gram->design);
    if (!by_name || !sum_by_name(gram, weights, by_name)) {
        gram_free(by_name);
        return false;
    }
    normal_clear(ret);
    for (size_t i = 0; i < by_name->n; i++) {
        spread_block(gram, &by_name->blocks[i], ret);
        ret->rows += by_name->blocks[i].rows;
    }
    gram_free(by_name);
    return true;
}
