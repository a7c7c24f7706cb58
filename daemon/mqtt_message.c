// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/mqtt_message.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/text.h"
#include "config/topics.h"
#include "models/civil.h"

struct name { // handed on, and kept until forgotten
    struct name *next;
    char text[];
};

struct mqtt_rules {
    const struct config *config;
    const struct config_mqtt *mqtt;
    struct civil_clock clock;
    struct checks *checks;
    struct intake_rules *lines;
    struct name *names;
};

// The work on one message.
struct walk {
    struct mqtt_rules *rules;
    const struct mqtt_message *message;
    const struct config_topic *topic;
    struct topics_names names; // that the topic's levels say
    const struct intake_sink *sink;
    struct intake_report *report;
    struct check_fault fault;
    bool ended; // by the sink, or for want of memory
};

struct mqtt_rules *mqtt_rules_new(const struct config *config, const struct config_mqtt *mqtt)
{
    struct mqtt_rules *rules = calloc(1, sizeof *rules);
    if (!rules)
        return NULL;
    rules->config = config;
    rules->mqtt = mqtt;
    rules->checks = checks_new(config);
    rules->lines = intake_rules_new(config);
    if (rules->checks && rules->lines && civil_clock_parse(config->site.clock, &rules->clock))
        return rules;
    mqtt_rules_free(rules);
    return NULL;
}

void mqtt_rules_forget(struct mqtt_rules *rules)
{
    for (struct name *next, *name = rules->names; name; name = next) {
        next = name->next;
        free(name);
    }
    rules->names = NULL;
}

void mqtt_rules_free(struct mqtt_rules *rules)
{
    if (!rules)
        return;
    mqtt_rules_forget(rules);
    intake_rules_free(rules->lines);
    checks_free(rules->checks);
    free(rules);
}

// NULL where it is too long, with the fault, and where memory is short, which ends the walk.
static const char *keep(struct walk *walk, const char *text, size_t length)
{
    if (length > CHECK_NAME_MAX) {
        check_refuse(&walk->fault, CHECK_TAG, "%s is longer than %d bytes",
                     check_quote(text, length).text, CHECK_NAME_MAX);
        return NULL;
    }
    struct name *name = malloc(sizeof *name + length + 1);
    if (!name) {
        walk->ended = true;
        return NULL;
    }
    memcpy(name->text, text, length);
    name->text[length] = '\0';
    name->next = walk->rules->names;
    walk->rules->names = name;
    return name->text;
}

// A name from the topic_map, else the topic's levels, else the payload; "" where it is in none.
static const char *name_of(struct walk *walk, const char *mapped, struct topics_part part,
                           const json_t *object, const char *key)
{
    if (mapped)
        return mapped;
    if (part.text)
        return keep(walk, part.text, part.length);
    const json_t *value = json_object_get(object, key);
    if (!json_is_string(value))
        return "";
    return keep(walk, json_string_value(value), json_string_length(value));
}

// Beyond these a number of seconds since 1970 is one of milliseconds, and so on: the year 5138.
static double seconds_of(double number)
{
    static const double limit = 1e11, unit = 1e3;
    for (int i = 0; i < 3 && fabs(number) >= limit; i++)
        number /= unit;
    return number;
}

static bool read_time(struct walk *walk, const json_t *value, int64_t *ret)
{
    const char *key = walk->rules->mqtt->time_key;
    int64_t local_s;
    int32_t offset_s;
    if (json_is_number(value)) {
        const double seconds = floor(seconds_of(json_number_value(value)));
        if (!(fabs(seconds) < 1e12))
            return check_refuse(&walk->fault, CHECK_FIELD, "%s is no time", key);
        *ret = (int64_t)seconds;
        return true;
    }
    if (!json_is_string(value))
        return check_refuse(&walk->fault, CHECK_FIELD, "%s is neither a text nor a number", key);
    if (!text_time(json_string_value(value), &local_s, &offset_s))
        return check_refuse(&walk->fault, CHECK_FIELD, "%s %s is no time", key,
                            check_quote(json_string_value(value), json_string_length(value)).text);
    *ret = offset_s == TEXT_NO_OFFSET ? civil_instant(&walk->rules->clock, local_s)
                                      : local_s - offset_s;
    return true;
}

static bool may_be_untimed(const struct walk *walk)
{
    return walk->rules->mqtt->untimed == CONFIG_UNTIMED_ENDED && !walk->message->retained;
}

// Who knows how long a broker has held it back?
static bool refuse_untimed(struct walk *walk)
{
    return check_refuse(&walk->fault, CHECK_FIELD,
                        "no time: set untimed = ended where it comes as soon as it is known");
}

// The start of a reading's interval.
static bool read_interval(struct walk *walk, const json_t *object, int64_t *ret, bool *ret_moved)
{
    const struct config_mqtt *mqtt = walk->rules->mqtt;
    const int64_t step_s = walk->rules->config->site.step_s, now = walk->message->now;
    const json_t *time = json_object_get(object, mqtt->time_key);
    int64_t instant;
    *ret_moved = false;
    if (!time && may_be_untimed(walk)) {
        *ret = check_floor(now, step_s) - step_s;
        return true;
    }
    if (!time)
        return refuse_untimed(walk);
    if (!read_time(walk, time, &instant))
        return false;
    if (mqtt->stamps == CONFIG_STAMPS_END)
        instant -= step_s;
    return check_interval(walk->rules->checks, now, instant, ret, ret_moved, &walk->fault);
}

// A number, or a text that is one.
static bool read_number(struct walk *walk, const json_t *object, const char *key, double *ret)
{
    const json_t *value = json_object_get(object, key);
    if (!value)
        return check_refuse(&walk->fault, CHECK_FIELD, "no %s", key);
    if (json_is_string(value) && text_real(json_string_value(value), ret))
        return true;
    if (!json_is_number(value))
        return check_refuse(&walk->fault, CHECK_FIELD, "%s is not a number", key);
    *ret = json_number_value(value);
    return true;
}

static bool read_reading(struct walk *walk, const json_t *object, struct store_reading *ret,
                         bool *ret_moved)
{
    const struct config *config = walk->rules->config;
    const struct config_topic *topic = walk->topic;
    const char *zone =
        name_of(walk, topic->zone, walk->names.zone, object, config->intake.zone_tag);
    ret->meter = name_of(walk, topic->meter, walk->names.meter, object, config->intake.meter_tag);
    if (!zone || !ret->meter)
        return false;
    if (!*zone)
        return check_refuse(&walk->fault, CHECK_TAG, "neither topic nor payload names a zone");
    if (!check_zone(walk->rules->checks, zone, &ret->zone, &walk->fault) ||
        !read_number(walk, object, config->intake.load_field, &ret->mw))
        return false;
    ret->mw = check_scaled(ret->mw, topic->scale);
    return check_load(walk->rules->checks, ret->mw, &walk->fault) &&
           read_interval(walk, object, &ret->instant, ret_moved);
}

static void note_fault(struct walk *walk, unsigned long place)
{
    if (!walk->ended)
        intake_note_fault(walk->report, place, &walk->fault);
}

static void take_reading(struct walk *walk, const json_t *object, unsigned long place)
{
    struct store_reading reading;
    bool moved;
    if (!read_reading(walk, object, &reading, &moved)) {
        note_fault(walk, place);
        return;
    }
    walk->ended = !walk->sink->reading(walk->sink->context, &reading);
    walk->report->readings += !walk->ended;
    walk->report->moved += !walk->ended && moved;
}

// NaN where there is none, or none that can be.
static double read_humidity(struct walk *walk, const json_t *object, unsigned long place)
{
    const char *key = walk->rules->config->intake.humidity_field;
    double humidity_pct;
    if (!json_object_get(object, key))
        return (double)NAN;
    if (read_number(walk, object, key, &humidity_pct) && humidity_pct >= 0 && humidity_pct <= 100)
        return humidity_pct;
    check_refuse(&walk->fault, CHECK_HUMIDITY, "%s is no number of 0 to 100: taken without it",
                 key);
    intake_note_fault(walk->report, place, &walk->fault);
    return (double)NAN;
}

static bool read_weather(struct walk *walk, const json_t *object, struct store_weather *ret)
{
    const struct config *config = walk->rules->config;
    const json_t *time = json_object_get(object, walk->rules->mqtt->time_key);
    int64_t instant = walk->message->now;
    if (!time && !may_be_untimed(walk))
        return refuse_untimed(walk);
    ret->station = name_of(walk, walk->topic->station, walk->names.station, object,
                           config->intake.station_tag);
    if (!ret->station || !read_number(walk, object, config->intake.temp_field, &ret->temp_c) ||
        !check_temperature(ret->temp_c, &walk->fault) ||
        (time && (!read_time(walk, time, &instant) ||
                  !check_instant(walk->rules->checks, walk->message->now, instant, &walk->fault))))
        return false;
    ret->instant = check_floor(instant, CHECK_MINUTE_S);
    return true;
}

static void take_weather(struct walk *walk, const json_t *object, unsigned long place)
{
    struct store_weather weather;
    if (!read_weather(walk, object, &weather)) {
        note_fault(walk, place);
        return;
    }
    weather.humidity_pct = read_humidity(walk, object, place);
    walk->ended = !walk->sink->weather(walk->sink->context, &weather);
    walk->report->weather += !walk->ended;
}

static bool is_of_station(const struct walk *walk, const json_t *object)
{
    return walk->topic->station || walk->names.station.text ||
           json_object_get(object, walk->rules->config->intake.station_tag);
}

static void take_object(struct walk *walk, const json_t *object, unsigned long place)
{
    if (!json_is_object(object)) {
        check_refuse(&walk->fault, CHECK_MALFORMED, "not a JSON object");
        intake_note_fault(walk->report, place, &walk->fault);
    } else if (is_of_station(walk, object)) {
        take_weather(walk, object, place);
    } else {
        take_reading(walk, object, place);
    }
}

static void take_json(struct walk *walk)
{
    json_error_t error;
    json_t *root = json_loadb(walk->message->payload, walk->message->length, 0, &error);
    if (!root && json_error_code(&error) == json_error_out_of_memory) {
        walk->ended = true;
    } else if (!root) {
        check_refuse(&walk->fault, CHECK_MALFORMED, "not JSON: %s",
                     check_quote(error.text, strlen(error.text)).text);
        intake_note_fault(walk->report, 1, &walk->fault);
    } else if (json_is_array(root)) {
        for (size_t i = 0; !walk->ended && i < json_array_size(root); i++)
            take_object(walk, json_array_get(root, i), i + 1);
    } else {
        take_object(walk, root, 1);
    }
    json_decref(root);
}

// As JSON of that number alone would be taken.
static void take_number(struct walk *walk)
{
    const struct config *config = walk->rules->config;
    const bool weather = walk->topic->station || walk->names.station.text;
    const char *key = weather ? config->intake.temp_field : config->intake.load_field;
    json_t *object = json_pack("{s:s}", key, walk->message->payload);
    if (!object) {
        check_refuse(&walk->fault, CHECK_MALFORMED, "not a number in UTF-8");
        intake_note_fault(walk->report, 1, &walk->fault);
        return;
    }
    take_object(walk, object, 1);
    json_decref(object);
}

static bool take_lines(struct walk *walk)
{
    const struct intake_body body = {.data = walk->message->payload,
                                     .length = walk->message->length,
                                     .ns_per_tick = 1,
                                     .now = walk->message->now,
                                     .stamped = true};
    return intake_parse(walk->rules->lines, &body, walk->sink, walk->report);
}

static bool find_topic(struct walk *walk)
{
    const struct config_mqtt *mqtt = walk->rules->mqtt;
    for (size_t i = 0; i < mqtt->n_topics; i++)
        if (topics_match(mqtt->topics[i].pattern, walk->message->topic, &walk->names)) {
            walk->topic = &mqtt->topics[i];
            return true;
        }
    return false;
}

static bool is_number(const struct mqtt_message *message)
{
    double number;
    return strlen(message->payload) == message->length && text_real(message->payload, &number);
}

static enum config_payload form_of(const struct walk *walk)
{
    const char *payload = walk->message->payload + strspn(walk->message->payload, " \t\r\n");
    if (walk->rules->mqtt->payload != CONFIG_PAYLOAD_AUTO)
        return walk->rules->mqtt->payload;
    if (*payload == '{' || *payload == '[')
        return CONFIG_JSON;
    return is_number(walk->message) ? CONFIG_NUMBER : CONFIG_LINES;
}

// Without the blanks and the line's end behind it.
static struct mqtt_message trimmed(const struct mqtt_message *message)
{
    struct mqtt_message trimmed = *message;
    while (trimmed.length && strchr(" \t\r\n", trimmed.payload[trimmed.length - 1]))
        trimmed.length--;
    trimmed.payload[trimmed.length] = '\0';
    return trimmed;
}

bool mqtt_message_read(struct mqtt_rules *rules, const struct mqtt_message *message,
                       const struct intake_sink *sink, struct intake_report *ret)
{
    const struct mqtt_message whole = trimmed(message);
    struct walk walk = {.rules = rules, .message = &whole, .sink = sink, .report = ret};
    memset(ret, 0, sizeof *ret);
    if (!find_topic(&walk)) {
        check_refuse(&walk.fault, CHECK_TAG, "no topic of the configuration");
        intake_note_fault(ret, 1, &walk.fault);
        return true;
    }
    switch (form_of(&walk)) {
    case CONFIG_JSON:
        take_json(&walk);
        break;
    case CONFIG_NUMBER:
        take_number(&walk);
        break;
    case CONFIG_LINES:
    case CONFIG_PAYLOAD_AUTO:
        return take_lines(&walk);
    }
    return !walk.ended;
}
