// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/metering.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/buffer.h"

enum { NAMES_MAX = 1 << 20 };

struct zone {
    char *name;
    struct metering_newest newest;
};

struct meter {
    const char *zone; // that of its zone
    size_t zone_number;
    char *name;
    struct metering_usual usual;
    double mw; // of the interval at hand, NaN for nothing
};

struct metering {
    struct store *store;
    char *only; // this zone; NULL for all
    double missing_pct;
    size_t n_zones, zones_size;
    struct zone *zones;
    size_t n, size;
    struct meter *meters; // zone by zone
    size_t zone_start;    // of the zone being walked
    bool no_memory;
};

void metering_free(struct metering *metering)
{
    if (!metering)
        return;
    for (size_t i = 0; i < metering->n_zones; i++)
        free(metering->zones[i].name);
    for (size_t i = 0; i < metering->n; i++) {
        free(metering->meters[i].name);
        metering_usual_done(&metering->meters[i].usual);
    }
    free(metering->zones);
    free(metering->meters);
    free(metering->only);
    free(metering);
}

static struct meter *find(struct metering *metering, size_t from,
                          const struct store_reading *reading)
{
    for (size_t i = from; i < metering->n; i++)
        if (!strcmp(metering->meters[i].name, reading->meter) &&
            !strcmp(metering->meters[i].zone, reading->zone))
            return &metering->meters[i];
    return NULL;
}

// The zone that the walk, which goes zone by zone, has come to. NULL without memory.
static struct zone *zone_of(struct metering *metering, const char *name)
{
    if (metering->n_zones && !strcmp(metering->zones[metering->n_zones - 1].name, name))
        return &metering->zones[metering->n_zones - 1];
    if (metering->n_zones == metering->zones_size) {
        const size_t size = 2 * metering->zones_size + 16;
        struct zone *zones = reallocarray(metering->zones, size, sizeof *zones);
        if (!zones)
            return NULL;
        metering->zones = zones;
        metering->zones_size = size;
    }
    struct zone *zone = &metering->zones[metering->n_zones];
    *zone = (struct zone){.name = strdup(name), .newest = {INT64_MIN, INT64_MIN}};
    if (!zone->name)
        return NULL;
    metering->n_zones++;
    metering->zone_start = metering->n;
    return zone;
}

// Of the zone that the walk has come to.
static struct meter *add(struct metering *metering, const struct store_reading *reading)
{
    if (metering->n == metering->size) {
        const size_t size = 2 * metering->size + 16;
        struct meter *meters = reallocarray(metering->meters, size, sizeof *meters);
        if (!meters)
            return NULL;
        metering->meters = meters;
        metering->size = size;
    }
    struct meter *meter = &metering->meters[metering->n++];
    *meter = (struct meter){.zone = metering->zones[metering->n_zones - 1].name,
                            .zone_number = metering->n_zones - 1,
                            .name = strdup(reading->meter),
                            .mw = (double)NAN};
    return meter->name ? meter : NULL;
}

static bool learn_reading(void *context, const struct store_reading *reading)
{
    struct metering *metering = context;
    struct zone *zone = zone_of(metering, reading->zone);
    struct meter *meter = NULL;
    if (zone && *reading->meter) {
        meter = find(metering, metering->zone_start, reading);
        meter = meter ? meter : add(metering, reading);
    }
    metering->no_memory =
        !zone || (*reading->meter &&
                  (!meter || !metering_usual_add(&meter->usual, reading->instant, reading->mw)));
    if (metering->no_memory)
        return false;
    zone->newest.any = reading->instant;
    zone->newest.whole = meter ? zone->newest.whole : reading->instant;
    return true;
}

static struct metering *learn(struct store *store, const char *zone, int64_t from, int64_t to,
                              double missing_pct)
{
    struct metering *metering = calloc(1, sizeof *metering);
    if (!metering)
        return NULL;
    metering->store = store;
    metering->missing_pct = missing_pct;
    metering->only = zone ? strdup(zone) : NULL;
    if (!zone == !metering->only &&
        store_each_reading(store, zone, from, to, learn_reading, metering) && !metering->no_memory)
        return metering;
    metering_free(metering);
    return NULL;
}

struct metering *metering_new(struct store *store, const char *zone, double missing_pct)
{
    return learn(store, zone, INT64_MIN, INT64_MAX, missing_pct);
}

static int64_t block_begin(int64_t instant, int64_t blocks_on)
{
    const int64_t number = instant / METERING_BLOCK_S - (instant % METERING_BLOCK_S < 0);
    return (number + blocks_on) * METERING_BLOCK_S;
}

// A meter that is part of its zone has said something within METERING_SILENT_S, and what it usually
// says is of the block of the interval or, where that has nothing of it, of the block before. Of a
// zone without meters there is nothing to learn.
struct metering *metering_new_between(struct store *store, const char *zone, int64_t from,
                                      int64_t to, double missing_pct)
{
    const int64_t first = block_begin(from, -1), end = block_begin(to, 1);
    bool has;
    if (!store_has_meters(store, zone, first, end, &has))
        return NULL;
    return learn(store, zone, first, has ? end : first, missing_pct);
}

// A walk, and the interval that is being summed.
struct walk {
    struct metering *metering;
    metering_interval_fn *fn;
    void *context;
    char *zone;      // NULL before the first
    size_t from, to; // its meters
    int64_t instant;
    double whole;
    struct buffer names;
    bool ended;
};

static void begin_zone(struct walk *walk, const char *zone)
{
    const struct metering *metering = walk->metering;
    free(walk->zone);
    walk->zone = strdup(zone);
    walk->from = 0;
    while (walk->from < metering->n && strcmp(metering->meters[walk->from].zone, zone) != 0)
        walk->from++;
    walk->to = walk->from;
    while (walk->to < metering->n && !strcmp(metering->meters[walk->to].zone, zone))
        walk->to++;
}

static struct metering_sum sum_meters(const struct walk *walk)
{
    struct metering_sum sum = METERING_SUM_EMPTY;
    sum.whole = walk->whole;
    for (size_t i = walk->from; i < walk->to; i++) {
        const struct meter *meter = &walk->metering->meters[i];
        metering_sum_add(&sum, &meter->usual, walk->instant, meter->mw);
    }
    return sum;
}

static void name_missing(struct walk *walk)
{
    buffer_clear(&walk->names);
    for (size_t i = walk->from; i < walk->to; i++) {
        const struct meter *meter = &walk->metering->meters[i];
        if (isnan(meter->mw) && metering_usual_counts(&meter->usual, walk->instant))
            buffer_printf(&walk->names, "%s%s", walk->names.length ? ", " : "", meter->name);
    }
}

static void give_interval(struct walk *walk)
{
    const struct metering_sum sum = sum_meters(walk);
    struct metering_interval interval = {.zone = walk->zone, .instant = walk->instant, .names = ""};
    interval.state = metering_sum_judge(&sum, walk->metering->missing_pct, &interval.mw);
    if (isnan(walk->whole)) {
        interval.present = sum.present;
        interval.missing = sum.missing;
        interval.missing_pct = metering_sum_missing_pct(&sum);
    }
    if (interval.state == METERING_INCOMPLETE) {
        name_missing(walk);
        interval.names = walk->names.failed ? "" : walk->names.data;
    }
    if (interval.state != METERING_NOTHING)
        walk->ended = !walk->fn(walk->context, &interval);
}

static void begin_interval(struct walk *walk, int64_t instant)
{
    walk->instant = instant;
    walk->whole = (double)NAN;
    for (size_t i = walk->from; i < walk->to; i++)
        walk->metering->meters[i].mw = (double)NAN;
}

static bool take_reading(void *context, const struct store_reading *reading)
{
    struct walk *walk = context;
    const bool same_zone = walk->zone && !strcmp(walk->zone, reading->zone);
    if (!same_zone || reading->instant != walk->instant) {
        if (walk->zone)
            give_interval(walk);
        if (!same_zone)
            begin_zone(walk, reading->zone);
        begin_interval(walk, reading->instant);
    }
    struct meter *meter = *reading->meter ? find(walk->metering, walk->from, reading) : NULL;
    if (meter)
        meter->mw = reading->mw;
    else if (!*reading->meter)
        walk->whole = reading->mw;
    walk->metering->no_memory |= !walk->zone;
    return !walk->ended && walk->zone;
}

bool metering_each(struct metering *metering, int64_t from, int64_t to, metering_interval_fn *fn,
                   void *context)
{
    struct walk walk = {.metering = metering, .fn = fn, .context = context};
    buffer_init(&walk.names, NAMES_MAX);
    const bool good =
        store_each_reading(metering->store, metering->only, from, to, take_reading, &walk) &&
        !metering->no_memory;
    if (good && walk.zone && !walk.ended)
        give_interval(&walk);
    buffer_done(&walk.names);
    free(walk.zone);
    return good;
}

size_t metering_meters(const struct metering *metering)
{
    return metering->n;
}

struct metering_meter metering_meter(const struct metering *metering, size_t i)
{
    const struct meter *meter = &metering->meters[i];
    return (struct metering_meter){.zone = meter->zone,
                                   .name = meter->name,
                                   .first = meter->usual.first,
                                   .last = meter->usual.last,
                                   .newest = metering->zones[meter->zone_number].newest};
}
