// SPDX-License-Identifier: GPL-3.0-or-later
// A trial of alerts on past seasons of a zone, from files: every day is forecast as it would have
// been on the day before it, from the readings before that issue and a weather forecast that is
// imitated (models/weather_error.h).
#ifndef PHUTAI_DAEMON_ALERT_TRIAL_FILES_H
#define PHUTAI_DAEMON_ALERT_TRIAL_FILES_H

#include <stdbool.h>
#include <stdint.h>

#include "daemon/alert_trial.h"
#include "daemon/dataset.h"

// A day of any year; 29 February is the 28th where there is none.
struct alert_trial_date {
    int month, day;
};

struct alert_trial_seasons {
    int first_year, last_year; // of the seasons' first days
    struct alert_trial_date from, to;
};

struct alert_trial_request {
    const struct dataset *dataset;
    const struct dataset_series *zone;
    struct alert_trial_seasons seasons;
    double limit_mw;         // NaN: a percentile of the daily peaks of the seasons before
    double limit_percentile; // per cent
    int limit_years;         // how many seasons before
    int issue_hour;          // of the day before
    double weather_error_c;  // standard deviation
    uint64_t seed;
    struct config_alert rule;
};

// The first and last day of the season of a year.
void alert_trial_season_days(const struct alert_trial_seasons *seasons, int year,
                             int64_t *ret_first, int64_t *ret_last);

// The limit of the season of a year, MW: NaN where no season before it has readings. *ret_seasons:
// how many have.
double alert_trial_limit(const struct alert_trial_request *request, int year, int *ret_seasons);

// Forecasts on all cores, with a progress line; looks and judges. Days of no season have no limit,
// so do not count. False without memory.
[[nodiscard]] bool alert_trial_run_files(const struct alert_trial_request *request,
                                         struct alert_trial *ret);

#endif
