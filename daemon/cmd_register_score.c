// SPDX-License-Identifier: GPL-3.0-or-later
// phutai register score: did an entry make the forecasts of its hours better?
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "config/register.h"
#include "daemon/cmd_register.h"
#include "daemon/metering.h"
#include "daemon/register_query.h"
#include "models/series.h"

// The load of one zone out of its readings.
struct load {
    struct series series;
    bool failed;
};

static bool take_interval(void *context, const struct metering_interval *interval)
{
    struct load *load = context;
    load->failed = interval->state == METERING_COMPLETE &&
                   series_put(&load->series, interval->instant, interval->mw) == SERIES_REFUSED;
    return !load->failed;
}

static bool read_load(struct register_query *query, const char *zone, struct load *ret)
{
    const struct config *config = query->site.config;
    struct metering *metering = metering_new(query->site.store, zone, config->intake.missing_pct);
    *ret = (struct load){0};
    series_init(&ret->series, (int32_t)config->site.step_s);
    const bool fine = metering && metering_each(metering, INT64_MIN, INT64_MAX, take_interval, ret);
    metering_free(metering);
    return fine && !ret->failed;
}

// What an entry added to one vintage.
struct effect {
    int64_t issue;
    size_t n;
    double *mw;
};

// One entry being judged.
struct judging {
    const struct register_query *query;
    const struct entry_list_item *item;
    const struct series *load;
    size_t n_effects;
    struct effect *effects; // of the vintages that counted it
    bool no_memory;
    size_t intervals, forecasts, counted; // judged; of so many vintages; of which counted it
    double with, without;                 // sums of absolute errors, MW
};

static bool keep_effect(void *context, int64_t issue, size_t n, const double mw[])
{
    struct judging *j = context;
    struct effect *grown = reallocarray(j->effects, j->n_effects + 1, sizeof *grown);
    double *copy = malloc((n + 1) * sizeof *copy);
    j->effects = grown ? grown : j->effects;
    j->no_memory = !grown || !copy;
    if (j->no_memory) {
        free(copy);
        return false;
    }
    memcpy(copy, mw, n * sizeof *copy);
    grown[j->n_effects++] = (struct effect){issue, n, copy};
    return true;
}

static const struct effect *effect_in(const struct judging *j, const struct forecast *forecast)
{
    for (size_t k = 0; k < j->n_effects; k++)
        if (j->effects[k].issue == forecast->issue && j->effects[k].n == forecast->n)
            return &j->effects[k];
    return NULL;
}

// A vintage that counted the entry is judged as it is, and less what the entry added; one of before
// the entry was told as it is, and with what the entry would have added.
static bool judge_forecast(void *context, const char *zone, const struct forecast *forecast)
{
    struct judging *j = context;
    const struct effect *effect = effect_in(j, forecast);
    const struct entry entry = entry_list_at(j->item, forecast->issue);
    const size_t before = j->intervals;
    (void)zone;
    for (size_t i = 0; i < forecast->n; i++) {
        int64_t instant = forecast_instant(forecast, i);
        double actual = series_at(j->load, instant), mean = forecast->mean[i];
        double added =
            effect ? effect->mw[i]
                   : entry_expected(&entry, &j->query->site.clock, forecast->issue, instant, mean);
        if (isnan(actual) || isnan(mean) || added == 0 || instant < entry.from ||
            instant >= entry.to)
            continue;
        j->intervals++;
        j->with += fabs(mean + (effect ? 0 : added) - actual);
        j->without += fabs(mean - (effect ? added : 0) - actual);
    }
    j->forecasts += j->intervals > before;
    j->counted += effect && j->intervals > before;
    return true;
}

static const char *verdict(const struct judging *j)
{
    if (!j->intervals)
        return "unknown";
    return j->with < j->without ? "yes" : j->with > j->without ? "no" : "even";
}

static void put_score(const struct judging *j)
{
    const struct entry_list_item *item = j->item;
    const double n = (double)j->intervals;
    const char *kind = register_kind_name((enum config_entry_kind)item->entry.kind);
    FILE *out = j->query->out;
    if (j->query->csv) {
        fprintf(out, "%s,%s,%s,%zu,%zu,%zu,", item->id, item->zone, kind, j->intervals,
                j->forecasts, j->counted);
        if (j->intervals)
            fprintf(out, "%.3f,%.3f", j->with / n, j->without / n);
        fprintf(out, "%s,%s\n", j->intervals ? "" : ",", verdict(j));
    } else if (j->intervals) {
        fprintf(out, "%-24s %-18s %-15s %9zu %9zu %9zu %9.2f %9.2f  %s\n", item->id, item->zone,
                kind, j->intervals, j->forecasts, j->counted, j->with / n, j->without / n,
                verdict(j));
    } else {
        fprintf(out, "%-24s %-18s %-15s %9s\n", item->id, item->zone, kind,
                "no forecast of its hours that it changes, with readings");
    }
}

static bool judge(struct register_query *query, const struct entry_list_item *item,
                  const struct series *load)
{
    struct judging j = {.query = query, .item = item, .load = load};
    bool good = store_each_effect(query->site.store, item->zone, item->entry.id, keep_effect, &j) &&
                !j.no_memory &&
                store_each_forecast(query->site.store, item->zone, INT64_MIN, INT64_MAX,
                                    judge_forecast, &j);
    if (good)
        put_score(&j);
    else
        register_query_failed(query);
    for (size_t k = 0; k < j.n_effects; k++)
        free(j.effects[k].mw);
    free(j.effects);
    return good;
}

// The entries of one zone that have begun, masks apart: they add nothing.
static bool score_zone(struct register_query *query, size_t zone)
{
    struct load load;
    if (!read_load(query, query->site.config->zones[zone].id, &load)) {
        series_done(&load.series);
        return register_query_failed(query);
    }
    const int64_t newest = load.series.n ? series_end(&load.series) : INT64_MIN;
    bool good = true;
    for (size_t k = 0; good && k < query->list.n; k++) {
        const struct entry_list_item *item = &query->list.items[k];
        if (item->entry.zone == zone && item->entry.kind != ENTRY_MASK && item->entry.from < newest)
            good = judge(query, item, &load.series);
    }
    series_done(&load.series);
    return good;
}

static bool any_of_zone(const struct register_query *query, size_t zone)
{
    for (size_t k = 0; k < query->list.n; k++)
        if (query->list.items[k].entry.zone == zone &&
            query->list.items[k].entry.kind != ENTRY_MASK)
            return true;
    return false;
}

static bool score(struct register_query *query)
{
    if (query->csv)
        fputs("id,zone,kind,intervals,forecasts,counted,mae_with,mae_without,helped\n", query->out);
    else
        fprintf(query->out, "%-24s %-18s %-15s %9s %9s %9s %9s %9s  %s\n", "id", "zone", "kind",
                "intervals", "forecasts", "counted", "MAE with", "without", "helped");
    for (size_t k = 0; k < query->site.config->n_zones; k++)
        if (register_query_wants(query, query->site.config->zones[k].id) && any_of_zone(query, k) &&
            !score_zone(query, k))
            return false;
    return true;
}

int cmd_register_score(int argc, char **argv)
{
    return register_query_run(argc, argv, score);
}
