// SPDX-License-Identifier: GPL-3.0-or-later
// A folder that CSV files are dropped into, watched by inotify and looked through each minute, one
// file at a time.
#ifndef PHUTAI_DAEMON_FOLDER_SOURCE_H
#define PHUTAI_DAEMON_FOLDER_SOURCE_H

#include "daemon/sources.h"
#include "daemon/standing.h"

struct folder_source;

// Begins at the next turn of the loop. NULL without memory. A folder that is not there, or may not
// be written to, is told in its standing and looked at again. What is in `setup`, the section and
// the standing must outlive it.
struct folder_source *folder_source_new(const struct sources_setup *setup,
                                        const struct config_folder *folder,
                                        struct standing *standing);

// What is being read is read again by the next one.
void folder_source_free(struct folder_source *source); // takes NULL

#endif
