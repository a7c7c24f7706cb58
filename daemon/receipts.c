// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/receipts.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/backoff.h"
#include "daemon/influx.h"
#include "daemon/log.h"
#include "daemon/store_outbox.h"
#include "daemon/verdict.h"

enum {
    MS = 1000, // in microseconds
    // Starts are told in whole seconds: two within one could not be told apart, so a server is
    // given this long after its start before anything is sent to it.
    YOUNG_S = 2,
};

static const char untold[] = "?"; // the start of a server that does not tell it

struct receipts {
    struct receipts_setup setup;
    sd_event_source *timer; // enabled: the next time to ask
    struct http_exchange *exchange;
    char server[RECEIPTS_SERVER_LEN]; // "" where it is not known
    bool wanted;                      // somebody waits for it
    bool told;                        // that the server does not tell its start
    int tries;
};

void receipts_read_start(const char *page, char ret[static RECEIPTS_SERVER_LEN])
{
    static const char name[] = "process_start_time_seconds ";
    const char *at = page;
    snprintf(ret, RECEIPTS_SERVER_LEN, "%s", untold);
    while (at && strncmp(at, name, sizeof name - 1)) {
        at = strchr(at, '\n');
        at += at != NULL;
    }
    if (!at)
        return;
    at += sizeof name - 1;
    size_t length = strcspn(at, " \r\n");
    if (length && length < RECEIPTS_SERVER_LEN)
        snprintf(ret, RECEIPTS_SERVER_LEN, "%.*s", (int)length, at);
}

static int64_t wall(const struct receipts *receipts)
{
    uint64_t us = 0;
    sd_event_now(receipts->setup.event, CLOCK_REALTIME, &us);
    return (int64_t)(us / 1000000);
}

static void ask_in(struct receipts *receipts, int64_t ms)
{
    sd_event_source_set_time_relative(receipts->timer, MS * (uint64_t)ms);
    sd_event_source_set_enabled(receipts->timer, SD_EVENT_ONESHOT);
}

static void ask_later(struct receipts *receipts, const char *failure)
{
    const struct receipts_setup *setup = &receipts->setup;
    *receipts->server = '\0';
    ask_in(receipts,
           backoff_ms(setup->retry_first_ms, MS * setup->config->retry_max_s, receipts->tries++));
    setup->told(setup->context, RECEIPTS_FAILED, failure);
}

// True where acknowledged batches are kept. A store that cannot be read may hold some.
static bool has_acknowledged(const struct receipts *receipts)
{
    struct store_outbox_state state;
    const char *name = receipts->setup.config->name;
    return !store_outbox_state(receipts->setup.store, name, &state, NULL) || state.acked > 0;
}

static void settle(struct receipts *receipts)
{
    const struct receipts_setup *setup = &receipts->setup;
    struct store_settled settled;
    if (!store_outbox_settle(setup->store, setup->config->name, receipts->server, wall(receipts),
                             setup->kept_s, &settled)) {
        ask_later(receipts, store_error(setup->store));
        return;
    }
    if (settled.again)
        log_notice("influxdb '%s': the server has started anew: %" PRId64
                   " batches that it had acknowledged are sent again",
                   setup->config->name, settled.again);
    receipts->wanted = false;
    receipts->tries = 0;
    if (has_acknowledged(receipts))
        ask_in(receipts, setup->look_ms);
    setup->told(setup->context, settled.again ? RECEIPTS_AGAIN : RECEIPTS_KNOWN, "");
}

static bool is_young(const struct receipts *receipts)
{
    int64_t age_s = wall(receipts) - strtoll(receipts->server, NULL, 10);
    return strcmp(receipts->server, untold) && age_s >= -YOUNG_S && age_s < YOUNG_S;
}

static void on_metrics(void *context, const struct http_answer *answer)
{
    struct receipts *receipts = context;
    char words[VERDICT_WORDS_LEN];
    receipts->exchange = NULL;
    verdict_words(answer, words);
    bool busy = answer->status >= 500 || answer->status == 429;
    if (answer->failure != HTTP_ANSWERED || busy) {
        ask_later(receipts, words);
        return;
    }
    receipts_read_start(answer->status == 200 ? answer->body : "", receipts->server);
    if (is_young(receipts)) {
        *receipts->server = '\0';
        ask_in(receipts, MS * YOUNG_S);
        return;
    }
    if (!strcmp(receipts->server, untold) && !receipts->told) {
        log_warning("influxdb '%s': its /metrics do not tell when it started (HTTP %d): what it "
                    "loses when it is killed cannot be sent again",
                    receipts->setup.config->name, answer->status);
        receipts->told = true;
    }
    settle(receipts);
}

static int on_timer(sd_event_source *source, uint64_t usec, void *context)
{
    (void)source, (void)usec;
    struct receipts *receipts = context;
    const struct receipts_setup *setup = &receipts->setup;
    char error[256];
    const struct influx_call call = {setup->client, setup->config, on_metrics, receipts};
    if (receipts->exchange || (!receipts->wanted && !has_acknowledged(receipts)))
        return 0;
    receipts->exchange = influx_metrics(&call, error);
    if (!receipts->exchange)
        ask_later(receipts, error);
    return 0;
}

struct receipts *receipts_new(const struct receipts_setup *setup)
{
    struct receipts *receipts = calloc(1, sizeof *receipts);
    if (!receipts)
        return NULL;
    enum { ACCURACY_US = 1000 };
    receipts->setup = *setup;
    if (sd_event_add_time_relative(setup->event, &receipts->timer, CLOCK_MONOTONIC, 0, ACCURACY_US,
                                   on_timer, receipts) < 0 ||
        sd_event_source_set_enabled(receipts->timer, SD_EVENT_OFF) < 0) {
        receipts_free(receipts);
        return NULL;
    }
    if (has_acknowledged(receipts))
        ask_in(receipts, 0);
    return receipts;
}

void receipts_free(struct receipts *receipts)
{
    if (!receipts)
        return;
    http_client_cancel(receipts->exchange);
    sd_event_source_disable_unref(receipts->timer);
    free(receipts);
}

static bool is_waiting(const struct receipts *receipts)
{
    int enabled = SD_EVENT_OFF;
    sd_event_source_get_enabled(receipts->timer, &enabled);
    return receipts->exchange || enabled != SD_EVENT_OFF;
}

const char *receipts_server(struct receipts *receipts)
{
    if (*receipts->server)
        return receipts->server;
    if (!receipts->wanted || !is_waiting(receipts)) {
        receipts->wanted = true;
        if (!receipts->exchange)
            ask_in(receipts, 0);
    }
    return NULL;
}

void receipts_wake(struct receipts *receipts)
{
    if (!*receipts->server && !receipts->exchange && is_waiting(receipts))
        ask_in(receipts, 0);
}

void receipts_acknowledged(struct receipts *receipts)
{
    if (!is_waiting(receipts))
        ask_in(receipts, receipts->setup.look_ms);
}

void receipts_forget_server(struct receipts *receipts)
{
    *receipts->server = '\0';
}
