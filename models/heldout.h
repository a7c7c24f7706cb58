// SPDX-License-Identifier: GPL-3.0-or-later
// How well a regression on some guises of one temperature tells months that it has not seen: the
// judge of weather stations and of the memory of temperature.
//
// Each hour of the day has a regression of its own: kind of day, trend, two harmonics of the year,
// and the natural spline of each guise. Rows are read once, into a Gram matrix for each hour and
// fold (a fold is every HELDOUT_FOLDS-th month), with a column for everything that any candidate
// could want. A candidate is a sub-model of it: fitted on all folds but one, it is judged on that
// one, by sums alone.
#ifndef PHUTAI_MODELS_HELDOUT_H
#define PHUTAI_MODELS_HELDOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "calendar.h"
#include "civil.h"
#include "series.h"
#include "weather.h"

enum { HELDOUT_FOLDS = 5, HELDOUT_INPUTS_MAX = 24 };

// Nothing at or after `issue` is read.
struct heldout_data {
    const struct series *load;
    const struct calendar *calendar; // may be NULL
    const struct civil_clock *clock;
    int64_t issue;
};

struct heldout;

// Reads the load, by the hour where it is finer, looking at every `every`-th hour of the day only:
// 3 is a third of the work and nearly as good a judge. NULL without memory.
struct heldout *heldout_new(const struct heldout_data *data, int every);
void heldout_free(struct heldout *heldout);

// Days of usable readings there are to judge by, and the step that temperatures must be on.
int heldout_days(const struct heldout *heldout);
int32_t heldout_step(const struct heldout *heldout);

// Sums the rows for up to HELDOUT_INPUTS_MAX guises of `temp`, in place of those before; rows
// without any of them are left out. False without memory. O(rows * guises^2).
[[nodiscard]] bool heldout_sum(struct heldout *heldout, const struct series *temp, size_t n,
                               const struct weather_input inputs[]);

// Share of the rows that had a temperature, of the last sum.
double heldout_overlap(const struct heldout *heldout);

// Root mean square error on the months held out, of the sub-model with the `n` guises named
// (ascending), as a share of that with the calendar alone on the same rows: 1 is a temperature that
// tells nothing. NaN where there is too little to tell, or without memory.
double heldout_error(struct heldout *heldout, size_t n, const size_t guises[]);

#endif
