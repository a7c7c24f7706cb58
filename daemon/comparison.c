// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/comparison.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "config/text.h"
#include "models/forecast.h"

struct actual {
    int64_t instant;
    double value;
    size_t place; // in the order in which they came
};

struct row {
    int64_t issue, instant, local_s; // local_s: as it is written
    double mean, actual;
    size_t place; // its quantiles stand at place * n_levels
};

// One zone.
struct member {
    char *zone;
    struct actual *actuals;
    struct row *rows;
    size_t n_actuals, actuals_size, n_rows, rows_size;
    struct comparison_score result;
};

struct comparison {
    struct member *members;
    size_t n_members, members_size, last;
    size_t n_forecast; // members that have rows: the first, once judged
    size_t n_levels;
    double levels[FORECAST_LEVELS_MAX]; // ascending
    double *quantiles;
    size_t n_quantiles, quantiles_size, n_rows, n_actuals;
    struct comparison_score all;
    bool no_memory;
};

struct job {
    struct comparison *comparison;
    struct tidy *tidy;
    const char *path;
};

struct comparison *comparison_new(void)
{
    return calloc(1, sizeof(struct comparison));
}

void comparison_free(struct comparison *comparison)
{
    if (!comparison)
        return;
    for (size_t i = 0; i < comparison->n_members; i++) {
        free(comparison->members[i].zone);
        free(comparison->members[i].actuals);
        free(comparison->members[i].rows);
    }
    free(comparison->members);
    free(comparison->quantiles);
    free(comparison);
}

// The array with room for n elements. NULL, and noted, without memory; the array is then as it was.
static void *make_room(struct comparison *comparison, void *array, size_t n, size_t element,
                       size_t *size)
{
    if (n <= *size)
        return array;
    const size_t bigger = 2 * n + 8;
    void *moved = reallocarray(array, bigger, element);
    if (moved)
        *size = bigger;
    else
        comparison->no_memory = true;
    return moved;
}

// The zone, made where it is new; NULL without memory.
static struct member *find_member(struct comparison *comparison, const char *zone)
{
    const size_t n = comparison->n_members;
    if (comparison->last < n && !strcmp(comparison->members[comparison->last].zone, zone))
        return &comparison->members[comparison->last];
    for (size_t i = 0; i < n; i++)
        if (!strcmp(comparison->members[i].zone, zone)) {
            comparison->last = i;
            return &comparison->members[i];
        }
    struct member *members = make_room(comparison, comparison->members, n + 1, sizeof *members,
                                       &comparison->members_size);
    if (!members)
        return NULL;
    comparison->members = members;
    members[n] = (struct member){.zone = strdup(zone)};
    comparison->no_memory |= !members[n].zone;
    if (comparison->no_memory)
        return NULL;
    comparison->last = comparison->n_members++;
    return &members[n];
}

static bool take_actual(void *context, const char *zone, int64_t instant, double load)
{
    struct comparison *comparison = context;
    struct member *member = find_member(comparison, zone);
    if (!member)
        return false;
    struct actual *actuals = make_room(comparison, member->actuals, member->n_actuals + 1,
                                       sizeof *actuals, &member->actuals_size);
    if (!actuals)
        return false;
    member->actuals = actuals;
    actuals[member->n_actuals++] = (struct actual){instant, load, comparison->n_actuals++};
    return true;
}

static bool check_memory(const struct comparison *comparison, struct tidy *tidy, const char *path)
{
    if (comparison->no_memory)
        snprintf(tidy->error, sizeof tidy->error, "%.200s: out of memory", path);
    return !comparison->no_memory;
}

bool comparison_read_actual(struct comparison *comparison, struct tidy *tidy, const char *path)
{
    return tidy_read_readings(tidy, path, take_actual, comparison) &&
           check_memory(comparison, tidy, path);
}

enum { COLUMN_TIME, COLUMN_ZONE, COLUMN_MEAN, COLUMN_ISSUE, COLUMN_QUANTILES };

static double *add_quantiles(struct comparison *comparison)
{
    const size_t n = comparison->n_levels;
    double *quantiles = make_room(comparison, comparison->quantiles, comparison->n_quantiles + n,
                                  sizeof *quantiles, &comparison->quantiles_size);
    if (!quantiles)
        return NULL;
    comparison->quantiles = quantiles;
    comparison->n_quantiles += n;
    return quantiles + comparison->n_quantiles - n;
}

// A quantile that a vintage does not have is an empty field.
static bool read_quantiles(const struct job *job, struct tidy_place place,
                           const struct table_row *row, double ret[])
{
    for (size_t k = 0; k < job->comparison->n_levels; k++) {
        const char *text = row->field[COLUMN_QUANTILES + k];
        ret[k] = (double)NAN;
        if (*text && !tidy_real(job->tidy, place, "quantile", text, &ret[k]))
            return false;
    }
    return true;
}

static bool read_row(const struct job *job, const struct table_row *row, struct row *ret,
                     double quantiles[])
{
    const struct tidy_place place = {job->path, row->line};
    job->tidy->rows++;
    if (row->excess || !*row->field[COLUMN_ZONE]) {
        tidy_refuse(job->tidy, place, row->excess ? "more fields than the header has" : "no zone",
                    row->field[COLUMN_TIME]);
        return false;
    }
    return (!*row->field[COLUMN_ISSUE] ||
            tidy_time(job->tidy, place, row->field[COLUMN_ISSUE], &ret->issue, NULL)) &&
           tidy_time(job->tidy, place, row->field[COLUMN_TIME], &ret->instant, &ret->local_s) &&
           tidy_real(job->tidy, place, "mean", row->field[COLUMN_MEAN], &ret->mean) &&
           read_quantiles(job, place, row, quantiles);
}

static bool take_row(void *context, const struct table_row *table_row)
{
    const struct job *job = context;
    struct comparison *comparison = job->comparison;
    double quantiles[FORECAST_LEVELS_MAX];
    struct row row = {.issue = 0};
    if (!read_row(job, table_row, &row, quantiles))
        return true;
    struct member *member = find_member(comparison, table_row->field[COLUMN_ZONE]);
    double *kept = add_quantiles(comparison);
    if (!member || (!kept && comparison->no_memory))
        return false;
    struct row *rows =
        make_room(comparison, member->rows, member->n_rows + 1, sizeof *rows, &member->rows_size);
    if (!rows)
        return false;
    if (comparison->n_levels)
        memcpy(kept, quantiles, comparison->n_levels * sizeof *kept);
    row.place = comparison->n_rows++;
    member->rows = rows;
    rows[member->n_rows++] = row;
    return true;
}

// A column of a forecast that holds a quantile.
struct level {
    double level;
    char *name;
};

static int compare_levels(const void *a, const void *b)
{
    const double x = ((const struct level *)a)->level, y = ((const struct level *)b)->level;
    return (x > y) - (x < y);
}

static bool refuse_header(struct tidy *tidy, const char *path, const char *reason, const char *name)
{
    snprintf(tidy->error, sizeof tidy->error, "%.150s:1: %s: '%.32s'", path, reason, name);
    return false;
}

// Notes a column if its name is that of a quantile. False where it only looks like one.
static bool take_name(struct comparison *comparison, struct tidy *tidy, const char *path,
                      char *name, struct level levels[])
{
    double level;
    if (*name != 'q' || !text_real(name + 1, &level))
        return true;
    if (level <= 0 || level >= 1)
        return refuse_header(tidy, path, "the level of a quantile is between 0 and 1", name);
    if (comparison->n_levels == FORECAST_LEVELS_MAX)
        return refuse_header(tidy, path, "more than 99 quantiles", name);
    for (size_t k = 0; k < comparison->n_levels; k++)
        if (levels[k].level == level)
            return refuse_header(tidy, path, "two columns of one quantile", name);
    levels[comparison->n_levels++] = (struct level){level, name};
    return true;
}

// Which quantiles a forecast has, only its own header tells. The names stay in `header`.
static bool read_header(struct comparison *comparison, struct tidy *tidy, const char *path,
                        size_t size, char header[], struct level levels[])
{
    gzFile file = gzopen(path, "r");
    // A file that cannot be opened is left to the reader of its rows to tell.
    const bool good = file && gzgets(file, header, (int)size);
    gzclose(file);
    if (good && strlen(header) == size - 1)
        return refuse_header(tidy, path, "the header is too long", header);
    char *rest = good ? header : NULL;
    for (char *name; (name = strsep(&rest, ",\r\n"));) {
        name += strspn(name, " \"\xef\xbb\xbf");
        name[strcspn(name, " \"")] = '\0';
        if (!take_name(comparison, tidy, path, name, levels))
            return false;
    }
    qsort(levels, comparison->n_levels, sizeof *levels, compare_levels);
    return true;
}

bool comparison_read_forecast(struct comparison *comparison, struct tidy *tidy, const char *path)
{
    char header[8192];
    struct level levels[FORECAST_LEVELS_MAX];
    const char *columns[COLUMN_QUANTILES + FORECAST_LEVELS_MAX] = {[COLUMN_TIME] = "time",
                                                                   [COLUMN_ZONE] = "zone",
                                                                   [COLUMN_MEAN] = "mean",
                                                                   [COLUMN_ISSUE] = "?issue"};
    struct job job = {comparison, tidy, path};
    if (!read_header(comparison, tidy, path, sizeof header, header, levels))
        return false;
    for (size_t k = 0; k < comparison->n_levels; k++) {
        comparison->levels[k] = levels[k].level;
        columns[COLUMN_QUANTILES + k] = levels[k].name;
    }
    return tidy_read_table(tidy, path, COLUMN_QUANTILES + comparison->n_levels, columns, take_row,
                           &job) &&
           check_memory(comparison, tidy, path);
}

static int order(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

static int compare_actuals(const void *a, const void *b)
{
    const struct actual *x = a, *y = b;
    const int by_instant = order(x->instant, y->instant);
    return by_instant ? by_instant : order((int64_t)x->place, (int64_t)y->place);
}

static int compare_rows(const void *a, const void *b)
{
    const struct row *x = a, *y = b;
    const int by_issue = order(x->issue, y->issue), by_instant = order(x->instant, y->instant);
    return by_issue     ? by_issue
           : by_instant ? by_instant
                        : order((int64_t)x->place, (int64_t)y->place);
}

static bool is_again(const struct row *a, const struct row *b)
{
    return a->issue == b->issue && a->instant == b->instant;
}

// Sorts; of rows of the same issue and time the last stays.
static void sort_member(struct member *member)
{
    size_t kept = 0;
    if (member->n_actuals)
        qsort(member->actuals, member->n_actuals, sizeof *member->actuals, compare_actuals);
    if (member->n_rows)
        qsort(member->rows, member->n_rows, sizeof *member->rows, compare_rows);
    for (size_t i = 0; i < member->n_rows; i++) {
        const bool again =
            i + 1 < member->n_rows && is_again(&member->rows[i], &member->rows[i + 1]);
        member->result.repeated += again;
        if (!again)
            member->rows[kept++] = member->rows[i];
    }
    member->n_rows = kept;
}

// The last value that came for an instant; NaN where none did.
static double actual_at(const struct member *member, int64_t instant)
{
    size_t low = 0, high = member->n_actuals;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (member->actuals[middle].instant <= instant)
            low = middle + 1;
        else
            high = middle;
    }
    const bool found = low > 0 && member->actuals[low - 1].instant == instant;
    return found ? member->actuals[low - 1].value : (double)NAN;
}

static void score_row(struct comparison *comparison, struct member *member, struct row *row)
{
    double levels[FORECAST_LEVELS_MAX], quantiles[FORECAST_LEVELS_MAX];
    size_t n = 0;
    row->actual = actual_at(member, row->instant);
    member->result.missing += isnan(row->actual) != 0;
    for (size_t k = 0; k < comparison->n_levels; k++) {
        levels[n] = comparison->levels[k];
        quantiles[n] = comparison->quantiles[row->place * comparison->n_levels + k];
        n += isnan(quantiles[n]) == 0;
    }
    score_add(&member->result.score, row->actual, row->mean, n, levels, quantiles);
    score_add(&comparison->all.score, row->actual, row->mean, n, levels, quantiles);
}

// The step of a forecast: the shortest time between two rows of one issue. 0 where there is none.
static int64_t step_of(const struct member *member)
{
    int64_t step_s = 0;
    for (size_t i = 1; i < member->n_rows; i++) {
        const int64_t apart = member->rows[i].instant - member->rows[i - 1].instant;
        if (member->rows[i].issue == member->rows[i - 1].issue && (!step_s || apart < step_s))
            step_s = apart;
    }
    return step_s;
}

// Rows from `first` on that are of the same issue and civil day; says how many.
static size_t fill_day(const struct member *member, size_t first, int64_t step_s, double actual[],
                       double mean[])
{
    const struct row *rows = member->rows;
    const int64_t day = civil_day(rows[first].local_s);
    for (int64_t k = 0; k < CIVIL_DAY_S / step_s; k++)
        actual[k] = mean[k] = (double)NAN;
    size_t i = first;
    for (; i < member->n_rows && rows[i].issue == rows[first].issue &&
           civil_day(rows[i].local_s) == day;
         i++) {
        const int64_t k = civil_second_of_day(rows[i].local_s) / step_s;
        actual[k] = rows[i].actual;
        mean[k] = rows[i].mean;
    }
    return i - first;
}

static bool score_peaks(struct comparison *comparison, struct member *member)
{
    const int64_t step_s = step_of(member);
    if (step_s == 0 || CIVIL_DAY_S % step_s)
        return true;
    const size_t n = (size_t)(CIVIL_DAY_S / step_s);
    double *day = calloc(2 * n, sizeof *day);
    if (!day)
        return false;
    for (size_t i = 0; i < member->n_rows;) {
        i += fill_day(member, i, step_s, day, day + n);
        peak_score_add(&member->result.peaks, n, (int32_t)step_s, day, day + n);
        peak_score_add(&comparison->all.peaks, n, (int32_t)step_s, day, day + n);
    }
    free(day);
    return true;
}

static int compare_members(const void *a, const void *b)
{
    const struct member *x = a, *y = b;
    const int by_use = (y->n_rows > 0) - (x->n_rows > 0);
    return by_use ? by_use : strcmp(x->zone, y->zone);
}

bool comparison_judge(struct comparison *comparison)
{
    if (comparison->n_members)
        qsort(comparison->members, comparison->n_members, sizeof *comparison->members,
              compare_members);
    for (size_t i = 0; i < comparison->n_members && comparison->members[i].n_rows; i++) {
        struct member *member = &comparison->members[i];
        sort_member(member);
        for (size_t k = 0; k < member->n_rows; k++)
            score_row(comparison, member, &member->rows[k]);
        if (!score_peaks(comparison, member))
            return false;
        member->result.zone = member->zone;
        comparison->all.missing += member->result.missing;
        comparison->all.repeated += member->result.repeated;
        comparison->n_forecast++;
    }
    return true;
}

size_t comparison_zones(const struct comparison *comparison)
{
    return comparison->n_forecast;
}

struct comparison_score comparison_zone(const struct comparison *comparison, size_t i)
{
    return comparison->members[i].result;
}

struct comparison_score comparison_all(const struct comparison *comparison)
{
    return comparison->all;
}
