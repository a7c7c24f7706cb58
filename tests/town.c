// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/town.h"

#include <math.h>
#include <stdlib.h>

#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>

static void put(struct series *series, int64_t t, double value)
{
    if (series_put(series, t, value) == SERIES_REFUSED)
        abort();
}

// What heat adds to the load.
static double heat(double smooth)
{
    return 0.11 * pow(fmax(0, smooth - 21), 2);
}

void town_init(struct town *town, int32_t step_s, int days, double noise_mw, unsigned seed)
{
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_taus2);
    double anomaly = 0, smooth = 20, keep = exp(-step_s / 86400.0);
    gsl_rng_set(rng, seed);
    *town = (struct town){.clock = {.offset_s = 7 * CIVIL_HOUR_S}};
    town->start = 1609434000; // 2021-01-01T00:00+07:00
    series_init(&town->load, step_s);
    series_init(&town->temp, step_s);
    for (int64_t i = 0; i < (int64_t)days * CIVIL_DAY_S / step_s; i++) {
        int64_t t = town->start + i * step_s;
        double hour = (double)civil_second_of_day(t + town->clock.offset_s) / CIVIL_HOUR_S;
        double year = (double)(t - town->start) / (365.25 * CIVIL_DAY_S);
        anomaly = pow(0.98, step_s / 3600.0) * anomaly +
                  gsl_ran_gaussian(rng, 0.5 * sqrt(step_s / 3600.0));
        double temp =
            23.7 - 7.1 * cos(2 * M_PI * year) - 3.9 * cos(2 * M_PI * (hour - 2) / 24) + anomaly;
        smooth = keep * smooth + (1 - keep) * temp;
        int weekday = civil_weekday(civil_day(t + town->clock.offset_s));
        double level = (200 + 20 * year) * (weekday == 6 ? 0.7 : 1);
        double load = level + 41 * sin(2 * M_PI * (hour - 8) / 24) + heat(smooth) +
                      gsl_ran_gaussian(rng, noise_mw);
        put(&town->temp, t, temp);
        put(&town->load, t, load);
    }
    gsl_rng_free(rng);
}

void town_heat_weekends(struct town *town, double factor)
{
    double smooth = 20, keep = exp(-town->load.step_s / 86400.0);
    for (size_t i = 0; i < town->load.n; i++) {
        int64_t t = series_instant(&town->load, i);
        smooth = keep * smooth + (1 - keep) * series_at(&town->temp, t);
        if (civil_weekday(civil_day(t + town->clock.offset_s)) >= 5)
            put(&town->load, t, town->load.value[i] + (factor - 1) * heat(smooth));
    }
}

void town_done(struct town *town)
{
    series_done(&town->load);
    series_done(&town->temp);
}

struct model_data town_data(const struct town *town, int days)
{
    int64_t issue = town->start + (int64_t)days * CIVIL_DAY_S;
    return (struct model_data){.load = &town->load,
                               .temp = &town->temp,
                               .clock = &town->clock,
                               .issue = issue,
                               .weather_until = issue};
}
