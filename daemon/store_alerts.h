// SPDX-License-Identifier: GPL-3.0-or-later
// The state of alerts, its history and what is muted. Whoever looks, acknowledges or mutes reads
// the state, changes it and writes it in one transaction; nobody keeps it elsewhere.
#ifndef PHUTAI_DAEMON_STORE_ALERTS_H
#define PHUTAI_DAEMON_STORE_ALERTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/alert.h"

struct store;

// An alert as it is kept: known by its rule and its subject (a zone, a group, "total", a station, a
// sink). Texts given to a callback are valid during the call.
struct store_alert {
    const char *rule, *subject;
    struct alert alert;
    double value, limit; // as of struct alert_facts, of the last look
    const char *group;   // substation that it is told with, or ""
    int64_t day;         // civil: that it was raised for, and is grouped by; CONFIG_NO_DAY for none
    const char *title_vi, *text_vi, *title_en, *text_en; // of the last change; "" before one
    const char *ack_by, *ack_note;
    bool quiet;             // now muted, or inhibited by another
    enum alert_level ended; // what others were told until `ended_at`, when the level changed or
    int64_t ended_at;       // it was over; NONE, 0 before
};
[[nodiscard]] bool store_put_alert(struct store *store, const struct store_alert *alert);
[[nodiscard]] bool store_delete_alert(struct store *store, const char *rule, const char *subject);
typedef bool store_alert_fn(void *context, const struct store_alert *alert);
// In order of rule and subject; `rule` and `subject` NULL: all.
[[nodiscard]] bool store_each_alert(struct store *store, const char *rule, const char *subject,
                                    store_alert_fn *fn, void *context);

// A line of the history: nothing of it is ever changed.
struct store_alert_event {
    int64_t id;
    int64_t time; // of the change
    const char *rule, *subject;
    const char *what;       // alert_change_name(), or "acknowledged", "unacknowledged"
    enum alert_level level; // from then on; of what was resolved, the one before
    double value, limit;
    const char *text_vi, *text_en;
    const char *by, *note; // of what a person did, else ""
};
[[nodiscard]] bool store_put_alert_event(struct store *store,
                                         const struct store_alert_event *event);
typedef bool store_alert_event_fn(void *context, const struct store_alert_event *event);
// In order of their ids, from <= time < to.
[[nodiscard]] bool store_each_alert_event(struct store *store, int64_t from, int64_t to,
                                          store_alert_event_fn *fn, void *context);

// A time without notices, for a rule, a subject or both; NULL (or "") is any.
struct store_mute {
    int64_t id;
    const char *rule, *subject;
    int64_t from, until; // instants
    const char *by, *note;
};
[[nodiscard]] bool store_put_mute(struct store *store, const struct store_mute *mute,
                                  int64_t *ret_id);
// Ends it at `now`, once. *ret_found false where there is none that is still on.
[[nodiscard]] bool store_end_mute(struct store *store, int64_t id, int64_t now, bool *ret_found);
typedef bool store_mute_fn(void *context, const struct store_mute *mute);
// Those with until > `now`, in order of their ids.
[[nodiscard]] bool store_each_mute(struct store *store, int64_t now, store_mute_fn *fn,
                                   void *context);

#endif
