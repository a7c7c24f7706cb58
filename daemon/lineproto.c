// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/lineproto.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "config/text.h"
#include "daemon/linetext.h"
#include "daemon/nfc.h"
#include "daemon/number.h"
#include "daemon/utf8.h"

bool lineproto_utf8(const char *data, size_t length)
{
    return utf8_valid(data, length) && (length == 0 || !memchr(data, '\0', length));
}

bool lineproto_equal(struct lineproto_text text, const char *string)
{
    return strlen(string) == text.length && memcmp(text.data, string, text.length) == 0;
}

void lineproto_reader_init(struct lineproto_reader *reader, char *body, size_t length,
                           int64_t ns_per_tick)
{
    *reader = (struct lineproto_reader){.next = body,
                                        .end = body + length,
                                        .ns_per_tick = ns_per_tick,
                                        .next_line = 1,
                                        .line_start = body};
}

// `next` stays where it is: the walk goes on with the line after it.
static bool refuse(struct lineproto_reader *reader, const char *where, const char *why)
{
    reader->column = (size_t)(where - reader->line_start) + 1;
    reader->error = why;
    return false;
}

static bool at(const struct lineproto_reader *reader, char c)
{
    return reader->next < reader->end && *reader->next == c;
}

static bool ends_value(char c)
{
    return c == ',' || c == ' ' || c == '\n' || c == '\r';
}

static void skip_blanks(struct lineproto_reader *reader)
{
    while (at(reader, ' '))
        reader->next++;
}

// Takes LF, CR LF, a CR that ends the body, or the end of the body.
static bool take_line_end(struct lineproto_reader *reader)
{
    char *p = reader->next;
    if (p < reader->end && *p == '\r')
        p++;
    if (p < reader->end && *p != '\n')
        return false;
    reader->next_line += p < reader->end;
    reader->next = p < reader->end ? p + 1 : p;
    return true;
}

// Takes a measurement, a key or a tag's value; it may be empty.
static bool take_name(struct lineproto_reader *reader, enum linetext_kind kind,
                      struct lineproto_text *ret)
{
    ret->data = reader->next;
    return linetext_read_name(&reader->next, reader->end, kind, &ret->length) ||
           refuse(reader, ret->data, "not UTF-8");
}

static bool take_string(struct lineproto_reader *reader, struct lineproto_text *ret)
{
    char *quote = reader->next++;
    size_t newlines = 0;
    ret->data = reader->next;
    switch (linetext_read_string(&reader->next, reader->end, &ret->length, &newlines)) {
    case LINETEXT_OPEN:
        return refuse(reader, quote, "a string that is not closed");
    case LINETEXT_NOT_UTF8:
        reader->next_line += newlines;
        return refuse(reader, quote, "not UTF-8");
    case LINETEXT_STRING:
        reader->next_line += newlines;
        break;
    }
    if (reader->next < reader->end && !ends_value(*reader->next))
        return refuse(reader, reader->next, "expected a comma or a blank after a string");
    return true;
}

static bool read_boolean(const char *text, size_t length, bool *ret)
{
    static const char *const words[][5] = {{"f", "F", "false", "False", "FALSE"},
                                           {"t", "T", "true", "True", "TRUE"}};
    for (size_t value = 0; value < 2; value++)
        for (size_t i = 0; i < 5; i++)
            if (lineproto_equal((struct lineproto_text){text, length}, words[value][i])) {
                *ret = value;
                return true;
            }
    return false;
}

static enum number_status read_number(const char *text, size_t length, struct lineproto_field *ret)
{
    enum number_status status;
    char suffix = text[length - 1];
    if (suffix != 'i' && suffix != 'u') {
        ret->type = LINEPROTO_FLOAT;
        return number_real(text, length, &ret->real);
    }
    ret->type = suffix == 'i' ? LINEPROTO_INT : LINEPROTO_UINT;
    if (suffix == 'i')
        status = number_integer(text, length - 1, &ret->integer);
    else
        status = number_natural(text, length - 1, &ret->natural);
    if (status == NUMBER_OK)
        ret->real = suffix == 'i' ? (double)ret->integer : (double)ret->natural;
    return status;
}

// Takes a value that is no string: up to the next comma, blank or line end.
static bool take_plain(struct lineproto_reader *reader, struct lineproto_field *ret)
{
    char *start = reader->next, *p = start;
    while (p < reader->end && !ends_value(*p))
        p++;
    if (p == start)
        return refuse(reader, start, "a field without a value");
    size_t length = (size_t)(p - start);
    reader->next = p;
    if (*start == '-' || *start == '.' || (*start >= '0' && *start <= '9'))
        switch (read_number(start, length, ret)) {
        case NUMBER_OK:
            return true;
        case NUMBER_RANGE:
            return refuse(reader, start, "a number out of range");
        case NUMBER_SYNTAX:
            return refuse(reader, start, "not a number");
        }
    ret->type = LINEPROTO_BOOL;
    if (!read_boolean(start, length, &ret->boolean))
        return refuse(reader, start, "neither a number, a boolean nor a string in quotes");
    ret->real = ret->boolean;
    return true;
}

static bool take_field(struct lineproto_reader *reader, struct lineproto_field *ret)
{
    if (!take_name(reader, LINETEXT_KEY, &ret->key))
        return false;
    if (ret->key.length == 0)
        return refuse(reader, reader->next, "a field's name is missing");
    if (!at(reader, '='))
        return refuse(reader, reader->next, "expected '=' after a field's name");
    reader->next++;
    if (!at(reader, '"'))
        return take_plain(reader, ret);
    ret->type = LINEPROTO_STRING;
    ret->real = (double)NAN;
    return take_string(reader, &ret->string);
}

static bool take_fields(struct lineproto_reader *reader, struct lineproto_point *point)
{
    point->n_fields = 0;
    do {
        if (point->n_fields == LINEPROTO_FIELDS_MAX)
            return refuse(reader, reader->next, "more than 1024 fields");
        reader->next += point->n_fields > 0;
        if (!take_field(reader, &point->fields[point->n_fields]))
            return false;
        point->n_fields++;
    } while (at(reader, ','));
    return true;
}

int lineproto_compare(struct lineproto_text a, struct lineproto_text b)
{
    int order = memcmp(a.data, b.data, a.length < b.length ? a.length : b.length);
    return order ? order : (a.length > b.length) - (a.length < b.length);
}

static int compare_tags(const void *a, const void *b)
{
    return lineproto_compare(((const struct lineproto_tag *)a)->key,
                             ((const struct lineproto_tag *)b)->key);
}

static void swap_tags(struct lineproto_tag *a, struct lineproto_tag *b)
{
    struct lineproto_tag kept = *a;
    *a = *b;
    *b = kept;
}

// Most points have few tags, and senders are told to sort them: what is in order is left alone, two
// in the wrong order change places, and the rest is for the library.
static bool sort_tags(struct lineproto_reader *reader, struct lineproto_point *point)
{
    struct lineproto_tag *tags = point->tags;
    size_t n = point->n_tags, sorted = 1;
    while (sorted < n && compare_tags(&tags[sorted - 1], &tags[sorted]) < 0)
        sorted++;
    if (sorted >= n)
        return true;
    if (n == 2)
        swap_tags(&tags[0], &tags[1]);
    else
        qsort(tags, n, sizeof tags[0], compare_tags);
    for (size_t i = 1; i < n; i++)
        if (compare_tags(&tags[i - 1], &tags[i]) == 0)
            return refuse(reader, reader->next, "a tag comes twice");
    return true;
}

static bool take_tag(struct lineproto_reader *reader, struct lineproto_tag *ret)
{
    if (!take_name(reader, LINETEXT_KEY, &ret->key))
        return false;
    if (ret->key.length == 0)
        return refuse(reader, reader->next, "a tag's name is missing");
    if (!at(reader, '='))
        return refuse(reader, reader->next, "expected '=' after a tag's name");
    reader->next++;
    if (!take_name(reader, LINETEXT_KEY, &ret->value))
        return false;
    return ret->value.length > 0 || refuse(reader, reader->next, "a tag without a value");
}

static bool take_tags(struct lineproto_reader *reader, struct lineproto_point *point)
{
    point->n_tags = 0;
    while (at(reader, ',')) {
        if (point->n_tags == LINEPROTO_TAGS_MAX)
            return refuse(reader, reader->next, "more than 256 tags");
        reader->next++;
        if (!take_tag(reader, &point->tags[point->n_tags]))
            return false;
        point->n_tags++;
    }
    if (!at(reader, ' '))
        return refuse(reader, reader->next, "expected a comma or a blank and the fields");
    return sort_tags(reader, point);
}

static bool take_time(struct lineproto_reader *reader, struct lineproto_point *point)
{
    char *start = reader->next, *p = start;
    while (p < reader->end && !ends_value(*p))
        p++;
    int64_t ticks = 0;
    switch (number_integer(start, (size_t)(p - start), &ticks)) {
    case NUMBER_SYNTAX:
        return refuse(reader, start, "the timestamp is not an integer");
    case NUMBER_RANGE:
        return refuse(reader, start, "the timestamp is out of range");
    case NUMBER_OK:
        break;
    }
    if (__builtin_mul_overflow(ticks, reader->ns_per_tick, &point->time_ns))
        return refuse(reader, start, "the timestamp is out of range");
    point->has_time = true;
    reader->next = p;
    skip_blanks(reader);
    return take_line_end(reader) || refuse(reader, reader->next, "text after the timestamp");
}

static bool take_point(struct lineproto_reader *reader, struct lineproto_point *point)
{
    if (!take_name(reader, LINETEXT_MEASUREMENT, &point->measurement))
        return false;
    if (point->measurement.length == 0)
        return refuse(reader, reader->next, "the measurement's name is missing");
    if (!take_tags(reader, point))
        return false;
    skip_blanks(reader);
    if (!take_fields(reader, point))
        return false;
    point->has_time = false;
    point->time_ns = 0;
    skip_blanks(reader);
    return take_line_end(reader) || take_time(reader, point);
}

static void skip_line(struct lineproto_reader *reader)
{
    char *newline = memchr(reader->next, '\n', (size_t)(reader->end - reader->next));
    reader->next = newline ? newline + 1 : reader->end;
    reader->next_line += newline != NULL;
}

// Goes to the next line that holds something. BAD: that something is no point.
static enum lineproto_status find_point(struct lineproto_reader *reader)
{
    for (;;) {
        reader->line = reader->next_line;
        reader->line_start = reader->next;
        skip_blanks(reader);
        if (reader->next == reader->end)
            return LINEPROTO_END;
        bool comment = *reader->next == '#';
        while (comment && reader->next < reader->end && !linetext_is_control(*reader->next))
            reader->next++;
        if (!comment && *reader->next != '\n' && *reader->next != '\r')
            return LINEPROTO_POINT;
        if (take_line_end(reader))
            continue;
        refuse(reader, reader->next,
               comment ? "a control character in a comment" : "a carriage return in a line");
        return LINEPROTO_BAD;
    }
}

enum lineproto_status lineproto_next(struct lineproto_reader *reader, struct lineproto_point *ret)
{
    enum lineproto_status status = find_point(reader);
    if (status == LINEPROTO_POINT && !take_point(reader, ret))
        status = LINEPROTO_BAD;
    if (status == LINEPROTO_BAD)
        skip_line(reader);
    return status;
}

static struct lineproto_text text_of(const char *string)
{
    return (struct lineproto_text){string, strlen(string)};
}

static void put_name(struct lineproto_writer *writer, struct lineproto_text text,
                     enum linetext_kind kind)
{
    writer->bad = writer->bad || !linetext_is_name(text.data, text.length);
    linetext_write_name(writer->out, text.data, text.length, kind);
}

static void put_string(struct lineproto_writer *writer, struct lineproto_text text)
{
    writer->bad = writer->bad || !utf8_valid(text.data, text.length);
    linetext_write_string(writer->out, text.data, text.length);
}

static void begin(struct lineproto_writer *writer, struct buffer *out, struct lineproto_text name)
{
    *writer = (struct lineproto_writer){.out = out, .line_start = out->length};
    writer->bad = name.length > 0 && name.data[0] == '#';
    put_name(writer, name, LINETEXT_MEASUREMENT);
}

static void put_tag(struct lineproto_writer *writer, const struct lineproto_tag *tag)
{
    buffer_append(writer->out, ",", 1);
    put_name(writer, tag->key, LINETEXT_KEY);
    buffer_append(writer->out, "=", 1);
    put_name(writer, tag->value, LINETEXT_KEY);
}

static void put_field(struct lineproto_writer *writer, const struct lineproto_field *field)
{
    char number[TEXT_REAL_LEN];
    if (field->type == LINEPROTO_FLOAT && !isfinite(field->real))
        return;
    buffer_append(writer->out, writer->has_field ? "," : " ", 1);
    writer->has_field = true;
    put_name(writer, field->key, LINETEXT_KEY);
    buffer_append(writer->out, "=", 1);
    switch (field->type) {
    case LINEPROTO_FLOAT:
        text_write_real(field->real, number);
        buffer_text(writer->out, number);
        break;
    case LINEPROTO_INT:
        text_write_integer(field->integer, number);
        buffer_text(writer->out, number);
        buffer_append(writer->out, "i", 1);
        break;
    case LINEPROTO_UINT:
        buffer_printf(writer->out, "%" PRIu64 "u", field->natural);
        break;
    case LINEPROTO_BOOL:
        buffer_text(writer->out, field->boolean ? "true" : "false");
        break;
    case LINEPROTO_STRING:
        put_string(writer, field->string);
        break;
    }
}

static bool end(struct lineproto_writer *writer, bool has_time, int64_t time_ns)
{
    if (writer->bad || !writer->has_field) {
        buffer_truncate(writer->out, writer->line_start);
        return false;
    }
    if (has_time) {
        char number[TEXT_INTEGER_LEN];
        text_write_integer(time_ns, number);
        buffer_append(writer->out, " ", 1);
        buffer_text(writer->out, number);
    }
    buffer_append(writer->out, "\n", 1);
    return !writer->out->failed;
}

// Measurements and keys of our own: VictoriaMetrics stores others, but cannot be asked for them.
static struct lineproto_text ascii(struct lineproto_writer *writer, const char *name)
{
    for (const char *c = name; *c; c++)
        writer->bad = writer->bad || (unsigned char)*c >= 0x80;
    return text_of(name);
}

// A free text in NFC; *ret_owned is to be freed. What is not UTF-8 stays, and is refused.
static struct lineproto_text composed(struct lineproto_writer *writer, const char *string,
                                      char **ret_owned)
{
    struct lineproto_text text = text_of(string);
    *ret_owned = NULL;
    if (nfc_is_ascii(text.data, text.length) || !utf8_valid(text.data, text.length))
        return text;
    *ret_owned = nfc_compose(text.data, text.length, &text.length);
    writer->bad = writer->bad || !*ret_owned;
    text.data = *ret_owned ? *ret_owned : string;
    return text;
}

void lineproto_begin(struct lineproto_writer *writer, struct buffer *out, const char *measurement)
{
    begin(writer, out, text_of(measurement));
    ascii(writer, measurement);
}

void lineproto_put_tag(struct lineproto_writer *writer, const char *key, const char *value)
{
    char *owned;
    struct lineproto_text text = composed(writer, value, &owned);
    put_tag(writer, &(struct lineproto_tag){ascii(writer, key), text});
    free(owned);
}

void lineproto_put_real(struct lineproto_writer *writer, const char *key, double value)
{
    put_field(writer, &(struct lineproto_field){
                          .key = ascii(writer, key), .type = LINEPROTO_FLOAT, .real = value});
}

void lineproto_put_integer(struct lineproto_writer *writer, const char *key, int64_t value)
{
    put_field(writer, &(struct lineproto_field){
                          .key = ascii(writer, key), .type = LINEPROTO_INT, .integer = value});
}

void lineproto_put_string(struct lineproto_writer *writer, const char *key, const char *value)
{
    char *owned;
    struct lineproto_field field = {.key = ascii(writer, key), .type = LINEPROTO_STRING};
    field.string = composed(writer, value, &owned);
    put_field(writer, &field);
    free(owned);
}

bool lineproto_end(struct lineproto_writer *writer, int64_t time_ns)
{
    return end(writer, true, time_ns);
}

bool lineproto_write(struct buffer *out, const struct lineproto_point *point)
{
    struct lineproto_writer writer;
    begin(&writer, out, point->measurement);
    for (size_t i = 0; i < point->n_tags; i++)
        put_tag(&writer, &point->tags[i]);
    for (size_t i = 0; i < point->n_fields; i++)
        put_field(&writer, &point->fields[i]);
    return end(&writer, point->has_time, point->time_ns);
}
