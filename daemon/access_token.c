// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/access_token.h"

#include <assert.h>
#include <nettle/base64.h>
#include <nettle/memops.h>
#include <nettle/sha2.h>
#include <string.h>
#include <sys/random.h>

static const char prefix[] = "phutai_";
enum { RANDOM_BYTES = 32, PREFIX = sizeof prefix - 1 };

static_assert(ACCESS_TOKEN_SEAL == ACCESS_TOKEN_SALT + SHA256_DIGEST_SIZE);

// Up to 256 bytes come whole or not at all.
static bool draw(size_t size, uint8_t ret[])
{
    return getrandom(ret, size, 0) == (ssize_t)size;
}

static void hash(const char *token, const uint8_t salt[static ACCESS_TOKEN_SALT],
                 uint8_t ret[static SHA256_DIGEST_SIZE])
{
    struct sha256_ctx context;
    sha256_init(&context);
    sha256_update(&context, ACCESS_TOKEN_SALT, salt);
    sha256_update(&context, strlen(token), (const uint8_t *)token);
    sha256_digest(&context, SHA256_DIGEST_SIZE, ret);
    explicit_bzero(&context, sizeof context);
}

static void write_text(const uint8_t random[static RANDOM_BYTES], char ret[static ACCESS_TOKEN_LEN])
{
    char text[BASE64_ENCODE_LENGTH(RANDOM_BYTES) + BASE64_ENCODE_FINAL_LENGTH];
    struct base64_encode_ctx context;
    base64url_encode_init(&context);
    size_t length = base64_encode_update(&context, text, RANDOM_BYTES, random);
    base64_encode_final(&context, text + length); // and a '=', which is left out
    memcpy(ret, prefix, PREFIX);
    memcpy(ret + PREFIX, text, ACCESS_TOKEN_LEN - PREFIX - 1);
    ret[ACCESS_TOKEN_LEN - 1] = '\0';
    explicit_bzero(&context, sizeof context);
    explicit_bzero(text, sizeof text);
}

bool access_token_make(char ret[static ACCESS_TOKEN_LEN],
                       uint8_t ret_seal[static ACCESS_TOKEN_SEAL])
{
    uint8_t random[RANDOM_BYTES], salt[ACCESS_TOKEN_SALT];
    const bool drawn = draw(sizeof random, random) && draw(sizeof salt, salt);
    if (drawn) {
        write_text(random, ret);
        memcpy(ret_seal, salt, sizeof salt);
        hash(ret, salt, ret_seal + ACCESS_TOKEN_SALT);
    }
    explicit_bzero(random, sizeof random);
    return drawn;
}

void access_token_wipe(char token[static ACCESS_TOKEN_LEN])
{
    explicit_bzero(token, ACCESS_TOKEN_LEN);
}

bool access_token_is_one(const char *text)
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    return !strncmp(text, prefix, PREFIX) && strlen(text) == ACCESS_TOKEN_LEN - 1 &&
           strspn(text, letters) == ACCESS_TOKEN_LEN - 1;
}

bool access_token_fits(const char *token, const uint8_t seal[static ACCESS_TOKEN_SEAL])
{
    uint8_t of_token[SHA256_DIGEST_SIZE];
    hash(token, seal, of_token);
    const bool same = memeql_sec(of_token, seal + ACCESS_TOKEN_SALT, sizeof of_token);
    explicit_bzero(of_token, sizeof of_token);
    return same;
}
