// SPDX-License-Identifier: GPL-3.0-or-later
// /sources: how what comes in and what goes out is doing.
#include "daemon/api_internal.h"
#include "daemon/store_outbox.h"
#include "daemon/webhook.h"

static bool write_source(void *context, const struct store_source *source)
{
    struct document *d = &((struct api_call *)context)->document;
    document_row(d);
    document_text(d, "name", source->name);
    document_flag(d, "works", !*source->trouble);
    document_time(d, "good", source->good);
    document_known_text(d, "trouble", source->trouble);
    document_time(d, "trouble_since", source->trouble_since);
    document_close(d);
    return true;
}

static bool write_outbox(struct api_call *call, const char *sink)
{
    struct document *d = &call->document;
    struct store_outbox_state state;
    char trouble[STORE_TROUBLE_LEN];
    if (!store_outbox_state(call->site->store, sink, &state, trouble))
        return false;
    document_object(d, NULL);
    document_text(d, "sink", sink);
    document_integer(d, "batches", state.batches);
    document_time(d, "oldest", state.oldest);
    document_integer(d, "rejects", state.rejects);
    document_integer(d, "dropped", state.dropped);
    document_known_text(d, "trouble", trouble);
    document_time(d, "trouble_since", state.trouble_since);
    document_close(d);
    return true;
}

bool api_sources_write(struct api_call *call)
{
    const struct config *config = call->site->config;
    struct document *d = &call->document;
    bool fine = true;
    document_rows(d, "sources", "name,works,good,trouble,trouble_since");
    if (!store_each_source(call->site->store, write_source, call))
        return false;
    document_close(d);
    document_array(d, "outbox");
    for (size_t k = 0; fine && k < config->n_sinks; k++)
        fine = write_outbox(call, config->sinks[k].name);
    for (size_t k = 0; fine && k < config->n_webhooks; k++) {
        struct config_sink sink;
        fine = webhook_sink_init(&sink, &config->webhooks[k]) && write_outbox(call, sink.name);
        webhook_sink_done(&sink);
    }
    document_close(d);
    return fine;
}

bool api_sources_answer(struct api_call *call)
{
    return api_sources_write(call);
}
