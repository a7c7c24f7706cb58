// SPDX-License-Identifier: GPL-3.0-or-later
// How warnings, and the chances behind them, are judged by what came. Sources: models/README.md,
// section "Alerts".
#ifndef PHUTAI_MODELS_VERDICTS_H
#define PHUTAI_MODELS_VERDICTS_H

#include <stdbool.h>
#include <stddef.h>

enum verdict { VERDICT_QUIET, VERDICT_RIGHT, VERDICT_FALSE, VERDICT_MISSED, VERDICTS };

// What a warning was worth: `came` says whether what it warns of came.
enum verdict verdicts_of(bool warned, bool came);

// The mean squared error of chances, each a number in [0,1], of what then came or did not (Brier
// 1950). Start from zero; a chance that is NaN is left out.
struct verdicts_brier {
    size_t n;
    double sum;
};
void verdicts_add_chance(struct verdicts_brier *brier, double chance, bool came);
double verdicts_brier(const struct verdicts_brier *brier); // NaN without any
// 1 - the score over that of another; NaN where the other has none or is perfect.
double verdicts_brier_skill(const struct verdicts_brier *brier, const struct verdicts_brier *other);

// Are things that are said to come with a chance of 0.3 those that come three times in ten? By
// tenths of the chance: [0, 0.1) and so on, the last with 1.
enum { VERDICTS_TENTHS = 10 };
struct verdicts_tenth {
    size_t n, came;
    double chances; // sum
};
void verdicts_add_tenth(struct verdicts_tenth tenths[static VERDICTS_TENTHS], double chance,
                        bool came);

// Counts by verdict; start from zero, add what verdicts_of() says.
struct verdicts {
    size_t count[VERDICTS];
};
double verdicts_precision(const struct verdicts *verdicts); // right of those warned of; NaN of none
double verdicts_recall(const struct verdicts *verdicts);    // right of those that came; NaN of none

// Mean and median; NaN of none. The median sorts.
double verdicts_mean(size_t n, const double values[]);
double verdicts_median(size_t n, double values[]);

#endif
