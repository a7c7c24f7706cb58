// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/standing.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/log.h"

enum { NAME_LEN = 160, WORDS_LEN = 400, KEEP_S = 60 };

struct standing {
    struct store *store;
    char kind[32], name[NAME_LEN], key[NAME_LEN + 34];
    int64_t good, trouble_since, position;
    char trouble[WORDS_LEN];
    int64_t kept_good, kept_position; // as the store has them
};

static bool recall(void *context, const struct store_source *source)
{
    struct standing *standing = context;
    if (strcmp(source->name, standing->key))
        return true;
    standing->good = standing->kept_good = source->good;
    standing->position = standing->kept_position = source->position;
    standing->trouble_since = source->trouble_since;
    snprintf(standing->trouble, sizeof standing->trouble, "%s", source->trouble);
    return false;
}

struct standing *standing_new(struct store *store, const char *kind, const char *name)
{
    struct standing *standing = calloc(1, sizeof *standing);
    if (!standing)
        return NULL;
    standing->store = store;
    snprintf(standing->kind, sizeof standing->kind, "%s", kind);
    snprintf(standing->name, sizeof standing->name, "%s", name);
    snprintf(standing->key, sizeof standing->key, "%s %s", standing->kind, standing->name);
    // Without it the source begins anew, which costs time and nothing else.
    if (!store_each_source(store, recall, standing))
        log_warning("%s '%s': how far it had come cannot be read: %s: it begins anew", kind, name,
                    store_error(store));
    return standing;
}

void standing_free(struct standing *standing)
{
    free(standing);
}

struct store_source standing_state(const struct standing *standing)
{
    return (struct store_source){.name = standing->key,
                                 .good = standing->good,
                                 .trouble = standing->trouble,
                                 .trouble_since = standing->trouble_since,
                                 .position = standing->position};
}

// That it cannot be kept is trouble of the store, which is told elsewhere; the next one tries
// again.
static void keep(struct standing *standing)
{
    const struct store_source state = standing_state(standing);
    if (!store_put_source(standing->store, &state))
        return;
    standing->kept_good = standing->good;
    standing->kept_position = standing->position;
}

void standing_good(struct standing *standing, int64_t now)
{
    const bool over = *standing->trouble;
    if (over)
        log_notice("%s '%s': works again after %" PRId64 " s", standing->kind, standing->name,
                   now - standing->trouble_since);
    standing->good = now;
    *standing->trouble = '\0';
    standing->trouble_since = 0;
    if (over || now - standing->kept_good >= KEEP_S ||
        standing->position != standing->kept_position)
        keep(standing);
}

void standing_trouble(struct standing *standing, int64_t now, const char *format, ...)
{
    char words[WORDS_LEN];
    va_list args;
    va_start(args, format);
    vsnprintf(words, sizeof words, format, args);
    va_end(args);
    if (!strcmp(words, standing->trouble))
        return;
    if (!*standing->trouble)
        standing->trouble_since = now;
    snprintf(standing->trouble, sizeof standing->trouble, "%s", words);
    log_warning("%s '%s': %s", standing->kind, standing->name, words);
    keep(standing);
}

int64_t standing_position(const struct standing *standing)
{
    return standing->position;
}

void standing_set_position(struct standing *standing, int64_t position)
{
    standing->position = position;
}
