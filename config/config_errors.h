// SPDX-License-Identifier: GPL-3.0-or-later
// How the readers of this room note the faults that they find.
#ifndef PHUTAI_CONFIG_CONFIG_ERRORS_H
#define PHUTAI_CONFIG_CONFIG_ERRORS_H

#include <stdbool.h>

#include "config.h"

enum { CONFIG_ERRORS_MAX = 100 };

// Adds `file:line: ` and the message; line 0 leaves the line out, file NULL both. Control
// characters, and bytes that are not UTF-8, come out as '?'. Beyond CONFIG_ERRORS_MAX only says
// that there are more. Always false, so that a reader can return it.
[[gnu::format(printf, 4, 5)]] bool config_errors_add(struct config_errors *errors, const char *file,
                                                     unsigned long line, const char *format, ...);

// Where in a file a fault is.
struct config_place {
    const char *file;
    unsigned long line;
};

// How many bytes of a value to show, for "%.*s": all of a short one, whole characters of a long
// one.
int config_errors_shown(const char *value);

#endif
