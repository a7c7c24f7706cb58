// SPDX-License-Identifier: GPL-3.0-or-later
#include "draw.h"

#include <gsl/gsl_cdf.h>

// SplitMix64 (Steele, Lea, Flood 2014): its step, and its finaliser, by which every bit of the
// number reaches every bit of the result.
static uint64_t mixed(uint64_t x)
{
    x += 0x9e3779b97f4a7c15;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
    x = (x ^ x >> 27) * 0x94d049bb133111eb;
    return x ^ x >> 31;
}

uint64_t draw_bits(uint64_t seed, uint64_t path, uint64_t key, uint64_t counter)
{
    return mixed(mixed(mixed(mixed(seed) ^ key) ^ path) ^ counter);
}

double draw_uniform(uint64_t seed, uint64_t path, uint64_t key, uint64_t counter)
{
    // The middle of one of 2^52 equal parts: exact in a double, and never an end.
    return ((double)(draw_bits(seed, path, key, counter) >> 12) + 0.5) * 0x1p-52;
}

double draw_normal(uint64_t seed, uint64_t path, uint64_t key, uint64_t counter)
{
    return gsl_cdf_ugaussian_Pinv(draw_uniform(seed, path, key, counter));
}
