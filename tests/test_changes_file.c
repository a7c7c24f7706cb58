// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/changes_file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

static char folder[] = "/tmp/test_changes_file.XXXXXX";

static int enter_folder(void **state)
{
    (void)state;
    return !mkdtemp(folder) || chdir(folder);
}

static int leave_folder(void **state)
{
    (void)state;
    unlink("c.csv");
    return chdir("/") || rmdir(folder);
}

static void write_text(const char *text)
{
    FILE *file = fopen("c.csv", "w");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

// Two zones at +07:00.
static bool read_zones(struct dataset_series zones[static 2])
{
    static char a[] = "a", b[] = "b";
    struct dataset dataset = {
        .clock = {.offset_s = 7 * CIVIL_HOUR_S}, .n_zones = 2, .zones = zones};
    zones[0] = (struct dataset_series){.id = a};
    zones[1] = (struct dataset_series){.id = b};
    return changes_file_read("c.csv", &dataset);
}

static void test_rows_become_changes_of_their_zones(void **state)
{
    (void)state;
    struct dataset_series zones[2];
    write_text("zone,from,to,kind,note\n"
               "b,2024-03-01,,level,a new line\n"
               "a,2024-01-01T05:00,2024-01-02T00:00+00:00,mask,\n"
               "b,2024-05-01,,mask,closed\n");
    assert_true(read_zones(zones));
    assert_int_equal(zones[0].n_changes, 1);
    assert_int_equal(zones[0].changes[0].from, 1704060000);
    assert_int_equal(zones[0].changes[0].to, 1704153600);
    assert_int_equal(zones[0].changes[0].kind, CHANGE_MASK);
    assert_int_equal(zones[1].n_changes, 2);
    assert_int_equal(zones[1].changes[0].kind, CHANGE_LEVEL);
    assert_int_equal(zones[1].changes[1].kind, CHANGE_MASK);
    assert_int_equal(zones[1].changes[1].to, INT64_MAX);
    free(zones[0].changes);
    free(zones[1].changes);
}

static void test_bad_rows_cost_nothing_beside_them(void **state)
{
    (void)state;
    struct dataset_series zones[2];
    write_text("zone,from,to,kind\n"
               "c,2024-01-01,,mask\n"
               "a,soon,,mask\n"
               "a,2024-01-02,2024-01-02,mask\n"
               "a,2024-01-02,2024-01-09,level\n"
               "a,2024-01-02,,shift\n"
               "a,2024-01-02,,mask,2,5\n"
               "a,2024-01-03,2024-01-04,mask\n");
    assert_true(read_zones(zones));
    assert_int_equal(zones[0].n_changes, 1);
    assert_int_equal(zones[0].changes[0].from, 1704214800);
    assert_int_equal(zones[1].n_changes, 0);
    free(zones[0].changes);
}

static void test_a_file_that_is_none(void **state)
{
    (void)state;
    struct dataset_series zones[2];
    write_text("zone,kind\na,mask\n");
    assert_false(read_zones(zones));
    unlink("c.csv");
    assert_false(read_zones(zones));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows_become_changes_of_their_zones),
        cmocka_unit_test(test_bad_rows_cost_nothing_beside_them),
        cmocka_unit_test(test_a_file_that_is_none),
    };
    return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
