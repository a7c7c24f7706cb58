// SPDX-License-Identifier: GPL-3.0-or-later
// Which weather stations a zone's load follows: those whose mean tells months held out best.
#ifndef PHUTAI_MODELS_STATIONS_H
#define PHUTAI_MODELS_STATIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "heldout.h"
#include "series.h"

enum {
    STATIONS_MEAN_MAX = 10, // stations in a mean
    STATIONS_DAYS_MIN = 330 // days of readings below which all stations are taken as they come
};

// One place of the ranking. Errors are those of heldout_error(), NaN where unknown.
struct stations_place {
    size_t station;  // index into the stations given
    double error;    // with this station alone
    double together; // with the mean of this one and all before it
};

// Ranks `n` stations, the best first and those that overlap with less than half of the load's
// readings last, and says how many of the first make the best mean: *ret_chosen, all that overlap
// where there is too little history to choose by. Looks at whole months before the one of the issue
// only, so that the choice, and what is fitted to it, stands for a month. The same inputs give the
// same ranking. False without memory. About 10 ms a station and six years of hours; nothing with
// one station or none.
[[nodiscard]] bool stations_choose(const struct heldout_data *data, size_t n,
                                   const struct series *const stations[],
                                   struct stations_place ret[], size_t *ret_chosen);

// The mean of the first `chosen` of a ranking on `step_s` (weather_combine), of what lies before
// `until`. Gaps of more than three hours stay gaps. False without memory.
[[nodiscard]] bool stations_mean(size_t chosen, const struct stations_place ranking[],
                                 const struct series *const stations[], int32_t step_s,
                                 int64_t until, struct series *ret);

// A choice that is kept from one forecast to the next. Start from zero.
struct stations_choice {
    int64_t month, load_start; // instants: what it was made of ends and begins with them
    size_t n, chosen;
    struct stations_place *ranking;
};
void stations_choice_done(struct stations_choice *choice);

// The temperature for a zone's forecast: chooses stations, where that was not done yet for the
// month of the issue, for a load that begins when this one does and for so many stations, and takes
// their mean on the step of the load. Empty where no station has anything. False without memory.
[[nodiscard]] bool stations_temperature(struct stations_choice *choice,
                                        const struct heldout_data *data, size_t n,
                                        const struct series *const stations[], int64_t until,
                                        struct series *ret);

#endif
