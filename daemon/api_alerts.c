// SPDX-License-Identifier: GPL-3.0-or-later
// /alerts and /alerts/history: what fires, what is muted, what has been.
#include "daemon/api_internal.h"

struct api_alert api_alert_of(const struct api_call *call, const struct store_alert *alert)
{
    struct alert now = alert->alert;
    (void)alert_expire(&now, call->site->now);
    const bool acked = now.acked != ALERT_NONE;
    const enum alert_state state = alert_state(&now);
    return (struct api_alert){
        .state = state,
        .level = state == ALERT_PENDING ? now.seen : now.level,
        .until = acked ? now.acked_until : 0,
        .by = acked ? alert->ack_by : "",
        .note = acked ? alert->ack_note : "",
    };
}

static void write_alert(struct api_call *call, const struct store_alert *alert)
{
    struct document *d = &call->document;
    const struct api_alert now = api_alert_of(call, alert);
    if (now.state == ALERT_QUIET)
        return;
    document_row(d);
    document_text(d, "rule", alert->rule);
    document_text(d, "zone", alert->subject);
    document_text(d, "level", alert_level_name(now.level));
    document_text(d, "state", alert_state_name(now.state));
    document_time(d, "since", alert->alert.since);
    document_real(d, "value", alert->value);
    document_real(d, "limit", alert->limit);
    document_text(d, "told", alert_level_name(alert->alert.told));
    document_known_text(d, "acknowledged_by", now.by);
    document_time(d, "until", now.until);
    document_known_text(d, "note", now.note);
    document_flag(d, "quiet", alert->quiet);
    document_known_text(d, "title_vi", alert->title_vi);
    document_known_text(d, "title_en", alert->title_en);
    document_known_text(d, "text_vi", alert->text_vi);
    document_known_text(d, "text_en", alert->text_en);
    document_close(d);
}

static bool write_mute(void *context, const struct store_mute *mute)
{
    struct document *d = &((struct api_call *)context)->document;
    document_object(d, NULL);
    document_integer(d, "id", mute->id);
    document_known_text(d, "rule", mute->rule);
    document_known_text(d, "zone", mute->subject);
    document_time(d, "from", mute->from);
    document_time(d, "until", mute->until);
    document_known_text(d, "by", mute->by);
    document_known_text(d, "note", mute->note);
    document_close(d);
    return true;
}

bool api_alerts_answer(struct api_call *call)
{
    struct document *d = &call->document;
    struct alert_list list;
    if (!alert_list_read(call->site->store, NULL, NULL, &list))
        return false;
    document_rows(d, "alerts",
                  "rule,zone,level,state,since,value,limit,told,acknowledged_by,until,note,quiet,"
                  "title_vi,title_en,text_vi,text_en");
    for (size_t i = 0; i < list.n; i++)
        write_alert(call, &list.items[i]);
    document_close(d);
    alert_list_done(&list);
    document_array(d, "mutes");
    if (!store_each_mute(call->site->store, call->site->now, write_mute, call))
        return false;
    document_close(d);
    return true;
}

static bool write_event(void *context, const struct store_alert_event *event)
{
    struct document *d = &((struct api_call *)context)->document;
    document_row(d);
    document_integer(d, "id", event->id);
    document_time(d, "time", event->time);
    document_text(d, "rule", event->rule);
    document_text(d, "zone", event->subject);
    document_text(d, "what", event->what);
    document_text(d, "level", alert_level_name(event->level));
    document_real(d, "value", event->value);
    document_real(d, "limit", event->limit);
    document_known_text(d, "by", event->by);
    document_known_text(d, "note", event->note);
    document_known_text(d, "text_vi", event->text_vi);
    document_known_text(d, "text_en", event->text_en);
    document_close(d);
    return true;
}

bool api_history_answer(struct api_call *call)
{
    enum { DAYS = 30, DAYS_MAX = 366 };
    struct document *d = &call->document;
    int64_t from, to;
    if (!api_span(call, DAYS, DAYS_MAX, &from, &to))
        return true;
    document_time(d, "from", from);
    document_time(d, "to", to);
    document_rows(d, "events", "id,time,rule,zone,what,level,value,limit,by,note,text_vi,text_en");
    if (!store_each_alert_event(call->site->store, from, to, write_event, call))
        return false;
    document_close(d);
    return true;
}
