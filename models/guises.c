// SPDX-License-Identifier: GPL-3.0-or-later
#include "guises.h"

#include <math.h>
#include <stdlib.h>

#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>

// Intervals of the temperature that begin before `until`.
static size_t known_before(const struct series *temp, int64_t until)
{
    int64_t known = (until - temp->start) / temp->step_s;
    return known < 0 ? 0 : (size_t)known < temp->n ? (size_t)known : temp->n;
}

bool guises_init(struct guises *ret, const struct series *temp, int64_t until, size_t n_inputs,
                 const struct weather_input inputs[])
{
    *ret = (struct guises){.temp = temp, .n_inputs = n_inputs};
    if (!temp || !n_inputs)
        return true;
    ret->n = known_before(temp, until);
    ret->value = malloc((ret->n * n_inputs + 1) * sizeof *ret->value);
    if (!ret->value)
        return false;
    for (size_t k = 0; k < n_inputs; k++)
        weather_transform(&inputs[k], temp->step_s, ret->n, temp->value, ret->value + k * ret->n);
    return true;
}

void guises_done(struct guises *guises)
{
    free(guises->value);
    guises->value = NULL;
}

void guises_at(const struct guises *guises, int64_t instant, double ret[static DESIGN_INPUTS_MAX])
{
    int64_t i = guises->n ? series_index(guises->temp, instant) : -1;
    bool inside = i >= 0 && (size_t)i < guises->n;
    for (size_t k = 0; k < guises->n_inputs; k++)
        ret[k] = inside ? guises->value[k * guises->n + (size_t)i] : (double)NAN;
}

static void place_knots(size_t n, const double sorted[], const double levels[],
                        struct design_knots *ret)
{
    for (int j = 0; j < DESIGN_KNOTS; j++) {
        double knot = n ? gsl_stats_quantile_from_sorted_data(sorted, 1, n, levels[j]) : j;
        // Equal quantiles (a temperature that hardly moves) must not become equal knots.
        bool apart = j == 0 || knot > ret->at[j - 1] + 1e-3;
        ret->at[j] = apart ? knot : ret->at[j - 1] + 1e-3;
    }
}

bool guises_knots(const struct guises *guises, int64_t until,
                  const double levels[static DESIGN_KNOTS],
                  struct design_knots ret[static DESIGN_INPUTS_MAX])
{
    size_t before = guises->n ? known_before(guises->temp, until) : 0;
    double *sorted = malloc((before + 1) * sizeof *sorted);
    if (!sorted)
        return false;
    for (size_t k = 0; k < guises->n_inputs; k++) {
        size_t n = 0;
        for (size_t i = 0; i < before && i < guises->n; i++)
            if (!isnan(guises->value[k * guises->n + i]))
                sorted[n++] = guises->value[k * guises->n + i];
        gsl_sort(sorted, 1, n);
        place_knots(n, sorted, levels, &ret[k]);
    }
    free(sorted);
    return true;
}
