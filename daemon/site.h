// SPDX-License-Identifier: GPL-3.0-or-later
// A site as the commands that work on the daemon's store see it: its configuration, the clock on
// its wall, its store. What fails is logged here.
#ifndef PHUTAI_DAEMON_SITE_H
#define PHUTAI_DAEMON_SITE_H

#include <stdbool.h>
#include <stdint.h>

#include "config/config.h"
#include "daemon/store.h"
#include "models/civil.h"

struct site {
    struct config *config;
    struct civil_clock clock;
    struct store *store;
    bool simulated; // the store holds readings or weather that were made up
};

// Reads the configuration at `path` and opens the store that it names. Data that were made up are
// warned of.
[[nodiscard]] bool site_open(struct site *site, const char *path, enum store_mode mode);
void site_close(struct site *site); // also after a failed site_open

// The instant of an option's time, such as 2024-05-01 or 2024-05-01T13:30+07:00; without an offset
// it is the site's local time. False, with nothing logged, where the text is no time.
[[nodiscard]] bool site_time(const struct site *site, const char *text, int64_t *ret_instant);

#endif
