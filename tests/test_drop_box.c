// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/drop_box.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/store_folder.h"

static void put_text(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

static void assert_holds(const char *path, const char *text)
{
    char held[256] = "";
    FILE *file = fopen(path, "r");
    if (!file)
        fail_msg("%s is not there", path);
    held[fread(held, 1, sizeof held - 1, file)] = '\0';
    fclose(file);
    assert_string_equal(held, text);
}

static struct drop_box *open_box(const char *done)
{
    char reason[DROP_REASON_MAX];
    mkdir("drop", 0750);
    struct drop_box *box = drop_box_new("drop", done, NULL);
    assert_non_null(box);
    assert_true(drop_box_open(box, reason));
    assert_true(drop_box_is_current(box));
    return box;
}

static struct stat drop(const char *path, const char *text)
{
    struct stat is;
    put_text(path, text);
    assert_int_equal(stat(path, &is), 0);
    return is;
}

static void moves_and_never_overwrites(void **state)
{
    (void)state;
    char name[DROP_NAME_MAX], reason[DROP_REASON_MAX] = "";
    struct drop_box *box = open_box(NULL);
    struct stat is = drop("drop/a.csv.gz", "one");
    assert_int_equal(drop_box_move(box, "a.csv.gz", &is, DROP_DONE, name, reason), DROP_MOVED);
    assert_string_equal(name, "a.csv.gz");
    is = drop("drop/a.csv.gz", "two");
    assert_int_equal(drop_box_move(box, "a.csv.gz", &is, DROP_DONE, name, reason), DROP_MOVED);
    assert_string_equal(name, "a.2.csv.gz");
    is = drop("drop/a.csv.gz", "three");
    assert_int_equal(drop_box_move(box, "a.csv.gz", &is, DROP_DONE, name, reason), DROP_MOVED);
    assert_string_equal(name, "a.3.csv.gz");
    assert_holds("drop/done/a.csv.gz", "one");
    assert_holds("drop/done/a.2.csv.gz", "two");
    assert_holds("drop/done/a.3.csv.gz", "three");
    // Made with the rights of the folder above.
    assert_int_equal(stat("drop/done", &is), 0);
    assert_int_equal(is.st_mode & 0777, 0750);
    drop_box_free(box);
}

static void leaves_what_it_does_not_know(void **state)
{
    (void)state;
    char name[DROP_NAME_MAX], reason[DROP_REASON_MAX] = "";
    struct drop_box *box = open_box("none/done");
    struct stat is = drop("drop/a.csv", "one"), now;
    assert_int_equal(drop_box_move(box, "a.csv", &is, DROP_DONE, name, reason), DROP_FAILED);
    assert_non_null(strstr(reason, "'none/done': No such file or directory"));
    put_text("drop/a.csv", "longer");
    assert_int_equal(drop_box_move(box, "a.csv", &is, DROP_BAD, name, reason), DROP_CHANGED);
    assert_int_equal(unlink("drop/a.csv"), 0);
    assert_int_equal(drop_box_move(box, "a.csv", &is, DROP_BAD, name, reason), DROP_GONE);
    assert_int_equal(mkdir("elsewhere", 0700), 0);
    assert_int_equal(symlink("../elsewhere", "drop/bad"), 0);
    is = drop("drop/a.csv", "one");
    assert_int_equal(drop_box_move(box, "a.csv", &is, DROP_BAD, name, reason), DROP_FAILED);
    assert_int_equal(symlink("/etc/passwd", "drop/link.csv"), 0);
    assert_int_equal(drop_box_file(box, "link.csv", &now, reason), -1);
    assert_int_equal(mkfifo("drop/pipe.csv", 0600), 0);
    assert_int_equal(drop_box_file(box, "pipe.csv", &now, reason), -1);
    assert_string_equal(reason, "'pipe.csv' is not a regular file");
    assert_int_equal(rename("drop", "away"), 0);
    assert_false(drop_box_is_current(box));
    assert_false(drop_box_open(box, reason));
    assert_string_equal(reason, "folder 'drop': No such file or directory");
    drop_box_free(box);
}

static void write_note(struct drop_box *box, const char *text, const char *expected)
{
    char name[DROP_NAME_MAX], reason[DROP_REASON_MAX] = "";
    struct drop_note *note = drop_note_new(box, "a.csv", ".bad.csv", 0640, reason);
    assert_non_null(note);
    assert_true(drop_note_write(note, text, strlen(text)));
    assert_true(drop_note_end(note, name, reason));
    assert_string_equal(name, expected);
}

static void notes_are_there_whole_or_not_at_all(void **state)
{
    (void)state;
    char reason[DROP_REASON_MAX] = "";
    struct stat is;
    struct drop_box *box = open_box(NULL);
    struct drop_note *note = drop_note_new(box, "a.csv", ".bad.csv", 0640, reason);
    assert_true(drop_note_write(note, "half", 4));
    assert_int_not_equal(access("drop/bad/a.csv.bad.csv", F_OK), 0);
    drop_note_discard(note);
    assert_int_equal(rmdir("drop/bad"), 0);
    // What a killed run has left.
    write_note(box, "one", "a.csv.bad.csv");
    put_text("drop/bad/.a.csv.bad.csv.part", "left");
    write_note(box, "one", "a.csv.bad.csv");
    write_note(box, "two", "a.csv.bad.2.csv");
    write_note(box, "two", "a.csv.bad.2.csv");
    assert_holds("drop/bad/a.csv.bad.csv", "one");
    assert_holds("drop/bad/a.csv.bad.2.csv", "two");
    assert_int_not_equal(access("drop/bad/.a.csv.bad.csv.part", F_OK), 0);
    assert_int_equal(stat("drop/bad/a.csv.bad.csv", &is), 0);
    assert_int_equal(is.st_mode & 0777, 0640);
    drop_box_free(box);
}

static void long_names_are_cut(void **state)
{
    (void)state;
    char name[DROP_NAME_MAX], file[NAME_MAX + 1], path[NAME_MAX + 8], reason[DROP_REASON_MAX] = "";
    struct drop_box *box = open_box(NULL);
    memset(file, 'x', NAME_MAX);
    strcpy(file + NAME_MAX - 4, ".csv");
    snprintf(path, sizeof path, "drop/%s", file);
    for (int i = 0; i < 3; i++) {
        struct stat is = drop(path, "one");
        struct drop_note *note = drop_note_new(box, file, ".reason.txt", 0600, reason);
        assert_non_null(note);
        assert_true(drop_note_end(note, name, reason));
        assert_int_equal(drop_box_move(box, file, &is, DROP_BAD, name, reason), DROP_MOVED);
        assert_string_equal(name + strlen(name) - 4, ".csv");
    }
    drop_box_free(box);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(moves_and_never_overwrites, store_folder_enter,
                                        store_folder_leave),
        cmocka_unit_test_setup_teardown(leaves_what_it_does_not_know, store_folder_enter,
                                        store_folder_leave),
        cmocka_unit_test_setup_teardown(notes_are_there_whole_or_not_at_all, store_folder_enter,
                                        store_folder_leave),
        cmocka_unit_test_setup_teardown(long_names_are_cut, store_folder_enter, store_folder_leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
