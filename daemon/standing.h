// SPDX-License-Identifier: GPL-3.0-or-later
// How a source of readings or weather is doing. Each source tells; the log hears when trouble
// begins, changes its words and is over, and the store keeps it, so that phutai doctor sees what
// the running daemon saw, and a source goes on after a restart where it was.
#ifndef PHUTAI_DAEMON_STANDING_H
#define PHUTAI_DAEMON_STANDING_H

#include <stdint.h>

#include "daemon/store.h"

struct standing;

// Recalls what the store has of the source of that kind and name, such as "mqtt" and "grid". NULL
// without memory. Keeps `store`, which must outlive it.
struct standing *standing_new(struct store *store, const char *kind, const char *name);
void standing_free(struct standing *standing); // takes NULL

// The source works: it was reached, or brought something. Ends a trouble. Written to the store once
// a minute at most, and at once where that ends a trouble or the position is another.
void standing_good(struct standing *standing, int64_t now);

// It does not, in words without a newline that end with what happens next.
[[gnu::format(printf, 3, 4)]] void standing_trouble(struct standing *standing, int64_t now,
                                                    const char *format, ...);

// How far the source has come, in whatever it counts; 0 before it was first set. Kept with the next
// standing_good.
int64_t standing_position(const struct standing *standing);
void standing_set_position(struct standing *standing, int64_t position);

// What is known; valid until the standing changes.
struct store_source standing_state(const struct standing *standing);

#endif
