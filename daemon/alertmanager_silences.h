// SPDX-License-Identifier: GPL-3.0-or-later
// Which silences an Alertmanager should have, those that it has, and what makes the one of the
// other. A silence is of exactly one alert. Pure.
#ifndef PHUTAI_DAEMON_ALERTMANAGER_SILENCES_H
#define PHUTAI_DAEMON_ALERTMANAGER_SILENCES_H

#include <jansson.h>
#include <stdbool.h>

#include "daemon/alertmanager_post.h"

// Appends to `wanted` the silence of an alert that is acknowledged or quiet; nothing of another.
// False without memory.
[[nodiscard]] bool alertmanager_silences_want(const struct alertmanager_turn *turn,
                                              const struct store_alert *alert, json_t *wanted);

struct alertmanager_silences { // what is to be sent, in this order; arrays of the caller's
    json_t *ended;             // ids (strings) of our silences that are not wanted
    json_t *posted; // bodies that make those that lack, and change those that end at another time
};

// Reads the answer to GET /api/v2/silences and appends to both. False where the answer is not what
// it should be, or without memory. Silences that others made, or another site, are left alone.
// O(wanted times answered).
[[nodiscard]] bool alertmanager_silences_compare(const struct alertmanager_turn *turn,
                                                 const json_t *wanted, const char *answer,
                                                 struct alertmanager_silences *ret);

#endif
