// SPDX-License-Identifier: GPL-3.0-or-later
// An answer that is written as it is made, in one of two forms: JSON, or of the same calls its
// rows alone as CSV. In CSV whatever stands outside of rows is left out, and a row's values follow
// each other whatever their keys and nesting. Nothing but the buffer grows.
//
// Texts are clean afterwards, whatever they were: bytes that are no UTF-8 become '?'. A number is
// written to six digits after the point in JSON (points.h), in CSV as it is; one that is not finite
// is null, and in CSV an empty field.
#ifndef PHUTAI_DAEMON_DOCUMENT_H
#define PHUTAI_DAEMON_DOCUMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/buffer.h"
#include "models/civil.h"

enum { DOCUMENT_DEPTH = 12 };

struct document {
    struct buffer *out;
    const struct civil_clock *clock; // of the times
    bool csv;
    bool comma;                 // before the next value
    int depth, row_depth;       // row_depth: of the row being written, 0 outside of one
    char close[DOCUMENT_DEPTH]; // what ends each level
};

// A JSON document is one object from here to document_end(). Keeps `out`, whose failure is that of
// the document, and `clock`.
void document_begin(struct document *document, struct buffer *out, const struct civil_clock *clock,
                    bool csv);
void document_end(struct document *document);

// `key` is NULL within an array, here and below.
void document_object(struct document *document, const char *key);
void document_array(struct document *document, const char *key);
void document_close(struct document *document); // the last of them, or of the rows or row

// An array of objects, which are the rows of the table. `columns` is its head, "time,mw".
void document_rows(struct document *document, const char *key, const char *columns);
void document_row(struct document *document);

void document_text(struct document *document, const char *key, const char *text); // NULL: null
void document_known_text(struct document *document, const char *key,
                         const char *text); // "" and NULL: null
void document_real(struct document *document, const char *key, double value);
void document_integer(struct document *document, const char *key, int64_t value);
void document_flag(struct document *document, const char *key, bool value);
void document_null(struct document *document, const char *key);
// On the clock, with its offset. 0 and what is beyond the years that can be written is null.
void document_time(struct document *document, const char *key, int64_t instant);
// A civil day, "2024-06-04"; CONFIG_NO_DAY is null.
void document_day(struct document *document, const char *key, int64_t day);

// A field of the row in CSV alone: what JSON says once for all rows.
void document_column(struct document *document, const char *text);

#endif
