// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/webhook.h"

#include <stdio.h>
#include <stdlib.h>

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
