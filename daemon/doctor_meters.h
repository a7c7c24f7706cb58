// SPDX-License-Identifier: GPL-3.0-or-later
// What phutai doctor says of the meters of zones.
#ifndef PHUTAI_DAEMON_DOCTOR_METERS_H
#define PHUTAI_DAEMON_DOCTOR_METERS_H

#include <stdbool.h>
#include <stdint.h>

#include "config/config.h"
#include "daemon/store.h"
#include "models/civil.h"

struct doctor_meters {
    const struct config *config;
    struct store *store;
    const struct civil_clock *clock;
    int64_t now;
    // Called for each thing to be warned of, with the zone in quotes.
    void (*warn)(void *context, const char *zone, const char *words);
    void *context;
};

// Which meters have fallen silent and since when, by the rule of metering_voice_of; and how many
// sums of the last 30 days are incomplete. False where the store fails or memory is short. Walks
// all readings.
[[nodiscard]] bool doctor_meters_look(const struct doctor_meters *look);

#endif
