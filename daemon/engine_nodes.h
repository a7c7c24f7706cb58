// SPDX-License-Identifier: GPL-3.0-or-later
// What a round of forecasts says of more than single zones and intervals: forecasts of the sums of
// zones, and the odds of the coming days' peaks of zones and sums. Made from the paths behind the
// zones' forecasts, which are gone as soon as the sums have them: 4 kB an interval each.
#ifndef PHUTAI_DAEMON_ENGINE_NODES_H
#define PHUTAI_DAEMON_ENGINE_NODES_H

#include "daemon/engine_job.h"

// Before the first zone of a job that is kept. False without memory: then there are no nodes.
[[nodiscard]] bool engine_nodes_begin(struct engine_job *job);

// Forecasts a zone whose model has been fitted on this data; its own forecast is that of
// predict(). False without memory.
[[nodiscard]] bool engine_nodes_forecast(struct engine_job *job, size_t zone,
                                         const struct model *model, const struct model_data *data);

// After the last zone: makes the sums. One is left out where a member that has readings has no
// forecast, or where no member has any.
void engine_nodes_end(struct engine_job *job);

// Frees the nodes, if any.
void engine_nodes_done(struct engine_job *job);

// The forecast of a node; NULL where there is none.
const struct forecast *engine_nodes_result(const struct engine_job *job, size_t node);

// The firm capacity of a node on a day; zones that have no readings need none. NaN unknown.
double engine_nodes_firm_mw(const struct engine_job *job, size_t node, int64_t day);

#endif
