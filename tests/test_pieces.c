// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "daemon/pieces.h"

static const char body[] = "load,zone=a mw=2.385 1\n"
                           "alert,zone=b text=\"one\ntwo \\\" three\n\",state=2i 2\n"
                           "say\"s,zone=c\\ d mw=7.1 3\n"
                           "last,zone=e mw=1";

static void cuts_between_lines_only(void **state)
{
    (void)state;
    static const char *const starts[] = {"load", "alert", "say", "last"};
    struct pieces pieces;
    pieces_init(&pieces, body, sizeof body - 1);
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(pieces_left(&pieces), 4 - i);
        pieces_cut(&pieces, 1);
        assert_int_equal(pieces.lines, 1);
        assert_memory_equal(body + pieces.at, starts[i], strlen(starts[i]));
        pieces_skip(&pieces);
    }
    pieces_cut(&pieces, 1);
    assert_int_equal(pieces.lines, 0);
    assert_int_equal(pieces.at, sizeof body - 1);
}

static void takes_fewer_when_asked_again(void **state)
{
    (void)state;
    struct pieces pieces;
    pieces_init(&pieces, body, sizeof body - 1);
    pieces_cut(&pieces, 100);
    assert_int_equal(pieces.lines, 4);
    assert_int_equal(pieces.end, sizeof body - 1);
    pieces_cut(&pieces, 2);
    assert_int_equal(pieces.lines, 2);
    assert_int_equal(pieces.at, 0);
    pieces_skip(&pieces);
    pieces_cut(&pieces, 100);
    assert_memory_equal(body + pieces.at, "say", 3);
    assert_int_equal(pieces.lines, 2);
}

static void has_no_piece_of_nothing(void **state)
{
    (void)state;
    struct pieces pieces;
    pieces_init(&pieces, "", 0);
    assert_int_equal(pieces_left(&pieces), 0);
    pieces_cut(&pieces, 7);
    assert_int_equal(pieces.lines, 0);
    assert_int_equal(pieces.end, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cuts_between_lines_only),
        cmocka_unit_test(takes_fewer_when_asked_again),
        cmocka_unit_test(has_no_piece_of_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
