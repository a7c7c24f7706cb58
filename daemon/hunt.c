// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/hunt.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    // The same fault of the server for the same lines so often is a fault of the lines.
    FAULTS_MAX = 10,
    // A connection that ends so often on the same lines: the server may be dying of them.
    DEATHS_MAX = 3,
    // One line alone is given up for that only after more.
    DEATHS_OF_LINE_MAX = 5,
    // Once a hunt is on, a half needs less.
    FAULTS_OF_HALF_MAX = 2,
    DEATHS_OF_HALF_MAX = 1,
    // So many lines are passed over before the rest of the batch is.
    DOUBTS_MAX = 2,
    // So many timeouts in a row make the piece smaller.
    TIMEOUTS_MAX = 3,
    // So many pieces taken let what is sent at once grow again.
    PASSES_TO_GROW = 8,
};

void hunt_init(struct hunt *hunt, size_t most_lines)
{
    *hunt = (struct hunt){.most_lines = most_lines, .fit_lines = most_lines};
}

// Words that repeat those of the reject before are shared with it.
static bool is_shared(const struct hunt *hunt, size_t i)
{
    return i > 0 && hunt->rejects[i].reason == hunt->rejects[i - 1].reason;
}

static void forget_rejects(struct hunt *hunt, size_t from)
{
    for (size_t i = hunt->n_rejects; i-- > from;)
        if (!is_shared(hunt, i)) {
            // Owned: it came from strdup.
            char *reason = NULL;
            memcpy(&reason, &hunt->rejects[i].reason, sizeof reason);
            free(reason);
        }
    hunt->n_rejects = from;
}

static void forget_failures(struct hunt *hunt)
{
    hunt->faults = hunt->deaths = hunt->timeouts = 0;
    *hunt->fault = '\0';
}

// Whatever is suspected is so no more.
static void acquit(struct hunt *hunt)
{
    forget_failures(hunt);
    hunt->suspects = hunt->doubts = 0;
    hunt->proven = hunt->weary = false;
}

void hunt_begin(struct hunt *hunt, const char *body, size_t length)
{
    forget_rejects(hunt, 0);
    acquit(hunt);
    pieces_init(&hunt->pieces, body, length);
}

void hunt_done(struct hunt *hunt)
{
    forget_rejects(hunt, 0);
    free(hunt->rejects);
    hunt->rejects = NULL;
    hunt->rejects_size = 0;
}

void hunt_cut(struct hunt *hunt)
{
    size_t lines = hunt->suspects ? (hunt->suspects + 1) / 2 : hunt->fit_lines;
    pieces_cut(&hunt->pieces, lines < hunt->fit_lines ? lines : hunt->fit_lines);
}

static void skip(struct hunt *hunt)
{
    size_t lines = hunt->pieces.lines;
    forget_failures(hunt);
    hunt->suspects = hunt->suspects > lines ? hunt->suspects - lines : 0;
    pieces_skip(&hunt->pieces);
}

static void grow(struct hunt *hunt)
{
    if (hunt->fit_lines >= hunt->most_lines || ++hunt->passes < PASSES_TO_GROW)
        return;
    hunt->passes = 0;
    hunt->fit_lines *= 2;
    if (hunt->fit_lines > hunt->most_lines)
        hunt->fit_lines = hunt->most_lines;
}

void hunt_pass(struct hunt *hunt)
{
    grow(hunt);
    if (hunt->doubts) {
        hunt_go_back(hunt, true);
        return;
    }
    skip(hunt);
    hunt->proven = hunt->suspects > 0;
    hunt->weary = false;
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
    hunt->passes = 0;
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
    skip(hunt);
    hunt->proven = hunt->weary = false;
    return true;
}

void hunt_go_back(struct hunt *hunt, bool proven)
{
    if (!hunt->doubts)
        return;
    forget_rejects(hunt, hunt->doubt_rejects);
    acquit(hunt);
    hunt->pieces.at = hunt->doubt_at;
    hunt->suspects = 1;
    hunt->proven = proven;
    hunt->weary = true;
}

static void pass_over(struct hunt *hunt)
{
    if (!hunt->doubts) {
        hunt->doubt_at = hunt->pieces.at;
        hunt->doubt_rejects = hunt->n_rejects;
    }
    if (++hunt->doubts > DOUBTS_MAX)
        pieces_cut(&hunt->pieces, hunt->pieces.length);
    skip(hunt);
}

// The piece has failed so often that it may be its lines.
static enum hunt_step suspect(struct hunt *hunt)
{
    forget_failures(hunt);
    if (hunt_narrow(hunt))
        return HUNT_RETRY;
    if (hunt->proven)
        return HUNT_GIVE_UP;
    pass_over(hunt);
    return HUNT_RETRY;
}

enum hunt_step hunt_died(struct hunt *hunt)
{
    int most = hunt->weary               ? DEATHS_OF_HALF_MAX
               : hunt->pieces.lines == 1 ? DEATHS_OF_LINE_MAX
               : hunt->suspects          ? DEATHS_OF_HALF_MAX
                                         : DEATHS_MAX;
    return ++hunt->deaths < most ? HUNT_RETRY : suspect(hunt);
}

enum hunt_step hunt_failed(struct hunt *hunt, const char *words)
{
    bool is_half = hunt->suspects && hunt->pieces.lines > 1;
    if (strcmp(hunt->fault, words))
        hunt->faults = 0;
    snprintf(hunt->fault, sizeof hunt->fault, "%s", words);
    int most = hunt->weary || is_half ? FAULTS_OF_HALF_MAX : FAULTS_MAX;
    return ++hunt->faults < most ? HUNT_RETRY : suspect(hunt);
}

enum hunt_step hunt_too_large(struct hunt *hunt)
{
    return hunt_shrink(hunt) ? HUNT_RETRY : suspect(hunt);
}

void hunt_timed_out(struct hunt *hunt)
{
    if (++hunt->timeouts < TIMEOUTS_MAX)
        return;
    hunt->timeouts = 0;
    (void)hunt_shrink(hunt); // one line stays one line
}
