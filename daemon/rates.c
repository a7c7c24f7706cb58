// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/rates.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { US_PER_S = 1000000, DEBT_MAX_S = 86400 };

struct sender {
    char name[RATES_NAME_MAX]; // "" where nobody is
    int64_t even_us;           // when its rate has caught up with what it has sent
};

struct rates {
    int64_t per_s;
    struct sender senders[RATES_SENDERS];
};

struct rates *rates_new(int64_t per_s)
{
    struct rates *rates = calloc(1, sizeof *rates);
    if (rates)
        rates->per_s = per_s;
    return rates;
}

void rates_free(struct rates *rates)
{
    free(rates);
}

static const struct sender *find(const struct rates *rates, const char *name)
{
    for (size_t i = 0; i < RATES_SENDERS; i++)
        if (!strncmp(rates->senders[i].name, name, RATES_NAME_MAX - 1))
            return &rates->senders[i];
    return NULL;
}

// The place of whoever is even for longest, or of nobody.
static struct sender *replace(struct rates *rates, const char *name)
{
    struct sender *place = rates->senders;
    for (size_t i = 1; i < RATES_SENDERS; i++)
        if (rates->senders[i].even_us < place->even_us)
            place = &rates->senders[i];
    snprintf(place->name, sizeof place->name, "%s", name);
    place->even_us = 0;
    return place;
}

int rates_wait_s(const struct rates *rates, const char *sender, int64_t now_us)
{
    const struct sender *known = rates->per_s ? find(rates, sender) : NULL;
    const int64_t ahead_us = known ? known->even_us - now_us : 0;
    const int64_t wait_us = ahead_us - (int64_t)RATES_AHEAD_S * US_PER_S;
    if (wait_us <= 0)
        return 0;
    const int64_t wait_s = (wait_us + US_PER_S - 1) / US_PER_S;
    return wait_s < INT_MAX ? (int)wait_s : INT_MAX;
}

void rates_count(struct rates *rates, const char *sender, int64_t now_us, uint64_t lines)
{
    if (!rates->per_s)
        return;
    const struct sender *known = find(rates, sender);
    struct sender *counted =
        known ? &rates->senders[known - rates->senders] : replace(rates, sender);
    if (counted->even_us < now_us)
        counted->even_us = now_us;
    const double due_us = (double)lines / (double)rates->per_s * US_PER_S;
    const int64_t most_us = now_us + DEBT_MAX_S * (int64_t)US_PER_S;
    if (due_us < (double)(most_us - counted->even_us))
        counted->even_us += (int64_t)due_us;
    else
        counted->even_us = most_us;
}
