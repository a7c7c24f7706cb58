// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "daemon/prose.h"

static const struct prose_gap gaps[] = {
    {"zone", "Yên Lư"}, {"day", NULL}, {"hours", "13–16 giờ"}, {"sure", ""}, {"mw", "5 MW"}};
enum { GAPS = sizeof gaps / sizeof *gaps };

static void fills(const char *pattern, const char *expected)
{
    char text[100] = "before";
    bool filled = prose_fill(pattern, GAPS, gaps, sizeof text, text);
    assert_int_equal(filled, *expected != '\0');
    assert_string_equal(text, expected);
}

static void fills_what_is_known(void **state)
{
    (void)state;
    fills("{zone}: {mw}.", "Yên Lư: 5 MW.");
    fills("{zone}[ on {day}][, {hours}].", "Yên Lư, 13–16 giờ.");
    fills("{zone}[, {hours}[ on {day}]].", "Yên Lư, 13–16 giờ.");
    fills("{zone}[ on {day}[, {hours}]].", "Yên Lư.");
    fills("{zone} on {day}.", "");
    fills("{sure}{zone}[{sure} (sure)].", "Yên Lư (sure).");
    fills("[{day}]", "");
}

static void holds_to_its_room(void **state)
{
    (void)state;
    char text[12] = "";
    assert_true(prose_fill("{mw} and {mw}", GAPS, gaps, 14, (char[14]){0}));
    assert_false(prose_fill("{mw} and {mw}.", GAPS, gaps, 14, (char[14]){0}));
    assert_true(prose_add(" ", "One.", sizeof text, text));
    assert_true(prose_add(" ", "Three.", sizeof text, text));
    assert_string_equal(text, "One. Three.");
    assert_false(prose_add(" ", "", sizeof text, text));
    assert_string_equal(text, "One. Three.");
}

static void quotes(const char *text, size_t characters, const char *expected)
{
    char quoted[200] = "before";
    assert_int_equal(prose_quote(text, characters, sizeof quoted, quoted), *expected != '\0');
    assert_string_equal(quoted, expected);
}

static void quotes_what_others_write(void **state)
{
    (void)state;
    quotes("  a \r\n b\t, c .\n", 99, "a b, c");
    quotes("tre\xcc\x82n", 99, "trên");
    quotes("a\xff\x01"
           "b",
           99, "a??b");
    quotes("Nguyễn Văn An", 10, "Nguyễn Vă…");
    quotes("Nguyễn, Văn", 8, "Nguyễn…");
    quotes("Nguyễn", 6, "Nguyễn");
    quotes(" ... \n", 99, "");
    quotes("", 99, "");
    char small[4];
    assert_false(prose_quote("ệa", 9, sizeof small, small));
    assert_string_equal(small, "");
    assert_int_equal(prose_characters("Yên Lư"), 6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fills_what_is_known),
        cmocka_unit_test(holds_to_its_room),
        cmocka_unit_test(quotes_what_others_write),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
