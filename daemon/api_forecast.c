// SPDX-License-Identifier: GPL-3.0-or-later
// /nodes/{id}/forecast, peaks and vintages: what was foreseen, and when.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "config/text.h"
#include "daemon/api_internal.h"
#include "daemon/entry_list.h"
#include "daemon/points.h"
#include "daemon/store_peaks.h"

// The newest issue that is asked for. False where it was refused.
static bool issue_max(struct api_call *call, int64_t *ret)
{
    *ret = INT64_MAX;
    return !call->query->issue || api_time(call, "issue", call->query->issue, ret);
}

static void write_head(struct buffer *head, const struct forecast *forecast)
{
    buffer_text(head, "issue,time,zone,mean");
    for (size_t k = 0; k < forecast->n_levels; k++) {
        char level[TEXT_REAL_LEN];
        text_write_real(forecast->level[k], level);
        buffer_printf(head, ",q%s", level);
    }
    buffer_text(head, ",limit_mw,p_over");
}

static void write_point(struct api_call *call, const struct forecast *forecast, size_t i)
{
    struct document *d = &call->document;
    const int64_t instant = forecast_instant(forecast, i);
    const double limit_mw =
        api_limit_mw(call, call->node, civil_day(civil_local(call->site->clock, instant)));
    document_row(d);
    if (d->csv)
        document_time(d, NULL, forecast->issue);
    document_time(d, "time", instant);
    document_column(d, call->node->id);
    document_real(d, "mean", forecast->mean[i]);
    document_array(d, "quantiles");
    for (size_t k = 0; k < forecast->n_levels; k++)
        document_real(d, NULL, forecast_quantiles(forecast, i)[k]);
    document_close(d);
    document_real(d, "limit_mw", limit_mw);
    document_real(d, "p_over",
                  isnan(limit_mw) ? limit_mw : forecast_exceedance(forecast, i, limit_mw));
    document_close(d);
}

static bool write_points(struct api_call *call, const struct forecast *forecast)
{
    struct buffer head;
    buffer_init(&head, 4096);
    write_head(&head, forecast);
    if (!head.failed)
        document_rows(&call->document, "points", head.data);
    for (size_t i = 0; !head.failed && i < forecast->n; i++)
        write_point(call, forecast, i);
    if (!head.failed)
        document_close(&call->document);
    const bool fine = !head.failed;
    buffer_done(&head);
    return fine;
}

static const char *id_of(const struct entry_list *entries, uint64_t key)
{
    for (size_t k = 0; k < entries->n; k++)
        if (entries->items[k].entry.id == key)
            return entries->items[k].id;
    return NULL;
}

static bool write_effects(struct api_call *call, struct forecast *forecast)
{
    const struct api_site *site = call->site;
    struct document *d = &call->document;
    struct entry_list entries;
    if (!store_get_effects(site->store, call->node->id, forecast) ||
        !entry_list_read(site->config, site->clock, site->store, &entries))
        return false;
    document_array(d, "effects");
    for (size_t e = 0; e < forecast->n_effects; e++) {
        document_object(d, NULL);
        document_text(d, "entry", id_of(&entries, forecast->effect_id[e]));
        document_array(d, "mw");
        for (size_t i = 0; i < forecast->n; i++)
            document_real(d, NULL, forecast->effect[e * forecast->n + i]);
        document_close(d);
        document_close(d);
    }
    document_close(d);
    entry_list_done(&entries);
    return true;
}

static bool write_forecast(struct api_call *call, struct forecast *forecast)
{
    struct document *d = &call->document;
    document_time(d, "issue", forecast->issue);
    document_text(d, "model", forecast->model);
    document_integer(d, "step_s", forecast->step_s);
    document_array(d, "levels");
    for (size_t k = 0; k < forecast->n_levels; k++)
        document_real(d, NULL, forecast->level[k]);
    document_close(d);
    return write_points(call, forecast) && (d->csv || write_effects(call, forecast));
}

bool api_forecast_answer(struct api_call *call)
{
    struct forecast forecast;
    int64_t issue;
    bool found;
    if (!issue_max(call, &issue))
        return true;
    if (!store_get_forecast(call->site->store, call->node->id, issue, &forecast, &found))
        return false;
    if (!found) {
        http_reply_error(call->reply, 404, "there is no forecast of '%s'%s%s", call->node->id,
                         call->query->issue ? " issued by " : " yet",
                         call->query->issue ? call->query->issue : "");
        return true;
    }
    const bool fine = write_forecast(call, &forecast);
    forecast_done(&forecast);
    return fine;
}

static void write_hours(struct document *d, const struct day_peak *day)
{
    if (day->hour < 0) {
        document_null(d, "hour_from");
        document_null(d, "hour_to");
        return;
    }
    document_integer(d, "hour_from", day->hour_from);
    document_integer(d, "hour_to", day->hour_to);
}

static void write_level(struct document *d, const char *key, const struct day_peak *day,
                        double level)
{
    document_real(d, key, points_rounded(day_peaks_at(day->peak, level)));
}

static void write_limit(struct api_call *call, const struct day_peak *day)
{
    const double limit_mw = api_limit_mw(call, call->node, day->day);
    document_real(&call->document, "limit_mw", limit_mw);
    document_real(&call->document, "p_over",
                  isnan(limit_mw) ? limit_mw : day_peaks_over(day->peak, limit_mw));
}

// The columns of phutai export --what peaks come first.
static void write_day(struct api_call *call, const struct day_peaks *peaks, size_t k)
{
    struct document *d = &call->document;
    const struct day_peak *day = &peaks->days[k];
    document_row(d);
    if (d->csv)
        document_time(d, NULL, peaks->issue);
    document_column(d, call->node->id);
    document_day(d, "day", day->day);
    write_hours(d, day);
    write_level(d, "q50", day, 0.5);
    write_level(d, "q90", day, 0.9);
    write_level(d, "q99", day, 0.99);
    document_real(d, "temp_c", points_rounded(day->cause.temp_c));
    document_real(d, "heat_mw", points_rounded(day->cause.heat_mw));
    document_real(d, "register_mw", points_rounded(day->cause.register_mw));
    if (d->csv)
        document_real(d, NULL, points_rounded(peaks->growth));
    write_limit(call, day);
    document_real(d, "usual_c", points_rounded(day->cause.usual_c));
    document_close(d);
}

bool api_peaks_answer(struct api_call *call)
{
    struct document *d = &call->document;
    struct day_peaks peaks = {.growth = (double)NAN};
    int64_t issue;
    bool found;
    if (!issue_max(call, &issue))
        return true;
    if (!store_get_peaks(call->site->store, call->node->id, issue, &peaks, &found))
        return false;
    document_time(d, "issue", found ? peaks.issue : 0);
    document_real(d, "growth", found ? peaks.growth : (double)NAN);
    document_rows(d, "days",
                  "issued,zone,day,hour_from,hour_to,q50,q90,q99,temp_c,heat_mw,register_mw,growth,"
                  "limit_mw,p_over,usual_c");
    for (size_t k = 0; found && k < peaks.n; k++)
        if (day_peaks_ends(&peaks, k))
            write_day(call, &peaks, k);
    document_close(d);
    if (found)
        day_peaks_done(&peaks);
    return true;
}

struct vintages {
    struct api_call *call;
    int64_t day;
};

static bool write_vintage(void *context, const char *node, const struct day_peaks *peaks)
{
    const struct vintages *vintages = context;
    struct document *d = &vintages->call->document;
    size_t k = 0;
    while (k < peaks->n && peaks->days[k].day != vintages->day)
        k++;
    if (k == peaks->n || !day_peaks_ends(peaks, k))
        return true;
    const struct day_peak *day = &peaks->days[k];
    document_row(d);
    document_time(d, "issue", peaks->issue);
    document_column(d, node);
    if (d->csv)
        document_day(d, NULL, day->day);
    document_flag(d, "whole", day->whole);
    write_hours(d, day);
    write_level(d, "q05", day, 0.05);
    write_level(d, "q25", day, 0.25);
    write_level(d, "q50", day, 0.5);
    write_level(d, "q75", day, 0.75);
    write_level(d, "q90", day, 0.9);
    write_level(d, "q95", day, 0.95);
    write_limit(vintages->call, day);
    document_close(d);
    return true;
}

// What came: null while nothing of the day is known.
static bool write_measured(struct api_call *call, int64_t from, int64_t to)
{
    struct document *d = &call->document;
    int64_t first;
    size_t n, known = 0, peak = 0;
    double *mw, sum = 0;
    if (!api_loads(call, call->node, from, to, &first, &n, &mw))
        return false;
    for (size_t i = 0; i < n; i++) {
        if (isnan(mw[i]))
            continue;
        peak = !known++ || mw[i] > mw[peak] ? i : peak;
        sum += mw[i];
    }
    document_object(d, "measured");
    document_flag(d, "whole", known && known == n);
    document_real(d, "peak_mw", known ? mw[peak] : (double)NAN);
    document_time(d, "peak_time",
                  known ? first + (int64_t)peak * call->site->config->site.step_s : 0);
    document_real(d, "mean_mw", known ? sum / (double)known : (double)NAN);
    document_close(d);
    free(mw);
    return true;
}

bool api_vintages_answer(struct api_call *call)
{
    const struct api_site *site = call->site;
    struct document *d = &call->document;
    struct vintages vintages = {.call = call, .day = call->today};
    if (!api_day(call, "day", call->query->day, &vintages.day))
        return true;
    const int64_t from = civil_instant(site->clock, vintages.day * CIVIL_DAY_S);
    const int64_t to = civil_instant(site->clock, (vintages.day + 1) * CIVIL_DAY_S);
    document_day(d, "day", vintages.day);
    document_rows(d, "vintages",
                  "issue,zone,day,whole,hour_from,hour_to,q05,q25,q50,q75,q90,q95,limit_mw,p_over");
    // Another horizon may have been in use then; no day is forecast longer than this ahead.
    const int64_t earliest = from - (site->config->forecast.horizon_s + 31 * CIVIL_DAY_S);
    if (!store_each_peaks(site->store, call->node->id, earliest, to, write_vintage, &vintages))
        return false;
    document_close(d);
    return d->csv || write_measured(call, from, to);
}
