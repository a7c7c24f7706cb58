// SPDX-License-Identifier: GPL-3.0-or-later
#include "calendar.h"

#include <stdlib.h>
#include <string.h>

#include "civil.h"

enum { TET_REACH = 180, SATURDAY = 5 };

struct entry {
    int64_t day;
    enum calendar_kind kind;
};

struct calendar {
    size_t n, capacity;
    struct entry *entry; // ascending by day
};

struct calendar *calendar_new(void)
{
    return calloc(1, sizeof(struct calendar));
}

void calendar_free(struct calendar *calendar)
{
    if (!calendar)
        return;
    free(calendar->entry);
    free(calendar);
}

// Index of the first entry at or after `day`.
static size_t lower_bound(const struct calendar *calendar, int64_t day)
{
    size_t low = 0, high = calendar->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (calendar->entry[middle].day < day)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool reserve_one(struct calendar *calendar)
{
    if (calendar->n < calendar->capacity)
        return true;
    size_t capacity = calendar->capacity ? 2 * calendar->capacity : 64;
    struct entry *entry = reallocarray(calendar->entry, capacity, sizeof *entry);
    if (!entry)
        return false;
    calendar->entry = entry;
    calendar->capacity = capacity;
    return true;
}

bool calendar_add(struct calendar *calendar, int64_t day, enum calendar_kind kind)
{
    size_t at = lower_bound(calendar, day);
    if (at == calendar->n || calendar->entry[at].day != day) {
        if (!reserve_one(calendar))
            return false;
        struct entry *entry = calendar->entry + at;
        memmove(entry + 1, entry, (calendar->n - at) * sizeof *entry);
        calendar->n++;
    }
    calendar->entry[at] = (struct entry){day, kind};
    return true;
}

size_t calendar_count(const struct calendar *calendar)
{
    return calendar->n;
}

bool calendar_has(const struct calendar *calendar, enum calendar_kind kind)
{
    for (size_t i = 0; calendar && i < calendar->n; i++)
        if (calendar->entry[i].kind == kind)
            return true;
    return false;
}

// What the table says of a day; NULL where it says nothing.
static const struct entry *find(const struct calendar *calendar, int64_t day)
{
    if (!calendar)
        return NULL;
    size_t at = lower_bound(calendar, day);
    return at < calendar->n && calendar->entry[at].day == day ? calendar->entry + at : NULL;
}

static bool is_holiday(const struct calendar *calendar, int64_t day)
{
    const struct entry *entry = find(calendar, day);
    return entry && entry->kind != CALENDAR_WORKING;
}

bool calendar_day_off(const struct calendar *calendar, int64_t day)
{
    const struct entry *entry = find(calendar, day);
    return entry ? entry->kind != CALENDAR_WORKING : civil_weekday(day) >= SATURDAY;
}

static enum day_class classify(const struct calendar *calendar, int64_t day)
{
    if (is_holiday(calendar, day))
        return DAY_HOLIDAY;
    if (civil_weekday(day) >= SATURDAY)
        return calendar_day_off(calendar, day) ? DAY_ORDINARY : DAY_SWAPPED;
    if (calendar_day_off(calendar, day - 1) && calendar_day_off(calendar, day + 1))
        return DAY_BRIDGE;
    if (is_holiday(calendar, day + 1))
        return DAY_BEFORE_HOLIDAY;
    if (is_holiday(calendar, day - 1))
        return DAY_AFTER_HOLIDAY;
    return DAY_ORDINARY;
}

// The walk ends at the first mùng 1 or half a year away: no more than some dozens of entries.
static int tet_offset(const struct calendar *calendar, int64_t day)
{
    if (!calendar)
        return CALENDAR_NO_TET;
    size_t at = lower_bound(calendar, day);
    int64_t coming = TET_REACH + 1, past = TET_REACH + 1;
    for (size_t i = at; i < calendar->n && calendar->entry[i].day - day < coming; i++)
        if (calendar->entry[i].kind == CALENDAR_TET)
            coming = calendar->entry[i].day - day;
    for (size_t i = at; i > 0 && day - calendar->entry[i - 1].day < past; i--)
        if (calendar->entry[i - 1].kind == CALENDAR_TET)
            past = day - calendar->entry[i - 1].day;
    if (coming > TET_REACH && past > TET_REACH)
        return CALENDAR_NO_TET;
    return (int)(coming <= past ? -coming : past);
}

struct day calendar_day(const struct calendar *calendar, int64_t day)
{
    struct civil_date date = civil_date_from_day(day);
    int64_t new_year = civil_day_from_date((struct civil_date){date.year, 1, 1});
    return (struct day){
        .month = date.month,
        .weekday = civil_weekday(day),
        .day_of_year = (int)(day - new_year) + 1,
        .class = classify(calendar, day),
        .tet = tet_offset(calendar, day),
    };
}
