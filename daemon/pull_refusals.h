// SPDX-License-Identifier: GPL-3.0-or-later
// What a source that looks again and again at the same days could not take: each point is counted
// and told once, not every time that it is seen.
#ifndef PHUTAI_DAEMON_PULL_REFUSALS_H
#define PHUTAI_DAEMON_PULL_REFUSALS_H

#include <stddef.h>
#include <stdint.h>

#include "daemon/check.h"
#include "daemon/metrics.h"

struct pull_refusals;

// NULL without memory. `source` is the name of the section; both must outlive it.
struct pull_refusals *pull_refusals_new(const char *source, struct metrics *metrics);
void pull_refusals_free(struct pull_refusals *refusals); // takes NULL

// A point of the series of that name and meter (either may be NULL), for a fault. Counted in
// metrics->refused unless the round before had it too; of the last 20,000 of a round this is known.
void pull_refusals_note(struct pull_refusals *refusals, const char *name, const char *meter,
                        int64_t instant, const struct check_fault *fault);

// An answer had `n` series that could not be read, not even their names, for a fault. They are
// known by their number: counted and told once as long as there are no more of them than in any
// answer of this round or of the one before.
void pull_refusals_note_unread(struct pull_refusals *refusals, size_t n,
                               const struct check_fault *fault);

// All was looked at once.
void pull_refusals_end_round(struct pull_refusals *refusals);

// What is new goes to the log, once a minute at most.
void pull_refusals_tell(struct pull_refusals *refusals, int64_t now);

#endif
