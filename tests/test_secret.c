// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/secret.h"

// Reads a file of these bytes.
static bool read_bytes(const char *bytes, size_t length, char ret[static SECRET_MAX],
                       char error[static 256])
{
    char path[] = "/tmp/phutai-secret-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes, length), (ssize_t)length);
    close(fd);
    bool good = secret_read(path, ret, error);
    if (!good)
        assert_non_null(strstr(error, path));
    unlink(path);
    return good;
}

static void takes_the_one_line(void **state)
{
    (void)state;
    char secret[SECRET_MAX], error[256];
    assert_true(read_bytes("t0p s3cret", 10, secret, error));
    assert_string_equal(secret, "t0p s3cret");
    assert_true(read_bytes(" \tmật-khẩu\r\n\n", 16, secret, error));
    assert_string_equal(secret, "mật-khẩu");
    char longest[SECRET_MAX];
    memset(longest, 'x', sizeof longest);
    assert_true(read_bytes(longest, SECRET_MAX - 1, secret, error));
    assert_int_equal(strlen(secret), SECRET_MAX - 1);
    secret_wipe(secret);
    assert_string_equal(secret, "");
}

static void refuses_in_words_without_the_secret(void **state)
{
    (void)state;
    char secret[SECRET_MAX], error[256], longest[SECRET_MAX];
    memset(longest, 'x', sizeof longest);
    assert_false(read_bytes("", 0, secret, error));
    assert_non_null(strstr(error, "is empty"));
    assert_false(read_bytes(" \n", 2, secret, error));
    assert_false(read_bytes("one\ntwo", 7, secret, error));
    assert_non_null(strstr(error, "more than one line"));
    assert_null(strstr(error, "two"));
    assert_false(read_bytes("a\0b", 3, secret, error));
    assert_false(read_bytes(longest, SECRET_MAX, secret, error));
    assert_false(secret_read("/nonexistent/2385", secret, error));
    assert_non_null(strstr(error, "/nonexistent/2385"));
    assert_non_null(strstr(error, "No such file"));
    assert_false(secret_read("/tmp", secret, error));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_the_one_line),
        cmocka_unit_test(refuses_in_words_without_the_secret),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
