// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/webhook.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool webhook_sink_init(struct config_sink *sink, const struct config_webhook *webhook)
{
    *sink = (struct config_sink){
        .dialect = CONFIG_WEBHOOK,
        .url = webhook->url,
        .token_file = webhook->token_file,
        .batch_lines = 1,
        .timeout_s = webhook->timeout_s,
        .retry_max_s = webhook->retry_max_s,
        .outbox_bytes = webhook->outbox_bytes,
        .outbox_age_s = webhook->outbox_age_s,
    };
    if (asprintf(&sink->name, WEBHOOK_SINK "%s", webhook->name) < 0)
        sink->name = NULL;
    return sink->name;
}

void webhook_sink_done(struct config_sink *sink)
{
    free(sink->name);
    sink->name = NULL;
}

bool webhook_knows_sink(const struct config *config, const char *sink)
{
    const size_t prefix = strlen(WEBHOOK_SINK);
    for (size_t i = 0; i < config->n_sinks; i++)
        if (!strcmp(config->sinks[i].name, sink))
            return true;
    for (size_t i = 0; i < config->n_webhooks && !strncmp(sink, WEBHOOK_SINK, prefix); i++)
        if (!strcmp(config->webhooks[i].name, sink + prefix))
            return true;
    return false;
}
