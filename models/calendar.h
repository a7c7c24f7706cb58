// SPDX-License-Identifier: GPL-3.0-or-later
// The working calendar: what kind of day a civil day is.
#ifndef PHUTAI_MODELS_CALENDAR_H
#define PHUTAI_MODELS_CALENDAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// What a table says of one date.
enum calendar_kind {
    CALENDAR_HOLIDAY, // a day off
    CALENDAR_WORKING, // a weekend day worked in exchange for a day off
    CALENDAR_TET,     // mùng 1, first day of the lunar year; also a day off
};

// The class of a day in a regression. A holiday wins over all; a day before or after a holiday is
// one of Monday to Friday; a bridge is one of them too, between two days off, and wins over both.
enum day_class {
    DAY_ORDINARY,
    DAY_BEFORE_HOLIDAY,
    DAY_HOLIDAY,
    DAY_AFTER_HOLIDAY,
    DAY_BRIDGE,
    DAY_SWAPPED, // a weekend day that is worked
    DAY_CLASSES
};

struct day {
    int month;       // 1..12
    int weekday;     // 0 = Monday .. 6 = Sunday
    int day_of_year; // 1..366
    enum day_class class;
    int tet; // days from the nearest mùng 1, -180..180, the coming one of two as near;
             // CALENDAR_NO_TET where the table has none near
};

enum { CALENDAR_NO_TET = 1000 };

struct calendar;

// Owns its memory; NULL without memory. `calendar_free` takes NULL.
struct calendar *calendar_new(void);
void calendar_free(struct calendar *calendar);

// Enters a date. A date entered twice keeps the later kind. False without memory.
[[nodiscard]] bool calendar_add(struct calendar *calendar, int64_t day, enum calendar_kind kind);

size_t calendar_count(const struct calendar *calendar);
bool calendar_has(const struct calendar *calendar, enum calendar_kind kind); // takes NULL

// Describes a civil day; `calendar` may be NULL, which knows no holidays. O(log n).
struct day calendar_day(const struct calendar *calendar, int64_t day);

// Days off: weekends that are not worked, and holidays.
bool calendar_day_off(const struct calendar *calendar, int64_t day);

#endif
