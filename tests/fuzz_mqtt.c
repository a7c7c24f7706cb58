// SPDX-License-Identifier: GPL-3.0-or-later
// One MQTT message: the first line of the input is the topic, the rest the payload.
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/mqtt_message.h"
#include "tests/fuzz.h"

static bool take_reading(void *context, const struct store_reading *reading)
{
    *(size_t *)context += strlen(reading->zone) + strlen(reading->meter);
    return true;
}

static bool take_weather(void *context, const struct store_weather *weather)
{
    *(size_t *)context += strlen(weather->station);
    return true;
}

static bool take_entry(void *context, const struct store_entry *entry)
{
    *(size_t *)context += strlen(entry->zone);
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char zone[] = "yen-lu", clock[] = "+07:00", load[] = "load", meter[] = "meter",
                mw[] = "mw", weather[] = "weather", station[] = "station", temp[] = "temp_c",
                humidity[] = "rh_pct", key[] = "time", zone_tag[] = "zone";
    static char patterns[][32] = {"load/{zone}/{meter}", "weather/{station}", "#"};
    struct config_zone zones[] = {{.id = zone}};
    struct config_topic topics[3];
    struct config config = {.n_zones = 1, .zones = zones, .n_mqtts = 1};
    const uint8_t *newline = memchr(data, '\n', size);
    const size_t split = newline ? (size_t)(newline - data) : size;
    size_t seen = 0;
    for (int i = 0; i < 3; i++)
        topics[i] = (struct config_topic){.pattern = patterns[i], .scale = 0.001};
    config.site.clock = clock;
    config.site.step_s = 1800;
    config.intake.load_max_mw = 1e4;
    config.intake.load_scale = 1;
    config.intake.load_measurement = load;
    config.intake.zone_tag = zone_tag;
    config.intake.meter_tag = meter;
    config.intake.load_field = mw;
    config.intake.weather_measurement = weather;
    config.intake.station_tag = station;
    config.intake.temp_field = temp;
    config.intake.humidity_field = humidity;
    config.mqtts[0] = (struct config_mqtt){
        .time_key = key, .untimed = CONFIG_UNTIMED_ENDED, .n_topics = 3, .topics = topics};
    struct mqtt_rules *rules = mqtt_rules_new(&config, &config.mqtts[0]);
    struct intake_report *report = malloc(sizeof *report);
    char *topic = strndup((const char *)data, split);
    const size_t length = size - split - (newline != NULL);
    char *payload = calloc(1, length + 1);
    if (!rules || !report || !topic || !payload)
        abort();
    if (length)
        memcpy(payload, data + split + 1, length);
    const struct mqtt_message message = {topic, payload, length, false, 1717841261};
    const struct intake_sink sink = {take_reading, take_weather, take_entry, &seen};
    if (!mqtt_message_read(rules, &message, &sink, report))
        abort();
    mqtt_rules_free(rules);
    free(report);
    free(topic);
    free(payload);
    return 0;
}
