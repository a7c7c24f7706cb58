// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/export_record.h"

#include <stdlib.h>
#include <string.h>

enum {
    JOIN_MAX = 24, // lines of one row: beyond that a quote is not closed
    OPTIONS = CSV_STRICT | CSV_STRICT_FINI | CSV_APPEND_NULL
};

static const char no_memory[] = "out of memory";

void export_record_init(struct export_record *record)
{
    memset(record, 0, sizeof *record);
    csv_init(&record->parser, OPTIONS);
}

void export_record_done(struct export_record *record)
{
    csv_free(&record->parser);
    free(record->text);
    record->text = NULL;
}

void export_record_separate(struct export_record *record, char separator)
{
    csv_set_delim(&record->parser, (unsigned char)separator);
}

// Blanks, tabs, line breaks and no-break spaces at both ends.
static void trim(const char **text, size_t *length)
{
    static const char no_break[] = "\xc2\xa0";
    for (;;) {
        const char *first = *text, *last = *text + *length;
        if (*length > 0 && strchr(" \t\n", *first))
            *text += 1, *length -= 1;
        else if (*length > 0 && strchr(" \t\n", last[-1]))
            *length -= 1;
        else if (*length > 1 && !memcmp(first, no_break, 2))
            *text += 2, *length -= 2;
        else if (*length > 1 && !memcmp(last - 2, no_break, 2))
            *length -= 2;
        else
            return;
    }
}

static bool keep(struct export_record *record, const char *text, size_t length)
{
    if (record->n_text + length + 1 > record->size) {
        const size_t size = 2 * (record->n_text + length + 1);
        char *bigger = realloc(record->text, size);
        if (!bigger)
            return false;
        record->text = bigger;
        record->size = size;
    }
    memcpy(record->text + record->n_text, text, length);
    record->n_text += length;
    record->text[record->n_text++] = '\0';
    return true;
}

// libcsv's call for each field.
static void take_field(void *field, size_t length, void *context)
{
    struct export_record *record = context;
    const char *text = field ? field : "";
    trim(&text, &length);
    if (record->n_fields >= EXPORT_COLUMNS_MAX) {
        record->excess += length > 0;
    } else {
        record->starts[record->n_fields] = record->n_text;
        record->no_memory |= !keep(record, text, length);
    }
    record->n_fields++;
}

// libcsv's call at the end of the row.
static void take_end(int c, void *context)
{
    (void)c;
    struct export_record *record = context;
    record->ended = true;
}

static void begin(struct export_record *record)
{
    // Whatever the last row was, the parser is as it was made.
    csv_set_opts(&record->parser, CSV_APPEND_NULL);
    csv_fini(&record->parser, NULL, NULL, NULL);
    csv_set_opts(&record->parser, OPTIONS);
    record->n_fields = record->excess = record->n_text = record->n_lines = 0;
    record->ended = record->no_memory = false;
    record->fault = NULL;
}

static enum export_record_status refuse(struct export_record *record, const char *fault)
{
    record->fault = record->no_memory ? no_memory : fault;
    record->n_lines = 1;
    return EXPORT_RECORD_BAD;
}

static const char *parse_line(struct export_record *record, const struct export_line *line)
{
    struct csv_parser *parser = &record->parser;
    if (line->cut)
        return "a line of more than 65536 bytes";
    const size_t taken = csv_parse(parser, line->text, line->length, take_field, take_end, record);
    if (taken == line->length && csv_parse(parser, "\n", 1, take_field, take_end, record) == 1)
        return NULL;
    return csv_error(parser) == CSV_EPARSE ? "a quote inside a field, or text after a closing quote"
                                           : no_memory;
}

// Where lines were read on, the first of them may have moved.
static void find_raw(struct export_record *record, struct export_lines *lines)
{
    struct export_line first = {.text = ""}, last = {.text = ""};
    const size_t n = record->n_lines;
    if (export_lines_peek(lines, n - 1, &last) && export_lines_peek(lines, 0, &first)) {
        record->raw = first.text;
        record->length = (size_t)(last.text + last.length - first.text);
        record->last = last.last;
    }
}

static enum export_record_status finish(struct export_record *record)
{
    const size_t n = record->n_fields < EXPORT_COLUMNS_MAX ? record->n_fields : EXPORT_COLUMNS_MAX;
    bool blank = true;
    for (size_t i = 0; i < n; i++) {
        record->fields[i] = record->text + record->starts[i];
        blank &= !*record->fields[i];
    }
    return blank ? EXPORT_RECORD_BLANK : EXPORT_RECORD_ROW;
}

static bool is_blank(const struct export_line *line)
{
    size_t i = 0;
    while (i < line->length && (line->text[i] == ' ' || line->text[i] == '\t'))
        i++;
    return i == line->length && !line->cut;
}

static enum export_record_status read_lines(struct export_record *record,
                                            struct export_lines *lines)
{
    struct export_line line;
    for (size_t i = 0; i < JOIN_MAX && export_lines_peek(lines, i, &line); i++) {
        // libcsv would see no row in it.
        const bool blank = i == 0 && is_blank(&line);
        const char *fault = blank ? NULL : parse_line(record, &line);
        if (fault || record->no_memory)
            return refuse(record, fault);
        record->n_lines++;
        if (record->ended || blank)
            return finish(record);
    }
    return record->n_lines == 0 ? EXPORT_RECORD_END : refuse(record, "a quote is not closed");
}

enum export_record_status export_record_read(struct export_record *record,
                                             struct export_lines *lines)
{
    begin(record);
    record->line = export_lines_number(lines);
    const enum export_record_status status = read_lines(record, lines);
    if (status != EXPORT_RECORD_END)
        find_raw(record, lines);
    return status;
}
