// SPDX-License-Identifier: GPL-3.0-or-later
// Damaged files of every kind: whatever stands in them, the reader ends, and says why when it
// refuses. Under ASan and UBSan this is a small fuzzer; PHUTAI_SEED and PHUTAI_ROUNDS steer it.
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

enum { FILE_MAX = 32768 };

struct bytes {
    char text[FILE_MAX];
    size_t n;
};

static const char *const names[] = {"phutaid.conf", "zones.csv", "capacity.csv", "calendar.csv",
                                    "register.csv"};
enum { FILES = sizeof names / sizeof *names };

static uint64_t random_state;

static uint64_t next_random(uint64_t below)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state % below;
}

static void load(const char *name, struct bytes *bytes)
{
    char path[64];
    snprintf(path, sizeof path, "config/bac-giang/%s", name);
    FILE *in = fopen(path, "r");
    if (!in)
        fail_msg("%s is not there: tests run in the repository's root", path);
    bytes->n = fread(bytes->text, 1, FILE_MAX / 2, in);
    fclose(in);
}

static void save(const char *folder, const char *name, const struct bytes *bytes)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *out = fopen(path, "w");
    assert_non_null(out);
    assert_int_equal(fwrite(bytes->text, 1, bytes->n, out), bytes->n);
    fclose(out);
}

static void damage(struct bytes *bytes)
{
    static const char telling[] = "\",;=[]\n\r\0 -+.#\xFF\xC3 0 9e";
    const size_t at = next_random(bytes->n);
    switch (next_random(5)) {
    case 0:
        bytes->text[at] = (char)next_random(256);
        break;
    case 1:
        bytes->text[at] = telling[next_random(sizeof telling)];
        break;
    case 2: // a piece is lost
        memmove(bytes->text + at, bytes->text + at + (bytes->n - at) / 3,
                bytes->n - at - (bytes->n - at) / 3);
        bytes->n -= (bytes->n - at) / 3;
        break;
    case 3: // a piece stands twice
        if (bytes->n + 300 < FILE_MAX && at + 300 < bytes->n) {
            memmove(bytes->text + at + 300, bytes->text + at, bytes->n - at);
            bytes->n += 300;
        }
        break;
    default: // the file is cut
        bytes->n = at + 1;
    }
}

static void any_damage_is_survived(void **state)
{
    (void)state;
    static struct bytes whole[FILES], file;
    const char *seed = getenv("PHUTAI_SEED"), *rounds_text = getenv("PHUTAI_ROUNDS");
    const long rounds = rounds_text ? atol(rounds_text) : 1500;
    random_state = seed ? strtoull(seed, NULL, 10) : 2385;
    print_message("seed %llu\n", (unsigned long long)random_state);
    char folder[] = "/tmp/test_config_damage_XXXXXX", path[128];
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/phutaid.conf", folder);
    for (size_t k = 0; k < FILES; k++)
        load(names[k], &whole[k]);
    long refused = 0;
    for (long i = 0; i < rounds; i++) {
        const size_t damaged = next_random(FILES);
        for (size_t k = 0; k < FILES; k++) {
            file = whole[k];
            for (uint64_t n = k == damaged ? 1 + next_random(4) : 0; n > 0; n--)
                damage(&file);
            save(folder, names[k], &file);
        }
        struct config_errors errors;
        struct config *config = config_read(path, &errors);
        assert_true(config ? errors.n == 0 : errors.n > 0);
        refused += config == NULL;
        config_free(config);
        config_errors_done(&errors);
    }
    // Much damage changes nothing but a name or a note; most must be noticed all the same.
    print_message("%ld of %ld refused\n", refused, rounds);
    assert_true(refused > rounds / 3);
    for (size_t k = 0; k < FILES; k++) {
        snprintf(path, sizeof path, "%s/%s", folder, names[k]);
        unlink(path);
    }
    rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_damage_is_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
