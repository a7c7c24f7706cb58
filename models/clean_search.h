// SPDX-License-Identifier: GPL-3.0-or-later
// A search for faults in one history: the parts of clean.h, shared among its files.
#ifndef PHUTAI_MODELS_CLEAN_SEARCH_H
#define PHUTAI_MODELS_CLEAN_SEARCH_H

#include "clean.h"
#include "hindsight.h"

enum { CLEAN_CELLS = 4 * 24 }; // quarter of the year and hour of the day

struct clean_search {
    struct model_data data;   // its load and weather are these:
    struct series load, temp; // what lies before the issue; the load with marks of its own
    size_t day, hour;         // intervals
    double *fitted;           // what the fit says, MW
    double *due;              // and with the level of the weeks around, MW
    double *off;              // residual less the level, in scales; NaN where unknown
    double *residual;         // on the scale of the regression
    double scale[CLEAN_CELLS];
    size_t flat_limit;                // a run of equal values as long as this is none of the usual
    size_t candidates[CLEAN_REASONS]; // found so far, habits too
    size_t first;                     // intervals before it are there to measure others beside
    size_t days;                      // of the whole history, which habits are counted over
};

// A search in [from, data->issue) of the load and of the weather. False without memory. Ended
// either way by clean_search_done().
[[nodiscard]] bool clean_search_init(struct clean_search *search, const struct model_data *data,
                                     int64_t from);
void clean_search_done(struct clean_search *search);

// Fits all months alike and measures every interval by that, for the caller to free.
[[nodiscard]] enum model_status clean_search_fit(struct clean_search *search,
                                                 struct hindsight **ret);

// Measures every interval by a fit: with the scales that are there, or, where `learn`, with those
// that it learns from these intervals. False without memory.
[[nodiscard]] bool clean_search_measure(struct clean_search *search, struct hindsight *hindsight,
                                        bool learn);

// Appends what is found, and does not end by `first`, to ret->runs, which stay ascending. False
// without memory.
[[nodiscard]] bool clean_search_runs(struct clean_search *search, struct clean *ret);

// Appends dated changes to ret->shifts, fitting anew after each.
[[nodiscard]] enum model_status clean_search_shifts(struct clean_search *search, struct clean *ret);

double clean_search_median(size_t n, double values[]); // sorts them; NaN of none

#endif
