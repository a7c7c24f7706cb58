// SPDX-License-Identifier: GPL-3.0-or-later
// What forecasts of one zone are made from, as known at an issue, from files: with declared changes
// taken into account, the weather of its own stations, and what looks like a fault left out.
#ifndef PHUTAI_DAEMON_ZONE_HISTORY_H
#define PHUTAI_DAEMON_ZONE_HISTORY_H

#include "daemon/dataset.h"
#include "models/changes.h"
#include "models/clean_marks.h"
#include "models/model.h"

struct zone_history { // start from zero; what was chosen and found is kept from issue to issue
    struct changes changes;
    struct stations_choice choice;
    struct clean_marks marks;
    struct series temp;
};
void zone_history_done(struct zone_history *history);

// *ret points into `history`, until the next call. False without memory.
[[nodiscard]] bool zone_history_at(struct zone_history *history, const struct dataset *dataset,
                                   const struct dataset_series *zone, int64_t issue,
                                   int64_t weather_until, struct model_data *ret);

// The same without looking for faults, from all that is known: for what looks back.
[[nodiscard]] bool zone_history_whole(struct zone_history *history, const struct dataset *dataset,
                                      const struct dataset_series *zone, struct model_data *ret);

#endif
