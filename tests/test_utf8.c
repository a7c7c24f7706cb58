// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

static bool valid(const char *text)
{
    return utf8_valid(text, strlen(text));
}

static void test_valid(void **state)
{
    (void)state;
    assert_true(valid(""));
    assert_true(valid("Khu công nghiệp Yên Lư"));
    assert_true(valid("\x7f\xc2\x80\xdf\xbf"));
    assert_true(valid("\xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80\xef\xbf\xbf"));
    assert_true(valid("\xf0\x90\x80\x80\xf4\x8f\xbf\xbf"));
    assert_true(utf8_valid("a\0b", 3));
}

static void test_invalid(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "\x80",             // a continuation alone
        "a\xbf",            //
        "\xc0\x80",         // longer than need be
        "\xc1\xbf",         //
        "\xe0\x9f\xbf",     //
        "\xf0\x8f\xbf\xbf", //
        "\xed\xa0\x80",     // surrogates
        "\xed\xbf\xbf",     //
        "\xf4\x90\x80\x80", // beyond U+10FFFF
        "\xf5\x80\x80\x80", //
        "\xff",             //
        "\xc3",             // cut
        "\xe1\x80",         //
        "\xf1\x80\x80",     //
        "\xc3(",            // broken off
        "\xe1\x80(",        //
        "\xf1\x80\x80(",    //
        "\xf1\x80(\x80",    //
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (valid(texts[i]))
            fail_msg("text %zu passed", i);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_valid),
        cmocka_unit_test(test_invalid),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
