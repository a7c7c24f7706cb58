// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/forecast_text.h"

#include <math.h>

#include "config/text.h"

void forecast_text_header(FILE *out, size_t n_levels, const double levels[])
{
    fputs("time,zone,mean", out);
    for (size_t k = 0; k < n_levels; k++)
        fprintf(out, ",q%.10g", levels[k]);
    fputc('\n', out);
}

static void write_number(FILE *out, double value)
{
    if (isnan(value))
        fputc(',', out);
    else
        fprintf(out, ",%.3f", value);
}

static void write_time(const struct civil_clock *clock, bool with_offset, int64_t instant,
                       char ret[static TEXT_TIME_LEN])
{
    text_write_time(civil_local(clock, instant),
                    with_offset ? civil_offset(clock, instant) : TEXT_NO_OFFSET, ret);
}

static void write_values(FILE *out, const struct forecast *forecast, size_t i)
{
    write_number(out, forecast->mean[i]);
    for (size_t k = 0; k < forecast->n_levels; k++)
        write_number(out, forecast_quantiles(forecast, i)[k]);
    fputc('\n', out);
}

void forecast_text_rows(FILE *out, const char *zone, const struct civil_clock *clock,
                        bool with_offset, const struct forecast *forecast)
{
    char time[TEXT_TIME_LEN];
    for (size_t i = 0; i < forecast->n; i++) {
        write_time(clock, with_offset, forecast_instant(forecast, i), time);
        fprintf(out, "%s,%s", time, zone);
        write_values(out, forecast, i);
    }
}

void forecast_text_vintage_header(FILE *out, size_t n_levels, const double levels[])
{
    fputs("issue,", out);
    forecast_text_header(out, n_levels, levels);
}

void forecast_text_vintage(FILE *out, const char *zone, const struct civil_clock *clock,
                           bool with_offset, const struct forecast *forecast)
{
    char issue[TEXT_TIME_LEN], time[TEXT_TIME_LEN];
    write_time(clock, with_offset, forecast->issue, issue);
    for (size_t i = 0; i < forecast->n; i++) {
        write_time(clock, with_offset, forecast_instant(forecast, i), time);
        fprintf(out, "%s,%s,%s", issue, time, zone);
        write_values(out, forecast, i);
    }
}

void forecast_text_explain_header(FILE *out)
{
    fputs("time,zone,mean", out);
    for (int k = 0; k < EXPLAIN_PARTS; k++)
        fprintf(out, ",%s", explain_name((enum explain_part)k));
    fputc('\n', out);
}

// In thousandths: whole numbers add up. The calendar takes what rounding leaves, so that the level
// does not waver.
static void write_parts(FILE *out, double mean, const double parts[static EXPLAIN_PARTS])
{
    double rounded[EXPLAIN_PARTS], total = round(1000 * mean), rest = total;
    for (int k = 0; k < EXPLAIN_PARTS; k++) {
        rounded[k] = round(1000 * parts[k]);
        rest -= k == EXPLAIN_CALENDAR ? 0 : rounded[k];
    }
    rounded[EXPLAIN_CALENDAR] = rest;
    write_number(out, total / 1000);
    // A rounded nothing is 0, never -0.
    for (int k = 0; k < EXPLAIN_PARTS; k++)
        write_number(out, rounded[k] / 1000 + 0.0);
}

void forecast_text_explain_rows(FILE *out, const char *zone, const struct civil_clock *clock,
                                bool with_offset, const struct forecast *forecast,
                                double (*parts)[EXPLAIN_PARTS])
{
    char time[TEXT_TIME_LEN];
    for (size_t i = 0; i < forecast->n; i++) {
        write_time(clock, with_offset, forecast_instant(forecast, i), time);
        fprintf(out, "%s,%s", time, zone);
        write_parts(out, forecast->mean[i], parts[i]);
        fputc('\n', out);
    }
}

// What one civil day comes to.
struct day_summary {
    size_t n, peak; // intervals, and the one with the highest median
    double sum, p_over;
};

static struct day_summary summarise(const struct forecast *forecast, size_t from, size_t to,
                                    double limit_mw)
{
    struct day_summary day = {.n = to - from, .peak = from};
    for (size_t i = from; i < to; i++) {
        day.sum += forecast->mean[i];
        if (forecast_at_level(forecast, i, 0.5) > forecast_at_level(forecast, day.peak, 0.5))
            day.peak = i;
        if (!isnan(limit_mw))
            day.p_over = fmax(day.p_over, forecast_exceedance(forecast, i, limit_mw));
    }
    return day;
}

static void write_day(FILE *out, const struct civil_clock *clock, double limit_mw,
                      const struct forecast *forecast, const struct day_summary *day)
{
    static const char *const weekdays[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    char time[TEXT_TIME_LEN];
    int64_t local = civil_local(clock, forecast_instant(forecast, day->peak));
    text_write_time(local, TEXT_NO_OFFSET, time);
    fprintf(out, "  %s %.10s  %8.1f  %8.1f  %.5s  %8.1f - %.1f",
            weekdays[civil_weekday(civil_day(local))], time, day->sum / (double)day->n,
            forecast_at_level(forecast, day->peak, 0.5), time + 11,
            forecast_at_level(forecast, day->peak, 0.05),
            forecast_at_level(forecast, day->peak, 0.95));
    if (!isnan(limit_mw))
        fprintf(out, "  %5.1f %%", 100 * day->p_over);
    fputc('\n', out);
}

void forecast_text_table(FILE *out, const char *name, const struct civil_clock *clock,
                         double limit_mw, const struct forecast *forecast)
{
    char issue[TEXT_TIME_LEN];
    text_write_time(civil_local(clock, forecast->issue), TEXT_NO_OFFSET, issue);
    fprintf(out, "%s: issued %s, model '%s', MW\n", name, issue, forecast->model);
    fprintf(out, "  day                 mean      peak     at   90 %% of such peaks%s\n",
            isnan(limit_mw) ? "" : "  over the limit");
    for (size_t i = 0, end; i < forecast->n; i = end) {
        int64_t day = civil_day(civil_local(clock, forecast_instant(forecast, i)));
        for (end = i + 1; end < forecast->n; end++)
            if (civil_day(civil_local(clock, forecast_instant(forecast, end))) != day)
                break;
        struct day_summary summary = summarise(forecast, i, end, limit_mw);
        write_day(out, clock, limit_mw, forecast, &summary);
    }
}
