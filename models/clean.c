// SPDX-License-Identifier: GPL-3.0-or-later
#include "clean.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>

#include "hindsight.h"

enum {
    SEASONS = 4,
    LEVEL_DAYS = 14,     // either side, of the median taken for the level
    SPIKE_HOURS = 3,     // longer is no spike
    FLAT_HOURS = 6,      // shorter is chance
    OUTAGE_HOURS = 96,   // longer is a shutdown or a new level, which somebody knows of
    HABIT_DAYS = 120,    // what comes more often is a habit
    FLAT_RARE_DAYS = 60, // runs of equal values as long as come once in so many days are chance
};

static const double far_off = 8;      // scales: of 40,000 normal hours not one is so far off
static const double sudden = 5;       // scales, from one interval to the next
static const double zero_share = .01; // of what was due
static const double outage_share = .75;

struct search {
    const struct model_data *data;
    struct series load; // a view of what lies before the issue
    size_t day, hour;   // intervals
    double *fitted;     // what the fit says, MW
    double *due;        // and with the level of the weeks around, MW
    double *off;        // residual less the level, in scales; NaN where unknown
    double *residual;   // on the scale of the regression
    struct clean *found;
    struct clean_run *runs; // of one reason
    size_t n_runs;
};

const char *clean_reason_name(enum clean_reason reason)
{
    static const char *const names[] = {"zero", "flat", "spike", "outage"};
    return names[reason];
}

// A view of the part of a series that lies before `until`.
static struct series before(const struct series *series, int64_t until)
{
    struct series view = *series;
    int64_t n = (until - series->start) / series->step_s;
    view.n = n < 0 ? 0 : (size_t)n < series->n ? (size_t)n : series->n;
    return view;
}

static double median(size_t n, double values[])
{
    gsl_sort(values, 1, n);
    return n ? gsl_stats_median_from_sorted_data(values, 1, n) : (double)NAN;
}

// Medians of the days, then of the days around each: a level that faults of hours do not move.
static bool subtract_level(const struct search *s, double ret[])
{
    size_t days = s->load.n / s->day + 1, window = 2 * LEVEL_DAYS + 1;
    double *daily = malloc(days * sizeof *daily), *part = malloc((s->day + window) * sizeof *part);
    for (size_t d = 0; daily && part && d < days; d++) {
        size_t n = 0;
        for (size_t i = d * s->day; i < (d + 1) * s->day && i < s->load.n; i++)
            if (!isnan(s->residual[i]))
                part[n++] = s->residual[i];
        daily[d] = median(n, part);
    }
    for (size_t d = 0; daily && part && d < days; d++) {
        size_t n = 0;
        for (size_t k = d > LEVEL_DAYS ? d - LEVEL_DAYS : 0; k < days && k <= d + LEVEL_DAYS; k++)
            if (!isnan(daily[k]))
                part[n++] = daily[k];
        double level = median(n, part);
        for (size_t i = d * s->day; i < (d + 1) * s->day && i < s->load.n; i++)
            ret[i] = s->residual[i] - level;
    }
    bool fine = daily && part;
    free(daily);
    free(part);
    return fine;
}

// Hour of the day and quarter of the year.
static size_t cell_of(const struct search *s, size_t i)
{
    int64_t local = civil_local(s->data->clock, series_instant(&s->load, i));
    struct civil_date date = civil_date_from_day(civil_day(local));
    return (size_t)((date.month - 1) / 3 * 24 + civil_second_of_day(local) / CIVIL_HOUR_S);
}

// Robust scale of each cell, not under half of that of all.
static bool scale_cells(const struct search *s, double ret[static SEASONS * 24])
{
    const double normal = 1.4826; // of the median of absolute values, for a normal distribution
    size_t n = s->load.n, all = 0;
    double *part = malloc((n + 1) * sizeof *part);
    unsigned char *cell = malloc(n + 1);
    bool fine = part && cell;
    for (size_t i = 0; fine && i < n; i++) {
        cell[i] = (unsigned char)cell_of(s, i);
        if (!isnan(s->off[i]))
            part[all++] = fabs(s->off[i]);
    }
    double floor = fine ? normal * median(all, part) / 2 : 0;
    for (size_t c = 0; fine && c < SEASONS * 24; c++) {
        size_t count = 0;
        for (size_t i = 0; i < n; i++)
            if (cell[i] == c && !isnan(s->off[i]))
                part[count++] = fabs(s->off[i]);
        ret[c] = count ? fmax(floor, normal * median(count, part)) : floor;
    }
    free(part);
    free(cell);
    return fine;
}

// Fits all months alike, and measures every interval by it.
static enum model_status measure(struct search *s)
{
    double scale[SEASONS * 24];
    struct hindsight *hindsight;
    struct series temp = s->data->temp ? before(s->data->temp, s->data->issue) : (struct series){0};
    struct model_data data = *s->data;
    data.load = &s->load;
    data.temp = s->data->temp ? &temp : NULL;
    enum model_status status = hindsight_new(&data, &hindsight);
    if (status != MODEL_OK)
        return status;
    status = hindsight_fit(hindsight, HINDSIGHT_EVENLY);
    if (status == MODEL_OK) {
        hindsight_residuals(hindsight, 0, s->load.n, s->residual);
        hindsight_fitted(hindsight, 0, s->load.n, s->due);
        if (!subtract_level(s, s->off) || !scale_cells(s, scale))
            status = MODEL_NOMEM;
    }
    for (size_t i = 0; status == MODEL_OK && i < s->load.n; i++) {
        double level = isnan(s->off[i]) ? 0 : s->residual[i] - s->off[i];
        s->fitted[i] = hindsight_load(hindsight, s->due[i]);
        s->due[i] = hindsight_load(hindsight, s->due[i] + level);
        s->off[i] /= scale[cell_of(s, i)];
    }
    hindsight_free(hindsight);
    return status;
}

static void add_run(struct search *s, size_t from, size_t to, enum clean_reason reason)
{
    if (s->n_runs < CLEAN_RUNS_MAX)
        s->runs[s->n_runs++] = (struct clean_run){from, to, reason};
}

static bool usable(const struct search *s, size_t i)
{
    return i < s->load.n && series_usable(&s->load, i);
}

static void find_zeros(struct search *s)
{
    for (size_t i = 0, end; i < s->load.n; i = end + 1) {
        for (end = i; usable(s, end) && s->load.value[end] <= zero_share * s->due[end];)
            end++;
        if (end > i)
            add_run(s, i, end, CLEAN_ZERO);
    }
}

static size_t equal_until(const struct search *s, size_t i)
{
    size_t end = i + 1;
    while (usable(s, i) && usable(s, end) && s->load.value[end] == s->load.value[i])
        end++;
    return end;
}

// How long a run of equal values must be: longer than those that this zone has now and then, for
// meters that round.
static size_t flat_limit(const struct search *s)
{
    size_t least = FLAT_HOURS * s->hour > 4 ? FLAT_HOURS * s->hour : 4;
    size_t rare = s->load.n / (FLAT_RARE_DAYS * s->day);
    for (size_t limit = least;; limit++) {
        size_t count = 0;
        for (size_t i = 0, end; i < s->load.n; i = end) {
            end = equal_until(s, i);
            count += end - i >= limit;
        }
        if (count <= rare)
            return limit;
    }
}

static void find_flats(struct search *s)
{
    size_t limit = flat_limit(s);
    for (size_t i = 0, end; i < s->load.n; i = end) {
        end = equal_until(s, i);
        if (end - i >= limit)
            add_run(s, i, end, CLEAN_FLAT);
    }
}

// True where the value comes by a step that the fit knows nothing of.
static bool steps(const struct search *s, size_t i)
{
    return i > 0 && i < s->load.n && fabs(s->off[i] - s->off[i - 1]) > sudden;
}

static void find_spikes(struct search *s)
{
    for (size_t i = 0, end; i < s->load.n; i = end + 1) {
        for (end = i; end < s->load.n && fabs(s->off[end]) > far_off;)
            end++;
        if (end > i && end - i <= SPIKE_HOURS * s->hour && steps(s, i) && steps(s, end))
            add_run(s, i, end, CLEAN_SPIKE);
    }
}

static bool on_holiday(const struct search *s, size_t i)
{
    int64_t day = civil_day(civil_local(s->data->clock, series_instant(&s->load, i)));
    return calendar_day(s->data->calendar, day).class != DAY_ORDINARY;
}

static bool too_low(const struct search *s, size_t i)
{
    return i < s->load.n && s->off[i] < -far_off && s->load.value[i] < outage_share * s->due[i] &&
           !on_holiday(s, i);
}

static void find_outages(struct search *s)
{
    for (size_t i = 0, end; i < s->load.n; i = end + 1) {
        for (end = i; too_low(s, end);)
            end++;
        if (end - i >= s->hour && end > i && end - i <= OUTAGE_HOURS * s->hour)
            add_run(s, i, end, CLEAN_OUTAGE);
    }
}

static bool free_of_runs(const struct clean *found, const struct clean_run *run)
{
    for (size_t k = 0; k < found->n_runs; k++)
        if (run->from < found->runs[k].to && found->runs[k].from < run->to)
            return false;
    return true;
}

// Takes the runs of one reason over, unless they are a habit. What has been found before keeps its
// reason.
static void take_over(struct search *s)
{
    size_t days = s->load.n / s->day;
    for (size_t k = 0; k < s->n_runs && s->n_runs <= 1 + days / HABIT_DAYS; k++)
        if (s->found->n_runs < CLEAN_RUNS_MAX && free_of_runs(s->found, &s->runs[k]))
            s->found->runs[s->found->n_runs++] = s->runs[k];
    s->n_runs = 0;
}

static int by_beginning(const void *a, const void *b)
{
    const struct clean_run *x = a, *y = b;
    return (x->from > y->from) - (x->from < y->from);
}

// Median of each civil day of log(load / fitted).
static void daily_medians(const struct search *s, size_t days, int64_t first, double part[],
                          double ret[])
{
    for (size_t d = 0, i = 0; d < days; d++) {
        size_t n = 0;
        for (; i < s->load.n; i++) {
            int64_t local = civil_local(s->data->clock, series_instant(&s->load, i));
            if (civil_day(local) != first + (int64_t)d)
                break;
            double ratio = s->load.value[i] / s->fitted[i];
            if (usable(s, i) && ratio > 0)
                part[n++] = log(ratio);
        }
        ret[d] = median(n, part);
    }
}

// The greatest shift that shows; a ratio of 0 without any.
static bool greatest_shift(struct search *s, struct clean_shift *ret)
{
    const struct civil_clock *clock = s->data->clock;
    int64_t first = civil_day(civil_local(clock, s->load.start));
    int64_t last = civil_day(civil_local(clock, series_end(&s->load) - 1));
    size_t days = (size_t)(last - first + 1), n = 0;
    struct shift shifts[SHIFTS_MAX];
    double *daily = malloc(days * sizeof *daily), *part = malloc(2 * s->day * sizeof *part);
    bool fine = daily && part;
    if (fine) {
        daily_medians(s, days, first, part, daily);
        fine = shifts_find(days, daily, &n, shifts);
    }
    *ret = (struct clean_shift){0};
    for (size_t k = 0; fine && k < n; k++)
        if (ret->ratio <= 0 || fabs(shifts[k].step) > fabs(log(ret->ratio)))
            *ret = (struct clean_shift){
                civil_instant(clock, (first + (int64_t)shifts[k].day) * CIVIL_DAY_S),
                exp(shifts[k].step)};
    free(daily);
    free(part);
    return fine;
}

// Forgets the shorter side of a shift, so that the fit is of one level.
static void forget_shorter_side(struct search *s, int64_t instant)
{
    int64_t start = s->load.start, end = series_end(&s->load);
    if (instant - start < end - instant)
        series_mask(&s->load, start, instant, true);
    else
        series_mask(&s->load, instant, end, true);
}

// Median of log(load / fitted) over the days beside a shift, on the masked side too.
static double level_beside(const struct search *s, int64_t from, int64_t to, double part[])
{
    size_t n = 0;
    for (int64_t t = from; t < to; t += s->load.step_s) {
        int64_t i = series_index(&s->load, t);
        double ratio = i >= 0 && (size_t)i < s->load.n ? s->load.value[i] / s->fitted[i] : 0;
        if (ratio > 0)
            part[n++] = log(ratio);
    }
    return median(n, part);
}

// How great a shift is by a fit that has only one side of it: one of both bends to the step.
static bool measure_ratio(const struct search *s, struct clean_shift *shift)
{
    int64_t reach = (int64_t)SHIFTS_DAYS * CIVIL_DAY_S;
    double *part = malloc((SHIFTS_DAYS * s->day + 1) * sizeof *part);
    if (!part)
        return false;
    double old = level_beside(s, shift->instant - reach, shift->instant, part);
    double new = level_beside(s, shift->instant, shift->instant + reach, part);
    if (!isnan(old) && !isnan(new))
        shift->ratio = exp(new - old);
    free(part);
    return true;
}

// One after the other, the greatest first: as long as a step is in the fit, the season and the
// trend bend to it, and other steps show that are none.
static enum model_status find_shifts(struct search *s)
{
    struct clean *found = s->found;
    while (found->n_shifts < SHIFTS_MAX) {
        struct clean_shift shift;
        if (!greatest_shift(s, &shift))
            return MODEL_NOMEM;
        if (shift.ratio <= 0)
            return MODEL_OK;
        struct clean_shift *kept = &found->shifts[found->n_shifts++];
        *kept = shift;
        forget_shorter_side(s, shift.instant);
        enum model_status status = measure(s);
        if (status != MODEL_OK) // too little is left to tell more
            return status == MODEL_NOMEM ? MODEL_NOMEM : MODEL_OK;
        if (!measure_ratio(s, kept))
            return MODEL_NOMEM;
    }
    return MODEL_OK;
}

static int by_instant(const void *a, const void *b)
{
    const struct clean_shift *x = a, *y = b;
    return (x->instant > y->instant) - (x->instant < y->instant);
}

static enum model_status search(struct search *s)
{
    static void (*const find[])(struct search *) = {find_zeros, find_flats, find_spikes,
                                                    find_outages};
    enum model_status status = measure(s);
    if (status != MODEL_OK)
        return status;
    for (int k = 0; k < CLEAN_REASONS; k++) {
        find[k](s);
        take_over(s);
    }
    qsort(s->found->runs, s->found->n_runs, sizeof *s->found->runs, by_beginning);
    status = find_shifts(s);
    qsort(s->found->shifts, s->found->n_shifts, sizeof *s->found->shifts, by_instant);
    return status;
}

enum model_status clean_find(const struct model_data *data, struct clean *ret)
{
    struct search s = {.data = data, .load = before(data->load, data->issue), .found = ret};
    *ret = (struct clean){0};
    s.day = (size_t)(CIVIL_DAY_S / s.load.step_s);
    s.hour = s.day > 24 ? s.day / 24 : 1;
    s.due = malloc((s.load.n + 1) * sizeof *s.due);
    s.fitted = malloc((s.load.n + 1) * sizeof *s.fitted);
    s.off = malloc((s.load.n + 1) * sizeof *s.off);
    s.residual = malloc((s.load.n + 1) * sizeof *s.residual);
    s.runs = malloc(CLEAN_RUNS_MAX * sizeof *s.runs);
    bool *masked = malloc(s.load.n + 1);
    bool fine = s.due && s.fitted && s.off && s.residual && s.runs && masked;
    if (fine && s.load.n)
        memcpy(masked, s.load.masked, s.load.n * sizeof *masked);
    s.load.masked = masked; // marks of its own
    enum model_status status = fine ? search(&s) : MODEL_NOMEM;
    free(s.due);
    free(s.fitted);
    free(s.off);
    free(s.residual);
    free(s.runs);
    free(masked);
    return status;
}

void clean_mask(const struct clean *clean, struct series *load)
{
    for (size_t k = 0; k < clean->n_runs; k++)
        series_mask(load, series_instant(load, clean->runs[k].from),
                    series_instant(load, clean->runs[k].to), true);
}
