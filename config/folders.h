// SPDX-License-Identifier: GPL-3.0-or-later
// What the keys of a folder must be together, and the zone_map that one may name.
#ifndef PHUTAI_CONFIG_FOLDERS_H
#define PHUTAI_CONFIG_FOLDERS_H

#include <stdbool.h>

#include "config.h"

// Where the section of each stands in the INI file, for words.
struct folders_place {
    const char *path;
    unsigned long lines[CONFIG_NAMED_MAX];
};

// Checks all folders against the site and its zones, and reads their zone_maps. Adds every fault to
// `errors`; true where there was none.
[[nodiscard]] bool folders_read(struct config *config, const struct folders_place *place,
                                struct config_errors *errors);

void folders_free(struct config *config);

#endif
