// SPDX-License-Identifier: GPL-3.0-or-later
// A webhook as a sink: what it is told waits in the outbox as a database's batches do, and is sent
// in the same order, again and again until it is taken. A batch is one notice, a JSON object in one
// line (alert_json.h), and is posted to the address as it is.
#ifndef PHUTAI_DAEMON_WEBHOOK_H
#define PHUTAI_DAEMON_WEBHOOK_H

#include <stdbool.h>

#include "config/config.h"

// What stands before a webhook's name in that of its sink: "webhook:NAME".
#define WEBHOOK_SINK "webhook:"

// Its texts are those of `webhook`, which must outlive it, but for the name. False without memory.
[[nodiscard]] bool webhook_sink_init(struct config_sink *sink,
                                     const struct config_webhook *webhook);
// Whether a sink of that name is configured, a database or a webhook.
bool webhook_knows_sink(const struct config *config, const char *sink);
void webhook_sink_done(struct config_sink *sink);

#endif
