// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/sink.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/backoff.h"
#include "daemon/hunt.h"
#include "daemon/influx.h"
#include "daemon/log.h"
#include "daemon/outage.h"
#include "daemon/receipts.h"
#include "daemon/store_outbox.h"
#include "daemon/verdict.h"

enum {
    // Lost lines are told of no more often than this.
    TELL_LOST_S = 60,
    MS = 1000, // in microseconds
};

struct sink {
    struct sink_setup setup;
    sd_event_source *timer; // enabled: a pause, or the turn to come
    struct http_exchange *exchange;
    struct receipts *receipts;        // NULL where acknowledged means stored
    char server[RECEIPTS_SERVER_LEN]; // its start, as known before the batch was begun
    struct store_batch batch;         // body NULL: none
    struct hunt hunt;
    int tries;                      // since the server last took or judged something
    int64_t lost_told, lost_untold; // when lost lines were last told of, and those since
    bool database_tried;
    struct outage outage;
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

static void enter_trouble(struct sink *sink, enum outage_kind kind, const char *words)
{
    sink->counts.troubled = true;
    outage_enter(&sink->outage, kind, wall(sink), words);
}

static void leave_trouble(struct sink *sink)
{
    outage_leave(&sink->outage, wall(sink));
    sink->counts.troubled = false;
    sink->tries = 0;
}

static void arm(struct sink *sink, uint64_t us)
{
    sd_event_source_set_time_relative(sink->timer, us);
    sd_event_source_set_enabled(sink->timer, SD_EVENT_ONESHOT);
}

static void pause_for(struct sink *sink, int64_t ms)
{
    arm(sink, MS * (uint64_t)ms);
}

static void retry(struct sink *sink, int64_t retry_after_s)
{
    const int failures = sink->tries++;
    sink->counts.retries++;
    // Only counted for people: that it cannot be is no further trouble.
    (void)!store_outbox_failed(sink->setup.store, sink->batch.id);
    pause_for(sink,
              backoff_asked_ms(sink->setup.retry_first_ms, MS * sink->setup.config->retry_max_s,
                               failures, retry_after_s));
}

static void wait_for_operator(struct sink *sink, const char *words)
{
    enter_trouble(sink, OUTAGE_OPERATOR, words);
    sink->counts.retries++;
    pause_for(sink, backoff_chance(MS * sink->setup.config->retry_max_s));
}

static void wait_for_store(struct sink *sink, const char *words)
{
    enter_trouble(sink, OUTAGE_STORE, words);
    sink->tries++;
    pause_for(sink, backoff_chance(MS * sink->setup.config->retry_max_s));
}

static void forget_batch(struct sink *sink)
{
    free(sink->batch.body);
    sink->batch = (struct store_batch){0};
}

static void tell_rejects(struct sink *sink)
{
    int64_t lost = 0;
    for (size_t i = 0; i < sink->hunt.n_rejects; i++)
        lost += sink->hunt.rejects[i].lines;
    sink->counts.set_aside++;
    sink->counts.lost_lines += lost;
    sink->lost_untold += lost;
    int64_t now = wall(sink);
    if (sink->lost_told && now - sink->lost_told < TELL_LOST_S)
        return;
    log_warning("%s: %" PRId64 " lines lost, they stand among the rejects (phutai outbox "
                "list --rejects); the last ones, of batch %" PRId64 ": %s",
                sink->outage.title, sink->lost_untold, sink->batch.id,
                sink->hunt.rejects[0].reason);
    sink->lost_told = now;
    sink->lost_untold = 0;
}

// The batch is at its end: out of the outbox, or acknowledged, and what was lost of it among the
// rejects.
static void finish_batch(struct sink *sink)
{
    const struct store_outbox_end end = {.now = wall(sink),
                                         // (A batch without lines was never sent.)
                                         .server = *sink->server ? sink->server : NULL,
                                         .n_rejects = sink->hunt.n_rejects,
                                         .rejects = sink->hunt.rejects};
    if (!store_outbox_end(sink->setup.store, &sink->batch, name_of(sink), &end)) {
        wait_for_store(sink, store_error(sink->setup.store));
        return;
    }
    if (end.server)
        receipts_acknowledged(sink->receipts);
    if (end.n_rejects)
        tell_rejects(sink);
    else
        sink->counts.batches++;
    sink->counts.bytes += (int64_t)sink->batch.length;
    forget_batch(sink);
    arm(sink, 0);
}

static void give_up_piece(struct sink *sink, int64_t lines, const char *words)
{
    if (hunt_set_aside(&sink->hunt, lines, words))
        arm(sink, 0);
    else
        wait_for_store(sink, "out of memory");
}

// The server has judged the piece: lines of it will never be stored. Which, where that can be told.
static void take_refused(struct sink *sink, int64_t lines, const char *words)
{
    leave_trouble(sink); // shows that the server is there
    size_t all = sink->hunt.pieces.lines;
    if (sink->hunt.doubts)
        hunt_go_back(&sink->hunt, true);
    else if ((size_t)lines >= all || !hunt_narrow(&sink->hunt)) {
        give_up_piece(sink, lines, words);
        return;
    }
    arm(sink, 0);
}

static void take_too_large(struct sink *sink, const char *words)
{
    bool is_line = sink->hunt.pieces.lines == 1;
    if (is_line)
        enter_trouble(sink, OUTAGE_FAULT, words);
    if (hunt_too_large(&sink->hunt) == HUNT_GIVE_UP)
        give_up_piece(sink, 1, words);
    else if (is_line)
        retry(sink, 0);
    else
        arm(sink, 0);
}

// A failure that may be the lines' fault: no reason to hurry before the server has taken something.
static void take_failure(struct sink *sink, enum hunt_step step, const char *words,
                         int64_t retry_after_s)
{
    if (step == HUNT_GIVE_UP)
        give_up_piece(sink, 1, words);
    else
        retry(sink, retry_after_s);
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
        sink->database_tried = false; // after the pause it may be made
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
    if (answer->failure != HTTP_ANSWERED && sink->receipts)
        receipts_forget_server(sink->receipts);
    switch (verdict_of(sink->setup.config->dialect, answer)) {
    case VERDICT_DELIVERED:
        sink->database_tried = false;
        leave_trouble(sink);
        hunt_pass(&sink->hunt);
        arm(sink, 0);
        return;
    case VERDICT_PARTIAL:
        take_refused(sink, verdict_lost_lines(answer), words);
        return;
    case VERDICT_LOST:
        leave_trouble(sink);
        give_up_piece(sink, verdict_lost_lines(answer), words);
        return;
    case VERDICT_REFUSED: // by a line at least
        take_refused(sink, 1, words);
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
        if (answer->failure == HTTP_TIMEOUT)
            hunt_timed_out(&sink->hunt);
        enter_trouble(sink, OUTAGE_AWAY, words);
        retry(sink, answer->retry_after_s);
        return;
    case VERDICT_BROKEN:
        enter_trouble(sink, OUTAGE_AWAY, words);
        take_failure(sink, hunt_died(&sink->hunt), words, 0);
        return;
    case VERDICT_FAULT:
        enter_trouble(sink, OUTAGE_FAULT, words);
        take_failure(sink, hunt_failed(&sink->hunt, words), words, answer->retry_after_s);
        return;
    }
}

static void send_piece(struct sink *sink)
{
    char error[256];
    const struct pieces *pieces = &sink->hunt.pieces;
    const struct influx_call call = {sink->setup.client, sink->setup.config, on_answer, sink};
    sink->exchange =
        influx_write(&call, pieces->body + pieces->at, pieces->end - pieces->at, error);
    if (!sink->exchange)
        wait_for_operator(sink, error);
}

static void on_probe(void *context, const struct http_answer *answer)
{
    struct sink *sink = context;
    sink->exchange = NULL;
    if (answer->failure != HTTP_ANSWERED && sink->receipts)
        receipts_forget_server(sink->receipts);
    enum verdict verdict = verdict_of(sink->setup.config->dialect, answer);
    bool taken = verdict == VERDICT_DELIVERED || verdict == VERDICT_PARTIAL;
    hunt_go_back(&sink->hunt, taken);
    if (taken) {
        leave_trouble(sink);
        arm(sink, 0);
    } else {
        retry(sink, answer->retry_after_s);
    }
}

// Nothing of the batch goes. Whether anything does is seen by the start of the next one, which is
// sent again in its turn.
static void probe(struct sink *sink)
{
    struct store_batch other = {0};
    struct pieces pieces = {0};
    char error[256];
    bool found = false;
    const struct influx_call call = {sink->setup.client, sink->setup.config, on_probe, sink};
    if (store_outbox_peek(sink->setup.store, name_of(sink), sink->batch.id, &other, &found) &&
        found) {
        pieces_init(&pieces, other.body, other.length);
        pieces_cut(&pieces, sink->hunt.fit_lines);
    }
    if (pieces.lines)
        sink->exchange = influx_write(&call, pieces.body, pieces.end, error);
    free(other.body);
    if (!sink->exchange) {
        hunt_go_back(&sink->hunt, false);
        retry(sink, 0);
    }
}

// True where there is a batch to work on.
static bool take_batch(struct sink *sink)
{
    bool found = false;
    if (sink->batch.body)
        return true;
    if (!store_outbox_peek(sink->setup.store, name_of(sink), 0, &sink->batch, &found)) {
        wait_for_store(sink, store_error(sink->setup.store));
        return false;
    }
    if (sink->outage.kind == OUTAGE_STORE)
        leave_trouble(sink);
    if (!found) {
        outage_drained(&sink->outage);
        return false;
    }
    hunt_begin(&sink->hunt, sink->batch.body, sink->batch.length);
    *sink->server = '\0';
    return true;
}

// True where the piece may go. The batch is acknowledged by the start of the server that was known
// before its first piece: if that changes on the way, the rest is known to be of another.
static bool know_server(struct sink *sink)
{
    if (!sink->receipts)
        return true;
    const char *server = receipts_server(sink->receipts);
    if (server && !*sink->server)
        snprintf(sink->server, sizeof sink->server, "%s", server);
    return server;
}

static void next(struct sink *sink)
{
    assert(!sink->exchange); // the timer is not set while one is under way
    if (!take_batch(sink))
        return;
    hunt_cut(&sink->hunt);
    if (!sink->hunt.pieces.lines && !sink->hunt.doubts)
        finish_batch(sink);
    else if (!know_server(sink))
        ; // told when it is known
    else if (sink->hunt.pieces.lines)
        send_piece(sink);
    else
        probe(sink);
}

static int on_timer(sd_event_source *source, uint64_t usec, void *context)
{
    (void)source, (void)usec;
    next(context);
    return 0;
}

static void on_told(void *context, enum receipts_news news, const char *words)
{
    struct sink *sink = context;
    if (news == RECEIPTS_FAILED) {
        enter_trouble(sink, OUTAGE_AWAY, words);
        return;
    }
    // The older ones first: what they say may have been said anew in this one. That one is under
    // way changes nothing, it is sent again in its turn.
    if (news == RECEIPTS_AGAIN) {
        http_client_cancel(sink->exchange);
        sink->exchange = NULL;
        forget_batch(sink);
    }
    if (sink->outage.kind == OUTAGE_AWAY && !sink->batch.body)
        leave_trouble(sink);
    sink_kick(sink);
}

static bool add_receipts(struct sink *sink)
{
    const struct sink_setup *setup = &sink->setup;
    if (setup->config->dialect != CONFIG_VICTORIAMETRICS)
        return true;
    const struct receipts_setup receipts = {
        .event = setup->event,
        .client = setup->client,
        .store = setup->store,
        .config = setup->config,
        .retry_first_ms = setup->retry_first_ms,
        .kept_s = setup->kept_s ? setup->kept_s : RECEIPTS_KEPT_S,
        .look_ms = setup->look_ms ? setup->look_ms : RECEIPTS_LOOK_MS,
        .told = on_told,
        .context = sink,
    };
    sink->receipts = receipts_new(&receipts);
    return sink->receipts;
}

struct sink *sink_new(const struct sink_setup *setup)
{
    struct sink *sink = calloc(1, sizeof *sink);
    if (!sink)
        return NULL;
    enum { ACCURACY_US = 1000 };
    sink->setup = *setup;
    hunt_init(&sink->hunt, (size_t)setup->config->batch_lines);
    outage_init(&sink->outage, setup->store, setup->config->name);
    if (sd_event_add_time_relative(setup->event, &sink->timer, CLOCK_MONOTONIC, 0, ACCURACY_US,
                                   on_timer, sink) < 0 ||
        !add_receipts(sink)) {
        sink_free(sink);
        return NULL;
    }
    return sink;
}

void sink_free(struct sink *sink)
{
    if (!sink)
        return;
    receipts_free(sink->receipts);
    http_client_cancel(sink->exchange);
    sd_event_source_disable_unref(sink->timer);
    forget_batch(sink);
    hunt_done(&sink->hunt);
    free(sink);
}

void sink_kick(struct sink *sink)
{
    int enabled = SD_EVENT_OFF;
    outage_look(&sink->outage);
    sd_event_source_get_enabled(sink->timer, &enabled);
    if (!sink->exchange && enabled == SD_EVENT_OFF)
        arm(sink, 0);
}

// Whether the batch in hand is still the one to be sent first.
static bool is_head(const struct sink *sink)
{
    struct store_batch first = {0};
    bool found = false;
    bool known = store_outbox_peek(sink->setup.store, name_of(sink), 0, &first, &found);
    free(first.body);
    return known && found && sink->batch.body && first.id == sink->batch.id;
}

void sink_wake(struct sink *sink)
{
    if (sink->receipts)
        receipts_wake(sink->receipts);
    if (sink->exchange)
        return;
    if (!is_head(sink))
        forget_batch(sink);
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
