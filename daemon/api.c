// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/api.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/text.h"
#include "daemon/api_internal.h"
#include "daemon/origin.h"

struct endpoint {
    const char *path; // of a node, what stands behind its id
    bool of_node;
    bool is_table; // has rows, and so a CSV
    api_answer_fn *answer;
};

static const struct endpoint endpoints[] = {
    {"site", false, false, api_site_answer},
    {"overview", false, false, api_overview_answer},
    {"register", false, true, api_register_answer},
    {"alerts", false, true, api_alerts_answer},
    {"alerts/history", false, true, api_history_answer},
    {"sources", false, true, api_sources_answer},
    {"readings", true, true, api_readings_answer},
    {"forecast", true, true, api_forecast_answer},
    {"peaks", true, true, api_peaks_answer},
    {"vintages", true, true, api_vintages_answer},
    {"scores", true, true, api_scores_answer},
    {"season", true, true, api_season_answer},
};

static const struct endpoint *find_endpoint(const char *path, bool of_node)
{
    for (size_t i = 0; i < sizeof endpoints / sizeof *endpoints; i++)
        if (endpoints[i].of_node == of_node && !strcmp(endpoints[i].path, path))
            return &endpoints[i];
    return NULL;
}

// A "+" that stands in an address as it is comes as a blank.
static void mend_offset(char *text)
{
    enum { BEHIND_THE_DATE = 11 };
    char *blank = strrchr(text, ' ');
    if (blank && blank - text >= BEHIND_THE_DATE)
        *blank = '+';
}

bool api_time(struct api_call *call, const char *name, const char *text, int64_t *ret)
{
    char mended[TEXT_TIME_LEN + 8];
    int64_t local_s;
    int32_t offset_s;
    snprintf(mended, sizeof mended, "%s", text);
    mend_offset(mended);
    if (strlen(text) >= sizeof mended || !text_time(mended, &local_s, &offset_s)) {
        http_reply_error(call->reply, 400,
                         "%s '%s' is not a time such as 2024-05-01 or 2024-05-01T13:30+07:00", name,
                         text);
        return false;
    }
    *ret =
        offset_s == TEXT_NO_OFFSET ? civil_instant(call->site->clock, local_s) : local_s - offset_s;
    return true;
}

bool api_span(struct api_call *call, int64_t days, int64_t days_max, int64_t *ret_from,
              int64_t *ret_to)
{
    const struct api_query *query = call->query;
    if (query->to && !api_time(call, "to", query->to, ret_to))
        return false;
    if (query->from && !api_time(call, "from", query->from, ret_from))
        return false;
    if (!query->to && query->from)
        *ret_to = *ret_from + days * CIVIL_DAY_S;
    else if (!query->to)
        *ret_to = call->site->now + call->site->config->site.step_s;
    if (!query->from)
        *ret_from = *ret_to - days * CIVIL_DAY_S;
    if (*ret_from > *ret_to)
        http_reply_error(call->reply, 400, "from '%s' is later than to '%s'", query->from,
                         query->to);
    else if (*ret_to - *ret_from > days_max * CIVIL_DAY_S)
        http_reply_error(call->reply, 400,
                         "from '%s' to '%s' is more than %lld days: ask for less at once",
                         query->from, query->to, (long long)days_max);
    return !call->reply->status;
}

bool api_day(struct api_call *call, const char *name, const char *text, int64_t *ret)
{
    if (!text || text_date(text, ret))
        return true;
    http_reply_error(call->reply, 400, "%s '%s' is not a day such as 2024-05-01", name, text);
    return false;
}

double api_limit_mw(const struct api_call *call, const struct node *node, int64_t day)
{
    // A zone without load is no part of a sum; of its own, what feeds it is what there is.
    if (node->kind == NODES_ZONE)
        return config_firm_mw(call->site->config, node->zone, day);
    return nodes_firm_mw(call->site->config, node, call->loaded, day);
}

double api_poe_mw(const struct store_season *season, int per_cent)
{
    return season->peak_mw[STORE_SEASON_LEVELS - per_cent];
}

// Whether the answer is CSV. False where the format was refused.
static bool choose_format(struct api_call *call, const struct endpoint *endpoint, bool *ret_csv)
{
    const char *format = call->query->format, *accept = call->query->accept;
    *ret_csv = format && !strcmp(format, "csv");
    if (format && !*ret_csv && strcmp(format, "json") != 0)
        http_reply_error(call->reply, 400, "format '%s' is neither json nor csv", format);
    else if (*ret_csv && !endpoint->is_table)
        http_reply_error(call->reply, 400, "format 'csv': %s is no table, there is json only",
                         call->query->path);
    if (!format && endpoint->is_table && accept)
        *ret_csv = strstr(accept, "text/csv") && !strstr(accept, "application/json");
    return !call->reply->status;
}

// The endpoint of a path; the node that it names is set.
static const struct endpoint *resolve(struct api_call *call)
{
    char id[128];
    int length = 0;
    const char *path = call->query->path;
    if (sscanf(path, "nodes/%127[^/]/%n", id, &length) != 1 || !length) {
        const struct endpoint *plain = find_endpoint(path, false);
        if (!plain)
            http_reply_error(call->reply, 404,
                             "there is nothing at " API_PREFIX "%s: see " API_PREFIX "openapi.json",
                             path);
        return plain;
    }
    const size_t node = nodes_find(call->nodes, id);
    const struct endpoint *endpoint = find_endpoint(path + length, true);
    if (!endpoint)
        http_reply_error(call->reply, 404,
                         "there is nothing at " API_PREFIX "%s: see " API_PREFIX "openapi.json",
                         path);
    else if (node == call->nodes->n)
        http_reply_error(call->reply, 404, "there is no node '%s': see " API_PREFIX "site", id);
    else
        call->node = &call->nodes->nodes[node];
    return call->node ? endpoint : NULL;
}

static void name_file(struct http_reply *reply, const char *path)
{
    snprintf(reply->file, sizeof reply->file, "phutai-%s.csv", path);
    for (char *c = reply->file; *c; c++)
        if (*c == '/')
            *c = '-';
}

// False where the store failed or memory was short.
static bool write_answer(struct api_call *call, const struct endpoint *endpoint, bool csv)
{
    struct http_reply *reply = call->reply;
    reply->type = csv ? "text/csv; charset=utf-8" : "application/json";
    document_begin(&call->document, &reply->body, call->site->clock, csv);
    document_flag(&call->document, "simulated", call->simulated);
    if (call->node)
        document_text(&call->document, "node", call->node->id);
    if (!endpoint->answer(call))
        return false;
    if (reply->status)
        return true;
    document_end(&call->document);
    reply->status = 200;
    if (csv)
        name_file(reply, call->query->path);
    return true;
}

static bool begin(struct api_call *call)
{
    const struct config *config = call->site->config;
    call->today = civil_day(civil_local(call->site->clock, call->site->now));
    call->nodes = nodes_new(config);
    call->loaded = calloc(config->n_zones + 1, sizeof *call->loaded);
    for (size_t z = 0; call->loaded && z < config->n_zones; z++)
        call->loaded[z] = call->site->zones[z].newest;
    return call->nodes && call->loaded && store_simulated(call->site->store, &call->simulated);
}

static bool answer(struct api_call *call)
{
    bool csv;
    if (!begin(call))
        return false;
    call->reply->origin = call->simulated ? ORIGIN_SIMULATED : NULL;
    const struct endpoint *endpoint = resolve(call);
    return !endpoint || !choose_format(call, endpoint, &csv) || write_answer(call, endpoint, csv);
}

void api_answer(const struct api_site *site, const struct api_query *query,
                struct http_reply *reply)
{
    struct api_call call = {.site = site, .query = query, .reply = reply};
    reply->revalidated = true;
    reply->varies = "Accept";
    if (!strcmp(query->path, "openapi.json")) {
        buffer_text(&reply->body, api_openapi);
        reply->type = "application/json";
        reply->status = 200;
        return;
    }
    if (!answer(&call))
        http_reply_error(reply, 503, "the store cannot be read now: %s", store_error(site->store));
    nodes_free(call.nodes);
    free(call.loaded);
}
