// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

// Bytes read, at most `size`, or -1 with errno.
static ssize_t read_file(const char *path, char *data, size_t size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -1;
    size_t length = 0;
    ssize_t got = 1;
    while (length < size && (got = read(fd, data + length, size - length)) > 0)
        length += (size_t)got;
    int reason = errno;
    close(fd);
    errno = reason;
    return got < 0 ? -1 : (ssize_t)length;
}

// The text without blanks around it, moved to the front. NULL, or what is wrong with it.
static const char *trim(char *text, size_t length)
{
    static const char blanks[] = " \t\r\n";
    if (length == SECRET_MAX)
        return "is longer than a secret can be";
    text[length] = '\0';
    if (strlen(text) != length)
        return "holds a NUL byte";
    while (length && strchr(blanks, text[length - 1]))
        text[--length] = '\0';
    size_t lead = strspn(text, blanks);
    memmove(text, text + lead, length + 1 - lead);
    if (!*text)
        return "is empty";
    return strpbrk(text, "\r\n") ? "holds more than one line" : NULL;
}

bool secret_read(const char *path, char ret[static SECRET_MAX], char ret_error[static 256])
{
    ssize_t length = read_file(path, ret, SECRET_MAX);
    const char *wrong = length < 0 ? strerror(errno) : trim(ret, (size_t)length);
    if (!wrong)
        return true;
    snprintf(ret_error, 256, "secret file '%.150s' %s%s", path,
             length < 0 ? "cannot be read: " : "", wrong);
    secret_wipe(ret);
    return false;
}

void secret_wipe(char secret[static SECRET_MAX])
{
    explicit_bzero(secret, SECRET_MAX);
}
