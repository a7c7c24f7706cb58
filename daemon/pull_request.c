// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/pull_request.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "daemon/http_client.h"

enum { QUERY_MAX = 16384, CHUNK_ROWS = 5000, MS = 1000 };

static const char *or_else(const char *text, const char *fallback)
{
    return text ? text : fallback;
}

static const char *measurement_of(const struct pull_request *request)
{
    const char *fallback = request->pull->kind == CONFIG_PULL_LOAD
                               ? request->config->intake.load_measurement
                               : request->config->intake.weather_measurement;
    return or_else(request->pull->measurement, fallback);
}

// As the configuration gives it for this source, or NULL.
static const char *own_field(const struct pull_request *request, enum pull_column column)
{
    if (request->pull->kind == CONFIG_PULL_LOAD)
        return column == PULL_VALUE ? request->pull->field : NULL;
    return column == PULL_VALUE ? request->pull->temp_field : request->pull->humidity_field;
}

// NULL where the kind has no such column.
static const char *field_of(const struct pull_request *request, enum pull_column column)
{
    const struct config *config = request->config;
    if (request->pull->kind == CONFIG_PULL_LOAD)
        return column == PULL_VALUE ? or_else(request->pull->field, config->intake.load_field)
                                    : NULL;
    return or_else(own_field(request, column), column == PULL_VALUE
                                                   ? config->intake.temp_field
                                                   : config->intake.humidity_field);
}

static const char *name_tag_of(const struct pull_request *request)
{
    return request->pull->kind == CONFIG_PULL_LOAD
               ? or_else(request->pull->zone_tag, request->config->intake.zone_tag)
               : or_else(request->pull->station_tag, request->config->intake.station_tag);
}

struct pull_names pull_request_names(const struct pull_request *request, struct pull_metrics *ret)
{
    struct pull_names names = {
        .name_tag = name_tag_of(request),
        .meter_tag = or_else(request->pull->meter_tag, request->config->intake.meter_tag)};
    for (enum pull_column column = 0; column < PULL_COLUMNS; column++) {
        const char *field = field_of(request, column);
        if (!field)
            continue;
        if (own_field(request, column) && !request->pull->measurement)
            snprintf(ret->text[column], PULL_METRIC_LEN, "%s", field);
        else
            snprintf(ret->text[column], PULL_METRIC_LEN, "%s_%s", measurement_of(request), field);
        names.metric[column] = ret->text[column];
    }
    return names;
}

int64_t pull_request_shift_ms(const struct pull_request *request)
{
    const bool mean = request->pull->aggregate == CONFIG_PULL_MEAN;
    if (request->pull->stamps == CONFIG_STAMPS_START || request->pull->kind == CONFIG_PULL_WEATHER)
        return 0;
    // A sample stamped with the very end of an interval is its last one.
    return mean ? 1 : MS * request->config->site.step_s;
}

// In the quotes of an identifier of InfluxQL, or of a string of MetricsQL.
static void put_quoted(struct buffer *query, const char *text)
{
    buffer_text(query, "\"");
    for (const char *c = text; *c; c++)
        if (*c == '\n')
            buffer_text(query, "\\n");
        else
            buffer_printf(query, "%s%c", *c == '"' || *c == '\\' ? "\\" : "", *c);
    buffer_text(query, "\"");
}

static void put_column(const struct pull_request *request, enum pull_column column,
                       const char *function, const char *as, struct buffer *query)
{
    const char *field = field_of(request, column);
    if (!field)
        return;
    buffer_printf(query, "%s%s", column == PULL_VALUE ? "" : ", ", function);
    buffer_text(query, *function ? "(" : "");
    put_quoted(query, field);
    buffer_printf(query, "%s AS %s", *function ? ")" : "", as);
}

static void put_select(const struct pull_request *request, struct buffer *query)
{
    const bool mean = request->pull->aggregate == CONFIG_PULL_MEAN;
    buffer_text(query, "SELECT ");
    put_column(request, PULL_VALUE, mean ? "mean" : "", "\"value\"", query);
    put_column(request, PULL_HUMIDITY, mean ? "mean" : "", "\"humidity\"", query);
    if (mean) {
        buffer_text(query, ", ");
        put_column(request, PULL_VALUE, "count", "\"samples\"", query);
    }
    buffer_text(query, " FROM ");
    if (request->pull->retention_policy) {
        put_quoted(query, request->pull->retention_policy);
        buffer_text(query, ".");
    }
    put_quoted(query, measurement_of(request));
}

// GROUP BY *, so that series are told apart by all their tags.
static void put_query(const struct pull_request *request, struct pull_window window,
                      struct buffer *query)
{
    const int64_t shift_ms = pull_request_shift_ms(request);
    put_select(request, query);
    buffer_printf(query, " WHERE time >= %" PRId64 "ms AND time < %" PRId64 "ms",
                  MS * window.from + shift_ms, MS * window.to + shift_ms);
    if (request->pull->filter)
        buffer_printf(query, " AND (%s)", request->pull->filter);
    buffer_text(query, " GROUP BY *");
    if (request->pull->aggregate == CONFIG_PULL_MEAN)
        buffer_printf(query, ", time(%" PRId64 "s, %" PRId64 "ms) fill(none)",
                      request->config->site.step_s, shift_ms);
}

// The metrics' names may be anything; label matchers stand behind them.
static void put_match(const struct pull_request *request, struct buffer *query)
{
    struct pull_metrics metrics;
    const struct pull_names names = pull_request_names(request, &metrics);
    struct buffer any;
    buffer_init(&any, QUERY_MAX);
    for (enum pull_column column = 0; column < PULL_COLUMNS; column++)
        for (const char *c = names.metric[column]; c && *c; c++) {
            if (c == names.metric[column] && column != PULL_VALUE)
                buffer_text(&any, "|");
            buffer_printf(&any, "%s%c", strchr(".^$*+?()[]{}|\\", *c) ? "\\" : "", *c);
        }
    buffer_text(query, names.metric[PULL_HUMIDITY] ? "{__name__=~" : "{__name__=");
    if (any.failed)
        query->failed = true;
    else
        put_quoted(query, names.metric[PULL_HUMIDITY] ? any.data : names.metric[PULL_VALUE]);
    buffer_done(&any);
    if (request->pull->database) {
        buffer_text(query, ",db=");
        put_quoted(query, request->pull->database);
    }
    if (request->pull->filter)
        buffer_printf(query, ",%s", request->pull->filter);
    buffer_text(query, "}");
}

// A URL is configured with or without a slash at its end.
static void put_base(const struct pull_request *request, const char *path, struct buffer *url)
{
    size_t length = strlen(request->pull->url);
    while (length && request->pull->url[length - 1] == '/')
        length--;
    buffer_append(url, request->pull->url, length);
    buffer_text(url, path);
}

static void put_escaped(struct buffer *url, const struct buffer *query)
{
    url->failed |= query->failed;
    if (!query->failed)
        http_escape(url, query->data);
}

static void put_influx(const struct pull_request *request, struct pull_window window,
                       struct buffer *query, struct buffer *url)
{
    put_query(request, window, query);
    put_base(request, "/query?chunked=true&epoch=ms", url);
    buffer_printf(url, "&chunk_size=%d&db=", CHUNK_ROWS);
    http_escape(url, request->pull->database);
    buffer_text(url, "&q=");
    put_escaped(url, query);
}

// The end is inclusive there; what lies beyond the window is left out when the answer is read.
static void put_vm(const struct pull_request *request, struct pull_window window,
                   struct buffer *query, struct buffer *url)
{
    const int64_t shift_s = (pull_request_shift_ms(request) + MS - 1) / MS;
    put_match(request, query);
    put_base(request, "/api/v1/export?match%5B%5D=", url);
    put_escaped(url, query);
    buffer_printf(url, "&start=%" PRId64 "&end=%" PRId64 "&max_rows_per_line=%d", window.from,
                  window.to + shift_s, CHUNK_ROWS);
}

void pull_request_url(const struct pull_request *request, struct pull_window window,
                      struct buffer *url)
{
    struct buffer query;
    buffer_init(&query, QUERY_MAX);
    if (request->pull->dialect == CONFIG_PULL_INFLUXDB1)
        put_influx(request, window, &query, url);
    else
        put_vm(request, window, &query, url);
    buffer_done(&query);
}
