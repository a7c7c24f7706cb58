// SPDX-License-Identifier: GPL-3.0-or-later
// One heading of an export: its name, its unit, and what it is known for.
#ifndef PHUTAI_DAEMON_EXPORT_HEADING_H
#define PHUTAI_DAEMON_EXPORT_HEADING_H

#include <stdbool.h>

#include "config/config.h"

enum export_meaning {
    EXPORT_MEANS_NOTHING,
    EXPORT_MEANS_TIME,
    EXPORT_MEANS_DATE,
    EXPORT_MEANS_HOUR,
    EXPORT_MEANS_ZONE,
    EXPORT_MEANS_METER,
    EXPORT_MEANS_LOAD,
    EXPORT_MEANS_STATION,
    EXPORT_MEANS_TEMP,
    EXPORT_MEANS_HUMIDITY,
    EXPORT_MEANS_ORIGIN,
    EXPORT_MEANS_NO_DATA, // a running number, or what we ourselves wrote beside a bad row
    EXPORT_MEANINGS
};

struct export_heading {
    char *whole;           // folded (config/fold.h)
    char *name;            // the same without unit and brackets
    enum config_unit unit; // that it states, or AUTO
    enum export_meaning meaning;
    bool vietnamese;
    bool plain_load; // "load", which is in MW unless it says otherwise
};

// False without memory. The caller ends it with export_heading_done.
[[nodiscard]] bool export_heading_read(const char *cell, enum config_folder_kind kind,
                                       struct export_heading *ret);
void export_heading_done(struct export_heading *heading);

// Whether it is the one that a key means, with its unit or without.
bool export_heading_is(const struct export_heading *heading, const char *key);

#endif
