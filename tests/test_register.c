// SPDX-License-Identifier: GPL-3.0-or-later
// Entries of the register as text: what is read, and every fault with its file, line and value.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "config/register.h"
#include "config/text.h"

enum { DAY = 86400, HOUR = 3600 };

static const char header[] = "zone,kind,mw,factor,from,to,ramp,probability,hours,into,author,"
                             "note,expires\n";
static char folder[32];

static void write_file(const char *name, const char *text)
{
    FILE *out = fopen(name, "w");
    assert_non_null(out);
    fputs(text, out);
    assert_int_equal(fclose(out), 0);
}

static int set_up(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/test_register_XXXXXX");
    assert_non_null(mkdtemp(folder));
    assert_int_equal(chdir(folder), 0);
    write_file("x.conf", "[site]\nzones = z.csv\nregister = r.csv\n");
    write_file("z.csv", "id,name\nyen-lu,Yên Lư\nquang-chau,Quang Châu\n");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    unlink("x.conf");
    unlink("z.csv");
    unlink("r.csv");
    assert_int_equal(chdir("/"), 0);
    return rmdir(folder);
}

static struct config *read_rows(const char *rows, struct config_errors *errors)
{
    char text[8192];
    snprintf(text, sizeof text, "%s%s", header, rows);
    write_file("r.csv", text);
    return config_read("x.conf", errors);
}

static struct config *read_good(const char *rows)
{
    struct config_errors errors;
    struct config *config = read_rows(rows, &errors);
    for (size_t i = 0; i < errors.n; i++)
        print_error("%s\n", errors.text[i]);
    config_errors_done(&errors);
    assert_non_null(config);
    return config;
}

// All faults, one a line, as they are told.
static void assert_faults(const char *rows, const char *expected)
{
    struct config_errors errors;
    char all[4096] = "";
    struct config *config = read_rows(rows, &errors);
    assert_null(config);
    for (size_t i = 0; i < errors.n; i++) {
        strncat(all, errors.text[i], sizeof all - strlen(all) - 2);
        strcat(all, "\n");
    }
    config_errors_done(&errors);
    assert_string_equal(all, expected);
}

static int64_t local(const char *text)
{
    int64_t seconds;
    int32_t offset;
    assert_true(text_time(text, &seconds, &offset));
    return seconds;
}

static void a_line_is_read(void **state)
{
    (void)state;
    struct config *config = read_good(
        "yen-lu,line,25,,2024-06-01,,30d,0.7,,,Lan,\"Sunwoda, giai đoạn 1\",2024-07-31\n");
    assert_int_equal(config->n_entries, 1);
    const struct config_entry *entry = &config->entries[0];
    assert_int_equal(entry->zone, 0);
    assert_int_equal(entry->kind, CONFIG_ENTRY_LINE);
    assert_true(entry->mw == 25 && isnan(entry->factor) && entry->probability == 0.7);
    assert_true(entry->from.given && entry->from.local_s == local("2024-06-01"));
    assert_int_equal(entry->from.offset_s, TEXT_NO_OFFSET);
    assert_false(entry->to.given);
    assert_true(entry->expires.local_s == local("2024-08-01")); // the day itself is still in
    assert_int_equal(entry->ramp_s, 30 * DAY);
    assert_int_equal(entry->hours_from_s, 0);
    assert_int_equal(entry->hours_to_s, DAY);
    assert_string_equal(entry->author, "Lan");
    assert_string_equal(entry->note, "Sunwoda, giai đoạn 1");
    assert_string_equal(entry->id, "");
    assert_int_equal(entry->line, 2);
    config_free(config);
}

static void ends_include_their_day(void **state)
{
    (void)state;
    struct config *config = read_good("yen-lu,mask,,,2023-06-06,2023-06-25,,,,,Lan,,\n"
                                      "yen-lu,shift,-10,,2024-05-01T06:00+07:00,2024-05-02T06:00Z,,"
                                      ",17:00-19:00,22:00-02:00,Lan,,\n"
                                      "yen-lu,mask,,,2024-01-01,2024-01-01,,1,,,Lan,,\n");
    const struct config_entry *entry = config->entries;
    assert_true(entry[0].to.local_s == local("2023-06-26"));
    assert_true(entry[0].probability == 1);
    assert_int_equal(entry[1].from.offset_s, 7 * HOUR);
    assert_true(entry[1].to.local_s == local("2024-05-02T06:00"));
    assert_int_equal(entry[1].hours_from_s, 17 * HOUR);
    assert_int_equal(entry[1].into_from_s, 22 * HOUR);
    assert_int_equal(entry[1].into_to_s, 2 * HOUR);
    assert_true(entry[2].to.local_s - entry[2].from.local_s == DAY);
    config_free(config);
}

static void every_fault_is_told(void **state)
{
    (void)state;
    assert_faults("yenlu,lines,x,-1,1.6.2024,soon,long,2,8-17,17:60-18:00,,,never\n",
                  "r.csv:2: zone \"yenlu\": no such zone\n"
                  "r.csv:2: kind \"lines\": must be line, shutdown, maintenance, shift, "
                  "demand-response, override or mask\n"
                  "r.csv:2: mw \"x\": not a number such as 2.5\n"
                  "r.csv:2: factor \"-1\": must be from 0 to 100\n"
                  "r.csv:2: probability \"2\": must be from 0 to 1\n"
                  "r.csv:2: from \"1.6.2024\": not a date or time such as 2024-06-01T08:00\n"
                  "r.csv:2: to \"soon\": not a date or time such as 2024-06-30\n"
                  "r.csv:2: expires \"never\": not a date or time such as 2024-06-30\n"
                  "r.csv:2: ramp \"long\": not a duration such as 30d\n"
                  "r.csv:2: hours \"8-17\": not a window of the day such as 22:00-05:00\n"
                  "r.csv:2: into \"17:60-18:00\": not a window of the day such as 22:00-05:00\n"
                  "r.csv:2: author \"\": every entry is signed\n");
}

static void amounts_belong_to_kinds(void **state)
{
    (void)state;
    assert_faults("yen-lu,line,,,2024-06-01,,,,,,A,,\n"
                  "yen-lu,line,5,1.1,2024-06-01,,,,,,A,,\n"
                  "yen-lu,mask,5,,2024-06-01,,,,,,A,,\n"
                  "yen-lu,mask,,,2024-06-01,,,0.5,,,A,,\n"
                  "yen-lu,override,,0.5,2024-06-01,,,,,,A,,\n"
                  "yen-lu,override,-5,,2024-06-01,,,,,,A,,\n"
                  "yen-lu,shift,,,2024-06-01,,,,08:00-10:00,12:00-14:00,A,,\n"
                  "yen-lu,shutdown,5,,2024-06-01,,,,,,A,,\n",
                  "r.csv:2: mw \"\": one of mw and factor must be given, and only one\n"
                  "r.csv:3: mw \"5\": one of mw and factor must be given, and only one\n"
                  "r.csv:4: mw \"5\": a mask has none\n"
                  "r.csv:5: probability \"0.5\": a mask has none\n"
                  "r.csv:6: factor \"0.5\": a shift or an override is given in mw\n"
                  "r.csv:7: mw \"-5\": of an override it is the load itself, 0 or more\n"
                  "r.csv:8: mw \"\": missing\n"
                  "r.csv:9: mw \"5\": a shutdown takes load: mw below 0, or a factor below 1\n");
}

static void times_and_windows_fit_together(void **state)
{
    (void)state;
    assert_faults("yen-lu,line,5,,2024-06-02,2024-06-01,,,,,A,,\n"
                  "yen-lu,line,5,,2024-06-01T00:00+07:00,2024-06-05,,,,,A,,\n"
                  "yen-lu,line,5,,2024-06-01T12:00+07:00,2024-06-01T06:00+01:00,,,,,A,,\n"
                  "yen-lu,line,5,,2024-06-01,,,,08:00-10:00,12:00-14:00,A,,\n"
                  "yen-lu,shift,-5,,2024-06-01,,,,08:00-10:00,,A,,\n"
                  "yen-lu,shift,-5,,2024-06-01,,,,22:00-05:00,04:30-06:00,A,,\n"
                  "yen-lu,shift,-5,,2024-06-01,,,,04:30-06:00,22:00-05:00,A,,\n"
                  "yen-lu,line,5,,2024-06-01,,,,08:00-08:00,,A,,\n",
                  "r.csv:2: to \"2024-06-01\": must be after from\n"
                  "r.csv:3: to \"2024-06-05\": from and to: both with an offset, or both without\n"
                  "r.csv:4: to \"2024-06-01T06:00+01:00\": must be after from\n"
                  "r.csv:5: into \"12:00-14:00\": only a shift has it\n"
                  "r.csv:6: into \"\": a shift needs both hours and into\n"
                  "r.csv:7: into \"04:30-06:00\": overlaps the hours that it takes from\n"
                  "r.csv:8: into \"22:00-05:00\": overlaps the hours that it takes from\n"
                  "r.csv:9: hours \"08:00-08:00\": not a window of the day such as 22:00-05:00\n");
}

static void neighbouring_windows_are_apart(void **state)
{
    (void)state;
    config_free(read_good("yen-lu,shift,-5,,2024-06-01,,,,17:00-22:00,22:00-17:00,A,,\n"));
}

static void the_same_entry_twice_is_a_fault(void **state)
{
    (void)state;
    assert_faults("yen-lu,line,5,,2024-06-01,,,,,,A,,\n"
                  "yen-lu,line,5,,2024-06-02,,,,,,A,,\n"
                  "yen-lu,line,5,,2024-06-01,,,,,,A,,\n",
                  "r.csv:4: the same entry stands already on line 2\n");
    assert_faults("yen-lu,line,5,,2024-06-01,,,,,,A,\"a\nb\",\n",
                  "r.csv:2: note: not text in UTF-8, or a line break in it\n");
}

static void keys_stay_when_rows_come_and_go(void **state)
{
    (void)state;
    struct config *two = read_good("quang-chau,mask,,,2024-01-01,,,,,,A,,\n"
                                   "yen-lu,line,5,,2024-06-01,,,,,,A,,\n");
    struct config *one = read_good("yen-lu,line,5,,2024-06-01,,,,,,A,,\n");
    assert_true(two->entries[1].key == one->entries[0].key);
    assert_true(two->entries[0].key != one->entries[0].key);
    assert_true(one->entries[0].key >> 63);
    config_free(one);
    config_free(two);
}

static void windows_are_written_as_they_are_read(void **state)
{
    (void)state;
    static const char *const windows[] = {"00:00-24:00", "22:00-05:00", "07:45-17:00"};
    for (size_t k = 0; k < sizeof windows / sizeof *windows; k++) {
        int32_t from, to;
        char text[REGISTER_WINDOW_LEN];
        assert_true(register_window(windows[k], &from, &to));
        register_write_window(from, to, text);
        assert_string_equal(text, windows[k]);
    }
    int32_t from, to;
    assert_false(register_window("24:00-05:00", &from, &to));
    assert_false(register_window("22:00-24:30", &from, &to));
    assert_false(register_window("22:00-05:00 ", &from, &to));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_line_is_read, set_up, tear_down),
        cmocka_unit_test_setup_teardown(ends_include_their_day, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_fault_is_told, set_up, tear_down),
        cmocka_unit_test_setup_teardown(amounts_belong_to_kinds, set_up, tear_down),
        cmocka_unit_test_setup_teardown(times_and_windows_fit_together, set_up, tear_down),
        cmocka_unit_test_setup_teardown(neighbouring_windows_are_apart, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_same_entry_twice_is_a_fault, set_up, tear_down),
        cmocka_unit_test_setup_teardown(keys_stay_when_rows_come_and_go, set_up, tear_down),
        cmocka_unit_test(windows_are_written_as_they_are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
