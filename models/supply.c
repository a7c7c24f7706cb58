// SPDX-License-Identifier: GPL-3.0-or-later
#include "supply.h"

#include <math.h>
#include <stdbool.h>

#include "civil.h"
#include "draw.h"

enum {
    SLIP_MONTHS_MAX = 1200,
    LAST_DAY = 2500000, // in the year 8814: no date, and a century on still one of four digits
};

static const uint64_t slip_key = 0x736c6970; // apart from draws for other things of the same id

int supply_compare(const void *a, const void *b)
{
    const struct supply *x = a, *y = b;
    if (x->zone != y->zone)
        return x->zone < y->zone ? -1 : 1;
    if (x->source != y->source)
        return x->source < y->source ? -1 : 1;
    return (x->from_day > y->from_day) - (x->from_day < y->from_day);
}

static int64_t from_day_of(const struct supply supplies[], const int64_t from_day[], size_t i)
{
    return from_day ? from_day[i] : supplies[i].from_day;
}

static bool is_same_source(const struct supply *a, const struct supply *b)
{
    return a->zone == b->zone && a->source == b->source;
}

// `from_day` NULL: as planned. The last row in force of each source counts, as rows are in order.
static double sum_firm(size_t n, const struct supply supplies[], const int64_t from_day[],
                       size_t zone, int64_t day)
{
    double sum = 0, stage = 0;
    bool is_known = false;
    for (size_t i = 0; i < n; i++) {
        if (supplies[i].zone != zone)
            continue;
        if (from_day_of(supplies, from_day, i) <= day) {
            stage = supplies[i].firm_mw;
            is_known = true;
        }
        if (i + 1 == n || !is_same_source(&supplies[i], &supplies[i + 1])) {
            sum += stage;
            stage = 0;
        }
    }
    return is_known ? sum : (double)NAN;
}

double supply_firm_mw(size_t n, const struct supply supplies[], size_t zone, int64_t day)
{
    return sum_firm(n, supplies, NULL, zone, day);
}

double supply_firm_mw_drawn(size_t n, const struct supply supplies[], const int64_t from_day[],
                            size_t zone, int64_t day)
{
    return sum_firm(n, supplies, from_day, zone, day);
}

static int days_of_month(int year, int month)
{
    int day = 31;
    while (!civil_date_valid((struct civil_date){year, month, day}))
        day--;
    return day;
}

// The end of a month stays one: 30 June slips to 31 July.
static int64_t add_months(int64_t day, int months)
{
    struct civil_date date = civil_date_from_day(day);
    const bool at_end = date.day == days_of_month(date.year, date.month);
    const int month = date.month - 1 + months;
    date.year += month / 12;
    date.month = month % 12 + 1;
    const int last = days_of_month(date.year, date.month);
    if (at_end || date.day > last)
        date.day = last;
    return civil_day_from_date(date);
}

static int64_t slipped(const struct supply *supply, uint64_t seed, uint64_t path)
{
    const double p = supply->slip_per_month;
    if (p >= 1 || supply->from_day >= LAST_DAY)
        return SUPPLY_NEVER;
    const double months = floor(log(draw_uniform(seed, path, slip_key, supply->id)) / log(p));
    return months > SLIP_MONTHS_MAX ? SUPPLY_NEVER : add_months(supply->from_day, (int)months);
}

void supply_draw(size_t n, const struct supply supplies[], uint64_t seed, uint64_t path,
                 int64_t issue_day, int64_t ret_from_day[])
{
    for (size_t i = 0; i < n; i++) {
        const bool may_slip = supplies[i].from_day >= issue_day && supplies[i].slip_per_month > 0;
        ret_from_day[i] = may_slip ? slipped(&supplies[i], seed, path) : supplies[i].from_day;
    }
}

// The first day after `day` on which a date of the zone falls.
static int64_t next_date(size_t n, const struct supply supplies[], const int64_t from_day[],
                         size_t zone, int64_t day)
{
    int64_t next = SUPPLY_NEVER;
    for (size_t i = 0; i < n; i++)
        if (supplies[i].zone == zone && from_day[i] > day && from_day[i] < next)
            next = from_day[i];
    return next;
}

void supply_firm_days(size_t n, const struct supply supplies[], const int64_t from_day[],
                      size_t zone, int64_t first_day, size_t days, double ret_mw[])
{
    for (size_t k = 0; k < days;) {
        const int64_t day = first_day + (int64_t)k;
        const double mw = sum_firm(n, supplies, from_day, zone, day);
        const int64_t next = next_date(n, supplies, from_day, zone, day);
        do
            ret_mw[k++] = mw;
        while (k < days && first_day + (int64_t)k < next);
    }
}
