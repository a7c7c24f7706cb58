// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/metering.h"

#include <stdlib.h>
#include <string.h>

struct meter {
    char *zone, *name;
    int64_t first, last; // readings
};

struct metering {
    size_t n, size;
    struct meter *meters; // zone by zone
    size_t zone_start;    // of the zone being walked
    bool no_memory;
};

void metering_free(struct metering *metering)
{
    if (!metering)
        return;
    for (size_t i = 0; i < metering->n; i++) {
        free(metering->meters[i].zone);
        free(metering->meters[i].name);
    }
    free(metering->meters);
    free(metering);
}

static struct meter *find(struct metering *metering, const struct store_reading *reading)
{
    for (size_t i = metering->zone_start; i < metering->n; i++)
        if (!strcmp(metering->meters[i].name, reading->meter))
            return &metering->meters[i];
    return NULL;
}

static bool add(struct metering *metering, const struct store_reading *reading)
{
    if (metering->n == metering->size) {
        const size_t size = 2 * metering->size + 16;
        struct meter *meters = reallocarray(metering->meters, size, sizeof *meters);
        if (!meters)
            return false;
        metering->meters = meters;
        metering->size = size;
    }
    struct meter *meter = &metering->meters[metering->n++];
    *meter = (struct meter){.zone = strdup(reading->zone),
                            .name = strdup(reading->meter),
                            .first = reading->instant,
                            .last = reading->instant};
    return meter->zone && meter->name;
}

static bool take_reading(void *context, const struct store_reading *reading)
{
    struct metering *metering = context;
    if (!*reading->meter)
        return true;
    // The walk goes zone by zone.
    if (metering->n > metering->zone_start &&
        strcmp(metering->meters[metering->zone_start].zone, reading->zone) != 0)
        metering->zone_start = metering->n;
    struct meter *meter = find(metering, reading);
    if (meter)
        meter->last = reading->instant;
    else
        metering->no_memory = !add(metering, reading);
    return !metering->no_memory;
}

struct metering *metering_new(struct store *store, const char *zone)
{
    struct metering *metering = calloc(1, sizeof *metering);
    if (metering && store_each_reading(store, zone, INT64_MIN, INT64_MAX, take_reading, metering) &&
        !metering->no_memory)
        return metering;
    metering_free(metering);
    return NULL;
}

size_t metering_expected(const struct metering *metering, const char *zone, int64_t instant)
{
    size_t expected = 0;
    for (size_t i = 0; i < metering->n; i++)
        expected += !strcmp(metering->meters[i].zone, zone) &&
                    instant >= metering->meters[i].first &&
                    instant <= metering->meters[i].last + METERING_SILENT_S;
    return expected;
}
