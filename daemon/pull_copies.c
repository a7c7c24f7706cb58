// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/pull_copies.h"

#include <search.h>
#include <stdlib.h>

#include "config/hash.h"

// Of a time with more different values than these nothing is known.
enum { VALUES_MAX = 8 };

struct look {
    uint64_t series; // a hash of its tags
    int64_t time_ms;
    int column;
    bool known; // `last` is
    double last;
    size_t n;
    double value[VALUES_MAX];
    size_t most[VALUES_MAX]; // of each, at any look
};

struct pull_copies {
    void *before, *now; // trees of looks: of the round before, and of this one
};

struct pull_copies *pull_copies_new(void)
{
    return calloc(1, sizeof(struct pull_copies));
}

void pull_copies_free(struct pull_copies *copies)
{
    if (!copies)
        return;
    tdestroy(copies->before, free);
    tdestroy(copies->now, free);
    free(copies);
}

void pull_copies_end_round(struct pull_copies *copies)
{
    tdestroy(copies->before, free);
    copies->before = copies->now;
    copies->now = NULL;
}

static int compare_looks(const void *a, const void *b)
{
    const struct look *x = a, *y = b;
    if (x->series != y->series)
        return x->series < y->series ? -1 : 1;
    if (x->time_ms != y->time_ms)
        return x->time_ms < y->time_ms ? -1 : 1;
    return x->column < y->column ? -1 : x->column > y->column;
}

// The place of this round's look, with what the round before knew. NULL without memory.
static struct look *find(struct pull_copies *copies, const struct look *wanted)
{
    struct look *const *found = tfind(wanted, &copies->now, compare_looks);
    if (found)
        return *found;
    struct look *look = malloc(sizeof *look);
    if (!look)
        return NULL;
    found = tfind(wanted, &copies->before, compare_looks);
    *look = found ? **found : *wanted;
    if (tsearch(look, &copies->now, compare_looks))
        return look;
    free(look);
    return NULL;
}

// Where the value stands among those seen; VALUES_MAX where there is no more room.
static size_t place_of(struct look *look, double value)
{
    size_t i = 0;
    while (i < look->n && look->value[i] != value)
        i++;
    if (i == look->n && i < VALUES_MAX) {
        look->value[i] = value;
        look->most[i] = 0;
        look->n++;
    }
    return i;
}

// How many values there are more of now; *ret is one of them.
static size_t count_added(struct look *look, size_t n, const double values[], size_t *ret)
{
    size_t count[VALUES_MAX] = {0}, added = 0;
    for (size_t i = 0; i < n; i++) {
        const size_t place = place_of(look, values[i]);
        if (place == VALUES_MAX)
            return VALUES_MAX;
        count[place]++;
    }
    for (size_t i = 0; i < look->n; i++)
        if (count[i] > look->most[i]) {
            look->most[i] = count[i];
            *ret = i;
            added++;
        }
    return added;
}

bool pull_copies_last(struct pull_copies *copies, const char *series, int column, int64_t time_ms,
                      size_t n, const double values[], double *ret_value)
{
    const struct look wanted = {
        .series = hash_text(HASH_START, series), .time_ms = time_ms, .column = column};
    struct look *look = find(copies, &wanted);
    if (!look)
        return false;
    size_t place = 0;
    const size_t added = count_added(look, n, values, &place);
    if (added) {
        look->known = added == 1;
        look->last = look->value[place];
    }
    *ret_value = look->last;
    return look->known;
}
