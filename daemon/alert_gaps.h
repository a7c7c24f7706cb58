// SPDX-License-Identifier: GPL-3.0-or-later
// What the facts of an alert put into the gaps of its sentences (alert_patterns.h).
#ifndef PHUTAI_DAEMON_ALERT_GAPS_H
#define PHUTAI_DAEMON_ALERT_GAPS_H

#include "daemon/alert_facts.h"
#include "daemon/alert_patterns.h"
#include "daemon/alert_terms.h"
#include "daemon/prose.h"

// Conditions, without a text of their own: FIRM whose the limit is, WHOLE that it is all of
// it, LEVEL_WITH a load beside it, SURE a chance, ONE day alone, TIMED hours known, NEVER, DATED,
// UNDATED when data came last, CALM that nothing is called for.
enum alert_gap {
    GAP_NAME,
    GAP_LEVEL,
    GAP_FIRM,
    GAP_WHOLE,
    GAP_SHARE,
    GAP_LIMIT,
    GAP_LIMIT_MW,
    GAP_LIMIT_DAY,
    GAP_SUPPLY,
    GAP_LIMITS,
    GAP_PASS,
    GAP_CHANCE,
    GAP_SURE,
    GAP_DAYS,
    GAP_DAYS_SHORT,
    GAP_ONE,
    GAP_WORST,
    GAP_WORST_CHANCE,
    GAP_DAY,
    GAP_HOURS,
    GAP_TIMED,
    GAP_PEAK,
    GAP_POE10,
    GAP_LOAD,
    GAP_AT,
    GAP_ABOVE,
    GAP_BELOW,
    GAP_LEVEL_WITH,
    GAP_VERSUS,
    GAP_HOT,
    GAP_TEMP,
    GAP_WARMER,
    GAP_COOLER,
    GAP_ANOMALY,
    GAP_HEAT,
    GAP_GROWTH,
    GAP_TIMES,
    GAP_REGISTER,
    GAP_CAUSES,
    GAP_SHIFT,
    GAP_SEASON,
    GAP_SPAN,
    GAP_LIKELY,
    GAP_SINCE,
    GAP_NEVER,
    GAP_DATED,
    GAP_UNDATED,
    GAP_AGE,
    GAP_ALLOWED,
    GAP_DETAIL,
    GAP_SCORE_DAYS,
    GAP_ERROR,
    GAP_BETTER,
    GAP_COUNT,
    GAP_ENTRIES,
    GAP_MORE,
    GAP_LESS,
    GAP_CALM,
    GAP_NEXT,
    GAPS
};

struct alert_gaps {
    const struct alert_patterns *patterns;
    struct alert_tongue tongue;
    struct prose_gap gaps[GAPS];
    char values[GAPS][ALERT_TERM_LEN];
};

// `facts` must be known, or hold nothing but `on`, names and what stands for not known. The gaps
// point into *ret, which must stay where it is.
void alert_gaps_fill(const struct alert_facts *facts, enum alert_level level,
                     const struct alert_tongue *tongue, struct alert_gaps *ret);

// {name} in at most so many characters, without the words that say that it is a zone.
void alert_gaps_name(struct alert_gaps *gaps, const struct alert_facts *facts, size_t characters);

#endif
