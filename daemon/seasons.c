// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/seasons.h"

#include <math.h>
#include <stdlib.h>
#include <time.h>

#include "daemon/cores.h"
#include "models/fingerprint.h"

enum { SHIFT_DAYS = 28, SHIFT_STEP = 4, YEAR_DAYS = 365 };

struct work {
    const struct seasons_request *request;
    struct seasons *seasons;
    int64_t start;
    size_t n_sources;
    struct weather_scenario sources[SCENARIOS_MAX];
    bool fine[SEASON_BLOCKS];
};

static double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int32_t step_of(const struct seasons_request *request)
{
    return request->zones[0].load->step_s;
}

static bool find_sources(struct work *work)
{
    const struct seasons_request *r = work->request;
    const struct series **temp = calloc(r->n_zones + 1, sizeof *temp);
    size_t n = 0;
    for (size_t z = 0; temp && z < r->n_zones; z++)
        if (r->zones[z].temp && r->zones[z].temp->n)
            temp[n++] = r->zones[z].temp;
    if (temp && n)
        work->n_sources =
            scenarios_sources(n, temp, r->clock, r->issue, r->until,
                              (struct weather_shifts){SHIFT_DAYS, SHIFT_STEP}, work->sources);
    free(temp);
    return temp;
}

static void fit_zone(void *context, size_t z)
{
    struct work *work = context;
    const struct seasons_request *r = work->request;
    const struct seasons_zone *zone = &r->zones[z];
    struct outlook_request request = {
        .data =
            {
                .load = zone->load,
                .temp = zone->temp && zone->temp->n ? zone->temp : NULL,
                .calendar = r->calendar,
                .clock = r->clock,
                .issue = r->issue,
                .weather_until = r->weather_until,
                .weather_is_forecast = r->weather_is_forecast,
            },
        .start = work->start,
        .until = r->until,
        .n_sources = work->n_sources,
        .sources = work->sources,
        .warmer_c = r->warmer_c,
    };
    if (zone->ramp)
        work->seasons->status[z] = MODEL_TOO_FEW;
    else
        work->seasons->status[z] = outlook_new(&request, &work->seasons->outlooks[z]);
}

// Mean of the last year before the issue: the level that a shape is borrowed from.
static double last_year(const struct series *load, int64_t issue)
{
    double sum = 0;
    size_t known = 0;
    int64_t from = issue - (int64_t)YEAR_DAYS * CIVIL_DAY_S;
    for (size_t i = 0; i < load->n; i++) {
        int64_t instant = series_instant(load, i);
        if (instant >= from && instant < issue && series_usable(load, i)) {
            sum += load->value[i];
            known++;
        }
    }
    return known ? sum / (double)known : 0;
}

// A number of its own for each name.
static uint64_t key_of(const char *id)
{
    uint64_t key = 14695981039346656037u; // FNV-1a
    for (; *id; id++)
        key = (key ^ (unsigned char)*id) * 1099511628211u;
    return key | (uint64_t)1 << 63; // beside the small keys of the season's own draws
}

static bool describe_zones(struct work *work)
{
    const struct seasons_request *r = work->request;
    struct seasons *s = work->seasons;
    int32_t step = step_of(r);
    size_t n_past = (size_t)((work->start - r->begin) / step);
    s->past = malloc((r->n_zones * n_past + 1) * sizeof *s->past);
    for (size_t z = 0; s->past && z < r->n_zones; z++) {
        const struct seasons_zone *zone = &r->zones[z];
        struct season_zone *out = &s->zones[z];
        *out = (struct season_zone){.key = key_of(zone->id), .growth = zone->growth};
        out->past = s->past + z * n_past;
        for (size_t i = 0; i < n_past; i++)
            s->past[z * n_past + i] =
                series_at(zone->past ? zone->past : zone->load, r->begin + (int64_t)i * step);
        if (s->status[z] == MODEL_OK)
            out->outlook = &s->outlooks[z];
        bool kin = !out->outlook && zone->ramp && zone->kin < r->n_zones &&
                   s->status[zone->kin] == MODEL_OK;
        if (kin) {
            out->ramp = zone->ramp;
            out->kin = zone->kin;
            out->kin_mw = last_year(r->zones[zone->kin].load, r->issue);
        }
    }
    return s->past;
}

static void run_block(void *context, size_t block)
{
    struct work *work = context;
    work->fine[block] = season_run(work->seasons->season, block);
}

static bool simulate(struct work *work)
{
    const struct seasons_request *r = work->request;
    struct season_request request = {
        .clock = r->clock,
        .issue = r->issue,
        .begin = r->begin,
        .start = work->start,
        .until = r->until,
        .step_s = step_of(r),
        .n_zones = r->n_zones,
        .zones = work->seasons->zones,
        .n_sums = r->n_sums,
        .sums = r->sums,
        .n_entries = r->n_entries,
        .entries = r->entries,
        .n_supplies = r->n_supplies,
        .supplies = r->supplies,
        .n_paths = r->n_paths,
        .seed = r->seed,
    };
    work->seasons->season = season_new(&request);
    if (!work->seasons->season)
        return false;
    cores_each(SEASON_BLOCKS, run_block, work);
    for (size_t block = 0; block < SEASON_BLOCKS; block++)
        if (!work->fine[block])
            return false;
    season_finish(work->seasons->season);
    return true;
}

static bool fit_all(struct work *work)
{
    const struct seasons_request *r = work->request;
    struct seasons *s = work->seasons;
    s->outlooks = calloc(r->n_zones + 1, sizeof *s->outlooks);
    s->status = calloc(r->n_zones + 1, sizeof *s->status);
    s->zones = calloc(r->n_zones + 1, sizeof *s->zones);
    if (!s->outlooks || !s->status || !s->zones || !find_sources(work))
        return false;
    cores_each(r->n_zones, fit_zone, work);
    for (size_t z = 0; z < r->n_zones; z++)
        if (s->status[z] == MODEL_NOMEM)
            return false;
    return describe_zones(work);
}

bool seasons_run(const struct seasons_request *request, struct seasons *ret)
{
    struct seasons seasons = {.n_zones = request->n_zones};
    struct work *work = calloc(1, sizeof *work);
    bool fine = work;
    double before = now_s();
    if (fine) {
        work->request = request;
        work->seasons = &seasons;
        work->start = request->begin > request->issue ? request->begin : request->issue;
        fine = fit_all(work);
        seasons.fit_s = now_s() - before;
        fine = fine && simulate(work);
        seasons.paths_s = now_s() - before - seasons.fit_s;
    }
    free(work);
    if (fine)
        *ret = seasons;
    else
        seasons_done(&seasons);
    return fine;
}

void seasons_done(struct seasons *seasons)
{
    season_free(seasons->season);
    for (size_t z = 0; seasons->outlooks && z < seasons->n_zones; z++)
        outlook_done(&seasons->outlooks[z]);
    free(seasons->outlooks);
    free(seasons->status);
    free(seasons->zones);
    free(seasons->past);
    *seasons = (struct seasons){0};
}
