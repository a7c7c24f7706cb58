// SPDX-License-Identifier: GPL-3.0-or-later
// How far a long command is: one line on a terminal's standard error once it has taken 2 s, nothing
// where standard error is not a terminal.
#ifndef PHUTAI_DAEMON_PROGRESS_H
#define PHUTAI_DAEMON_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct progress {
    const char *what; // kept: "import"
    FILE *out;        // NULL where nobody would see it
    int64_t (*now_ms)(void);
    int64_t started_ms, next_ms;
    bool shown;
};

void progress_start(struct progress *progress, const char *what);

// `done` of `total`; total 0 where it is not known, and then `done` alone is shown. Draws at most
// ten times a second. About 30 ns, so call it for thousands of rows at once rather than for each.
void progress_at(struct progress *progress, uint64_t done, uint64_t total);

// Wipes the line; messages that come after start on a clean one. May be called twice.
void progress_end(struct progress *progress);

#endif
