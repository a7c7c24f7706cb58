// SPDX-License-Identifier: GPL-3.0-or-later
// What the files of the look at alerts share; nobody else includes it.
#ifndef PHUTAI_DAEMON_ALERTS_INTERNAL_H
#define PHUTAI_DAEMON_ALERTS_INTERNAL_H

#include "daemon/alert_facts.h"
#include "daemon/alert_list.h"
#include "daemon/alert_text.h"
#include "daemon/alerts.h"
#include "daemon/entry_list.h"
#include "daemon/buffer.h"
#include "daemon/nodes.h"
#include "daemon/store_alerts.h"

// An alert in a look: as it was kept, and what has become of it.
struct alerts_item {
    const struct config_alert *rule; // NULL: no longer configured, or its subject is not
    const struct node *node;         // NULL: its subject is none
    const struct store_alert *was;   // in the store; NULL: it is new
    struct store_alert kept;         // texts are the round's list's, the configuration's or its own
    char *subject;                   // its own, where it is new; else NULL
    struct alert_facts facts;
    char name[120], substation[120]; // that the facts point at
    bool limitless;                  // nothing is known that it could be held against, or all
                                     // that was forecast is over
    int64_t at;                      // the time that the facts are of
    enum alert_level before;         // the level that the look began with
    enum alert_change change;
    bool muted; // by a person, or by the hours of its rule
    enum alert_notice notice;
    struct alert_words words[2]; // by enum config_language, where there are new ones
};

// The peaks of a node, once they have been read.
struct alerts_peaks {
    bool read;
    struct day_peaks of;
};

struct alerts_round {
    const struct alerts_site *site;
    const struct alerts_present *present;
    const struct nodes *nodes;
    const bool *loaded; // by zone: it has readings
    bool simulated;
    struct alert_list list; // as the store had them
    size_t n, capacity;
    struct alerts_item **items;
    size_t *index; // of 2 * capacity: by hash of rule and subject, 1 more than where it is; 0: none
    struct alerts_peaks *peaks; // by node
    struct entry_list entries;  // of the register
    bool has_entries;           // they have been read
    struct buffer points;       // of what has changed
    size_t told;                // notices
};

// The item of a rule and a subject; NULL where there is none.
struct alerts_item *alerts_find(const struct alerts_round *round, const char *rule,
                                const char *subject);

// The same, made where it is new. NULL without memory.
struct alerts_item *alerts_item(struct alerts_round *round, const char *rule, const char *subject);

// Makes the facts of an item those of which nothing is known. `name` is what people call it, "" for
// its id.
void alerts_know_nothing(struct alerts_item *item, const char *name);

// Finds every subject of every rule and what is so with it. False where the store fails or memory
// is short.
[[nodiscard]] bool alerts_gather(struct alerts_round *round);

// Decides what is muted and inhibited and what is to be told, and puts it where it goes: points and
// notices into the outboxes. Nothing is said aloud before the commit: alerts_say() after it.
[[nodiscard]] bool alerts_tell(struct alerts_round *round);
void alerts_say(const struct alerts_round *round);

// How a rule is damped.
struct alert_damping alerts_damping(const struct config_alert *rule);

// Keeps a change of an alert in the history and appends its point, which alerts_push_points() puts
// into the outbox of every database, within the same transaction. `level` is that of the event.
struct alerts_deed {
    const char *what; // alert_change_name(), or "acknowledged", "unacknowledged"
    const char *by, *note;
    int64_t time;
    enum alert_level level, left; // left: the level before, where that changed
};
[[nodiscard]] bool alerts_record(const struct alerts_site *site, const struct store_alert *kept,
                                 const struct alerts_deed *deed, struct buffer *points);
enum { ALERTS_POINTS_MAX = 256 << 20 }; // bytes: no site has so many
[[nodiscard]] bool alerts_push_points(const struct alerts_site *site, int64_t started,
                                      const struct buffer *points);

// The texts of an item from its facts.
void alerts_word(const struct alerts_round *round, struct alerts_item *item);

#endif
