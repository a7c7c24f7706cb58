// SPDX-License-Identifier: GPL-3.0-or-later
// The shipped sample and manual page are what the table of keys makes of itself, and they are
// right.
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
#include "config/keys.h"

static char *read_whole(const char *path)
{
    FILE *in = fopen(path, "r");
    if (!in)
        fail_msg("%s is not there: tests run in the repository's root", path);
    char *text = NULL;
    size_t size = 0;
    if (getdelim(&text, &size, '\0', in) < 0)
        fail_msg("%s cannot be read", path);
    fclose(in);
    return text;
}

static char *print(void (*function)(FILE *))
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    assert_non_null(out);
    function(out);
    assert_int_equal(fclose(out), 0);
    return text;
}

static void assert_shipped(const char *path, void (*function)(FILE *), const char *command)
{
    char *shipped = read_whole(path), *made = print(function);
    if (strcmp(shipped, made) != 0)
        fail_msg("%s is stale: %s >%s", path, command, path);
    free(shipped);
    free(made);
}

static void the_shipped_files_are_up_to_date(void **state)
{
    (void)state;
    assert_shipped("config/phutaid.conf", config_print_sample,
                   "build/phutai --print-config sample");
    assert_shipped("config/phutaid.conf.5", config_print_manual,
                   "build/phutai --print-config manual");
}

static bool has(const char *text, const char *before, const char *name, const char *after)
{
    char line[128];
    snprintf(line, sizeof line, "%s%s%s", before, name, after);
    return strstr(text, line) != NULL;
}

static void every_key_is_in_both(void **state)
{
    (void)state;
    char *sample = print(config_print_sample), *manual = print(config_print_manual);
    for (const struct key_section *s = keys_sections; s->name; s++)
        for (const struct key *key = s->keys; key->name; key++) {
            if (!has(sample, "\n", key->name, " = ") && !has(sample, "\n;", key->name, " = "))
                fail_msg("%s is not in the sample", key->name);
            if (!has(manual, "\n.It Ic ", key->name, "\n"))
                fail_msg("%s is not in the manual page", key->name);
        }
    free(sample);
    free(manual);
}

static void assert_same_value(const struct key *key, const void *a, const void *b)
{
    const char *x = (const char *)a + key->offset, *y = (const char *)b + key->offset;
    bool same;
    if (key->type == KEY_TEXT || key->type == KEY_PATH) {
        const char *text, *other;
        memcpy(&text, x, sizeof text);
        memcpy(&other, y, sizeof other);
        same = text && other ? !strcmp(text, other) : text == other;
    } else {
        const size_t small = key->type == KEY_YES_NO ? sizeof(bool) : sizeof(int);
        const bool is_small = key->type == KEY_YES_NO || key->type == KEY_CHOICE;
        same = !memcmp(x, y, is_small ? small : sizeof(int64_t));
    }
    if (!same)
        fail_msg("the sample sets [%s] %s to something else than its default", key->section,
                 key->name);
}

static struct config *read_good(const char *path)
{
    struct config_errors errors;
    struct config *config = config_read(path, &errors);
    for (size_t i = 0; i < errors.n; i++)
        print_error("%s\n", errors.text[i]);
    config_errors_done(&errors);
    assert_non_null(config);
    return config;
}

// A folder that has the registry files where the sample looks for them.
// Files that the sample names beside itself, with the least that may stand in them.
static const struct {
    const char *name, *text;
} beside[] = {
    {"topics.csv", "topic,zone\na,yen-lu\n"},
};

static void make_beside(const char *folder)
{
    char path[128];
    for (size_t i = 0; i < sizeof beside / sizeof *beside; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, beside[i].name);
        FILE *file = fopen(path, "w");
        assert_non_null(file);
        fputs(beside[i].text, file);
        fclose(file);
    }
}

static void make_folder(char folder[static 64])
{
    char *site = realpath("config/bac-giang", NULL), link[128];
    assert_non_null(site);
    strcpy(folder, "/tmp/test_config_print_XXXXXX");
    assert_non_null(mkdtemp(folder));
    snprintf(link, sizeof link, "%s/bac-giang", folder);
    assert_int_equal(symlink(site, link), 0);
    free(site);
    make_beside(folder);
}

static void remove_folder(const char *folder)
{
    char link[128];
    snprintf(link, sizeof link, "%s/bac-giang", folder);
    unlink(link);
    for (size_t i = 0; i < sizeof beside / sizeof *beside; i++) {
        snprintf(link, sizeof link, "%s/%s", folder, beside[i].name);
        unlink(link);
    }
    assert_int_equal(rmdir(folder), 0);
}

// Of a commented line: whether it is a heading or a key that can stand beside the others. Of a
// folder's keys those without a default are examples that rule each other out.
static bool may_stand(const char *line, const struct key_section **section)
{
    char name[64] = "";
    if (sscanf(line, ";[%63[a-z]", name) == 1) {
        *section = keys_section(name);
        return true;
    }
    const bool sets = *section && sscanf(line, ";%63[a-z0-9_] =", name) == 1;
    const struct key *key = sets ? keys_find(*section, name) : NULL;
    return key && (key->fallback || key->required || strcmp((*section)->name, "folder") != 0);
}

// Reads a configuration of that text, in which a ';' before what may stand has no meaning.
static struct config *read_uncommented(const char *folder, const char *text)
{
    char path[128];
    const struct key_section *section = NULL;
    snprintf(path, sizeof path, "%s/x.conf", folder);
    FILE *out = fopen(path, "w");
    assert_non_null(out);
    for (const char *line = text, *end; *line; line = end) {
        end = strchrnul(line, '\n');
        end += *end == '\n';
        line += *line == ';' && may_stand(line, &section);
        fwrite(line, 1, (size_t)(end - line), out);
    }
    fclose(out);
    struct config *config = read_good(path);
    unlink(path);
    return config;
}

// Only the registry files, which can have no default, may differ.
static void the_sample_says_the_defaults(void **state)
{
    (void)state;
    char folder[64];
    make_folder(folder);
    char *sample = print(config_print_sample);
    struct config *uncommented = read_uncommented(folder, sample);
    struct config *minimal =
        read_uncommented(folder, "[site]\nzones = bac-giang/zones.csv\n[influxdb local]\n"
                                 "[mqtt local]\ntopics = a\n"
                                 "[folder local]\npath = /srv/phutai/drop\n"
                                 "[pull local]\ndatabase = telegraf\n"
                                 "[weather local]\nlatitude = 21.27\nlongitude = 106.2\n"
                                 "[alert local]\non = peak\n"
                                 "[alertmanager local]\nurl = http://127.0.0.1:9093\n"
                                 "[webhook local]\nurl = https://chat.example/hook\n");
    remove_folder(folder);
    struct config *config = read_good("config/phutaid.conf");
    for (const struct key_section *section = keys_sections; section->name; section++)
        for (const struct key *key = section->keys; key->name; key++) {
            const struct config *other = section->size ? uncommented : config;
            if (section->size) {
                assert_int_equal(*(const size_t *)((const char *)config + section->count), 0);
                assert_int_equal(*(const size_t *)((const char *)other + section->count), 1);
            }
            if (section->size ? key->fallback != NULL : !key->sample)
                assert_same_value(key, (const char *)minimal + section->first,
                                  (const char *)other + section->first);
        }
    config_free(config);
    config_free(uncommented);
    config_free(minimal);
    free(sample);
}

static void the_manual_page_is_well_formed(void **state)
{
    (void)state;
    if (system("command -v mandoc >/dev/null") != 0) {
        print_message("mandoc is not installed\n");
        skip();
    }
    // Style notes below a warning are about manual pages that are not installed.
    assert_int_equal(system("mandoc -Tlint -Wwarning config/phutaid.conf.5"), 0);
}

static void rows_of_the_table_are_whole(void **state)
{
    (void)state;
    for (const struct key_section *section = keys_sections; section->name; section++) {
        size_t n = 0;
        for (const struct key *key = section->keys; key->name; key++, n++) {
            assert_string_equal(key->section, section->name);
            assert_ptr_equal(keys_find(section, key->name), key);
            assert_true(key->fallback || key->example);
            assert_true(!key->check == !key->expects);
            assert_true((key->type == KEY_CHOICE) == (key->choices != NULL));
            assert_true(strlen(key->help) > 15 && key->help[strlen(key->help) - 1] == '.');
        }
        assert_in_range(n, 1, KEYS_MAX);
    }
}

static void slips_are_recognised(void **state)
{
    (void)state;
    const struct key_section *site = keys_section("site");
    assert_string_equal(keys_nearest(site, "zone")->name, "zones");
    assert_string_equal(keys_nearest(keys_section("intake"), "load_min")->name, "load_min_mw");
    assert_string_equal(keys_nearest(site, "horizon")->section, "forecast");
    assert_null(keys_nearest(site, "temperature"));
    assert_null(keys_nearest(site, ""));
    assert_string_equal(keys_nearest_section("influx")->name, "influxdb");
    assert_null(keys_nearest_section("weather station"));
    assert_null(keys_nearest_section("a name far longer than any section or key could ever be"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_shipped_files_are_up_to_date),
        cmocka_unit_test(every_key_is_in_both),
        cmocka_unit_test(the_sample_says_the_defaults),
        cmocka_unit_test(the_manual_page_is_well_formed),
        cmocka_unit_test(rows_of_the_table_are_whole),
        cmocka_unit_test(slips_are_recognised),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
