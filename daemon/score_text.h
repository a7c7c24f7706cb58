// SPDX-License-Identifier: GPL-3.0-or-later
// Scores as columns of a table and as members of JSON: the same wherever forecasts are judged.
#ifndef PHUTAI_DAEMON_SCORE_TEXT_H
#define PHUTAI_DAEMON_SCORE_TEXT_H

#include <jansson.h>
#include <stdio.h>

#include "models/score.h"

// What the columns mean, for a command's help.
extern const char score_text_help[];

// Characters rather than bytes, so that names in Vietnamese line up.
int score_text_width(const char *name);
void score_text_name(FILE *out, const char *name, int width);

// The columns' titles and values, from a blank to the last column; no end of line.
void score_text_titles(FILE *out);
void score_text_values(FILE *out, const struct score *score, const struct peak_score *peaks);

// One number in a column of ten; "-" where it is NaN.
void score_text_number(FILE *out, double value, int decimals);

// Sets the members; null where a score is not known.
void score_text_members(json_t *object, const struct score *score, const struct peak_score *peaks);
json_t *score_text_json(double value);

#endif
