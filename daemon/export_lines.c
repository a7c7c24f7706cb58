// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/export_lines.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <unistr.h>
#include <zlib.h>

enum { CHUNK = 1 << 16, BOM_LEN = 3 };

enum encoding { UTF8, UTF16_LE, UTF16_BE };

struct export_lines {
    gzFile file;
    int64_t bytes_max, bytes; // unpacked
    enum encoding encoding;
    bool begun, marked, ended, broken_off;
    const char *fault;
    unsigned long number;

    // What is read and not yet dropped: text[first..end). Lines begin so far behind `first`.
    char *text;
    size_t first, end, size;
    size_t n_starts; // of lines that were looked at
    size_t starts[EXPORT_AHEAD_MAX + 1];

    unsigned char chunk[CHUNK + 4]; // of the file; UTF-16 may leave up to 3 bytes of the last one
    size_t n_chunk;
    uint16_t wide[CHUNK / 2 + 2];
};

static bool make_room(struct export_lines *lines, size_t more)
{
    if (lines->first > 0 && lines->end + more > lines->size) {
        memmove(lines->text, lines->text + lines->first, lines->end - lines->first);
        lines->end -= lines->first;
        lines->first = 0;
    }
    if (lines->end + more <= lines->size)
        return true;
    char *bigger = realloc(lines->text, lines->end + more);
    if (!bigger)
        return false;
    lines->text = bigger;
    lines->size = lines->end + more;
    return true;
}

struct export_lines *export_lines_new(int fd, int64_t bytes_max)
{
    struct export_lines *lines = calloc(1, sizeof *lines);
    if (!lines)
        return NULL;
    const int copy = dup(fd);
    lines->bytes_max = bytes_max;
    // What zlib rewinds to is where it began.
    if (copy >= 0 && lseek(copy, 0, SEEK_SET) == 0)
        lines->file = gzdopen(copy, "rbe");
    if (!lines->file && copy >= 0)
        close(copy);
    if (lines->file && make_room(lines, 1)) {
        export_lines_rewind(lines);
        return lines;
    }
    export_lines_free(lines);
    return NULL;
}

void export_lines_free(struct export_lines *lines)
{
    if (!lines)
        return;
    if (lines->file)
        gzclose(lines->file);
    free(lines->text);
    free(lines);
}

void export_lines_rewind(struct export_lines *lines)
{
    lines->bytes = 0;
    lines->begun = lines->marked = lines->ended = lines->broken_off = false;
    lines->fault = NULL;
    lines->number = 1;
    lines->first = lines->end = lines->n_chunk = 0;
    lines->n_starts = 1;
    lines->starts[0] = 0;
    lines->encoding = UTF8;
    gzclearerr(lines->file);
    if (gzrewind(lines->file) < 0) {
        lines->fault = "cannot be read from its beginning";
        lines->ended = true;
    }
}

static void end(struct export_lines *lines, const char *fault)
{
    lines->ended = true;
    if (!lines->fault)
        lines->fault = fault;
}

static void keep(struct export_lines *lines, const void *text, size_t length)
{
    if (!make_room(lines, length)) {
        end(lines, "out of memory");
        return;
    }
    memcpy(lines->text + lines->end, text, length);
    lines->end += length;
}

// Whole characters of the chunk, as UTF-8; what is left of one stays in the chunk.
static void keep_wide(struct export_lines *lines, bool at_end)
{
    const bool big = lines->encoding == UTF16_BE;
    size_t n = lines->n_chunk / 2, length = 0;
    for (size_t i = 0; i < n; i++)
        lines->wide[i] = (uint16_t)(lines->chunk[2 * i + big] | lines->chunk[2 * i + !big] << 8);
    // The first half of a pair waits for the other.
    if (n > 0 && !at_end && (lines->wide[n - 1] & 0xfc00) == 0xd800)
        n--;
    uint8_t *text = u16_to_u8(lines->wide, n, NULL, &length);
    if (text)
        keep(lines, text, length);
    else if (n > 0)
        end(lines, errno == ENOMEM ? "out of memory" : "not text in UTF-16 from here on");
    free(text);
    lines->n_chunk -= 2 * n;
    memmove(lines->chunk, lines->chunk + 2 * n, lines->n_chunk);
    if (at_end && lines->n_chunk) {
        lines->broken_off |= !lines->fault;
        end(lines, "the file ends within a character");
    }
}

static void skip_mark(struct export_lines *lines)
{
    static const struct {
        const char *bytes;
        size_t length;
        enum encoding encoding;
    } marks[] = {{"\xef\xbb\xbf", 3, UTF8}, {"\xff\xfe", 2, UTF16_LE}, {"\xfe\xff", 2, UTF16_BE}};
    lines->begun = true;
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (lines->n_chunk >= marks[i].length &&
            !memcmp(lines->chunk, marks[i].bytes, marks[i].length)) {
            lines->marked = true;
            lines->encoding = marks[i].encoding;
            lines->n_chunk -= marks[i].length;
            memmove(lines->chunk, lines->chunk + marks[i].length, lines->n_chunk);
            return;
        }
}

static void note_end(struct export_lines *lines)
{
    int error = Z_OK;
    gzerror(lines->file, &error);
    lines->broken_off = error != Z_OK && error != Z_STREAM_END && error != Z_ERRNO;
    if (error == Z_OK || error == Z_STREAM_END)
        end(lines, NULL);
    else if (error == Z_ERRNO)
        end(lines, "cannot be read on: input/output error");
    else
        end(lines,
            error == Z_BUF_ERROR ? "the gzip file is cut here" : "the gzip file is damaged here");
}

static void fill(struct export_lines *lines)
{
    const int n = gzread(lines->file, lines->chunk + lines->n_chunk, CHUNK);
    if (n > 0) {
        lines->n_chunk += (size_t)n;
        lines->bytes += n;
    } else {
        note_end(lines);
    }
    if (lines->bytes > lines->bytes_max) {
        end(lines, "is larger than file_bytes allows");
        return;
    }
    if (!lines->begun)
        skip_mark(lines);
    if (lines->encoding != UTF8) {
        keep_wide(lines, n <= 0);
    } else {
        keep(lines, lines->chunk, lines->n_chunk);
        lines->n_chunk = 0;
    }
}

static size_t available(const struct export_lines *lines)
{
    return lines->end - lines->first;
}

// Reads on until there is the end of the line that begins at `start`, the end of the file, or more
// than a line may have. True with the place of the line feed, or of the end.
static bool find_end(struct export_lines *lines, size_t start, size_t *ret)
{
    for (size_t looked = start;;) {
        const size_t n = available(lines);
        const char *from = lines->text + lines->first;
        const char *found = n > looked ? memchr(from + looked, '\n', n - looked) : NULL;
        looked = found ? (size_t)(found - from) : n;
        if (found || lines->ended || looked > EXPORT_LINE_MAX) {
            *ret = looked;
            return found || (lines->ended && looked > start);
        }
        fill(lines);
    }
}

bool export_lines_peek(struct export_lines *lines, size_t ahead, struct export_line *ret)
{
    size_t end = 0;
    if (ahead >= EXPORT_AHEAD_MAX)
        return false;
    while (lines->n_starts <= ahead) {
        const size_t start = lines->starts[lines->n_starts - 1];
        if (!find_end(lines, start, &end) || end >= available(lines) || end > EXPORT_LINE_MAX)
            return false;
        lines->starts[lines->n_starts++] = end + 1;
    }
    const size_t start = lines->starts[ahead];
    const bool found = find_end(lines, start, &end);
    const bool cut = end > EXPORT_LINE_MAX;
    if (!found && (!cut || ahead > 0))
        return false;
    if (cut && ahead > 0)
        return false;
    const char *text = lines->text + lines->first + start;
    size_t length = (cut ? EXPORT_LINE_MAX : end) - start;
    const bool last = !cut && end == available(lines);
    if (length > 0 && text[length - 1] == '\r')
        length--;
    *ret = (struct export_line){.text = text, .length = length, .cut = cut, .last = last};
    return true;
}

static void drop_one(struct export_lines *lines)
{
    size_t end;
    // Of a line that is too long all that there is goes, until its end has come.
    while (!find_end(lines, 0, &end) && !lines->ended)
        lines->first = lines->end;
    const size_t n = available(lines);
    lines->first += end < n ? end + 1 : n;
    lines->number++;
}

void export_lines_drop(struct export_lines *lines, size_t n)
{
    assert(n <= EXPORT_AHEAD_MAX);
    while (n-- > 0)
        drop_one(lines);
    lines->n_starts = 1;
}

unsigned long export_lines_number(const struct export_lines *lines)
{
    return lines->number;
}

const char *export_lines_fault(const struct export_lines *lines)
{
    return lines->fault;
}

bool export_lines_broken_off(const struct export_lines *lines)
{
    return lines->broken_off;
}

bool export_lines_marked(const struct export_lines *lines)
{
    return lines->marked;
}
