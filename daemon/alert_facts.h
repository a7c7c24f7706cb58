// SPDX-License-Identifier: GPL-3.0-or-later
// What a rule has found out about one subject, for its level and for the words that tell of it.
#ifndef PHUTAI_DAEMON_ALERT_FACTS_H
#define PHUTAI_DAEMON_ALERT_FACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/config.h"
#include "daemon/alert.h"
#include "models/day_peaks.h"

enum { ALERT_DETAIL_LEN = 200, ALERT_FACTS_DAYS = 16 };

// A day on which the limit may be passed.
struct alert_day {
    int64_t day; // civil
    double p;    // that it is passed then
};

struct alert_facts {
    enum config_alert_on on;
    const char *subject, *name; // id and name of the zone, group, whole, station or sink
    const char *substation;     // that feeds it; "" where none is known
    bool known;                 // nothing below holds otherwise
    enum alert_level call, keep;
    // A chance (peak, season), MW (load), s (readings, weather, sink), a share that may be negative
    // (skill), how many entries (register).
    double value;
    double limit;      // what it is held against: MW of the level that fires; s; entries: 0
    double limit_mw;   // the whole limit, NaN where it is none of MW
    double per_cent;   // of it, at which that level begins
    bool limit_given;  // the whole limit is the rule's own, not a firm capacity
    int64_t limit_day; // since when it is in force, CONFIG_NO_DAY where unknown
    // Peak and season: the days that may pass, most likely first in time; the likeliest one.
    size_t n_days;
    struct alert_day days[ALERT_FACTS_DAYS];
    int64_t day;            // season: the middle one; register: on which the first entry begins
    int hour_from, hour_to; // of the day, in which it will
    double peak_mw;         // what it will be by the median
    double over_mw;         // what it would take to stay under the limit in nine of ten cases
    double poe10_mw;        // passed with one in ten
    struct day_cause cause;
    double growth; // as of struct day_peaks
    char season[64];
    int64_t score_days; // skill: over how many days; 0 where unknown
    int64_t since;      // readings, weather, sink: instant of the newest; load: of the reading
    char detail[ALERT_DETAIL_LEN]; // sink: its last error; register: the first entry's note, author
    double entry_mw;               // register: of all that begin
    int64_t next;                  // when this is looked at again
};

#endif
