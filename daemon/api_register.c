// SPDX-License-Identifier: GPL-3.0-or-later
// /register: what people know, the ended entries too.
#include "config/register.h"
#include "daemon/api_internal.h"
#include "daemon/entry_list.h"

static void write_windows(struct document *d, const struct entry *entry)
{
    char hours[REGISTER_WINDOW_LEN] = "", into[REGISTER_WINDOW_LEN] = "";
    if (entry->hours_from_s || entry->hours_to_s != CIVIL_DAY_S)
        register_write_window(entry->hours_from_s, entry->hours_to_s, hours);
    if (entry->kind == ENTRY_SHIFT)
        register_write_window(entry->into_from_s, entry->into_to_s, into);
    document_known_text(d, "hours", hours);
    document_known_text(d, "into", into);
}

static void write_entry(struct api_call *call, const struct entry_list_item *item)
{
    const struct entry *entry = &item->entry;
    struct document *d = &call->document;
    document_row(d);
    document_text(d, "id", item->id);
    document_text(d, "state",
                  entry->zone == SIZE_MAX ? "no zone" : entry_list_state(item, call->site->now));
    document_text(d, "zone", item->zone);
    document_text(d, "kind", register_kind_name((enum config_entry_kind)entry->kind));
    document_real(d, "mw", entry->mw);
    document_real(d, "factor", entry->factor);
    document_time(d, "from", entry->from);
    document_time(d, "to", entry->to);
    document_integer(d, "ramp_s", entry->ramp_s);
    document_real(d, "probability", entry->probability);
    write_windows(d, entry);
    document_known_text(d, "author", item->author);
    document_known_text(d, "note", item->note);
    document_time(d, "expires", item->expires);
    document_time(d, "entered_at", item->entered_at);
    document_time(d, "ended_at", item->ended_at);
    document_known_text(d, "ended_by", item->ended_by);
    document_close(d);
}

bool api_register_answer(struct api_call *call)
{
    const struct api_site *site = call->site;
    struct entry_list list;
    if (!entry_list_read(site->config, site->clock, site->store, &list))
        return false;
    document_rows(&call->document, "entries",
                  "id,state,zone,kind,mw,factor,from,to,ramp_s,probability,hours,into,author,note,"
                  "expires,entered_at,ended_at,ended_by");
    for (size_t k = 0; k < list.n; k++)
        write_entry(call, &list.items[k]);
    document_close(&call->document);
    entry_list_done(&list);
    return true;
}
