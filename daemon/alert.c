// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/alert.h"

#include <assert.h>
#include <string.h>

static int64_t later(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static enum alert_level higher(enum alert_level a, enum alert_level b)
{
    return a > b ? a : b;
}

const char *alert_level_name(enum alert_level level)
{
    static const char *const names[] = {"none", "watch", "emergency", "extreme"};
    return names[level];
}

bool alert_level_find(const char *name, enum alert_level *ret)
{
    for (enum alert_level level = ALERT_NONE; level < ALERT_LEVELS; level++) {
        if (strcmp(name, alert_level_name(level)) == 0) {
            *ret = level;
            return true;
        }
    }
    return false;
}

enum alert_state alert_state(const struct alert *alert)
{
    if (alert->level == ALERT_NONE)
        return alert->rising[ALERT_WATCH] > 0 ? ALERT_PENDING : ALERT_QUIET;
    return alert->acked == ALERT_NONE ? ALERT_FIRING : ALERT_ACKNOWLEDGED;
}

const char *alert_state_name(enum alert_state state)
{
    static const char *const names[] = {"resolved", "pending", "firing", "acknowledged"};
    return names[state];
}

const char *alert_change_name(enum alert_change change)
{
    static const char *const names[] = {"same", "fired", "worse", "eased", "resolved"};
    return names[change];
}

const char *alert_notice_name(enum alert_notice notice)
{
    static const char *const names[] = {"none", "fired", "worse", "eased", "reminder", "resolved"};
    return names[notice];
}

// Weights in fiftieths, so that the rule is one of whole numbers: 60 for the newest look, 40 for
// the oldest of ALERT_LOOKS, 50 in the mean.
static void note_flip(struct alert *alert, bool flip)
{
    const uint32_t all = (UINT32_C(1) << ALERT_LOOKS) - 1;
    alert->flips = (alert->flips << 1 | flip) & all;
    int weight = 0;
    for (int i = 0; i < ALERT_LOOKS; i++)
        if (alert->flips >> i & 1)
            weight += 60 - i;
    if (2 * weight >= 50 * ALERT_LOOKS)
        alert->flapping = true;
    else if (4 * weight < 50 * ALERT_LOOKS)
        alert->flapping = false;
}

static void count_looks(struct alert *alert, enum alert_level call, enum alert_level keep)
{
    for (enum alert_level level = ALERT_WATCH; level < ALERT_LEVELS; level++) {
        alert->rising[level] = call >= level ? alert->rising[level] + 1 : 0;
        alert->falling[level] = keep < level ? alert->falling[level] + 1 : 0;
    }
}

// The level that the looks in a row lead to.
static enum alert_level next_level(const struct alert *alert, const struct alert_damping *damping,
                                   int64_t now)
{
    enum alert_level level = ALERT_EXTREME;
    while (level > alert->level && alert->rising[level] < damping->hold)
        level--;
    if (level > alert->level || alert->flapping || now - alert->changed < damping->change_s)
        return level;
    // A look that keeps less than a level keeps less than a worse one: there is no step to miss.
    while (level > ALERT_NONE && alert->falling[level] >= damping->hold_clear)
        level--;
    return level;
}

static void give_back(struct alert *alert)
{
    alert->acked = ALERT_NONE;
    alert->acked_until = 0;
}

static enum alert_change change_level(struct alert *alert, enum alert_level level, int64_t now)
{
    const enum alert_level before = alert->level;
    if (level == before)
        return ALERT_SAME;
    alert->level = level;
    alert->changed = now;
    if (level == ALERT_NONE || level > alert->acked)
        give_back(alert);
    if (level == ALERT_NONE) {
        alert->since = 0;
        return ALERT_RESOLVED;
    }
    if (before == ALERT_NONE) {
        alert->since = now;
        return ALERT_FIRED;
    }
    return level > before ? ALERT_WORSE : ALERT_EASED;
}

enum alert_change alert_look(struct alert *alert, const struct alert_damping *damping,
                             const struct alert_look *look)
{
    assert(look->call < ALERT_LEVELS && look->keep < ALERT_LEVELS);
    if (!look->known)
        return ALERT_SAME;
    const int64_t now = later(look->now, alert->looked);
    alert->looked = now;
    note_flip(alert, look->call != alert->seen);
    alert->seen = look->call;
    count_looks(alert, look->call, higher(look->call, look->keep));
    return change_level(alert, next_level(alert, damping, now), now);
}

static int64_t sooner(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

void alert_rewind(struct alert *alert, int64_t now)
{
    alert->since = sooner(alert->since, now);
    alert->changed = sooner(alert->changed, now);
    alert->looked = sooner(alert->looked, now);
    alert->told_at = sooner(alert->told_at, now);
}

enum alert_change alert_end(struct alert *alert, int64_t now)
{
    now = later(now, alert->looked);
    const enum alert_change change = change_level(alert, ALERT_NONE, now);
    *alert = (struct alert){
        .changed = alert->changed, .looked = now, .told = alert->told, .told_at = alert->told_at};
    return change;
}

static enum alert_notice next_notice(const struct alert *alert, const struct alert_damping *damping,
                                     int64_t now)
{
    const bool acked = alert->acked != ALERT_NONE;
    if (alert->level == alert->told) {
        const bool due = damping->reminder_s > 0 && now - alert->told_at >= damping->reminder_s;
        return alert->level != ALERT_NONE && !acked && due ? NOTICE_REMINDER : NOTICE_NONE;
    }
    if (alert->told == ALERT_NONE)
        return alert->falling[ALERT_WATCH] ? NOTICE_NONE : NOTICE_FIRED;
    if (alert->level == ALERT_NONE)
        return NOTICE_RESOLVED;
    if (alert->level > alert->told)
        return NOTICE_WORSE;
    return acked ? NOTICE_NONE : NOTICE_EASED;
}

enum alert_notice alert_tell(struct alert *alert, const struct alert_damping *damping, int64_t now,
                             bool quiet)
{
    if (quiet)
        return NOTICE_NONE;
    now = later(now, later(alert->looked, alert->told_at));
    const enum alert_notice notice = next_notice(alert, damping, now);
    if (notice != NOTICE_NONE) {
        alert->told = alert->level;
        alert->told_at = now;
    }
    return notice;
}

bool alert_acknowledge(struct alert *alert, int64_t now, int64_t until)
{
    if (alert->level == ALERT_NONE || until <= now)
        return false;
    alert->acked = alert->level;
    alert->acked_until = until;
    return true;
}

bool alert_expire(struct alert *alert, int64_t now)
{
    if (alert->acked == ALERT_NONE || now < alert->acked_until)
        return false;
    give_back(alert);
    return true;
}

// How many points at least `apart` from each other a closed span holds.
static int64_t points(int64_t span_s, int64_t apart_s)
{
    return apart_s > 0 ? 1 + span_s / apart_s : INT64_MAX;
}

// Let e = every_s. No look changes a level twice, so there are at most 1 + span / e changes.
//
// A fall at a look, to level m, means that this look kept no more than m and so called for no more
// (1); a rise at a look, to level m, that it called for m and so kept m (2). Hence
//   - a rise after a fall needs `hold` looks that call for more than the one of the fall did: it
//     comes at least hold e after it, by (1);
//   - a fall after a rise needs `hold_clear` looks that keep less than the one of the rise did: it
//     comes at least c = max(hold_clear e, change_s) after it, by (2);
//   - a fall after a fall comes at least d = max(e, change_s) after it.
// Changes come in runs, now of rises, now of falls, of at most 3 each, as there are 4 levels. From
// the first change of a run to the first of the next run of its kind there is a rise after a fall
// and a fall after a rise: at least hold e + c. So of either kind there are at most
// runs = 1 + span / (hold e + c), at most 3 runs rises, and at most 3 runs and 1 + span / d falls.
//
// Flapping takes nothing from this: one that is just short of it still changes at two looks of
// five.
int64_t alert_changes_max(const struct alert_damping *damping, int64_t span_s, int64_t every_s)
{
    if (span_s < 0)
        return 0;
    const int64_t fall_s = later(damping->hold_clear * every_s, damping->change_s);
    const int64_t runs = points(span_s, damping->hold * every_s + fall_s);
    if (runs > INT64_MAX / 6)
        return INT64_MAX;
    const int64_t steps = (ALERT_LEVELS - 1) * runs;
    const int64_t single_falls = points(span_s, later(every_s, damping->change_s));
    const int64_t changes = steps + (steps < single_falls ? steps : single_falls);
    const int64_t looks = points(span_s, every_s);
    return changes < looks ? changes : looks;
}
