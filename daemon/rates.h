// SPDX-License-Identifier: GPL-3.0-or-later
// How much each sender has sent of late, so that one who sends too much can be told to wait. Pure:
// the caller says what time it is.
//
// A sender may run ahead of its rate by RATES_AHEAD_S, for lines that have piled up; beyond that it
// waits, a day at most. A request is counted after it was taken, whatever its size: the next one
// pays for it.
#ifndef PHUTAI_DAEMON_RATES_H
#define PHUTAI_DAEMON_RATES_H

#include <stddef.h>
#include <stdint.h>

// Senders known at once; of more, the one that has been quiet for longest is forgotten.
enum { RATES_SENDERS = 256, RATES_NAME_MAX = 64, RATES_AHEAD_S = 10 };

struct rates;

// `per_s`: lines a second and sender, 0 for no limit. NULL without memory.
struct rates *rates_new(int64_t per_s);
void rates_free(struct rates *rates); // takes NULL

// How many seconds the sender must wait from `now_us` on; 0: it may send. O(RATES_SENDERS).
int rates_wait_s(const struct rates *rates, const char *sender, int64_t now_us);

void rates_count(struct rates *rates, const char *sender, int64_t now_us, uint64_t lines);

#endif
