// SPDX-License-Identifier: GPL-3.0-or-later
// Which model forecasts a zone: the candidates compete on what they would have said of late.
//
// Candidates are the regression with weather, the same without it, and last week's same hour. Each
// is judged by the pinball loss of the last 60 days over two days ahead, each day seen only from
// what was known before it, with a width learnt from its own errors of the half year before those.
// The regression with weather gives way only to a candidate that loses a tenth less; one that
// cannot be judged yet goes before the baseline.
#ifndef PHUTAI_MODELS_CHAMPION_H
#define PHUTAI_MODELS_CHAMPION_H

#include "model.h"

struct champion;

// `step_s` divides a day. NULL without memory; `champion_free` takes NULL.
struct champion *champion_new(int32_t step_s);
void champion_free(struct champion *champion);

// Fits the candidates and chooses. The status is that of the fit of the first regression; after
// another than MODEL_OK the baseline is left. Costs two model_fit().
[[nodiscard]] enum model_status champion_fit(struct champion *champion,
                                             const struct model_data *data);

// What won, for predict(): NULL is the baseline. Until the next fit.
const struct model *champion_model(const struct champion *champion);

// The mean pinball loss of each candidate in the last contest, MW; NaN where it took no part.
struct champion_losses {
    double weather, calendar, baseline;
};
struct champion_losses champion_losses(const struct champion *champion);

#endif
