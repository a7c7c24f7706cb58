// SPDX-License-Identifier: GPL-3.0-or-later
// Forecasts as line protocol.
//
//   load_forecast,zone=Z mean=..,p_over=..,q05=..,..,q95=.. TARGET
//   season_peak,scenario=S,season=Y,zone=Z limit_mw=..,p_over=..,peak_hour=..,poe01=.. ISSUE
//   load_forecast_issued,lead_h=036,zone=Z mean=..,q05=..,..,q95=.. ISSUE
//   peak_risk,lead_d=1,zone=Z mw_over=..,p_over=..,peak_hour=..,peak_mw=.. ISSUE
//
// lead_h is three digits, with a fraction where the lead is no whole hour (036.5), so that every
// target of one issue is a series of its own. A tag origin=simulated is there where the load was
// made up. p_over is left out where no capacity is known.
//
// peak_risk is of the highest load of a civil day: lead_d 0 is that of the issue, from it on.
// peak_mw is its median, p_over the chance that it passes the firm capacity of that day, mw_over by
// how much it does at its 90 % quantile, 0 where it does not; peak_hour is when it falls most
// likely. A day whose end is not forecast has none.
#ifndef PHUTAI_DAEMON_POINTS_H
#define PHUTAI_DAEMON_POINTS_H

#include "daemon/buffer.h"
#include "daemon/store.h"
#include "models/day_peaks.h"
#include "models/forecast.h"

enum { POINTS_LEVELS = 19 };

// The levels that the points carry: 0.05 to 0.95, ascending.
extern const double points_levels[POINTS_LEVELS];

// To six digits after the point: watts are as fine as any meter of a zone, and a millionth as any
// chance is known; more digits would only be noise on the wire.
double points_rounded(double value);

struct points_zone {
    const char *id;
    double limit_mw; // firm capacity, NaN where unknown
    bool simulated;
    // Targets after this are left out of load_forecast, for a sink that would not hold them;
    // load_forecast_issued has them all the same.
    int64_t target_max;
};

// Appends both measurements for the intervals [from, to) of a forecast made with points_levels. Two
// lines an interval at most.
void points_forecast(struct buffer *out, const struct points_zone *zone,
                     const struct forecast *forecast, size_t from, size_t to);

// Appends the odds of the days' peaks, one line a day; limit_mw[peaks->n] is the firm capacity of
// each, NaN where unknown (that of the zone is not looked at), issue_day the civil day of the
// issue.
void points_peaks(struct buffer *out, const struct points_zone *zone, const struct day_peaks *peaks,
                  int64_t issue_day, const double limit_mw[]);

// Appends a season's odds of one zone, one line.
void points_season(struct buffer *out, const struct store_season *season, bool simulated);

#endif
