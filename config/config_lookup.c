// SPDX-License-Identifier: GPL-3.0-or-later
// What is asked of a configuration that has been read.
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "config.h"
#include "text.h"

// A day of a year written "04-01".
static int64_t day_of_year(int64_t year, const char *month_day)
{
    char text[32];
    int64_t day = 0;
    snprintf(text, sizeof text, "%04lld-%s", (long long)year, month_day);
    return text_date(text, &day) ? day : 0;
}

bool config_season_days(const struct config *config, const char *season, int64_t *ret_first,
                        int64_t *ret_last)
{
    int64_t year;
    char digits[5] = {0};
    if (strlen(season) < 6 || season[4] != '-' || strcmp(season + 5, config->season.name))
        return false;
    memcpy(digits, season, 4);
    if (!text_integer(digits, &year) || year < 1 || year > 9998)
        return false;
    *ret_first = day_of_year(year, config->season.from);
    *ret_last = day_of_year(year, config->season.to);
    if (*ret_last < *ret_first)
        *ret_last = day_of_year(year + 1, config->season.to);
    return true;
}

// They are in order of zone, feed and day.
size_t config_capacity_first(const struct config *config, size_t zone)
{
    size_t from = 0, to = config->n_capacities;
    while (from < to) {
        const size_t half = from + (to - from) / 2;
        if (config->capacities[half].zone < zone)
            from = half + 1;
        else
            to = half;
    }
    return from;
}

double config_firm_mw(const struct config *config, size_t zone, int64_t day)
{
    double sum = 0, stage = 0;
    bool is_known = false;
    for (size_t i = config_capacity_first(config, zone); i < config->n_capacities; i++) {
        const struct config_capacity *capacity = &config->capacities[i], *next = capacity + 1;
        if (capacity->zone != zone)
            break;
        if (capacity->from_day <= day) {
            stage = capacity->firm_mw;
            is_known = true;
        }
        if (i + 1 == config->n_capacities || next->zone != zone || next->feed != capacity->feed) {
            sum += stage;
            stage = 0;
        }
    }
    return is_known ? sum : (double)NAN;
}

// The operating zone nearest in area; of areas unknown, the first.
static size_t nearest_operating(const struct config *config, size_t zone)
{
    size_t nearest = SIZE_MAX;
    double least = INFINITY;
    for (size_t i = 0; i < config->n_zones; i++) {
        const struct config_zone *other = &config->zones[i];
        const double off = fabs(other->area_ha - config->zones[zone].area_ha);
        if (i == zone || strcmp(other->status, "operating"))
            continue;
        if (nearest == SIZE_MAX || off < least) {
            nearest = i;
            least = isnan(off) ? (double)INFINITY : off;
        }
    }
    return nearest;
}

size_t config_zone_kin(const struct config *config, size_t zone)
{
    const struct config_zone *asked = &config->zones[zone];
    if (asked->kin)
        return config_zone_find(config, asked->kin);
    if (asked->parent)
        return config_zone_find(config, asked->parent);
    return nearest_operating(config, zone);
}

size_t config_zone_find(const struct config *config, const char *id)
{
    for (size_t i = 0; i < config->n_zones; i++)
        if (!strcmp(config->zones[i].id, id))
            return i;
    return SIZE_MAX;
}

size_t config_group_parent(const struct config *config, const char *id)
{
    const size_t length = strlen(id), suffix = strlen("-all");
    if (length <= suffix || strcmp(id + length - suffix, "-all") != 0)
        return SIZE_MAX;
    for (size_t i = 0; i < config->n_zones; i++) {
        const char *parent = config->zones[i].parent;
        if (parent && strlen(parent) == length - suffix && !strncmp(id, parent, length - suffix))
            return config_zone_find(config, parent);
    }
    return SIZE_MAX;
}

bool config_rule_names(const struct config_alert *rule, const char *id)
{
    const char *at = rule->zones;
    for (size_t length; *(at += strspn(at, " \t")); at += length) {
        length = strcspn(at, " \t");
        if (length == strlen(id) && !strncmp(at, id, length))
            return true;
    }
    return false;
}

int64_t config_weather_stale_s(const struct config *config, const char *station)
{
    enum { DAY_S = 86400 };
    for (size_t i = 0; i < config->n_weather; i++)
        if (!strcmp(config->weather[i].name, station))
            return config->weather[i].stale_s;
    return DAY_S;
}
