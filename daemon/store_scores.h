// SPDX-License-Identifier: GPL-3.0-or-later
// How good the forecasts of days that are over were, by zone, day and lead.
#ifndef PHUTAI_DAEMON_STORE_SCORES_H
#define PHUTAI_DAEMON_STORE_SCORES_H

#include <stdbool.h>
#include <stdint.h>

struct store;

struct store_score {
    const char *zone;
    int64_t day; // civil
    int lead;    // days: 1 is the last forecast issued by the day's beginning
    const char *model;
    double mape, nmae, coverage90; // per cent, per cent, share
    double pinball, mae, week_mae; // MW; of last week's same intervals as known at the issue
};
// The same zone, day and lead is replaced.
[[nodiscard]] bool store_put_score(struct store *store, const struct store_score *score);
typedef bool store_score_fn(void *context, const struct store_score *score);
// Of the days from <= day < to, in order of zone, day and lead. `zone` NULL: all.
[[nodiscard]] bool store_each_score(struct store *store, const char *zone, int64_t from, int64_t to,
                                    store_score_fn *fn, void *context);

#endif
