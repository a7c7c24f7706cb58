// SPDX-License-Identifier: GPL-3.0-or-later
// The sentences of alerts in one language, with gaps (prose.h) for what is known (alert_gaps.h).
#ifndef PHUTAI_DAEMON_ALERT_PATTERNS_H
#define PHUTAI_DAEMON_ALERT_PATTERNS_H

#include "config/config.h"
#include "daemon/alert.h"

enum {
    ALERT_PATTERNS_KINDS = CONFIG_ALERT_REGISTER + 1,
    ALERT_PATTERNS_TITLES = 4,
    ALERT_PATTERNS_SENTENCES = 16,
    ALERT_PATTERNS_CHOICES = 6
};

// Lists end at the first NULL.
struct alert_patterns {
    const char *levels[ALERT_LEVELS];
    const char *simulated;               // before everything
    const char *risen, *eased, *over;    // before a title: "Nâng lên khẩn cấp: "
    const char *risen_text, *eased_text; // the first sentence of a text
    // Of what a word is made for a gap; the first that has all it needs.
    const char *pass[ALERT_PATTERNS_CHOICES];    // {pass}: what may happen, or does, to the load
    const char *versus[ALERT_PATTERNS_CHOICES];  // {versus}: a load beside its limit
    const char *anomaly[ALERT_PATTERNS_CHOICES]; // {anomaly}: of the temperature
    const char *heat[4]; // {hot}: by the highest temperature: any, nắng nóng, gay gắt, đặc biệt
    const char *entries[2];                     // one, more of the register's
    const char *causes[ALERT_PATTERNS_CHOICES]; // {causes}: all of them
    const char *limits[ALERT_PATTERNS_CHOICES]; // {limits}: a sentence on what the limit is
    const char *likely[ALERT_PATTERNS_CHOICES]; // {likely}: when in the season
    const char *coming_season;
    // The first title that has all it needs and is short enough.
    const char *titles[ALERT_PATTERNS_KINDS][ALERT_PATTERNS_TITLES];
    const char *titles_over[ALERT_PATTERNS_KINDS][ALERT_PATTERNS_TITLES];
    // All sentences that have what they need; the last give way where there is no room.
    const char *sentences[ALERT_PATTERNS_KINDS][ALERT_PATTERNS_SENTENCES];
    const char *sentences_over[ALERT_PATTERNS_KINDS][ALERT_PATTERNS_SENTENCES];
    const char *any, *any_over; // where nothing else can be said
    const char *next;           // the last sentence of every text
};

extern const struct alert_patterns alert_patterns_vi, alert_patterns_en;

#endif
