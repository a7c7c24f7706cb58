// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/log.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include "config/text.h"

// The journal announces itself by the device and inode of the stream that it reads; a redirected
// standard error is then no longer that stream.
static bool under_journal(void)
{
    const char *stream = getenv("JOURNAL_STREAM");
    uintmax_t device, inode;
    struct stat status;
    return stream && sscanf(stream, "%ju:%ju", &device, &inode) == 2 &&
           fstat(STDERR_FILENO, &status) == 0 && status.st_dev == device && status.st_ino == inode;
}

// A message is one line of text, whatever a value in it holds: nobody writes a second one through
// it, and the journal does not take it for binary data.
static void flatten(char *text)
{
    for (char *c = text; *c; c++)
        if ((unsigned char)*c < ' ' || *c == 0x7f)
            *c = ' ';
    text_make_clean(text);
}

[[gnu::format(printf, 3, 0)]] static void write_line(const char *priority, const char *word,
                                                     const char *format, va_list args)
{
    static const char cut[] = "...";
    char text[2048];
    int length = vsnprintf(text, sizeof text, format, args);
    if (length < 0)
        return;
    if ((size_t)length >= sizeof text)
        memcpy(text + sizeof text - sizeof cut, cut, sizeof cut);
    flatten(text);
    // One call, so that lines of several threads do not mix.
    fprintf(stderr, "%s%s\n", under_journal() ? priority : word, text);
}

void log_error(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    write_line(SD_ERR, "error: ", format, args);
    va_end(args);
}

void log_warning(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    write_line(SD_WARNING, "warning: ", format, args);
    va_end(args);
}

void log_notice(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    write_line(SD_NOTICE, "", format, args);
    va_end(args);
}

void log_info(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    write_line(SD_INFO, "", format, args);
    va_end(args);
}
