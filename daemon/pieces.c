// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/pieces.h"

#include <stdbool.h>

void pieces_init(struct pieces *pieces, const char *body, size_t length)
{
    *pieces = (struct pieces){.body = body, .length = length};
}

// Behind the newline that ends the line at `at`. Quotes count in the fields only, which begin at
// the first blank that no backslash stands before.
static size_t line_end(const struct pieces *pieces, size_t at)
{
    bool in_fields = false, quoted = false;
    for (size_t i = at; i < pieces->length; i++)
        switch (pieces->body[i]) {
        case '\\':
            i++;
            break;
        case ' ':
            in_fields = true;
            break;
        case '"':
            quoted = in_fields && !quoted;
            break;
        case '\n':
            if (!quoted)
                return i + 1;
        }
    return pieces->length;
}

void pieces_cut(struct pieces *pieces, size_t lines)
{
    pieces->end = pieces->at;
    for (pieces->lines = 0; pieces->lines < lines && pieces->end < pieces->length; pieces->lines++)
        pieces->end = line_end(pieces, pieces->end);
}

void pieces_skip(struct pieces *pieces)
{
    pieces->at = pieces->end;
    pieces->lines = 0;
}

size_t pieces_left(const struct pieces *pieces)
{
    struct pieces rest = *pieces;
    pieces_cut(&rest, rest.length);
    return rest.lines;
}
