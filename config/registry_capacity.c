// SPDX-License-Identifier: GPL-3.0-or-later
#include "registry_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "config_errors.h"
#include "hash.h"
#include "text.h"

enum { UNIT_LEN = 32, UNITS_MAX = 100 };

static const double MVA_MAX = 1e5, SLIP_MAX = 0.95, POWER_FACTOR_MIN = 0.5;

// The columns of capacity.csv.
enum {
    CAPACITY_ZONE,
    CAPACITY_FROM,
    CAPACITY_MVA,
    CAPACITY_NOTE,
    CAPACITY_SOURCE,
    CAPACITY_SUBSTATION,
    CAPACITY_UNITS,
    CAPACITY_N1,
    CAPACITY_POWER_FACTOR,
    CAPACITY_SHARE,
    CAPACITY_SLIP,
    CAPACITY_COLUMNS
};
static const char *const capacity_columns[CAPACITY_COLUMNS] = {
    [CAPACITY_ZONE] = "zone",      [CAPACITY_FROM] = "from",
    [CAPACITY_MVA] = "mva",        [CAPACITY_NOTE] = "?note",
    [CAPACITY_SOURCE] = "?source", [CAPACITY_SUBSTATION] = "?substation",
    [CAPACITY_UNITS] = "?units",   [CAPACITY_N1] = "?n1",
    [CAPACITY_SHARE] = "?share",   [CAPACITY_POWER_FACTOR] = "?power_factor",
    [CAPACITY_SLIP] = "?slip"};

// What the transformers or feeders of a row are together, and the largest of them.
struct units {
    double mva, largest_mva;
};

// "63", or "2x63", into the sum.
static bool add_unit(const char *text, size_t length, struct units *ret)
{
    char unit[UNIT_LEN];
    double mva;
    int64_t n = 1;
    if (length >= sizeof unit)
        return false;
    memcpy(unit, text, length);
    unit[length] = '\0';
    char *times = strchr(unit, 'x');
    if (times)
        *times = '\0';
    if (times && (!text_integer(unit, &n) || n < 1 || n > UNITS_MAX))
        return false;
    if (!text_real(times ? times + 1 : unit, &mva) || !(mva > 0 && mva <= MVA_MAX))
        return false;
    ret->mva += (double)n * mva;
    ret->largest_mva = fmax(ret->largest_mva, mva);
    return true;
}

static bool read_units(struct registry *r, const struct table_row *row, struct units *ret)
{
    const char *text = row->field[CAPACITY_UNITS];
    *ret = (struct units){.mva = 0};
    while (*text) {
        const size_t length = strcspn(text, "+");
        if (!add_unit(text, length, ret) || (text[length] && !text[length + 1]))
            return registry_refuse(r, row, CAPACITY_UNITS,
                                   "not MVA of units such as 2x63 or 2x63+40");
        text += length + (text[length] == '+');
    }
    return true;
}

static bool read_n1(struct registry *r, const struct table_row *row, bool *ret)
{
    const char *text = row->field[CAPACITY_N1];
    *ret = !strcmp(text, "yes");
    if (*text && !*ret && strcmp(text, "no"))
        return registry_refuse(r, row, CAPACITY_N1, "must be yes or no");
    return !*ret || *row->field[CAPACITY_UNITS] ||
           registry_refuse(r, row, CAPACITY_N1,
                           "which unit is the largest? units is empty: write such as 2x63");
}

// Units and MVA may both stand, and then must agree.
static bool read_mva(struct registry *r, const struct table_row *row, double *ret)
{
    struct units units;
    bool is_n1, good = registry_number(r, row, CAPACITY_MVA, MVA_MAX, ret);
    good &= read_units(r, row, &units);
    good &= read_n1(r, row, &is_n1);
    if (!good)
        return false;
    if (!*row->field[CAPACITY_UNITS])
        return *row->field[CAPACITY_MVA] ||
               registry_refuse(r, row, CAPACITY_MVA, "must not be empty");
    if (*row->field[CAPACITY_MVA] && fabs(*ret - units.mva) > 1e-6 * units.mva)
        return config_errors_add(r->errors, r->path, row->line,
                                 "mva \"%s\": the units %s are %g MVA together",
                                 row->field[CAPACITY_MVA], row->field[CAPACITY_UNITS], units.mva);
    *ret = units.mva - (is_n1 ? units.largest_mva : 0);
    return true;
}

// A number, or what stands for an empty field.
static bool read_or(struct registry *r, const struct table_row *row, size_t column, double least,
                    double most, double otherwise, double *ret)
{
    char expected[64];
    if (!*row->field[column]) {
        *ret = otherwise;
        return true;
    }
    snprintf(expected, sizeof expected, "must be from %g to %g", least, most);
    if (!text_real(row->field[column], ret))
        return registry_refuse(r, row, column, "not a number such as 0.5");
    return (*ret >= least && *ret <= most) || registry_refuse(r, row, column, expected);
}

static const char *substation_of(const struct table_row *row)
{
    const char *substation = row->field[CAPACITY_SUBSTATION];
    return *substation ? substation : row->field[CAPACITY_ZONE];
}

static bool check_capacity(struct registry *r, const struct table_row *row,
                           struct config_capacity *ret)
{
    const struct config *config = r->config;
    double power_factor, share;
    ret->zone = config_zone_find(config, row->field[CAPACITY_ZONE]);
    bool good = ret->zone != SIZE_MAX || registry_refuse(r, row, CAPACITY_ZONE, "no such zone");
    good &= text_date(row->field[CAPACITY_FROM], &ret->from_day) ||
            registry_refuse(r, row, CAPACITY_FROM, "not a date such as 2024-12-31");
    good &= read_mva(r, row, &ret->mva);
    good &= read_or(r, row, CAPACITY_POWER_FACTOR, POWER_FACTOR_MIN, 1, config->site.power_factor,
                    &power_factor);
    good &= read_or(r, row, CAPACITY_SHARE, 0, 1, 1, &share);
    good &= read_or(r, row, CAPACITY_SLIP, 0, SLIP_MAX, config->site.slip, &ret->slip_per_month);
    ret->firm_mw = ret->mva * power_factor * share;
    return good;
}

// Names the feed by the first row of its substation, and looks for another row of the same stage.
static bool find_feed(struct registry *r, const struct table_row *row, struct config_capacity *ret)
{
    const struct config *config = r->config;
    ret->feed = config->n_capacities;
    for (size_t i = config->n_capacities; i-- > 0;) {
        const struct config_capacity *other = &config->capacities[i];
        if (strcmp(other->substation, substation_of(row)))
            continue;
        ret->feed = other->feed;
        if (other->zone == ret->zone && other->from_day == ret->from_day)
            return config_errors_add(
                r->errors, r->path, row->line, "zone \"%s\" from %s: stands already on line %lu",
                row->field[CAPACITY_ZONE], row->field[CAPACITY_FROM], r->lines[i]);
    }
    return true;
}

static uint64_t stage_id(const struct table_row *row)
{
    return hash_text(hash_text(HASH_START, substation_of(row)), row->field[CAPACITY_FROM]);
}

static bool take_capacity(struct registry *r, const struct table_row *row)
{
    struct config *config = r->config;
    struct config_capacity capacity = {.id = stage_id(row)};
    if (!check_capacity(r, row, &capacity) || !find_feed(r, row, &capacity) ||
        !registry_copy(r, substation_of(row), &capacity.substation))
        return false;
    struct config_capacity *all =
        registry_grow(r, config->capacities, config->n_capacities, sizeof *all);
    if (all)
        config->capacities = all;
    if (!all || !registry_keep_line(r, row->line)) {
        free(capacity.substation);
        return false;
    }
    all[config->n_capacities] = capacity;
    struct config_capacity *kept = &all[config->n_capacities++];
    return registry_copy(r, row->field[CAPACITY_NOTE], &kept->note) &&
           registry_copy(r, row->field[CAPACITY_SOURCE], &kept->source);
}

static int compare_capacities(const void *a, const void *b)
{
    const struct config_capacity *x = a, *y = b;
    if (x->zone != y->zone)
        return x->zone < y->zone ? -1 : 1;
    if (x->feed != y->feed)
        return x->feed < y->feed ? -1 : 1;
    return (x->from_day > y->from_day) - (x->from_day < y->from_day);
}

bool registry_read_capacities(struct config *config, const char *path, struct config_errors *errors)
{
    struct registry r = {.config = config,
                         .errors = errors,
                         .path = path,
                         .take = take_capacity,
                         .n_columns = CAPACITY_COLUMNS,
                         .columns = capacity_columns};
    const bool good = registry_read(&r);
    free(r.lines);
    if (config->n_capacities > 0)
        qsort(config->capacities, config->n_capacities, sizeof *config->capacities,
              compare_capacities);
    return good;
}
