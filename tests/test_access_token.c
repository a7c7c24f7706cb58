// SPDX-License-Identifier: GPL-3.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <nettle/sha2.h>

#include "daemon/access_token.h"

static void a_token_fits_its_seal_alone(void **state)
{
    (void)state;
    char token[ACCESS_TOKEN_LEN], other[ACCESS_TOKEN_LEN];
    uint8_t seal[ACCESS_TOKEN_SEAL], other_seal[ACCESS_TOKEN_SEAL];
    assert_true(access_token_make(token, seal));
    assert_true(access_token_make(other, other_seal));
    assert_string_not_equal(token, other);
    assert_memory_not_equal(seal, other_seal, ACCESS_TOKEN_SALT);
    assert_true(access_token_fits(token, seal));
    assert_true(access_token_fits(other, other_seal));
    assert_false(access_token_fits(other, seal));
    assert_false(access_token_fits("", seal));
    for (size_t i = 0; i < sizeof seal; i++) {
        seal[i] ^= 1;
        assert_false(access_token_fits(token, seal));
        seal[i] ^= 1;
    }
    access_token_wipe(token);
    for (size_t i = 0; i < sizeof token; i++)
        assert_int_equal(token[i], 0);
}

// Salt, then SHA-256 of salt and token, so that other programs could check one.
static void the_seal_is_salt_and_hash(void **state)
{
    (void)state;
    char token[ACCESS_TOKEN_LEN];
    uint8_t seal[ACCESS_TOKEN_SEAL], hash[SHA256_DIGEST_SIZE];
    assert_true(access_token_make(token, seal));
    uint8_t both[ACCESS_TOKEN_SALT + ACCESS_TOKEN_LEN - 1];
    memcpy(both, seal, ACCESS_TOKEN_SALT);
    memcpy(both + ACCESS_TOKEN_SALT, token, ACCESS_TOKEN_LEN - 1);
    struct sha256_ctx context;
    sha256_init(&context);
    sha256_update(&context, sizeof both, both);
    sha256_digest(&context, sizeof hash, hash);
    assert_memory_equal(hash, seal + ACCESS_TOKEN_SALT, sizeof hash);
}

// Every letter that base64url has comes up, and in every place more than one.
static void a_token_looks_like_one(void **state)
{
    (void)state;
    char token[ACCESS_TOKEN_LEN], first[ACCESS_TOKEN_LEN];
    uint8_t seal[ACCESS_TOKEN_SEAL];
    bool letter[256] = {false}, moves[ACCESS_TOKEN_LEN] = {false};
    assert_true(access_token_make(first, seal));
    for (int k = 0; k < 500; k++) {
        assert_true(access_token_make(token, seal));
        assert_int_equal(strlen(token), 50);
        assert_memory_equal(token, "phutai_", 7);
        assert_true(access_token_is_one(token));
        for (int i = 7; i < 50; i++) {
            letter[(unsigned char)token[i]] = true;
            moves[i] |= token[i] != first[i];
        }
    }
    int letters = 0;
    for (int c = 0; c < 256; c++)
        letters += letter[c];
    assert_int_equal(letters, 64);
    assert_true(letter['-'] && letter['_'] && !letter['+'] && !letter['/'] && !letter['=']);
    for (int i = 7; i < 50; i++)
        assert_true(moves[i]);
}

static void other_texts_do_not(void **state)
{
    (void)state;
    static const char *const others[] = {
        "",
        "phutai_",
        "phutai_22gt3qJSCrEqtjuMxwfMJSphL4zYKsEr05o0aZtxgb",
        "phutai_22gt3qJSCrEqtjuMxwfMJSphL4zYKsEr05o0aZtxgbww",
        "phutay_22gt3qJSCrEqtjuMxwfMJSphL4zYKsEr05o0aZtxgbw",
        "phutai_22gt3qJSCrEqtjuMxwfMJSphL4zYKsEr05o0aZtxgb=",
        "phutai_22gt3qJSCrEqtjuMxwfMJSphL4zYKsEr05o0aZtx gb",
    };
    assert_true(access_token_is_one("phutai_22gt3qJSCrEqtjuMxwfMJSphL4zYKsEr05o0aZtxgbw"));
    for (size_t k = 0; k < sizeof others / sizeof *others; k++)
        assert_false(access_token_is_one(others[k]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_token_fits_its_seal_alone),
        cmocka_unit_test(the_seal_is_salt_and_hash),
        cmocka_unit_test(a_token_looks_like_one),
        cmocka_unit_test(other_texts_do_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
