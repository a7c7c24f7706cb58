// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/export_series.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "config/text.h"

// A series behind the texts that it was looked up by.
struct listed {
    const char *zone, *meter; // pointers of the configuration or NULL: compared as such
    char *zone_field, *meter_field;
    struct export_series series;
};

struct export_table {
    const struct export_rules *rules;
    void *tree;
    struct listed *last; // rows of one series mostly follow each other
};

struct export_table *export_table_new(const struct export_rules *rules)
{
    struct export_table *table = calloc(1, sizeof *table);
    if (table)
        table->rules = rules;
    return table;
}

static void free_entry(void *entry)
{
    struct listed *e = entry;
    free(e->zone_field);
    free(e->meter_field);
    free(e);
}

void export_table_free(struct export_table *table)
{
    if (!table)
        return;
    tdestroy(table->tree, free_entry);
    free(table);
}

static int compare_pointers(const char *a, const char *b)
{
    return ((uintptr_t)a > (uintptr_t)b) - ((uintptr_t)a < (uintptr_t)b);
}

static int compare(const void *a, const void *b)
{
    const struct listed *one = a, *other = b;
    int order = compare_pointers(one->zone, other->zone);
    if (!order)
        order = compare_pointers(one->meter, other->meter);
    if (!order)
        order = strcmp(one->zone_field, other->zone_field);
    return order ? order : strcmp(one->meter_field, other->meter_field);
}

static bool take_name(const char *what, const char *text, struct check_fault *fault)
{
    const struct check_quoted quoted = check_quote(text, strlen(text));
    if (strlen(text) > CHECK_NAME_MAX)
        return check_refuse(fault, CHECK_TAG, "%s %s is longer than %d bytes", what, quoted.text,
                            CHECK_NAME_MAX);
    return text_is_clean(text) ||
           check_refuse(fault, CHECK_TAG, "%s %s holds control characters", what, quoted.text);
}

// The zone by the row's own words: those for the zone, or where there are none, for the meter.
static bool find_zone(const struct export_table *table, struct listed *entry)
{
    struct export_series *series = &entry->series;
    const bool by_meter = !*entry->zone_field && *entry->meter_field;
    const char *name = by_meter ? entry->meter_field : entry->zone_field;
    if (!*name)
        return check_refuse(&series->fault, CHECK_TAG, "no name of a zone");
    const char *meter = "";
    switch (export_names_find(table->rules->names, name, &series->zone, &meter)) {
    case EXPORT_NAME_LEFT_OUT:
        series->left_out = true;
        return true;
    case EXPORT_NAME_ZONE:
        series->meter = by_meter || !*entry->meter_field ? meter : entry->meter_field;
        return true;
    case EXPORT_NAME_UNKNOWN:
        break;
    }
    return check_refuse(&series->fault, CHECK_ZONE, "unknown %s %s", by_meter ? "meter" : "zone",
                        check_quote(name, strlen(name)).text);
}

static bool fill(const struct export_table *table, struct listed *entry)
{
    struct export_series *series = &entry->series;
    series->last = INT64_MIN;
    series->zone = entry->zone;
    if (!take_name("meter", entry->meter_field, &series->fault))
        return false;
    if (!entry->zone)
        return find_zone(table, entry);
    series->meter = entry->meter && *entry->meter ? entry->meter : entry->meter_field;
    return true;
}

static struct listed *copy(const struct listed *wanted)
{
    struct listed *entry = calloc(1, sizeof *entry);
    if (!entry)
        return NULL;
    *entry = (struct listed){.zone = wanted->zone,
                             .meter = wanted->meter,
                             .zone_field = strdup(wanted->zone_field),
                             .meter_field = strdup(wanted->meter_field)};
    if (entry->zone_field && entry->meter_field)
        return entry;
    free_entry(entry);
    return NULL;
}

// The entry for these texts; *ret_new where it was made just now.
static struct listed *look_up(struct export_table *table, struct listed *wanted, bool *ret_new)
{
    *ret_new = false;
    if (table->last && !compare(wanted, table->last))
        return table->last;
    void *found = tfind(wanted, &table->tree, compare);
    struct listed *entry = found ? *(struct listed **)found : copy(wanted);
    if (!found && entry && !tsearch(entry, &table->tree, compare)) {
        free_entry(entry);
        return NULL;
    }
    *ret_new = !found;
    if (entry)
        table->last = entry;
    return entry;
}

struct export_series *export_table_reading(struct export_table *table, const char *zone,
                                           const char *meter, const char *zone_field,
                                           const char *meter_field)
{
    // Only read, and copied where they are kept.
    struct listed wanted = {.zone = zone,
                            .meter = meter,
                            .zone_field = (char *)(uintptr_t)zone_field,
                            .meter_field = (char *)(uintptr_t)meter_field};
    bool new;
    struct listed *entry = look_up(table, &wanted, &new);
    if (!entry)
        return NULL;
    if (new)
        entry->series.unknown = !fill(table, entry);
    return &entry->series;
}

struct export_series *export_table_weather(struct export_table *table, const char *station)
{
    struct listed wanted = {.zone_field = (char *)(uintptr_t)station,
                            .meter_field = (char *)(uintptr_t) ""};
    bool new;
    struct listed *entry = look_up(table, &wanted, &new);
    if (!entry)
        return NULL;
    struct export_series *series = &entry->series;
    if (new) {
        series->last = INT64_MIN;
        series->meter = entry->zone_field;
        series->unknown = !take_name("station", station, &series->fault);
    }
    if (new && !series->unknown && !*station)
        series->unknown = !check_refuse(&series->fault, CHECK_TAG, "no name of a station");
    return series;
}
