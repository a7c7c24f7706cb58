// SPDX-License-Identifier: GPL-3.0-or-later
// The odds of a season as text: the CSV of the contract, and a table for people.
#ifndef PHUTAI_DAEMON_SEASON_TEXT_H
#define PHUTAI_DAEMON_SEASON_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "daemon/site_season.h"
#include "models/peaks.h"

enum { SEASON_TEXT_WHY_LEN = 160 };

struct season_text_node {
    const char *id, *name;
    const struct peaks *peaks;
    double limit_mw; // NaN where no capacity is known
    char why[SEASON_TEXT_WHY_LEN];
};

// "zone,poe,peak" and 99 rows a node, POE 0.99 to 0.01, MW with three digits. False without memory.
[[nodiscard]] bool season_text_rows(FILE *out, size_t n, const struct season_text_node nodes[]);

// One line a node: POE50, POE10 and POE1, the capacity and the chance to pass it, expected hours
// over it, the hour and the days of the peak, and why. False without memory.
[[nodiscard]] bool season_text_table(FILE *out, const struct civil_clock *clock, size_t n,
                                     const struct season_text_node nodes[]);

// Why a node has the level that it has, in words.
void season_text_why(const struct site_season *season, size_t node,
                     char ret[static SEASON_TEXT_WHY_LEN]);

#endif
