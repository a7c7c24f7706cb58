// SPDX-License-Identifier: GPL-3.0-or-later
// The registry files that the INI file names: zones, what they can be supplied with, days off.
#ifndef PHUTAI_CONFIG_REGISTRY_H
#define PHUTAI_CONFIG_REGISTRY_H

#include <stdbool.h>

#include "config.h"

// Each reads its file into `config` and adds every fault to `errors`; true where there was none.
// Zones first: capacities look them up. Capacities come out in order of zone and date, days in
// order of date.
[[nodiscard]] bool registry_read_zones(struct config *config, const char *path,
                                       struct config_errors *errors);
[[nodiscard]] bool registry_read_capacities(struct config *config, const char *path,
                                            struct config_errors *errors);
[[nodiscard]] bool registry_read_days(struct config *config, const char *path,
                                      struct config_errors *errors);

void registry_free(struct config *config);

#endif
