// SPDX-License-Identifier: GPL-3.0-or-later
// Who has brought wrong tokens of late. Pure: the caller says what time it is. A fixed table: of
// more networks, the one whose minute began first is forgotten.
#ifndef PHUTAI_DAEMON_ACCESS_GUESSES_H
#define PHUTAI_DAEMON_ACCESS_GUESSES_H

#include <stdint.h>

#include "daemon/access_peer.h"

enum { ACCESS_GUESSES_ROWS = 256, ACCESS_GUESSES_S = 60 };

struct access_guesses { // all zeros at first
    struct access_guess {
        uint8_t network[ACCESS_PEER_BYTES];
        int64_t since; // when its minute began
        int count;     // 0: the row is free
    } rows[ACCESS_GUESSES_ROWS];
};

// How many seconds of its minute are left to a network that has failed `most` times in it; 0 where
// it has not. O(ACCESS_GUESSES_ROWS).
int access_guesses_wait_s(const struct access_guesses *guesses,
                          const uint8_t network[static ACCESS_PEER_BYTES], int most, int64_t now);

// Counts a failure; its minute begins with the first one.
void access_guesses_count(struct access_guesses *guesses,
                          const uint8_t network[static ACCESS_PEER_BYTES], int64_t now);

#endif
