// SPDX-License-Identifier: GPL-3.0-or-later
// Every allocation of the taking of an export fails once: what is good may not be refused for it.
// Linked with --wrap (see the Makefile).
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "daemon/export_reader.h"
#include "tests/site_folder.h"

enum { NOON = 1717842600 };

void *__real_calloc(size_t n, size_t size);
char *__real_strdup(const char *text);
void *__wrap_calloc(size_t n, size_t size);
char *__wrap_strdup(const char *text);

static long left = -1; // allocations that still succeed; negative: all

static bool is_out(void)
{
    return left >= 0 && left-- == 0;
}

void *__wrap_calloc(size_t n, size_t size)
{
    return is_out() ? NULL : __real_calloc(n, size);
}

char *__wrap_strdup(const char *text)
{
    return is_out() ? NULL : __real_strdup(text);
}

static bool see_reading(void *context, const struct store_reading *reading)
{
    (void)reading;
    ++*(int *)context;
    return true;
}

static bool see_weather(void *context, const struct store_weather *weather)
{
    (void)weather;
    ++*(int *)context;
    return true;
}

static bool see_bad(void *context, const struct export_bad *bad)
{
    (void)context;
    fail_msg("line %lu refused: %s", bad->line, bad->reason);
    return false;
}

// How many rows came where only so many allocations succeed.
static enum export_status take(const char *keys, const char *text, long allocations, int *ret)
{
    char sections[256] = "[folder f]\npath = drop\n";
    struct config *config = site_folder_config(NULL, strcat(sections, keys));
    struct export_rules *rules = export_rules_new(config, &config->folders[0]);
    const int fd = memfd_create("export", MFD_CLOEXEC);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    struct export_reader *reader = export_reader_new(rules, fd);
    const struct export_sink sink = {see_reading, see_weather, see_bad, ret, NULL};
    *ret = 0;
    while (export_reader_survey(reader, 100) == EXPORT_MORE)
        ;
    left = allocations;
    enum export_status status = EXPORT_MORE;
    while (status == EXPORT_MORE)
        status = export_reader_take(reader, &sink, NOON, 100);
    left = -1;
    export_reader_free(reader);
    close(fd);
    export_rules_free(rules);
    config_free(config);
    return status;
}

static void assert_stops(const char *keys, const char *text, int rows)
{
    enum export_status status = EXPORT_STOPPED;
    int came, stopped = 0;
    for (long n = 0; status != EXPORT_END; n++) {
        status = take(keys, text, n, &came);
        assert_true(status == EXPORT_END || status == EXPORT_STOPPED);
        stopped += status == EXPORT_STOPPED;
    }
    assert_int_equal(came, rows);
    assert_true(stopped > 0);
}

static void want_of_memory_refuses_no_row(void **state)
{
    (void)state;
    assert_stops("", "time,zone,load\n2024-06-01T00:00,yen-lu,2\n2024-06-01T00:00,phuc-son,3\n", 2);
    assert_stops("kind = weather\n",
                 "time,station,temp_c\n2024-06-01T00:00,met,30\n2024-06-01T00:00,hill,25\n", 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(want_of_memory_refuses_no_row, site_folder_enter,
                                        site_folder_leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
