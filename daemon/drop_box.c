// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/drop_box.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { NUMBERS_MAX = 10000, RIGHTS = 0777, COMPARE_CHUNK = 8192 };

struct drop_box {
    char *path;
    char *places[DROP_PLACES];
    bool own[DROP_PLACES]; // inside of path
    int fd;
};

struct drop_note {
    struct drop_box *box;
    FILE *file;
    int folder;
    char name[DROP_NAME_MAX], part[DROP_NAME_MAX + sizeof "..part"];
};

static bool complain(char reason[static DROP_REASON_MAX], const char *what, const char *which)
{
    const int error = errno;
    snprintf(reason, DROP_REASON_MAX, "%s '%.100s': %s", what, which, strerror(error));
    return false;
}

static char *place_of(const char *path, const char *given, const char *name)
{
    char *place = NULL;
    if (given)
        return strdup(given);
    return asprintf(&place, "%s/%s", path, name) < 0 ? NULL : place;
}

struct drop_box *drop_box_new(const char *path, const char *done, const char *bad)
{
    struct drop_box *box = calloc(1, sizeof *box);
    if (!box)
        return NULL;
    box->fd = -1;
    box->path = strdup(path);
    box->own[DROP_DONE] = !done;
    box->own[DROP_BAD] = !bad;
    box->places[DROP_DONE] = place_of(path, done, "done");
    box->places[DROP_BAD] = place_of(path, bad, "bad");
    if (box->path && box->places[DROP_DONE] && box->places[DROP_BAD])
        return box;
    drop_box_free(box);
    return NULL;
}

void drop_box_free(struct drop_box *box)
{
    if (!box)
        return;
    if (box->fd >= 0)
        close(box->fd);
    free(box->path);
    free(box->places[DROP_DONE]);
    free(box->places[DROP_BAD]);
    free(box);
}

const char *drop_box_place(const struct drop_box *box, enum drop_place place)
{
    return box->places[place];
}

bool drop_box_open(struct drop_box *box, char ret_reason[static DROP_REASON_MAX])
{
    if (box->fd >= 0)
        close(box->fd);
    box->fd = open(box->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return box->fd >= 0 || complain(ret_reason, "folder", box->path);
}

bool drop_box_is_current(const struct drop_box *box)
{
    struct stat ours, there;
    return box->fd >= 0 && fstat(box->fd, &ours) == 0 && stat(box->path, &there) == 0 &&
           ours.st_dev == there.st_dev && ours.st_ino == there.st_ino;
}

int drop_box_fd(const struct drop_box *box)
{
    return box->fd;
}

int drop_box_file(const struct drop_box *box, const char *name, struct stat *ret,
                  char ret_reason[static DROP_REASON_MAX])
{
    // Neither a pipe that nobody writes to nor a device may hold up the loop.
    const int fd = openat(box->fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (fd < 0) {
        complain(ret_reason, "cannot read", name);
        return -1;
    }
    if (fstat(fd, ret) == 0 && S_ISREG(ret->st_mode))
        return fd;
    snprintf(ret_reason, DROP_REASON_MAX, "'%.100s' is not a regular file", name);
    close(fd);
    return -1;
}

// Whoever may drop files may see what became of them, whatever our umask is. A service that is shut
// in may not hand on the group with it.
static void grant(const struct drop_box *box, int folder)
{
    struct stat parent;
    if (fstat(box->fd, &parent) == 0 && fchmod(folder, parent.st_mode & (RIGHTS | S_ISGID)) < 0)
        (void)!fchmod(folder, parent.st_mode & RIGHTS);
}

static int open_place(struct drop_box *box, enum drop_place place,
                      char reason[static DROP_REASON_MAX])
{
    const char *path = box->places[place];
    const bool made = mkdir(path, 0700) == 0;
    // Those who may write into the folder must not lead us elsewhere by a link.
    const int link = box->own[place] ? O_NOFOLLOW : 0;
    const int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | link);
    if (fd < 0)
        complain(reason, "folder", path);
    else if (made)
        grant(box, fd);
    return fd;
}

static size_t ending_length(const char *name)
{
    const size_t n = strlen(name);
    const size_t gz = n > 3 && !strcmp(name + n - 3, ".gz") ? 3 : 0;
    size_t at = n - gz;
    while (at > 0 && name[at - 1] != '.')
        at--;
    return at > 1 ? n - at + 1 : gz;
}

// The name with a number before its ending: "load.csv.gz", 2: "load.2.csv.gz". Long ones are cut.
static void number_name(const char *name, int number, char ret[static DROP_NAME_MAX])
{
    enum { ROOM = NAME_MAX - 8 };
    const size_t ending = ending_length(name);
    size_t stem = strlen(name) - ending;
    if (number < 2) {
        snprintf(ret, DROP_NAME_MAX, "%s", name);
        return;
    }
    if (stem + ending > ROOM)
        stem = ending < ROOM ? ROOM - ending : 0;
    snprintf(ret, DROP_NAME_MAX, "%.*s.%d%s", (int)stem, name, number,
             name + strlen(name) - ending);
}

// Never over a file that is there. 0, or -1 with errno.
static int rename_new(int from, const char *old, int to, const char *new)
{
    struct stat taken;
    if (renameat2(from, old, to, new, RENAME_NOREPLACE) == 0)
        return 0;
    if (errno != EINVAL && errno != ENOSYS)
        return -1;
    // A file system that cannot promise it: look first.
    if (fstatat(to, new, &taken, AT_SYMLINK_NOFOLLOW) == 0) {
        errno = EEXIST;
        return -1;
    }
    return renameat(from, old, to, new);
}

static bool same_file(const struct stat *a, const struct stat *b)
{
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size &&
           a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

static enum drop_move move_into(struct drop_box *box, const char *name, int folder,
                                char ret_name[static DROP_NAME_MAX],
                                char reason[static DROP_REASON_MAX])
{
    for (int number = 1; number <= NUMBERS_MAX; number++) {
        number_name(name, number, ret_name);
        if (rename_new(box->fd, name, folder, ret_name) == 0) {
            // The new name first: at no moment is there none.
            if (fsync(folder) == 0 && fsync(box->fd) == 0)
                return DROP_MOVED;
            complain(reason, "cannot make durable that there is", ret_name);
            return DROP_FAILED;
        }
        if (errno != EEXIST)
            break;
    }
    if (errno == ENOENT)
        return DROP_GONE;
    complain(reason, "cannot move", name);
    return DROP_FAILED;
}

enum drop_move drop_box_move(struct drop_box *box, const char *name, const struct stat *seen,
                             enum drop_place place, char ret_name[static DROP_NAME_MAX],
                             char ret_reason[static DROP_REASON_MAX])
{
    struct stat now;
    if (fstatat(box->fd, name, &now, AT_SYMLINK_NOFOLLOW) < 0)
        return DROP_GONE;
    if (!same_file(&now, seen))
        return DROP_CHANGED;
    const int folder = open_place(box, place, ret_reason);
    if (folder < 0)
        return DROP_FAILED;
    const enum drop_move moved = move_into(box, name, folder, ret_name, ret_reason);
    close(folder);
    return moved;
}

struct drop_note *drop_note_new(struct drop_box *box, const char *name, const char *suffix,
                                mode_t mode, char ret_reason[static DROP_REASON_MAX])
{
    struct drop_note *note = calloc(1, sizeof *note);
    if (!note) {
        snprintf(ret_reason, DROP_REASON_MAX, "out of memory");
        return NULL;
    }
    // With room for a number, and for what marks it as not yet whole.
    enum { ROOM = NAME_MAX - 16 };
    snprintf(note->name, sizeof note->name, "%.*s%s", ROOM - (int)strlen(suffix), name, suffix);
    snprintf(note->part, sizeof note->part, ".%s.part", note->name);
    note->box = box;
    note->folder = open_place(box, DROP_BAD, ret_reason);
    if (note->folder >= 0) {
        // What a run left that was killed is begun anew.
        unlinkat(note->folder, note->part, 0);
        const int fd = openat(note->folder, note->part,
                              O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
        note->file = fd < 0 ? NULL : fdopen(fd, "w+");
        if (fd >= 0)
            (void)!fchmod(fd, mode & 0666);
        if (!note->file) {
            complain(ret_reason, "cannot write", note->name);
            if (fd >= 0)
                close(fd);
        }
    }
    if (note->file)
        return note;
    drop_note_discard(note);
    return NULL;
}

bool drop_note_write(struct drop_note *note, const void *data, size_t length)
{
    return fwrite(data, 1, length, note->file) == length;
}

// Whether the file of that name holds the same.
static bool is_same(struct drop_note *note, const char *name)
{
    char ours[COMPARE_CHUNK], theirs[COMPARE_CHUNK];
    const int fd = openat(note->folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    FILE *other = fd < 0 ? NULL : fdopen(fd, "r");
    bool same = other && fseek(note->file, 0, SEEK_SET) == 0;
    for (size_t n = 1; same && n > 0;) {
        n = fread(ours, 1, sizeof ours, note->file);
        same = fread(theirs, 1, sizeof theirs, other) == n && !memcmp(ours, theirs, n);
    }
    if (other)
        fclose(other);
    else if (fd >= 0)
        close(fd);
    return same;
}

static bool place_note(struct drop_note *note, char ret_name[static DROP_NAME_MAX])
{
    if (fflush(note->file) != 0 || fsync(fileno(note->file)) < 0)
        return false;
    for (int number = 1; number <= NUMBERS_MAX; number++) {
        number_name(note->name, number, ret_name);
        // A run that was killed after this and before its file was moved has left the same.
        if (is_same(note, ret_name)
                ? renameat(note->folder, note->part, note->folder, ret_name) == 0
                : rename_new(note->folder, note->part, note->folder, ret_name) == 0)
            return fsync(note->folder) == 0;
        if (errno != EEXIST)
            return false;
    }
    return false;
}

bool drop_note_end(struct drop_note *note, char ret_name[static DROP_NAME_MAX],
                   char ret_reason[static DROP_REASON_MAX])
{
    const bool placed = place_note(note, ret_name);
    if (!placed)
        complain(ret_reason, "cannot write", note->name);
    drop_note_discard(note);
    return placed;
}

void drop_note_discard(struct drop_note *note)
{
    if (!note)
        return;
    if (note->file) {
        fclose(note->file);
        // Where it was placed there is none of this name any more.
        unlinkat(note->folder, note->part, 0);
    }
    if (note->folder >= 0)
        close(note->folder);
    free(note);
}
