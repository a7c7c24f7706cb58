// SPDX-License-Identifier: GPL-3.0-or-later
// Reads an INI file over inih, which alone would cut long lines without a word, take an indented
// line for more of the value above it, and tell of the first fault only.
#ifndef PHUTAI_CONFIG_INIFILE_H
#define PHUTAI_CONFIG_INIFILE_H

#include <stdbool.h>

// One line that means something: a heading (`section` set), a setting (`key` and `value` set), or
// neither (`fault` says why). Valid during the call only.
struct inifile_item {
    unsigned long line;
    const char *section;
    const char *key, *value;
    const char *fault;
};

typedef void inifile_fn(void *context, const struct inifile_item *item);

// Calls `fn` for each line but comments and blank ones. False, with errno set, where the file
// cannot be opened or read to its end.
[[nodiscard]] bool inifile_read(const char *path, inifile_fn *fn, void *context);

#endif
