// SPDX-License-Identifier: GPL-3.0-or-later
// Secrets live in files of one line. They are read when used, so that a new one counts at once, and
// never stand in a message.
#ifndef PHUTAI_DAEMON_SECRET_H
#define PHUTAI_DAEMON_SECRET_H

#include <stdbool.h>

enum { SECRET_MAX = 4096 };

// The file's one line, without blanks around it. False, with words that name the path, where it
// cannot be read, is empty, longer than SECRET_MAX - 1 bytes, or holds more than one line.
[[nodiscard]] bool secret_read(const char *path, char ret[static SECRET_MAX],
                               char ret_error[static 256]);

// Overwrites what was read; the compiler does not leave it out.
void secret_wipe(char secret[static SECRET_MAX]);

#endif
