// SPDX-License-Identifier: GPL-3.0-or-later
// Keys of an MQTT broker that readings come from.
#include "keys.h"

#include <string.h>

#include "config.h"
#include "text.h"

static const char *const payload_choices[] = {"auto", "lines", "json", "number", NULL};
static const char *const stamps_choices[] = {"start", "end", NULL};
static const char *const untimed_choices[] = {"refuse", "ended", NULL};

// "mqtt://host", "mqtts://host:8883", "mqtt://[::1]:1883".
static bool is_broker(const char *text)
{
    const size_t scheme = !strncmp(text, "mqtt://", 7) ? 7 : !strncmp(text, "mqtts://", 8) ? 8 : 0;
    const char *host = text + scheme, *port = strrchr(host, ':');
    int64_t number;
    if (!scheme || !*host || strpbrk(host, " \t/?#@"))
        return false;
    if (port && strchr(port, ']'))
        port = NULL;
    return !port ||
           (port > host && text_integer(port + 1, &number) && number > 0 && number < 65536);
}

static bool is_positive(const char *text)
{
    double value;
    return text_real(text, &value) && value > 0;
}

const struct key keys_mqtt[] = {
    {.section = "mqtt",
     .name = "url",
     .type = KEY_TEXT,
     .fallback = "mqtt://127.0.0.1:1883",
     .check = is_broker,
     .expects = "mqtt://HOST[:PORT], or mqtts:// for TLS",
     .offset = offsetof(struct config_mqtt, url),
     .help = "Where the broker is. With mqtts:// the connection is encrypted and the broker's "
             "certificate is checked; ports are then 8883 where not said, else 1883."},
    {.section = "mqtt",
     .name = "topics",
     .type = KEY_TEXT,
     .example = "load/{zone} load/{zone}/{meter} weather/{station}",
     .offset = offsetof(struct config_mqtt, patterns),
     .help = "Which topics to ask for, with blanks between. {zone}, {meter} and {station} each "
             "take the level of the topic that names it, + takes any level, # all that is left."},
    {.section = "mqtt",
     .name = "topic_map",
     .type = KEY_PATH,
     .example = "topics.csv",
     .offset = offsetof(struct config_mqtt, topic_map_file),
     .help = "What topics mean whose levels are no ids of zones: a CSV file with the columns "
             "topic, zone, meter, station and scale. Its rows come before topics, and the first "
             "that matches counts."},
    {.section = "mqtt",
     .name = "payload",
     .type = KEY_CHOICE,
     .fallback = "auto",
     .choices = payload_choices,
     .offset = offsetof(struct config_mqtt, payload),
     .help = "What a message holds: line protocol as at /write, whose tags name the zone; JSON, an "
             "object or a list of them with the tag and field names of the section intake for "
             "keys; or a number alone. \"auto\" tells them apart by how they begin."},
    {.section = "mqtt",
     .name = "time_key",
     .type = KEY_TEXT,
     .fallback = "time",
     .offset = offsetof(struct config_mqtt, time_key),
     .help = "Key of the time in JSON: ISO 8601, or a number since 1970 in seconds, milliseconds, "
             "microseconds or nanoseconds, as its size tells."},
    {.section = "mqtt",
     .name = "scale",
     .type = KEY_REAL,
     .fallback = "1",
     .least = "-1000000",
     .most = "1000000",
     .check = is_positive,
     .expects = "above 0",
     .offset = offsetof(struct config_mqtt, scale),
     .help = "What to multiply a load by to get MW, in JSON and numbers: 0.001 where meters send "
             "kW."},
    {.section = "mqtt",
     .name = "stamps",
     .type = KEY_CHOICE,
     .fallback = "start",
     .choices = stamps_choices,
     .offset = offsetof(struct config_mqtt, stamps),
     .help = "Whether the time in JSON is the start or the end of a reading's interval."},
    {.section = "mqtt",
     .name = "untimed",
     .type = KEY_CHOICE,
     .fallback = "refuse",
     .choices = untimed_choices,
     .offset = offsetof(struct config_mqtt, untimed),
     .help = "What to do with JSON or a number without a time. \"ended\" takes a load for the mean "
             "of the interval that ended last before it came and weather for that of the moment, "
             "which is right where it is sent as soon as it is known, and wrong for what a broker "
             "held back; retained messages are refused even so. Line protocol always needs its "
             "timestamps here."},
    {.section = "mqtt",
     .name = "client_id",
     .type = KEY_TEXT,
     .example = "phutai-bac-giang",
     .offset = offsetof(struct config_mqtt, client_id),
     .help = "By which the broker knows the session. No two clients may have the same. Without it, "
             "phutai- and the name of the section."},
    {.section = "mqtt",
     .name = "username",
     .type = KEY_TEXT,
     .example = "phutai",
     .offset = offsetof(struct config_mqtt, username),
     .help = "Who asks, where the broker wants to know."},
    {.section = "mqtt",
     .name = "password_file",
     .type = KEY_PATH,
     .example = "mqtt.password",
     .offset = offsetof(struct config_mqtt, password_file),
     .help = "File whose first line is the password."},
    {.section = "mqtt",
     .name = "ca_file",
     .type = KEY_PATH,
     .example = "broker-ca.pem",
     .offset = offsetof(struct config_mqtt, ca_file),
     .help = "Certificates that a broker's may be signed by, in PEM. Without it, those that the "
             "system trusts."},
    {.section = "mqtt",
     .name = "payload_bytes",
     .type = KEY_BYTES,
     .fallback = "1MB",
     .least = "100B",
     .most = "4MB",
     .offset = offsetof(struct config_mqtt, payload_bytes),
     .help = "The largest message taken. Larger ones are left out and told."},
    {.section = "mqtt",
     .name = "keepalive",
     .type = KEY_DURATION,
     .fallback = "30s",
     .least = "5s",
     .most = "1h",
     .offset = offsetof(struct config_mqtt, keepalive_s),
     .help = "How often the broker must be heard of, or the connection is taken for dead."},
    {.name = NULL},
};
