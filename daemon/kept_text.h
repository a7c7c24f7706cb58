// SPDX-License-Identifier: GPL-3.0-or-later
// What was believed when, as the store keeps it, as rows of CSV: seasons and the peaks of days.
#ifndef PHUTAI_DAEMON_KEPT_TEXT_H
#define PHUTAI_DAEMON_KEPT_TEXT_H

#include <stddef.h>
#include <stdio.h>

#include "daemon/store.h"
#include "models/civil.h"
#include "models/day_peaks.h"

// The heads, without a line end: the columns of the rows below.
extern const char kept_text_season_head[], kept_text_peaks_head[];

// A row for each level of a season's peak; how many.
size_t kept_text_season(FILE *out, const struct civil_clock *clock,
                        const struct store_season *season);

// A row for each day whose end is forecast; how many. Fields of what is not known are empty.
size_t kept_text_peaks(FILE *out, const struct civil_clock *clock, const char *node,
                       const struct day_peaks *peaks);

#endif
