// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/export_names.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "config/fold.h"

struct name {
    char *folded;
    int rank;    // the lower of two that are the same counts
    size_t zone; // SIZE_MAX: left out
    const char *meter;
};

struct export_names {
    const struct config *config;
    size_t n;
    struct name names[]; // in order
};

static const char *const prefixes[] = {"khu công nghiệp ", "kcn "};

static const char *without_prefix(const char *folded)
{
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
        if (!strncmp(folded, prefixes[i], strlen(prefixes[i])))
            return folded + strlen(prefixes[i]);
    return folded;
}

static bool add(struct export_names *names, const char *text, int rank, size_t zone,
                const char *meter)
{
    char *folded = fold_name(text);
    if (!folded)
        return false;
    names->names[names->n++] =
        (struct name){.folded = folded, .rank = rank, .zone = zone, .meter = meter};
    // As a zone of the registry may be written both ways, so may what is looked up.
    if (rank > 0)
        memmove(folded, without_prefix(folded), strlen(without_prefix(folded)) + 1);
    return true;
}

static bool add_all(struct export_names *names, const struct config_folder *folder)
{
    const struct config *config = names->config;
    for (size_t i = 0; i < folder->n_aliases; i++)
        if (!add(names, folder->aliases[i].name, 0, folder->aliases[i].zone,
                 folder->aliases[i].meter))
            return false;
    for (size_t i = 0; i < config->n_zones; i++)
        if (!add(names, config->zones[i].id, 1, i, "") ||
            !add(names, config->zones[i].name, 2, i, ""))
            return false;
    return true;
}

static int compare_texts(const void *a, const void *b)
{
    const struct name *one = a, *other = b;
    return strcmp(one->folded, other->folded);
}

static int compare(const void *a, const void *b)
{
    const struct name *one = a, *other = b;
    const int order = compare_texts(a, b);
    return order ? order : one->rank - other->rank;
}

// Of the same text the one that counts stays; where two count alike, none.
static void unite(struct export_names *names)
{
    size_t kept = 0;
    for (size_t i = 0, next; i < names->n; i = next) {
        const struct name first = names->names[i];
        bool twice = false;
        for (next = i + 1; next < names->n && !compare_texts(&first, &names->names[next]); next++) {
            const struct name *other = &names->names[next];
            twice |= other->rank == first.rank && other->zone != first.zone;
            free(other->folded);
        }
        if (twice)
            free(first.folded);
        else
            names->names[kept++] = first;
    }
    names->n = kept;
}

struct export_names *export_names_new(const struct config *config,
                                      const struct config_folder *folder)
{
    const size_t most = folder->n_aliases + 2 * config->n_zones;
    struct export_names *names = calloc(1, sizeof *names + most * sizeof names->names[0]);
    if (!names)
        return NULL;
    names->config = config;
    if (!add_all(names, folder)) {
        export_names_free(names);
        return NULL;
    }
    qsort(names->names, names->n, sizeof names->names[0], compare);
    unite(names);
    return names;
}

void export_names_free(struct export_names *names)
{
    if (!names)
        return;
    for (size_t i = 0; i < names->n; i++)
        free(names->names[i].folded);
    free(names);
}

static const struct name *look_up(const struct export_names *names, char *folded)
{
    const struct name wanted = {.folded = folded};
    return bsearch(&wanted, names->names, names->n, sizeof names->names[0], compare_texts);
}

enum export_name export_names_find(const struct export_names *names, const char *text,
                                   const char **ret_zone, const char **ret_meter)
{
    char *folded = fold_name(text);
    if (!folded)
        return EXPORT_NAME_UNKNOWN;
    const struct name *found = look_up(names, folded);
    if (!found)
        found = look_up(names, folded + (without_prefix(folded) - folded));
    free(folded);
    if (!found)
        return EXPORT_NAME_UNKNOWN;
    if (found->zone == SIZE_MAX)
        return EXPORT_NAME_LEFT_OUT;
    *ret_zone = names->config->zones[found->zone].id;
    *ret_meter = found->meter;
    return EXPORT_NAME_ZONE;
}
