// SPDX-License-Identifier: GPL-3.0-or-later
// The points of a round's forecasts for the sinks: made with the forecasts on the worker's thread,
// since writing them takes longer than the loop may wait.
#ifndef PHUTAI_DAEMON_ENGINE_POINTS_H
#define PHUTAI_DAEMON_ENGINE_POINTS_H

#include <stddef.h>

#include "config/config.h"
#include "daemon/engine_job.h"

// Writes the points of every node that has a forecast, once for the sinks that take every target
// and once for those that do not, where there are such. Without memory, the text is NULL.
void engine_points_write(struct engine_job *job);

// Those of a node for a sink; NULL without memory.
const struct engine_job_points *engine_points_for(const struct engine_job_node *node,
                                                  const struct config_sink *sink);

#endif
