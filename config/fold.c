// SPDX-License-Identifier: GPL-3.0-or-later
#include "fold.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unicase.h>
#include <uninorm.h>
#include <unistr.h>

// The sign of đ after folding, which has no decomposition; combining marks.
enum { D_STROKE = 0x111, MARKS_FIRST = 0x300, MARKS_LAST = 0x36f };

// Blanks, line breaks, the no-break space, and the byte order mark that some programs leave within.
static bool is_blank(ucs4_t c)
{
    return c <= ' ' || c == 0xa0 || c == 0x2007 || c == 0x200b || c == 0x202f || c == 0xfeff;
}

// Blanks at the ends go, runs of them become one; in place.
static void squeeze(uint8_t *text, bool plain)
{
    const uint8_t *from = text;
    uint8_t *to = text;
    ucs4_t c;
    bool pending = false;
    for (int n; (n = u8_strmbtouc(&c, from)) > 0; from += n) {
        if (is_blank(c)) {
            pending = to > text;
            continue;
        }
        if (plain && c >= MARKS_FIRST && c <= MARKS_LAST)
            continue;
        if (pending)
            *to++ = ' ';
        pending = false;
        if (plain && c == D_STROKE)
            *to++ = 'd';
        else
            for (int i = 0; i < n; i++)
                *to++ = from[i];
    }
    *to = '\0';
}

static char *fold(const char *text, bool plain)
{
    size_t length = 0;
    if (u8_check((const uint8_t *)text, strlen(text)))
        return NULL;
    // With its closing NUL, so that the result has one.
    uint8_t *folded = u8_casefold((const uint8_t *)text, strlen(text) + 1, NULL,
                                  plain ? UNINORM_NFD : UNINORM_NFC, NULL, &length);
    if (folded)
        squeeze(folded, plain);
    return (char *)folded;
}

char *fold_name(const char *text)
{
    return fold(text, false);
}

char *fold_plain(const char *text)
{
    return fold(text, true);
}
