// SPDX-License-Identifier: GPL-3.0-or-later
// What InfluxDB 1 answers to a query with chunked=true: JSON documents one after the other.
#include "daemon/pull_answer.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { NO_COLUMN = -1 };

// Where the columns stand in the rows of one series; NO_COLUMN for one that is not there.
struct places {
    int time, value[PULL_COLUMNS], samples;
};

struct walk {
    const struct pull_names *names;
    struct pull_answer *answer;
    char *error;
    bool more; // the last document says that others follow
};

static bool refuse(struct walk *walk, const char *words)
{
    snprintf(walk->error, PULL_ERROR_LEN, "%s", words);
    return false;
}

static int place_of(const json_t *columns, const char *name)
{
    for (size_t i = 0; i < json_array_size(columns); i++) {
        const char *column = json_string_value(json_array_get(columns, i));
        if (column && !strcmp(column, name))
            return (int)i;
    }
    return NO_COLUMN;
}

static struct places find_places(const json_t *columns)
{
    return (struct places){.time = place_of(columns, "time"),
                           .value = {place_of(columns, "value"), place_of(columns, "humidity")},
                           .samples = place_of(columns, "samples")};
}

static const json_t *at(const json_t *row, int place)
{
    return place == NO_COLUMN ? NULL : json_array_get(row, (size_t)place);
}

// Numbers beyond 2^63 and the seconds of far millennia are no times.
static bool read_time(const json_t *value, int64_t *ret)
{
    static const double far_ms = 1e15;
    const double time_ms = json_number_value(value);
    if (!json_is_number(value) || !(fabs(time_ms) < far_ms))
        return false;
    *ret = (int64_t)time_ms;
    return true;
}

static bool take_value(struct walk *walk, const json_t *row, const struct places *places,
                       enum pull_column column, int64_t time_ms)
{
    const json_t *value = at(row, places->value[column]), *samples = at(row, places->samples);
    if (!value || json_is_null(value))
        return true;
    const double n = json_number_value(samples);
    const struct pull_point point = {.column = column,
                                     .time_ms = time_ms,
                                     .samples = n > 0 && n < 1e15 ? (int64_t)n : 0,
                                     .value = json_is_number(value) ? json_number_value(value)
                                                                    : (double)NAN};
    return pull_answer_add_point(walk->answer, &point) || refuse(walk, "out of memory");
}

static bool take_row(struct walk *walk, const json_t *row, const struct places *places)
{
    int64_t time_ms;
    if (!read_time(at(row, places->time), &time_ms))
        return refuse(walk, "the answer has a row without a time in milliseconds");
    return take_value(walk, row, places, PULL_VALUE, time_ms) &&
           take_value(walk, row, places, PULL_HUMIDITY, time_ms);
}

// A name with a NUL in it, cut there, would pass for another one.
static bool has_nul(const json_t *text)
{
    return json_is_string(text) && strlen(json_string_value(text)) != json_string_length(text);
}

static bool has_sound_tags(const struct walk *walk, const json_t *tags)
{
    return !has_nul(json_object_get(tags, walk->names->name_tag)) &&
           !has_nul(json_object_get(tags, walk->names->meter_tag));
}

static bool take_series(struct walk *walk, const json_t *series)
{
    const json_t *tags = json_object_get(series, "tags"), *rows = json_object_get(series, "values");
    const struct places places = find_places(json_object_get(series, "columns"));
    if (places.time == NO_COLUMN || places.value[PULL_VALUE] == NO_COLUMN)
        return refuse(walk, "the answer has other columns than were asked for: is it InfluxDB?");
    if (!has_sound_tags(walk, tags)) {
        walk->answer->malformed++;
        return true;
    }
    if (!pull_answer_begin_series(walk->answer, tags, walk->names))
        return refuse(walk, "out of memory");
    for (size_t i = 0; i < json_array_size(rows); i++)
        if (!take_row(walk, json_array_get(rows, i), &places))
            return false;
    return true;
}

static bool take_result(struct walk *walk, const json_t *result)
{
    const json_t *all = json_object_get(result, "series"),
                 *error = json_object_get(result, "error");
    if (error) {
        const char *words = json_string_value(error);
        pull_answer_words(walk->error, "the server says ", words ? words : "an error",
                          strlen(words ? words : "an error"));
        return false;
    }
    walk->more = json_is_true(json_object_get(result, "partial"));
    for (size_t i = 0; i < json_array_size(all); i++) {
        const json_t *series = json_array_get(all, i);
        walk->more |= json_is_true(json_object_get(series, "partial"));
        if (!take_series(walk, series))
            return false;
    }
    return true;
}

static bool take_document(struct walk *walk, const json_t *document)
{
    const json_t *results = json_object_get(document, "results");
    if (json_object_get(document, "error"))
        return take_result(walk, document);
    if (!json_array_size(results))
        return refuse(walk, "the answer has no results: is it InfluxDB?");
    for (size_t i = 0; i < json_array_size(results); i++)
        if (!take_result(walk, json_array_get(results, i)))
            return false;
    return true;
}

static size_t skip_blank(const char *body, size_t length, size_t from)
{
    while (from < length && strchr(" \t\r\n", body[from]) && body[from])
        from++;
    return from;
}

// One document from `*from` on, which moves behind it.
static bool read_document(struct walk *walk, const char *body, size_t length, size_t *from)
{
    json_error_t error;
    json_t *document =
        json_loadb(body + *from, length - *from,
                   JSON_DISABLE_EOF_CHECK | JSON_DECODE_INT_AS_REAL | JSON_ALLOW_NUL, &error);
    if (!document) {
        pull_answer_words(walk->error, "the answer breaks off or is no JSON at ", body + *from,
                          length - *from);
        return false;
    }
    const bool good = take_document(walk, document);
    json_decref(document);
    *from += (size_t)error.position;
    return good;
}

bool pull_answer_read_influx(const char *body, size_t length, const struct pull_names *names,
                             struct pull_answer *ret, char ret_error[static PULL_ERROR_LEN])
{
    struct walk walk = {.names = names, .answer = ret, .error = ret_error};
    *ret = (struct pull_answer){0};
    size_t from = skip_blank(body, length, 0);
    if (from == length)
        return refuse(&walk, "the answer is empty");
    for (; from < length; from = skip_blank(body, length, from))
        if (!read_document(&walk, body, length, &from))
            return false;
    return !walk.more || refuse(&walk, "the answer ends where it says that more follows");
}
