// SPDX-License-Identifier: GPL-3.0-or-later
// What is taken for a reading or an observation of the weather, whichever way it comes in. Pure.
//
// Times. A reading is stamped with the start of its interval, a multiple of the step counted from
// 1970-01-01T00:00Z. Meters with a clock of their own miss that by seconds: up to a sixtieth of the
// step (30 s of half an hour) to either side, the stamp is moved onto the grid. One that is further
// inside an interval is refused: it is a sample, and no sample is the mean of an interval. An
// observation of the weather may have any time and is kept under its minute.
#ifndef PHUTAI_DAEMON_CHECK_H
#define PHUTAI_DAEMON_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/config.h"

// What something was refused for; of a line of line protocol, the order is also that of the checks.
enum check_cause {
    CHECK_MALFORMED,   // not line protocol, not a row, not JSON
    CHECK_MEASUREMENT, // neither readings nor weather
    CHECK_TAG,         // what says which zone or station is missing; a name too long
    CHECK_ZONE,        // not in the registry
    CHECK_FIELD,       // the value is missing or not a number
    CHECK_RANGE,       // a load or temperature that cannot be
    CHECK_FUTURE,      // further ahead of `now` than allowed
    CHECK_PAST,        // before 2000, as times are that were read in the wrong precision
    CHECK_GRID,        // a reading inside an interval
    CHECK_HUMIDITY,    // not a number of 0 to 100; the observation was taken without it
    CHECK_ENTRY,       // of the register: a field that is missing, unknown or wrong
    CHECK_CAUSES
};

// "malformed", "measurement" and so on, for metrics and replies.
const char *check_cause_name(enum check_cause cause);

enum {
    CHECK_REASON_MAX = 256, // bytes; values in it are cut
    CHECK_NAME_MAX = 128,   // bytes of a meter's or station's name
    CHECK_TEMP_MIN_C = -60,
    CHECK_TEMP_MAX_C = 60,
    CHECK_MINUTE_S = 60
};

struct check_fault {
    enum check_cause cause;
    char reason[CHECK_REASON_MAX]; // UTF-8, no control characters
};

// A value for a message: in quotes, cut at a character, and fit for JSON whatever it holds.
enum { CHECK_QUOTED_MAX = 60 };
struct check_quoted {
    char text[CHECK_QUOTED_MAX + sizeof "\"\"..."];
};
struct check_quoted check_quote(const char *data, size_t length);

// Sets the fault; always false.
[[gnu::format(printf, 3, 4)]] bool check_refuse(struct check_fault *fault, enum check_cause cause,
                                                const char *format, ...);

struct checks;

// NULL without memory. Keeps `config`, which must outlive it.
struct checks *checks_new(const struct config *config);
void checks_free(struct checks *checks);

// Each: false with the fault. `now` and all times are instants.

// The registry's own text of a zone's id. O(log zones).
[[nodiscard]] bool check_zone(const struct checks *checks, const char *name, const char **ret_id,
                              struct check_fault *fault);
[[nodiscard]] bool check_load(const struct checks *checks, double mw, struct check_fault *fault);
[[nodiscard]] bool check_temperature(double temp_c, struct check_fault *fault);
// Not too far ahead, not before 2000.
[[nodiscard]] bool check_instant(const struct checks *checks, int64_t now, int64_t instant,
                                 struct check_fault *fault);
// That, and the start of an interval. *ret_moved: the stamp was moved onto the grid.
[[nodiscard]] bool check_interval(const struct checks *checks, int64_t now, int64_t instant,
                                  int64_t *ret_start, bool *ret_moved, struct check_fault *fault);

// A value times a scale. Of a scale such as 0.001 the value is divided by 1000 instead, so that
// 23850 kW are 23.85 MW to the last bit, as another source writes them.
double check_scaled(double value, double scale);

// The multiple of `unit` at or before an instant.
int64_t check_floor(int64_t instant, int64_t unit);

#endif
