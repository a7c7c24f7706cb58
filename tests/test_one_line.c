// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>

#include "daemon/one_line.h"

static void expect(const char *text, const char *wanted)
{
    char *line = one_line(text);
    assert_non_null(line);
    assert_string_equal(line, wanted);
    free(line);
}

static void leaves_what_is_one_line(void **state)
{
    (void)state;
    expect("", "");
    expect(NULL, "");
    expect("Yen Lu, 7.1 MW", "Yen Lu, 7.1 MW");
    expect("Yên Lư: khẩn cấp", "Yên Lư: khẩn cấp");
}

static void mends_the_rest(void **state)
{
    (void)state;
    expect("a\nb\tc\r\x7f", "a b c  ");
    expect("Ye\u0302n Lu\u031b", "Yên Lư");
    expect("a\xff"
           "b\xe1\xba",
           "a?b??");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(leaves_what_is_one_line),
        cmocka_unit_test(mends_the_rest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
