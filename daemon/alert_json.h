// SPDX-License-Identifier: GPL-3.0-or-later
// What is told at once, as JSON for webhooks: one line without a newline.
//
//   {"version":1,"id":"0123456789abcdef","site":"...","link":"https://...",
//    "time":"2024-06-04T13:00:00+07:00","simulated":false,"substation":"...","day":"2024-06-05",
//    "alerts":[{"rule":"...","zone":"...","zone_name":"...","notice":"fired","level":"watch",
//               "state":"firing","since":"...","value":0.9,"limit":23.85,
//               "title":{"vi":"...","en":"..."},"text":{"vi":"...","en":"..."},
//               "acknowledged":{"by":"...","note":"...","until":"..."}}]}
//
// What is not known is left out: a key is there or it is not, never null. Texts are in NFC. The
// same notices at the same time have the same id, different ones another: whoever gets an id twice
// has been told before.
#ifndef PHUTAI_DAEMON_ALERT_JSON_H
#define PHUTAI_DAEMON_ALERT_JSON_H

#include <stddef.h>
#include <stdint.h>

#include "daemon/store_alerts.h"
#include "models/civil.h"

struct alert_json_notice {
    const struct store_alert *alert;
    const char *zone_name; // NULL or "" where there is none
    enum alert_notice notice;
};

struct alert_json_group {
    const char *site, *link; // "" or NULL: none
    const struct civil_clock *clock;
    int64_t now; // instant
    bool simulated;
    const char *substation; // "" for none
    int64_t day;            // civil, CONFIG_NO_DAY for none
    size_t n;
    const struct alert_json_notice *notices;
};

// For the caller to free; NULL without memory. Of what is resolved, the level is the one before
// (`ended`). Some 5 us a notice.
char *alert_json(const struct alert_json_group *group);

#endif
