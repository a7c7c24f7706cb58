// SPDX-License-Identifier: GPL-3.0-or-later
// Where data come from, where that is not a meter or a thermometer: the word in the column `origin`
// of a tidy file and in the tag of that name of a line, and what people are told.
#ifndef PHUTAI_DAEMON_ORIGIN_H
#define PHUTAI_DAEMON_ORIGIN_H

#define ORIGIN_COLUMN    "origin"
#define ORIGIN_SIMULATED "simulated"
#define ORIGIN_WORDS     "SIMULATED / mô phỏng: made up, not measured"

#endif
