// SPDX-License-Identifier: GPL-3.0-or-later
#include "stamp.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "text.h"

enum { DAY_S = 86400, NOON = 12 };

// What has been read of a time. `hour` is as written, -1 before.
struct parts {
    int year, month, day, hour, minute, second, half; // half: 0 none, 1 before noon, 2 after
    int64_t unix_s;
    bool is_unix;
    int32_t offset_s;
};

static const struct parts no_parts = {.hour = -1, .offset_s = TEXT_NO_OFFSET};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static void skip_blanks(const char **text)
{
    while (is_blank(**text))
        (*text)++;
}

// One to `most` digits; how many there were.
static int take_digits(const char **text, int most, int *ret)
{
    int n = 0, value = 0;
    for (; n < most && is_digit((*text)[n]); n++)
        value = 10 * value + ((*text)[n] - '0');
    *text += n;
    *ret = value;
    return n;
}

// AM, PM, or SA (sáng), CH (chiều), with or without points.
static bool take_half(const char **text, int *ret)
{
    static const struct {
        const char *word;
        int half;
    } words[] = {{"AM", 1}, {"PM", 2}, {"SA", 1}, {"CH", 2}, {"A.M.", 1}, {"P.M.", 2}};
    for (size_t i = sizeof words / sizeof *words; i-- > 0;)
        if (!strncasecmp(*text, words[i].word, strlen(words[i].word))) {
            *text += strlen(words[i].word);
            *ret = words[i].half;
            return true;
        }
    return false;
}

// "Z", "+07:00", "+0700", "+07"
static bool take_offset(const char **text, int32_t *ret)
{
    const char *p = *text + 1;
    int hour = 0, minute = 0;
    if (**text == 'Z') {
        *ret = 0;
        *text = p;
        return true;
    }
    if ((**text != '+' && **text != '-') || !is_digit(p[0]) || !is_digit(p[1]))
        return false;
    hour = 10 * (p[0] - '0') + (p[1] - '0');
    p += 2;
    const char *rest = p + (*p == ':');
    if (is_digit(rest[0]) && is_digit(rest[1])) {
        minute = 10 * (rest[0] - '0') + (rest[1] - '0');
        p = rest + 2;
    }
    if (hour > 23 || minute > 59)
        return false;
    *ret = (hour * 3600 + minute * 60) * (**text == '-' ? -1 : 1);
    *text = p;
    return true;
}

static bool find_day(const struct parts *parts, int64_t *ret)
{
    char date[16];
    if (parts->year < 1 || parts->year > 9999 || parts->month < 1 || parts->month > 12 ||
        parts->day < 1 || parts->day > 31)
        return false;
    snprintf(date, sizeof date, "%04d-%02d-%02d", parts->year, parts->month, parts->day);
    return text_date(date, ret);
}

static bool find_second(const struct parts *parts, int *ret)
{
    int hour = parts->hour < 0 ? 0 : parts->hour;
    if (parts->half && (hour < 1 || hour > NOON))
        return false;
    if (parts->half)
        hour = hour % NOON + (parts->half == 2 ? NOON : 0);
    *ret = hour * 3600 + parts->minute * 60 + parts->second;
    return parts->minute <= 59 && parts->second <= 59 && *ret <= DAY_S;
}

static bool put_together(const struct parts *parts, struct stamp *ret)
{
    int64_t day;
    int second;
    if (parts->is_unix) {
        *ret = (struct stamp){.local_s = parts->unix_s, .offset_s = 0};
        return parts->unix_s >= TEXT_TIME_MIN && parts->unix_s <= TEXT_TIME_MAX;
    }
    if (!find_day(parts, &day) || !find_second(parts, &second))
        return false;
    *ret = (struct stamp){
        .local_s = day * DAY_S + second, .offset_s = parts->offset_s, .day_end = second == DAY_S};
    return ret->local_s <= TEXT_TIME_MAX;
}

static bool take_unix(const char **text, struct parts *parts)
{
    char number[24];
    const size_t length = strspn(*text, "-0123456789");
    if (length == 0 || length >= sizeof number)
        return false;
    snprintf(number, sizeof number, "%.*s", (int)length, *text);
    *text += length;
    parts->is_unix = true;
    return text_integer(number, &parts->unix_s);
}

static bool take_directive(char directive, const char **text, struct parts *parts)
{
    switch (directive) {
    case 'Y':
        return take_digits(text, 4, &parts->year) == 4;
    case 'y':
        if (take_digits(text, 2, &parts->year) != 2)
            return false;
        parts->year += 2000;
        return true;
    case 'm':
        return take_digits(text, 2, &parts->month);
    case 'd':
        return take_digits(text, 2, &parts->day);
    case 'H':
    case 'I':
        return take_digits(text, 2, &parts->hour);
    case 'M':
        return take_digits(text, 2, &parts->minute);
    case 'S':
        return take_digits(text, 2, &parts->second);
    case 'p':
        return take_half(text, &parts->half);
    case 'z':
        return take_offset(text, &parts->offset_s);
    case 's':
        return take_unix(text, parts);
    case '%':
        return *(*text)++ == '%';
    default:
        return false;
    }
}

bool stamp_read_format(const char *format, const char *text, struct stamp *ret)
{
    struct parts parts = no_parts;
    for (; *format; format++) {
        if (is_blank(*format)) {
            skip_blanks(&text);
        } else if (*format == '%') {
            if (!take_directive(*++format, &text, &parts))
                return false;
        } else if (*text++ != *format) {
            return false;
        }
    }
    return !*text && put_together(&parts, ret);
}

bool stamp_format_valid(const char *format)
{
    bool year = false, month = false, day = false, seconds = false;
    for (; *format; format++) {
        if (*format != '%')
            continue;
        if (!*++format || !strchr("YymdHIMSpzs%", *format))
            return false;
        year |= *format == 'Y' || *format == 'y';
        month |= *format == 'm';
        day |= *format == 'd';
        seconds |= *format == 's';
    }
    return seconds || (year && month && day);
}

// Three numbers with the same sign between, of which the first or the last is a year.
static bool take_date(const char **text, struct parts *parts, bool *ret_day_first)
{
    int numbers[3], digits[3];
    const char *p = *text;
    digits[0] = take_digits(&p, 4, &numbers[0]);
    const char sign = *p;
    if (!digits[0] || (sign != '/' && sign != '-' && sign != '.'))
        return false;
    p++;
    digits[1] = take_digits(&p, 2, &numbers[1]);
    if (!digits[1] || *p++ != sign)
        return false;
    digits[2] = take_digits(&p, 4, &numbers[2]);
    *ret_day_first = digits[0] < 3 && digits[2] == 4;
    if (!*ret_day_first && (digits[0] != 4 || digits[2] < 1 || digits[2] > 2))
        return false;
    parts->year = numbers[*ret_day_first ? 2 : 0];
    parts->month = numbers[1];
    parts->day = numbers[*ret_day_first ? 0 : 2];
    *text = p;
    return true;
}

// 7:30, 07:30:00, 07:30:00.000, 7h30, 7h, 7, and what may follow.
static bool take_clock(const char **text, struct parts *parts)
{
    const char *p = *text;
    int none;
    if (!take_digits(&p, 2, &parts->hour))
        return false;
    if (*p == ':') {
        p++;
        if (take_digits(&p, 2, &parts->minute) != 2)
            return false;
        if (*p == ':' && (p++, take_digits(&p, 2, &parts->second) != 2))
            return false;
        if (*p == '.' && (p++, !take_digits(&p, 9, &none)))
            return false;
    } else if (*p == 'h' || *p == 'H') {
        p++;
        if (is_digit(*p) && take_digits(&p, 2, &parts->minute) != 2)
            return false;
    }
    *text = p;
    skip_blanks(&p);
    if (take_half(&p, &parts->half))
        *text = p;
    return true;
}

static bool take_date_then_clock(const char *text, struct parts *parts, bool *ret_day_first)
{
    *parts = no_parts;
    if (!take_date(&text, parts, ret_day_first))
        return false;
    if (*text == ',' || *text == 'T')
        text++;
    else if (!is_blank(*text))
        return false;
    skip_blanks(&text);
    if (!take_clock(&text, parts))
        return false;
    skip_blanks(&text);
    return !*text || (take_offset(&text, &parts->offset_s) && !*text);
}

static bool take_clock_then_date(const char *text, struct parts *parts, bool *ret_day_first)
{
    *parts = no_parts;
    if (!take_clock(&text, parts) || !is_blank(*text))
        return false;
    skip_blanks(&text);
    return take_date(&text, parts, ret_day_first) && !*text;
}

enum stamp_status stamp_read(const char *text, struct stamp *ret)
{
    struct parts parts;
    bool day_first = false;
    struct stamp stamp = {.local_s = 0};
    if (text_time(text, &stamp.local_s, &stamp.offset_s)) {
        *ret = stamp;
        return STAMP_OK;
    }
    if (!take_date_then_clock(text, &parts, &day_first) &&
        !take_clock_then_date(text, &parts, &day_first))
        return STAMP_NONE;
    if (put_together(&parts, &stamp)) {
        stamp.slashed = day_first;
        *ret = stamp;
        return STAMP_OK;
    }
    const int month = parts.month;
    parts.month = parts.day;
    parts.day = month;
    return day_first && put_together(&parts, &stamp) ? STAMP_MONTH_FIRST : STAMP_NONE;
}
