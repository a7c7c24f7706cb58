// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

// Standard error goes to a file during a test, so that what was written can be read.
struct capture {
    FILE *file;
    int stderr_copy;
};

static int start_capture(void **state)
{
    struct capture *capture = calloc(1, sizeof *capture);
    *state = capture;
    capture->file = tmpfile();
    fflush(stderr);
    capture->stderr_copy = dup(STDERR_FILENO);
    return dup2(fileno(capture->file), STDERR_FILENO) < 0;
}

static int end_capture(void **state)
{
    struct capture *capture = *state;
    dup2(capture->stderr_copy, STDERR_FILENO);
    close(capture->stderr_copy);
    fclose(capture->file);
    free(capture);
    return unsetenv("JOURNAL_STREAM");
}

static void assert_written(struct capture *capture, const char *expected)
{
    char text[4096];
    rewind(capture->file);
    text[fread(text, 1, sizeof text - 1, capture->file)] = '\0';
    assert_string_equal(text, expected);
}

static void say_all(void)
{
    log_error("zone '%s': no reading", "yên-lư");
    log_warning("load %.3f", 2.385);
    log_notice("ready");
    log_info("%d lines", 17);
}

static void test_words_on_a_terminal(void **state)
{
    unsetenv("JOURNAL_STREAM");
    say_all();
    assert_written(*state,
                   "error: zone 'yên-lư': no reading\nwarning: load 2.385\nready\n17 lines\n");
}

static void test_priorities_under_the_journal(void **state)
{
    struct stat status;
    char stream[64];
    assert_int_equal(fstat(STDERR_FILENO, &status), 0);
    snprintf(stream, sizeof stream, "%ju:%ju", (uintmax_t)status.st_dev, (uintmax_t)status.st_ino);
    setenv("JOURNAL_STREAM", stream, 1);
    say_all();
    assert_written(*state, "<3>zone 'yên-lư': no reading\n<4>load 2.385\n<5>ready\n<6>17 lines\n");
}

static void test_stream_of_another_process_is_not_ours(void **state)
{
    setenv("JOURNAL_STREAM", "8:1", 1);
    log_error("a");
    setenv("JOURNAL_STREAM", "nonsense", 1);
    log_error("b");
    assert_written(*state, "error: a\nerror: b\n");
}

static void test_a_message_is_one_line(void **state)
{
    log_warning("server said '%s'", "no\n<0>forged\x1b[2J\x7f");
    log_warning("server said '%s'", "B\xe1g");
    assert_written(*state, "warning: server said 'no <0>forged [2J '\n"
                           "warning: server said 'B?g'\n");
}

static void test_a_long_message_is_cut(void **state)
{
    char text[3001], expected[2100];
    memset(text, 'x', 3000);
    text[3000] = '\0';
    log_info("%s", text);
    snprintf(expected, sizeof expected, "%.2044s...\n", text);
    assert_written(*state, expected);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_words_on_a_terminal, start_capture, end_capture),
        cmocka_unit_test_setup_teardown(test_priorities_under_the_journal, start_capture,
                                        end_capture),
        cmocka_unit_test_setup_teardown(test_stream_of_another_process_is_not_ours, start_capture,
                                        end_capture),
        cmocka_unit_test_setup_teardown(test_a_message_is_one_line, start_capture, end_capture),
        cmocka_unit_test_setup_teardown(test_a_long_message_is_cut, start_capture, end_capture),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
