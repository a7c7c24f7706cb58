// SPDX-License-Identifier: GPL-3.0-or-later
// Readings that no model should learn from, and dated changes of level, found against a fit of the
// whole history (hindsight.h). Nothing is replaced: what is found is told, for the caller to mask.
//
// The yardstick is what the fit misses, less its median of the four weeks around, over its robust
// scale (1.4826 times the median of its absolute values) at that hour and season. Found are
//
//     zeros    under a hundredth of what was due
//     flats    one value again and again, for six hours or more
//     spikes   up to three hours far off while the hours beside them are not, by sudden steps
//     outages  one hour to four days of less than three quarters of what was due
//
// What a zone does often is its habit and no fault: a kind of finding that comes more often than
// once in four months is left out whole, and so is a holiday of the calendar. So a hot day, slow to
// come and go, stands, and so do the shutdowns of a factory that has many.
#ifndef PHUTAI_MODELS_CLEAN_H
#define PHUTAI_MODELS_CLEAN_H

#include <stddef.h>
#include <stdint.h>

#include "model.h"
#include "shifts.h"

enum clean_reason { CLEAN_ZERO, CLEAN_FLAT, CLEAN_SPIKE, CLEAN_OUTAGE, CLEAN_REASONS };
const char *clean_reason_name(enum clean_reason reason); // "zero", "flat", "spike", "outage"

enum { CLEAN_RUNS_MAX = 1024 };

// Intervals [from, to) of the load.
struct clean_run {
    size_t from, to;
    enum clean_reason reason;
};

// From `instant` (a midnight) on the load was `ratio` times what it was in the eight weeks before,
// weather and calendar apart.
struct clean_shift {
    int64_t instant;
    double ratio;
};

struct clean {
    size_t n_runs; // ascending, not overlapping
    struct clean_run runs[CLEAN_RUNS_MAX];
    size_t n_shifts; // ascending; the greatest ones
    struct clean_shift shifts[SHIFTS_MAX];
};

// Looks at load and temp before data->issue only. What is masked already counts as missing.
// MODEL_TOO_FEW where the history is too short to tell: nothing is found then. About 0.4 s for
// four years of hours.
[[nodiscard]] enum model_status clean_find(const struct model_data *data, struct clean *ret);

// Masks what was found.
void clean_mask(const struct clean *clean, struct series *load);

#endif
