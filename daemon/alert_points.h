// SPDX-License-Identifier: GPL-3.0-or-later
// A change of an alert as line protocol:
//
//   alert,level=L,rule=R,zone=Z change="worse",limit=..,state="firing",text="...",value=.. TIME
//
// change is what the history calls it (fired, worse, eased, resolved, acknowledged,
// unacknowledged), state what the alert is from then on (firing, acknowledged, resolved). The level
// is that from then on, of what was resolved the one before, so that a series ends under the name
// under which it went on. What is not known is left out; a tag origin=simulated as with forecasts.
#ifndef PHUTAI_DAEMON_ALERT_POINTS_H
#define PHUTAI_DAEMON_ALERT_POINTS_H

#include <stdbool.h>

#include "config/config.h"
#include "daemon/buffer.h"
#include "daemon/store_alerts.h"

struct alert_points_change {
    const struct store_alert_event *event;
    enum alert_state state;
    enum config_language language; // of the text
    bool simulated;
};

// Appends one line. It disappears as lineproto_end says.
void alert_points_put(struct buffer *out, const struct alert_points_change *change);

#endif
