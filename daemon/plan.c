// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/plan.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

double plan_poe(const struct plan_node *node, int per_cent)
{
    return node->poe[PLAN_POE - per_cent];
}

static bool gather_months(const struct plan *plan, struct plan_node *n)
{
    static const double poe[] = {0.5, 0.1};
    const struct peaks_calendar *c = plan->calendar;
    for (size_t m = 0; m < c->n_months; m++)
        for (int part = 0; part < PEAKS_PARTS; part++) {
            double mw[2];
            if (!peaks_month_quantiles(n->peaks, m, (enum peaks_part)part, 2, poe, mw))
                return false;
            n->months[m].poe50[part] = mw[0];
            n->months[m].poe10[part] = mw[1];
        }
    double step_h = (double)c->step_s / CIVIL_HOUR_S;
    for (size_t d = 0; d < c->n_days; d++)
        for (size_t i = c->days[d].from; i < c->days[d].to; i++) {
            n->months[c->days[d].month].energy_mwh += n->peaks->mean[i] * step_h;
            n->energy_mwh += n->peaks->mean[i] * step_h;
        }
    return true;
}

static bool gather_node(struct plan *plan, struct plan_node *n)
{
    double poe[PLAN_POE], two[2];
    static const double both[] = {0.5, 0.1};
    for (int k = 0; k < PLAN_POE; k++)
        poe[k] = (double)(PLAN_POE - k) / 100;
    bool fine = peaks_quantiles(n->peaks, PEAKS_PEAK, PLAN_POE, poe, n->poe) &&
                peaks_odds(n->peaks, plan->clock, &n->odds) &&
                options_find(n->peaks, plan->clock, &n->options) && gather_months(plan, n);
    if (fine && peaks_quantiles(n->peaks, PEAKS_PEAK_NOON, 2, both, two)) {
        n->noon50 = two[0];
        n->noon10 = two[1];
    }
    if (fine && peaks_quantiles(n->peaks, PEAKS_PEAK_EVENING, 2, both, two)) {
        n->evening50 = two[0];
        n->evening10 = two[1];
    }
    return fine;
}

// Each zone's part of the whole's peak, and how much of its own peak that is.
static void gather_shares(struct plan *plan, const struct site_season *season)
{
    const struct peaks *whole = plan->nodes[plan->n_nodes - 1].peaks;
    for (size_t z = 0; z < season->n_zones; z++) {
        const float *at = season_at_peak(season->seasons.season, z);
        struct plan_node *n = &plan->nodes[z];
        double share = 0, own = 0;
        for (size_t k = 0; k < whole->n_paths; k++) {
            double peak = (double)n->peaks->paths[k].peak_mw;
            share += (double)(at[k] / whole->paths[k].peak_mw);
            own += peak > 0 ? (double)at[k] / peak : 0;
        }
        n->share = share / (double)whole->n_paths;
        n->coincidence = own / (double)whole->n_paths;
    }
}

static bool neighbours(const struct plan *plan, const struct site_node *a,
                       const struct site_node *b)
{
    const char *x = plan->config->zones[a->zone].district,
               *y = plan->config->zones[b->zone].district;
    return a != b && x && y && *x && !strcmp(x, y);
}

// The zone of the same district that has most to spare.
static void find_transfer(const struct plan *plan, struct plan_node *n)
{
    for (size_t k = 0; n->node->kind == NODES_ZONE && k < plan->n_nodes; k++) {
        const struct plan_node *other = &plan->nodes[k];
        if (other->node->kind != NODES_ZONE || !neighbours(plan, n->node, other->node))
            continue;
        double spare = other->node->limit_mw - plan_poe(other, 10);
        if (spare > n->transfer.spare_mw)
            n->transfer = (struct plan_transfer){true, k, spare};
    }
}

// The first stage after the day from which the capacity is likely to be passed.
static void find_stage(const struct site_season *season, struct plan_node *n)
{
    for (size_t k = 0; n->node->kind == NODES_ZONE && k < season->n_supplies; k++) {
        const struct supply *s = &season->supplies[k];
        bool later = s->zone == n->node->zone && s->from_day > n->options.first_day;
        if (!later || (n->stage.known && s->from_day >= n->stage.day))
            continue;
        double then = supply_firm_mw(season->n_supplies, season->supplies, s->zone, s->from_day);
        double now = isnan(n->node->limit_mw) ? 0 : n->node->limit_mw;
        n->stage = (struct plan_stage){true, s->from_day, then - now};
    }
}

static double risk(const struct plan_node *n)
{
    if (isnan(n->node->limit_mw))
        return -1;
    return n->odds.p_over + 1e-3 * plan_poe(n, 10) / n->node->limit_mw;
}

// Zones by risk, those without a known capacity by their height behind the others.
static void rank(struct plan *plan)
{
    for (size_t k = 0; k < plan->n_nodes; k++) {
        size_t at = k;
        for (; at > 0; at--) {
            const struct plan_node *a = &plan->nodes[plan->ranking[at - 1]], *b = &plan->nodes[k];
            bool lower =
                risk(a) < risk(b) || (risk(a) == risk(b) && plan_poe(a, 10) < plan_poe(b, 10));
            if (!lower)
                break;
            plan->ranking[at] = plan->ranking[at - 1];
        }
        plan->ranking[at] = k;
    }
}

bool plan_init(struct plan *ret, const struct config *config, const struct civil_clock *clock,
               const struct site_season *season, const char *name)
{
    struct plan p = {
        .config = config,
        .clock = clock,
        .season = name,
        .calendar = season_calendar(season->seasons.season),
        .n_nodes = season->n_nodes,
    };
    p.nodes = calloc(p.n_nodes + 1, sizeof *p.nodes);
    p.ranking = calloc(p.n_nodes + 1, sizeof *p.ranking);
    bool fine = p.nodes && p.ranking;
    for (size_t k = 0; fine && k < p.n_nodes; k++) {
        p.nodes[k].node = &season->nodes[k];
        p.nodes[k].peaks = site_season_peaks(season, k);
        fine = gather_node(&p, &p.nodes[k]);
    }
    if (!fine) {
        plan_done(&p);
        return false;
    }
    gather_shares(&p, season);
    for (size_t k = 0; k < p.n_nodes; k++) {
        find_transfer(&p, &p.nodes[k]);
        find_stage(season, &p.nodes[k]);
    }
    rank(&p);
    *ret = p;
    return true;
}

bool plan_add_scenario(struct plan *plan, const struct site_scenario *scenario,
                       const struct site_season *season)
{
    static const double both[] = {0.5, 0.1};
    struct plan_scenario *s = &plan->scenarios[plan->n_scenarios++];
    s->scenario = scenario;
    s->poe50 = calloc(plan->n_nodes + 1, sizeof *s->poe50);
    s->poe10 = calloc(plan->n_nodes + 1, sizeof *s->poe10);
    s->p_over = calloc(plan->n_nodes + 1, sizeof *s->p_over);
    bool fine = s->poe50 && s->poe10 && s->p_over;
    for (size_t k = 0; fine && k < plan->n_nodes; k++) {
        struct peaks_odds odds;
        double mw[2];
        fine = peaks_quantiles(site_season_peaks(season, k), PEAKS_PEAK, 2, both, mw) &&
               peaks_odds(site_season_peaks(season, k), plan->clock, &odds);
        s->poe50[k] = mw[0];
        s->poe10[k] = mw[1];
        s->p_over[k] = isnan(season->nodes[k].limit_mw) ? (double)NAN : odds.p_over;
    }
    return fine;
}

void plan_done(struct plan *plan)
{
    for (size_t k = 0; k < plan->n_scenarios; k++) {
        free(plan->scenarios[k].poe50);
        free(plan->scenarios[k].poe10);
        free(plan->scenarios[k].p_over);
    }
    free(plan->nodes);
    free(plan->ranking);
    *plan = (struct plan){0};
}

bool plan_typical_day(const struct plan_node *node, size_t week, int64_t *ret_monday, double ret[])
{
    const struct peaks_calendar *c = node->peaks->calendar;
    size_t steps = (size_t)(CIVIL_DAY_S / c->step_s), count = 0;
    int64_t monday = c->days[0].day - civil_weekday(c->days[0].day) + 7 * (int64_t)week;
    memset(ret, 0, steps * sizeof *ret);
    for (size_t d = 0; d < c->n_days; d++) {
        const struct peaks_day *day = &c->days[d];
        if (day->day < monday || day->day > monday + 4 || day->to - day->from != steps)
            continue;
        for (size_t i = 0; i < steps; i++)
            ret[i] += node->peaks->mean[day->from + i];
        count++;
    }
    for (size_t i = 0; count && i < steps; i++)
        ret[i] /= (double)count;
    *ret_monday = monday;
    return count;
}
