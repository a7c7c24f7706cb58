// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/export_layout.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/fold.h"
#include "daemon/check.h"
#include "daemon/export_heading.h"
#include "daemon/export_number.h"

struct search {
    const struct export_scheme *scheme;
    int n;
    const char *const *cells;
    struct export_heading *headings;
    struct export_layout *layout;
    enum export_layout_status status;
    char *reason;
};

[[gnu::format(printf, 3, 4)]] static bool
settle(struct search *search, enum export_layout_status status, const char *format, ...)
{
    va_list args;
    if (search->status == EXPORT_LAYOUT_REFUSED)
        return false;
    va_start(args, format);
    vsnprintf(search->reason, EXPORT_REASON_MAX, format, args);
    va_end(args);
    search->status = status;
    return false;
}

static struct check_quoted quote(const struct search *search, int column)
{
    return check_quote(search->cells[column], strlen(search->cells[column]));
}

// The column that `key`, which may be NULL, names, else the only one of that meaning. False where
// there are two, or where the one that was named is not there.
static bool find_column(struct search *search, const char *key_name, const char *key,
                        enum export_meaning meaning, int *ret)
{
    *ret = EXPORT_ABSENT;
    for (int i = 0; i < search->n; i++) {
        const struct export_heading *heading = &search->headings[i];
        if (key ? !export_heading_is(heading, key) : heading->meaning != meaning)
            continue;
        if (*ret != EXPORT_ABSENT)
            return settle(search, EXPORT_LAYOUT_REFUSED,
                          "columns %s and %s may both be meant: %s must say which",
                          quote(search, *ret).text, quote(search, i).text, key_name);
        *ret = i;
    }
    if (key && *ret == EXPORT_ABSENT)
        return settle(search, EXPORT_LAYOUT_NONE, "there is no column \"%.100s\" (%s)", key,
                      key_name);
    return true;
}

// A time in one column is all that is needed; else date and hour, or one of them that holds both.
static bool find_time(struct search *search)
{
    const struct config_folder *folder = search->scheme->folder;
    int *at = search->layout->at;
    int date = EXPORT_ABSENT, hour = EXPORT_ABSENT;
    at[EXPORT_TIME] = at[EXPORT_HOUR] = EXPORT_ABSENT;
    if (!folder->date_column && !find_column(search, "time_column", folder->time_column,
                                             EXPORT_MEANS_TIME, &at[EXPORT_TIME]))
        return false;
    if (at[EXPORT_TIME] != EXPORT_ABSENT)
        return true;
    if (!find_column(search, "date_column", folder->date_column, EXPORT_MEANS_DATE, &date) ||
        !find_column(search, "hour_column", folder->hour_column, EXPORT_MEANS_HOUR, &hour))
        return false;
    at[EXPORT_TIME] = date != EXPORT_ABSENT ? date : hour;
    at[EXPORT_HOUR] = date != EXPORT_ABSENT ? hour : EXPORT_ABSENT;
    return at[EXPORT_TIME] != EXPORT_ABSENT;
}

static bool find_unit(struct search *search, int column, enum config_unit *ret)
{
    const struct export_heading *heading = &search->headings[column];
    const enum config_unit wanted = search->scheme->folder->unit;
    const enum config_unit stated =
        heading->unit != CONFIG_UNIT_AUTO ? heading->unit : search->scheme->title_unit;
    if (wanted != CONFIG_UNIT_AUTO && stated != CONFIG_UNIT_AUTO && wanted != stated)
        return settle(search, EXPORT_LAYOUT_REFUSED,
                      "column %s is in %s, but unit = %s: one of them is wrong",
                      quote(search, column).text, export_unit_name(stated),
                      export_unit_name(wanted));
    *ret = wanted != CONFIG_UNIT_AUTO ? wanted : stated;
    if (*ret == CONFIG_UNIT_AUTO && heading->plain_load)
        *ret = CONFIG_UNIT_MW;
    if (*ret != CONFIG_UNIT_AUTO)
        return true;
    return settle(search, EXPORT_LAYOUT_REFUSED,
                  "column %s does not say whether it is in MW, kW, MWh or kWh: unit must say it",
                  quote(search, column).text);
}

static bool add_load(struct search *search, int column, const char *zone, const char *meter)
{
    struct export_layout *layout = search->layout;
    struct export_load *load = &layout->loads[layout->n_loads];
    for (int i = 0; zone && i < layout->n_loads; i++)
        if (!strcmp(layout->loads[i].zone, zone) && !strcmp(layout->loads[i].meter, meter))
            return settle(search, EXPORT_LAYOUT_REFUSED,
                          "columns %s and %s are the same zone and meter: zone_map must tell them "
                          "apart, or leave one out with \"-\"",
                          quote(search, layout->loads[i].column).text, quote(search, column).text);
    *load = (struct export_load){.column = column, .zone = zone, .meter = meter};
    layout->n_loads++;
    return find_unit(search, column, &load->unit);
}

static enum export_name find_name(const struct search *search, int column, const char **ret_zone,
                                  const char **ret_meter)
{
    const struct export_heading *heading = &search->headings[column];
    const struct export_names *names = search->scheme->names;
    const enum export_name found =
        export_names_find(names, search->cells[column], ret_zone, ret_meter);
    return found != EXPORT_NAME_UNKNOWN
               ? found
               : export_names_find(names, heading->name, ret_zone, ret_meter);
}

// Columns whose heading is a zone or a meter.
static bool find_zone_columns(struct search *search)
{
    const char *zone, *meter;
    for (int i = 0; i < search->n; i++)
        if (search->headings[i].meaning == EXPORT_MEANS_NOTHING &&
            find_name(search, i, &zone, &meter) == EXPORT_NAME_ZONE &&
            !add_load(search, i, zone, meter))
            return false;
    return true;
}

static int count_zone_columns(const struct search *search)
{
    const char *zone, *meter;
    int n = 0;
    for (int i = 0; i < search->n; i++)
        n += search->headings[i].meaning == EXPORT_MEANS_NOTHING &&
             find_name(search, i, &zone, &meter) == EXPORT_NAME_ZONE;
    return n;
}

// One load in a row, or one for each zone.
static bool find_loads(struct search *search)
{
    const struct config_folder *folder = search->scheme->folder;
    int *at = search->layout->at;
    const int n_zones = folder->load_column ? 0 : count_zone_columns(search);
    if (!find_column(search, "load_column", folder->load_column, EXPORT_MEANS_LOAD,
                     &at[EXPORT_LOAD]))
        return false;
    const bool says_zone = at[EXPORT_ZONE] != EXPORT_ABSENT || folder->zone ||
                           (at[EXPORT_METER] != EXPORT_ABSENT && folder->n_aliases > 0);
    const bool is_long = at[EXPORT_LOAD] != EXPORT_ABSENT && says_zone;
    if (is_long && n_zones > 0)
        return settle(search, EXPORT_LAYOUT_REFUSED,
                      "the loads may stand in column %s or in those that are named as zones: "
                      "load_column must say it",
                      quote(search, at[EXPORT_LOAD]).text);
    if (is_long)
        return add_load(search, at[EXPORT_LOAD], folder->zone, folder->zone ? "" : NULL);
    if (n_zones > 0)
        return find_zone_columns(search);
    return settle(search, EXPORT_LAYOUT_NONE,
                  at[EXPORT_LOAD] == EXPORT_ABSENT
                      ? "there is a time, but no column of a load: load_column must name it, or "
                        "zone_map the zones that have columns of their own"
                      : "there are a time and a load, but no zone: zone_column, zone or zone_map "
                        "must say it");
}

static bool find_readings(struct search *search)
{
    const struct config_folder *folder = search->scheme->folder;
    int *at = search->layout->at;
    if (!find_column(search, "meter_column", folder->meter_column, EXPORT_MEANS_METER,
                     &at[EXPORT_METER]))
        return false;
    if (!folder->zone && !find_column(search, "zone_column", folder->zone_column, EXPORT_MEANS_ZONE,
                                      &at[EXPORT_ZONE]))
        return false;
    return find_loads(search);
}

static bool find_weather(struct search *search)
{
    const struct config_folder *folder = search->scheme->folder;
    int *at = search->layout->at;
    if (!find_column(search, "temp_column", folder->temp_column, EXPORT_MEANS_TEMP,
                     &at[EXPORT_TEMP]) ||
        !find_column(search, "humidity_column", folder->humidity_column, EXPORT_MEANS_HUMIDITY,
                     &at[EXPORT_HUMIDITY]))
        return false;
    if (!folder->station && !find_column(search, "station_column", folder->station_column,
                                         EXPORT_MEANS_STATION, &at[EXPORT_STATION]))
        return false;
    if (at[EXPORT_TEMP] == EXPORT_ABSENT)
        return settle(search, EXPORT_LAYOUT_NONE,
                      "there is a time, but no column of a temperature: temp_column must name it");
    if (!folder->station && at[EXPORT_STATION] == EXPORT_ABSENT)
        return settle(search, EXPORT_LAYOUT_NONE,
                      "there are a time and a temperature, but no station: station_column or "
                      "station must say it");
    return true;
}

static bool is_used(const struct export_layout *layout, int column)
{
    for (int i = 0; i < EXPORT_ROLES; i++)
        if (layout->at[i] == column)
            return true;
    for (int i = 0; i < layout->n_loads; i++)
        if (layout->loads[i].column == column)
            return true;
    return false;
}

// What is not used, and not left out on purpose, is told: it may be a misspelt zone.
static void note_left_out(struct search *search)
{
    struct export_layout *layout = search->layout;
    const char *zone, *meter;
    size_t n = 0;
    for (int i = 0; i < search->n; i++) {
        layout->vietnamese |= search->headings[i].vietnamese;
        if (!*search->headings[i].whole || search->headings[i].meaning == EXPORT_MEANS_NO_DATA ||
            is_used(layout, i) || find_name(search, i, &zone, &meter) == EXPORT_NAME_LEFT_OUT)
            continue;
        const struct check_quoted quoted = quote(search, i);
        if (n + strlen(quoted.text) + 3 < sizeof layout->left_out)
            n += (size_t)snprintf(layout->left_out + n, sizeof layout->left_out - n, "%s%s",
                                  n ? ", " : "", quoted.text);
    }
}

static bool read_headings(struct search *search)
{
    search->headings = calloc((size_t)search->n + 1, sizeof *search->headings);
    for (int i = 0; search->headings && i < search->n; i++)
        if (!export_heading_read(search->cells[i], search->scheme->folder->kind,
                                 &search->headings[i]))
            return settle(search, EXPORT_LAYOUT_REFUSED, "out of memory");
    return search->headings || settle(search, EXPORT_LAYOUT_REFUSED, "out of memory");
}

enum export_layout_status export_layout_find(const struct export_scheme *scheme, size_t n,
                                             const char *const cells[], struct export_layout *ret,
                                             char ret_reason[static EXPORT_REASON_MAX])
{
    struct search search = {.scheme = scheme, .cells = cells, .layout = ret, .reason = ret_reason};
    memset(ret, 0, sizeof *ret);
    *ret_reason = '\0';
    for (int i = 0; i < EXPORT_ROLES; i++)
        ret->at[i] = EXPORT_ABSENT;
    search.n = ret->n_columns = n > EXPORT_COLUMNS_MAX ? EXPORT_COLUMNS_MAX : (int)n;
    const bool weather = scheme->folder->kind == CONFIG_FOLDER_WEATHER;
    if (read_headings(&search) && find_time(&search) &&
        find_column(&search, "", NULL, EXPORT_MEANS_ORIGIN, &ret->at[EXPORT_ORIGIN]) &&
        (weather ? find_weather(&search) : find_readings(&search))) {
        note_left_out(&search);
        search.status = EXPORT_LAYOUT_FOUND;
    }
    for (int i = 0; search.headings && i < search.n; i++)
        export_heading_done(&search.headings[i]);
    free(search.headings);
    return search.status;
}

enum config_unit export_layout_title_unit(const char *line)
{
    static const char *const words[] = {"don vi", "dvt", "unit"};
    static const char signs[] = " :;,\t()[]\"=";
    char *plain = fold_plain(line);
    enum config_unit unit = CONFIG_UNIT_AUTO;
    for (size_t i = 0; plain && i < sizeof words / sizeof *words; i++) {
        const char *at = strstr(plain, words[i]);
        for (size_t n; at && *at && unit == CONFIG_UNIT_AUTO; at += n) {
            char word[8] = "";
            at += strspn(at, signs);
            n = strcspn(at, signs);
            if (n < sizeof word)
                memcpy(word, at, n);
            unit = export_unit(word);
        }
    }
    free(plain);
    return unit;
}
