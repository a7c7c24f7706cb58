// SPDX-License-Identifier: GPL-3.0-or-later
// Simulated seasons of all zones together.
//
// A path is one season that may come. All zones share its weather: blocks of 15 to 25 days, each of
// an earlier year shifted by some days (scenarios.h), and the days on which forecasts missed what
// they missed: blocks of 10 to 18 days of one earlier year (outlook.h), which hold how an error
// goes on from day to day. Each zone's level is drawn from its Student's t, part of it
// (SEASON_SHARED) in common to all zones: the same economy feeds them. Entries of the register
// happen or not, commissioning slips or not. Then, in MW,
//
//     load = run(weather) * error(day) * exp(level)      of a zone taken in logarithms,
//     load = run(weather) + error(day) + level           of any other,
//
// never below 0, and changed by the entries that happen. A zone without history has the shape of
// its kin on the same path, and a level of its own (ramp.h). Sums of zones are the sums of their
// loads, interval by interval.
//
// What is drawn depends on the seed, the path and what it is drawn for alone (draw.h): scenarios
// that share a seed differ by what they differ in, and nothing else.
#ifndef PHUTAI_MODELS_SEASON_H
#define PHUTAI_MODELS_SEASON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "entries.h"
#include "outlook.h"
#include "peaks.h"
#include "ramp.h"
#include "supply.h"

struct season_zone {
    const struct outlook *outlook; // NULL: a zone without history, that the next three describe
    const struct ramp *ramp;       // NULL as well: a zone that stays at 0 but for entries
    size_t kin;                    // zone that has an outlook, whose shape it has
    double kin_mw;                 // mean load of the kin over a whole year, about the issue
    uint64_t key;                  // one's own, whatever other zones there are
    double growth;                 // added to the level: 0.05 is five per cent more
    const double *past;            // loads of [begin, start), MW; NULL unknown; what is not known
                                   // counts as 0
};

struct season_sum {
    size_t n;
    const size_t *zones;
};

struct season_request {
    const struct civil_clock *clock;
    int64_t issue, begin, start, until; // the season is [begin, until); [begin, start) is past
    int32_t step_s;
    size_t n_zones, n_sums, n_entries, n_supplies;
    const struct season_zone *zones;
    const struct season_sum *sums;
    const struct entry *entries;   // in the order of entry_compare
    const struct supply *supplies; // in the order of supply_compare
    size_t n_paths;
    uint64_t seed;
};

enum { SEASON_BLOCKS = 8 };
static const double SEASON_SHARED = 0.3;

struct season;

// Keeps what the request points at. All outlooks are of [start, until) and of the same sources. A
// zone more leaves the numbers of the others as they were, unless it has more runs than any of them
// or a gap in its weather: blocks are drawn from days that were seen in all zones.
// NULL without memory, or for a season of more than PEAKS_MONTHS_MAX months.
struct season *season_new(const struct season_request *request);
void season_free(struct season *season);

// Simulates one of SEASON_BLOCKS parts of the paths. Different blocks may run at once on several
// threads. False without memory. 20 us a zone and path of half hours.
[[nodiscard]] bool season_run(struct season *season, size_t block);

// After all blocks.
void season_finish(struct season *season);

// Node: a zone, or n_zones + k for sum k.
const struct peaks *season_peaks(const struct season *season, size_t node);
const struct peaks_calendar *season_calendar(const struct season *season);

// Load of a zone at the peak of the last node (the whole, where sums end with it), one value a
// path.
const float *season_at_peak(const struct season *season, size_t zone);

#endif
