// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/pull_refusals.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "config/hash.h"
#include "daemon/log.h"

enum { KEYS_KEPT = 20000, TELL_S = 60 };

struct pull_refusals {
    const char *source;
    struct metrics *metrics;
    size_t n_before, n;           // of the round before, sorted; of this one, so far
    uint64_t before[KEYS_KEPT];   // keys
    uint64_t keys[KEYS_KEPT];     // the last ones, in turn
    size_t unread_before, unread; // series, the most in one answer
    int64_t told, untold;         // when it was last logged; points since
    struct check_fault first;     // of these
};

struct pull_refusals *pull_refusals_new(const char *source, struct metrics *metrics)
{
    struct pull_refusals *refusals = calloc(1, sizeof *refusals);
    if (!refusals)
        return NULL;
    refusals->source = source;
    refusals->metrics = metrics;
    return refusals;
}

void pull_refusals_free(struct pull_refusals *refusals)
{
    free(refusals);
}

static uint64_t key_of(const char *name, const char *meter, int64_t instant, enum check_cause cause)
{
    const int64_t numbers[] = {instant, cause};
    return hash_bytes(hash_text(hash_text(HASH_START, name), meter), numbers, sizeof numbers);
}

static int compare_keys(const void *a, const void *b)
{
    const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

static void count(struct pull_refusals *refusals, const struct check_fault *fault)
{
    refusals->metrics->refused[fault->cause]++;
    if (!refusals->untold++)
        refusals->first = *fault;
}

void pull_refusals_note(struct pull_refusals *refusals, const char *name, const char *meter,
                        int64_t instant, const struct check_fault *fault)
{
    const uint64_t key = key_of(name, meter, instant, fault->cause);
    refusals->keys[refusals->n++ % KEYS_KEPT] = key;
    if (!bsearch(&key, refusals->before, refusals->n_before, sizeof key, compare_keys))
        count(refusals, fault);
}

void pull_refusals_note_unread(struct pull_refusals *refusals, size_t n,
                               const struct check_fault *fault)
{
    const size_t before = refusals->unread_before, now = refusals->unread;
    for (size_t i = before > now ? before : now; i < n; i++)
        count(refusals, fault);
    refusals->unread = n > now ? n : now;
}

void pull_refusals_end_round(struct pull_refusals *refusals)
{
    const size_t n = refusals->n < KEYS_KEPT ? refusals->n : KEYS_KEPT;
    memcpy(refusals->before, refusals->keys, n * sizeof *refusals->keys);
    qsort(refusals->before, n, sizeof *refusals->before, compare_keys);
    refusals->n_before = n;
    refusals->n = 0;
    refusals->unread_before = refusals->unread;
    refusals->unread = 0;
}

void pull_refusals_tell(struct pull_refusals *refusals, int64_t now)
{
    if (!refusals->untold || (now >= refusals->told && now - refusals->told < TELL_S))
        return;
    log_warning("pull '%s': %" PRId64 " points refused, the others are taken; the first: %s%s",
                refusals->source, refusals->untold, refusals->first.reason,
                refusals->first.cause == CHECK_GRID
                    ? "; with aggregate = mean, means are made of samples"
                    : "");
    refusals->told = now;
    refusals->untold = 0;
}
