// SPDX-License-Identifier: GPL-3.0-or-later
#include "daemon/kept_text.h"

#include <math.h>

#include "config/text.h"
#include "daemon/csv_field.h"
#include "daemon/points.h"

const char kept_text_season_head[] =
    "issue,season,scenario,zone,poe,peak,limit_mw,p_over,peak_hour";
const char kept_text_peaks_head[] =
    "issued,zone,day,hour_from,hour_to,q50,q90,q99,temp_c,heat_mw,register_mw,growth";

static void write_time(const struct civil_clock *clock, int64_t instant,
                       char ret[static TEXT_TIME_LEN])
{
    text_write_time(civil_local(clock, instant), civil_offset(clock, instant), ret);
}

size_t kept_text_season(FILE *out, const struct civil_clock *clock,
                        const struct store_season *season)
{
    char time[TEXT_TIME_LEN];
    write_time(clock, season->issue, time);
    for (int k = 0; k < STORE_SEASON_LEVELS; k++) {
        fprintf(out, "%s,%s,%s,%s,%.2f,%.3f,", time, season->season, season->scenario, season->zone,
                (double)(STORE_SEASON_LEVELS - k) / 100, season->peak_mw[k]);
        if (isnan(season->limit_mw))
            fprintf(out, ",,%d\n", season->peak_hour);
        else
            fprintf(out, "%.3f,%.4f,%d\n", season->limit_mw, season->p_over, season->peak_hour);
    }
    return STORE_SEASON_LEVELS;
}

// After a comma, as fine as in the points; a value that is not known leaves the field empty.
static void put_real(FILE *out, double value)
{
    char text[TEXT_REAL_LEN] = "";
    if (isfinite(value))
        text_write_real(points_rounded(value), text);
    fprintf(out, ",%s", text);
}

static void put_day(FILE *out, const struct day_peak *day, double growth)
{
    const struct civil_date date = civil_date_from_day(day->day);
    fprintf(out, ",%04d-%02d-%02d", date.year, date.month, date.day);
    if (day->hour < 0)
        fputs(",,", out);
    else
        fprintf(out, ",%d,%d", day->hour_from, day->hour_to);
    put_real(out, day_peaks_at(day->peak, 0.5));
    put_real(out, day_peaks_at(day->peak, 0.9));
    put_real(out, day_peaks_at(day->peak, 0.99));
    put_real(out, day->cause.temp_c);
    put_real(out, day->cause.heat_mw);
    put_real(out, day->cause.register_mw);
    put_real(out, growth);
    fputc('\n', out);
}

size_t kept_text_peaks(FILE *out, const struct civil_clock *clock, const char *node,
                       const struct day_peaks *peaks)
{
    size_t rows = 0;
    char time[TEXT_TIME_LEN];
    write_time(clock, peaks->issue, time);
    for (size_t d = 0; d < peaks->n; d++) {
        if (!day_peaks_ends(peaks, d))
            continue;
        fprintf(out, "%s,", time);
        csv_field_text(out, node);
        put_day(out, &peaks->days[d], peaks->growth);
        rows++;
    }
    return rows;
}
