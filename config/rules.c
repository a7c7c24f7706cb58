// SPDX-License-Identifier: GPL-3.0-or-later
#include "rules.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "config_errors.h"
#include "keys.h"
#include "value.h"

struct walk {
    const struct config *config;
    const struct config_alert *rule; // at hand
    const struct rules_place *place;
    struct config_errors *errors;
    bool good;
};

static unsigned long line_of(const struct walk *walk, const char *key)
{
    return walk->place->line_of(walk->place->context, walk->rule, key);
}

// Tells a fault of a key, at its line or, where it is at its default, at that of the section.
[[gnu::format(printf, 3, 4)]] static void complain(struct walk *walk, const char *key,
                                                   const char *format, ...)
{
    char words[320];
    va_list args;
    va_start(args, format);
    vsnprintf(words, sizeof words, format, args);
    va_end(args);
    const unsigned long line = line_of(walk, key);
    walk->good =
        config_errors_add(walk->errors, walk->place->path, line ? line : line_of(walk, NULL),
                          "[alert %s] %s: %s", walk->rule->name, key, words);
}

// Whether a key says something else than its default.
static bool is_changed(const struct config_alert *rule, const char *name)
{
    char reason[VALUE_REASON_LEN];
    const struct key *key = keys_find(keys_section("alert"), name);
    struct config_alert usual = {.name = NULL};
    if (key->type == KEY_TEXT)
        return rule->zones && strcmp(rule->zones, key->fallback) != 0;
    value_begin(key, &usual);
    if (key->fallback && !value_put(key, key->fallback, "", &usual, reason))
        return false;
    return memcmp((const char *)rule + key->offset, (const char *)&usual + key->offset,
                  sizeof(int64_t)) != 0;
}

// Keys that say nothing of what the rule looks at would be without effect, which nobody means.
static void check_meaning(struct walk *walk)
{
    enum {
        PEAK = 1 << CONFIG_ALERT_PEAK,
        SEASON = 1 << CONFIG_ALERT_SEASON,
        LOAD = 1 << CONFIG_ALERT_LOAD,
        READINGS = 1 << CONFIG_ALERT_READINGS,
        WEATHER = 1 << CONFIG_ALERT_WEATHER,
        SKILL = 1 << CONFIG_ALERT_SKILL,
        SINK = 1 << CONFIG_ALERT_SINK,
        REGISTER = 1 << CONFIG_ALERT_REGISTER,
    };
    static const struct {
        const char *key;
        unsigned of;
        const char *where;
    } keys[] = {
        {"zones", PEAK | SEASON | LOAD | READINGS | SKILL | REGISTER,
         "peak, season, load, readings, skill or register"},
        {"limit_mw", PEAK | SEASON | LOAD, "peak, season or load"},
        {"probability", PEAK | SEASON, "peak or season"},
        {"clear_probability", PEAK | SEASON, "peak or season"},
        {"clear", LOAD, "load"},
        {"within", PEAK | REGISTER, "peak or register"},
        {"age", READINGS | WEATHER | SINK, "readings, weather or sink"},
        {"days", SKILL, "skill"},
    };
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (!(1U << walk->rule->on & keys[i].of) && is_changed(walk->rule, keys[i].key))
            complain(walk, keys[i].key, "has no meaning but where on = %s", keys[i].where);
}

static void check_levels(struct walk *walk)
{
    static const char *const names[CONFIG_ALERT_LEVELS] = {"watch", "emergency", "extreme"};
    const double *per_cent = walk->rule->per_cent;
    size_t below = CONFIG_ALERT_LEVELS;
    for (size_t k = 0; k < CONFIG_ALERT_LEVELS; k++) {
        if (per_cent[k] <= 0)
            continue;
        if (below < CONFIG_ALERT_LEVELS && per_cent[k] <= per_cent[below])
            complain(walk, names[k], "is %g and %s is %g: must be more", per_cent[k], names[below],
                     per_cent[below]);
        below = k;
    }
    if (below == CONFIG_ALERT_LEVELS)
        complain(walk, names[0],
                 "every level is left out: one of watch, emergency and extreme "
                 "must be more than 0");
}

static void check_chances(struct walk *walk)
{
    const struct config_alert *rule = walk->rule;
    const bool asked = rule->on == CONFIG_ALERT_PEAK || rule->on == CONFIG_ALERT_SEASON;
    if (asked && rule->clear_probability > rule->probability)
        complain(walk, "clear_probability", "is %g and probability is %g: must be at most that",
                 rule->clear_probability, rule->probability);
}

static void check_zone(struct walk *walk, const char *id)
{
    const struct config *config = walk->config;
    const enum config_alert_on on = walk->rule->on;
    const bool sums =
        on == CONFIG_ALERT_PEAK || on == CONFIG_ALERT_SEASON || on == CONFIG_ALERT_LOAD;
    const bool is_zone = config_zone_find(config, id) != SIZE_MAX;
    if (!strcmp(id, "all"))
        complain(walk, "zones", "\"all\" must stand alone");
    else if (strcmp(id, "total") != 0 && !is_zone && config_group_parent(config, id) == SIZE_MAX)
        complain(walk, "zones",
                 "\"%.*s\" is not the id of a zone, of one with expansions and \"-all\" behind it, "
                 "or \"total\"",
                 config_errors_shown(id), id);
    else if (!is_zone && line_of(walk, "on") && !sums)
        complain(walk, "zones", "\"%s\" has a peak, a season and a load, nothing else: name zones",
                 id);
    else if (!is_zone && config->n_zones < 2)
        complain(walk, "zones", "there is one zone, and no \"total\" beside it");
}

static void check_zones(struct walk *walk)
{
    char list[256];                        // a line of the file is shorter
    const char *zones = walk->rule->zones; // NULL without memory, which was told
    // Against zones that could not be read every name would be a fault.
    if (walk->config->n_zones == 0 || !zones || !strcmp(zones, "all"))
        return;
    snprintf(list, sizeof list, "%s", zones);
    for (char *rest = list, *id; (id = strsep(&rest, " \t"));)
        if (*id)
            check_zone(walk, id);
}

bool rules_check(const struct config *config, const struct rules_place *place,
                 struct config_errors *errors)
{
    struct walk walk = {.config = config, .place = place, .errors = errors, .good = true};
    for (size_t i = 0; i < config->n_rules; i++) {
        walk.rule = &config->rules[i];
        if (line_of(&walk, "on"))
            check_meaning(&walk);
        check_levels(&walk);
        check_chances(&walk);
        check_zones(&walk);
    }
    return walk.good;
}
