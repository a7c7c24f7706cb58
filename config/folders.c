// SPDX-License-Identifier: GPL-3.0-or-later
#include "folders.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config_errors.h"
#include "fold.h"
#include "table.h"
#include "text.h"

enum { ALIASES_MAX = 10000, METER_MAX = 128 };

struct walk {
    struct config *config;
    struct config_folder *folder; // at hand
    const struct folders_place *place;
    struct config_errors *errors;
    bool good, stop;
    char *folded[ALIASES_MAX]; // the names of its zone_map so far
};

[[gnu::format(printf, 3, 4)]] static void complain(struct walk *walk, const char *key,
                                                   const char *format, ...)
{
    char words[256];
    va_list args;
    va_start(args, format);
    vsnprintf(words, sizeof words, format, args);
    va_end(args);
    const size_t k = (size_t)(walk->folder - walk->config->folders);
    walk->good = config_errors_add(walk->errors, walk->place->path, walk->place->lines[k],
                                   "[folder %s] %s: %s", walk->folder->name, key, words);
}

static bool refuse_row(struct walk *walk, unsigned long line, const char *what, const char *value,
                       const char *expected)
{
    walk->good =
        config_errors_add(walk->errors, walk->folder->zone_map_file, line, "%s \"%.*s\": %s", what,
                          config_errors_shown(value), value, expected);
    return !walk->stop;
}

static bool no_memory(struct walk *walk)
{
    walk->stop = true;
    walk->good = config_errors_add(walk->errors, NULL, 0, "out of memory");
    return false;
}

static bool is_taken(const struct walk *walk, const char *folded)
{
    for (size_t i = 0; i < walk->folder->n_aliases; i++)
        if (!strcmp(walk->folded[i], folded))
            return true;
    return false;
}

static bool keep_alias(struct walk *walk, char *folded, const char *name, size_t zone,
                       const char *meter)
{
    struct config_folder *folder = walk->folder;
    const size_t n = folder->n_aliases;
    struct config_alias *aliases = realloc(folder->aliases, (n + 1) * sizeof *aliases);
    if (aliases)
        folder->aliases = aliases;
    struct config_alias alias = {.name = strdup(name), .zone = zone, .meter = strdup(meter)};
    if (!aliases || !alias.name || !alias.meter) {
        free(alias.name);
        free(alias.meter);
        free(folded);
        return no_memory(walk);
    }
    aliases[n] = alias;
    walk->folded[n] = folded;
    folder->n_aliases = n + 1;
    return true;
}

// table_read's call: a bad row is noted and the rest is read for more faults.
static bool take_alias(void *context, const struct table_row *row)
{
    struct walk *walk = context;
    const char *name = row->field[0], *id = row->field[1], *meter = row->field[2];
    const bool left_out = !strcmp(id, "-");
    const size_t zone = left_out ? SIZE_MAX : config_zone_find(walk->config, id);
    if (row->excess || !text_is_clean(name) || !text_is_clean(meter))
        return refuse_row(walk, row->line, "name", name,
                          "more fields than the header has, or not text in UTF-8");
    if (zone == SIZE_MAX && !left_out)
        return refuse_row(walk, row->line, "zone", id,
                          "must be the id of a zone, or \"-\" to leave out what has this name");
    if (strlen(meter) > METER_MAX)
        return refuse_row(walk, row->line, "meter", meter, "must have at most 128 bytes");
    if (walk->folder->n_aliases == ALIASES_MAX)
        return refuse_row(walk, row->line, "name", name, "more than 10000 rows");
    char *folded = fold_name(name);
    if (!folded)
        return no_memory(walk);
    if (*folded && !is_taken(walk, folded))
        return keep_alias(walk, folded, name, zone, meter);
    refuse_row(walk, row->line, "name", name,
               *folded ? "stands already further up" : "must not be empty");
    free(folded);
    return !walk->stop;
}

static void read_map(struct walk *walk)
{
    static const char *const columns[] = {"name", "zone", "?meter"};
    char error[256];
    const enum table_status status =
        table_read(walk->folder->zone_map_file, 3, columns, take_alias, walk, error);
    if (status != TABLE_OK && status != TABLE_STOPPED)
        walk->good = config_errors_add(walk->errors, NULL, 0, "%s", error);
    for (size_t i = 0; i < walk->folder->n_aliases; i++)
        free(walk->folded[i]);
}

// Keys of the other kind would be without effect, which nobody means.
static void check_kind(struct walk *walk)
{
    const struct config_folder *f = walk->folder;
    const struct {
        const char *key;
        bool given;
        enum config_folder_kind kind;
    } keys[] = {
        {"zone", f->zone, CONFIG_FOLDER_READINGS},
        {"zone_column", f->zone_column, CONFIG_FOLDER_READINGS},
        {"zone_map", f->zone_map_file, CONFIG_FOLDER_READINGS},
        {"meter_column", f->meter_column, CONFIG_FOLDER_READINGS},
        {"load_column", f->load_column, CONFIG_FOLDER_READINGS},
        {"unit", f->unit != CONFIG_UNIT_AUTO, CONFIG_FOLDER_READINGS},
        {"interval", f->interval_s > 0, CONFIG_FOLDER_READINGS},
        {"stamps", f->stamps != CONFIG_STAMPS_START, CONFIG_FOLDER_READINGS},
        {"station", f->station, CONFIG_FOLDER_WEATHER},
        {"station_column", f->station_column, CONFIG_FOLDER_WEATHER},
        {"temp_column", f->temp_column, CONFIG_FOLDER_WEATHER},
        {"humidity_column", f->humidity_column, CONFIG_FOLDER_WEATHER},
    };
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (keys[i].given && keys[i].kind != f->kind)
            complain(walk, keys[i].key, "has no meaning where kind = %s",
                     f->kind == CONFIG_FOLDER_WEATHER ? "weather" : "readings");
}

static bool same(const char *a, const char *b)
{
    return a && b && !strcmp(a, b);
}

static void check_paths(struct walk *walk)
{
    const struct config_folder *folder = walk->folder;
    if (same(folder->path, folder->done) || same(folder->path, folder->bad))
        complain(walk, "path", "must be another folder than done and bad");
    for (const struct config_folder *other = walk->config->folders; other < folder; other++)
        if (same(folder->path, other->path))
            complain(walk, "path", "is that of [folder %s] too", other->name);
}

static void check_folder(struct walk *walk)
{
    const struct config_folder *folder = walk->folder;
    const int64_t step_s = walk->config->site.step_s;
    check_kind(walk);
    check_paths(walk);
    if (folder->interval_s % step_s)
        complain(walk, "interval", "must be a multiple of [site] step, %lld min",
                 (long long)step_s / 60);
    if (folder->zone && folder->zone_column)
        complain(walk, "zone", "there is a zone_column too: only one of them can be meant");
    if (folder->station && folder->station_column)
        complain(walk, "station", "there is a station_column too: only one of them can be meant");
    if (folder->time_column && (folder->date_column || folder->hour_column))
        complain(walk, "time_column", "stands for both date_column and hour_column");
    if (!folder->date_column != !folder->hour_column)
        complain(walk, "date_column", "needs hour_column, and the other way round");
    // Against zones that could not be read every name would be a fault.
    if (walk->config->n_zones == 0)
        return;
    if (folder->zone && config_zone_find(walk->config, folder->zone) == SIZE_MAX)
        complain(walk, "zone", "\"%.60s\" is not the id of a zone", folder->zone);
    if (folder->zone_map_file)
        read_map(walk);
}

bool folders_read(struct config *config, const struct folders_place *place,
                  struct config_errors *errors)
{
    struct walk *walk = calloc(1, sizeof *walk);
    if (!walk)
        return config_errors_add(errors, NULL, 0, "out of memory");
    walk->config = config;
    walk->place = place;
    walk->errors = errors;
    walk->good = true;
    for (size_t i = 0; i < config->n_folders && !walk->stop; i++) {
        walk->folder = &config->folders[i];
        check_folder(walk);
    }
    const bool good = walk->good;
    free(walk);
    return good;
}

void folders_free(struct config *config)
{
    for (size_t i = 0; i < config->n_folders; i++) {
        struct config_folder *folder = &config->folders[i];
        for (size_t k = 0; k < folder->n_aliases; k++) {
            free(folder->aliases[k].name);
            free(folder->aliases[k].meter);
        }
        free(folder->aliases);
    }
}
