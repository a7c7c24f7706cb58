// SPDX-License-Identifier: GPL-3.0-or-later
// A client of an MQTT broker as the configuration has it, and the one step of connecting it that
// may take seconds: finding a host by its name.
#ifndef PHUTAI_DAEMON_MQTT_DIAL_H
#define PHUTAI_DAEMON_MQTT_DIAL_H

#include <mosquitto.h>

#include "config/config.h"

struct mqtt_dial {
    struct mosquitto *client; // the caller's to destroy
    char host[256];
    int port, keepalive_s;
    int code; // of the library, after mqtt_dial_run
};

// Makes a client whose callbacks get `context`. It writes nothing, acknowledgements neither, but in
// mosquitto_loop_write(). False, with words, where a secret or a certificate cannot be read.
[[nodiscard]] bool mqtt_dial_begin(struct mqtt_dial *dial, const struct config_mqtt *config,
                                   void *context, char ret_error[static 256]);

// Begins to connect; on any thread. The rest is mosquitto_loop()'s.
void mqtt_dial_run(struct mqtt_dial *dial);

#endif
