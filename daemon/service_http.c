// SPDX-License-Identifier: GPL-3.0-or-later
// What the daemon answers over HTTP.
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "config/text.h"
#include "daemon/access.h"
#include "daemon/api.h"
#include "daemon/service_internal.h"

static void admit_write(void *context, struct http_request *request, struct http_reply *reply)
{
    struct service *service = context;
    receiver_admit(service->parts.receiver, request, reply);
}

static void handle_write(void *context, struct http_request *request, struct http_reply *reply)
{
    struct service *service = context;
    receiver_write(service->parts.receiver, service_now(service), request, reply);
}

static void handle_ping(void *context, struct http_request *request, struct http_reply *reply)
{
    (void)context, (void)request;
    reply->status = 204;
}

// As InfluxDB 2 answers, for its clients.
static void handle_health(void *context, struct http_request *request, struct http_reply *reply)
{
    (void)context, (void)request;
    reply->status = 200;
    reply->type = "application/json";
    buffer_text(&reply->body, "{\"name\":\"phutai\",\"message\":\"ready for writes\","
                              "\"status\":\"pass\",\"checks\":[]}\n");
}

// Clients of InfluxDB 1 make their database before they write. There is nothing to make, and
// nothing to be asked.
static void handle_query(void *context, struct http_request *request, struct http_reply *reply)
{
    (void)context;
    const char *query = http_request_query(request, "q");
    bool create = query && !strncasecmp(query, "CREATE DATABASE", strlen("CREATE DATABASE"));
    // In the body of a form, a blank is + or %20.
    create = create || !strncasecmp(request->body, "q=CREATE", strlen("q=CREATE"));
    if (!create) {
        http_reply_error(reply, 400,
                         "this is no database: only CREATE DATABASE is answered, for "
                         "clients that insist");
        return;
    }
    reply->status = 200;
    reply->type = "application/json";
    buffer_text(&reply->body, "{\"results\":[{\"statement_id\":0}]}\n");
}

static json_t *time_json(int64_t instant)
{
    char text[TEXT_TIME_LEN];
    if (!instant)
        return json_null();
    text_write_time(instant, 0, text);
    return json_string(text);
}

static json_t *zones_json(const struct engine *engine)
{
    json_t *zones = json_array();
    for (size_t i = 0; i < engine_zones(engine); i++) {
        struct engine_zone_state zone = engine_zone(engine, i);
        json_t *one =
            json_pack("{s:s, s:o, s:o, s:s, s:I, s:I}", "id", zone.id, "newest_reading",
                      time_json(zone.newest_reading), "forecast_issue", time_json(zone.issue),
                      "model", zone.model, "incomplete", (json_int_t)zone.incomplete,
                      "silent_meters", (json_int_t)zone.silent_meters);
        if (json_array_append_new(zones, one))
            break;
    }
    return zones;
}

static json_t *outbox_json(const struct service *service)
{
    struct metrics_sink sinks[METRICS_SINKS_MAX];
    json_t *outbox = json_array();
    service_outbox(service, sinks);
    for (size_t i = 0; i < service->parts.n_sinks; i++) {
        json_t *one = json_pack(
            "{s:s, s:I, s:o, s:I, s:b}", "sink", sinks[i].name, "batches",
            (json_int_t)sinks[i].outbox.batches, "oldest", time_json(sinks[i].outbox.oldest),
            "rejected", (json_int_t)sinks[i].outbox.rejected, "troubled", sinks[i].counts.troubled);
        if (json_array_append_new(outbox, one))
            break;
    }
    return outbox;
}

static int64_t newest_reading(const struct engine *engine)
{
    int64_t newest = 0;
    for (size_t i = 0; i < engine_zones(engine); i++)
        if (engine_zone(engine, i).newest_reading > newest)
            newest = engine_zone(engine, i).newest_reading;
    return newest;
}

static void handle_healthz(void *context, struct http_request *request, struct http_reply *reply)
{
    (void)request;
    const struct service *service = context;
    const struct engine *engine = service->parts.engine;
    const char *trouble = service_trouble(service);
    json_t *health =
        json_pack("{s:s, s:s?, s:o, s:o, s:o}", "status", trouble ? "unwell" : "ok", "reason",
                  trouble, "newest_reading", time_json(newest_reading(engine)), "zones",
                  zones_json(engine), "outbox", outbox_json(service));
    char *text = json_dumps(health, JSON_COMPACT);
    buffer_text(&reply->body, text ? text : "{}");
    buffer_text(&reply->body, "\n");
    reply->type = "application/json";
    reply->status = trouble ? 503 : 200;
    free(text);
    json_decref(health);
}

static void handle_metrics(void *context, struct http_request *request, struct http_reply *reply)
{
    (void)request;
    const struct service *service = context;
    struct metrics_page page = {.counted = &service->metrics,
                                .engine = service->parts.engine,
                                .server = service->server,
                                .n_sinks = service->parts.n_sinks,
                                .now = service_now(service),
                                .n_weather = service->parts.config->n_weather};
    service_outbox(service, page.sinks);
    page.n_sources = sources_count(service->parts.sources);
    for (size_t i = 0; i < page.n_sources; i++)
        page.sources[i] = sources_state(service->parts.sources, i);
    for (size_t i = 0; i < page.n_weather; i++)
        page.weather[i] =
            (struct metrics_weather){.station = service->parts.config->weather[i].name,
                                     .run = sources_weather_run(service->parts.sources, i)};
    metrics_print(&reply->body, &page);
    reply->type = "text/plain; version=0.0.4; charset=utf-8";
    reply->status = 200;
}

// The one door of the API: whoever may read.
static void admit_api(void *context, struct http_request *request, struct http_reply *reply)
{
    const struct service *service = context;
    char name[ACCESS_NAME_LEN];
    (void)!access_admit(service->access, request, service_now(service), ACCESS_READER, reply, name);
}

static void handle_api(void *context, struct http_request *request, struct http_reply *reply)
{
    struct service *service = context;
    const struct engine *engine = service->parts.engine;
    struct alerts_zone *zones = calloc(engine_zones(engine) + 1, sizeof *zones);
    if (!zones) {
        http_reply_error(reply, 503, "out of memory");
        return;
    }
    service_describe_zones(service, zones);
    const struct api_site site = {.config = service->parts.config,
                                  .store = service->store,
                                  .clock = engine_clock(engine),
                                  .now = service_present(service),
                                  .zones = zones};
    const struct api_query query = {.path = request->path + strlen(API_PREFIX),
                                    .from = http_request_query(request, "from"),
                                    .to = http_request_query(request, "to"),
                                    .issue = http_request_query(request, "issue"),
                                    .day = http_request_query(request, "day"),
                                    .format = http_request_query(request, "format"),
                                    .accept = http_request_header(request, "Accept")};
    api_answer(&site, &query, reply);
    free(zones);
}

const struct http_route service_routes[] = {
    {"/write", "POST", handle_write, admit_write},
    {"/api/v2/write", "POST", handle_write, admit_write},
    {"/query", "POST", handle_query, admit_write},
    {"/ping", "GET", handle_ping, NULL},
    {"/health", "GET", handle_health, NULL},
    {"/healthz", "GET", handle_healthz, NULL},
    {"/metrics", "GET", handle_metrics, NULL},
    {API_PREFIX, "GET", handle_api, admit_api},
};
const size_t service_n_routes = sizeof service_routes / sizeof *service_routes;
