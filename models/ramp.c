// SPDX-License-Identifier: GPL-3.0-or-later
#include "ramp.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_math.h>
#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>

#include "draw.h"
#include "ramp_internal.h"

enum { EXPLAIN_PATHS = 1000 };

static const double days_per_year = 365.25;
static const double years_least = 0.05; // m
static const double opens_years_guess = 2;
static const double opens_sd_least = 0.01, opens_sd_most = 20; // years

// A zone being updated: what its rows are made of.
struct update {
    const struct ramp_fit *fit;
    const struct ramp_zone *zone;
    const struct ramp *ramp;
    double factor[RAMP_SHAPE * RAMP_SHAPE]; // of the covariance of one zone's shape
    double opens, opens_sd;                 // years from the origin
    double reading_sd;
};

// What four parameters say of a curve, in years from the origin.
struct curve {
    double half, width, opens, log_full;
};

static struct curve curve_of(const struct ramp *ramp, const double x[static 4])
{
    struct curve curve = {.width = ramp_scale(x[1]), .opens = x[2], .log_full = x[3]};
    if (ramp->is_anchored) {
        curve.half = ramp_years(ramp->origin, ramp->anchor_day) - curve.width * x[0];
        curve.log_full -= ramp_log_share(x[0]);
    } else {
        curve.half = x[2] + ramp_scale(x[0]);
    }
    return curve;
}

static double argument(const struct ramp *ramp, const struct curve *curve, int64_t day)
{
    return (ramp_years(ramp->origin, day) - curve->half) / curve->width;
}

// Solves L y = d, three by three.
static void whiten(const double factor[static RAMP_SHAPE * RAMP_SHAPE], const double d[],
                   double ret[])
{
    for (size_t i = 0; i < RAMP_SHAPE; i++) {
        double sum = d[i];
        for (size_t j = 0; j < i; j++)
            sum -= factor[i * RAMP_SHAPE + j] * ret[j];
        ret[i] = sum / factor[i * RAMP_SHAPE + i];
    }
}

enum { UPDATE_ROWS = RAMP_SHAPE + 2 }; // before those of the readings

static void update_residuals(const void *context, const double x[], double ret[])
{
    const struct update *u = context;
    const struct ramp_zone *zone = u->zone;
    const struct curve curve = curve_of(u->ramp, x);
    const double off[RAMP_SHAPE] = {
        [RAMP_LOG_YEARS] =
            log(fmax(curve.half - curve.opens, years_least)) - u->fit->mean[RAMP_LOG_YEARS],
        [RAMP_LOG_WIDTH] = x[1] - u->fit->mean[RAMP_LOG_WIDTH],
        [RAMP_LOG_DENSITY] = curve.log_full - log(zone->area_ha) - u->fit->mean[RAMP_LOG_DENSITY]};
    whiten(u->factor, off, ret);
    ret[RAMP_SHAPE] = (curve.opens - u->opens) / u->opens_sd;
    ret[RAMP_SHAPE + 1] = ramp_lease_residual(zone, argument(u->ramp, &curve, zone->leased_day) +
                                                        RAMP_BUILD_YEARS / curve.width);
    double *row = &ret[UPDATE_ROWS];
    for (size_t i = 0; i < zone->n; i++)
        if (ramp_reading_counts(&zone->readings[i]))
            *row++ = (log(zone->readings[i].mw) - curve.log_full -
                      ramp_log_share(argument(u->ramp, &curve, zone->readings[i].day))) /
                     u->reading_sd;
}

// The prior of one zone is that of the mean and the spread around it.
static bool zone_factor(const struct ramp_fit *fit, double ret[static RAMP_SHAPE * RAMP_SHAPE])
{
    double cov[RAMP_SHAPE * RAMP_SHAPE];
    memcpy(cov, fit->cov, sizeof cov);
    cov[RAMP_LOG_YEARS * (RAMP_SHAPE + 1)] += gsl_pow_2(fit->years_sd);
    cov[RAMP_LOG_DENSITY * (RAMP_SHAPE + 1)] += gsl_pow_2(fit->density_sd);
    return ramp_factor(RAMP_SHAPE, cov, ret);
}

static void find_readings(const struct ramp_zone *zone, struct ramp *ret, int64_t *ret_first)
{
    for (size_t i = 0; i < zone->n; i++) {
        if (!ramp_reading_counts(&zone->readings[i]))
            continue;
        if (ret->n_readings++ == 0)
            *ret_first = zone->readings[i].day;
        ret->anchor_day = zone->readings[i].day;
    }
    ret->is_anchored = ret->n_readings > 0;
}

// When the zone's filling begins. False where nothing tells.
static bool find_opening(struct update *u, int64_t first_reading, struct ramp *ret)
{
    const struct ramp_zone *zone = u->zone;
    ret->origin = ramp_day_counts(zone->opens_day) ? zone->opens_day : RAMP_UNKNOWN;
    u->opens = 0;
    u->opens_sd = zone->opens_sd_days / days_per_year;
    if (ret->origin == RAMP_UNKNOWN) {
        const int64_t dates[] = {first_reading, zone->energised_day,
                                 ramp_lease_is_known(zone) ? zone->leased_day : RAMP_UNKNOWN};
        for (size_t i = 0; i < sizeof dates / sizeof *dates; i++)
            if (ramp_day_counts(dates[i]) &&
                (ret->origin == RAMP_UNKNOWN || dates[i] < ret->origin))
                ret->origin = dates[i];
        u->opens = -opens_years_guess;
        u->opens_sd = opens_years_guess;
    }
    if (!(u->opens_sd >= opens_sd_least))
        u->opens_sd = opens_sd_least;
    u->opens_sd = fmin(u->opens_sd, opens_sd_most);
    return ret->origin != RAMP_UNKNOWN;
}

static void start(const struct update *u, double last_mw, struct ramp *ret)
{
    const double *mean = u->fit->mean;
    ret->mean[1] = mean[RAMP_LOG_WIDTH];
    ret->mean[2] = u->opens;
    if (ret->is_anchored) {
        const double x =
            (ramp_years(ret->origin, ret->anchor_day) - u->opens - exp(mean[RAMP_LOG_YEARS])) /
            exp(mean[RAMP_LOG_WIDTH]);
        ret->mean[0] = fmin(fmax(x, -8), 8);
        ret->mean[3] = log(last_mw);
    } else {
        ret->mean[0] = mean[RAMP_LOG_YEARS];
        ret->mean[3] = log(u->zone->area_ha) + mean[RAMP_LOG_DENSITY];
    }
}

static double last_level(const struct ramp_zone *zone)
{
    for (size_t i = zone->n; i-- > 0;)
        if (ramp_reading_counts(&zone->readings[i]))
            return zone->readings[i].mw;
    return 0;
}

bool ramp_update(const struct ramp_fit *fit, const struct ramp_zone *zone, struct ramp *ret)
{
    struct update u = {.fit = fit, .zone = zone, .ramp = ret};
    int64_t first_reading = RAMP_UNKNOWN;
    double cov[16];
    *ret = (struct ramp){
        .area_ha = zone->area_ha, .energised_day = zone->energised_day, .n_kin = fit->n_kin};
    if (!ramp_area_counts(zone->area_ha))
        return false;
    find_readings(zone, ret, &first_reading);
    if (!find_opening(&u, first_reading, ret) || !zone_factor(fit, u.factor))
        return false;
    u.reading_sd = fit->noise_sd * sqrt(ramp_inflation(ret->n_readings, fit->noise_r));
    start(&u, last_level(zone), ret);
    const struct ramp_problem problem = {
        .n = UPDATE_ROWS + ret->n_readings, .p = 4, .residuals = update_residuals, .context = &u};
    return ramp_solve(&problem, ret->mean, cov) && ramp_factor(4, cov, &ret->chol[0][0]);
}

static struct ramp_path path_of(const struct ramp *ramp, const double x[static 4])
{
    const struct curve curve = curve_of(ramp, x);
    return (struct ramp_path){.full_mw = exp(fmin(fmax(curve.log_full, -40), 40)),
                              .half_day = (double)ramp->origin + curve.half * days_per_year,
                              .days_per_logit = curve.width * days_per_year,
                              .energised_day = ramp->energised_day};
}

// A zone grows plant by plant: what comes after its last reading is a few of them or none, where
// the curve is their mean. The logarithm of their number, in units of what was due, spreads so:
// judgement, such that 0.3 to 2 times as much comes in four cases of five.
static const double lumps_sd = 0.8;

struct ramp_path ramp_draw(const struct ramp *ramp, uint64_t seed, uint64_t path, uint64_t key)
{
    static const uint64_t ramp_key = 0x72616d70; // apart from other draws of the same zone
    double z[4], x[4];
    for (size_t i = 0; i < 4; i++) {
        z[i] = draw_normal(seed ^ ramp_key, path, key, i);
        x[i] = ramp->mean[i];
        for (size_t j = 0; j <= i; j++)
            x[i] += ramp->chol[i][j] * z[j];
    }
    struct ramp_path out = path_of(ramp, x);
    if (ramp->is_anchored) {
        out.anchor_day = ramp->anchor_day;
        out.anchor_mw = ramp_level(&out, ramp->anchor_day);
        out.lumps =
            exp(lumps_sd * draw_normal(seed ^ ramp_key, path, key, 4) - lumps_sd * lumps_sd / 2);
    }
    return out;
}

struct ramp_path ramp_median(const struct ramp *ramp)
{
    return path_of(ramp, ramp->mean);
}

double ramp_built(const struct ramp_path *path, int64_t day)
{
    return 1 / (1 + exp((path->half_day - (double)day) / path->days_per_logit));
}

double ramp_level(const struct ramp_path *path, int64_t day)
{
    if (day < path->energised_day)
        return 0;
    double mw = path->full_mw * ramp_built(path, day);
    bool beyond = path->lumps > 0 && day > path->anchor_day;
    return beyond ? path->anchor_mw + path->lumps * (mw - path->anchor_mw) : mw;
}

struct sorted {
    double low, middle, high;
};

static struct sorted quantiles(double values[])
{
    gsl_sort(values, 1, EXPLAIN_PATHS);
    return (struct sorted){gsl_stats_quantile_from_sorted_data(values, 1, EXPLAIN_PATHS, 0.1),
                           gsl_stats_quantile_from_sorted_data(values, 1, EXPLAIN_PATHS, 0.5),
                           gsl_stats_quantile_from_sorted_data(values, 1, EXPLAIN_PATHS, 0.9)};
}

bool ramp_explain(const struct ramp *ramp, int64_t day, uint64_t seed, uint64_t key,
                  struct ramp_reason *ret)
{
    double *built = malloc(3 * EXPLAIN_PATHS * sizeof *built);
    if (!built)
        return false;
    double *mw = built + EXPLAIN_PATHS, *density = mw + EXPLAIN_PATHS;
    for (uint64_t i = 0; i < EXPLAIN_PATHS; i++) {
        const struct ramp_path path = ramp_draw(ramp, seed, i, key);
        built[i] = ramp_built(&path, day);
        mw[i] = ramp_level(&path, day);
        density[i] = path.full_mw / ramp->area_ha;
    }
    const struct sorted shares = quantiles(built), levels = quantiles(mw);
    *ret = (struct ramp_reason){
        .area_ha = ramp->area_ha,
        .mw_per_ha = quantiles(density).middle,
        .built = shares.middle,
        .built_low = shares.low,
        .built_high = shares.high,
        .mw = levels.middle,
        .mw_low = levels.low,
        .mw_high = levels.high,
        .opens_day = (int64_t)llround((double)ramp->origin + ramp->mean[2] * days_per_year),
        .energised_day = ramp->energised_day,
        .n_kin = ramp->n_kin,
        .n_readings = ramp->n_readings};
    free(built);
    return true;
}
