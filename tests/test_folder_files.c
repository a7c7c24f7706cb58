// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/folder_files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "tests/store_folder.h"

static char name[] = "evn", pattern[] = "*.csv  *.csv.gz";
static const struct config_folder folder = {.name = name, .pattern = pattern, .settle_s = 2};

static bool folder_is_broken;

struct dirent *__real_readdir(DIR *from);
struct dirent *__wrap_readdir(DIR *from);

// (Linked with --wrap, see the Makefile.)
struct dirent *__wrap_readdir(DIR *from)
{
    if (!folder_is_broken)
        return __real_readdir(from);
    errno = EIO;
    return NULL;
}

struct bench {
    struct folder_files *files;
    int fd;
};

static struct bench begin(void)
{
    struct bench bench = {folder_files_new(&folder), open(".", O_RDONLY | O_DIRECTORY)};
    assert_non_null(bench.files);
    assert_true(bench.fd >= 0);
    return bench;
}

static void end(struct bench *bench)
{
    folder_files_free(bench->files);
    close(bench->fd);
}

static void put_text(const char *path, const char *text)
{
    FILE *file = fopen(path, "a");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

static void assert_next(struct bench *bench, int64_t now_ms, const char *expected, int64_t at_ms)
{
    int64_t ms;
    const struct folder_file *next = folder_files_next(bench->files, now_ms, &ms);
    assert_string_equal(next ? next->name : "", expected);
    assert_int_equal(ms, at_ms);
}

static void a_file_settles(void **state)
{
    (void)state;
    struct bench bench = begin();
    assert_next(&bench, 0, "", INT64_MAX);
    put_text("a.csv", "1");
    assert_true(folder_files_scan(bench.files, bench.fd, 1000));
    assert_next(&bench, 2999, "", 3000);
    assert_next(&bench, 3000, "a.csv", 3000);
    // It has grown since.
    put_text("a.csv", "2");
    assert_true(folder_files_scan(bench.files, bench.fd, 4000));
    assert_next(&bench, 5000, "", 6000);
    assert_true(folder_files_scan(bench.files, bench.fd, 6000));
    assert_next(&bench, 6000, "a.csv", 6000);
    assert_int_equal(unlink("a.csv"), 0);
    assert_true(folder_files_scan(bench.files, bench.fd, 7000));
    assert_next(&bench, 9000, "", INT64_MAX);
    end(&bench);
}

static void a_writer_is_waited_for(void **state)
{
    (void)state;
    struct bench bench = begin();
    put_text("a.csv", "");
    folder_files_note(bench.files, bench.fd, "a.csv", IN_CREATE, 1000);
    assert_next(&bench, 10000, "", 61000);
    put_text("a.csv", "1");
    folder_files_note(bench.files, bench.fd, "a.csv", IN_MODIFY, 20000);
    assert_next(&bench, 30000, "", 80000);
    folder_files_note(bench.files, bench.fd, "a.csv", IN_CLOSE_WRITE, 30000);
    // Unchanged since it was written, which is longer ago.
    assert_next(&bench, 30000, "a.csv", 22000);
    end(&bench);
}

static void what_is_moved_in_is_whole(void **state)
{
    (void)state;
    struct bench bench = begin();
    put_text("b.csv", "1");
    folder_files_note(bench.files, bench.fd, "b.csv", IN_MOVED_TO, 1000);
    assert_next(&bench, 1000, "b.csv", 1000);
    put_text("a.csv", "1");
    folder_files_note(bench.files, bench.fd, "a.csv", IN_MOVED_TO, 1001);
    // In the order in which they came.
    assert_next(&bench, 2000, "b.csv", 1000);
    assert_int_equal(unlink("b.csv"), 0);
    folder_files_note(bench.files, bench.fd, "b.csv", IN_DELETE, 2000);
    assert_next(&bench, 2000, "a.csv", 1001);
    end(&bench);
}

static void only_what_is_ours(void **state)
{
    (void)state;
    static const char *const others[] = {".a.csv", "a.csv.part", "a.CSV.TMP", "a.txt", "csv"};
    struct bench bench = begin();
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        put_text(others[i], "1");
    assert_int_equal(mkdir("d.csv", 0700), 0);
    assert_int_equal(mkfifo("p.csv", 0600), 0);
    assert_int_equal(symlink("a.txt", "l.csv"), 0);
    assert_true(folder_files_scan(bench.files, bench.fd, 1000));
    assert_next(&bench, 99000, "", INT64_MAX);
    put_text("A.CSV", "1");
    put_text("b.csv.gz", "1");
    assert_true(folder_files_scan(bench.files, bench.fd, 99000));
    assert_next(&bench, 101000, "A.CSV", 101000);
    end(&bench);
}

static void what_is_held_up_waits(void **state)
{
    (void)state;
    struct bench bench = begin();
    int64_t ms;
    put_text("a.csv", "1");
    folder_files_note(bench.files, bench.fd, "a.csv", IN_MOVED_TO, 1000);
    assert_null(folder_files_held_up(bench.files));
    struct folder_file *file = folder_files_next(bench.files, 1000, &ms);
    file->retry_ms = 61000;
    file->todo = FOLDER_MOVE_DONE;
    assert_ptr_equal(folder_files_held_up(bench.files), file);
    assert_next(&bench, 60999, "", 61000);
    assert_true(folder_files_scan(bench.files, bench.fd, 60999));
    assert_int_equal(file->todo, FOLDER_MOVE_DONE);
    folder_files_note(bench.files, bench.fd, "a.csv", IN_ATTRIB, 5000);
    assert_next(&bench, 5000, "a.csv", 1);
    // Another file of its name is new.
    put_text("a.csv", "2");
    folder_files_note(bench.files, bench.fd, "a.csv", IN_CLOSE_WRITE, 6000);
    assert_null(folder_files_held_up(bench.files));
    assert_int_equal(file->todo, FOLDER_READ);
    end(&bench);
}

// A folder that cannot be read to its end is not empty.
static void a_broken_folder_forgets_nothing(void **state)
{
    (void)state;
    struct bench bench = begin();
    int64_t ms;
    put_text("a.csv", "1");
    assert_true(folder_files_scan(bench.files, bench.fd, 1000));
    struct folder_file *file = folder_files_next(bench.files, 3000, &ms);
    file->todo = FOLDER_MOVE_DONE;
    folder_is_broken = true;
    errno = 0;
    assert_false(folder_files_scan(bench.files, bench.fd, 4000));
    assert_int_equal(errno, EIO);
    folder_is_broken = false;
    assert_next(&bench, 4000, "a.csv", 3000);
    assert_int_equal(file->todo, FOLDER_MOVE_DONE);
    assert_true(folder_files_scan(bench.files, bench.fd, 5000));
    assert_int_equal(file->todo, FOLDER_MOVE_DONE);
    end(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_file_settles, store_folder_enter, store_folder_leave),
        cmocka_unit_test_setup_teardown(a_writer_is_waited_for, store_folder_enter,
                                        store_folder_leave),
        cmocka_unit_test_setup_teardown(what_is_moved_in_is_whole, store_folder_enter,
                                        store_folder_leave),
        cmocka_unit_test_setup_teardown(only_what_is_ours, store_folder_enter, store_folder_leave),
        cmocka_unit_test_setup_teardown(what_is_held_up_waits, store_folder_enter,
                                        store_folder_leave),
        cmocka_unit_test_setup_teardown(a_broken_folder_forgets_nothing, store_folder_enter,
                                        store_folder_leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
