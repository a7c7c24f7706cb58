// SPDX-License-Identifier: GPL-3.0-or-later
// Reads a CSV file with a header line, plain or gzipped, column by column name (over libcsv, zlib).
#ifndef PHUTAI_CONFIG_TABLE_H
#define PHUTAI_CONFIG_TABLE_H

#include <stdbool.h>
#include <stddef.h>

enum { TABLE_COLUMNS_MAX = 128, TABLE_FIELD_MAX = 65536 };

// One row: field[k] is the text of the k-th column that was asked for, NUL-terminated, its blanks
// trimmed unless quoted; "" where an optional column is absent. Valid during the call only.
struct table_row {
    unsigned long line; // of the file, the header being line 1; where the row begins
    size_t excess;      // fields with text beyond the header's: 12,5 for 12.5 leaves one
    const char *const *field;
};

// Says true to go on, false to stop.
typedef bool table_row_fn(void *context, const struct table_row *row);

enum table_status {
    TABLE_OK,
    TABLE_STOPPED, // by the callback
    TABLE_OPEN,    // cannot be opened, or not read on
    TABLE_HEADER,  // a column is missing or stands twice; ret_error says which
    TABLE_SYNTAX,  // quotes that do not match, a zero byte, a cut gzip file; rows before it were
                   // given
    TABLE_NOMEM
};

// Calls `row` for each data row. `columns` names the columns wanted; one that starts with '?' may
// be absent. A byte order mark and CR LF are taken. A row with fewer fields gives "" for the rest;
// a blank line is skipped. On a status other than OK and STOPPED, `ret_error` (size >= 256) holds
// `file:line: reason`. "-" reads standard input. About 0.2 us for a row of 25 bytes, half of it
// inflating where the file is gzipped.
enum table_status table_read(const char *path, size_t n_columns, const char *const columns[],
                             table_row_fn *row, void *context, char ret_error[static 256]);

#endif
