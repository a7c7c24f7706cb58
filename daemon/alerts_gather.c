// SPDX-License-Identifier: GPL-3.0-or-later
// Which subjects a rule has, and what is so with each.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/alert_rule.h"
#include "daemon/alerts_internal.h"
#include "daemon/store_outbox.h"
#include "daemon/store_peaks.h"
#include "daemon/store_scores.h"
#include "daemon/webhook.h"

// One subject of one rule.
struct gathering {
    struct alerts_round *round;
    const struct config_alert *rule;
    const struct node *node; // NULL where it is none
    struct alerts_item *item;
};

static int64_t day_of(const struct alerts_round *round, int64_t instant)
{
    return civil_day(civil_local(round->site->clock, instant));
}

// The firm capacity by which the rule judges, MW; NaN where none is known.
static double limit_on(const struct gathering *g, int64_t day)
{
    return isnan(g->rule->limit_mw)
               ? nodes_firm_mw(g->round->site->config, g->node, g->round->loaded, day)
               : g->rule->limit_mw;
}

// The stage in force on a day of what feeds a zone: since when, and from which substation.
static void describe_supply(const struct gathering *g, int64_t day)
{
    const struct config *config = g->round->site->config;
    const struct config_capacity *newest = NULL;
    if (g->node->kind != NODES_ZONE)
        return;
    for (size_t k = config_capacity_first(config, g->node->zone); k < config->n_capacities; k++) {
        const struct config_capacity *stage = &config->capacities[k];
        if (stage->zone != g->node->zone)
            break;
        if (stage->from_day <= day && (!newest || stage->from_day > newest->from_day))
            newest = stage;
    }
    if (!newest)
        return;
    snprintf(g->item->substation, sizeof g->item->substation, "%s", newest->substation);
    if (isnan(g->rule->limit_mw))
        g->item->facts.limit_day = newest->from_day;
}

// The newest peaks of a node, which several rules look at; n is 0 where there are none.
static bool peaks_of(const struct gathering *g, const struct day_peaks **ret)
{
    const struct alerts_round *round = g->round;
    const size_t node = (size_t)(g->node - round->nodes->nodes);
    struct day_peaks *peaks = &round->peaks[node].of;
    bool found;
    *ret = peaks;
    if (round->peaks[node].read)
        return true;
    if (!store_get_peaks(round->site->store, g->node->id, round->present->now, peaks, &found))
        return false;
    round->peaks[node].read = true;
    return true;
}

static bool gather_peak(struct gathering *g)
{
    const struct alerts_present *present = g->round->present;
    struct alerts_item *item = g->item;
    const struct day_peaks *peaks;
    double limits[ALERT_FACTS_DAYS + DAY_PEAKS_LEVELS];
    if (!peaks_of(g, &peaks))
        return false;
    if (!peaks->n)
        return true;
    size_t n =
        peaks->n < sizeof limits / sizeof *limits ? peaks->n : sizeof limits / sizeof *limits;
    const struct alert_limits known = {.first = peaks->days[0].day, .n = n, .mw = limits};
    const int64_t today = day_of(g->round, present->now);
    item->limitless = true;
    for (size_t k = 0; k < n; k++) {
        const int64_t day = known.first + (int64_t)k;
        limits[k] = limit_on(g, day);
        item->limitless = item->limitless && (isnan(limits[k]) || day < today);
    }
    item->at = peaks->issue;
    alert_rule_peak(g->rule, peaks, &known, g->round->site->clock, present->now, &item->facts);
    describe_supply(g, item->facts.known ? item->facts.day : day_of(g->round, present->now));
    item->facts.next = present->forecast_due;
    return true;
}

static bool take_season(void *context, const struct store_season *season)
{
    const struct gathering *g = context;
    struct alerts_item *item = alerts_find(g->round, g->rule->name, season->zone);
    if (!item || item->rule != g->rule || strcmp(season->scenario, "base"))
        return true;
    // By the firm capacity that the season was simulated against, unless the rule has its own.
    double limit = isnan(g->rule->limit_mw) ? season->limit_mw : g->rule->limit_mw;
    alert_rule_season(g->rule, season, limit, &item->facts);
    item->limitless = isnan(limit);
    item->at = season->issue;
    return true;
}

// All but what the season says, which all subjects of a rule are given in one walk.
static bool gather_season(struct gathering *g)
{
    const struct alerts_present *present = g->round->present;
    describe_supply(g, day_of(g->round, present->now));
    g->item->facts.next = present->forecast_due;
    const struct day_peaks *peaks; // which know the growth
    if (!peaks_of(g, &peaks))
        return false;
    if (peaks->n)
        g->item->facts.growth = peaks->growth;
    return true;
}

// The load of a node in the newest interval, where it is known of all members that read at all.
static double newest_load(const struct gathering *g, int64_t *ret_end)
{
    const struct alerts_present *present = g->round->present;
    double sum = 0;
    int64_t end = 0;
    for (size_t k = 0; k < g->node->n_members; k++) {
        const struct alerts_zone *zone = &present->zones[g->node->members[k]];
        if (!zone->load_end)
            continue;
        if (end && zone->load_end != end)
            return (double)NAN;
        end = zone->load_end;
        sum += zone->load_mw;
    }
    *ret_end = end;
    return end ? sum : (double)NAN;
}

static bool gather_load(struct gathering *g)
{
    int64_t end = 0;
    double mw = newest_load(g, &end);
    // What is old says nothing of now: readings that come a day late raise no alarm.
    if (isnan(mw) || end < g->round->present->now - g->rule->age_s)
        return true;
    int64_t day = day_of(g->round, end - g->round->site->config->site.step_s);
    double limit = limit_on(g, day);
    g->item->limitless = isnan(limit);
    alert_rule_load(g->rule, mw, limit, &g->item->facts);
    describe_supply(g, day);
    g->item->facts.since = g->item->at = end;
    g->item->facts.next = end + g->round->site->config->site.step_s; // with the next reading
    return true;
}

static void set_age(struct gathering *g, int64_t now, int64_t since)
{
    g->item->at = g->round->present->now;
    if (!since)
        return;
    alert_rule_age(g->rule, now > since ? now - since : 0, &g->item->facts);
    g->item->facts.since = since;
}

static bool gather_readings(struct gathering *g)
{
    const struct alerts_present *present = g->round->present;
    set_age(g, present->now, present->zones[g->node->zone].newest);
    return true;
}

struct duel {
    double ours, theirs;
    int64_t n, newest;
};

static bool take_score(void *context, const struct store_score *score)
{
    struct duel *duel = context;
    if (score->lead != 1 || isnan(score->mae) || isnan(score->week_mae))
        return true;
    duel->ours += score->mae;
    duel->theirs += score->week_mae;
    duel->newest = score->day;
    duel->n++;
    return true;
}

// Of the last days that were judged; at least half of them must have been.
static bool gather_skill(struct gathering *g)
{
    struct duel duel = {0};
    int64_t today = day_of(g->round, g->round->present->now);
    if (!store_each_score(g->round->site->store, g->item->kept.subject, today - g->rule->days,
                          today, take_score, &duel))
        return false;
    if (!duel.n || 2 * duel.n < g->rule->days - 1 || duel.theirs <= 0)
        return true;
    alert_rule_skill(g->rule, 1 - duel.ours / duel.theirs, &g->item->facts);
    g->item->facts.score_days = g->rule->days;
    g->item->at = civil_instant(g->round->site->clock, (duel.newest + 1) * CIVIL_DAY_S);
    g->item->facts.next = g->round->present->forecast_due;
    return true;
}

// Whether an entry begins soon and will count then.
static bool begins(const struct gathering *g, const struct entry_list_item *entry)
{
    int64_t now = g->round->present->now;
    return entry->zone && !strcmp(entry->zone, g->item->kept.subject) && entry->entry.from > now &&
           entry->entry.from <= now + g->rule->within_s && entry->ended_at > entry->entry.from &&
           entry->expires > entry->entry.from;
}

static void describe_entry(struct gathering *g, const struct entry_list_item *entry)
{
    struct alert_facts *facts = &g->item->facts;
    const char *gap = *entry->note && *entry->author ? ", " : "";
    facts->since = entry->entry.from;
    facts->day = day_of(g->round, entry->entry.from);
    snprintf(facts->detail, sizeof facts->detail, "%s%s%s", entry->note, gap, entry->author);
}

static bool gather_register(struct gathering *g)
{
    const struct alerts_site *site = g->round->site;
    struct entry_list *list = &g->round->entries;
    size_t n = 0;
    double mw = 0;
    if (!g->round->has_entries && !entry_list_read(site->config, site->clock, site->store, list))
        return false;
    g->round->has_entries = true;
    for (size_t k = 0; k < list->n; k++) {
        const struct entry_list_item *entry = &list->items[k];
        if (!begins(g, entry))
            continue;
        if (!n || entry->entry.from < g->item->facts.since)
            describe_entry(g, entry);
        n++;
        mw += isnan(entry->entry.mw) ? 0 : entry->entry.mw;
    }
    alert_rule_register(g->rule, n, &g->item->facts);
    g->item->facts.entry_mw = mw;
    g->item->at = g->round->present->now;
    return true;
}

static bool gather_node(struct gathering *g)
{
    switch (g->rule->on) {
    case CONFIG_ALERT_PEAK:
        return gather_peak(g);
    case CONFIG_ALERT_SEASON:
        return gather_season(g);
    case CONFIG_ALERT_LOAD:
        return gather_load(g);
    case CONFIG_ALERT_READINGS:
        return gather_readings(g);
    case CONFIG_ALERT_SKILL:
        return gather_skill(g);
    case CONFIG_ALERT_REGISTER:
        return gather_register(g);
    case CONFIG_ALERT_WEATHER:
    case CONFIG_ALERT_SINK:
        break;
    }
    return true;
}

void alerts_know_nothing(struct alerts_item *item, const char *name)
{
    snprintf(item->name, sizeof item->name, "%s", name);
    item->facts = (struct alert_facts){
        .subject = item->kept.subject,
        .name = *item->name ? item->name : item->kept.subject,
        .substation = item->substation,
        .value = (double)NAN,
        .limit = (double)NAN,
        .limit_mw = (double)NAN,
        .per_cent = (double)NAN,
        .limit_day = CONFIG_NO_DAY,
        .day = CONFIG_NO_DAY,
        .peak_mw = (double)NAN,
        .over_mw = (double)NAN,
        .poe10_mw = (double)NAN,
        .cause = {(double)NAN, (double)NAN, (double)NAN, (double)NAN},
        .growth = (double)NAN,
        .entry_mw = (double)NAN,
    };
}

// Begins on a subject: its item, with facts of which nothing is known yet.
static bool begin(struct gathering *g, const char *subject, const char *name)
{
    g->item = alerts_item(g->round, g->rule->name, subject);
    if (!g->item)
        return false;
    alerts_know_nothing(g->item, name);
    g->item->rule = g->rule;
    g->item->node = g->node;
    g->item->at = g->round->present->now;
    g->item->facts.on = g->rule->on;
    g->item->facts.limit_given = !isnan(g->rule->limit_mw);
    return true;
}

// Loads, peaks and seasons are there for groups and the whole too; what else there is, of zones.
static bool concerns(const struct config_alert *rule, const struct node *node)
{
    const bool sums = rule->on == CONFIG_ALERT_PEAK || rule->on == CONFIG_ALERT_SEASON ||
                      rule->on == CONFIG_ALERT_LOAD;
    if (node->kind == NODES_ZONE && !strcmp(rule->zones, "all"))
        return true;
    return (node->kind == NODES_ZONE || sums) && config_rule_names(rule, node->id);
}

static bool gather_nodes(struct alerts_round *round, const struct config_alert *rule)
{
    for (size_t k = 0; k < round->nodes->n; k++) {
        struct gathering g = {.round = round, .rule = rule, .node = &round->nodes->nodes[k]};
        if (concerns(rule, g.node) && (!begin(&g, g.node->id, g.node->name) || !gather_node(&g)))
            return false;
    }
    struct gathering g = {.round = round, .rule = rule};
    return rule->on != CONFIG_ALERT_SEASON ||
           store_newest_seasons(round->site->store, round->present->now, take_season, &g);
}

// What a source or a target says of itself.
struct trouble {
    const char *name; // its kind and name
    int64_t since;    // 0: there is none
    char *detail;     // of ALERT_DETAIL_LEN
};

static bool take_trouble(void *context, const struct store_source *source)
{
    struct trouble *trouble = context;
    if (strcmp(source->name, trouble->name))
        return true;
    trouble->since = source->trouble_since;
    snprintf(trouble->detail, ALERT_DETAIL_LEN, "%.*s", ALERT_DETAIL_LEN - 1, source->trouble);
    return false;
}

// Forecasts of the weather of a station: how old the newest is or, where none has ever come, since
// when its source has been in trouble.
static bool gather_station(struct gathering *g, const char *station)
{
    const struct alerts_present *present = g->round->present;
    char source[120];
    struct trouble trouble = {.name = source, .detail = g->item->facts.detail};
    int64_t run;
    snprintf(source, sizeof source, "weather %s", station);
    if (!store_newest_weather_run(g->round->site->store, station, present->now, NULL, NULL, &run) ||
        !store_each_source(g->round->site->store, take_trouble, &trouble))
        return false;
    if (run || !trouble.since)
        set_age(g, present->now, run);
    else
        set_age(g, present->started, trouble.since);
    return true;
}

// Forecasts of the weather where they are asked for, else what is observed.
static bool gather_weather(struct alerts_round *round, const struct config_alert *rule)
{
    struct gathering g = {.round = round, .rule = rule};
    const struct config *config = round->site->config;
    for (size_t k = 0; k < config->n_weather; k++) {
        if (!begin(&g, config->weather[k].name, config->weather[k].name) ||
            !gather_station(&g, config->weather[k].name))
            return false;
    }
    if (config->n_weather)
        return true;
    if (!begin(&g, "weather", ""))
        return false;
    set_age(&g, round->present->now, round->present->newest_weather);
    return true;
}

static bool gather_outbox(struct alerts_round *round, const struct config_alert *rule,
                          const char *sink, const char *name)
{
    struct gathering g = {.round = round, .rule = rule};
    struct store_outbox_state state;
    char trouble[STORE_TROUBLE_LEN];
    if (!begin(&g, sink, name) || !store_outbox_state(round->site->store, sink, &state, trouble))
        return false;
    set_age(&g, round->present->started, state.batches ? state.oldest : round->present->started);
    snprintf(g.item->facts.detail, sizeof g.item->facts.detail, "%.*s",
             (int)sizeof g.item->facts.detail - 1, trouble);
    return true;
}

static bool gather_sinks(struct alerts_round *round, const struct config_alert *rule)
{
    const struct config *config = round->site->config;
    char name[120];
    for (size_t k = 0; k < config->n_sinks; k++) {
        snprintf(name, sizeof name, "%s %s",
                 config->sinks[k].dialect == CONFIG_VICTORIAMETRICS ? "VictoriaMetrics"
                                                                    : "InfluxDB",
                 config->sinks[k].name);
        if (!gather_outbox(round, rule, config->sinks[k].name, name))
            return false;
    }
    for (size_t k = 0; k < config->n_webhooks; k++) {
        char sink[120];
        snprintf(name, sizeof name, "webhook %s", config->webhooks[k].name);
        snprintf(sink, sizeof sink, WEBHOOK_SINK "%s", config->webhooks[k].name);
        if (!gather_outbox(round, rule, sink, name))
            return false;
    }
    for (size_t k = 0; k < config->n_alertmanagers; k++) {
        struct gathering g = {.round = round, .rule = rule};
        snprintf(name, sizeof name, ALERTS_MANAGER "%s", config->alertmanagers[k].name);
        if (!begin(&g, name, name))
            return false;
        struct trouble trouble = {.name = name, .detail = g.item->facts.detail};
        if (!store_each_source(round->site->store, take_trouble, &trouble))
            return false;
        const int64_t now = round->present->started;
        set_age(&g, now, trouble.since ? trouble.since : now);
    }
    return true;
}

bool alerts_gather(struct alerts_round *round)
{
    const struct config *config = round->site->config;
    bool fine = true;
    for (size_t k = 0; fine && k < config->n_rules; k++) {
        const struct config_alert *rule = &config->rules[k];
        fine = rule->on == CONFIG_ALERT_WEATHER ? gather_weather(round, rule)
               : rule->on == CONFIG_ALERT_SINK  ? gather_sinks(round, rule)
                                                : gather_nodes(round, rule);
    }
    return fine;
}
