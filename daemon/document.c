// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/document.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/config.h"
#include "config/text.h"
#include "daemon/points.h"
#include "daemon/utf8.h"

static bool is_left_out(const struct document *document)
{
    return document->csv && !document->row_depth;
}

// What stands before a value: the comma and, in JSON, its key. Keys are constant texts that need no
// escaping.
static void begin_value(struct document *document, const char *key)
{
    if (document->comma)
        buffer_append(document->out, ",", 1);
    document->comma = true;
    if (!key || document->csv)
        return;
    buffer_append(document->out, "\"", 1);
    buffer_text(document->out, key);
    buffer_append(document->out, "\":", 2);
}

static void put(struct document *document, const char *key, const char *text)
{
    if (is_left_out(document))
        return;
    begin_value(document, key);
    buffer_text(document->out, text);
}

static void open_level(struct document *document, const char *key, const char *open, char close)
{
    assert(document->depth < DOCUMENT_DEPTH);
    document->close[document->depth++] = close;
    if (document->csv)
        return;
    begin_value(document, key);
    buffer_text(document->out, open);
    document->comma = false;
}

void document_begin(struct document *document, struct buffer *out, const struct civil_clock *clock,
                    bool csv)
{
    *document = (struct document){.out = out, .clock = clock, .csv = csv};
    open_level(document, NULL, "{", '}');
}

void document_end(struct document *document)
{
    document_close(document);
    assert(!document->depth);
    if (!document->csv)
        buffer_append(document->out, "\n", 1);
}

void document_object(struct document *document, const char *key)
{
    open_level(document, key, "{", '}');
}

void document_array(struct document *document, const char *key)
{
    open_level(document, key, "[", ']');
}

void document_close(struct document *document)
{
    assert(document->depth);
    const char close = document->close[--document->depth];
    if (!document->csv) {
        buffer_append(document->out, &close, 1);
        document->comma = true;
    }
    if (document->depth >= document->row_depth)
        return;
    document->row_depth = 0;
    if (document->csv)
        buffer_append(document->out, "\n", 1);
}

void document_rows(struct document *document, const char *key, const char *columns)
{
    open_level(document, key, "[", ']');
    if (document->csv)
        buffer_printf(document->out, "%s\n", columns);
}

void document_row(struct document *document)
{
    open_level(document, NULL, "{", '}');
    document->row_depth = document->depth;
    document->comma = false;
}

// Where the next character that needs care begins, or the text's end. `careful` are those beside
// control characters.
static size_t plain_length(const char *text, const char *careful)
{
    size_t n = 0;
    while ((unsigned char)text[n] >= ' ' && !strchr(careful, text[n]))
        n++;
    return n;
}

static void put_json_text(struct buffer *out, const char *text)
{
    buffer_append(out, "\"", 1);
    for (;;) {
        const size_t n = plain_length(text, "\"\\");
        buffer_append(out, text, n);
        text += n;
        if (!*text)
            break;
        if (*text == '\n')
            buffer_text(out, "\\n");
        else if ((unsigned char)*text < ' ')
            buffer_printf(out, "\\u%04x", (unsigned)(unsigned char)*text);
        else
            buffer_printf(out, "\\%c", *text);
        text++;
    }
    buffer_append(out, "\"", 1);
}

// Quoted where csv_field_text() would.
static void put_csv_text(struct buffer *out, const char *text)
{
    const size_t length = strlen(text);
    if (!strpbrk(text, "\",\r\n") && *text != ' ' && (!length || text[length - 1] != ' ')) {
        buffer_text(out, text);
        return;
    }
    buffer_append(out, "\"", 1);
    for (; *text; text++)
        buffer_append(out, *text == '"' ? "\"\"" : text, *text == '"' ? 2 : 1);
    buffer_append(out, "\"", 1);
}

static void put_clean_text(struct document *document, const char *text)
{
    (document->csv ? put_csv_text : put_json_text)(document->out, text);
}

void document_text(struct document *document, const char *key, const char *text)
{
    if (!text) {
        document_null(document, key);
        return;
    }
    if (is_left_out(document))
        return;
    begin_value(document, key);
    if (utf8_valid(text, strlen(text))) {
        put_clean_text(document, text);
        return;
    }
    char *copy = strdup(text);
    if (copy)
        text_make_clean(copy);
    put_clean_text(document, copy ? copy : "?");
    free(copy);
}

void document_known_text(struct document *document, const char *key, const char *text)
{
    document_text(document, key, text && *text ? text : NULL);
}

void document_null(struct document *document, const char *key)
{
    put(document, key, document->csv ? "" : "null");
}

void document_real(struct document *document, const char *key, double value)
{
    char text[TEXT_REAL_LEN];
    const double rounded = document->csv ? value : points_rounded(value);
    if (!isfinite(rounded)) {
        document_null(document, key);
        return;
    }
    text_write_real(rounded, text);
    put(document, key, text);
}

void document_integer(struct document *document, const char *key, int64_t value)
{
    char text[TEXT_INTEGER_LEN];
    text_write_integer(value, text);
    put(document, key, text);
}

void document_flag(struct document *document, const char *key, bool value)
{
    put(document, key, value ? "true" : "false");
}

// A text without anything to escape.
static void put_plain(struct document *document, const char *key, const char *text)
{
    if (is_left_out(document))
        return;
    begin_value(document, key);
    if (!document->csv)
        buffer_append(document->out, "\"", 1);
    buffer_text(document->out, text);
    if (!document->csv)
        buffer_append(document->out, "\"", 1);
}

void document_time(struct document *document, const char *key, int64_t instant)
{
    char text[TEXT_TIME_LEN];
    if (!instant || instant < TEXT_TIME_MIN + CIVIL_DAY_S ||
        instant > TEXT_TIME_MAX - CIVIL_DAY_S) {
        document_null(document, key);
        return;
    }
    const int32_t offset_s = civil_offset(document->clock, instant);
    text_write_time(instant + offset_s, offset_s, text);
    put_plain(document, key, text);
}

void document_day(struct document *document, const char *key, int64_t day)
{
    char text[16];
    if (day < TEXT_TIME_MIN / CIVIL_DAY_S || day > TEXT_TIME_MAX / CIVIL_DAY_S) {
        document_null(document, key);
        return;
    }
    const struct civil_date date = civil_date_from_day(day);
    snprintf(text, sizeof text, "%04d-%02d-%02d", date.year % 10000, date.month, date.day);
    put_plain(document, key, text);
}

void document_column(struct document *document, const char *text)
{
    if (document->csv)
        document_text(document, NULL, text);
}
