// SPDX-License-Identifier: GPL-3.0-or-later
#include "outlook.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>

#include "baseline.h"
#include "regression.h"

enum {
    WINDOW_DAYS_MIN = 330, // of readings before an earlier year's issue, for a fit of its own
    OWN_DAYS = 200,        // of errors of the fit to its own rows, where there is no earlier year
    LEVEL_DAYS = 60,       // over which the level of late is a mean, by exponential weights
};

// The prior of the level's error, in logarithms or as a share of the load: what zones of these
// sizes move in half a year beside weather and calendar. Without an earlier year to learn from the
// season itself is in doubt; without a regression everything is.
static const double prior_seen = 0.04, prior_unseen = 0.07, prior_baseline = 0.15;
static const double prior_mean_weight = 1, prior_scale_weight = 3;

// Robust scales from the median day beyond which a day was no ordinary error.
static const double far = 5;

// What the regression without weather must lose at most, of what that with weather loses.
static const double margin = 0.95;

// One candidate: with weather, or without.
struct candidate {
    struct model_data data;
    struct model *model; // fitted at the issue
    double level;        // what it missed of late
    size_t n_windows;
    int years[OUTLOOK_WINDOWS_MAX];
    double *error; // as in the outlook, on the scale of the regression, NaN unknown
    double squares, known;
};

// One outlook in the making.
struct making {
    const struct outlook_request *request;
    size_t day_steps, n_days, window_days;
    struct candidate weather, calendar;
};

static size_t usable_readings(const struct making *m, int64_t issue)
{
    const struct series *load = m->request->data.load;
    struct series before = series_before(load, issue);
    return regression_usable(&before, before.n, NULL);
}

static size_t usable_days(const struct making *m, int64_t issue)
{
    return usable_readings(m, issue) / m->day_steps;
}

static enum model_status fit(const struct making *m, const struct model_data *data,
                             struct model **ret)
{
    struct recipe recipe;
    bool weather = data->temp && data->temp->n;
    bool tet = calendar_has(data->calendar, CALENDAR_TET);
    *ret = model_new(data->load->step_s);
    if (!*ret)
        return MODEL_NOMEM;
    if (!recipe_season((int)usable_days(m, data->issue), weather, tet, &recipe))
        return MODEL_TOO_FEW;
    model_set_recipe(*ret, &recipe);
    return model_fit(*ret, data);
}

// What the fit missed of late, by days that are known.
static double recent_level(const struct model *model, size_t day_steps)
{
    size_t n;
    const double *residual = model_residuals(model, &n);
    double sum = 0, weights = 0, days = 0;
    for (size_t i = n; i-- > 0 && days < 6 * LEVEL_DAYS;) {
        if (isnan(residual[i]))
            continue;
        double weight = exp(-days / LEVEL_DAYS);
        sum += weight * residual[i];
        weights += weight;
        days += 1.0 / (double)day_steps;
    }
    return weights > 0 ? sum / weights : 0;
}

static double *window_errors(const struct making *m, const struct candidate *c, size_t window)
{
    return c->error + window * m->window_days * m->day_steps;
}

// Runs a past year's fit over its season and the margin behind it with the weather that came.
static bool run_window(const struct making *m, const struct model *model,
                       const struct model_data *data, int64_t start, double errors[])
{
    struct scenarios runs;
    size_t margin_steps = OUTLOOK_MARGIN_DAYS * m->day_steps;
    int32_t step_s = data->load->step_s;
    int64_t first = start - (int64_t)margin_steps * step_s;
    int64_t from = first > data->issue ? first : data->issue, to = data->weather_until;
    double level = recent_level(model, m->day_steps);
    if (to <= from)
        return true;
    if (!scenarios_run(model, data, from, to, 0, NULL, 0, &runs))
        return false;
    size_t offset = (size_t)((from - first) / step_s);
    for (size_t i = 0; i < runs.n && offset + i < m->window_days * m->day_steps; i++) {
        int64_t at = series_index(data->load, from) + (int64_t)i;
        if (at >= 0 && (size_t)at < data->load->n && series_usable(data->load, (size_t)at))
            errors[offset + i] =
                model_response(model, data->load->value[at]) - (double)runs.value[i] - level;
    }
    scenarios_done(&runs);
    return true;
}

static size_t count_known(size_t n, const double values[])
{
    size_t known = 0;
    for (size_t i = 0; i < n; i++)
        known += isnan(values[i]) ? 0 : 1;
    return known;
}

// The errors of the season proper, without its margins.
static const double *proper(const struct making *m, const struct candidate *c, size_t window)
{
    return window_errors(m, c, window) + OUTLOOK_MARGIN_DAYS * m->day_steps;
}

static void sum_squares(const struct making *m, struct candidate *c, size_t window)
{
    const double *errors = proper(m, c, window);
    for (size_t i = 0; i < m->n_days * m->day_steps; i++)
        if (!isnan(errors[i])) {
            c->squares += errors[i] * errors[i];
            c->known++;
        }
}

// The season as it would have been forecast so many years ago; kept where half of it is known.
static enum model_status look_back(const struct making *m, struct candidate *c, int years)
{
    const struct outlook_request *request = m->request;
    struct model_data data = c->data;
    struct model *model = NULL;
    data.issue = weather_same_date(data.clock, request->data.issue, years);
    data.issue -= data.issue % data.load->step_s;
    int64_t start = data.issue + (request->start - request->data.issue);
    int64_t end =
        start + (int64_t)((m->n_days + OUTLOOK_MARGIN_DAYS) * m->day_steps) * data.load->step_s;
    data.weather_until = end < request->data.issue ? end : request->data.issue;
    data.weather_is_forecast = false;
    if (usable_days(m, data.issue) < WINDOW_DAYS_MIN)
        return MODEL_OK;
    double *errors = window_errors(m, c, c->n_windows);
    for (size_t i = 0; i < m->window_days * m->day_steps; i++)
        errors[i] = NAN;
    enum model_status status = fit(m, &data, &model);
    if (status == MODEL_OK && !run_window(m, model, &data, start, errors))
        status = MODEL_NOMEM;
    model_free(model);
    size_t n = m->n_days * m->day_steps;
    if (status == MODEL_OK && 2 * count_known(n, proper(m, c, c->n_windows)) >= n) {
        sum_squares(m, c, c->n_windows);
        c->years[c->n_windows++] = years;
    }
    return status == MODEL_NOMEM ? MODEL_NOMEM : MODEL_OK;
}

static enum model_status try_candidate(const struct making *m, struct candidate *c)
{
    size_t window = m->window_days * m->day_steps;
    c->error = malloc(OUTLOOK_WINDOWS_MAX * window * sizeof *c->error);
    if (!c->error)
        return MODEL_NOMEM;
    enum model_status status = fit(m, &c->data, &c->model);
    if (status != MODEL_OK)
        return status;
    c->level = recent_level(c->model, m->day_steps);
    for (int years = 1; years <= OUTLOOK_WINDOWS_MAX && status == MODEL_OK; years++)
        status = look_back(m, c, years);
    return status;
}

static void candidate_done(struct candidate *c)
{
    model_free(c->model);
    free(c->error);
}

// Without an earlier year: what the fit misses of its own latest days.
static void look_at_own(const struct making *m, struct candidate *c)
{
    size_t n, steps = m->window_days * m->day_steps;
    const double *residual = model_residuals(c->model, &n);
    for (size_t i = 0; i < steps; i++) {
        bool known = n + i >= steps && i < (size_t)OWN_DAYS * m->day_steps;
        c->error[i] = known ? residual[n + i - steps] : (double)NAN;
    }
    c->years[0] = 0;
    c->n_windows = 1;
}

struct outlook_level outlook_level(size_t n, const double errors[], double prior_scale)
{
    double k = prior_mean_weight, v = prior_scale_weight, sum = 0, squares = 0;
    for (size_t i = 0; i < n; i++)
        sum += errors[i];
    double mean = n ? sum / (double)n : 0;
    for (size_t i = 0; i < n; i++)
        squares += (errors[i] - mean) * (errors[i] - mean);
    double weight = k + (double)n, freedom = v + (double)n;
    double variance =
        (v * prior_scale * prior_scale + squares + k * (double)n * mean * mean / weight) / freedom;
    return (struct outlook_level){
        .mean = sum / weight,
        .scale = sqrt(variance * (1 + 1 / weight)),
        .freedom = freedom,
    };
}

static double mean_known(size_t n, const double values[])
{
    double sum = 0;
    size_t known = 0;
    for (size_t i = 0; i < n; i++)
        if (!isnan(values[i])) {
            sum += values[i];
            known++;
        }
    return known ? sum / (double)known : 0;
}

// Forgets the days of a window that were off by more than `far` robust scales from the median day:
// closures, rationing, their echo in the next year's forecast. What came of them is for the
// register to say; a season is not made of them. False without memory.
static bool forget_odd_days(const struct making *m, double errors[])
{
    double *day = malloc((2 * m->window_days + 1) * sizeof *day), *sorted = day + m->window_days;
    size_t n = 0;
    if (!day)
        return false;
    for (size_t d = 0; d < m->window_days; d++) {
        const double *own = errors + d * m->day_steps;
        bool known = 2 * count_known(m->day_steps, own) >= m->day_steps;
        day[d] = known ? mean_known(m->day_steps, own) : (double)NAN;
        if (known)
            sorted[n++] = day[d];
    }
    gsl_sort(sorted, 1, n);
    double median = n ? gsl_stats_median_from_sorted_data(sorted, 1, n) : 0;
    for (size_t k = 0; k < n; k++)
        sorted[k] = fabs(sorted[k] - median);
    gsl_sort(sorted, 1, n);
    double scale = n ? 1.4826 * gsl_stats_median_from_sorted_data(sorted, 1, n) : 0;
    for (size_t d = 0; d < m->window_days; d++)
        for (size_t i = 0; fabs(day[d] - median) > far * scale && i < m->day_steps; i++)
            errors[d * m->day_steps + i] = NAN;
    free(day);
    return true;
}

// Takes each window's level out of it, and keeps the rest as it is added or multiplied.
static bool keep_errors(const struct making *m, struct candidate *c, struct outlook *ret,
                        double levels[])
{
    size_t steps = m->window_days * m->day_steps;
    ret->n_windows = c->n_windows;
    ret->window_days = m->window_days;
    ret->error = malloc(c->n_windows * steps * sizeof *ret->error);
    ret->known = malloc(c->n_windows * m->window_days * sizeof *ret->known);
    if (!ret->error || !ret->known)
        return false;
    memcpy(ret->window_years, c->years, sizeof ret->window_years);
    for (size_t w = 0; w < c->n_windows; w++) {
        double *errors = window_errors(m, c, w);
        if (!forget_odd_days(m, errors))
            return false;
        levels[w] = c->years[w] ? mean_known(m->n_days * m->day_steps, proper(m, c, w))
                                : mean_known(steps, errors);
        for (size_t i = 0; i < steps; i++) {
            double error = isnan(errors[i]) ? 0 : errors[i] - levels[w];
            ret->error[w * steps + i] = (float)(ret->logarithm ? exp(error) : error);
        }
        for (size_t day = 0; day < m->window_days; day++)
            ret->known[w * m->window_days + day] =
                2 * count_known(m->day_steps, errors + day * m->day_steps) >= m->day_steps;
    }
    return true;
}

// From the scale of the regression to MW.
static void to_megawatts(struct outlook *o, double level)
{
    double sum = 0;
    for (size_t i = 0; i < o->runs.n_runs * o->runs.n; i++) {
        double value = (double)o->runs.value[i] + level;
        o->runs.value[i] = (float)(o->logarithm ? exp(value) : value);
        sum += (double)o->runs.value[i];
    }
    size_t count = o->runs.n_runs * o->runs.n;
    o->mean_mw = count ? sum / (double)count : 0;
}

static enum model_status conclude(const struct making *m, struct candidate *c, struct outlook *ret)
{
    const struct outlook_request *request = m->request;
    double levels[OUTLOOK_WINDOWS_MAX];
    if (!scenarios_run(c->model, &c->data, request->start, request->until, request->n_sources,
                       request->sources, request->warmer_c, &ret->runs))
        return MODEL_NOMEM;
    bool seen = c->n_windows;
    if (!seen)
        look_at_own(m, c);
    ret->model = model_recipe(c->model)->name;
    // Nothing on the scale of logarithms is 1 MW, on that of the load 0 MW.
    ret->logarithm = model_load(c->model, 0) > 0;
    if (!keep_errors(m, c, ret, levels))
        return MODEL_NOMEM;
    to_megawatts(ret, c->level);
    double unit = ret->logarithm ? 1 : fabs(ret->mean_mw);
    ret->level =
        outlook_level(seen ? c->n_windows : 0, levels, unit * (seen ? prior_seen : prior_unseen));
    return MODEL_OK;
}

// Last week's same hour; what that missed of late are its errors.
static bool conclude_baseline(const struct making *m, struct outlook *ret)
{
    const struct model_data *data = &m->request->data;
    int32_t step_s = data->load->step_s;
    struct candidate own = {.n_windows = 1};
    size_t steps = m->window_days * m->day_steps;
    double levels[OUTLOOK_WINDOWS_MAX];
    ret->runs = (struct scenarios){
        .n_runs = 1,
        .n = (size_t)((m->request->until - m->request->start) / step_s),
        .day_steps = m->day_steps,
        .n_days = m->n_days,
    };
    ret->runs.value = malloc((ret->runs.n + 1) * sizeof *ret->runs.value);
    ret->runs.real = malloc((m->n_days + 1) * sizeof *ret->runs.real);
    own.error = malloc((steps + 1) * sizeof *own.error);
    bool fine = ret->runs.value && ret->runs.real && own.error;
    for (size_t day = 0; fine && day < m->n_days; day++)
        ret->runs.real[day] = true;
    for (size_t i = 0; fine && i < ret->runs.n; i++)
        ret->runs.value[i] =
            (float)baseline_mean(data->load, data->issue, m->request->start + (int64_t)i * step_s);
    for (size_t i = 0; fine && i < steps; i++) {
        int64_t at = data->issue - (int64_t)(steps - i) * step_s;
        int64_t issue = at - (int64_t)(i % m->day_steps) * step_s;
        own.error[i] = series_at(data->load, at) - baseline_mean(data->load, issue, at);
    }
    ret->model = "last-week";
    ret->logarithm = false;
    fine = fine && keep_errors(m, &own, ret, levels);
    if (fine)
        to_megawatts(ret, 0);
    ret->level = outlook_level(0, NULL, prior_baseline * fabs(ret->mean_mw));
    free(own.error);
    return fine;
}

// The candidate that was nearer in the earlier years.
static struct candidate *choose(struct making *m)
{
    struct candidate *w = &m->weather, *c = &m->calendar;
    if (!w->n_windows || w->n_windows != c->n_windows)
        return w;
    return c->squares / c->known < margin * margin * w->squares / w->known ? c : w;
}

static enum model_status make(struct making *m, struct outlook *ret)
{
    m->weather.data = m->calendar.data = m->request->data;
    m->calendar.data.temp = NULL;
    enum model_status status = try_candidate(m, &m->weather);
    bool weather = status == MODEL_OK && model_recipe(m->weather.model)->n_inputs;
    if (weather && m->weather.n_windows && try_candidate(m, &m->calendar) == MODEL_NOMEM)
        status = MODEL_NOMEM;
    if (status == MODEL_OK)
        return conclude(m, choose(m), ret);
    if (status == MODEL_NOMEM)
        return status;
    if (!usable_readings(m, m->request->data.issue))
        return MODEL_TOO_FEW;
    return conclude_baseline(m, ret) ? MODEL_OK : MODEL_NOMEM;
}

enum model_status outlook_new(const struct outlook_request *request, struct outlook *ret)
{
    assert(request->start >= request->data.issue && request->until > request->start);
    size_t day_steps = (size_t)(CIVIL_DAY_S / request->data.load->step_s);
    size_t n = (size_t)((request->until - request->start) / request->data.load->step_s);
    struct making m = {
        .request = request,
        .day_steps = day_steps,
        .n_days = (n + day_steps - 1) / day_steps,
    };
    struct outlook out = {0};
    m.window_days = m.n_days + 2 * OUTLOOK_MARGIN_DAYS;
    enum model_status status = make(&m, &out);
    candidate_done(&m.weather);
    candidate_done(&m.calendar);
    if (status == MODEL_OK)
        *ret = out;
    else
        outlook_done(&out);
    return status;
}

void outlook_done(struct outlook *outlook)
{
    scenarios_done(&outlook->runs);
    free(outlook->error);
    free(outlook->known);
    *outlook = (struct outlook){0};
}
