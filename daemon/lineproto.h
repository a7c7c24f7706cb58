// SPDX-License-Identifier: GPL-3.0-or-later
// InfluxDB line protocol, read strictly and written in one canonical form. Pure.
//
//     measurement[,tag=value...] field=value[,field=value...] [timestamp]
//
// What is accepted is what the reference decoder (influxdata/line-protocol) accepts, and in
// addition nothing. What it means, where the format's descriptions leave it open:
//  - A backslash takes the meaning from a comma and a blank, in keys and tag values also from '=',
//    and in a string stands for " \ and, as \n \r \t, for the control characters. Before anything
//    else, and before another backslash outside of a string, it is an ordinary character.
//  - Names and tag values are never empty, are valid UTF-8 and hold no ASCII control character. A
//    string is valid UTF-8 and may hold anything, newlines and NUL too.
//  - A line ends with LF or CR LF; the last one may end with CR or with nothing. A comment must not
//    hold control characters.
//  - A tag key that comes twice is refused; a field key that comes twice is given twice.
#ifndef PHUTAI_DAEMON_LINEPROTO_H
#define PHUTAI_DAEMON_LINEPROTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/buffer.h"

// A line with more is refused. The reference has no limits.
enum { LINEPROTO_TAGS_MAX = 256, LINEPROTO_FIELDS_MAX = 1024 };

struct lineproto_text { // not NUL-terminated; unescaped
    const char *data;
    size_t length;
};

enum lineproto_type {
    LINEPROTO_FLOAT,
    LINEPROTO_INT,
    LINEPROTO_UINT,
    LINEPROTO_BOOL,
    LINEPROTO_STRING
};

struct lineproto_field {
    struct lineproto_text key;
    enum lineproto_type type;
    double real; // the value as a double, finite; NaN for STRING
    union {      // the member of `type`; none for FLOAT
        int64_t integer;
        uint64_t natural;
        bool boolean;
        struct lineproto_text string;
    };
};

struct lineproto_tag {
    struct lineproto_text key, value;
};

struct lineproto_point { // 60 kB
    struct lineproto_text measurement;
    size_t n_tags, n_fields;
    bool has_time;
    int64_t time_ns;                               // 0 where there is none
    struct lineproto_tag tags[LINEPROTO_TAGS_MAX]; // in ascending order of their keys
    struct lineproto_field fields[LINEPROTO_FIELDS_MAX];
};

// A walk over one body. The body is changed in place while texts are unescaped, and points refer
// into it.
struct lineproto_reader {
    char *next, *end;
    unsigned long line;      // of the point last returned, the body's first line being 1
    int64_t ns_per_tick;     // precision of the timestamps: 1, 1000, 1000000 or 1000000000
    const char *error;       // why the last line was refused
    size_t column;           // where in that line, its first byte being 1
    unsigned long next_line; // of the byte at `next`
    char *line_start;        // of the point last returned
};

void lineproto_reader_init(struct lineproto_reader *reader, char *body, size_t length,
                           int64_t ns_per_tick);

enum lineproto_status { LINEPROTO_POINT, LINEPROTO_BAD, LINEPROTO_END };

// The next point, skipping blank lines and comments. BAD: `reader->error` says why in words (a
// constant text), *ret is in disorder, and the walk goes on with the line after the fault; a string
// that is never closed costs the line where it begins. O(length of the line), about 0.1 us for a
// reading; of *ret only what is used is written.
enum lineproto_status lineproto_next(struct lineproto_reader *reader, struct lineproto_point *ret);

// True where `text` equals the C string.
bool lineproto_equal(struct lineproto_text text, const char *string);

// Below, at or above 0 in the order of the bytes, which is that of tags.
int lineproto_compare(struct lineproto_text a, struct lineproto_text b);

// Writing. A line is begun, tags are given in ascending order of their keys, then fields, then the
// end. Names and values are escaped; a field that is NaN or infinite is left out. A line disappears
// where it is left without fields, and where a name or tag value is one that cannot be read back
// (empty, not UTF-8, with a control character, ending in a backslash, a measurement that begins
// with '#') or a string is not UTF-8; written piece by piece, also where the measurement or a key
// is not ASCII. Tag values and strings are brought to NFC then; lineproto_write changes nothing of
// a point that was read.
//
// The same calls give the same bytes: shortest decimals, integers with i, naturals with u, true and
// false, strings in quotes.
struct lineproto_writer {
    struct buffer *out;
    size_t line_start;
    bool has_field, bad;
};
void lineproto_begin(struct lineproto_writer *writer, struct buffer *out, const char *measurement);
void lineproto_put_tag(struct lineproto_writer *writer, const char *key, const char *value);
void lineproto_put_real(struct lineproto_writer *writer, const char *key, double value);
void lineproto_put_integer(struct lineproto_writer *writer, const char *key, int64_t value);
void lineproto_put_string(struct lineproto_writer *writer, const char *key, const char *value);
// True where the line was written: false where it disappeared or the buffer has failed.
bool lineproto_end(struct lineproto_writer *writer, int64_t time_ns);

// Writes a point that was read, in canonical form: tags sorted by key, fields in their order, time
// in ns where it has one. False as lineproto_end.
bool lineproto_write(struct buffer *out, const struct lineproto_point *point);

// What a server takes less of than the format allows.
struct lineproto_limits {
    size_t line_bytes; // of a line with its newline; 0: any number. VictoriaMetrics takes 262144
    bool no_naturals;  // no suffix u, as InfluxDB 1.x: integers, the largest one where it is larger
};

// Writes a point for such a server, mended as Telegraf mends the points it passes on: a tag whose
// key or value is empty is left out, and so is a field without a key; backslashes at the end of a
// name are cut off; a newline, tab, return or form feed in a name becomes a backslash and a letter.
// (lineproto_write writes no such point.) Of a line that is too long the fields go into several,
// each with as many as find room. False, and nothing written, where one field alone does not, where
// no field is left, and as lineproto_end.
bool lineproto_relay(struct buffer *out, const struct lineproto_point *point,
                     const struct lineproto_limits *limits);

// True where the bytes are valid UTF-8 (RFC 3629) without NUL.
bool lineproto_utf8(const char *data, size_t length);

#endif
