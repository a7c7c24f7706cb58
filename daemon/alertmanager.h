// SPDX-License-Identifier: GPL-3.0-or-later
// Keeps a Prometheus Alertmanager (API v2) at the state of the alerts in the store: what fires is
// posted again and again, each time with an end a few turns ahead, what is over with the time it
// ended, as long as it fires there. An Alertmanager that was away or lost its memory has it back a
// turn later. It routes, groups and repeats; who acknowledges or mutes here makes a silence of just
// that alert there.
//
// Labels: alertname (the rule), zone, severity (watch, emergency, extreme), substation, day, site.
// An alert whose level changes ends under the one severity and begins under the other. One more
// alert, PhutaiAlive, fires as long as forecasts are made: where it ends, they have stopped.
#ifndef PHUTAI_DAEMON_ALERTMANAGER_H
#define PHUTAI_DAEMON_ALERTMANAGER_H

#include <stdbool.h>
#include <stdint.h>
#include <systemd/sd-event.h>

#include "config/config.h"
#include "daemon/http_client.h"
#include "daemon/store.h"

// One turn reads the store, asks which silences and alerts there are, ends the silences that are
// not wanted, makes those that lack, and posts the alerts, one request at a time. A turn that fails
// is made again after a pause, from what is so then.
struct alertmanager;

struct alertmanager_setup { // all must outlive it
    sd_event *event;
    struct http_client *client;
    struct store *store;
    const struct config *config;
    const struct config_alertmanager *target;
    // Instant until which forecasts count as alive, by the last one that was made; 0: none yet.
    int64_t (*alive_until)(void *context);
    void *context;
    int64_t retry_first_ms; // the first pause after a failure, 0: a second; doubles up to two turns
};

// NULL without memory. Turns at once, then each `every`.
struct alertmanager *alertmanager_new(const struct alertmanager_setup *setup);
void alertmanager_free(struct alertmanager *alertmanager);

// Something has changed: turns at once, unless it waits after a failure.
void alertmanager_kick(struct alertmanager *alertmanager);

#endif
