// SPDX-License-Identifier: GPL-3.0-or-later
// Dated changes of a level, proposed to people: a new line, a transfer of load, a closure.
#ifndef PHUTAI_MODELS_SHIFTS_H
#define PHUTAI_MODELS_SHIFTS_H

#include <stdbool.h>
#include <stddef.h>

enum { SHIFTS_MAX = 16, SHIFTS_DAYS = 56 }; // days looked at on either side

struct shift {
    size_t day;  // the first of the new level
    double step; // the new level less the old one
};

// Of n daily values, NaN where unknown: days where the median of the SHIFTS_DAYS that follow is off
// that of those before by 0.1 or more, and by more than six times what such a difference mostly is.
// The day is that which splits the two best. The greatest SHIFTS_MAX of them, ascending by day,
// none within SHIFTS_DAYS of another; fewer than half of the days known on a side tell nothing.
// *ret_n of them. False without memory. O(n).
[[nodiscard]] bool shifts_find(size_t n, const double daily[], size_t *ret_n,
                               struct shift ret[static SHIFTS_MAX]);

#endif
