// SPDX-License-Identifier: GPL-3.0-or-later
// Numbers and times as they are said in alerts: "12,5 MW", "thứ Năm 06/06", "13–16 giờ"; "12.5 MW",
// "Thu 6 June", "13:00–16:00". Each returns false, and "" in *ret, where there is nothing to say:
// the number is not known, or is none that can be.
#ifndef PHUTAI_DAEMON_ALERT_TERMS_H
#define PHUTAI_DAEMON_ALERT_TERMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/config.h"
#include "models/civil.h"

enum { ALERT_TERM_LEN = 400, ALERT_TERM_DAYS = 16 };

// The language, and from where it is said: a day far from today is told with its year.
struct alert_tongue {
    enum config_language language;
    const struct civil_clock *clock;
    int64_t now;
};

// At least 0; one decimal below 100, none above.
bool alert_terms_mw(const struct alert_tongue *tongue, double mw, char ret[static ALERT_TERM_LEN]);

// Of a chance: whole per cent, "dưới 1 %" and "trên 99 %" at the ends.
bool alert_terms_chance(const struct alert_tongue *tongue, double p,
                        char ret[static ALERT_TERM_LEN]);
// Of something else: whole per cent from 0 on, "dưới 1 %" below one.
bool alert_terms_share(const struct alert_tongue *tongue, double share,
                       char ret[static ALERT_TERM_LEN]);
// Per cent of a limit, and plain numbers such as "2,5", with at most one decimal.
bool alert_terms_per_cent(const struct alert_tongue *tongue, double per_cent,
                          char ret[static ALERT_TERM_LEN]);
bool alert_terms_number(const struct alert_tongue *tongue, double number,
                        char ret[static ALERT_TERM_LEN]);
bool alert_terms_degrees(const struct alert_tongue *tongue, double c,
                         char ret[static ALERT_TERM_LEN]);

// Civil days in any order; the first ALERT_TERM_DAYS of them. Up to three with their weekdays, and
// runs of days as one: "từ thứ Tư đến thứ Sáu 05–07/06", "các ngày 05–08/06 và 10/06".
bool alert_terms_days(const struct alert_tongue *tongue, size_t n, const int64_t days[],
                      char ret[static ALERT_TERM_LEN]);
// The same in some forty characters: "9 ngày từ 05/06 đến 20/06".
bool alert_terms_days_short(const struct alert_tongue *tongue, size_t n, const int64_t days[],
                            char ret[static ALERT_TERM_LEN]);
// From the first to the last of them, whatever is between: "03–28/06".
bool alert_terms_span(const struct alert_tongue *tongue, size_t n, const int64_t days[],
                      char ret[static ALERT_TERM_LEN]);
bool alert_terms_date(const struct alert_tongue *tongue, int64_t day,
                      char ret[static ALERT_TERM_LEN]); // with its year

// [from, to) of a day; nothing is said of the whole day.
bool alert_terms_hours(const struct alert_tongue *tongue, int from, int to,
                       char ret[static ALERT_TERM_LEN]);
// By the clock's local time: "14 giờ 30 ngày 05/06", "14:30 on 5 June".
bool alert_terms_instant(const struct alert_tongue *tongue, int64_t instant,
                         char ret[static ALERT_TERM_LEN]);
// In its two largest units: "2 ngày 5 giờ", "45 phút".
bool alert_terms_age(const struct alert_tongue *tongue, double seconds,
                     char ret[static ALERT_TERM_LEN]);
bool alert_terms_day_count(const struct alert_tongue *tongue, int64_t days,
                           char ret[static ALERT_TERM_LEN]); // "7 ngày", "1 day"

// "mùa hè 2024" for "2024-summer".
bool alert_terms_season(const struct alert_tongue *tongue, const char *season,
                        char ret[static ALERT_TERM_LEN]);

#endif
