// SPDX-License-Identifier: GPL-3.0-or-later
// Day ahead with actual weather: our forecasts of every day of a span, each made at its midnight
// from what was known then, and the table of inputs from which peers make theirs. Prints
// `name seconds` lines.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <gsl/gsl_errno.h>

#include "config/text.h"
#include "daemon/dataset.h"
#include "daemon/forecast_text.h"
#include "models/champion.h"
#include "models/gram.h"
#include "models/model.h"
#include "models/predict.h"
#include "models/weather.h"

enum { LEVELS = 19, SMOOTHS = 2, LOOK_BACK_DAYS = 14 };

struct bench {
    struct dataset dataset;
    struct series load; // of the zone, from the first day that may be learnt from
    int64_t judged, end;
    double *smooth[SMOOTHS], *day_mean; // on the grid of the temperature
    struct champion *champion;
    const struct model *model; // what won the latest contest
    const char *zone;
};

// Of the processor: what else runs on the machine must not count.
static double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static struct model_data known_at(const struct bench *bench, int64_t issue, int64_t weather_until)
{
    return (struct model_data){
        .load = &bench->load,
        .temp = &bench->dataset.temp,
        .calendar = bench->dataset.calendar,
        .clock = &bench->dataset.clock,
        .issue = issue,
        .weather_until = weather_until,
    };
}

static int64_t midnight(const struct bench *bench, int64_t day)
{
    return civil_instant(&bench->dataset.clock, day * CIVIL_DAY_S);
}

static int64_t day_of(const struct bench *bench, int64_t instant)
{
    return civil_day(civil_local(&bench->dataset.clock, instant));
}

// The readings from `first` on.
static bool take_load(struct bench *bench, int64_t first)
{
    const struct series *all = dataset_zone(&bench->dataset, bench->zone);
    if (!all)
        return false;
    series_init(&bench->load, all->step_s);
    for (size_t i = 0; i < all->n; i++)
        if (series_instant(all, i) >= first &&
            series_put(&bench->load, series_instant(all, i), all->value[i]) == SERIES_REFUSED)
            return false;
    return bench->load.n;
}

static bool take_temperatures(struct bench *bench)
{
    const struct series *temp = &bench->dataset.temp;
    const struct weather_input input[SMOOTHS + 1] = {
        {WEATHER_SMOOTH, 3}, {WEATHER_SMOOTH, 24}, {WEATHER_MEAN, 24}};
    double **into[SMOOTHS + 1] = {&bench->smooth[0], &bench->smooth[1], &bench->day_mean};
    for (int k = 0; k <= SMOOTHS; k++) {
        *into[k] = malloc((temp->n + 1) * sizeof **into[k]);
        if (!*into[k])
            return false;
        weather_transform(&input[k], temp->step_s, temp->n, temp->value, *into[k]);
    }
    return temp->n;
}

// The latest load at the same time of day, `days` or more before, that is known at the issue.
static double same_time(const struct bench *bench, int64_t instant, int64_t issue, int days)
{
    for (int k = days; k <= LOOK_BACK_DAYS; k++) {
        int64_t before = instant - (int64_t)k * CIVIL_DAY_S;
        double load = series_at(&bench->load, before);
        if (before < issue && !isnan(load))
            return load;
    }
    return NAN;
}

// Mean load of the `seconds` before the issue.
static double mean_before(const struct bench *bench, int64_t issue, int64_t seconds)
{
    double sum = 0;
    for (int64_t t = issue - seconds; t < issue; t += bench->load.step_s)
        sum += series_at(&bench->load, t);
    return sum * bench->load.step_s / (double)seconds;
}

// One interval as peers see it; intervals of which something is unknown are left out.
static void write_row(const struct bench *bench, int64_t instant, FILE *out)
{
    const struct series *temp = &bench->dataset.temp;
    struct model_data data = known_at(bench, bench->judged, bench->end);
    struct model_place place = {0};
    model_locate(bench->model, &data, instant, &place);
    int64_t issue = midnight(bench, place.day), i = series_index(temp, instant);
    int64_t hours = CIVIL_HOUR_S / temp->step_s, day = CIVIL_DAY_S / temp->step_s;
    if (i < day || i >= (int64_t)temp->n)
        return;
    double value[] = {
        series_at(&bench->load, instant),
        place.point.trend,
        temp->value[i],
        temp->value[i - hours],
        temp->value[i - 2 * hours],
        temp->value[i - 3 * hours],
        temp->value[i - day],
        bench->smooth[0][i],
        bench->smooth[1][i],
        bench->day_mean[i],
        same_time(bench, instant, issue, 1),
        same_time(bench, instant, issue, 7),
        mean_before(bench, issue, CIVIL_HOUR_S),
        mean_before(bench, issue, CIVIL_DAY_S),
    };
    for (size_t k = 0; k < sizeof value / sizeof *value; k++)
        if (!isfinite(value[k]))
            return;
    const struct day *d = &place.point.day;
    char time[TEXT_TIME_LEN];
    text_write_time(civil_local(&bench->dataset.clock, instant),
                    bench->dataset.offset_s == TEXT_NO_OFFSET
                        ? TEXT_NO_OFFSET
                        : civil_offset(&bench->dataset.clock, instant),
                    time);
    fprintf(out, "%s,%d,%lld,%d,%d,%d,%d,%d", time, instant < bench->judged, (long long)place.day,
            d->month, d->weekday, (int)d->class, d->day_of_year, place.point.period);
    for (size_t k = 0; k < sizeof value / sizeof *value; k++)
        fprintf(out, ",%.10g", value[k]);
    fputc('\n', out);
}

static bool write_rows(const struct bench *bench, const char *path)
{
    FILE *out = fopen(path, "w");
    if (!out)
        return false;
    fputs("time,train,day,month,weekday,class,yearday,period,load,trend,temp,temp1h,temp2h,temp3h,"
          "temp24h,smooth3h,smooth24h,mean24h,load1d,load7d,lasthour,lastday\n",
          out);
    for (size_t i = 0; i < bench->load.n; i++)
        if (series_instant(&bench->load, i) < bench->end)
            write_row(bench, series_instant(&bench->load, i), out);
    return !fclose(out);
}

// The guises of the temperature that the regression wants, input k of interval i at [k * n + i].
static double *regression_inputs(const struct bench *bench)
{
    const struct series *temp = &bench->dataset.temp;
    const struct recipe *recipe = model_recipe(bench->model);
    double *ret = malloc((temp->n * recipe->n_inputs + 1) * sizeof *ret);
    for (size_t k = 0; ret && k < recipe->n_inputs; k++)
        weather_transform(&recipe->inputs[k], temp->step_s, temp->n, temp->value,
                          ret + k * temp->n);
    return ret;
}

static void sum_readings(const struct bench *bench, const double inputs[], struct gram *gram)
{
    struct model_data data = known_at(bench, bench->judged, bench->judged);
    const struct series *temp = &bench->dataset.temp;
    double input[DESIGN_INPUTS_MAX];
    struct model_place place = {0};
    place.point.input = input;
    for (size_t i = 0; i < bench->load.n && series_instant(&bench->load, i) < bench->judged; i++) {
        int64_t instant = series_instant(&bench->load, i), at = series_index(temp, instant);
        if (at < 0 || at >= (int64_t)temp->n)
            continue;
        for (size_t k = 0; k < model_recipe(bench->model)->n_inputs; k++)
            input[k] = inputs[k * temp->n + (size_t)at];
        model_locate(bench->model, &data, instant, &place);
        (void)!gram_add(gram, place.month, &place.point,
                        model_response(bench->model, bench->load.value[i]), 1);
    }
}

// One regression on all readings before the judged span, from readings to coefficients: what peers
// do once.
static bool time_single_fit(const struct bench *bench)
{
    const struct design *design = model_design(bench->model);
    size_t p = design_columns(design);
    double from = now_s();
    struct gram *gram = gram_new(design);
    struct fit *fit = fit_new(p);
    struct normal normal = {0};
    double *inputs = regression_inputs(bench);
    bool fine = gram && fit && inputs && normal_init(&normal, p);
    if (fine) {
        sum_readings(bench, inputs, gram);
        fine = gram_sum(gram, NULL, &normal) && fit_solve(fit, &normal, 1e-5, FIT_AUTO) == FIT_OK;
    }
    printf("regression %.4f\ncolumns %zu\n", now_s() - from, p);
    normal_done(&normal);
    fit_free(fit);
    gram_free(gram);
    free(inputs);
    return fine;
}

static bool forecast_day(struct bench *bench, int64_t day, FILE *out)
{
    double level[LEVELS];
    struct forecast forecast;
    int64_t issue = midnight(bench, day), until = midnight(bench, day + 1);
    struct model_data data = known_at(bench, issue, until);
    for (int k = 0; k < LEVELS; k++)
        level[k] = (k + 1) / (LEVELS + 1.0);
    if (champion_fit(bench->champion, &data) != MODEL_OK ||
        !predict(champion_model(bench->champion), &data, issue, until, LEVELS, level, &forecast))
        return false;
    bench->model = champion_model(bench->champion);
    if (issue == bench->judged)
        forecast_text_header(out, LEVELS, level);
    forecast_text_rows(out, bench->zone, &bench->dataset.clock,
                       bench->dataset.offset_s != TEXT_NO_OFFSET, &forecast);
    forecast_done(&forecast);
    return true;
}

static bool forecast_days(struct bench *bench, const char *path)
{
    FILE *out = fopen(path, "w");
    int64_t first = day_of(bench, bench->judged), last = day_of(bench, bench->end);
    bool fine = out;
    double from = now_s();
    for (int64_t day = first; fine && day < last; day++) {
        fine = forecast_day(bench, day, out);
        if (day == first)
            printf("first_day %.4f\n", now_s() - from);
    }
    printf("days %lld\nall_days %.4f\n", (long long)(last - first), now_s() - from);
    return out && !fclose(out) && fine;
}

int main(int argc, char **argv)
{
    struct bench bench = {0};
    int64_t first;
    gsl_set_error_handler_off();
    if (argc != 11) {
        fputs("usage: bench_peers READINGS WEATHER HOLIDAYS CLOCK ZONE FIRST JUDGED END ROWS.csv "
              "FORECAST.csv\n",
              stderr);
        return 2;
    }
    if (!dataset_read(argv[1], argv[2], argv[3], argv[4], &bench.dataset))
        return 1;
    bench.zone = argv[5];
    bool fine = dataset_time(&bench.dataset, argv[6], &first) &&
                dataset_time(&bench.dataset, argv[7], &bench.judged) &&
                dataset_time(&bench.dataset, argv[8], &bench.end) && take_load(&bench, first) &&
                take_temperatures(&bench) && (bench.champion = champion_new(bench.load.step_s)) &&
                forecast_days(&bench, argv[10]) && bench.model && time_single_fit(&bench) &&
                write_rows(&bench, argv[9]);
    if (!fine)
        fputs("bench_peers: something of the data is missing\n", stderr);
    champion_free(bench.champion);
    series_done(&bench.load);
    dataset_done(&bench.dataset);
    for (int k = 0; k < SMOOTHS; k++)
        free(bench.smooth[k]);
    free(bench.day_mean);
    return fine ? 0 : 1;
}
