// SPDX-License-Identifier: GPL-3.0-or-later
// Fields of a CSV file that is written.
#ifndef PHUTAI_DAEMON_CSV_FIELD_H
#define PHUTAI_DAEMON_CSV_FIELD_H

#include <stdio.h>

// A text, in quotes where it could be mistaken for something else.
void csv_field_text(FILE *out, const char *text);

#endif
