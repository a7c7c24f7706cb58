// SPDX-License-Identifier: GPL-3.0-or-later
// What each part of the model buys: the error of day-ahead forecasts with actual weather, each made
// at its midnight from what was known then, with one part at a time left out.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_errno.h>

#include "daemon/dataset.h"
#include "models/model.h"
#include "models/predict.h"
#include "models/score.h"

enum { LEVELS = 19, LONG = 10000 };

struct bench {
    struct dataset dataset;
    const struct series *load;
    int64_t first, last; // civil days, the last one not judged
};

// What a variant of the recipe does without.
enum part {
    NOTHING,
    HOLIDAYS,
    SEASON,
    TREND,
    NOW,
    SHORT_MEMORY,
    LONG_MEMORY,
    OFF_DAYS,
    TEMPERATURE,
    CORRECTION,
    AGE_WEIGHTS,
    LOGARITHM,
    VANILLA,
    PARTS
};

static const char *const names[PARTS] = {
    "all parts",
    "without holidays and the days beside them",
    "without the season",
    "without the trend",
    "without the temperature now",
    "without its memory of 3 h",
    "without its memory of 24 h",
    "without other memory on days off",
    "without any temperature",
    "without correction by recent errors",
    "without age weights",
    "of the load, not of its logarithm",
    "Tao's Vanilla, as published",
};

static bool uses(const struct recipe *recipe, const struct term *term, enum weather_guise guise,
                 double hours)
{
    bool of_input = term->basis.kind == BASIS_POWER || term->basis.kind == BASIS_SPLINE;
    const struct weather_input *input = &recipe->inputs[term->basis.input];
    return of_input && input->guise == guise && input->hours == hours;
}

static bool left_out(const struct recipe *recipe, const struct term *term, enum part part)
{
    switch (part) {
    case SEASON:
        return term->basis.kind == BASIS_SIN || term->basis.kind == BASIS_COS;
    case TREND:
        return term->basis.kind == BASIS_TREND;
    case NOW:
        return uses(recipe, term, WEATHER_NOW, 0);
    case SHORT_MEMORY:
        return uses(recipe, term, WEATHER_SMOOTH, 3);
    case LONG_MEMORY:
        return uses(recipe, term, WEATHER_SMOOTH, 24);
    case OFF_DAYS:
        return term->by == FACTOR_OFF_HOUR;
    default:
        return false;
    }
}

static bool make_recipe(enum part part, struct recipe *ret)
{
    struct recipe whole;
    if (part == VANILLA) {
        recipe_vanilla(ret);
        return true;
    }
    if (!recipe_choose(LONG, part != TEMPERATURE, false, &whole))
        return false;
    *ret = whole;
    ret->n_terms = 0;
    for (size_t k = 0; k < whole.n_terms; k++)
        if (!left_out(&whole, &whole.terms[k], part))
            ret->terms[ret->n_terms++] = whole.terms[k];
    ret->uncorrected = part == CORRECTION;
    ret->unweighted = part == AGE_WEIGHTS;
    ret->linear = part == LOGARITHM;
    return true;
}

static bool judge_day(const struct bench *bench, struct model *model, enum part part, int64_t day,
                      struct score *score)
{
    double level[LEVELS];
    const struct civil_clock *clock = &bench->dataset.clock;
    struct forecast forecast;
    struct model_data data = {
        .load = bench->load,
        .temp = &bench->dataset.temp,
        .calendar = part == HOLIDAYS ? NULL : bench->dataset.calendar,
        .clock = clock,
        .issue = civil_instant(clock, day * CIVIL_DAY_S),
        .weather_until = civil_instant(clock, (day + 1) * CIVIL_DAY_S),
    };
    for (int k = 0; k < LEVELS; k++)
        level[k] = (k + 1) / (LEVELS + 1.0);
    if (isnan(series_at(bench->load, data.issue)))
        return true; // outside the season
    if (model_fit(model, &data) != MODEL_OK ||
        !predict(model, &data, data.issue, data.weather_until, LEVELS, level, &forecast))
        return false;
    for (size_t i = 0; i < forecast.n; i++)
        score_add(score, series_at(bench->load, forecast_instant(&forecast, i)), forecast.mean[i],
                  LEVELS, level, forecast_quantiles(&forecast, i));
    forecast_done(&forecast);
    return true;
}

static bool judge(const struct bench *bench, enum part part, struct score *ret)
{
    struct recipe recipe;
    struct model *model = model_new(bench->load->step_s);
    bool fine = model && make_recipe(part, &recipe);
    *ret = (struct score){0};
    if (fine)
        model_set_recipe(model, &recipe);
    for (int64_t day = bench->first; fine && day < bench->last; day++)
        fine = judge_day(bench, model, part, day, ret);
    model_free(model);
    return fine && ret->n;
}

static bool day_of(const struct bench *bench, const char *text, int64_t *ret)
{
    int64_t instant;
    if (!dataset_time(&bench->dataset, text, &instant))
        return false;
    *ret = civil_day(civil_local(&bench->dataset.clock, instant));
    return true;
}

static bool print_table(const struct bench *bench)
{
    struct score whole, score;
    for (enum part part = 0; part < PARTS; part++) {
        if (part == HOLIDAYS && !calendar_count(bench->dataset.calendar))
            continue;
        if (!judge(bench, part, &score))
            return false;
        if (part == NOTHING)
            whole = score;
        printf("  %-44s %6.2f %%  %+6.2f   %8.3f  %+7.1f %%\n", names[part], score_mape(&score),
               score_mape(&score) - score_mape(&whole), score_mean_pinball(&score),
               100 * (score_mean_pinball(&score) / score_mean_pinball(&whole) - 1));
        fflush(stdout);
    }
    return true;
}

int main(int argc, char **argv)
{
    struct bench bench = {0};
    gsl_set_error_handler_off();
    if (argc != 7 && argc != 8) {
        fputs("usage: bench_terms READINGS WEATHER HOLIDAYS|- ZONE FROM TO [CLOCK]\n", stderr);
        return 2;
    }
    const char *holidays = strcmp(argv[3], "-") ? argv[3] : NULL;
    if (!dataset_read(argv[1], argv[2], holidays, argv[7], &bench.dataset))
        return 1;
    bench.load = dataset_zone(&bench.dataset, argv[4]);
    printf("  %-44s   MAPE   change    pinball   change\n", argv[4]);
    bool fine = bench.load && day_of(&bench, argv[5], &bench.first) &&
                day_of(&bench, argv[6], &bench.last) && print_table(&bench);
    if (!fine)
        fputs("bench_terms: something of the data is missing\n", stderr);
    dataset_done(&bench.dataset);
    return fine ? 0 : 1;
}
