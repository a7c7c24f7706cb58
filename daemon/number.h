// SPDX-License-Identifier: GPL-3.0-or-later
// Numbers as line protocol spells them, out of text that is not NUL-terminated. The whole text, or
// nothing: no blanks, no leading plus, no leftovers. Pure, and independent of the locale.
#ifndef PHUTAI_DAEMON_NUMBER_H
#define PHUTAI_DAEMON_NUMBER_H

#include <stddef.h>
#include <stdint.h>

// *ret is untouched unless OK.
enum number_status { NUMBER_OK, NUMBER_SYNTAX, NUMBER_RANGE };

// Decimal digits; with a minus before them where it is an integer. Leading zeros are allowed.
enum number_status number_natural(const char *text, size_t length, uint64_t *ret);
enum number_status number_integer(const char *text, size_t length, int64_t *ret);

// The nearest double: 12.345, -.5, 7., 1e-3. As the reference decoder does, it also takes
// hexadecimal (0x1.8p3, the exponent being required) and single underscores between digits (1_000).
// Too large is RANGE, too small is 0; infinity and NaN are SYNTAX. RANGE also for a literal of more
// than 500 bytes where there is no memory to convert it.
enum number_status number_real(const char *text, size_t length, double *ret);

#endif
