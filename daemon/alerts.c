// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/alerts.h"

#include "daemon/alert_list.h"
#include "daemon/store_alerts.h"

// Keeps what a person did to an alert, with its line in the history.
static bool keep_deed(struct store *store, const struct store_alert *alert, const char *what,
                      const struct alerts_person *person)
{
    const struct store_alert_event event = {
        .time = person->now,
        .rule = alert->rule,
        .subject = alert->subject,
        .what = what,
        .level = alert->alert.level,
        .value = alert->value,
        .limit = alert->limit,
        .text_vi = "",
        .text_en = "",
        .by = person->by,
        .note = person->note,
    };
    return store_put_alert(store, alert) && store_put_alert_event(store, &event);
}

static bool acknowledge(struct store_alert *alert, const struct alerts_person *person)
{
    alert->ack_by = person->by;
    alert->ack_note = person->note;
    return alert_acknowledge(&alert->alert, person->now, person->until);
}

static bool give_back(struct store_alert *alert, const struct alerts_person *person)
{
    (void)person;
    alert->ack_by = alert->ack_note = "";
    return alert_expire(&alert->alert, INT64_MAX);
}

// In the store's transaction.
static enum alerts_done
change(struct store *store, const char *rule, const char *subject,
       const struct alerts_person *person,
       bool (*act)(struct store_alert *alert, const struct alerts_person *person), const char *what)
{
    struct alert_list list;
    if (!alert_list_read(store, rule, subject, &list))
        return ALERTS_FAILED;
    enum alerts_done done = ALERTS_NONE_SUCH;
    if (list.n && act(&list.items[0], person))
        done = keep_deed(store, &list.items[0], what, person) ? ALERTS_DONE : ALERTS_FAILED;
    alert_list_done(&list);
    return done;
}

static enum alerts_done change_alone(
    struct store *store, const char *rule, const char *subject, const struct alerts_person *person,
    bool (*act)(struct store_alert *alert, const struct alerts_person *person), const char *what)
{
    if (!store_begin(store))
        return ALERTS_FAILED;
    enum alerts_done done = change(store, rule, subject, person, act, what);
    if (done == ALERTS_DONE && !store_commit(store))
        done = ALERTS_FAILED;
    if (done != ALERTS_DONE)
        store_rollback(store);
    return done;
}

enum alerts_done alerts_acknowledge(const struct alerts_site *site, const char *rule,
                                    const char *subject, const struct alerts_person *person)
{
    return change_alone(site->store, rule, subject, person, acknowledge, "acknowledged");
}

enum alerts_done alerts_unacknowledge(const struct alerts_site *site, const char *rule,
                                      const char *subject, const struct alerts_person *person)
{
    return change_alone(site->store, rule, subject, person, give_back, "unacknowledged");
}
