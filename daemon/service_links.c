// SPDX-License-Identifier: GPL-3.0-or-later
// What works on the service's loop by itself: sources, databases, webhooks, Alertmanagers.
#include "daemon/service_internal.h"
#include "daemon/webhook.h"

enum { SINK_RETRY_MS = 1000 };

void service_free_links(struct service_parts *parts)
{
    sources_free(parts->sources);
    parts->sources = NULL;
    for (size_t i = 0; i < parts->n_sinks; i++)
        sink_free(parts->sinks[i]);
    parts->n_sinks = 0;
    for (size_t i = 0; i < parts->n_webhooks; i++)
        webhook_sink_done(&parts->webhooks[i]);
    parts->n_webhooks = 0;
    for (size_t i = 0; i < parts->n_alertmanagers; i++)
        alertmanager_free(parts->alertmanagers[i]);
    parts->n_alertmanagers = 0;
}

static bool add_sink(struct service *service, struct service_parts *parts,
                     const struct config_sink *config)
{
    const struct sink_setup setup = {.event = service->event,
                                     .client = service->client,
                                     .store = service->store,
                                     .config = config,
                                     .retry_first_ms = SINK_RETRY_MS};
    struct sink *sink = sink_new(&setup);
    if (sink)
        parts->sinks[parts->n_sinks++] = sink;
    return sink;
}

static bool add_webhook(struct service *service, struct service_parts *parts,
                        const struct config_webhook *config)
{
    struct config_sink *sink = &parts->webhooks[parts->n_webhooks];
    if (!webhook_sink_init(sink, config))
        return false;
    parts->n_webhooks++;
    return add_sink(service, parts, sink);
}

// Two rounds may fail before forecasting counts as dead.
static int64_t alive_until(void *context)
{
    const struct service *service = context;
    const int64_t issue = service_newest_issue(service);
    return issue ? issue + 3 * service->parts.config->forecast.every_s : 0;
}

static bool add_alertmanager(struct service *service, struct service_parts *parts,
                             const struct config_alertmanager *target)
{
    const struct alertmanager_setup setup = {.event = service->event,
                                             .client = service->client,
                                             .store = service->store,
                                             .config = parts->config,
                                             .target = target,
                                             .alive_until = alive_until,
                                             .context = service};
    struct alertmanager *alertmanager = alertmanager_new(&setup);
    if (alertmanager)
        parts->alertmanagers[parts->n_alertmanagers++] = alertmanager;
    return alertmanager;
}

bool service_make_links(struct service *service, struct service_parts *parts)
{
    const struct sources_setup sources = {.config = parts->config,
                                          .event = service->event,
                                          .client = service->client,
                                          .store = service->store,
                                          .deposits = parts->deposits,
                                          .metrics = &service->metrics};
    parts->sources = sources_new(&sources);
    bool fine = parts->sources;
    for (size_t i = 0; fine && i < parts->config->n_sinks; i++)
        fine = add_sink(service, parts, &parts->config->sinks[i]);
    for (size_t i = 0; fine && i < parts->config->n_webhooks; i++)
        fine = add_webhook(service, parts, &parts->config->webhooks[i]);
    for (size_t i = 0; fine && i < parts->config->n_alertmanagers; i++)
        fine = add_alertmanager(service, parts, &parts->config->alertmanagers[i]);
    return fine;
}
