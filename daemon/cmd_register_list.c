// SPDX-License-Identifier: GPL-3.0-or-later
// phutai register list and effects: the entries as they stand, and what they do to the forecasts.
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <csv.h>

#include "config/register.h"
#include "daemon/cmd_register.h"
#include "daemon/register_query.h"

// A number, or nothing.
static const char *real_text(double value, char ret[static TEXT_REAL_LEN])
{
    *ret = '\0';
    if (isfinite(value))
        text_write_real(value, ret);
    return ret;
}

static void put_text(FILE *out, const char *text)
{
    fputc(',', out);
    if (*text)
        csv_fwrite(out, text, strlen(text));
}

static void put_windows(FILE *out, const struct entry *entry)
{
    char hours[REGISTER_WINDOW_LEN] = "", into[REGISTER_WINDOW_LEN] = "";
    if (entry->hours_from_s || entry->hours_to_s != CIVIL_DAY_S)
        register_write_window(entry->hours_from_s, entry->hours_to_s, hours);
    if (entry->kind == ENTRY_SHIFT)
        register_write_window(entry->into_from_s, entry->into_to_s, into);
    fprintf(out, ",%s,%s", hours, into);
}

static void put_csv(const struct register_query *query, const struct entry_list_item *item,
                    const char *state)
{
    const struct entry *entry = &item->entry;
    char mw[TEXT_REAL_LEN], factor[TEXT_REAL_LEN], share[TEXT_REAL_LEN];
    char from[TEXT_TIME_LEN], to[TEXT_TIME_LEN];
    fprintf(query->out, "%s,%s,%s,%s,%s,%s,%s,%s,%llds,%s", item->id, state, item->zone,
            register_kind_name((enum config_entry_kind)entry->kind), real_text(entry->mw, mw),
            real_text(entry->factor, factor), register_query_time(query, entry->from, from),
            register_query_time(query, entry->to, to), (long long)entry->ramp_s,
            real_text(entry->probability, share));
    put_windows(query->out, entry);
    put_text(query->out, item->author);
    put_text(query->out, item->note);
    fprintf(query->out, ",%s", register_query_time(query, item->expires, to));
    fprintf(query->out, ",%s",
            register_query_time(query, item->entered_at ? item->entered_at : INT64_MAX, to));
    fprintf(query->out, ",%s", register_query_time(query, item->ended_at, to));
    put_text(query->out, item->ended_by);
    fputc('\n', query->out);
}

// What it does to the load, in few letters: "+25 MW", "x 0.5".
static void write_amount(const struct entry *entry, char ret[static 32])
{
    *ret = '\0';
    if (entry->kind == ENTRY_OVERRIDE)
        snprintf(ret, 32, "= %g MW", entry->mw);
    else if (isfinite(entry->mw))
        snprintf(ret, 32, "%+g MW", entry->mw);
    else if (isfinite(entry->factor))
        snprintf(ret, 32, "x %g", entry->factor);
}

static void put_line(const struct register_query *query, const struct entry_list_item *item,
                     const char *state)
{
    const struct entry *entry = &item->entry;
    char amount[32], from[TEXT_TIME_LEN], to[TEXT_TIME_LEN], end[TEXT_TIME_LEN + 16] = "";
    write_amount(entry, amount);
    if (item->ended_at != INT64_MAX)
        snprintf(end, sizeof end, " [ended %.16s]", register_query_time(query, item->ended_at, to));
    fprintf(query->out, "%-24s %-9s %-18s %-15s %10s  %3.0f %%  %-16.16s  %-16.16s  %s: %s%s\n",
            item->id, state, item->zone, register_kind_name((enum config_entry_kind)entry->kind),
            amount, 100 * entry->probability, register_query_time(query, entry->from, from),
            register_query_time(query, entry->to, to), item->author, item->note, end);
}

static bool list(struct register_query *query)
{
    const int64_t now = time(NULL);
    if (query->csv)
        fputs("id,state,zone,kind,mw,factor,from,to,ramp,probability,hours,into,author,note,"
              "expires,entered_at,ended_at,ended_by\n",
              query->out);
    else
        fprintf(query->out, "%-24s %-9s %-18s %-15s %10s  %5s  %-16s  %-16s  %s\n", "id", "state",
                "zone", "kind", "", "", "from", "to", "author: note");
    for (size_t k = 0; k < query->list.n; k++) {
        const struct entry_list_item *item = &query->list.items[k];
        const char *state = item->entry.zone == SIZE_MAX ? "no zone" : entry_list_state(item, now);
        const bool open = !strcmp(state, "planned") || !strcmp(state, "in force");
        if (!register_query_wants(query, item->zone) || (query->open && !open))
            continue;
        if (query->csv)
            put_csv(query, item, state);
        else
            put_line(query, item, state);
    }
    return true;
}

int cmd_register_list(int argc, char **argv)
{
    return register_query_run(argc, argv, list);
}

// The id that people know an entry by.
static const char *id_of(const struct entry_list *entries, uint64_t key)
{
    for (size_t k = 0; k < entries->n; k++)
        if (entries->items[k].entry.id == key)
            return entries->items[k].id;
    return "?";
}

static void put_effects(const struct register_query *query, const char *zone,
                        const struct forecast *forecast)
{
    for (size_t i = 0; i < forecast->n; i++) {
        char time[TEXT_TIME_LEN];
        double all = 0;
        register_query_time(query, forecast_instant(forecast, i), time);
        for (size_t e = 0; e < forecast->n_effects; e++)
            all += forecast->effect[e * forecast->n + i];
        const double mean = forecast->mean[i];
        fprintf(query->out, "%s,%s,%.3f,%.3f,,\n", time, zone, mean, mean - all);
        for (size_t e = 0; e < forecast->n_effects; e++)
            if (forecast->effect[e * forecast->n + i] != 0)
                fprintf(query->out, "%s,%s,%.3f,%.3f,%s,%.3f\n", time, zone, mean, mean - all,
                        id_of(&query->list, forecast->effect_id[e]),
                        forecast->effect[e * forecast->n + i]);
    }
}

static bool effects(struct register_query *query)
{
    fputs("time,zone,mean,without,entry,mw\n", query->out);
    for (size_t k = 0; k < query->site.config->n_zones; k++) {
        const char *zone = query->site.config->zones[k].id;
        struct forecast forecast;
        bool found;
        if (!register_query_wants(query, zone))
            continue;
        if (!store_get_forecast(query->site.store, zone, INT64_MAX, &forecast, &found))
            return register_query_failed(query);
        if (!found)
            continue;
        const bool good = store_get_effects(query->site.store, zone, &forecast);
        if (good)
            put_effects(query, zone, &forecast);
        forecast_done(&forecast);
        if (!good)
            return register_query_failed(query);
    }
    return true;
}

int cmd_register_effects(int argc, char **argv)
{
    return register_query_run(argc, argv, effects);
}
