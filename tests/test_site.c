// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/site.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "tests/store_folder.h"

static void write_text(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

static int enter_site(void **state)
{
    if (store_folder_enter(state))
        return 1;
    write_text("zones.csv", "id,name\na,A\n");
    write_text("site.conf", "[site]\nclock = AEST-10AEDT,M10.1.0,M4.1.0/3\nzones = zones.csv\n"
                            "[store]\npath = store.db\n");
    return 0;
}

static void test_opens_what_the_file_names(void **state)
{
    (void)state;
    struct site site;
    assert_false(site_open(&site, "site.conf", STORE_READ));
    site_close(&site);
    assert_true(site_open(&site, "site.conf", STORE_WRITE));
    assert_string_equal(site.config->zones[0].id, "a");
    assert_int_equal(access("store.db", F_OK), 0);
    site_close(&site);
    assert_true(site_open(&site, "site.conf", STORE_READ));
    site_close(&site);
    site_close(&site);
}

static void test_faults(void **state)
{
    (void)state;
    struct site site;
    assert_false(site_open(&site, "none.conf", STORE_WRITE));
    site_close(&site);
    write_text("bad.conf", "[site]\nclock = noon\nzones = zones.csv\n[store]\npath = bad.db\n");
    assert_false(site_open(&site, "bad.conf", STORE_WRITE));
    site_close(&site);
    assert_int_not_equal(access("bad.db", F_OK), 0);
    assert_int_equal(mkdir("store.db", 0755), 0);
    assert_false(site_open(&site, "site.conf", STORE_WRITE));
    site_close(&site);
}

static void test_times_of_options(void **state)
{
    (void)state;
    struct site site;
    int64_t instant = 2385;
    assert_true(site_open(&site, "site.conf", STORE_WRITE));
    assert_true(site_time(&site, "2012-01-01T11:00", &instant));
    assert_int_equal(instant, 1325376000);
    assert_true(site_time(&site, "2012-07-01T10:00", &instant));
    assert_int_equal(instant, 1341100800);
    assert_true(site_time(&site, "1970-01-01T07:30+07:00", &instant));
    assert_int_equal(instant, 1800);
    assert_false(site_time(&site, "tomorrow", &instant));
    assert_int_equal(instant, 1800);
    site_close(&site);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_opens_what_the_file_names, enter_site,
                                        store_folder_leave),
        cmocka_unit_test_setup_teardown(test_faults, enter_site, store_folder_leave),
        cmocka_unit_test_setup_teardown(test_times_of_options, enter_site, store_folder_leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
