// SPDX-License-Identifier: GPL-3.0-or-later
// What forecasts of one zone leave out of its history, kept from one forecast to the next.
//
// Once a month all that lies before the month is searched (clean.h), and the fit that found it is
// kept; the days since are measured by that fit at every issue, which is cheap. So an issue sees
// what is before it and nothing else, and two issues of a month agree on all that is older.
#ifndef PHUTAI_MODELS_CLEAN_MARKS_H
#define PHUTAI_MODELS_CLEAN_MARKS_H

#include "clean.h"

struct hindsight;

struct clean_marks {              // start from zero
    struct series load;           // the zone's, with marks of its own
    size_t counts[CLEAN_REASONS]; // intervals that were marked, by reason
    // Kept from issue to issue:
    int64_t month, load_start; // instants: what was searched ends and begins with them
    bool searched;
    struct clean *found;         // before the month
    struct hindsight *hindsight; // NULL where that was too little to tell
    double scale[4 * 24];
    size_t flat_limit, candidates[CLEAN_REASONS], days;
};
void clean_marks_done(struct clean_marks *marks);

// Finds what is to be left out at data->issue. Afterwards marks->load is data->load, whose values
// it shares, with those intervals masked beside those that were masked already. An outage that goes
// on at the issue is not marked: it is what there is. False without memory. About 0.1 s in a
// month's first issue for four years of hours, 1 ms in others.
[[nodiscard]] bool clean_marks_find(struct clean_marks *marks, const struct model_data *data);

// "3 zero, 12 flat" for people; "" of none. Returns false where nothing is marked.
enum { CLEAN_MARKS_TEXT_LEN = 128 };
bool clean_marks_text(const struct clean_marks *marks, char ret[static CLEAN_MARKS_TEXT_LEN]);

#endif
