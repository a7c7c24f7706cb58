// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/receiver.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "daemon/intake.h"
#include "daemon/log.h"
#include "daemon/rates.h"
#include "daemon/tokens.h"

enum {
    // Refused lines are told to the sender each time, to the log no more often than this.
    TELL_S = 60,
    RETRY_AFTER_S = 10,
    // The work of a slice; its lines are fitted to that. Far smaller slices would write the same
    // pages of the store again and again.
    SLICE_US = 30000,
    SLICE_LINES_MIN = 2000,
    SLICE_LINES_MAX = 20000,
    // Lines of one request before the next one has its turn.
    TURN_LINES = 2000,
    ACCURACY_US = 1,
};

// A request that waits, or is being taken.
struct posting {
    struct posting *next;
    struct http_request *request;
    struct http_reply *reply;
    struct intake_body body;
    struct intake_walk *walk;
    bool kept_some; // of it is in the store
    struct intake_report report;
};

struct queue {
    struct posting *first, **end;
};

struct receiver {
    struct receiver_setup setup;
    struct intake_rules *rules;
    struct tokens *tokens; // NULL: anyone may write
    struct rates *rates;
    sd_event_source *slice; // due while anything waits
    struct queue waiting;
    size_t slice_lines;
    int64_t told; // when refused lines were last logged
    int64_t untold;
    int64_t told_rate; // when a sender that sends too much was last logged
};

static void push(struct queue *queue, struct posting *posting)
{
    posting->next = NULL;
    *queue->end = posting;
    queue->end = &posting->next;
}

static struct posting *pop(struct queue *queue)
{
    struct posting *posting = queue->first;
    queue->first = posting->next;
    if (!queue->first)
        queue->end = &queue->first;
    return posting;
}

static int on_slice(sd_event_source *source, uint64_t usec, void *context);

static bool make_parts(struct receiver *receiver, char error[static 256])
{
    const struct config *config = receiver->setup.config;
    snprintf(error, 256, "out of memory");
    receiver->rules = intake_rules_new(config);
    receiver->rates = rates_new(config->intake.rate_lines);
    if (!receiver->rules || !receiver->rates ||
        sd_event_add_time_relative(receiver->setup.event, &receiver->slice, CLOCK_MONOTONIC, 0,
                                   ACCURACY_US, on_slice, receiver) < 0)
        return false;
    sd_event_source_set_enabled(receiver->slice, SD_EVENT_OFF);
    if (config->intake.token_file)
        receiver->tokens = tokens_read(config->intake.token_file, error);
    return !config->intake.token_file || receiver->tokens;
}

struct receiver *receiver_new(const struct receiver_setup *setup, char ret_error[static 256])
{
    struct receiver *receiver = calloc(1, sizeof *receiver);
    snprintf(ret_error, 256, "out of memory");
    if (!receiver)
        return NULL;
    receiver->setup = *setup;
    receiver->waiting.end = &receiver->waiting.first;
    receiver->slice_lines = SLICE_LINES_MIN;
    if (make_parts(receiver, ret_error))
        return receiver;
    receiver_free(receiver);
    return NULL;
}

void receiver_free(struct receiver *receiver)
{
    if (!receiver)
        return;
    assert(!receiver->waiting.first);
    sd_event_source_disable_unref(receiver->slice);
    intake_rules_free(receiver->rules);
    tokens_free(receiver->tokens);
    rates_free(receiver->rates);
    free(receiver);
}

// Its number, or -1.
static int find_password(const struct tokens *tokens, const struct http_request *request)
{
    char *password = http_request_password(request);
    const int found = tokens_find(tokens, password);
    if (password)
        explicit_bzero(password, strlen(password));
    free(password);
    return found;
}

// As InfluxDB's clients send it: a header with the token, basic authentication with the token for a
// password, or the parameter p of version 1.
static int find_token(const struct tokens *tokens, const struct http_request *request)
{
    const char *header = tokens_in_header(http_request_header(request, "Authorization"));
    int found = tokens_find(tokens, header);
    if (found < 0)
        found = find_password(tokens, request);
    if (found < 0)
        found = tokens_find(tokens, http_request_query(request, "p"));
    return found;
}

// Who sends: whoever has that token, and where there are none, that address.
static bool name_sender(const struct receiver *receiver, const struct http_request *request,
                        char ret[static RATES_NAME_MAX])
{
    const int token = receiver->tokens ? find_token(receiver->tokens, request) : -1;
    if (receiver->tokens)
        snprintf(ret, RATES_NAME_MAX, "token %d", token + 1);
    else
        http_request_peer(request, RATES_NAME_MAX, ret);
    return !receiver->tokens || token >= 0;
}

static int64_t mono_us(const struct receiver *receiver)
{
    uint64_t us = 0;
    sd_event_now(receiver->setup.event, CLOCK_MONOTONIC, &us);
    return (int64_t)us;
}

static void refuse_rate(struct receiver *receiver, const char *sender, int wait_s,
                        struct http_reply *reply)
{
    const int64_t now = mono_us(receiver) / 1000000;
    const int64_t rate = receiver->setup.config->intake.rate_lines;
    reply->retry_after_s = wait_s;
    http_reply_error(reply, 429,
                     "nothing was taken, send it again after %d s: more than %lld lines a second "
                     "come from %s",
                     wait_s, (long long)rate, sender);
    if (receiver->told_rate && now - receiver->told_rate < TELL_S)
        return;
    log_warning("intake: %s sends more than [intake] rate_lines = %lld allow and is told to wait",
                sender, (long long)rate);
    receiver->told_rate = now;
}

void receiver_admit(struct receiver *receiver, struct http_request *request,
                    struct http_reply *reply)
{
    char sender[RATES_NAME_MAX];
    if (name_sender(receiver, request, sender)) {
        const int wait_s = rates_wait_s(receiver->rates, sender, mono_us(receiver));
        if (wait_s)
            refuse_rate(receiver, sender, wait_s, reply);
        return;
    }
    receiver->setup.metrics->unauthorized++;
    reply->challenge = "Token";
    http_reply_error(reply, 401,
                     "unauthorized: send one of the tokens of [intake] token_file as "
                     "'Authorization: Token ...'");
}

static void free_posting(struct posting *posting)
{
    intake_walk_free(posting->walk);
    free(posting);
}

static void count(struct receiver *receiver, const struct posting *posting)
{
    struct metrics *metrics = receiver->setup.metrics;
    char sender[RATES_NAME_MAX];
    metrics->readings_moved += (int64_t)posting->report.moved;
    for (size_t i = 0; i < CHECK_CAUSES; i++)
        metrics->refused[i] += (int64_t)posting->report.causes[i];
    (void)name_sender(receiver, posting->request, sender);
    rates_count(receiver->rates, sender, mono_us(receiver), intake_walk_lines(posting->walk));
}

static void tell_refused(struct receiver *receiver, const struct posting *posting)
{
    const struct intake_report *report = &posting->report;
    const int64_t now = posting->body.now;
    receiver->untold += (int64_t)report->refused;
    if (!report->n_verdicts || (now >= receiver->told && now - receiver->told < TELL_S))
        return;
    log_warning("intake: %lld lines refused, the others are taken; line %lu of this request: %s",
                (long long)receiver->untold, report->verdicts[0].line,
                report->verdicts[0].fault.reason);
    receiver->told = now;
    receiver->untold = 0;
}

static void refuse(bool kept_some, const char *reason, struct http_reply *reply)
{
    reply->retry_after_s = RETRY_AFTER_S;
    http_reply_error(reply, 503, "%s: %s",
                     kept_some ? "a part was taken, send all of it again"
                               : "nothing was taken, send it again",
                     reason);
}

static void answer_good(struct receiver *receiver, struct posting *posting)
{
    struct http_reply *reply = posting->reply;
    count(receiver, posting);
    tell_refused(receiver, posting);
    reply->type = "application/json";
    reply->status = intake_reply(&posting->report, &reply->body);
    http_request_resume(posting->request);
    free_posting(posting);
}

static void answer_bad(struct posting *posting, const char *reason)
{
    refuse(posting->kept_some, reason, posting->reply);
    http_request_resume(posting->request);
    free_posting(posting);
}

// The next lines of one request into the deposit. True where there are no more. *ret_taken: of the
// lines that it might take; all of them where they are long.
static bool take_turn(struct posting *posting, size_t lines, struct deposit *deposit,
                      size_t *ret_taken)
{
    const struct intake_sink sink = {deposit_reading, deposit_weather, deposit_entry, deposit};
    const unsigned long before = intake_walk_lines(posting->walk);
    const enum intake_progress progress = intake_walk_on(posting->walk, lines, &sink);
    if (posting->report.simulated)
        deposit_simulated(deposit);
    *ret_taken = progress == INTAKE_MORE ? lines : intake_walk_lines(posting->walk) - before;
    // A walk that the deposit stopped is one that deposit_end will not keep.
    return progress != INTAKE_MORE;
}

// Fills the deposit from those that wait, turn by turn; what has come to its end goes to `done`.
static void fill_slice(struct receiver *receiver, struct deposit *deposit, struct queue *done)
{
    struct queue *waiting = &receiver->waiting;
    size_t left = receiver->slice_lines;
    while (left && waiting->first) {
        struct posting *posting = pop(waiting);
        const size_t turn = left < TURN_LINES ? left : TURN_LINES;
        size_t taken;
        push(take_turn(posting, turn, deposit, &taken) ? done : waiting, posting);
        left -= taken < turn ? taken : turn; // one line may hold newlines
    }
}

static void refuse_all(struct queue *queue, const char *reason)
{
    while (queue->first)
        answer_bad(pop(queue), reason);
}

static void take_slice(struct receiver *receiver)
{
    struct queue done = {.end = &done.first};
    struct deposit *deposit = deposit_begin(receiver->setup.deposits);
    if (!deposit) {
        refuse_all(&receiver->waiting, "out of memory");
        return;
    }
    fill_slice(receiver, deposit, &done);
    if (!deposit_end(deposit)) {
        const char *reason = deposits_trouble(receiver->setup.deposits);
        refuse_all(&done, reason);
        refuse_all(&receiver->waiting, reason);
        return;
    }
    for (struct posting *posting = receiver->waiting.first; posting; posting = posting->next)
        posting->kept_some = posting->kept_some || intake_walk_lines(posting->walk);
    while (done.first)
        answer_good(receiver, pop(&done));
}

// The work of this thread, which does not grow where the machine is busy with others.
static int64_t work_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

// By a quarter at a time: one slow commit is no reason for small slices, and a slice that took all
// that waited says nothing of what a full one takes.
static void fit_slice(struct receiver *receiver, int64_t spent_us)
{
    size_t *lines = &receiver->slice_lines;
    if (spent_us > SLICE_US)
        *lines -= *lines / 4;
    else if (receiver->waiting.first)
        *lines += *lines / 4;
    if (*lines < SLICE_LINES_MIN)
        *lines = SLICE_LINES_MIN;
    if (*lines > SLICE_LINES_MAX)
        *lines = SLICE_LINES_MAX;
}

// By a timer, which comes after whatever is ready; a deferred source would always come first.
static void call_for_slice(struct receiver *receiver)
{
    sd_event_source_set_time_relative(receiver->slice, 0);
    sd_event_source_set_enabled(receiver->slice, SD_EVENT_ONESHOT);
}

static int on_slice(sd_event_source *source, uint64_t usec, void *context)
{
    (void)source, (void)usec;
    struct receiver *receiver = context;
    const int64_t before_us = work_us();
    if (receiver->waiting.first)
        take_slice(receiver);
    fit_slice(receiver, work_us() - before_us);
    if (receiver->waiting.first)
        call_for_slice(receiver);
    return 0;
}

void receiver_finish(struct receiver *receiver)
{
    while (receiver->waiting.first)
        take_slice(receiver);
}

static struct posting *new_posting(const struct receiver *receiver, const struct intake_body *body,
                                   struct http_request *request, struct http_reply *reply)
{
    struct posting *posting = calloc(1, sizeof *posting);
    if (!posting)
        return NULL;
    posting->request = request;
    posting->reply = reply;
    posting->body = *body;
    posting->walk = intake_walk_new(receiver->rules, &posting->body, &posting->report);
    if (posting->walk)
        return posting;
    free_posting(posting);
    return NULL;
}

void receiver_write(struct receiver *receiver, int64_t now, struct http_request *request,
                    struct http_reply *reply)
{
    struct intake_body body = {.data = request->body, .length = request->length, .now = now};
    const char *precision = http_request_query(request, "precision");
    if (!intake_precision(precision, &body.ns_per_tick)) {
        http_reply_error(reply, 400,
                         "precision '%.40s' is unknown, nothing was taken: use ns, us, ms or s",
                         precision);
        return;
    }
    struct posting *posting = new_posting(receiver, &body, request, reply);
    if (!posting) {
        refuse(false, "out of memory", reply);
        return;
    }
    http_request_suspend(request);
    push(&receiver->waiting, posting);
    call_for_slice(receiver);
}
