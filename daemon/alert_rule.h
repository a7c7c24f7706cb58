// SPDX-License-Identifier: GPL-3.0-or-later
// What rules say: from what is known now to the facts about one subject. Pure.
//
// Each sets known, call, keep, value, limit, limit_mw, per_cent, n_days, peak_mw, over_mw,
// poe10_mw, hours and cause, to NaN, -1 and the like where that is nothing that it knows of; the
// rest is the caller's, but for what is said below. The value, and what it is held against, is that
// of the level that is called for, else of the one that is kept, else of the lowest that the rule
// has. A level of 0 per cent is none that it has; a rule that has none knows nothing.
#ifndef PHUTAI_DAEMON_ALERT_RULE_H
#define PHUTAI_DAEMON_ALERT_RULE_H

#include <stddef.h>

#include "daemon/alert_facts.h"
#include "daemon/store.h"
#include "models/civil.h"
#include "models/day_peaks.h"

// The limit of each of some civil days from `first`, MW; NaN where none is known.
struct alert_limits {
    int64_t first;
    size_t n;
    const double *mw;
};

// The chance that the load passes a level's limit within the rule's lead from `now`: of all days
// together as long as they have the limit of the first, else at least that of the likeliest. Days
// that are over by `now`, or that begin no sooner than the lead's end, are left out, and so are
// those without a limit. Calls where the chance is at least `probability`, keeps where it is at
// least `clear_probability`. Sets day, growth and `days` too: the likeliest day, and those that are
// at least half as likely as all together, or at least `clear_probability`; the likeliest
// ALERT_FACTS_DAYS of them. Not known where no day's peak or limit is.
void alert_rule_peak(const struct config_alert *rule, const struct day_peaks *peaks,
                     const struct alert_limits *limits, const struct civil_clock *clock,
                     int64_t now, struct alert_facts *facts);

// The same of a season; sets its name and the hour of its peak too.
void alert_rule_season(const struct config_alert *rule, const struct store_season *season,
                       double limit_mw, struct alert_facts *facts);

// A measured load: calls above a level's limit, keeps above `clear_per_cent` of it. Not known where
// either is NaN.
void alert_rule_load(const struct config_alert *rule, double mw, double limit_mw,
                     struct alert_facts *facts);

// Ages (readings, weather, sink): one of the rule's age or more calls the lowest level.
void alert_rule_age(const struct config_alert *rule, int64_t age_s, struct alert_facts *facts);

// Skill over last week's same hour by the rule's days of scores: below 0 calls the lowest level.
// Not known where it is NaN.
void alert_rule_skill(const struct config_alert *rule, double skill, struct alert_facts *facts);

// Entries of the register that begin within the rule's lead: any calls the lowest level.
void alert_rule_register(const struct config_alert *rule, size_t entries,
                         struct alert_facts *facts);

#endif
