// SPDX-License-Identifier: GPL-3.0-or-later
// GEFCom2012's load track on weeks carved out of what was published of it: eight weeks inside the
// history for `phutai fill`, one at its end for `phutai forecast`, against Tao's Vanilla model.
//
// The weeks are chosen by rule: the published eight, later by N weeks, and the published last one,
// earlier by N; the readings end 18 hours before it, as they did. N = 2 is for development, N = 5
// for judging; -3 to 4 may be looked at besides (a week ahead is published from N = 2 on).
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <gsl/gsl_errno.h>

#include "config/text.h"
#include "daemon/dataset.h"
#include "daemon/tidy.h"
#include "models/gram.h"
#include "models/model.h"

enum { ZONES = 20, WEEKS = 9, LAST = WEEKS - 1, HOURS = 168, LEAD_IN_H = 18 };
enum { HOUR_S = 3600, DAY_S = 86400 };

static const struct civil_date published[WEEKS] = {
    {2005, 3, 6},  {2005, 6, 20}, {2005, 9, 10},  {2005, 12, 25}, {2006, 2, 13},
    {2006, 5, 25}, {2006, 8, 2},  {2006, 11, 22}, {2008, 7, 1},
};

struct carving {
    struct dataset all;
    int64_t start[WEEKS];
    char readings[512];                // the file without the weeks
    double value[ZONES][WEEKS][HOURS]; // estimates, filled anew for each contestant
};

struct result {
    double weeks, last, all; // WRMSE of the eight, the last, and of both as published
};

static double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int64_t readings_end(const struct carving *c)
{
    return c->start[LAST] - LEAD_IN_H * HOUR_S;
}

// Week that an instant lies in, -1 for none.
static int week_of(const struct carving *c, int64_t instant)
{
    for (int w = 0; w < WEEKS; w++)
        if (instant >= c->start[w] && instant < c->start[w] + HOURS * HOUR_S)
            return w;
    return -1;
}

static bool known(const struct carving *c, int64_t instant)
{
    return instant < readings_end(c) && week_of(c, instant) < 0;
}

static void choose_weeks(struct carving *c, int shift)
{
    for (int w = 0; w < WEEKS; w++) {
        int64_t day = civil_day_from_date(published[w]) + (w == LAST ? -7 : 7) * shift;
        c->start[w] = day * DAY_S;
    }
}

static bool write_readings(const struct carving *c)
{
    FILE *out = fopen(c->readings, "w");
    char time[TEXT_TIME_LEN];
    if (!out)
        return false;
    fputs("time,zone,load\n", out);
    for (size_t z = 0; z < c->all.n_zones; z++) {
        const struct series *load = &c->all.zones[z].series;
        for (size_t i = 0; i < load->n; i++) {
            int64_t instant = series_instant(load, i);
            if (!known(c, instant) || isnan(load->value[i]))
                continue;
            text_write_time(instant, TEXT_NO_OFFSET, time);
            fprintf(out, "%s,%s,%.10g\n", time, c->all.zones[z].id, load->value[i]);
        }
    }
    return !fclose(out);
}

static void wipe(struct carving *c)
{
    for (int z = 0; z < ZONES; z++)
        for (int w = 0; w < WEEKS; w++)
            for (int h = 0; h < HOURS; h++)
                c->value[z][w][h] = NAN;
}

static bool take_estimate(void *context, const char *zone, int64_t instant, double load)
{
    struct carving *c = context;
    int w = week_of(c, instant), z = atoi(zone) - 1;
    if (w >= 0 && z >= 0 && z < ZONES)
        c->value[z][w][(instant - c->start[w]) / HOUR_S] = load;
    return true;
}

static bool take_estimates(struct carving *c, const char *path)
{
    struct civil_clock clock = {0};
    struct tidy tidy = {.clock = &clock};
    return tidy_read_readings(&tidy, path, take_estimate, c);
}

// Mean squared error of one week, zones and their sum as heavy as published.
static double week_error(const struct carving *c, int w)
{
    double zones = 0, system = 0;
    for (int h = 0; h < HOURS; h++) {
        double sum = 0;
        for (int z = 0; z < ZONES; z++) {
            int64_t instant = c->start[w] + (int64_t)h * HOUR_S;
            double error = c->value[z][w][h] - series_at(&c->all.zones[z].series, instant);
            zones += error * error;
            sum += error;
        }
        system += sum * sum;
    }
    return (zones + ZONES * system) / (2.0 * ZONES * HOURS);
}

static struct result judge(const struct carving *c, bool verbose)
{
    double eight = 0, last = week_error(c, LAST);
    for (int w = 0; w < LAST; w++) {
        eight += week_error(c, w) / LAST;
        if (verbose)
            fprintf(stderr, " %.0f", sqrt(week_error(c, w)));
    }
    if (verbose)
        fprintf(stderr, " | %.0f\n", sqrt(last));
    // An hour of the last week weighs as eight of the others.
    return (struct result){sqrt(eight), sqrt(last), sqrt((eight + last) / 2)};
}

// Vanilla of one zone on the mean of all stations, both sides of the weeks.
static bool vanilla_zone(struct carving *c, size_t z, const struct design *design, struct fit *fit,
                         struct model *places)
{
    const struct series *load = &c->all.zones[z].series, *temp = &c->all.temp;
    struct model_data data = {.load = load, .clock = &c->all.clock};
    struct gram *gram = gram_new(design);
    struct normal normal = {0};
    struct model_place at = {0};
    bool fine = gram && normal_init(&normal, design_columns(design));
    double input, basis[DESIGN_BASES_MAX], weight[DESIGN_BASES_MAX];
    at.point.input = &input;
    for (size_t i = 0; fine && i < load->n; i++) {
        int64_t instant = series_instant(load, i);
        model_locate(places, &data, instant, &at);
        input = series_at(temp, instant);
        if (known(c, instant) && !isnan(load->value[i]))
            fine = gram_add(gram, at.month, &at.point, load->value[i], 1);
    }
    fine = fine && gram_sum(gram, NULL, &normal) && fit_solve(fit, &normal, 0, FIT_AUTO) == FIT_OK;
    for (int k = 0; fine && k < WEEKS * HOURS; k++) {
        int64_t instant = c->start[k / HOURS] + (int64_t)(k % HOURS) * HOUR_S;
        double sum = 0;
        model_locate(places, &data, instant, &at);
        input = series_at(temp, instant);
        design_collapse(design, fit_coefficients(fit), at.point.day.month,
                        design_day_type(&at.point.day), at.point.period, weight);
        design_basis(design, &at.point, basis);
        for (size_t b = 0; b < design_bases(design); b++)
            sum += weight[b] * basis[b];
        c->value[z][k / HOURS][k % HOURS] = sum;
    }
    normal_done(&normal);
    gram_free(gram);
    return fine;
}

static bool run_vanilla(struct carving *c)
{
    struct recipe recipe;
    recipe_vanilla(&recipe);
    struct design *design = design_new(24, recipe.n_terms, recipe.terms, NULL);
    struct fit *fit = fit_new(design_columns(design));
    struct model *places = model_new(HOUR_S);
    bool fine = design && fit && places;
    wipe(c);
    for (size_t z = 0; fine && z < ZONES; z++)
        fine = vanilla_zone(c, z, design, fit, places);
    model_free(places);
    fit_free(fit);
    design_free(design);
    return fine;
}

// Runs `phutai COMMAND` on the carved readings and takes its estimates.
static bool run_command(struct carving *c, char **argv, const char *command, const char *column)
{
    char line[4096], from[TEXT_TIME_LEN], to[TEXT_TIME_LEN], out[512];
    bool fill = !strcmp(command, "fill");
    text_write_time(fill ? c->start[0] : readings_end(c), TEXT_NO_OFFSET, from);
    text_write_time(fill ? c->start[LAST - 1] + (HOURS - 1) * HOUR_S
                         : c->start[LAST] + (HOURS - 1) * HOUR_S,
                    TEXT_NO_OFFSET, to);
    snprintf(out, sizeof out, "%s/estimates.csv", argv[3]);
    snprintf(line, sizeof line,
             "%s/phutai %s --readings %s --weather %s/weather.csv.gz --holidays %s/holidays.csv "
             "--%s %s --%s %s %s | cut -d, -f1-3 | sed '1s/mean/load/' >%s",
             argv[2], command, c->readings, argv[1], argv[1], fill ? "from" : "issue", from,
             fill ? "to" : "until", to, column, out);
    return !system(line) && take_estimates(c, out);
}

static void print_row(const char *name, double ours, double vanilla)
{
    printf("  %-44s %8.0f  %+6.1f %% of Vanilla's %.0f\n", name, ours, 100 * (ours / vanilla - 1),
           vanilla);
}

static bool run_set(struct carving *c, char **argv, int shift)
{
    bool verbose = argv[4];
    choose_weeks(c, shift);
    if (!write_readings(c) || !run_vanilla(c))
        return false;
    struct result vanilla = judge(c, verbose);
    double start = now_s();
    wipe(c);
    if (!run_command(c, argv, "fill", "") ||
        !run_command(c, argv, "forecast", "--weather-after-issue actual --quantiles 1"))
        return false;
    double seconds = now_s() - start;
    struct result ours = judge(c, verbose);
    if (!run_command(c, argv, "forecast", "--quantiles 1"))
        return false;
    struct result blind = judge(c, verbose);
    print_row("eight weeks, fill, WRMSE", ours.weeks, vanilla.weeks);
    print_row("the week ahead, actual weather", ours.last, vanilla.last);
    print_row("the week ahead, weather not known", blind.last, vanilla.last);
    print_row("all nine, actual weather", ours.all, vanilla.all);
    printf("  %.1f s for fill and forecast of 20 zones\n", seconds);
    return true;
}

// bench_gefcom2012 DATA BUILD WORK [N]: one set alone, week by week.
int main(int argc, char **argv)
{
    static struct carving c;
    char load[512], weather[512], holidays[512];
    gsl_set_error_handler_off();
    if (argc < 4) {
        fputs("usage: bench_gefcom2012 DATA-FOLDER BUILD-FOLDER WORK-FOLDER [N]\n", stderr);
        return 2;
    }
    snprintf(load, sizeof load, "%s/load.csv.gz", argv[1]);
    snprintf(weather, sizeof weather, "%s/weather.csv.gz", argv[1]);
    snprintf(holidays, sizeof holidays, "%s/holidays.csv", argv[1]);
    snprintf(c.readings, sizeof c.readings, "%s/carved.csv", argv[3]);
    if (!dataset_read(load, weather, holidays, NULL, &c.all) || c.all.n_zones != ZONES)
        return 1;
    bool fine = true;
    if (argv[4])
        fine = run_set(&c, argv, atoi(argv[4]));
    for (int judging = 0; fine && !argv[4] && judging <= 1; judging++) {
        printf("%s\n", judging ? "  weeks for judging:" : "  weeks for development:");
        fflush(stdout);
        fine = run_set(&c, argv, judging ? 5 : 2);
    }
    dataset_done(&c.all);
    return !fine;
}
