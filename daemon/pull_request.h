// SPDX-License-Identifier: GPL-3.0-or-later
// What is asked of a database for one stretch of time: the URL, in its dialect. Pure.
#ifndef PHUTAI_DAEMON_PULL_REQUEST_H
#define PHUTAI_DAEMON_PULL_REQUEST_H

#include <stdint.h>

#include "config/config.h"
#include "daemon/buffer.h"
#include "daemon/pull_answer.h"

struct pull_request {
    const struct config *config;
    const struct config_pull *pull;
};

// The intervals [from, to), instants on the grid of the site. The stamps of what is asked for are
// later where they are those of ends.
struct pull_window {
    int64_t from, to;
};

// Room for the metrics' names, which pull_names point into.
enum { PULL_METRIC_LEN = 512 };
struct pull_metrics {
    char text[PULL_COLUMNS][PULL_METRIC_LEN];
};
struct pull_names pull_request_names(const struct pull_request *request, struct pull_metrics *ret);

// Appends the URL.
void pull_request_url(const struct pull_request *request, struct pull_window window,
                      struct buffer *url);

// The first stamp that belongs to an interval is its start plus so many milliseconds, in what the
// server is asked for and in samples; of values that are intervals' own it is the stamp itself.
int64_t pull_request_shift_ms(const struct pull_request *request);

#endif
