// SPDX-License-Identifier: GPL-3.0-or-later
// Dated changes of a zone that somebody has declared, taken into account in what models learn from.
//
// A mask leaves [from, to) out. A change of level says that from then on the load is another
// multiple of what weather and calendar make of it: what came before is multiplied by the ratio of
// the two levels, so that models see one. The ratio is measured: the regression is fitted to what
// lies before the change alone (and after the one before it), and what the eight weeks after it are
// by that, is divided by what the eight weeks before it are.
#ifndef PHUTAI_MODELS_CHANGES_H
#define PHUTAI_MODELS_CHANGES_H

#include "model.h"

enum change_kind { CHANGE_MASK, CHANGE_LEVEL };

struct change {
    int64_t from, to; // instants; `to` INT64_MAX: no end, as of every change of level
    enum change_kind kind;
};

enum { CHANGES_DAYS = 56 };

struct changes {        // start from zero
    struct series load; // the zone's, with values and marks of its own
    size_t n;
    struct changes_step *steps; // those of level, ascending, and what was measured of them
};
void changes_done(struct changes *changes);

// Makes changes->load of data->load as seen from data->issue: `list`, of n in any order, may reach
// beyond it. A change of level counts from one day of readings after it on; its ratio is measured
// again after 1, 2, 4 ... 56 days and kept meanwhile, so that fits can stand. Where there is too
// little before it for a regression, what is before it is masked. Nothing of `load` and `temp` at
// or after the issue is read. False without memory. About 0.1 s for each measurement.
[[nodiscard]] bool changes_apply(struct changes *changes, const struct model_data *data, size_t n,
                                 const struct change list[]);

// What the load at an instant was multiplied by.
double changes_factor(const struct changes *changes, int64_t instant);

#endif
