// SPDX-License-Identifier: GPL-3.0-or-later
#include "normal.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

bool normal_init(struct normal *ret, size_t p)
{
    assert(p > 0);
    double *xtx = p <= SIZE_MAX / sizeof *xtx / p ? calloc(p * p, sizeof *xtx) : NULL;
    double *xty = calloc(p, sizeof *xty);
    if (!xtx || !xty) {
        free(xtx);
        free(xty);
        return false;
    }
    *ret = (struct normal){.p = p, .xtx = xtx, .xty = xty};
    return true;
}

void normal_done(struct normal *normal)
{
    if (!normal)
        return;
    free(normal->xtx);
    free(normal->xty);
    *normal = (struct normal){0};
}

void normal_clear(struct normal *normal)
{
    memset(normal->xtx, 0, normal->p * normal->p * sizeof *normal->xtx);
    memset(normal->xty, 0, normal->p * sizeof *normal->xty);
    normal->yty = normal->sum_w = normal->rows = 0;
}

void normal_add(struct normal *normal, const double x[], double y, double w)
{
    if (w == 0)
        return;
    for (size_t i = 0; i < normal->p; i++) {
        double *row = normal->xtx + i * normal->p, wx = w * x[i];
        for (size_t j = 0; j <= i; j++)
            row[j] += wx * x[j];
        normal->xty[i] += wx * y;
    }
    normal->yty += w * y * y;
    normal->sum_w += w;
    normal->rows += w > 0 ? 1 : -1;
}

void normal_select(const struct normal *normal, size_t k, const size_t columns[],
                   struct normal *ret)
{
    assert(ret->p == k);
    for (size_t i = 0; i < k; i++) {
        assert(columns[i] < normal->p && (i == 0 || columns[i - 1] < columns[i]));
        const double *row = normal->xtx + columns[i] * normal->p;
        for (size_t j = 0; j <= i; j++)
            ret->xtx[i * k + j] = row[columns[j]];
        ret->xty[i] = normal->xty[columns[i]];
    }
    ret->yty = normal->yty;
    ret->sum_w = normal->sum_w;
    ret->rows = normal->rows;
}
