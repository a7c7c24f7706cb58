// SPDX-License-Identifier: GPL-3.0-or-later
// A forecast held against what came: two tidy files joined by zone and time.
//
// The forecast has the columns time, zone, mean and any number of quantiles, each named q and its
// level: q0.05; and issue where it holds several vintages, each of which is judged. The actual
// values are readings.
#ifndef PHUTAI_DAEMON_COMPARISON_H
#define PHUTAI_DAEMON_COMPARISON_H

#include <stdbool.h>
#include <stddef.h>

#include "daemon/tidy.h"
#include "models/score.h"

struct comparison;

struct comparison_score {
    const char *zone;   // NULL for all zones together
    struct score score; // of the pairs
    struct peak_score
        peaks;       // of each vintage and civil day that is whole, as its times are written
    size_t missing;  // forecast intervals for which no actual value is there
    size_t repeated; // rows that a later row of the same zone, issue and time replaced
};

// NULL without memory.
struct comparison *comparison_new(void);
void comparison_free(struct comparison *comparison);

// Bad rows are set aside as by tidy.h. False, with tidy->error set, where a file cannot be read to
// its end or memory is short. Readings may be read from several files, a forecast from one, and not
// from standard input: its header is read for itself before its rows.
[[nodiscard]] bool comparison_read_actual(struct comparison *comparison, struct tidy *tidy,
                                          const char *path);
[[nodiscard]] bool comparison_read_forecast(struct comparison *comparison, struct tidy *tidy,
                                            const char *path);

// Joins and scores. False without memory. O(n log n).
[[nodiscard]] bool comparison_judge(struct comparison *comparison);

// After comparison_judge: the zones that were forecast, in order of name, and all together.
size_t comparison_zones(const struct comparison *comparison);
struct comparison_score comparison_zone(const struct comparison *comparison, size_t i);
struct comparison_score comparison_all(const struct comparison *comparison);

#endif
