// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/lineproto.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static struct lineproto_point point;

// Reads a body out of memory of just its size and writes the points back in canonical form; for a
// refused line "LINE:COLUMN: reason".
static char *transcript(const char *body, size_t length, int64_t ns_per_tick)
{
    struct lineproto_reader reader;
    struct buffer out;
    char *copy = malloc(length ? length : 1);
    memcpy(copy, body, length);
    buffer_init(&out, 1 << 20);
    lineproto_reader_init(&reader, copy, length, ns_per_tick);
    for (;;) {
        enum lineproto_status status = lineproto_next(&reader, &point);
        if (status == LINEPROTO_END)
            break;
        buffer_printf(&out, "%lu:", reader.line);
        if (status == LINEPROTO_BAD)
            buffer_printf(&out, "%zu: %s\n", reader.column, reader.error);
        else
            assert_true(lineproto_write(&out, &point));
    }
    free(copy);
    return buffer_take(&out, NULL);
}

static void assert_read(const char *body, const char *expected)
{
    char *got = transcript(body, strlen(body), 1);
    assert_string_equal(got, expected);
    free(got);
}

static void test_values_of_every_type(void **state)
{
    (void)state;
    char body[] = "load,zone=yen-lu mw=2.385,n=-7i,u=18446744073709551615u,ok=T,s=\"a b\" 17\n";
    struct lineproto_reader reader;
    lineproto_reader_init(&reader, body, strlen(body), 1000);
    assert_int_equal(lineproto_next(&reader, &point), LINEPROTO_POINT);
    assert_true(lineproto_equal(point.measurement, "load"));
    assert_false(lineproto_equal(point.measurement, "loa"));
    assert_false(lineproto_equal(point.measurement, "loads"));
    assert_int_equal(point.n_tags, 1);
    assert_true(lineproto_equal(point.tags[0].key, "zone"));
    assert_true(lineproto_equal(point.tags[0].value, "yen-lu"));
    assert_int_equal(point.n_fields, 5);
    assert_true(point.fields[0].type == LINEPROTO_FLOAT && point.fields[0].real == 2.385);
    assert_true(point.fields[1].type == LINEPROTO_INT && point.fields[1].integer == -7);
    assert_true(point.fields[1].real == -7);
    assert_true(point.fields[2].type == LINEPROTO_UINT && point.fields[2].natural == UINT64_MAX);
    assert_true(point.fields[2].real == 0x1p64);
    assert_true(point.fields[3].type == LINEPROTO_BOOL && point.fields[3].boolean);
    assert_true(point.fields[3].real == 1);
    assert_true(point.fields[4].type == LINEPROTO_STRING && isnan(point.fields[4].real));
    assert_true(lineproto_equal(point.fields[4].string, "a b"));
    assert_true(point.has_time && point.time_ns == 17000);
    assert_int_equal(lineproto_next(&reader, &point), LINEPROTO_END);
    assert_int_equal(lineproto_next(&reader, &point), LINEPROTO_END);
}

static void test_canonical_form(void **state)
{
    (void)state;
    assert_read("m,b=2,a=1,ab=3,B=4  y=1.50e1,x=07i,z=F,w=0003u   0042  \n",
                "1:m,B=4,a=1,ab=3,b=2 y=15.0,x=7i,z=false,w=3u 42\n");
    assert_read("m,c=3,b=2,a=1 f=1", "1:m,a=1,b=2,c=3 f=1.0\n");
    assert_read("m a=-0,b=.5,c=1e300,d=100000", "1:m a=-0.0,b=0.5,c=1e+300,d=100000.0\n");
    assert_read("a\\ b\\,c\\=d,k\\=\\ =\\,v f\\,=\"q\\\"\\\\\\n\t\n\" -5",
                "1:a\\ b\\,c\\=d,k\\=\\ =\\,v f\\,=\"q\\\"\\\\\\n\\t\\n\" -5\n");
    assert_read("m a=1,a=2", "1:m a=1.0,a=2.0\n");
}

static void test_lines_blanks_and_comments(void **state)
{
    (void)state;
    assert_read("", "");
    assert_read("\n\r\n   \n# note, with \"anything\" \xff\n  #\r\n\r", "");
    assert_read("m a=1\r\nm a=2 7\r\n\n  m a=3\r", "1:m a=1.0\n2:m a=2.0 7\n4:m a=3.0\n");
    assert_read("m s=\"x\ny\nz\" 1\nm a=2", "1:m s=\"x\\ny\\nz\" 1\n4:m a=2.0\n");
    assert_read("m a=1 \nm a=2   8   ", "1:m a=1.0\n2:m a=2.0 8\n");
}

static void test_every_refusal(void **state)
{
    (void)state;
    assert_read(",a=b f=1", "1:1: the measurement's name is missing\n");
    assert_read("\tm f=1", "1:1: the measurement's name is missing\n");
    assert_read("m\xff f=1", "1:1: not UTF-8\n");
    assert_read("m", "1:2: expected a comma or a blank and the fields\n");
    assert_read("m\tf=1", "1:2: expected a comma or a blank and the fields\n");
    assert_read("m,a=b\x01 f=1", "1:6: expected a comma or a blank and the fields\n");
    assert_read("m,a=b", "1:6: expected a comma or a blank and the fields\n");
    assert_read("m, f=1", "1:3: a tag's name is missing\n");
    assert_read("m,a=b,", "1:7: a tag's name is missing\n");
    assert_read("m,=b f=1", "1:3: a tag's name is missing\n");
    assert_read("m,a f=1", "1:4: expected '=' after a tag's name\n");
    assert_read("m,a= f=1", "1:5: a tag without a value\n");
    assert_read("m,a=b=c f=1", "1:6: expected a comma or a blank and the fields\n");
    assert_read("m,a=\xc3 f=1", "1:5: not UTF-8\n");
    assert_read("m,a=1,a=2 f=1", "1:10: a tag comes twice\n");
    assert_read("m,a=1,b=2,a=2 f=1", "1:14: a tag comes twice\n");
    assert_read("m ", "1:3: a field's name is missing\n");
    assert_read("m =1", "1:3: a field's name is missing\n");
    assert_read("m f=1, g=2", "1:7: a field's name is missing\n");
    assert_read("m f=1,", "1:7: a field's name is missing\n");
    assert_read("m f", "1:4: expected '=' after a field's name\n");
    assert_read("m f g=1", "1:4: expected '=' after a field's name\n");
    assert_read("m f=", "1:5: a field without a value\n");
    assert_read("m f=,g=1", "1:5: a field without a value\n");
    assert_read("m f=1.0i", "1:5: not a number\n");
    assert_read("m f=-1u", "1:5: not a number\n");
    assert_read("m f=1\t", "1:5: not a number\n");
    assert_read("m f=1e999", "1:5: a number out of range\n");
    assert_read("m f=9223372036854775808i", "1:5: a number out of range\n");
    assert_read("m f=NaN", "1:5: neither a number, a boolean nor a string in quotes\n");
    assert_read("m f=tRUE", "1:5: neither a number, a boolean nor a string in quotes\n");
    assert_read("m f=+1", "1:5: neither a number, a boolean nor a string in quotes\n");
    assert_read("m f=\"x\"y", "1:8: expected a comma or a blank after a string\n");
    assert_read("m f=\"x", "1:5: a string that is not closed\n");
    assert_read("m f=\"\xed\xa0\x80\"", "1:5: not UTF-8\n");
    assert_read("m f=1 x", "1:7: the timestamp is not an integer\n");
    assert_read("m f=1 1.5", "1:7: the timestamp is not an integer\n");
    assert_read("m f=1 9223372036854775808", "1:7: the timestamp is out of range\n");
    assert_read("m f=1 1 2", "1:9: text after the timestamp\n");
    assert_read("m f=1 1,", "1:8: text after the timestamp\n");
    assert_read("m f=1\rm g=2", "1:6: the timestamp is not an integer\n");
    assert_read("\rm f=1", "1:1: a carriage return in a line\n");
    assert_read("# a\tb\n", "1:4: a control character in a comment\n");
    assert_read("# a\rb\n", "1:4: a control character in a comment\n");
}

static void test_good_lines_beside_bad_ones_are_kept(void **state)
{
    (void)state;
    assert_read("a f=1\nb f=\nc f=2\n#\x01\nd f=3", "1:a f=1.0\n2:5: a field without a value\n"
                                                    "3:c f=2.0\n4:2: a control character in a "
                                                    "comment\n5:d f=3.0\n");
    assert_read("a s=\"x\ny\",f=bad\nb f=1", "1:13: neither a number, a boolean nor a string in "
                                             "quotes\n3:b f=1.0\n");
    assert_read("a s=\"1\n\xff\" 5\nb f=1", "1:5: not UTF-8\n3:b f=1.0\n");
}

static void test_an_open_string_costs_one_line(void **state)
{
    (void)state;
    assert_read("a f=1\nb,t\\ =1 s=\"open\\n\nc f=2\nd f=3\n",
                "1:a f=1.0\n2:11: a string that is not closed\n3:c f=2.0\n4:d f=3.0\n");
}

static void test_precisions(void **state)
{
    (void)state;
    static const struct {
        int64_t ns_per_tick;
        const char *body, *expected;
    } cases[] = {
        {1, "m f=1 -9223372036854775808", "1:m f=1.0 -9223372036854775808\n"},
        {1000, "m f=1 946730096789012", "1:m f=1.0 946730096789012000\n"},
        {1000000, "m f=1 946730096789", "1:m f=1.0 946730096789000000\n"},
        {1000000000, "m f=1 -9223372036", "1:m f=1.0 -9223372036000000000\n"},
        {1000000000, "m f=1 9223372037", "1:7: the timestamp is out of range\n"},
        {1000, "m f=1 -9223372036854776", "1:7: the timestamp is out of range\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char *got = transcript(cases[i].body, strlen(cases[i].body), cases[i].ns_per_tick);
        assert_string_equal(got, cases[i].expected);
        free(got);
    }
}

// A line with as many pairs as the limit is read; with one more it is refused.
static void assert_limit(int limit, const char *start, const char *rest, const char *error)
{
    for (int n = limit; n <= limit + 1; n++) {
        struct buffer body;
        buffer_init(&body, 1 << 20);
        buffer_text(&body, start);
        for (int i = n; i > 0; i--)
            buffer_printf(&body, "%sk%04d=7", i == n ? "" : ",", i);
        buffer_text(&body, rest);
        char *got = transcript(body.data, body.length, 1);
        assert_int_equal(n == limit, strncmp(got, "1:m", 3) == 0);
        assert_int_equal(n > limit, strstr(got, error) != NULL);
        free(got);
        buffer_done(&body);
    }
}

static void test_limits(void **state)
{
    (void)state;
    assert_limit(LINEPROTO_TAGS_MAX, "m,", " f=1", "more than 256 tags");
    assert_limit(LINEPROTO_FIELDS_MAX, "m ", " 5", "more than 1024 fields");
}

static void test_writer(void **state)
{
    (void)state;
    struct buffer out;
    struct lineproto_writer writer;
    buffer_init(&out, 1000);
    lineproto_begin(&writer, &out, "load forecast");
    lineproto_put_tag(&writer, "zone", "yen-lu");
    lineproto_put_real(&writer, "mean", 2.385);
    lineproto_put_real(&writer, "q05", (double)NAN);
    lineproto_put_real(&writer, "q95", -(double)INFINITY);
    lineproto_put_integer(&writer, "n", -3);
    lineproto_put_string(&writer, "text", "Yên \"Lư\"");
    assert_true(lineproto_end(&writer, 1700000000000000001));
    assert_string_equal(out.data, "load\\ forecast,zone=yen-lu mean=2.385,n=-3i,"
                                  "text=\"Yên \\\"Lư\\\"\" 1700000000000000001\n");
    buffer_done(&out);
}

static void test_keys_of_our_own_are_ascii(void **state)
{
    (void)state;
    struct buffer out;
    struct lineproto_writer writer;
    buffer_init(&out, 1000);
    for (int i = 0; i < 4; i++) {
        lineproto_begin(&writer, &out, "m");
        lineproto_put_tag(&writer, i == 1 ? "tỉnh" : "t", "Bắc Giang");
        lineproto_put_real(&writer, i == 2 ? "điện" : "f", 1);
        lineproto_put_string(&writer, i == 3 ? "chữ" : "s", "chữ");
        assert_int_equal(lineproto_end(&writer, 0), i == 0);
    }
    assert_string_equal(out.data, "m,t=Bắc\\ Giang f=1.0,s=\"chữ\" 0\n");
    buffer_done(&out);
}

static bool write_one(struct buffer *out, const char *measurement, const char *tag,
                      const char *string, double value)
{
    struct lineproto_writer writer;
    lineproto_begin(&writer, out, measurement);
    lineproto_put_tag(&writer, "t", tag);
    lineproto_put_real(&writer, "v", value);
    if (string)
        lineproto_put_string(&writer, "s", string);
    return lineproto_end(&writer, 0);
}

static void test_what_cannot_be_written_disappears(void **state)
{
    (void)state;
    struct buffer out;
    buffer_init(&out, 1000);
    assert_true(write_one(&out, "m", "x", NULL, 1));
    assert_false(write_one(&out, "m", "x", NULL, (double)NAN));
    assert_false(write_one(&out, "m", "", NULL, 1));
    assert_false(write_one(&out, "m", "x\\", NULL, 1));
    assert_false(write_one(&out, "m", "x\n", NULL, 1));
    assert_false(write_one(&out, "", "x", NULL, 1));
    assert_false(write_one(&out, "#m", "x", NULL, 1));
    assert_false(write_one(&out, "m", "x", "\xff", 1));
    assert_false(write_one(&out, "điện", "x", NULL, 1));
    assert_true(write_one(&out, "m", "x", "\x01", 2));
    assert_string_equal(out.data, "m,t=x v=1.0 0\nm,t=x v=2.0,s=\"\x01\" 0\n");
    buffer_done(&out);
    buffer_init(&out, 7);
    assert_false(write_one(&out, "m", "x", NULL, 1));
    assert_true(out.failed);
    buffer_done(&out);
}

// Both spellings of Vietnamese give the same bytes, marks in any order too.
static void test_free_texts_are_composed(void **state)
{
    (void)state;
    struct buffer composed, decomposed;
    buffer_init(&composed, 1000);
    buffer_init(&decomposed, 1000);
    assert_true(
        write_one(&composed, "m", "Y\u00ean L\u01b0", "Vi\u1ec7t H\u00e0n, \u0110\u1ed3i", 1));
    assert_true(write_one(&decomposed, "m", "Ye\u0302n Lu\u031b",
                          "Vie\u0302\u0323t Ha\u0300n, \u0110o\u0302\u0300i", 1));
    assert_string_equal(decomposed.data, composed.data);
    buffer_clear(&decomposed);
    assert_true(write_one(&decomposed, "m", "Ye\u0302n Lu\u031b",
                          "Vie\u0323\u0302t Ha\u0300n, \u0110\u00f4\u0300i", 1));
    assert_string_equal(decomposed.data, composed.data);
    buffer_done(&composed);
    buffer_done(&decomposed);
}

static void test_names_are_ascii(void **state)
{
    (void)state;
    struct buffer out;
    struct lineproto_writer writer;
    buffer_init(&out, 1000);
    assert_false(write_one(&out, "t\u1ea3i", "x", NULL, 1));
    lineproto_begin(&writer, &out, "m");
    lineproto_put_tag(&writer, "t\u1ec9nh", "x");
    lineproto_put_real(&writer, "v", 1);
    assert_false(lineproto_end(&writer, 0));
    lineproto_begin(&writer, &out, "m");
    lineproto_put_real(&writer, "\u0111i\u1ec7n", 1);
    assert_false(lineproto_end(&writer, 0));
    assert_int_equal(out.length, 0);
    buffer_done(&out);
}

static void test_utf8_without_nul(void **state)
{
    (void)state;
    assert_true(lineproto_utf8("Tân Hưng", strlen("Tân Hưng")));
    assert_true(lineproto_utf8(NULL, 0));
    assert_false(lineproto_utf8("a\0b", 3));
    assert_false(lineproto_utf8("\xc3", 1));
}

// Random bytes out of those that matter to the grammar: whatever is accepted, its canonical form is
// accepted, too, and is its own canonical form.
static void test_canonical_form_of_random_bodies(void **state)
{
    (void)state;
    static const char *const pieces[] = {"m",        ",",   "=",  " ",    "\n", "\\", "\"",  "a=1",
                                         "#",        "1i",  "t",  "\r\n", "-",  "1.", "u",   "e5",
                                         "\xc3\xaa", " f=", "\t", ",k=v", "\r", "_",  "\xff"};
    unsigned seed = 20240608, points = 0;
    print_message("# seed %u\n", seed);
    srandom(seed);
    for (int round = 0; round < 100000; round++) {
        char body[200] = "m,a=b f=";
        for (long n = random() % 12; n >= 0; n--)
            strcat(body, pieces[(size_t)random() % (sizeof pieces / sizeof pieces[0])]);
        struct lineproto_reader reader;
        struct buffer out, again;
        buffer_init(&out, 10000);
        buffer_init(&again, 10000);
        buffer_text(&out, "");
        lineproto_reader_init(&reader, body, strlen(body), 1);
        for (enum lineproto_status s; (s = lineproto_next(&reader, &point)) != LINEPROTO_END;)
            if (s == LINEPROTO_POINT)
                points += lineproto_write(&out, &point);
        char *copy = strdup(out.data);
        lineproto_reader_init(&reader, copy, out.length, 1);
        buffer_text(&again, "");
        while (lineproto_next(&reader, &point) == LINEPROTO_POINT)
            assert_true(lineproto_write(&again, &point));
        assert_string_equal(again.data, out.data);
        free(copy);
        buffer_done(&out);
        buffer_done(&again);
    }
    assert_true(points > 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values_of_every_type),
        cmocka_unit_test(test_canonical_form),
        cmocka_unit_test(test_lines_blanks_and_comments),
        cmocka_unit_test(test_every_refusal),
        cmocka_unit_test(test_good_lines_beside_bad_ones_are_kept),
        cmocka_unit_test(test_an_open_string_costs_one_line),
        cmocka_unit_test(test_precisions),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_writer),
        cmocka_unit_test(test_keys_of_our_own_are_ascii),
        cmocka_unit_test(test_what_cannot_be_written_disappears),
        cmocka_unit_test(test_free_texts_are_composed),
        cmocka_unit_test(test_names_are_ascii),
        cmocka_unit_test(test_utf8_without_nul),
        cmocka_unit_test(test_canonical_form_of_random_bodies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
