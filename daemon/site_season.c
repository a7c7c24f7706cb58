// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/site_season.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/cores.h"
#include "daemon/known.h"
#include "daemon/log.h"
#include "models/clean_marks.h"
#include "models/levels.h"
#include "models/regression.h"

enum { HISTORY_DAYS = 330 }; // fewer readings leave a filling zone to its ramp

const struct site_scenario site_scenarios[] = {
    {.name = "base", .help = "what is expected"},
    {.name = "low", .help = "growth five per cent lower", .growth = -0.05},
    {.name = "high", .help = "growth five per cent higher", .growth = 0.05},
    {.name = "heat", .help = "every day 1.5 C warmer", .warmer_c = 1.5},
    {.name = "late", .help = "what is to be commissioned comes six months later", .late_months = 6},
    {.name = "certain-register",
     .help = "of the register only what is certain",
     .least_probability = 1},
    {.name = "without-register", .help = "no entry of the register", .least_probability = 2},
    {0},
};

const struct site_scenario *site_scenario(const char *name)
{
    for (const struct site_scenario *s = site_scenarios; s->name; s++)
        if (!strcmp(s->name, name))
            return s;
    return NULL;
}

bool site_season_issue(const struct site *site, const struct engine *engine, const char *text,
                       int64_t *ret)
{
    int64_t issue = 0;
    for (size_t k = 0; k < engine_zones(engine); k++) {
        int64_t newest = engine_zone(engine, k).newest_reading;
        issue = newest > issue ? newest : issue;
    }
    if (text && !site_time(site, text, &issue)) {
        fprintf(stderr, "--issue '%s': not a time such as 2024-03-15T00:00\n", text);
        return false;
    }
    *ret = issue - issue % site->config->site.step_s;
    return true;
}

// One season in the making.
struct making {
    const struct site_season_request *request;
    struct site_season *out;
    const struct config *config;
    const struct engine_job *inputs;
    struct seasons_zone *zones;
    const struct series **stations;
    bool *fine;
    struct ramp_reading *readings; // LEVELS_MONTHS_MAX a zone
    double (*index)[12];
    struct ramp_zone *kin;
    double *firm_mw; // by zone
};

static size_t usable_days(const struct making *m, size_t zone)
{
    struct series before = series_before(&m->out->loads[zone], m->inputs->issue);
    return regression_usable(&before, before.n, NULL) /
           (size_t)(CIVIL_DAY_S / m->config->site.step_s);
}

// What is known of how a zone fills.
static bool fills(const struct config_zone *zone)
{
    return zone->area_ha > 0 && (zone->opens_day != CONFIG_NO_DAY || !isnan(zone->leased_pct) ||
                                 zone->energised_day != CONFIG_NO_DAY);
}

// Takes what looks like a fault out of a load.
static bool leave_faults(const struct making *m, struct series *load, const struct series *temp)
{
    struct clean_marks marks = {0};
    struct model_data data = {
        .load = load,
        .temp = temp->n ? temp : NULL,
        .calendar = m->inputs->calendar,
        .clock = m->inputs->clock,
        .issue = m->inputs->issue,
        .weather_until = m->inputs->issue,
    };
    struct series marked;
    bool fine = clean_marks_find(&marks, &data) && series_copy(&marks.load, &marked);
    clean_marks_done(&marks);
    if (fine) {
        series_done(load);
        *load = marked;
    }
    return fine;
}

// Readings fit to learn from, and the temperature that the zone follows.
static void prepare_zone(void *context, size_t z)
{
    struct making *m = context;
    const struct engine_job_zone *zone = &m->inputs->zones[z];
    struct series *load = &m->out->loads[z], *temp = &m->out->temps[z];
    struct stations_choice choice = {0};
    int64_t issue = m->inputs->issue;
    if (!series_copy(&zone->load, load))
        return;
    entries_prepare(zone->n_entries, zone->entries, m->inputs->clock, issue, load);
    struct heldout_data history = {load, m->inputs->calendar, m->inputs->clock, issue};
    m->fine[z] =
        stations_temperature(&choice, &history, m->inputs->n_stations, m->stations, issue, temp);
    stations_choice_done(&choice);
    m->fine[z] = m->fine[z] && leave_faults(m, load, temp);
    levels_index(load, m->inputs->clock, issue, m->index[z]);
}

// The zone whose shape another one has: as configured, its parent, or the one nearest in area that
// has a history. SIZE_MAX for none.
static size_t find_kin(const struct making *m, size_t zone)
{
    const struct config_zone *z = &m->config->zones[zone];
    size_t named = z->kin ? config_zone_find(m->config, z->kin) : SIZE_MAX, best = SIZE_MAX;
    if (named == SIZE_MAX && z->parent)
        named = config_zone_find(m->config, z->parent);
    if (named != SIZE_MAX && usable_days(m, named) >= HISTORY_DAYS)
        return named;
    for (size_t k = 0; k < m->config->n_zones; k++) {
        const struct config_zone *other = &m->config->zones[k];
        if (k == zone || !(other->area_ha > 0) || usable_days(m, k) < HISTORY_DAYS)
            continue;
        if (best == SIZE_MAX ||
            fabs(other->area_ha - z->area_ha) < fabs(m->config->zones[best].area_ha - z->area_ha))
            best = k;
    }
    return best;
}

// A zone as the ramps know it. `index` is that of the zone itself, or of its kin.
static struct ramp_zone describe_ramp(struct making *m, size_t z, const double index[static 12])
{
    struct ramp_reading *readings = m->readings + z * LEVELS_MONTHS_MAX;
    struct ramp_zone zone = known_zone(&m->config->zones[z]);
    zone.n = levels_read(&m->out->loads[z], m->inputs->clock, m->inputs->issue, index, readings);
    zone.readings = readings;
    return zone;
}

// Ramps for the zones that have no history but something that says how they fill.
static void make_ramps(struct making *m)
{
    struct ramp_fit fit;
    size_t n_kin = 0;
    for (size_t z = 0; z < m->config->n_zones; z++)
        if (m->config->zones[z].area_ha > 0 && usable_days(m, z) >= HISTORY_DAYS)
            m->kin[n_kin++] = describe_ramp(m, z, m->index[z]);
    if (!ramp_pool(n_kin, m->kin, &fit))
        log_warning("how zones fill could not be learnt from those that have; what is published "
                    "stands in");
    for (size_t z = 0; z < m->config->n_zones; z++) {
        if (usable_days(m, z) >= HISTORY_DAYS || !fills(&m->config->zones[z]))
            continue;
        size_t kin = find_kin(m, z);
        if (kin == SIZE_MAX)
            continue;
        struct ramp_zone zone = describe_ramp(m, z, m->index[kin]);
        if (!ramp_update(&fit, &zone, &m->out->ramps[z]))
            continue;
        m->zones[z].ramp = &m->out->ramps[z];
        m->zones[z].kin = kin;
    }
}

static int64_t months_later(int64_t day, int months)
{
    struct civil_date date = civil_date_from_day(day);
    int month = date.month - 1 + months;
    date.year += month / 12;
    date.month = month % 12 + 1;
    while (!civil_date_valid(date))
        date.day--;
    return civil_day_from_date(date);
}

static void make_supplies(struct making *m)
{
    struct site_season *out = m->out;
    int64_t issue_day = civil_day(civil_local(m->inputs->clock, m->inputs->issue));
    int late = m->request->scenario->late_months;
    out->n_supplies = m->config->n_capacities;
    known_supplies(m->config, out->supplies);
    for (size_t k = 0; late && k < out->n_supplies; k++)
        if (out->supplies[k].from_day >= issue_day)
            out->supplies[k].from_day = months_later(out->supplies[k].from_day, late);
    qsort(out->supplies, out->n_supplies, sizeof *out->supplies, supply_compare);
}

static bool make_entries(struct making *m)
{
    size_t n = 0;
    for (size_t z = 0; z < m->inputs->n_zones; z++)
        n += m->inputs->zones[z].n_entries;
    m->out->entries = calloc(n + 1, sizeof *m->out->entries);
    if (!m->out->entries)
        return false;
    for (size_t z = 0; z < m->inputs->n_zones; z++)
        for (size_t k = 0; k < m->inputs->zones[z].n_entries; k++) {
            const struct entry *entry = &m->inputs->zones[z].entries[k];
            if (entry->probability >= m->request->scenario->least_probability)
                m->out->entries[m->out->n_entries++] = *entry;
        }
    qsort(m->out->entries, m->out->n_entries, sizeof *m->out->entries, entry_compare);
    return true;
}

static bool make_nodes(struct making *m)
{
    struct site_season *out = m->out;
    out->names = nodes_new_with_whole(m->config);
    if (!out->names)
        return false;
    out->n_nodes = out->names->n;
    out->nodes = calloc(out->n_nodes + 1, sizeof *out->nodes);
    out->sums = calloc(out->n_nodes + 1, sizeof *out->sums);
    if (!out->nodes || !out->sums)
        return false;
    for (size_t k = 0; k < out->n_nodes; k++) {
        const struct node *node = &out->names->nodes[k];
        out->nodes[k] = (struct site_node){
            .id = node->id, .name = node->name, .kind = node->kind, .zone = node->zone};
        if (node->kind != NODES_ZONE)
            out->sums[out->n_sums++] = (struct season_sum){node->n_members, node->members};
    }
    return true;
}

// What came of the nodes: which model, which capacity, which reason.
static bool describe_nodes(struct making *m, int64_t day)
{
    struct site_season *out = m->out;
    for (size_t z = 0; z < out->n_zones; z++)
        m->firm_mw[z] = supply_firm_mw(out->n_supplies, out->supplies, z, day);
    for (size_t k = 0; k < out->n_nodes; k++) {
        struct site_node *node = &out->nodes[k];
        node->limit_mw = nodes_sum_mw(&out->names->nodes[k], m->firm_mw, NULL);
        if (node->kind != NODES_ZONE) {
            node->model = "sum";
            continue;
        }
        bool fitted = out->seasons.status[k] == MODEL_OK, ramp = out->seasons.zones[k].ramp;
        node->model = fitted ? out->seasons.outlooks[k].model : ramp ? "ramp" : "none";
        node->reasoned = ramp;
        if (ramp &&
            !ramp_explain(&out->ramps[k], (m->request->first_day + m->request->last_day) / 2,
                          m->request->seed, out->seasons.zones[k].key, &node->reason))
            return false;
    }
    return true;
}

static bool alloc(struct making *m)
{
    size_t n = m->config->n_zones;
    struct site_season *out = m->out;
    out->n_zones = n;
    out->loads = calloc(n + 1, sizeof *out->loads);
    out->temps = calloc(n + 1, sizeof *out->temps);
    out->ramps = calloc(n + 1, sizeof *out->ramps);
    out->supplies = calloc(m->config->n_capacities + 1, sizeof *out->supplies);
    m->zones = calloc(n + 1, sizeof *m->zones);
    m->fine = calloc(n + 1, sizeof *m->fine);
    m->readings = calloc(n * LEVELS_MONTHS_MAX + 1, sizeof *m->readings);
    m->index = calloc(n + 1, sizeof *m->index);
    m->kin = calloc(n + 1, sizeof *m->kin);
    m->firm_mw = calloc(n + 1, sizeof *m->firm_mw);
    m->stations = calloc(m->inputs->n_stations + 1, sizeof *m->stations);
    return out->loads && out->temps && out->ramps && out->supplies && m->zones && m->fine &&
           m->readings && m->index && m->kin && m->firm_mw && m->stations;
}

static void making_done(struct making *m)
{
    free(m->zones);
    free(m->fine);
    free(m->readings);
    free(m->index);
    free(m->kin);
    free(m->firm_mw);
    free(m->stations);
}

static bool prepare(struct making *m)
{
    size_t n = m->config->n_zones;
    for (size_t k = 0; k < m->inputs->n_stations; k++)
        m->stations[k] = &m->inputs->stations[k];
    cores_each(n, prepare_zone, m);
    for (size_t z = 0; z < n; z++) {
        if (!m->fine[z])
            return false;
        m->zones[z] = (struct seasons_zone){
            .id = m->config->zones[z].id,
            .load = &m->out->loads[z],
            .past = &m->inputs->zones[z].load,
            .temp = &m->out->temps[z],
            .kin = SIZE_MAX,
            .growth = m->request->scenario->growth,
        };
    }
    make_ramps(m);
    make_supplies(m);
    return make_entries(m) && make_nodes(m);
}

static bool simulate(struct making *m)
{
    struct site_season *out = m->out;
    const struct civil_clock *clock = m->inputs->clock;
    struct seasons_request request = {
        .n_zones = out->n_zones,
        .zones = m->zones,
        .clock = clock,
        .calendar = m->inputs->calendar,
        .issue = m->inputs->issue,
        .begin = civil_instant(clock, m->request->first_day * CIVIL_DAY_S),
        .until = civil_instant(clock, (m->request->last_day + 1) * CIVIL_DAY_S),
        .weather_until = m->inputs->issue,
        .warmer_c = m->request->scenario->warmer_c,
        .n_sums = out->n_sums,
        .sums = out->sums,
        .n_entries = out->n_entries,
        .entries = out->entries,
        .n_supplies = out->n_supplies,
        .supplies = out->supplies,
        .n_paths = m->request->n_paths,
        .seed = m->request->seed,
    };
    int64_t first_ahead = civil_day(civil_local(clock, m->inputs->issue));
    if (first_ahead < m->request->first_day)
        first_ahead = m->request->first_day;
    if (request.until <= m->inputs->issue) {
        log_error("the season was over before the time of the forecast");
        return false;
    }
    return seasons_run(&request, &out->seasons) && describe_nodes(m, first_ahead);
}

bool site_season_run(const struct site_season_request *request, struct site_season *ret)
{
    struct site_season out = {
        .issue = request->inputs->issue,
        .first_day = request->first_day,
        .last_day = request->last_day,
    };
    struct making m = {
        .request = request, .out = &out, .config = request->config, .inputs = request->inputs};
    bool fine = alloc(&m) && prepare(&m) && simulate(&m);
    making_done(&m);
    if (fine)
        *ret = out;
    else
        site_season_done(&out);
    return fine;
}

void site_season_done(struct site_season *season)
{
    seasons_done(&season->seasons);
    for (size_t z = 0; season->loads && season->temps && z < season->n_zones; z++) {
        series_done(&season->loads[z]);
        series_done(&season->temps[z]);
    }
    free(season->nodes);
    free(season->loads);
    free(season->temps);
    free(season->ramps);
    free(season->supplies);
    free(season->entries);
    free(season->sums);
    nodes_free(season->names);
    *season = (struct site_season){0};
}

const struct peaks *site_season_peaks(const struct site_season *season, size_t node)
{
    return season_peaks(season->seasons.season, node);
}
