// SPDX-License-Identifier: GPL-3.0-or-later
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "config/text.h"

static void writes_reals(void **state)
{
    (void)state;
    static const struct {
        double value;
        const char *text;
    } cases[] = {
        {1, "1.0"},
        {0.5, "0.5"},
        {1e300, "1e+300"},
        {-2.385, "-2.385"},
        {0, "0.0"},
        {-0.0, "-0.0"},
        {0.1 + 0.2, "0.30000000000000004"},
        {151.471, "151.471"},
        {1e-9, "1e-09"},
        {0.0001, "0.0001"},
        {100.05, "100.05"},
        {1e15, "1e+15"},
        {999999999999999, "999999999999999.0"},
        {1.0 / 3, "0.3333333333333333"},
        {9007199254740993.0, "9007199254740992.0"},
        {5e-324, "5e-324"},
        {12.000000001, "12.000000001"},
        {-1.7976931348623157e308, "-1.7976931348623157e+308"},
        {123456.7, "123456.7"},
        // Powers of two, where the nearest decimal of 16 digits is the double below's.
        {0x1p-44, "5.684341886080802e-14"},
        {-0x1p-44, "-5.684341886080802e-14"},
        {0x1p-1022, "2.2250738585072014e-308"},
        {0x1p-24, "5.960464477539063e-08"},
        {9007199254740991.0, "9007199254740991.0"},
        {0x1p89, "6.189700196426902e+26"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[TEXT_REAL_LEN];
        text_write_real(cases[i].value, text);
        assert_string_equal(text, cases[i].text);
    }
}

static void writes_integers(void **state)
{
    (void)state;
    static const struct {
        int64_t value;
        const char *text;
    } cases[] = {{0, "0"},
                 {7, "7"},
                 {-10, "-10"},
                 {1700000000000000001, "1700000000000000001"},
                 {INT64_MAX, "9223372036854775807"},
                 {INT64_MIN, "-9223372036854775808"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[TEXT_INTEGER_LEN];
        text_write_integer(cases[i].value, text);
        assert_string_equal(text, cases[i].text);
    }
}

static uint64_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

// Any finite double comes back bit by bit, and no shorter printing would have done it.
static void reals_make_the_round_trip(void **state)
{
    (void)state;
    uint64_t seed = 0x2385;
    print_message("seed %#llx\n", (unsigned long long)seed);
    for (int i = 0; i < 200000; i++) {
        const uint64_t bits = next_random(&seed);
        double value, back = (double)NAN;
        if (i % 2)
            memcpy(&value, &bits, sizeof value);
        else
            value = (double)(bits % 4000000) / 1000;
        if (!isfinite(value))
            continue;
        char text[TEXT_REAL_LEN], shorter[400];
        text_write_real(value, text);
        assert_true(text_real(text, &back));
        if (memcmp(&value, &back, sizeof value) != 0)
            fail_msg("%.17g was written as %s and read as %.17g", value, text, back);
        size_t digits = 0, zeros = 0;
        for (const char *p = text + strspn(text, "-0."); *p && *p != 'e'; p++) {
            digits += *p != '.';
            zeros = *p == '0' ? zeros + 1 : *p == '.' ? zeros : 0;
        }
        digits -= zeros;
        if (digits > 15) {
            snprintf(shorter, sizeof shorter, "%.*g", (int)digits - 1, value);
            assert_true(strtod(shorter, NULL) != value);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_reals),
        cmocka_unit_test(writes_integers),
        cmocka_unit_test(reals_make_the_round_trip),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
