// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "config_errors.h"
#include "inifile.h"
#include "keys.h"
#include "register.h"
#include "registry.h"
#include "text.h"
#include "value.h"

// An INI file being read. What is set is remembered by line, to tell of a key that stands twice.
struct reading {
    struct config *config;
    struct config_errors *errors;
    const char *path;
    char *folder; // of the INI file, "" or ending in a slash
    bool good;
    const struct key_section *section; // that the line is in, NULL before the first
    char heading[64];                  // as written
    bool skip;                         // the section is unknown: one fault is enough
    void *base;                        // of the struct that the section's keys are put in
    unsigned long lines[KEYS_MAX];     // where each key was set, 0 where not
    unsigned long sink_lines[CONFIG_SINKS_MAX][KEYS_MAX];
    unsigned long heading_lines[CONFIG_SINKS_MAX];
};

static size_t key_index(const struct key *key)
{
    return (size_t)(key - keys_table);
}

// Where the lines are kept of the keys of the struct at `base`.
static unsigned long *lines_of(struct reading *r, const void *base)
{
    if (base == r->config)
        return r->lines;
    const struct config_sink *sink = base;
    return r->sink_lines[sink - r->config->sinks];
}

static void no_memory(struct reading *r)
{
    r->good = config_errors_add(r->errors, r->path, 0, "out of memory");
}

static bool is_sink_name(const char *name)
{
    static const char good[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
    return *name && strspn(name, good) == strlen(name);
}

static void refuse_section(struct reading *r, unsigned long line, const char *text,
                           const char *reason)
{
    r->good = config_errors_add(r->errors, r->path, line, "[%s]: %s", text, reason);
    r->skip = true;
}

static void unknown_section(struct reading *r, unsigned long line, const char *text)
{
    char name[64], hint[160] = "";
    snprintf(name, sizeof name, "%.*s", (int)strcspn(text, " \t"), text);
    const struct key_section *nearest = keys_nearest_section(name);
    if (nearest)
        snprintf(hint, sizeof hint, "no such section; did you mean [%s%s]?", nearest->name,
                 nearest->named ? " NAME" : "");
    refuse_section(r, line, text, nearest ? hint : "no such section");
}

static void begin_sink(struct reading *r, unsigned long line, const char *text, const char *name)
{
    struct config *config = r->config;
    if (!is_sink_name(name)) {
        refuse_section(r, line, text,
                       "must have a name of letters, digits, \"_\" and \"-\", such as "
                       "[influxdb local]");
        return;
    }
    for (size_t i = 0; i < config->n_sinks; i++)
        if (!strcmp(config->sinks[i].name, name)) {
            refuse_section(r, line, text, "a section of this name stands already further up");
            return;
        }
    if (config->n_sinks == CONFIG_SINKS_MAX) {
        refuse_section(r, line, text, "8 of these sections are the most");
        return;
    }
    struct config_sink *sink = &config->sinks[config->n_sinks];
    sink->name = strdup(name);
    if (!sink->name) {
        no_memory(r);
        r->skip = true;
        return;
    }
    r->heading_lines[config->n_sinks++] = line;
    r->base = sink;
}

static void begin_section(struct reading *r, unsigned long line, const char *text)
{
    char name[64];
    const size_t length = strcspn(text, " \t");
    const char *rest = text + length + strspn(text + length, " \t");
    snprintf(name, sizeof name, "%.*s", (int)length, text);
    snprintf(r->heading, sizeof r->heading, "%s", text);
    r->section = keys_section(name);
    r->skip = false;
    r->base = r->config;
    if (!r->section)
        unknown_section(r, line, text);
    else if (r->section->named)
        begin_sink(r, line, text, rest);
    else if (*rest)
        refuse_section(r, line, text, "this section has no name of its own");
}

static void unknown_key(struct reading *r, const struct inifile_item *item)
{
    char hint[128] = "";
    const struct key *nearest = keys_nearest(r->section->name, item->key);
    if (nearest && !strcmp(nearest->section, r->section->name))
        snprintf(hint, sizeof hint, "; did you mean %s?", nearest->name);
    else if (nearest)
        snprintf(hint, sizeof hint, "; it belongs in [%s]", nearest->section);
    r->good = config_errors_add(r->errors, r->path, item->line, "[%s] %s: no such key%s",
                                r->heading, item->key, hint);
}

static void set_key(struct reading *r, const struct key *key, const struct inifile_item *item)
{
    char reason[VALUE_REASON_LEN];
    unsigned long *line = &lines_of(r, r->base)[key_index(key)];
    if (*line > 0) {
        r->good =
            config_errors_add(r->errors, r->path, item->line, "[%s] %s: set already on line %lu",
                              r->heading, key->name, *line);
        return;
    }
    *line = item->line;
    if (!*item->value && !key->fallback && !key->required)
        return;
    if (value_put(key, item->value, r->folder, r->base, reason))
        return;
    r->good = config_errors_add(r->errors, r->path, item->line, "[%s] %s = \"%s\": %s", r->heading,
                                key->name, item->value, reason);
    // The default in its place keeps one fault from looking like two in the checks that follow.
    if (key->fallback && !value_put(key, key->fallback, r->folder, r->base, reason))
        no_memory(r);
}

// inifile_read's call.
static void take_item(void *context, const struct inifile_item *item)
{
    struct reading *r = context;
    if (item->fault) {
        r->good = config_errors_add(r->errors, r->path, item->line, "%s", item->fault);
    } else if (item->section) {
        begin_section(r, item->line, item->section);
    } else if (!r->section && !r->skip) {
        r->good = config_errors_add(r->errors, r->path, item->line,
                                    "%s: a key before the first [section]", item->key);
    } else if (!r->skip) {
        const struct key *key = keys_find(r->section->name, item->key);
        if (key)
            set_key(r, key, item);
        else
            unknown_key(r, item);
    }
}

// Puts the default of a key that the file did not set.
static void put_default(struct reading *r, const struct key *key, void *base, unsigned long heading)
{
    char reason[VALUE_REASON_LEN];
    if (lines_of(r, base)[key_index(key)] > 0)
        return;
    if (key->fallback && !value_put(key, key->fallback, r->folder, base, reason))
        r->good = config_errors_add(r->errors, r->path, heading, "[%s] %s: %s", key->section,
                                    key->name, reason);
    else if (key->required)
        r->good = config_errors_add(r->errors, r->path, heading,
                                    "[%s] %s: missing, and it has no default; for example %s = %s",
                                    key->section, key->name, key->name, key->example);
}

static void put_defaults(struct reading *r)
{
    for (const struct key *key = keys_table; key->name; key++) {
        if (!keys_section(key->section)->named)
            put_default(r, key, r->config, 0);
        else
            for (size_t i = 0; i < r->config->n_sinks; i++)
                put_default(r, key, &r->config->sinks[i], r->heading_lines[i]);
    }
}

static void require_for_sink(struct reading *r, size_t sink, const char *name, const char *value,
                             const char *why)
{
    if (!value)
        r->good = config_errors_add(r->errors, r->path, r->heading_lines[sink],
                                    "[influxdb %s] %s: missing, and %s",
                                    r->config->sinks[sink].name, name, why);
}

static void check_sink(struct reading *r, size_t k)
{
    const struct config_sink *sink = &r->config->sinks[k];
    static const char influxdb2[] = "influxdb2 needs it";
    if (sink->dialect == CONFIG_INFLUXDB2) {
        require_for_sink(r, k, "org", sink->org, influxdb2);
        require_for_sink(r, k, "bucket", sink->bucket, influxdb2);
        require_for_sink(r, k, "token_file", sink->token_file, influxdb2);
    } else if (sink->username || sink->password_file) {
        require_for_sink(r, k, "username", sink->username, "there is a password_file");
        require_for_sink(r, k, "password_file", sink->password_file, "there is a username");
    }
}

// What no single key can know.
static void check_together(struct reading *r)
{
    const struct config *config = r->config;
    const unsigned long least_line = r->lines[key_index(keys_find("intake", "load_min_mw"))];
    const unsigned long most_line = r->lines[key_index(keys_find("intake", "load_max_mw"))];
    if (config->intake.load_min_mw >= config->intake.load_max_mw)
        r->good =
            config_errors_add(r->errors, r->path, most_line > least_line ? most_line : least_line,
                              "[intake] load_min_mw is %g and load_max_mw is %g: nothing "
                              "lies between",
                              config->intake.load_min_mw, config->intake.load_max_mw);
    for (size_t i = 0; i < config->n_sinks; i++)
        check_sink(r, i);
}

static void read_registry(struct reading *r)
{
    struct config *config = r->config;
    if (config->site.zones_file && !registry_read_zones(config, config->site.zones_file, r->errors))
        r->good = false;
    // Against zones that could not be read every line would be a fault.
    if (config->site.capacity_file && config->n_zones > 0 &&
        !registry_read_capacities(config, config->site.capacity_file, r->errors))
        r->good = false;
    if (config->site.calendar_file &&
        !registry_read_days(config, config->site.calendar_file, r->errors))
        r->good = false;
    if (config->site.register_file && config->n_zones > 0 &&
        !register_read(config, config->site.register_file, r->errors))
        r->good = false;
}

static void read_all(struct reading *r)
{
    if (!inifile_read(r->path, take_item, r)) {
        r->good = config_errors_add(r->errors, r->path, 0, "%s", strerror(errno));
        return;
    }
    put_defaults(r);
    check_together(r);
    read_registry(r);
}

struct config *config_read(const char *path, struct config_errors *errors)
{
    const char *slash = strrchr(path, '/');
    *errors = (struct config_errors){.n = 0};
    struct reading r = {.config = calloc(1, sizeof *r.config),
                        .errors = errors,
                        .path = path,
                        .folder = strndup(path, slash ? (size_t)(slash - path) + 1 : 0),
                        .good = true};
    if (r.config && r.folder)
        read_all(&r);
    else
        no_memory(&r);
    free(r.folder);
    if (!r.good) {
        config_free(r.config);
        return NULL;
    }
    return r.config;
}

void config_free(struct config *config)
{
    if (!config)
        return;
    for (const struct key *key = keys_table; key->name; key++) {
        if (!keys_section(key->section)->named)
            value_clear(key, config);
        else
            for (size_t i = 0; i < config->n_sinks; i++)
                value_clear(key, &config->sinks[i]);
    }
    for (size_t i = 0; i < config->n_sinks; i++)
        free(config->sinks[i].name);
    register_free(config);
    registry_free(config);
    free(config);
}

// A day of a year written "04-01".
static int64_t day_of_year(int64_t year, const char *month_day)
{
    char text[32];
    int64_t day = 0;
    snprintf(text, sizeof text, "%04lld-%s", (long long)year, month_day);
    return text_date(text, &day) ? day : 0;
}

bool config_season_days(const struct config *config, const char *season, int64_t *ret_first,
                        int64_t *ret_last)
{
    int64_t year;
    char digits[5] = {0};
    if (strlen(season) < 6 || season[4] != '-' || strcmp(season + 5, config->season.name))
        return false;
    memcpy(digits, season, 4);
    if (!text_integer(digits, &year) || year < 1 || year > 9998)
        return false;
    *ret_first = day_of_year(year, config->season.from);
    *ret_last = day_of_year(year, config->season.to);
    if (*ret_last < *ret_first)
        *ret_last = day_of_year(year + 1, config->season.to);
    return true;
}

double config_firm_mw(const struct config *config, size_t zone, int64_t day)
{
    double sum = 0, stage = 0;
    bool is_known = false;
    for (size_t i = 0; i < config->n_capacities; i++) {
        const struct config_capacity *capacity = &config->capacities[i], *next = capacity + 1;
        if (capacity->zone != zone)
            continue;
        if (capacity->from_day <= day) {
            stage = capacity->firm_mw;
            is_known = true;
        }
        if (i + 1 == config->n_capacities || next->zone != zone || next->feed != capacity->feed) {
            sum += stage;
            stage = 0;
        }
    }
    return is_known ? sum : (double)NAN;
}

// The operating zone nearest in area; of areas unknown, the first.
static size_t nearest_operating(const struct config *config, size_t zone)
{
    size_t nearest = SIZE_MAX;
    double least = INFINITY;
    for (size_t i = 0; i < config->n_zones; i++) {
        const struct config_zone *other = &config->zones[i];
        const double off = fabs(other->area_ha - config->zones[zone].area_ha);
        if (i == zone || strcmp(other->status, "operating"))
            continue;
        if (nearest == SIZE_MAX || off < least) {
            nearest = i;
            least = isnan(off) ? (double)INFINITY : off;
        }
    }
    return nearest;
}

size_t config_zone_kin(const struct config *config, size_t zone)
{
    const struct config_zone *asked = &config->zones[zone];
    if (asked->kin)
        return config_zone_find(config, asked->kin);
    if (asked->parent)
        return config_zone_find(config, asked->parent);
    return nearest_operating(config, zone);
}

size_t config_zone_find(const struct config *config, const char *id)
{
    for (size_t i = 0; i < config->n_zones; i++)
        if (!strcmp(config->zones[i].id, id))
            return i;
    return SIZE_MAX;
}
