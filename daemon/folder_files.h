// SPDX-License-Identifier: GPL-3.0-or-later
// The files that a folder holds, as far as they are ours to read, and which of them can be read
// now: one that was moved in at once; any other when it has stood unchanged for a while and nobody
// seems to be writing to it. Times are of a monotonic clock, in ms.
#ifndef PHUTAI_DAEMON_FOLDER_FILES_H
#define PHUTAI_DAEMON_FOLDER_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "config/config.h"

enum folder_todo {
    FOLDER_READ,
    FOLDER_MOVE_DONE, // it was read, but could not be moved
    FOLDER_MOVE_BAD
};

struct folder_file {
    char *name;
    struct stat is;   // when it was last looked at
    int64_t since_ms; // unchanged
    bool moved_in, being_written;
    bool there; // at the last look at the whole folder
    // Of one that could not be read or moved: what is left to do, why it failed, and when it is
    // tried again.
    enum folder_todo todo;
    bool note_failed; // for want of a place for its bad rows: that is tried first
    int64_t retry_ms; // 0: it is not held up
    char reason[256];
};

struct folder_files;

// Keeps the folder's keys. NULL without memory.
struct folder_files *folder_files_new(const struct config_folder *folder);
void folder_files_free(struct folder_files *files); // takes NULL

// Looks at all that is in the folder `fd`. False with errno: no file is forgotten then.
[[nodiscard]] bool folder_files_scan(struct folder_files *files, int fd, int64_t now_ms);

// Looks at one name. `mask` is what inotify says of it.
void folder_files_note(struct folder_files *files, int fd, const char *name, uint32_t mask,
                       int64_t now_ms);

// The one to read now, the longest unchanged first. NULL where there is none; *ret_ms is when there
// may be one, INT64_MAX for never. O(files).
struct folder_file *folder_files_next(struct folder_files *files, int64_t now_ms, int64_t *ret_ms);

// One that is held up, NULL where there is none.
const struct folder_file *folder_files_held_up(const struct folder_files *files);

// Looks again at one that has changed; forgets one that is gone.
void folder_files_restart(struct folder_files *files, int fd, struct folder_file *file,
                          int64_t now_ms);
void folder_files_forget(struct folder_files *files, struct folder_file *file);

#endif
