// SPDX-License-Identifier: GPL-3.0-or-later
// One alert: what a rule has said of one subject, look by look, and what of that others were told.
// Pure: no clock, no store, no words.
//
// A level is raised after `hold` looks in a row that call for it, at once to the highest that all
// of the last `hold` called for; a worse level waits for nothing else. It falls, or the alert is
// resolved, after `hold_clear` looks in a row whose lower condition no longer holds, to the highest
// level that one of the last `hold_clear` kept, in one step or in several; and no sooner than
// `change_s` after the level last changed, either way. A look that knows nothing changes nothing:
// looks are in a row across it. An alert whose condition comes and goes is held up: of the last
// ALERT_LOOKS looks the share of those that called for another level than the one before, weighted
// from 0.8 for the oldest to 1.2 for the newest; flapping begins at one half and ends below a
// quarter (Nagios' rule), and while it lasts no level falls. Before the first look nothing was
// called for.
//
// Telling is apart from being: what is told is the difference between what is and what was told
// last, so that a notice is neither lost nor told twice, whatever was quiet in between. An alert
// that begins and is over while it is quiet is never told of, nor is one on its way out when it is
// no longer quiet: not as long as the last look kept no level. One that is told of, is over and
// fires again while it is quiet was never over to others: the same level is nothing new, another is
// worse or eased.
#ifndef PHUTAI_DAEMON_ALERT_H
#define PHUTAI_DAEMON_ALERT_H

#include <stdbool.h>
#include <stdint.h>

enum alert_level { ALERT_NONE, ALERT_WATCH, ALERT_EMERGENCY, ALERT_EXTREME, ALERT_LEVELS };
enum { ALERT_LOOKS = 21 };

const char *alert_level_name(enum alert_level level); // "none", "watch", "emergency", "extreme"
bool alert_level_find(const char *name, enum alert_level *ret);

struct alert_damping {
    int64_t hold, hold_clear; // looks, at least 1
    int64_t change_s;         // 0: none
    int64_t reminder_s;       // 0: none
};

// What a rule says now.
struct alert_look {
    int64_t now;           // not before the last look's; one that is counts as of that
    bool known;            // else the levels are not looked at
    enum alert_level call; // the highest level whose condition holds
    enum alert_level keep; // the highest level whose lower condition holds; less counts as `call`
};

struct alert {
    enum alert_level level; // NONE: it does not fire
    enum alert_level seen;  // what was called for in the last look
    // By level: looks in a row that called for it or worse; looks in a row that kept less than it.
    // 0 for NONE.
    int64_t rising[ALERT_LEVELS], falling[ALERT_LEVELS];
    int64_t since;   // when it began to fire; 0 where it does not
    int64_t changed; // when the level last changed; 0: never
    int64_t looked;  // when a look last knew something, or its end
    uint32_t flips;  // of the last ALERT_LOOKS looks, the newest in the lowest bit
    bool flapping;
    enum alert_level told; // what others think that the level is
    int64_t told_at;       // when they were told last
    // Somebody has it in hand up to this level, until then; NONE where nobody has. Never less than
    // `level`.
    enum alert_level acked;
    int64_t acked_until; // INT64_MAX: until it is over
};

// Pending: it does not fire, but the last look called for a level. One that fires and is about to
// rise is firing.
enum alert_state { ALERT_QUIET, ALERT_PENDING, ALERT_FIRING, ALERT_ACKNOWLEDGED };
enum alert_state alert_state(const struct alert *alert);
const char *alert_state_name(enum alert_state state); // "resolved", "pending", "firing", ...

// What a change is called: what of the record of an alert is new after a look.
enum alert_change { ALERT_SAME, ALERT_FIRED, ALERT_WORSE, ALERT_EASED, ALERT_RESOLVED };
const char *alert_change_name(enum alert_change change); // "fired", "worse", ...

// Takes a look. A level worse than the acknowledged one ends an acknowledgement; so does the end of
// the alert.
enum alert_change alert_look(struct alert *alert, const struct alert_damping *damping,
                             const struct alert_look *look);

// A clock that was ahead has been set back: what was noted of times to come is of now. Else nothing
// would be looked at until they come.
void alert_rewind(struct alert *alert, int64_t now);

// The rule or its subject is gone: what fires is resolved at once, what was seen is forgotten, what
// was told is not.
enum alert_change alert_end(struct alert *alert, int64_t now);

// What others are to be told now; notes it as told, at `now` or the latest time known if that is
// later. Nothing while `quiet` (muted, inhibited); what changed meanwhile is told after it, as one
// change. Of an acknowledged alert neither reminders nor an easing are told; an easing that lasts
// is told when the acknowledgement has run out. NOTICE_NONE of what was never told and is over. A
// reminder comes `reminder_s` after the last notice, whatever it was.
enum alert_notice {
    NOTICE_NONE,
    NOTICE_FIRED,
    NOTICE_WORSE,
    NOTICE_EASED,
    NOTICE_REMINDER,
    NOTICE_RESOLVED
};
const char *alert_notice_name(enum alert_notice notice);
enum alert_notice alert_tell(struct alert *alert, const struct alert_damping *damping, int64_t now,
                             bool quiet);

// Somebody takes it in hand, up to the level that it has, instead of who had it before. False where
// it does not fire, or until <= now.
[[nodiscard]] bool alert_acknowledge(struct alert *alert, int64_t now, int64_t until);

// An acknowledgement that has run out (acked_until <= now) is gone; at INT64_MAX any is, which
// gives it back. True where there was one and it is gone.
bool alert_expire(struct alert *alert, int64_t now);

// The most level changes that any sequence of looks can lead to within `span_s` seconds, both ends
// included, each look at least `every_s` after the one before (0: any number at one time). Of one
// damping, and without alert_end. INT64_MAX where nothing bounds them: looks at one time, change_s
// 0.
int64_t alert_changes_max(const struct alert_damping *damping, int64_t span_s, int64_t every_s);

#endif
