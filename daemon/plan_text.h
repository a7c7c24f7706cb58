// SPDX-License-Identifier: GPL-3.0-or-later
// The words of the supply plan, in Vietnamese and in English, and the sentences made of them.
#ifndef PHUTAI_DAEMON_PLAN_TEXT_H
#define PHUTAI_DAEMON_PLAN_TEXT_H

#include "daemon/plan.h"

enum plan_word {
    WORD_TITLE,
    WORD_SIMULATED,
    WORD_ISSUED,
    WORD_RANKING,
    WORD_MONTHS,
    WORD_POE,
    WORD_TYPICAL,
    WORD_OPTIONS,
    WORD_SCENARIOS,
    WORD_ZONE,
    WORD_MONTH,
    WORD_WEEK,
    WORD_CAPACITY,
    WORD_MARGIN,
    WORD_P_OVER,
    WORD_HOURS_OVER,
    WORD_MWH_OVER,
    WORD_HOUR,
    WORD_DAYS,
    WORD_NOON,
    WORD_EVENING,
    WORD_ENERGY,
    WORD_SHARE,
    WORD_UNKNOWN,
    WORD_IMMEDIATE,
    WORD_LONG_TERM,
    WORD_SCENARIO,
    WORD_CHART,
    WORD_CHART_DAYS,
    WORD_NOTES,
    WORD_COUNT
};

const char *plan_word(enum plan_language language, enum plan_word word);
const char *plan_scenario_name(enum plan_language language, const struct site_scenario *scenario);

enum { PLAN_OPTIONS_MAX = 8, PLAN_SENTENCE_LEN = 400 };

struct plan_sentence {
    bool long_term;
    char text[PLAN_SENTENCE_LEN];
};

// What can be done for a node, each with its numbers; how many. Where no capacity is known, what
// would be needed.
size_t plan_options(const struct plan *plan, const struct plan_node *node,
                    enum plan_language language, struct plan_sentence ret[static PLAN_OPTIONS_MAX]);

void plan_day_text(int64_t day, char ret[static 32]); // 05/06/2024

#endif
