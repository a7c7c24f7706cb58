// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/backoff.h"

#include <stdlib.h>

enum { ASKED_MAX_S = 3600, MS = 1000 };

int64_t backoff_chance(int64_t ms)
{
    const int64_t half = ms / 2;
    const uint32_t bound = half < UINT32_MAX ? (uint32_t)half + 1 : UINT32_MAX;
    return half + (int64_t)arc4random_uniform(bound);
}

int64_t backoff_ms(int64_t first_ms, int64_t most_ms, int failures)
{
    int64_t ms = first_ms;
    for (int k = 0; k < failures && ms < most_ms; k++)
        ms *= 2;
    return backoff_chance(ms < most_ms ? ms : most_ms);
}

int64_t backoff_asked_ms(int64_t first_ms, int64_t most_ms, int failures, int64_t retry_after_s)
{
    if (retry_after_s > 0)
        return MS * (retry_after_s < ASKED_MAX_S ? retry_after_s : ASKED_MAX_S);
    return backoff_ms(first_ms, most_ms, failures);
}
