// SPDX-License-Identifier: GPL-3.0-or-later
// A CSV export of somebody else: file and folder's keys to readings or weather, with a verdict on
// each row. It is gone through twice. First it is surveyed: which line has the headings, what
// stands between fields and before decimals, how times are written; what could be read in two ways
// refuses the file as a whole, before anything was taken. Then it is taken. Both are done in
// pieces.
#ifndef PHUTAI_DAEMON_EXPORT_READER_H
#define PHUTAI_DAEMON_EXPORT_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/export_row.h"
#include "daemon/export_rules.h"

enum { EXPORT_HEADER_LINES = 50 }; // the headings stand in one of the first so many lines

enum export_status {
    EXPORT_MORE,    // call it again
    EXPORT_END,     // this pass is done
    EXPORT_REFUSED, // the file as a whole: export_reader_reason
    EXPORT_STOPPED  // by the sink or for want of memory: the reader can only be freed
};

struct export_reader;

// Keeps the rules; reads from `fd`, which stays the caller's and must be one that can be read
// again. NULL without memory.
struct export_reader *export_reader_new(const struct export_rules *rules, int fd);
void export_reader_free(struct export_reader *reader); // takes NULL

// The first pass, some `rows` rows of it: 0.5 us a row.
enum export_status export_reader_survey(struct export_reader *reader, size_t rows);

// The second, until at least `values` readings or refused rows have come, or the end. Texts that
// the sink is given stay valid as long as the reader, those of bad rows during the call. Of rows
// with the same key the later one comes later. `now` is an instant.
enum export_status export_reader_take(struct export_reader *reader, const struct export_sink *sink,
                                      int64_t now, size_t values);

// Why the file was refused.
const char *export_reader_reason(const struct export_reader *reader);

// After the survey: rows say that they were made up; headings that were left out, "" for none; the
// line above the header that states the unit, "" for none; the header as it stands in the file;
// what separates its fields; whether the file begins with a byte order mark.
bool export_reader_simulated(const struct export_reader *reader);
const char *export_reader_left_out(const struct export_reader *reader);
const char *export_reader_title(const struct export_reader *reader);
const char *export_reader_header(const struct export_reader *reader);
char export_reader_separator(const struct export_reader *reader);
bool export_reader_marked(const struct export_reader *reader);

// What the second pass has come to so far.
const struct export_report *export_reader_report(const struct export_reader *reader);

#endif
