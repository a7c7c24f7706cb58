// SPDX-License-Identifier: GPL-3.0-or-later
// A trial of alerts on what a daemon kept: today's rules on peaks run over the odds of the daily
// peaks as they were forecast, against today's limits, and are judged by the readings.
#ifndef PHUTAI_DAEMON_ALERT_TRIAL_STORE_H
#define PHUTAI_DAEMON_ALERT_TRIAL_STORE_H

#include <stdbool.h>

#include "daemon/alert_trial.h"

struct alert_trial_store_request {
    const char *config;    // path
    const char *from, *to; // of the issues, as times of the command line; NULL: all
    const char *rule;      // its name; NULL: all that look at peaks
    // Told of each rule and zone with forecasts, in the order of the configuration. False without
    // memory.
    bool (*tell)(void *context, const struct alert_trial *trial, const char *zone);
    void *context;
};

// Reads the configuration and its store, and writes to neither. The exit status of a command; what
// fails is told.
[[nodiscard]] int alert_trial_run_store(const struct alert_trial_store_request *request);

#endif
