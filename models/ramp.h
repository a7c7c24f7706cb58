// SPDX-License-Identifier: GPL-3.0-or-later
// A zone that is filling: its level from leased land, with the shape of its kin.
//
// The level (mean MW, weather taken out) of a zone of A hectares on day t is
//
//     L(t) = A rho F((t - o - m) / w),   F(x) = 1 / (1 + exp(-x)),   0 before it is energised,
//
// o the day its filling counts from, m the years to half built, w how gradual, rho MW a built
// hectare. A zone's log m and log rho lie around the mean of all zones with a spread of their own;
// log w is the same for all. What is published stands as the prior, so that with no kin the answer
// is the prior's, and each reading of kin or zone moves it by its weight. Land leased now stands
// built RAMP_BUILD_YEARS later. GSL's error handler must be off.
//
//     struct ramp_fit fit;           // once, of the zones with readings
//     ramp_pool(n_kin, kin, &fit);
//     struct ramp ramp;              // once a filling zone
//     ramp_update(&fit, &zone, &ramp);
//     struct ramp_path path = ramp_draw(&ramp, seed, path_number, zone_key);
//     mw = ramp_level(&path, day);   // for every day
#ifndef PHUTAI_MODELS_RAMP_H
#define PHUTAI_MODELS_RAMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { RAMP_KIN_MAX = 64 };

static const int64_t RAMP_UNKNOWN = INT64_MIN; // a day that is not known
static const double RAMP_BUILD_YEARS = 1.5;    // from a lease to a running plant

// A month's mean load with the weather taken out; `day` is the middle of the month.
struct ramp_reading {
    int64_t day;
    double mw;
};

// What is known of a zone, be it kin or the one asked for.
struct ramp_zone {
    double area_ha;
    double leased;         // share 0..1 of the land; NaN unknown
    int64_t leased_day;    // of which that is true
    int64_t opens_day;     // from which filling counts: the decision that founds it
    double opens_sd_days;  // 0: certain; a guess has months or years
    int64_t energised_day; // no load before it; RAMP_UNKNOWN: no such bound
    size_t n;
    const struct ramp_reading *readings; // by day; those that are not above 0 are passed over
};

enum { RAMP_LOG_YEARS, RAMP_LOG_WIDTH, RAMP_LOG_DENSITY, RAMP_SHAPE };

// The mean of all zones: log m, log w, log rho, with what is not known of it (cov), and how single
// zones lie around it.
struct ramp_fit {
    double mean[RAMP_SHAPE], cov[RAMP_SHAPE][RAMP_SHAPE];
    double years_sd, density_sd; // of a zone's log m and log rho around the mean
    double noise_sd, noise_r;    // of log monthly levels around the curve; from month to month
    size_t n_kin;                // with a reading
};

// The prior alone: sources of its numbers stand beside them.
void ramp_prior(struct ramp_fit *ret);

// Pools the kin: a penalised nonlinear least squares fit over all their months
// (gsl_multifit_nlinear), spreads and noise estimated along with it. A kin whose opening is
// unknown, or that was leased out before its first reading, tells only its density, by its last
// twelve months. Kin without area, without readings, or beyond RAMP_KIN_MAX are passed over. False
// without memory or where nothing finite came of it, *ret then being the prior. About 20 ms for six
// kin of four years.
[[nodiscard]] bool ramp_pool(size_t n, const struct ramp_zone kin[], struct ramp_fit *ret);

// One zone's posterior, as a normal distribution of four parameters. Without a reading they are
// log m, log w, o and the log level of the whole area built; with readings the first is the
// argument of F at the last reading and the fourth the log level there, so that what is measured
// is as sure on the paths as it is.
struct ramp {
    bool is_anchored;           // there are readings
    int64_t origin, anchor_day; // o counts years from `origin`; the last reading's day
    double mean[4], chol[4][4]; // chol: lower triangle of the covariance's factor
    double area_ha;
    int64_t energised_day;
    size_t n_kin, n_readings;
};

// False where the zone has no area or nothing says when it fills (no opening, no reading, no date
// of lease or energising), or without memory. A zone without an opening day is taken to open two
// years before the first of the other dates, give or take two years. O(readings), about 0.1 ms.
[[nodiscard]] bool ramp_update(const struct ramp_fit *fit, const struct ramp_zone *zone,
                               struct ramp *ret);

// One zone's curve on one path.
struct ramp_path {
    double full_mw;                  // level of the whole area built
    double half_day, days_per_logit; // F((day - half_day) / days_per_logit)
    int64_t anchor_day;              // of a zone with readings: what it grows from there on is
    double anchor_mw, lumps;         // so many times the curve's growth
    int64_t energised_day;
};

// Keyed by (seed, path, key): the zone's own key, so that other zones change nothing. 0.1 us.
struct ramp_path ramp_draw(const struct ramp *ramp, uint64_t seed, uint64_t path, uint64_t key);

// The curve of the mean of the posterior.
struct ramp_path ramp_median(const struct ramp *ramp);

// Mean MW of a day; never falls from one day to the next.
double ramp_level(const struct ramp_path *path, int64_t day);

// Share of the land built and running.
double ramp_built(const struct ramp_path *path, int64_t day);

// Why the level is what it is, for a sentence.
struct ramp_reason {
    double area_ha;
    double mw_per_ha;                    // mean MW a built hectare, median
    double built, built_low, built_high; // share at the day asked for: median, 10 %, 90 %
    double mw, mw_low, mw_high;          // mean MW then: median, 10 %, 90 %
    int64_t opens_day, energised_day;    // energised: RAMP_UNKNOWN where not bounded
    size_t n_kin, n_readings;            // what it was learnt from beside the prior
};

// Quantiles over a thousand paths of `seed`. False without memory. 0.2 ms.
[[nodiscard]] bool ramp_explain(const struct ramp *ramp, int64_t day, uint64_t seed, uint64_t key,
                                struct ramp_reason *ret);

#endif
