// SPDX-License-Identifier: GPL-3.0-or-later
// A folder that CSV files are dropped into, watched by inotify and looked through each minute, one
// file at a time.
#ifndef PHUTAI_DAEMON_FOLDER_SOURCE_H
#define PHUTAI_DAEMON_FOLDER_SOURCE_H

#include <systemd/sd-event.h>

#include "config/config.h"
#include "daemon/deposit.h"
#include "daemon/metrics.h"
#include "daemon/store.h"

struct folder_source;

struct folder_source_setup { // all must outlive it
    const struct config *config;
    const struct config_folder *folder;
    sd_event *event;
    struct store *store;
    struct deposits *deposits;
    struct metrics *metrics;
};

// Begins at the next turn of the loop. NULL without memory. A folder that is not there, or may not
// be written to, is told (standing.h) and looked at again.
struct folder_source *folder_source_new(const struct folder_source_setup *setup);

// What is being read is read again by the next one.
void folder_source_free(struct folder_source *source); // takes NULL

#endif
