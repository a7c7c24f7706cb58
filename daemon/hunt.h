// SPDX-License-Identifier: GPL-3.0-or-later
// A batch on its way to a server in pieces, and the hunt for lines that the server cannot take: by
// halves, so that a bad line is found alone after some log2(lines) attempts and those beside it are
// delivered. Pure.
//
// What looks like a bad line may be a server that fails at everything: an outage behind something
// that takes connections and closes them, or 500 for all. So a line is given up for such failures
// only where the server has taken something since they began. Where it has not, the line is passed
// over, and others are tried for that proof; with it, the hunt goes back to the line.
#ifndef PHUTAI_DAEMON_HUNT_H
#define PHUTAI_DAEMON_HUNT_H

#include <stdbool.h>
#include <stddef.h>

#include "daemon/pieces.h"
#include "daemon/store_outbox.h"
#include "daemon/verdict.h"

struct hunt {
    struct pieces pieces; // the piece now
    size_t most_lines;    // sent at once
    size_t fit_lines;     // what the server takes at once at most, as far as is known
    int passes;           // pieces taken since that was changed
    size_t suspects;      // lines from the piece's start on, one of which at least is bad; 0: none
    int deaths, faults, timeouts; // of the piece
    char fault[VERDICT_WORDS_LEN];
    bool proven; // the server has taken something since the failures began
    bool weary;  // gone back to a line: it has failed often before
    // Lines passed over without proof, where the first of them is, and the rejects before it.
    size_t doubts, doubt_at, doubt_rejects;
    size_t n_rejects, rejects_size;
    struct store_reject *rejects; // of this batch; they refer into its body
};

// Before the first batch. Allocates nothing.
void hunt_init(struct hunt *hunt, size_t most_lines);
// Another batch, of which nothing is suspected. `body` stays the caller's and must outlive the work
// on it.
void hunt_begin(struct hunt *hunt, const char *body, size_t length);
void hunt_done(struct hunt *hunt);

// Cuts the piece to be sent next; it has no lines at the end of the batch. Where lines were passed
// over (`doubts`), the batch is not done then.
void hunt_cut(struct hunt *hunt);

// The piece was taken. Goes on behind it, or back to a line that was passed over.
void hunt_pass(struct hunt *hunt);

// The piece has a bad line in it: the next cut is half of it. False where it is that line.
[[nodiscard]] bool hunt_narrow(struct hunt *hunt);

// No more than half as many lines as the piece has are sent at once from now on; after some pieces
// that were taken it may be twice as many again. False where it is one line.
[[nodiscard]] bool hunt_shrink(struct hunt *hunt);

// Puts the piece among the rejects, with a copy of the server's words; `lines` of it are lost. Then
// goes on behind it. False without memory, and nothing has changed.
[[nodiscard]] bool hunt_set_aside(struct hunt *hunt, int64_t lines, const char *words);

// What to do after a failure that may be the fault of a line.
enum hunt_step {
    HUNT_RETRY,  // cut and send again, later: the same, less of it, or what is behind it
    HUNT_GIVE_UP // the piece is one line, and it is that: to be set aside
};
// The connection ended over the piece; the server failed at it, with these words; the piece is too
// large.
[[nodiscard]] enum hunt_step hunt_died(struct hunt *hunt);
[[nodiscard]] enum hunt_step hunt_failed(struct hunt *hunt, const char *words);
[[nodiscard]] enum hunt_step hunt_too_large(struct hunt *hunt);

// The server had no answer for the piece in time. After some such it is made smaller, whatever its
// lines are: none is suspected for that.
void hunt_timed_out(struct hunt *hunt);

// Goes back to the first line that was passed over, if any was; `proven`: the server has taken
// something meanwhile.
void hunt_go_back(struct hunt *hunt, bool proven);

#endif
