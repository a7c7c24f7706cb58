// SPDX-License-Identifier: GPL-3.0-or-later
// What simulated seasons come to at one node, a zone or a sum of zones: its peaks and what passes
// its capacity, path by path, and the odds over all paths.
//
// A season is counted by civil days of the zone's clock. Noon and evening are apart, as the grid is
// strained by both: PEAKS_NOON and PEAKS_EVENING hours of the day.
#ifndef PHUTAI_MODELS_PEAKS_H
#define PHUTAI_MODELS_PEAKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "civil.h"

enum { PEAKS_MONTHS_MAX = 18 };
enum peaks_part { PEAKS_NOON, PEAKS_EVENING, PEAKS_PARTS };
// Hours of the day [from, to) of each part.
enum { PEAKS_NOON_FROM = 9, PEAKS_NOON_TO = 16, PEAKS_EVENING_FROM = 17, PEAKS_EVENING_TO = 23 };

// The civil days of a season, as intervals of it.
struct peaks_day {
    int64_t day;
    size_t month; // from 0, of the season
    size_t from, to;
    size_t part_from[PEAKS_PARTS], part_to[PEAKS_PARTS];
};

struct peaks_calendar {
    int64_t start;
    int32_t step_s;
    size_t n, n_days, n_months; // intervals
    struct peaks_day *days;
    int months[PEAKS_MONTHS_MAX]; // 1..12
};

// Of `n` intervals from `start`. False without memory, or beyond PEAKS_MONTHS_MAX months.
[[nodiscard]] bool peaks_calendar_init(struct peaks_calendar *ret, const struct civil_clock *clock,
                                       int64_t start, int32_t step_s, size_t n);
void peaks_calendar_done(struct peaks_calendar *calendar);

// One path of one node.
struct peaks_path {
    float peak_mw;
    uint32_t peak_at; // interval
    float part_mw[PEAKS_PARTS];
    float energy_mwh;
    float over_h, over_mwh; // above the capacity; 0 where none is known
    float over_days;        // civil days that pass it
    float worst_over_mw;    // the most that it is passed by, 0 where it is not
    uint32_t longest_over;  // intervals on end
};

struct peaks_month {
    float part_mw[PEAKS_PARTS];
};

// Results of one node. Paths are written each in its own place, so by many threads at once; the
// sums by blocks of paths, which are added up in their order.
struct peaks {
    const struct peaks_calendar *calendar;
    size_t n_paths, n_blocks;
    struct peaks_path *paths;
    struct peaks_month *months; // [path * n_months + month]
    double *mean;               // [block * n + interval]: sum of the paths; see peaks_finish
    double *over;               // [block * n_days + day]: paths that pass the capacity that day
};
[[nodiscard]] bool peaks_init(struct peaks *ret, const struct peaks_calendar *calendar,
                              size_t n_paths, size_t n_blocks);
void peaks_done(struct peaks *peaks);

// Looks at a path: `mw` of every interval, 0 or more, and the firm capacity of every civil day, NaN
// where none is known (NULL: of no day), which a load passes that is above it. Of equal peaks the
// first counts. O(n), 1 ns an interval.
void peaks_scan(struct peaks *peaks, size_t path, size_t block, const float mw[],
                const double limit_mw[]);

// After all paths: mean[interval] is the mean over the paths, MW, over[day] the share of paths that
// pass the capacity that day.
void peaks_finish(struct peaks *peaks);

// The level that the season's peak passes with probability `poe`: its quantile at 1 - poe, type 7
// of Hyndman and Fan 1996. `ret` has n of them. False without memory.
enum peaks_value { PEAKS_PEAK, PEAKS_PEAK_NOON, PEAKS_PEAK_EVENING, PEAKS_ENERGY };
[[nodiscard]] bool peaks_quantiles(const struct peaks *peaks, enum peaks_value value, size_t n,
                                   const double poe[], double ret[]);
// The same of one month's peak, noon or evening.
[[nodiscard]] bool peaks_month_quantiles(const struct peaks *peaks, size_t month,
                                         enum peaks_part part, size_t n, const double poe[],
                                         double ret[]);

// Odds over the paths, after or before peaks_finish(). False without memory, or without a path.
struct peaks_odds {
    double p_over;               // that the season passes the capacity
    double over_h, over_mwh;     // expected
    double over_days;            // expected
    int hour;                    // of the day that most paths peak in
    int64_t day_early, day_late; // civil days: four of five paths peak between them
    int64_t day_middle;
};
[[nodiscard]] bool peaks_odds(const struct peaks *peaks, const struct civil_clock *clock,
                              struct peaks_odds *ret);

#endif
