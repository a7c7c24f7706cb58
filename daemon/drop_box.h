// SPDX-License-Identifier: GPL-3.0-or-later
// A folder that files are dropped into, on disk: opening them, writing words about them, and moving
// them to where they belong. Names are never followed through links, what is there is never
// overwritten, and what was moved or written is durable.
#ifndef PHUTAI_DAEMON_DROP_BOX_H
#define PHUTAI_DAEMON_DROP_BOX_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

enum drop_place { DROP_DONE, DROP_BAD, DROP_PLACES };
enum { DROP_REASON_MAX = 200, DROP_NAME_MAX = NAME_MAX + 1 };

struct drop_box;

// `done` and `bad` may be NULL, for folders of these names inside of `path`; they are made when
// they are needed, with the rights that `path` has. NULL without memory.
struct drop_box *drop_box_new(const char *path, const char *done, const char *bad);
void drop_box_free(struct drop_box *box); // takes NULL

// Where files of that kind go, as a path.
const char *drop_box_place(const struct drop_box *box, enum drop_place place);

// Opens the folder, or opens it again. False with the reason.
[[nodiscard]] bool drop_box_open(struct drop_box *box, char ret_reason[static DROP_REASON_MAX]);
// Whether what is open is what stands at the path now.
bool drop_box_is_current(const struct drop_box *box);
// Its descriptor, -1 while it is not open.
int drop_box_fd(const struct drop_box *box);

// Opens a file to be read, and what it is at that moment. -1 with the reason; where it is no
// regular file, too.
int drop_box_file(const struct drop_box *box, const char *name, struct stat *ret,
                  char ret_reason[static DROP_REASON_MAX]);

enum drop_move {
    DROP_MOVED,
    DROP_CHANGED, // it is another file than `seen`, or not as it was: left where it is
    DROP_GONE,
    DROP_FAILED // with the reason
};
// Moves the file there, under a name with a number where its own is taken.
enum drop_move drop_box_move(struct drop_box *box, const char *name, const struct stat *seen,
                             enum drop_place place, char ret_name[static DROP_NAME_MAX],
                             char ret_reason[static DROP_REASON_MAX]);

// A file about another one, in `bad`. It is there whole or not at all.
struct drop_note;

// For the file of that name and rights; `suffix` comes behind its name. NULL with the reason.
struct drop_note *drop_note_new(struct drop_box *box, const char *name, const char *suffix,
                                mode_t mode, char ret_reason[static DROP_REASON_MAX]);
[[nodiscard]] bool drop_note_write(struct drop_note *note, const void *data, size_t length);
// Frees it. True: it is there, and durable. One of that name with the same contents is replaced;
// with others, this one's name gets a number.
[[nodiscard]] bool drop_note_end(struct drop_note *note, char ret_name[static DROP_NAME_MAX],
                                 char ret_reason[static DROP_REASON_MAX]);
void drop_note_discard(struct drop_note *note); // takes NULL

#endif
