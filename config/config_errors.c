// SPDX-License-Identifier: GPL-3.0-or-later
#include "config_errors.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

enum { MESSAGE_MAX = 1024, SHOWN_MAX = 80 };

static void append(struct config_errors *errors, const char *message)
{
    char **text = realloc(errors->text, (errors->n + 1) * sizeof *text);
    if (!text)
        return;
    errors->text = text;
    text[errors->n] = strdup(message);
    if (text[errors->n])
        errors->n++;
}

bool config_errors_add(struct config_errors *errors, const char *file, unsigned long line,
                       const char *format, ...)
{
    char message[MESSAGE_MAX];
    if (errors->n > CONFIG_ERRORS_MAX)
        return false;
    if (errors->n == CONFIG_ERRORS_MAX) {
        append(errors, "there are more faults than these");
        return false;
    }
    int used = 0;
    if (file)
        used = line > 0 ? snprintf(message, sizeof message, "%.256s:%lu: ", file, line)
                        : snprintf(message, sizeof message, "%.256s: ", file);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message + used, sizeof message - (size_t)used, format, arguments);
    va_end(arguments);
    text_make_clean(message);
    append(errors, message);
    return false;
}

int config_errors_shown(const char *value)
{
    size_t length = strlen(value);
    if (length <= SHOWN_MAX)
        return (int)length;
    length = SHOWN_MAX;
    // Back to the first byte of a character of UTF-8.
    while (length > 0 && ((unsigned char)value[length] & 0xC0) == 0x80)
        length--;
    return (int)length;
}

void config_errors_done(struct config_errors *errors)
{
    for (size_t i = 0; i < errors->n; i++)
        free(errors->text[i]);
    free(errors->text);
    *errors = (struct config_errors){.n = 0};
}
