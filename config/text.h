// SPDX-License-Identifier: GPL-3.0-or-later
// Strict readings of text: the whole string, or false. No locale, no leading blanks, no leftovers.
#ifndef PHUTAI_CONFIG_TEXT_H
#define PHUTAI_CONFIG_TEXT_H

#include <stdbool.h>
#include <stdint.h>

[[nodiscard]] bool text_integer(const char *text, int64_t *ret);
// Finite; 1, -2.5, .5, 1e6. Correctly rounded; about 20 ns, 0.2 us beyond sixteen digits.
[[nodiscard]] bool text_real(const char *text, double *ret);

// "90s", "30min", "24h", "7d", "5y" (365 days), and sums such as "1d12h". Seconds, >= 0.
[[nodiscard]] bool text_duration(const char *text, int64_t *ret_s);

// "25MB" and the like: B, kB, MB, GB (powers of 1000), KiB, MiB, GiB.
[[nodiscard]] bool text_bytes(const char *text, int64_t *ret);

// "2011-01-31" -> days since 1970-01-01.
[[nodiscard]] bool text_date(const char *text, int64_t *ret_day);

// ISO 8601: "2011-01-01T00:00[:00[.fff]][Z|+07:00|+0700|+07]", a blank for the T allowed, or a date
// alone (midnight). Seconds since 1970-01-01 as written, without the offset taken off;
// *ret_offset_s is the offset, or TEXT_NO_OFFSET where none is written. Fractions are cut.
// Instant = *ret_local_s - *ret_offset_s.
enum { TEXT_NO_OFFSET = INT32_MAX };
[[nodiscard]] bool text_time(const char *text, int64_t *ret_local_s, int32_t *ret_offset_s);

enum { TEXT_TIME_LEN = sizeof "2000-12-31T23:59:59+07:00" };

// The first and the last second of the years that can be read and written, 1 and 9999.
static const int64_t TEXT_TIME_MIN = -62135596800, TEXT_TIME_MAX = 253402300799;

// The other way: "2011-01-01T00:00", with ":ss" where seconds are not 0, and with the offset
// ("+07:00", "Z" for 0) unless it is TEXT_NO_OFFSET. `local_s` = instant + offset, within the years
// that text_time reads (1 to 9999).
void text_write_time(int64_t local_s, int32_t offset_s, char ret[static TEXT_TIME_LEN]);

enum { TEXT_INTEGER_LEN = sizeof "-9223372036854775808", TEXT_REAL_LEN = 32 };

void text_write_integer(int64_t value, char ret[static TEXT_INTEGER_LEN]);

// As few digits as read back as the same double, and of those the nearest to it; with a digit on
// both sides of the point: 1.0, 0.5, 100000.0, and 1e+300 where there is none. The value must be
// finite. About 30 ns with up to three decimals, 1 us where all 17 digits are needed.
void text_write_real(double value, char ret[static TEXT_REAL_LEN]);

// The beginning of addresses that a path and a query are put behind: "http://" or "https://" and
// something more, without user, "?", "#" and blanks.
[[nodiscard]] bool text_is_url(const char *text);

// True where the text is valid UTF-8 (no overlong forms, no surrogates) without control characters
// other than the tab.
[[nodiscard]] bool text_is_clean(const char *text);

// Makes it so: each byte that is at fault becomes '?', and one left of a character that was cut.
void text_make_clean(char *text);

#endif
