// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/linetext.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static void assert_name(enum linetext_kind kind, const char *text, const char *name,
                        const char *rest)
{
    char copy[100], *next = copy;
    size_t length = 0;
    strcpy(copy, text);
    assert_true(linetext_read_name(&next, copy + strlen(text), kind, &length));
    assert_int_equal(length, strlen(name));
    assert_memory_equal(copy, name, length);
    assert_string_equal(next, rest);
}

static void test_names_end_where_their_kind_says(void **state)
{
    (void)state;
    assert_name(LINETEXT_MEASUREMENT, "cpu=load,a=b", "cpu=load", ",a=b");
    assert_name(LINETEXT_MEASUREMENT, "m f=1", "m", " f=1");
    assert_name(LINETEXT_KEY, "a\"b=c", "a\"b", "=c");
    assert_name(LINETEXT_KEY, "yên\x01", "yên", "\x01");
    assert_name(LINETEXT_KEY, "a\x7f", "a", "\x7f");
    assert_name(LINETEXT_KEY, "a\tb", "a", "\tb");
    assert_name(LINETEXT_KEY, "whole", "whole", "");
    assert_name(LINETEXT_KEY, "=", "", "=");
}

static void test_escapes_of_names(void **state)
{
    (void)state;
    assert_name(LINETEXT_MEASUREMENT, "a\\,b\\ c\\=d,", "a,b c\\=d", ",");
    assert_name(LINETEXT_KEY, "a\\,b\\ c\\=d=", "a,b c=d", "=");
    assert_name(LINETEXT_KEY, "a\\\\,b=", "a\\,b", "=");
    assert_name(LINETEXT_KEY, "\\\\\\ x", "\\\\ x", "");
    assert_name(LINETEXT_KEY, "a\\t\\n\\\"", "a\\t\\n\\\"", "");
    assert_name(LINETEXT_KEY, "end\\", "end\\", "");
    assert_name(LINETEXT_KEY, "x\\\n", "x\\", "\n");
}

static void test_names_must_be_utf8(void **state)
{
    (void)state;
    static const char *const texts[] = {"bad\xff=", "bad\\,\xc3=", "\xed\xa0\x80"};
    for (size_t i = 0; i < 3; i++) {
        char copy[20], *next = copy;
        size_t length;
        strcpy(copy, texts[i]);
        assert_false(linetext_read_name(&next, copy + strlen(copy), LINETEXT_KEY, &length));
    }
}

static void assert_string(const char *text, size_t text_length, const char *expected, size_t length,
                          size_t newlines)
{
    char copy[100], *next = copy;
    size_t n = 0, lines = 99;
    memcpy(copy, text, text_length);
    assert_int_equal(linetext_read_string(&next, copy + text_length, &n, &lines), LINETEXT_STRING);
    assert_int_equal(n, length);
    assert_memory_equal(copy, expected, length);
    assert_int_equal(lines, newlines);
    assert_ptr_equal(next, copy + text_length);
}

static void test_strings(void **state)
{
    (void)state;
    assert_string("\"", 1, "", 0, 0);
    assert_string("a, b=c\"", 7, "a, b=c", 6, 0);
    assert_string("a\nb\r\nc\"", 7, "a\nb\r\nc", 6, 2);
    assert_string("\\n\\r\\t\\\"\\\\\"", 11, "\n\r\t\"\\", 5, 0);
    assert_string("\\v\\,\\ \"", 7, "\\v\\,\\ ", 6, 0);
    assert_string("a\0b\x01\"", 5, "a\0b\x01", 4, 0);
    assert_string("\\\0\"", 3, "\\\0", 2, 0);
    assert_string("\\\n\"", 3, "\\\n", 2, 1);
}

static void test_an_open_string_is_left_as_it_was(void **state)
{
    (void)state;
    static const char *const texts[] = {"", "abc", "a\\\"b\\n", "x\\"};
    for (size_t i = 0; i < 4; i++) {
        char copy[20], *next = copy;
        size_t length, newlines;
        strcpy(copy, texts[i]);
        assert_int_equal(linetext_read_string(&next, copy + strlen(copy), &length, &newlines),
                         LINETEXT_OPEN);
        assert_ptr_equal(next, copy);
        assert_string_equal(copy, texts[i]);
    }
    char bad[] = "\\\"\xc3\"", *next = bad;
    size_t length, newlines;
    assert_int_equal(linetext_read_string(&next, bad + 4, &length, &newlines), LINETEXT_NOT_UTF8);
}

static void test_names_that_can_be_written(void **state)
{
    (void)state;
    assert_true(linetext_is_name("Quang Châu mở rộng", strlen("Quang Châu mở rộng")));
    assert_true(linetext_is_name("a\\b", 3));
    assert_false(linetext_is_name("", 0));
    assert_false(linetext_is_name("a\\", 2));
    assert_false(linetext_is_name("a\nb", 3));
    assert_false(linetext_is_name("a\0b", 3));
    assert_false(linetext_is_name("\x7f", 1));
    assert_false(linetext_is_name("\xff", 1));
}

static void test_writing(void **state)
{
    (void)state;
    struct buffer out;
    buffer_init(&out, 1000);
    linetext_write_name(&out, "a=b, c\\", 7, LINETEXT_MEASUREMENT);
    assert_string_equal(out.data, "a=b\\,\\ c\\");
    buffer_clear(&out);
    linetext_write_name(&out, "a=b, c", 6, LINETEXT_KEY);
    assert_string_equal(out.data, "a\\=b\\,\\ c");
    buffer_clear(&out);
    linetext_write_string(&out, "1\n2\r3\t4\"5\\6\0", 12);
    assert_int_equal(out.length, 19);
    assert_memory_equal(out.data, "\"1\\n2\\r3\\t4\\\"5\\\\6\0\"", 19);
    buffer_done(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names_end_where_their_kind_says),
        cmocka_unit_test(test_escapes_of_names),
        cmocka_unit_test(test_names_must_be_utf8),
        cmocka_unit_test(test_strings),
        cmocka_unit_test(test_an_open_string_is_left_as_it_was),
        cmocka_unit_test(test_names_that_can_be_written),
        cmocka_unit_test(test_writing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
