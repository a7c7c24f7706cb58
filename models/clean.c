// SPDX-License-Identifier: GPL-3.0-or-later
#include "clean_search.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>

enum {
    LEVEL_DAYS = 14,  // either side, of the median taken for the level
    RUN_IN_DAYS = 30, // of weather before a search, that its memory is full at the beginning
    CELL_MIN = 60,    // intervals that a cell must have for a scale of its own
};

const char *clean_reason_name(enum clean_reason reason)
{
    static const char *const names[] = {"zero", "flat", "spike", "outage"};
    return names[reason];
}

// The intervals of a series that lie in [from, until).
static struct series between(const struct series *series, int64_t from, int64_t until)
{
    struct series view = series_before(series, until);
    int64_t skip = view.n ? series_index(series, from + series->step_s - 1) : 0;
    size_t k = skip < 0 ? 0 : (size_t)skip < view.n ? (size_t)skip : view.n;
    view.start += (int64_t)k * view.step_s;
    view.value += k;
    view.masked += k;
    view.n -= k;
    return view;
}

bool clean_search_init(struct clean_search *s, const struct model_data *data, int64_t from)
{
    *s = (struct clean_search){.data = *data, .load = between(data->load, from, data->issue)};
    size_t n = s->load.n;
    const bool *marks = s->load.masked;
    s->data.load = &s->load;
    if (data->temp) {
        s->temp = between(data->temp, from - RUN_IN_DAYS * CIVIL_DAY_S, data->issue);
        s->data.temp = &s->temp;
    }
    s->day = (size_t)(CIVIL_DAY_S / s->load.step_s);
    s->hour = s->day > 24 ? s->day / 24 : 1;
    s->days = n / s->day;
    s->due = malloc((n + 1) * sizeof *s->due);
    s->fitted = malloc((n + 1) * sizeof *s->fitted);
    s->off = malloc((n + 1) * sizeof *s->off);
    s->residual = malloc((n + 1) * sizeof *s->residual);
    s->load.masked = malloc(n + 1);
    bool fine = s->due && s->fitted && s->off && s->residual && s->load.masked;
    if (fine && n)
        memcpy(s->load.masked, marks, n * sizeof *marks);
    return fine;
}

void clean_search_done(struct clean_search *s)
{
    free(s->due);
    free(s->fitted);
    free(s->off);
    free(s->residual);
    free(s->load.masked);
    *s = (struct clean_search){0};
}

double clean_search_median(size_t n, double values[])
{
    gsl_sort(values, 1, n);
    return n ? gsl_stats_median_from_sorted_data(values, 1, n) : (double)NAN;
}

// Medians of the days, then of the days around each: a level that faults of hours do not move.
static bool subtract_level(const struct clean_search *s, double ret[])
{
    size_t days = s->load.n / s->day + 1, window = 2 * LEVEL_DAYS + 1;
    double *daily = malloc(days * sizeof *daily), *part = malloc((s->day + window) * sizeof *part);
    for (size_t d = 0; daily && part && d < days; d++) {
        size_t n = 0;
        for (size_t i = d * s->day; i < (d + 1) * s->day && i < s->load.n; i++)
            if (!isnan(s->residual[i]))
                part[n++] = s->residual[i];
        daily[d] = clean_search_median(n, part);
    }
    for (size_t d = 0; daily && part && d < days; d++) {
        size_t n = 0;
        for (size_t k = d > LEVEL_DAYS ? d - LEVEL_DAYS : 0; k < days && k <= d + LEVEL_DAYS; k++)
            if (!isnan(daily[k]))
                part[n++] = daily[k];
        double level = clean_search_median(n, part);
        for (size_t i = d * s->day; i < (d + 1) * s->day && i < s->load.n; i++)
            ret[i] = s->residual[i] - level;
    }
    bool fine = daily && part;
    free(daily);
    free(part);
    return fine;
}

// Hour of the day and quarter of the year.
static size_t cell_of(const struct clean_search *s, size_t i)
{
    int64_t local = civil_local(s->data.clock, series_instant(&s->load, i));
    struct civil_date date = civil_date_from_day(civil_day(local));
    return (size_t)((date.month - 1) / 3 * 24 + civil_second_of_day(local) / CIVIL_HOUR_S);
}

// Robust scale of each cell, not under half of that of all; the latter where the cell has too
// little to tell: a season that has just begun.
static bool learn_scales(struct clean_search *s)
{
    const double normal = 1.4826; // of the median of absolute values, for a normal distribution
    size_t n = s->load.n, all = 0;
    double *part = malloc((n + 1) * sizeof *part);
    unsigned char *cell = malloc(n + 1);
    bool fine = part && cell;
    for (size_t i = 0; fine && i < n; i++) {
        cell[i] = (unsigned char)cell_of(s, i);
        if (!isnan(s->off[i]))
            part[all++] = fabs(s->off[i]);
    }
    double whole = fine ? normal * clean_search_median(all, part) : 0;
    for (size_t c = 0; fine && c < CLEAN_CELLS; c++) {
        size_t count = 0;
        for (size_t i = 0; i < n; i++)
            if (cell[i] == c && !isnan(s->off[i]))
                part[count++] = fabs(s->off[i]);
        s->scale[c] =
            count < CELL_MIN ? whole : fmax(whole / 2, normal * clean_search_median(count, part));
    }
    free(part);
    free(cell);
    return fine;
}

bool clean_search_measure(struct clean_search *s, struct hindsight *hindsight, bool learn)
{
    hindsight_residuals(hindsight, 0, s->load.n, s->residual);
    hindsight_fitted(hindsight, 0, s->load.n, s->due);
    if (!subtract_level(s, s->off) || (learn && !learn_scales(s)))
        return false;
    for (size_t i = 0; i < s->load.n; i++) {
        double level = isnan(s->off[i]) ? 0 : s->residual[i] - s->off[i];
        s->fitted[i] = hindsight_load(hindsight, s->due[i]);
        s->due[i] = hindsight_load(hindsight, s->due[i] + level);
        s->off[i] /= s->scale[cell_of(s, i)];
    }
    return true;
}

enum model_status clean_search_fit(struct clean_search *s, struct hindsight **ret)
{
    struct hindsight *hindsight = NULL;
    enum model_status status = hindsight_new(&s->data, recipe_plain, &hindsight);
    if (status == MODEL_OK)
        status = hindsight_fit(hindsight, HINDSIGHT_EVENLY);
    if (status == MODEL_OK && !clean_search_measure(s, hindsight, true))
        status = MODEL_NOMEM;
    if (status == MODEL_OK)
        *ret = hindsight;
    else
        hindsight_free(hindsight);
    return status;
}

enum model_status clean_find(const struct model_data *data, struct clean *ret)
{
    struct clean_search search;
    struct hindsight *hindsight;
    enum model_status status = MODEL_NOMEM;
    *ret = (struct clean){0};
    if (clean_search_init(&search, data, INT64_MIN / 2))
        status = clean_search_fit(&search, &hindsight);
    if (status == MODEL_OK) {
        hindsight_free(hindsight);
        status = clean_search_runs(&search, ret) ? clean_search_shifts(&search, ret) : MODEL_NOMEM;
    }
    clean_search_done(&search);
    return status;
}

void clean_mask(const struct clean *clean, struct series *load)
{
    for (size_t k = 0; k < clean->n_runs; k++)
        series_mask(load, series_instant(load, clean->runs[k].from),
                    series_instant(load, clean->runs[k].to), true);
}
