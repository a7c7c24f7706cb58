// SPDX-License-Identifier: GPL-3.0-or-later
#include "text.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DAY_S = 86400 };

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

// Reads digits, at least one; false also where the number does not fit.
static bool read_whole(const char **text, int64_t *ret)
{
    const char *p = *text;
    int64_t value = 0;
    if (!is_digit(*p))
        return false;
    for (; is_digit(*p); p++)
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, *p - '0', &value))
            return false;
    *text = p;
    *ret = value;
    return true;
}

bool text_integer(const char *text, int64_t *ret)
{
    const bool negative = *text == '-';
    const char *p = text + (negative || *text == '+');
    int64_t value = 0;
    if (!is_digit(*p))
        return false;
    // Summed with its sign, so that INT64_MIN, which has no positive twin, can be read too.
    for (; is_digit(*p); p++)
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, negative ? '0' - *p : *p - '0', &value))
            return false;
    if (*p)
        return false;
    *ret = value;
    return true;
}

// A decimal number taken apart: digits * 10^exponent. Digits past the 19th are only noted.
struct decimal {
    uint64_t digits;
    int64_t exponent;
    bool exact; // no digit was left out
};

static const double powers_of_ten[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                       1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                       1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
enum { EXACT_POWERS = sizeof powers_of_ten / sizeof *powers_of_ten };

static const char *read_digits(const char *p, bool fraction, struct decimal *decimal)
{
    for (; is_digit(*p); p++) {
        if (decimal->digits < UINT64_C(1000000000000000000)) {
            decimal->digits = decimal->digits * 10 + (uint64_t)(*p - '0');
            decimal->exponent -= fraction;
        } else {
            decimal->exact = false;
            decimal->exponent += !fraction;
        }
    }
    return p;
}

static bool read_exponent(const char **text, struct decimal *decimal)
{
    const char *p = *text + 1;
    const bool negative = *p == '-';
    int64_t value = 0;
    p += negative || *p == '+';
    if (!is_digit(*p))
        return false;
    // Beyond this every double has long been 0 or infinite.
    for (; is_digit(*p); p++)
        value = value < 100000 ? value * 10 + (*p - '0') : value;
    decimal->exponent += negative ? -value : value;
    *text = p;
    return true;
}

static bool read_decimal(const char *p, struct decimal *ret)
{
    *ret = (struct decimal){.exact = true};
    const char *whole = p;
    p = read_digits(p, false, ret);
    const bool has_whole = p > whole;
    if (*p == '.') {
        const char *fraction = ++p;
        p = read_digits(p, true, ret);
        if (p == fraction && !has_whole)
            return false;
    } else if (!has_whole) {
        return false;
    }
    if ((*p == 'e' || *p == 'E') && !read_exponent(&p, ret))
        return false;
    return !*p;
}

bool text_real(const char *text, double *ret)
{
    const bool negative = *text == '-';
    struct decimal decimal;
    if (!read_decimal(text + (negative || *text == '+'), &decimal))
        return false;
    double value;
    const int64_t exponent = decimal.exponent;
    // An integer below 2^53 and a power of ten up to 10^22 are both exact, so one operation on them
    // rounds once, which is what a correct reading does. The rest is the C library's.
    if (decimal.exact && decimal.digits <= UINT64_C(1) << 53 && exponent > -EXACT_POWERS &&
        exponent < EXACT_POWERS) {
        value = (double)decimal.digits;
        value = exponent < 0 ? value / powers_of_ten[-exponent] : value * powers_of_ten[exponent];
        value = negative ? -value : value;
    } else {
        value = strtod(text, NULL);
    }
    if (!isfinite(value))
        return false;
    *ret = value;
    return true;
}

struct unit {
    const char *name;
    int64_t value;
};

// The unit whose name is all of `text`, up to `length` letters.
static const struct unit *find_unit(const struct unit *units, const char *text, size_t length)
{
    for (; units->name; units++)
        if (strlen(units->name) == length && !memcmp(units->name, text, length))
            return units;
    return NULL;
}

bool text_duration(const char *text, int64_t *ret_s)
{
    static const struct unit units[] = {{"s", 1},     {"min", 60},          {"h", 3600},
                                        {"d", DAY_S}, {"y", 365LL * DAY_S}, {NULL, 0}};
    int64_t sum = 0;
    do {
        int64_t number;
        if (!read_whole(&text, &number))
            return false;
        const size_t length = strcspn(text, "0123456789");
        const struct unit *unit = find_unit(units, text, length);
        if (!unit || __builtin_mul_overflow(number, unit->value, &number) ||
            __builtin_add_overflow(sum, number, &sum))
            return false;
        text += length;
    } while (*text);
    *ret_s = sum;
    return true;
}

bool text_bytes(const char *text, int64_t *ret)
{
    static const struct unit units[] = {{"B", 1},           {"kB", 1000},       {"MB", 1000000},
                                        {"GB", 1000000000}, {"KiB", 1LL << 10}, {"MiB", 1LL << 20},
                                        {"GiB", 1LL << 30}, {NULL, 0}};
    int64_t number;
    if (!read_whole(&text, &number))
        return false;
    const struct unit *unit = find_unit(units, text, strlen(text));
    if (!unit || __builtin_mul_overflow(number, unit->value, &number))
        return false;
    *ret = number;
    return true;
}

// Exactly `n` digits at p; -1 where there is something else.
static int read_fixed(const char *p, int n)
{
    int value = 0;
    for (int i = 0; i < n; i++) {
        if (!is_digit(p[i]))
            return -1;
        value = value * 10 + (p[i] - '0');
    }
    return value;
}

// Days from 1970-01-01 in the Gregorian calendar, counted in years that begin in March, so that the
// leap day comes last; years 1 to 9999.
static int64_t day_number(int year, int month, int day)
{
    const int y = month > 2 ? year : year - 1;
    const int month_from_march = (month + 9) % 12;
    const int day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
    return 365LL * y + y / 4 - y / 100 + y / 400 + day_of_year - 719468;
}

static int month_length(int year, int month)
{
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return lengths[month - 1] + (month == 2 && leap);
}

// "2011-01-31" at the start of the text.
static bool read_date(const char **text, int64_t *ret_day)
{
    const char *p = *text;
    const int year = read_fixed(p, 4);
    if (year < 1 || p[4] != '-')
        return false;
    const int month = read_fixed(p + 5, 2);
    if (month < 1 || month > 12 || p[7] != '-')
        return false;
    const int day = read_fixed(p + 8, 2);
    if (day < 1 || day > month_length(year, month))
        return false;
    *text = p + 10;
    *ret_day = day_number(year, month, day);
    return true;
}

bool text_date(const char *text, int64_t *ret_day)
{
    int64_t day;
    if (!read_date(&text, &day) || *text)
        return false;
    *ret_day = day;
    return true;
}

// ":ss" and ".fff", both of which may be absent.
static bool read_seconds(const char **text, int *ret_s)
{
    const char *p = *text;
    *ret_s = 0;
    if (*p != ':')
        return true;
    const int second = read_fixed(p + 1, 2);
    if (second < 0 || second > 59)
        return false;
    p += 3;
    if (*p == '.') {
        const char *fraction = ++p;
        while (is_digit(*p))
            p++;
        if (p == fraction)
            return false;
    }
    *ret_s = second;
    *text = p;
    return true;
}

// "hh:mm" with what may follow it.
static bool read_clock(const char **text, int *ret_s)
{
    const int hour = read_fixed(*text, 2);
    if (hour < 0 || hour > 23 || (*text)[2] != ':')
        return false;
    const int minute = read_fixed(*text + 3, 2);
    if (minute < 0 || minute > 59)
        return false;
    *text += 5;
    int second;
    if (!read_seconds(text, &second))
        return false;
    *ret_s = hour * 3600 + minute * 60 + second;
    return true;
}

// "Z", "+07:00", "+0700", "+07" or nothing; the rest of the text.
static bool read_offset(const char *text, int32_t *ret_offset_s)
{
    if (!*text || !strcmp(text, "Z")) {
        *ret_offset_s = *text ? 0 : TEXT_NO_OFFSET;
        return true;
    }
    if (*text != '+' && *text != '-')
        return false;
    const int hour = read_fixed(text + 1, 2);
    if (hour < 0 || hour > 23)
        return false;
    const char *p = text + 3;
    int minute = 0;
    if (*p) {
        p += *p == ':';
        minute = read_fixed(p, 2);
        if (minute < 0 || minute > 59 || p[2])
            return false;
    }
    *ret_offset_s = (hour * 3600 + minute * 60) * (*text == '-' ? -1 : 1);
    return true;
}

bool text_time(const char *text, int64_t *ret_local_s, int32_t *ret_offset_s)
{
    int64_t day;
    int second = 0;
    int32_t offset_s = TEXT_NO_OFFSET;
    if (!read_date(&text, &day))
        return false;
    if (*text) {
        if (*text != 'T' && *text != ' ')
            return false;
        text++;
        if (!read_clock(&text, &second) || !read_offset(text, &offset_s))
            return false;
    }
    *ret_local_s = day * DAY_S + second;
    *ret_offset_s = offset_s;
    return true;
}

static char *write_fixed(char *p, int64_t value, int digits)
{
    for (int i = digits; i-- > 0; value /= 10)
        p[i] = (char)('0' + value % 10);
    return p + digits;
}

// The date of a day number: the inverse of day_number, by eras of 400 years.
static char *write_date(char *p, int64_t day)
{
    const int64_t since_march_0 = day + 719468;
    const int64_t era = since_march_0 / 146097, day_of_era = since_march_0 % 146097;
    const int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    const int64_t day_of_year =
        day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    const int64_t month_from_march = (5 * day_of_year + 2) / 153;
    const int64_t month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
    p = write_fixed(p, era * 400 + year_of_era + (month <= 2), 4);
    *p++ = '-';
    p = write_fixed(p, month, 2);
    *p++ = '-';
    return write_fixed(p, day_of_year - (153 * month_from_march + 2) / 5 + 1, 2);
}

static char *write_offset(char *p, int32_t offset_s)
{
    if (offset_s == TEXT_NO_OFFSET)
        return p;
    if (offset_s == 0) {
        *p++ = 'Z';
        return p;
    }
    const int32_t minutes = abs(offset_s) / 60;
    *p++ = offset_s < 0 ? '-' : '+';
    p = write_fixed(p, minutes / 60, 2);
    *p++ = ':';
    return write_fixed(p, minutes % 60, 2);
}

void text_write_time(int64_t local_s, int32_t offset_s, char ret[static TEXT_TIME_LEN])
{
    assert(local_s >= TEXT_TIME_MIN && local_s <= TEXT_TIME_MAX);
    assert(offset_s == TEXT_NO_OFFSET || abs(offset_s) < DAY_S);
    const int64_t day = (local_s - TEXT_TIME_MIN) / DAY_S + TEXT_TIME_MIN / DAY_S;
    const int64_t second = local_s - day * DAY_S;
    char *p = write_date(ret, day);
    *p++ = 'T';
    p = write_fixed(p, second / 3600, 2);
    *p++ = ':';
    p = write_fixed(p, second / 60 % 60, 2);
    if (second % 60) {
        *p++ = ':';
        p = write_fixed(p, second % 60, 2);
    }
    *write_offset(p, offset_s) = '\0';
}

// Length of the UTF-8 sequence at p, 0 where there is none. The bounds of the second byte leave out
// overlong forms, surrogates and what lies beyond U+10FFFF.
static int sequence_length(const unsigned char *p)
{
    static const struct {
        unsigned char first, last, second_least, second_most;
        int length;
    } forms[] = {{0xC2, 0xDF, 0x80, 0xBF, 2}, {0xE0, 0xE0, 0xA0, 0xBF, 3},
                 {0xE1, 0xEC, 0x80, 0xBF, 3}, {0xED, 0xED, 0x80, 0x9F, 3},
                 {0xEE, 0xEF, 0x80, 0xBF, 3}, {0xF0, 0xF0, 0x90, 0xBF, 4},
                 {0xF1, 0xF3, 0x80, 0xBF, 4}, {0xF4, 0xF4, 0x80, 0x8F, 4}};
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        if (*p < forms[i].first || *p > forms[i].last)
            continue;
        if (p[1] < forms[i].second_least || p[1] > forms[i].second_most)
            return 0;
        for (int k = 2; k < forms[i].length; k++)
            if (p[k] < 0x80 || p[k] > 0xBF)
                return 0;
        return forms[i].length;
    }
    return 0;
}

// Bytes of clean text at `text`: one character, or 0 where there is something else.
static int clean_length(const char *text)
{
    const unsigned char *p = (const unsigned char *)text;
    return *p < 0x80 ? (*p >= ' ' && *p != 0x7F) || *p == '\t' : sequence_length(p);
}

bool text_is_clean(const char *text)
{
    while (*text) {
        const int length = clean_length(text);
        if (length == 0)
            return false;
        text += length;
    }
    return true;
}

void text_make_clean(char *text)
{
    while (*text) {
        const int length = clean_length(text);
        if (length == 0)
            *text = '?';
        text += length > 0 ? length : 1;
    }
}

bool text_is_url(const char *text)
{
    const size_t scheme = !strncmp(text, "http://", 7) ? 7 : !strncmp(text, "https://", 8) ? 8 : 0;
    return scheme > 0 && text[scheme] && !strpbrk(text, " \t?#@");
}
