// SPDX-License-Identifier: GPL-3.0-or-later
#include "topics.h"

#include <stdlib.h>
#include <string.h>

#include "table.h"
#include "text.h"

enum { TOPICS_MAX = 10000, PATTERN_MAX = 1024 };

enum { TOPIC, ZONE, METER, STATION, SCALE, COLUMNS };
static const char *const columns[COLUMNS] = {[TOPIC] = "topic",
                                             [ZONE] = "?zone",
                                             [METER] = "?meter",
                                             [STATION] = "?station",
                                             [SCALE] = "?scale"};

struct reading {
    const struct config *config;
    struct config_mqtt *mqtt;
    struct config_errors *errors;
    bool good;
};

// One level of a pattern or a name, and where the next begins; NULL after the last.
static struct topics_part level(const char **next)
{
    const struct topics_part part = {*next, strcspn(*next, "/")};
    *next = part.text[part.length] ? part.text + part.length + 1 : NULL;
    return part;
}

static bool is(struct topics_part part, const char *text)
{
    return part.length == strlen(text) && !memcmp(part.text, text, part.length);
}

static struct topics_part *place_of(struct topics_part part, struct topics_names *names)
{
    return is(part, "{zone}")      ? &names->zone
           : is(part, "{meter}")   ? &names->meter
           : is(part, "{station}") ? &names->station
                                   : NULL;
}

bool topics_match(const char *pattern, const char *name, struct topics_names *ret)
{
    *ret = (struct topics_names){0};
    while (pattern && name) {
        const struct topics_part wanted = level(&pattern);
        if (is(wanted, "#"))
            return true;
        const struct topics_part found = level(&name);
        struct topics_part *place = place_of(wanted, ret);
        if (place)
            *place = found;
        else if (!is(wanted, "+") && (wanted.length != found.length ||
                                      memcmp(wanted.text, found.text, found.length) != 0))
            return false;
        if (place && !found.length)
            return false;
    }
    // "a/#" is also "a" itself.
    return !name && (!pattern || !strcmp(pattern, "#"));
}

void topics_filter(const char *pattern, char *ret)
{
    struct topics_names names;
    for (const char *next = pattern; next;) {
        const struct topics_part part = level(&next);
        if (place_of(part, &names)) {
            *ret++ = '+';
        } else {
            memcpy(ret, part.text, part.length);
            ret += part.length;
        }
        if (next)
            *ret++ = '/';
    }
    *ret = '\0';
}

// What is wrong with a pattern, NULL where nothing is.
static const char *fault_of(const char *pattern)
{
    struct topics_names names;
    if (!*pattern || strlen(pattern) > PATTERN_MAX)
        return "not a topic";
    for (const char *next = pattern; next;) {
        const struct topics_part part = level(&next);
        const bool wild = is(part, "+") || is(part, "#") || place_of(part, &names);
        if (is(part, "#") && next)
            return "# must be the last level";
        if (!wild && (memchr(part.text, '+', part.length) || memchr(part.text, '#', part.length)))
            return "+ and # must be whole levels";
        if (!wild && (memchr(part.text, '{', part.length) || memchr(part.text, '}', part.length)))
            return "between braces only zone, meter or station, as a whole level";
    }
    return NULL;
}

static char *copy(const char *text)
{
    return text && *text ? strdup(text) : NULL;
}

// Adds a topic. False without memory.
static bool add(struct config_mqtt *mqtt, const struct config_topic *topic)
{
    struct config_topic *longer =
        reallocarray(mqtt->topics, mqtt->n_topics + 1, sizeof *mqtt->topics);
    if (!longer)
        return false;
    mqtt->topics = longer;
    struct config_topic *added = &longer[mqtt->n_topics++];
    *added = (struct config_topic){.pattern = copy(topic->pattern),
                                   .zone = copy(topic->zone),
                                   .meter = copy(topic->meter),
                                   .station = copy(topic->station),
                                   .scale = topic->scale};
    return added->pattern && !topic->zone == !added->zone && !topic->meter == !added->meter &&
           !topic->station == !added->station;
}

static void free_topics(struct config_mqtt *mqtt)
{
    for (size_t i = 0; i < mqtt->n_topics; i++) {
        free(mqtt->topics[i].pattern);
        free(mqtt->topics[i].zone);
        free(mqtt->topics[i].meter);
        free(mqtt->topics[i].station);
    }
    free(mqtt->topics);
    mqtt->topics = NULL;
    mqtt->n_topics = 0;
}

static bool refuse(struct reading *r, const struct table_row *row, int column, const char *reason)
{
    const char *value = row->field[column];
    r->good = config_errors_add(r->errors, r->mqtt->topic_map_file, row->line, "%s = \"%.*s\": %s",
                                columns[column] + (*columns[column] == '?'),
                                config_errors_shown(value), value, reason);
    return true; // the other rows too
}

// A row without a word in a column says nothing about it.
static char *field(const struct table_row *row, int column)
{
    return *row->field[column] ? (char *)(uintptr_t)row->field[column] : NULL;
}

static bool take_row(void *context, const struct table_row *row)
{
    struct reading *r = context;
    struct config_topic topic = {.pattern = field(row, TOPIC),
                                 .zone = field(row, ZONE),
                                 .meter = field(row, METER),
                                 .station = field(row, STATION),
                                 .scale = r->mqtt->scale};
    const char *fault = fault_of(row->field[TOPIC]);
    if (fault)
        return refuse(r, row, TOPIC, fault);
    if (topic.zone && config_zone_find(r->config, topic.zone) == SIZE_MAX)
        return refuse(r, row, ZONE, "no such zone");
    if (topic.station && (topic.zone || topic.meter))
        return refuse(r, row, STATION, "a topic is of a zone or of a station");
    if (field(row, SCALE) && (!text_real(row->field[SCALE], &topic.scale) || topic.scale <= 0))
        return refuse(r, row, SCALE, "not a number above 0");
    if (r->mqtt->n_topics == TOPICS_MAX)
        return refuse(r, row, TOPIC, "10000 topics are the most");
    if (add(r->mqtt, &topic))
        return true;
    r->good = config_errors_add(r->errors, r->mqtt->topic_map_file, row->line, "out of memory");
    return false;
}

static void read_map(struct reading *r)
{
    char error[256];
    if (!r->mqtt->topic_map_file)
        return;
    const enum table_status status =
        table_read(r->mqtt->topic_map_file, COLUMNS, columns, take_row, r, error);
    if (status != TABLE_OK && status != TABLE_STOPPED)
        r->good = config_errors_add(r->errors, NULL, 0, "%s", error);
}

static void add_pattern(struct reading *r, const char *pattern, struct config_place place)
{
    const struct config_topic topic = {.pattern = (char *)(uintptr_t)pattern,
                                       .scale = r->mqtt->scale};
    const char *fault = fault_of(pattern);
    if (fault)
        r->good =
            config_errors_add(r->errors, place.file, place.line, "[mqtt %s] topics: \"%.*s\": %s",
                              r->mqtt->name, config_errors_shown(pattern), pattern, fault);
    else if (!add(r->mqtt, &topic))
        r->good = config_errors_add(r->errors, place.file, place.line, "out of memory");
}

static void read_patterns(struct reading *r, struct config_place place)
{
    char *list = strdup(r->mqtt->patterns ? r->mqtt->patterns : ""), *rest = list;
    if (!list)
        r->good = config_errors_add(r->errors, place.file, place.line, "out of memory");
    for (char *pattern; rest && (pattern = strsep(&rest, " \t"));)
        if (*pattern)
            add_pattern(r, pattern, place);
    free(list);
}

bool topics_read(const struct config *config, struct config_mqtt *mqtt, struct config_place place,
                 struct config_errors *errors)
{
    struct reading r = {.config = config, .mqtt = mqtt, .errors = errors, .good = true};
    read_map(&r);
    read_patterns(&r, place);
    if (r.good && !mqtt->n_topics)
        r.good = config_errors_add(errors, place.file, place.line,
                                   "[mqtt %s]: no topic to ask for: set topics or topic_map",
                                   mqtt->name);
    return r.good;
}

void topics_free(struct config *config)
{
    for (size_t i = 0; i < config->n_mqtts; i++)
        free_topics(&config->mqtts[i]);
}
