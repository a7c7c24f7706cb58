// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/buffer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static void test_appends_are_kept_in_order(void **state)
{
    (void)state;
    struct buffer buffer;
    buffer_init(&buffer, 1000);
    assert_null(buffer.data);
    buffer_text(&buffer, "mw=");
    buffer_printf(&buffer, "%.3f of %d", 2.385, -17);
    buffer_append(&buffer, "\0x", 2);
    assert_false(buffer.failed);
    assert_int_equal(buffer.length, 17);
    assert_memory_equal(buffer.data, "mw=2.385 of -17\0x", 18);
    buffer_done(&buffer);
    assert_null(buffer.data);
    buffer_done(&buffer);
}

static void test_growth_keeps_what_was_there(void **state)
{
    (void)state;
    struct buffer buffer;
    buffer_init(&buffer, 1 << 20);
    char expected[8];
    for (int i = 0; i < 20000; i++)
        buffer_printf(&buffer, "%07d", i);
    assert_int_equal(buffer.length, 140000);
    for (int i = 0; i < 20000; i++) {
        snprintf(expected, sizeof expected, "%07d", i);
        assert_memory_equal(buffer.data + (size_t)i * 7, expected, 7);
    }
    buffer_done(&buffer);
}

static void test_ceiling_is_exact(void **state)
{
    (void)state;
    struct buffer buffer;
    buffer_init(&buffer, 5);
    buffer_text(&buffer, "abc");
    buffer_text(&buffer, "de");
    assert_false(buffer.failed);
    assert_string_equal(buffer.data, "abcde");
    buffer_printf(&buffer, "%c", 'f');
    assert_true(buffer.failed);
    assert_int_equal(buffer.length, 0);
    buffer_done(&buffer);
}

static void test_failure_lasts_until_cleared(void **state)
{
    (void)state;
    struct buffer buffer;
    buffer_init(&buffer, 4);
    buffer_text(&buffer, "12345");
    buffer_text(&buffer, "1");
    buffer_printf(&buffer, "%d", 1);
    size_t length = 77;
    assert_true(buffer.failed);
    assert_int_equal(buffer.length, 0);
    assert_null(buffer_take(&buffer, &length));
    assert_int_equal(length, 77);
    buffer_clear(&buffer);
    buffer_text(&buffer, "1234");
    assert_false(buffer.failed);
    assert_string_equal(buffer.data, "1234");
    buffer_done(&buffer);
}

static void test_absurd_lengths_fail_without_overflow(void **state)
{
    (void)state;
    struct buffer buffer;
    buffer_init(&buffer, SIZE_MAX / 2);
    buffer_text(&buffer, "abc");
    buffer_append(&buffer, "x", SIZE_MAX - 1);
    assert_true(buffer.failed);
    buffer_done(&buffer);
}

static void test_clear_keeps_the_memory(void **state)
{
    (void)state;
    struct buffer buffer;
    buffer_init(&buffer, 100);
    buffer_clear(&buffer);
    assert_null(buffer.data);
    buffer_text(&buffer, "first");
    size_t capacity = buffer.capacity;
    buffer_clear(&buffer);
    assert_int_equal(buffer.capacity, capacity);
    assert_string_equal(buffer.data, "");
    buffer_done(&buffer);
}

static void test_truncate_cuts_only_backwards(void **state)
{
    (void)state;
    struct buffer buffer;
    buffer_init(&buffer, 100);
    buffer_truncate(&buffer, 0);
    buffer_text(&buffer, "load,zone=a");
    buffer_truncate(&buffer, 4);
    assert_string_equal(buffer.data, "load");
    buffer_truncate(&buffer, 9);
    assert_int_equal(buffer.length, 4);
    buffer_done(&buffer);
}

static void test_take_hands_over_and_starts_anew(void **state)
{
    (void)state;
    struct buffer buffer;
    size_t length;
    buffer_init(&buffer, 100);
    buffer_text(&buffer, "mine");
    char *mine = buffer_take(&buffer, &length);
    assert_string_equal(mine, "mine");
    assert_int_equal(length, 4);
    char *empty = buffer_take(&buffer, NULL);
    assert_string_equal(empty, "");
    buffer_text(&buffer, "again");
    assert_string_equal(buffer.data, "again");
    free(mine);
    free(empty);
    buffer_done(&buffer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_appends_are_kept_in_order),
        cmocka_unit_test(test_growth_keeps_what_was_there),
        cmocka_unit_test(test_ceiling_is_exact),
        cmocka_unit_test(test_failure_lasts_until_cleared),
        cmocka_unit_test(test_absurd_lengths_fail_without_overflow),
        cmocka_unit_test(test_clear_keeps_the_memory),
        cmocka_unit_test(test_truncate_cuts_only_backwards),
        cmocka_unit_test(test_take_hands_over_and_starts_anew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
