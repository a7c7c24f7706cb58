// SPDX-License-Identifier: GPL-3.0-or-later
// /site: what the site is made of, from the configuration alone.
#include "daemon/api_internal.h"

static const char *kind_name(enum nodes_kind kind)
{
    return kind == NODES_ZONE ? "zone" : kind == NODES_GROUP ? "group" : "total";
}

static void write_members(struct api_call *call, const struct node *node)
{
    struct document *d = &call->document;
    document_array(d, "members");
    for (size_t m = 0; m < node->n_members; m++)
        document_text(d, NULL, call->site->config->zones[node->members[m]].id);
    document_close(d);
}

// The stages of what feeds a zone; of a sum, none of its own.
static void write_capacity(struct api_call *call, const struct node *node)
{
    const struct config *config = call->site->config;
    struct document *d = &call->document;
    document_array(d, "capacity");
    for (size_t k = 0; node->kind == NODES_ZONE && k < config->n_capacities; k++) {
        const struct config_capacity *stage = &config->capacities[k];
        if (stage->zone != node->zone)
            continue;
        document_object(d, NULL);
        document_day(d, "from", stage->from_day);
        document_text(d, "substation", stage->substation);
        document_real(d, "mva", stage->mva);
        document_real(d, "firm_mw", stage->firm_mw);
        document_real(d, "slip_per_month", stage->slip_per_month);
        document_known_text(d, "note", stage->note);
        document_close(d);
    }
    document_close(d);
}

static void write_node(struct api_call *call, const struct node *node)
{
    static const struct config_zone none = {.area_ha = __builtin_nan("")};
    const bool is_zone = node->kind == NODES_ZONE;
    const struct config_zone *zone = is_zone ? &call->site->config->zones[node->zone] : &none;
    struct document *d = &call->document;
    document_object(d, NULL);
    document_text(d, "id", node->id);
    document_text(d, "name", node->name);
    document_text(d, "kind", kind_name(node->kind));
    document_known_text(d, "parent", zone->parent);
    document_known_text(d, "district", zone->district);
    document_real(d, "area_ha", zone->area_ha);
    document_known_text(d, "status", zone->status);
    document_real(d, "firm_mw", api_limit_mw(call, node, call->today));
    write_members(call, node);
    write_capacity(call, node);
    document_close(d);
}

bool api_site_answer(struct api_call *call)
{
    const struct config *config = call->site->config;
    struct document *d = &call->document;
    document_text(d, "name", config->site.name);
    document_text(d, "clock", config->site.clock);
    document_integer(d, "step_s", config->site.step_s);
    document_array(d, "seasons");
    document_object(d, NULL);
    document_text(d, "name", config->season.name);
    document_text(d, "from", config->season.from);
    document_text(d, "to", config->season.to);
    document_integer(d, "every_s", config->season.every_s);
    document_close(d);
    document_close(d);
    document_array(d, "nodes");
    for (size_t k = 0; k < call->nodes->n; k++)
        write_node(call, &call->nodes->nodes[k]);
    document_close(d);
    return true;
}
