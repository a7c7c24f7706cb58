// SPDX-License-Identifier: GPL-3.0-or-later
// Numbers as text.
#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

static char *write_fixed(char *p, uint64_t value, int digits)
{
    for (int i = digits; i-- > 0; value /= 10)
        p[i] = (char)('0' + value % 10);
    return p + digits;
}

static char *write_whole(char *p, uint64_t value)
{
    int digits = 1;
    for (uint64_t rest = value; rest >= 10; rest /= 10)
        digits++;
    return write_fixed(p, value, digits);
}

void text_write_integer(int64_t value, char ret[static TEXT_INTEGER_LEN])
{
    char *p = ret;
    if (value < 0)
        *p++ = '-';
    // Negated as a natural, because the smallest integer has no positive counterpart.
    *write_whole(p, value < 0 ? -(uint64_t)value : (uint64_t)value) = '\0';
}

static const double powers_of_ten[] = {1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9};

// A value with at most nine decimals and fifteen digits in all, as nearly every reading is: found
// by exact arithmetic, far cheaper than by printing. False where it is not such a value.
static bool write_short(double value, char *ret)
{
    const double size = fabs(value);
    if (size >= 1e15 || (size < 1e-4 && size > 0))
        return false;
    for (int decimals = 0; decimals <= 9; decimals++) {
        const double scaled = size * powers_of_ten[decimals];
        if (scaled >= 1e15)
            return false;
        const int64_t digits = (int64_t)(scaled + 0.5);
        if ((double)digits / powers_of_ten[decimals] == size) {
            const int64_t one = (int64_t)powers_of_ten[decimals];
            *ret = '-';
            char *p = write_whole(ret + signbit(value), (uint64_t)(digits / one));
            *p++ = '.';
            *write_fixed(p, (uint64_t)(digits % one), decimals > 0 ? decimals : 1) = '\0';
            return true;
        }
    }
    return false;
}

// True where so many digits are enough. Below a power of two doubles are twice as dense as above:
// the nearest decimal may then be another double's, and one a little above still be this one's.
static bool write_digits(double value, int digits, char *ret)
{
    snprintf(ret, TEXT_REAL_LEN, "%.*g", digits, value);
    if (strtod(ret, NULL) == value)
        return true;
    int exponent;
    if (fabs(frexp(value, &exponent)) != 0.5)
        return false;
    const long double gap = (long double)nextafter(value, 2 * value) - (long double)value;
    snprintf(ret, TEXT_REAL_LEN, "%.*Lg", digits, (long double)value + gap / 8);
    return strtod(ret, NULL) == value;
}

void text_write_real(double value, char ret[static TEXT_REAL_LEN])
{
    assert(isfinite(value));
    if (write_short(value, ret))
        return;
    // Fifteen digits are always enough for a decimal that has no more; only a subnormal number can
    // do with fewer than its fifteen say.
    int digits = fpclassify(value) == FP_SUBNORMAL ? 1 : 15;
    while (!write_digits(value, digits, ret))
        digits++;
    if (!strpbrk(ret, ".e"))
        memcpy(ret + strlen(ret), ".0", sizeof ".0");
}
