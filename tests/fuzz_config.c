// SPDX-License-Identifier: GPL-3.0-or-later
// A site's folder: the INI file and the registry files that it names. It is read into a
// configuration whose promises hold, or every fault is told by file and line.
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config/config.h"
#include "config/text.h"
#include "tests/fuzz.h"
#include "tests/memory_file.h"

// The folder, made once: links to files in memory, whose contents are the input's parts.
enum { FILES = 5 };
static const char *const names[FILES] = {"phutaid.conf", "zones.csv", "capacity.csv",
                                         "calendar.csv", "register.csv"};
struct folder {
    int files[FILES];
    char path[64];
};

static struct folder folder;

static void remove_folder(void)
{
    char path[128];
    for (int i = 0; i < FILES; i++) {
        snprintf(path, sizeof path, "%s/%s", folder.path, names[i]);
        unlink(path);
    }
    rmdir(folder.path);
}

static void make_folder(void)
{
    char file[MEMORY_FILE_PATH_LEN], link[128];
    strcpy(folder.path, "/tmp/fuzz_config.XXXXXX");
    assert(mkdtemp(folder.path));
    for (int i = 0; i < FILES; i++) {
        folder.files[i] = memory_file_new();
        memory_file_path(folder.files[i], file);
        snprintf(link, sizeof link, "%s/%s", folder.path, names[i]);
        assert(symlink(file, link) == 0);
    }
    atexit(remove_folder);
}

// The parts stand one after the other, each but the first behind a line "%%".
static void fill_folder(const char *data, size_t size)
{
    static const char mark[] = "\n%%\n";
    for (int i = 0; i < FILES; i++) {
        const char *end = size ? memmem(data, size, mark, strlen(mark)) : NULL;
        const size_t length = end ? (size_t)(end - data) + 1 : size;
        const size_t skipped = end ? length + strlen(mark) - 1 : size;
        memory_file_fill(folder.files[i], data, length);
        data += skipped;
        size -= skipped;
    }
}

static void check_errors(const struct config_errors *errors)
{
    for (size_t i = 0; i < errors->n; i++)
        assert(*errors->text[i] && text_is_clean(errors->text[i]));
}

static void check_rule(const struct config_alert *rule)
{
    double below = 0;
    assert(*rule->name && *rule->zones && rule->hold > 0 && rule->hold_clear > 0);
    for (size_t k = 0; k < CONFIG_ALERT_LEVELS; k++) {
        assert(rule->per_cent[k] == 0 || rule->per_cent[k] > below);
        below = rule->per_cent[k] > 0 ? rule->per_cent[k] : below;
    }
    assert(below > 0 && !(rule->limit_mw <= 0));
    assert(rule->on > CONFIG_ALERT_SEASON || rule->clear_probability <= rule->probability);
    assert(rule->mute_from_s >= 0 && rule->mute_to_s >= 0 && rule->mute_to_s <= 86400);
}

static void check_config(const struct config *config)
{
    assert(config->site.step_s > 0 && config->n_zones > 0);
    for (size_t i = 0; i < config->n_zones; i++) {
        assert(config_zone_find(config, config->zones[i].id) == i);
        const size_t kin = config_zone_kin(config, i);
        assert(kin == SIZE_MAX || (kin < config->n_zones && kin != i));
        const double firm_mw = config_firm_mw(config, i, 19723);
        assert(!(firm_mw < 0));
    }
    for (size_t i = 0; i < config->n_capacities; i++) {
        const struct config_capacity *row = &config->capacities[i];
        assert(row->zone < config->n_zones && *row->substation);
        assert(i == 0 || row->zone > row[-1].zone ||
               (row->zone == row[-1].zone && row->feed >= row[-1].feed));
    }
    for (size_t i = 0; i < config->n_rules; i++)
        check_rule(&config->rules[i]);
    for (size_t i = 1; i < config->n_days; i++)
        assert(config->days[i].day > config->days[i - 1].day);
    for (size_t i = 0; i < config->n_entries; i++)
        assert(config->entries[i].zone < config->n_zones);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[128];
    if (!*folder.path)
        make_folder();
    fill_folder((const char *)data, size);
    snprintf(path, sizeof path, "%s/phutaid.conf", folder.path);
    struct config_errors errors;
    struct config *config = config_read(path, &errors);
    assert(!config == (errors.n > 0));
    check_errors(&errors);
    if (config)
        check_config(config);
    config_free(config);
    config_errors_done(&errors);
    return 0;
}
