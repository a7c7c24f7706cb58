// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/engine_points.h"

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

static void write_zone(const struct engine_job *job, size_t k, int64_t target_max,
                       struct engine_job_points *ret)
{
    const struct forecast *forecast = &job->zones[k].forecast;
    struct buffer out;
    // The firm capacity on the day of the issue: what stands now, not what is planned.
    const int64_t day = civil_day(civil_local(job->clock, job->issue));
    const struct points_zone zone = {.id = job->config->zones[k].id,
                                     .limit_mw = config_firm_mw(job->config, k, day),
                                     .simulated = job->simulated,
                                     .target_max = target_max};
    buffer_init(&out, POINTS_BYTES_MAX);
    points_forecast(&out, &zone, forecast, 0, forecast->n);
    ret->text = buffer_take(&out, &ret->length);
}

void engine_points_write(struct engine_job *job)
{
    const bool all = is_wanted(job->config, false), near = is_wanted(job->config, true);
    for (size_t k = 0; k < job->n_zones; k++) {
        if (all && job->zones[k].done)
            write_zone(job, k, INT64_MAX, &job->zones[k].points);
        if (near && job->zones[k].done)
            write_zone(job, k, job->started + near_s, &job->zones[k].points_near);
    }
}

const struct engine_job_points *engine_points_for(const struct engine_job_zone *zone,
                                                  const struct config_sink *sink)
{
    const struct engine_job_points *points = wants_near(sink) ? &zone->points_near : &zone->points;
    return points->text ? points : NULL;
}
