// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/influx.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "daemon/gzip.h"

enum { URL_MAX = 8192, BODY_MAX = 1 << 30, METRICS_MAX = 4 << 20 };

// A URL is configured with or without a slash at its end.
static void put_base(struct buffer *url, const struct config_sink *config, const char *path)
{
    size_t length = strlen(config->url);
    while (length && config->url[length - 1] == '/')
        length--;
    buffer_append(url, config->url, length);
    buffer_text(url, path);
}

static void put_parameter(struct buffer *url, char separator, const char *key, const char *value)
{
    if (!value)
        return;
    buffer_printf(url, "%c%s=", separator, key);
    http_escape(url, value);
}

void influx_ping_url(const struct config_sink *config, struct buffer *url)
{
    put_base(url, config, "/ping");
}

void influx_metrics_url(const struct config_sink *config, struct buffer *url)
{
    put_base(url, config, "/metrics");
}

static void put_write_url(struct buffer *url, const struct config_sink *config)
{
    switch (config->dialect) {
    case CONFIG_INFLUXDB1:
    case CONFIG_VICTORIAMETRICS:
        put_base(url, config, "/write?precision=ns");
        put_parameter(url, '&', "db", config->database);
        break;
    case CONFIG_INFLUXDB2:
        put_base(url, config, "/api/v2/write?precision=ns");
        put_parameter(url, '&', "org", config->org);
        put_parameter(url, '&', "bucket", config->bucket);
        break;
    case CONFIG_INFLUXDB3:
        put_base(url, config, "/api/v3/write_lp?precision=nanosecond");
        put_parameter(url, '&', "db", config->database);
        break;
    case CONFIG_WEBHOOK:
        buffer_text(url, config->url);
        break;
    }
}

// The word before a token. InfluxDB 1 from 1.8 on takes that of InfluxDB 2.
static const char *scheme(enum config_dialect dialect)
{
    return dialect == CONFIG_INFLUXDB1 || dialect == CONFIG_INFLUXDB2 ? "Token" : "Bearer";
}

bool influx_credentials_read(const struct config_sink *config, struct credentials *ret,
                             char ret_error[static 256])
{
    const struct credentials_config credentials = {
        .scheme = scheme(config->dialect),
        .token_file = config->token_file,
        .username = config->username,
        .password_file = config->password_file,
    };
    return credentials_read(&credentials, ret, ret_error);
}

// One request and the secrets that go with it, for the time that it takes to start it.
struct request {
    bool get;
    struct http_call call;
    struct buffer url, body;
    struct credentials credentials;
};

static struct http_exchange *start(struct request *request, const struct influx_call *call,
                                   char error[static 256])
{
    struct http_exchange *exchange = NULL;
    request->call.timeout_s = call->config->timeout_s;
    request->call.answer = call->answer;
    request->call.context = call->context;
    if (influx_credentials_read(call->config, &request->credentials, error)) {
        credentials_add(&request->credentials, &request->call);
        request->call.url = request->url.data;
        if (!request->url.failed && !request->body.failed)
            exchange = request->get
                           ? http_client_get(call->client, &request->call)
                           : http_client_post(call->client, &request->call, &request->body);
        if (!exchange)
            snprintf(error, 256, "cannot send to '%.150s': out of memory, or no address",
                     call->config->url);
    }
    buffer_done(&request->url);
    buffer_done(&request->body);
    credentials_wipe(&request->credentials);
    return exchange;
}

// Not every receiver of webhooks unpacks what it is sent.
static void put_body(struct request *request, bool packed, const char *lines, size_t length)
{
    const char **headers = request->call.headers;
    if (packed) {
        headers[0] = "Content-Encoding: gzip";
        headers[1] = "Content-Type: text/plain; charset=utf-8";
        // A failure stays in the buffer and is seen at the start.
        (void)!gzip_deflate(&request->body, lines, length);
    } else {
        headers[0] = "Content-Type: application/json";
        buffer_append(&request->body, lines, length);
    }
}

struct http_exchange *influx_write(const struct influx_call *call, const char *lines, size_t length,
                                   char ret_error[static 256])
{
    struct request request = {0};
    buffer_init(&request.url, URL_MAX);
    buffer_init(&request.body, BODY_MAX);
    put_write_url(&request.url, call->config);
    put_body(&request, call->config->dialect != CONFIG_WEBHOOK, lines, length);
    return start(&request, call, ret_error);
}

static void put_statement(struct buffer *body, const char *database)
{
    http_escape(body, "CREATE DATABASE \"");
    for (const char *c = database; *c; c++) {
        if (*c == '"' || *c == '\\')
            http_escape(body, "\\");
        http_escape(body, (char[2]){*c, '\0'});
    }
    http_escape(body, "\"");
}

struct http_exchange *influx_create_database(const struct influx_call *call,
                                             char ret_error[static 256])
{
    struct request request = {0};
    buffer_init(&request.url, URL_MAX);
    buffer_init(&request.body, URL_MAX);
    put_base(&request.url, call->config, "/query");
    buffer_text(&request.body, "q=");
    put_statement(&request.body, call->config->database);
    return start(&request, call, ret_error);
}

struct http_exchange *influx_metrics(const struct influx_call *call, char ret_error[static 256])
{
    struct request request = {.get = true, .call.answer_max = METRICS_MAX};
    buffer_init(&request.url, URL_MAX);
    buffer_init(&request.body, 0);
    influx_metrics_url(call->config, &request.url);
    return start(&request, call, ret_error);
}
