// SPDX-License-Identifier: GPL-3.0-or-later
#include "table.h"

#include <assert.h>
#include <csv.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

enum { CHUNK = 1 << 17, NOT_WANTED = -1, HEADER_FIELDS_MAX = 1024 };

struct reading {
    size_t n_columns;
    const char *const *columns;
    table_row_fn *row;
    void *context;

    struct csv_parser parser;
    enum table_status status; // TABLE_OK while it may go on
    unsigned long line, row_line;
    bool after_cr, in_header;

    int wanted[HEADER_FIELDS_MAX]; // for each field of the file, its place among `columns`
    size_t n_header, n_fields;     // fields of the header, and of the row so far
    size_t excess;

    // The text of the row's wanted fields, one after the other.
    char *text;
    size_t n_text, text_size;
    size_t start[TABLE_COLUMNS_MAX];

    char names[96]; // the header, for the message that a column is missing
    char reason[200];
};

static const char *column_name(const char *column)
{
    return column + (*column == '?');
}

static void fail(struct reading *r, enum table_status status, const char *reason)
{
    if (r->status != TABLE_OK)
        return;
    r->status = status;
    snprintf(r->reason, sizeof r->reason, "%s", reason);
}

static void fail_column(struct reading *r, const char *what, const char *name)
{
    char reason[sizeof r->reason];
    snprintf(reason, sizeof reason, "column '%.64s' %s: the header is %s", name, what, r->names);
    fail(r, TABLE_HEADER, reason);
}

// Text 0 is the empty string that stands for every field that a row does not have.
static void begin_row(struct reading *r)
{
    r->n_fields = 0;
    r->excess = 0;
    r->n_text = 1;
    memset(r->start, 0, r->n_columns * sizeof *r->start);
}

static bool keep_text(struct reading *r, size_t column, const char *text, size_t length)
{
    if (r->n_text + length + 1 > r->text_size) {
        const size_t size = 2 * (r->n_text + length + 1);
        char *bigger = realloc(r->text, size);
        if (!bigger) {
            fail(r, TABLE_NOMEM, "out of memory");
            return false;
        }
        r->text = bigger;
        r->text_size = size;
    }
    r->start[column] = r->n_text;
    memcpy(r->text + r->n_text, text, length);
    r->text[r->n_text + length] = '\0';
    r->n_text += length + 1;
    return true;
}

static void count_lines(struct reading *r, const char *text, size_t length)
{
    for (const char *p = text; (p = memchr(p, '\n', length - (size_t)(p - text))); p++)
        r->line++;
}

static void take_header_field(struct reading *r, const char *text)
{
    if (r->n_fields == HEADER_FIELDS_MAX) {
        fail(r, TABLE_HEADER, "more than 1024 columns");
        return;
    }
    const size_t shown = strlen(r->names);
    snprintf(r->names + shown, sizeof r->names - shown, "%s%s", shown ? "," : "", text);
    r->wanted[r->n_fields] = NOT_WANTED;
    for (size_t i = 0; i < r->n_columns; i++) {
        if (strcmp(text, column_name(r->columns[i])) != 0)
            continue;
        for (size_t k = 0; k < r->n_fields; k++)
            if (r->wanted[k] == (int)i)
                fail_column(r, "stands twice", text);
        r->wanted[r->n_fields] = (int)i;
    }
}

// libcsv's call for each field. A quoted field may hold line breaks, which count as lines.
static void take_field(void *field, size_t length, void *context)
{
    struct reading *r = context;
    const char *text = field;
    if (r->status != TABLE_OK)
        return;
    r->after_cr = false;
    if (r->n_fields == 0)
        r->row_line = r->line;
    if (length > TABLE_FIELD_MAX)
        fail(r, TABLE_SYNTAX, "a field of more than 65536 bytes: is a quote not closed?");
    else if (r->in_header)
        take_header_field(r, text);
    else if (r->n_fields >= r->n_header)
        r->excess += length > 0;
    else if (r->wanted[r->n_fields] != NOT_WANTED)
        keep_text(r, (size_t)r->wanted[r->n_fields], text, length);
    r->n_fields++;
    count_lines(r, text, length);
}

static void end_header(struct reading *r)
{
    for (size_t i = 0; i < r->n_columns; i++) {
        bool found = *r->columns[i] == '?';
        for (size_t k = 0; k < r->n_fields; k++)
            found |= r->wanted[k] == (int)i;
        if (found)
            continue;
        fail_column(r, "is missing", r->columns[i]);
    }
    r->n_header = r->n_fields;
    r->in_header = false;
}

static void end_data_row(struct reading *r)
{
    const char *field[TABLE_COLUMNS_MAX];
    for (size_t i = 0; i < r->n_columns; i++)
        field[i] = r->text + r->start[i];
    const struct table_row row = {.line = r->row_line, .excess = r->excess, .field = field};
    if (!r->row(r->context, &row))
        r->status = TABLE_STOPPED;
}

// libcsv's call for each line end outside quotes, blank lines too; -1 at the end of the file.
static void take_line_end(int c, void *context)
{
    struct reading *r = context;
    if (r->status != TABLE_OK)
        return;
    if (r->n_fields > 0) {
        if (r->in_header)
            end_header(r);
        else
            end_data_row(r);
        begin_row(r);
    }
    // CR LF is one line end.
    r->line += c == '\r' || (c == '\n' && !r->after_cr);
    r->after_cr = c == '\r';
}

static void parse(struct reading *r, const char *bytes, size_t n)
{
    const size_t taken = csv_parse(&r->parser, bytes, n, take_field, take_line_end, r);
    if (r->status == TABLE_OK && taken < n) {
        r->row_line = r->line;
        if (csv_error(&r->parser) == CSV_EPARSE)
            fail(r, TABLE_SYNTAX, "a quote inside a field, or text after a closing quote");
        else
            fail(r, TABLE_NOMEM, "out of memory");
    }
    // An open quote swallows all that follows: stop long before the memory does.
    if (r->status == TABLE_OK && csv_get_buffer_size(&r->parser) > TABLE_FIELD_MAX + CHUNK) {
        r->row_line = r->line;
        fail(r, TABLE_SYNTAX, "a field of more than 65536 bytes: is a quote not closed?");
    }
}

static void parse_end(struct reading *r)
{
    if (r->status != TABLE_OK)
        return;
    if (csv_fini(&r->parser, take_field, take_line_end, r) != 0) {
        r->row_line = r->line;
        fail(r, TABLE_SYNTAX, "a quote is not closed before the end of the file");
    }
    if (r->status == TABLE_OK && r->in_header) {
        r->row_line = r->line;
        fail(r, TABLE_HEADER, "no header line: the file is empty");
    }
}

// True while there may be more to read.
static bool read_chunk(struct reading *r, gzFile file, char *chunk, bool first)
{
    const int n = gzread(file, chunk, CHUNK);
    if (n <= 0)
        return false;
    const size_t skip = first && n >= 3 && !memcmp(chunk, "\xEF\xBB\xBF", 3) ? 3 : 0;
    const char *nul = memchr(chunk, '\0', (size_t)n);
    parse(r, chunk + skip, (nul ? (size_t)(nul - chunk) : (size_t)n) - skip);
    if (nul && r->status == TABLE_OK) {
        r->row_line = r->line;
        fail(r, TABLE_SYNTAX, "a zero byte: this is not text in UTF-8");
    }
    return r->status == TABLE_OK;
}

static void read_file(struct reading *r, gzFile file, char *chunk)
{
    for (bool first = true; read_chunk(r, file, chunk, first); first = false)
        ;
    int error = Z_OK;
    gzerror(file, &error);
    r->row_line = r->status == TABLE_OK ? r->line : r->row_line;
    if (error == Z_ERRNO)
        fail(r, TABLE_OPEN, strerror(errno));
    else if (error == Z_BUF_ERROR)
        fail(r, TABLE_SYNTAX, "the gzip file is cut here");
    else if (error != Z_OK && error != Z_STREAM_END)
        fail(r, TABLE_SYNTAX, "the gzip file is damaged here");
    parse_end(r);
}

static gzFile open_file(const char *path)
{
    if (strcmp(path, "-") != 0)
        return gzopen(path, "rbe");
    const int copy = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0);
    gzFile file = copy < 0 ? NULL : gzdopen(copy, "rb");
    if (!file && copy >= 0)
        close(copy);
    return file;
}

// "file:line: reason"; of a long path the end, so that the reason always fits.
static void write_error(const struct reading *r, const char *path, char ret_error[static 256])
{
    enum { SHOWN = 40 };
    const size_t length = strlen(path);
    const bool cut = length + strlen(r->reason) + 24 > 256 && length > SHOWN;
    const char *shown = cut ? path + length - SHOWN : path;
    if (r->row_line > 0)
        snprintf(ret_error, 256, "%s%s:%lu: %s", cut ? "..." : "", shown, r->row_line, r->reason);
    else
        snprintf(ret_error, 256, "%s%s: %s", cut ? "..." : "", shown, r->reason);
}

enum table_status table_read(const char *path, size_t n_columns, const char *const columns[],
                             table_row_fn *row, void *context, char ret_error[static 256])
{
    assert(n_columns <= TABLE_COLUMNS_MAX);
    struct reading r = {.n_columns = n_columns,
                        .columns = columns,
                        .row = row,
                        .context = context,
                        .line = 1,
                        .in_header = true,
                        .text = calloc(1, 256),
                        .text_size = 256};
    char *chunk = malloc(CHUNK);
    gzFile file = NULL;
    csv_init(&r.parser, CSV_STRICT | CSV_STRICT_FINI | CSV_APPEND_NULL | CSV_REPALL_NL);
    begin_row(&r);
    errno = 0;
    if (!r.text || !chunk)
        fail(&r, TABLE_NOMEM, "out of memory");
    else if (!(file = open_file(path)))
        fail(&r, TABLE_OPEN, strerror(errno ? errno : ENOMEM));
    else
        read_file(&r, file, chunk);
    if (r.status != TABLE_OK && r.status != TABLE_STOPPED)
        write_error(&r, path, ret_error);
    if (file)
        gzclose(file);
    csv_free(&r.parser);
    free(chunk);
    free(r.text);
    return r.status;
}
