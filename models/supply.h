// SPDX-License-Identifier: GPL-3.0-or-later
// What a zone can be supplied with, by date: stages of substations and groups of feeders, whose
// commissioning may slip.
//
// Arrays of supplies are in the order of supply_compare. Of one source each row is a stage that
// replaces the rows of earlier dates; a zone may draw the sum over its sources.
//
//     Quang Châu, source 0: 113.4 MW from 2019, 170.1 MW from 2021-06-30 in its place
//                 source 1: 56.7 MW from 2025-03-31, slip 0.15; 226.8 MW together
#ifndef PHUTAI_MODELS_SUPPLY_H
#define PHUTAI_MODELS_SUPPLY_H

#include <stddef.h>
#include <stdint.h>

static const int64_t SUPPLY_NEVER = INT64_MAX; // the day of what never comes

struct supply {
    uint64_t id; // draws are keyed by it: rows of one id slip together, as where zones share a
                 // transformer
    size_t zone;
    size_t source;         // which substation or group of feeders of the zone
    int64_t from_day;      // civil day number, as planned
    double firm_mw;        // MVA (N-1 where so) * power factor * the zone's share
    double slip_per_month; // probability that it slips by a month, and by another; 0: certain
};

// For qsort: by zone, source, date.
int supply_compare(const void *a, const void *b);

// Firm capacity of a zone on a day by the planned dates, MW: the sum over its sources of the newest
// stage in force. NaN where none is: nothing is known. O(n).
double supply_firm_mw(size_t n, const struct supply supplies[], size_t zone, int64_t day);

// The dates on one path, ret_from_day[n]. Rows dated before `issue_day` are certain; others slip
// by k whole months with probability (1 - p) p^k, on the same day of the month or its last;
// SUPPLY_NEVER beyond a century. Keyed by (seed, path, id): what is added or removed beside a row
// does not change its draw. O(n), about 50 ns a row that may slip.
void supply_draw(size_t n, const struct supply supplies[], uint64_t seed, uint64_t path,
                 int64_t issue_day, int64_t ret_from_day[]);

// As supply_firm_mw, with the drawn dates `from_day`. A stage in force replaces all that were
// planned before it, even those that come later on this path.
double supply_firm_mw_drawn(size_t n, const struct supply supplies[], const int64_t from_day[],
                            size_t zone, int64_t day);

// The same for each of `days` days from `first_day`, into ret_mw[days]: summed anew only where a
// date falls. O(days + n * dates that fall between).
void supply_firm_days(size_t n, const struct supply supplies[], const int64_t from_day[],
                      size_t zone, int64_t first_day, size_t days, double ret_mw[]);

#endif
