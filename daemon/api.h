// SPDX-License-Identifier: GPL-3.0-or-later
// The reading half of the API, /api/v1/...: what the store and the configuration hold, as JSON and,
// where it is a table, as CSV. Described in openapi.json, which it serves.
//
// An answer depends on what is given here alone, and is made at once, between two turns of the
// loop: what is asked for is bounded so that it takes some ten milliseconds at most.
#ifndef PHUTAI_DAEMON_API_H
#define PHUTAI_DAEMON_API_H

#include <stdint.h>

#include "config/config.h"
#include "daemon/alerts.h"
#include "daemon/http_server.h"
#include "daemon/store.h"
#include "models/civil.h"

#define API_PREFIX "/api/v1/"

struct api_site {
    const struct config *config;
    struct store *store;
    const struct civil_clock *clock;
    int64_t now;                     // instant that "today" and ages are of
    const struct alerts_zone *zones; // beside config->zones
};

// What was asked for; NULL where it was not given.
struct api_query {
    const char *path; // behind the prefix: "nodes/yen-lu/peaks"
    const char *from, *to, *issue, *day, *format;
    const char *accept; // the header
};

// Sets the status and all that goes with it. 400 for a parameter that cannot be, named with its
// value; 404 for a path or node that is not there; 503 where the store fails.
void api_answer(const struct api_site *site, const struct api_query *query,
                struct http_reply *reply);

// openapi.json as it is.
extern const char api_openapi[];

#endif
