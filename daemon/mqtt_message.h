// SPDX-License-Identifier: GPL-3.0-or-later
// From one MQTT message to readings and observations of the weather. Pure: no broker, no store, no
// clock.
//
// The first of the section's topics that matches counts. In JSON and numbers, a zone, meter or
// station that the topic names comes before one in the payload, which has it under the tag's name.
// Line protocol says everything itself, as at /write; of the topic only that it is asked for
// counts.
#ifndef PHUTAI_DAEMON_MQTT_MESSAGE_H
#define PHUTAI_DAEMON_MQTT_MESSAGE_H

#include "config/config.h"
#include "daemon/intake.h"

struct mqtt_rules;

// NULL without memory, and for a clock that cannot be read. Keeps both, which must outlive it.
struct mqtt_rules *mqtt_rules_new(const struct config *config, const struct config_mqtt *mqtt);
void mqtt_rules_free(struct mqtt_rules *rules); // takes NULL

struct mqtt_message {
    const char *topic;
    char *payload; // NUL-terminated; line protocol is changed in place
    size_t length;
    bool retained; // the broker had it from before
    int64_t now;   // instant at which it came
};

// As intake_parse: what is good is handed to the sink, the rest told in the report, by line of line
// protocol or place in a JSON list, the first being 1. Names that are handed on stay valid for as
// long as the rules and the message, or until mqtt_rules_forget. False where the sink ended it
// or memory is short: the message must come again.
[[nodiscard]] bool mqtt_message_read(struct mqtt_rules *rules, const struct mqtt_message *message,
                                     const struct intake_sink *sink, struct intake_report *ret);

// Lets go of the names that were handed on so far.
void mqtt_rules_forget(struct mqtt_rules *rules);

#endif
