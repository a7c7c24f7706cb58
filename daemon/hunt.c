// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/hunt.h"

#include <stdlib.h>
#include <string.h>

void hunt_init(struct hunt *hunt, size_t fit_lines)
{
    *hunt = (struct hunt){.fit_lines = fit_lines};
}

// Words that repeat those of the reject before are shared with it.
static bool is_shared(const struct hunt *hunt, size_t i)
{
    return i > 0 && hunt->rejects[i].reason == hunt->rejects[i - 1].reason;
}

static void forget_rejects(struct hunt *hunt)
{
    for (size_t i = hunt->n_rejects; i-- > 0;)
        if (!is_shared(hunt, i)) {
            // Owned: it came from strdup.
            char *reason = NULL;
            memcpy(&reason, &hunt->rejects[i].reason, sizeof reason);
            free(reason);
        }
    hunt->n_rejects = 0;
}

void hunt_begin(struct hunt *hunt, const char *body, size_t length)
{
    forget_rejects(hunt);
    hunt->suspects = 0;
    pieces_init(&hunt->pieces, body, length);
}

void hunt_done(struct hunt *hunt)
{
    forget_rejects(hunt);
    free(hunt->rejects);
    hunt->rejects = NULL;
    hunt->rejects_size = 0;
}

void hunt_cut(struct hunt *hunt)
{
    size_t lines = hunt->suspects ? (hunt->suspects + 1) / 2 : hunt->fit_lines;
    pieces_cut(&hunt->pieces, lines < hunt->fit_lines ? lines : hunt->fit_lines);
}

void hunt_pass(struct hunt *hunt)
{
    size_t lines = hunt->pieces.lines;
    hunt->suspects = hunt->suspects > lines ? hunt->suspects - lines : 0;
    pieces_skip(&hunt->pieces);
}

bool hunt_narrow(struct hunt *hunt)
{
    hunt->suspects = hunt->pieces.lines;
    return hunt->pieces.lines > 1;
}

bool hunt_shrink(struct hunt *hunt)
{
    if (hunt->pieces.lines <= 1)
        return false;
    hunt->fit_lines = (hunt->pieces.lines + 1) / 2;
    return true;
}

static struct store_reject *make_room(struct hunt *hunt)
{
    if (hunt->n_rejects == hunt->rejects_size) {
        size_t size = hunt->rejects_size ? 2 * hunt->rejects_size : 8;
        struct store_reject *grown = realloc(hunt->rejects, size * sizeof *grown);
        if (!grown)
            return NULL;
        hunt->rejects = grown;
        hunt->rejects_size = size;
    }
    return &hunt->rejects[hunt->n_rejects];
}

bool hunt_set_aside(struct hunt *hunt, int64_t lines, const char *words)
{
    const struct pieces *piece = &hunt->pieces;
    struct store_reject *reject = make_room(hunt);
    if (!reject)
        return false;
    const char *last = hunt->n_rejects ? reject[-1].reason : NULL;
    const char *reason = last && !strcmp(last, words) ? last : strdup(words);
    if (!reason)
        return false;
    *reject = (struct store_reject){.body = piece->body + piece->at,
                                    .length = piece->end - piece->at,
                                    .lines = lines,
                                    .reason = reason};
    hunt->n_rejects++;
    hunt_pass(hunt);
    return true;
}

void hunt_take_rest(struct hunt *hunt)
{
    pieces_cut(&hunt->pieces, hunt->pieces.length);
}
