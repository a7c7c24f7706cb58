// SPDX-License-Identifier: GPL-3.0-or-later
// The meters of the store's zones, and the loads that they add up to (metering_sum.h).
#ifndef PHUTAI_DAEMON_METERING_H
#define PHUTAI_DAEMON_METERING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/metering_sum.h"
#include "daemon/store.h"

struct metering;

// Looks through all readings of `zone`, or of all zones where it is NULL. NULL where the store
// fails or memory is short. `missing_pct` is that of [intake].
struct metering *metering_new(struct store *store, const char *zone, double missing_pct);
// The same of one zone for walks within [from, to) alone, without looking through all: what these
// intervals come to depends on the readings of the four weeks around them. No meters are listed but
// those.
struct metering *metering_new_between(struct store *store, const char *zone, int64_t from,
                                      int64_t to, double missing_pct);
void metering_free(struct metering *metering);

// An interval of a zone that anything is known of; valid during the call.
struct metering_interval {
    const char *zone;
    int64_t instant;
    enum metering_state state; // not METERING_NOTHING
    double mw;
    size_t present, missing; // meters; 0 for a reading of the zone itself
    double missing_pct;      // of the zone's usual load
    const char *names;       // of the missing ones of an incomplete sum, by ", "
};
// False ends the walk.
typedef bool metering_interval_fn(void *context, const struct metering_interval *interval);

// In order of zone and time, from <= instant < to. False where the store fails or memory is short.
[[nodiscard]] bool metering_each(struct metering *metering, int64_t from, int64_t to,
                                 metering_interval_fn *fn, void *context);

// The meters (other than "", the zone itself) in order of their zones.
struct metering_meter {
    const char *zone, *name;
    int64_t first, last;           // readings
    struct metering_newest newest; // of its zone
};
size_t metering_meters(const struct metering *metering);
struct metering_meter metering_meter(const struct metering *metering, size_t i);

#endif
