// SPDX-License-Identifier: GPL-3.0-or-later
// What the columns of an export mean, found by their headings: those that the folder's keys name,
// else those that are known in Vietnamese or English. Nothing is guessed: where headings can be
// read in two ways the layout is refused in words that say which key decides it.
#ifndef PHUTAI_DAEMON_EXPORT_LAYOUT_H
#define PHUTAI_DAEMON_EXPORT_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>

#include "config/config.h"
#include "daemon/export_names.h"

enum export_role {
    EXPORT_TIME, // or, with EXPORT_HOUR, the date
    EXPORT_HOUR,
    EXPORT_ZONE,
    EXPORT_METER,
    EXPORT_LOAD,
    EXPORT_STATION,
    EXPORT_TEMP,
    EXPORT_HUMIDITY,
    EXPORT_ORIGIN,
    EXPORT_ROLES
};

enum { EXPORT_COLUMNS_MAX = 512, EXPORT_REASON_MAX = 400, EXPORT_ABSENT = -1 };

struct export_load { // a column that holds loads
    int column;
    const char *zone, *meter; // of the column; NULL where the row says it
    enum config_unit unit;
};

struct export_layout {
    int n_columns; // of the header
    int at[EXPORT_ROLES];
    int n_loads;
    struct export_load loads[EXPORT_COLUMNS_MAX];
    bool vietnamese;   // there is a heading in Vietnamese
    char left_out[96]; // headings of columns that nothing is known of, "" for none
};

struct export_scheme { // how to look at headings
    const struct config_folder *folder;
    const struct export_names *names;
    enum config_unit title_unit; // that stands above the headings, or AUTO
};

enum export_layout_status {
    EXPORT_LAYOUT_NONE, // no headings; the reason says what is missing where some were known
    EXPORT_LAYOUT_FOUND,
    EXPORT_LAYOUT_REFUSED
};

// Of the cells of one row. `ret` changes in any case.
enum export_layout_status export_layout_find(const struct export_scheme *scheme, size_t n,
                                             const char *const cells[], struct export_layout *ret,
                                             char ret_reason[static EXPORT_REASON_MAX]);

// The unit that a line above the headings states, as "Đơn vị tính: kW" or "ĐVT: MW", or AUTO.
enum config_unit export_layout_title_unit(const char *line);

#endif
