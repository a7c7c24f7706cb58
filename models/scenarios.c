// SPDX-License-Identifier: GPL-3.0-or-later
#include "scenarios.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>

#include "draw.h"
#include "response.h"

enum {
    WARM_UP_DAYS = 30, // weather before the issue that memory may reach back to
    PRESENT_DAYS = 20, // after which nothing is left of the weather at the issue
    YEARS_MAX = 40,
};

// Nine hours a year are beyond the usual extremes, at either end.
static const double extreme = 0.001;
static const double stretch_sd = 0.4, beyond_c = 2;

enum { KEY_STRETCH = 16 }; // of the draws of a run

struct run {
    const struct model_data *data;
    struct climate climate;
    struct response *response;
    size_t past, ahead, total; // intervals of warm-up, from the issue to the start, of all three
    size_t given;              // from the issue on that a forecast of the weather tells
    double *known, *anomaly, *temp, *guises;
    bool *seen;                    // total: the anomaly was
    double hot, cold, most, least; // of the record, C
};

static int64_t instant_at(const struct run *run, size_t i)
{
    return run->data->issue + ((int64_t)i - (int64_t)run->past) * run->data->load->step_s;
}

// True where any of the temperatures was known on some day of the span, an hour a day looked at.
static bool any_known(size_t n_temp, const struct series *const temp[], int64_t from, int64_t to,
                      int64_t issue)
{
    for (int64_t t = from; t < to && t < issue; t += CIVIL_DAY_S)
        for (size_t k = 0; k < n_temp; k++)
            if (!isnan(series_at(temp[k], t)))
                return true;
    return false;
}

size_t scenarios_sources(size_t n_temp, const struct series *const temp[],
                         const struct civil_clock *clock, int64_t issue, int64_t until,
                         struct weather_shifts shifts,
                         struct weather_scenario ret[static SCENARIOS_MAX])
{
    size_t count = 0, each = (size_t)(2 * shifts.shift_days / shifts.step_days) + 1;
    for (int years = 1; years <= YEARS_MAX && count + each <= SCENARIOS_MAX; years++) {
        int64_t same = weather_same_date(clock, issue, years);
        if (!any_known(n_temp, temp, same, same + (until - issue), issue))
            continue;
        for (int shift = -shifts.shift_days; shift <= shifts.shift_days; shift += shifts.step_days)
            ret[count++].source = same + shift * (int64_t)CIVIL_DAY_S;
    }
    return count;
}

// What is known of the temperature: past, and future as far as it is given.
static void find_known(struct run *run)
{
    for (size_t i = 0; i < run->total; i++) {
        int64_t instant = instant_at(run, i);
        run->known[i] =
            instant < run->data->weather_until ? series_at(run->data->temp, instant) : (double)NAN;
        if (run->data->weather_is_forecast && i >= run->past && !isnan(run->known[i]))
            run->given = i + 1 - run->past;
    }
}

// The anomaly of a source from its climate, NaN where it was not seen before the issue.
static void find_anomaly(struct run *run, const struct weather_scenario *source)
{
    const struct model_data *data = run->data;
    for (size_t i = 0; i < run->total; i++) {
        int64_t instant = source->source + (instant_at(run, i) - data->issue);
        run->anomaly[i] = instant < data->issue
                              ? series_at(data->temp, instant) - climate_at(&run->climate, instant)
                              : (double)NAN;
    }
    const struct weather_start start = {.temp = data->temp,
                                        .climate = &run->climate,
                                        .issue = data->issue,
                                        .given = run->given,
                                        .age_s = data->weather_age_s};
    size_t near = run->given + (size_t)PRESENT_DAYS * CIVIL_DAY_S / (size_t)data->load->step_s;
    if (near > run->total - run->past)
        near = run->total - run->past;
    weather_start_at_present(&start, run->past, near, run->anomaly);
}

// Short gaps of an anomaly by straight lines; the rest of what was not seen has none.
static void mend_anomaly(struct run *run)
{
    const size_t short_gap = (size_t)(6 * CIVIL_HOUR_S / run->data->load->step_s);
    size_t gap = 0;
    for (size_t i = 0; i < run->total; i++) {
        run->seen[i] = !isnan(run->anomaly[i]);
        if (!run->seen[i]) {
            gap++;
            run->anomaly[i] = 0;
            continue;
        }
        if (gap && gap <= short_gap && gap < i)
            for (size_t k = 1; k <= gap; k++) {
                double left = run->anomaly[i - gap - 1], share = (double)k / (double)(gap + 1);
                run->anomaly[i - gap - 1 + k] = left + share * (run->anomaly[i] - left);
                run->seen[i - gap - 1 + k] = true;
            }
        gap = 0;
    }
}

// A temperature of a run that draws this factor.
static double stretch(const struct run *run, double temp, double factor)
{
    double beyond = fmax(temp - run->hot, 0) - fmax(run->cold - temp, 0);
    return fmin(fmax(temp + factor * beyond, run->least), run->most);
}

static void find_temperature(struct run *run, double factor, double warmer_c)
{
    const struct model_data *data = run->data;
    for (size_t i = 0; i < run->total; i++) {
        double ahead_days = (double)(instant_at(run, i) - data->issue) / CIVIL_DAY_S;
        if (isnan(run->known[i])) {
            double warmer = ahead_days < 0 ? 0 : warmer_c;
            double temp = climate_at(&run->climate, instant_at(run, i)) + run->anomaly[i];
            run->temp[i] = stretch(run, temp, factor) + warmer;
        } else if (ahead_days < 0 || !data->weather_is_forecast) {
            run->temp[i] = run->known[i];
        } else {
            double lead_days = ahead_days + (double)data->weather_age_s / CIVIL_DAY_S;
            run->temp[i] = run->known[i] + weather_forecast_error(lead_days) * run->anomaly[i];
        }
    }
}

static void run_response(struct run *run, const struct recipe *recipe, float ret[], size_t n)
{
    double input[DESIGN_INPUTS_MAX];
    for (size_t k = 0; k < recipe->n_inputs; k++)
        weather_transform(&recipe->inputs[k], run->data->load->step_s, run->total, run->temp,
                          run->guises + k * run->total);
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < recipe->n_inputs; k++)
            input[k] = run->guises[k * run->total + run->past + run->ahead + i];
        ret[i] = (float)response_at(run->response, i, input);
    }
}

// Which days were seen: nearly whole, and the day before it as well, whose
// warmth is remembered. Given weather is seen.
static void describe_days(const struct run *run, struct scenarios *s, size_t r)
{
    bool before = true;
    for (size_t day = 0; day < s->n_days; day++) {
        size_t from = day * s->day_steps, to = from + s->day_steps, seen = 0;
        if (to > s->n)
            to = s->n;
        for (size_t i = from; i < to; i++) {
            size_t at = run->past + run->ahead + i;
            seen += run->seen[at] || !isnan(run->known[at]) ? 1 : 0;
        }
        bool whole = 10 * seen >= 9 * (to - from);
        s->real[r * s->n_days + day] = whole && before;
        before = whole;
    }
}

static bool alloc_result(const struct run *run, size_t n_runs, int64_t start, int64_t until,
                         struct scenarios *s)
{
    int32_t step_s = run->data->load->step_s;
    s->n_runs = n_runs;
    s->n = (size_t)((until - start) / step_s);
    s->day_steps = (size_t)(CIVIL_DAY_S / step_s);
    s->n_days = (s->n + s->day_steps - 1) / s->day_steps;
    s->value = malloc((n_runs * s->n + 1) * sizeof *s->value);
    s->real = malloc((n_runs * s->n_days + 1) * sizeof *s->real);
    return s->value && s->real;
}

static bool alloc_run(struct run *run, size_t n_inputs)
{
    size_t n = run->total + 1;
    run->known = malloc(n * sizeof *run->known);
    run->anomaly = malloc(n * sizeof *run->anomaly);
    run->temp = malloc(n * sizeof *run->temp);
    run->guises = malloc(n * (n_inputs + 1) * sizeof *run->guises);
    run->seen = malloc(n * sizeof *run->seen);
    return run->known && run->anomaly && run->temp && run->guises && run->seen;
}

static void run_done(struct run *run)
{
    response_free(run->response);
    free(run->known);
    free(run->anomaly);
    free(run->temp);
    free(run->guises);
    free(run->seen);
}

// The record before the issue: its usual extremes, and what lies two degrees past it.
static bool find_extremes(struct run *run)
{
    const struct series *temp = run->data->temp;
    double *sorted = malloc((temp->n + 1) * sizeof *sorted);
    size_t n = 0;
    for (size_t i = 0; sorted && i < temp->n; i++)
        if (series_instant(temp, i) < run->data->issue && !isnan(temp->value[i]))
            sorted[n++] = temp->value[i];
    if (sorted && n) {
        gsl_sort(sorted, 1, n);
        run->hot = gsl_stats_quantile_from_sorted_data(sorted, 1, n, 1 - extreme);
        run->cold = gsl_stats_quantile_from_sorted_data(sorted, 1, n, extreme);
        run->most = sorted[n - 1] + beyond_c;
        run->least = sorted[0] - beyond_c;
    }
    free(sorted);
    return sorted;
}

static void run_all(struct run *run, const struct recipe *recipe, size_t n_sources,
                    const struct weather_scenario sources[], double warmer_c, struct scenarios *s)
{
    find_known(run);
    for (size_t r = 0; r < s->n_runs; r++) {
        for (size_t i = 0; i < run->total; i++) {
            run->anomaly[i] = 0;
            run->seen[i] = true;
        }
        if (n_sources) {
            find_anomaly(run, &sources[r]);
            mend_anomaly(run);
        }
        find_temperature(run, stretch_sd * draw_normal(0, r, KEY_STRETCH, 0), warmer_c);
        run_response(run, recipe, s->value + r * s->n, s->n);
        describe_days(run, s, r);
    }
}

// Without weather all runs would be one.
static void run_blind(const struct run *run, struct scenarios *s)
{
    double none[DESIGN_INPUTS_MAX];
    for (size_t k = 0; k < DESIGN_INPUTS_MAX; k++)
        none[k] = NAN;
    for (size_t i = 0; i < s->n; i++)
        s->value[i] = (float)response_at(run->response, i, none);
    for (size_t day = 0; day < s->n_days; day++)
        s->real[day] = true;
}

bool scenarios_run(const struct model *model, const struct model_data *data, int64_t start,
                   int64_t until, size_t n_sources, const struct weather_scenario sources[],
                   double warmer_c, struct scenarios *ret)
{
    assert(start >= data->issue && until >= start);
    const struct recipe *recipe = model_recipe(model);
    struct run run = {.data = data};
    struct scenarios s = {0};
    size_t step_s = (size_t)data->load->step_s;
    run.past = (size_t)WARM_UP_DAYS * CIVIL_DAY_S / step_s;
    run.ahead = (size_t)(start - data->issue) / step_s;
    run.total = run.past + (size_t)(until - data->issue) / step_s;
    run.response = response_new(model, data, start, (size_t)(until - start) / step_s);
    bool weather = recipe->n_inputs && climate_fit(data->temp, data->issue, &run.climate);
    bool fine = run.response && alloc_run(&run, recipe->n_inputs) &&
                alloc_result(&run, weather && n_sources ? n_sources : 1, start, until, &s);
    fine = fine && (!weather || find_extremes(&run));
    if (fine && weather)
        run_all(&run, recipe, n_sources, sources, warmer_c, &s);
    else if (fine)
        run_blind(&run, &s);
    run_done(&run);
    if (fine)
        *ret = s;
    else
        scenarios_done(&s);
    return fine;
}

void scenarios_done(struct scenarios *scenarios)
{
    free(scenarios->value);
    free(scenarios->real);
    *scenarios = (struct scenarios){0};
}
