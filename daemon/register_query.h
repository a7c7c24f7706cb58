// SPDX-License-Identifier: GPL-3.0-or-later
// What the reading parts of phutai register have in common: their options, the site, the list, the
// place that their rows go to.
#ifndef PHUTAI_DAEMON_REGISTER_QUERY_H
#define PHUTAI_DAEMON_REGISTER_QUERY_H

#include <stdbool.h>
#include <stdio.h>

#include "config/text.h"
#include "daemon/entry_list.h"
#include "daemon/site.h"

struct register_query {
    const char *zone; // NULL: all
    bool open, csv;
    struct site site;
    struct entry_list list;
    FILE *out;
};

// Reads the options, opens everything, runs, and closes it. `run` says false where it failed and
// has said why. Returns the exit status.
int register_query_run(int argc, char **argv, bool (*run)(struct register_query *query));

bool register_query_wants(const struct register_query *query, const char *zone);

// A time on the site's clock with its offset; nothing for INT64_MAX.
const char *register_query_time(const struct register_query *query, int64_t instant,
                                char ret[static TEXT_TIME_LEN]);

// Says what the store said. Always false.
bool register_query_failed(const struct register_query *query);

#endif
