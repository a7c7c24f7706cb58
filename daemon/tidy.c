// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/tidy.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "config/text.h"
#include "daemon/origin.h"

struct job {
    struct tidy *tidy;
    const char *path;
    tidy_reading_fn *reading;
    tidy_meter_fn *meter;
    tidy_weather_fn *weather;
    tidy_weather_run_fn *weather_run;
    struct calendar *calendar;
    void *context;
};

static void tell(struct tidy *tidy, struct tidy_place place, const char *reason, const char *value)
{
    char text[512];
    if (!tidy->bad)
        return;
    snprintf(text, sizeof text, "%.200s:%lu: %s: '%.100s'", place.path, place.line, reason, value);
    text_make_clean(text);
    tidy->bad(tidy->bad_context, text);
}

void tidy_refuse(struct tidy *tidy, struct tidy_place place, const char *reason, const char *value)
{
    tidy->refused++;
    tell(tidy, place, reason, value);
}

bool tidy_read_table(struct tidy *tidy, const char *path, size_t n, const char *const columns[],
                     table_row_fn *row, void *context)
{
    tidy->rows = tidy->refused = 0;
    tidy->simulated = false;
    tidy->offset_s = TEXT_NO_OFFSET;
    *tidy->error = '\0';
    const enum table_status status = table_read(path, n, columns, row, context, tidy->error);
    return (status == TABLE_OK || status == TABLE_STOPPED) && !*tidy->error;
}

bool tidy_time(struct tidy *tidy, struct tidy_place place, const char *text, int64_t *ret_instant,
               int64_t *ret_local_s)
{
    int64_t local_s;
    int32_t offset_s;
    if (!text_time(text, &local_s, &offset_s)) {
        tidy_refuse(tidy, place, "not a time such as 2011-01-31T23:30", text);
        return false;
    }
    if (offset_s == TEXT_NO_OFFSET) {
        assert(tidy->clock);
        *ret_instant = civil_instant(tidy->clock, local_s);
    } else {
        *ret_instant = local_s - offset_s;
        tidy->offset_s = offset_s;
    }
    if (*ret_instant < TIDY_TIME_MIN || *ret_instant >= TIDY_TIME_END) {
        tidy_refuse(tidy, place, "not a time of the years 1700 to 2199", text);
        return false;
    }
    if (ret_local_s)
        *ret_local_s = local_s;
    return true;
}

bool tidy_real(struct tidy *tidy, struct tidy_place place, const char *column, const char *text,
               double *ret)
{
    if (text_real(text, ret))
        return true;
    char reason[96];
    snprintf(reason, sizeof reason, "%.32s is %s", column, *text ? "not a number" : "empty");
    tidy_refuse(tidy, place, reason, text);
    return false;
}

// What every row with a time and a name has in common.
static bool read_key(struct tidy *tidy, struct tidy_place place, const struct table_row *row,
                     int64_t *ret_instant)
{
    tidy->rows++;
    if (row->excess)
        tidy_refuse(tidy, place, "more fields than the header has (a decimal comma?) after time",
                    row->field[0]);
    else if (!*row->field[1])
        tidy_refuse(tidy, place, "no name of a zone or station after time", row->field[0]);
    else
        return tidy_time(tidy, place, row->field[0], ret_instant, NULL);
    return false;
}

static void look_at_origin(struct tidy *tidy, const char *origin)
{
    tidy->simulated |= !strcmp(origin, ORIGIN_SIMULATED);
}

static const char *const reading_columns[] = {"time", "zone", "load", "?meter",
                                              ("?" ORIGIN_COLUMN)};

static bool take_reading(void *context, const struct table_row *row)
{
    const struct job *job = context;
    const struct tidy_place place = {job->path, row->line};
    int64_t instant;
    double load;
    look_at_origin(job->tidy, row->field[4]);
    if (!read_key(job->tidy, place, row, &instant) ||
        !tidy_real(job->tidy, place, "load", row->field[2], &load))
        return true;
    if (job->meter)
        return job->meter(job->context, row->field[1], row->field[3], instant, load);
    if (!*row->field[3])
        return job->reading(job->context, row->field[1], instant, load);
    tidy_refuse(job->tidy, place, "load of one meter, not of its zone", row->field[3]);
    return true;
}

static bool take_weather(void *context, const struct table_row *row)
{
    const struct job *job = context;
    const struct tidy_place place = {job->path, row->line};
    int64_t instant, issued = 0;
    double temp_c, humidity_pct;
    look_at_origin(job->tidy, row->field[4]);
    if (!read_key(job->tidy, place, row, &instant) ||
        !tidy_real(job->tidy, place, "temp_c", row->field[2], &temp_c) ||
        (job->weather_run && !tidy_time(job->tidy, place, row->field[5], &issued, NULL)))
        return true;
    if (!text_real(row->field[3], &humidity_pct)) {
        humidity_pct = NAN;
        if (*row->field[3])
            tell(job->tidy, place, "rh_pct is not a number, row taken without it", row->field[3]);
    }
    if (job->weather)
        return job->weather(job->context, row->field[1], instant, temp_c, humidity_pct);
    return job->weather_run(job->context, row->field[1], issued, instant, temp_c, humidity_pct);
}

static bool take_holiday(void *context, const struct table_row *row)
{
    const struct job *job = context;
    const struct tidy_place place = {job->path, row->line};
    int64_t day;
    job->tidy->rows++;
    if (!text_date(row->field[0], &day)) {
        tidy_refuse(job->tidy, place, "not a date such as 2011-01-31", row->field[0]);
        return true;
    }
    if (calendar_add(job->calendar, day, CALENDAR_HOLIDAY))
        return true;
    snprintf(job->tidy->error, sizeof job->tidy->error, "%.200s: out of memory", job->path);
    return false;
}

bool tidy_read_readings(struct tidy *tidy, const char *path, tidy_reading_fn *fn, void *context)
{
    struct job job = {.tidy = tidy, .path = path, .reading = fn, .context = context};
    return tidy_read_table(tidy, path, 5, reading_columns, take_reading, &job);
}

bool tidy_read_meters(struct tidy *tidy, const char *path, tidy_meter_fn *fn, void *context)
{
    struct job job = {.tidy = tidy, .path = path, .meter = fn, .context = context};
    return tidy_read_table(tidy, path, 5, reading_columns, take_reading, &job);
}

bool tidy_read_weather(struct tidy *tidy, const char *path, tidy_weather_fn *fn, void *context)
{
    static const char *const columns[] = {"time", "station", "temp_c", "?rh_pct",
                                          ("?" ORIGIN_COLUMN)};
    struct job job = {.tidy = tidy, .path = path, .weather = fn, .context = context};
    return tidy_read_table(tidy, path, 5, columns, take_weather, &job);
}

bool tidy_read_weather_runs(struct tidy *tidy, const char *path, tidy_weather_run_fn *fn,
                            void *context)
{
    static const char *const columns[] = {"time",    "station",           "temp_c",
                                          "?rh_pct", ("?" ORIGIN_COLUMN), "issued"};
    struct job job = {.tidy = tidy, .path = path, .weather_run = fn, .context = context};
    return tidy_read_table(tidy, path, 6, columns, take_weather, &job);
}

bool tidy_read_holidays(struct tidy *tidy, const char *path, struct calendar *calendar)
{
    static const char *const columns[] = {"date"};
    struct job job = {.tidy = tidy, .path = path, .calendar = calendar};
    return tidy_read_table(tidy, path, 1, columns, take_holiday, &job);
}
