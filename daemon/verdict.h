// SPDX-License-Identifier: GPL-3.0-or-later
// What a server's answer to a batch of line protocol, or a webhook's to a notice, means. Pure.
#ifndef PHUTAI_DAEMON_VERDICT_H
#define PHUTAI_DAEMON_VERDICT_H

#include <stddef.h>
#include <stdint.h>

#include "config/config.h"
#include "daemon/http_client.h"

enum verdict {
    VERDICT_DELIVERED,
    VERDICT_PARTIAL,     // the good lines are stored, others never will be
    VERDICT_REFUSED,     // nothing of it is stored, and with a line in it never will be
    VERDICT_LOST,        // some or all lines never will be stored, for no fault of single lines
    VERDICT_TOO_LARGE,   // would be taken in smaller pieces
    VERDICT_NO_DATABASE, // InfluxDB 1: may be made
    VERDICT_OPERATOR,    // credentials, rights, address, limits: until somebody mends it
    VERDICT_BUSY,        // server is not there, or has no time or room: later
    VERDICT_BROKEN,      // the connection ended: the server may have died of it
    VERDICT_FAULT        // an error of the server: later, but not for ever
};

// By meaning rather than by number: InfluxDB's 400 stands for three different things, some of its
// 500 never heal, and each dialect has its own.
enum verdict verdict_of(enum config_dialect dialect, const struct http_answer *answer);

enum { VERDICT_WORDS_LEN = 400 };

// The answer in words for log and rejects: status and the server's message, out of its JSON where
// it is JSON, in one line of bounded length; or the failure.
void verdict_words(const struct http_answer *answer, char ret[static VERDICT_WORDS_LEN]);

// Of a PARTIAL or LOST answer: how many lines were not stored, as far as it tells, at least 1. The
// server's own count leaves out the lines that it could not parse, so those are counted by their
// words and added.
int64_t verdict_lost_lines(const struct http_answer *answer);

#endif
