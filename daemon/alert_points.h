// SPDX-License-Identifier: GPL-3.0-or-later
// A change of an alert as line protocol:
//
//   alert,level=L,rule=R,zone=Z limit=..,state="firing",text="...",value=.. TIME
//
// state is what the alert is from then on (firing, acknowledged, resolved), under its level; of
// what was resolved, under the one before. Where the level changes, the series of the level that
// was left ends in a point of its own, with the state worse or eased: the newest state of a series
// says whether it stands. What is not known is left out; a tag origin=simulated as with forecasts.
#ifndef PHUTAI_DAEMON_ALERT_POINTS_H
#define PHUTAI_DAEMON_ALERT_POINTS_H

#include <stdbool.h>

#include "config/config.h"
#include "daemon/buffer.h"
#include "daemon/store_alerts.h"

struct alert_points_change {
    const struct store_alert_event *event;
    enum alert_state state;
    enum alert_level left;         // level before the change
    enum config_language language; // of the text
    bool simulated;
};

// Appends a line, or two where the level changes. It disappears as lineproto_end says.
void alert_points_put(struct buffer *out, const struct alert_points_change *change);

#endif
