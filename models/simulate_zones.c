// SPDX-License-Identifier: GPL-3.0-or-later
// What the simulation assumes of each zone and of the rest of the province. No figure here is
// published; config/bac-giang/README.md says what each was chosen by.
#include "simulate_internal.h"

#include <math.h>
#include <string.h>

enum { NEVER = 9999, SUNDAY = 6, SATURDAY = 5 };

const struct simulate_zone simulate_zones[SIMULATE_OUTSIDE] = {
    // id, MW/ha, growth, % of day, two and three shifts and continuous, Sunday, cooling, noise,
    // closed in 2021, opens, share let, half of it after months
    {"dinh-tram", 0.3, 0.5, {40, 30, 25, 5}, 0.3, 0.17, 0.02, true, {0}, 1, 0},
    {"song-khe-noi-hoang", 0.22, 0.6, {45, 20, 25, 10}, 0.35, 0.12, 0.022, true, {0}, 1, 0},
    {"quang-chau", 0.21, 0.9, {12, 40, 20, 28}, 0.5, 0.18, 0.012, true, {0}, 1, 0},
    {"quang-chau-mr", 0.25, 1, {25, 50, 25, 0}, 0.4, 0.18, 0.045, false, {2023, 10, 16}, 0.45, 9},
    {"van-trung", 0.26, 1.1, {15, 50, 25, 10}, 0.45, 0.19, 0.014, true, {0}, 1, 0},
    {"viet-han", 0.55, 1.4, {15, 10, 10, 65}, 0.7, 0.1, 0.025, false, {0}, 1, 0},
    {"viet-han-mr", 0.4, 1, {30, 30, 20, 20}, 0.5, 0.14, 0.06, false, {2024, 6, 3}, 0.35, 15},
    {"hoa-phu", 0.17, 1.3, {60, 25, 15, 0}, 0.2, 0.13, 0.022, false, {0}, 1, 0},
    {"hoa-phu-mr1", 0.17, 1, {65, 25, 10, 0}, 0.2, 0.13, 0.06, false, {2024, 5, 6}, 0.4, 14},
    {"tan-hung", 0.25, 1, {50, 30, 20, 0}, 0.3, 0.14, 0.06, false, {2024, 12, 31}, 0.5, 14},
    // Its feeders carry little, and share that with households.
    {"yen-lu", 0.3, 1, {50, 40, 10, 0}, 0.3, 0.14, 0.06, false, {2024, 4, 1}, 0.05, 6},
    {"phuc-son", 0.2, 1, {60, 25, 15, 0}, 0.3, 0.14, 0.06, false, {NEVER, 1, 1}, 0.5, 14},
};

const char *simulate_zone_id(size_t zone)
{
    return zone == SIMULATE_OUTSIDE ? "ngoai-kcn" : simulate_zones[zone].id;
}

// Large plants that came on with a line of their own: more load, a share, run up over so many days.
static const struct line {
    const char *zone;
    struct civil_date from;
    double more, days;
} lines[] = {
    {"quang-chau", {2021, 9, 6}, 0.04, 40}, {"quang-chau", {2022, 8, 15}, 0.05, 30},
    {"van-trung", {2023, 9, 11}, 0.05, 60}, {"van-trung", {2022, 3, 14}, 0.04, 20},
    {"hoa-phu", {2022, 10, 3}, 0.07, 45},   {"viet-han", {2024, 3, 4}, 0.12, 90},
    {"dinh-tram", {2023, 3, 6}, -0.04, 10}, {"song-khe-noi-hoang", {2024, 1, 8}, 0.05, 20},
};

double simulate_lines(size_t zone, int64_t day)
{
    double factor = 1;
    for (size_t k = 0; k < sizeof lines / sizeof *lines; k++) {
        double since = (double)(day - civil_day_from_date(lines[k].from));
        if (since >= 0 && !strcmp(lines[k].zone, simulate_zones[zone].id))
            factor *= 1 + lines[k].more * fmin(1, (since + 1) / lines[k].days);
    }
    return factor;
}

double simulate_land_ha(size_t zone, const struct simulate_land *land, int64_t day)
{
    const struct simulate_zone *assumed = &simulate_zones[zone];
    const double width_months = 3, month_days = 30.44;
    if (!assumed->opens.year)
        return land->area_ha * (isnan(land->fill_pct) ? 100 : land->fill_pct) / 100;
    double months = (double)(day - civil_day_from_date(assumed->opens)) / month_days;
    if (months < 0)
        return 0;
    double let = 1 / (1 + exp((assumed->half_months - months) / width_months));
    return land->area_ha * assumed->let * let;
}

#define CURVE(points, x) simulate_curve(sizeof(points) / sizeof *(points), points, x)

// A working day of one way of working, its height about 1.
static double working_day(enum simulate_pattern pattern, double hour)
{
    static const struct simulate_point day[] = {
        {0, 0.30},    {6, 0.30},   {7, 0.45},    {8.2, 1.0}, {11.3, 1.03}, {12, 0.70}, {12.8, 0.74},
        {13.6, 1.03}, {16.8, 1.0}, {17.6, 0.74}, {20, 0.58}, {21.2, 0.38}, {24, 0.30}};
    static const struct simulate_point two[] = {
        {0, 0.78}, {0.8, 0.87}, {7, 0.89},    {8, 0.85},  {9, 1.0},   {11.3, 1.01}, {12, 0.89},
        {13, 1.0}, {17, 1.0},   {19.5, 0.95}, {20, 0.86}, {21, 0.93}, {23.3, 0.92}, {24, 0.78}};
    static const struct simulate_point three[] = {
        {0, 0.95},    {5.5, 0.94},  {6, 0.86},  {7, 0.97},    {9, 1.02},
        {11.4, 1.02}, {12, 0.94},   {13, 1.01}, {13.7, 0.98}, {14, 0.92},
        {15, 1.02},   {21.5, 0.98}, {22, 0.88}, {23, 0.95},   {24, 0.95}};
    static const struct simulate_point continuous[] = {
        {0, 0.985}, {8, 1.0}, {14, 1.015}, {20, 1.0}, {24, 0.985}};
    switch (pattern) {
    case SHIFT_DAY:
        return CURVE(day, hour);
    case SHIFT_TWO:
        return CURVE(two, hour);
    case SHIFT_THREE:
        return CURVE(three, hour);
    default:
        return CURVE(continuous, hour);
    }
}

// What runs when nobody works: air, water, furnaces kept hot.
static const double idle[SHIFT_PATTERNS] = {0.24, 0.32, 0.40, 0.88};

// How much is worked by days from mùng 1: villages empty before it, and fill slowly after it.
static double work_at_tet(int tet)
{
    static const struct simulate_point worked[] = {{-12, 1.0}, {-7, 0.95}, {-5, 0.85}, {-3, 0.55},
                                                   {-2, 0.30}, {-1, 0.12}, {0, 0.06},  {2, 0.07},
                                                   {3, 0.12},  {4, 0.22},  {5, 0.45},  {6, 0.65},
                                                   {7, 0.78},  {10, 0.92}, {15, 0.98}, {20, 1.0}};
    return CURVE(worked, tet);
}

// How much is worked on a day, 1 on a working day. Saturday is one in the zones, for most.
static double work_of_day(const struct simulate_zone *zone, const struct day *day, double overtime)
{
    static const double saturday = 0.93, bridge = 0.88, holiday = 0.18;
    double worked = 1;
    if (day->class == DAY_HOLIDAY)
        worked = holiday;
    else if (day->class == DAY_BRIDGE)
        worked = bridge;
    else if (day->class == DAY_SWAPPED)
        worked = 1;
    else if (day->weekday == SUNDAY)
        worked = fmin(1, fmax(0.1, zone->sunday + overtime));
    else if (day->weekday == SATURDAY)
        worked = saturday;
    if (day->tet != CALENDAR_NO_TET)
        worked = fmin(worked, work_at_tet(day->tet));
    return worked;
}

// Covid: shut from 18 May 2021, on trial again from the 28th, and back over the summer.
static double open_in_2021(int64_t day)
{
    static const double back_after = 24, width = 8;
    int64_t shut = simulate_date(2021, 5, 18), trial = simulate_date(2021, 5, 28);
    if (day < shut || day >= simulate_date(2021, 9, 1))
        return 1;
    if (day < trial)
        return 0;
    return 1 / (1 + exp((back_after - (double)(day - trial)) / width));
}

// 6 to 25 June 2023: supply was sure from 7:45 to 17:00 only; some worked on from midnight to five.
// The share of what would be worked.
static double supplied_in_2023(int64_t day, double hour)
{
    static const double half_h = 0.25, from_h = 7.75, to_h = 17, urgent = 0.30, night = 0.10;
    if (day < simulate_date(2023, 6, 6) || day > simulate_date(2023, 6, 25))
        return 1;
    double sure_h = fmin(hour + half_h, to_h) - fmax(hour - half_h, from_h);
    double sure = fmax(0, sure_h) / (2 * half_h);
    return sure + (1 - sure) * (hour < 5 ? urgent : night);
}

// The typhoon of 7 September 2024: what was not blown down, from its noon on.
static double standing_in_2024(int64_t day, double hour, double lowest, double days)
{
    double since = (double)(day - simulate_date(2024, 9, 7)) + hour / 24 - 0.5;
    return since < 0 ? 1 : 1 - (1 - lowest) * exp(-since / days);
}

double simulate_work(size_t zone, const struct calendar *calendar, int64_t day, double hour,
                     double overtime)
{
    const struct simulate_zone *assumed = &simulate_zones[zone];
    const double shift_h = 6, idle_kept = 0.8;
    // The night shift belongs to the day on which it began.
    struct day worked_day = calendar_day(calendar, hour < shift_h ? day - 1 : day);
    double worked = work_of_day(assumed, &worked_day, overtime);
    double open = assumed->closed_2021 ? open_in_2021(day) : 1;
    double supplied = supplied_in_2023(day, hour), sum = 0;
    for (enum simulate_pattern k = 0; k < SHIFT_PATTERNS; k++) {
        double share = k == SHIFT_CONTINUOUS ? 1 : supplied;
        double kept = idle[k] * (idle_kept + (1 - idle_kept) * share);
        double full = working_day(k, hour);
        sum += assumed->share_pct[k] / 100 * (kept + worked * share * fmax(0, full - idle[k]));
    }
    return sum * (0.2 + 0.8 * open) * standing_in_2024(day, hour, 0.6, 0.4);
}

// Workshops and trade close for Tết while homes stay as they are.
static double outside_of_day(const struct day *day)
{
    static const struct simulate_point tet[] = {{-10, 1.0}, {-4, 1.02}, {-1, 0.92}, {0, 0.80},
                                                {3, 0.80},  {6, 0.90},  {10, 0.97}, {15, 1.0}};
    double level = 1;
    if (day->class == DAY_HOLIDAY)
        level = 0.92;
    else if (day->class == DAY_ORDINARY && day->weekday == SUNDAY)
        level = 0.95;
    if (day->tet != CALENDAR_NO_TET)
        level = fmin(level, CURVE(tet, day->tet));
    return level;
}

double simulate_outside(const struct calendar *calendar, int64_t day, double hour)
{
    static const struct simulate_point course[] = {
        {0, 0.78},    {2, 0.67},    {4, 0.65},    {5.5, 0.79},  {6.5, 0.93}, {8, 0.97},
        {10, 1.05},   {11.3, 1.14}, {12.3, 1.02}, {14, 1.0},    {16, 1.05},  {17.5, 1.18},
        {18.8, 1.30}, {20, 1.32},   {21.3, 1.22}, {22.5, 1.01}, {24, 0.78}};
    struct day kind = calendar_day(calendar, day);
    return CURVE(course, hour) * outside_of_day(&kind) * standing_in_2024(day, hour, 0.35, 1.5);
}

double simulate_outside_cooling(double hour)
{
    static const struct simulate_point course[] = {
        {0, 0.95},    {2, 0.78},  {5, 0.60},    {7, 0.50},    {9, 0.62},
        {11, 0.85},   {12, 0.98}, {13.5, 1.0},  {15, 0.85},   {17, 0.75},
        {18.5, 0.85}, {20, 1.08}, {21.5, 1.18}, {22.5, 1.12}, {24, 0.95}};
    return CURVE(course, hour);
}
