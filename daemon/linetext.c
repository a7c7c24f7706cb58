// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/linetext.h"

#include <string.h>

#include "daemon/utf8.h"

// What a byte ends. A backslash ends a name too, so that the loop over ordinary bytes need not know
// of escapes.
enum { CT = LINETEXT_MEASUREMENT | LINETEXT_KEY, SE = CT, BS = CT, EQ = LINETEXT_KEY };

static const unsigned char ending[256] = {
    CT, CT, CT, CT, CT, CT, CT, CT, CT, CT, CT, CT, CT, CT, CT, CT, // control characters
    CT, CT, CT, CT, CT, CT, CT, CT, CT, CT, CT, CT, CT, CT, CT, CT, //
    SE, 0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  SE, 0,  0,  0,  // blank, comma
    0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  EQ, 0,  0,  // equals sign
    0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  //
    0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  BS, 0,  0,  0,  // backslash
    0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  //
    0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  0,  CT, // delete
};

// In a string: what a backslash and the letter stand for.
static const char letters[] = "nrt\"\\", meanings[] = "\n\r\t\"\\";

bool linetext_is_control(char c)
{
    return (unsigned char)c < ' ' || c == 0x7f;
}

static bool ends_name(char c, enum linetext_kind kind)
{
    return ending[(unsigned char)c] & kind;
}

// True where a backslash before `c` takes its meaning from it.
static bool is_escaped(char c, enum linetext_kind kind)
{
    return c == ',' || c == ' ' || (c == '=' && kind == LINETEXT_KEY);
}

// The rest of a name from its first backslash on; returns the end of what is left of it.
static char *unescape_name(char **next, const char *end, enum linetext_kind kind)
{
    char *from = *next, *to = *next;
    for (; from < end; from++) {
        if (*from == '\\' && from + 1 < end && is_escaped(from[1], kind))
            from++;
        else if (*from != '\\' && ends_name(*from, kind))
            break;
        *to++ = *from;
    }
    *next = from;
    return to;
}

bool linetext_read_name(char **next, char *end, enum linetext_kind kind, size_t *ret_length)
{
    char *start = *next, *p = start;
    unsigned char bits = 0;
    for (; p < end && !ends_name(*p, kind); p++)
        bits |= (unsigned char)*p;
    *next = p;
    if (p < end && *p == '\\') {
        p = unescape_name(next, end, kind);
        bits = 0x80;
    }
    *ret_length = (size_t)(p - start);
    return bits < 0x80 || utf8_valid(start, *ret_length);
}

// 0 where the two stand for themselves.
static char meaning_of(char letter)
{
    const char *found = letter ? strchr(letters, letter) : NULL;
    return found ? meanings[found - letters] : '\0';
}

static char *unescape_string(char *p, const char *end)
{
    char *to = p;
    while (p < end) {
        char meaning = *p == '\\' ? meaning_of(p[1]) : '\0';
        *to++ = meaning ? meaning : *p;
        p += meaning ? 2 : 1;
    }
    return to;
}

// The closing quote is looked for before anything is changed, so that what seemed to be a string
// can still be read as something else where there is none.
enum linetext_string linetext_read_string(char **next, char *end, size_t *ret_length,
                                          size_t *ret_newlines)
{
    char *start = *next, *p = start;
    unsigned char bits = 0;
    bool escapes = false;
    size_t newlines = 0;
    for (; p < end && *p != '"'; p++) {
        bits |= (unsigned char)*p;
        newlines += *p == '\n';
        if (*p == '\\') {
            escapes = true;
            p += p + 1 < end && meaning_of(p[1]);
        }
    }
    if (p == end)
        return LINETEXT_OPEN;
    *next = p + 1;
    if (escapes)
        p = unescape_string(start, p);
    *ret_length = (size_t)(p - start);
    *ret_newlines = newlines;
    return bits < 0x80 || utf8_valid(start, *ret_length) ? LINETEXT_STRING : LINETEXT_NOT_UTF8;
}

bool linetext_is_name(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (linetext_is_control(text[i]))
            return false;
    return length > 0 && text[length - 1] != '\\' && utf8_valid(text, length);
}

void linetext_write_name(struct buffer *out, const char *text, size_t length,
                         enum linetext_kind kind)
{
    size_t written = 0;
    for (size_t i = 0; i < length; i++)
        if (is_escaped(text[i], kind)) {
            buffer_append(out, text + written, i - written);
            buffer_append(out, "\\", 1);
            written = i;
        }
    buffer_append(out, text + written, length - written);
}

void linetext_write_string(struct buffer *out, const char *text, size_t length)
{
    size_t written = 0;
    buffer_append(out, "\"", 1);
    for (size_t i = 0; i < length; i++) {
        const char *found = text[i] ? strchr(meanings, text[i]) : NULL;
        if (!found)
            continue;
        buffer_append(out, text + written, i - written);
        buffer_append(out, (char[]){'\\', letters[found - meanings]}, 2);
        written = i + 1;
    }
    buffer_append(out, text + written, length - written);
    buffer_append(out, "\"", 1);
}
