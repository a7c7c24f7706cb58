// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/gzip.h"

enum { PLAIN = 200003 };

static char *plain_new(void)
{
    char *plain = malloc(PLAIN);
    assert_non_null(plain);
    for (size_t i = 0; i < PLAIN; i++)
        plain[i] = (char)('a' + i * i % 23);
    return plain;
}

static void goes_round(void **state)
{
    (void)state;
    char *plain = plain_new();
    struct buffer packed, out;
    buffer_init(&packed, PLAIN);
    buffer_init(&out, PLAIN);
    assert_true(gzip_deflate(&packed, plain, PLAIN));
    assert_true(packed.length < PLAIN / 2);
    assert_int_equal(gzip_inflate(&out, packed.data, packed.length), GZIP_OK);
    assert_int_equal(out.length, PLAIN);
    assert_memory_equal(out.data, plain, PLAIN);
    buffer_done(&packed);
    buffer_done(&out);
    free(plain);
}

static void takes_streams_in_a_row(void **state)
{
    (void)state;
    struct buffer packed, out;
    buffer_init(&packed, 4096);
    buffer_init(&out, 4096);
    assert_true(gzip_deflate(&packed, "load mw=2.385\n", 14));
    assert_true(gzip_deflate(&packed, "load mw=7.1\n", 12));
    assert_int_equal(gzip_inflate(&out, packed.data, packed.length), GZIP_OK);
    assert_string_equal(out.data, "load mw=2.385\nload mw=7.1\n");
    buffer_done(&packed);
    buffer_done(&out);
}

static void takes_any_pieces(void **state)
{
    (void)state;
    char *plain = plain_new();
    struct buffer packed, out;
    buffer_init(&packed, PLAIN);
    buffer_init(&out, PLAIN);
    assert_true(gzip_deflate(&packed, plain, PLAIN / 2));
    assert_true(gzip_deflate(&packed, plain + PLAIN / 2, PLAIN - PLAIN / 2));
    for (size_t piece = 1; piece < packed.length; piece = 3 * piece + 1) {
        struct gzip_reader *reader = gzip_reader_new();
        buffer_clear(&out);
        for (size_t at = 0; at < packed.length; at += piece) {
            const size_t length = packed.length - at < piece ? packed.length - at : piece;
            assert_false(at && out.length == PLAIN && gzip_reader_whole(reader));
            assert_int_equal(gzip_reader_feed(reader, &out, packed.data + at, length), GZIP_OK);
        }
        assert_true(gzip_reader_whole(reader));
        assert_int_equal(out.length, PLAIN);
        assert_memory_equal(out.data, plain, PLAIN);
        assert_int_equal(gzip_reader_feed(reader, &out, "x", 1), GZIP_OK); // may begin a header
        assert_false(gzip_reader_whole(reader));
        gzip_reader_free(reader);
    }
    buffer_done(&packed);
    buffer_done(&out);
    free(plain);
}

static void refuses_every_cut(void **state)
{
    (void)state;
    struct buffer packed, out;
    buffer_init(&packed, 4096);
    buffer_init(&out, 4096);
    assert_true(gzip_deflate(&packed, "load,zone=a mw=2.385 1\n", 23));
    for (size_t n = 0; n < packed.length; n++) {
        assert_int_equal(gzip_inflate(&out, packed.data, n), GZIP_CUT);
        assert_true(out.failed);
        assert_int_equal(out.length, 0);
        buffer_clear(&out);
    }
    buffer_done(&packed);
    buffer_done(&out);
}

static void refuses_damage(void **state)
{
    (void)state;
    struct buffer packed, out;
    buffer_init(&packed, 4096);
    buffer_init(&out, 4096);
    assert_int_equal(gzip_inflate(&out, "load mw=2.385", 13), GZIP_BAD);
    buffer_clear(&out);
    assert_true(gzip_deflate(&packed, "load,zone=a mw=2.385 1\n", 23));
    packed.data[packed.length - 6] ^= 4; // the checksum
    assert_int_equal(gzip_inflate(&out, packed.data, packed.length), GZIP_BAD);
    assert_true(out.failed);
    buffer_done(&packed);
    buffer_done(&out);
}

static void stops_at_the_ceiling(void **state)
{
    (void)state;
    char *plain = plain_new();
    struct buffer packed, out;
    buffer_init(&packed, PLAIN);
    buffer_init(&out, PLAIN - 1);
    assert_true(gzip_deflate(&packed, plain, PLAIN));
    assert_int_equal(gzip_inflate(&out, packed.data, packed.length), GZIP_TOO_BIG);
    assert_true(out.failed);
    buffer_done(&packed);
    buffer_init(&packed, 100);
    assert_false(gzip_deflate(&packed, plain, PLAIN));
    assert_true(packed.failed);
    buffer_done(&packed);
    buffer_done(&out);
    free(plain);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(goes_round),       cmocka_unit_test(takes_streams_in_a_row),
        cmocka_unit_test(takes_any_pieces), cmocka_unit_test(refuses_every_cut),
        cmocka_unit_test(refuses_damage),   cmocka_unit_test(stops_at_the_ceiling),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
