// SPDX-License-Identifier: GPL-3.0-or-later
// Which meters make up a zone when: a sum in which one is missing is not the load of the zone.
#ifndef PHUTAI_DAEMON_METERING_H
#define PHUTAI_DAEMON_METERING_H

#include <stddef.h>
#include <stdint.h>

#include "daemon/store.h"

// A meter is part of its zone's sum from its first reading on, until it has said nothing for this
// long.
enum { METERING_SILENT_S = 7 * 86400 };

struct metering;

// Looks through all readings of `zone`, or of all zones where it is NULL. NULL where the store
// fails or memory is short.
struct metering *metering_new(struct store *store, const char *zone);
void metering_free(struct metering *metering);

// How many meters (other than "", the zone itself) the sum of a zone needs at an instant.
size_t metering_expected(const struct metering *metering, const char *zone, int64_t instant);

#endif
