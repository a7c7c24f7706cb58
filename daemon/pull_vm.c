// SPDX-License-Identifier: GPL-3.0-or-later
// What VictoriaMetrics exports: a line of JSON for each run of points of a series.
#include "daemon/pull_answer.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

struct walk {
    const struct pull_names *names;
    struct pull_answer *answer;
    char *error;
};

static bool refuse(struct walk *walk, const char *words)
{
    snprintf(walk->error, PULL_ERROR_LEN, "%s", words);
    return false;
}

static enum pull_column column_of(const struct walk *walk, const json_t *metric)
{
    const char *name = json_string_value(json_object_get(metric, "__name__"));
    const char *humidity = walk->names->metric[PULL_HUMIDITY];
    return name && humidity && !strcmp(name, humidity) ? PULL_HUMIDITY : PULL_VALUE;
}

static bool is_time(const json_t *time_ms)
{
    static const double far_ms = 1e15;
    return json_is_number(time_ms) && fabs(json_number_value(time_ms)) < far_ms;
}

// As many values as times.
static bool is_whole(const json_t *values, const json_t *times)
{
    bool whole = json_is_array(values) && json_is_array(times) &&
                 json_array_size(values) == json_array_size(times);
    for (size_t i = 0; whole && i < json_array_size(times); i++)
        whole = is_time(json_array_get(times, i));
    return whole;
}

static bool take_points(struct walk *walk, const json_t *line, enum pull_column column)
{
    const json_t *values = json_object_get(line, "values");
    const json_t *times = json_object_get(line, "timestamps");
    for (size_t i = 0; i < json_array_size(times); i++) {
        const json_t *value = json_array_get(values, i);
        const struct pull_point point = {
            .column = column,
            .time_ms = (int64_t)json_number_value(json_array_get(times, i)),
            .value = json_is_number(value) ? json_number_value(value) : (double)NAN};
        // A gap that was marked as one is no point.
        if (!json_is_null(value) && !pull_answer_add_point(walk->answer, &point))
            return refuse(walk, "out of memory");
    }
    return true;
}

static bool take_line(struct walk *walk, const json_t *line)
{
    const json_t *metric = json_object_get(line, "metric");
    if (!is_whole(json_object_get(line, "values"), json_object_get(line, "timestamps"))) {
        walk->answer->malformed++;
        return true;
    }
    return (pull_answer_begin_series(walk->answer, metric, walk->names) ||
            refuse(walk, "out of memory")) &&
           take_points(walk, line, column_of(walk, metric));
}

// A line that begins as a series and cannot be read is a fault of that series, such as a label that
// is not UTF-8 or holds a NUL. Anything else is the server's words about what went wrong meanwhile.
static bool refuse_line(struct walk *walk, const char *line, size_t length)
{
    static const char head[] = "{\"metric\":";
    if (length >= sizeof head && !memcmp(line, head, sizeof head - 1)) {
        walk->answer->malformed++;
        return true;
    }
    pull_answer_words(walk->error, "the server says ", line, length);
    return false;
}

static bool read_line(struct walk *walk, const char *line, size_t length)
{
    if (!length || (length == 1 && *line == '\r'))
        return true;
    json_t *json = json_loadb(line, length, JSON_DECODE_INT_AS_REAL, NULL);
    const bool series = json_is_object(json_object_get(json, "metric"));
    const bool good = series ? take_line(walk, json) : refuse_line(walk, line, length);
    json_decref(json);
    return good;
}

bool pull_answer_read_vm(const char *body, size_t length, const struct pull_names *names,
                         struct pull_answer *ret, char ret_error[static PULL_ERROR_LEN])
{
    struct walk walk = {.names = names, .answer = ret, .error = ret_error};
    *ret = (struct pull_answer){0};
    for (const char *line = body, *end = body + length; line < end;) {
        const char *newline = memchr(line, '\n', (size_t)(end - line));
        if (!newline && (size_t)(end - line) > 0 && *line == '{')
            return refuse(&walk, "the answer breaks off within a line");
        const char *stop = newline ? newline : end;
        if (!read_line(&walk, line, (size_t)(stop - line)))
            return false;
        line = newline ? newline + 1 : end;
    }
    return true;
}
