// SPDX-License-Identifier: GPL-3.0-or-later
// How high a load will go on each of the coming civil days, with its odds: the quantiles of the
// day's peak over the paths of a forecast, and those of the highest peak up to the end of that day.
// The chance that a day passes a limit is that of its peak; it is more than that of any one
// interval, and less than the sum of them.
#ifndef PHUTAI_MODELS_DAY_PEAKS_H
#define PHUTAI_MODELS_DAY_PEAKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "civil.h"
#include "forecast.h"
#include "paths.h"

enum { DAY_PEAKS_LEVELS = 99 }; // 0.01 ... 0.99

// What a day's peak is made of; NaN where that is not known. The MW are of the interval in which
// the mean is highest that day.
struct day_cause {
    double temp_c, usual_c; // the day's highest temperature as foreseen, and that of the climate
    double heat_mw;         // of the mean: what it owes to its temperatures, now and remembered,
                            // not being the median of the record (explain.h)
    double register_mw;     // of the mean: what the register adds to it
};

struct day_peak {
    int64_t day;                  // civil
    bool whole;                   // the forecast has all of it
    int hour_from, hour_to;       // of the day: four of five paths peak in [from, to)
    int hour;                     // that most paths peak in; all three -1 where no path counts
    float peak[DAY_PEAKS_LEVELS]; // MW: quantiles of the day's peak
    float top[DAY_PEAKS_LEVELS];  // of the highest peak since the issue, up to this day's end
    struct day_cause cause;
};

struct day_peaks {
    int64_t issue;
    double growth; // mean load of the last four weeks over that of the same weeks a year before,
                   // less 1; NaN where either has too few readings
    size_t n;
    struct day_peak *days; // ascending
};

// Of all civil days that the paths touch. A path counts on a day where at least nine in ten of its
// intervals are known, and for `top` where it counts on all days so far; without any the quantiles
// are NaN. Causes and growth are NaN. False without memory, *ret untouched. O(n
// PATHS_N).
[[nodiscard]] bool day_peaks_find(const struct paths *paths, const struct civil_clock *clock,
                                  int64_t issue, struct day_peaks *ret);
void day_peaks_done(struct day_peaks *peaks);

// Whether the forecast goes on to the end of day `d`, so that no later peak of it is left out.
bool day_peaks_ends(const struct day_peaks *peaks, size_t d);

// P(peak > limit) by the straight line between quantiles, and by half a level beyond the outermost,
// 0.995 and 0.005; NaN where the quantiles are.
double day_peaks_over(const float quantiles[static DAY_PEAKS_LEVELS], double limit_mw);

// The quantile at `level`, in (0,1), by the same line and flat beyond the outermost.
double day_peaks_at(const float quantiles[static DAY_PEAKS_LEVELS], double level);

#endif
