// SPDX-License-Identifier: GPL-3.0-or-later
// From what a database answered to readings and observations of the weather. Pure but for what it
// notes of refused points.
//
// Samples become the means of the intervals that they lie in. Of points of one series and time that
// differ the last written is taken, where looks before this one tell which that is (pull_copies.h);
// else all are refused. Two series that give
// different values for one zone, meter and interval are refused both: one of them is wrong, or they
// are two meters, and nobody here knows.
#ifndef PHUTAI_DAEMON_PULL_ROWS_H
#define PHUTAI_DAEMON_PULL_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/check.h"
#include "daemon/pull_answer.h"
#include "daemon/pull_copies.h"
#include "daemon/pull_refusals.h"
#include "daemon/pull_request.h"
#include "daemon/store.h"

struct pull_rows {
    size_t n_readings, n_weather;
    struct store_reading *readings; // by time, so that meters come in beside each other
    struct store_weather *weather;
    size_t moved;   // readings whose stamp was moved onto the grid
    bool simulated; // some say that they were made up
};

struct pull_rows_setup {
    struct pull_request request;
    const struct checks *checks;
    struct pull_refusals *refusals;
    struct pull_copies *copies; // NULL for a server that keeps one value of a time
    int64_t copies_from_ms;     // of earlier times no looks are remembered
    struct pull_window window;  // what lies outside of it is left out
    int64_t now;
};

// The rows' texts are those of the answer and of the registry. The answer's points are put in
// another order. False without memory. The caller ends it with pull_rows_done in either case.
[[nodiscard]] bool pull_rows_make(const struct pull_rows_setup *setup, struct pull_answer *answer,
                                  struct pull_rows *ret);
void pull_rows_done(struct pull_rows *rows);

#endif
