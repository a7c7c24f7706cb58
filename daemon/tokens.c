// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/tokens.h"

#include <errno.h>
#include <nettle/memops.h>
#include <nettle/sha2.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct tokens {
    size_t n;
    uint8_t hash[TOKENS_MAX][SHA256_DIGEST_SIZE];
};

static int hex_digit(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *at = c ? strchr(digits, c >= 'A' && c <= 'F' ? c - 'A' + 'a' : c) : NULL;
    return at ? (int)(at - digits) : -1;
}

static bool parse_hash(const char *text, uint8_t ret[static SHA256_DIGEST_SIZE])
{
    for (size_t i = 0; i < SHA256_DIGEST_SIZE; i++) {
        int high = hex_digit(text[2 * i]), low = high < 0 ? -1 : hex_digit(text[2 * i + 1]);
        if (low < 0)
            return false;
        ret[i] = (uint8_t)(16 * high + low);
    }
    return strchr(" \t\r\n", text[2 * SHA256_DIGEST_SIZE]); // finds the end of the text too
}

// NULL, or what is wrong with the line.
static const char *take_line(struct tokens *tokens, const char *line)
{
    line += strspn(line, " \t\r\n");
    if (!*line || *line == '#')
        return NULL;
    if (tokens->n == TOKENS_MAX)
        return "too many tokens";
    if (!parse_hash(line, tokens->hash[tokens->n]))
        return "not a SHA-256; make one with: printf %s TOKEN | sha256sum";
    tokens->n++;
    return NULL;
}

static bool read_lines(struct tokens *tokens, FILE *file, const char *path, char error[static 256])
{
    char *line = NULL;
    size_t size = 0, number = 0;
    const char *wrong = NULL;
    errno = 0;
    while (!wrong && getline(&line, &size, file) >= 0) {
        number++;
        wrong = take_line(tokens, line);
    }
    free(line);
    if (!wrong && ferror(file))
        wrong = strerror(errno);
    if (!wrong && !tokens->n)
        wrong = "no token in it: nobody could write";
    if (wrong)
        snprintf(error, 256, "token file '%.150s':%zu: %s", path, number, wrong);
    return !wrong;
}

struct tokens *tokens_read(const char *path, char ret_error[static 256])
{
    struct tokens *tokens = calloc(1, sizeof *tokens);
    FILE *file = tokens ? fopen(path, "re") : NULL;
    bool good = file && read_lines(tokens, file, path, ret_error);
    if (!file)
        snprintf(ret_error, 256, "token file '%.150s': %s", path, strerror(errno));
    else
        fclose(file);
    if (good)
        return tokens;
    tokens_free(tokens);
    return NULL;
}

void tokens_free(struct tokens *tokens)
{
    free(tokens);
}

int tokens_find(const struct tokens *tokens, const char *token)
{
    if (!token || !*token)
        return -1;
    uint8_t hash[SHA256_DIGEST_SIZE];
    struct sha256_ctx context;
    sha256_init(&context);
    sha256_update(&context, strlen(token), (const uint8_t *)token);
    sha256_digest(&context, sizeof hash, hash);
    int found = -1;
    for (size_t i = 0; i < tokens->n; i++)
        if (memeql_sec(hash, tokens->hash[i], sizeof hash))
            found = (int)i;
    return found;
}

bool tokens_match(const struct tokens *tokens, const char *token)
{
    return tokens_find(tokens, token) >= 0;
}

const char *tokens_in_header(const char *authorization)
{
    static const char *const schemes[] = {"Token ", "Bearer "};
    for (size_t i = 0; authorization && i < sizeof schemes / sizeof *schemes; i++) {
        size_t length = strlen(schemes[i]);
        if (!strncasecmp(authorization, schemes[i], length))
            return authorization + length + strspn(authorization + length, " ");
    }
    return NULL;
}
