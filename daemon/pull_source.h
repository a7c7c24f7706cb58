// SPDX-License-Identifier: GPL-3.0-or-later
// A database that readings or weather are fetched from, on the loop.
//
// A round looks at everything from `overlap` before where the last one ended up to now, in windows
// of time, the oldest first. A window is sized so that its answer stays small: halved where an
// answer is cut or takes too long, doubled where it is short. How far it has come is kept in the
// standing (kind "pull", position: the instant before which all was fetched once), after what was
// fetched is durable: so that a kill at any moment costs one window.
//
// While the server is away or says what cannot be read, the same window is asked for again after a
// pause that doubles, up to 5 minutes, with jitter, or after as long as the server says.
#ifndef PHUTAI_DAEMON_PULL_SOURCE_H
#define PHUTAI_DAEMON_PULL_SOURCE_H

#include <systemd/sd-event.h>

#include "config/config.h"
#include "daemon/deposit.h"
#include "daemon/http_client.h"
#include "daemon/metrics.h"
#include "daemon/standing.h"

struct pull_source;

struct pull_source_setup { // all must outlive it
    const struct config *config;
    const struct config_pull *pull;
    sd_event *event;
    struct http_client *client;
    struct standing *standing; // of kind "pull"
    struct deposits *deposits;
    struct metrics *metrics;
    int64_t retry_first_ms; // the first pause
};

// Begins at the next turn of the loop. NULL without memory.
struct pull_source *pull_source_new(const struct pull_source_setup *setup);
void pull_source_free(struct pull_source *source); // takes NULL

#endif
