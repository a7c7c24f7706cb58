// SPDX-License-Identifier: GPL-3.0-or-later
// What people know that a history does not: dated entries of the register, as MW on a load.
//
// An entry is in force in [from, to), on every day in its window of local time, and belongs to an
// interval by the interval's start. Its share grows from 0 at `from` to 1 at `from` + ramp_s. With
// the share s it makes of a load
//
//     load + s mw                   of MW,
//     load (1 + s (factor - 1))     of a factor,
//     load + s (mw - load)          of an override, whose `mw` is the load itself,
//
// and never less than 0. A shift adds mw (negative: takes) in its window of hours and gives the
// energy back in its other window, evenly; its share grows by whole days, so that every 24 hours
// since `from` keep their energy, but for a load too low to be taken from and a night on which the
// clock changes.
//
//     a line of 25 MW from 1 June, in use bit by bit over 30 days: ENTRY_LINE, mw 25, ramp 30 d;
//         adds 12.5 MW on 16 June, and 25 MW from 1 July on
//     a plant halved for a week: ENTRY_SHUTDOWN, factor 0.5; of a load of 40 MW it adds -20 MW
//     10 MW moved out of 17:00-19:00 into 22:00-02:00: ENTRY_SHIFT, mw -10, the windows;
//         adds -10 MW at 17:00 and 18:30, and 5 MW at 23:00 and 01:00
//
// What the readings hold already is not counted twice. A lasting entry (a new line, or any other
// without an end) is learnt from the readings: it counts against the mean of its share over the 28
// days before the issue. So a line energised in January adds nothing to a forecast of June; one
// energised a week ago, at once, adds three quarters of its MW, the readings of the last 28 days
// being brought to one level that holds the fourth quarter (entry_settle); after its end it takes
// away what they hold of it. Every other entry, and a mask, hides its hours from learning
// (entry_mask), so that the readings hold nothing of it and it counts in full.
#ifndef PHUTAI_MODELS_ENTRIES_H
#define PHUTAI_MODELS_ENTRIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "civil.h"
#include "series.h"

enum entry_kind {
    ENTRY_LINE,
    ENTRY_SHUTDOWN,
    ENTRY_MAINTENANCE,
    ENTRY_SHIFT, // of MW only: energy taken by a factor is not known when it is given back
    ENTRY_DEMAND_RESPONSE,
    ENTRY_OVERRIDE, // of MW only
    ENTRY_MASK,
    ENTRY_KINDS
};

enum { ENTRY_LEARNT_DAYS = 28 };

struct entry {
    uint64_t id; // one's own: draws are keyed by it
    enum entry_kind kind;
    size_t zone;
    int64_t from, to;                 // instants, [from, to); INT64_MAX: no end
    int64_t ramp_s;                   // 0: all at once
    double mw;                        // signed: what it adds; of an override the load itself
    double factor;                    // of the load; NaN where MW is given
    double probability;               // that it happens, 0..1
    int32_t hours_from_s, hours_to_s; // of the local day; 0 and 86400: all day; may pass midnight
    int32_t into_from_s, into_to_s;   // of a shift: where the energy goes, beside the other window
};

// What an entry makes of any load in one interval: load + add + scale * load, at least 0. For many
// paths: the change once an interval, its effect for every path.
struct entry_change {
    double add;   // MW
    double scale; // of the load
};

// Of a forecast made at `issue`; {0, 0} where nothing changes. O(1).
struct entry_change entry_change_at(const struct entry *entry, const struct civil_clock *clock,
                                    int64_t issue, int64_t instant);

// MW that the change adds to this load, never below -load. NaN of a load of NaN that it changes.
double entry_change_effect(struct entry_change change, double load);

// Both in one: MW that the entry adds to `load` in the interval that starts at `instant`, given
// that it happens; 0 where it is not in force and nothing of it was learnt, and of a mask. A few
// entries of one zone count one after the other, each on the load that the last one left, in the
// order of entry_compare: overrides have the last word.
double entry_effect(const struct entry *entry, const struct civil_clock *clock, int64_t issue,
                    int64_t instant, double load);

// For qsort: by zone, kind as listed above, and id.
int entry_compare(const void *a, const void *b);

// True where the entry happens on a path: one draw for each (seed, path, id), whatever other
// entries there are, so that adding or ending one leaves the draws of all others as they were.
bool entry_happens(const struct entry *entry, uint64_t seed, uint64_t path);

// Probability times effect, for a mean.
double entry_expected(const struct entry *entry, const struct civil_clock *clock, int64_t issue,
                      int64_t instant, double load);

// True where readings are learnt from while the entry is in force: a new line, and whatever has no
// end, but for a mask.
bool entry_lasts(const struct entry *entry);

// Masks what must not be learnt from: the hours of a mask, and of every entry that does not last
// (of a shift both windows), unless its probability is 0.
void entry_mask(const struct entry *entry, const struct civil_clock *clock, struct series *load);

// Brings the readings of the 28 days before `issue` to one level: that which holds the mean share
// of a lasting entry over these days, the one that entry_effect counts against; by its probability.
// So a step in them is not taken for an error to be carried on, on top of the effect. A reading is
// lowered by half at most: more than that was not the entry. Other entries change nothing.
void entry_settle(const struct entry *entry, const struct civil_clock *clock, int64_t issue,
                  struct series *load);

// Makes readings fit to learn from at `issue`: masks what any of the entries hides, and settles
// what lasts. Nothing is changed where there is no entry.
void entries_prepare(size_t n, const struct entry entries[], const struct civil_clock *clock,
                     int64_t issue, struct series *load);

#endif
