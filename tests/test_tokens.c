// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/tokens.h"

// As printed by: printf %s abc | sha256sum (FIPS 180-2, appendix B.1).
#define ABC          "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define WRONG_LENGTH "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015a"

static struct tokens *read_text(const char *text, char error[static 256])
{
    char path[] = "/tmp/phutai-tokens-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
    struct tokens *tokens = tokens_read(path, error);
    if (!tokens)
        assert_non_null(strstr(error, path));
    unlink(path);
    return tokens;
}

static void matches_by_hash(void **state)
{
    (void)state;
    char error[256];
    struct tokens *tokens =
        read_text("# who may write\n\n" ABC "  telegraf at Quang Châu\r\n"
                  "  E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855\n",
                  error);
    assert_non_null(tokens);
    assert_true(tokens_match(tokens, "abc"));
    assert_false(tokens_match(tokens, "abd"));
    assert_false(tokens_match(tokens, ABC));
    assert_false(tokens_match(tokens, "")); // though its hash stands there
    assert_false(tokens_match(tokens, NULL));
    tokens_free(tokens);
}

static void refuses_with_file_and_line(void **state)
{
    (void)state;
    char error[256];
    static const char *const bad[] = {ABC "\nsecret\n", "#\n" WRONG_LENGTH "\n", "\n" ABC "0\n",
                                      "#\n" WRONG_LENGTH "g\n"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_null(read_text(bad[i], error));
        assert_non_null(strstr(error, ":2: not a SHA-256"));
        assert_null(strstr(error, "secret"));
    }
    assert_null(read_text("", error));
    assert_null(read_text("# nobody\n", error));
    assert_non_null(strstr(error, "no token"));
    assert_null(tokens_read("/nonexistent/2385", error));
    assert_non_null(strstr(error, "No such file"));
    assert_null(tokens_read("/tmp", error));
}

static void has_a_ceiling(void **state)
{
    (void)state;
    char error[256], *text = calloc(TOKENS_MAX + 1, sizeof ABC);
    for (int i = 0; i < TOKENS_MAX; i++)
        strcat(text, ABC "\n");
    struct tokens *tokens = read_text(text, error);
    assert_non_null(tokens);
    tokens_free(tokens);
    strcat(text, ABC);
    assert_null(read_text(text, error));
    assert_non_null(strstr(error, ":257: too many"));
    free(text);
}

static void finds_the_token_of_a_header(void **state)
{
    (void)state;
    assert_string_equal(tokens_in_header("Token abc"), "abc");
    assert_string_equal(tokens_in_header("bearer  a b"), "a b");
    assert_string_equal(tokens_in_header("Token "), "");
    assert_null(tokens_in_header("Basic YW46Yjpj"));
    assert_null(tokens_in_header("Token"));
    assert_null(tokens_in_header(NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(matches_by_hash),
        cmocka_unit_test(refuses_with_file_and_line),
        cmocka_unit_test(has_a_ceiling),
        cmocka_unit_test(finds_the_token_of_a_header),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
