// SPDX-License-Identifier: GPL-3.0-or-later
// Every allocation of the configuration's reader fails once: none may crash it, leak, or let a
// configuration out that lacks something. Linked with --wrap (see the Makefile), so that the
// allocations of our own objects come by here.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "config/config.h"

void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *memory, size_t size);
char *__real_strdup(const char *text);
char *__real_strndup(const char *text, size_t n);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *memory, size_t size);
char *__wrap_strdup(const char *text);
char *__wrap_strndup(const char *text, size_t n);
int __wrap_asprintf(char **ret, const char *format, ...) __attribute__((format(printf, 2, 3)));

static struct {
    long left; // allocations that still succeed; negative: all
    bool failed;
} supply = {.left = -1};

static bool is_out(void)
{
    if (supply.left < 0 || supply.left-- > 0)
        return false;
    supply.failed = true;
    return true;
}

void *__wrap_malloc(size_t size)
{
    return is_out() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t n, size_t size)
{
    return is_out() ? NULL : __real_calloc(n, size);
}

void *__wrap_realloc(void *memory, size_t size)
{
    return is_out() ? NULL : __real_realloc(memory, size);
}

char *__wrap_strdup(const char *text)
{
    return is_out() ? NULL : __real_strdup(text);
}

char *__wrap_strndup(const char *text, size_t n)
{
    return is_out() ? NULL : __real_strndup(text, n);
}

int __wrap_asprintf(char **ret, const char *format, ...)
{
    va_list arguments;
    if (is_out())
        return -1;
    va_start(arguments, format);
    const int length = vasprintf(ret, format, arguments);
    va_end(arguments);
    return length;
}

// Reads the file once for each allocation that it makes; says how many there are.
static long fail_each(const char *path, bool is_good)
{
    for (long n = 0;; n++) {
        struct config_errors errors;
        supply.left = n;
        supply.failed = false;
        struct config *config = config_read(path, &errors);
        supply.left = -1;
        const bool whole = config != NULL;
        config_free(config);
        config_errors_done(&errors);
        if (!supply.failed) {
            assert_int_equal(whole, is_good);
            return n;
        }
        if (whole)
            fail_msg("allocation %ld failed, and nobody noticed", n);
    }
}

static void a_good_configuration(void **state)
{
    (void)state;
    assert_true(fail_each("config/bac-giang/phutaid.conf", true) > 300);
}

static void a_bad_configuration(void **state)
{
    (void)state;
    char path[] = "/tmp/test_config_oom_XXXXXX";
    const int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_true(dprintf(fd, "[site]\nzones = none.csv\nstep = 1s\n[influxdb a]\n"
                            "dialect = influxdb2\nbucket = b\nqq = 1\n[nowhere]\n=\n") > 0);
    close(fd);
    assert_true(fail_each(path, false) > 30);
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_configuration),
        cmocka_unit_test(a_bad_configuration),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
