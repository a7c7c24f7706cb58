// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/receiver.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/intake.h"
#include "daemon/log.h"
#include "daemon/origin.h"
#include "daemon/tokens.h"

enum {
    // Refused lines are told to the sender each time, to the log no more often than this.
    TELL_S = 60,
    RETRY_AFTER_S = 10
};

struct receiver {
    struct receiver_setup setup;
    struct intake_rules *rules;
    struct tokens *tokens; // NULL: anyone may write
    char trouble[256];
    int64_t told; // when refused lines were last logged
    int64_t untold;
    struct intake_report report; // too large for the stack
};

// What the body of one POST put into the store, to be told to the engine once it is durable.
struct batch {
    struct receiver *receiver;
    bool begun, no_memory;
    size_t n_readings, max_readings, n_weather, max_weather;
    struct store_reading *readings;
    struct store_weather *weather;
    int64_t same_readings, changed_readings, same_weather, changed_weather;
};

struct receiver *receiver_new(const struct receiver_setup *setup, char ret_error[static 256])
{
    struct receiver *receiver = calloc(1, sizeof *receiver);
    snprintf(ret_error, 256, "out of memory");
    if (!receiver)
        return NULL;
    receiver->setup = *setup;
    receiver->rules = intake_rules_new(setup->config);
    const char *path = setup->config->intake.token_file;
    if (path)
        receiver->tokens = tokens_read(path, ret_error);
    if (receiver->rules && (!path || receiver->tokens))
        return receiver;
    receiver_free(receiver);
    return NULL;
}

void receiver_free(struct receiver *receiver)
{
    if (!receiver)
        return;
    intake_rules_free(receiver->rules);
    tokens_free(receiver->tokens);
    free(receiver);
}

const char *receiver_trouble(const struct receiver *receiver)
{
    return receiver->trouble;
}

static bool password_matches(const struct tokens *tokens, const struct http_request *request)
{
    char *password = http_request_password(request);
    bool matches = tokens_match(tokens, password);
    if (password)
        explicit_bzero(password, strlen(password));
    free(password);
    return matches;
}

// As InfluxDB's clients send it: a header with the token, basic authentication with the token for a
// password, or the parameter p of version 1.
static bool may_write(const struct tokens *tokens, const struct http_request *request)
{
    const char *header = tokens_in_header(http_request_header(request, "Authorization"));
    return tokens_match(tokens, header) || password_matches(tokens, request) ||
           tokens_match(tokens, http_request_query(request, "p"));
}

void receiver_admit(struct receiver *receiver, struct http_request *request,
                    struct http_reply *reply)
{
    if (!receiver->tokens || may_write(receiver->tokens, request))
        return;
    receiver->setup.metrics->unauthorized++;
    reply->challenge = "Token";
    http_reply_error(reply, 401,
                     "unauthorized: send one of the tokens of [intake] token_file as "
                     "'Authorization: Token ...'");
}

// Makes room for one more. The old list stays valid where it fails.
static bool grow(void **list, size_t n, size_t *max, size_t size)
{
    if (n < *max)
        return true;
    size_t wanted = *max ? 2 * *max : 256;
    void *grown = realloc(*list, wanted * size);
    if (!grown)
        return false;
    *list = grown;
    *max = wanted;
    return true;
}

static bool begin_once(struct batch *batch)
{
    if (!batch->begun)
        batch->begun = store_begin(batch->receiver->setup.store);
    return batch->begun;
}

static bool take_reading(void *context, const struct store_reading *reading)
{
    struct batch *batch = context;
    void *list = batch->readings;
    batch->no_memory = !grow(&list, batch->n_readings, &batch->max_readings, sizeof *reading);
    batch->readings = list;
    if (batch->no_memory || !begin_once(batch))
        return false;
    enum store_put put = store_put_reading(batch->receiver->setup.store, reading->zone,
                                           reading->meter, reading->instant, reading->mw);
    if (put == STORE_NEW || put == STORE_CHANGED)
        batch->readings[batch->n_readings++] = *reading;
    batch->same_readings += put == STORE_SAME;
    batch->changed_readings += put == STORE_CHANGED;
    return put != STORE_FAILED;
}

static bool take_weather(void *context, const struct store_weather *weather)
{
    struct batch *batch = context;
    void *list = batch->weather;
    batch->no_memory = !grow(&list, batch->n_weather, &batch->max_weather, sizeof *weather);
    batch->weather = list;
    if (batch->no_memory || !begin_once(batch))
        return false;
    enum store_put put =
        store_put_weather(batch->receiver->setup.store, weather->station, weather->instant,
                          weather->temp_c, weather->humidity_pct);
    if (put == STORE_NEW || put == STORE_CHANGED)
        batch->weather[batch->n_weather++] = *weather;
    batch->same_weather += put == STORE_SAME;
    batch->changed_weather += put == STORE_CHANGED;
    return put != STORE_FAILED;
}

static bool take_entry(void *context, const struct store_entry *entry)
{
    struct batch *batch = context;
    int64_t id;
    return begin_once(batch) &&
           store_put_entry(batch->receiver->setup.store, entry, &id) != STORE_FAILED;
}

static void count(struct receiver *receiver, const struct batch *batch)
{
    struct metrics *metrics = receiver->setup.metrics;
    const struct intake_report *report = &receiver->report;
    metrics->readings += (int64_t)report->readings;
    metrics->readings_moved += (int64_t)report->moved;
    metrics->readings_same += batch->same_readings;
    metrics->readings_changed += batch->changed_readings;
    metrics->stored_readings += (int64_t)batch->n_readings - batch->changed_readings;
    metrics->weather += (int64_t)report->weather;
    metrics->entries += (int64_t)report->entries;
    metrics->weather_same += batch->same_weather;
    metrics->weather_changed += batch->changed_weather;
    metrics->stored_weather += (int64_t)batch->n_weather - batch->changed_weather;
    for (size_t i = 0; i < INTAKE_CAUSES; i++)
        metrics->refused[i] += (int64_t)report->causes[i];
}

static void tell_refused(struct receiver *receiver, int64_t now)
{
    const struct intake_report *report = &receiver->report;
    receiver->untold += (int64_t)report->refused;
    if (!report->n_verdicts || (now >= receiver->told && now - receiver->told < TELL_S))
        return;
    log_warning("intake: %lld lines refused, the others are taken; line %lu of this request: %s",
                (long long)receiver->untold, report->verdicts[0].line, report->verdicts[0].reason);
    receiver->told = now;
    receiver->untold = 0;
}

static void tell_engine(struct receiver *receiver, const struct batch *batch)
{
    for (size_t i = 0; i < batch->n_weather; i++)
        engine_take_weather(receiver->setup.engine, &batch->weather[i]);
    for (size_t i = 0; i < batch->n_readings; i++)
        engine_take_reading(receiver->setup.engine, &batch->readings[i]);
}

static void fail_store(struct receiver *receiver, const struct batch *batch,
                       struct http_reply *reply)
{
    const char *reason = batch->no_memory ? "out of memory" : store_error(receiver->setup.store);
    if (!*receiver->trouble)
        log_error("intake: %s: readings are refused with 503 and must be sent again", reason);
    snprintf(receiver->trouble, sizeof receiver->trouble, "%s", reason);
    receiver->setup.metrics->store_failures++;
    reply->retry_after_s = RETRY_AFTER_S;
    http_reply_error(reply, 503, "nothing was taken, send it again: %s", reason);
}

static void end_trouble(struct receiver *receiver)
{
    if (*receiver->trouble)
        log_notice("intake: the store takes readings again");
    *receiver->trouble = '\0';
}

// Told once: every line would say the same.
static bool mark_simulated(struct receiver *receiver)
{
    bool known = false;
    if (!store_simulated(receiver->setup.store, &known))
        return false;
    if (!known)
        log_warning("intake: readings come that say " ORIGIN_WORDS "; the store is marked so");
    return known || store_mark_simulated(receiver->setup.store);
}

static void take_body(struct receiver *receiver, const struct intake_body *body,
                      struct http_reply *reply)
{
    struct batch batch = {.receiver = receiver};
    const struct intake_sink sink = {take_reading, take_weather, take_entry, &batch};
    bool taken = intake_parse(receiver->rules, body, &sink, &receiver->report);
    if (taken && batch.begun && receiver->report.simulated)
        taken = mark_simulated(receiver);
    if (taken && batch.begun)
        taken = store_commit(receiver->setup.store);
    if (taken) {
        if (batch.begun)
            end_trouble(receiver);
        count(receiver, &batch);
        tell_engine(receiver, &batch);
        tell_refused(receiver, body->now);
        reply->type = "application/json";
        reply->status = intake_reply(&receiver->report, &reply->body);
    } else {
        fail_store(receiver, &batch, reply);
        if (batch.begun)
            store_rollback(receiver->setup.store);
    }
    free(batch.readings);
    free(batch.weather);
}

void receiver_write(struct receiver *receiver, int64_t now, struct http_request *request,
                    struct http_reply *reply)
{
    struct intake_body body = {.data = request->body, .length = request->length, .now = now};
    const char *precision = http_request_query(request, "precision");
    if (intake_precision(precision, &body.ns_per_tick))
        take_body(receiver, &body, reply);
    else
        http_reply_error(reply, 400,
                         "precision '%.40s' is unknown, nothing was taken: use ns, us, ms or s",
                         precision);
}
