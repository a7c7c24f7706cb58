// SPDX-License-Identifier: GPL-3.0-or-later
#include "day_causes.h"

#include <math.h>

#include "climate.h"

enum { GROWTH_DAYS = 28, YEAR_DAYS = 364 };

static const double known_least = 0.9; // of a day's temperatures, to tell the highest of them

static int64_t day_at(const struct forecast *forecast, const struct civil_clock *clock, size_t i)
{
    return civil_day(civil_local(clock, forecast_instant(forecast, i)));
}

// The interval of the highest mean of a day, n where none is known. Looks from *from on, the day's
// first interval, and moves it to the next day's.
static size_t find_highest(const struct forecast *forecast, const struct civil_clock *clock,
                           size_t *from)
{
    size_t best = forecast->n, i = *from;
    int64_t day = i < forecast->n ? day_at(forecast, clock, i) : 0;
    for (; i < forecast->n && day_at(forecast, clock, i) == day; i++)
        if (!isnan(forecast->mean[i]) &&
            (best == forecast->n || forecast->mean[i] > forecast->mean[best]))
            best = i;
    *from = i;
    return best;
}

// The day's highest temperature, as far as it was or is foreseen, and that of the climate; a NULL
// climate is not known.
static void find_temperatures(const struct model_data *data, const struct climate *climate,
                              int64_t day, struct day_cause *ret)
{
    const struct series *temp = data->temp;
    int64_t end = civil_instant(data->clock, (day + 1) * CIVIL_DAY_S);
    double known = 0, all = 0, highest = -INFINITY, usual = -INFINITY;
    for (int64_t t = civil_instant(data->clock, day * CIVIL_DAY_S); t < end; t += temp->step_s) {
        double value = t < data->weather_until ? series_at(temp, t) : (double)NAN;
        all++;
        known += isnan(value) ? 0 : 1;
        highest = fmax(highest, value);
        usual = climate ? fmax(usual, climate_at(climate, t)) : (double)NAN;
    }
    ret->temp_c = known >= known_least * all ? highest : (double)NAN;
    ret->usual_c = usual;
}

static double sum_effects(const struct forecast *forecast, size_t i)
{
    double sum = 0;
    for (size_t e = 0; e < forecast->n_effects; e++)
        sum += forecast->effect[e * forecast->n + i];
    return sum;
}

void day_causes_find(const struct model_data *data, const struct forecast *forecast,
                     const double (*parts)[EXPLAIN_PARTS], struct day_peaks *ret)
{
    struct climate climate;
    bool usual = data->temp && climate_fit(data->temp, data->issue, &climate);
    size_t next = 0;
    for (size_t d = 0; d < ret->n; d++) {
        struct day_cause *cause = &ret->days[d].cause;
        size_t i = find_highest(forecast, data->clock, &next);
        if (data->temp)
            find_temperatures(data, usual ? &climate : NULL, ret->days[d].day, cause);
        if (i == forecast->n)
            continue;
        cause->register_mw = sum_effects(forecast, i);
        if (parts && data->temp)
            cause->heat_mw = parts[i][EXPLAIN_TEMP_NOW] + parts[i][EXPLAIN_TEMP_MEMORY];
    }
}

// Adds what is known to what may not be known yet.
static double add_known(double sum, double value)
{
    return isnan(value) ? sum : isnan(sum) ? value : sum + value;
}

void day_causes_sum(size_t n, const struct day_peaks *const members[],
                    const struct forecast *const forecasts[], const struct civil_clock *clock,
                    struct day_peaks *ret)
{
    for (size_t d = 0, from = 0, next = 0; d < ret->n; d++, from = next) {
        struct day_cause sum = {NAN, NAN, NAN, NAN};
        double most = -INFINITY;
        for (size_t m = 0; m < n; m++) {
            const struct day_cause *cause = &members[m]->days[d].cause;
            next = from;
            size_t i = find_highest(forecasts[m], clock, &next);
            sum.heat_mw = add_known(sum.heat_mw, cause->heat_mw);
            sum.register_mw = add_known(sum.register_mw, cause->register_mw);
            if (i < forecasts[m]->n && forecasts[m]->mean[i] > most) {
                most = forecasts[m]->mean[i];
                sum.temp_c = cause->temp_c;
                sum.usual_c = cause->usual_c;
            }
        }
        ret->days[d].cause = sum;
    }
}

static double mean_before(const struct series *load, int64_t end)
{
    double sum = 0, known = 0, all = 0;
    for (int64_t t = end - GROWTH_DAYS * CIVIL_DAY_S; t < end; t += load->step_s, all++) {
        double value = series_at(load, t);
        sum += isnan(value) ? 0 : value;
        known += isnan(value) ? 0 : 1;
    }
    return 2 * known >= all ? sum / known : (double)NAN;
}

struct day_causes_growth day_causes_growth(const struct series *load, int64_t issue)
{
    return (struct day_causes_growth){mean_before(load, issue),
                                      mean_before(load, issue - YEAR_DAYS * CIVIL_DAY_S)};
}
