// SPDX-License-Identifier: GPL-3.0-or-later
// The meters of one zone in the engine's memory: their series, the load that they add up to, and
// word of those that fall silent. Weather stations are kept in the same way.
#ifndef PHUTAI_DAEMON_ENGINE_METERS_H
#define PHUTAI_DAEMON_ENGINE_METERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/metering_sum.h"
#include "models/civil.h"
#include "models/series.h"

struct engine_meter {
    char *id; // "": the zone itself
    struct series series;
    enum metering_voice told; // METERING_UNASKED: nothing yet
};

struct engine_meters { // begins as zeros
    size_t n, last;    // the one looked for last
    struct engine_meter *list;
};

// The series of that name, made when it is new. NULL without memory. Valid until the next new one.
struct series *engine_meters_named(struct engine_meters *meters, const char *id, int32_t step_s);
void engine_meters_forget(struct engine_meters *meters);

struct engine_meters_span {
    int64_t from, to; // instants; `to` on the grid
    int32_t step_s;
    double missing_pct; // that of [intake]
};

// The zone's load: the reading of the zone itself where there is one, else the sum of its meters
// where that is complete enough (metering_sum.h), else a gap. *ret_incomplete counts the sums that
// are not. The caller ends the series in either case. False without memory. O(intervals * meters).
[[nodiscard]] bool engine_meters_sum(const struct engine_meters *meters,
                                     struct engine_meters_span span, struct series *ret,
                                     size_t *ret_incomplete);

// Logs which meters of a zone have fallen silent since the last call, and which are back, by the
// rule of metering_voice_of. How many are silent, for a week at most.
size_t engine_meters_tell(struct engine_meters *meters, const char *zone,
                          const struct civil_clock *clock, int32_t step_s);

#endif
