// SPDX-License-Identifier: GPL-3.0-or-later
// How long to wait before something that failed is tried again: pauses double up to a limit, and up
// to half of each is left to chance, so that many who failed together do not come back together.
#ifndef PHUTAI_DAEMON_BACKOFF_H
#define PHUTAI_DAEMON_BACKOFF_H

#include <stdint.h>

// Half of `ms` and up to the other half.
int64_t backoff_chance(int64_t ms);

// After so many failures before this one (0: this is the first); `first_ms` at least 1.
int64_t backoff_ms(int64_t first_ms, int64_t most_ms, int failures);

// The same, but as long as a server asked for where it did (retry_after_s > 0), an hour at most.
int64_t backoff_asked_ms(int64_t first_ms, int64_t most_ms, int failures, int64_t retry_after_s);

#endif
