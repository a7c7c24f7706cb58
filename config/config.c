// SPDX-License-Identifier: GPL-3.0-or-later
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "config_errors.h"
#include "folders.h"
#include "inifile.h"
#include "keys.h"
#include "register.h"
#include "registry.h"
#include "rules.h"
#include "text.h"
#include "topics.h"
#include "value.h"

// A section as it stands in the file, and at which line each of its keys was set (0: not).
struct heading {
    const struct key_section *section;
    void *base; // of the struct that its keys are put in
    unsigned long line;
    unsigned long keys[KEYS_MAX];
};

// As many as there can be of eight named sections, and the plain ones.
enum { HEADINGS_MAX = 8 * CONFIG_NAMED_MAX + 16 };

// An INI file being read.
struct reading {
    struct config *config;
    struct config_errors *errors;
    const char *path;
    char *folder; // of the INI file, "" or ending in a slash
    bool good;
    char text[64];    // of the heading, as written
    bool begun, skip; // there was a heading; it is a bad one: one fault is enough
    struct heading *heading;
    size_t n_headings;
    struct heading headings[HEADINGS_MAX];
};

static unsigned long *line_of(struct heading *heading, const struct key *key)
{
    return &heading->keys[key - heading->section->keys];
}

// How many of a section there are.
static size_t count_of(const struct config *config, const struct key_section *section)
{
    return section->size ? *(const size_t *)((const char *)config + section->count) : 1;
}

// The struct that the keys of the k-th are put in.
static void *base_of(struct config *config, const struct key_section *section, size_t k)
{
    return section->size ? (char *)config + section->first + k * section->size : (char *)config;
}

static char **name_of(struct config *config, const struct key_section *section, size_t k)
{
    return base_of(config, section, k);
}

static void no_memory(struct reading *r)
{
    r->good = config_errors_add(r->errors, r->path, 0, "out of memory");
}

static bool is_section_name(const char *name)
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
                 nearest->size ? " NAME" : "");
    refuse_section(r, line, text, nearest ? hint : "no such section");
}

static void begin_heading(struct reading *r, const struct key_section *section, void *base,
                          unsigned long line)
{
    if (r->n_headings == HEADINGS_MAX) {
        refuse_section(r, line, r->text, "too many sections");
        return;
    }
    r->heading = &r->headings[r->n_headings++];
    *r->heading = (struct heading){.section = section, .base = base, .line = line};
}

// A section without a name of its own may be taken up again further down.
static void begin_plain(struct reading *r, const struct key_section *section, unsigned long line)
{
    for (size_t i = 0; i < r->n_headings; i++)
        if (r->headings[i].section == section) {
            r->heading = &r->headings[i];
            return;
        }
    begin_heading(r, section, r->config, line);
}

static void begin_named(struct reading *r, const struct key_section *section, unsigned long line,
                        const char *name)
{
    char reason[160];
    const size_t n = count_of(r->config, section);
    if (!is_section_name(name)) {
        snprintf(reason, sizeof reason,
                 "must have a name of letters, digits, \"_\" and \"-\", such as [%s local]",
                 section->name);
        refuse_section(r, line, r->text, reason);
        return;
    }
    for (size_t i = 0; i < n; i++)
        if (!strcmp(*name_of(r->config, section, i), name)) {
            refuse_section(r, line, r->text, "a section of this name stands already further up");
            return;
        }
    if (n == CONFIG_NAMED_MAX) {
        snprintf(reason, sizeof reason, "%d of these sections are the most", CONFIG_NAMED_MAX);
        refuse_section(r, line, r->text, reason);
        return;
    }
    char **slot = name_of(r->config, section, n);
    *slot = strdup(name);
    if (!*slot) {
        no_memory(r);
        r->skip = true;
        return;
    }
    *(size_t *)((char *)r->config + section->count) = n + 1;
    for (const struct key *key = section->keys; key->name; key++)
        value_begin(key, slot);
    begin_heading(r, section, slot, line);
}

static void begin_section(struct reading *r, unsigned long line, const char *text)
{
    char name[64];
    const size_t length = strcspn(text, " \t");
    const char *rest = text + length + strspn(text + length, " \t");
    snprintf(name, sizeof name, "%.*s", (int)length, text);
    snprintf(r->text, sizeof r->text, "%s", text);
    const struct key_section *section = keys_section(name);
    r->begun = true;
    r->skip = false;
    if (!section)
        unknown_section(r, line, text);
    else if (section->size)
        begin_named(r, section, line, rest);
    else if (*rest)
        refuse_section(r, line, text, "this section has no name of its own");
    else
        begin_plain(r, section, line);
}

static void unknown_key(struct reading *r, const struct inifile_item *item)
{
    char hint[128] = "";
    const struct key *nearest = keys_nearest(r->heading->section, item->key);
    if (nearest && !strcmp(nearest->section, r->heading->section->name))
        snprintf(hint, sizeof hint, "; did you mean %s?", nearest->name);
    else if (nearest)
        snprintf(hint, sizeof hint, "; it belongs in [%s]", nearest->section);
    r->good = config_errors_add(r->errors, r->path, item->line, "[%s] %s: no such key%s", r->text,
                                item->key, hint);
}

static void set_key(struct reading *r, const struct key *key, const struct inifile_item *item)
{
    char reason[VALUE_REASON_LEN];
    unsigned long *line = line_of(r->heading, key);
    if (*line > 0) {
        r->good = config_errors_add(r->errors, r->path, item->line,
                                    "[%s] %s: set already on line %lu", r->text, key->name, *line);
        return;
    }
    *line = item->line;
    if (!*item->value && !key->fallback && !key->required)
        return;
    if (value_put(key, item->value, r->folder, r->heading->base, reason))
        return;
    r->good = config_errors_add(r->errors, r->path, item->line, "[%s] %s = \"%s\": %s", r->text,
                                key->name, item->value, reason);
    // The default in its place keeps one fault from looking like two in the checks that follow.
    if (key->fallback && !value_put(key, key->fallback, r->folder, r->heading->base, reason))
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
    } else if (!r->begun) {
        r->good = config_errors_add(r->errors, r->path, item->line,
                                    "%s: a key before the first [section]", item->key);
    } else if (!r->skip) {
        const struct key *key = keys_find(r->heading->section, item->key);
        if (key)
            set_key(r, key, item);
        else
            unknown_key(r, item);
    }
}

// Puts the defaults of the keys that the file did not set.
static void put_defaults(struct reading *r, struct heading *heading)
{
    char reason[VALUE_REASON_LEN];
    for (const struct key *key = heading->section->keys; key->name; key++) {
        if (*line_of(heading, key) > 0)
            continue;
        if (key->fallback && !value_put(key, key->fallback, r->folder, heading->base, reason))
            r->good = config_errors_add(r->errors, r->path, heading->line, "[%s] %s: %s",
                                        key->section, key->name, reason);
        else if (key->required)
            r->good =
                config_errors_add(r->errors, r->path, heading->section->size ? heading->line : 0,
                                  "[%s] %s: missing, and it has no default; for example %s = %s",
                                  key->section, key->name, key->name, key->example);
    }
}

static void put_all_defaults(struct reading *r)
{
    for (const struct key_section *s = keys_sections; s->name; s++)
        if (!s->size)
            begin_plain(r, s, 0);
    for (size_t i = 0; i < r->n_headings; i++)
        put_defaults(r, &r->headings[i]);
}

static struct heading *heading_of(struct reading *r, const void *base)
{
    size_t i = 0;
    while (r->headings[i].base != base)
        i++;
    return &r->headings[i];
}

static unsigned long line_of_base(struct reading *r, const void *base)
{
    return heading_of(r, base)->line;
}

static unsigned long line_of_rule(void *context, const struct config_alert *rule, const char *key)
{
    struct heading *heading = heading_of(context, rule);
    return key ? *line_of(heading, keys_find(heading->section, key)) : heading->line;
}

static unsigned long line_set(struct reading *r, const char *section, const char *name)
{
    const struct key_section *wanted = keys_section(section);
    size_t i = 0;
    while (r->headings[i].section != wanted)
        i++;
    return *line_of(&r->headings[i], keys_find(wanted, name));
}

static void require_for_sink(struct reading *r, size_t sink, const char *name, const char *value,
                             const char *why)
{
    if (!value)
        r->good = config_errors_add(r->errors, r->path, line_of_base(r, &r->config->sinks[sink]),
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

static void refuse_for_pull(struct reading *r, const struct config_pull *pull, const char *name,
                            const char *why)
{
    r->good = config_errors_add(r->errors, r->path, line_of_base(r, pull), "[pull %s] %s: %s",
                                pull->name, name, why);
}

static void check_pull(struct reading *r, const struct config_pull *pull)
{
    const bool influxdb = pull->dialect == CONFIG_PULL_INFLUXDB1;
    if (influxdb && !pull->database)
        refuse_for_pull(r, pull, "database", "missing, and influxdb1 needs it");
    if (!influxdb && pull->retention_policy)
        refuse_for_pull(r, pull, "retention_policy", "victoriametrics has none");
    if (!pull->username != !pull->password_file)
        refuse_for_pull(r, pull, pull->username ? "password_file" : "username",
                        "missing: username and password_file go together");
    if (pull->overlap_s < 2 * r->config->site.step_s)
        refuse_for_pull(r, pull, "overlap", "must be two steps of the site at least");
}

static void check_alertmanager(struct reading *r, const struct config_alertmanager *target)
{
    if (!target->username != !target->password_file)
        r->good = config_errors_add(r->errors, r->path, line_of_base(r, target),
                                    "[alertmanager %s] %s: missing: username and password_file go "
                                    "together",
                                    target->name, target->username ? "password_file" : "username");
}

// What no single key can know.
static void check_together(struct reading *r)
{
    const struct config *config = r->config;
    const unsigned long least_line = line_set(r, "intake", "load_min_mw");
    const unsigned long most_line = line_set(r, "intake", "load_max_mw");
    if (config->intake.load_min_mw >= config->intake.load_max_mw)
        r->good =
            config_errors_add(r->errors, r->path, most_line > least_line ? most_line : least_line,
                              "[intake] load_min_mw is %g and load_max_mw is %g: nothing "
                              "lies between",
                              config->intake.load_min_mw, config->intake.load_max_mw);
    for (size_t i = 0; i < config->n_sinks; i++)
        check_sink(r, i);
    for (size_t i = 0; i < config->n_pulls; i++)
        check_pull(r, &config->pulls[i]);
    for (size_t i = 0; i < config->n_alertmanagers; i++)
        check_alertmanager(r, &config->alertmanagers[i]);
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

static void read_topics(struct reading *r)
{
    for (size_t i = 0; i < r->config->n_mqtts; i++) {
        struct config_mqtt *mqtt = &r->config->mqtts[i];
        const struct config_place place = {r->path, line_of_base(r, mqtt)};
        if (!topics_read(r->config, mqtt, place, r->errors))
            r->good = false;
    }
}

// After the zones, which they name.
static void read_folders(struct reading *r)
{
    struct folders_place place = {.path = r->path};
    for (size_t i = 0; i < r->config->n_folders; i++)
        place.lines[i] = line_of_base(r, &r->config->folders[i]);
    if (!folders_read(r->config, &place, r->errors))
        r->good = false;
}

// After the zones too.
static void check_rules(struct reading *r)
{
    const struct rules_place place = {.path = r->path, .line_of = line_of_rule, .context = r};
    if (!rules_check(r->config, &place, r->errors))
        r->good = false;
}

static void read_all(struct reading *r)
{
    if (!inifile_read(r->path, take_item, r)) {
        r->good = config_errors_add(r->errors, r->path, 0, "%s", strerror(errno));
        return;
    }
    put_all_defaults(r);
    check_together(r);
    read_registry(r);
    read_topics(r);
    read_folders(r);
    check_rules(r);
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
    for (const struct key_section *s = keys_sections; s->name; s++)
        for (size_t i = 0; i < count_of(config, s); i++) {
            for (const struct key *key = s->keys; key->name; key++)
                value_clear(key, base_of(config, s, i));
            if (s->size)
                free(*name_of(config, s, i));
        }
    topics_free(config);
    folders_free(config);
    register_free(config);
    registry_free(config);
    free(config);
}
