// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/one_line.h"

#include <stdlib.h>
#include <string.h>

#include "config/text.h"
#include "daemon/linetext.h"
#include "daemon/nfc.h"

// Takes `text`.
static char *compose(char *text)
{
    const size_t length = strlen(text);
    size_t composed = 0;
    if (nfc_is_ascii(text, length))
        return text;
    char *form = nfc_compose(text, length, &composed);
    char *grown = form ? realloc(form, composed + 1) : NULL;
    free(text);
    if (!grown) {
        free(form);
        return NULL;
    }
    grown[composed] = '\0';
    return grown;
}

char *one_line(const char *text)
{
    char *copy = strdup(text ? text : "");
    if (!copy)
        return NULL;
    for (char *c = copy; *c; c++)
        if (linetext_is_control(*c))
            *c = ' ';
    text_make_clean(copy);
    return compose(copy);
}
