// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/export_reader.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/text.h"
#include "daemon/export_lines.h"
#include "daemon/export_number.h"
#include "daemon/origin.h"
#include "daemon/utf8.h"

static const char separators[] = {
    [CONFIG_SEPARATOR_AUTO] = '\0',
    [CONFIG_SEPARATOR_COMMA] = ',',
    [CONFIG_SEPARATOR_SEMICOLON] = ';',
    [CONFIG_SEPARATOR_TAB] = '\t',
};

// What the rows tell of the file.
struct evidence {
    struct export_signs signs;
    int64_t last;     // time before, moved onto the grid; INT64_MIN for none
    int64_t apart_s;  // the greatest length that all distances are multiples of; 0: none seen
    size_t distances; // seen, up to enough
    bool simulated;
};

struct export_reader {
    const struct export_rules *rules;
    struct export_lines *lines;
    struct export_record header, record;
    struct export_layout layout;
    struct export_table *table;
    char *header_text, *title;
    enum { HEADER, SURVEY, SURVEYED, TAKE, TAKEN } phase;
    unsigned long first; // line of the first row
    char separator;
    enum config_unit title_unit;
    size_t nearest; // fields of the line that came closest to a header
    struct evidence evidence;
    enum config_decimal decimal;
    struct export_report report;
    char reason[EXPORT_REASON_MAX];
};

struct export_reader *export_reader_new(const struct export_rules *rules, int fd)
{
    struct export_reader *reader = calloc(1, sizeof *reader);
    if (!reader)
        return NULL;
    reader->rules = rules;
    reader->evidence.last = INT64_MIN;
    export_record_init(&reader->header);
    export_record_init(&reader->record);
    reader->table = export_table_new(rules);
    reader->lines = export_lines_new(fd, rules->folder->file_bytes);
    if (reader->table && reader->lines)
        return reader;
    export_reader_free(reader);
    return NULL;
}

void export_reader_free(struct export_reader *reader)
{
    if (!reader)
        return;
    export_record_done(&reader->header);
    export_record_done(&reader->record);
    export_table_free(reader->table);
    export_lines_free(reader->lines);
    free(reader->header_text);
    free(reader->title);
    free(reader);
}

[[gnu::format(printf, 2, 3)]] static enum export_status refuse(struct export_reader *reader,
                                                               const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(reader->reason, sizeof reader->reason, format, args);
    va_end(args);
    return EXPORT_REFUSED;
}

// A row in another encoding would be read as other names than it has.
static enum export_status check_encoding(struct export_reader *reader,
                                         const struct export_record *record)
{
    static const char what_to_do[] = "save it as CSV UTF-8";
    struct export_line line;
    if (export_lines_peek(reader->lines, 0, &line) && line.cut)
        return EXPORT_MORE;
    if (memchr(record->raw, '\0', record->length))
        return refuse(reader,
                      "line %lu holds zero bytes, as UTF-16 without a byte order mark does: %s",
                      record->line, what_to_do);
    if (utf8_valid(record->raw, record->length))
        return EXPORT_MORE;
    return refuse(reader,
                  "line %lu is not UTF-8, but in an 8-bit encoding such as Windows-1258 or TCVN3: "
                  "%s",
                  record->line, what_to_do);
}

static enum export_status try_layout(struct export_reader *reader, char separator,
                                     enum export_layout_status *ret)
{
    struct export_record *header = &reader->header;
    const struct export_scheme scheme = {.folder = reader->rules->folder,
                                         .names = reader->rules->names,
                                         .title_unit = reader->title_unit};
    char reason[EXPORT_REASON_MAX];
    *ret = EXPORT_LAYOUT_NONE;
    export_record_separate(header, separator);
    const enum export_record_status status = export_record_read(header, reader->lines);
    if (status == EXPORT_RECORD_END)
        return EXPORT_END;
    const enum export_status encoding = check_encoding(reader, header);
    if (encoding != EXPORT_MORE || status != EXPORT_RECORD_ROW)
        return encoding;
    const size_t n = header->n_fields < EXPORT_COLUMNS_MAX ? header->n_fields : EXPORT_COLUMNS_MAX;
    *ret = export_layout_find(&scheme, n, header->fields, &reader->layout, reason);
    if (*ret == EXPORT_LAYOUT_REFUSED)
        return refuse(reader, "line %lu: %s", header->line, reason);
    if (*ret == EXPORT_LAYOUT_NONE && *reason && n > reader->nearest) {
        reader->nearest = n;
        refuse(reader, "line %lu: %s", header->line, reason);
    }
    return EXPORT_MORE;
}

// Tries all separators that may be; a header that more than one makes sense of is none.
static enum export_status try_header(struct export_reader *reader, bool *ret_found)
{
    const enum config_separator wanted = reader->rules->folder->separator;
    enum export_layout_status layout;
    char found = '\0';
    for (enum config_separator s = CONFIG_SEPARATOR_COMMA; s <= CONFIG_SEPARATOR_TAB; s++) {
        if (wanted != CONFIG_SEPARATOR_AUTO && wanted != s)
            continue;
        const enum export_status status = try_layout(reader, separators[s], &layout);
        if (status != EXPORT_MORE)
            return status;
        if (layout == EXPORT_LAYOUT_FOUND && found)
            return refuse(reader, "line %lu: what separates its fields? separator must say it",
                          reader->header.line);
        if (layout == EXPORT_LAYOUT_FOUND)
            found = separators[s];
    }
    *ret_found = found;
    reader->separator = found;
    return found ? try_layout(reader, found, &layout) : EXPORT_MORE;
}

static enum export_status no_header(struct export_reader *reader)
{
    const struct config_folder *folder = reader->rules->folder;
    const char *fault = export_lines_fault(reader->lines);
    if (fault)
        return refuse(reader, "%s", fault);
    if (reader->nearest > 0)
        return EXPORT_REFUSED;
    if (export_lines_number(reader->lines) == 1)
        return refuse(reader, "the file is empty");
    return refuse(reader, "none of the first %d lines has headings: a time and %s",
                  EXPORT_HEADER_LINES,
                  folder->kind == CONFIG_FOLDER_WEATHER ? "a temperature" : "a load");
}

// A line above the headings.
static enum export_status pass_title(struct export_reader *reader)
{
    struct export_line line;
    if (!export_lines_peek(reader->lines, 0, &line))
        return EXPORT_END;
    char *title = strndup(line.text, line.length);
    if (!title)
        return refuse(reader, "out of memory");
    if (reader->title_unit == CONFIG_UNIT_AUTO)
        reader->title_unit = export_layout_title_unit(title);
    if (reader->title_unit != CONFIG_UNIT_AUTO && !reader->title)
        reader->title = title;
    else
        free(title);
    export_lines_drop(reader->lines, 1);
    return EXPORT_MORE;
}

static enum export_status take_header(struct export_reader *reader)
{
    reader->header_text = strndup(reader->header.raw, reader->header.length);
    if (!reader->header_text)
        return refuse(reader, "out of memory");
    export_lines_drop(reader->lines, reader->header.n_lines);
    export_record_separate(&reader->record, reader->separator);
    reader->first = export_lines_number(reader->lines);
    reader->phase = SURVEY;
    return EXPORT_MORE;
}

// Of the next line: it has the headings, or is one above them.
static enum export_status find_header(struct export_reader *reader)
{
    bool found = false;
    if (export_lines_number(reader->lines) > EXPORT_HEADER_LINES)
        return no_header(reader);
    enum export_status status = try_header(reader, &found);
    if (status == EXPORT_MORE)
        status = found ? take_header(reader) : pass_title(reader);
    return status == EXPORT_END ? no_header(reader) : status;
}

static int64_t common_measure(int64_t a, int64_t b)
{
    while (b) {
        const int64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

// Stamps miss the grid by seconds: what counts is the interval that they mean.
static void measure(struct export_reader *reader, int64_t local_s)
{
    struct evidence *evidence = &reader->evidence;
    const int64_t step_s = reader->rules->config->site.step_s;
    const int64_t time = check_floor(local_s + step_s / 2, step_s);
    if (evidence->last != INT64_MIN && evidence->last != time) {
        evidence->apart_s = common_measure(llabs(time - evidence->last), evidence->apart_s);
        evidence->distances++;
    }
    evidence->last = time;
}

static enum export_status look_at_time(struct export_reader *reader)
{
    const struct export_record *record = &reader->record;
    const struct config_folder *folder = reader->rules->folder;
    const char *time = export_row_field(&reader->layout, record, EXPORT_TIME);
    const char *hour = export_row_field(&reader->layout, record, EXPORT_HOUR);
    struct stamp stamp;
    const enum stamp_status status = export_rules_stamp(reader->rules, time, hour, &stamp);
    const struct check_quoted quoted = check_quote(time, strlen(time));
    if (status == STAMP_MONTH_FIRST)
        return refuse(reader, "line %lu: time %s has its month first: time_format must say so",
                      record->line, quoted.text);
    if (status != STAMP_OK)
        return EXPORT_MORE;
    if (stamp.slashed && !reader->layout.vietnamese)
        return refuse(reader,
                      "line %lu: time %s may begin with the day or the month: time_format must say "
                      "it, such as %%d/%%m/%%Y %%H:%%M",
                      record->line, quoted.text);
    if (stamp.day_end && folder->kind == CONFIG_FOLDER_READINGS &&
        folder->stamps == CONFIG_STAMPS_START)
        return refuse(reader,
                      "line %lu: 24:00 is the end of an interval, but stamps = start: one of them "
                      "is wrong",
                      record->line);
    measure(reader, stamp.local_s);
    return EXPORT_MORE;
}

static void look_at_numbers(struct export_reader *reader)
{
    const struct export_layout *layout = &reader->layout;
    const struct export_record *record = &reader->record;
    struct export_signs *signs = &reader->evidence.signs;
    for (int i = 0; i < layout->n_loads; i++)
        if ((size_t)layout->loads[i].column < record->n_fields)
            export_number_look(record->fields[layout->loads[i].column], record->line, signs);
    if (layout->at[EXPORT_TEMP] != EXPORT_ABSENT)
        export_number_look(export_row_field(layout, record, EXPORT_TEMP), record->line, signs);
    if (layout->at[EXPORT_HUMIDITY] != EXPORT_ABSENT)
        export_number_look(export_row_field(layout, record, EXPORT_HUMIDITY), record->line, signs);
    reader->evidence.simulated |=
        !strcmp(export_row_field(layout, record, EXPORT_ORIGIN), ORIGIN_SIMULATED);
}

static enum export_status decide_decimal(struct export_reader *reader)
{
    const struct export_signs *signs = &reader->evidence.signs;
    reader->decimal = reader->rules->folder->decimal;
    if (reader->decimal != CONFIG_DECIMAL_AUTO)
        return EXPORT_END;
    if (signs->point && signs->comma)
        return refuse(reader,
                      "line %lu has a decimal point, line %lu a decimal comma: decimal must say "
                      "which is right",
                      signs->point, signs->comma);
    // Where commas stand between fields, decimals have the point.
    if (signs->either && !signs->point && !signs->comma && reader->separator != ',')
        return refuse(reader,
                      "line %lu has a number such as 1.234, which may be 1234: decimal must say it",
                      signs->either);
    reader->decimal = signs->comma ? CONFIG_DECIMAL_COMMA : CONFIG_DECIMAL_POINT;
    return EXPORT_END;
}

// Only where it matters: energy over an interval, and a stamp at its end.
static enum export_status check_distances(struct export_reader *reader)
{
    enum { ENOUGH = 2 }; // of fewer, rows may just be missing
    const struct config_folder *folder = reader->rules->folder;
    const struct evidence *evidence = &reader->evidence;
    const int64_t interval_s = export_rules_interval(reader->rules);
    bool matters = folder->stamps == CONFIG_STAMPS_END;
    for (int i = 0; i < reader->layout.n_loads; i++)
        matters |= reader->layout.loads[i].unit == CONFIG_UNIT_KWH ||
                   reader->layout.loads[i].unit == CONFIG_UNIT_MWH;
    if (folder->kind == CONFIG_FOLDER_WEATHER || !evidence->apart_s)
        return EXPORT_END;
    if (evidence->apart_s % interval_s)
        return refuse(reader,
                      "rows are %" PRId64 " min apart, but interval = %" PRId64
                      "min: one of them is wrong",
                      evidence->apart_s / 60, interval_s / 60);
    if (matters && !folder->interval_s && evidence->distances >= ENOUGH &&
        evidence->apart_s > interval_s)
        return refuse(reader,
                      "rows are %" PRId64 " min apart, the step of the site is %" PRId64
                      " min: interval must say how long a row stands for",
                      evidence->apart_s / 60, interval_s / 60);
    return EXPORT_END;
}

static enum export_status end_survey(struct export_reader *reader)
{
    if (export_lines_fault(reader->lines) && !export_lines_broken_off(reader->lines))
        return refuse(reader, "%s", export_lines_fault(reader->lines));
    enum export_status status = decide_decimal(reader);
    if (status == EXPORT_END)
        status = check_distances(reader);
    reader->phase = status == EXPORT_END ? SURVEYED : SURVEY;
    return status;
}

static enum export_status survey_row(struct export_reader *reader)
{
    const enum export_record_status row = export_record_read(&reader->record, reader->lines);
    if (row == EXPORT_RECORD_END)
        return end_survey(reader);
    enum export_status status = check_encoding(reader, &reader->record);
    if (status == EXPORT_MORE && row == EXPORT_RECORD_ROW) {
        look_at_numbers(reader);
        status = look_at_time(reader);
    }
    export_lines_drop(reader->lines, reader->record.n_lines);
    return status;
}

enum export_status export_reader_survey(struct export_reader *reader, size_t rows)
{
    enum { HEADER_COST = 1000 }; // rows, at the most columns
    enum export_status status = EXPORT_MORE;
    for (size_t done = 0; status == EXPORT_MORE && done < rows;) {
        done += reader->phase == HEADER ? HEADER_COST : 1;
        status = reader->phase == HEADER ? find_header(reader) : survey_row(reader);
    }
    return status;
}

static bool begin_taking(struct export_reader *reader)
{
    export_lines_rewind(reader->lines);
    struct export_line line;
    while (export_lines_number(reader->lines) < reader->first)
        if (!export_lines_peek(reader->lines, 0, &line))
            return false;
        else
            export_lines_drop(reader->lines, 1);
    reader->phase = TAKE;
    return true;
}

// The last line of a file that is cut may be cut within a number.
static bool is_cut(struct export_reader *reader)
{
    return reader->record.last && export_lines_fault(reader->lines);
}

static enum export_status end_taking(struct export_reader *reader, const struct export_judge *judge,
                                     bool told)
{
    const char *fault = export_lines_fault(reader->lines);
    reader->phase = TAKEN;
    reader->record.raw = "";
    reader->record.length = 0;
    reader->record.line = export_lines_number(reader->lines);
    if (fault && !told && !export_row_refuse(judge, &reader->record, fault))
        return EXPORT_STOPPED;
    return EXPORT_END;
}

static enum export_status take_row(struct export_reader *reader, const struct export_judge *judge)
{
    struct export_record *record = &reader->record;
    const enum export_record_status row = export_record_read(record, reader->lines);
    bool going = true;
    if (row == EXPORT_RECORD_END)
        return end_taking(reader, judge, false);
    const bool cut = is_cut(reader);
    if (cut)
        going = export_row_refuse(judge, record, export_lines_fault(reader->lines));
    else if (row == EXPORT_RECORD_BAD)
        going = export_row_refuse(judge, record, record->fault);
    else if (row == EXPORT_RECORD_ROW)
        going = export_row_judge(judge, record);
    if (!going)
        return EXPORT_STOPPED;
    export_lines_drop(reader->lines, record->n_lines);
    return cut ? end_taking(reader, judge, true) : EXPORT_MORE;
}

enum export_status export_reader_take(struct export_reader *reader, const struct export_sink *sink,
                                      int64_t now, size_t values)
{
    const struct export_report *report = &reader->report;
    const struct export_judge judge = {.rules = reader->rules,
                                       .layout = &reader->layout,
                                       .headings = reader->header.fields,
                                       .decimal = reader->decimal,
                                       .table = reader->table,
                                       .sink = sink,
                                       .report = &reader->report,
                                       .now = now};
    if (reader->phase == SURVEYED && !begin_taking(reader))
        return refuse(reader, "has become shorter while it was read");
    enum export_status status = reader->phase == TAKE ? EXPORT_MORE : EXPORT_END;
    const size_t before = report->readings + report->weather + report->refused;
    for (size_t rows = 0; status == EXPORT_MORE && rows < values &&
                          report->readings + report->weather + report->refused - before < values;
         rows++)
        status = take_row(reader, &judge);
    return status;
}

const char *export_reader_reason(const struct export_reader *reader)
{
    return reader->reason;
}

bool export_reader_simulated(const struct export_reader *reader)
{
    return reader->evidence.simulated;
}

const char *export_reader_left_out(const struct export_reader *reader)
{
    return reader->layout.left_out;
}

const char *export_reader_title(const struct export_reader *reader)
{
    return reader->title ? reader->title : "";
}

const char *export_reader_header(const struct export_reader *reader)
{
    return reader->header_text ? reader->header_text : "";
}

char export_reader_separator(const struct export_reader *reader)
{
    return reader->separator;
}

bool export_reader_marked(const struct export_reader *reader)
{
    return export_lines_marked(reader->lines);
}

const struct export_report *export_reader_report(const struct export_reader *reader)
{
    return &reader->report;
}
