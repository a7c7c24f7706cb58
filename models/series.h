// SPDX-License-Identifier: GPL-3.0-or-later
// A series on a fixed grid of instants, with explicit gaps and masks.
//
// The value at index i covers [start + i*step_s, start + (i+1)*step_s). A gap is NaN: a value that
// never came; it is never zero. A masked value is there but must not be learnt from (curtailment,
// outage, a fault of the meter).
#ifndef PHUTAI_MODELS_SERIES_H
#define PHUTAI_MODELS_SERIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SERIES_MAX = 4000000 }; // 38 years of five minutes: beyond it a start is a fault

struct series {
    int64_t start; // instant of index 0, a multiple of step_s; meaningless while n is 0
    int32_t step_s;
    size_t n;
    double *value;          // n values, NaN where none came
    bool *masked;           // n marks
    size_t capacity, front; // memory, in values; how many of them lie before value[0]
};

// An empty series; step_s divides a day. Always succeeds.
void series_init(struct series *series, int32_t step_s);
void series_done(struct series *series);

enum series_set { SERIES_NEW, SERIES_SAME, SERIES_CHANGED, SERIES_REFUSED };

// Sets the value at `instant`, growing the grid at either end; NaN makes a gap again (and grows
// nothing). REFUSED without memory, off the grid, for an infinite value, or when the grid would
// pass SERIES_MAX. Amortised O(1) at both ends.
enum series_set series_put(struct series *series, int64_t instant, double value);

// Value at `instant`, NaN outside the grid or in a gap.
double series_at(const struct series *series, int64_t instant);

// Index of `instant` in the grid; may lie outside 0..n-1. Floor division by the step.
int64_t series_index(const struct series *series, int64_t instant);
int64_t series_instant(const struct series *series, size_t index);
int64_t series_end(const struct series *series); // instant after the last interval

// True where a value is there and may be learnt from.
bool series_usable(const struct series *series, size_t index);
double series_usable_at(const struct series *series, int64_t instant); // the value, NaN elsewhere

// Marks [from, to), clipped to the grid.
void series_mask(struct series *series, int64_t from, int64_t to, bool masked);

// The intervals that end by `instant`. It shares the memory of `series`: not to be changed or
// ended.
struct series series_before(const struct series *series, int64_t instant);

// A copy with memory of its own. False without memory, *ret untouched.
[[nodiscard]] bool series_copy(const struct series *from, struct series *ret);

// `from` on another step: coarser by the mean of what is there (a gap where less than half of it
// is), finer by the straight line between neighbours at most `max_gap_s` apart (a point value, such
// as a temperature). What came of any masked value is masked. False without memory, *ret untouched.
[[nodiscard]] bool series_resample(const struct series *from, int32_t step_s, int32_t max_gap_s,
                                   struct series *ret);

#endif
