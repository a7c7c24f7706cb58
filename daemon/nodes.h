// SPDX-License-Identifier: GPL-3.0-or-later
// What a site is told by: its zones, each parent together with its expansions, and the whole. From
// the configuration alone.
#ifndef PHUTAI_DAEMON_NODES_H
#define PHUTAI_DAEMON_NODES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/config.h"

enum nodes_kind { NODES_ZONE, NODES_GROUP, NODES_WHOLE };

struct node {
    const char *id;   // of a zone; "quang-chau-all" of a parent with its expansions; "total"
    const char *name; // that people read
    enum nodes_kind kind;
    size_t zone;           // of a zone, or the parent of a group; SIZE_MAX of the whole
    size_t n_members;      // zones that it is the sum of: of a zone, itself
    const size_t *members; // ascending
};

struct nodes {
    size_t n, n_zones;
    struct node *nodes; // the zones in the order of the configuration, then the groups, then the
                        // whole
    size_t *members;    // of all of them
    char **texts;       // likewise
};

// There is no whole of a single zone, and no sum whose id a zone has. NULL without memory.
struct nodes *nodes_new(const struct config *config);
// The same with the whole at the end in any case.
struct nodes *nodes_new_with_whole(const struct config *config);
void nodes_free(struct nodes *nodes);

// The node of that id, nodes->n for none.
size_t nodes_find(const struct nodes *nodes, const char *id);

// What the members have together, zone_mw[zone] each. One that has none (NaN) makes the sum NaN,
// unless it has no load either; `loaded` by zone, NULL: all have.
double nodes_sum_mw(const struct node *node, const double zone_mw[], const bool loaded[]);

// Firm capacity of a node on a civil day by plan, MW; NaN where it is not known, by the same rule.
double nodes_firm_mw(const struct config *config, const struct node *node, const bool loaded[],
                     int64_t day);

#endif
