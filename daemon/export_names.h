// SPDX-License-Identifier: GPL-3.0-or-later
// What exports call the zones of a site and their meters.
#ifndef PHUTAI_DAEMON_EXPORT_NAMES_H
#define PHUTAI_DAEMON_EXPORT_NAMES_H

#include <stddef.h>

#include "config/config.h"

enum export_name {
    EXPORT_NAME_UNKNOWN,
    EXPORT_NAME_ZONE,
    EXPORT_NAME_LEFT_OUT // by the zone_map, with "-"
};

struct export_names;

// The folder's zone_map first, then the ids and the names of the registry, but for names that two
// zones share. NULL without memory. Keeps `config`, which must outlive it.
struct export_names *export_names_new(const struct config *config,
                                      const struct config_folder *folder);
void export_names_free(struct export_names *names); // takes NULL

// However it is spelt (config/fold.h), with "KCN" or "Khu công nghiệp" before it or not. The texts
// are those of the configuration. About 1 us.
enum export_name export_names_find(const struct export_names *names, const char *text,
                                   const char **ret_zone, const char **ret_meter);

#endif
