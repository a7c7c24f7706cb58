// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/receiver.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/intake.h"
#include "daemon/log.h"
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
    int64_t told;          // when refused lines were last logged
    int64_t untold;
    struct intake_report report; // too large for the stack
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

static void count(struct receiver *receiver)
{
    struct metrics *metrics = receiver->setup.metrics;
    const struct intake_report *report = &receiver->report;
    metrics->readings_moved += (int64_t)report->moved;
    for (size_t i = 0; i < CHECK_CAUSES; i++)
        metrics->refused[i] += (int64_t)report->causes[i];
}

static void tell_refused(struct receiver *receiver, int64_t now)
{
    const struct intake_report *report = &receiver->report;
    receiver->untold += (int64_t)report->refused;
    if (!report->n_verdicts || (now >= receiver->told && now - receiver->told < TELL_S))
        return;
    log_warning("intake: %lld lines refused, the others are taken; line %lu of this request: %s",
                (long long)receiver->untold, report->verdicts[0].line,
                report->verdicts[0].fault.reason);
    receiver->told = now;
    receiver->untold = 0;
}

static void refuse_all(const char *reason, struct http_reply *reply)
{
    reply->retry_after_s = RETRY_AFTER_S;
    http_reply_error(reply, 503, "nothing was taken, send it again: %s", reason);
}

static void take_body(struct receiver *receiver, const struct intake_body *body,
                      struct http_reply *reply)
{
    struct deposit *deposit = deposit_begin(receiver->setup.deposits);
    const struct intake_sink sink = {deposit_reading, deposit_weather, deposit_entry, deposit};
    if (!deposit) {
        refuse_all("out of memory", reply);
        return;
    }
    // A walk that the deposit ended is one that deposit_end will not keep.
    (void)!intake_parse(receiver->rules, body, &sink, &receiver->report);
    if (receiver->report.simulated)
        deposit_simulated(deposit);
    if (!deposit_end(deposit)) {
        refuse_all(deposits_trouble(receiver->setup.deposits), reply);
        return;
    }
    count(receiver);
    tell_refused(receiver, body->now);
    reply->type = "application/json";
    reply->status = intake_reply(&receiver->report, &reply->body);
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
