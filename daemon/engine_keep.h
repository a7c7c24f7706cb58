// SPDX-License-Identifier: GPL-3.0-or-later
// What a round of forecasts leaves behind: vintages and models in the store, batches of points for
// every sink in its outbox, scores of the days that are over.
#ifndef PHUTAI_DAEMON_ENGINE_KEEP_H
#define PHUTAI_DAEMON_ENGINE_KEEP_H

#include "daemon/engine_job.h"

struct engine_keep_days { // civil days to score; none where first > last
    int64_t first, last;
};

// All of it in one transaction of its own; false where the store failed, and then nothing of it
// stays.
[[nodiscard]] bool engine_keep(const struct config *config, struct store *store,
                               const struct engine_job *job, struct engine_keep_days days);

#endif
