// SPDX-License-Identifier: GPL-3.0-or-later
// Sections [folder NAME], and the zone_map that one may name.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "config/config.h"
#include "tests/site_folder.h"

static void write_text(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

static void a_path_is_all_that_is_needed(void **state)
{
    (void)state;
    struct config *config = site_folder_config(NULL, "[folder evn]\npath = drop\n");
    assert_int_equal(config->n_folders, 1);
    const struct config_folder *folder = &config->folders[0];
    assert_string_equal(folder->name, "evn");
    assert_string_equal(folder->path, "drop");
    assert_string_equal(folder->pattern, "*.csv *.csv.gz");
    assert_null(folder->done);
    assert_null(folder->zone_map_file);
    assert_int_equal(folder->settle_s, 2);
    assert_int_equal(folder->unit, CONFIG_UNIT_AUTO);
    config_free(config);
}

static void reads_a_zone_map(void **state)
{
    (void)state;
    write_text("map.csv",
               "name,zone,meter\nTBA Yên Lư - T1,yen-lu,T1\nTổng,-,\n\"PD1\",phuc-son\n");
    struct config *config =
        site_folder_config(NULL, "[folder evn]\npath = drop\nzone_map = map.csv\n");
    const struct config_folder *folder = &config->folders[0];
    assert_int_equal(folder->n_aliases, 3);
    assert_string_equal(folder->aliases[0].name, "TBA Yên Lư - T1");
    assert_int_equal(folder->aliases[0].zone, 0);
    assert_string_equal(folder->aliases[0].meter, "T1");
    assert_int_equal(folder->aliases[1].zone, SIZE_MAX);
    assert_int_equal(folder->aliases[2].zone, 1);
    config_free(config);
}

static void assert_faults(const char *sections, const char *expected)
{
    char text[2048], all[4096] = "";
    snprintf(text, sizeof text, "[site]\nzones = zones.csv\n%s", sections);
    write_text("x.conf", text);
    struct config_errors errors;
    assert_null(config_read("x.conf", &errors));
    for (size_t i = 0; i < errors.n; i++) {
        strcat(all, errors.text[i]);
        strcat(all, "\n");
    }
    config_errors_done(&errors);
    assert_string_equal(all, expected);
}

static void names_every_fault_of_a_section(void **state)
{
    (void)state;
    assert_faults("[folder a]\n", "x.conf:3: [folder] path: missing, and it has no default; for "
                                  "example path = /srv/phutai/drop\n");
    assert_faults("[folder a]\npath = drop\nkind = weather\nunit = kW\nzone = yen-lu\n"
                  "[folder b]\npath = drop\nstation = x\ninterval = 45min\n"
                  "[folder c]\npath = c\ndone = c\nzone = nowhere\nzone_column = KCN\n"
                  "time_column = T\nhour_column = H\n",
                  "x.conf:3: [folder a] zone: has no meaning where kind = weather\n"
                  "x.conf:3: [folder a] unit: has no meaning where kind = weather\n"
                  "x.conf:8: [folder b] station: has no meaning where kind = readings\n"
                  "x.conf:8: [folder b] path: is that of [folder a] too\n"
                  "x.conf:8: [folder b] interval: must be a multiple of [site] step, 30 min\n"
                  "x.conf:12: [folder c] path: must be another folder than done and bad\n"
                  "x.conf:12: [folder c] zone: there is a zone_column too: only one of them can be "
                  "meant\n"
                  "x.conf:12: [folder c] time_column: stands for both date_column and hour_column\n"
                  "x.conf:12: [folder c] date_column: needs hour_column, and the other way round\n"
                  "x.conf:12: [folder c] zone: \"nowhere\" is not the id of a zone\n");
    assert_faults("[folder a]\npath = drop\ntime_format = %d.%m\n",
                  "x.conf:5: [folder a] time_format = \"%d.%m\": must be year, month and day, or "
                  "%s, and no letters behind % but Y y m d H I M S p z s\n");
}

static void names_every_fault_of_a_map(void **state)
{
    (void)state;
    write_text("map.csv", "name,zone,meter\nA,yen-lu,\na,phuc-son,\n,yen-lu,\nB,nowhere,\n"
                          "C,yen-lu,m,1\nA\xcc\x82,yen-lu,\nÂ,yen-lu,\n");
    assert_faults("[folder a]\npath = drop\nzone_map = map.csv\n",
                  "map.csv:3: name \"a\": stands already further up\n"
                  "map.csv:4: name \"\": must not be empty\n"
                  "map.csv:5: zone \"nowhere\": must be the id of a zone, or \"-\" to leave out "
                  "what has this name\n"
                  "map.csv:6: name \"C\": more fields than the header has, or not text in UTF-8\n"
                  "map.csv:8: name \"Â\": stands already further up\n");
    assert_faults("[folder a]\npath = drop\nzone_map = none.csv\n",
                  "none.csv: No such file or directory\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_path_is_all_that_is_needed, site_folder_enter,
                                        site_folder_leave),
        cmocka_unit_test_setup_teardown(reads_a_zone_map, site_folder_enter, site_folder_leave),
        cmocka_unit_test_setup_teardown(names_every_fault_of_a_section, site_folder_enter,
                                        site_folder_leave),
        cmocka_unit_test_setup_teardown(names_every_fault_of_a_map, site_folder_enter,
                                        site_folder_leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
