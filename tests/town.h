// SPDX-License-Identifier: GPL-3.0-or-later
// A made-up zone whose load is known to the last term: what models are tested on.
#ifndef PHUTAI_TESTS_TOWN_H
#define PHUTAI_TESTS_TOWN_H

#include "models/civil.h"
#include "models/model.h"
#include "models/series.h"

struct town {
    struct series load, temp;
    struct civil_clock clock; // +07:00
    int64_t start;
};

// `days` of load and weather from 2021-01-01 local on, at `step_s`, seeded; noise with that
// standard deviation in MW. The load is 200 MW, +20 MW a year, -30 % on Sundays, a bell by day, and
// 0.11 MW a square degree above 21 C of the temperature smoothed over a day.
void town_init(struct town *town, int32_t step_s, int days, double noise_mw, unsigned seed);
void town_done(struct town *town);

// On Saturdays and Sundays heat weighs `factor` times as much.
void town_heat_weekends(struct town *town, double factor);

// What is known of it after so many days, at midnight.
struct model_data town_data(const struct town *town, int days);

#endif
