// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/prose.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "config/text.h"
#include "daemon/nfc.h"

// Of what others have written, the rest is not looked at; no form is more than three times as long.
enum { QUOTE_BYTES_MAX = 1024, COMPOSED_BYTES_MAX = 3 * QUOTE_BYTES_MAX };

struct page {
    size_t n;
    const struct prose_gap *gaps;
    char *text;
    size_t length, size;
    bool full;
};

static void write_bytes(struct page *page, const char *bytes, size_t length)
{
    if (length >= page->size - page->length) {
        page->full = true;
        return;
    }
    memcpy(page->text + page->length, bytes, length);
    page->length += length;
}

static const char *value_of(const struct page *page, const char *name, size_t length)
{
    for (size_t k = 0; k < page->n; k++)
        if (strlen(page->gaps[k].name) == length && !memcmp(page->gaps[k].name, name, length))
            return page->gaps[k].value;
    assert(false); // a pattern names a gap that there is not
    return NULL;
}

// Writes up to the end of the pattern or of the bracket, and returns where that is. *complete
// becomes false where a gap has no value.
static const char *write_pattern(struct page *page, const char *p, bool *complete)
{
    while (*p && *p != ']') {
        if (*p == '[') {
            size_t before = page->length;
            bool whole = true;
            p = write_pattern(page, p + 1, &whole) + 1;
            if (!whole)
                page->length = before;
        } else if (*p == '{') {
            size_t length = strcspn(p + 1, "}");
            const char *value = value_of(page, p + 1, length);
            *complete = *complete && value;
            write_bytes(page, value ? value : "", value ? strlen(value) : 0);
            p += length + 2;
        } else {
            size_t length = strcspn(p, "[]{");
            write_bytes(page, p, length);
            p += length;
        }
    }
    return p;
}

bool prose_fill(const char *pattern, size_t n, const struct prose_gap gaps[], size_t size,
                char *ret)
{
    struct page page = {.n = n, .gaps = gaps, .text = ret, .size = size};
    bool complete = true;
    write_pattern(&page, pattern, &complete);
    if (page.full || !complete)
        page.length = 0;
    ret[page.length] = '\0';
    return page.length > 0;
}

bool prose_add(const char *between, const char *sentence, size_t size, char *text)
{
    size_t length = strlen(text), more = strlen(sentence), gap = length ? strlen(between) : 0;
    if (length + gap + more >= size)
        return false;
    memcpy(text + length, between, gap);
    memcpy(text + length + gap, sentence, more + 1);
    return true;
}

size_t prose_characters(const char *text)
{
    size_t n = 0;
    for (; *text; text++)
        n += (*text & 0xc0) != 0x80;
    return n;
}

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

// Single blanks, none at the beginning, at the end and before a stop.
static void tidy_blanks(char *text)
{
    char *to = text;
    for (const char *from = text; *from; from++) {
        if (!is_blank(*from)) {
            *to++ = *from;
            continue;
        }
        const char *next = from + strspn(from, " \t\n\v\f\r");
        if (to != text && *next && !strchr(",.;:!?", *next))
            *to++ = ' ';
        from = next - 1;
    }
    *to = '\0';
}

static void cut_stops(char *text)
{
    size_t length = strlen(text);
    while (length && strchr(",.;:!? ", text[length - 1]))
        length--;
    text[length] = '\0';
}

// Bytes of the first `characters` characters.
static size_t bytes_of(const char *text, size_t characters)
{
    size_t length = 0, n = 0;
    for (; text[length]; length++) {
        bool begins = (text[length] & 0xc0) != 0x80;
        if (begins && n == characters)
            break;
        n += begins;
    }
    return length;
}

// Cuts to so many characters with an ellipsis for what is gone.
static bool clip(char *text, size_t characters, size_t size, char *ret)
{
    const char *end = "";
    if (prose_characters(text) > characters) {
        text[bytes_of(text, characters - 1)] = '\0';
        cut_stops(text);
        end = "…";
    }
    return prose_add("", text, size, ret) && prose_add("", end, size, ret);
}

bool prose_quote(const char *text, size_t characters, size_t size, char *ret)
{
    char bytes[COMPOSED_BYTES_MAX];
    size_t length = strnlen(text, QUOTE_BYTES_MAX - 1);
    ret[0] = '\0';
    memcpy(bytes, text, length);
    bytes[length] = '\0';
    tidy_blanks(bytes);
    text_make_clean(bytes);
    cut_stops(bytes);
    if (!*bytes)
        return false;
    char *composed = nfc_compose(bytes, strlen(bytes), &length);
    if (!composed)
        return false;
    length = length < sizeof bytes ? length : sizeof bytes - 1;
    memcpy(bytes, composed, length);
    bytes[length] = '\0';
    free(composed);
    bool fits = clip(bytes, characters, size, ret);
    if (!fits)
        ret[0] = '\0';
    return fits;
}
