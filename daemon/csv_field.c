// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/csv_field.h"

#include <string.h>

void csv_field_text(FILE *out, const char *text)
{
    if (!strpbrk(text, "\",\r\n") && *text != ' ' && (!*text || text[strlen(text) - 1] != ' ')) {
        fputs(text, out);
        return;
    }
    fputc('"', out);
    for (; *text; text++) {
        if (*text == '"')
            fputc('"', out);
        fputc(*text, out);
    }
    fputc('"', out);
}
