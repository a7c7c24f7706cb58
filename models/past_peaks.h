// SPDX-License-Identifier: GPL-3.0-or-later
// The highest reading of each civil day of a load that has been.
#ifndef PHUTAI_MODELS_PAST_PEAKS_H
#define PHUTAI_MODELS_PAST_PEAKS_H

#include <stddef.h>
#include <stdint.h>

#include "civil.h"
#include "series.h"

// MW; NaN where fewer than nine in ten of the day's intervals have a reading.
double past_peaks_at(const struct series *load, const struct civil_clock *clock, int64_t day);

// The instant at which the day's first interval over the limit begins; INT64_MAX where none is.
int64_t past_peaks_over(const struct series *load, const struct civil_clock *clock, int64_t day,
                        double limit_mw);

// The peaks of the days [first, first + n), as of past_peaks_at().
void past_peaks_fill(const struct series *load, const struct civil_clock *clock, int64_t first,
                     size_t n, double ret[]);

// A percentile of those of `n` peaks that are known, by type 7 of Hyndman and Fan 1996; NaN of
// none. Sorts and spoils them.
double past_peaks_percentile(size_t n, double peaks[], double per_cent);

// The share of days over the limit among those of the same calendar month in the years before the
// day's own month, up to `years` of them: what one knows who knows the season alone. NaN where no
// such day has a peak. `peaks` are those of the days [first, first + n).
double past_peaks_usual(int64_t first, size_t n, const double peaks[], int64_t day, int years,
                        double limit_mw);

#endif
