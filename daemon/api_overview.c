// SPDX-License-Identifier: GPL-3.0-or-later
// /overview: every node at a glance, the one most at risk first.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/api_internal.h"
#include "daemon/store_peaks.h"

// What is known of a node.
struct outlook {
    const struct node *node;
    size_t number; // of the node: what is alike stays in the order of the site
    struct day_peaks peaks;
    bool has_season;
    char season_name[64];
    struct store_season season; // without texts
    int64_t issue;              // of the newest forecast, 0 for none
    char model[FORECAST_MODEL_LEN];
    // What it is ranked by.
    enum alert_level level;
    double p_days, p_season; // 0 where unknown
};

struct overview {
    struct api_call *call;
    struct alert_list alerts;
    size_t n;
    struct outlook *outlooks; // beside call->nodes until they are ranked
};

static bool take_season(void *context, const struct store_season *season)
{
    struct overview *all = context;
    const size_t k = nodes_find(all->call->nodes, season->zone);
    if (k == all->n || strcmp(season->scenario, "base") != 0)
        return true;
    struct outlook *outlook = &all->outlooks[k];
    outlook->has_season = true;
    outlook->season = *season;
    outlook->p_season = isnan(season->p_over) ? 0 : season->p_over;
    snprintf(outlook->season_name, sizeof outlook->season_name, "%s", season->season);
    return true;
}

// Days that are not over and whose end is forecast.
static bool is_ahead(const struct api_call *call, const struct day_peaks *peaks, size_t k)
{
    return peaks->days[k].day >= call->today && day_peaks_ends(peaks, k);
}

static double p_over(const struct api_call *call, const struct node *node,
                     const struct day_peak *day)
{
    const double limit_mw = api_limit_mw(call, node, day->day);
    return isnan(limit_mw) ? limit_mw : day_peaks_over(day->peak, limit_mw);
}

static bool is_firing(const struct api_call *call, const struct store_alert *alert)
{
    const enum alert_state state = api_alert_of(call, alert).state;
    return state == ALERT_FIRING || state == ALERT_ACKNOWLEDGED;
}

static bool look_at_forecast(struct overview *all, struct outlook *outlook)
{
    struct forecast forecast;
    bool found;
    if (!store_get_forecast(all->call->site->store, outlook->node->id, INT64_MAX, &forecast,
                            &found))
        return false;
    if (found) {
        outlook->issue = forecast.issue;
        snprintf(outlook->model, sizeof outlook->model, "%s", forecast.model);
        forecast_done(&forecast);
    }
    return true;
}

static bool look_at(struct overview *all, size_t k)
{
    struct outlook *outlook = &all->outlooks[k];
    bool found;
    outlook->node = &all->call->nodes->nodes[k];
    outlook->number = k;
    if (!look_at_forecast(all, outlook) ||
        !store_get_peaks(all->call->site->store, outlook->node->id, INT64_MAX, &outlook->peaks,
                         &found))
        return false;
    for (size_t d = 0; d < outlook->peaks.n; d++)
        if (is_ahead(all->call, &outlook->peaks, d))
            outlook->p_days =
                fmax(outlook->p_days, p_over(all->call, outlook->node, &outlook->peaks.days[d]));
    for (size_t i = 0; i < all->alerts.n; i++) {
        const struct store_alert *alert = &all->alerts.items[i];
        if (!strcmp(alert->subject, outlook->node->id) && is_firing(all->call, alert) &&
            alert->alert.level > outlook->level)
            outlook->level = alert->alert.level;
    }
    return true;
}

// By what fires, then the likeliest of the coming days, then the season.
static int by_risk(const void *a, const void *b)
{
    const struct outlook *one = a, *other = b;
    if (one->level != other->level)
        return one->level > other->level ? -1 : 1;
    if (one->p_days != other->p_days)
        return one->p_days > other->p_days ? -1 : 1;
    if (one->p_season != other->p_season)
        return one->p_season > other->p_season ? -1 : 1;
    return one->number < other->number ? -1 : 1;
}

// The load of the newest interval, where it is known of all members that read at all.
static void write_newest(struct api_call *call, const struct node *node)
{
    struct document *d = &call->document;
    double sum = 0;
    int64_t end = 0;
    for (size_t m = 0; m < node->n_members; m++) {
        const struct alerts_zone *zone = &call->site->zones[node->members[m]];
        if (zone->load_end && end && zone->load_end != end)
            sum = (double)NAN;
        end = zone->load_end > end ? zone->load_end : end;
        sum += zone->load_end ? zone->load_mw : 0;
    }
    if (!end || isnan(sum)) {
        document_null(d, "newest");
        return;
    }
    document_object(d, "newest");
    document_time(d, "time", end - call->site->config->site.step_s);
    document_real(d, "mw", sum);
    document_close(d);
}

static void write_day(struct api_call *call, const struct node *node, const struct day_peak *day)
{
    struct document *d = &call->document;
    document_object(d, NULL);
    document_day(d, "day", day->day);
    document_real(d, "median_mw", day_peaks_at(day->peak, 0.5));
    document_real(d, "q90_mw", day_peaks_at(day->peak, 0.9));
    document_real(d, "limit_mw", api_limit_mw(call, node, day->day));
    document_real(d, "p_over", p_over(call, node, day));
    if (day->hour < 0) {
        document_null(d, "hour_from");
        document_null(d, "hour_to");
    } else {
        document_integer(d, "hour_from", day->hour_from);
        document_integer(d, "hour_to", day->hour_to);
    }
    document_close(d);
}

static void write_season(struct document *d, const struct outlook *outlook)
{
    if (!outlook->has_season) {
        document_null(d, "season");
        return;
    }
    document_object(d, "season");
    document_text(d, "season", outlook->season_name);
    document_time(d, "issue", outlook->season.issue);
    document_real(d, "poe50_mw", api_poe_mw(&outlook->season, 50));
    document_real(d, "poe10_mw", api_poe_mw(&outlook->season, 10));
    document_real(d, "poe01_mw", api_poe_mw(&outlook->season, 1));
    document_real(d, "limit_mw", outlook->season.limit_mw);
    document_real(d, "p_over", outlook->season.p_over);
    document_integer(d, "peak_hour", outlook->season.peak_hour);
    document_close(d);
}

static void write_alert(struct api_call *call, const struct store_alert *alert)
{
    struct document *d = &call->document;
    const struct api_alert now = api_alert_of(call, alert);
    document_object(d, NULL);
    document_text(d, "rule", alert->rule);
    document_text(d, "zone", alert->subject);
    document_text(d, "level", alert_level_name(now.level));
    document_text(d, "state", alert_state_name(now.state));
    document_time(d, "since", alert->alert.since);
    document_known_text(d, "title_vi", alert->title_vi);
    document_known_text(d, "title_en", alert->title_en);
    document_close(d);
}

// Those of a node, or with NULL those that are of none: of stations and databases.
static void write_alerts(const struct overview *all, const struct node *node)
{
    struct document *d = &all->call->document;
    document_array(d, node ? "alerts" : "other_alerts");
    for (size_t i = 0; i < all->alerts.n; i++) {
        const struct store_alert *alert = &all->alerts.items[i];
        const bool fits = node ? !strcmp(alert->subject, node->id)
                               : nodes_find(all->call->nodes, alert->subject) == all->n;
        if (fits && is_firing(all->call, alert))
            write_alert(all->call, alert);
    }
    document_close(d);
}

// Ages are in whole minutes, so that what is asked for again within one is the same.
static void write_health(struct api_call *call, const struct outlook *outlook)
{
    enum { MINUTE_S = 60 };
    struct document *d = &call->document;
    int64_t newest = 0;
    for (size_t m = 0; m < outlook->node->n_members; m++)
        if (call->site->zones[outlook->node->members[m]].newest > newest)
            newest = call->site->zones[outlook->node->members[m]].newest;
    const int64_t age_s = call->site->now > newest ? call->site->now - newest : 0;
    document_object(d, "health");
    document_time(d, "readings_until", newest);
    if (newest)
        document_integer(d, "age_s", age_s - age_s % MINUTE_S);
    else
        document_null(d, "age_s");
    document_known_text(d, "model", outlook->model);
    document_time(d, "forecast_issue", outlook->issue);
    document_close(d);
}

static void write_outlook(const struct overview *all, const struct outlook *outlook)
{
    struct api_call *call = all->call;
    struct document *d = &call->document;
    document_object(d, NULL);
    document_text(d, "id", outlook->node->id);
    write_newest(call, outlook->node);
    document_real(d, "limit_mw", api_limit_mw(call, outlook->node, call->today));
    document_array(d, "days");
    for (size_t k = 0; k < outlook->peaks.n; k++)
        if (is_ahead(call, &outlook->peaks, k))
            write_day(call, outlook->node, &outlook->peaks.days[k]);
    document_close(d);
    write_season(d, outlook);
    write_alerts(all, outlook->node);
    write_health(call, outlook);
    document_close(d);
}

static bool gather(struct overview *all)
{
    if (!all->outlooks || !alert_list_read(all->call->site->store, NULL, NULL, &all->alerts) ||
        !store_newest_seasons(all->call->site->store, INT64_MAX, take_season, all))
        return false;
    for (size_t k = 0; k < all->n; k++)
        if (!look_at(all, k))
            return false;
    qsort(all->outlooks, all->n, sizeof *all->outlooks, by_risk);
    return true;
}

bool api_overview_answer(struct api_call *call)
{
    struct overview all = {.call = call, .n = call->nodes->n};
    all.outlooks = calloc(all.n + 1, sizeof *all.outlooks);
    const bool fine = gather(&all);
    document_day(&call->document, "today", call->today);
    document_array(&call->document, "nodes");
    for (size_t k = 0; fine && k < all.n; k++)
        write_outlook(&all, &all.outlooks[k]);
    document_close(&call->document);
    write_alerts(&all, NULL);
    for (size_t k = 0; all.outlooks && k < all.n; k++)
        day_peaks_done(&all.outlooks[k].peaks);
    free(all.outlooks);
    alert_list_done(&all.alerts);
    return fine && api_sources_write(call);
}
