// SPDX-License-Identifier: GPL-3.0-or-later
// Which zone and meter the rows of an export are about, looked up once for each way they are
// written, and how far each of them has come.
#ifndef PHUTAI_DAEMON_EXPORT_SERIES_H
#define PHUTAI_DAEMON_EXPORT_SERIES_H

#include <stdbool.h>
#include <stdint.h>

#include "daemon/check.h"
#include "daemon/export_rules.h"

struct export_series {
    const char *zone, *meter; // valid as long as the table; of weather: NULL, and the station
    bool left_out;            // by the zone_map
    bool unknown;             // `fault` says what
    struct check_fault fault;
    int64_t last; // stamp of the row before, INT64_MIN for none
};

struct export_table;

// NULL without memory. Keeps `rules`, which must outlive it.
struct export_table *export_table_new(const struct export_rules *rules);
void export_table_free(struct export_table *table); // takes NULL

// By what a row's fields say, and `zone` and `meter` where its column or the folder says them; NULL
// where that does not. O(log n) of those seen. NULL without memory.
struct export_series *export_table_reading(struct export_table *table, const char *zone,
                                           const char *meter, const char *zone_field,
                                           const char *meter_field);
struct export_series *export_table_weather(struct export_table *table, const char *station);

#endif
