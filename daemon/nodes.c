// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/nodes.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_child(const struct config *config, size_t zone, size_t parent)
{
    const char *id = config->zones[zone].parent;
    return id && !strcmp(id, config->zones[parent].id);
}

static bool is_parent(const struct config *config, size_t zone)
{
    for (size_t k = 0; k < config->n_zones; k++)
        if (is_child(config, k, zone))
            return true;
    return false;
}

// Adds a node with a text of its own for its id and for its name.
static bool add(struct nodes *nodes, const struct config *config, struct node node, char *id,
                char *name)
{
    char **texts = nodes->texts + 2 * nodes->n;
    size_t *members = nodes->members + nodes->n * config->n_zones;
    texts[0] = id;
    texts[1] = name;
    for (size_t z = 0; z < config->n_zones; z++)
        if (node.kind == NODES_WHOLE || z == node.zone ||
            (node.kind == NODES_GROUP && is_child(config, z, node.zone)))
            members[node.n_members++] = z;
    node.id = id;
    node.name = name;
    node.members = members;
    nodes->nodes[nodes->n++] = node;
    return id && name;
}

static char *joined(const char *text, const char *more)
{
    char *both = NULL;
    return asprintf(&both, "%s%s", text, more) < 0 ? NULL : both;
}

static bool fill(struct nodes *nodes, const struct config *config, bool whole)
{
    bool fine = true;
    for (size_t z = 0; fine && z < config->n_zones; z++)
        fine = add(nodes, config, (struct node){.kind = NODES_ZONE, .zone = z},
                   joined(config->zones[z].id, ""), joined(config->zones[z].name, ""));
    nodes->n_zones = nodes->n;
    for (size_t z = 0; fine && z < config->n_zones; z++) {
        if (!is_parent(config, z))
            continue;
        char *id = joined(config->zones[z].id, "-all");
        if (id && config_zone_find(config, id) != SIZE_MAX)
            free(id);
        else
            fine = add(nodes, config, (struct node){.kind = NODES_GROUP, .zone = z}, id,
                       joined(config->zones[z].name, " + mở rộng"));
    }
    // (No zone may be called "total".)
    if (!fine || (!whole && config->n_zones < 2))
        return fine;
    return add(nodes, config, (struct node){.kind = NODES_WHOLE, .zone = SIZE_MAX},
               joined("total", ""), joined(config->site.name, ""));
}

static struct nodes *make(const struct config *config, bool whole)
{
    struct nodes *nodes = calloc(1, sizeof *nodes);
    size_t most = 2 * config->n_zones + 1;
    if (!nodes)
        return NULL;
    nodes->nodes = calloc(most, sizeof *nodes->nodes);
    nodes->members = calloc(most * config->n_zones + 1, sizeof *nodes->members);
    nodes->texts = calloc(2 * most, sizeof *nodes->texts);
    if (nodes->nodes && nodes->members && nodes->texts && fill(nodes, config, whole))
        return nodes;
    nodes_free(nodes);
    return NULL;
}

struct nodes *nodes_new(const struct config *config)
{
    return make(config, false);
}

struct nodes *nodes_new_with_whole(const struct config *config)
{
    return make(config, true);
}

void nodes_free(struct nodes *nodes)
{
    if (!nodes)
        return;
    for (size_t k = 0; nodes->texts && k < 2 * nodes->n; k++)
        free(nodes->texts[k]);
    free(nodes->nodes);
    free(nodes->members);
    free(nodes->texts);
    free(nodes);
}

size_t nodes_find(const struct nodes *nodes, const char *id)
{
    size_t k = 0;
    while (k < nodes->n && strcmp(nodes->nodes[k].id, id))
        k++;
    return k;
}

// What one member adds to a sum.
static double share(double mw, bool loaded)
{
    return isnan(mw) && !loaded ? 0 : mw;
}

double nodes_sum_mw(const struct node *node, const double zone_mw[], const bool loaded[])
{
    double sum = 0;
    for (size_t k = 0; k < node->n_members; k++)
        sum += share(zone_mw[node->members[k]], !loaded || loaded[node->members[k]]);
    return sum;
}

double nodes_firm_mw(const struct config *config, const struct node *node, const bool loaded[],
                     int64_t day)
{
    double sum = 0;
    for (size_t k = 0; k < node->n_members; k++)
        sum += share(config_firm_mw(config, node->members[k], day),
                     !loaded || loaded[node->members[k]]);
    return sum;
}
