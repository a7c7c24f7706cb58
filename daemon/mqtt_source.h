// SPDX-License-Identifier: GPL-3.0-or-later
// Readings from one MQTT broker: libmosquitto on the loop.
//
// The broker keeps the session and sends what is not acknowledged again. Messages that stand in the
// socket together go into one deposit; only once that is durable are they acknowledged. Where the
// store fails the connection is let go of without an acknowledgement, and taken up again later.
#ifndef PHUTAI_DAEMON_MQTT_SOURCE_H
#define PHUTAI_DAEMON_MQTT_SOURCE_H

#include "daemon/sources.h"
#include "daemon/standing.h"

struct mqtt_source;

// Connects at the next turn of the loop, and again after every trouble. NULL without memory. What
// is in `setup`, the section and the standing must outlive it.
struct mqtt_source *mqtt_source_new(const struct sources_setup *setup,
                                    const struct config_mqtt *config, struct standing *standing);
void mqtt_source_free(struct mqtt_source *source); // takes NULL

#endif
