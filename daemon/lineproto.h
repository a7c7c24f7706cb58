// SPDX-License-Identifier: GPL-3.0-or-later
// InfluxDB line protocol, read strictly and written in one canonical form. Pure.
//
//     measurement[,tag=value...] field=value[,field=value...] [timestamp]
//
// What is accepted is what the reference decoder (influxdata/line-protocol) accepts, and in addition
// nothing.
#ifndef PHUTAI_DAEMON_LINEPROTO_H
#define PHUTAI_DAEMON_LINEPROTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/buffer.h"

enum { LINEPROTO_TAGS_MAX = 64, LINEPROTO_FIELDS_MAX = 1024, LINEPROTO_LINE_MAX = 262144 };

struct lineproto_text { // not NUL-terminated; unescaped
    const char *data;
    size_t length;
};

enum lineproto_type {
    LINEPROTO_FLOAT, LINEPROTO_INT, LINEPROTO_UINT, LINEPROTO_BOOL, LINEPROTO_STRING
};

struct lineproto_field {
    struct lineproto_text key;
    enum lineproto_type type;
    double real;      // FLOAT; and INT, UINT, BOOL as a double
    int64_t integer;  // INT
    uint64_t natural; // UINT
    bool boolean;
    struct lineproto_text string;
};

struct lineproto_tag {
    struct lineproto_text key, value;
};

struct lineproto_point {
    struct lineproto_text measurement;
    size_t n_tags, n_fields;
    struct lineproto_tag tags[LINEPROTO_TAGS_MAX];
    struct lineproto_field fields[LINEPROTO_FIELDS_MAX];
    bool has_time;
    int64_t time_ns;
};

// A walk over one body. The body is changed in place while texts are unescaped, and points refer
// into it.
struct lineproto_reader {
    char *next, *end;
    unsigned long line;     // of the point last returned, the body's first line being 1
    int64_t ns_per_tick;    // precision of the timestamps: 1, 1000, 1000000 or 1000000000
    const char *error;      // why the last line was refused
};

void lineproto_reader_init(struct lineproto_reader *reader, char *body, size_t length,
                           int64_t ns_per_tick);

enum lineproto_status { LINEPROTO_POINT, LINEPROTO_BAD, LINEPROTO_END };

// The next point, skipping blank lines and comments. BAD: `reader->error` says why in words (a
// constant text), and the walk goes on with the line after. O(length of the line).
enum lineproto_status lineproto_next(struct lineproto_reader *reader, struct lineproto_point *ret);

// True where `text` equals the C string.
bool lineproto_equal(struct lineproto_text text, const char *string);

// Writing. A line is begun, tags are given in ascending order of their keys, then fields, then the
// time. Names and values are escaped; a field that is NaN or infinite is left out; a line left
// without fields disappears. Names and values must be valid UTF-8 (lineproto_utf8).
struct lineproto_writer {
    struct buffer *out;
    size_t line_start;
    bool has_field;
};
void lineproto_begin(struct lineproto_writer *writer, struct buffer *out, const char *measurement);
void lineproto_put_tag(struct lineproto_writer *writer, const char *key, const char *value);
void lineproto_put_real(struct lineproto_writer *writer, const char *key, double value);
void lineproto_put_integer(struct lineproto_writer *writer, const char *key, int64_t value);
void lineproto_put_string(struct lineproto_writer *writer, const char *key, const char *value);
void lineproto_end(struct lineproto_writer *writer, int64_t time_ns);

// Writes a point that was read, in canonical form: tags sorted by key, fields in their order.
void lineproto_write(struct buffer *out, const struct lineproto_point *point);

// True where the bytes are valid UTF-8 (RFC 3629) without NUL.
bool lineproto_utf8(const char *data, size_t length);

#endif
