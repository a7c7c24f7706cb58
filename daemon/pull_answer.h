// SPDX-License-Identifier: GPL-3.0-or-later
// What a database answered: its series and their points, whatever the dialect; and the reading of
// the two dialects. Pure: no network, no clock.
//
// An answer is read whole or not at all: where it breaks off, or where an error of the server
// stands in it, nothing of it counts, as nobody knows what is missing. Only a series that cannot be
// read while those around it can is left out by itself, and counted.
#ifndef PHUTAI_DAEMON_PULL_ANSWER_H
#define PHUTAI_DAEMON_PULL_ANSWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

// What a value is: the load or the temperature, or the humidity that goes with a temperature.
enum pull_column { PULL_VALUE, PULL_HUMIDITY, PULL_COLUMNS };

struct pull_series {
    char *identity; // all its tags, as text
    char *name;     // of the zone or station; NULL where there is no such tag
    char *meter;    // "" where there is none
    bool simulated; // says of itself that it was made up
};

struct pull_point {
    size_t series;
    enum pull_column column;
    size_t order; // later in the answer is larger
    int64_t time_ms;
    int64_t samples; // that it is the mean of; 0: it is one itself
    double value;    // NaN: not a number
};

struct pull_answer {
    size_t n_series, max_series;
    struct pull_series *series;
    size_t current; // the series that points are added to
    size_t n_points, max_points;
    struct pull_point *points;
    size_t malformed; // series that could not be read
    bool no_memory;
};

// The names that the answer is read by.
struct pull_names {
    const char *name_tag, *meter_tag;
    const char *metric[PULL_COLUMNS]; // of VictoriaMetrics; NULL where there is none
};

enum { PULL_ERROR_LEN = 256 };

// Each reads a body into an answer that it begins anew; the caller ends it with pull_answer_done,
// whatever came out. False, with words of one line, where it breaks off or is none. 0.5 us a point.

// The documents of /query with chunked=true and epoch=ms. Of each series the columns "time",
// "value", "humidity" and "samples" are read; rows without a value are not points.
[[nodiscard]] bool pull_answer_read_influx(const char *body, size_t length,
                                           const struct pull_names *names, struct pull_answer *ret,
                                           char ret_error[static PULL_ERROR_LEN]);
// The lines of /api/v1/export.
[[nodiscard]] bool pull_answer_read_vm(const char *body, size_t length,
                                       const struct pull_names *names, struct pull_answer *ret,
                                       char ret_error[static PULL_ERROR_LEN]);

void pull_answer_done(struct pull_answer *answer);

// For the readers. Both say false without memory, and note it.

// The series that points are added to from now on: one that is known by its tags, or a new one.
// `tags` is the JSON object of all of them. O(series).
[[nodiscard]] bool pull_answer_begin_series(struct pull_answer *answer, const json_t *tags,
                                            const struct pull_names *names);
[[nodiscard]] bool pull_answer_add_point(struct pull_answer *answer,
                                         const struct pull_point *point);

// One line of words about what a server sent, cut at a character, without control characters.
void pull_answer_words(char ret[static PULL_ERROR_LEN], const char *before, const char *sent,
                       size_t length);

#endif
