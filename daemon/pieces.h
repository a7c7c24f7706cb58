// SPDX-License-Identifier: GPL-3.0-or-later
// A batch of line protocol, given away a few lines at a time, never within a line. Pure.
#ifndef PHUTAI_DAEMON_PIECES_H
#define PHUTAI_DAEMON_PIECES_H

#include <stddef.h>

struct pieces {
    const char *body;
    size_t length;
    size_t at, end, lines; // the piece now: its bytes from `at` to `end`, its lines
};

// Before the first piece. `body` stays the caller's.
void pieces_init(struct pieces *pieces, const char *body, size_t length);

// Cuts a piece of up to `lines` lines at `at`. 0 lines come out at the end only. A newline within a
// quoted string ends no line.
void pieces_cut(struct pieces *pieces, size_t lines);

// Goes on behind the piece.
void pieces_skip(struct pieces *pieces);

// Lines from `at` to the end.
size_t pieces_left(const struct pieces *pieces);

#endif
