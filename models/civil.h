// SPDX-License-Identifier: GPL-3.0-or-later
// Civil time: instants, days, and the clock on a zone's wall.
//
// An instant is int64_t seconds since 1970-01-01T00:00Z. A local time is the same kind of number
// with the clock's offset added: local = instant + offset. A day number counts civil days since
// 1970-01-01. Gregorian throughout, proleptic before 1582; years 1 to 9999.
#ifndef PHUTAI_MODELS_CIVIL_H
#define PHUTAI_MODELS_CIVIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CIVIL_DAY_S = 86400, CIVIL_HOUR_S = 3600 };

// month 1..12, day 1..31.
struct civil_date {
    int year, month, day;
};

// One yearly change of the clock, as in POSIX TZ "Mm.w.d/time": weekday `weekday` (0 = Sunday) of
// week `week` (5 = the last) of `month`, at `local_s` seconds after midnight of the clock in force
// before the change.
struct civil_change {
    int month, week, weekday;
    int32_t local_s;
};

// A wall clock: offset_s east of UTC, and, where `daylight`, dst_offset_s between `start` and
// `end`.
struct civil_clock {
    int32_t offset_s;
    bool daylight;
    int32_t dst_offset_s;
    struct civil_change start, end;
};

int64_t civil_day_from_date(struct civil_date date);
struct civil_date civil_date_from_day(int64_t day);

// True where the date exists (2023-02-29 does not).
bool civil_date_valid(struct civil_date date);

// 0 = Monday ... 6 = Sunday.
int civil_weekday(int64_t day);

// The day that holds a local time, and the seconds since its midnight. Floor division, so times
// before 1970 are right too.
int64_t civil_day(int64_t local_s);
int32_t civil_second_of_day(int64_t local_s);

// Offset in force at `instant`, seconds east of UTC.
int32_t civil_offset(const struct civil_clock *clock, int64_t instant);
int64_t civil_local(const struct civil_clock *clock, int64_t instant);

// The instant of a local time. A time that occurs twice means the first; one that a spring change
// skips means the instant that the clock before the change would have given it.
int64_t civil_instant(const struct civil_clock *clock, int64_t local_s);

// Reads "+07:00", "-03:30", "Z", or a POSIX TZ rule such as "AEST-10AEDT,M10.1.0,M4.1.0/3".
// False, and *ret untouched, where the text is neither.
[[nodiscard]] bool civil_clock_parse(const char *text, struct civil_clock *ret);

// A change of the offset that was seen: still from_s at `before`, to_s at `after`.
struct civil_transition {
    int64_t before, after;
    int32_t from_s, to_s;
};

// The clock whose yearly rule makes all of these changes and no other between the first and the
// last of them: a known rule (Europe, North America, Australia, New Zealand), or, where both
// changes of a year were seen, that which the closest seen of each tell. It is taken for the years
// not seen as well. False, *ret untouched, where there is no such clock, or `n` is 0.
[[nodiscard]] bool civil_clock_infer(size_t n, const struct civil_transition transitions[],
                                     struct civil_clock *ret);

#endif
