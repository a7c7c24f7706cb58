// SPDX-License-Identifier: GPL-3.0-or-later
#include "verdicts.h"

#include <math.h>

#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>

enum verdict verdicts_of(bool warned, bool came)
{
    if (warned)
        return came ? VERDICT_RIGHT : VERDICT_FALSE;
    return came ? VERDICT_MISSED : VERDICT_QUIET;
}

void verdicts_add_chance(struct verdicts_brier *brier, double chance, bool came)
{
    double error = chance - (came ? 1 : 0);
    if (isnan(chance))
        return;
    brier->n++;
    brier->sum += error * error;
}

double verdicts_brier(const struct verdicts_brier *brier)
{
    return brier->n ? brier->sum / (double)brier->n : (double)NAN;
}

double verdicts_brier_skill(const struct verdicts_brier *brier, const struct verdicts_brier *other)
{
    double theirs = verdicts_brier(other);
    return theirs > 0 ? 1 - verdicts_brier(brier) / theirs : (double)NAN;
}

void verdicts_add_tenth(struct verdicts_tenth tenths[static VERDICTS_TENTHS], double chance,
                        bool came)
{
    if (isnan(chance))
        return;
    int k = (int)floor(chance * VERDICTS_TENTHS);
    k = k < 0 ? 0 : k < VERDICTS_TENTHS ? k : VERDICTS_TENTHS - 1;
    tenths[k].n++;
    tenths[k].came += came ? 1 : 0;
    tenths[k].chances += chance;
}

static double share(size_t part, size_t other)
{
    return part + other ? (double)part / (double)(part + other) : (double)NAN;
}

double verdicts_precision(const struct verdicts *verdicts)
{
    return share(verdicts->count[VERDICT_RIGHT], verdicts->count[VERDICT_FALSE]);
}

double verdicts_recall(const struct verdicts *verdicts)
{
    return share(verdicts->count[VERDICT_RIGHT], verdicts->count[VERDICT_MISSED]);
}

double verdicts_mean(size_t n, const double values[])
{
    return n ? gsl_stats_mean(values, 1, n) : (double)NAN;
}

double verdicts_median(size_t n, double values[])
{
    gsl_sort(values, 1, n);
    return n ? gsl_stats_median_from_sorted_data(values, 1, n) : (double)NAN;
}
