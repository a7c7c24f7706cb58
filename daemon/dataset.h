// SPDX-License-Identifier: GPL-3.0-or-later
// The readings, weather and calendar of a site in memory, from files: what the commands work on.
#ifndef PHUTAI_DAEMON_DATASET_H
#define PHUTAI_DAEMON_DATASET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "models/calendar.h"
#include "models/changes.h"
#include "models/civil.h"
#include "models/series.h"
#include "models/stations.h"

struct dataset_series {
    char *id;
    struct series series;
    size_t n_changes; // declared ones of a zone (changes_file.h)
    struct change *changes;
};

struct dataset {
    struct civil_clock clock;
    int32_t offset_s; // how times are written: TEXT_NO_OFFSET where the files have no offset
    size_t n_zones, n_stations;
    struct dataset_series *zones, *stations; // in the order in which the files name them
    struct series temp; // mean of all stations, on the step of the zones; n = 0 without weather
    struct calendar *calendar;
    bool simulated; // readings or weather are made up, by the files' own word
};

// Reads tidy CSV files; `weather`, `holidays` and `clock_text` may be NULL: then the clock is that
// of the offsets in the readings, with daylight saving where they change by a yearly rule. The step
// is that of the file. Rows that cannot be used are told on standard error, the first ten in words,
// and left out; that data are made up is told too. False, with the reason told, where a file cannot
// be read or nothing usable is in it.
[[nodiscard]] bool dataset_read(const char *readings, const char *weather, const char *holidays,
                                const char *clock_text, struct dataset *ret);
void dataset_done(struct dataset *dataset);

// The stations' series as a list, for the caller to free. NULL without memory.
const struct series **dataset_stations(const struct dataset *dataset);

// The temperature of one zone, of the stations that it follows (models/stations.h), chosen as seen
// from `issue` and known before `until`; empty without weather. `choice` is kept from call to call
// of one zone. The caller ends both. False without memory.
[[nodiscard]] bool dataset_temperature(const struct dataset *dataset, const struct series *load,
                                       int64_t issue, int64_t until, struct stations_choice *choice,
                                       struct series *ret);

const struct series *dataset_zone(const struct dataset *dataset, const char *id); // NULL if none

// Reads a time of the command line: with an offset an instant, without one a time of the site's
// clock.
[[nodiscard]] bool dataset_time(const struct dataset *dataset, const char *text, int64_t *ret);

#endif
