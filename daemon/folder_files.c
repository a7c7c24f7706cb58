// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/folder_files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "daemon/log.h"

// Whoever has a file open and does not write for so long has left it so, or its closing was missed.
enum { WRITER_MS = 60000, PATTERN_MAX = 256 };

struct folder_files {
    const struct config_folder *folder;
    size_t n, max;
    struct folder_file **files; // in order of their names
};

struct folder_files *folder_files_new(const struct config_folder *folder)
{
    struct folder_files *files = calloc(1, sizeof *files);
    if (files)
        files->folder = folder;
    return files;
}

static void free_file(struct folder_file *file)
{
    free(file->name);
    free(file);
}

void folder_files_free(struct folder_files *files)
{
    if (!files)
        return;
    for (size_t i = 0; i < files->n; i++)
        free_file(files->files[i]);
    free(files->files);
    free(files);
}

static bool ends_in(const char *name, const char *ending)
{
    const size_t n = strlen(name), m = strlen(ending);
    return n >= m && !strcasecmp(name + n - m, ending);
}

static bool is_ours(const struct config_folder *folder, const char *name)
{
    char pattern[PATTERN_MAX];
    if (*name == '.' || ends_in(name, ".part") || ends_in(name, ".tmp"))
        return false;
    for (const char *at = folder->pattern; *at;) {
        const size_t n = strcspn(at, " ");
        if (n > 0 && n < sizeof pattern) {
            memcpy(pattern, at, n);
            pattern[n] = '\0';
            if (fnmatch(pattern, name, FNM_CASEFOLD) == 0)
                return true;
        }
        at += n + (at[n] == ' ');
    }
    return false;
}

// Where the name is, or would be.
static size_t find(const struct folder_files *files, const char *name, bool *ret_found)
{
    size_t low = 0, high = files->n;
    *ret_found = false;
    while (low < high && !*ret_found) {
        const size_t middle = low + (high - low) / 2;
        const int order = strcmp(name, files->files[middle]->name);
        *ret_found = order == 0;
        if (order == 0)
            low = middle;
        else if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

static struct folder_file *insert(struct folder_files *files, size_t at, const char *name)
{
    if (files->n == files->max) {
        const size_t max = files->max ? 2 * files->max : 16;
        struct folder_file **bigger = realloc(files->files, max * sizeof(struct folder_file *));
        if (!bigger)
            return NULL;
        files->files = bigger;
        files->max = max;
    }
    struct folder_file *file = calloc(1, sizeof *file);
    if (!file || !(file->name = strdup(name))) {
        free(file);
        return NULL;
    }
    memmove(&files->files[at + 1], &files->files[at],
            (files->n - at) * sizeof(struct folder_file *));
    files->files[at] = file;
    files->n++;
    return file;
}

static void take_out(struct folder_files *files, size_t at)
{
    free_file(files->files[at]);
    files->n--;
    memmove(&files->files[at], &files->files[at + 1],
            (files->n - at) * sizeof(struct folder_file *));
}

static bool same(const struct stat *a, const struct stat *b)
{
    return a->st_ino == b->st_ino && a->st_dev == b->st_dev && a->st_size == b->st_size &&
           a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

static void begin_anew(struct folder_file *file, const struct stat *is, int64_t now_ms)
{
    if (file->is.st_ino != is->st_ino)
        file->moved_in = false;
    file->is = *is;
    file->since_ms = now_ms;
    file->todo = FOLDER_READ;
    file->note_failed = false;
    file->retry_ms = 0;
    // Nobody exports nothing: whoever made it will fill it.
    file->being_written |= is->st_size == 0;
}

static void apply(struct folder_file *file, uint32_t mask)
{
    if (mask & IN_MODIFY)
        file->being_written = true;
    if (mask & IN_CLOSE_WRITE)
        file->being_written = file->is.st_size == 0;
    if (mask & IN_MOVED_TO) {
        file->moved_in = true;
        file->being_written = false;
    }
    // Its rights may be others now.
    if ((mask & IN_ATTRIB) && file->retry_ms)
        file->retry_ms = 1;
}

// Once: such an entry is known from then on.
static void tell_odd(const struct folder_files *files, const char *name)
{
    log_warning("folder '%s': '%s' is a link, a pipe or the like and no regular file: it is left "
                "alone",
                files->folder->name, name);
}

static void look(struct folder_files *files, int fd, const char *name, uint32_t mask,
                 int64_t now_ms)
{
    bool found;
    struct stat is;
    const size_t at = find(files, name, &found);
    if (fstatat(fd, name, &is, AT_SYMLINK_NOFOLLOW) < 0) {
        if (found && errno == ENOENT)
            take_out(files, at);
        return;
    }
    if (S_ISDIR(is.st_mode))
        return;
    struct folder_file *file = found ? files->files[at] : insert(files, at, name);
    if (!file)
        return; // the next look finds it
    if (!found && !S_ISREG(is.st_mode))
        tell_odd(files, name);
    if (!found || !same(&file->is, &is))
        begin_anew(file, &is, now_ms);
    apply(file, mask);
    file->there = true;
}

// 0, or the error that ended it early.
static int look_at_all(struct folder_files *files, DIR *folder, int fd, int64_t now_ms)
{
    for (;;) {
        errno = 0;
        const struct dirent *entry = readdir(folder);
        if (!entry)
            return errno;
        if (is_ours(files->folder, entry->d_name))
            look(files, fd, entry->d_name, 0, now_ms);
    }
}

bool folder_files_scan(struct folder_files *files, int fd, int64_t now_ms)
{
    // A descriptor of its own: walking moves its offset.
    const int own = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *folder = own < 0 ? NULL : fdopendir(own);
    if (!folder) {
        if (own >= 0)
            close(own);
        return false;
    }
    for (size_t i = 0; i < files->n; i++)
        files->files[i]->there = false;
    const int error = look_at_all(files, folder, fd, now_ms);
    closedir(folder);
    errno = error;
    if (error)
        return false;
    for (size_t i = files->n; i-- > 0;)
        if (!files->files[i]->there)
            take_out(files, i);
    return true;
}

void folder_files_note(struct folder_files *files, int fd, const char *name, uint32_t mask,
                       int64_t now_ms)
{
    if (is_ours(files->folder, name))
        look(files, fd, name, mask, now_ms);
}

static int64_t ready_at(const struct folder_files *files, const struct folder_file *file)
{
    const int64_t settle_ms = 1000 * files->folder->settle_s;
    if (file->retry_ms)
        return file->retry_ms;
    if (file->being_written)
        return file->since_ms + (settle_ms > WRITER_MS ? settle_ms : WRITER_MS);
    return file->moved_in ? file->since_ms : file->since_ms + settle_ms;
}

// Of two files with the same rows, the one that came later must be read later.
static bool is_before(const struct folder_file *a, const struct folder_file *b)
{
    if (a->since_ms != b->since_ms)
        return a->since_ms < b->since_ms;
    if (a->is.st_mtim.tv_sec != b->is.st_mtim.tv_sec)
        return a->is.st_mtim.tv_sec < b->is.st_mtim.tv_sec;
    return a->is.st_mtim.tv_nsec < b->is.st_mtim.tv_nsec;
}

struct folder_file *folder_files_next(struct folder_files *files, int64_t now_ms, int64_t *ret_ms)
{
    struct folder_file *next = NULL;
    *ret_ms = INT64_MAX;
    for (size_t i = 0; i < files->n; i++) {
        struct folder_file *file = files->files[i];
        if (!S_ISREG(file->is.st_mode))
            continue;
        const int64_t at_ms = ready_at(files, file);
        if (at_ms < *ret_ms)
            *ret_ms = at_ms;
        if (at_ms <= now_ms && (!next || is_before(file, next)))
            next = file;
    }
    return next;
}

const struct folder_file *folder_files_held_up(const struct folder_files *files)
{
    for (size_t i = 0; i < files->n; i++)
        if (files->files[i]->retry_ms)
            return files->files[i];
    return NULL;
}

void folder_files_restart(struct folder_files *files, int fd, struct folder_file *file,
                          int64_t now_ms)
{
    struct stat is;
    if (fstatat(fd, file->name, &is, AT_SYMLINK_NOFOLLOW) < 0)
        folder_files_forget(files, file);
    else
        begin_anew(file, &is, now_ms);
}

void folder_files_forget(struct folder_files *files, struct folder_file *file)
{
    bool found;
    const size_t at = find(files, file->name, &found);
    if (found)
        take_out(files, at);
}
