// SPDX-License-Identifier: GPL-3.0-or-later
#include "predict.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "baseline.h"
#include "error_paths.h"
#include "residuals.h"

enum {
    PATHS = PATHS_N, // draws an interval: ten beyond each of the outermost of 99 quantiles
    SHIFT_DAYS = 28, // the anomalies of past years are shifted by up to so many days either way
    SHIFT_STEP = 4,
    WARM_UP_DAYS = 30, // weather before the issue that memory may reach back to
    BASELINE_DAYS = 112,
    ERRORS_MAX = 4096,
};

struct run {
    const struct model *model;
    const struct model_data *data;
    struct forecast *forecast;
    size_t ahead;               // intervals from the issue to the forecast's start
    size_t n_scenarios;         // at least 1
    double *mean;               // n * n_scenarios: regression by interval and scenario
    double *collapsed;          // n * bases
    struct model_place *places; // n
    struct climate climate;
    struct residuals *residuals;
    struct error_paths errors;
    struct entry_change *changes;     // what each entry makes of one interval
    bool (*happens)[PATHS];           // by entry
    struct explain *explain;          // NULL where no parts are wanted, and so are both below
    double (*effects)[EXPLAIN_PARTS]; // n * n_scenarios, as `mean`
    double (*parts)[EXPLAIN_PARTS];   // n, the caller's
    struct paths *paths;              // the caller's; NULL where none are wanted
};

static size_t warm_up(const struct run *run)
{
    return (size_t)WARM_UP_DAYS * CIVIL_DAY_S / (size_t)run->forecast->step_s;
}

static bool locate_all(struct run *run)
{
    const struct design *design = model_design(run->model);
    size_t n = run->forecast->n, bases = design_bases(design);
    run->places = calloc(n + 1, sizeof *run->places);
    run->collapsed = malloc((n * bases + 1) * sizeof *run->collapsed);
    if (!run->places || !run->collapsed)
        return false;
    for (size_t i = 0; i < n; i++) {
        struct model_place *place = &run->places[i];
        *place = i ? run->places[i - 1] : (struct model_place){0};
        model_locate(run->model, run->data, forecast_instant(run->forecast, i), place);
        // A trend is what was; nobody knows that it goes on.
        place->point.trend = model_trend_end(run->model);
        design_collapse(design, model_coefficients(run->model), place->point.day.month,
                        design_day_type(&place->point.day), place->point.period,
                        run->collapsed + i * bases);
    }
    return true;
}

// The regression along one temperature, temp[0] being that of warm_up() intervals before the issue.
static void run_temperature(struct run *run, size_t scenario, size_t n_temp, const double temp[],
                            double guises[])
{
    const struct recipe *recipe = model_recipe(run->model);
    const struct design *design = model_design(run->model);
    size_t bases = design_bases(design), first = warm_up(run) + run->ahead;
    double input[DESIGN_INPUTS_MAX], basis[DESIGN_BASES_MAX];
    for (size_t k = 0; k < recipe->n_inputs; k++)
        weather_transform(&recipe->inputs[k], run->forecast->step_s, n_temp, temp,
                          guises + k * n_temp);
    for (size_t i = 0; i < run->forecast->n; i++) {
        for (size_t k = 0; k < recipe->n_inputs; k++)
            input[k] = guises[k * n_temp + first + i];
        struct design_point point = run->places[i].point;
        point.input = input;
        design_basis(design, &point, basis);
        double sum = 0;
        for (size_t b = 0; b < bases; b++)
            sum += run->collapsed[i * bases + b] * basis[b];
        run->mean[i * run->n_scenarios + scenario] = sum;
        if (run->effects) {
            struct model_place place = run->places[i];
            place.point.input = input;
            explain_effects(run->explain, &place, run->effects[i * run->n_scenarios + scenario]);
        }
    }
}

// What is known of the temperature around the issue: past, and future as far as it is given.
static void known_temperature(const struct run *run, size_t n, double ret[])
{
    const struct series *temp = run->data->temp;
    int64_t first = run->data->issue - (int64_t)warm_up(run) * temp->step_s;
    for (size_t i = 0; i < n; i++) {
        int64_t instant = first + (int64_t)i * temp->step_s;
        ret[i] = instant < run->data->weather_until ? series_at(temp, instant) : (double)NAN;
    }
}

// How far what is known reaches.
static size_t count_given(size_t n, const double known[])
{
    while (n && isnan(known[n - 1]))
        n--;
    return n;
}

// One possible temperature: what is known; beyond it the climate and a scenario's anomaly. Where a
// weather forecast is given, it is off by a share of that anomaly which grows with the lead.
static void possible_temperature(const struct run *run, size_t n, const double known[],
                                 const double anomaly[], double ret[])
{
    const struct series *temp = run->data->temp;
    size_t past = warm_up(run);
    for (size_t i = 0; i < n; i++) {
        int64_t ahead = ((int64_t)i - (int64_t)past) * temp->step_s;
        double lead_days = (double)(ahead + run->data->weather_age_s) / CIVIL_DAY_S;
        if (isnan(known[i]))
            ret[i] = climate_at(&run->climate, run->data->issue + ahead) + anomaly[i];
        else if (ahead < 0 || !run->data->weather_is_forecast)
            ret[i] = known[i];
        else
            ret[i] = known[i] + weather_forecast_error(lead_days) * anomaly[i];
    }
}

static bool run_scenarios(struct run *run, size_t n_scenarios,
                          const struct weather_scenario scenarios[])
{
    const struct model_data *data = run->data;
    size_t past = warm_up(run), future = run->ahead + run->forecast->n, n = past + future;
    size_t inputs = model_recipe(run->model)->n_inputs;
    double *known = malloc(n * sizeof *known), *temp = malloc(n * sizeof *temp);
    double *anomaly = malloc(n * sizeof *anomaly);
    double *guises = malloc((n * inputs + 1) * sizeof *guises);
    bool fine = known && temp && anomaly && guises;
    if (fine)
        known_temperature(run, n, known);
    const struct weather_start start = {
        .temp = data->temp,
        .climate = &run->climate,
        .issue = data->issue,
        .given = fine && data->weather_is_forecast ? count_given(future, known + past) : 0,
        .age_s = data->weather_age_s,
    };
    for (size_t s = 0; fine && s < n_scenarios; s++) {
        weather_play(data->temp, &run->climate, &scenarios[s], data->issue, past, future, anomaly);
        weather_start_at_present(&start, past, future, anomaly);
        possible_temperature(run, n, known, anomaly, temp);
        run_temperature(run, s, n, temp, guises);
    }
    free(known);
    free(temp);
    free(anomaly);
    free(guises);
    return fine;
}

// True where the weather of every interval is given, so that one scenario tells all.
static bool weather_is_given(const struct run *run)
{
    if (run->data->weather_until < run->forecast->start || run->data->weather_is_forecast)
        return false;
    size_t known = 0;
    for (size_t i = 0; i < run->forecast->n; i++) {
        int64_t instant = forecast_instant(run->forecast, i);
        known += instant < run->data->weather_until && !isnan(series_at(run->data->temp, instant))
                     ? 1
                     : 0;
    }
    return 20 * known >= 19 * run->forecast->n;
}

// Memory for the regression by interval and scenario.
static bool alloc_scenarios(struct run *run, size_t n_scenarios)
{
    size_t n = run->forecast->n * n_scenarios + 1;
    run->n_scenarios = n_scenarios;
    run->mean = malloc(n * sizeof *run->mean);
    run->effects = run->parts ? malloc(n * sizeof *run->effects) : NULL;
    return run->mean && (!run->parts || run->effects);
}

static bool run_weather(struct run *run)
{
    struct weather_scenario *scenarios = malloc(WEATHER_SCENARIOS_MAX * sizeof *scenarios);
    if (!scenarios)
        return false;
    // No climate, no scenario: the caller falls back.
    size_t n = 0;
    if (climate_fit(run->data->temp, run->data->issue, &run->climate))
        n = weather_scenarios(run->data->temp, run->data->clock, run->data->issue,
                              run->ahead + run->forecast->n,
                              (struct weather_shifts){SHIFT_DAYS, SHIFT_STEP}, scenarios);
    if (weather_is_given(run) && n)
        n = 1;
    bool fine = alloc_scenarios(run, n) && run_scenarios(run, n, scenarios);
    free(scenarios);
    return fine;
}

static bool run_calendar(struct run *run)
{
    double none[1] = {0};
    bool fine = alloc_scenarios(run, 1);
    if (fine)
        run_temperature(run, 0, 0, none, none);
    return fine;
}

// What happens on which path, the same for all intervals; and room for what it makes of one.
static bool draw_entries(struct run *run)
{
    size_t n = run->data->n_entries;
    run->changes = calloc(n + 1, sizeof *run->changes);
    run->happens = calloc(n + 1, sizeof *run->happens);
    if (!run->changes || !run->happens || !forecast_make_effects(run->forecast, n))
        return false;
    for (size_t e = 0; e < n; e++) {
        run->forecast->effect_id[e] = run->data->entries[e].id;
        for (size_t k = 0; k < PATHS; k++)
            run->happens[e][k] =
                entry_happens(&run->data->entries[e], (uint64_t)run->data->issue, k);
    }
    return true;
}

// Lets the entries change the mean of interval i by what is expected of each: entries are drawn
// apart and what each makes of a load is a straight line, so this is the mean of their paths, but
// for loads that end at 0.
static void add_entries(struct run *run, size_t i)
{
    const struct model_data *data = run->data;
    struct forecast *forecast = run->forecast;
    double before = forecast->mean[i];
    for (size_t e = 0; e < data->n_entries; e++) {
        run->changes[e] = entry_change_at(&data->entries[e], data->clock, data->issue,
                                          forecast_instant(forecast, i));
        double effect =
            data->entries[e].probability * entry_change_effect(run->changes[e], forecast->mean[i]);
        forecast->effect[e * forecast->n + i] = effect;
        forecast->mean[i] += effect;
    }
    if (run->parts)
        run->parts[i][EXPLAIN_REGISTER] = forecast->mean[i] - before;
}

// The load of path k in the interval that add_entries() looked at last.
static double with_entries(const struct run *run, size_t k, double load)
{
    for (size_t e = 0; e < run->data->n_entries; e++)
        if (run->happens[e][k])
            load += entry_change_effect(run->changes[e], load);
    return load;
}

static double mean_load(const struct run *run, const double values[], double correction)
{
    double sum = 0;
    for (size_t s = 0; s < run->n_scenarios; s++)
        sum += model_load(run->model, values[s] + correction);
    return sum / (double)run->n_scenarios;
}

// The parts of an interval's mean: the mean of the scenarios' parts.
static void mean_parts(const struct run *run, size_t i, double correction)
{
    double part[EXPLAIN_PARTS];
    memset(run->parts[i], 0, sizeof run->parts[i]);
    for (size_t s = 0; s < run->n_scenarios; s++) {
        double *effects = run->effects[i * run->n_scenarios + s];
        effects[EXPLAIN_CORRECTION] = correction;
        explain_split(run->explain, effects, part);
        for (int k = 0; k < EXPLAIN_PARTS; k++)
            run->parts[i][k] += part[k] / (double)run->n_scenarios;
    }
}

// The load of path k in interval i with a given error.
static double path_load(const struct run *run, size_t i, size_t k, double correction, double error)
{
    double mean = run->mean[i * run->n_scenarios + k % run->n_scenarios];
    return with_entries(run, k, model_load(run->model, mean + correction + error));
}

// Each draw is one scenario and one error path from its beginning to its end. Where the error path
// is not known that far, there is one draw less.
static void set_draws(const struct run *run, size_t i, double correction, const size_t chosen[])
{
    double draws[PATHS];
    size_t count = 0;
    for (size_t k = 0; k < PATHS && run->errors.n; k++) {
        double error = run->errors.mw[chosen[k] * run->errors.n_steps + i];
        if (!isnan(error))
            draws[count++] = path_load(run, i, k, correction, error);
    }
    if (count)
        forecast_set_draws(run->forecast, i, count, draws);
}

// The paths go on where the draws end: with the next error path that is known.
static void draw_all(struct run *run, gsl_rng *rng)
{
    size_t chosen[PATHS], day[PATHS], alike[PATHS];
    for (size_t k = 0; k < PATHS && run->errors.n; k++)
        chosen[k] = gsl_rng_uniform_int(rng, run->errors.n);
    if (run->paths && run->errors.n) {
        gsl_rng_set(rng, (unsigned long)run->data->issue);
        error_paths_days(rng, PATHS, day);
        error_paths_choose(&run->errors, run->data->issue, PATHS, day, alike);
    }
    for (size_t i = 0; i < run->forecast->n; i++) {
        double correction = residuals_correction(run->residuals, run->ahead + i);
        run->forecast->mean[i] = mean_load(run, run->mean + i * run->n_scenarios, correction);
        if (run->parts)
            mean_parts(run, i, correction);
        add_entries(run, i);
        set_draws(run, i, correction, chosen);
        for (size_t k = 0; run->paths && k < PATHS && run->errors.n; k++)
            run->paths->mw[i * PATHS + k] =
                (float)path_load(run, i, k, correction, error_paths_at(&run->errors, alike[k], i));
    }
}

static bool any_change(const struct run *run)
{
    size_t e = 0, n = run->data->n_entries;
    while (e < n && run->changes[e].add == 0 && run->changes[e].scale == 0)
        e++;
    return e < n;
}

// The baseline with its own errors. With entries there are as many draws as paths at least, each
// error again and again, so that what is seldom is drawn too.
static void draw_baseline(struct run *run, size_t i, double mean, size_t n, double errors[])
{
    bool changes = any_change(run);
    size_t count = changes && n < PATHS ? PATHS : n;
    if (n < 2)
        return;
    for (size_t k = n; k < count; k++)
        errors[k] = errors[k % n];
    for (size_t k = 0; k < count; k++)
        errors[k] = changes ? with_entries(run, k % PATHS, errors[k] + mean) : errors[k] + mean;
    forecast_set_draws(run->forecast, i, count, errors);
}

static void baseline_paths(struct run *run, size_t i, const size_t day[], double mean)
{
    double errors[PATHS];
    baseline_errors_since(run->data->load, run->data->issue, forecast_instant(run->forecast, i),
                          BASELINE_DAYS, PATHS, day, errors);
    for (size_t k = 0; k < PATHS; k++)
        run->paths->mw[i * PATHS + k] = (float)with_entries(run, k, mean + errors[k]);
}

// What is forecast by the baseline is all level, and the register.
static bool predict_baseline(struct run *run)
{
    const struct model_data *data = run->data;
    struct forecast *forecast = run->forecast;
    double *errors = malloc(ERRORS_MAX * sizeof *errors);
    size_t day[PATHS];
    if (!errors || !error_paths_recent_days(data->issue, BASELINE_DAYS, PATHS, day)) {
        free(errors);
        return false;
    }
    for (size_t i = 0; i < forecast->n; i++) {
        int64_t target = forecast_instant(forecast, i);
        double mean = baseline_mean(data->load, data->issue, target);
        size_t n =
            baseline_errors(data->load, data->issue, target, BASELINE_DAYS, ERRORS_MAX, errors);
        forecast->mean[i] = mean;
        if (run->parts) {
            memset(run->parts[i], 0, sizeof run->parts[i]);
            run->parts[i][EXPLAIN_LEVEL] = mean;
        }
        add_entries(run, i);
        draw_baseline(run, i, mean, n, errors);
        if (run->paths)
            baseline_paths(run, i, day, mean);
    }
    snprintf(forecast->model, sizeof forecast->model, "last-week");
    free(errors);
    return true;
}

static bool draw(struct run *run)
{
    size_t n;
    const double *value = model_residuals(run->model, &n);
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_taus2);
    bool uncorrected = model_recipe(run->model)->uncorrected;
    run->residuals = residuals_new(run->forecast->step_s, n, value,
                                   uncorrected ? 0 : run->ahead + run->forecast->n);
    bool fine = rng && run->residuals &&
                (!run->forecast->n_levels ||
                 error_paths_collect(&run->errors, run->residuals, run->ahead, run->forecast->n));
    if (fine) {
        gsl_rng_set(rng, (unsigned long)run->data->issue);
        draw_all(run, rng);
    }
    if (rng)
        gsl_rng_free(rng);
    return fine;
}

static bool predict_regression(struct run *run)
{
    const struct model *model = run->model;
    struct forecast *forecast = run->forecast;
    run->ahead = (size_t)((forecast->start - run->data->issue) / forecast->step_s);
    run->explain = run->parts ? explain_new(model, run->data) : NULL;
    bool fine = (!run->parts || run->explain) && locate_all(run) &&
                (model_recipe(model)->n_inputs ? run_weather(run) : run_calendar(run));
    if (fine && run->n_scenarios) {
        snprintf(forecast->model, sizeof forecast->model, "%s", model_recipe(model)->name);
        fine = draw(run);
    } else if (fine) {
        // A regression on weather, and no weather of any day to run it on.
        fine = predict_baseline(run);
    }
    free(run->mean);
    free(run->collapsed);
    free(run->places);
    residuals_free(run->residuals);
    error_paths_done(&run->errors);
    explain_free(run->explain);
    free(run->effects);
    return fine;
}

static bool run_all(struct run *run, int64_t start, int64_t until, size_t n_levels,
                    const double levels[], struct forecast *ret)
{
    int32_t step_s = run->data->load->step_s;
    struct forecast out;
    assert(start >= run->data->issue && until >= start);
    if (!forecast_init(&out, start, step_s, (size_t)((until - start) / step_s), n_levels, levels))
        return false;
    out.issue = run->data->issue;
    run->forecast = &out;
    bool by_model = run->model && model_design(run->model);
    bool fine = draw_entries(run) && (by_model ? predict_regression(run) : predict_baseline(run));
    free(run->changes);
    free(run->happens);
    if (fine)
        *ret = out;
    else
        forecast_done(&out);
    return fine;
}

bool predict(const struct model *model, const struct model_data *data, int64_t start, int64_t until,
             size_t n_levels, const double levels[], struct forecast *ret)
{
    struct run run = {.model = model, .data = data};
    return run_all(&run, start, until, n_levels, levels, ret);
}

bool predict_paths(const struct model *model, const struct model_data *data, int64_t start,
                   int64_t until, size_t n_levels, const double levels[], struct forecast *ret,
                   struct paths *ret_paths)
{
    return predict_in_full(model, data, start, until, n_levels, levels, ret, ret_paths, NULL);
}

bool predict_in_full(const struct model *model, const struct model_data *data, int64_t start,
                     int64_t until, size_t n_levels, const double levels[], struct forecast *ret,
                     struct paths *ret_paths, double (*parts)[EXPLAIN_PARTS])
{
    struct paths paths;
    struct run run = {.model = model, .data = data, .paths = &paths, .parts = parts};
    int32_t step_s = data->load->step_s;
    assert(n_levels);
    if (!paths_init(&paths, start, step_s, (size_t)((until - start) / step_s)))
        return false;
    bool fine = run_all(&run, start, until, n_levels, levels, ret);
    if (fine)
        *ret_paths = paths;
    else
        paths_done(&paths);
    return fine;
}

bool predict_explained(const struct model *model, const struct model_data *data, int64_t start,
                       int64_t until, struct forecast *ret, double (*parts)[EXPLAIN_PARTS])
{
    struct run run = {.model = model, .data = data, .parts = parts};
    return run_all(&run, start, until, 0, NULL, ret);
}
