// SPDX-License-Identifier: GPL-3.0-or-later
#include "inifile.h"

#include <errno.h>
#include <ini.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

// inih needs room for a line end and a zero in its buffer.
enum { LINE_BYTES = INI_MAX_LINE - 3 };

struct reading {
    inifile_fn *fn;
    void *context;
    unsigned long line;
    bool given; // inih has called back for this line
};

static void tell_fault(const struct reading *r, const char *fault)
{
    r->fn(r->context, &(struct inifile_item){.line = r->line, .fault = fault});
}

// inih's call for a setting.
static int take_setting(void *context, const char *section, const char *key, const char *value)
{
    (void)section;
    struct reading *r = context;
    r->given = true;
    if (!*key)
        tell_fault(r, "no key before the \"=\"");
    else
        r->fn(r->context, &(struct inifile_item){.line = r->line, .key = key, .value = value});
    return 1;
}

static void take_heading(const struct reading *r, char *text)
{
    char *end = strchr(text, ']');
    if (!end || end == text) {
        tell_fault(r, end ? "an empty section name" : "a section name without its \"]\"");
        return;
    }
    const char *rest = end + 1 + strspn(end + 1, " \t\r");
    if (*rest && *rest != ';' && *rest != '#') {
        tell_fault(r, "text after the \"]\" of a section name");
        return;
    }
    *end = '\0';
    r->fn(r->context, &(struct inifile_item){.line = r->line, .section = text});
}

// `text` without its line end and leading blanks; `length` counts to the end of what was read.
static void take_line(struct reading *r, char *text, size_t length)
{
    if (!*text && length == 0)
        return;
    if (*text == ';' || *text == '#')
        return;
    if (strlen(text) != length || !text_is_clean(text)) {
        tell_fault(r, "not text in UTF-8: save the file as UTF-8");
    } else if (length > LINE_BYTES) {
        tell_fault(r, "the line is too long: 197 bytes are the most");
    } else if (*text == '[') {
        take_heading(r, text + 1);
    } else {
        r->given = false;
        if (ini_parse_string(text, take_setting, r) != 0 || !r->given)
            tell_fault(r, "neither [section] nor key = value nor a comment");
    }
}

static void trim(char **text, size_t *length)
{
    char *p = *text;
    size_t n = *length;
    while (n > 0 && strchr(" \t\r\n", p[n - 1]) && p[n - 1])
        n--;
    p[n] = '\0';
    const size_t blanks = strspn(p, " \t");
    *text = p + blanks;
    *length = n - blanks;
}

bool inifile_read(const char *path, inifile_fn *fn, void *context)
{
    static const char mark[] = "\xEF\xBB\xBF";
    FILE *file = fopen(path, "re");
    if (!file)
        return false;
    struct reading r = {.fn = fn, .context = context};
    char *buffer = NULL;
    size_t size = 0;
    ssize_t n;
    while ((n = getline(&buffer, &size, file)) > 0) {
        char *text = buffer;
        size_t length = (size_t)n;
        if (++r.line == 1 && !strncmp(text, mark, 3)) {
            text += 3;
            length -= 3;
        }
        trim(&text, &length);
        take_line(&r, text, length);
    }
    const bool whole = feof(file) && !ferror(file);
    const int error = errno;
    free(buffer);
    fclose(file);
    errno = error;
    return whole;
}
