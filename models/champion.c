// SPDX-License-Identifier: GPL-3.0-or-later
#include "champion.h"

#include <math.h>
#include <stdlib.h>

#include "baseline.h"
#include "contest.h"
#include "residuals.h"

enum { LEAD_HOURS = 48 };

// What a candidate must lose at most, of what the regression that knows more loses, to go before
// it. Sixty days are one season: without heat in them a model without weather is as good, until the
// heat.
static const double margin = 0.9;

struct champion {
    struct model *weather, *calendar;
    const struct model *winner;
    struct champion_losses losses;
};

struct champion *champion_new(int32_t step_s)
{
    struct champion *champion = calloc(1, sizeof *champion);
    if (!champion)
        return NULL;
    champion->weather = model_new(step_s);
    champion->calendar = model_new(step_s);
    if (champion->weather && champion->calendar)
        return champion;
    champion_free(champion);
    return NULL;
}

void champion_free(struct champion *champion)
{
    if (!champion)
        return;
    model_free(champion->weather);
    model_free(champion->calendar);
    free(champion);
}

// Leads that are judged: every hour, or every interval where those are longer.
struct leads {
    size_t n, stride;
};

static struct leads judged_leads(int32_t step_s)
{
    size_t stride = step_s < CIVIL_HOUR_S ? (size_t)(CIVIL_HOUR_S / step_s) : 1;
    size_t steps = (size_t)LEAD_HOURS * CIVIL_HOUR_S / (size_t)step_s;
    return (struct leads){steps / stride > 0 ? steps / stride : 1, stride};
}

static int64_t target_of(const struct model_data *data, size_t day, size_t lead)
{
    return data->issue - (int64_t)day * CIVIL_DAY_S + (int64_t)lead * data->load->step_s;
}

// What the regression was off by on past issues, MW. False without memory.
static bool errors_of_model(const struct model *model, const struct model_data *data,
                            struct leads leads, double ret[])
{
    size_t n;
    const double *value = model_residuals(model, &n);
    struct residuals *residuals =
        residuals_new(data->load->step_s, n, value, leads.n * leads.stride);
    if (!residuals)
        return false;
    for (size_t day = 1; day <= CONTEST_DAYS; day++)
        for (size_t k = 0; k < leads.n; k++) {
            size_t lead = k * leads.stride;
            bool past = day <= residuals_paths(residuals);
            double error = past ? residuals_error(residuals, day, lead) : (double)NAN;
            double actual = series_usable_at(data->load, target_of(data, day, lead));
            ret[(day - 1) * leads.n + k] =
                actual - model_load(model, model_response(model, actual) - error);
        }
    residuals_free(residuals);
    return true;
}

static void errors_of_baseline(const struct model_data *data, struct leads leads, double ret[])
{
    for (size_t day = 1; day <= CONTEST_DAYS; day++) {
        int64_t issue = data->issue - (int64_t)day * CIVIL_DAY_S;
        for (size_t k = 0; k < leads.n; k++) {
            int64_t target = target_of(data, day, k * leads.stride);
            bool past = target < data->issue && issue > data->load->start;
            double actual = past ? series_usable_at(data->load, target) : (double)NAN;
            // In a long gap the baseline would look far back for every interval of it.
            ret[(day - 1) * leads.n + k] =
                isnan(actual) ? (double)NAN : actual - baseline_mean(data->load, issue, target);
        }
    }
}

// Of the candidates that could be judged the one that lost clearly least; otherwise the first.
static const struct model *choose(const struct champion *champion, bool calendar_fitted)
{
    const struct champion_losses *loss = &champion->losses;
    const struct model *best = champion->weather;
    double least = loss->weather;
    if (calendar_fitted && loss->calendar < margin * least) {
        best = champion->calendar;
        least = loss->calendar;
    }
    return loss->baseline < margin * least ? NULL : best;
}

static bool judge(struct champion *champion, const struct model_data *data, bool calendar_fitted)
{
    struct leads leads = judged_leads(data->load->step_s);
    double *errors = malloc(CONTEST_DAYS * leads.n * sizeof *errors);
    bool fine = errors && errors_of_model(champion->weather, data, leads, errors);
    if (fine)
        champion->losses.weather = contest_pinball(leads.n, errors);
    if (fine && calendar_fitted) {
        fine = errors_of_model(champion->calendar, data, leads, errors);
        champion->losses.calendar = fine ? contest_pinball(leads.n, errors) : (double)NAN;
    }
    if (fine) {
        errors_of_baseline(data, leads, errors);
        champion->losses.baseline = contest_pinball(leads.n, errors);
    }
    free(errors);
    return fine;
}

enum model_status champion_fit(struct champion *champion, const struct model_data *data)
{
    champion->winner = NULL;
    champion->losses = (struct champion_losses){NAN, NAN, NAN};
    enum model_status status = model_fit(champion->weather, data);
    if (status != MODEL_OK)
        return status;
    bool calendar_fitted = false;
    if (model_recipe(champion->weather)->n_inputs) {
        struct model_data blind = *data;
        blind.temp = NULL;
        calendar_fitted = model_fit(champion->calendar, &blind) == MODEL_OK;
    }
    if (!judge(champion, data, calendar_fitted))
        return MODEL_NOMEM;
    champion->winner = choose(champion, calendar_fitted);
    return MODEL_OK;
}

const struct model *champion_model(const struct champion *champion)
{
    return champion->winner;
}

struct champion_losses champion_losses(const struct champion *champion)
{
    return champion->losses;
}
