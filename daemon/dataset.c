// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/dataset.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/text.h"
#include "daemon/origin.h"
#include "daemon/tidy.h"
#include "models/weather.h"

enum { BAD_TOLD_MAX = 10, STEP_ROWS = 1000, TRANSITIONS_MAX = 256 };

// Rows as they come, before the step is known.
struct column {
    char *id;
    size_t n, capacity;
    int32_t offset_s; // of the last row
    struct {
        int64_t instant;
        double value;
    } * rows;
};

struct columns {
    size_t n, last;
    struct column *column;
    bool failed;
    const struct tidy *tidy; // knows the offset of the row at hand
    size_t n_transitions;
    struct civil_transition transitions[TRANSITIONS_MAX];
};

static void tell_bad(void *context, const char *text)
{
    size_t *told = context;
    if ((*told)++ < BAD_TOLD_MAX)
        fprintf(stderr, "%s; the row is left out\n", text);
}

static struct column *find_column(struct columns *columns, const char *id)
{
    // Files come sorted by time or by zone: the same column again, or the next one.
    for (size_t step = 0; step < columns->n; step++) {
        size_t k = (columns->last + step) % columns->n;
        if (!strcmp(columns->column[k].id, id)) {
            columns->last = k;
            return &columns->column[k];
        }
    }
    void *grown = realloc(columns->column, (columns->n + 1) * sizeof *columns->column);
    char *name = grown ? strdup(id) : NULL;
    columns->column = grown ? grown : columns->column;
    if (!name)
        return NULL;
    columns->last = columns->n;
    columns->column[columns->n] = (struct column){.id = name, .offset_s = TEXT_NO_OFFSET};
    return &columns->column[columns->n++];
}

// Notes a change of the offset between two rows. The same change may be seen in other zones, and
// closer.
static void note_transition(struct columns *columns, struct civil_transition seen)
{
    for (size_t k = 0; k < columns->n_transitions; k++) {
        struct civil_transition *known = &columns->transitions[k];
        if (known->from_s != seen.from_s || known->to_s != seen.to_s ||
            known->after <= seen.before || seen.after <= known->before)
            continue;
        known->before = seen.before > known->before ? seen.before : known->before;
        known->after = seen.after < known->after ? seen.after : known->after;
        return;
    }
    if (columns->n_transitions < TRANSITIONS_MAX)
        columns->transitions[columns->n_transitions++] = seen;
}

static void look_at_offset(struct columns *columns, struct column *column, int64_t instant)
{
    int32_t offset_s = columns->tidy->offset_s;
    int64_t before = column->n ? column->rows[column->n - 1].instant : instant;
    if (before < instant && offset_s != column->offset_s && column->offset_s != TEXT_NO_OFFSET)
        note_transition(columns,
                        (struct civil_transition){before, instant, column->offset_s, offset_s});
    column->offset_s = offset_s;
}

static bool add_row(struct columns *columns, const char *id, int64_t instant, double value)
{
    struct column *column = find_column(columns, id);
    if (column && column->n == column->capacity) {
        size_t capacity = column->capacity ? 2 * column->capacity : 4096;
        void *rows = realloc(column->rows, capacity * sizeof *column->rows);
        column->rows = rows ? rows : column->rows;
        column->capacity = rows ? capacity : column->capacity;
    }
    columns->failed = !column || column->n == column->capacity;
    if (columns->failed)
        return false;
    look_at_offset(columns, column, instant);
    column->rows[column->n].instant = instant;
    column->rows[column->n++].value = value;
    return true;
}

static bool take_reading(void *context, const char *zone, int64_t instant, double load)
{
    return add_row(context, zone, instant, load);
}

static bool take_weather(void *context, const char *station, int64_t instant, double temp_c,
                         double humidity_pct)
{
    (void)humidity_pct;
    return add_row(context, station, instant, temp_c);
}

// The shortest time between neighbours that divides a day: the grid of the file.
static int32_t find_step(const struct columns *columns)
{
    int64_t step = CIVIL_DAY_S;
    for (size_t k = 0; k < columns->n; k++) {
        const struct column *c = &columns->column[k];
        for (size_t i = 1; i < c->n && i < STEP_ROWS; i++) {
            int64_t gap = c->rows[i].instant - c->rows[i - 1].instant;
            if (gap > 0 && gap < step && CIVIL_DAY_S % gap == 0)
                step = gap;
        }
    }
    return (int32_t)step;
}

static size_t fill_series(const struct column *column, struct series *series)
{
    size_t refused = 0;
    for (size_t i = 0; i < column->n; i++)
        if (series_put(series, column->rows[i].instant, column->rows[i].value) == SERIES_REFUSED)
            refused++;
    return refused;
}

static bool make_series(struct columns *columns, const char *path, size_t *ret_n,
                        struct dataset_series **ret)
{
    int32_t step = find_step(columns);
    struct dataset_series *series = calloc(columns->n + 1, sizeof *series);
    if (!series)
        return false;
    for (size_t k = 0; k < columns->n; k++) {
        series_init(&series[k].series, step);
        series[k].id = columns->column[k].id;
        columns->column[k].id = NULL;
        size_t refused = fill_series(&columns->column[k], &series[k].series);
        if (refused)
            fprintf(stderr, "%s: '%s': %zu rows not on the grid of %d s are left out\n", path,
                    series[k].id, refused, step);
    }
    *ret = series;
    *ret_n = columns->n;
    return true;
}

static void columns_done(struct columns *columns)
{
    for (size_t k = 0; k < columns->n; k++) {
        free(columns->column[k].id);
        free(columns->column[k].rows);
    }
    free(columns->column);
}

static void note_origin(struct dataset *dataset, const struct tidy *tidy, const char *path)
{
    dataset->simulated |= tidy->simulated;
    if (tidy->simulated)
        fprintf(stderr, "%s: " ORIGIN_WORDS "\n", path);
}

static bool told(const struct tidy *tidy, const char *path, bool read,
                 const struct columns *columns)
{
    if (tidy->refused)
        fprintf(stderr, "%s: %zu of %zu rows left out\n", path, tidy->refused, tidy->rows);
    if (!read)
        fprintf(stderr, "%s\n", tidy->error);
    else if (columns->failed)
        fprintf(stderr, "%s: out of memory\n", path);
    else if (!columns->n)
        fprintf(stderr, "%s: no usable row\n", path);
    return read && !columns->failed && columns->n;
}

// Without a clock of its own the site has that of the times in its readings.
static void find_clock(struct dataset *dataset, const struct columns *columns, const char *path)
{
    char offset[TEXT_TIME_LEN];
    int32_t last_s = dataset->offset_s;
    if (civil_clock_infer(columns->n_transitions, columns->transitions, &dataset->clock))
        return;
    dataset->clock = (struct civil_clock){.offset_s = last_s == TEXT_NO_OFFSET ? 0 : last_s};
    if (!columns->n_transitions)
        return;
    text_write_time(0, last_s, offset);
    fprintf(stderr,
            "%s: the offset of the times changes by no yearly rule; local hours are taken by the "
            "last one, %s, unless --clock says better\n",
            path, offset + strlen("1970-01-01T00:00"));
}

static bool read_readings(struct dataset *dataset, const char *path, bool clock_known)
{
    size_t bad = 0;
    struct tidy tidy = {
        .clock = &dataset->clock, .bad = tell_bad, .bad_context = &bad, .offset_s = TEXT_NO_OFFSET};
    struct columns columns = {.tidy = &tidy};
    bool fine = tidy_read_readings(&tidy, path, take_reading, &columns);
    fine = told(&tidy, path, fine, &columns) &&
           make_series(&columns, path, &dataset->n_zones, &dataset->zones);
    dataset->offset_s = tidy.offset_s;
    note_origin(dataset, &tidy, path);
    if (!clock_known)
        find_clock(dataset, &columns, path);
    columns_done(&columns);
    return fine;
}

static bool read_weather(struct dataset *dataset, const char *path)
{
    size_t bad = 0;
    struct tidy tidy = {
        .clock = &dataset->clock, .bad = tell_bad, .bad_context = &bad, .offset_s = TEXT_NO_OFFSET};
    struct columns columns = {.tidy = &tidy};
    bool fine = tidy_read_weather(&tidy, path, take_weather, &columns);
    note_origin(dataset, &tidy, path);
    fine = told(&tidy, path, fine, &columns) &&
           make_series(&columns, path, &dataset->n_stations, &dataset->stations);
    columns_done(&columns);
    return fine;
}

static bool read_holidays(struct dataset *dataset, const char *path)
{
    size_t bad = 0;
    struct tidy tidy = {.clock = &dataset->clock, .bad = tell_bad, .bad_context = &bad};
    bool fine = tidy_read_holidays(&tidy, path, dataset->calendar);
    if (!fine)
        fprintf(stderr, "%s\n", tidy.error);
    return fine;
}

const struct series **dataset_stations(const struct dataset *dataset)
{
    const struct series **stations = calloc(dataset->n_stations + 1, sizeof *stations);
    for (size_t s = 0; stations && s < dataset->n_stations; s++)
        stations[s] = &dataset->stations[s].series;
    return stations;
}

// All stations as one temperature on the zones' step.
static bool combine_weather(struct dataset *dataset)
{
    enum { MAX_GAP_S = 3 * CIVIL_HOUR_S };
    const struct series **stations = dataset_stations(dataset);
    struct series together;
    if (!stations)
        return false;
    bool fine = weather_combine(dataset->n_stations, stations, &together);
    free(stations);
    if (!fine)
        return false;
    struct series resampled;
    fine = series_resample(&together, dataset->zones[0].series.step_s, MAX_GAP_S, &resampled);
    series_done(&together);
    if (fine)
        dataset->temp = resampled;
    return fine;
}

static bool take_clock(struct dataset *dataset, const char *text)
{
    if (!text || civil_clock_parse(text, &dataset->clock))
        return true;
    fprintf(stderr, "clock '%s' is neither an offset such as +07:00 nor a POSIX TZ rule\n", text);
    return false;
}

bool dataset_read(const char *readings, const char *weather, const char *holidays,
                  const char *clock_text, struct dataset *ret)
{
    *ret = (struct dataset){.offset_s = TEXT_NO_OFFSET, .calendar = calendar_new()};
    bool fine = ret->calendar && take_clock(ret, clock_text) &&
                read_readings(ret, readings, clock_text) &&
                (!weather || (read_weather(ret, weather) && combine_weather(ret))) &&
                (!holidays || read_holidays(ret, holidays));
    if (!fine)
        dataset_done(ret);
    return fine;
}

static void series_list_done(size_t n, struct dataset_series *list)
{
    for (size_t k = 0; k < n; k++) {
        free(list[k].id);
        free(list[k].changes);
        series_done(&list[k].series);
    }
    free(list);
}

void dataset_done(struct dataset *dataset)
{
    series_list_done(dataset->n_zones, dataset->zones);
    series_list_done(dataset->n_stations, dataset->stations);
    series_done(&dataset->temp);
    calendar_free(dataset->calendar);
    *dataset = (struct dataset){0};
}

const struct series *dataset_zone(const struct dataset *dataset, const char *id)
{
    for (size_t k = 0; k < dataset->n_zones; k++)
        if (!strcmp(dataset->zones[k].id, id))
            return &dataset->zones[k].series;
    return NULL;
}

bool dataset_temperature(const struct dataset *dataset, const struct series *load, int64_t issue,
                         int64_t until, struct stations_choice *choice, struct series *ret)
{
    struct heldout_data data = {
        .load = load, .calendar = dataset->calendar, .clock = &dataset->clock, .issue = issue};
    const struct series **stations = dataset_stations(dataset);
    bool fine =
        stations && stations_temperature(choice, &data, dataset->n_stations, stations, until, ret);
    free(stations);
    return fine;
}

bool dataset_time(const struct dataset *dataset, const char *text, int64_t *ret)
{
    int64_t local;
    int32_t offset;
    if (!text_time(text, &local, &offset))
        return false;
    *ret = offset == TEXT_NO_OFFSET ? civil_instant(&dataset->clock, local) : local - offset;
    return true;
}
