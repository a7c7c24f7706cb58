// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/pull_rows.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/text.h"

enum { MS = 1000 };

// A value that has been checked, on its way to a row.
struct item {
    const char *name, *meter;
    int64_t instant;
    enum pull_column column;
    size_t series, order;
    double value;
    bool moved;
};

struct making {
    const struct pull_rows_setup *setup;
    const struct pull_answer *answer;
    struct pull_rows *rows;
    size_t n_items;
    struct item *items;
    const char *name_tag;
    bool mean, load;
    int64_t step_s;
};

static int compare_numbers(int64_t a, int64_t b)
{
    return a < b ? -1 : a > b;
}

static int compare_points(const void *a, const void *b)
{
    const struct pull_point *x = a, *y = b;
    const int by[] = {compare_numbers((int64_t)x->series, (int64_t)y->series),
                      compare_numbers(x->column, y->column),
                      compare_numbers(x->time_ms, y->time_ms),
                      compare_numbers((int64_t)x->order, (int64_t)y->order)};
    for (size_t i = 0; i < sizeof by / sizeof *by; i++)
        if (by[i])
            return by[i];
    return 0;
}

// By place of the value; then those of one series follow each other, the last in the answer last.
static int compare_places(const struct item *x, const struct item *y)
{
    const int by_name = strcmp(x->name, y->name),
              by_meter = by_name ? 0 : strcmp(x->meter, y->meter);
    const int by[] = {by_name, by_meter, compare_numbers(x->instant, y->instant),
                      compare_numbers(x->column, y->column)};
    for (size_t i = 0; i < sizeof by / sizeof *by; i++)
        if (by[i])
            return by[i];
    return 0;
}

static int compare_items(const void *a, const void *b)
{
    const struct item *x = a, *y = b;
    const int by_place = compare_places(x, y);
    if (by_place || x->series == y->series)
        return by_place ? by_place : compare_numbers((int64_t)x->order, (int64_t)y->order);
    return compare_numbers((int64_t)x->series, (int64_t)y->series);
}

static bool check_names(const struct making *making, const struct pull_series *series,
                        const char **ret_name, struct check_fault *fault)
{
    if (!series->name)
        return check_refuse(fault, CHECK_TAG, "a series has no tag %s", making->name_tag);
    if (strlen(series->name) > CHECK_NAME_MAX || strlen(series->meter) > CHECK_NAME_MAX)
        return check_refuse(fault, CHECK_TAG, "%s %s: a name is longer than %d bytes",
                            making->name_tag, check_quote(series->name, strlen(series->name)).text,
                            CHECK_NAME_MAX);
    *ret_name = series->name;
    return !making->load || check_zone(making->setup->checks, series->name, ret_name, fault);
}

static bool check_load_point(const struct making *making, const struct pull_point *point,
                             struct item *item, struct check_fault *fault)
{
    const struct pull_rows_setup *setup = making->setup;
    item->value = check_scaled(item->value, setup->request.pull->scale);
    if (!check_load(setup->checks, item->value, fault))
        return false;
    if (!making->mean)
        return check_interval(setup->checks, setup->now, item->instant, &item->instant,
                              &item->moved, fault);
    if (point->samples < setup->request.pull->samples)
        return check_refuse(fault, CHECK_FIELD,
                            "an interval has %" PRId64 " samples and needs %" PRId64
                            " for its mean",
                            point->samples, setup->request.pull->samples);
    return check_instant(setup->checks, setup->now, item->instant, fault);
}

static bool check_weather_point(const struct making *making, struct item *item,
                                struct check_fault *fault)
{
    const struct pull_rows_setup *setup = making->setup;
    item->instant = check_floor(item->instant, CHECK_MINUTE_S);
    if (item->column == PULL_HUMIDITY && !(item->value >= 0 && item->value <= 100))
        return check_refuse(fault, CHECK_HUMIDITY,
                            "a humidity is not between 0 and 100: taken without it");
    return (item->column == PULL_HUMIDITY || check_temperature(item->value, fault)) &&
           check_instant(setup->checks, setup->now, item->instant, fault);
}

static bool check_point(const struct making *making, const struct pull_point *point,
                        struct item *item, struct check_fault *fault)
{
    const struct pull_series *series = &making->answer->series[point->series];
    if (!check_names(making, series, &item->name, fault))
        return false;
    if (isnan(point->value))
        return check_refuse(fault, CHECK_FIELD, "a value of %s is not a number",
                            check_quote(item->name, strlen(item->name)).text);
    return making->load ? check_load_point(making, point, item, fault)
                        : check_weather_point(making, item, fault);
}

static void take_point(struct making *making, const struct pull_point *point)
{
    const struct pull_series *series = &making->answer->series[point->series];
    struct check_fault fault;
    struct item item = {.meter = making->load ? series->meter : "",
                        .instant = check_floor(point->time_ms, MS) / MS,
                        .column = point->column,
                        .series = point->series,
                        .order = point->order,
                        .value = point->value};
    if (check_point(making, point, &item, &fault))
        making->items[making->n_items++] = item;
    else
        pull_refusals_note(making->setup->refusals, series->name, series->meter, point->time_ms,
                           &fault);
}

// Two words on the same time.
static bool is_repeated(const struct pull_point *a, const struct pull_point *b)
{
    return a->series == b->series && a->column == b->column && a->time_ms == b->time_ms;
}

static int64_t interval_of(const struct making *making, const struct pull_point *point)
{
    return check_floor(point->time_ms, MS * making->step_s);
}

static bool in_one_interval(const struct making *making, const struct pull_point *a,
                            const struct pull_point *b)
{
    return a->series == b->series && a->column == b->column &&
           interval_of(making, a) == interval_of(making, b);
}

static bool all_agree(const struct pull_point *from, const struct pull_point *to)
{
    for (const struct pull_point *point = from + 1; point < to; point++)
        if (point->value != from->value && !(isnan(point->value) && isnan(from->value)))
            return false;
    return true;
}

// Whether looks before this one tell which of the values was written last.
static bool know_last(const struct making *making, const struct pull_point *from,
                      const struct pull_point *to, double *ret)
{
    enum { COPIES_MAX = 64 };
    const struct pull_rows_setup *setup = making->setup;
    double values[COPIES_MAX];
    const size_t n = (size_t)(to - from);
    if (!setup->copies || from->time_ms < setup->copies_from_ms || n > COPIES_MAX)
        return false;
    for (size_t i = 0; i < n; i++) {
        if (isnan(from[i].value))
            return false;
        values[i] = from[i].value;
    }
    return pull_copies_last(setup->copies, making->answer->series[from->series].identity,
                            (int)from->column, from->time_ms, n, values, ret);
}

static void refuse_copies(struct making *making, const struct pull_point *point)
{
    const struct pull_series *series = &making->answer->series[point->series];
    const char *name = series->name ? series->name : "";
    struct check_fault fault;
    check_refuse(&fault, CHECK_FIELD,
                 "a series of %s has different values at one time, and nothing says which is the "
                 "later",
                 check_quote(name, strlen(name)).text);
    pull_refusals_note(making->setup->refusals, series->name, series->meter, point->time_ms,
                       &fault);
}

// What the points [from, to) of one series and time say; false where nobody knows.
static bool settle_copies(struct making *making, const struct pull_point *from,
                          const struct pull_point *to, struct pull_point *ret)
{
    *ret = *from;
    if (know_last(making, from, to, &ret->value) || all_agree(from, to))
        return true;
    refuse_copies(making, from);
    return false;
}

static const struct pull_point *end_of_time(const struct pull_point *from,
                                            const struct pull_point *end)
{
    const struct pull_point *to = from + 1;
    while (to < end && is_repeated(from, to))
        to++;
    return to;
}

// The mean of the points [from, end), which lie in one interval; its `samples` is 0 where there is
// none. What is no number is refused by itself. A server's own mean stands for all its samples.
static struct pull_point mean_of(struct making *making, const struct pull_point *from,
                                 const struct pull_point *end)
{
    struct pull_point mean = *from;
    double sum = 0;
    mean.time_ms = interval_of(making, from);
    mean.samples = 0;
    for (const struct pull_point *point = from, *next; point < end; point = next) {
        const int64_t samples = point->samples ? point->samples : 1;
        struct pull_point settled;
        next = end_of_time(point, end);
        if (!settle_copies(making, point, next, &settled))
            continue;
        if (isnan(settled.value)) {
            take_point(making, &settled);
            continue;
        }
        sum += (double)samples * settled.value;
        mean.samples += samples;
        mean.order = settled.order;
    }
    mean.value = sum / (double)mean.samples;
    return mean;
}

static void take_means(struct making *making, size_t n)
{
    const struct pull_point *points = making->answer->points;
    for (size_t from = 0, to; from < n; from = to) {
        for (to = from + 1; to < n && in_one_interval(making, &points[from], &points[to]);)
            to++;
        const struct pull_point mean = mean_of(making, points + from, points + to);
        if (mean.samples)
            take_point(making, &mean);
    }
}

static void take_values(struct making *making, size_t n)
{
    const struct pull_point *end = making->answer->points + n;
    for (const struct pull_point *point = making->answer->points, *next; point < end;
         point = next) {
        struct pull_point settled;
        next = end_of_time(point, end);
        if (settle_copies(making, point, next, &settled))
            take_point(making, &settled);
    }
}

// Moves the points of the window to the front, their times back to those of intervals' starts.
static size_t keep_window(const struct making *making, struct pull_answer *answer)
{
    const struct pull_rows_setup *setup = making->setup;
    const int64_t shift_ms = pull_request_shift_ms(&setup->request);
    size_t n = 0;
    for (size_t i = 0; i < answer->n_points; i++) {
        struct pull_point point = answer->points[i];
        point.time_ms -= shift_ms;
        if (point.time_ms >= MS * setup->window.from && point.time_ms < MS * setup->window.to)
            answer->points[n++] = point;
    }
    return n;
}

// How many items from `from` on are of one place.
static size_t count_place(const struct making *making, size_t from)
{
    size_t to = from + 1;
    while (to < making->n_items && !compare_places(&making->items[from], &making->items[to]))
        to++;
    return to - from;
}

// Whether another series says something else of that place than `item`.
static bool is_disputed(const struct item *item, const struct item *items, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const bool last = i + 1 == n || items[i + 1].series != items[i].series;
        if (last && items[i].value != item->value)
            return true;
    }
    return false;
}

static void refuse_disputed(struct making *making, const struct item *item)
{
    struct check_fault fault;
    char time[TEXT_TIME_LEN];
    text_write_time(item->instant, 0, time);
    check_refuse(&fault, CHECK_TAG,
                 "%s %s: two series differ at %s: name what tells them apart (meter_tag), or leave "
                 "one out (filter)",
                 check_quote(item->name, strlen(item->name)).text,
                 check_quote(item->meter, strlen(item->meter)).text, time);
    pull_refusals_note(making->setup->refusals, item->name, item->meter, item->instant, &fault);
}

static void put_item(struct making *making, const struct item *item)
{
    struct pull_rows *rows = making->rows;
    rows->simulated |= making->answer->series[item->series].simulated;
    if (making->load) {
        rows->moved += item->moved;
        rows->readings[rows->n_readings++] = (struct store_reading){
            .zone = item->name, .meter = item->meter, .instant = item->instant, .mw = item->value};
        return;
    }
    struct store_weather *last = rows->n_weather ? &rows->weather[rows->n_weather - 1] : NULL;
    if (item->column == PULL_VALUE)
        rows->weather[rows->n_weather++] = (struct store_weather){.station = item->name,
                                                                  .instant = item->instant,
                                                                  .temp_c = item->value,
                                                                  .humidity_pct = (double)NAN};
    else if (last && last->instant == item->instant && !strcmp(last->station, item->name))
        last->humidity_pct = item->value;
}

static void put_items(struct making *making)
{
    for (size_t from = 0, n; from < making->n_items; from += n) {
        n = count_place(making, from);
        const struct item *items = &making->items[from], *last = &items[n - 1];
        if (is_disputed(last, items, n))
            refuse_disputed(making, last);
        else
            put_item(making, last);
    }
}

static void note_malformed(const struct making *making)
{
    struct check_fault fault;
    check_refuse(&fault, CHECK_MALFORMED,
                 "a series cannot be read: its tags or values are no text");
    pull_refusals_note_unread(making->setup->refusals, making->answer->malformed, &fault);
}

static bool make_room(const struct making *making, size_t n, struct pull_rows *rows)
{
    if (making->load)
        rows->readings = calloc(n + 1, sizeof *rows->readings);
    else
        rows->weather = calloc(n + 1, sizeof *rows->weather);
    return making->items && (rows->readings || rows->weather);
}

static int compare_readings(const void *a, const void *b)
{
    const struct store_reading *x = a, *y = b;
    const int by_time = compare_numbers(x->instant, y->instant);
    const int by_zone = by_time ? by_time : strcmp(x->zone, y->zone);
    return by_zone ? by_zone : strcmp(x->meter, y->meter);
}

static void make_rows(struct making *making, struct pull_answer *answer)
{
    const size_t n = keep_window(making, answer);
    qsort(answer->points, n, sizeof *answer->points, compare_points);
    if (making->mean)
        take_means(making, n);
    else
        take_values(making, n);
    qsort(making->items, making->n_items, sizeof *making->items, compare_items);
    put_items(making);
    if (making->rows->n_readings)
        qsort(making->rows->readings, making->rows->n_readings, sizeof *making->rows->readings,
              compare_readings);
}

bool pull_rows_make(const struct pull_rows_setup *setup, struct pull_answer *answer,
                    struct pull_rows *ret)
{
    struct pull_metrics metrics;
    *ret = (struct pull_rows){0};
    struct making making = {.setup = setup,
                            .answer = answer,
                            .rows = ret,
                            .items = calloc(answer->n_points + 1, sizeof *making.items),
                            .name_tag = pull_request_names(&setup->request, &metrics).name_tag,
                            .mean = setup->request.pull->aggregate == CONFIG_PULL_MEAN,
                            .load = setup->request.pull->kind == CONFIG_PULL_LOAD,
                            .step_s = setup->request.config->site.step_s};
    const bool room = make_room(&making, answer->n_points, ret);
    if (room)
        note_malformed(&making);
    if (room && answer->n_points)
        make_rows(&making, answer);
    free(making.items);
    return room;
}

void pull_rows_done(struct pull_rows *rows)
{
    free(rows->readings);
    free(rows->weather);
    *rows = (struct pull_rows){0};
}
