// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/engine_points.h"

#include <stdlib.h>

#include "daemon/engine_nodes.h"
#include "daemon/points.h"

enum { POINTS_BYTES_MAX = 1 << 30 };

// VictoriaMetrics drops what lies more than two days ahead of its clock, and says nothing; a minute
// is for the clocks to differ.
static const int64_t near_s = 2 * CIVIL_DAY_S - 60;

static bool wants_near(const struct config_sink *sink)
{
    return sink->dialect == CONFIG_VICTORIAMETRICS;
}

static bool is_wanted(const struct config *config, bool near)
{
    for (size_t s = 0; s < config->n_sinks; s++)
        if (wants_near(&config->sinks[s]) == near)
            return true;
    return false;
}

// The firm capacities of the days of a node's peaks; NULL without memory.
static double *limits_of(const struct engine_job *job, size_t k)
{
    const struct day_peaks *peaks = &job->nodes[k].peaks;
    double *limits = calloc(peaks->n + 1, sizeof *limits);
    for (size_t d = 0; limits && d < peaks->n; d++)
        limits[d] = engine_nodes_firm_mw(job, k, peaks->days[d].day);
    return limits;
}

static void write_node(const struct engine_job *job, size_t k, int64_t target_max,
                       struct engine_job_points *ret)
{
    const struct forecast *forecast = engine_nodes_result(job, k);
    struct buffer out;
    // The firm capacity on the day of the issue: what stands now, not what is planned.
    const int64_t day = civil_day(civil_local(job->clock, job->issue));
    const struct points_zone zone = {.id = job->names->nodes[k].id,
                                     .limit_mw = engine_nodes_firm_mw(job, k, day),
                                     .simulated = job->simulated,
                                     .target_max = target_max};
    double *limits = limits_of(job, k);
    if (!limits)
        return;
    buffer_init(&out, POINTS_BYTES_MAX);
    points_forecast(&out, &zone, forecast, 0, forecast->n);
    if (job->nodes[k].has_peaks)
        points_peaks(&out, &zone, &job->nodes[k].peaks, day, limits);
    ret->text = buffer_take(&out, &ret->length);
    free(limits);
}

void engine_points_write(struct engine_job *job)
{
    const bool all = is_wanted(job->config, false), near = is_wanted(job->config, true);
    for (size_t k = 0; k < job->names->n; k++) {
        if (all && job->nodes[k].done)
            write_node(job, k, INT64_MAX, &job->nodes[k].points);
        if (near && job->nodes[k].done)
            write_node(job, k, job->started + near_s, &job->nodes[k].points_near);
    }
}

const struct engine_job_points *engine_points_for(const struct engine_job_node *node,
                                                  const struct config_sink *sink)
{
    const struct engine_job_points *points = wants_near(sink) ? &node->points_near : &node->points;
    return points->text ? points : NULL;
}
