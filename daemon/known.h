// SPDX-License-Identifier: GPL-3.0-or-later
// What the registry files know, in the form that the models take.
#ifndef PHUTAI_DAEMON_KNOWN_H
#define PHUTAI_DAEMON_KNOWN_H

#include <stddef.h>

#include "config/config.h"
#include "models/ramp.h"
#include "models/supply.h"

// The capacities, in the order of supply_compare: ret[config->n_capacities].
void known_supplies(const struct config *config, struct supply ret[]);

// A zone without readings, which the caller adds. Its fill stands for its leased land where that is
// not known by date.
struct ramp_zone known_zone(const struct config_zone *zone);

#endif
