// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/memory_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static void end_unless(int good, const char *what)
{
    if (good)
        return;
    perror(what);
    exit(1);
}

int memory_file_new(void)
{
    const int file = memfd_create("memory_file", MFD_CLOEXEC);
    end_unless(file >= 0, "memfd_create");
    return file;
}

void memory_file_fill(int file, const void *data, size_t length)
{
    end_unless(ftruncate(file, 0) == 0, "ftruncate");
    end_unless(length == 0 || pwrite(file, data, length, 0) == (ssize_t)length, "pwrite");
}

void memory_file_path(int file, char ret[static MEMORY_FILE_PATH_LEN])
{
    snprintf(ret, MEMORY_FILE_PATH_LEN, "/proc/self/fd/%d", file);
}
