// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/metering_sum.h"

#include <math.h>
#include <stdlib.h>

enum { SILENT_STEPS = 3 };

static int64_t block_of(int64_t instant)
{
    return instant / METERING_BLOCK_S - (instant % METERING_BLOCK_S < 0);
}

static bool add_block(struct metering_usual *usual, int64_t number)
{
    if (usual->n == usual->size) {
        const size_t size = 2 * usual->size + 8;
        struct metering_block *blocks = reallocarray(usual->blocks, size, sizeof *blocks);
        if (!blocks)
            return false;
        usual->blocks = blocks;
        usual->size = size;
    }
    usual->blocks[usual->n++] = (struct metering_block){.number = number};
    return true;
}

static bool add_gap(struct metering_usual *usual, int64_t last, int64_t next)
{
    if (usual->n_gaps == usual->gaps_size) {
        const size_t size = 2 * usual->gaps_size + 4;
        struct metering_gap *gaps = reallocarray(usual->gaps, size, sizeof *gaps);
        if (!gaps)
            return false;
        usual->gaps = gaps;
        usual->gaps_size = size;
    }
    usual->gaps[usual->n_gaps++] = (struct metering_gap){last, next};
    return true;
}

bool metering_usual_add(struct metering_usual *usual, int64_t instant, double mw)
{
    const int64_t number = block_of(instant);
    const bool first = !usual->n;
    if ((first || usual->blocks[usual->n - 1].number != number) && !add_block(usual, number))
        return false;
    if (!first && instant - usual->last > METERING_SILENT_S &&
        !add_gap(usual, usual->last, instant))
        return false;
    struct metering_block *block = &usual->blocks[usual->n - 1];
    block->sum += fabs(mw);
    block->n++;
    usual->first = first ? instant : usual->first;
    usual->last = instant;
    return true;
}

void metering_usual_done(struct metering_usual *usual)
{
    free(usual->blocks);
    free(usual->gaps);
    *usual = (struct metering_usual){0};
}

double metering_usual_mw(const struct metering_usual *usual, int64_t instant)
{
    const int64_t number = block_of(instant);
    size_t low = 0, high = usual->n; // the blocks up to that number
    while (low < high) {
        const size_t middle = (low + high) / 2;
        if (usual->blocks[middle].number <= number)
            low = middle + 1;
        else
            high = middle;
    }
    if (!usual->n)
        return 0;
    const struct metering_block *block = &usual->blocks[low ? low - 1 : 0];
    return block->sum / (double)block->n;
}

bool metering_usual_counts(const struct metering_usual *usual, int64_t instant)
{
    if (!usual->n || instant < usual->first || instant > usual->last + METERING_SILENT_S)
        return false;
    size_t low = 0, high = usual->n_gaps; // the gaps that end up to then
    while (low < high) {
        const size_t middle = (low + high) / 2;
        if (usual->gaps[middle].next <= instant)
            low = middle + 1;
        else
            high = middle;
    }
    return low == usual->n_gaps || instant <= usual->gaps[low].last + METERING_SILENT_S;
}

enum metering_voice metering_voice_of(const struct metering_newest *zone, int64_t last,
                                      int64_t step_s)
{
    const int64_t silence_s = SILENT_STEPS * step_s;
    if (zone->whole != INT64_MIN && zone->any - zone->whole < silence_s)
        return METERING_UNASKED;
    if (zone->any - last < silence_s)
        return METERING_READS;
    return zone->any - last <= METERING_SILENT_S ? METERING_SILENT : METERING_OUT;
}

void metering_sum_add(struct metering_sum *sum, const struct metering_usual *usual, int64_t instant,
                      double mw)
{
    if (!metering_usual_counts(usual, instant))
        return;
    const double usual_mw = metering_usual_mw(usual, instant);
    sum->usual_mw += usual_mw;
    if (isnan(mw)) {
        sum->missing_mw += usual_mw;
        sum->missing++;
    } else {
        sum->mw += mw;
        sum->present++;
    }
}

double metering_sum_missing_pct(const struct metering_sum *sum)
{
    return sum->usual_mw > 0 ? 100 * sum->missing_mw / sum->usual_mw : sum->missing ? 100 : 0;
}

enum metering_state metering_sum_judge(const struct metering_sum *sum, double missing_pct,
                                       double *ret_mw)
{
    *ret_mw = isnan(sum->whole) ? sum->mw : sum->whole;
    if (!isnan(sum->whole))
        return METERING_COMPLETE;
    if (sum->present)
        return !sum->missing || metering_sum_missing_pct(sum) <= missing_pct ? METERING_COMPLETE
                                                                             : METERING_INCOMPLETE;
    *ret_mw = (double)NAN;
    return METERING_NOTHING;
}
