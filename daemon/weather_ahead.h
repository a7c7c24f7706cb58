// SPDX-License-Identifier: GPL-3.0-or-later
// The weather of a station as it is known at an issue: observed before it, forecast from there on.
// Pure.
#ifndef PHUTAI_DAEMON_WEATHER_AHEAD_H
#define PHUTAI_DAEMON_WEATHER_AHEAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "models/series.h"

struct weather_ahead_point {
    int64_t instant;
    double temp_c;
};

// What was observed before the issue: an observation is of its instant, not of an interval. It
// shares the memory of `observed`, as series_before does.
struct series weather_ahead_known(const struct series *observed, int64_t issue);

// What was observed before the issue, and where nothing was, of the hours since the run too, what
// the run says, up to `until`: by straight lines between its points (ascending), and from the last
// observation to the first of them, over three hours at most. On the step of `observed`. False
// without memory, *ret untouched.
[[nodiscard]] bool weather_ahead_merge(const struct series *observed, size_t n,
                                       const struct weather_ahead_point run[], int64_t issue,
                                       int64_t until, struct series *ret);

// For a station without a run: what was observed before the issue, and beyond its end the lender,
// moved by what the two differed in the last 28 days at that hour of the day. *ret is empty where
// the lender has nothing, or they were not seen together on seven of those days. False without
// memory, *ret untouched.
[[nodiscard]] bool weather_ahead_borrow(const struct series *observed, const struct series *lender,
                                        int64_t issue, int64_t until, struct series *ret);

#endif
