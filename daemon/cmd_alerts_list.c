// SPDX-License-Identifier: GPL-3.0-or-later
// phutai alerts list: what fires, what has been told, what is muted.
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "config/register.h"
#include "config/text.h"
#include "daemon/cmd_alerts.h"
#include "daemon/commands.h"
#include "daemon/csv_field.h"
#include "daemon/entry_list.h"
#include "daemon/log.h"
#include "daemon/output.h"

struct listing {
    const struct cmd_alerts_request *request;
    FILE *out;
    bool english;
    int64_t from, to;
};

static bool wants(const struct listing *listing, const char *rule, const char *subject)
{
    const char *only = listing->request->value[CMD_ALERTS_RULE];
    const char *zone = listing->request->value[CMD_ALERTS_ZONE];
    return (!only || !strcmp(only, rule)) && (!zone || !strcmp(zone, subject));
}

// On the site's clock; nothing of 0 and of INT64_MAX.
static const char *time_text(const struct listing *listing, int64_t instant,
                             char ret[static TEXT_TIME_LEN])
{
    *ret = '\0';
    if (instant && instant != INT64_MAX) {
        const int32_t offset_s = civil_offset(&listing->request->site.clock, instant);
        text_write_time(instant + offset_s, offset_s, ret);
    }
    return ret;
}

static const char *real_text(double value, char ret[static TEXT_REAL_LEN])
{
    *ret = '\0';
    if (isfinite(value))
        text_write_real(value, ret);
    return ret;
}

static void put_field(const struct listing *listing, const char *text)
{
    fputc(',', listing->out);
    csv_field_text(listing->out, text);
}

static void put_reals(const struct listing *listing, double value, double limit)
{
    char first[TEXT_REAL_LEN], second[TEXT_REAL_LEN];
    fprintf(listing->out, ",%s,%s", real_text(value, first), real_text(limit, second));
}

// An alert as it stands now: an acknowledgement may have run out since the last look. Of one that
// is pending, the level that was called for.
struct standing {
    enum alert_state state;
    enum alert_level level;
    int64_t until;
    const char *by, *note;
};

static struct standing standing_of(const struct listing *listing, const struct store_alert *alert)
{
    struct alert now = alert->alert;
    (void)alert_expire(&now, listing->request->now);
    const bool acked = now.acked != ALERT_NONE;
    const enum alert_state state = alert_state(&now);
    return (struct standing){
        .state = state,
        .level = state == ALERT_PENDING ? now.seen : now.level,
        .until = acked ? now.acked_until : 0,
        .by = acked ? alert->ack_by : "",
        .note = acked ? alert->ack_note : "",
    };
}

static void put_row(const struct listing *listing, const struct store_alert *alert,
                    const struct standing *standing)
{
    char since[TEXT_TIME_LEN], until[TEXT_TIME_LEN];
    csv_field_text(listing->out, alert->rule);
    put_field(listing, alert->subject);
    fprintf(listing->out, ",%s,%s,%s", alert_level_name(standing->level),
            alert_state_name(standing->state), time_text(listing, alert->alert.since, since));
    put_reals(listing, alert->value, alert->limit);
    fprintf(listing->out, ",%s", alert_level_name(alert->alert.told));
    put_field(listing, standing->by);
    fprintf(listing->out, ",%s", time_text(listing, standing->until, until));
    put_field(listing, standing->note);
    fprintf(listing->out, ",%s", alert->quiet ? "yes" : "no");
    put_field(listing, listing->english ? alert->text_en : alert->text_vi);
    fputc('\n', listing->out);
}

// A line of what it is, and its text below.
static void put_lines(const struct listing *listing, const struct store_alert *alert,
                      const struct standing *standing)
{
    char since[TEXT_TIME_LEN], until[TEXT_TIME_LEN];
    const char *text = listing->english ? alert->text_en : alert->text_vi;
    fprintf(listing->out, "%-10s %-13s %-12s %-20s %-16.16s%s\n", alert_level_name(standing->level),
            alert_state_name(standing->state), alert->rule, alert->subject,
            time_text(listing, alert->alert.since, since), alert->quiet ? " (quiet)" : "");
    if (*text)
        fprintf(listing->out, "    %s\n", text);
    if (*standing->by)
        fprintf(listing->out, "    [%s%s%.16s%s%s]\n", standing->by,
                standing->until == INT64_MAX ? "" : ", until ",
                time_text(listing, standing->until, until), *standing->note ? ": " : "",
                standing->note);
}

static bool put_alerts(const struct listing *listing)
{
    const struct cmd_alerts_request *request = listing->request;
    const bool table = request->value[CMD_ALERTS_TABLE];
    if (table)
        fprintf(listing->out, "%-10s %-13s %-12s %-20s %s\n", "level", "state", "rule", "zone",
                "since");
    else
        fputs("rule,zone,level,state,since,value,limit,told,acknowledged_by,until,note,quiet,"
              "text\n",
              listing->out);
    for (size_t i = 0; i < request->list.n; i++) {
        const struct store_alert *alert = &request->list.items[i];
        const struct standing standing = standing_of(listing, alert);
        if (wants(listing, alert->rule, alert->subject) &&
            (standing.state != ALERT_QUIET || request->value[CMD_ALERTS_ALL]))
            (table ? put_lines : put_row)(listing, alert, &standing);
    }
    return true;
}

static bool put_event(void *context, const struct store_alert_event *event)
{
    const struct listing *listing = context;
    char time[TEXT_TIME_LEN];
    if (!wants(listing, event->rule, event->subject))
        return true;
    fprintf(listing->out, "%" PRId64 ",%s", event->id, time_text(listing, event->time, time));
    put_field(listing, event->rule);
    put_field(listing, event->subject);
    put_field(listing, event->what);
    fprintf(listing->out, ",%s", alert_level_name(event->level));
    put_reals(listing, event->value, event->limit);
    put_field(listing, event->by);
    put_field(listing, event->note);
    put_field(listing, listing->english ? event->text_en : event->text_vi);
    fputc('\n', listing->out);
    return true;
}

static bool put_mute(void *context, const struct store_mute *mute)
{
    const struct listing *listing = context;
    char from[TEXT_TIME_LEN], until[TEXT_TIME_LEN];
    if (!wants(listing, mute->rule, mute->subject))
        return true;
    fprintf(listing->out, "%" PRId64, mute->id);
    put_field(listing, mute->rule);
    put_field(listing, mute->subject);
    fprintf(listing->out, ",%s,%s", time_text(listing, mute->from, from),
            time_text(listing, mute->until, until));
    put_field(listing, mute->by);
    put_field(listing, mute->note);
    fputc('\n', listing->out);
    return true;
}

static bool put_all(struct listing *listing)
{
    struct store *store = listing->request->site.store;
    bool done;
    if (listing->request->value[CMD_ALERTS_MUTES]) {
        fputs("id,rule,zone,from,until,by,note\n", listing->out);
        done = store_each_mute(store, listing->request->now, put_mute, listing);
    } else if (listing->request->value[CMD_ALERTS_HISTORY]) {
        fputs("id,time,rule,zone,what,level,value,limit,by,note,text\n", listing->out);
        done = store_each_alert_event(store, listing->from, listing->to, put_event, listing);
    } else {
        done = put_alerts(listing);
    }
    if (!done)
        log_error("%s", store_error(store));
    return done;
}

static int refuse(const char *words)
{
    fprintf(stderr, "phutai alerts list: %s; see phutai alerts --help\n", words);
    return COMMAND_USAGE;
}

// COMMAND_DONE where the options go together.
static int read_options(struct listing *listing)
{
    const char *const *value = listing->request->value;
    const char *from = value[CMD_ALERTS_FROM], *to = value[CMD_ALERTS_TO];
    const char *language = value[CMD_ALERTS_LANG];
    struct config_time end;
    if (language && strcmp(language, "vi") != 0 && strcmp(language, "en") != 0)
        return refuse("--lang is vi or en");
    if (value[CMD_ALERTS_MUTES] && value[CMD_ALERTS_HISTORY])
        return refuse("--history or --mutes");
    if ((value[CMD_ALERTS_MUTES] || value[CMD_ALERTS_HISTORY]) &&
        (value[CMD_ALERTS_ALL] || value[CMD_ALERTS_TABLE]))
        return refuse("--all and --table are of the alerts, not of --history and --mutes");
    if ((from || to) && !value[CMD_ALERTS_HISTORY])
        return refuse("--from and --to are of the --history");
    if (from && !site_time(&listing->request->site, from, &listing->from))
        return refuse("--from is not a date or time such as 2024-06-01");
    if (to && !register_end(to, &end))
        return refuse("--to is not a date or time such as 2024-06-30");
    if (to)
        listing->to = entry_list_instant(&listing->request->site.clock, &end, 0);
    listing->english = language ? !strcmp(language, "en")
                                : listing->request->site.config->alerts.language == CONFIG_ENGLISH;
    return COMMAND_DONE;
}

int cmd_alerts_list(struct cmd_alerts_request *request)
{
    struct listing listing = {.request = request, .from = INT64_MIN, .to = INT64_MAX};
    struct output output;
    const int status = read_options(&listing);
    if (status)
        return status;
    if (!output_open(&output, request->value[CMD_ALERTS_OUTPUT]))
        return COMMAND_FAILED;
    listing.out = output.file;
    if (put_all(&listing))
        return output_finish(&output) ? COMMAND_DONE : COMMAND_FAILED;
    output_discard(&output);
    return COMMAND_FAILED;
}
