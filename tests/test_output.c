// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/output.h"

#include <dirent.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

static int enter_folder(void **state)
{
    static char folder[32];
    strcpy(folder, "/tmp/test_output.XXXXXX");
    *state = folder;
    return !mkdtemp(folder) || chdir(folder);
}

static size_t entries(void)
{
    size_t n = 0;
    DIR *folder = opendir(".");
    assert_non_null(folder);
    for (const struct dirent *entry; (entry = readdir(folder));)
        n += entry->d_name[0] != '.';
    closedir(folder);
    return n;
}

static int leave_folder(void **state)
{
    static const char *const names[] = {"out.csv", "link.csv", "pipe"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        unlink(names[i]);
    const size_t left = entries();
    return chdir("/") || rmdir(*state) || left;
}

static void assert_content(const char *path, const char *expected)
{
    char text[256] = "";
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    assert_string_equal(text, expected);
}

static void put(const char *path, const char *text)
{
    struct output output;
    assert_true(output_open(&output, path));
    fputs(text, output.file);
    assert_true(output_finish(&output));
}

static void test_file_appears_at_the_end(void **state)
{
    (void)state;
    struct output output;
    assert_true(output_open(&output, "out.csv"));
    fputs("time,zone,load\n", output.file);
    fflush(output.file);
    assert_int_not_equal(access("out.csv", F_OK), 0);
    assert_true(output_finish(&output));
    assert_content("out.csv", "time,zone,load\n");
    assert_int_equal(entries(), 1);
    output_discard(&output);
    assert_content("out.csv", "time,zone,load\n");
}

static void test_discard_keeps_what_was_there(void **state)
{
    (void)state;
    put("out.csv", "2.385\n");
    struct output output;
    assert_true(output_open(&output, "out.csv"));
    fputs("half of a", output.file);
    output_discard(&output);
    assert_content("out.csv", "2.385\n");
    assert_int_equal(entries(), 1);
}

static void test_mode(void **state)
{
    (void)state;
    struct stat status;
    const mode_t mask = umask(027);
    put("out.csv", "a\n");
    umask(mask);
    assert_int_equal(stat("out.csv", &status), 0);
    assert_int_equal(status.st_mode & 0777, 0640);
    assert_int_equal(chmod("out.csv", 0604), 0);
    put("out.csv", "b\n");
    assert_int_equal(stat("out.csv", &status), 0);
    assert_int_equal(status.st_mode & 0777, 0604);
}

static void test_link_stays_a_link(void **state)
{
    (void)state;
    struct stat status;
    put("out.csv", "a\n");
    assert_int_equal(symlink("out.csv", "link.csv"), 0);
    put("link.csv", "b\n");
    assert_content("out.csv", "b\n");
    assert_int_equal(lstat("link.csv", &status), 0);
    assert_true(S_ISLNK(status.st_mode));
}

static void test_devices_are_written_directly(void **state)
{
    (void)state;
    struct output output;
    assert_true(output_open(&output, "/dev/full"));
    fputs("lost", output.file);
    assert_false(output_finish(&output));
    put("/dev/null", "gone\n");
    assert_int_equal(access("/dev/null", W_OK), 0);
}

static void test_no_folder(void **state)
{
    (void)state;
    struct output output;
    assert_false(output_open(&output, "none/out.csv"));
    assert_false(output_open(&output, "/tmp"));
    output_discard(&output);
    assert_int_equal(entries(), 0);
}

static void test_full_disk(void **state)
{
    (void)state;
    struct output output;
    struct rlimit before, small;
    put("out.csv", "good\n");
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    small = before;
    small.rlim_cur = 2385;
    assert_true(output_open(&output, "out.csv"));
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    for (int i = 0; i < 10000; i++)
        fputs("2011-01-31T23:30,a,2.385\n", output.file);
    const bool finished = output_finish(&output);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_false(finished);
    assert_content("out.csv", "good\n");
    assert_int_equal(entries(), 1);
}

static void test_standard_output_stays_open(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        struct output output;
        assert_true(output_open(&output, i ? "-" : NULL));
        assert_ptr_equal(output.file, stdout);
        assert_true(output_finish(&output));
    }
    assert_int_not_equal(fileno(stdout), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_file_appears_at_the_end, enter_folder, leave_folder),
        cmocka_unit_test_setup_teardown(test_discard_keeps_what_was_there, enter_folder,
                                        leave_folder),
        cmocka_unit_test_setup_teardown(test_mode, enter_folder, leave_folder),
        cmocka_unit_test_setup_teardown(test_link_stays_a_link, enter_folder, leave_folder),
        cmocka_unit_test_setup_teardown(test_devices_are_written_directly, enter_folder,
                                        leave_folder),
        cmocka_unit_test_setup_teardown(test_no_folder, enter_folder, leave_folder),
        cmocka_unit_test_setup_teardown(test_full_disk, enter_folder, leave_folder),
        cmocka_unit_test(test_standard_output_stays_open),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
