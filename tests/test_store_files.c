// SPDX-License-Identifier: GPL-3.0-or-later
// What may stand where a store is looked for, and a disk that fills up.
#include "daemon/store.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "tests/store_folder.h"

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

static void run_sql(const char *path, const char *sql)
{
    sqlite3 *db;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void test_not_a_database(void **state)
{
    (void)state;
    char text[8192];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    write_file("text.csv", text);
    assert_true(store_folder_refused("text.csv", STORE_WRITE, "file is not a database"));
    assert_true(store_folder_refused("text.csv", STORE_READ, "file is not a database"));
}

static void test_not_a_file(void **state)
{
    (void)state;
    assert_int_equal(mkdir("folder", 0755), 0);
    assert_true(store_folder_refused("folder", STORE_WRITE, "not a regular file"));
    assert_true(store_folder_refused("/dev/null", STORE_READ, "not a regular file"));
    assert_true(store_folder_refused("none/store.db", STORE_WRITE, "No such file"));
    assert_true(store_folder_refused(":memory:", STORE_WRITE, "not the name of a file"));
    assert_true(store_folder_refused("", STORE_WRITE, "not the name of a file"));
}

// Written before a store could tell what is made up.
static void test_a_store_of_before(void **state)
{
    (void)state;
    bool simulated = true;
    store_close(store_folder_open(STORE_WRITE));
    run_sql("store.db", "DROP TABLE site");
    struct store *store = store_folder_open(STORE_READ);
    assert_true(store_simulated(store, &simulated));
    assert_false(simulated);
    store_close(store);
    store = store_folder_open(STORE_WRITE);
    assert_true(store_begin(store) && store_mark_simulated(store) && store_commit(store));
    assert_true(store_simulated(store, &simulated));
    assert_true(simulated);
    store_close(store);
}

static void test_missing_is_made_only_to_write(void **state)
{
    (void)state;
    assert_true(store_folder_refused("store.db", STORE_READ, "No such file"));
    assert_int_not_equal(access("store.db", F_OK), 0);
    store_close(store_folder_open(STORE_WRITE));
    store_close(store_folder_open(STORE_READ));
    // An empty file is as good as none; a daemon that died at its first start leaves one.
    write_file("store.db", "");
    assert_true(store_folder_refused("store.db", STORE_READ, "not yet a store"));
    store_close(store_folder_open(STORE_WRITE));
    store_close(store_folder_open(STORE_READ));
}

static void test_file_of_another_program(void **state)
{
    (void)state;
    run_sql("other.db", "CREATE TABLE reading (x); INSERT INTO reading VALUES (2.385)");
    assert_true(store_folder_refused("other.db", STORE_WRITE, "another program"));
    assert_true(store_folder_refused("other.db", STORE_READ, "another program"));
    // It was not even turned to a write-ahead log.
    run_sql("other.db", "SELECT 1 / (SELECT count(*) FROM pragma_journal_mode"
                        " WHERE journal_mode = 'delete')");
}

static void test_later_version(void **state)
{
    (void)state;
    store_close(store_folder_open(STORE_WRITE));
    run_sql("store.db", "PRAGMA user_version = 2385");
    assert_true(store_folder_refused("store.db", STORE_WRITE, "later version of phutai"));
    assert_true(store_folder_refused("store.db", STORE_READ, "format 2385"));
}

static bool count_reading(void *context, const struct store_reading *reading)
{
    (void)reading;
    ++*(int *)context;
    return true;
}

static void fill(struct store *store, int n)
{
    assert_true(store_begin(store));
    for (int i = 0; i < n; i++)
        assert_int_equal(store_put_reading(store, "a", "", i, i * 2.385), STORE_NEW);
    assert_true(store_commit(store));
}

static void test_damaged_file(void **state)
{
    (void)state;
    struct store *store = store_folder_open(STORE_WRITE);
    fill(store, 20000);
    store_close(store);
    struct stat status;
    assert_int_equal(stat("store.db", &status), 0);
    FILE *file = fopen("store.db", "r+");
    assert_non_null(file);
    assert_int_equal(fseek(file, status.st_size / 2, SEEK_SET), 0);
    for (off_t i = status.st_size / 2; i < status.st_size; i++)
        putc((int)(i * 37 % 256), file);
    assert_int_equal(fclose(file), 0);
    int n = 0;
    store = store_folder_open(STORE_READ);
    assert_false(store_each_reading(store, NULL, INT64_MIN, INT64_MAX, count_reading, &n));
    assert_non_null(strstr(store_error(store), "malformed"));
    assert_in_range(n, 0, 19999);
    store_close(store);
    assert_int_equal(truncate("store.db", 4096), 0);
    char error[256];
    store = store_open("store.db", STORE_READ, error);
    if (store)
        assert_false(store_each_reading(store, NULL, INT64_MIN, INT64_MAX, count_reading, &n));
    store_close(store);
}

// Puts until something fails; the number that was committed before stays as it was.
static void fill_up_and_recover(struct store *store, int committed, void (*make_space)(void))
{
    bool good = store_begin(store);
    for (int i = 0; good && i < 1000000; i++)
        good = store_put_reading(store, "new zone", "", i, i * 2.385) == STORE_NEW;
    good = good && store_commit(store);
    assert_false(good);
    fprintf(stderr, "# %s\n", store_error(store));
    // What is tried after the failure is refused too, and does not hide the reason.
    assert_int_equal(store_put_reading(store, "b", "", 0, 1.5), STORE_FAILED);
    assert_false(store_commit(store));
    store_rollback(store);
    assert_true(strstr(store_error(store), "full") || strstr(store_error(store), "disk"));

    int n = 0;
    assert_true(store_each_reading(store, NULL, INT64_MIN, INT64_MAX, count_reading, &n));
    assert_int_equal(n, committed);
    make_space();
    assert_true(store_begin(store));
    assert_int_equal(store_put_reading(store, "new zone", "", 0, 1.5), STORE_NEW);
    assert_true(store_commit(store));
    n = 0;
    assert_true(store_each_reading(store, NULL, INT64_MIN, INT64_MAX, count_reading, &n));
    assert_int_equal(n, committed + 1);
}

static struct rlimit unlimited;

static void lift_limit(void)
{
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &unlimited), 0);
}

static void test_file_too_large(void **state)
{
    (void)state;
    struct store *store = store_folder_open(STORE_WRITE);
    fill(store, 1000);
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &unlimited), 0);
    struct rlimit small = unlimited;
    small.rlim_cur = 300000;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    fill_up_and_recover(store, 1000, lift_limit);
    store_close(store);
}

static void remove_ballast(void)
{
    assert_int_equal(unlink("full/ballast"), 0);
}

static void test_full_disk(void **state)
{
    (void)state;
    char error[256];
    assert_int_equal(mkdir("full", 0755), 0);
    if (mount("none", "full", "tmpfs", 0, "size=4m")) {
        print_message("a small file system cannot be mounted here\n");
        skip();
    }
    struct store *store = store_open("full/store.db", STORE_WRITE, error);
    assert_non_null(store);
    fill(store, 1000);
    FILE *ballast = fopen("full/ballast", "w");
    assert_non_null(ballast);
    assert_int_equal(ftruncate(fileno(ballast), 0), 0);
    for (int i = 0; i < 3000000; i++)
        putc('x', ballast);
    fclose(ballast);
    fill_up_and_recover(store, 1000, remove_ballast);
    store_close(store);
}

static int leave_mount(void **state)
{
    umount2("full", MNT_DETACH);
    return store_folder_leave(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_not_a_database, store_folder_enter,
                                        store_folder_leave),
        cmocka_unit_test_setup_teardown(test_not_a_file, store_folder_enter, store_folder_leave),
        cmocka_unit_test_setup_teardown(test_a_store_of_before, store_folder_enter,
                                        store_folder_leave),
        cmocka_unit_test_setup_teardown(test_missing_is_made_only_to_write, store_folder_enter,
                                        store_folder_leave),
        cmocka_unit_test_setup_teardown(test_file_of_another_program, store_folder_enter,
                                        store_folder_leave),
        cmocka_unit_test_setup_teardown(test_later_version, store_folder_enter, store_folder_leave),
        cmocka_unit_test_setup_teardown(test_damaged_file, store_folder_enter, store_folder_leave),
        cmocka_unit_test_setup_teardown(test_file_too_large, store_folder_enter,
                                        store_folder_leave),
        cmocka_unit_test_setup_teardown(test_full_disk, store_folder_enter, leave_mount),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
