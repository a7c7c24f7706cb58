// SPDX-License-Identifier: GPL-3.0-or-later
// How a candidate would have done of late, from the errors of its past forecasts alone.
#ifndef PHUTAI_MODELS_CONTEST_H
#define PHUTAI_MODELS_CONTEST_H

#include <stddef.h>

enum {
    CONTEST_JUDGED_DAYS = 60, // the newest, which count
    CONTEST_DAYS = 240,       // with the older ones, which its width is learnt from
};

// errors[(day - 1) * n_leads + lead]: what came minus what was forecast for that lead, day = 1 (the
// newest) to CONTEST_DAYS; NaN where unknown. Returns the mean pinball loss over the judged days of
// quantiles that lie as far from the forecast as those of the older errors of the same lead; where
// there are few older ones, of the forecast alone. NaN where too little can be judged.
double contest_pinball(size_t n_leads, const double errors[]);

#endif
