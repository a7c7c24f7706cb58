// SPDX-License-Identifier: GPL-3.0-or-later
// What came of a trial of alerts, in words: a table for people, rows of CSV for machines.
#ifndef PHUTAI_DAEMON_ALERT_TRIAL_TEXT_H
#define PHUTAI_DAEMON_ALERT_TRIAL_TEXT_H

#include <stdbool.h>
#include <stdio.h>

#include "daemon/alert_trial.h"

// What the columns mean, for a command's help.
extern const char alert_trial_text_help[];

// The table of seasons and all together, how true the chances were, and the alerts one by one with
// what was missed. `zone` is what it is about. False without memory.
[[nodiscard]] bool alert_trial_text_table(FILE *out, const struct alert_trial *trial,
                                          const char *zone);

// The same table as CSV.
void alert_trial_text_csv_header(FILE *out);
[[nodiscard]] bool alert_trial_text_csv(FILE *out, const struct alert_trial *trial,
                                        const char *zone);

// Every day that counts.
void alert_trial_text_days_header(FILE *out);
void alert_trial_text_days(FILE *out, const struct alert_trial *trial, const char *zone);

#endif
