// SPDX-License-Identifier: GPL-3.0-or-later
#include "fingerprint.h"

#include <string.h>

// One round of the finaliser of MurmurHash3 (Appleby, public domain) over the number so far and the
// word: every bit of either reaches every bit of the result.
static void mix(uint64_t *print, uint64_t word)
{
    uint64_t h = (*print + 0x9e3779b97f4a7c15) ^ word;
    h ^= h >> 33;
    h *= 0xff51afd7ed558ccd;
    h ^= h >> 33;
    h *= 0xc4ceb9fe1a85ec53;
    *print = h ^ h >> 33;
}

static void mix_real(uint64_t *print, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    mix(print, bits);
}

void fingerprint_recipe(uint64_t *print, const struct recipe *recipe)
{
    mix(print, (recipe->long_history ? 1u : 0u) | (recipe->linear ? 2u : 0u) |
                   (recipe->unweighted ? 4u : 0u) | (recipe->outright ? 8u : 0u));
    for (int j = 0; j < DESIGN_KNOTS; j++)
        mix_real(print, recipe->knot_levels[j]);
    mix(print, recipe->n_inputs);
    for (size_t k = 0; k < recipe->n_inputs; k++) {
        mix(print, recipe->inputs[k].guise);
        mix_real(print, recipe->inputs[k].hours);
    }
    mix(print, recipe->n_terms);
    for (size_t k = 0; k < recipe->n_terms; k++) {
        const struct term *term = &recipe->terms[k];
        mix(print, term->basis.kind);
        mix(print, (uint64_t)term->basis.input);
        mix(print, (uint64_t)term->basis.order);
        mix(print, (uint64_t)term->by << 1 | (term->contrast ? 1 : 0));
    }
}

void fingerprint_series(uint64_t *print, const struct series *series, int64_t until)
{
    mix(print, series ? 1 : 0);
    if (!series)
        return;
    mix(print, (uint64_t)series->start);
    mix(print, (uint64_t)series->step_s);
    for (size_t i = 0; i < series->n && series_instant(series, i) < until; i++) {
        mix_real(print, series->value[i]);
        if (series->masked[i])
            mix(print, i);
    }
}

void fingerprint_days(uint64_t *print, const struct civil_clock *clock,
                      const struct calendar *calendar, int64_t from, int64_t until)
{
    mix(print, (uint64_t)from);
    mix(print, (uint64_t)until);
    // By half days, so that no change of the clock hides a day.
    for (int64_t instant = from; instant < until; instant += CIVIL_DAY_S / 2) {
        int64_t local = civil_local(clock, instant);
        struct day day = calendar_day(calendar, civil_day(local));
        mix(print, (uint64_t)(local - instant));
        mix(print, (uint64_t)day.class);
        mix(print, (uint64_t)day.tet);
    }
}
