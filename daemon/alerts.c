// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/alerts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "config/hash.h"
#include "daemon/alerts_internal.h"

// Where the index has an item, or would have it.
static size_t *place_of(const struct alerts_round *round, const char *rule, const char *subject)
{
    const size_t mask = 2 * round->capacity - 1;
    for (size_t at = hash_text(hash_text(HASH_START, rule), subject) & mask;;
         at = (at + 1) & mask) {
        const struct alerts_item *item =
            round->index[at] ? round->items[round->index[at] - 1] : NULL;
        if (!item || (!strcmp(item->kept.subject, subject) && !strcmp(item->kept.rule, rule)))
            return &round->index[at];
    }
}

static bool grow(struct alerts_round *round)
{
    const size_t capacity = round->capacity ? 2 * round->capacity : 64;
    struct alerts_item **items = reallocarray(round->items, capacity, sizeof *items);
    round->items = items ? items : round->items;
    size_t *index = items ? calloc(2 * capacity, sizeof *index) : NULL;
    if (!index)
        return false;
    free(round->index);
    round->index = index;
    round->capacity = capacity;
    for (size_t i = 0; i < round->n; i++)
        *place_of(round, items[i]->kept.rule, items[i]->kept.subject) = i + 1;
    return true;
}

static struct alerts_item *add_item(struct alerts_round *round, const struct store_alert *kept)
{
    if (round->n == round->capacity && !grow(round))
        return NULL;
    struct alerts_item *item = calloc(1, sizeof *item);
    if (!item)
        return NULL;
    item->kept = *kept;
    *place_of(round, kept->rule, kept->subject) = round->n + 1;
    return round->items[round->n++] = item;
}

struct alerts_item *alerts_find(const struct alerts_round *round, const char *rule,
                                const char *subject)
{
    const size_t place = round->capacity ? *place_of(round, rule, subject) : 0;
    return place ? round->items[place - 1] : NULL;
}

struct alerts_item *alerts_item(struct alerts_round *round, const char *rule, const char *subject)
{
    struct alerts_item *item = alerts_find(round, rule, subject);
    char *own = item ? NULL : strdup(subject);
    if (!own)
        return item;
    const struct store_alert kept = {.rule = rule,
                                     .subject = own,
                                     .value = (double)NAN,
                                     .limit = (double)NAN,
                                     .group = "",
                                     .day = CONFIG_NO_DAY,
                                     .title_vi = "",
                                     .text_vi = "",
                                     .title_en = "",
                                     .text_en = "",
                                     .ack_by = "",
                                     .ack_note = ""};
    item = add_item(round, &kept);
    if (item)
        item->subject = own;
    else
        free(own);
    return item;
}

static void round_done(struct alerts_round *round)
{
    for (size_t i = 0; i < round->n; i++) {
        free(round->items[i]->subject);
        free(round->items[i]);
    }
    free(round->items);
    free(round->index);
    buffer_done(&round->points);
    alert_list_done(&round->list);
    for (size_t k = 0; round->peaks && k < round->nodes->n; k++)
        day_peaks_done(&round->peaks[k].of);
    free(round->peaks);
    if (round->has_entries)
        entry_list_done(&round->entries);
}

static bool recall(struct alerts_round *round)
{
    if (!store_simulated(round->site->store, &round->simulated) ||
        !alert_list_read(round->site->store, NULL, NULL, &round->list))
        return false;
    for (size_t i = 0; i < round->list.n; i++) {
        struct alerts_item *item = add_item(round, &round->list.items[i]);
        if (!item)
            return false;
        item->was = &round->list.items[i];
    }
    return true;
}

// Of what is no longer looked at nothing but its name is known.
static void name_the_rest(struct alerts_round *round)
{
    for (size_t i = 0; i < round->n; i++) {
        struct alerts_item *item = round->items[i];
        if (item->rule)
            continue;
        const size_t node = nodes_find(round->nodes, item->kept.subject);
        alerts_know_nothing(item, node < round->nodes->n ? round->nodes->nodes[node].name : "");
    }
}

struct alert_damping alerts_damping(const struct config_alert *rule)
{
    if (!rule)
        return (struct alert_damping){.hold = 1, .hold_clear = 1};
    return (struct alert_damping){.hold = rule->hold,
                                  .hold_clear = rule->hold_clear,
                                  .change_s = rule->change_s,
                                  .reminder_s = rule->reminder_s};
}

static void look_at(const struct alerts_round *round, struct alerts_item *item)
{
    struct alert *alert = &item->kept.alert;
    const struct alert_facts *facts = &item->facts;
    item->before = alert->level;
    // What cannot be judged any more would fire for good.
    if (!item->rule || (item->limitless && alert_state(alert) != ALERT_QUIET)) {
        item->change = alert_end(alert, round->present->now);
        return;
    }
    if (facts->known) {
        item->kept.value = facts->value;
        item->kept.limit = facts->limit;
    }
    if (facts->known && item->at < alert->looked)
        alert_rewind(alert, round->present->now);
    // What is no news is not counted twice.
    if (alert->looked && item->at <= alert->looked)
        return;
    const struct alert_damping damping = alerts_damping(item->rule);
    const struct alert_look look = {
        .now = item->at, .known = facts->known, .call = facts->call, .keep = facts->keep};
    item->change = alert_look(alert, &damping, &look);
}

void alerts_word(const struct alerts_round *round, struct alerts_item *item)
{
    const struct alert_telling telling = {
        .level = item->kept.alert.level ? item->kept.alert.level : item->before,
        .change = item->change,
        .simulated = round->simulated,
        .clock = round->site->clock,
        .now = round->present->now,
    };
    for (int k = 0; k < 2; k++)
        alert_text(&item->facts, &telling, (enum config_language)k, &item->words[k]);
    item->kept.title_vi = item->words[CONFIG_VIETNAMESE].title;
    item->kept.text_vi = item->words[CONFIG_VIETNAMESE].text;
    item->kept.title_en = item->words[CONFIG_ENGLISH].title;
    item->kept.text_en = item->words[CONFIG_ENGLISH].text;
}

// What an alert is grouped by stays as long as it fires, since those who were told know it by that.
static void settle_group(struct alerts_item *item)
{
    if (item->change != ALERT_FIRED)
        return;
    item->kept.day = item->rule->on == CONFIG_ALERT_PEAK ? item->facts.day : CONFIG_NO_DAY;
    item->kept.group = item->substation;
}

static bool expire(struct alerts_round *round, struct alerts_item *item)
{
    const struct alerts_present *present = round->present;
    const struct alerts_deed deed = {.what = "unacknowledged",
                                     .by = "",
                                     .note = "",
                                     .time = present->now,
                                     .level = item->kept.alert.level};
    return !alert_expire(&item->kept.alert, present->now) ||
           alerts_record(round->site, &item->kept, &deed, &round->points);
}

static bool look_and_record(struct alerts_round *round, struct alerts_item *item)
{
    const struct alerts_present *present = round->present;
    const struct alert *alert = &item->kept.alert;
    const int64_t looked = alert->looked;
    if (!expire(round, item))
        return false;
    look_at(round, item);
    if (alert->acked == ALERT_NONE)
        item->kept.ack_by = item->kept.ack_note = "";
    if (item->change == ALERT_SAME) {
        // Whoever lists it reads what is so now, not what was when it began.
        if (alert->level && item->facts.known && alert->looked > looked)
            alerts_word(round, item);
        return true;
    }
    settle_group(item);
    alerts_word(round, item);
    // Not when the forecast was made: what a person did since then comes before this.
    const struct alerts_deed deed = {.what = alert_change_name(item->change),
                                     .by = "",
                                     .note = "",
                                     .time = present->now,
                                     .level = alert->level ? alert->level : item->before,
                                     .left = item->before};
    return alerts_record(round->site, &item->kept, &deed, &round->points);
}

static bool is_same_text(const char *a, const char *b)
{
    return a == b || !strcmp(a, b);
}

static bool is_same_number(double a, double b)
{
    return (isnan(a) && isnan(b)) || (a <= b && a >= b);
}

static bool is_same_state(const struct alert *a, const struct alert *b)
{
    bool same = a->level == b->level && a->seen == b->seen && a->since == b->since &&
                a->changed == b->changed && a->looked == b->looked && a->flips == b->flips &&
                a->flapping == b->flapping && a->told == b->told && a->told_at == b->told_at &&
                a->acked == b->acked && a->acked_until == b->acked_until;
    for (int k = ALERT_WATCH; k < ALERT_LEVELS; k++)
        same = same && a->rising[k] == b->rising[k] && a->falling[k] == b->falling[k];
    return same;
}

// Most of what is looked at is as it was: no forecast came in between.
static bool is_same(const struct store_alert *a, const struct store_alert *b)
{
    return is_same_state(&a->alert, &b->alert) && is_same_number(a->value, b->value) &&
           is_same_number(a->limit, b->limit) && a->day == b->day && a->quiet == b->quiet &&
           a->ended == b->ended && a->ended_at == b->ended_at && is_same_text(a->group, b->group) &&
           is_same_text(a->title_vi, b->title_vi) && is_same_text(a->text_vi, b->text_vi) &&
           is_same_text(a->title_en, b->title_en) && is_same_text(a->text_en, b->text_en) &&
           is_same_text(a->ack_by, b->ack_by) && is_same_text(a->ack_note, b->ack_note);
}

// What is no longer looked at leaves nothing behind, once all who were told know its end.
static bool keep(const struct alerts_round *round, const struct alerts_item *item)
{
    enum { ENDING_S = 3600 };
    struct store *store = round->site->store;
    if (!item->rule && item->kept.alert.told == ALERT_NONE &&
        round->present->started - item->kept.ended_at > ENDING_S)
        return store_delete_alert(store, item->kept.rule, item->kept.subject);
    return (item->was && is_same(item->was, &item->kept)) || store_put_alert(store, &item->kept);
}

static bool look(struct alerts_round *round)
{
    if (!recall(round) || !alerts_gather(round))
        return false;
    name_the_rest(round);
    for (size_t i = 0; i < round->n; i++)
        if (!look_and_record(round, round->items[i]))
            return false;
    if (!alerts_push_points(round->site, round->present->started, &round->points) ||
        !alerts_tell(round))
        return false;
    for (size_t i = 0; i < round->n; i++)
        if (!keep(round, round->items[i]))
            return false;
    return store_commit(round->site->store);
}

bool alerts_look(const struct alerts_site *site, const struct alerts_present *present,
                 size_t *ret_told)
{
    struct alerts_round round = {.site = site, .present = present};
    buffer_init(&round.points, ALERTS_POINTS_MAX);
    struct nodes *nodes = nodes_new(site->config);
    bool *loaded = calloc(site->config->n_zones + 1, sizeof *loaded);
    round.nodes = nodes;
    round.loaded = loaded;
    round.peaks = nodes ? calloc(nodes->n + 1, sizeof *round.peaks) : NULL;
    for (size_t z = 0; loaded && z < site->config->n_zones; z++)
        loaded[z] = present->zones[z].newest;
    bool fine = nodes && loaded && round.peaks && store_begin(site->store);
    if (fine && !look(&round)) {
        store_rollback(site->store);
        fine = false;
    }
    if (fine)
        alerts_say(&round);
    *ret_told = fine ? round.told : 0;
    round_done(&round);
    nodes_free(nodes);
    free(loaded);
    return fine;
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

// What a person does.
struct act {
    const char *what;
    bool (*change)(struct store_alert *alert, const struct alerts_person *person);
};

static bool keep_act(const struct alerts_site *site, const struct store_alert *alert,
                     const struct act *act, const struct alerts_person *person)
{
    const struct alerts_deed deed = {.what = act->what,
                                     .by = person->by,
                                     .note = person->note,
                                     .time = person->now,
                                     .level = alert->alert.level};
    struct buffer points;
    buffer_init(&points, ALERTS_POINTS_MAX);
    const bool fine = store_put_alert(site->store, alert) &&
                      alerts_record(site, alert, &deed, &points) &&
                      alerts_push_points(site, person->started, &points);
    buffer_done(&points);
    return fine;
}

static enum alerts_done change(const struct alerts_site *site, const char *rule,
                               const char *subject, const struct alerts_person *person,
                               const struct act *act)
{
    struct alert_list list;
    if (!store_begin(site->store))
        return ALERTS_FAILED;
    enum alerts_done done = ALERTS_FAILED;
    if (alert_list_read(site->store, rule, subject, &list)) {
        const bool changes = list.n && act->change(&list.items[0], person);
        done = !changes ? ALERTS_NONE_SUCH
               : keep_act(site, &list.items[0], act, person) && store_commit(site->store)
                   ? ALERTS_DONE
                   : ALERTS_FAILED;
        alert_list_done(&list);
    }
    if (done != ALERTS_DONE)
        store_rollback(site->store);
    return done;
}

enum alerts_done alerts_acknowledge(const struct alerts_site *site, const char *rule,
                                    const char *subject, const struct alerts_person *person)
{
    return change(site, rule, subject, person, &(const struct act){"acknowledged", acknowledge});
}

enum alerts_done alerts_unacknowledge(const struct alerts_site *site, const char *rule,
                                      const char *subject, const struct alerts_person *person)
{
    return change(site, rule, subject, person, &(const struct act){"unacknowledged", give_back});
}
