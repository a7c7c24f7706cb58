// SPDX-License-Identifier: GPL-3.0-or-later
// Random numbers that are looked up, not drawn in turn: each depends on what it is for alone, so
// what is added or removed beside it changes nothing.
#ifndef PHUTAI_MODELS_DRAW_H
#define PHUTAI_MODELS_DRAW_H

#include <stdint.h>

// The same bits for the same four numbers, everywhere. `key`: what the draw is for; `counter`: the
// how manieth of it. About 5 ns.
uint64_t draw_bits(uint64_t seed, uint64_t path, uint64_t key, uint64_t counter);

// Uniform in (0, 1), neither end included.
double draw_uniform(uint64_t seed, uint64_t path, uint64_t key, uint64_t counter);

// Standard normal, by the inverse of its distribution (gsl_cdf_ugaussian_Pinv).
double draw_normal(uint64_t seed, uint64_t path, uint64_t key, uint64_t counter);

#endif
