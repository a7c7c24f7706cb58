// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/points.h"

#include <math.h>
#include <stdio.h>

#include "daemon/lineproto.h"
#include "daemon/origin.h"

const double points_levels[POINTS_LEVELS] = {
    0.05, 0.10, 0.15, 0.20, 0.25, 0.30, 0.35, 0.40, 0.45, 0.50,
    0.55, 0.60, 0.65, 0.70, 0.75, 0.80, 0.85, 0.90, 0.95,
};

static const int64_t ns_per_s = 1000000000;

double points_rounded(double value)
{
    return round(value * 1e6) / 1e6;
}

static void put_levels(struct lineproto_writer *writer, const struct forecast *forecast, size_t i)
{
    char key[8];
    for (size_t k = 0; k < forecast->n_levels; k++) {
        snprintf(key, sizeof key, "q%02d", (int)lround(forecast->level[k] * 100) % 100);
        lineproto_put_real(writer, key, points_rounded(forecast_quantiles(forecast, i)[k]));
    }
}

static void write_lead(int64_t lead_s, char ret[static 16])
{
    double hours = (double)lead_s / 3600;
    if (lead_s % 3600 == 0)
        snprintf(ret, 16, "%03.0f", hours);
    else if (lead_s % 1800 == 0)
        snprintf(ret, 16, "%05.1f", hours);
    else
        snprintf(ret, 16, "%07.3f", hours);
}

static void put_target(struct buffer *out, const struct points_zone *zone,
                       const struct forecast *forecast, size_t i)
{
    struct lineproto_writer writer;
    if (forecast_instant(forecast, i) > zone->target_max)
        return;
    lineproto_begin(&writer, out, "load_forecast");
    if (zone->simulated)
        lineproto_put_tag(&writer, ORIGIN_COLUMN, ORIGIN_SIMULATED);
    lineproto_put_tag(&writer, "zone", zone->id);
    lineproto_put_real(&writer, "mean", points_rounded(forecast->mean[i]));
    if (!isnan(zone->limit_mw))
        lineproto_put_real(&writer, "p_over",
                           points_rounded(forecast_exceedance(forecast, i, zone->limit_mw)));
    put_levels(&writer, forecast, i);
    lineproto_end(&writer, forecast_instant(forecast, i) * ns_per_s);
}

static void put_issued(struct buffer *out, const struct points_zone *zone,
                       const struct forecast *forecast, size_t i)
{
    struct lineproto_writer writer;
    char lead[16];
    write_lead(forecast_instant(forecast, i) - forecast->issue, lead);
    lineproto_begin(&writer, out, "load_forecast_issued");
    lineproto_put_tag(&writer, "lead_h", lead);
    if (zone->simulated)
        lineproto_put_tag(&writer, ORIGIN_COLUMN, ORIGIN_SIMULATED);
    lineproto_put_tag(&writer, "zone", zone->id);
    lineproto_put_real(&writer, "mean", points_rounded(forecast->mean[i]));
    put_levels(&writer, forecast, i);
    lineproto_end(&writer, forecast->issue * ns_per_s);
}

void points_forecast(struct buffer *out, const struct points_zone *zone,
                     const struct forecast *forecast, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++) {
        put_target(out, zone, forecast, i);
        put_issued(out, zone, forecast, i);
    }
}

static void put_peak(struct buffer *out, const struct points_zone *zone, int64_t issue,
                     int64_t lead_days, const struct day_peak *day, double limit_mw)
{
    struct lineproto_writer writer;
    char lead[24];
    snprintf(lead, sizeof lead, "%lld", (long long)lead_days);
    lineproto_begin(&writer, out, "peak_risk");
    lineproto_put_tag(&writer, "lead_d", lead);
    if (zone->simulated)
        lineproto_put_tag(&writer, ORIGIN_COLUMN, ORIGIN_SIMULATED);
    lineproto_put_tag(&writer, "zone", zone->id);
    if (!isnan(limit_mw)) {
        double over = day_peaks_at(day->peak, 0.9) - limit_mw;
        lineproto_put_real(&writer, "mw_over", points_rounded(over > 0 ? over : 0));
        lineproto_put_real(&writer, "p_over", points_rounded(day_peaks_over(day->peak, limit_mw)));
    }
    lineproto_put_integer(&writer, "peak_hour", day->hour);
    lineproto_put_real(&writer, "peak_mw", points_rounded(day_peaks_at(day->peak, 0.5)));
    lineproto_end(&writer, issue * ns_per_s);
}

void points_peaks(struct buffer *out, const struct points_zone *zone, const struct day_peaks *peaks,
                  int64_t issue_day, const double limit_mw[])
{
    for (size_t d = 0; d < peaks->n; d++)
        if (day_peaks_ends(peaks, d) && peaks->days[d].hour >= 0)
            put_peak(out, zone, peaks->issue, peaks->days[d].day - issue_day, &peaks->days[d],
                     limit_mw[d]);
}

// The level passed with a probability of so many per cent.
static double poe(const struct store_season *season, int per_cent)
{
    return points_rounded(season->peak_mw[STORE_SEASON_LEVELS - per_cent]);
}

void points_season(struct buffer *out, const struct store_season *season, bool simulated)
{
    struct lineproto_writer writer;
    lineproto_begin(&writer, out, "season_peak");
    if (simulated)
        lineproto_put_tag(&writer, ORIGIN_COLUMN, ORIGIN_SIMULATED);
    lineproto_put_tag(&writer, "scenario", season->scenario);
    lineproto_put_tag(&writer, "season", season->season);
    lineproto_put_tag(&writer, "zone", season->zone);
    if (!isnan(season->limit_mw)) {
        lineproto_put_real(&writer, "limit_mw", points_rounded(season->limit_mw));
        lineproto_put_real(&writer, "p_over", points_rounded(season->p_over));
    }
    lineproto_put_integer(&writer, "peak_hour", season->peak_hour);
    lineproto_put_real(&writer, "poe01", poe(season, 1));
    lineproto_put_real(&writer, "poe10", poe(season, 10));
    lineproto_put_real(&writer, "poe50", poe(season, 50));
    lineproto_put_real(&writer, "poe90", poe(season, 90));
    lineproto_end(&writer, season->issue * ns_per_s);
}
