// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/outage.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "config/text.h"
#include "daemon/log.h"
#include "daemon/store_outbox.h"
#include "daemon/webhook.h"

static void put_title(struct outage *outage)
{
    const bool is_webhook = !strncmp(outage->sink, WEBHOOK_SINK, strlen(WEBHOOK_SINK));
    snprintf(outage->title, sizeof outage->title, "%s '%s'", is_webhook ? "webhook" : "influxdb",
             outage->sink + (is_webhook ? strlen(WEBHOOK_SINK) : 0));
}

void outage_init(struct outage *outage, struct store *store, const char *sink)
{
    struct store_outbox_state state = {0};
    char words[STORE_TROUBLE_LEN] = "";
    // Where it cannot be read, what was dropped before is told as if it were new.
    (void)!store_outbox_state(store, sink, &state, words);
    *outage = (struct outage){.store = store,
                              .sink = sink,
                              .noted = *words,
                              .dropped = state.dropped,
                              .dropped_until = state.dropped};
    put_title(outage);
}

static void note(struct outage *outage, int64_t now, const char *words)
{
    // Only for people: that it cannot be noted is no further trouble.
    if (store_outbox_trouble(outage->store, outage->sink, now, words))
        outage->noted = *words;
}

void outage_enter(struct outage *outage, enum outage_kind kind, int64_t now, const char *words)
{
    static const char *const what_next[] = {
        [OUTAGE_AWAY] = "batches are kept and sent again",
        [OUTAGE_FAULT] = "the lines are sent again, and set aside if this goes on",
        [OUTAGE_OPERATOR] = "needs an operator; batches are kept and tried now and then",
        [OUTAGE_STORE] = "the batch will be sent again",
    };
    note(outage, now, words);
    if (outage->kind == kind)
        return;
    if (outage->kind == OUTAGE_NONE)
        outage->since = now;
    outage->kind = kind;
    log_warning("%s: %s: %s", outage->title, words, what_next[kind]);
}

void outage_leave(struct outage *outage, int64_t now)
{
    if (outage->noted)
        note(outage, now, "");
    if (outage->kind != OUTAGE_NONE)
        log_notice("%s: takes batches again after %" PRId64 " s", outage->title,
                   now - outage->since);
    outage->kind = OUTAGE_NONE;
}

struct moment {
    char text[TEXT_TIME_LEN];
};

static struct moment moment(int64_t instant)
{
    struct moment moment;
    text_write_time(instant, 0, moment.text);
    return moment;
}

void outage_look(struct outage *outage)
{
    struct store_outbox_state state;
    if (!store_outbox_state(outage->store, outage->sink, &state, NULL) ||
        state.dropped == outage->dropped)
        return;
    outage->dropped = state.dropped;
    if (outage->dropping)
        return;
    outage->dropping = true;
    log_error("%s: the outbox is at its bound (outbox_bytes, outbox_age), so its oldest "
              "batches are dropped until the server takes some: %" PRId64
              " batches by now, %" PRId64 " lines, %" PRId64
              " bytes; the last ones were made from %s to %s",
              outage->title, state.dropped, state.dropped_lines, state.dropped_bytes,
              moment(state.dropped_from).text, moment(state.dropped_to).text);
}

void outage_drained(struct outage *outage)
{
    if (outage->dropping)
        log_warning("%s: the outbox is empty again; %" PRId64 " batches had been dropped from it",
                    outage->title, outage->dropped - outage->dropped_until);
    outage->dropping = false;
    outage->dropped_until = outage->dropped;
}
