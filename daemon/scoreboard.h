// SPDX-License-Identifier: GPL-3.0-or-later
// How good the forecasts of a day were, once the day is over:
//
//   forecast_score,lead=1d,model=recency,zone=Z coverage90=..,mape=..,nmae=..,pinball=..,skill=..
//   END
//
// A tag origin=simulated is there where the load was made up.
//
// lead 1d is the last forecast issued by the day's beginning, 2d the last one a day before that,
// and so on. skill is 1 - MAE / MAE of the same interval last week as it was known at the issue.
#ifndef PHUTAI_DAEMON_SCOREBOARD_H
#define PHUTAI_DAEMON_SCOREBOARD_H

#include <stdbool.h>
#include <stdint.h>

#include "daemon/buffer.h"
#include "daemon/store.h"
#include "models/civil.h"
#include "models/series.h"

enum { SCOREBOARD_LEADS = 7 };

// Keeps a score for each lead that the civil day `day` was forecast with, inside the caller's
// transaction, and appends a line of it; none while an interval of the day has no reading. False
// where the store fails.
[[nodiscard]] bool scoreboard_day(struct store *store, const char *zone,
                                  const struct civil_clock *clock, const struct series *load,
                                  int64_t day, struct buffer *out);

#endif
