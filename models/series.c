// SPDX-License-Identifier: GPL-3.0-or-later
#include "series.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static int64_t floor_div(int64_t a, int64_t b)
{
    int64_t quotient = a / b;
    return a % b < 0 ? quotient - 1 : quotient;
}

void series_init(struct series *series, int32_t step_s)
{
    assert(step_s > 0 && 86400 % step_s == 0);
    *series = (struct series){.step_s = step_s};
}

void series_done(struct series *series)
{
    if (!series)
        return;
    if (series->value)
        free(series->value - series->front);
    if (series->masked)
        free(series->masked - series->front);
    *series = (struct series){.step_s = series->step_s};
}

int64_t series_index(const struct series *series, int64_t instant)
{
    // Both divided before they are subtracted: the difference of far instants may overflow.
    return floor_div(instant, series->step_s) - series->start / series->step_s;
}

int64_t series_instant(const struct series *series, size_t index)
{
    return series->start + (int64_t)index * series->step_s;
}

int64_t series_end(const struct series *series)
{
    return series_instant(series, series->n);
}

bool series_usable(const struct series *series, size_t index)
{
    return !series->masked[index] && !isnan(series->value[index]);
}

double series_usable_at(const struct series *series, int64_t instant)
{
    double value = series_at(series, instant);
    return !isnan(value) && series_usable(series, (size_t)series_index(series, instant))
               ? value
               : (double)NAN;
}

double series_at(const struct series *series, int64_t instant)
{
    if (series->n == 0 || instant < series->start || instant >= series_end(series))
        return NAN;
    return series->value[(instant - series->start) / series->step_s];
}

// Moves what is there into memory for `capacity` values with `front` of them before it.
static bool move_to(struct series *series, size_t capacity, size_t front)
{
    double *value = reallocarray(NULL, capacity, sizeof *value);
    bool *masked = reallocarray(NULL, capacity, sizeof *masked);
    if (!value || !masked) {
        free(value);
        free(masked);
        return false;
    }
    struct series old = *series;
    series->value = value + front;
    series->masked = masked + front;
    series->capacity = capacity;
    series->front = front;
    if (old.n > 0) {
        memcpy(series->value, old.value, old.n * sizeof *value);
        memcpy(series->masked, old.masked, old.n * sizeof *masked);
    }
    series_done(&old);
    return true;
}

static void fill_with_gaps(struct series *series, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++) {
        series->value[i] = NAN;
        series->masked[i] = false;
    }
}

// Room doubles at the end that grows, so that a series filled backwards costs no more than one
// filled forwards.
static bool grow(struct series *series, size_t before, size_t after)
{
    size_t n = series->n + before + after;
    size_t used = series->front + series->n + after;
    if (before > series->front || used > series->capacity) {
        size_t spare = n < 64 ? 64 : n;
        size_t front = before > series->front ? before + spare : series->front;
        size_t back = after > 0 ? spare : 0;
        if (!move_to(series, front + series->n + after + back, front))
            return false;
    }
    series->value -= before;
    series->masked -= before;
    series->front -= before;
    series->start -= (int64_t)before * series->step_s;
    fill_with_gaps(series, 0, before);
    fill_with_gaps(series, n - after, n);
    series->n = n;
    return true;
}

// Makes the grid reach over `index`, which may lie on either side of it.
static bool reach(struct series *series, int64_t index)
{
    int64_t n = (int64_t)series->n;
    if (index >= 0 && index < n)
        return true;
    int64_t before = index < 0 ? -index : 0;
    int64_t after = index >= n ? index - n + 1 : 0;
    if (before > SERIES_MAX - n || after > SERIES_MAX - n)
        return false;
    return grow(series, (size_t)before, (size_t)after);
}

static enum series_set replace(double *slot, double value)
{
    double old = *slot;
    *slot = value;
    if (isnan(old))
        return isnan(value) ? SERIES_SAME : SERIES_NEW;
    return old == value ? SERIES_SAME : SERIES_CHANGED;
}

enum series_set series_put(struct series *series, int64_t instant, double value)
{
    if (instant % series->step_s != 0 || isinf(value))
        return SERIES_REFUSED;
    // A gap outside the grid is there already.
    bool inside = series->n > 0 && instant >= series->start && instant < series_end(series);
    if (isnan(value) && !inside)
        return SERIES_SAME;
    if (series->n == 0)
        series->start = instant;
    int64_t index = series_index(series, instant);
    if (!reach(series, index))
        return SERIES_REFUSED;
    return replace(series->value + (index < 0 ? 0 : index), value);
}

void series_mask(struct series *series, int64_t from, int64_t to, bool masked)
{
    if (series->n == 0)
        return;
    int64_t end = series_end(series);
    from = from < series->start ? series->start : from;
    to = to > end ? end : to;
    for (int64_t t = from; t < to; t += series->step_s)
        series->masked[series_index(series, t)] = masked;
}

struct series series_before(const struct series *series, int64_t instant)
{
    struct series view = *series;
    int64_t n = view.n ? series_index(series, instant) : 0;
    view.n = n < 0 ? 0 : (size_t)n < view.n ? (size_t)n : view.n;
    return view;
}

bool series_copy(const struct series *from, struct series *ret)
{
    struct series copy;
    series_init(&copy, from->step_s);
    copy.start = from->start;
    if (from->n > 0) {
        if (!grow(&copy, 0, from->n))
            return false;
        memcpy(copy.value, from->value, from->n * sizeof *copy.value);
        memcpy(copy.masked, from->masked, from->n * sizeof *copy.masked);
    }
    *ret = copy;
    return true;
}

// The mean of what is there of one interval of `into`, each value by the time it covers.
static void average(const struct series *from, struct series *into, size_t index)
{
    int64_t begin = series_instant(into, index), end = begin + into->step_s;
    double sum = 0, covered_s = 0;
    bool masked = false;
    for (int64_t i = series_index(from, begin); i < (int64_t)from->n; i++) {
        int64_t low = from->start + i * from->step_s, high = low + from->step_s;
        if (low >= end)
            break;
        if (i < 0 || isnan(from->value[i]))
            continue;
        double overlap_s = (double)((high < end ? high : end) - (low > begin ? low : begin));
        sum += overlap_s * from->value[i];
        covered_s += overlap_s;
        masked |= from->masked[i];
    }
    if (2 * covered_s < into->step_s || covered_s <= 0)
        return;
    into->value[index] = sum / covered_s;
    into->masked[index] = masked;
}

// Index of the value at or after `index` in the direction of `step`; -1 or n where there is none.
static int64_t neighbour(const struct series *series, int64_t index, int step)
{
    while (index >= 0 && index < (int64_t)series->n && isnan(series->value[index]))
        index += step;
    return index;
}

// The straight line between the values before and after `into`'s instant.
static void interpolate(const struct series *from, struct series *into, size_t index,
                        int32_t max_gap_s)
{
    int64_t instant = series_instant(into, index);
    int64_t at = series_index(from, instant);
    bool exact = instant == series_instant(from, (size_t)at);
    int64_t left = neighbour(from, at, -1);
    int64_t right = neighbour(from, exact ? at : at + 1, 1);
    if (left < 0 || right >= (int64_t)from->n || (right - left) * from->step_s > max_gap_s)
        return;
    double share = 0;
    if (right > left)
        share = (double)(instant - series_instant(from, (size_t)left)) /
                (double)((right - left) * from->step_s);
    into->value[index] =
        (1 - share) * from->value[left] + (right > left ? share * from->value[right] : 0);
    into->masked[index] = from->masked[left] || from->masked[right];
}

bool series_resample(const struct series *from, int32_t step_s, int32_t max_gap_s,
                     struct series *ret)
{
    struct series into;
    series_init(&into, step_s);
    bool coarser = step_s >= from->step_s;
    if (from->n > 0) {
        // A coarser interval may begin before the first value; a point may not.
        int64_t lead = coarser ? 0 : step_s - 1;
        into.start = floor_div(from->start + lead, step_s) * step_s;
        int64_t n = floor_div(series_end(from) - into.start + step_s - 1, step_s);
        if (!grow(&into, 0, (size_t)n))
            return false;
    }
    for (size_t i = 0; i < into.n; i++) {
        if (coarser)
            average(from, &into, i);
        else
            interpolate(from, &into, i, max_gap_s);
    }
    *ret = into;
    return true;
}
