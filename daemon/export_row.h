// SPDX-License-Identifier: GPL-3.0-or-later
// One row of an export, judged: readings or an observation of the weather, or why not. Pure.
#ifndef PHUTAI_DAEMON_EXPORT_ROW_H
#define PHUTAI_DAEMON_EXPORT_ROW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/export_layout.h"
#include "daemon/export_record.h"
#include "daemon/export_rules.h"
#include "daemon/export_series.h"
#include "daemon/store.h"

struct export_report {
    size_t readings, weather; // taken
    size_t moved;             // readings whose stamp was moved onto the grid
    size_t left_out;          // loads of names that zone_map leaves out
    size_t refused;           // rows of which anything was refused
    size_t causes[CHECK_CAUSES];
};

struct export_bad {
    unsigned long line;
    const char *row; // as it stands in the file
    size_t length;
    const char *reason;
};

// Say false to stop. Texts of readings and weather stay valid as long as the table of series.
struct export_sink {
    store_reading_fn *reading;
    store_weather_fn *weather;
    bool (*bad)(void *context, const struct export_bad *bad);
    void *context;
    void *bad_context;
};

struct export_judge { // all must outlive the call
    const struct export_rules *rules;
    const struct export_layout *layout;
    const char *const *headings; // of all columns, for words
    enum config_decimal decimal;
    struct export_table *table;
    const struct export_sink *sink;
    struct export_report *report;
    int64_t now;
};

// A field by its role, "" where there is none.
const char *export_row_field(const struct export_layout *layout, const struct export_record *record,
                             enum export_role role);

// Gives the sink what the row holds. False where it said so, or memory is short: what the sink was
// given may then be a part of the row.
[[nodiscard]] bool export_row_judge(const struct export_judge *judge,
                                    const struct export_record *record);

// Refuses the row as a whole. False where the sink said so.
[[nodiscard]] bool export_row_refuse(const struct export_judge *judge,
                                     const struct export_record *record, const char *reason);

#endif
