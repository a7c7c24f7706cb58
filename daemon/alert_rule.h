// SPDX-License-Identifier: GPL-3.0-or-later
// What rules say: from what is known now to the facts about one subject. Pure.
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
// together where they have one limit, else at least that of the likeliest. Days that are over by
// `now` are left out.
void alert_rule_peak(const struct config_alert *rule, const struct day_peaks *peaks,
                     const struct alert_limits *limits, const struct civil_clock *clock,
                     int64_t now, struct alert_facts *facts);

// The same of a season.
void alert_rule_season(const struct config_alert *rule, const struct store_season *season,
                       double limit_mw, struct alert_facts *facts);

// A measured load against its limit.
void alert_rule_load(const struct config_alert *rule, double mw, double limit_mw,
                     struct alert_facts *facts);

// Ages (readings, weather, sink): the levels begin at `per_cent` of the rule's age.
void alert_rule_age(const struct config_alert *rule, int64_t age_s, struct alert_facts *facts);

// Skill over last week's same hour: below 0 by the rule's days of scores.
void alert_rule_skill(const struct config_alert *rule, double skill, struct alert_facts *facts);

// Entries of the register that begin within the rule's lead.
void alert_rule_register(const struct config_alert *rule, size_t entries,
                         struct alert_facts *facts);

#endif
