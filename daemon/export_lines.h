// SPDX-License-Identifier: GPL-3.0-or-later
// The lines of a text file that somebody else has written: plain or gzipped; UTF-8 with or without
// a byte order mark, or UTF-16 with one; LF or CR LF. Memory stays bounded whatever is in it.
#ifndef PHUTAI_DAEMON_EXPORT_LINES_H
#define PHUTAI_DAEMON_EXPORT_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    EXPORT_LINE_MAX = 65536, // bytes of a line
    EXPORT_AHEAD_MAX = 64    // lines that can be looked at before they are dropped
};

struct export_line {
    const char *text; // without its end; not terminated; valid until the next call
    size_t length;
    bool cut;  // the line goes on: it is longer than EXPORT_LINE_MAX
    bool last; // no end of line behind it: the file ends here
};

struct export_lines;

// Reads from `fd`, which stays the caller's, from its beginning; it must be a file that can be read
// again. More than `bytes_max` bytes after unpacking are a fault. NULL without memory.
struct export_lines *export_lines_new(int fd, int64_t bytes_max);
void export_lines_free(struct export_lines *lines); // takes NULL

// Back to the beginning.
void export_lines_rewind(struct export_lines *lines);

// The line `ahead` of the next one; false behind the last one, and where all up to it are more than
// EXPORT_LINE_MAX bytes.
bool export_lines_peek(struct export_lines *lines, size_t ahead, struct export_line *ret);

// On by so many lines, of which all were peeked at.
void export_lines_drop(struct export_lines *lines, size_t n);

// Number of the next line, the first being 1.
unsigned long export_lines_number(const struct export_lines *lines);

// Why the file cannot be read on where the lines have ended, NULL where it has just ended.
const char *export_lines_fault(const struct export_lines *lines);
// The fault is one of a file that was cut or damaged: what came before it is good, but for the last
// line.
bool export_lines_broken_off(const struct export_lines *lines);

// It began with a byte order mark. Known once there was a line.
bool export_lines_marked(const struct export_lines *lines);

#endif
