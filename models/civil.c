// SPDX-License-Identifier: GPL-3.0-or-later
#include "civil.h"

#include <ctype.h>
#include <stddef.h>
#include <string.h>

// Days in 4, 100 and 400 Gregorian years, the leap day last: so with years that begin in March.
enum { YEAR_DAYS = 365, QUAD_DAYS = 1461, CENTURY_DAYS = 36524, CYCLE_DAYS = 146097 };
enum { EPOCH_DAYS = 719468 }; // from 0000-03-01 to 1970-01-01

static int64_t floor_div(int64_t a, int64_t b)
{
    int64_t quotient = a / b;
    return a % b < 0 ? quotient - 1 : quotient;
}

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

int64_t civil_day_from_date(struct civil_date date)
{
    int64_t month = (date.month + 9) % 12; // 0 = March
    int64_t year = date.year - (date.month <= 2 ? 1 : 0);
    int64_t before =
        YEAR_DAYS * year + floor_div(year, 4) - floor_div(year, 100) + floor_div(year, 400);
    // Months from March on have 31, 30, 31, 30, 31 days, over and over: 153 in five.
    return before + (153 * month + 2) / 5 + date.day - 1 - EPOCH_DAYS;
}

struct civil_date civil_date_from_day(int64_t day)
{
    int64_t rest = day + EPOCH_DAYS;
    int64_t cycles = floor_div(rest, CYCLE_DAYS);
    rest -= cycles * CYCLE_DAYS;
    // The last century of a cycle, and the last year of four, are a day longer than the others.
    int64_t centuries = least(rest / CENTURY_DAYS, 3);
    rest -= centuries * CENTURY_DAYS;
    int64_t quads = rest / QUAD_DAYS;
    rest -= quads * QUAD_DAYS;
    int64_t years = least(rest / YEAR_DAYS, 3);
    rest -= years * YEAR_DAYS;
    int64_t month = (5 * rest + 2) / 153;
    int64_t year = 400 * cycles + 100 * centuries + 4 * quads + years;
    return (struct civil_date){
        .year = (int)(year + (month >= 10 ? 1 : 0)),
        .month = (int)((month + 2) % 12 + 1),
        .day = (int)(rest - (153 * month + 2) / 5 + 1),
    };
}

bool civil_date_valid(struct civil_date date)
{
    if (date.year < 1 || date.year > 9999 || date.month < 1 || date.month > 12 || date.day < 1 ||
        date.day > 31)
        return false;
    struct civil_date back = civil_date_from_day(civil_day_from_date(date));
    return back.month == date.month && back.day == date.day;
}

int civil_weekday(int64_t day)
{
    // 1970-01-01 was a Thursday.
    return (int)(day + 3 - 7 * floor_div(day + 3, 7));
}

int64_t civil_day(int64_t local_s)
{
    return floor_div(local_s, CIVIL_DAY_S);
}

int32_t civil_second_of_day(int64_t local_s)
{
    return (int32_t)(local_s - CIVIL_DAY_S * floor_div(local_s, CIVIL_DAY_S));
}

// The local time of a change in a year, on the clock in force before it.
static int64_t change_local(const struct civil_change *change, int year)
{
    bool last = change->week == 5;
    // Weeks are counted from the month's first day, the last one back from the day after its end.
    int64_t anchor = civil_day_from_date((struct civil_date){
        year + (last && change->month == 12 ? 1 : 0),
        last ? change->month % 12 + 1 : change->month,
        1,
    });
    int ahead = (change->weekday + 6 - civil_weekday(anchor) + 7) % 7;
    int64_t day = anchor + ahead + 7 * (last ? -1 : change->week - 1);
    return day * CIVIL_DAY_S + change->local_s;
}

int32_t civil_offset(const struct civil_clock *clock, int64_t instant)
{
    if (!clock->daylight)
        return clock->offset_s;
    int year = civil_date_from_day(civil_day(instant + clock->offset_s)).year;
    int64_t start = change_local(&clock->start, year) - clock->offset_s;
    int64_t end = change_local(&clock->end, year) - clock->dst_offset_s;
    // South of the equator the year begins in daylight time.
    bool daylight =
        start < end ? start <= instant && instant < end : start <= instant || instant < end;
    return daylight ? clock->dst_offset_s : clock->offset_s;
}

int64_t civil_local(const struct civil_clock *clock, int64_t instant)
{
    return instant + civil_offset(clock, instant);
}

int64_t civil_instant(const struct civil_clock *clock, int64_t local_s)
{
    int32_t ahead = clock->offset_s, behind = clock->offset_s;
    if (clock->daylight && clock->dst_offset_s > clock->offset_s)
        ahead = clock->dst_offset_s;
    else if (clock->daylight)
        behind = clock->dst_offset_s;
    // Where the time occurs twice the clock that is ahead shows it first; where it is skipped the
    // clock before the change is the one behind.
    int64_t first = local_s - ahead;
    return civil_offset(clock, first) == ahead ? first : local_s - behind;
}

// Reads one to `digits` digits, at most `max`.
static bool take_number(const char **text, int digits, int max, int32_t *ret)
{
    const char *at = *text;
    int32_t number = 0;
    while (digits-- > 0 && isdigit((unsigned char)*at))
        number = 10 * number + (*at++ - '0');
    if (at == *text || isdigit((unsigned char)*at) || number > max)
        return false;
    *text = at;
    *ret = number;
    return true;
}

static bool take(const char **text, char c)
{
    if (**text != c)
        return false;
    (*text)++;
    return true;
}

// [+-]h[h[h]][:mm[:ss]] in seconds, east or later positive.
static bool take_time(const char **text, int hours_max, int32_t *ret)
{
    bool minus = take(text, '-');
    if (!minus)
        (void)take(text, '+');
    int32_t h = 0, m = 0, s = 0;
    bool good = take_number(text, 3, hours_max, &h);
    if (good && take(text, ':')) {
        good = take_number(text, 2, 59, &m);
        if (good && take(text, ':'))
            good = take_number(text, 2, 59, &s);
    }
    if (!good)
        return false;
    *ret = (minus ? -1 : 1) * (CIVIL_HOUR_S * h + 60 * m + s);
    return true;
}

// The name of a zone: three letters or more, or anything of letters, digits and signs in <>.
static bool take_name(const char **text)
{
    const char *at = *text;
    bool quoted = take(&at, '<');
    const char *name = at;
    while (isalpha((unsigned char)*at) ||
           (quoted && (isdigit((unsigned char)*at) || *at == '+' || *at == '-')))
        at++;
    if (at - name < 3 || (quoted && !take(&at, '>')))
        return false;
    *text = at;
    return true;
}

// ",Mm.w.d[/time]"
static bool take_change(const char **text, struct civil_change *ret)
{
    int32_t month = 0, week = 0, weekday = 0;
    struct civil_change change = {.local_s = 2 * CIVIL_HOUR_S};
    if (!take(text, ',') || !take(text, 'M') || !take_number(text, 2, 12, &month) ||
        !take(text, '.') || !take_number(text, 1, 5, &week) || !take(text, '.') ||
        !take_number(text, 1, 6, &weekday) || month < 1 || week < 1)
        return false;
    // Up to a week either way, as in the zone files' extension of POSIX.
    if (take(text, '/') && !take_time(text, 167, &change.local_s))
        return false;
    change.month = month;
    change.week = week;
    change.weekday = weekday;
    *ret = change;
    return true;
}

static bool parse_posix(const char *text, struct civil_clock *ret)
{
    struct civil_clock clock = {0};
    int32_t west = 0;
    if (!take_name(&text) || !take_time(&text, 24, &west))
        return false;
    clock.offset_s = -west;
    if (*text) {
        west -= CIVIL_HOUR_S; // daylight time is an hour ahead unless it says otherwise
        if (!take_name(&text) || (*text != ',' && !take_time(&text, 24, &west)) ||
            !take_change(&text, &clock.start) || !take_change(&text, &clock.end))
            return false;
        clock.daylight = true;
        clock.dst_offset_s = -west;
    }
    *ret = clock;
    return *text == '\0';
}

// "+hh:mm"
static bool parse_offset(const char *text, struct civil_clock *ret)
{
    int32_t h = 0, m = 0;
    const char *at = text + 1;
    if (strlen(text) != 6 || text[3] != ':' || !take_number(&at, 2, 23, &h) || !take(&at, ':') ||
        !take_number(&at, 2, 59, &m))
        return false;
    int32_t east = CIVIL_HOUR_S * h + 60 * m;
    *ret = (struct civil_clock){.offset_s = text[0] == '-' ? -east : east};
    return true;
}

bool civil_clock_parse(const char *text, struct civil_clock *ret)
{
    struct civil_clock clock = {0};
    bool good =
        strcmp(text, "Z") == 0 ||
        (*text == '+' || *text == '-' ? parse_offset(text, &clock) : parse_posix(text, &clock));
    if (good)
        *ret = clock;
    return good;
}

// Where in its month a change fell, in one of four ways of saying it: by the day or by the day
// before it (the Friday after the fourth Thursday), in the last week where that may be, or not.
enum { WAYS = 4 };
static struct civil_change describe_change(const struct civil_transition *transition, int way)
{
    int64_t local = transition->after + transition->from_s;
    int64_t day = civil_day(local) - way / 2;
    struct civil_date date = civil_date_from_day(day);
    bool last = way % 2 == 0 && civil_date_from_day(day + 7).month != date.month;
    return (struct civil_change){
        .month = date.month,
        .week = last ? 5 : (date.day + 6) / 7,
        .weekday = (civil_weekday(day) + 1) % 7,
        .local_s = (int32_t)(local - day * CIVIL_DAY_S),
    };
}

// True where the clock makes every change seen and, between the first and the last, no other.
static bool makes_all(const struct civil_clock *clock, size_t n,
                      const struct civil_transition transitions[])
{
    int64_t first = INT64_MAX, last = -INT64_MAX;
    size_t made = 0;
    for (size_t i = 0; i < n; i++) {
        const struct civil_transition *seen = &transitions[i];
        if (civil_offset(clock, seen->before) != seen->from_s ||
            civil_offset(clock, seen->after) != seen->to_s)
            return false;
        first = least(first, seen->before);
        last = -least(-last, -seen->after);
    }
    for (int64_t t = first; t < last; t += CIVIL_DAY_S)
        made += civil_offset(clock, t) != civil_offset(clock, least(t + CIVIL_DAY_S, last));
    return made == n;
}

// Both changes were seen.
static bool infer_whole(size_t n, const struct civil_transition transitions[],
                        const struct civil_transition *start, const struct civil_transition *end,
                        struct civil_clock *clock)
{
    for (int ways = 0; ways < WAYS * WAYS; ways++) {
        clock->start = describe_change(start, ways / WAYS);
        clock->end = describe_change(end, ways % WAYS);
        if (makes_all(clock, n, transitions))
            return true;
    }
    return false;
}

static bool infer_from_known(size_t n, const struct civil_transition transitions[],
                             struct civil_clock *clock)
{
    // Europe changes at 01:00 UTC, whatever the local time; the others by the clock on the wall.
    const int32_t europe_s = CIVIL_HOUR_S + clock->offset_s;
    const struct civil_change known[][2] = {
        {{3, 5, 0, europe_s}, {10, 5, 0, europe_s + CIVIL_HOUR_S}},
        {{3, 2, 0, 2 * CIVIL_HOUR_S}, {11, 1, 0, 2 * CIVIL_HOUR_S}},
        {{10, 1, 0, 2 * CIVIL_HOUR_S}, {4, 1, 0, 3 * CIVIL_HOUR_S}},
        {{9, 5, 0, 2 * CIVIL_HOUR_S}, {4, 1, 0, 3 * CIVIL_HOUR_S}},
    };
    for (size_t k = 0; k < sizeof known / sizeof *known; k++) {
        clock->start = known[k][0];
        clock->end = known[k][1];
        if (makes_all(clock, n, transitions))
            return true;
    }
    return false;
}

static const struct civil_transition *closer(const struct civil_transition *a,
                                             const struct civil_transition *b)
{
    return !a || b->after - b->before < a->after - a->before ? b : a;
}

bool civil_clock_infer(size_t n, const struct civil_transition transitions[],
                       struct civil_clock *ret)
{
    const struct civil_transition *start = NULL, *end = NULL;
    struct civil_clock clock = {.daylight = true};
    for (size_t i = 0; i < n; i++) {
        if (transitions[i].to_s > transitions[i].from_s)
            start = closer(start, &transitions[i]);
        else
            end = closer(end, &transitions[i]);
    }
    if (!start && !end)
        return false;
    clock.offset_s = start ? start->from_s : end->to_s;
    clock.dst_offset_s = start ? start->to_s : end->from_s;
    bool found = infer_from_known(n, transitions, &clock) ||
                 (start && end && infer_whole(n, transitions, start, end, &clock));
    if (found)
        *ret = clock;
    return found;
}
