// SPDX-License-Identifier: GPL-3.0-or-later
// What the files of the simulation share; nobody else includes it.
#ifndef PHUTAI_MODELS_SIMULATE_INTERNAL_H
#define PHUTAI_MODELS_SIMULATE_INTERNAL_H

#include <gsl/gsl_rng.h>

#include "civil.h"
#include "simulate.h"

enum { SIMULATE_PERIODS = CIVIL_DAY_S / SIMULATE_STEP_S };

// Sources of chance; each has numbers of its own, so that none depends on how many another used.
enum simulate_stream { SIMULATE_WEATHER, SIMULATE_SHARED, SIMULATE_OF_ZONE };

// NULL without memory; the caller frees.
gsl_rng *simulate_rng(unsigned long seed, int stream);

// A process that forgets: the next value of standard deviation 1 that keeps `keep` of this one.
double simulate_next(gsl_rng *rng, double keep, double value);

// The straight line between the points (x ascending) at x, level beyond them.
struct simulate_point {
    double x, y;
};
double simulate_curve(size_t n, const struct simulate_point points[], double x);

int64_t simulate_date(int year, int month, int day); // day number

// Temperature (C) and relative humidity (%) at the start of each half hour of `days` days from
// `first_day` on. False without memory.
[[nodiscard]] bool simulate_weather(unsigned long seed, int64_t first_day, size_t days,
                                    double temp_c[], double humidity_pct[]);

enum simulate_pattern { SHIFT_DAY, SHIFT_TWO, SHIFT_THREE, SHIFT_CONTINUOUS, SHIFT_PATTERNS };

// What is assumed of a zone.
struct simulate_zone {
    const char *id;
    double mw_per_ha;                 // of leased land in 2023, before all zones are scaled as one
    double growth;                    // beside the growth common to all zones
    double share_pct[SHIFT_PATTERNS]; // of the load, by how it is worked
    double sunday;                    // how much is worked on Sundays
    double cooling;                   // more load per 10 C of felt heat above 24 C, a share
    double noise;                     // standard deviation of what nothing explains, a share
    bool closed_2021;                 // by Covid
    struct civil_date opens;          // year 0: before the simulation begins; 9999: never
    double let;                       // share of its land let once it is full, of a zone that opens
    double half_months;               // after the opening, half of that is let
};
extern const struct simulate_zone simulate_zones[SIMULATE_OUTSIDE];

// Land in use of a zone on a day, ha: 0 before it opens.
double simulate_land_ha(size_t zone, const struct simulate_land *land, int64_t day);

// What lines added since 2020 make of the load of a zone: a factor.
double simulate_lines(size_t zone, int64_t day);

// A half hour of work: what a zone draws beside its level, of 1 on a working day about noon.
// `overtime` is what more (or less) is worked on a Sunday by chance. `day` and `hour` are civil,
// the hour that of the middle.
double simulate_work(size_t zone, const struct calendar *calendar, int64_t day, double hour,
                     double overtime);

// The same of households, trade and industry outside the zones, without and with cooling.
double simulate_outside(const struct calendar *calendar, int64_t day, double hour);
double simulate_outside_cooling(double hour);

#endif
