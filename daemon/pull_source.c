// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/pull_source.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/backoff.h"
#include "daemon/check.h"
#include "daemon/log.h"
#include "daemon/pull_rows.h"
#include "daemon/secret.h"
#include "daemon/standing.h"
#include "daemon/verdict.h"

enum {
    MS = 1000,
    URL_MAX = 65536,
    DAY_S = 86400,
    // An answer of this size takes some 50 ms to read.
    ANSWER_BYTES = 4 << 20,
    // Shorter answers than a quarter of this let the window grow, longer ones shrink it.
    POINTS_WANTED = 40000,
    WINDOW_FIRST_S = 8 * DAY_S,
    WINDOW_MAX_S = 64 * DAY_S,
    DEPOSIT_ROWS = 20000,
    RETRY_MAX_MS = 300000,
    // Samples come a little later than they are stamped: an interval is whole after this.
    SETTLE_S = 60,
};

struct pull_source {
    struct pull_source_setup setup;
    struct checks *checks;
    struct pull_refusals *refusals;
    struct pull_copies *copies; // of VictoriaMetrics, else NULL
    sd_event_source *timer;     // enabled: a pause, or the turn to come
    struct http_exchange *exchange;
    int64_t window_s;
    bool in_round, found, told_nothing; // found: points, since the start
    int64_t at, until;                  // of the round: fetched up to, to be fetched up to
    int64_t began_ms;                   // the round, monotonic
    int tries;
    // What was fetched and is being deposited.
    struct pull_window window;
    struct pull_answer answer;
    struct pull_rows rows;
    size_t deposited; // of the rows
};

static int64_t wall(const struct pull_source *source)
{
    uint64_t us = 0;
    sd_event_now(source->setup.event, CLOCK_REALTIME, &us);
    return (int64_t)(us / 1000000);
}

static int64_t mono_ms(const struct pull_source *source)
{
    uint64_t us = 0;
    sd_event_now(source->setup.event, CLOCK_MONOTONIC, &us);
    return (int64_t)(us / MS);
}

static const char *name_of(const struct pull_source *source)
{
    return source->setup.pull->name;
}

static int64_t step_of(const struct pull_source *source)
{
    return source->setup.config->site.step_s;
}

static struct pull_request request_of(const struct pull_source *source)
{
    return (struct pull_request){source->setup.config, source->setup.pull};
}

static void arm_ms(struct pull_source *source, int64_t ms)
{
    sd_event_source_set_time_relative(source->timer, MS * (uint64_t)ms);
    sd_event_source_set_enabled(source->timer, SD_EVENT_ONESHOT);
}

static void drop_rows(struct pull_source *source)
{
    pull_rows_done(&source->rows);
    pull_answer_done(&source->answer);
    source->deposited = 0;
}

static void retry(struct pull_source *source, int64_t retry_after_s)
{
    drop_rows(source);
    arm_ms(source, backoff_asked_ms(source->setup.retry_first_ms, RETRY_MAX_MS, source->tries++,
                                    retry_after_s));
}

static void fail(struct pull_source *source, const char *words, int64_t retry_after_s)
{
    standing_trouble(source->setup.standing, wall(source),
                     "%s: asked again later, nothing is left out", words);
    retry(source, retry_after_s);
}

static void halve_window(struct pull_source *source)
{
    source->window_s = check_floor(source->window_s / 2, step_of(source));
    if (source->window_s < step_of(source))
        source->window_s = step_of(source);
}

static void adapt_window(struct pull_source *source)
{
    if (source->answer.n_points > POINTS_WANTED)
        halve_window(source);
    else if (source->answer.n_points < POINTS_WANTED / 4 && source->window_s < WINDOW_MAX_S)
        source->window_s *= 2;
}

// A source that finds nothing at all is most often one whose names are wrong.
static void tell_nothing(struct pull_source *source)
{
    if (!source->found && !source->told_nothing)
        log_warning("pull '%s': the server answers and has nothing of what is asked for: are "
                    "database, measurement, field and filter right?",
                    name_of(source));
    source->told_nothing = true;
}

static void end_round(struct pull_source *source)
{
    const int64_t every_ms = MS * source->setup.pull->every_s;
    const int64_t took_ms = mono_ms(source) - source->began_ms;
    source->in_round = false;
    pull_refusals_end_round(source->refusals);
    if (source->copies)
        pull_copies_end_round(source->copies);
    tell_nothing(source);
    arm_ms(source, took_ms < every_ms ? every_ms - took_ms : 0);
}

// The window is durable.
static void end_window(struct pull_source *source)
{
    const int64_t now = wall(source), whole = check_floor(now, step_of(source));
    const int64_t to = source->window.to < whole ? source->window.to : whole;
    source->found |= source->answer.n_points > 0;
    adapt_window(source);
    source->at = source->window.to;
    if (to > standing_position(source->setup.standing))
        standing_set_position(source->setup.standing, to);
    source->setup.metrics->readings_moved += (int64_t)source->rows.moved;
    source->tries = 0;
    drop_rows(source);
    pull_refusals_tell(source->refusals, now);
    standing_good(source->setup.standing, now);
    arm_ms(source, 0);
}

static bool put_row(const struct pull_source *source, struct deposit *deposit, size_t row)
{
    const struct pull_rows *rows = &source->rows;
    if (row < rows->n_readings)
        return deposit_reading(deposit, &rows->readings[row]);
    return deposit_weather(deposit, &rows->weather[row - rows->n_readings]);
}

static void deposit_some(struct pull_source *source)
{
    struct deposit *deposit = deposit_begin(source->setup.deposits);
    const size_t all = source->rows.n_readings + source->rows.n_weather;
    const size_t left = all - source->deposited;
    const size_t end = source->deposited + (left < DEPOSIT_ROWS ? left : DEPOSIT_ROWS);
    if (!deposit) {
        fail(source, "out of memory", 0);
        return;
    }
    if (source->rows.simulated)
        deposit_simulated(deposit);
    for (size_t row = source->deposited; row < end && put_row(source, deposit, row);)
        row++;
    if (!deposit_end(deposit)) {
        fail(source, deposits_trouble(source->setup.deposits), 0);
        return;
    }
    source->deposited = end;
    if (end < all)
        arm_ms(source, 0);
    else
        end_window(source);
}

static bool read_answer(struct pull_source *source, const struct http_answer *answer,
                        char error[static PULL_ERROR_LEN])
{
    const struct pull_request request = request_of(source);
    struct pull_metrics metrics;
    const struct pull_names names = pull_request_names(&request, &metrics);
    const bool influx = source->setup.pull->dialect == CONFIG_PULL_INFLUXDB1;
    return influx
               ? pull_answer_read_influx(answer->body, answer->length, &names, &source->answer,
                                         error)
               : pull_answer_read_vm(answer->body, answer->length, &names, &source->answer, error);
}

// Only the overlap is looked at again.
static int64_t copies_from_ms(const struct pull_source *source)
{
    return MS * (wall(source) - 2 * source->setup.pull->overlap_s);
}

static void take_answer(struct pull_source *source, const struct http_answer *answer)
{
    char error[PULL_ERROR_LEN];
    if (!read_answer(source, answer, error)) {
        fail(source, error, answer->retry_after_s);
        return;
    }
    const struct pull_rows_setup rows = {.request = request_of(source),
                                         .checks = source->checks,
                                         .refusals = source->refusals,
                                         .copies = source->copies,
                                         .copies_from_ms = copies_from_ms(source),
                                         .window = source->window,
                                         .now = wall(source)};
    if (!pull_rows_make(&rows, &source->answer, &source->rows)) {
        fail(source, "out of memory", 0);
        return;
    }
    arm_ms(source, 0);
}

static void take_too_large(struct pull_source *source)
{
    if (source->window_s <= step_of(source)) {
        fail(source,
             "the answer for a single interval is larger than 4 MiB: filter it, or let "
             "several sections share the work",
             0);
        return;
    }
    halve_window(source);
    arm_ms(source, 0);
}

static void on_answer(void *context, const struct http_answer *answer)
{
    struct pull_source *source = context;
    char words[VERDICT_WORDS_LEN];
    source->exchange = NULL;
    verdict_words(answer, words);
    if (answer->failure == HTTP_TIMEOUT)
        halve_window(source);
    if (answer->failure == HTTP_ANSWERED && answer->status == 200 && answer->cut)
        take_too_large(source);
    else if (answer->failure == HTTP_ANSWERED && answer->status == 200)
        take_answer(source, answer);
    else
        fail(source, words, answer->retry_after_s);
}

// The secrets of one request, for the time that it takes to start it.
struct credentials {
    char secret[SECRET_MAX];
    char authorization[SECRET_MAX + sizeof "Authorization: Bearer "];
};

static bool add_credentials(const struct config_pull *pull, struct credentials *credentials,
                            struct http_call *call, char error[static 256])
{
    if (pull->token_file) {
        if (!secret_read(pull->token_file, credentials->secret, error))
            return false;
        snprintf(credentials->authorization, sizeof credentials->authorization,
                 "Authorization: %s %s",
                 pull->dialect == CONFIG_PULL_INFLUXDB1 ? "Token" : "Bearer", credentials->secret);
        call->headers[0] = credentials->authorization;
    } else if (pull->username) {
        if (!secret_read(pull->password_file, credentials->secret, error))
            return false;
        call->user = pull->username;
        call->password = credentials->secret;
    }
    return true;
}

static void ask(struct pull_source *source)
{
    const struct config_pull *pull = source->setup.pull;
    const struct pull_request request = request_of(source);
    struct credentials credentials;
    struct buffer url;
    char error[256] = "cannot ask: out of memory, or the question is too long";
    const int64_t to = source->at + source->window_s;
    source->window = (struct pull_window){source->at, to < source->until ? to : source->until};
    buffer_init(&url, URL_MAX);
    pull_request_url(&request, source->window, &url);
    struct http_call call = {.url = url.data,
                             .timeout_s = pull->timeout_s,
                             .answer_max = ANSWER_BYTES,
                             .answer = on_answer,
                             .context = source};
    if (!url.failed && add_credentials(pull, &credentials, &call, error))
        source->exchange = http_client_get(source->setup.client, &call);
    explicit_bzero(&credentials, sizeof credentials);
    buffer_done(&url);
    if (!source->exchange)
        fail(source, error, 0);
}

// Of means, the intervals that are whole; of others also the running one, whose reading may be
// there early.
static int64_t end_of_round(const struct pull_source *source, int64_t now)
{
    if (source->setup.pull->aggregate == CONFIG_PULL_MEAN)
        return check_floor(now - SETTLE_S, step_of(source));
    return check_floor(now, step_of(source)) + step_of(source);
}

static void begin_round(struct pull_source *source)
{
    const struct config_pull *pull = source->setup.pull;
    const int64_t now = wall(source), position = standing_position(source->setup.standing);
    const int64_t known = position < now ? position : now; // the clock may have been wrong
    const int64_t from = position ? known - pull->overlap_s : now - pull->history_s;
    source->in_round = true;
    source->began_ms = mono_ms(source);
    source->at = check_floor(from > 0 ? from : 0, step_of(source));
    source->until = end_of_round(source, now);
}

static int on_timer(sd_event_source *timer, uint64_t usec, void *context)
{
    (void)timer, (void)usec;
    struct pull_source *source = context;
    assert(!source->exchange); // the timer is not set while one is under way
    if (source->rows.readings || source->rows.weather) {
        deposit_some(source);
        return 0;
    }
    if (!source->in_round)
        begin_round(source);
    if (source->at < source->until)
        ask(source);
    else
        end_round(source);
    return 0;
}

struct pull_source *pull_source_new(const struct pull_source_setup *setup)
{
    enum { ACCURACY_US = 1000 };
    struct pull_source *source = calloc(1, sizeof *source);
    if (!source)
        return NULL;
    source->setup = *setup;
    source->window_s = WINDOW_FIRST_S;
    source->checks = checks_new(setup->config);
    source->refusals = pull_refusals_new(setup->pull->name, setup->metrics);
    const bool copies = setup->pull->dialect == CONFIG_PULL_VICTORIAMETRICS;
    source->copies = copies ? pull_copies_new() : NULL;
    if (source->checks && source->refusals && !source->copies == !copies &&
        sd_event_add_time_relative(setup->event, &source->timer, CLOCK_MONOTONIC, 0, ACCURACY_US,
                                   on_timer, source) >= 0)
        return source;
    pull_source_free(source);
    return NULL;
}

void pull_source_free(struct pull_source *source)
{
    if (!source)
        return;
    http_client_cancel(source->exchange);
    sd_event_source_disable_unref(source->timer);
    drop_rows(source);
    pull_refusals_free(source->refusals);
    pull_copies_free(source->copies);
    checks_free(source->checks);
    free(source);
}
