// SPDX-License-Identifier: GPL-3.0-or-later
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "daemon/lineproto.h"

static struct lineproto_point point;

static struct lineproto_text text(const char *string)
{
    return (struct lineproto_text){string, strlen(string)};
}

static void add_tag(const char *key, const char *value)
{
    point.tags[point.n_tags++] = (struct lineproto_tag){text(key), text(value)};
}

static struct lineproto_field *add_field(const char *key, enum lineproto_type type, double real)
{
    point.fields[point.n_fields] =
        (struct lineproto_field){.key = text(key), .type = type, .real = real};
    return &point.fields[point.n_fields++];
}

static int begin(void **state)
{
    (void)state;
    point = (struct lineproto_point){.measurement = text("m"), .has_time = true, .time_ns = 7};
    return 0;
}

// `expected` "" where the point cannot be written.
static void assert_relayed(size_t line_bytes, bool no_naturals, const char *expected)
{
    const struct lineproto_limits limits = {line_bytes, no_naturals};
    struct buffer out;
    buffer_init(&out, 1 << 20);
    buffer_text(&out, "before\n");
    assert_int_equal(lineproto_relay(&out, &point, &limits), *expected != '\0');
    assert_string_equal(out.data + strlen("before\n"), expected);
    assert_memory_equal(out.data, "before\n", strlen("before\n"));
    buffer_done(&out);
}

static void test_without_limits_it_is_the_canonical_form(void **state)
{
    (void)state;
    add_tag("a", "x y");
    add_tag("b", "2");
    add_field("f", LINEPROTO_FLOAT, 1);
    add_field("u", LINEPROTO_UINT, 3)->natural = 3;
    assert_relayed(0, false, "m,a=x\\ y,b=2 f=1.0,u=3u 7\n");
}

static void test_naturals_become_integers(void **state)
{
    (void)state;
    add_field("u", LINEPROTO_UINT, 3)->natural = 3;
    add_field("v", LINEPROTO_UINT, 0x1p64)->natural = UINT64_MAX;
    assert_relayed(0, true, "m u=3i,v=9223372036854775807i 7\n");
}

static void test_names_are_mended(void **state)
{
    (void)state;
    point.measurement = text("m\n\\\\");
    add_tag("", "no key");
    add_tag("\\", "no key left");
    add_tag("a\t\r\fb", "C:\\");
    add_tag("c", "");
    add_field("", LINEPROTO_FLOAT, 1);
    add_field("f\\", LINEPROTO_FLOAT, 2);
    assert_relayed(0, false, "m\\n,a\\t\\r\\fb=C: f=2.0 7\n");
}

static void test_tags_stay_sorted_and_single(void **state)
{
    (void)state;
    add_tag("a", "1");
    add_tag("a!", "2");
    add_tag("a\\", "3");
    add_tag("b\\", "4");
    add_tag("b\\\\", "5");
    add_field("f", LINEPROTO_FLOAT, 1);
    assert_relayed(0, false, "m,a=1,a!=2,b=4 f=1.0 7\n");
    point.tags[0] = (struct lineproto_tag){text("A"), text("0")};
    assert_relayed(0, false, "m,A=0,a=3,a!=2,b=4 f=1.0 7\n");
}

static void test_long_lines_are_split(void **state)
{
    (void)state;
    add_tag("t", "x");
    for (int i = 0; i < 5; i++)
        add_field((const char *[]){"a", "b", "c", "d", "e"}[i], LINEPROTO_FLOAT, i + 1);
    add_field("nan", LINEPROTO_FLOAT, (double)NAN);
    const char *whole = "m,t=x a=1.0,b=2.0,c=3.0,d=4.0,e=5.0 7\n";
    const char *halves = "m,t=x a=1.0,b=2.0,c=3.0,d=4.0 7\nm,t=x e=5.0 7\n";
    assert_relayed(strlen(whole), false, whole);
    assert_relayed(strlen(whole) - 1, false, halves);
    assert_relayed(strlen("m,t=x a=1.0,b=2.0 7\n"), false,
                   "m,t=x a=1.0,b=2.0 7\nm,t=x c=3.0,d=4.0 7\nm,t=x e=5.0 7\n");
    assert_relayed(strlen("m,t=x a=1.0 7\n"), false,
                   "m,t=x a=1.0 7\nm,t=x b=2.0 7\nm,t=x c=3.0 7\nm,t=x d=4.0 7\nm,t=x e=5.0 7\n");
    assert_relayed(strlen("m,t=x a=1.0 7\n") - 1, false, "");
}

// A field too long for any line costs the point, and leaves no half of it.
static void test_what_cannot_be_written_leaves_nothing(void **state)
{
    (void)state;
    add_field("a", LINEPROTO_FLOAT, 1);
    add_field("long", LINEPROTO_STRING, (double)NAN)->string = text("0123456789012345678901234");
    assert_relayed(20, false, "");
    point.fields[1].string = text("\xff");
    assert_relayed(0, false, "");
    point.n_fields = 0;
    assert_relayed(0, false, "");
    add_field("f", LINEPROTO_FLOAT, (double)NAN);
    assert_relayed(0, false, "");
    assert_relayed(100, false, "");
    point.fields[0].real = 1;
    point.measurement = text("#m");
    assert_relayed(0, false, "");
    point.measurement = text("\\");
    assert_relayed(0, false, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_without_limits_it_is_the_canonical_form, begin),
        cmocka_unit_test_setup(test_naturals_become_integers, begin),
        cmocka_unit_test_setup(test_names_are_mended, begin),
        cmocka_unit_test_setup(test_tags_stay_sorted_and_single, begin),
        cmocka_unit_test_setup(test_long_lines_are_split, begin),
        cmocka_unit_test_setup(test_what_cannot_be_written_leaves_nothing, begin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
