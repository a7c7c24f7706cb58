// SPDX-License-Identifier: GPL-3.0-or-later
// The coming season of a whole site: its zones, each expansion together with its parent, and the
// whole, from its readings, weather, register, capacities and what is known of filling zones.
#ifndef PHUTAI_DAEMON_SITE_SEASON_H
#define PHUTAI_DAEMON_SITE_SEASON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/config.h"
#include "daemon/engine_job.h"
#include "daemon/nodes.h"
#include "daemon/seasons.h"
#include "daemon/site.h"

// What differs from what is expected. All scenarios draw the same random numbers, so that what they
// differ by is theirs alone.
struct site_scenario {
    const char *name, *help;
    double growth;            // added to all levels, in logarithms
    double warmer_c;          // on all weather that is not known
    int late_months;          // every commissioning that is not past
    double least_probability; // of the entries of the register that count; above 1: none
};

// base, low, high, heat, late, certain-register, without-register; ends with a row without a name.
// By name: NULL where there is no such.
extern const struct site_scenario site_scenarios[];
const struct site_scenario *site_scenario(const char *name);

// A node (nodes.h), the whole always among them.
struct site_node {
    const char *id, *name;
    enum nodes_kind kind;
    size_t zone;       // of a zone, or the parent of a group
    const char *model; // what made it: a recipe, "last-week", "ramp", "none"; "sum" of the others
    double limit_mw;   // firm capacity on the season's first day ahead by plan; NaN unknown
    bool reasoned;     // `reason` says why a zone without history has the level that it has
    struct ramp_reason reason;
};

// The time that a season is seen from: the option's text on the site's clock, or, where it is NULL,
// the end of the newest reading. False, with the reason told, where the text is no time.
[[nodiscard]] bool site_season_issue(const struct site *site, const struct engine *engine,
                                     const char *text, int64_t *ret);

struct site_season_request {
    const struct config *config;
    const struct engine_job *inputs; // engine_gather(); as of its issue
    int64_t first_day, last_day;     // of the season
    const struct site_scenario *scenario;
    size_t n_paths;
    uint64_t seed;
};

struct site_season {
    int64_t issue, first_day, last_day;
    size_t n_nodes; // zones first, then groups, the whole last: season_peaks() in this order
    struct site_node *nodes;
    struct seasons seasons;
    // What it was made of, kept as long as it is.
    size_t n_zones, n_supplies, n_sums, n_entries;
    struct series *loads, *temps;
    struct ramp *ramps;
    struct supply *supplies;
    struct entry *entries;
    struct season_sum *sums;
    struct nodes *names; // what the nodes are
};

// Simulates. False without memory, or where the season is over or none of it can be told: the
// reason is logged.
[[nodiscard]] bool site_season_run(const struct site_season_request *request,
                                   struct site_season *ret);
void site_season_done(struct site_season *season);

const struct peaks *site_season_peaks(const struct site_season *season, size_t node);

#endif
