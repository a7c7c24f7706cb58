// SPDX-License-Identifier: GPL-3.0-or-later
#include "weather.h"

#include <math.h>
#include <stdlib.h>

enum { NOW_S = 2 * CIVIL_HOUR_S }; // what "the weather now" is the mean of

// The weather at the issue fades into the scenario's. A day's departure from what the scenario's
// day was is gone after some two days, as anomalies of air masses are; what the last hours depart
// beyond that (a cloud, a shower) after some hours.
static const double slow_s = 48 * CIVIL_HOUR_S, fast_s = 6 * CIVIL_HOUR_S;

static void transform_lag(size_t lag, size_t n, const double temp[], double ret[])
{
    for (size_t i = 0; i < n; i++)
        ret[i] = i < lag ? (double)NAN : temp[i - lag];
}

static void transform_mean(size_t width, size_t n, const double temp[], double ret[])
{
    double sum = 0;
    size_t known = 0;
    for (size_t i = 0; i < n; i++) {
        if (!isnan(temp[i])) {
            sum += temp[i];
            known++;
        }
        if (i >= width && !isnan(temp[i - width])) {
            sum -= temp[i - width];
            known--;
        }
        ret[i] = 2 * known > width ? sum / (double)known : (double)NAN;
    }
}

// The weight that is known decays through a gap and grows back after it, so that the mean is
// unbiased at the start and a value is given only where at least half the weight is real.
static void transform_smooth(double keep, size_t n, const double temp[], double ret[])
{
    double sum = 0, weight = 0;
    for (size_t i = 0; i < n; i++) {
        sum *= keep;
        weight *= keep;
        if (!isnan(temp[i])) {
            sum += (1 - keep) * temp[i];
            weight += 1 - keep;
        }
        ret[i] = weight >= 0.5 ? sum / weight : (double)NAN;
    }
}

void weather_transform(const struct weather_input *input, int32_t step_s, size_t n,
                       const double temp[], double ret[])
{
    double steps = input->hours * CIVIL_HOUR_S / step_s;
    switch (input->guise) {
    case WEATHER_NOW:
        transform_lag(0, n, temp, ret);
        break;
    case WEATHER_LAG:
        transform_lag((size_t)lround(steps), n, temp, ret);
        break;
    case WEATHER_MEAN:
        transform_mean((size_t)fmax(1, round(steps)), n, temp, ret);
        break;
    case WEATHER_SMOOTH:
        transform_smooth(exp(-1 / steps), n, temp, ret);
        break;
    }
}

// The mean of a series, NaN of an empty one; to a sixteenth of a degree, so that what is made of it
// stays the same from one observation to the next.
static double series_level(const struct series *series)
{
    double sum = 0;
    size_t n = 0;
    for (size_t i = 0; i < series->n; i++)
        if (!isnan(series->value[i])) {
            sum += series->value[i];
            n++;
        }
    return n ? round(16 * sum / (double)n) / 16 : (double)NAN;
}

// The mean of the stations at `instant`. Where some are silent: that of the `used` levels, and how
// far the others are from theirs.
static double mean_at(size_t n, const struct series *const stations[], const double level[],
                      size_t used, int64_t instant)
{
    double sum = 0, levels = 0, spoken = 0;
    size_t known = 0;
    for (size_t s = 0; s < n; s++) {
        double value = series_at(stations[s], instant);
        levels += isnan(level[s]) ? 0 : level[s];
        if (!isnan(value)) {
            sum += value;
            spoken += level[s];
            known++;
        }
    }
    if (known == used)
        return sum / (double)used;
    return known ? levels / (double)used + (sum - spoken) / (double)known : (double)NAN;
}

bool weather_combine(size_t n_stations, const struct series *const stations[], struct series *ret)
{
    struct series out;
    int64_t from = INT64_MAX, to = INT64_MIN;
    double *level = calloc(n_stations + 1, sizeof *level);
    size_t used = 0;
    if (!level)
        return false;
    series_init(&out, n_stations ? stations[0]->step_s : CIVIL_HOUR_S);
    for (size_t s = 0; s < n_stations; s++) {
        level[s] = series_level(stations[s]);
        if (isnan(level[s]))
            continue;
        used++;
        from = stations[s]->start < from ? stations[s]->start : from;
        to = series_end(stations[s]) > to ? series_end(stations[s]) : to;
    }
    bool fine = true;
    for (int64_t t = from; fine && used && t < to; t += out.step_s)
        fine = series_put(&out, t, mean_at(n_stations, stations, level, used, t)) != SERIES_REFUSED;
    free(level);
    if (fine)
        *ret = out;
    else
        series_done(&out);
    return fine;
}

static bool mostly_known(const struct series *temp, int64_t from, size_t n)
{
    size_t known = 0;
    for (size_t i = 0; i < n; i++)
        known += isnan(series_at(temp, from + (int64_t)i * temp->step_s)) ? 0 : 1;
    return known > 0 && 20 * known >= 19 * n;
}

int64_t weather_same_date(const struct civil_clock *clock, int64_t instant, int years)
{
    int64_t local = civil_local(clock, instant);
    struct civil_date date = civil_date_from_day(civil_day(local));
    date.year -= years;
    if (!civil_date_valid(date))
        date.day = 28;
    return civil_instant(clock,
                         civil_day_from_date(date) * CIVIL_DAY_S + civil_second_of_day(local));
}

static size_t recent_days(const struct series *temp, int64_t issue, struct weather_scenario ret[])
{
    size_t n = 0;
    size_t day = (size_t)(CIVIL_DAY_S / temp->step_s);
    for (int k = 1; k <= 14; k++)
        if (mostly_known(temp, issue - k * (int64_t)CIVIL_DAY_S, day))
            ret[n++].source = issue - k * (int64_t)CIVIL_DAY_S;
    return n;
}

size_t weather_scenarios(const struct series *temp, const struct civil_clock *clock, int64_t issue,
                         size_t n, struct weather_shifts shifts, struct weather_scenario ret[])
{
    size_t count = 0;
    int64_t span = (int64_t)n * temp->step_s;
    for (int years = 1;; years++) {
        int64_t same = weather_same_date(clock, issue, years);
        if (!temp->n || same + span + shifts.shift_days * (int64_t)CIVIL_DAY_S < temp->start)
            break;
        for (int shift = -shifts.shift_days; shift <= shifts.shift_days;
             shift += shifts.step_days) {
            int64_t source = same + shift * (int64_t)CIVIL_DAY_S;
            if (source + span <= issue && count < WEATHER_SCENARIOS_MAX &&
                mostly_known(temp, source, n))
                ret[count++].source = source;
        }
    }
    return count || !temp->n ? count : recent_days(temp, issue, ret);
}

static void fill_gaps(size_t n, double value[])
{
    size_t last = n; // last known index, n while none is
    for (size_t i = 0; i < n; i++) {
        if (isnan(value[i]))
            continue;
        size_t from = last == n ? 0 : last + 1;
        double left = last == n ? value[i] : value[last];
        for (size_t k = from; k < i; k++)
            value[k] = left + (value[i] - left) * (double)(k + 1 - from) / (double)(i + 1 - from);
        last = i;
    }
    for (size_t k = last + 1; last < n && k < n; k++)
        value[k] = value[last];
}

// How far the temperature was from the climate.
static double anomaly(const struct series *temp, const struct climate *climate, int64_t instant)
{
    return series_at(temp, instant) - climate_at(climate, instant);
}

void weather_play(const struct series *temp, const struct climate *climate,
                  const struct weather_scenario *scenario, int64_t issue, size_t past, size_t n,
                  double ret[])
{
    int64_t span = (int64_t)n * temp->step_s;
    // A source too close to the issue time to hold the whole span is repeated day by day.
    int64_t repeat = scenario->source + span <= issue ? span : CIVIL_DAY_S;
    for (size_t i = 0; i < past + n; i++) {
        int64_t ahead = ((int64_t)i - (int64_t)past) * temp->step_s;
        ret[i] = anomaly(temp, climate, scenario->source + (ahead < 0 ? ahead : ahead % repeat));
    }
    fill_gaps(past + n, ret);
}

// What a run is at an interval up to the end of what is given: what is known, where it is a
// forecast off by its share of the scenario's anomaly.
static double run_difference(const struct weather_start *start, const double scenario[], int64_t i)
{
    int64_t ahead_s = i * start->temp->step_s;
    double lead_days = (double)(ahead_s + start->age_s) / CIVIL_DAY_S;
    double share = ahead_s < 0 ? 0 : weather_forecast_error(lead_days);
    return anomaly(start->temp, start->climate, start->issue + ahead_s) - (1 - share) * scenario[i];
}

// Mean over the last `span` intervals before the end of what is given of what is known beyond the
// scenario; scenario[0] is that of the issue.
static double end_difference(const struct weather_start *start, size_t span,
                             const double scenario[])
{
    double sum = 0;
    size_t known = 0;
    for (size_t k = 1; k <= span; k++) {
        double d = run_difference(start, scenario, (int64_t)start->given - (int64_t)k);
        if (!isnan(d)) {
            sum += d;
            known++;
        }
    }
    return known ? sum / (double)known : 0;
}

void weather_start_at_present(const struct weather_start *start, size_t past, size_t n,
                              double ret[])
{
    const int32_t step_s = start->temp->step_s;
    size_t day = (size_t)(CIVIL_DAY_S / step_s), now = (size_t)(NOW_S / step_s);
    if (past < day)
        return;
    double slow = end_difference(start, day, ret + past);
    double fast = now ? end_difference(start, now, ret + past) - slow : 0;
    for (size_t i = start->given; i < n; i++) {
        double ahead = (double)(i - start->given) * step_s;
        ret[past + i] += slow * exp(-ahead / slow_s) + fast * exp(-ahead / fast_s);
    }
}

double weather_forecast_error(double lead_days)
{
    // With anomalies of 4 C: 1.1 C tomorrow, 2 C in three days, 3 C in a week, as numerical
    // forecasts of the hourly temperature are off today.
    const double days = 6;
    return 1 - exp(-(lead_days + 1) / days);
}
