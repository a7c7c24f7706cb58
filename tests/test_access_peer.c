// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/access_peer.h"

static struct access_peer peer_of(const char *address, const char *forwarded, const char *host)
{
    const struct access_peer_words words = {
        .address = address, .forwarded = forwarded, .host = host};
    return access_peer_find(&words);
}

static bool local(const char *address, const char *forwarded, const char *host)
{
    return peer_of(address, forwarded, host).local;
}

static bool same(const char *a, const char *b)
{
    const struct access_peer first = peer_of(a, NULL, NULL), second = peer_of(b, NULL, NULL);
    return !memcmp(first.network, second.network, sizeof first.network);
}

static void only_loopback_is_local(void **state)
{
    (void)state;
    static const char *const own[] = {"127.0.0.1", "127.8.9.10", "::1", "::ffff:127.0.0.1"};
    static const char *const strangers[] = {
        "10.0.0.1",       "128.0.0.1", "::2",     "::",          "fe80::1%lo", "::ffff:10.0.0.1",
        "127.0.0.1.evil", "",          "unknown", "::127.0.0.1", "1::1"};
    for (size_t k = 0; k < sizeof own / sizeof *own; k++)
        assert_true(local(own[k], NULL, NULL));
    for (size_t k = 0; k < sizeof strangers / sizeof *strangers; k++)
        assert_false(local(strangers[k], NULL, NULL));
}

static void a_proxy_here_names_whom_it_asks_for(void **state)
{
    (void)state;
    static const struct {
        const char *forwarded, *stands_for;
    } cases[] = {
        {"10.1.2.3", "10.1.2.3"},
        {"127.0.0.1, 10.1.2.3", "10.1.2.3"}, // what stands before, the client may have sent
        {"127.0.0.1, ::1, 10.1.2.3", "10.1.2.3"},
        {"10.1.2.3:4711", "10.1.2.3"},
        {"[2001:db8::7]:443", "2001:db8::7"},
        {"2001:db8::7", "2001:db8::7"},
        {"10.1.2.3, \t192.0.2.1 ", "192.0.2.1"},
        {"", ""},
        {"127.0.0.1,", ""},
        {"unknown", ""},
        {"[127.0.0.1", ""},
        {"12.0.0.1000000000000000000000000000000000000000000000000000000000000000000000", ""},
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        const struct access_peer got = peer_of("127.0.0.1", cases[k].forwarded, NULL);
        const struct access_peer wanted = peer_of(cases[k].stands_for, NULL, NULL);
        assert_false(got.local);
        assert_memory_equal(got.network, wanted.network, sizeof got.network);
    }
    assert_true(local("127.0.0.1", "10.1.2.3, 127.0.0.1", NULL));
    assert_true(local("::1", "[::1]:99", NULL));
    const struct access_peer_words words = {.address = "127.0.0.1", .passed_on = true};
    assert_false(access_peer_find(&words).local);
}

static void what_strangers_say_of_themselves_does_not_matter(void **state)
{
    (void)state;
    assert_false(local("10.0.0.1", "127.0.0.1", "localhost"));
    const struct access_peer got = peer_of("10.0.0.1", "10.0.0.2", NULL);
    const struct access_peer wanted = peer_of("10.0.0.1", NULL, NULL);
    assert_memory_equal(got.network, wanted.network, sizeof got.network);
}

static void a_local_request_is_for_this_machine(void **state)
{
    (void)state;
    static const char *const own[] = {"localhost", "LocalHost:8428", "127.0.0.1:8428", "[::1]:8428",
                                      "127.0.0.1", "[::1]",          "192.168.1.5:80"};
    static const char *const others[] = {"rebound.example", "rebound.example:8428",
                                         "localhost.example", "", "127.0.0.1.example:8428"};
    for (size_t k = 0; k < sizeof own / sizeof *own; k++)
        assert_true(local("127.0.0.1", NULL, own[k]));
    for (size_t k = 0; k < sizeof others / sizeof *others; k++)
        assert_false(local("127.0.0.1", NULL, others[k]));
}

static void networks_are_told_apart(void **state)
{
    (void)state;
    assert_true(same("10.0.0.1", "::ffff:10.0.0.1"));
    assert_false(same("10.0.0.1", "10.0.0.2"));
    assert_true(same("2001:db8::1", "2001:db8::ffff:1"));
    assert_false(same("2001:db8::1", "2001:db8:0:1::1"));
    assert_true(same("fe80::1%eth0", "fe80::2"));
    assert_false(same("::1", "::2"));
    assert_false(same("", "127.0.0.1"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_loopback_is_local),
        cmocka_unit_test(a_proxy_here_names_whom_it_asks_for),
        cmocka_unit_test(what_strangers_say_of_themselves_does_not_matter),
        cmocka_unit_test(a_local_request_is_for_this_machine),
        cmocka_unit_test(networks_are_told_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
