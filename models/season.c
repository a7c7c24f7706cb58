// SPDX-License-Identifier: GPL-3.0-or-later
#include "season.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_cdf.h>

#include "draw.h"

enum {
    WEATHER_DAYS_MIN = 15, // of a block of weather; HF 2010 have 20 +- 5
    WEATHER_DAYS_MAX = 25,
    ERROR_DAYS_MIN = 10, // of a block of errors
    ERROR_DAYS_MAX = 18,
    TRIES = 40, // for a block that is real on all of its days
};

// What draws are for; zones and entries have keys of their own.
enum { KEY_WEATHER = 1, KEY_ERRORS, KEY_COMMON };

// An entry's change of every interval of the season.
struct planned {
    const struct entry *entry;
    size_t from, to; // intervals that it changes
    struct entry_change *change;
};

struct season {
    struct season_request request;
    struct peaks_calendar calendar;
    size_t n_past, n_ahead, n_nodes, day_steps, n_days; // days of the outlooks
    const struct outlook *first; // an outlook with the weather that blocks are drawn by
    bool *real;                  // [run * n_days + day], of all outlooks
    size_t n_planned;
    struct planned *planned;
    struct peaks *peaks; // nodes
    float *at_peak;      // [zone * n_paths + path]
};

// What one path has drawn for all zones.
struct drawn {
    uint64_t path;
    size_t *run;       // by day: the weather
    double *window;    // by day: which of a zone's windows, as a share of them
    int *shift;        // by day
    double common;     // of the levels
    int64_t *from_day; // supplies
    float *mw;         // [node * intervals]
    double *limit;     // by civil day
    double *part;      // of a sum's limit
};

static double uniform(const struct season *s, uint64_t path, uint64_t key, uint64_t *counter)
{
    return draw_uniform(s->request.seed, path, key, (*counter)++);
}

static size_t between(double u, size_t least, size_t most)
{
    return least + (size_t)(u * (double)(most - least + 1));
}

static bool all_real(const struct season *s, size_t run, size_t from, size_t to)
{
    for (size_t day = from; day < to; day++)
        if (!s->real[run * s->n_days + day])
            return false;
    return true;
}

// A run that is real on all days, or else the last one tried.
static size_t choose_run(const struct season *s, uint64_t path, size_t from, size_t to,
                         uint64_t *counter)
{
    size_t run = 0, n = s->first->runs.n_runs;
    for (int k = 0; k < TRIES; k++) {
        run = between(uniform(s, path, KEY_WEATHER, counter), 0, n - 1);
        if (all_real(s, run, from, to))
            break;
    }
    return run;
}

static void draw_weather(const struct season *s, struct drawn *d)
{
    uint64_t counter = 0;
    for (size_t from = 0, to; s->first && from < s->n_days; from = to) {
        to = from + between(uniform(s, d->path, KEY_WEATHER, &counter), WEATHER_DAYS_MIN,
                            WEATHER_DAYS_MAX);
        to = to < s->n_days ? to : s->n_days;
        size_t run = choose_run(s, d->path, from, to, &counter);
        for (size_t day = from; day < to; day++)
            d->run[day] = run;
    }
}

static void draw_errors(const struct season *s, struct drawn *d)
{
    uint64_t counter = 0;
    for (size_t from = 0, to; from < s->n_days; from = to) {
        to = from +
             between(uniform(s, d->path, KEY_ERRORS, &counter), ERROR_DAYS_MIN, ERROR_DAYS_MAX);
        to = to < s->n_days ? to : s->n_days;
        double window = uniform(s, d->path, KEY_ERRORS, &counter);
        int shift =
            (int)between(uniform(s, d->path, KEY_ERRORS, &counter), 0, 2 * OUTLOOK_MARGIN_DAYS) -
            OUTLOOK_MARGIN_DAYS;
        for (size_t day = from; day < to; day++) {
            d->window[day] = window;
            d->shift[day] = shift;
        }
    }
}

static void draw_all(const struct season *s, struct drawn *d)
{
    draw_weather(s, d);
    draw_errors(s, d);
    d->common = draw_normal(s->request.seed, d->path, KEY_COMMON, 0);
    supply_draw(s->request.n_supplies, s->request.supplies, s->request.seed, d->path,
                civil_day(civil_local(s->request.clock, s->request.issue)), d->from_day);
}

// Student's t of a zone's level, by its normal that is partly common to all zones.
static double draw_level(const struct season *s, const struct drawn *d,
                         const struct season_zone *zone)
{
    const struct outlook_level *level = &zone->outlook->level;
    double own = draw_normal(s->request.seed, d->path, zone->key, 0);
    double normal = sqrt(SEASON_SHARED) * d->common + sqrt(1 - SEASON_SHARED) * own;
    double t = gsl_cdf_tdist_Pinv(gsl_cdf_ugaussian_P(normal), level->freedom);
    double growth =
        zone->outlook->logarithm ? zone->growth : (exp(zone->growth) - 1) * zone->outlook->mean_mw;
    return level->mean + level->scale * t + growth;
}

// The errors of one day: those of the day drawn, else of the same dates, else of another year; NULL
// where no year knows them.
static const float *errors_of(const struct outlook *o, double window, size_t day, int shift)
{
    size_t drawn = (size_t)(window * (double)o->n_windows);
    size_t shifted = (size_t)((int)(day + OUTLOOK_MARGIN_DAYS) + shift);
    for (size_t k = 0; k < o->n_windows; k++) {
        size_t w = (drawn + k) % o->n_windows;
        const size_t tries[2] = {shifted, day + OUTLOOK_MARGIN_DAYS};
        for (int t = 0; t < 2; t++)
            if (o->known[w * o->window_days + tries[t]])
                return o->error + (w * o->window_days + tries[t]) * o->runs.day_steps;
    }
    return NULL;
}

static void multiply(size_t n, const float value[], const float error[], float level, float ret[])
{
    if (error)
        for (size_t i = 0; i < n; i++)
            ret[i] = value[i] * error[i] * level;
    else
        for (size_t i = 0; i < n; i++)
            ret[i] = value[i] * level;
}

static void add(size_t n, const float value[], const float error[], float level, float ret[])
{
    for (size_t i = 0; i < n; i++) {
        float sum = value[i] + (error ? error[i] : 0) + level;
        ret[i] = sum > 0 ? sum : 0;
    }
}

// The zone's load of the days ahead, before entries; `level` as drawn.
static void simulate(const struct drawn *d, const struct outlook *o, double level, float ret[])
{
    float factor = (float)(o->logarithm ? exp(level) : level);
    for (size_t day = 0; day < o->runs.n_days; day++) {
        size_t from = day * o->runs.day_steps, n = o->runs.day_steps;
        n = from + n < o->runs.n ? n : o->runs.n - from;
        const float *value = o->runs.value + d->run[day] % o->runs.n_runs * o->runs.n + from;
        const float *error = errors_of(o, d->window[day], day, d->shift[day]);
        if (o->logarithm)
            multiply(n, value, error, factor, ret + from);
        else
            add(n, value, error, factor, ret + from);
    }
}

// A zone without history: its kin's shape of this path, at its own level.
static void borrow(const struct season *s, const struct drawn *d, const struct season_zone *zone,
                   float ret[])
{
    const struct season_zone *kin = &s->request.zones[zone->kin];
    struct ramp_path path = ramp_draw(zone->ramp, s->request.seed, d->path, zone->key);
    simulate(d, kin->outlook, 0, ret);
    for (size_t day = 0; day < s->n_days; day++) {
        size_t from = day * s->day_steps, to = from + s->day_steps;
        int64_t instant = s->request.start + (int64_t)from * s->request.step_s;
        double level = ramp_level(&path, civil_day(civil_local(s->request.clock, instant)));
        float share = (float)(level * exp(zone->growth) / zone->kin_mw);
        for (size_t i = from; i < to && i < s->n_ahead; i++)
            ret[i] *= share;
    }
}

static void apply_entries(const struct season *s, const struct drawn *d, size_t zone, float mw[])
{
    for (size_t k = 0; k < s->n_planned; k++) {
        const struct planned *p = &s->planned[k];
        if (p->entry->zone != zone || !entry_happens(p->entry, s->request.seed, d->path))
            continue;
        for (size_t i = p->from; i < p->to; i++) {
            double load = (double)mw[i];
            mw[i] = (float)(load + entry_change_effect(p->change[i - p->from], load));
        }
    }
}

static void run_zone(const struct season *s, const struct drawn *d, size_t z, float mw[])
{
    const struct season_zone *zone = &s->request.zones[z];
    for (size_t i = 0; i < s->n_past; i++) {
        double past = zone->past ? zone->past[i] : (double)NAN;
        mw[i] = past > 0 ? (float)past : 0;
    }
    if (zone->outlook)
        simulate(d, zone->outlook, draw_level(s, d, zone), mw + s->n_past);
    else if (zone->ramp && zone->kin_mw > 0)
        borrow(s, d, zone, mw + s->n_past);
    else
        memset(mw + s->n_past, 0, s->n_ahead * sizeof *mw);
    apply_entries(s, d, z, mw + s->n_past);
}

static void limits_of(const struct season *s, const struct drawn *d, size_t zone, double ret[])
{
    supply_firm_days(s->request.n_supplies, s->request.supplies, d->from_day, zone,
                     s->calendar.days[0].day, s->calendar.n_days, ret);
}

// What all zones of a sum may draw together; NaN where that of one is not known.
static void limits_of_sum(const struct season *s, const struct drawn *d,
                          const struct season_sum *sum, double ret[])
{
    for (size_t day = 0; day < s->calendar.n_days; day++)
        ret[day] = sum->n ? 0 : (double)NAN;
    for (size_t k = 0; k < sum->n; k++) {
        limits_of(s, d, sum->zones[k], d->part);
        for (size_t day = 0; day < s->calendar.n_days; day++)
            ret[day] += d->part[day];
    }
}

static void run_path(struct season *s, struct drawn *d, size_t block)
{
    size_t n = s->calendar.n, zones = s->request.n_zones;
    draw_all(s, d);
    for (size_t z = 0; z < zones; z++) {
        run_zone(s, d, z, d->mw + z * n);
        limits_of(s, d, z, d->limit);
        peaks_scan(&s->peaks[z], d->path, block, d->mw + z * n, d->limit);
    }
    for (size_t k = 0; k < s->request.n_sums; k++) {
        const struct season_sum *sum = &s->request.sums[k];
        float *mw = d->mw + (zones + k) * n;
        memset(mw, 0, n * sizeof *mw);
        for (size_t z = 0; z < sum->n; z++)
            for (size_t i = 0; i < n; i++)
                mw[i] += d->mw[sum->zones[z] * n + i];
        limits_of_sum(s, d, sum, d->limit);
        peaks_scan(&s->peaks[zones + k], d->path, block, mw, d->limit);
    }
    size_t at = s->peaks[s->n_nodes - 1].paths[d->path].peak_at;
    for (size_t z = 0; z < zones; z++)
        s->at_peak[z * s->request.n_paths + d->path] = d->mw[z * n + at];
}

static void drawn_done(struct drawn *d)
{
    free(d->run);
    free(d->window);
    free(d->shift);
    free(d->from_day);
    free(d->mw);
    free(d->limit);
    free(d->part);
}

static bool drawn_init(const struct season *s, struct drawn *d)
{
    *d = (struct drawn){
        .run = calloc(s->n_days + 1, sizeof *d->run),
        .window = calloc(s->n_days + 1, sizeof *d->window),
        .shift = calloc(s->n_days + 1, sizeof *d->shift),
        .from_day = calloc(s->request.n_supplies + 1, sizeof *d->from_day),
        .mw = calloc(s->n_nodes * s->calendar.n + 1, sizeof *d->mw),
        .limit = calloc(s->calendar.n_days + 1, sizeof *d->limit),
        .part = calloc(s->calendar.n_days + 1, sizeof *d->part),
    };
    return d->run && d->window && d->shift && d->from_day && d->mw && d->limit && d->part;
}

bool season_run(struct season *season, size_t block)
{
    struct drawn d;
    size_t n = season->request.n_paths;
    bool fine = drawn_init(season, &d);
    for (size_t path = n * block / SEASON_BLOCKS; fine && path < n * (block + 1) / SEASON_BLOCKS;
         path++) {
        d.path = path;
        run_path(season, &d, block);
    }
    drawn_done(&d);
    return fine;
}

void season_finish(struct season *season)
{
    for (size_t k = 0; k < season->n_nodes; k++)
        peaks_finish(&season->peaks[k]);
}

const struct peaks *season_peaks(const struct season *season, size_t node)
{
    return &season->peaks[node];
}

const struct peaks_calendar *season_calendar(const struct season *season)
{
    return &season->calendar;
}

const float *season_at_peak(const struct season *season, size_t zone)
{
    return season->at_peak + zone * season->request.n_paths;
}

// The weather that blocks are drawn by is that of the zone with the most runs; a day is real where
// it is so in all zones with weather.
static bool find_real(struct season *s)
{
    for (size_t z = 0; z < s->request.n_zones; z++) {
        const struct outlook *o = s->request.zones[z].outlook;
        if (o && (!s->first || o->runs.n_runs > s->first->runs.n_runs))
            s->first = o;
    }
    if (!s->first)
        return true;
    size_t runs = s->first->runs.n_runs;
    s->real = malloc((runs * s->n_days + 1) * sizeof *s->real);
    for (size_t i = 0; s->real && i < runs * s->n_days; i++)
        s->real[i] = true;
    for (size_t z = 0; s->real && z < s->request.n_zones; z++) {
        const struct outlook *o = s->request.zones[z].outlook;
        for (size_t i = 0; o && o->runs.n_runs == runs && i < runs * s->n_days; i++)
            s->real[i] = s->real[i] && o->runs.real[i];
    }
    return s->real;
}

static bool plan_entry(const struct season *s, const struct entry *entry, struct planned *ret)
{
    ret->entry = entry;
    ret->change = malloc((s->n_ahead + 1) * sizeof *ret->change);
    ret->to = 0;
    for (size_t i = 0; ret->change && i < s->n_ahead; i++) {
        int64_t instant = s->request.start + (int64_t)i * s->request.step_s;
        struct entry_change change =
            entry_change_at(entry, s->request.clock, s->request.issue, instant);
        bool changes = change.add != 0 || change.scale != 0;
        if (changes && !ret->to)
            ret->from = i;
        if (changes)
            ret->to = i + 1;
        if (ret->to)
            ret->change[i - ret->from] = change;
    }
    return ret->change;
}

static bool plan_entries(struct season *s)
{
    s->planned = calloc(s->request.n_entries + 1, sizeof *s->planned);
    bool fine = s->planned;
    for (size_t k = 0; fine && k < s->request.n_entries; k++)
        fine = plan_entry(s, &s->request.entries[k], &s->planned[s->n_planned++]);
    return fine;
}

static bool alloc_results(struct season *s)
{
    bool fine = true;
    s->peaks = calloc(s->n_nodes + 1, sizeof *s->peaks);
    s->at_peak = calloc(s->request.n_zones * s->request.n_paths + 1, sizeof *s->at_peak);
    for (size_t k = 0; s->peaks && fine && k < s->n_nodes; k++)
        fine = peaks_init(&s->peaks[k], &s->calendar, s->request.n_paths, SEASON_BLOCKS);
    return fine && s->peaks && s->at_peak;
}

struct season *season_new(const struct season_request *request)
{
    struct season *s = calloc(1, sizeof *s);
    if (!s)
        return NULL;
    s->request = *request;
    s->n_past = (size_t)((request->start - request->begin) / request->step_s);
    s->n_ahead = (size_t)((request->until - request->start) / request->step_s);
    s->day_steps = (size_t)(CIVIL_DAY_S / request->step_s);
    s->n_days = (s->n_ahead + s->day_steps - 1) / s->day_steps;
    s->n_nodes = request->n_zones + request->n_sums;
    bool fine = peaks_calendar_init(&s->calendar, request->clock, request->begin, request->step_s,
                                    s->n_past + s->n_ahead) &&
                find_real(s) && plan_entries(s) && alloc_results(s);
    if (fine)
        return s;
    season_free(s);
    return NULL;
}

void season_free(struct season *season)
{
    if (!season)
        return;
    for (size_t k = 0; season->planned && k < season->n_planned; k++)
        free(season->planned[k].change);
    for (size_t k = 0; season->peaks && k < season->n_nodes; k++)
        peaks_done(&season->peaks[k]);
    peaks_calendar_done(&season->calendar);
    free(season->real);
    free(season->planned);
    free(season->peaks);
    free(season->at_peak);
    free(season);
}
