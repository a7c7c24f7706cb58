// SPDX-License-Identifier: GPL-3.0-or-later
#include "fill.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "anniversary.h"
#include "hindsight.h"
#include "kriging.h"

enum {
    WEEKS_BESIDE = 26,
    WEEK_S = 7 * CIVIL_DAY_S,
    YEARLY_DAYS = 21, // on either side of a gap: what is carried in comes from no farther
};

// How much of what is carried in from the sides is believed: all of it beside a reading, and, as
// half a day goes by, this share. What carries over days is mostly weather that the regression
// does not know, on either side another (GEFCom2012, weeks for development: 0, 0.5, 0.7 and 1 leave
// 35.5, 35.7, 36.1 and 37.0 MW); but a level that wanders is lost by 0 (test_fill).
static const double believed = 0.5;
static const double believed_h = 12;

struct filling {
    const struct model_data *data;
    struct hindsight *hindsight;
    struct kriging *kriging;
    int64_t from;
    double *residual, *fitted, *yearly; // room for each interval of the load
    double *ret;
};

static bool missing(const struct series *load, size_t i)
{
    return !series_usable(load, i);
}

// Mean of the same time of the nearest weeks that have it, one on either side.
static double weeks_beside(const struct series *load, size_t i)
{
    size_t week = WEEK_S / (size_t)load->step_s;
    for (size_t k = 1; k <= WEEKS_BESIDE; k++) {
        size_t before = i - k * week, after = i + k * week;
        bool has_before = i >= k * week && series_usable(load, before);
        bool has_after = after < load->n && series_usable(load, after);
        if (has_before && has_after)
            return (load->value[before] + load->value[after]) / 2;
        if (has_before || has_after)
            return load->value[has_before ? before : after];
    }
    return NAN;
}

static double *estimate_of(const struct filling *f, size_t i)
{
    return &f->ret[(series_instant(f->data->load, i) - f->from) / f->data->load->step_s];
}

// Hours to the nearest reading.
static double distance_h(const struct series *load, size_t i)
{
    size_t left = i, right = i;
    while (left > 0 && missing(load, left))
        left--;
    while (right + 1 < load->n && missing(load, right))
        right++;
    size_t nearest = i - left < right - i ? i - left : right - i;
    return (double)nearest * load->step_s / CIVIL_HOUR_S;
}

static double share_of(const struct series *load, size_t i)
{
    return believed + (1 - believed) * exp(-distance_h(load, i) / believed_h);
}

// Takes out of the residuals around [i, end) what comes back every year, and puts that of these
// intervals into f->yearly[0..end-i-1].
static bool take_out_yearly(struct filling *f, size_t i, size_t end)
{
    const struct series *load = f->data->load;
    size_t beside = (size_t)(YEARLY_DAYS * CIVIL_DAY_S / load->step_s);
    size_t from = i > beside ? i - beside : 0, to = end + beside < load->n ? end + beside : load->n;
    if (!anniversary_expect(f->data->clock, load, f->residual, from, to, f->yearly))
        return false;
    for (size_t j = from; j < to; j++)
        f->residual[j] -= f->yearly[j - from];
    memmove(f->yearly, f->yearly + (i - from), (end - i) * sizeof *f->yearly);
    return true;
}

// The missing intervals of [i, end), by a fit around them.
static enum model_status fill_group(struct filling *f, size_t i, size_t end)
{
    const struct series *load = f->data->load;
    enum model_status status = hindsight_fit(f->hindsight, series_instant(load, i + (end - i) / 2));
    if (status != MODEL_OK)
        return status;
    double *carried = malloc((end - i + 1) * sizeof *carried);
    hindsight_residuals(f->hindsight, 0, load->n, f->residual);
    hindsight_fitted(f->hindsight, i, end, f->fitted);
    bool fine = carried && take_out_yearly(f, i, end) &&
                kriging_estimate(f->kriging, load->n, f->residual, i, end, carried);
    for (size_t j = i; fine && j < end; j++) {
        double value = f->fitted[j - i] + f->yearly[j - i] + share_of(load, j) * carried[j - i];
        if (missing(load, j))
            *estimate_of(f, j) =
                isnan(value) ? weeks_beside(load, j) : hindsight_load(f->hindsight, value);
    }
    free(carried);
    return fine ? MODEL_OK : MODEL_NOMEM;
}

static int64_t month_of(const struct filling *f, size_t i)
{
    int64_t local = civil_local(f->data->clock, series_instant(f->data->load, i));
    struct civil_date date = civil_date_from_day(civil_day(local));
    return date.year * 12 + date.month;
}

// After the last missing interval that belongs with the one at i: those of a month, and a gap that
// goes on into the next is one gap.
static size_t group_end(const struct filling *f, size_t i, size_t to)
{
    int64_t month = month_of(f, i);
    size_t end = i + 1;
    for (size_t j = i + 1; j < to; j++) {
        if (!missing(f->data->load, j))
            continue;
        if (month_of(f, j) != month && (j != end || j - i > 2 * (size_t)WEEK_S))
            break;
        end = j + 1;
    }
    return end;
}

static enum model_status fill_groups(struct filling *f, size_t i, size_t to)
{
    enum model_status status = MODEL_OK;
    while (status == MODEL_OK && i < to) {
        if (!missing(f->data->load, i)) {
            i++;
            continue;
        }
        size_t end = group_end(f, i, to);
        status = fill_group(f, i, end);
        i = end;
    }
    return status;
}

// How residuals hang together, from a fit that does not favour a season.
static enum model_status learn_residuals(struct filling *f)
{
    const struct series *load = f->data->load;
    enum model_status status = hindsight_fit(f->hindsight, HINDSIGHT_EVENLY);
    if (status != MODEL_OK)
        return status;
    hindsight_residuals(f->hindsight, 0, load->n, f->residual);
    f->kriging = kriging_new(load->step_s, load->n, f->residual);
    return f->kriging ? MODEL_OK : MODEL_NOMEM;
}

static enum model_status fill_by_regression(struct filling *f, size_t i, size_t to)
{
    size_t n = f->data->load->n;
    enum model_status status = hindsight_new(f->data, recipe_hindsight, &f->hindsight);
    if (status != MODEL_OK)
        return status;
    f->residual = malloc((n + 1) * sizeof *f->residual);
    f->fitted = malloc((n + 1) * sizeof *f->fitted);
    f->yearly = malloc((n + 1) * sizeof *f->yearly);
    status = f->residual && f->fitted && f->yearly ? learn_residuals(f) : MODEL_NOMEM;
    if (status == MODEL_OK)
        status = fill_groups(f, i, to);
    hindsight_free(f->hindsight);
    kriging_free(f->kriging);
    free(f->residual);
    free(f->fitted);
    free(f->yearly);
    return status;
}

// Index of the first interval at or after `instant`, within the grid.
static size_t clip(const struct series *load, int64_t instant)
{
    int64_t i = series_index(load, instant + load->step_s - 1);
    return i < 0 ? 0 : (size_t)i > load->n ? load->n : (size_t)i;
}

enum model_status fill_missing(const struct model_data *data, int64_t from, int64_t to,
                               double ret[])
{
    const struct series *load = data->load;
    struct filling f = {.data = data, .from = from, .ret = ret};
    for (int64_t i = 0; i < (to - from) / load->step_s; i++)
        ret[i] = NAN;
    if (!load->n)
        return MODEL_TOO_FEW;
    size_t first = clip(load, from), end = clip(load, to);
    enum model_status status = fill_by_regression(&f, first, end);
    if (status == MODEL_NOMEM || status == MODEL_OK)
        return status;
    for (size_t i = first; i < end; i++)
        if (missing(load, i))
            *estimate_of(&f, i) = weeks_beside(load, i);
    return status;
}
