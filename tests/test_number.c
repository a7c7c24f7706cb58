// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/number.h"

#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static enum number_status read_real(const char *text, double *ret)
{
    // A copy without a NUL behind it, so that a read beyond the end is seen.
    size_t length = strlen(text);
    char *exact = malloc(length ? length : 1);
    memcpy(exact, text, length);
    enum number_status status = number_real(exact, length, ret);
    free(exact);
    return status;
}

static void assert_real(const char *text, double expected)
{
    double value = -77;
    if (read_real(text, &value) != NUMBER_OK || value != expected ||
        signbit(value) != signbit(expected))
        fail_msg("%s read as %.17g instead of %.17g", text, value, expected);
}

static void assert_no_real(const char *text, enum number_status expected)
{
    double value = 2.385;
    enum number_status status = read_real(text, &value);
    if (status != expected || value != 2.385)
        fail_msg("'%s' gave status %d and %.17g", text, status, value);
}

static void test_plain_reals(void **state)
{
    (void)state;
    assert_real("12.345", 12.345);
    assert_real("-0.07", -0.07);
    assert_real("7.", 7);
    assert_real(".5", .5);
    assert_real("-.5", -.5);
    assert_real("-0", -0.0);
    assert_real("0009", 9);
    assert_real("999999999999999", 999999999999999);
    assert_real("0.99999999999999", 0.99999999999999);
    assert_real(".123456789012345", .123456789012345);
}

static void test_long_and_scaled_reals(void **state)
{
    (void)state;
    assert_real("9007199254740993", 9007199254740992);
    assert_real("9007199254740993.0000000000000000001", 9007199254740994);
    assert_real("1e23", 1e23);
    assert_real("6.632243E+06", 6632243);
    assert_real("-1.7976931348623158e308", -DBL_MAX);
    assert_real("2.2250738585072011e-308", 2.2250738585072011e-308);
    assert_real("5e-324", 5e-324);
    assert_real("2e-324", 0);
    assert_real("-1e-400000", -0.0);
    assert_real("0e99999999999999999999", 0);
}

static void test_hexadecimal_and_underscores(void **state)
{
    (void)state;
    assert_real("0x1.8p3", 12);
    assert_real("-0X.8P+1", -1);
    assert_real("0x_1fp0", 31);
    assert_real("0x1_e.p-1", 15);
    assert_real("1_23.50_0_0e+1_2", 1.235e14);
    assert_real("1_0", 10);
}

static void test_reals_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",        "-",      ".",      "-.",    "+1",      "--1",    "1.2.3", "1e",    "1e+",
        "e5",      "1x",     " 1",     "1 ",    "1,5",     "inf",    "-inf",  "nan",   "-nan",
        "0x",      "0x1",    "0x.p1",  "0x1p",  "0x1p+",   "0xg.p1", "1p3",   "0x1e2", "_1",
        "1_",      "1__0",   "1_.5",   "1._5",  "1_e5",    "1e_5",   "1e5_",  "-_1",   "0_x1p1",
        "0x__1p1", "0x1_p1", "0x1p_1", "1e5.0", "1.5e5e5", "1i",     "12.5.", "0b1",   "infinity",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        assert_no_real(texts[i], NUMBER_SYNTAX);
    double value;
    assert_int_equal(number_real("1\0", 2, &value), NUMBER_SYNTAX);
    assert_no_real("1e309", NUMBER_RANGE);
    assert_no_real("-1.7976931348623159e308", NUMBER_RANGE);
    assert_no_real("0x1p1024", NUMBER_RANGE);
    assert_no_real("1e99999999999999999999", NUMBER_RANGE);
}

static void test_a_very_long_real(void **state)
{
    (void)state;
    static char text[6001];
    memset(text, '3', 6000);
    text[1] = '.';
    assert_real(text, 3.3333333333333335);
    text[1] = '3';
    assert_no_real(text, NUMBER_RANGE);
    text[5999] = '_';
    assert_no_real(text, NUMBER_SYNTAX);
}

// Every double, printed in 17 digits or in as few as suffice, must come back.
static void test_random_reals_against_strtod(void **state)
{
    (void)state;
    unsigned seed = 20240312;
    print_message("# seed %u\n", seed);
    srandom(seed);
    for (int i = 0; i < 200000; i++) {
        uint64_t bits = (uint64_t)random() << 42 ^ (uint64_t)random() << 21 ^ (uint64_t)random();
        double value;
        char text[64];
        memcpy(&value, &bits, sizeof value);
        if (!isfinite(value))
            continue;
        if (i % 2)
            value = (double)(random() % 100000000) / 1000;
        snprintf(text, sizeof text, i % 4 ? "%.*g" : "%.*e", (int)(1 + random() % 17), value);
        double expected = strtod(text, NULL);
        if (isfinite(expected))
            assert_real(text, expected);
    }
}

static void assert_integer(const char *text, int64_t expected)
{
    int64_t value = 77;
    assert_int_equal(number_integer(text, strlen(text), &value), NUMBER_OK);
    assert_true(value == expected);
}

static enum number_status integer_status(const char *text)
{
    int64_t value = 77;
    enum number_status status = number_integer(text, strlen(text), &value);
    assert_true(value == 77);
    return status;
}

static void test_integers(void **state)
{
    (void)state;
    assert_integer("0", 0);
    assert_integer("-0", 0);
    assert_integer("0009223372036854775807", INT64_MAX);
    assert_integer("-0009223372036854775808", INT64_MIN);
    assert_integer("1700000000000000001", 1700000000000000001);
    assert_int_equal(integer_status("9223372036854775808"), NUMBER_RANGE);
    assert_int_equal(integer_status("-9223372036854775809"), NUMBER_RANGE);
    assert_int_equal(integer_status("-92233720368547758078"), NUMBER_RANGE);
    static const char *const texts[] = {"",    "-",   "--1", "+1",  "1-",
                                        "1_0", "0x1", "1.0", "1e3", "a"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        assert_int_equal(integer_status(texts[i]), NUMBER_SYNTAX);
    assert_int_equal(integer_status("99999999999999999999x"), NUMBER_SYNTAX);
}

static void test_naturals(void **state)
{
    (void)state;
    uint64_t value = 77;
    assert_int_equal(number_natural("00018446744073709551615", 23, &value), NUMBER_OK);
    assert_true(value == UINT64_MAX);
    assert_int_equal(number_natural("18446744073709551616", 20, &value), NUMBER_RANGE);
    assert_int_equal(number_natural("99999999999999999999999", 23, &value), NUMBER_RANGE);
    assert_int_equal(number_natural("-1", 2, &value), NUMBER_SYNTAX);
    assert_int_equal(number_natural("", 0, &value), NUMBER_SYNTAX);
    assert_true(value == UINT64_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain_reals),
        cmocka_unit_test(test_long_and_scaled_reals),
        cmocka_unit_test(test_hexadecimal_and_underscores),
        cmocka_unit_test(test_reals_refused),
        cmocka_unit_test(test_a_very_long_real),
        cmocka_unit_test(test_random_reals_against_strtod),
        cmocka_unit_test(test_integers),
        cmocka_unit_test(test_naturals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
