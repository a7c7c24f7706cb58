// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "daemon/listen.h"

static void takes_a_free_port(void **state)
{
    (void)state;
    char error[256];
    unsigned port = 0, other = 0;
    int fd = listen_open("127.0.0.1:0", &port, error);
    assert_true(fd >= 0);
    assert_in_range(port, 1, 65535);
    int fd2 = listen_open("localhost:0", &other, error);
    assert_true(fd2 >= 0);
    assert_int_not_equal(port, other);
    close(fd);
    close(fd2);
}

static void says_that_the_port_is_taken(void **state)
{
    (void)state;
    char error[256], address[64];
    unsigned port = 0;
    int fd = listen_open("127.0.0.1:0", &port, error);
    assert_true(fd >= 0);
    snprintf(address, sizeof address, "127.0.0.1:%u", port);
    assert_int_equal(listen_open(address, &port, error), -1);
    assert_non_null(strstr(error, address));
    assert_non_null(strstr(error, "Address already in use"));
    close(fd);
    fd = listen_open(address, &port, error); // closed, so free at once
    assert_true(fd >= 0);
    close(fd);
}

static void refuses_what_is_no_address(void **state)
{
    (void)state;
    static const char *const bad[] = {"",
                                      ":",
                                      "8428",
                                      ":8428",
                                      "127.0.0.1:",
                                      "[::1:8428",
                                      "[]:8428",
                                      "127.0.0.1:http99",
                                      "256.0.0.1:8428",
                                      "203.0.113.5:0"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char error[256] = "";
        unsigned port = 2385;
        assert_int_equal(listen_open(bad[i], &port, error), -1);
        assert_non_null(strstr(error, bad[i]));
        assert_int_equal(port, 2385);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_a_free_port),
        cmocka_unit_test(says_that_the_port_is_taken),
        cmocka_unit_test(refuses_what_is_no_address),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
