// SPDX-License-Identifier: GPL-3.0-or-later
// Which of several values came last. VictoriaMetrics keeps every value that is written for a time,
// and gives them in no order; but who looks again and again sees which one has been added.
#ifndef PHUTAI_DAEMON_PULL_COPIES_H
#define PHUTAI_DAEMON_PULL_COPIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pull_copies;

struct pull_copies *pull_copies_new(void);         // NULL without memory
void pull_copies_free(struct pull_copies *copies); // takes NULL

// A look at the `n` values of one series (its tags as text, and which of its columns) and time. The
// value that was written last: the only one; the one that there are more of than at any look
// before; or, where there are no more of any, what it was at the look before. False where that
// tells nothing: at a first look at different values, or where more than one was added at once.
// O(log looks + n^2).
[[nodiscard]] bool pull_copies_last(struct pull_copies *copies, const char *series, int column,
                                    int64_t time_ms, size_t n, const double values[],
                                    double *ret_value);

// Forgets the times that were not looked at since the last call.
void pull_copies_end_round(struct pull_copies *copies);

#endif
