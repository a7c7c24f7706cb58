// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/progress.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

static int64_t fake_ms;

static int64_t read_fake_ms(void)
{
    return fake_ms;
}

// A progress that writes to a file, as to a terminal, by a clock that the test moves.
static struct progress start(void)
{
    struct progress progress;
    progress_start(&progress, "import");
    fake_ms = 238500;
    progress.out = tmpfile();
    progress.now_ms = read_fake_ms;
    progress.started_ms = fake_ms;
    progress.next_ms = fake_ms + 2000;
    assert_non_null(progress.out);
    return progress;
}

static void assert_drawn(FILE *out, const char *expected)
{
    char text[512];
    rewind(out);
    text[fread(text, 1, sizeof text - 1, out)] = '\0';
    assert_string_equal(text, expected);
    fclose(out);
}

static void test_short_work_shows_nothing(void **state)
{
    (void)state;
    struct progress progress = start();
    FILE *out = progress.out;
    fake_ms += 1999;
    progress_at(&progress, 17, 100);
    progress_end(&progress);
    assert_drawn(out, "");
}

static void test_long_work_shows_a_bar(void **state)
{
    (void)state;
    struct progress progress = start();
    FILE *out = progress.out;
    fake_ms += 2000;
    progress_at(&progress, 1, 4);
    fake_ms += 99;
    progress_at(&progress, 2, 4);
    fake_ms += 1901;
    progress_at(&progress, 7, 4);
    progress_end(&progress);
    progress_end(&progress);
    assert_drawn(out, "\rimport [#######.......................]  25 %, 6 s left\x1b[K"
                      "\rimport [##############################] 100 %, 0 s left\x1b[K"
                      "\r\x1b[K");
}

static void test_unknown_total_shows_a_count(void **state)
{
    (void)state;
    struct progress progress = start();
    FILE *out = progress.out;
    fake_ms += 12700;
    progress_at(&progress, 2318400, 0);
    progress_end(&progress);
    assert_drawn(out, "\rimport: 2318400, 12 s\x1b[K\r\x1b[K");
}

static void test_nothing_without_a_terminal(void **state)
{
    (void)state;
    struct progress progress;
    const int terminal = dup(STDERR_FILENO);
    FILE *file = tmpfile();
    assert_non_null(file);
    assert_return_code(dup2(fileno(file), STDERR_FILENO), 0);
    progress_start(&progress, "import");
    progress.next_ms = 0;
    progress_at(&progress, 1, 2);
    progress_end(&progress);
    assert_return_code(dup2(terminal, STDERR_FILENO), 0);
    close(terminal);
    assert_drawn(file, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_short_work_shows_nothing),
        cmocka_unit_test(test_long_work_shows_a_bar),
        cmocka_unit_test(test_unknown_total_shows_a_count),
        cmocka_unit_test(test_nothing_without_a_terminal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
