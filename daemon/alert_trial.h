// SPDX-License-Identifier: GPL-3.0-or-later
// Alerts tried on the past: of each civil day what was said of it before it began, and what came.
// Pure.
//
// Old forecasts are kept one a day. What comes more than six hours after the look before it stands
// for the looks that were between: it has been held, and nothing wavers from one to the other.
//
// A day has an alert where one stood for it at the last look before the day began: a day-ahead
// alert. An alert stands for a day while it fires and the day is one of those it is about: the
// likeliest of the rule's lead, or as likely as the rule clears at. It was raised at the first look
// since which it has stood without a break.
#ifndef PHUTAI_DAEMON_ALERT_TRIAL_H
#define PHUTAI_DAEMON_ALERT_TRIAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/config.h"
#include "daemon/alert.h"
#include "models/civil.h"
#include "models/day_peaks.h"
#include "models/series.h"
#include "models/verdicts.h"

struct alert_trial_day {
    int64_t day;     // civil
    int season;      // the year that it is told under
    double whole_mw; // the limit, NaN where none is known
    double limit_mw; // what the rule's lowest level makes of it, by which the day is judged
    // What was said before it began.
    double chance;    // of its peak to pass the limit, NaN where there was no forecast
    double median_mw; // of its peak
    bool warned;
    int64_t raised;
    double raised_chance;
    // What came.
    double peak_mw;    // NaN where the readings have not enough of it
    int64_t over;      // instant of the first interval over the limit, INT64_MAX for none
    double usual;      // share of such days in the same month of the years before, NaN unknown
    double persistent; // 1 where the day before passed the limit, 0 where it did not or is unknown
};

struct alert_trial {
    const struct civil_clock *clock;
    struct config_alert rule;
    bool all_looks;     // that there ever were, however far apart: then holds are counted in them
    struct alert alert; // as of the last look
    size_t n;
    struct alert_trial_day *days; // ascending
};

// Of the days [first, first + n), of which nothing is known yet: seasons are their years, limits
// NaN. The rule is copied, its texts by reference. False without memory, *ret untouched.
[[nodiscard]] bool alert_trial_init(struct alert_trial *ret, const struct civil_clock *clock,
                                    const struct config_alert *rule, int64_t first, size_t n);
void alert_trial_done(struct alert_trial *trial);

// Sets the year that a day is told under, and its limit. `k` is its index.
void alert_trial_set(struct alert_trial *trial, size_t k, int season, double whole_mw);

// A look at a forecast, at the time of its issue; forecasts come in the order of their issues. Days
// that have begun stay as they are. False without memory.
[[nodiscard]] bool alert_trial_look(struct alert_trial *trial, const struct day_peaks *peaks);

// Whether an alert stood for a day must not hang on what a year before left firing.
void alert_trial_begin_anew(struct alert_trial *trial);

enum { ALERT_TRIAL_USUAL_YEARS = 5 };

// Sets what came. Peaks of years before those of the trial are used for what is usual. False
// without memory.
[[nodiscard]] bool alert_trial_judge(struct alert_trial *trial, const struct series *load);

// True where a day counts: it has a limit, a forecast and readings.
bool alert_trial_counts(const struct alert_trial_day *day);
enum verdict alert_trial_verdict(const struct alert_trial_day *day);
double alert_trial_lead_h(const struct alert_trial_day *day); // NaN where the alert was not right

// A rival's score, and ours of the same days.
struct alert_trial_duel {
    struct verdicts_brier theirs, ours;
};
struct alert_trial_sum {
    size_t days, over, alerts;
    struct verdicts verdicts;
    struct verdicts_brier brier;
    struct alert_trial_duel usual, persistent;
    struct verdicts_tenth tenths[VERDICTS_TENTHS];
    double mean_lead_h, median_lead_h; // NaN where no alert was right
};
enum { ALERT_TRIAL_ALL = 0 };
// Of one season, or of all. False without memory.
[[nodiscard]] bool alert_trial_sum(const struct alert_trial *trial, int season,
                                   struct alert_trial_sum *ret);

#endif
