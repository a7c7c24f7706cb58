// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/sink.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/influx.h"
#include "daemon/log.h"
#include "daemon/pieces.h"
#include "daemon/verdict.h"

enum {
    // The same fault of the server for the same lines so often is a fault of the lines.
    FAULTS_MAX = 10,
    // A connection that ends so often on the same lines: the server may be dying of them.
    DEATHS_MAX = 3,
    RETRY_AFTER_MAX_S = 3600,
    DOUBLINGS_MAX = 20,
    MS = 1000, // in microseconds
};

enum trouble { TROUBLE_NONE, TROUBLE_AWAY, TROUBLE_FAULT, TROUBLE_OPERATOR, TROUBLE_STORE };

struct sink {
    struct sink_setup setup;
    sd_event_source *timer; // enabled: a pause, or the turn to come
    struct http_exchange *exchange;
    struct store_batch batch; // body NULL: none
    struct pieces pieces;
    size_t fit_lines;             // what the server has taken at once so far at most
    size_t piece_lines;           // less where lines of this batch are under suspicion
    char loss[VERDICT_WORDS_LEN]; // why lines of this batch were given up; "" while none was
    int64_t lost;
    char fault[VERDICT_WORDS_LEN];
    int faults, deaths, tries;
    bool database_tried;
    enum trouble trouble;
    int64_t trouble_since;
    struct sink_counts counts;
};

static int64_t wall(const struct sink *sink)
{
    uint64_t us = 0;
    sd_event_now(sink->setup.event, CLOCK_REALTIME, &us);
    return (int64_t)(us / 1000000);
}

static const char *name_of(const struct sink *sink)
{
    return sink->setup.config->name;
}

static void enter_trouble(struct sink *sink, enum trouble trouble, const char *words)
{
    static const char *const what_next[] = {
        [TROUBLE_AWAY] = "batches are kept and sent again",
        [TROUBLE_FAULT] = "the batch is sent again, and set aside if this goes on",
        [TROUBLE_OPERATOR] = "needs an operator; batches are kept and tried now and then",
        [TROUBLE_STORE] = "the batch will be sent again",
    };
    sink->counts.troubled = true;
    if (sink->trouble == trouble)
        return;
    if (sink->trouble == TROUBLE_NONE)
        sink->trouble_since = wall(sink);
    sink->trouble = trouble;
    log_warning("influxdb '%s': %s: %s", name_of(sink), words, what_next[trouble]);
}

static void leave_trouble(struct sink *sink)
{
    if (sink->trouble != TROUBLE_NONE)
        log_notice("influxdb '%s': takes batches again after %" PRId64 " s", name_of(sink),
                   wall(sink) - sink->trouble_since);
    sink->trouble = TROUBLE_NONE;
    sink->counts.troubled = false;
    sink->tries = 0;
}

static void arm(struct sink *sink, uint64_t us)
{
    sd_event_source_set_time_relative(sink->timer, us);
    sd_event_source_set_enabled(sink->timer, SD_EVENT_ONESHOT);
}

// Up to half of the pause is left to chance, so that many senders do not come back together.
static void pause_for(struct sink *sink, int64_t ms)
{
    int64_t half = ms / 2;
    arm(sink, MS * (uint64_t)(half + (int64_t)arc4random_uniform((uint32_t)(half + 1))));
}

static void retry(struct sink *sink, int64_t retry_after_s)
{
    int64_t ms = sink->setup.retry_first_ms, limit_ms = MS * sink->setup.config->retry_max_s;
    ms <<= sink->tries < DOUBLINGS_MAX ? sink->tries : DOUBLINGS_MAX;
    sink->tries++;
    sink->counts.retries++;
    // Only counted for people: that it cannot be is no further trouble.
    (void)!store_outbox_failed(sink->setup.store, sink->batch.id);
    if (retry_after_s > 0)
        arm(sink,
            MS * MS *
                (uint64_t)(retry_after_s < RETRY_AFTER_MAX_S ? retry_after_s : RETRY_AFTER_MAX_S));
    else
        pause_for(sink, ms < limit_ms ? ms : limit_ms);
}

static void wait_for_operator(struct sink *sink, const char *words)
{
    enter_trouble(sink, TROUBLE_OPERATOR, words);
    sink->counts.retries++;
    pause_for(sink, MS * sink->setup.config->retry_max_s);
}

static void wait_for_store(struct sink *sink)
{
    enter_trouble(sink, TROUBLE_STORE, store_error(sink->setup.store));
    sink->tries++;
    pause_for(sink, MS * sink->setup.config->retry_max_s);
}

// The batch is at its end: out of the outbox, or among the rejects where lines of it were lost.
static void finish_batch(struct sink *sink)
{
    struct store *store = sink->setup.store;
    bool kept = *sink->loss ? store_outbox_reject(store, sink->batch.id, wall(sink), sink->loss)
                            : store_outbox_delivered(store, sink->batch.id);
    if (!kept) {
        wait_for_store(sink);
        return;
    }
    if (*sink->loss) {
        log_warning("influxdb '%s': batch %" PRId64 ": %" PRId64
                    " of its lines lost, it stands among the rejects: %s",
                    name_of(sink), sink->batch.id, sink->lost, sink->loss);
        sink->counts.set_aside++;
        sink->counts.lost_lines += sink->lost;
    } else {
        sink->counts.batches++;
        sink->counts.bytes += (int64_t)sink->batch.length;
    }
    free(sink->batch.body);
    sink->batch = (struct store_batch){0};
    arm(sink, 0);
}

// Done with the piece, in whichever way.
static void pass_piece(struct sink *sink)
{
    sink->faults = sink->deaths = sink->tries = 0;
    *sink->fault = '\0';
    pieces_skip(&sink->pieces);
    sink->piece_lines =
        2 * sink->piece_lines < sink->fit_lines ? 2 * sink->piece_lines : sink->fit_lines;
    arm(sink, 0);
}

static void give_up_lines(struct sink *sink, int64_t lines, const char *words)
{
    if (!*sink->loss)
        snprintf(sink->loss, sizeof sink->loss, "%s", words);
    sink->lost += lines;
    pass_piece(sink);
}

static void halve(struct sink *sink)
{
    sink->piece_lines = (sink->pieces.lines + 1) / 2;
    sink->faults = sink->deaths = 0;
}

static void take_too_large(struct sink *sink, const char *words)
{
    if (sink->pieces.lines <= 1) {
        give_up_lines(sink, 1, words);
        return;
    }
    halve(sink);
    sink->fit_lines = sink->piece_lines; // the next batches too
    arm(sink, 0);
}

// A server that goes away is away; one that goes away over the same lines again and again may be
// dying of one of them, which is found by halves.
static void take_broken(struct sink *sink, const char *words)
{
    enter_trouble(sink, TROUBLE_AWAY, words);
    if (++sink->deaths < DEATHS_MAX) {
        retry(sink, 0);
    } else if (sink->pieces.lines > 1) {
        halve(sink);
        retry(sink, 0);
    } else {
        give_up_lines(sink, 1, words);
    }
}

static void take_fault(struct sink *sink, const char *words, int64_t retry_after_s)
{
    enter_trouble(sink, TROUBLE_FAULT, words);
    if (strcmp(sink->fault, words))
        sink->faults = 0;
    snprintf(sink->fault, sizeof sink->fault, "%s", words);
    if (++sink->faults < FAULTS_MAX)
        retry(sink, retry_after_s);
    else
        give_up_lines(sink, (int64_t)sink->pieces.lines, words);
}

static void on_created(void *context, const struct http_answer *answer)
{
    struct sink *sink = context;
    char words[VERDICT_WORDS_LEN];
    sink->exchange = NULL;
    verdict_words(answer, words);
    // InfluxDB reports what went wrong in a reply that says 200.
    bool made = answer->status == 200 && !strstr(answer->body, "\"error\"");
    if (made)
        log_notice("influxdb '%s': made the database '%s'", name_of(sink),
                   sink->setup.config->database);
    else if (answer->failure == HTTP_ANSWERED)
        log_warning("influxdb '%s': cannot make the database '%s': %s", name_of(sink),
                    sink->setup.config->database, words);
    arm(sink, 0);
}

static void take_no_database(struct sink *sink, const char *words)
{
    char error[256];
    if (sink->setup.config->dialect != CONFIG_INFLUXDB1 || sink->database_tried) {
        wait_for_operator(sink, words);
        return;
    }
    sink->database_tried = true;
    const struct influx_call call = {sink->setup.client, sink->setup.config, on_created, sink};
    sink->exchange = influx_create_database(&call, error);
    if (!sink->exchange)
        wait_for_operator(sink, error);
}

static void on_answer(void *context, const struct http_answer *answer)
{
    struct sink *sink = context;
    char words[VERDICT_WORDS_LEN];
    sink->exchange = NULL;
    verdict_words(answer, words);
    switch (verdict_of(sink->setup.config->dialect, answer)) {
    case VERDICT_DELIVERED:
        sink->database_tried = false;
        leave_trouble(sink);
        pass_piece(sink);
        return;
    case VERDICT_PARTIAL:
        leave_trouble(sink);
        give_up_lines(sink, verdict_lost_lines(answer), words);
        return;
    case VERDICT_LOST:
        leave_trouble(sink);
        give_up_lines(sink, verdict_lost_lines(answer), words);
        return;
    case VERDICT_REFUSED: // shows that the server is there
        leave_trouble(sink);
        give_up_lines(sink, (int64_t)sink->pieces.lines, words);
        return;
    case VERDICT_TOO_LARGE:
        take_too_large(sink, words);
        return;
    case VERDICT_NO_DATABASE:
        take_no_database(sink, words);
        return;
    case VERDICT_OPERATOR:
        wait_for_operator(sink, words);
        return;
    case VERDICT_BUSY:
        enter_trouble(sink, TROUBLE_AWAY, words);
        retry(sink, answer->retry_after_s);
        return;
    case VERDICT_BROKEN:
        take_broken(sink, words);
        return;
    case VERDICT_FAULT:
        take_fault(sink, words, answer->retry_after_s);
        return;
    }
}

static void send_piece(struct sink *sink)
{
    char error[256];
    const struct pieces *pieces = &sink->pieces;
    const struct influx_call call = {sink->setup.client, sink->setup.config, on_answer, sink};
    sink->exchange =
        influx_write(&call, pieces->body + pieces->at, pieces->end - pieces->at, error);
    if (!sink->exchange)
        wait_for_operator(sink, error);
}

// True where there is a batch to work on.
static bool take_batch(struct sink *sink)
{
    bool found = false;
    if (sink->batch.body)
        return true;
    if (!store_outbox_peek(sink->setup.store, name_of(sink), &sink->batch, &found)) {
        wait_for_store(sink);
        return false;
    }
    if (sink->trouble == TROUBLE_STORE)
        leave_trouble(sink);
    if (!found)
        return false;
    pieces_init(&sink->pieces, sink->batch.body, sink->batch.length);
    sink->piece_lines = sink->fit_lines;
    sink->lost = 0;
    *sink->loss = '\0';
    return true;
}

static void next(struct sink *sink)
{
    assert(!sink->exchange); // the timer is not set while one is under way
    if (!take_batch(sink))
        return;
    pieces_cut(&sink->pieces, sink->piece_lines);
    if (sink->pieces.lines)
        send_piece(sink);
    else
        finish_batch(sink);
}

static int on_timer(sd_event_source *source, uint64_t usec, void *context)
{
    (void)source, (void)usec;
    next(context);
    return 0;
}

struct sink *sink_new(const struct sink_setup *setup)
{
    struct sink *sink = calloc(1, sizeof *sink);
    if (!sink)
        return NULL;
    enum { ACCURACY_US = 1000 };
    sink->setup = *setup;
    sink->fit_lines = (size_t)setup->config->batch_lines;
    if (sd_event_add_time_relative(setup->event, &sink->timer, CLOCK_MONOTONIC, 0, ACCURACY_US,
                                   on_timer, sink) < 0) {
        free(sink);
        return NULL;
    }
    return sink;
}

void sink_free(struct sink *sink)
{
    if (!sink)
        return;
    http_client_cancel(sink->exchange);
    sd_event_source_disable_unref(sink->timer);
    free(sink->batch.body);
    free(sink);
}

void sink_kick(struct sink *sink)
{
    int enabled = SD_EVENT_OFF;
    sd_event_source_get_enabled(sink->timer, &enabled);
    if (!sink->exchange && enabled == SD_EVENT_OFF)
        arm(sink, 0);
}

struct sink_counts sink_counts(const struct sink *sink)
{
    return sink->counts;
}

const char *sink_name(const struct sink *sink)
{
    return name_of(sink);
}
