// SPDX-License-Identifier: GPL-3.0-or-later
// A fitted model as versioned text: what a forecast was made with, to be read, compared and carried
// to another machine. Numbers are written so that reading them gives the same bits.
//
//     phutai-model 1
//     recipe recency
//     issue 1710460800
//     step 1800
//     rows 87600
//     trend_end 24.2
//     input smooth 24
//     column 412.7 1
//     column -3.1 temp[0]^2 x month=7
//     end
#ifndef PHUTAI_MODELS_SNAPSHOT_H
#define PHUTAI_MODELS_SNAPSHOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "design.h"
#include "model.h"

// Text of a model whose last fit said MODEL_OK; the caller frees. NULL without memory.
char *snapshot_write(const struct model *model, int64_t issue);

struct snapshot {
    char recipe[32];
    int64_t issue;
    int32_t step_s;
    double rows, trend_end;
    size_t n_inputs;
    struct weather_input inputs[DESIGN_INPUTS_MAX];
    size_t n_columns;
    double *coefficients; // n_columns
    char (*names)[DESIGN_NAME_LEN];
};

// Reads what snapshot_write wrote. False, *ret untouched and *ret_line the line at fault, where the
// text is of another version, cut, or not a snapshot; line 0 without memory.
[[nodiscard]] bool snapshot_read(const char *text, struct snapshot *ret, size_t *ret_line);
void snapshot_done(struct snapshot *snapshot);

#endif
