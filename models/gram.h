// SPDX-License-Identifier: GPL-3.0-or-later
// The state of a regression: X'X and X'y, kept in blocks by civil month so that months can be
// added, taken out, weighted by age, and merged.
//
// The rows of one cell (month, kind of day, time of day) have their non-zeros in the same columns.
// So a block does not hold X'X itself but, for each cell, the moments sum of w v v' with
// v = (basis values, y): some 21 numbers for Tao's Vanilla model instead of 285 x 285. gram_sum()
// spreads each cell over X'X once, however many rows it had.
#ifndef PHUTAI_MODELS_GRAM_H
#define PHUTAI_MODELS_GRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "design.h"
#include "fit.h"

struct gram;

// Keeps `design`, which must outlive it. NULL without memory.
struct gram *gram_new(const struct design *design);
void gram_free(struct gram *gram);

// Blocks are numbered as the caller likes, but where the design has terms by month: then a block is
// a civil month, numbered by gram_month() as year * 12 + month - 1.
int64_t gram_month(int year, int month);

// Adds one interval to block `month` (the one that point->day lies in) with weight w; a negative
// weight takes it out again. A row with a NaN or infinite value is refused: false, as without
// memory. About 20 ns with Vanilla's five bases; grows with the square of the bases.
[[nodiscard]] bool gram_add(struct gram *gram, int64_t month, const struct design_point *point,
                            double y, double w);

// Forgets a month.
void gram_clear(struct gram *gram, int64_t month);

// Adds `factor` times the blocks of `from`, which has the same design: 1 merges what another
// machine summed, -1 takes it out. False without memory; `into` then holds a part.
[[nodiscard]] bool gram_merge(struct gram *into, const struct gram *from, double factor);

// The months held, ascending.
size_t gram_months(const struct gram *gram);
int64_t gram_month_at(const struct gram *gram, size_t index);

// X'X and X'y over all months, block i with weights[i] (NULL: all 1); a weight of 0 leaves the
// month out. `ret` was initialised for design_columns(). False without memory.
[[nodiscard]] bool gram_sum(const struct gram *gram, const double weights[], struct normal *ret);

#endif
