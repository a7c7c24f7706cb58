// SPDX-License-Identifier: GPL-3.0-or-later
// What an Alertmanager is posted of an alert: labels, which are what it is known by there, and
// words beside them. Pure.
#ifndef PHUTAI_DAEMON_ALERTMANAGER_POST_H
#define PHUTAI_DAEMON_ALERTMANAGER_POST_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "config/config.h"
#include "daemon/store_alerts.h"

// An alert that is no longer posted ends there after so many turns.
enum { ALERTMANAGER_TURNS = 5 };

struct alertmanager_turn { // what is the same for all of a turn
    const struct config *config;
    int64_t now, every_s;
};

// Each of these: false without memory.

// The labels that tell this alert from all others of its kind: alertname, severity, site, zone.
[[nodiscard]] bool alertmanager_post_labels(const struct alertmanager_turn *turn,
                                            const struct store_alert *alert, enum alert_level level,
                                            json_t *labels);

// Appends to `alerts` the alert under the level that others were told; nothing of one that nobody
// was told of.
[[nodiscard]] bool alertmanager_post_alert(const struct alertmanager_turn *turn,
                                           const struct store_alert *alert, json_t *alerts);

// Appends to `ends` the end of what others were told before, where there was something. Where they
// were told another level since, it is said by an annotation, replaced_by.
[[nodiscard]] bool alertmanager_post_end(const struct alertmanager_turn *turn,
                                         const struct store_alert *alert, json_t *ends);

// Reads the answer to GET /api/v2/alerts, which are those that have not ended, and appends those of
// `ends` that it has to `alerts`. An end that is posted again would be told of again, beside the
// next change of its group. False where the answer is not what it should be, or without memory.
[[nodiscard]] bool alertmanager_post_ends(const json_t *ends, const char *answer, json_t *alerts);

// The alert that is there as long as forecasts are made; nothing from `until` on.
[[nodiscard]] bool alertmanager_post_alive(const struct alertmanager_turn *turn, int64_t until,
                                           json_t *alerts);

// For keys and texts of what is posted: in one line (one_line.h), a time of UTC.
[[nodiscard]] bool alertmanager_post_text(json_t *object, const char *key, const char *text);
[[nodiscard]] bool alertmanager_post_time(json_t *object, const char *key, int64_t instant);

#endif
