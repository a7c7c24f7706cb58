// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/entry_list.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/text.h"
#include "daemon/log.h"

static_assert((int)ENTRY_LINE == (int)CONFIG_ENTRY_LINE &&
              (int)ENTRY_MASK == (int)CONFIG_ENTRY_MASK);

// A list being read.
struct reading {
    const struct config *config;
    struct entry_list *list;
    bool no_memory;
};

int64_t entry_list_instant(const struct civil_clock *clock, const struct config_time *time,
                           int64_t otherwise)
{
    if (!time->given)
        return otherwise;
    return time->offset_s == TEXT_NO_OFFSET ? civil_instant(clock, time->local_s)
                                            : time->local_s - time->offset_s;
}

static void free_texts(struct entry_list_item *item)
{
    free(item->zone);
    free(item->author);
    free(item->note);
    free(item->ended_by);
}

void entry_list_done(struct entry_list *list)
{
    for (size_t k = 0; k < list->n; k++)
        free_texts(&list->items[k]);
    free(list->items);
    *list = (struct entry_list){0};
}

// Takes the item and copies its texts, which are the caller's.
static bool add(struct reading *reading, struct entry_list_item item)
{
    struct entry_list *list = reading->list;
    struct entry_list_item *grown = realloc(list->items, (list->n + 1) * sizeof *list->items);
    list->items = grown ? grown : list->items;
    item.zone = strdup(item.zone);
    item.author = strdup(item.author);
    item.note = strdup(item.note);
    item.ended_by = strdup(item.ended_by);
    if (grown && item.zone && item.author && item.note && item.ended_by) {
        grown[list->n++] = item;
        return true;
    }
    free_texts(&item);
    reading->no_memory = true;
    return false;
}

static bool add_of_file(struct reading *reading, const struct civil_clock *clock,
                        const struct config_entry *from)
{
    struct entry_list_item item = {
        .zone = reading->config->zones[from->zone].id,
        .author = from->author,
        .note = from->note,
        .ended_by = (char[]){""},
        .expires = entry_list_instant(clock, &from->expires, INT64_MAX),
        .ended_at = INT64_MAX,
        .entry =
            {
                .id = from->key,
                .kind = (enum entry_kind)from->kind,
                .zone = from->zone,
                .from = entry_list_instant(clock, &from->from, 0),
                .to = entry_list_instant(clock, &from->to, INT64_MAX),
                .ramp_s = from->ramp_s,
                .mw = from->mw,
                .factor = from->factor,
                .probability = from->probability,
                .hours_from_s = from->hours_from_s,
                .hours_to_s = from->hours_to_s,
                .into_from_s = from->into_from_s,
                .into_to_s = from->into_to_s,
            },
    };
    if (*from->id)
        snprintf(item.id, sizeof item.id, "file:%s", from->id);
    else
        snprintf(item.id, sizeof item.id, "file:%lu", from->line);
    return add(reading, item);
}

// store_each_entry's call. A kind or window that this version does not know is left out.
static bool add_of_store(void *context, const struct store_entry *from)
{
    struct reading *reading = context;
    enum config_entry_kind kind;
    struct entry_list_item item = {
        .expires = from->expires,
        .ended_at = from->ended_at,
        .entered_at = from->entered_at,
        .entry =
            {
                .id = (uint64_t)from->id,
                .zone = config_zone_find(reading->config, from->zone),
                .from = from->from,
                .to = from->to,
                .ramp_s = from->ramp_s,
                .mw = from->mw,
                .factor = from->factor,
                .probability = from->probability,
                .hours_to_s = CIVIL_DAY_S,
            },
    };
    struct entry *entry = &item.entry;
    if (!register_kind(from->kind, &kind) ||
        (*from->hours && !register_window(from->hours, &entry->hours_from_s, &entry->hours_to_s)) ||
        (*from->into && !register_window(from->into, &entry->into_from_s, &entry->into_to_s)))
        return true;
    entry->kind = (enum entry_kind)kind;
    snprintf(item.id, sizeof item.id, "%lld", (long long)from->id);
    // Copied before it is kept.
    memcpy(&item.zone, &from->zone, sizeof item.zone);
    memcpy(&item.author, &from->author, sizeof item.author);
    memcpy(&item.note, &from->note, sizeof item.note);
    memcpy(&item.ended_by, &from->ended_by, sizeof item.ended_by);
    return add(reading, item);
}

bool entry_list_read(const struct config *config, const struct civil_clock *clock,
                     struct store *store, struct entry_list *ret)
{
    struct entry_list list = {0};
    struct reading reading = {.config = config, .list = &list};
    for (size_t k = 0; k < config->n_entries && !reading.no_memory; k++)
        (void)!add_of_file(&reading, clock, &config->entries[k]);
    bool fine = !reading.no_memory && (!store || store_each_entry(store, add_of_store, &reading)) &&
                !reading.no_memory;
    if (fine)
        *ret = list;
    else
        entry_list_done(&list);
    return fine;
}

// The entries of a configuration that has nothing but zones.
static bool read_alone(struct config *config, const char *path, const struct civil_clock *clock,
                       struct entry_list *ret)
{
    struct config_errors errors = {0};
    bool fine = register_read(config, path, &errors);
    for (size_t k = 0; k < errors.n; k++)
        log_error("%s", errors.text[k]);
    config_errors_done(&errors);
    if (fine && !entry_list_read(config, clock, NULL, ret)) {
        log_error("%s: out of memory", path);
        fine = false;
    }
    register_free(config);
    return fine;
}

bool entry_list_read_file(const char *path, const struct civil_clock *clock, size_t n,
                          const char *const zones[], struct entry_list *ret)
{
    struct config config = {.n_zones = n, .zones = calloc(n + 1, sizeof *config.zones)};
    // Only looked at.
    for (size_t k = 0; config.zones && k < n; k++)
        memcpy(&config.zones[k].id, &zones[k], sizeof zones[k]);
    bool fine = config.zones && read_alone(&config, path, clock, ret);
    free(config.zones);
    return fine;
}

struct entry entry_list_at(const struct entry_list_item *item, int64_t issue)
{
    struct entry entry = item->entry;
    if (item->ended_at < entry.to)
        entry.to = item->ended_at;
    if (item->expires <= issue && item->expires < entry.to)
        entry.to = item->expires;
    return entry;
}

bool entry_list_of_zone(const struct entry_list *list, size_t zone, int64_t issue, size_t *ret_n,
                        struct entry **ret)
{
    struct entry *entries = malloc((list->n + 1) * sizeof *entries);
    size_t n = 0;
    if (!entries)
        return false;
    for (size_t k = 0; k < list->n; k++) {
        if (list->items[k].entry.zone != zone)
            continue;
        entries[n] = entry_list_at(&list->items[k], issue);
        n += entries[n].to > entries[n].from;
    }
    if (n)
        qsort(entries, n, sizeof *entries, entry_compare);
    *ret_n = n;
    *ret = entries;
    return true;
}

const char *entry_list_state(const struct entry_list_item *item, int64_t now)
{
    if (item->ended_at != INT64_MAX && item->ended_at <= now)
        return "ended";
    if (item->entry.to <= now)
        return "over";
    if (item->expires <= now)
        return "expired";
    return item->entry.from <= now ? "in force" : "planned";
}

struct store_entry entry_list_stored(const struct config *config, const struct civil_clock *clock,
                                     const struct config_entry *entry, int64_t now,
                                     struct entry_list_windows *windows)
{
    *windows = (struct entry_list_windows){0};
    if (entry->hours_from_s || entry->hours_to_s != CIVIL_DAY_S)
        register_write_window(entry->hours_from_s, entry->hours_to_s, windows->hours);
    if (entry->into_from_s || entry->into_to_s)
        register_write_window(entry->into_from_s, entry->into_to_s, windows->into);
    return (struct store_entry){
        .zone = config->zones[entry->zone].id,
        .kind = register_kind_name(entry->kind),
        .mw = entry->mw,
        .factor = entry->factor,
        .probability = entry->probability,
        .from = entry_list_instant(clock, &entry->from, 0),
        .to = entry_list_instant(clock, &entry->to, INT64_MAX),
        .ramp_s = entry->ramp_s,
        .hours = windows->hours,
        .into = windows->into,
        .author = entry->author,
        .note = entry->note,
        .expires = entry_list_instant(clock, &entry->expires, INT64_MAX),
        .entered_at = now,
        .ended_at = INT64_MAX,
        .ended_by = "",
        .end_entered_at = INT64_MAX,
    };
}
