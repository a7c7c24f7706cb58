// SPDX-License-Identifier: GPL-3.0-or-later
#include "registry_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "config_errors.h"
#include "text.h"

enum { ROWS_MAX = 10000, ID_MAX = 48 };

static const double OPENS_SD_MONTHS = 1; // of a date that is known

static const char *column_name(const struct registry *r, size_t column)
{
    return r->columns[column] + (*r->columns[column] == '?');
}

bool registry_refuse(struct registry *r, const struct table_row *row, size_t column,
                     const char *expected)
{
    const char *value = row->field[column];
    return config_errors_add(r->errors, r->path, row->line, "%s \"%.*s\": %s",
                             column_name(r, column), config_errors_shown(value), value, expected);
}

bool registry_no_memory(struct registry *r)
{
    r->stop = true;
    return config_errors_add(r->errors, r->path, 0, "out of memory");
}

void *registry_grow(struct registry *r, void *array, size_t n, size_t size)
{
    void *bigger = realloc(array, (n + 1) * size);
    if (!bigger)
        registry_no_memory(r);
    return bigger;
}

bool registry_copy(struct registry *r, const char *text, char **ret)
{
    *ret = strdup(text);
    return *ret || registry_no_memory(r);
}

static bool row_is_clean(struct registry *r, const struct table_row *row)
{
    for (size_t k = 0; k < r->n_columns; k++)
        if (!text_is_clean(row->field[k]))
            return config_errors_add(r->errors, r->path, row->line,
                                     "%s: not text in UTF-8, or a line break in it",
                                     column_name(r, k));
    if (row->excess > 0)
        return config_errors_add(r->errors, r->path, row->line,
                                 "more fields than the header has: a text with a comma must stand "
                                 "in quotes");
    return true;
}

bool registry_keep_line(struct registry *r, unsigned long line)
{
    unsigned long *lines = registry_grow(r, r->lines, r->rows, sizeof *lines);
    if (!lines)
        return false;
    r->lines = lines;
    lines[r->rows++] = line;
    return true;
}

// table_read's call: a bad row is noted and the rest is read for more faults.
static bool take_row(void *context, const struct table_row *row)
{
    struct registry *r = context;
    if (r->rows == ROWS_MAX) {
        r->good = config_errors_add(r->errors, r->path, row->line, "more than 10000 rows");
        return false;
    }
    if (!row_is_clean(r, row) || !r->take(r, row))
        r->good = false;
    return !r->stop;
}

bool registry_read(struct registry *r)
{
    char error[256];
    r->good = true;
    const enum table_status status =
        table_read(r->path, r->n_columns, r->columns, take_row, r, error);
    if (status != TABLE_OK && status != TABLE_STOPPED)
        return config_errors_add(r->errors, NULL, 0, "%s", error);
    return r->good;
}

// The columns of zones.csv.
enum {
    ZONE_ID,
    ZONE_NAME,
    ZONE_PARENT,
    ZONE_DISTRICT,
    ZONE_AREA,
    ZONE_FILL,
    ZONE_STATUS,
    ZONE_SOURCE,
    ZONE_KIN,
    ZONE_OPENS,
    ZONE_OPENS_GIVE_OR_TAKE,
    ZONE_LEASED,
    ZONE_LEASED_ON,
    ZONE_ENERGISED,
    ZONE_COLUMNS
};
static const char *const zone_columns[ZONE_COLUMNS] = {[ZONE_ID] = "id",
                                                       [ZONE_NAME] = "name",
                                                       [ZONE_PARENT] = "?parent",
                                                       [ZONE_DISTRICT] = "?district",
                                                       [ZONE_AREA] = "?area_ha",
                                                       [ZONE_FILL] = "?fill_pct",
                                                       [ZONE_STATUS] = "?status",
                                                       [ZONE_SOURCE] = "?source",
                                                       [ZONE_KIN] = "?kin",
                                                       [ZONE_OPENS] = "?opens",
                                                       [ZONE_OPENS_GIVE_OR_TAKE] =
                                                           "?opens_give_or_take_months",
                                                       [ZONE_LEASED] = "?leased_pct",
                                                       [ZONE_LEASED_ON] = "?leased_on",
                                                       [ZONE_ENERGISED] = "?energised"};

// "total" is what the sum of all zones is called in results.
static bool check_id(struct registry *r, const struct table_row *row)
{
    const char *id = row->field[ZONE_ID];
    const size_t length = strlen(id);
    if (length == 0 || length > ID_MAX ||
        strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789_-") != length)
        return registry_refuse(r, row, ZONE_ID, "an id is 1 to 48 of a-z, 0-9, \"_\" and \"-\"");
    if (!strcmp(id, "total"))
        return registry_refuse(r, row, ZONE_ID, "taken: the sum of all zones is called so");
    const size_t other = config_zone_find(r->config, id);
    if (other != SIZE_MAX)
        return config_errors_add(r->errors, r->path, row->line,
                                 "id \"%s\": stands already on line %lu", id, r->lines[other]);
    return true;
}

bool registry_number(struct registry *r, const struct table_row *row, size_t column, double most,
                     double *ret)
{
    *ret = (double)NAN;
    if (!*row->field[column])
        return true;
    if (!text_real(row->field[column], ret))
        return registry_refuse(r, row, column, "not a number such as 52.5");
    if (*ret < 0 || *ret > most) {
        char expected[64];
        snprintf(expected, sizeof expected, "must be from 0 to %.0f", most);
        return registry_refuse(r, row, column, expected);
    }
    return true;
}

bool registry_date(struct registry *r, const struct table_row *row, size_t column, int64_t *ret)
{
    *ret = CONFIG_NO_DAY;
    return !*row->field[column] || text_date(row->field[column], ret) ||
           registry_refuse(r, row, column, "not a date such as 2024-12-31");
}

static bool copy_zone(struct registry *r, const struct table_row *row, struct config_zone *zone)
{
    const char *const *field = row->field;
    return registry_copy(r, field[ZONE_ID], &zone->id) &&
           registry_copy(r, field[ZONE_NAME], &zone->name) &&
           (!*field[ZONE_PARENT] || registry_copy(r, field[ZONE_PARENT], &zone->parent)) &&
           (!*field[ZONE_KIN] || registry_copy(r, field[ZONE_KIN], &zone->kin)) &&
           registry_copy(r, field[ZONE_DISTRICT], &zone->district) &&
           registry_copy(r, field[ZONE_STATUS], &zone->status) &&
           registry_copy(r, field[ZONE_SOURCE], &zone->source);
}

static void free_zone(struct config_zone *zone)
{
    free(zone->id);
    free(zone->name);
    free(zone->parent);
    free(zone->kin);
    free(zone->district);
    free(zone->status);
    free(zone->source);
}

static bool add_zone(struct registry *r, const struct config_zone *zone, unsigned long line)
{
    struct config *config = r->config;
    struct config_zone *zones = registry_grow(r, config->zones, config->n_zones, sizeof *zones);
    if (!zones)
        return false;
    config->zones = zones;
    if (!registry_keep_line(r, line))
        return false;
    zones[config->n_zones++] = *zone;
    return true;
}

// What is known of a zone that is filling. What is leased is as of a day, or tells nothing.
static bool read_filling(struct registry *r, const struct table_row *row, struct config_zone *zone)
{
    bool good = registry_date(r, row, ZONE_OPENS, &zone->opens_day);
    good &= registry_number(r, row, ZONE_OPENS_GIVE_OR_TAKE, 240, &zone->opens_sd_months);
    good &= registry_number(r, row, ZONE_LEASED, 100, &zone->leased_pct);
    good &= registry_date(r, row, ZONE_LEASED_ON, &zone->leased_day);
    good &= registry_date(r, row, ZONE_ENERGISED, &zone->energised_day);
    if (*row->field[ZONE_OPENS_GIVE_OR_TAKE] && !*row->field[ZONE_OPENS])
        good = registry_refuse(r, row, ZONE_OPENS_GIVE_OR_TAKE, "of which date? opens is empty");
    if (*row->field[ZONE_LEASED] && !*row->field[ZONE_LEASED_ON])
        good = registry_refuse(r, row, ZONE_LEASED, "on which day? leased_on is empty");
    if (isnan(zone->opens_sd_months))
        zone->opens_sd_months = OPENS_SD_MONTHS;
    return good;
}

static bool take_zone(struct registry *r, const struct table_row *row)
{
    struct config_zone zone = {.id = NULL};
    // All are looked at, so that all their faults are told.
    bool good = check_id(r, row);
    good &= *row->field[ZONE_NAME] || registry_refuse(r, row, ZONE_NAME, "a zone must have a name");
    good &= registry_number(r, row, ZONE_AREA, 1e6, &zone.area_ha);
    good &= registry_number(r, row, ZONE_FILL, 100, &zone.fill_pct);
    good &= read_filling(r, row, &zone);
    if (!good)
        return false;
    if (copy_zone(r, row, &zone) && add_zone(r, &zone, row->line))
        return true;
    free_zone(&zone);
    return false;
}

// Follows the parents up from a zone; more steps than there are zones is a ring.
static bool in_ring(const struct config *config, size_t zone)
{
    size_t steps = 0;
    while (zone != SIZE_MAX && config->zones[zone].parent) {
        zone = config_zone_find(config, config->zones[zone].parent);
        if (++steps > config->n_zones)
            return true;
    }
    return false;
}

static bool check_parents(struct registry *r)
{
    const struct config *config = r->config;
    bool good = true;
    for (size_t i = 0; i < config->n_zones; i++) {
        const struct config_zone *zone = &config->zones[i];
        if (zone->parent && config_zone_find(config, zone->parent) == SIZE_MAX)
            good =
                config_errors_add(r->errors, r->path, r->lines[i], "parent \"%.*s\": no such zone",
                                  config_errors_shown(zone->parent), zone->parent);
        else if (in_ring(config, i))
            good = config_errors_add(r->errors, r->path, r->lines[i],
                                     "parent \"%s\": \"%s\" would be its own ancestor",
                                     zone->parent, zone->id);
    }
    return good;
}

static bool check_kin(struct registry *r)
{
    const struct config *config = r->config;
    bool good = true;
    for (size_t i = 0; i < config->n_zones; i++) {
        const struct config_zone *zone = &config->zones[i];
        if (zone->kin && config_zone_find(config, zone->kin) == SIZE_MAX)
            good = config_errors_add(r->errors, r->path, r->lines[i], "kin \"%.*s\": no such zone",
                                     config_errors_shown(zone->kin), zone->kin);
        else if (zone->kin && !strcmp(zone->kin, zone->id))
            good = config_errors_add(r->errors, r->path, r->lines[i],
                                     "kin \"%s\": a zone cannot be its own kin", zone->kin);
    }
    return good;
}

bool registry_read_zones(struct config *config, const char *path, struct config_errors *errors)
{
    struct registry r = {.config = config,
                         .errors = errors,
                         .path = path,
                         .take = take_zone,
                         .n_columns = ZONE_COLUMNS,
                         .columns = zone_columns};
    bool good = registry_read(&r);
    if (good && config->n_zones == 0)
        good = config_errors_add(errors, path, 0, "no zone in it");
    if (!r.stop) {
        good &= check_parents(&r);
        good &= check_kin(&r);
    }
    free(r.lines);
    return good;
}

// The columns of calendar.csv.
enum { DAY_DATE, DAY_KIND, DAY_NAME, DAY_COLUMNS };
static const char *const day_columns[DAY_COLUMNS] = {"date", "kind", "?name"};
static const char *const day_kinds[] = {
    [CONFIG_DAY_HOLIDAY] = "holiday", [CONFIG_DAY_WORKING] = "working", [CONFIG_DAY_TET] = "tet"};

static bool read_kind(struct registry *r, const struct table_row *row, enum config_day_kind *ret)
{
    for (size_t i = 0; i < sizeof day_kinds / sizeof *day_kinds; i++)
        if (!strcmp(row->field[DAY_KIND], day_kinds[i])) {
            *ret = (enum config_day_kind)i;
            return true;
        }
    return registry_refuse(r, row, DAY_KIND, "must be holiday, working or tet");
}

// Day 0 was a Thursday.
static bool is_weekend(int64_t day)
{
    return ((day + 3) % 7 + 7) % 7 >= 5;
}

static bool check_day(struct registry *r, const struct table_row *row, struct config_day *ret)
{
    bool good = text_date(row->field[DAY_DATE], &ret->day) ||
                registry_refuse(r, row, DAY_DATE, "not a date such as 2025-04-30");
    good &= read_kind(r, row, &ret->kind);
    if (good && ret->kind == CONFIG_DAY_WORKING && !is_weekend(ret->day))
        return registry_refuse(
            r, row, DAY_DATE,
            "a working day is a Saturday or Sunday that is worked, and this is neither");
    return good;
}

static bool take_day(struct registry *r, const struct table_row *row)
{
    struct config *config = r->config;
    struct config_day day = {.day = 0};
    if (!check_day(r, row, &day))
        return false;
    for (size_t i = 0; i < config->n_days; i++)
        if (config->days[i].day == day.day)
            return config->days[i].kind == day.kind ||
                   config_errors_add(r->errors, r->path, row->line,
                                     "date %s: is \"%s\" already on line %lu", row->field[DAY_DATE],
                                     day_kinds[config->days[i].kind], r->lines[i]);
    struct config_day *days = registry_grow(r, config->days, config->n_days, sizeof *days);
    if (!days)
        return false;
    config->days = days;
    if (!registry_keep_line(r, row->line))
        return false;
    days[config->n_days] = day;
    return registry_copy(r, row->field[DAY_NAME], &days[config->n_days++].name);
}

static int compare_days(const void *a, const void *b)
{
    const struct config_day *x = a, *y = b;
    return (x->day > y->day) - (x->day < y->day);
}

bool registry_read_days(struct config *config, const char *path, struct config_errors *errors)
{
    struct registry r = {.config = config,
                         .errors = errors,
                         .path = path,
                         .take = take_day,
                         .n_columns = DAY_COLUMNS,
                         .columns = day_columns};
    const bool good = registry_read(&r);
    free(r.lines);
    if (config->n_days > 0)
        qsort(config->days, config->n_days, sizeof *config->days, compare_days);
    return good;
}

void registry_free(struct config *config)
{
    for (size_t i = 0; i < config->n_zones; i++)
        free_zone(&config->zones[i]);
    for (size_t i = 0; i < config->n_capacities; i++) {
        free(config->capacities[i].substation);
        free(config->capacities[i].note);
        free(config->capacities[i].source);
    }
    for (size_t i = 0; i < config->n_days; i++)
        free(config->days[i].name);
    free(config->zones);
    free(config->capacities);
    free(config->days);
}
