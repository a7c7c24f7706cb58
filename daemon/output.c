// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/log.h"

static bool open_directly(struct output *output)
{
    output->file = fopen(output->path, "w");
    return output->file != NULL;
}

// What open(2) would have given the file: mkstemp keeps it to the owner.
static mode_t file_mode(const struct stat *before)
{
    if (before)
        return before->st_mode & 0777;
    const mode_t mask = umask(0);
    umask(mask);
    return 0666 & ~mask;
}

static bool open_temporary(struct output *output, const struct stat *before)
{
    if (asprintf(&output->temporary, "%s.XXXXXX", output->path) < 0) {
        output->temporary = NULL;
        return false;
    }
    const int fd = mkostemp(output->temporary, O_CLOEXEC);
    if (fd < 0) {
        free(output->temporary);
        output->temporary = NULL;
        return false;
    }
    output->file = fchmod(fd, file_mode(before)) == 0 ? fdopen(fd, "w") : NULL;
    if (!output->file)
        close(fd);
    return output->file != NULL;
}

bool output_open(struct output *output, const char *path)
{
    *output = (struct output){0};
    if (!path || !strcmp(path, "-")) {
        output->file = stdout;
        return true;
    }
    struct stat before;
    const bool exists = stat(path, &before) == 0;
    // A link stays a link, and what it points to is replaced.
    output->path = exists ? realpath(path, NULL) : strdup(path);
    if (output->path &&
        (exists && !S_ISREG(before.st_mode) ? open_directly(output)
                                            : open_temporary(output, exists ? &before : NULL)))
        return true;
    log_error("output '%s': %s", path, strerror(errno));
    output_discard(output);
    return false;
}

static bool close_file(struct output *output)
{
    FILE *file = output->file;
    output->file = NULL;
    errno = 0;
    bool good = !ferror(file) && fflush(file) == 0 && (!output->temporary || !fsync(fileno(file)));
    if (file != stdout)
        good = fclose(file) == 0 && good;
    return good;
}

bool output_finish(struct output *output)
{
    bool good = close_file(output);
    if (good && output->temporary)
        good = rename(output->temporary, output->path) == 0;
    if (!good) {
        log_error("output '%s': %s", output->path ? output->path : "standard output",
                  errno ? strerror(errno) : "a write failed");
        output_discard(output);
        return false;
    }
    free(output->temporary);
    free(output->path);
    *output = (struct output){0};
    return true;
}

void output_discard(struct output *output)
{
    if (output->file && output->file != stdout)
        fclose(output->file);
    if (output->temporary)
        unlink(output->temporary);
    free(output->temporary);
    free(output->path);
    *output = (struct output){0};
}
