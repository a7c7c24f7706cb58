// SPDX-License-Identifier: GPL-3.0-or-later
// The plan as tables for other programs: CSV and JSON.
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "daemon/log.h"
#include "daemon/origin.h"
#include "daemon/output.h"
#include "daemon/plan_text.h"

static void write_known(FILE *out, int digits, double value)
{
    fputc(',', out);
    if (!isnan(value))
        fprintf(out, "%.*f", digits, value);
}

static bool finish(struct output *output)
{
    if (output_finish(output))
        return true;
    log_error("%s: not written", output->path ? output->path : "output");
    return false;
}

bool plan_write_csv(const struct plan *plan, const char *path)
{
    struct output output;
    if (!output_open(&output, path))
        return false;
    FILE *out = output.file;
    fputs("rank,zone,name,poe99,poe90,poe50,poe10,poe01,noon_poe50,noon_poe10,evening_poe50,"
          "evening_poe10,energy_mwh,limit_mw,p_over,hours_over,mwh_over,peak_hour,share_at_peak,"
          "coincidence,need_mw,need_hours,need_mwh,need_days,origin\n",
          out);
    for (size_t k = 0; k < plan->n_nodes; k++) {
        const struct plan_node *n = &plan->nodes[plan->ranking[k]];
        bool known = !isnan(n->node->limit_mw);
        fprintf(out, "%zu,%s,\"%s\",%.3f,%.3f,%.3f,%.3f,%.3f,%.3f,%.3f,%.3f,%.3f,%.1f", k + 1,
                n->node->id, n->node->name, plan_poe(n, 99), plan_poe(n, 90), plan_poe(n, 50),
                plan_poe(n, 10), plan_poe(n, 1), n->noon50, n->noon10, n->evening50, n->evening10,
                n->energy_mwh);
        write_known(out, 3, n->node->limit_mw);
        write_known(out, 4, known ? n->odds.p_over : (double)NAN);
        write_known(out, 2, known ? n->odds.over_h : (double)NAN);
        write_known(out, 2, known ? n->odds.over_mwh : (double)NAN);
        fprintf(out, ",%d", n->odds.hour);
        write_known(out, 4, n->node->kind == NODES_ZONE ? n->share : (double)NAN);
        write_known(out, 4, n->node->kind == NODES_ZONE ? n->coincidence : (double)NAN);
        write_known(out, 3, known ? n->options.mw : (double)NAN);
        write_known(out, 2, known ? n->options.hours : (double)NAN);
        write_known(out, 1, known ? n->options.mwh : (double)NAN);
        write_known(out, 0, known ? n->options.days : (double)NAN);
        fprintf(out, ",%s\n", plan->simulated ? ORIGIN_SIMULATED : "");
    }
    return finish(&output);
}

static void write_day(FILE *out, const struct plan *plan, const struct plan_node *n, int64_t monday,
                      const double mw[])
{
    struct civil_date date = civil_date_from_day(monday);
    int32_t step_s = plan->calendar->step_s;
    for (int i = 0; i < CIVIL_DAY_S / step_s; i++)
        fprintf(out, "%s,%04d-%02d-%02d,%02d:%02d,%.3f,%s\n", n->node->id, date.year, date.month,
                date.day, i * step_s / CIVIL_HOUR_S, i * step_s % CIVIL_HOUR_S / 60, mw[i],
                plan->simulated ? ORIGIN_SIMULATED : "");
}

bool plan_write_days_csv(const struct plan *plan, const char *path)
{
    struct output output;
    double *mw = calloc((size_t)(CIVIL_DAY_S / plan->calendar->step_s), sizeof *mw);
    if (!mw || !output_open(&output, path)) {
        free(mw);
        return false;
    }
    fputs("zone,week_of,time,mw,origin\n", output.file);
    for (size_t k = 0; k < plan->n_nodes; k++)
        for (size_t week = 0; week < PLAN_WEEKS_MAX; week++) {
            int64_t monday;
            if (plan_typical_day(&plan->nodes[k], week, &monday, mw))
                write_day(output.file, plan, &plan->nodes[k], monday, mw);
        }
    free(mw);
    return finish(&output);
}

static json_t *known(double value)
{
    return isnan(value) ? json_null() : json_real(value);
}

static json_t *months_json(const struct plan *plan, const struct plan_node *n)
{
    json_t *months = json_array();
    for (size_t m = 0; m < plan->calendar->n_months; m++) {
        const struct plan_month *month = &n->months[m];
        json_array_append_new(
            months, json_pack("{s:i, s:f, s:f, s:f, s:f, s:f}", "month", plan->calendar->months[m],
                              "noon_poe50", month->poe50[PEAKS_NOON], "noon_poe10",
                              month->poe10[PEAKS_NOON], "evening_poe50",
                              month->poe50[PEAKS_EVENING], "evening_poe10",
                              month->poe10[PEAKS_EVENING], "energy_mwh", month->energy_mwh));
    }
    return months;
}

static json_t *options_json(const struct plan *plan, const struct plan_node *n)
{
    struct plan_sentence sentences[PLAN_OPTIONS_MAX], english[PLAN_OPTIONS_MAX];
    json_t *options = json_array();
    size_t count = plan_options(plan, n, PLAN_VI, sentences);
    plan_options(plan, n, PLAN_EN, english);
    for (size_t k = 0; k < count; k++)
        json_array_append_new(options, json_pack("{s:s, s:s, s:s}", "term",
                                                 sentences[k].long_term ? "long" : "immediate",
                                                 "vi", sentences[k].text, "en", english[k].text));
    return options;
}

static json_t *node_json(const struct plan *plan, const struct plan_node *n)
{
    json_t *poe = json_array();
    for (int k = 0; k < PLAN_POE; k++)
        json_array_append_new(poe, json_real(n->poe[k]));
    json_t *node = json_pack("{s:s, s:s, s:s, s:o, s:o, s:i, s:o, s:o}", "zone", n->node->id,
                             "name", n->node->name, "model", n->node->model, "peak_poe99_to_01",
                             poe, "limit_mw", known(n->node->limit_mw), "peak_hour", n->odds.hour,
                             "months", months_json(plan, n), "options", options_json(plan, n));
    if (node && !isnan(n->node->limit_mw)) {
        json_object_set_new(node, "p_over", json_real(n->odds.p_over));
        json_object_set_new(node, "hours_over", json_real(n->odds.over_h));
        json_object_set_new(node, "mwh_over", json_real(n->odds.over_mwh));
    }
    return node;
}

static json_t *scenarios_json(const struct plan *plan)
{
    json_t *scenarios = json_array();
    for (size_t s = 0; s < plan->n_scenarios; s++)
        for (size_t k = 0; k < plan->n_nodes; k++)
            json_array_append_new(scenarios, json_pack("{s:s, s:s, s:f, s:f, s:o}", "scenario",
                                                       plan->scenarios[s].scenario->name, "zone",
                                                       plan->nodes[k].node->id, "poe50",
                                                       plan->scenarios[s].poe50[k], "poe10",
                                                       plan->scenarios[s].poe10[k], "p_over",
                                                       known(plan->scenarios[s].p_over[k])));
    return scenarios;
}

bool plan_write_json(const struct plan *plan, const char *path)
{
    struct output output;
    if (!output_open(&output, path))
        return false;
    json_t *nodes = json_array();
    for (size_t k = 0; k < plan->n_nodes; k++)
        json_array_append_new(nodes, node_json(plan, &plan->nodes[plan->ranking[k]]));
    json_t *root = json_pack("{s:s, s:s, s:b, s:o, s:o}", "season", plan->season, "site",
                             plan->config->site.name, "simulated", plan->simulated, "zones", nodes,
                             "scenarios", scenarios_json(plan));
    bool fine = root && !json_dumpf(root, output.file, JSON_INDENT(1) | JSON_REAL_PRECISION(7));
    json_decref(root);
    if (!fine) {
        output_discard(&output);
        log_error("%s: out of memory, or not written", path);
        return false;
    }
    return finish(&output);
}
