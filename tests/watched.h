// SPDX-License-Identifier: GPL-3.0-or-later
// An alert that is looked at once a minute.
#ifndef PHUTAI_TESTS_WATCHED_H
#define PHUTAI_TESTS_WATCHED_H

#include "daemon/alert.h"

enum { MINUTE = 60 };
enum { N = ALERT_NONE, W = ALERT_WATCH, E = ALERT_EMERGENCY, X = ALERT_EXTREME };

struct watched {
    struct alert alert;
    struct alert_damping damping;
    int64_t now;
};

// Nothing seen, no reminders.
struct watched watched(int64_t hold, int64_t hold_clear, int64_t change_s);

// A minute later.
enum alert_change watched_look(struct watched *w, int call, int keep);

// n of them; what the last one changed.
enum alert_change watched_looks(struct watched *w, int n, int call, int keep);

// At the time of the last look.
enum alert_notice watched_tell(struct watched *w);
enum alert_notice watched_tell_quiet(struct watched *w);

#endif
