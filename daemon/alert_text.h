// SPDX-License-Identifier: GPL-3.0-or-later
// What a duty officer reads: zone, hours, MW over, how likely, against which limit since when, what
// drives it, what would bring it under, when the next word comes. One paragraph of plain text,
// Vietnamese or English, without a newline; nothing is said of what is not known.
#ifndef PHUTAI_DAEMON_ALERT_TEXT_H
#define PHUTAI_DAEMON_ALERT_TEXT_H

#include "daemon/alert_facts.h"
#include "models/civil.h"

enum { ALERT_TEXT_LEN = 1000, ALERT_TITLE_LEN = 200 };

struct alert_words {
    char title[ALERT_TITLE_LEN]; // one line: level, zone, what, when
    char text[ALERT_TEXT_LEN];
};

struct alert_telling {
    enum alert_level level;
    enum alert_change change;
    bool simulated; // the readings are made up: said first
    const struct civil_clock *clock;
    int64_t now;
};

// Pure. The text of a resolved alert says what is so now, where `facts` are known.
void alert_text(const struct alert_facts *facts, const struct alert_telling *telling,
                enum config_language language, struct alert_words *ret);

// "khẩn cấp", "emergency".
const char *alert_level_word(enum alert_level level, enum config_language language);

#endif
