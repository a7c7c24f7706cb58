// SPDX-License-Identifier: GPL-3.0-or-later
// Sentences with gaps. "{zone} may pass {limit}[ on {day}]." takes the values of its gaps by their
// names. What stands in brackets is left out where a gap in it has no value, brackets inside
// brackets on their own; a pattern is of no use where a gap outside of them has none. A gap whose
// value is "" writes nothing, and is a condition.
#ifndef PHUTAI_DAEMON_PROSE_H
#define PHUTAI_DAEMON_PROSE_H

#include <stdbool.h>
#include <stddef.h>

struct prose_gap {
    const char *name, *value; // NULL: it has none
};

// Fills a pattern, the brackets of which must be in pairs, and whose gaps must all be among the
// `n` given. False where one outside of brackets has no value, or where `size` bytes do not hold
// it; *ret is "" then.
[[nodiscard]] bool prose_fill(const char *pattern, size_t n, const struct prose_gap gaps[],
                              size_t size, char *ret);

// Puts a sentence, or a part of one, behind others, with `between` before it unless it is the
// first. False where `size` bytes do not hold it; the text is as before then.
[[nodiscard]] bool prose_add(const char *between, const char *sentence, size_t size, char *text);

// What others have written, fit for standing in a sentence: one line of valid UTF-8 in NFC, with
// single blanks and none before a comma or full stop, without a stop at its end, of at most
// `characters` characters, the last of which is an ellipsis where there were more. False, and ""
// in *ret, where nothing is left of it, `size` bytes do not hold it, or for want of memory.
[[nodiscard]] bool prose_quote(const char *text, size_t characters, size_t size, char *ret);

// How many characters of UTF-8 a text has.
size_t prose_characters(const char *text);

#endif
