// SPDX-License-Identifier: GPL-3.0-or-later
// The weather of a station in the Red River delta: means and spreads by month such that what comes
// out is near Hanoi's of 2015 to 2024; hot spells on the days that the press names; the rest is
// chance.
#include "simulate_internal.h"

#include <math.h>
#include <stdlib.h>

#include <gsl/gsl_randist.h>

// By month: mean; standard deviation and skewness of daily means; from the night's lowest to the
// day's highest as a rule, C; relative humidity, %.
static const struct climate {
    double mean_c, spread_c, skewness, range_c, humidity_pct;
} climate[12] = {
    {17.0, 3.5, -0.5, 4.9, 79}, {18.7, 3.6, -0.1, 5.2, 78}, {22.0, 2.7, -0.2, 4.9, 83},
    {25.0, 2.5, -0.4, 5.5, 84}, {28.1, 2.0, -0.2, 6.3, 80}, {30.4, 1.9, 0.0, 6.6, 77},
    {30.1, 1.7, 0.1, 6.2, 79},  {29.2, 1.7, 0.1, 6.4, 83},  {28.6, 1.5, -0.3, 6.4, 80},
    {25.9, 2.5, -0.6, 6.3, 74}, {23.2, 2.8, -0.4, 6.2, 74}, {18.7, 3.1, 0.2, 6.1, 70},
};

// Days that the press names as very hot, and about how hot: the highest of the day, C.
static const struct spell {
    struct civil_date first, last;
    double highest_c;
} spells[] = {
    {{2020, 6, 21}, {2020, 6, 23}, 39.0}, {{2021, 5, 30}, {2021, 6, 3}, 39.7},
    {{2022, 6, 18}, {2022, 6, 21}, 38.2}, {{2022, 7, 17}, {2022, 7, 18}, 37.2},
    {{2023, 5, 17}, {2023, 5, 18}, 39.3}, {{2023, 6, 1}, {2023, 6, 3}, 38.6},
    {{2024, 4, 26}, {2024, 4, 29}, 39.9}, {{2024, 6, 13}, {2024, 6, 15}, 38.3},
};

// What is drawn of one day.
struct day_drawn {
    double anomaly_c, range_c;
};

static double between(double a, double b, double share)
{
    return a + share * (b - a);
}

// The climate of a moment: straight lines between the middles of months.
static struct climate climate_at(double day)
{
    struct civil_date date = civil_date_from_day((int64_t)floor(day));
    double at = date.month - 1 + (date.day - 0.5 + day - floor(day)) / 30.44 - 0.5;
    int before = (int)floor(at);
    const struct climate *a = &climate[(before + 12) % 12], *b = &climate[(before + 13) % 12];
    double share = at - before;
    return (struct climate){
        between(a->mean_c, b->mean_c, share), between(a->spread_c, b->spread_c, share),
        between(a->skewness, b->skewness, share), between(a->range_c, b->range_c, share),
        between(a->humidity_pct, b->humidity_pct, share)};
}

// A standard normal number bent to a skewness: cold surges reach further than warm spells.
static double skewed(double z, double skewness)
{
    double bend = skewness / 6;
    return (z + bend * (z * z - 1)) / sqrt(1 + 2 * bend * bend);
}

// How much of a spell a day is: half on the days beside it.
static double part_of_spell(const struct spell *spell, int64_t day)
{
    int64_t first = civil_day_from_date(spell->first), last = civil_day_from_date(spell->last);
    if (day < first - 1 || day > last + 1)
        return 0;
    return day < first || day > last ? 0.5 : 1;
}

static void heat(gsl_rng *rng, int64_t day, const struct climate *normal, struct day_drawn *drawn)
{
    double off_c = gsl_ran_gaussian(rng, 0.4);
    for (size_t k = 0; k < sizeof spells / sizeof *spells; k++) {
        double part = part_of_spell(&spells[k], day);
        double range_c = fmax(drawn->range_c, normal->range_c + 1);
        double anomaly_c = spells[k].highest_c + off_c - normal->mean_c - range_c / 2;
        drawn->range_c = between(drawn->range_c, range_c, part);
        drawn->anomaly_c = between(drawn->anomaly_c, anomaly_c, part);
    }
}

static void draw_days(gsl_rng *rng, int64_t first_day, size_t n, struct day_drawn drawn[])
{
    double passing = 0, lasting = 0;
    for (size_t k = 0; k < n; k++) {
        int64_t day = first_day + (int64_t)k;
        struct climate normal = climate_at((double)day + 0.5);
        passing = simulate_next(rng, 0.68, passing);
        lasting = simulate_next(rng, 0.96, lasting);
        double z = 0.92 * passing + 0.39 * lasting, own = gsl_ran_ugaussian(rng);
        double clear = normal.mean_c > 26 ? 0.6 * z + 0.8 * own : 0.25 * z + 0.97 * own;
        drawn[k].anomaly_c = normal.spread_c * skewed(z, normal.skewness);
        drawn[k].range_c = fmax(1.5, normal.range_c + 2 * clear);
        heat(rng, day, &normal, &drawn[k]);
    }
}

// The day's course, -0.5 before sunrise to 0.5 in the afternoon.
static double course(double hour)
{
    static const double sunrise = 6, warmest = 14.5;
    if (hour >= sunrise && hour < warmest)
        return -0.5 * cos(M_PI * (hour - sunrise) / (warmest - sunrise));
    double after = hour < sunrise ? hour + 24 - warmest : hour - warmest;
    return 0.5 * cos(M_PI * after / (24 - warmest + sunrise));
}

// No thermometer of the delta has shown 42 C often, nor frost.
static double within_reach(double temp_c)
{
    if (temp_c > 38)
        return 38 + 3 * tanh((temp_c - 38) / 3);
    return temp_c < 9 ? 9 - 4 * tanh((9 - temp_c) / 4) : temp_c;
}

bool simulate_weather(unsigned long seed, int64_t first_day, size_t days, double temp_c[],
                      double humidity_pct[])
{
    gsl_rng *rng = simulate_rng(seed, SIMULATE_WEATHER);
    gsl_rng *hourly = simulate_rng(seed, SIMULATE_WEATHER + 1000);
    struct day_drawn *drawn = malloc((days + 2) * sizeof *drawn);
    bool fine = rng && hourly && drawn;
    if (fine)
        draw_days(rng, first_day - 1, days + 2, drawn);
    double cloud = 0, moist = 0;
    for (size_t i = 0; fine && i < days * SIMULATE_PERIODS; i++) {
        // Days are drawn for their noon, and blend in between.
        double day = (double)i / SIMULATE_PERIODS, at = day + 0.5;
        const struct day_drawn *a = &drawn[(size_t)at], *b = a + 1;
        double share = at - floor(at), hour = 24 * (day - floor(day));
        struct climate normal = climate_at((double)first_day + day);
        double anomaly_c = between(a->anomaly_c, b->anomaly_c, share);
        double swing_c = between(a->range_c, b->range_c, share) * course(hour);
        cloud = simulate_next(hourly, 0.93, cloud);
        moist = simulate_next(hourly, 0.985, moist);
        temp_c[i] = within_reach(normal.mean_c + anomaly_c + swing_c + 0.5 * cloud);
        humidity_pct[i] = fmin(99, fmax(22, normal.humidity_pct - 3.4 * (swing_c + 0.5 * cloud) -
                                                0.5 * anomaly_c + 10 * moist));
    }
    free(drawn);
    gsl_rng_free(hourly);
    gsl_rng_free(rng);
    return fine;
}
