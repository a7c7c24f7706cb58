// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/access_guesses.h"

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

// A clock that was set back must lock nobody out.
static bool is_over(const struct access_guess *row, int64_t now)
{
    return !row->count || now < row->since || now - row->since >= ACCESS_GUESSES_S;
}

static const struct access_guess *find(const struct access_guesses *guesses,
                                       const uint8_t network[static ACCESS_PEER_BYTES], int64_t now)
{
    for (size_t i = 0; i < ACCESS_GUESSES_ROWS; i++)
        if (!is_over(&guesses->rows[i], now) &&
            !memcmp(guesses->rows[i].network, network, ACCESS_PEER_BYTES))
            return &guesses->rows[i];
    return NULL;
}

int access_guesses_wait_s(const struct access_guesses *guesses,
                          const uint8_t network[static ACCESS_PEER_BYTES], int most, int64_t now)
{
    const struct access_guess *row = find(guesses, network, now);
    return row && row->count >= most ? (int)(row->since + ACCESS_GUESSES_S - now) : 0;
}

// One that is over, or the oldest.
static struct access_guess *make_room(struct access_guesses *guesses, int64_t now)
{
    struct access_guess *oldest = &guesses->rows[0];
    for (size_t i = 0; i < ACCESS_GUESSES_ROWS; i++) {
        struct access_guess *row = &guesses->rows[i];
        if (is_over(row, now))
            return row;
        if (row->since < oldest->since)
            oldest = row;
    }
    return oldest;
}

void access_guesses_count(struct access_guesses *guesses,
                          const uint8_t network[static ACCESS_PEER_BYTES], int64_t now)
{
    const struct access_guess *found = find(guesses, network, now);
    struct access_guess *row =
        found ? &guesses->rows[found - guesses->rows] : make_room(guesses, now);
    if (!found) {
        *row = (struct access_guess){.since = now};
        memcpy(row->network, network, sizeof row->network);
    }
    if (row->count < INT_MAX)
        row->count++;
}
