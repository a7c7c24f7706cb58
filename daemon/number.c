// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/number.h"

#include <assert.h>
#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static bool is_digit(char c, bool hex)
{
    return (c >= '0' && c <= '9') || (hex && (c | 0x20) >= 'a' && (c | 0x20) <= 'f');
}

enum number_status number_natural(const char *text, size_t length, uint64_t *ret)
{
    // So many nines still fit: up to there the sum needs no watching.
    enum { SAFE_DIGITS = 19 };
    size_t safe = length < SAFE_DIGITS ? length : SAFE_DIGITS;
    uint64_t value = 0;
    unsigned wrong = length == 0;
    bool overflow = false;
    for (size_t i = 0; i < safe; i++) {
        wrong |= !is_digit(text[i], false);
        value = 10 * value + ((unsigned char)text[i] & 15);
    }
    for (size_t i = safe; i < length; i++) {
        wrong |= !is_digit(text[i], false);
        overflow = overflow || __builtin_mul_overflow(value, 10, &value) ||
                   __builtin_add_overflow(value, (unsigned char)text[i] & 15, &value);
    }
    if (wrong || overflow)
        return wrong ? NUMBER_SYNTAX : NUMBER_RANGE;
    *ret = value;
    return NUMBER_OK;
}

enum number_status number_integer(const char *text, size_t length, int64_t *ret)
{
    bool negative = length > 0 && text[0] == '-';
    uint64_t value = 0;
    enum number_status status = number_natural(text + negative, length - negative, &value);
    if (status != NUMBER_OK)
        return status;
    if (value > (uint64_t)INT64_MAX + negative)
        return NUMBER_RANGE;
    // Negated as a natural, because the smallest integer has no positive counterpart.
    *ret = (int64_t)(negative ? -value : value);
    return NUMBER_OK;
}

// The common spelling, "-12.345": up to 2^53 both the digits and a power of ten up to 10^22 are
// exact doubles, and their quotient is then rounded once, so it is the nearest double.
static bool read_plain(const char *text, const char *end, double *ret)
{
    static_assert(FLT_EVAL_METHOD == 0, "a quotient of doubles must be rounded once");
    static const double powers[] = {1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                    1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
    bool negative = text < end && *text == '-';
    const char *point = NULL;
    uint64_t digits = 0;
    text += negative;
    // 15 digits are below 2^53; one byte may be the point.
    if (text == end || end - text > 16)
        return false;
    const char *start = text;
    for (; text < end; text++) {
        unsigned digit = (unsigned)(unsigned char)*text - '0';
        if (digit <= 9)
            digits = 10 * digits + digit;
        else if (*text == '.' && !point)
            point = text;
        else
            return false;
    }
    if (end - start - (point != NULL) > 15 || end - start - (point != NULL) == 0)
        return false;
    double value = (double)digits / powers[point ? end - point - 1 : 0];
    *ret = negative ? -value : value;
    return true;
}

// Skips digits. An underscore is among them where it has a digit on both sides; `after_digit` says
// that what stands before `text` counts as one.
static const char *skip_digits(const char *text, const char *end, bool hex, bool after_digit)
{
    for (; text < end; text++) {
        bool gap = *text == '_' && after_digit && text + 1 < end && is_digit(text[1], hex);
        if (!gap && !is_digit(*text, hex))
            break;
        after_digit = !gap;
    }
    return text;
}

static bool is_real(const char *text, const char *end)
{
    text += text < end && *text == '-';
    bool hex = end - text > 2 && text[0] == '0' && (text[1] | 0x20) == 'x';
    text += hex ? 2 : 0;
    const char *after = skip_digits(text, end, hex, hex);
    bool has_digits = after > text;
    if (after < end && *after == '.') {
        text = after + 1;
        after = skip_digits(text, end, hex, false);
        has_digits = has_digits || after > text;
    }
    if (!has_digits)
        return false;
    if (after == end || (*after | 0x20) != (hex ? 'p' : 'e'))
        return after == end && !hex;
    text = after + 1;
    text += text < end && (*text == '+' || *text == '-');
    after = skip_digits(text, end, false, false);
    return after > text && after == end;
}

enum number_status number_real(const char *text, size_t length, double *ret)
{
    if (read_plain(text, text + length, ret))
        return NUMBER_OK;
    if (!is_real(text, text + length))
        return NUMBER_SYNTAX;
    char local[500], *copy = length < sizeof local ? local : malloc(length + 1);
    if (!copy)
        return NUMBER_RANGE;
    size_t n = 0;
    for (size_t i = 0; i < length; i++)
        if (text[i] != '_')
            copy[n++] = text[i];
    copy[n] = '\0';
    double value = strtod(copy, NULL);
    if (copy != local)
        free(copy);
    if (!isfinite(value))
        return NUMBER_RANGE;
    *ret = value;
    return NUMBER_OK;
}
