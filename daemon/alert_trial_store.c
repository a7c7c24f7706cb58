// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/alert_trial_store.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_errno.h>

#include "daemon/commands.h"
#include "daemon/engine.h"
#include "daemon/engine_job.h"
#include "daemon/log.h"
#include "daemon/nodes.h"
#include "daemon/site.h"
#include "daemon/site_season.h"
#include "daemon/store_peaks.h"

struct work {
    const struct alert_trial_store_request *request;
    struct site site;
    struct engine *engine;
    struct engine_job *inputs; // the readings
    struct nodes *nodes;
    bool *loaded; // by zone
    int64_t from, to;
    size_t told;
    // The rule and node at hand.
    const struct config_alert *rule;
    const struct node *node;
    struct alert_trial *trial;
    int64_t first, last; // days of its forecasts
    bool no_memory;
};

static bool concerns(const struct config_alert *rule, const struct node *node)
{
    return config_rule_names(rule, node->id) ||
           (node->kind == NODES_ZONE && !strcmp(rule->zones, "all"));
}

// Which days the forecasts are of.
static bool note_days(void *context, const char *node, const struct day_peaks *peaks)
{
    struct work *work = context;
    (void)node;
    for (size_t k = 0; k < peaks->n; k++) {
        work->first = peaks->days[k].day < work->first ? peaks->days[k].day : work->first;
        work->last = peaks->days[k].day > work->last ? peaks->days[k].day : work->last;
    }
    return true;
}

static bool look(void *context, const char *node, const struct day_peaks *peaks)
{
    struct work *work = context;
    (void)node;
    work->no_memory = !alert_trial_look(work->trial, peaks);
    return !work->no_memory;
}

// A day of a season that began in the year before is told under that one.
static int year_of(const struct work *work, int64_t day)
{
    char season[80];
    int64_t first, last;
    int year = civil_date_from_day(day).year;
    snprintf(season, sizeof season, "%04d-%s", year - 1, work->site.config->season.name);
    if (config_season_days(work->site.config, season, &first, &last) && day >= first && day <= last)
        return year - 1;
    return year;
}

static void set_limits(struct work *work)
{
    for (size_t k = 0; k < work->trial->n; k++) {
        int64_t day = work->trial->days[k].day;
        double limit = isnan(work->rule->limit_mw)
                           ? nodes_firm_mw(work->site.config, work->node, work->loaded, day)
                           : work->rule->limit_mw;
        alert_trial_set(work->trial, k, year_of(work, day), limit);
    }
}

// The load of the node in one interval, known where it is of all members that read at all.
static double load_at(const struct work *work, int64_t instant)
{
    double sum = 0;
    for (size_t k = 0; k < work->node->n_members; k++) {
        size_t zone = work->node->members[k];
        if (work->loaded[zone])
            sum += series_at(&work->inputs->zones[zone].load, instant);
    }
    return sum;
}

static bool sum_load(const struct work *work, struct series *ret)
{
    int64_t from = INT64_MAX, to = INT64_MIN;
    int32_t step_s = (int32_t)work->site.config->site.step_s;
    series_init(ret, step_s);
    for (size_t k = 0; k < work->node->n_members; k++) {
        const struct series *load = &work->inputs->zones[work->node->members[k]].load;
        if (!load->n)
            continue;
        from = load->start < from ? load->start : from;
        to = series_end(load) > to ? series_end(load) : to;
    }
    for (int64_t t = from; t < to; t += step_s)
        if (series_put(ret, t, load_at(work, t)) == SERIES_REFUSED)
            return false;
    return true;
}

static bool judge_and_tell(struct work *work)
{
    struct series load;
    bool fine = sum_load(work, &load) && alert_trial_judge(work->trial, &load);
    series_done(&load);
    if (!fine)
        return false;
    for (size_t k = 0; k < work->trial->n; k++)
        if (alert_trial_counts(&work->trial->days[k])) {
            work->told++;
            return work->request->tell(work->request->context, work->trial, work->node->id);
        }
    log_notice("alerts replay: rule '%s', zone '%s': no day has a limit, a forecast and readings",
               work->rule->name, work->node->id);
    return true;
}

static bool each_peaks(struct work *work, store_peaks_fn *fn)
{
    if (store_each_peaks(work->site.store, work->node->id, work->from, work->to, fn, work))
        return true;
    log_error("%s", store_error(work->site.store));
    return false;
}

// One rule and node: false where the store failed or memory is short, which is told.
static bool try_node(struct work *work)
{
    struct alert_trial trial;
    work->first = INT64_MAX;
    work->last = INT64_MIN;
    if (!each_peaks(work, note_days))
        return false;
    size_t n = work->last < work->first ? 0 : (size_t)(work->last - work->first + 1);
    if (!alert_trial_init(&trial, &work->site.clock, work->rule, n ? work->first : 0, n)) {
        log_error("alerts replay: out of memory");
        return false;
    }
    work->trial = &trial;
    set_limits(work);
    bool fine = each_peaks(work, look);
    if (fine && (work->no_memory || !judge_and_tell(work))) {
        log_error("alerts replay: out of memory");
        fine = false;
    }
    alert_trial_done(&trial);
    return fine;
}

static bool wants(const struct work *work, const struct config_alert *rule)
{
    const char *name = work->request->rule;
    return rule->on == CONFIG_ALERT_PEAK && (!name || !strcmp(name, rule->name));
}

static int try_rules(struct work *work)
{
    const struct config *config = work->site.config;
    size_t rules = 0;
    for (size_t r = 0; r < config->n_rules; r++) {
        work->rule = &config->rules[r];
        rules += wants(work, work->rule) ? 1 : 0;
        for (size_t k = 0; wants(work, work->rule) && k < work->nodes->n; k++) {
            work->node = &work->nodes->nodes[k];
            if (concerns(work->rule, work->node) && !try_node(work))
                return COMMAND_FAILED;
        }
    }
    if (!rules && work->request->rule)
        fprintf(stderr, "--rule '%s': no rule on peaks of this site\n", work->request->rule);
    else if (!rules)
        log_error("alerts replay: the site has no rule on peaks");
    else if (!work->told)
        log_error("alerts replay: nothing to be judged");
    return work->told                      ? COMMAND_DONE
           : !rules && work->request->rule ? COMMAND_USAGE
                                           : COMMAND_FAILED;
}

static bool gather(struct work *work)
{
    int64_t now;
    if (!site_season_issue(&work->site, work->engine, NULL, &now))
        return false;
    work->nodes = nodes_new(work->site.config);
    work->inputs = engine_gather(work->engine, now);
    work->loaded = calloc(work->site.config->n_zones + 1, sizeof *work->loaded);
    if (!work->nodes || !work->inputs || !work->loaded) {
        log_error("alerts replay: out of memory, or the store cannot be read");
        return false;
    }
    for (size_t z = 0; z < work->site.config->n_zones; z++)
        work->loaded[z] = work->inputs->zones[z].load.n;
    return true;
}

static bool take_time(const struct work *work, const char *option, const char *text, int64_t *ret)
{
    if (!text || site_time(&work->site, text, ret))
        return true;
    fprintf(stderr, "%s '%s': not a time such as 2024-05-01T00:00\n", option, text);
    return false;
}

int alert_trial_run_store(const struct alert_trial_store_request *request)
{
    struct work work = {.request = request, .from = INT64_MIN, .to = INT64_MAX};
    char error[256];
    int status = COMMAND_FAILED;
    gsl_set_error_handler_off();
    if (site_open(&work.site, request->config, STORE_READ)) {
        status = COMMAND_USAGE;
        if (take_time(&work, "--from", request->from, &work.from) &&
            take_time(&work, "--to", request->to, &work.to)) {
            work.engine = engine_new(work.site.config, work.site.store, error);
            if (!work.engine)
                log_error("%s", error);
            status = work.engine && gather(&work) ? try_rules(&work) : COMMAND_FAILED;
        }
    }
    engine_job_free(work.inputs);
    engine_free(work.engine);
    nodes_free(work.nodes);
    free(work.loaded);
    site_close(&work.site);
    return status;
}
