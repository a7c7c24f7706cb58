// SPDX-License-Identifier: GPL-3.0-or-later
#include "keys.h"

#include <string.h>

const struct key_section *keys_section(const char *name)
{
    for (const struct key_section *s = keys_sections; s->name; s++)
        if (!strcmp(s->name, name))
            return s;
    return NULL;
}

const struct key *keys_find(const struct key_section *section, const char *name)
{
    for (const struct key *k = section->keys; k->name; k++)
        if (!strcmp(k->name, name))
            return k;
    return NULL;
}

// Levenshtein's distance, row by row; NEAR_MAX where a text is too long to be a slip of anything.
enum { NAME_MAX_LENGTH = 48, NEAR_MAX = 99 };

static int smallest(int a, int b, int c)
{
    const int least = a < b ? a : b;
    return least < c ? least : c;
}

static int distance(const char *a, const char *b)
{
    int row[NAME_MAX_LENGTH + 1];
    const size_t n = strlen(b);
    if (n > NAME_MAX_LENGTH || strlen(a) > NAME_MAX_LENGTH)
        return NEAR_MAX;
    for (size_t k = 0; k <= n; k++)
        row[k] = (int)k;
    for (int i = 1; *a; a++, i++) {
        int diagonal = row[0];
        row[0] = i;
        for (size_t k = 1; k <= n; k++) {
            const int above = row[k];
            row[k] = smallest(above + 1, row[k - 1] + 1, diagonal + (*a != b[k - 1]));
            diagonal = above;
        }
    }
    return row[n];
}

// More slips than this in a word of that length make another word.
static bool near_enough(int slips, const char *name)
{
    return slips <= (int)(strlen(name) + 2) / 3;
}

static const struct key *nearest_of(const struct key_section *section, const char *name)
{
    const struct key *best = NULL;
    int least = NEAR_MAX;
    for (const struct key *k = section->keys; k->name; k++) {
        const int slips = distance(name, k->name);
        if (slips < least) {
            best = k;
            least = slips;
        }
    }
    return best && near_enough(least, best->name) ? best : NULL;
}

const struct key *keys_nearest(const struct key_section *section, const char *name)
{
    const struct key *found = nearest_of(section, name);
    for (const struct key_section *s = keys_sections; !found && s->name; s++)
        found = keys_find(s, name);
    return found;
}

const struct key_section *keys_nearest_section(const char *name)
{
    const struct key_section *best = NULL;
    int least = NEAR_MAX;
    for (const struct key_section *s = keys_sections; s->name; s++) {
        const int slips = distance(name, s->name);
        if (slips < least) {
            best = s;
            least = slips;
        }
    }
    return best && near_enough(least, best->name) ? best : NULL;
}
