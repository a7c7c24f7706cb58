// SPDX-License-Identifier: GPL-3.0-or-later
// A batch on its way to a server in pieces, and the hunt for lines that the server cannot take: by
// halves, so that a bad line is found alone after some log2(lines) attempts and those beside it are
// delivered. Pure.
#ifndef PHUTAI_DAEMON_HUNT_H
#define PHUTAI_DAEMON_HUNT_H

#include <stdbool.h>
#include <stddef.h>

#include "daemon/pieces.h"
#include "daemon/store_outbox.h"

struct hunt {
    struct pieces pieces; // the piece now
    size_t fit_lines;     // what the server takes at once at most, as far as is known
    size_t suspects;      // lines from the piece's start on, one of which at least is bad; 0: none
    size_t n_rejects, rejects_size;
    struct store_reject *rejects; // of this batch; they refer into its body
};

// Before the first batch. Allocates nothing.
void hunt_init(struct hunt *hunt, size_t fit_lines);
// Another batch, of which nothing is suspected. `body` stays the caller's and must outlive the work
// on it.
void hunt_begin(struct hunt *hunt, const char *body, size_t length);
void hunt_done(struct hunt *hunt);

// Cuts the piece to be sent next; it has no lines at the end of the batch.
void hunt_cut(struct hunt *hunt);

// The piece was taken.
void hunt_pass(struct hunt *hunt);

// The piece has a bad line in it: the next cut is half of it. False where it is that line.
[[nodiscard]] bool hunt_narrow(struct hunt *hunt);

// The piece is too large: no more than half as many lines are sent at once from now on. False where
// it is one line.
[[nodiscard]] bool hunt_shrink(struct hunt *hunt);

// Puts the piece among the rejects, with a copy of the server's words; `lines` of it are lost. Then
// goes on behind it. False without memory, and nothing has changed.
[[nodiscard]] bool hunt_set_aside(struct hunt *hunt, int64_t lines, const char *words);

// Makes all that is left of the batch one piece.
void hunt_take_rest(struct hunt *hunt);

#endif
