// SPDX-License-Identifier: GPL-3.0-or-later
// One alert: what a rule has said of one subject, look by look, and what of that others were told.
// Pure: no clock, no store, no words.
//
// A level is raised after `hold` looks in a row that call for it, at once to the highest that all
// of them called for. It falls, or the alert is resolved, after `hold_clear` looks in a row whose
// lower condition no longer holds, and no sooner than `change_s` after the level last changed. A
// look that knows nothing changes nothing. An alert whose condition comes and goes is held up: of
// the last ALERT_LOOKS looks the share of those that differ from the one before, weighted from 0.8
// for the oldest to 1.2 for the newest; flapping begins at one half and ends below a quarter
// (Nagios' rule), and while it lasts no level falls.
//
// Telling is apart from being: what is told is the difference between what is and what was told
// last, so that a notice is neither lost nor told twice, whatever was quiet in between.
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
    enum alert_level keep; // the highest level whose lower condition holds, at least `call`
};

struct alert {
    enum alert_level level; // NONE: it does not fire
    enum alert_level seen;  // what was called for in the last look
    // Looks in a row that called for more than `level`, and the least that they called for; looks
    // in a row that kept less than it, and the most that they kept.
    int64_t rising, falling;
    enum alert_level rising_to, falling_to;
    int64_t since;   // when it began to fire; 0 where it does not
    int64_t changed; // when the level last changed; 0: never
    int64_t looked;  // when it was looked at last
    uint32_t flips;  // of the last ALERT_LOOKS looks, the newest in the lowest bit
    bool flapping;
    enum alert_level told; // what others think that the level is
    int64_t told_at;       // when they were told last
    // Somebody has it in hand up to this level, until then; NONE where nobody has.
    enum alert_level acked;
    int64_t acked_until; // INT64_MAX: until it is over
};

enum alert_state { ALERT_QUIET, ALERT_PENDING, ALERT_FIRING, ALERT_ACKNOWLEDGED };
enum alert_state alert_state(const struct alert *alert);
const char *alert_state_name(enum alert_state state); // "resolved", "pending", "firing", ...

// What a change is called: what of the record of an alert is new after a look.
enum alert_change { ALERT_SAME, ALERT_FIRED, ALERT_WORSE, ALERT_EASED, ALERT_RESOLVED };
const char *alert_change_name(enum alert_change change); // "fired", "worse", ...

// Takes a look. A worse level ends an acknowledgement; so does the end of the alert.
enum alert_change alert_look(struct alert *alert, const struct alert_damping *damping,
                             const struct alert_look *look);

// The rule or its subject is gone: what fires is resolved at once.
enum alert_change alert_end(struct alert *alert, int64_t now);

// What others are to be told now; notes it as told. Nothing while `quiet` (muted, inhibited); what
// changed meanwhile is told after it, as one change. Of an acknowledged alert neither reminders
// nor an easing are told. NOTICE_NONE of what was never told and is over.
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

// Somebody takes it in hand, up to the level that it has. False where it does not fire, or until <=
// now.
[[nodiscard]] bool alert_acknowledge(struct alert *alert, int64_t now, int64_t until);

// An acknowledgement that has run out is gone. True where that was now.
bool alert_expire(struct alert *alert, int64_t now);

// The most level changes that any sequence of looks can lead to in a span of `span_s` seconds, each
// look at least `every_s` after the one before.
int64_t alert_changes_max(const struct alert_damping *damping, int64_t span_s, int64_t every_s);

#endif
