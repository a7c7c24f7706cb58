// SPDX-License-Identifier: GPL-3.0-or-later
// What of a look is told, to whom: the history and the sinks get every change, webhooks and the
// journal what is neither muted nor inhibited.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/alert_json.h"
#include "daemon/alert_points.h"
#include "daemon/alerts_internal.h"
#include "daemon/buffer.h"
#include "daemon/log.h"
#include "daemon/store_outbox.h"
#include "daemon/webhook.h"

// A notice is of some 4 kB: so many at once are well below what a body may hold.
enum { BODY_BYTES_MAX = 4 << 20, NOTICES_AT_ONCE = 200 };

// Into the outbox of one sink, within its bounds.
static bool push(const struct alerts_site *site, int64_t started, const char *sink,
                 const struct buffer *body, int64_t bytes_max, int64_t age_max_s)
{
    return !body->failed &&
           store_outbox_push(site->store, sink, started, body->data, body->length) &&
           store_outbox_bound(site->store, sink, started, bytes_max, age_max_s);
}

bool alerts_push_points(const struct alerts_site *site, int64_t started,
                        const struct buffer *points)
{
    bool fine = !points->failed;
    for (size_t k = 0; fine && points->length && k < site->config->n_sinks; k++) {
        const struct config_sink *sink = &site->config->sinks[k];
        fine = push(site, started, sink->name, points, sink->outbox_bytes, sink->outbox_age_s);
    }
    return fine;
}

bool alerts_record(const struct alerts_site *site, const struct store_alert *kept,
                   const struct alerts_deed *deed, struct buffer *points)
{
    bool simulated;
    const struct store_alert_event event = {
        .time = deed->time,
        .rule = kept->rule,
        .subject = kept->subject,
        .what = deed->what,
        .level = deed->level,
        .value = kept->value,
        .limit = kept->limit,
        .text_vi = kept->text_vi,
        .text_en = kept->text_en,
        .by = deed->by,
        .note = deed->note,
    };
    if (!store_simulated(site->store, &simulated) || !store_put_alert_event(site->store, &event))
        return false;
    const struct alert_points_change change = {
        .event = &event,
        .state = alert_state(&kept->alert),
        .left = deed->left,
        .language = site->config->alerts.language,
        .simulated = simulated,
    };
    alert_points_put(points, &change);
    return true;
}

static bool is_or_any(const char *wanted, const char *name)
{
    return !wanted || !*wanted || !strcmp(wanted, name);
}

static bool take_mute(void *context, const struct store_mute *mute)
{
    const struct alerts_round *round = context;
    int64_t now = round->present->now;
    for (size_t i = 0; i < round->n; i++) {
        struct alerts_item *item = round->items[i];
        if (mute->from <= now && now < mute->until && is_or_any(mute->rule, item->kept.rule) &&
            is_or_any(mute->subject, item->kept.subject))
            item->muted = true;
    }
    return true;
}

// The rule's own hours of the day; they may pass midnight.
static bool in_mute_hours(const struct alerts_round *round, const struct config_alert *rule)
{
    if (!rule || rule->mute_from_s == rule->mute_to_s)
        return false;
    int64_t local = civil_local(round->site->clock, round->present->now);
    int64_t second = local - civil_day(local) * CIVIL_DAY_S;
    bool after = second >= rule->mute_from_s, before = second < rule->mute_to_s;
    return rule->mute_from_s < rule->mute_to_s ? after && before : after || before;
}

// Whether a node is part of another that is more.
static bool is_part_of(const struct node *part, const struct node *whole)
{
    size_t found = 0;
    if (part->n_members >= whole->n_members)
        return false;
    for (size_t k = 0; k < whole->n_members && found < part->n_members; k++)
        found += whole->members[k] == part->members[found]; // both ascend
    return found == part->n_members;
}

// Alerts of groups and of the whole that fire: what speaks for others.
struct wholes {
    size_t n;
    const struct alerts_item **items;
};

static bool find_wholes(const struct alerts_round *round, struct wholes *ret)
{
    *ret = (struct wholes){.items = calloc(round->n + 1, sizeof *ret->items)};
    for (size_t i = 0; ret->items && i < round->n; i++) {
        const struct alerts_item *item = round->items[i];
        if (item->rule && item->node && item->node->n_members > 1 && item->kept.alert.level)
            ret->items[ret->n++] = item;
    }
    return ret->items;
}

// What fires as badly for the group or the province says it for its zones too, unless it is muted
// itself and has not said so before. An end is told all the same.
static bool is_inhibited(const struct wholes *wholes, const struct alerts_item *item)
{
    const enum alert_level least = item->kept.alert.level;
    if (!item->rule || !item->rule->inhibited || !item->node || !least)
        return false;
    for (size_t i = 0; i < wholes->n; i++) {
        const struct alerts_item *other = wholes->items[i];
        if (other->rule->on == item->rule->on && other->kept.alert.level >= least &&
            (!other->muted || other->kept.alert.told >= least) &&
            is_part_of(item->node, other->node))
            return true;
    }
    return false;
}

static void tell_item(struct alerts_round *round, const struct wholes *wholes,
                      struct alerts_item *item)
{
    static const enum alert_change words[] = {[NOTICE_FIRED] = ALERT_FIRED,
                                              [NOTICE_WORSE] = ALERT_WORSE,
                                              [NOTICE_EASED] = ALERT_EASED,
                                              [NOTICE_REMINDER] = ALERT_SAME,
                                              [NOTICE_RESOLVED] = ALERT_RESOLVED};
    const struct alert_damping damping = alerts_damping(item->rule);
    struct store_alert *kept = &item->kept;
    const enum alert_level told = kept->alert.told;
    kept->quiet = item->muted || is_inhibited(wholes, item);
    item->notice = alert_tell(&kept->alert, &damping, round->present->now, kept->quiet);
    if (item->notice == NOTICE_NONE)
        return;
    if (item->notice != NOTICE_FIRED && item->notice != NOTICE_REMINDER) {
        kept->ended = told;
        kept->ended_at = round->present->started;
    }
    round->told++;
    // What is told later than it happened, or again, is told as it is now; where that is not known,
    // in the words of the change.
    if (item->change == ALERT_SAME && item->facts.known) {
        item->before = told;
        item->change = words[item->notice];
        alerts_word(round, item);
    }
}

static bool same_group(const struct alerts_item *a, const struct alerts_item *b)
{
    return a->kept.day == b->kept.day && !strcmp(a->kept.group, b->kept.group);
}

// All that is to be told of a substation and a day, from item `first` on.
static size_t collect_group(const struct alerts_round *round, size_t first,
                            struct alert_json_notice ret[])
{
    size_t n = 0;
    for (size_t i = first; i < round->n; i++) {
        const struct alerts_item *item = round->items[i];
        if (item->notice != NOTICE_NONE && same_group(item, round->items[first]))
            ret[n++] = (struct alert_json_notice){
                .alert = &item->kept, .zone_name = item->name, .notice = item->notice};
    }
    return n;
}

static bool push_to_webhooks(const struct alerts_round *round, const char *json)
{
    const struct config *config = round->site->config;
    struct buffer body;
    bool fine = json;
    buffer_init(&body, BODY_BYTES_MAX);
    if (json)
        buffer_text(&body, json);
    buffer_text(&body, "\n");
    for (size_t k = 0; fine && k < config->n_webhooks; k++) {
        const struct config_webhook *hook = &config->webhooks[k];
        char sink[120];
        snprintf(sink, sizeof sink, WEBHOOK_SINK "%s", hook->name);
        fine = push(round->site, round->present->started, sink, &body, hook->outbox_bytes,
                    hook->outbox_age_s);
    }
    buffer_done(&body);
    return fine;
}

static bool push_notices(const struct alerts_round *round, size_t first, size_t n,
                         const struct alert_json_notice notices[])
{
    const struct alert_json_group group = {
        .site = round->site->config->site.name,
        .link = round->site->config->alerts.link,
        .clock = round->site->clock,
        .now = round->present->now,
        .simulated = round->simulated,
        .substation = round->items[first]->kept.group,
        .day = round->items[first]->kept.day,
        .n = n,
        .notices = notices,
    };
    char *json = alert_json(&group);
    bool fine = push_to_webhooks(round, json);
    free(json);
    return fine;
}

static bool push_group(const struct alerts_round *round, size_t first)
{
    struct alert_json_notice *notices = calloc(round->told, sizeof *notices);
    const size_t n = notices ? collect_group(round, first, notices) : 0;
    bool fine = notices;
    for (size_t k = 0; fine && k < n; k += NOTICES_AT_ONCE)
        fine = push_notices(round, first, n - k < NOTICES_AT_ONCE ? n - k : NOTICES_AT_ONCE,
                            notices + k);
    free(notices);
    return fine;
}

// Whether none before it is of its group.
static bool begins_group(const struct alerts_round *round, size_t i)
{
    if (round->items[i]->notice == NOTICE_NONE)
        return false;
    for (size_t k = 0; k < i; k++)
        if (round->items[k]->notice != NOTICE_NONE && same_group(round->items[k], round->items[i]))
            return false;
    return true;
}

bool alerts_tell(struct alerts_round *round)
{
    struct wholes wholes = {0};
    for (size_t i = 0; i < round->n; i++)
        round->items[i]->muted = in_mute_hours(round, round->items[i]->rule);
    bool fine = store_each_mute(round->site->store, round->present->now, take_mute, round);
    fine = fine && find_wholes(round, &wholes);
    for (size_t i = 0; fine && i < round->n; i++)
        tell_item(round, &wholes, round->items[i]);
    for (size_t i = 0; fine && i < round->n && round->site->config->n_webhooks; i++)
        if (begins_group(round, i))
            fine = push_group(round, i);
    free(wholes.items);
    return fine;
}

void alerts_say(const struct alerts_round *round)
{
    const enum config_language language = round->site->config->alerts.language;
    for (size_t i = 0; i < round->n; i++) {
        const struct alerts_item *item = round->items[i];
        const char *text = language == CONFIG_ENGLISH ? item->kept.text_en : item->kept.text_vi;
        if (item->notice == NOTICE_RESOLVED)
            log_notice("alert '%s', %s: resolved: %s", item->kept.rule, item->kept.subject, text);
        else if (item->notice != NOTICE_NONE)
            log_warning("alert '%s', %s: %s: %s", item->kept.rule, item->kept.subject,
                        alert_notice_name(item->notice), text);
    }
}
