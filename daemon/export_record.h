// SPDX-License-Identifier: GPL-3.0-or-later
// The rows of an export (over libcsv), one at a time, so that a row that is broken costs itself
// only and can be shown as it stood. A quoted field may hold line breaks.
#ifndef PHUTAI_DAEMON_EXPORT_RECORD_H
#define PHUTAI_DAEMON_EXPORT_RECORD_H

#include <csv.h>
#include <stdbool.h>
#include <stddef.h>

#include "daemon/export_layout.h"
#include "daemon/export_lines.h"

enum export_record_status {
    EXPORT_RECORD_ROW,
    EXPORT_RECORD_BLANK, // nothing in any field
    EXPORT_RECORD_BAD,   // `fault` says why; it is one line
    EXPORT_RECORD_END
};

struct export_record {
    size_t n_fields;                        // beyond EXPORT_COLUMNS_MAX only counted
    const char *fields[EXPORT_COLUMNS_MAX]; // blanks at their ends are trimmed
    size_t excess;                          // fields with text beyond those
    unsigned long line;
    size_t n_lines;
    const char *raw; // as it stands in the file, but that its encoding is UTF-8
    size_t length;
    bool last; // no line end behind it
    const char *fault;

    // Private.
    struct csv_parser parser;
    bool ended, no_memory;
    char *text;
    size_t n_text, size;
    size_t starts[EXPORT_COLUMNS_MAX];
};

// Then export_record_separate.
void export_record_init(struct export_record *record);
void export_record_done(struct export_record *record);

// What stands between fields.
void export_record_separate(struct export_record *record, char separator);

// The next row, which stays there until export_lines_drop takes its n_lines. Fields are valid until
// the next call, the raw text as a line is.
enum export_record_status export_record_read(struct export_record *record,
                                             struct export_lines *lines);

#endif
