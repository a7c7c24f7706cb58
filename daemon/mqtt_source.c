// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/mqtt_source.h"

#include <assert.h>
#include <mosquitto.h>
#include <mqtt_protocol.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#include "config/topics.h"
#include "daemon/backoff.h"
#include "daemon/intake.h"
#include "daemon/log.h"
#include "daemon/mqtt_dial.h"
#include "daemon/mqtt_message.h"
#include "daemon/worker.h"

enum {
    MS = 1000,
    S = 1000000,
    GREET_US = 20 * MS, // how often a connection that is being made is looked at
    GREET_MAX_S = 10,
    RETRY_FIRST_S = 1,
    RETRY_MAX_S = 60,
    BATCH_MESSAGES = 1000,
    BATCH_BYTES = 4 << 20,
    BATCH_READINGS = 20000,
    STEADY_S = 30, // a connection that lasts so long is a good one
    TELL_S = 60,   // refused messages are told no more often
    QOS = 1,
    REFUSED = 0x80, // a subscription
};

// A message of the batch at hand: readings refer to its texts.
struct held {
    struct held *next;
    char text[]; // topic, payload
};

struct mqtt_source {
    struct sources_setup setup;
    const struct config_mqtt *config;
    struct standing *standing;
    struct mqtt_rules *rules;
    struct worker *worker;
    struct mqtt_dial *dial;
    sd_event_source *timer, *io;
    struct mosquitto *client; // NULL between connections
    bool greeted;             // the broker has taken the connection
    size_t unanswered;        // topics that it has not said anything about yet
    int64_t dialled;          // when it was begun
    int tries;
    char refusal[200];       // the broker's words
    char detail[200];        // the library's, of an error
    struct deposit *deposit; // of the batch at hand
    struct held *held;
    size_t held_bytes, held_readings;
    bool failed; // the batch cannot be kept
    int64_t told, untold;
    struct intake_report report;
};

static int64_t wall(const struct mqtt_source *source)
{
    uint64_t us = 0;
    sd_event_now(source->setup.event, CLOCK_REALTIME, &us);
    return (int64_t)(us / S);
}

static void arm(struct mqtt_source *source, uint64_t us)
{
    sd_event_source_set_time_relative(source->timer, us);
    sd_event_source_set_enabled(source->timer, SD_EVENT_ONESHOT);
}

// Lets go of the connection, whatever waits in it: what was not acknowledged comes again.
static void hang_up(struct mqtt_source *source)
{
    source->io = sd_event_source_disable_unref(source->io);
    if (source->client)
        mosquitto_destroy(source->client);
    source->client = NULL;
    source->greeted = false;
}

static void try_later(struct mqtt_source *source, const char *words)
{
    standing_trouble(source->standing, wall(source),
                     "%s: %s: tried again; what is published meanwhile the broker keeps",
                     source->config->url, words);
    hang_up(source);
    arm(source,
        S / 1000 * (uint64_t)backoff_ms(1000 * RETRY_FIRST_S, 1000 * RETRY_MAX_S, source->tries++));
}

static void try_later_after(struct mqtt_source *source, int code)
{
    const char *words = *source->refusal  ? source->refusal
                        : *source->detail ? source->detail
                                          : mosquitto_strerror(code);
    try_later(source, words);
}

// What is wrong with a certificate stands nowhere else.
static void on_log(struct mosquitto *client, void *context, int level, const char *words)
{
    (void)client;
    struct mqtt_source *source = context;
    if (level == MOSQ_LOG_ERR && !*source->detail)
        snprintf(source->detail, sizeof source->detail, "%s", words);
}

static void forget_batch(struct mqtt_source *source)
{
    for (struct held *next, *held = source->held; held; held = next) {
        next = held->next;
        free(held);
    }
    source->held = NULL;
    source->held_bytes = source->held_readings = 0;
    source->deposit = NULL;
    mqtt_rules_forget(source->rules);
}

static void tell_refused(struct mqtt_source *source, const char *topic)
{
    const struct intake_report *report = &source->report;
    const int64_t now = wall(source);
    source->untold += (int64_t)report->refused;
    if (!report->n_verdicts || (now >= source->told && now - source->told < TELL_S))
        return;
    log_warning("mqtt '%s': %lld values refused, the others are taken; %s, value %lu: %s",
                source->config->name, (long long)source->untold,
                check_quote(topic, strlen(topic)).text, report->verdicts[0].line,
                report->verdicts[0].fault.reason);
    source->told = now;
    source->untold = 0;
}

static void count(struct mqtt_source *source)
{
    struct metrics *metrics = source->setup.metrics;
    metrics->readings_moved += (int64_t)source->report.moved;
    for (size_t i = 0; i < CHECK_CAUSES; i++)
        metrics->refused[i] += (int64_t)source->report.causes[i];
}

static void refuse_size(struct mqtt_source *source, const struct mosquitto_message *message)
{
    struct check_fault fault;
    memset(&source->report, 0, sizeof source->report);
    check_refuse(&fault, CHECK_MALFORMED, "%d bytes are more than payload_bytes",
                 message->payloadlen);
    intake_note_fault(&source->report, 1, &fault);
}

// Topic and payload, with a NUL behind each.
static struct held *hold(const struct mosquitto_message *message)
{
    const size_t topic = strlen(message->topic) + 1, length = (size_t)message->payloadlen;
    struct held *held = malloc(sizeof *held + topic + length + 1);
    if (!held)
        return NULL;
    memcpy(held->text, message->topic, topic);
    if (length)
        memcpy(held->text + topic, message->payload, length);
    held->text[topic + length] = '\0';
    return held;
}

static bool read_message(struct mqtt_source *source, const struct mosquitto_message *message)
{
    struct held *held = hold(message);
    if (!source->deposit)
        source->deposit = deposit_begin(source->setup.deposits);
    if (!held || !source->deposit) {
        free(held);
        return false;
    }
    held->next = source->held;
    source->held = held;
    source->held_bytes += (size_t)message->payloadlen;
    const struct mqtt_message whole = {.topic = held->text,
                                       .payload = held->text + strlen(held->text) + 1,
                                       .length = (size_t)message->payloadlen,
                                       .retained = message->retain,
                                       .now = wall(source)};
    const struct intake_sink sink = {deposit_reading, deposit_weather, deposit_entry,
                                     source->deposit};
    const bool taken = mqtt_message_read(source->rules, &whole, &sink, &source->report);
    if (taken && source->report.simulated)
        deposit_simulated(source->deposit);
    source->held_readings += source->report.readings + source->report.weather;
    return taken;
}

static void on_message(struct mosquitto *client, void *context,
                       const struct mosquitto_message *message)
{
    (void)client;
    struct mqtt_source *source = context;
    if (source->failed)
        return;
    if (message->payloadlen > source->config->payload_bytes) {
        refuse_size(source, message);
    } else if (!read_message(source, message)) {
        source->failed = true;
        return;
    }
    count(source);
    tell_refused(source, message->topic);
}

static void on_connect(struct mosquitto *client, void *context, int code, int flags,
                       const mosquitto_property *properties)
{
    (void)flags, (void)properties;
    struct mqtt_source *source = context;
    char filter[1025];
    if (code) {
        snprintf(source->refusal, sizeof source->refusal, "%s", mosquitto_connack_string(code));
        return;
    }
    source->greeted = true;
    for (size_t i = 0; i < source->config->n_topics; i++) {
        topics_filter(source->config->topics[i].pattern, filter);
        const int failure = mosquitto_subscribe(client, NULL, filter, QOS);
        source->unanswered += !failure;
        if (failure)
            snprintf(source->refusal, sizeof source->refusal, "topic %.120s: %s", filter,
                     mosquitto_strerror(failure));
    }
}

static void on_subscribe(struct mosquitto *client, void *context, int id, int n,
                         const int granted[])
{
    (void)client, (void)id;
    struct mqtt_source *source = context;
    source->unanswered -= source->unanswered > 0;
    for (int i = 0; i < n; i++)
        if (granted[i] >= REFUSED)
            snprintf(source->refusal, sizeof source->refusal, "a topic is refused by the broker");
}

// What was read becomes durable, and only then is it acknowledged.
static bool keep_batch(struct mqtt_source *source)
{
    const bool kept =
        !source->deposit ||
        (source->failed ? (deposit_discard(source->deposit), false) : deposit_end(source->deposit));
    const bool good = kept && !source->failed;
    forget_batch(source);
    source->failed = false;
    return good;
}

static int flush(struct mqtt_source *source)
{
    int code = MOSQ_ERR_SUCCESS;
    // It writes no more where the socket is full; the rest goes when that has room again.
    while (!code && mosquitto_want_write(source->client)) {
        struct pollfd socket = {.fd = mosquitto_socket(source->client), .events = POLLOUT};
        if (poll(&socket, 1, 0) <= 0)
            break;
        code = mosquitto_loop_write(source->client, 1);
    }
    if (!code && source->io)
        sd_event_source_set_io_events(
            source->io, EPOLLIN | (mosquitto_want_write(source->client) ? (uint32_t)EPOLLOUT : 0));
    return code;
}

static bool has_room(const struct mqtt_source *source)
{
    return source->held_bytes < BATCH_BYTES && source->held_readings < BATCH_READINGS;
}

// All that stands in the socket, up to a batch.
static int read_batch(struct mqtt_source *source)
{
    int code = MOSQ_ERR_SUCCESS;
    struct pollfd socket = {.fd = mosquitto_socket(source->client), .events = POLLIN};
    for (int i = 0; !code && i < BATCH_MESSAGES && has_room(source) && poll(&socket, 1, 0) > 0; i++)
        code = mosquitto_loop_read(source->client, 1);
    return code;
}

static int on_ready(sd_event_source *io, int fd, uint32_t events, void *context)
{
    (void)io, (void)fd, (void)events;
    struct mqtt_source *source = context;
    int code = read_batch(source);
    if (!keep_batch(source)) {
        try_later(source, "what came cannot be kept");
        return 0;
    }
    if (!code)
        code = flush(source);
    if (code || *source->refusal)
        try_later_after(source, code);
    else if (!source->unanswered)
        standing_good(source->standing, wall(source));
    return 0;
}

static void take_up(struct mqtt_source *source)
{
    if (sd_event_add_io(source->setup.event, &source->io, mosquitto_socket(source->client), EPOLLIN,
                        on_ready, source) < 0) {
        try_later(source, "no memory");
        return;
    }
    arm(source, 0);
}

// While the connection is being made: mosquitto_loop() knows the steps of TLS.
static void greet(struct mqtt_source *source)
{
    const int code = mosquitto_loop(source->client, 0, 1);
    // What a kept session sends right behind its greeting.
    const bool kept = keep_batch(source);
    if (!kept)
        try_later(source, "what came cannot be kept");
    else if (code || *source->refusal)
        try_later_after(source, code);
    else if (source->greeted)
        take_up(source);
    else if (wall(source) - source->dialled > GREET_MAX_S)
        try_later(source, "no answer");
    else
        arm(source, GREET_US);
}

static void on_dialled(void *context, void *work)
{
    struct mqtt_source *source = context;
    struct mqtt_dial *dial = work;
    source->client = dial->client;
    dial->client = NULL;
    if (dial->code)
        try_later_after(source, dial->code);
    else
        greet(source);
}

static void run_dial(void *work)
{
    mqtt_dial_run(work);
}

static bool make_client(struct mqtt_source *source)
{
    char error[256];
    if (!mqtt_dial_begin(source->dial, source->config, source, error)) {
        snprintf(source->refusal, sizeof source->refusal, "%.190s", error);
        return false;
    }
    struct mosquitto *client = source->dial->client;
    mosquitto_connect_v5_callback_set(client, on_connect);
    mosquitto_subscribe_callback_set(client, on_subscribe);
    mosquitto_message_callback_set(client, on_message);
    mosquitto_log_callback_set(client, on_log);
    return true;
}

static void dial(struct mqtt_source *source)
{
    *source->refusal = *source->detail = '\0';
    source->unanswered = 0;
    source->dialled = wall(source);
    if (!make_client(source)) {
        try_later(source, source->refusal);
        return;
    }
    worker_start(source->worker, source->dial);
}

// Each second: the library's own housekeeping, which is its pings.
static void keep_alive(struct mqtt_source *source)
{
    int code = mosquitto_loop_misc(source->client);
    // One that is cut again and again, as by another client of the same name, is tried less often.
    if (wall(source) - source->dialled > STEADY_S)
        source->tries = 0;
    if (!code)
        code = flush(source);
    if (code)
        try_later_after(source, code);
    else
        arm(source, S);
}

static int on_timer(sd_event_source *timer, uint64_t usec, void *context)
{
    (void)timer, (void)usec;
    struct mqtt_source *source = context;
    if (!source->client)
        dial(source);
    else if (!source->greeted || !source->io)
        greet(source);
    else
        keep_alive(source);
    return 0;
}

static bool start(struct mqtt_source *source)
{
    enum { ACCURACY_US = 1000 };
    source->rules = mqtt_rules_new(source->setup.config, source->config);
    source->dial = calloc(1, sizeof *source->dial);
    source->worker = worker_new(source->setup.event, run_dial, on_dialled, source);
    return source->rules && source->dial && source->worker &&
           sd_event_add_time_relative(source->setup.event, &source->timer, CLOCK_MONOTONIC, 0,
                                      ACCURACY_US, on_timer, source) >= 0;
}

struct mqtt_source *mqtt_source_new(const struct sources_setup *setup,
                                    const struct config_mqtt *config, struct standing *standing)
{
    // Counts its calls.
    if (mosquitto_lib_init())
        return NULL;
    struct mqtt_source *source = calloc(1, sizeof *source);
    if (!source) {
        mosquitto_lib_cleanup();
        return NULL;
    }
    source->setup = *setup;
    source->config = config;
    source->standing = standing;
    if (start(source))
        return source;
    mqtt_source_free(source);
    return NULL;
}

void mqtt_source_free(struct mqtt_source *source)
{
    if (!source)
        return;
    assert(!source->deposit);
    sd_event_source_disable_unref(source->timer);
    // While a name is still being looked for, the thread uses the library, and that this.
    if (source->worker && !worker_free(source->worker))
        return;
    if (source->dial)
        mosquitto_destroy(source->dial->client);
    free(source->dial);
    hang_up(source);
    mqtt_rules_free(source->rules);
    free(source);
    mosquitto_lib_cleanup();
}
