// SPDX-License-Identifier: GPL-3.0-or-later
#include "memory.h"

#include <assert.h>
#include <math.h>

static const double smooths[] = {2, 3, 4, 6, 8, 12, 18, 24, 36, 48, 72, 120, 240};
static const double lags[] = {1, 2, 3, 24};
enum {
    SMOOTHS = sizeof smooths / sizeof *smooths,
    LAGS = sizeof lags / sizeof *lags,
    INPUTS = 1 + LAGS + SMOOTHS,
    FIRST_LAG = 1,
    FIRST_SMOOTH = 1 + LAGS,
    USUAL_SHORT = FIRST_SMOOTH + 1, // 3 hours
    USUAL_LONG = FIRST_SMOOTH + 7,  // 24 hours
};

static void fill_inputs(struct weather_input ret[static INPUTS])
{
    ret[0] = (struct weather_input){.guise = WEATHER_NOW};
    for (int k = 0; k < LAGS; k++)
        ret[FIRST_LAG + k] = (struct weather_input){.guise = WEATHER_LAG, .hours = lags[k]};
    for (int k = 0; k < SMOOTHS; k++)
        ret[FIRST_SMOOTH + k] =
            (struct weather_input){.guise = WEATHER_SMOOTH, .hours = smooths[k]};
}

// A search in progress: all guises, and the best so far.
struct search {
    struct heldout *heldout;
    struct weather_input inputs[INPUTS];
    struct memory_choice choice;
};

static struct memory_set judge(const struct search *search, size_t n, const size_t guises[])
{
    struct memory_set set = {.n = n, .error = heldout_error(search->heldout, n, guises)};
    assert(n <= MEMORY_INPUTS_MAX);
    for (size_t k = 0; k < n; k++)
        set.inputs[k] = search->inputs[guises[k]];
    return set;
}

static void try_set(struct search *search, size_t n, const size_t guises[])
{
    struct memory_set set = judge(search, n, guises);
    search->choice.tried++;
    if (set.error < search->choice.best.error)
        search->choice.best = set;
}

// One, two and three smooths with the temperature now; one or two with an hour before too.
static void try_all(struct search *search)
{
    for (size_t a = FIRST_SMOOTH; a < INPUTS; a++) {
        try_set(search, 2, (const size_t[]){0, a});
        for (size_t lag = FIRST_LAG; lag < FIRST_SMOOTH; lag++)
            try_set(search, 3, (const size_t[]){0, lag, a});
        for (size_t b = a + 1; b < INPUTS; b++) {
            try_set(search, 3, (const size_t[]){0, a, b});
            for (size_t c = b + 1; c < INPUTS; c++)
                try_set(search, 4, (const size_t[]){0, a, b, c});
        }
    }
}

bool memory_choose(struct heldout *heldout, const struct series *temp, struct memory_choice *ret)
{
    struct search search = {.heldout = heldout};
    fill_inputs(search.inputs);
    if (!heldout_sum(heldout, temp, INPUTS, search.inputs))
        return false;
    search.choice.usual = judge(&search, 3, (const size_t[]){0, USUAL_SHORT, USUAL_LONG});
    search.choice.best = search.choice.usual;
    // Where the usual cannot be judged nothing can.
    if (!isnan(search.choice.usual.error))
        try_all(&search);
    *ret = search.choice;
    return true;
}
