// SPDX-License-Identifier: GPL-3.0-or-later
// The requests that a database or a webhook is sent, in the dialect and with the credentials that
// are configured. Secrets are read from their files for each request.
#ifndef PHUTAI_DAEMON_INFLUX_H
#define PHUTAI_DAEMON_INFLUX_H

#include <stdbool.h>
#include <stddef.h>

#include "config/config.h"
#include "daemon/credentials.h"
#include "daemon/http_client.h"

struct influx_call {
    struct http_client *client;
    const struct config_sink *config;
    http_answer_fn *answer;
    void *context;
};

// Each request: NULL, with words for the operator, where the request cannot be started: a secret
// cannot be read, or memory is short.

// Line protocol with timestamps in ns, which all databases take, gzipped; a notice for a webhook as
// it stands. The lines are copied.
struct http_exchange *influx_write(const struct influx_call *call, const char *lines, size_t length,
                                   char ret_error[static 256]);

// InfluxDB 1: makes the configured database. What is wrong stands in the body of a 200 too.
struct http_exchange *influx_create_database(const struct influx_call *call,
                                             char ret_error[static 256]);

// The server's own figures, a page of lines "name value" (VictoriaMetrics).
struct http_exchange *influx_metrics(const struct influx_call *call, char ret_error[static 256]);

// The addresses that answer whether the server is there, "URL/ping", and of its figures,
// "URL/metrics"; appended to `url`.
void influx_ping_url(const struct config_sink *config, struct buffer *url);
void influx_metrics_url(const struct config_sink *config, struct buffer *url);

// As configured. False, with words for the operator and without credentials, where a secret cannot
// be read.
[[nodiscard]] bool influx_credentials_read(const struct config_sink *config,
                                           struct credentials *ret, char ret_error[static 256]);

#endif
