// SPDX-License-Identifier: GPL-3.0-or-later
// Bodies of line protocol. What was read can be written, what was written is read as the same
// points, and writing those gives the same bytes; each line of it alone, too.
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/linetext.h"
#include "daemon/lineproto.h"
#include "daemon/utf8.h"
#include "tests/fuzz.h"

static bool same(struct lineproto_text a, struct lineproto_text b)
{
    return a.length == b.length && memcmp(a.data, b.data, a.length) == 0;
}

static bool same_field(const struct lineproto_field *a, const struct lineproto_field *b)
{
    if (!same(a->key, b->key) || a->type != b->type)
        return false;
    switch (a->type) {
    case LINEPROTO_FLOAT:
        return memcmp(&a->real, &b->real, sizeof a->real) == 0;
    case LINEPROTO_INT:
        return a->integer == b->integer;
    case LINEPROTO_UINT:
        return a->natural == b->natural;
    case LINEPROTO_BOOL:
        return a->boolean == b->boolean;
    case LINEPROTO_STRING:
        return same(a->string, b->string);
    }
    return false;
}

static bool same_point(const struct lineproto_point *a, const struct lineproto_point *b)
{
    bool good = same(a->measurement, b->measurement) && a->n_tags == b->n_tags &&
                a->n_fields == b->n_fields && a->has_time == b->has_time &&
                a->time_ns == b->time_ns;
    for (size_t i = 0; good && i < a->n_tags; i++)
        good = same(a->tags[i].key, b->tags[i].key) && same(a->tags[i].value, b->tags[i].value);
    for (size_t i = 0; good && i < a->n_fields; i++)
        good = same_field(&a->fields[i], &b->fields[i]);
    return good;
}

static void check_name(struct lineproto_text name)
{
    assert(linetext_is_name(name.data, name.length));
}

// What the header promises of every point.
static void check_point(const struct lineproto_point *point)
{
    check_name(point->measurement);
    assert(point->n_tags <= LINEPROTO_TAGS_MAX && point->n_fields <= LINEPROTO_FIELDS_MAX);
    assert(point->n_fields > 0 && (point->has_time || point->time_ns == 0));
    for (size_t i = 0; i < point->n_tags; i++) {
        check_name(point->tags[i].key);
        check_name(point->tags[i].value);
    }
    for (size_t i = 0; i < point->n_fields; i++) {
        const struct lineproto_field *field = &point->fields[i];
        check_name(field->key);
        if (field->type == LINEPROTO_STRING)
            assert(utf8_valid(field->string.data, field->string.length));
        else
            assert(field->real - field->real == 0); // finite
    }
}

// The only point of one canonical line, which is read from memory of just its size.
static void check_line(const struct lineproto_point *point, const struct buffer *line)
{
    static struct lineproto_point again;
    struct lineproto_reader reader;
    struct buffer out;
    char *copy = malloc(line->length);
    memcpy(copy, line->data, line->length);
    buffer_init(&out, SIZE_MAX / 4);
    assert(memchr(line->data, '\n', line->length) == line->data + line->length - 1);
    lineproto_reader_init(&reader, copy, line->length, 1);
    assert(lineproto_next(&reader, &again) == LINEPROTO_POINT);
    assert(same_point(point, &again));
    assert(lineproto_write(&out, &again));
    assert(out.length == line->length && memcmp(out.data, line->data, out.length) == 0);
    assert(lineproto_next(&reader, &again) == LINEPROTO_END);
    buffer_done(&out);
    free(copy);
}

static size_t count_fields(char *lines, size_t length, size_t line_bytes)
{
    static struct lineproto_point again;
    struct lineproto_reader reader;
    size_t fields = 0;
    lineproto_reader_init(&reader, lines, length, 1);
    while (reader.next < reader.end) {
        const char *start = reader.next;
        assert(lineproto_next(&reader, &again) == LINEPROTO_POINT);
        assert((size_t)(reader.next - start) <= line_bytes);
        fields += again.n_fields;
    }
    return fields;
}

// What was read needs no mending, and all of it is in the lines that it is spread over.
static void check_relay(const struct lineproto_point *point, const struct buffer *line,
                        size_t line_bytes)
{
    struct buffer out;
    buffer_init(&out, SIZE_MAX / 4);
    assert(lineproto_relay(&out, point, &(struct lineproto_limits){0}));
    assert(out.length == line->length && memcmp(out.data, line->data, out.length) == 0);
    buffer_clear(&out);
    if (lineproto_relay(&out, point, &(struct lineproto_limits){line_bytes, true}))
        assert(count_fields(out.data, out.length, line_bytes) == point->n_fields);
    else
        assert(out.length == 0 && line->length > line_bytes);
    buffer_done(&out);
}

static void check_body(char *body, size_t length, int64_t ns_per_tick, size_t line_bytes)
{
    static struct lineproto_point point;
    struct lineproto_reader reader;
    struct buffer line;
    unsigned long last = 0;
    buffer_init(&line, SIZE_MAX / 4);
    lineproto_reader_init(&reader, body, length, ns_per_tick);
    for (enum lineproto_status status;
         (status = lineproto_next(&reader, &point)) != LINEPROTO_END;) {
        assert(reader.line > last);
        last = reader.line;
        if (status == LINEPROTO_BAD) {
            assert(*reader.error && reader.column > 0 && reader.column <= length + 1);
            continue;
        }
        check_point(&point);
        buffer_clear(&line);
        assert(lineproto_write(&line, &point));
        check_line(&point, &line);
        check_relay(&point, &line, line_bytes);
    }
    buffer_done(&line);
}

// The first byte chooses the precision and the length of relayed lines, the rest is the body.
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const int64_t ticks[] = {1, 1000, 1000000, 1000000000};
    if (size == 0)
        return 0;
    char *body = malloc(size - 1 ? size - 1 : 1);
    memcpy(body, data + 1, size - 1);
    check_body(body, size - 1, ticks[*data % 4], 1 + (size_t)*data);
    free(body);
    return 0;
}
