// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/engine_nodes.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "daemon/log.h"
#include "models/day_causes.h"
#include "models/predict.h"

static size_t intervals(const struct engine_job *job)
{
    return (size_t)((job->until - job->issue) / job->config->site.step_s);
}

// Room for a sum: forecast and paths of 0 MW.
static bool begin_sum(const struct engine_job *job, struct engine_job_node *sum)
{
    int32_t step_s = (int32_t)job->config->site.step_s;
    size_t n = intervals(job);
    if (!paths_init(&sum->paths, job->issue, step_s, n) ||
        !forecast_init(&sum->forecast, job->issue, step_s, n, job->n_levels, job->levels))
        return false;
    snprintf(sum->forecast.model, sizeof sum->forecast.model, "sum");
    for (size_t i = 0; i < n; i++)
        sum->forecast.mean[i] = 0;
    for (size_t i = 0; i < n * PATHS_N; i++)
        sum->paths.mw[i] = 0;
    return true;
}

bool engine_nodes_begin(struct engine_job *job)
{
    job->names = nodes_new(job->config);
    if (!job->names)
        return false;
    job->nodes = calloc(job->names->n + 1, sizeof *job->nodes);
    job->loaded = calloc(job->n_zones + 1, sizeof *job->loaded);
    bool fine = job->nodes && job->loaded;
    for (size_t z = 0; fine && z < job->n_zones; z++)
        job->loaded[z] = job->zones[z].load.n > 0;
    for (size_t k = job->n_zones; fine && k < job->names->n; k++)
        fine = begin_sum(job, &job->nodes[k]);
    if (!fine)
        engine_nodes_done(job);
    return fine;
}

void engine_nodes_done(struct engine_job *job)
{
    for (size_t k = 0; job->nodes && k < job->names->n; k++) {
        struct engine_job_node *node = &job->nodes[k];
        paths_done(&node->paths);
        forecast_done(&node->forecast);
        day_peaks_done(&node->peaks);
        free(node->points.text);
        free(node->points_near.text);
    }
    free(job->nodes);
    free(job->loaded);
    nodes_free(job->names);
    job->nodes = NULL;
    job->loaded = NULL;
    job->names = NULL;
}

static void add_to_sums(struct engine_job *job, size_t zone, const struct paths *paths)
{
    const struct forecast *forecast = &job->zones[zone].forecast;
    for (size_t k = job->n_zones; k < job->names->n; k++) {
        const struct node *node = &job->names->nodes[k];
        for (size_t m = 0; m < node->n_members; m++) {
            if (node->members[m] != zone)
                continue;
            paths_add(&job->nodes[k].paths, paths);
            for (size_t i = 0; i < forecast->n; i++)
                job->nodes[k].forecast.mean[i] += forecast->mean[i];
        }
    }
}

static double rate(struct day_causes_growth growth)
{
    return growth.then_mw > 0 ? growth.now_mw / growth.then_mw - 1 : (double)NAN;
}

bool engine_nodes_forecast(struct engine_job *job, size_t zone, const struct model *model,
                           const struct model_data *data)
{
    struct engine_job_zone *result = &job->zones[zone];
    struct engine_job_node *node = &job->nodes[zone];
    struct paths paths;
    double(*parts)[EXPLAIN_PARTS] = calloc(intervals(job) + 1, sizeof *parts);
    if (!parts || !predict_in_full(model, data, job->issue, job->until, job->n_levels, job->levels,
                                   &result->forecast, &paths, parts)) {
        free(parts);
        return false;
    }
    result->done = true;
    add_to_sums(job, zone, &paths);
    node->has_peaks = day_peaks_find(&paths, job->clock, job->issue, &node->peaks);
    if (node->has_peaks) {
        day_causes_find(data, &result->forecast, parts, &node->peaks);
        node->growth = day_causes_growth(&result->load, job->issue);
        node->peaks.growth = rate(node->growth);
    }
    paths_done(&paths);
    free(parts);
    return true;
}

// The causes of a sum's peaks from those of its members, and its growth.
static bool explain_sum(const struct engine_job *job, size_t k)
{
    const struct node *names = &job->names->nodes[k];
    struct engine_job_node *sum = &job->nodes[k];
    const struct day_peaks **members = calloc(names->n_members + 1, sizeof *members);
    const struct forecast **forecasts = calloc(names->n_members + 1, sizeof *forecasts);
    size_t n = 0;
    bool fine = members && forecasts;
    for (size_t m = 0; fine && m < names->n_members; m++) {
        size_t zone = names->members[m];
        if (!job->loaded[zone])
            continue;
        fine = job->nodes[zone].has_peaks;
        members[n] = &job->nodes[zone].peaks;
        forecasts[n++] = &job->zones[zone].forecast;
        sum->growth.now_mw += job->nodes[zone].growth.now_mw;
        sum->growth.then_mw += job->nodes[zone].growth.then_mw;
    }
    if (fine)
        day_causes_sum(n, members, forecasts, job->clock, &sum->peaks);
    sum->peaks.growth = rate(sum->growth);
    free(members);
    free(forecasts);
    return fine;
}

static void end_sum(struct engine_job *job, size_t k)
{
    const struct node *names = &job->names->nodes[k];
    struct engine_job_node *sum = &job->nodes[k];
    size_t loaded = 0, done = 0;
    for (size_t m = 0; m < names->n_members; m++) {
        loaded += job->loaded[names->members[m]];
        done += job->zones[names->members[m]].done;
    }
    sum->done = done && done == loaded;
    if (sum->done) {
        paths_quantiles(&sum->paths, &sum->forecast);
        sum->has_peaks = day_peaks_find(&sum->paths, job->clock, job->issue, &sum->peaks);
    }
    if (sum->has_peaks && !explain_sum(job, k))
        log_warning("'%s': no memory to tell what its peaks come from", names->id);
    if (loaded != done)
        log_warning("'%s': no forecast of the sum, as one of its zones has none", names->id);
    paths_done(&sum->paths);
}

void engine_nodes_end(struct engine_job *job)
{
    for (size_t z = 0; z < job->n_zones; z++)
        job->nodes[z].done = job->zones[z].done;
    for (size_t k = job->n_zones; k < job->names->n; k++)
        end_sum(job, k);
}

const struct forecast *engine_nodes_result(const struct engine_job *job, size_t node)
{
    if (!job->nodes[node].done)
        return NULL;
    return node < job->n_zones ? &job->zones[node].forecast : &job->nodes[node].forecast;
}

double engine_nodes_firm_mw(const struct engine_job *job, size_t node, int64_t day)
{
    return nodes_firm_mw(job->config, &job->names->nodes[node], job->loaded, day);
}
