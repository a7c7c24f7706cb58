// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/data_options.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "daemon/commands.h"

static const struct option own[] = {
    {"years", required_argument, NULL, 'y'},
    {NULL, 0, NULL, 0},
};

static bool take(void *context, int option, const char *value)
{
    const char **ret = context;
    assert_int_equal(option, 'y');
    *ret = value;
    return strcmp(value, "none");
}

static const struct data_options_command command = {
    .name = "phutai example",
    .takes = DATA_OPTIONS_OUTPUT,
    .head = "usage: phutai example\n",
    .own = own,
    .take = take,
};

// Parses up to eight words; the words must last.
static bool parse(struct data_options *ret, const char **ret_years, int *ret_status,
                  const char *const words[])
{
    static char copy[8][64], name[] = "example";
    char *argv[10] = {name};
    int argc = 1;
    for (; words[argc - 1]; argc++) {
        strcpy(copy[argc - 1], words[argc - 1]);
        argv[argc] = copy[argc - 1];
    }
    optind = 0;
    return data_options_parse(&command, argc, argv, ret_years, ret, ret_status);
}

static void assert_refused(const char *const words[])
{
    struct data_options options;
    const char *years;
    int status = -1;
    assert_false(parse(&options, &years, &status, words));
    assert_int_equal(status, COMMAND_USAGE);
    data_options_done(&options);
}

static void test_shared_and_own_options(void **state)
{
    (void)state;
    struct data_options options;
    const char *years = NULL;
    int status;
    assert_true(parse(&options, &years, &status,
                      (const char *[]){"--readings", "r.csv", "--zone=a", "--zone", "c", "--years",
                                       "5", "--output=o.csv", NULL}));
    assert_string_equal(options.readings, "r.csv");
    assert_string_equal(options.output, "o.csv");
    assert_string_equal(years, "5");
    assert_null(options.weather);
    assert_true(data_options_wants(&options, "a"));
    assert_true(data_options_wants(&options, "c"));
    assert_false(data_options_wants(&options, "b"));
    data_options_done(&options);
    assert_true(parse(&options, &years, &status, (const char *[]){"--readings", "r.csv", NULL}));
    assert_true(data_options_wants(&options, "b"));
    data_options_done(&options);
}

static void test_wrong_usage(void **state)
{
    (void)state;
    assert_refused((const char *[]){NULL});
    assert_refused((const char *[]){"--readings", "r.csv", "stray", NULL});
    assert_refused((const char *[]){"--readings", "r.csv", "--clock", "noon", NULL});
    assert_refused((const char *[]){"--readings", "r.csv", "--years", "none", NULL});
    assert_refused((const char *[]){"--readings", "r.csv", "--config", "c", NULL}); // not taken
    assert_refused((const char *[]){"--readings", NULL});
}

static void test_help_is_no_fault(void **state)
{
    (void)state;
    struct data_options options;
    const char *years;
    int status = -1;
    assert_false(parse(&options, &years, &status, (const char *[]){"--help", NULL}));
    assert_int_equal(status, COMMAND_DONE);
    data_options_done(&options);
}

static char folder[] = "/tmp/test_data_options.XXXXXX";

static int enter_folder(void **state)
{
    (void)state;
    if (!mkdtemp(folder) || chdir(folder))
        return -1;
    FILE *file = fopen("r.csv", "w");
    fputs("time,zone,load\n2024-01-01T00:00,a,1.5\n2024-01-01T01:00,a,2.5\n", file);
    return fclose(file);
}

static int leave_folder(void **state)
{
    (void)state;
    unlink("r.csv");
    unlink("o.csv");
    return chdir("/") || rmdir(folder);
}

static int write_sum(void *context, const struct dataset *dataset, FILE *out)
{
    int64_t instant;
    assert_true(data_options_time(dataset, "--from", "2024-01-01T01:00", &instant));
    assert_int_equal(instant, 1704070800);
    assert_false(data_options_time(dataset, "--from", "2024-01-01T01:30", &instant));
    assert_false(data_options_time(dataset, "--from", "soon", &instant));
    fprintf(out, "%g\n", dataset->zones[0].series.value[0] + dataset->zones[0].series.value[1]);
    return *(int *)context;
}

static void test_output_stays_only_where_the_command_is_done(void **state)
{
    (void)state;
    struct data_options options = {.readings = "r.csv", .output = "o.csv"};
    int said = COMMAND_FAILED;
    assert_int_equal(data_options_run(&options, write_sum, &said), COMMAND_FAILED);
    assert_int_not_equal(access("o.csv", F_OK), 0);
    said = COMMAND_DONE;
    assert_int_equal(data_options_run(&options, write_sum, &said), COMMAND_DONE);
    char text[8] = "";
    FILE *file = fopen("o.csv", "r");
    assert_non_null(file);
    assert_non_null(fgets(text, sizeof text, file));
    fclose(file);
    assert_string_equal(text, "4\n");
}

static void test_a_zone_that_is_not_there(void **state)
{
    (void)state;
    const char *zone = "b";
    struct data_options options = {.readings = "r.csv", .n_zones = 1, .zones = &zone};
    int said = COMMAND_DONE;
    assert_int_equal(data_options_run(&options, write_sum, &said), COMMAND_USAGE);
    options.readings = "none.csv";
    assert_int_equal(data_options_run(&options, write_sum, &said), COMMAND_FAILED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shared_and_own_options),
        cmocka_unit_test(test_wrong_usage),
        cmocka_unit_test(test_help_is_no_fault),
        cmocka_unit_test(test_output_stays_only_where_the_command_is_done),
        cmocka_unit_test(test_a_zone_that_is_not_there),
    };
    return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
