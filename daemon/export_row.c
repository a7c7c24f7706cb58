// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/export_row.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "daemon/export_number.h"

// A row under judgement: a wide one may be good in some columns and bad in others.
struct trial {
    const struct export_judge *judge;
    const struct export_record *record;
    struct stamp stamp;
    size_t faults;
    char reason[CHECK_REASON_MAX + 200]; // of the first
};

static const char *field(const struct export_record *record, int column)
{
    return column == EXPORT_ABSENT || (size_t)column >= record->n_fields ? ""
                                                                         : record->fields[column];
}

const char *export_row_field(const struct export_layout *layout, const struct export_record *record,
                             enum export_role role)
{
    return field(record, layout->at[role]);
}

static const char *field_of(const struct trial *trial, enum export_role role)
{
    return export_row_field(trial->judge->layout, trial->record, role);
}

static struct check_quoted quote(const char *text)
{
    return check_quote(text, strlen(text));
}

// Notes the fault; `column` says where, in a row with several loads.
static void note(struct trial *trial, const struct check_fault *fault, int column)
{
    const struct export_judge *judge = trial->judge;
    judge->report->causes[fault->cause]++;
    if (trial->faults++ > 0)
        return;
    if (column != EXPORT_ABSENT && judge->layout->n_loads > 1)
        snprintf(trial->reason, sizeof trial->reason, "column %s: %s",
                 quote(judge->headings[column]).text, fault->reason);
    else
        snprintf(trial->reason, sizeof trial->reason, "%s", fault->reason);
}

static bool tell(const struct trial *trial)
{
    const struct export_record *record = trial->record;
    const struct export_sink *sink = trial->judge->sink;
    char reason[sizeof trial->reason + 40];
    if (trial->faults > 1)
        snprintf(reason, sizeof reason, "%s (and %zu more)", trial->reason, trial->faults - 1);
    else
        snprintf(reason, sizeof reason, "%s", trial->reason);
    const struct export_bad bad = {
        .line = record->line, .row = record->raw, .length = record->length, .reason = reason};
    trial->judge->report->refused++;
    return sink->bad(sink->bad_context, &bad);
}

bool export_row_refuse(const struct export_judge *judge, const struct export_record *record,
                       const char *reason)
{
    struct trial trial = {.judge = judge, .record = record, .faults = 1};
    snprintf(trial.reason, sizeof trial.reason, "%s", reason);
    judge->report->causes[CHECK_MALFORMED]++;
    return tell(&trial);
}

// How many fields there must be for all that is used to be there.
static size_t fields_needed(const struct export_layout *layout)
{
    int last = 0;
    for (int i = 0; i < EXPORT_ROLES; i++)
        last = layout->at[i] > last ? layout->at[i] : last;
    for (int i = 0; i < layout->n_loads; i++)
        last = layout->loads[i].column > last ? layout->loads[i].column : last;
    return (size_t)last + 1;
}

static bool check_fields(const struct trial *trial, struct check_fault *fault)
{
    const struct export_record *record = trial->record;
    const size_t n = (size_t)trial->judge->layout->n_columns;
    size_t excess = record->excess;
    for (size_t i = n; i < record->n_fields && i < EXPORT_COLUMNS_MAX; i++)
        excess += *record->fields[i] != '\0';
    if (excess)
        return check_refuse(fault, CHECK_MALFORMED,
                            "more fields than the %zu of the header: a decimal comma?", n);
    if (record->n_fields < fields_needed(trial->judge->layout))
        return check_refuse(fault, CHECK_MALFORMED,
                            "%zu fields, of %zu in the header: is the row cut?", record->n_fields,
                            n);
    return true;
}

static bool read_stamp(struct trial *trial, struct check_fault *fault)
{
    const struct export_rules *rules = trial->judge->rules;
    const char *time = field_of(trial, EXPORT_TIME), *hour = field_of(trial, EXPORT_HOUR);
    if (export_rules_stamp(rules, time, hour, &trial->stamp) == STAMP_OK)
        return true;
    const char *format = rules->folder->time_format;
    if (!*time)
        return check_refuse(fault, CHECK_MALFORMED, "no time");
    if (format)
        return check_refuse(fault, CHECK_MALFORMED, "%s%s%s is not a time of the form %s",
                            quote(time).text, *hour ? " " : "", *hour ? quote(hour).text : "",
                            quote(format).text);
    return check_refuse(fault, CHECK_MALFORMED, "%s%s%s is not a time such as 2024-12-31 23:30",
                        quote(time).text, *hour ? " " : "", *hour ? quote(hour).text : "");
}

static bool read_number(const struct trial *trial, const char *what, const char *text, double *ret,
                        struct check_fault *fault)
{
    const enum config_decimal decimal = trial->judge->decimal;
    if (export_number_read(text, decimal, ret))
        return true;
    if (!*text)
        return check_refuse(fault, CHECK_FIELD, "no %s", what);
    return check_refuse(fault, CHECK_FIELD, "%s %s is not a number with a decimal %s", what,
                        quote(text).text, decimal == CONFIG_DECIMAL_COMMA ? "comma" : "point");
}

// The start of the interval that a stamp of a series means.
static bool find_start(const struct trial *trial, struct export_series *series, int64_t *ret,
                       bool *ret_moved, struct check_fault *fault)
{
    const struct export_rules *rules = trial->judge->rules;
    int64_t instant;
    if (!export_rules_instant(rules, &trial->stamp, series->last, &instant, fault))
        return false;
    series->last = instant;
    if (rules->folder->stamps == CONFIG_STAMPS_END)
        instant -= export_rules_interval(rules);
    return check_interval(rules->checks, trial->judge->now, instant, ret, ret_moved, fault);
}

// One reading for each step of the interval.
static bool give_readings(const struct trial *trial, const struct export_series *series,
                          int64_t start, double mw)
{
    const struct export_judge *judge = trial->judge;
    const int64_t step_s = judge->rules->config->site.step_s;
    const int64_t end = start + export_rules_interval(judge->rules);
    for (int64_t instant = start; instant < end; instant += step_s) {
        const struct store_reading reading = {
            .zone = series->zone, .meter = series->meter, .instant = instant, .mw = mw};
        if (!judge->sink->reading(judge->sink->context, &reading))
            return false;
        judge->report->readings++;
    }
    return true;
}

// A load of a row. False where the sink said so, or without memory.
static bool take_load(struct trial *trial, const struct export_load *load)
{
    const struct export_judge *judge = trial->judge;
    struct check_fault fault;
    const char *text = field(trial->record, load->column);
    // In a column of a zone's own an empty field is a reading that there is not.
    if (judge->layout->at[EXPORT_LOAD] != load->column && !*text)
        return true;
    struct export_series *series =
        export_table_reading(judge->table, load->zone, load->meter, field_of(trial, EXPORT_ZONE),
                             field_of(trial, EXPORT_METER));
    double value, mw = 0;
    int64_t start = 0;
    bool moved = false;
    if (!series)
        return false;
    if (series->left_out) {
        judge->report->left_out++;
        return true;
    }
    if (series->unknown)
        fault = series->fault;
    bool good = !series->unknown && read_number(trial, "load", text, &value, &fault);
    if (good) {
        mw = export_megawatts(value, load->unit, export_rules_interval(judge->rules));
        good = check_load(judge->rules->checks, mw, &fault) &&
               find_start(trial, series, &start, &moved, &fault);
    }
    if (!good) {
        note(trial, &fault, load->column);
        return true;
    }
    judge->report->moved += moved;
    return give_readings(trial, series, start, mw);
}

static bool take_loads(struct trial *trial)
{
    const struct export_layout *layout = trial->judge->layout;
    for (int i = 0; i < layout->n_loads; i++)
        if (!take_load(trial, &layout->loads[i]))
            return false;
    return true;
}

// NaN where there is none, or none that can be: the row is taken without it.
static double take_humidity(const struct trial *trial)
{
    const char *text = field_of(trial, EXPORT_HUMIDITY);
    double pct;
    if (!*text)
        return (double)NAN;
    if (export_number_read(text, trial->judge->decimal, &pct) && pct >= 0 && pct <= 100)
        return pct;
    trial->judge->report->causes[CHECK_HUMIDITY]++;
    return (double)NAN;
}

static bool read_weather(struct trial *trial, struct export_series *series,
                         struct store_weather *ret, struct check_fault *fault)
{
    const struct export_judge *judge = trial->judge;
    if (series->unknown) {
        *fault = series->fault;
        return false;
    }
    int64_t instant;
    if (!read_number(trial, "temperature", field_of(trial, EXPORT_TEMP), &ret->temp_c, fault) ||
        !check_temperature(ret->temp_c, fault) ||
        !export_rules_instant(judge->rules, &trial->stamp, series->last, &instant, fault))
        return false;
    series->last = instant;
    if (!check_instant(judge->rules->checks, judge->now, instant, fault))
        return false;
    ret->station = series->meter;
    ret->instant = check_floor(instant, CHECK_MINUTE_S);
    ret->humidity_pct = take_humidity(trial);
    return true;
}

static bool take_weather(struct trial *trial)
{
    const struct export_judge *judge = trial->judge;
    const struct export_sink *sink = judge->sink;
    const char *station = judge->rules->folder->station;
    struct store_weather weather;
    struct check_fault fault;
    struct export_series *series =
        export_table_weather(judge->table, station ? station : field_of(trial, EXPORT_STATION));
    if (!series)
        return false;
    if (!read_weather(trial, series, &weather, &fault)) {
        note(trial, &fault, EXPORT_ABSENT);
        return true;
    }
    judge->report->weather++;
    return sink->weather(sink->context, &weather);
}

bool export_row_judge(const struct export_judge *judge, const struct export_record *record)
{
    struct trial trial = {.judge = judge, .record = record};
    struct check_fault fault;
    bool going = true;
    if (!check_fields(&trial, &fault) || !read_stamp(&trial, &fault))
        note(&trial, &fault, EXPORT_ABSENT);
    else if (judge->rules->folder->kind == CONFIG_FOLDER_WEATHER)
        going = take_weather(&trial);
    else
        going = take_loads(&trial);
    return going && (trial.faults == 0 || tell(&trial));
}
