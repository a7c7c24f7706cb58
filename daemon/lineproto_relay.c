// SPDX-License-Identifier: GPL-3.0-or-later
// Points that others made, for servers that take less than the format allows.
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/lineproto.h"

// Room for the texts that change: at most twice as long as they were.
struct mender {
    char *next;
};

static struct lineproto_text mend(struct mender *mender, struct lineproto_text text)
{
    static const char controls[] = "\n\t\r\f", letters[] = "ntrf";
    while (text.length > 0 && text.data[text.length - 1] == '\\')
        text.length--;
    char *start = mender->next;
    for (size_t i = 0; i < text.length; i++) {
        const char *found = text.data[i] ? strchr(controls, text.data[i]) : NULL;
        if (found)
            *mender->next++ = '\\';
        *mender->next++ = found ? letters[found - controls] : text.data[i];
    }
    return (struct lineproto_text){start, text.length > 0 ? (size_t)(mender->next - start) : 0};
}

static size_t names_length(const struct lineproto_point *point)
{
    size_t length = point->measurement.length;
    for (size_t i = 0; i < point->n_tags; i++)
        length += point->tags[i].key.length + point->tags[i].value.length;
    for (size_t i = 0; i < point->n_fields; i++)
        length += point->fields[i].key.length;
    return length;
}

// Puts a tag where it belongs among those before it; of two that became the same the first stays.
static void insert_tag(struct lineproto_point *point, struct lineproto_tag tag)
{
    size_t place = point->n_tags;
    int order = 1;
    while (place > 0 && (order = lineproto_compare(point->tags[place - 1].key, tag.key)) > 0)
        place--;
    if (place > 0 && order == 0)
        return;
    memmove(&point->tags[place + 1], &point->tags[place],
            (point->n_tags - place) * sizeof point->tags[0]);
    point->tags[place] = tag;
    point->n_tags++;
}

static void mend_names(struct lineproto_point *point, struct mender *mender)
{
    size_t n_tags = point->n_tags, n_fields = point->n_fields;
    point->measurement = mend(mender, point->measurement);
    point->n_tags = point->n_fields = 0;
    for (size_t i = 0; i < n_tags; i++) {
        struct lineproto_tag tag = {mend(mender, point->tags[i].key),
                                    mend(mender, point->tags[i].value)};
        if (tag.key.length > 0 && tag.value.length > 0)
            insert_tag(point, tag);
    }
    for (size_t i = 0; i < n_fields; i++) {
        struct lineproto_field field = point->fields[i];
        field.key = mend(mender, field.key);
        if (field.key.length > 0)
            point->fields[point->n_fields++] = field;
    }
}

static void drop_naturals(struct lineproto_point *point)
{
    for (size_t i = 0; i < point->n_fields; i++) {
        struct lineproto_field *field = &point->fields[i];
        if (field->type != LINEPROTO_UINT)
            continue;
        uint64_t natural = field->natural;
        field->type = LINEPROTO_INT;
        field->integer = natural > INT64_MAX ? INT64_MAX : (int64_t)natural;
        field->real = (double)field->integer;
    }
}

// Writes the line of the first `n` fields, and takes it back where it is too long.
static bool write_first(struct buffer *out, struct lineproto_point *point, size_t n, size_t bytes)
{
    size_t start = out->length, all = point->n_fields;
    point->n_fields = n;
    bool written = lineproto_write(out, point);
    point->n_fields = all;
    if (written && bytes > 0 && out->length - start > bytes) {
        buffer_truncate(out, start);
        return false;
    }
    return written;
}

// How many of the first fields find room: a line with more of them is never shorter.
static size_t count_fitting(struct buffer *out, struct lineproto_point *point, size_t bytes)
{
    size_t fit = 0, unfit = point->n_fields + 1, start = out->length;
    while (unfit - fit > 1) {
        size_t middle = fit + (unfit - fit) / 2;
        bool fits = write_first(out, point, middle, bytes);
        buffer_truncate(out, start);
        *(fits ? &fit : &unfit) = middle;
    }
    return fit;
}

static bool write_lines(struct buffer *out, struct lineproto_point *point, size_t bytes)
{
    while (!write_first(out, point, point->n_fields, bytes)) {
        size_t n = bytes > 0 ? count_fitting(out, point, bytes) : 0;
        if (n == 0 || !write_first(out, point, n, bytes))
            return false;
        point->n_fields -= n;
        memmove(point->fields, point->fields + n, point->n_fields * sizeof point->fields[0]);
    }
    return true;
}

// NaN and infinite fields, which are never written, would take part in the counting.
static void drop_unwritable(struct lineproto_point *point)
{
    size_t n = 0;
    for (size_t i = 0; i < point->n_fields; i++) {
        const struct lineproto_field *field = &point->fields[i];
        if (field->type != LINEPROTO_FLOAT || isfinite(field->real))
            point->fields[n++] = *field;
    }
    point->n_fields = n;
}

// Of 60 kB only what is used.
static void copy_point(struct lineproto_point *to, const struct lineproto_point *from)
{
    memcpy(to, from, offsetof(struct lineproto_point, tags));
    memcpy(to->tags, from->tags, from->n_tags * sizeof from->tags[0]);
    memcpy(to->fields, from->fields, from->n_fields * sizeof from->fields[0]);
}

bool lineproto_relay(struct buffer *out, const struct lineproto_point *point,
                     const struct lineproto_limits *limits)
{
    size_t start = out->length;
    struct lineproto_point *copy = malloc(sizeof *copy);
    char *room = malloc(2 * names_length(point) + 1);
    bool written = copy && room;
    if (written) {
        copy_point(copy, point);
        mend_names(copy, &(struct mender){room});
        drop_unwritable(copy);
        if (limits->no_naturals)
            drop_naturals(copy);
        written = write_lines(out, copy, limits->line_bytes);
    }
    if (!written)
        buffer_truncate(out, start);
    free(room);
    free(copy);
    return written;
}
